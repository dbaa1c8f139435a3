"""Who may use which minutes of a day."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.board import Board, SlotSpan
from sop_bridge.core.calendar import Attendance, WorkCalendar
from sop_bridge.core.capacity import (
    Customer,
    Day,
    Ledger,
    SlotDay,
    SlotOwner,
    is_entitled,
)

DAY = date(2025, 12, 1)
GOLD, SILVER, STANDARD = (Customer(10 + rank, rank, rank) for rank in (1, 2, 3))
NOBODY = Customer(99)


@pytest.mark.parametrize(
    ("customer", "owner", "unlock", "expected"),
    [
        (GOLD, SlotOwner(2, 2, "better"), None, True),
        (SILVER, SlotOwner(2, 2, "better"), None, True),
        (STANDARD, SlotOwner(2, 2, "better"), None, False),
        (NOBODY, SlotOwner(2, 2, "better"), None, False),
        (GOLD, SlotOwner(2, 2, "only"), None, False),
        (SILVER, SlotOwner(2, 2, "only"), None, True),
        (GOLD, SlotOwner(2, 2, "only"), "lower", True),
        (STANDARD, SlotOwner(2, 2, "only"), "lower", False),
        (STANDARD, SlotOwner(2, 2, "better"), "lower", False),
        (NOBODY, SlotOwner(3, 3, "only"), "lower", False),
        (NOBODY, SlotOwner(1, 1, "only"), "all", True),
        (NOBODY, SlotOwner(partner=99), None, True),
        (GOLD, SlotOwner(partner=99), None, False),
        (GOLD, SlotOwner(partner=99), "lower", False),
        (GOLD, SlotOwner(3, 3, "better", partner=99), None, True),
        (NOBODY, SlotOwner(1, 1, "only", partner=99), None, True),
        # a second tier of the same rank is not the tier itself
        (Customer(1, 7, 2), SlotOwner(2, 2, "only"), "lower", False),
        (Customer(1, 7, 2), SlotOwner(2, 2, "better"), None, True),
        # an agreement is neither its customer nor any tier
        (Customer(99, agreement=8), SlotOwner(agreement=8), None, True),
        (Customer(99, agreement=9), SlotOwner(agreement=8), None, False),
        (NOBODY, SlotOwner(agreement=8), None, False),
        (GOLD, SlotOwner(agreement=8), "lower", False),
        (GOLD, SlotOwner(agreement=8), "all", True),
        (GOLD, SlotOwner(1, 1, "better", agreement=8), None, True),
        (Customer(99, agreement=8), SlotOwner(agreement=8, family=5), None, False),
        # the release fence: first the next tier, then everyone
        (STANDARD, SlotOwner(1, 1, "better", opened=3), None, True),
        (STANDARD, SlotOwner(1, 1, "better", opened=2), None, False),
        (NOBODY, SlotOwner(1, 1, "better", opened=3), None, False),
        (NOBODY, SlotOwner(1, 1, "only", family=5, released=True), None, True),
        # kept for another family than that of the goods, which have none
        (GOLD, SlotOwner(1, 1, "better", family=5), None, False),
        (STANDARD, SlotOwner(1, 1, "better", family=5, opened=3), None, False),
        (NOBODY, SlotOwner(partner=99, family=5), None, False),
        (STANDARD, SlotOwner(1, 1, "better", family=5), "all", True),
    ],
)
def test_entitlement(customer, owner, unlock, expected):
    assert is_entitled(customer, owner, unlock) is expected


def test_a_slot_for_a_family_lets_only_that_family_in():
    owner = SlotOwner(1, 1, "better", family=5)
    assert is_entitled(GOLD, owner, family=5)
    assert not is_entitled(GOLD, owner, family=6)
    assert not is_entitled(STANDARD, owner, family=5)


def test_a_slot_for_a_family_is_reserved_for_goods_of_others():
    day = Day(480, 0, (SlotDay(1, 120),))
    ledger = Ledger(lambda workcenter, when: day, lambda slot, family: family == 5)
    assert ledger.available(1, DAY, 5) == 480
    assert ledger.available(1, DAY, 6) == 360
    assert ledger.reserved_slots(1, DAY, 6) == [1]
    assert ledger.take(1, DAY, 400, 6) == [(None, 360)]


@pytest.mark.parametrize(
    ("day", "usable", "available", "reserved"),
    [
        (Day(480), (), 480, 0),
        (Day(480, 100), (), 380, 0),
        (Day(480, 500), (), 0, 0),
        # 480 - 120 kept
        (Day(480, 0, (SlotDay(1, 120),)), (), 360, 120),
        (Day(480, 0, (SlotDay(1, 120),)), (1,), 480, 0),
        # 50 of the slot used: 70 are still kept; open 360
        (Day(480, 50, (SlotDay(1, 120, 50),)), (), 360, 70),
        (Day(480, 50, (SlotDay(1, 120, 50),)), (1,), 430, 0),
        # 400 booked outside the slot reach into it: open 0, and only 80 of the slot are real
        (Day(480, 400, (SlotDay(1, 120),)), (), 0, 80),
        (Day(480, 400, (SlotDay(1, 120),)), (1,), 80, 0),
        # a slot used beyond its size takes from no one's slot
        (Day(480, 150, (SlotDay(1, 120, 150), SlotDay(2, 60))), (2,), 330, 0),
        # of two slots one is mine
        (Day(480, 0, (SlotDay(1, 120), SlotDay(2, 60))), (2,), 360, 120),
    ],
)
def test_available(day, usable, available, reserved):
    ledger = Ledger(lambda workcenter, when: day, lambda slot, family: slot in usable)
    assert ledger.available(1, DAY) == pytest.approx(available)
    assert ledger.reserved(1, DAY) == pytest.approx(reserved)


def test_own_slot_first_then_open():
    day = Day(480, 0, (SlotDay(1, 120), SlotDay(2, 60)))
    ledger = Ledger(lambda workcenter, when: day, lambda slot, family: slot == 2)
    assert ledger.take(1, DAY, 100) == [(2, 60), (None, 40)]
    assert ledger.take(1, DAY, 400) == [(None, 260)]
    assert ledger.available(1, DAY) == 0
    assert ledger.take(1, DAY, 1) == []


def test_a_fork_leaves_the_ledger_alone():
    ledger = Ledger(lambda workcenter, when: Day(480))
    ledger.take(1, DAY, 80)
    ledger.fork().take(1, DAY, 400)
    assert ledger.available(1, DAY) == 400


DAYS = st.builds(
    lambda slots, outside, room: Day(
        sum(size for size, _used in slots) + room,
        sum(min(size, used) for size, used in slots) + outside,
        tuple(SlotDay(n, size, min(size, used)) for n, (size, used) in enumerate(slots)),
    ),
    st.lists(st.tuples(st.integers(1, 200), st.integers(0, 200)), max_size=4),
    st.integers(0, 700),
    st.integers(0, 480),
)


@given(DAYS, st.sets(st.integers(0, 3)), st.lists(st.integers(0, 300), max_size=6))
def test_no_minute_twice_and_none_of_others(day, usable, wanted):
    ledger = Ledger(lambda workcenter, when: day, lambda slot, family: slot in usable)
    before = ledger.available(1, DAY)
    taken = {}
    for minutes in wanted:
        free = ledger.available(1, DAY)
        parts = ledger.take(1, DAY, minutes)
        assert sum(part for _slot, part in parts) == pytest.approx(min(minutes, free))
        for slot, part in parts:
            taken[slot] = taken.get(slot, 0) + part
    total = sum(taken.values())
    assert total <= before + 1e-6
    assert total + min(day.booked, day.calendar) <= day.calendar + 1e-6
    sizes = {slot.slot: slot for slot in day.slots}
    for slot, part in taken.items():
        if slot is not None:
            assert slot in usable
            assert part + sizes[slot].used <= sizes[slot].minutes + 1e-6


@given(DAYS, st.sets(st.integers(0, 3)), st.integers(0, 3))
def test_more_rights_never_mean_less_room(day, usable, more):
    few = Ledger(lambda workcenter, when: day, lambda slot, family: slot in usable)
    many = Ledger(lambda workcenter, when: day, lambda slot, family: slot in usable | {more})
    assert many.available(1, DAY) >= few.available(1, DAY)


# ---------------------------------------------------------------------- board
WEEK = [Attendance(day, 8, 16) for day in range(5)]


def board(slots=(), since=None):
    return Board({1: WorkCalendar("UTC", WEEK, since=since)}, {1: DAY}, {1: list(slots)})


def test_planned_interval_counts_in_the_slot_it_lies_in():
    """Monday 12-16 with 120 minutes of work; the slot holds the last of these four hours."""
    slot = SlotSpan(5, datetime(2025, 12, 1, 15), datetime(2025, 12, 1, 18))
    found = board([slot])
    found.add_interval(1, datetime(2025, 12, 1, 12), datetime(2025, 12, 1, 16), 120)
    day = found(1, DAY)
    assert day.booked == pytest.approx(120)
    assert day.slots == (SlotDay(5, 60, 30),)
    assert day.open == pytest.approx(480 - 60 - 90)


def test_work_outside_of_working_time_uses_the_slot_it_lies_in():
    """Monday 17-21 nobody works: the clock tells that three of four hours lie in the slot."""
    found = board([SlotSpan(5, datetime(2025, 12, 1, 15), datetime(2025, 12, 1, 20))])
    found.add_interval(1, datetime(2025, 12, 1, 17), datetime(2025, 12, 1, 21), 40)
    moment = datetime(2025, 12, 1, 19)
    found.add_interval(1, moment, moment, 5)
    assert found.fixed == {(1, DAY): {5: 35, None: 10}}


def test_days_at_once_are_the_days_one_by_one():
    found = board()
    found.add(1, DAY + timedelta(1), 100)
    found.add(1, DAY + timedelta(2), 900, floating=True)
    numbers = [-2, -1, *range(6)]
    one_by_one = [board_day(found, number) for number in numbers]
    assert found.between(1, DAY - timedelta(2), DAY + timedelta(5)) == one_by_one
    assert found.between(1, DAY - timedelta(2), DAY - timedelta(1)) == one_by_one[:2]
    assert found.between(1, DAY + timedelta(1), DAY + timedelta(3)) == one_by_one[3:6]


def board_day(found, number):
    return found(1, DAY + timedelta(number))


def test_slot_over_two_days():
    slot = SlotSpan(5, datetime(2025, 12, 1, 14), datetime(2025, 12, 2, 9))
    found = board([slot])
    assert [found(1, DAY + timedelta(n)).slots for n in range(3)] == [
        (SlotDay(5, 120),),
        (SlotDay(5, 60),),
        (),
    ]


def test_overdue_load_flows_on_to_days_with_room():
    """700 overdue minutes: 480 on Monday, 220 of them left for Tuesday, which has 300 booked."""
    found = board()
    found.add(1, DAY - timedelta(days=20), 700)
    found.add(1, DAY + timedelta(days=1), 300)
    rooms = [found(1, DAY + timedelta(n)).room for n in range(4)]
    assert rooms == [0, 0, 440, 480]


def test_overdue_load_waits_over_the_weekend_and_leaves_slots_alone():
    friday = date(2025, 12, 5)
    slot = SlotSpan(5, datetime(2025, 12, 8, 8), datetime(2025, 12, 8, 12))
    found = Board({1: WorkCalendar("UTC", WEEK)}, {1: friday}, {1: [slot]})
    found.add(1, friday, 480)
    found.add(1, friday, 300, floating=True)
    monday = found(1, date(2025, 12, 8))
    assert (monday.booked, monday.open, monday.room) == (240, 0, 240)
    assert found(1, date(2025, 12, 9)).room == 420


def test_days_before_today_have_no_room():
    assert board()(1, DAY - timedelta(days=3)) == Day()


def test_what_begins_later_is_read_when_such_a_day_is_asked_for():
    found, asked = board(), []

    def read(on):
        asked.append(on)
        on.add(1, DAY + timedelta(days=2), 60)

    def read_on(on):
        on.add(1, DAY + timedelta(days=4), 70)

    found.later.append((DAY + timedelta(days=2), read))
    found.later.append((DAY + timedelta(days=4), read_on))
    found.add(1, DAY, 600, floating=True)
    copy = found.duplicate()
    assert found(1, DAY + timedelta(days=1)).booked == 120
    assert not asked
    assert found(1, DAY + timedelta(days=2)).booked == 60
    assert found(1, DAY + timedelta(days=3)).booked == 0
    assert asked == [found], "once"
    assert copy(1, DAY + timedelta(days=4)).booked == 70, "both parts at once"
    assert copy(1, DAY + timedelta(days=2)).booked == 60
    assert asked == [found, copy], "each copy for itself"


def test_backlog_does_not_take_what_an_order_holds():
    slot = SlotSpan(5, datetime(2025, 12, 1, 8), datetime(2025, 12, 1, 12))
    found = board([slot])
    found.held[7] = [(1, DAY, 100, 5), (1, DAY, 200, None)]
    for workcenter, day, minutes, of in found.held[7]:
        found.add(workcenter, day, minutes, of)
    found.add(1, DAY, 600, floating=True)
    assert found(1, DAY) == Day(480, 340, (SlotDay(5, 240, 100),))
    assert found.seen_by(8) is found
    mine = found.seen_by(7)
    assert mine(1, DAY) == Day(480, 40, (SlotDay(5, 240, 0),))
    assert mine(1, DAY + timedelta(days=1)) == found(1, DAY + timedelta(days=1))
    assert found(1, DAY).booked == 340, "for others it is still held"
