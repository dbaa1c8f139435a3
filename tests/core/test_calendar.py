"""Working time by day: timetables, time zones, changes of the clock, time off, spreading."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.calendar import (
    Attendance,
    WorkCalendar,
    day_of,
    flexible_week,
    merge,
    subtract,
)

MONDAY = date(2025, 12, 1)
WEEK = [Attendance(day, hour, hour + 4) for day in range(5) for hour in (8, 13)]


def calendar(zone="UTC", attendances=WEEK, **options):
    return WorkCalendar(zone, attendances, **options)


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Pacific/Auckland", datetime(9999, 12, 31, 23)),
        ("America/Los_Angeles", datetime(1, 1, 1, 1)),
    ],
)
def test_no_zone_has_a_day_beyond_the_first_and_the_last(zone, instant):
    assert day_of(instant, ZoneInfo(zone)) == instant.date()


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        # 1 Dec 2025, 8:00 there
        ("UTC", datetime(2025, 12, 1, 8)),
        ("Europe/Rome", datetime(2025, 12, 1, 7)),
        ("America/Los_Angeles", datetime(2025, 12, 1, 16)),
        ("Pacific/Auckland", datetime(2025, 11, 30, 19)),
        ("Asia/Kolkata", datetime(2025, 12, 1, 2, 30)),
    ],
)
def test_first_hour_in_utc(zone, start):
    found = calendar(zone)
    assert found.intervals(MONDAY)[0] == (start, start + timedelta(hours=4))
    assert found.minutes(MONDAY) == 480
    assert day_of(start, found.zone) == MONDAY


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("Europe/Rome", date(2025, 3, 30), 420),  # clock forward at 2:00: 8 hours are 7
        ("Europe/Rome", date(2025, 10, 26), 540),  # clock back at 3:00: 8 hours are 9
        ("America/Los_Angeles", date(2025, 3, 9), 420),
        ("Pacific/Auckland", date(2025, 9, 28), 420),
        ("Pacific/Auckland", date(2025, 4, 6), 540),
        ("UTC", date(2025, 3, 30), 480),
    ],
)
def test_night_shift_over_a_change_of_the_clock(zone, day, minutes):
    found = calendar(zone, [Attendance(6, 0, 8)])
    assert found.minutes(day) == minutes


def test_whole_days_are_as_long_as_they_really_are():
    found = calendar("Europe/Rome", [Attendance(day, 0, 24) for day in range(7)])
    hours = [found.minutes(date(2025, 3, 29) + timedelta(n)) / 60 for n in range(3)]
    assert hours == [24, 23, 24]


def test_two_weeks_take_turns():
    """Monday 1 Dec 2025 is day 739586 of the era: 739585 // 7 = 105655, an odd (second) week."""
    lines = [Attendance(0, 8, 12, week=0), Attendance(0, 8, 10, week=1)]
    found = calendar(attendances=lines)
    by_week = [found.minutes(MONDAY + timedelta(weeks=n)) for n in range(3)]
    assert by_week == [120, 240, 120]


def test_time_off_and_hours_already_past():
    off = [
        (datetime(2025, 12, 1, 9), datetime(2025, 12, 1, 10)),
        (datetime(2025, 12, 1, 9, 30), datetime(2025, 12, 1, 14)),  # overlaps the first
        (datetime(2025, 12, 2, 0), datetime(2025, 12, 3, 0)),
    ]
    found = calendar(time_off=off)
    assert found.minutes(MONDAY) == 60 + 180
    assert found.minutes(date(2025, 12, 2)) == 0
    assert found.minutes(date(2025, 12, 3)) == 480
    late = calendar(time_off=off, since=datetime(2025, 12, 1, 15))
    assert late.minutes(MONDAY) == 120
    assert late.minutes(date(2025, 11, 28)) == 0


def test_flexible_week_stops_at_its_hours():
    lines = flexible_week(8, 20)
    assert [(line.weekday, line.hour_to - line.hour_from) for line in lines] == [
        (0, 8),
        (1, 8),
        (2, 4),
    ]
    assert flexible_week(0, 40) == ()


@pytest.mark.parametrize(
    ("start", "stop", "minutes", "expected"),
    [
        # within one day
        (datetime(2025, 12, 1, 8), datetime(2025, 12, 1, 10), 100, {MONDAY: 100}),
        # Monday 15-17 and Tuesday 8-14 (less an hour at noon): 2 + 5 hours
        (
            datetime(2025, 12, 1, 15),
            datetime(2025, 12, 2, 14),
            420,
            {MONDAY: 120, date(2025, 12, 2): 300},
        ),
        # over a weekend: Friday 16-17 and Monday 8-11
        (
            datetime(2025, 12, 5, 16),
            datetime(2025, 12, 8, 11),
            80,
            {date(2025, 12, 5): 20, date(2025, 12, 8): 60},
        ),
        # wholly on a Sunday: its first day
        (
            datetime(2025, 12, 7, 3),
            datetime(2025, 12, 7, 9),
            60,
            {date(2025, 12, 7): 60},
        ),
        (datetime(2025, 12, 1, 9), datetime(2025, 12, 1, 9), 30, {MONDAY: 30}),
        (datetime(2025, 12, 1, 9), datetime(2025, 12, 1, 10), 0, {}),
    ],
)
def test_spread(start, stop, minutes, expected):
    assert calendar().spread(start, stop, minutes) == pytest.approx(expected)


ZONES = st.sampled_from(["UTC", "Europe/Rome", "America/Los_Angeles", "Pacific/Auckland"])
MOMENTS = st.datetimes(datetime(2025, 3, 1), datetime(2025, 11, 30))


@given(ZONES, MOMENTS, st.integers(0, 20000), st.integers(1, 5000))
def test_spread_conserves_minutes(zone, start, length, minutes):
    parts = calendar(zone).spread(start, start + timedelta(minutes=length), minutes)
    assert sum(parts.values()) == pytest.approx(minutes)
    first, last = (
        day_of(start, calendar(zone).zone),
        day_of(start + timedelta(minutes=length), calendar(zone).zone),
    )
    assert all(first <= day <= last for day in parts)


@given(ZONES, MOMENTS, st.integers(0, 15000))
def test_minutes_of_a_span_do_not_depend_on_how_it_is_cut(zone, start, length):
    found = calendar(zone, [Attendance(day, 0, 24) for day in range(7)])
    stop = start + timedelta(minutes=length)
    assert sum(found.work_by_day(start, stop).values()) == pytest.approx(length)


SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 10)).map(
        lambda pair: (datetime(2025, 1, 1, 0, pair[0]), datetime(2025, 1, 1, 0, pair[0] + 1))
    ),
    max_size=6,
)


@given(SPANS)
def test_subtracting_covers_each_minute_once(spans):
    whole = (datetime(2025, 1, 1), datetime(2025, 1, 1, 1))
    parts = subtract(whole, merge(spans))
    for minute in range(60):
        start = whole[0] + timedelta(minutes=minute)
        inside = any(a <= start < b for a, b in spans)
        kept = sum(a <= start < b for a, b in parts)
        assert kept == (not inside)
