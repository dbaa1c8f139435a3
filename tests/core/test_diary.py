"""Where an order has room in one piece on a day."""

from datetime import date, datetime, timedelta

import pytest

from sop_bridge.core.calendar import Attendance, WorkCalendar
from sop_bridge.core.diary import Diary

MONDAY = date(2027, 1, 4)
TUESDAY = MONDAY + timedelta(1)
# 8 to 12 and 13 to 17 o'clock
HOURS = [Attendance(day, *hours) for day in range(5) for hours in ((8, 12), (13, 17))]


def at(hour, day=MONDAY):
    """A moment of a day."""
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)


def diary(*spans, days=(MONDAY,)):
    """A diary of one work centre with entries numbered from 1 on Monday."""
    entries = dict(enumerate(((at(lo), at(hi)) for lo, hi in spans), 1))
    found = {(1, day): dict(entries) if day == MONDAY else {} for day in days}
    return Diary({1: WorkCalendar("UTC", HOURS)}, found)


@pytest.mark.parametrize(
    ("spans", "since", "minutes", "wanted"),
    [
        ((), 0, 60, (8, 9)),
        ((), 9.5, 60, (9.5, 10.5)),
        ((), 16.5, 60, None),
        ((), 0, 480, (8, 17)),  # over the break
        ((), 0, 481, None),
        (((8, 9),), 0, 60, (9, 10)),
        (((9, 10),), 0, 90, (10, 11.5)),  # one hour before is too short
        (((11, 12),), 10, 90, (13, 14.5)),
        (((10, 11), (8, 10)), 0, 60, (11, 12)),  # entered in any order
        (((12.25, 12.5),), 11, 120, (13, 15)),  # an entry in the break interrupts as well
        (((8, 17),), 0, 1, None),
    ],
)
def test_first_gap(spans, since, minutes, wanted):
    found = diary(*spans).gap(1, MONDAY, at(since), minutes)
    assert found == (wanted and tuple(map(at, wanted)))


def test_entries_that_count_as_free():
    book = diary((8, 12), (13, 14))
    assert book.gap(1, MONDAY, at(0), 60, {1}) == (at(8), at(9))
    assert book.gap(1, MONDAY, at(0), 300, {1, 2}) == (at(8), at(14))


def test_what_is_entered_counts_on_each_of_its_days():
    book = diary(days=(MONDAY, TUESDAY))
    book.enter(1, 9, at(16), at(10, TUESDAY))
    assert book.gap(1, TUESDAY, at(0, TUESDAY), 60) == (at(10, TUESDAY), at(11, TUESDAY))
    assert book.gap(1, MONDAY, at(15), 60) == (at(15), at(16))
    assert book.gap(1, MONDAY, at(15), 61) is None


def test_days_and_work_centres_that_were_not_asked_for():
    book = diary()
    book.enter(2, 9, at(8), at(9))
    book.enter(1, 9, at(8, TUESDAY), at(9, TUESDAY))
    assert book.gap(2, MONDAY, at(8), 60) is None
    assert book.gap(1, TUESDAY, at(8), 60) is None
