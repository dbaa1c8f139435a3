"""Working time as one line of minutes."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.axis import Axis
from sop_bridge.core.calendar import Attendance, WorkCalendar

MONDAY = datetime(2031, 1, 13)
SHIFT = [Attendance(day, start, start + 4) for day in range(5) for start in (8, 13)]


def axis(start=MONDAY, zone="UTC", lines=SHIFT, off=(), **values):
    return Axis(WorkCalendar(zone, lines, off), start, **values)


def at(day, hour, minute=0):
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("instant", "minute"),
    [
        (at(0, 3), 0),  # before the shift
        (at(0, 8), 0),
        (at(0, 9, 30), 90),
        (at(0, 12), 240),
        (at(0, 12, 30), 240),  # the break does not exist
        (at(0, 17), 480),
        (at(1, 8), 480),
        (at(4, 17), 2400),
        (at(6, 12), 2400),  # nor does the weekend
        (at(7, 8, 10), 2410),
        (at(-3, 0), 0),
    ],
)
def test_minutes_that_have_passed(instant, minute):
    assert axis().minute(instant) == minute


def test_work_begins_in_the_morning_and_ends_in_the_evening():
    line = axis()
    assert (line.begin_at(480), line.end_at(480)) == (at(1, 8), at(0, 17))
    assert (line.begin_at(240), line.end_at(240)) == (at(0, 13), at(0, 12))
    assert (line.begin_at(0), line.end_at(0)) == (at(0, 8), at(0, 8))
    assert (line.begin_at(100), line.end_at(100)) == (at(0, 9, 40), at(0, 9, 40))
    assert line.begin_at(2400) == at(7, 8)


def test_a_period_that_begins_within_a_shift():
    line = axis(at(0, 10))
    assert line.begin_at(0) == at(0, 10)
    assert line.minute(at(0, 11)) == 60
    assert line.minute(at(0, 9)) == 0
    assert line.end_at(120) == at(0, 12)


def test_time_off_does_not_exist():
    line = axis(off=[(at(0, 0), at(2, 0))])
    assert line.begin_at(0) == at(2, 8)


def test_minutes_of_a_day():
    line = axis()
    assert line.day(date(2031, 1, 13)) == (0, 480)
    assert line.day(date(2031, 1, 14)) == (480, 960)
    assert line.day(date(2031, 1, 18)) == (2400, 2400)  # Saturday
    assert list(line.parts(400, 500)) == [
        (date(2031, 1, 13), 400, 480),
        (date(2031, 1, 14), 480, 500),
    ]


def test_a_night_shift_has_an_hour_less_or_more_when_the_clock_changes():
    """In Paris clocks go from 2 to 3 on 30 March 2031, and from 3 to 2 on 26 October."""
    night = [Attendance(day, 0, 6) for day in range(7)]
    spring = axis(datetime(2031, 3, 29, 12), "Europe/Paris", night)
    assert spring.day(date(2031, 3, 30)) == (0, 300)
    assert spring.end_at(300) == datetime(2031, 3, 30, 4)  # six o'clock in summer time
    autumn = axis(datetime(2031, 10, 25, 12), "Europe/Paris", night)
    assert autumn.day(date(2031, 10, 26)) == (0, 420)


def test_beyond_what_is_read_time_goes_on():
    line = axis(limit=0)
    assert line.length == 0
    assert line.end_at(600) == at(0, 19)
    assert Axis(WorkCalendar("UTC", ()), MONDAY, 5).end_at(60) == at(0, 1)
    assert Axis(WorkCalendar("UTC", ()), MONDAY, 5).minute(at(3, 0)) == 0


@given(st.integers(0, 6000), st.integers(0, 6000))
def test_there_and_back(first, second):
    line = axis(at(0, 10, 20))
    assert line.minute(line.begin_at(first)) == first
    assert line.minute(line.end_at(first)) == first
    assert line.end_at(first) <= line.begin_at(first)
    if first < second:
        assert line.begin_at(first) <= line.end_at(second)
        assert sum(high - low for _day, low, high in line.parts(first, second)) == second - first
