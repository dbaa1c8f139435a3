"""Slots in the free time of a period: inside it, apart from each other, as long as wanted."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_bridge.core.placement import Day, Placed, free_time, place

MONDAY = datetime(2031, 1, 13)
HOUR = timedelta(hours=1)


def at(number, hour):
    return MONDAY + timedelta(days=number) + hour * HOUR


def week(*hours):
    """Five days, free at these hours."""
    return [
        Day([(at(number, start), at(number, stop)) for start, stop in hours]) for number in range(5)
    ]


def told(placed):
    """[(key, day number, start hour, hours)]"""
    return [
        (
            one.key,
            (one.start.date() - MONDAY.date()).days,
            one.start.hour + one.start.minute / 60,
            one.minutes / 60,
        )
        for one in placed
    ]


def test_hours_are_spread_evenly_over_the_days():
    placed, missing = place(week((8, 12), (13, 17)), [("gold", 600)])
    assert told(placed) == [("gold", number, 8, 2) for number in range(5)]
    assert not missing


def test_few_hours_stand_apart_and_none_is_shorter_than_the_least():
    placed, _missing = place(week((8, 12)), [("gold", 130)], least=60)
    assert told(placed) == [("gold", 1, 8, 1.25), ("gold", 3, 8, 1)]
    placed, _missing = place(week((8, 12)), [("gold", 60)], least=60)
    assert told(placed) == [("gold", 2, 8, 1)]


def test_a_want_below_the_least_gets_a_short_slot_of_whole_steps():
    placed, missing = place(week((8, 12)), [("gold", 20)], least=60)
    assert told(placed) == [("gold", 2, 8, 0.5)]
    assert not missing


def test_the_first_want_comes_first_and_the_next_stands_behind_it():
    placed, missing = place(week((8, 10)), [("gold", 300), ("silver", 420)])
    assert told(placed)[:2] == [("gold", 0, 8, 1), ("silver", 0, 9, 1)]
    assert missing == {"silver": 120}


def test_what_one_day_lacks_others_give():
    days = [Day([(at(0, 8), at(0, 9))]), Day([(at(1, 8), at(1, 16))])]
    placed, missing = place(days, [("gold", 360)])
    assert told(placed) == [("gold", 0, 8, 1), ("gold", 1, 8, 5)]
    assert not missing


def test_time_promised_without_an_hour_is_left_over():
    placed, missing = place([Day([(at(0, 8), at(0, 16))], limit=130)], [("gold", 300)])
    assert told(placed) == [("gold", 0, 8, 2)]
    assert missing == {"gold": 180}


def test_slots_begin_and_end_at_quarters_of_an_hour():
    free = [(MONDAY + timedelta(hours=8, minutes=7), MONDAY + timedelta(hours=10, minutes=58))]
    placed, missing = place([Day(free)], [("gold", 180)])
    assert told(placed) == [("gold", 0, 8.25, 2.5)]
    assert missing == {"gold": 30}


def test_a_slot_does_not_stand_over_a_break():
    placed, _missing = place([Day([(at(0, 8), at(0, 12)), (at(0, 13), at(0, 17))])], [("g", 360)])
    assert told(placed) == [("g", 0, 8, 4), ("g", 0, 13, 2)]


def test_free_time_is_work_that_nothing_takes():
    work = [(at(0, 8), at(0, 12)), (at(0, 13), at(0, 17))]
    taken = [(at(0, 15), at(0, 20)), (at(0, 9), at(0, 10)), (at(0, 9.5), at(0, 13.5))]
    assert free_time(work, taken) == [(at(0, 8), at(0, 9)), (at(0, 13.5), at(0, 15))]


def test_nothing_wanted_or_nowhere_to_stand():
    assert place([], [("gold", 60)]) == ([], {"gold": 60})
    assert place(week((8, 12)), [("gold", 0), ("silver", -5)]) == ([], {})


@pytest.mark.parametrize("least", [0, -15])
def test_a_slot_without_length_is_refused(least):
    with pytest.raises(ValueError, match="is none"):
        place(week((8, 12)), [("gold", 60)], least=least)


spans = st.lists(
    st.tuples(st.integers(0, 23 * 60), st.integers(1, 300)).map(
        lambda pair: (pair[0], min(pair[0] + pair[1], 24 * 60))
    ),
    max_size=4,
)
plants = st.lists(st.tuples(spans, st.sampled_from([10_000, 400, 95, 0])), max_size=6)
wishes = st.lists(st.integers(0, 1500), max_size=3)


def build(plant):
    days = []
    for number, (found, limit) in enumerate(plant):
        begin = MONDAY + timedelta(days=number)
        free = [
            (begin + timedelta(minutes=low), begin + timedelta(minutes=high)) for low, high in found
        ]
        days.append((free, limit))
    return days


@settings(max_examples=200)
@given(plants, wishes, st.sampled_from([15, 50, 60, 240]))
def test_slots_are_inside_apart_and_add_up(plant, wishes, least):
    days = build(plant)
    wants = list(enumerate(wishes))
    placed, missing = place([Day(free, limit) for free, limit in days], wants, least)
    for before, after in pairwise(placed):
        assert before.stop <= after.start
    for one in placed:
        assert any(start <= one.start and one.stop <= stop for start, stop in _covered(days))
        assert one.start.minute % 15 == one.stop.minute % 15 == 0
        assert one.minutes >= min(least, wishes[one.key])
    for key, minutes in wants:
        whole = -(-minutes // 15) * 15
        mine = sum(one.minutes for one in placed if one.key == key)
        assert mine + missing.get(key, 0) == whole
    for number, (_free, limit) in enumerate(days):
        day = (MONDAY + timedelta(days=number)).date()
        assert sum(one.minutes for one in placed if one.start.date() == day) <= limit


def _covered(days):
    """All free time, what touches put together."""
    joined = []
    for start, stop in sorted(span for free, _limit in days for span in free):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


@settings(max_examples=100)
@given(plants, wishes, st.sampled_from([15, 60]))
def test_what_found_no_room_has_none(plant, wishes, least):
    days = [Day(free, limit) for free, limit in build(plant)]
    _placed, missing = place(days, list(enumerate(wishes)), least)
    rest = max((day.longest() for day in days), default=0)
    for minutes in missing.values():
        assert rest < least or minutes < least


def test_a_placed_slot_knows_its_length():
    assert Placed("gold", at(0, 8), at(0, 9.5)).minutes == 90
