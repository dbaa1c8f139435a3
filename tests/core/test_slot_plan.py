"""What becomes of each time that a rule names."""

from datetime import datetime, timedelta

import pytest

from sop_bridge.core import slot_plan
from sop_bridge.core.calendar import Attendance, WorkCalendar
from sop_bridge.core.recurrence import Change, Hindered, Occurrence, merge

MONDAY = datetime(2031, 1, 13)
WEEK = tuple(Attendance(day, 8, 16) for day in range(5))


def span(day, start=8, stop=12):
    base = MONDAY + timedelta(days=day)
    return base + timedelta(hours=start), base + timedelta(hours=stop)


def occurrence(day, *hours):
    start, stop = span(day, *hours)
    return Occurrence(start.date(), start, stop)


def test_each_state():
    calendar = WorkCalendar("UTC", WEEK, [span(2, 0, 24)])
    change = Change({"kept": span(0)}, {}, {}, [], [Hindered(*span(1), "used")])
    judged = slot_plan.judge(
        [occurrence(day) for day in (0, 1, 2, 3, 4, 5, 7)],
        calendar,
        change,
        [(*span(3, 11, 13), "other")],
        {MONDAY.date() + timedelta(days=4)},
        lambda start: False,
    )
    assert [(one.state, one.by) for one in judged] == [
        ("stays", "kept"),
        ("overlaps", "used"),
        ("holiday", None),
        ("overlaps", "other"),
        ("apart", None),
        ("no_hours", None),
        ("made", None),
    ]


def test_late_times_are_not_made():
    limit = span(1)[0]
    nothing = merge([], {}, set())
    judged = slot_plan.judge(
        [occurrence(0), occurrence(2)],
        WorkCalendar("UTC", WEEK),
        nothing,
        [],
        set(),
        lambda start: start <= limit,
    )
    assert [one.state for one in judged] == ["late", "made"]


@pytest.mark.parametrize(
    ("work", "minutes"),
    [
        (span(0, 8, 10), 60),  # inside
        (span(0, 11, 13), 30),  # half of it
        (span(0, 6, 18), 60 * 4 / 8),  # around it: its share of the working time
        (span(0, 12, 14), 0),
        (span(1, 8, 10), 0),
        (span(0, 1, 2), 0),  # at night, outside the slot
    ],
)
def test_part_inside(work, minutes):
    calendar = WorkCalendar("UTC", WEEK)
    assert slot_plan.part_inside(calendar, work, 60, span(0)) == pytest.approx(minutes)


def test_slots_kept_for_others_than_the_rule_says_go_or_hinder():
    change = merge([span(0), span(1)], {1: span(0), 2: span(1)}, {2}, {1, 2})
    assert change.stay == {}
    assert change.go == {1: span(0)}
    assert change.make == [span(0)]
    assert [one.by for one in change.hindered] == [2]
