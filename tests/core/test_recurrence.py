"""Recurring slots: days, hours, changes of the clock, and what a changed rule replaces."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.calendar import to_utc
from sop_bridge.core.recurrence import (
    Hindered,
    Recurrence,
    days,
    instant,
    merge,
    occurrences,
)

MONDAY, TUESDAY, THURSDAY, SUNDAY = 0, 1, 3, 6
FIRST = date(2025, 12, 2)  # a Tuesday
FAR = date(2026, 12, 31)
EVERY_DAY = tuple(range(7))


def rule(weekdays=(TUESDAY, THURSDAY), hour_from=6, hour_to=14, first=FIRST, **options):
    return Recurrence(weekdays, hour_from, hour_to, first, **options)


def spans(recurrence, first, last, zone="Europe/Rome"):
    return [(one.start, one.stop) for one in occurrences(recurrence, first, last, zone)]


def test_tuesdays_and_thursdays_from_six_to_two():
    found = occurrences(rule(), FIRST, date(2025, 12, 9), "Europe/Rome")
    assert [one.day.day for one in found] == [2, 4, 9]
    assert found[0][1:] == (datetime(2025, 12, 2, 5), datetime(2025, 12, 2, 13))


def test_the_hours_stay_those_of_the_wall_clock_in_summer():
    summer = date(2026, 7, 7)
    assert spans(rule(), summer, summer) == [(datetime(2026, 7, 7, 4), datetime(2026, 7, 7, 12))]


def test_a_window_shows_the_same_days_as_the_whole():
    whole = days(rule(every=3), FIRST, FAR)
    for first in (date(2026, 1, 1), date(2026, 1, 14), date(2026, 3, 3)):
        last = first + timedelta(days=40)
        assert days(rule(every=3), first, last) == [day for day in whole if first <= day <= last]


def test_weeks_are_counted_from_the_monday_before_the_first_day():
    # first day a Thursday: the Tuesday of the same week is past, that of the next week is skipped
    found = days(rule(first=date(2025, 12, 4), every=2), date(2025, 12, 1), date(2025, 12, 31))
    assert [day.day for day in found] == [4, 16, 18, 30]


def test_weeks_begin_on_monday_as_in_the_example_of_the_standard():
    # RFC 5545, section 3.8.5.3: INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO
    found = days(
        rule((TUESDAY, SUNDAY), first=date(1997, 8, 5), every=2, count=4), date(1997, 8, 1), FAR
    )
    assert found == [date(1997, 8, day) for day in (5, 10, 19, 24)]


def test_nothing_is_before_the_first_day_and_the_last_day_counts():
    found = days(rule(until=date(2025, 12, 11)), date(2025, 11, 1), FAR)
    assert found == [date(2025, 12, day) for day in (2, 4, 9, 11)]
    assert days(rule(until=date(2025, 12, 1)), date(2025, 11, 1), FAR) == []


def test_a_number_of_times_is_counted_from_the_first_day_whatever_is_shown():
    assert len(days(rule(count=5), FIRST, FAR)) == 5
    assert [day.day for day in days(rule(count=5), date(2025, 12, 10), FAR)] == [11, 16]


def test_excluded_days_are_left_out_and_use_up_the_count():
    found = days(rule(count=4, excluded=frozenset({date(2025, 12, 4)})), FIRST, FAR)
    assert [day.day for day in found] == [2, 9, 11]


def test_a_night_belongs_to_the_day_on_which_it_starts():
    night = rule((MONDAY,), 22, 6, date(2025, 12, 1))
    (found,) = occurrences(night, date(2025, 12, 1), date(2025, 12, 2), "Europe/Rome")
    assert found == (date(2025, 12, 1), datetime(2025, 12, 1, 21), datetime(2025, 12, 2, 5))
    assert spans(night, date(2025, 12, 2), date(2025, 12, 2)) == []


def test_a_day_may_end_at_midnight_or_where_it_began():
    day = date(2025, 12, 1)
    midnight = datetime(2025, 12, 1)
    for hour_from, hour_to in ((0, 24), (0, 0)):
        found = spans(rule((MONDAY,), hour_from, hour_to, day), day, day, "UTC")
        assert found == [(midnight, midnight + timedelta(days=1))]
    assert spans(rule((MONDAY,), 6, 6, day), day, day, "UTC") == [
        (datetime(2025, 12, 1, 6), datetime(2025, 12, 2, 6))
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours", "start", "stop"),
    [
        # clock forward at 2:00 to 3:00, which is 1:00 UTC
        ("Europe/Rome", date(2026, 3, 29), (1, 5), (0, 0), (3, 0)),
        ("Europe/Rome", date(2026, 3, 29), (2, 5), (1, 0), (3, 0)),
        ("Europe/Rome", date(2026, 3, 29), (2.5, 5), (1, 0), (3, 0)),
        ("Europe/Rome", date(2026, 3, 29), (1, 2.5), (0, 0), (1, 0)),
        ("Europe/Rome", date(2026, 3, 29), (3, 5), (1, 0), (3, 0)),
        # clock back at 3:00 to 2:00: 2:00–3:00 is there twice, 0:00 and 1:00 UTC
        ("Europe/Rome", date(2026, 10, 25), (1, 5), (-1, 0), (4, 0)),
        ("Europe/Rome", date(2026, 10, 25), (1, 2.5), (-1, 0), (1, 30)),
        ("Europe/Rome", date(2026, 10, 25), (2.5, 5), (1, 30), (4, 0)),
        ("America/New_York", date(2026, 3, 8), (1, 5), (6, 0), (9, 0)),
        ("America/New_York", date(2026, 3, 8), (2.25, 5), (7, 0), (9, 0)),
        ("America/New_York", date(2026, 11, 1), (1, 5), (6, 0), (10, 0)),
        # half an hour, clock forward at 2:00 to 2:30, which is 15:30 UTC of the day before
        ("Australia/Lord_Howe", date(2026, 10, 4), (1, 5), (-9.5, 0), (-6, 0)),
        ("Australia/Lord_Howe", date(2026, 10, 4), (2.25, 5), (-8.5, 0), (-6, 0)),
        # clock forward at midnight: the day begins at 1:00
        ("Africa/Cairo", date(2026, 4, 24), (0, 4), (-2, 0), (1, 0)),
    ],
)
def test_days_on_which_the_clock_changes(zone, day, hours, start, stop):
    found = spans(rule(EVERY_DAY, *hours, day), day, day, zone)
    midnight = datetime(day.year, day.month, day.day)
    edges = (midnight + timedelta(hours=hour, minutes=minute) for hour, minute in (start, stop))
    assert found == [tuple(edges)]


@pytest.mark.parametrize("hours", [(2, 3), (2.25, 2.75), (2.5, 3)])
def test_hours_that_do_not_exist_are_no_slot(hours):
    found = occurrences(rule((SUNDAY,), *hours), date(2026, 3, 22), date(2026, 4, 5), "Europe/Rome")
    assert [one.day for one in found] == [date(2026, 3, 22), date(2026, 4, 5)]


def test_a_day_that_a_place_skipped_has_no_slot():
    # Samoa went from 29 to 31 December 2011 when it changed sides of the date line
    found = occurrences(
        rule(EVERY_DAY, 8, 12, date(2011, 12, 28)),
        date(2011, 12, 29),
        date(2011, 12, 31),
        "Pacific/Apia",
    )
    assert [one.day.day for one in found] == [29, 31]


def test_a_night_over_a_change_of_the_clock_is_as_long_as_it_is():
    night = rule(EVERY_DAY, 22, 6)
    hours = {
        one.day: (one.stop - one.start) / timedelta(hours=1)
        for one in occurrences(night, FIRST, FAR, "Europe/Rome")
    }
    assert hours[date(2026, 3, 28)] == 7
    assert hours[date(2026, 10, 24)] == 9
    assert set(hours.values()) == {7, 8, 9}


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/Havana", "Australia/Lord_Howe"])
def test_hours_that_exist_are_those_of_the_timetables(zone):
    place = ZoneInfo(zone)
    for number in range(365):
        day = FIRST + timedelta(days=number)
        for hour in range(25):
            local = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
            if (
                local.replace(tzinfo=place)
                .astimezone(ZoneInfo("UTC"))
                .astimezone(place)
                .replace(tzinfo=None)
                == local
            ):
                assert instant(day, hour, place) == to_utc(day, hour, place)


@given(
    st.sampled_from(["Europe/Rome", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata"]),
    st.dates(date(2024, 1, 1), date(2026, 12, 1)),
    st.integers(0, 23).map(lambda quarter: quarter / 4),
    st.integers(0, 96).map(lambda quarter: quarter / 4),
)
def test_intervals_follow_one_another_without_overlap(zone, first, hour_from, hour_to):
    found = spans(
        rule(EVERY_DAY, hour_from, hour_to, first), first, first + timedelta(days=370), zone
    )
    assert all(start < stop for start, stop in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    if hour_from == hour_to:
        assert all(one[1] == other[0] for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weekdays": ()}, "days of the week"),
        ({"weekdays": (7,)}, "days of the week"),
        ({"hour_from": 24}, "from 0 to 24"),
        ({"hour_to": 25}, "from 0 to 24"),
        ({"every": 0}, "every week or less often"),
        ({"count": 0}, "at least 1"),
        ({"count": 3, "until": FAR}, "not both"),
    ],
)
def test_a_recurrence_that_says_nothing_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        rule(**options)


def hours(start, stop, day=1):
    return datetime(2025, 12, day, start), datetime(2025, 12, day, stop)


def test_a_new_rule_makes_all():
    change = merge([hours(14, 18), hours(6, 10)], {}, set())
    assert change.make == [hours(6, 10), hours(14, 18)]
    assert not (change.stay or change.used or change.go or change.hindered)


def test_unused_slots_are_replaced_and_equal_ones_stay():
    existing = {1: hours(6, 10), 2: hours(6, 10, day=2)}
    change = merge([hours(6, 10), hours(8, 12, day=2)], existing, set())
    assert change.stay == {1: hours(6, 10)}
    assert change.go == {2: hours(6, 10, day=2)}
    assert change.make == [hours(8, 12, day=2)]


def test_a_used_slot_stays_and_hinders_what_overlaps_it():
    existing = {1: hours(6, 10), 2: hours(6, 10, day=2)}
    change = merge([hours(8, 12), hours(10, 14, day=2)], existing, {1, 2})
    assert change.used == existing
    assert change.go == {}
    assert change.hindered == [Hindered(*hours(8, 12), by=1)]
    assert change.make == [hours(10, 14, day=2)]  # touches only


def test_a_rule_that_ends_removes_what_is_not_used():
    existing = {1: hours(6, 10), 2: hours(6, 10, day=2)}
    change = merge([], existing, {2})
    assert change.go == {1: hours(6, 10)}
    assert change.used == {2: hours(6, 10, day=2)}


blocks = st.dictionaries(st.integers(0, 40), st.integers(1, 3)).map(
    lambda found: [
        (datetime(2025, 12, 1) + timedelta(hours=3 * place), size) for place, size in found.items()
    ]
)
disjoint = blocks.map(lambda found: [(at, at + timedelta(hours=size)) for at, size in found])
shifted = st.tuples(disjoint, st.integers(0, 2)).map(
    lambda found: [tuple(edge + timedelta(hours=found[1]) for edge in span) for span in found[0]]
)


@given(disjoint, shifted, st.sets(st.integers(0, 40)))
def test_what_results_overlaps_nowhere_and_is_settled(wanted, before, used):
    existing = dict(enumerate(before))
    change = merge(wanted, existing, used)
    assert {**change.stay, **change.used, **change.go} == existing
    assert not used & set(change.go)
    result = {**change.stay, **change.used}
    result |= {("new", place): span for place, span in enumerate(change.make)}
    ordered = sorted(result.values())
    assert all(one[1] <= other[0] for one, other in pairwise(ordered))
    asked = {*change.stay.values(), *change.make, *(one[:2] for one in change.hindered)}
    assert asked == set(wanted)
    again = merge(wanted, result, used)
    assert not again.make and not again.go
    assert again.hindered == change.hindered
