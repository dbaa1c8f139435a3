"""What the capacity board shows of a day: the minutes that the promise sees, by whose they are."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.board import SlotSpan
from sop_bridge.core.calendar import Attendance, WorkCalendar
from sop_bridge.core.capacity import Ledger
from sop_bridge.core.cells import collect
from sop_bridge.core.shares import SharedBoard

DAY = date(2025, 12, 1)  # a Monday
WEEK = [Attendance(day, 8, 16) for day in range(5)]
GOLD, SILVER = "gold", "silver"


def days(first, last=None):
    return [DAY + timedelta(n) for n in range(first, (first if last is None else last) + 1)]


def moment(number, hour):
    return datetime(2025, 12, 1, hour) + timedelta(days=number)


def board(*slots):
    return SharedBoard({1: WorkCalendar("UTC", WEEK)}, {1: DAY}, {1: list(slots)})


def test_a_day_by_tier():
    found = board()
    found.add(1, DAY, 100, who=GOLD)
    found.add(1, DAY, 50, who=SILVER)
    cell = collect(found, 1, days(0))
    assert (cell.calendar, cell.free, cell.over) == (480, 330, 0)
    assert cell.booked == {GOLD: 100, SILVER: 50}


def test_unused_slot_is_reserved_until_it_is_released():
    slot = SlotSpan(7, moment(0, 8), moment(0, 12))
    found = board(slot)
    found.add_interval(1, moment(0, 8), moment(0, 9), 60, who=GOLD)
    cell = collect(found, 1, days(0))
    assert (cell.slots, cell.used, cell.reserved) == ({7: 240}, {7: 60}, {7: 180})
    assert (cell.booked, cell.free) == ({GOLD: 60}, 240)
    released = collect(found, 1, days(0), released={7})
    assert (released.reserved, released.free) == ({}, 420)


def test_orders_over_a_slot_leave_it_less():
    """Two thirds of the day are taken from outside, so the slot cannot keep its half any more."""
    found = board(SlotSpan(7, moment(0, 8), moment(0, 12)))
    found.add(1, DAY, 320, who=None)
    cell = collect(found, 1, days(0))
    assert (cell.free, cell.reserved) == (0, {7: pytest.approx(160)})


def test_a_full_day_does_not_hide_behind_an_empty_one():
    found = board()
    found.add(1, DAY, 620, who=GOLD)
    cell = collect(found, 1, days(0, 1))
    assert (cell.calendar, cell.over, cell.free) == (960, 140, 480)


def test_backlog_flows_on_by_equal_parts():
    """480 + 240 minutes without a plan: Monday does 480 of 720, Tuesday the rest."""
    found = board()
    found.add(1, DAY - timedelta(9), 480, who=GOLD)
    found.add(1, DAY, 240, floating=True, who=SILVER)
    assert collect(found, 1, days(0)).booked == pytest.approx({GOLD: 320, SILVER: 160})
    assert collect(found, 1, days(1)).booked == pytest.approx({GOLD: 160, SILVER: 80})
    assert collect(found, 1, days(2)).booked == {}


def test_days_before_today_are_empty():
    assert collect(board(), 1, days(-3)).calendar == 0


LOADS = st.lists(
    st.tuples(
        st.integers(-3, 12),
        st.integers(1, 900),
        st.sampled_from([None, 0, 1, 2]),
        st.booleans(),
        st.sampled_from([GOLD, SILVER, None]),
    ),
    max_size=25,
)
SLOTS = st.lists(st.tuples(st.integers(0, 11), st.integers(6, 14), st.integers(1, 9)), max_size=4)


@given(LOADS, SLOTS)
def test_a_cell_is_what_the_promise_sees(loads, spans):
    slots, end = [], moment(-1, 0)
    for number, (day, hour, length) in enumerate(sorted(spans)):
        start = max(end, moment(day, hour))
        end = start + timedelta(hours=length)
        slots.append(SlotSpan(number, start, end))
    found = board(*slots)
    for number, minutes, slot, floating, who in loads:
        inside = slot if slot is not None and slot < len(slots) else None
        found.add(1, DAY + timedelta(number), minutes, inside, floating, who)
    nobody = Ledger(found, usable=lambda slot, family: False)
    for when in days(-2, 16):
        cell = collect(found, 1, [when])
        assert cell.free == pytest.approx(nobody.available(1, when))
        assert sum(cell.booked.values()) == pytest.approx(found(1, when).booked, abs=1e-6)
        whole = sum(cell.booked.values()) + sum(cell.reserved.values()) + cell.free
        assert whole == pytest.approx(cell.calendar + cell.over, abs=1e-6)
