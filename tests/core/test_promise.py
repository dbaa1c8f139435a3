"""Promises of whole lines, worked out by hand, and against exhaustive search."""

from datetime import date, timedelta
from itertools import product as combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sop_bridge.core.capacity import Day, Ledger, SlotDay
from sop_bridge.core.cover import Asked, cover_demand
from sop_bridge.core.promise import Demand, Line, Make, Plant, Reason, promise_line, quantity_by
from sop_bridge.core.schedule import Moment, in_order, schedule
from sop_bridge.core.supply import (
    Bill,
    Component,
    Operation,
    Seller,
    Supply,
    Timeline,
    find_loops,
    round_down,
    round_up,
)

MONDAY = date(2025, 12, 1)
CUT, COAT = 1, 2
BOX, STEEL, LID = 100, 200, 300


def day(number):
    """The n-th day after the Monday."""
    return MONDAY + timedelta(days=number)


def plant(supplies=(), booked=(), slots=(), usable=(), minutes=480, horizon=90, **options):
    """A plant open from Monday to Friday; booked and slots are keyed (work centre, day number)."""
    booked, slots = dict(booked), dict(slots)

    def source(workcenter, when):
        key = workcenter, (when - MONDAY).days
        kept = tuple(slots.get(key, ()))
        used = sum(slot.used for slot in kept)
        return Day(minutes if when.weekday() < 5 else 0, booked.get(key, 0) + used, kept)

    ledger = Ledger(source, lambda slot, family: slot in usable)
    goods = {supply.product: supply for supply in supplies}
    return Plant(MONDAY, day(horizon), ledger, goods, **options)


def chain(*steps):
    """Operations one after the other: (work centre, minutes per unit)."""
    return tuple(
        Operation(number, workcenter, cycle, blocked_by=(number - 1,) if number > 1 else ())
        for number, (workcenter, cycle) in enumerate(steps, 1)
    )


def box(on_hand=0, moves=(), bill=None, **options):
    return Supply(BOX, Timeline(MONDAY, on_hand, moves), bill, **options)


def boxes(quantity, **options):
    return Line(quantity, (Demand(BOX),), **options)


def told(promise):
    return [(part.source, part.quantity, part.date) for part in promise.parts]


# ---------------------------------------------------------------------- goods
@pytest.mark.parametrize(
    ("moves", "day_number", "available"),
    [
        ([], 0, 10),
        ([(3, 5)], 0, 10),
        ([(3, 5)], 3, 15),
        ([(3, -8)], 0, 2),  # what leaves later cannot be given away today
        ([(3, -8), (5, 20)], 0, 2),
        ([(3, -8), (5, 20)], 5, 22),
        ([(3, -30), (5, 40)], 0, 0),
        ([(3, -30), (5, 40)], 4, 0),
        ([(3, -30), (5, 40)], 5, 20),
        ([(-7, 5)], 0, 15),  # overdue: expected today
        ([(-7, -5)], 0, 5),
    ],
)
def test_available_to_promise(moves, day_number, available):
    timeline = Timeline(MONDAY, 10, [(day(number), qty) for number, qty in moves])
    assert timeline.available(day(day_number)) == available


MOVES = st.lists(st.tuples(st.integers(-5, 30), st.integers(-40, 40)), max_size=8)


@given(st.integers(-20, 50), MOVES)
def test_atp_never_shrinks_with_time_and_never_oversells(stock, moves):
    timeline = Timeline(MONDAY, stock, [(day(number), qty) for number, qty in moves])
    levels = [timeline.available(day(number)) for number in range(32)]
    assert levels == sorted(levels)
    assert levels[0] >= 0
    for number, level in enumerate(levels):
        for later in range(number, 32):
            projected = stock + sum(qty for when, qty in moves if when <= later)
            assert level <= max(0, projected)
    assert timeline.steps()[-1][1] == levels[-1]


@given(st.integers(0, 50), MOVES, st.integers(0, 30), st.integers(1, 50))
def test_what_is_taken_is_gone(stock, moves, number, quantity):
    timeline = Timeline(MONDAY, stock, [(day(when), qty) for when, qty in moves])
    assume(timeline.available(day(number)) >= quantity)
    before = timeline.available(day(30))
    timeline.consume(quantity, day(number))
    assert timeline.available(day(30)) == before - quantity
    timeline.consume(-quantity, day(number))
    assert timeline.available(day(30)) == before


@pytest.mark.parametrize(
    ("quantity", "rounding", "up", "down"),
    [(1.2, 1, 2, 1), (3, 1, 3, 3), (0.1 + 0.2, 0.1, 0.3, 0.3), (2.341, 0.01, 2.35, 2.34)],
)
def test_rounding(quantity, rounding, up, down):
    assert round_up(quantity, rounding) == pytest.approx(up)
    assert round_down(quantity, rounding) == pytest.approx(down)


@pytest.mark.parametrize(
    ("lead", "quantity", "expected", "taken"),
    [
        (None, 10, day(0), 10),
        (None, 12, day(6), 12),
        (4, 12, day(4), 10),  # the vendor is quicker than the receipt; stock covers ten
        (6, 12, day(6), 12),  # a tie: no need to buy
        (8, 40, day(8), 15),
        (None, 40, None, 0),
    ],
)
def test_component(lead, quantity, expected, taken):
    steel = Supply(STEEL, Timeline(MONDAY, 10, [(day(6), 5)]), lead=lead)
    found = cover_demand(STEEL, quantity, plant([steel]), Asked(path=(BOX,)))
    assert (found.date, sum(take for _product, take, _day in found.takes)) == (expected, taken)


@pytest.mark.parametrize(
    ("edges", "loops"),
    [
        ([(1, 2, False), (2, 3, False)], set()),
        ([(1, 2, False), (1, 3, False), (2, 3, False)], set()),  # a diamond is no loop
        ([(1, 1, False)], {1}),
        ([(1, 2, False), (2, 1, False), (0, 1, False), (0, 9, False)], {0, 1, 2}),
        ([(1, 2, False), (2, 1, True)], set()),
    ],
)
def test_loops(edges, loops):
    assert find_loops(edges) == loops


# ---------------------------------------------------------------------- minutes
@pytest.mark.parametrize(
    ("operation", "quantity", "minutes"),
    [
        (Operation(1, CUT, 5), 60, 300),
        (Operation(1, CUT, 5, setup=15), 60, 315),
        (Operation(1, CUT, 30, capacity=8), 60, 240),  # 7.5 cycles are 8
        (Operation(1, CUT, 5, efficiency=80), 60, 375),
        (Operation(1, CUT, 10, capacity=3, setup=7, efficiency=90), 3, 18.11),
        (Operation(1, CUT, 10, capacity=0.1), 0.3, 30),  # 0.3 / 0.1 is a little above 3
    ],
)
def test_minutes_of_an_operation(operation, quantity, minutes):
    assert operation.minutes(quantity) == pytest.approx(minutes)


def test_batches_repeat_the_set_up():
    bill = Bill(1, (Operation(1, CUT, 2, setup=10),), batch=25)
    assert bill.orders(60) == (25, 3)
    assert bill.minutes(bill.operations[0], 60) == 3 * (10 + 50)
    assert bill.made(60) == 75
    dozens = Bill(1, (Operation(1, CUT, 2),), unit=12)
    assert dozens.minutes(dozens.operations[0], 30) == 2 * 3  # two and a half dozens: 3 cycles


# ---------------------------------------------------------------------- one line
def test_from_stock():
    promise = promise_line(boxes(30), plant([box(40)]))
    assert told(promise) == [("stock", 30, MONDAY)]
    assert (promise.state, promise.date, promise.reason.code) == ("ok", MONDAY, "stock")
    assert (promise.produced, promise.start, promise.loads) == (0, None, ())


def test_stock_and_receipt():
    promise = promise_line(boxes(50), plant([box(40, [(day(9), 20)])]))
    assert told(promise) == [("stock", 40, MONDAY), ("incoming", 10, day(9))]
    assert (promise.date, promise.first_date) == (day(9), MONDAY)
    assert promise.reason == Reason("incoming", {"date": day(9)})


def test_production_in_sequence():
    """60 x 5 = 300 min of cutting on Monday; 60 x 8 = 480 of coating may start that day."""
    bill = Bill(7, chain((CUT, 5), (COAT, 8)))
    promise = promise_line(boxes(100), plant([box(40, bill=bill)], {(COAT, 0): 400}))
    assert told(promise) == [("stock", 40, MONDAY), ("production", 60, day(1))]
    assert [(load.workcenter, load.day, load.minutes) for load in promise.loads] == [
        (CUT, day(0), 300),
        (COAT, day(0), 80),
        (COAT, day(1), 400),
    ]
    assert promise.produced == 60
    assert promise.start == MONDAY
    assert promise.makes == (Make(BOX, 7, 60, day(1), 0),)
    assert promise.takes == ((BOX, 40, MONDAY),)


def test_full_work_centre_is_named():
    bill = Bill(7, chain((CUT, 5), (COAT, 8)))
    full = {(COAT, number): 480 for number in range(3)}
    promise = promise_line(boxes(60), plant([box(bill=bill)], full))
    assert promise.date == day(3)
    assert promise.reason.code == "workcenter"
    assert promise.reason.values["workcenter"] == COAT
    assert promise.reason.values["date"] == day(3)


def test_late_component_is_named_and_starts_the_work():
    bill = Bill(7, chain((CUT, 5)), (Component(STEEL, 2),))
    steel = Supply(STEEL, Timeline(MONDAY, 30), lead=4)
    promise = promise_line(boxes(60), plant([box(bill=bill), steel]))
    assert promise.start == promise.date == day(4)
    assert promise.reason.code == "component"
    assert promise.reason.values["component"] == STEEL


def test_receipt_beats_slower_production_and_the_other_way_round():
    """10 min each: 60 are 600 min, ready on day 1; 40 are 400 min, ready on day 0."""
    bill = Bill(7, chain((CUT, 10)))
    early = promise_line(boxes(60), plant([box(0, [(day(0), 20)], bill=bill)]))
    assert told(early) == [("stock", 20, day(0)), ("production", 40, day(0))]
    late = promise_line(boxes(60), plant([box(0, [(day(7), 60)], bill=bill)]))
    assert told(late) == [("production", 60, day(1))]
    tie = promise_line(boxes(60), plant([box(0, [(day(1), 60)], bill=bill)]))
    assert told(tie) == [("incoming", 60, day(1))]


def test_bought_goods():
    promise = promise_line(boxes(50), plant([box(40, lead=5)]))
    assert told(promise) == [("stock", 40, MONDAY), ("purchase", 10, day(5))]
    assert promise.reason.values["days"] == 5
    assert promise.produced == 0


def test_delivery_delay_and_lead_time_of_the_line():
    """date = max(ready + delivery, today + customer lead)"""
    bill = Bill(7, chain((CUT, 10)))
    line = boxes(60, delivery_days=2, customer_lead=2.6)
    promise = promise_line(line, plant([box(12, bill=bill)]))
    assert told(promise) == [("stock", 12, day(3)), ("production", 48, day(3))]
    assert [part.ready for part in promise.parts] == [day(0), day(0)]
    later = promise_line(boxes(100, delivery_days=2), plant([box(bill=bill)]))
    assert later.date == day(2 + 2)


def test_just_in_time():
    bill = Bill(7, chain((CUT, 10), (COAT, 4)))
    line = boxes(60, requested=day(10), delivery_days=1)  # 600 min: two days, then coating
    early = promise_line(line, plant([box(bill=bill)]))
    assert (early.start, early.date) == (day(0), day(2))
    late = promise_line(line, plant([box(bill=bill)]), latest=True)
    assert (late.start, late.date) == (day(8), day(10))
    # a requested day that cannot be met: as early as it can be
    hurry = promise_line(boxes(600, requested=day(2)), plant([box(bill=bill)]), latest=True)
    assert hurry.start == day(0)
    # a receipt that comes in time makes producing needless
    waiting = plant([box(0, [(day(8), 60)], bill=bill)])
    assert told(promise_line(line, waiting, latest=True)) == [("incoming", 60, day(9))]


def test_slots_of_others_delay_and_are_named():
    bill = Bill(7, chain((COAT, 4)))
    slots = {(COAT, 0): [SlotDay(5, 300)], (COAT, 1): [SlotDay(6, 480)]}
    gold = promise_line(boxes(100), plant([box(bill=bill)], slots=slots, usable={5, 6}))
    assert [(load.slot, load.day, load.minutes) for load in gold.loads] == [
        (5, day(0), 300),
        (None, day(0), 100),
    ]
    assert "reserved_minutes" not in gold.reason.values
    other = promise_line(boxes(100), plant([box(bill=bill)], slots=slots))
    assert [(load.slot, load.day, load.minutes) for load in other.loads] == [
        (None, day(0), 180),
        (None, day(2), 220),
    ]
    assert other.reason.values["reserved_minutes"] == 780
    assert other.reason.values["reserved_slots"] == (5, 6)
    assert other.reason.values["reserved_workcenter"] == COAT


def test_slots_that_delay_nothing_are_not_mentioned():
    bill = Bill(7, chain((COAT, 4)))
    slots = {(COAT, 0): [SlotDay(5, 60)]}
    promise = promise_line(boxes(100), plant([box(bill=bill)], slots=slots))
    assert promise.date == day(0)
    assert "reserved_minutes" not in promise.reason.values


@pytest.mark.parametrize(
    ("supplies", "options", "code"),
    [
        ([box(3)], {}, "no_source"),
        ([box(bill=Bill(7, chain((CUT, 5)), loop=True))], {}, "loop"),
        ([box(bill=Bill(7, chain((CUT, 5))))], {"no_hours": frozenset({CUT})}, "no_calendar"),
        (
            [
                box(bill=Bill(7, chain((CUT, 5)), (Component(STEEL, 1),))),
                Supply(STEEL, Timeline(MONDAY, 1)),
            ],
            {},
            "component_none",
        ),
        ([box(bill=Bill(7, chain((CUT, 5000))))], {}, "horizon"),
    ],
)
def test_impossible(supplies, options, code):
    place = plant(supplies, **options)
    promise = promise_line(boxes(30), place)
    assert (promise.state, promise.date, promise.reason.code) == ("impossible", None, code)
    assert promise.loads == ()
    assert place.ledger.available(CUT, MONDAY) == 480


def test_stock_before_a_source_that_is_missing_is_still_told():
    promise = promise_line(boxes(30), plant([box(12)]))
    assert told(promise) == [("stock", 12, MONDAY)]
    assert promise.first_date == MONDAY


@pytest.mark.parametrize("code", ["nothing_zero", "nothing_negative", "nothing_service"])
def test_nothing_to_promise(code):
    promise = promise_line(Line(0, nothing=code), plant())
    assert (promise.state, promise.reason.code) == ("none", code)


def test_lines_take_from_one_another():
    bill = Bill(7, chain((CUT, 10)), (Component(STEEL, 1),))
    steel = Supply(STEEL, Timeline(MONDAY, 60), lead=9)
    place = plant([box(10, bill=bill), steel])
    first, second = (promise_line(boxes(50), place) for _line in range(2))
    assert told(first) == [("stock", 10, day(0)), ("production", 40, day(0))]
    # 20 of the steel are left for 50: the rest is bought
    assert told(second) == [("production", 50, day(10))]
    assert second.start == day(9)


@pytest.mark.parametrize("demands", [(Demand(LID, 0), Demand(BOX)), (Demand(BOX), Demand(LID, 0))])
def test_optional_lines_of_a_kit_are_not_waited_for(demands):
    place = plant([box(10), Supply(LID, Timeline(MONDAY))])
    promise = promise_line(Line(10, demands), place)
    assert (promise.state, promise.date) == ("ok", MONDAY)
    assert [take[0] for take in promise.takes] == [BOX]


def test_a_kit_of_optional_lines_only_promises_nothing():
    promise = promise_line(Line(10, (Demand(BOX, 0),)), plant([box(10)]))
    assert (promise.state, promise.reason.code) == ("none", "nothing_zero")


def test_kit_is_complete_when_all_of_it_is():
    lid = Supply(LID, Timeline(MONDAY, 0, [(day(4), 100)]))
    kit = Line(10, (Demand(BOX, 1), Demand(LID, 2)))
    place = plant([box(50), lid])
    promise = promise_line(kit, place)
    assert told(promise) == [("incoming", 10, day(4))]
    assert place.supplies[BOX].timeline.available(MONDAY) == 40
    broken = Line(100, (Demand(BOX, 0.1), Demand(LID, 2)))
    assert promise_line(broken, place).reason.code == "no_source"
    assert place.supplies[BOX].timeline.available(MONDAY) == 40


def test_line_in_dozens():
    bill = Bill(7, chain((CUT, 10)))
    dozens = Line(5, (Demand(BOX, 12),))
    promise = promise_line(dozens, plant([box(24, bill=bill)]))
    assert told(promise) == [("stock", 2, day(0)), ("production", 3, day(0))]
    assert promise.loads[0].minutes == 360
    assert promise.makes[0].quantity == 36


@pytest.mark.parametrize(("number", "quantity"), [(0, 60), (1, 100), (4, 100)])
def test_quantity_by(number, quantity):
    """12 in stock; 48 a day."""
    place = plant([box(12, bill=Bill(7, chain((CUT, 10))))])
    assert quantity_by(boxes(100), place, day(number)) == quantity
    assert quantity_by(boxes(100), place, day(-1)) == 0
    assert place.ledger.available(CUT, MONDAY) == 480


def test_quantity_by_respects_fractions():
    place = plant([box(12.34)])
    assert quantity_by(boxes(20.5), place, MONDAY) == pytest.approx(12.34)
    assert quantity_by(boxes(20), place, MONDAY) == 12


# ---------------------------------------------------------------------- levels of the bill
FRAME, SHEET, PAINT = 400, 500, 600


def frame(on_hand=0, moves=(), bill=None, **options):
    return Supply(FRAME, Timeline(MONDAY, on_hand, moves), bill, **options)


def sheet(on_hand=0, moves=(), **options):
    return Supply(SHEET, Timeline(MONDAY, on_hand, moves), **options)


FRAME_BILL = Bill(8, (Operation(11, CUT, 10),), (Component(SHEET, 2),))
BOX_BILL = Bill(7, (Operation(12, COAT, 4),), (Component(FRAME, 1),))


def test_a_part_that_is_short_is_made_before_the_operations_that_need_it():
    """60 frames, 20 in stock: 40 x 10 = 400 of Monday's 480 minutes, so coating starts at 5/6."""
    place = plant([box(bill=BOX_BILL), frame(20, bill=FRAME_BILL), sheet(100)])
    promise = promise_line(boxes(60), place)
    assert [(load.workcenter, load.day, load.minutes) for load in promise.loads] == [
        (CUT, day(0), 400),
        (COAT, day(0), pytest.approx(80)),
        (COAT, day(1), pytest.approx(160)),
    ]
    assert promise.makes == (Make(FRAME, 8, 40, day(0), 1), Make(BOX, 7, 60, day(1), 0))
    assert promise.takes == ((FRAME, 20, day(0)), (SHEET, 80, day(0)))
    assert told(promise) == [("production", 60, day(1))]
    assert place.supplies[SHEET].timeline.available(MONDAY) == 20


def test_a_part_in_stock_is_not_made():
    promise = promise_line(boxes(60), plant([box(bill=BOX_BILL), frame(60, bill=FRAME_BILL)]))
    assert promise.makes == (Make(BOX, 7, 60, day(0), 0),)
    assert promise.takes == ((FRAME, 60, day(0)),)


@pytest.mark.parametrize(
    ("receipt", "date", "made"),
    [
        (1, day(1), 0),  # 480 + 120 minutes are done on day 1, too: the receipt makes it needless
        (2, day(1), 60),
    ],
)
def test_making_a_part_against_waiting_for_it(receipt, date, made):
    supplies = [box(bill=Bill(7, (), (Component(FRAME, 1),))), sheet(500)]
    supplies.append(frame(0, [(day(receipt), 60)], bill=FRAME_BILL))
    promise = promise_line(boxes(60), plant(supplies))
    assert promise.date == date
    assert sum(make.quantity for make in promise.makes if make.level) == made


def test_three_levels_and_what_binds_at_the_deepest():
    """Sheet is bought in 3 days, cut on day 3 (200 min), coated that day and the next."""
    supplies = [box(bill=BOX_BILL), frame(bill=FRAME_BILL), sheet(lead=3)]
    promise = promise_line(boxes(20), plant(supplies))
    assert promise.date == day(3)
    assert promise.reason.code == "component"
    assert promise.reason.values["component"] == SHEET
    assert promise.reason.values["made"] == FRAME
    assert promise.reason.values["date"] == day(3)
    assert [(stage.kind, stage.level, stage.binds) for stage in promise.stages] == [
        ("purchase", 2, True),
        ("work", 1, True),
        ("work", 0, True),
    ]


def test_a_part_that_waits_for_its_work_centre_is_named():
    full = {(CUT, number): 480 for number in range(3)}
    supplies = [box(bill=BOX_BILL), frame(bill=FRAME_BILL), sheet(500)]
    promise = promise_line(boxes(20), plant(supplies, full))
    values = promise.reason.values
    assert (promise.reason.code, values["workcenter"], values["date"]) == (
        "workcenter",
        CUT,
        day(3),
    )
    assert (values["made"], values["of"]) == (FRAME, BOX)
    assert [stage.wait for stage in promise.stages if stage.level == 1] == [3]


def test_what_does_not_bind_is_not_blamed():
    """Paint is there on day 1, the frames on day 3."""
    bill = Bill(7, (), (Component(PAINT, 1), Component(FRAME, 1)))
    paint = Supply(PAINT, Timeline(MONDAY), lead=1)
    supplies = [box(bill=bill), frame(lead=3), paint]
    promise = promise_line(boxes(5), plant(supplies))
    assert promise.reason.values["component"] == FRAME
    assert [(stage.product, stage.binds) for stage in promise.stages] == [
        (PAINT, False),
        (FRAME, True),
        (BOX, True),
    ]


def test_parts_of_one_product_compete_for_work_centre_and_components():
    """Both parts are cut on one work centre: 300 + 300 minutes do not fit into Monday."""
    left = Bill(1, (Operation(21, CUT, 10),), (Component(SHEET, 1),))
    right = Bill(2, (Operation(22, CUT, 10),), (Component(SHEET, 1),))
    bill = Bill(7, (), (Component(FRAME, 1), Component(LID, 1)))
    supplies = [box(bill=bill), frame(bill=left), sheet(30, lead=9)]
    supplies.append(Supply(LID, Timeline(MONDAY), right))
    promise = promise_line(boxes(30), plant(supplies))
    assert promise.date == day(9), "the sheet in stock is enough for one of the two"
    supplies[2] = sheet(60)
    promise = promise_line(boxes(30), plant(supplies))
    used = {}
    for load in promise.loads:
        used[load.day] = used.get(load.day, 0) + load.minutes
    assert used == {day(0): 480, day(1): 120}


def test_units_and_batches_of_parts():
    """A dozen boxes needs 12 frames; frames are made in batches of 10: 30 for 24."""
    bill = Bill(8, (Operation(11, CUT, 10),), (Component(SHEET, 2),), batch=10)
    supplies = [box(bill=BOX_BILL), frame(bill=bill), sheet(60)]
    promise = promise_line(Line(2, (Demand(BOX, 12),)), plant(supplies))
    assert sum(load.minutes for load in promise.loads if load.workcenter == CUT) == 300
    assert (SHEET, 60, day(0)) in promise.takes


def test_parts_are_made_no_sooner_than_they_are_needed():
    line = boxes(60, requested=day(10))
    place = plant([box(bill=BOX_BILL), frame(bill=FRAME_BILL), sheet(500)])
    late = promise_line(line, place, latest=True)
    assert late.date == day(10)
    first = {wc: min(x.day for x in late.loads if x.workcenter == wc) for wc in (CUT, COAT)}
    assert first[COAT] == day(10)
    assert first[CUT] == day(8), "600 minutes: the two days before"


@pytest.mark.parametrize(
    ("supplies", "code", "values"),
    [
        ([frame(bill=FRAME_BILL), sheet(3)], "component_none", {"component": SHEET}),
        ([frame(bill=Bill(8, loop=True))], "loop", {"product": FRAME}),
        ([frame(bill=Bill(8, (Operation(11, CUT, 9999),)))], "horizon", {"made": FRAME}),
    ],
)
def test_what_is_impossible_deep_down(supplies, code, values):
    place = plant([box(bill=BOX_BILL), *supplies])
    promise = promise_line(boxes(30), place)
    assert (promise.state, promise.reason.code) == ("impossible", code)
    assert values.items() <= promise.reason.values.items()
    assert place.ledger.available(CUT, MONDAY) == 480
    assert place.supplies[FRAME].timeline.available(MONDAY) == 0


@given(
    st.integers(1, 80),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), max_size=4),
    st.lists(st.integers(0, 480), min_size=8, max_size=8),
    st.integers(0, 60),
)
def test_halving_finds_what_trying_every_day_finds(quantity, receipts, booked, stock):
    """Against each way to split between the frames there by a day and frames that are made."""
    busy = {(CUT, number): minutes for number, minutes in enumerate(booked)}
    moves = [(day(number), amount) for number, amount in receipts]

    def place():
        supplies = [box(bill=Bill(7, (), (Component(FRAME, 1),))), sheet(9999)]
        return plant([*supplies, frame(stock, moves, bill=FRAME_BILL)], busy)

    found = promise_line(boxes(quantity), place()).date
    best = None
    for number in range(12):
        timeline = place().supplies[FRAME].timeline
        rest = max(0, quantity - timeline.available(day(number)))
        plan = schedule(place().ledger, FRAME_BILL, rest, Moment(MONDAY), day(90))
        end = max(plan.finish, day(number)) if rest else day(number)
        best = min(end, best or end)
    first = place().supplies[FRAME].timeline.first_day(quantity)
    assert found == min(best, first or best)


# ---------------------------------------------------------------------- alternative work centres
SPARE = 3


def spare(cycle, **options):
    own = Operation(1, CUT, 10, alternatives=(Operation(1, SPARE, cycle, **options),))
    return Bill(7, (own,))


@pytest.mark.parametrize(
    ("booked", "bill", "workcenter", "minutes"),
    [
        ({}, spare(10), CUT, 300),  # a tie: its own
        ({(CUT, 0): 200}, spare(10), SPARE, 300),
        ({}, spare(10, efficiency=150), SPARE, 200),
        ({}, spare(10, efficiency=50), CUT, 300),
        ({(CUT, 0): 480}, spare(10, efficiency=80), SPARE, 375),
        ({(CUT, 0): 480}, spare(10, capacity=4, setup=15), SPARE, 8 * 10 + 15),
        ({(CUT, 0): 480}, spare(60), CUT, 300),  # tomorrow is sooner than 1800 minutes
    ],
)
def test_the_work_centre_that_is_done_first(booked, bill, workcenter, minutes):
    promise = promise_line(boxes(30), plant([box(bill=bill)], booked))
    assert {load.workcenter for load in promise.loads} == {workcenter}
    assert sum(load.minutes for load in promise.loads) == pytest.approx(minutes)


def test_what_a_promise_takes_on_another_work_centre_is_gone():
    place = plant([box(bill=spare(10))])
    chosen = [promise_line(boxes(40), place).loads[0].workcenter for _line in range(3)]
    assert chosen == [CUT, SPARE, CUT]


def test_a_work_centre_without_hours_is_left_to_the_others():
    place = plant([box(bill=spare(10))], no_hours=frozenset({CUT}))
    assert {load.workcenter for load in promise_line(boxes(30), place).loads} == {SPARE}
    place = plant([box(bill=spare(10))], no_hours=frozenset({CUT, SPARE}))
    assert promise_line(boxes(30), place).reason.code == "no_calendar"


# ---------------------------------------------------------------------- vendors and warehouses
@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        (5, 3),  # no minimum is reached: Odoo takes the first terms
        (10, 3),
        (50, 9),  # the same vendor's cheaper terms, though slower
    ],
)
def test_the_terms_of_the_vendor(quantity, number):
    sellers = (
        Seller(1, 10, 3, price=10, sequence=1, id=1),
        Seller(1, 50, 9, price=8, sequence=2, id=2),
        Seller(2, 0, 1, price=5, sequence=3, id=3),
    )
    if quantity == 5:
        sellers = sellers[:2]
    promise = promise_line(boxes(quantity), plant([box(sellers=sellers)]))
    assert promise.date == day(number)


def test_a_subcontractor_waits_for_our_components():
    contract = Bill(9, (), (Component(SHEET, 1),), lead=2)
    box_here = box(lead=5, contract=contract)
    soon = promise_line(boxes(10), plant([box_here, sheet(10)]))
    assert (soon.date, soon.takes) == (day(5), ((SHEET, 10, day(0)),))
    late = promise_line(boxes(10), plant([box(lead=5, contract=contract), sheet(lead=3)]))
    assert told(late) == [("purchase", 10, day(8))]
    assert late.reason.values["component"] == SHEET
    slow = promise_line(boxes(10), plant([box(lead=1, contract=contract), sheet(10)]))
    assert slow.date == day(2), "the bill's own days are more"


def test_sent_from_another_warehouse():
    away = ("away", BOX)
    other = Supply(away, Timeline(MONDAY, 30), BOX_BILL_ALONE)
    here = box(10, origin=away, transit=2)
    promise = promise_line(boxes(30), plant([here, other]))
    assert told(promise) == [("stock", 10, day(0)), ("warehouse", 20, day(2))]
    assert promise.parts[1].origin == away
    assert promise.takes == ((BOX, 10, day(0)), (away, 20, day(0)))
    assert promise.reason.code == "warehouse"
    more = promise_line(boxes(100), plant([box(10, origin=away, transit=2), other]))
    assert told(more) == [("stock", 10, day(0)), ("warehouse", 90, day(2 + 1))]
    assert more.makes == (Make(away, 6, 80, day(1), 1),), "ten of thirty were left"
    ring = Supply(away, Timeline(MONDAY), origin=BOX, transit=1)
    closed = promise_line(boxes(100), plant([box(10, origin=away, transit=2), ring]))
    assert (closed.state, closed.reason.code) == ("impossible", "no_source")


BOX_BILL_ALONE = Bill(6, (Operation(31, COAT, 10),))


# ---------------------------------------------------------------------- delivery on working days
def is_workday(when):
    return when.weekday() < 5 and when != day(7)  # the second Monday is a holiday


@pytest.mark.parametrize(
    ("ready", "days", "delivered"),
    [
        (0, 0, 0),
        (0, 2, 2),
        (3, 1, 4),
        (3, 2, 8),  # Thursday, Friday, no weekend, no holiday, Tuesday
        (4, 0, 4),
        (5, 0, 8),  # ready on Saturday, handed over on Tuesday
    ],
)
def test_delivery_in_working_days(ready, days, delivered):
    line = boxes(10, delivery_days=days, is_open=is_workday)
    promise = promise_line(line, plant([box(0, [(day(ready), 10)])]))
    assert promise.date == day(delivered)
    wish = boxes(10, delivery_days=days, is_open=is_workday, requested=promise.date)
    assert wish.delivered(wish.latest(), MONDAY) == promise.date


@pytest.mark.parametrize("is_open", [None, is_workday])
def test_a_wish_at_the_ends_of_time_is_one_centuries_away(is_open):
    for wanted, year in ((date.min, 1999), (date.max, 2199)):
        wish = boxes(10, delivery_days=3, is_open=is_open, requested=wanted)
        assert wish.latest().year == year


def test_no_delivery_on_a_closed_day_for_a_lead_time_either():
    line = boxes(10, customer_lead=5, is_open=is_workday)
    assert promise_line(line, plant([box(10)])).date == day(8)


def test_without_any_working_day_the_days_count_as_they_are():
    line = boxes(10, delivery_days=1, is_open=lambda when: False)
    assert promise_line(line, plant([box(10)])).date == day(1)


# ---------------------------------------------------------------------- laws
def test_dependencies_order_the_operations():
    steps = (Operation(1, CUT, 1, blocked_by=(3,)), Operation(2, CUT, 1), Operation(3, CUT, 1))
    assert [step.id for step in in_order(steps)] == [2, 3, 1]


FREE = st.lists(st.integers(0, 3), min_size=10, max_size=10)
STEPS = st.lists(st.tuples(st.sampled_from([CUT, COAT]), st.integers(1, 4)), min_size=1, max_size=3)


def brute_force(free, steps, in_turn):
    """First day by which some way of cutting all steps into whole minutes ends, or None.

    ``free`` is {work centre: minutes per day}. Tries every distribution.

    :param in_turn: a step also respects the share of the day that the step before it leaves
    """

    def ways(room, minutes, first):
        spans = [
            range(min(cap, minutes) + 1) if n >= first else range(1) for n, cap in enumerate(room)
        ]
        return (parts for parts in combinations(*spans) if sum(parts) == minutes)

    def best(left, steps, first, share):
        if not steps:
            return first
        (workcenter, minutes), found = steps[0], None
        for parts in ways(left[workcenter], minutes, first):
            if in_turn and parts[first] > free[workcenter][first] * (1 - share) + 1e-9:
                continue
            rest = [cap - part for cap, part in zip(left[workcenter], parts, strict=True)]
            last = max(n for n, part in enumerate(parts) if part)
            passed = parts[last] / free[workcenter][last] + (share if last == first else 0)
            end = best({**left, workcenter: rest}, steps[1:], last, passed)
            if end is not None and (found is None or end < found):
                found = end
        return found

    return best(free, steps, 0, 0.0)


SHORT = st.lists(st.integers(0, 2), min_size=5, max_size=5)
SHORT_STEPS = st.lists(
    st.tuples(st.sampled_from([CUT, COAT]), st.integers(1, 3)), min_size=1, max_size=3
)


@given(SHORT, SHORT, SHORT_STEPS)
def test_no_other_plan_is_earlier(cut, coat, steps):
    free = {CUT: cut, COAT: coat}

    def source(workcenter, when):
        number = (when - MONDAY).days
        return Day(free[workcenter][number] if number < 5 else 0)

    found = schedule(Ledger(source), Bill(1, chain(*steps)), 1, Moment(MONDAY), day(4))
    finish = (found.finish - MONDAY).days if found.finish else 9
    whole, loose = (brute_force(free, steps, in_turn) for in_turn in (True, False))
    assert finish <= (9 if whole is None else whole), "minutes need not be whole: never later"
    assert finish >= (9 if loose is None else loose), "never earlier than without the sequence"


def test_two_long_operations_do_not_fit_into_one_day():
    """300 of 480 minutes, then 300 on an empty work centre: 180 remain of the first day."""

    def source(_workcenter, _day):
        return Day(480)

    bill = Bill(1, chain((CUT, 300), (COAT, 300)))
    found = schedule(Ledger(source), bill, 1, Moment(MONDAY), day(9))
    loads = [(load.workcenter, (load.day - MONDAY).days, load.minutes) for load in found.loads]
    assert loads == [(CUT, 0, 300), (COAT, 0, 180), (COAT, 1, 120)]
    assert found.finish == day(1)


@given(FREE, FREE, STEPS, st.integers(1, 5), st.integers(0, 9))
def test_plan_keeps_to_capacity_sequence_and_minutes(cut, coat, steps, quantity, start):
    free = {CUT: cut, COAT: coat}

    def source(workcenter, when):
        return Day(free[workcenter][(when - MONDAY).days])

    bill = Bill(1, chain(*steps))
    found = schedule(Ledger(source), bill, quantity, Moment(day(start)), day(9))
    assume(found.finish)
    used = {}
    for load in found.loads:
        key = load.workcenter, load.day
        used[key] = used.get(key, 0) + load.minutes
        assert load.day >= day(start)
    assert all(part <= free[wc][(when - MONDAY).days] + 1e-6 for (wc, when), part in used.items())
    last = day(start)
    for operation in bill.operations:
        mine = [load for load in found.loads if load.operation == operation.id]
        assert sum(load.minutes for load in mine) == pytest.approx(operation.minutes(quantity))
        assert min(load.day for load in mine) >= last
        last = max(load.day for load in mine)
    assert last == found.finish


LINES = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 1)), min_size=1, max_size=5)


@given(LINES, st.lists(st.integers(0, 480), min_size=5, max_size=5), st.integers(0, 200))
def test_a_quotation_books_no_minute_twice(lines, booked, kept):
    """Whatever the lines are, calendar, other bookings and slots of others hold."""
    bills = {BOX: Bill(1, chain((CUT, 7), (COAT, 3))), LID: Bill(2, chain((CUT, 11)))}
    supplies = [Supply(item, Timeline(MONDAY), bill) for item, bill in bills.items()]
    busy = {(CUT, number): minutes for number, minutes in enumerate(booked)}
    place = plant(supplies, busy, {(CUT, 0): [SlotDay(9, kept)]})
    used = {}
    for quantity, kind in lines:
        promise = promise_line(Line(quantity, (Demand((BOX, LID)[kind]),)), place)
        for load in promise.loads:
            assert load.slot != 9
            key = load.workcenter, (load.day - MONDAY).days
            used[key] = used.get(key, 0) + load.minutes
    for (workcenter, number), minutes in used.items():
        limit = 480 - busy.get((workcenter, number), 0)
        if (workcenter, number) == (CUT, 0):
            limit = max(0, 480 - kept - busy[CUT, 0])
        assert minutes <= limit + 1e-6


@given(st.integers(1, 200), st.integers(0, 60), st.integers(0, 8), st.integers(0, 12))
def test_quantity_by_is_the_largest(quantity, stock, receipt, number):
    bill = Bill(7, chain((CUT, 25)))
    place = plant([box(stock, [(day(receipt), 30)], bill=bill)])
    found = quantity_by(boxes(quantity), place, day(number))
    if found:
        assert promise_line(boxes(found), place, keep=False).date <= day(number)
    if found < quantity:
        assert promise_line(boxes(found + 1), place, keep=False).date > day(number)


@given(st.integers(1, 200), st.integers(0, 60), st.integers(0, 8), st.integers(0, 20))
def test_just_in_time_is_never_late_where_early_was_not(quantity, stock, receipt, number):
    bill = Bill(7, chain((CUT, 25), (COAT, 5)))
    place = plant([box(stock, [(day(receipt), 30)], bill=bill)])
    line = boxes(quantity, requested=day(number))
    early = promise_line(line, place, keep=False)
    late = promise_line(line, place, latest=True, keep=False)
    assert late.date == early.date or early.date <= late.date <= day(number)
    assert late.produced <= early.produced or late.date <= early.date
    assert sum(part.quantity for part in late.parts) == pytest.approx(quantity)
