"""Random plants: no minute twice, nobody in slots of others, no promise too early or too late."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plant import DAYS, customers, plants

from sop_bridge.core.board import Board, SlotSpan
from sop_bridge.core.calendar import Attendance, WorkCalendar
from sop_bridge.core.capacity import Customer, Ledger, SlotOwner, is_entitled
from sop_bridge.core.promise import Demand, Line, Plant, promise_line
from sop_bridge.core.supply import Bill, Component, Operation, Supply, Timeline

GOODS, STEEL = 500, 600
DAY = timedelta(days=1)


# ---------------------------------------------------------------------- the same plant for the core
def board_of(plant):
    """Core Board of a random plant."""
    calendars, today, kept = {}, {}, {}
    for number, centre in plant.workcenters.items():
        shifts = [Attendance(*shift) for shift in centre.shifts]
        calendars[number] = WorkCalendar(centre.zone, shifts, centre.closed, since=plant.now)
        today[number] = calendars[number].today(plant.now)
        mine = [slot for slot in plant.slots if slot.workcenter == number]
        kept[number] = [SlotSpan(slot.id, slot.start, slot.stop) for slot in mine]
    board = Board(calendars, today, kept)
    for number, centre in plant.workcenters.items():
        for start, stop in centre.orders:
            minutes = sum(calendars[number].work_by_day(start, stop).values())
            board.add_interval(number, start, stop, minutes)
        for offset, minutes in centre.waiting.items():
            board.add(number, today[number] + timedelta(days=offset), minutes, floating=True)
    return board


def usable_for(plant, customer):
    partner, tier = customer
    who = Customer(partner, tier, tier)
    owners = {
        slot.id: SlotOwner(
            slot.tier, slot.tier, "only" if slot.only else "better", slot.partner, slot.family,
            slot.opened, slot.released,
        )
        for slot in plant.slots
    }  # fmt: skip
    return lambda slot, family: is_entitled(who, owners[slot], family=family)


# ---------------------------------------------------------------------- exhaustive search
def room(pools, plant, customer, family, workcenter, day):
    """Minutes of a day that a customer may have for goods of a family."""
    open_to = {None, *(s.id for s in plant.slots if s.lets_in(customer, family))}
    return sum(
        minutes
        for (number, when, slot), minutes in pools.items()
        if (number, when) == (workcenter, day) and slot in open_to
    )


def first_day(free, work, steps, start, last):
    """First day by which steps can be done one after the other, by trying every distribution.

    :param free: ``free(work centre, day)`` minutes to be had
    :param work: ``work(work centre, day)`` working minutes
    :param steps: [(work centre, minutes)]
    :return: date, or None if not by ``last``
    """
    day = start
    while day <= last:
        if _possible(free, work, tuple(steps), start, 0.0, day):
            return day
        day += DAY
    return None


def _possible(free, work, steps, day, share, last, used=()):
    """Whether steps that begin at a share of a day can end by a day.

    :param used: ((work centre, day, minutes), …) of the steps before
    """
    if not steps:
        return True
    (number, minutes), *rest = steps

    def left(when):
        return free(number, when) - sum(part for n, d, part in used if (n, d) == (number, when))

    return any(
        _possible(
            free, work, tuple(rest), *end, last, (*used, *((number, *part) for part in parts))
        )
        for end, parts in _ends(left, lambda when: work(number, when), minutes, day, share, last)
    )


def _ends(left, work, minutes, day, share, last, parts=()):
    """Yield ((day, share of it that has passed), parts) for every distribution over half hours."""
    if day > last:
        return
    total = work(day)
    most = max(0.0, min(left(day), total * (1 - share), minutes))
    # what a share leaves of a day may be no whole number of half hours
    for part in [most, *range(int((most - 1) // 30) * 30, -1, -30)]:
        taken = (*parts, (day, part)) if part else parts
        if part == minutes:
            yield (day, min(1.0, share + part / total)), taken
        else:
            yield from _ends(left, work, minutes - part, day + DAY, 0.0, last, taken)


# ---------------------------------------------------------------------- properties
steps = st.lists(st.tuples(st.integers(1, 2), st.sampled_from([30, 60, 90, 150])), min_size=1,
                 max_size=3)  # fmt: skip
orders = st.lists(
    st.tuples(
        customers,
        st.sampled_from([None, 7, 8]),
        steps,
        st.integers(0, 3),  # in stock
        st.integers(1, 4),  # wanted
        st.integers(0, 3),  # day on which steel comes
    ),
    min_size=1,
    max_size=4,
)


def bill_of(family, todo):
    operations = tuple(
        Operation(place, number, minutes, blocked_by=(place - 1,) if place else ())
        for place, (number, minutes) in enumerate(todo)
    )
    return Bill(1, operations, (Component(STEEL, 1.0),), rounding=1.0, family=family)


@settings(max_examples=400)
@given(plants(), orders)
def test_promises_are_neither_too_early_nor_too_late_and_book_no_minute_twice(plant, wanted):
    board = board_of(plant)
    pools, work = plant.pools()
    first = min(board.today.values())
    horizon = first + timedelta(days=DAYS - 1)
    for customer, family, drawn, stock, quantity, steel in wanted:
        todo = [step for step in drawn if step[0] in plant.workcenters]
        if not todo:
            continue
        bill = bill_of(family, todo)
        supplies = {
            GOODS: Supply(GOODS, Timeline(first, stock), bill, rounding=1.0),
            STEEL: Supply(STEEL, Timeline(first, 0, [(first + timedelta(days=steel), 100)])),
        }
        ledger = Ledger(board, usable_for(plant, customer))
        found = promise_line(
            Line(quantity, (Demand(GOODS),)), Plant(first, horizon, ledger, supplies)
        )
        missing = max(0, quantity - stock)
        expected = first
        if missing:
            expected = first_day(
                lambda number, day, c=customer, f=family: room(pools, plant, c, f, number, day),
                lambda number, day: work.get((number, day), 0),
                [(number, minutes * missing) for number, minutes in todo],
                first + timedelta(days=steel),
                horizon,
            )
        assert found.date == expected
        board = book(plant, board, pools, found, customer, family)


def book(plant, board, pools, found, customer, family):
    """Book what was promised on the board, and take it out of the pools of minutes."""
    board = board.duplicate()
    allowed = {None, *(slot.id for slot in plant.slots if slot.lets_in(customer, family))}
    for load in found.loads:
        key = load.workcenter, load.day, load.slot
        assert load.slot in allowed
        pools[key] = pools.get(key, 0) - load.minutes
        assert pools[key] == pytest.approx(max(0, pools[key]), abs=1e-6), "a minute booked twice"
        board.add(load.workcenter, load.day, load.minutes, load.slot)
    return board
