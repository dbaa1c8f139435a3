"""Slots that make protection levels hold: nested, net of what is booked and reserved already."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.reserving import Level, wants


def told(found):
    return [tuple(want) for want in found]


def test_each_tier_gets_what_its_level_is_above_the_one_before():
    levels = [Level("gold", 1, 30), Level("silver", 2, 50), Level("standard", 3, 100)]
    assert told(wants(levels)) == [("gold", "better", 30), ("silver", "better", 20)]


def test_what_is_booked_and_reserved_is_not_reserved_twice():
    levels = [
        Level("gold", 1, 30, booked=12, shared=8),
        Level("silver", 2, 50, booked=4, only=1),
        Level("standard", 3, 100),
    ]
    assert told(wants(levels)) == [("gold", "better", 10), ("silver", "better", 15)]


def test_what_better_tiers_book_beyond_their_own_level_counts_for_the_next():
    levels = [Level("gold", 1, 30, booked=42), Level("silver", 2, 50), Level("standard", 3, 100)]
    assert told(wants(levels)) == [("silver", "better", 8)]


def test_a_minimum_is_kept_even_against_better_tiers():
    levels = [
        Level("gold", 1, 60, minimum=20),
        Level("silver", 2, 80, minimum=5),
        Level("standard", 3, 100, minimum=20, only=6),
    ]
    assert told(wants(levels)) == [
        ("gold", "better", 60),
        ("silver", "only", 5),
        ("silver", "better", 15),
        ("standard", "only", 14),
    ]


def test_a_slot_does_not_let_in_a_better_tier_that_earns_less():
    levels = [Level("silver", 2, 40), Level("gold", 1, 70), Level("standard", 3, 100)]
    assert told(wants(levels)) == [("silver", "only", 40), ("gold", "better", 30)]


def test_nobody_needs_more_than_can_be_asked_for():
    levels = [Level("gold", 1, 100, most=38), Level("standard", 2, 100, most=38)]
    assert told(wants(levels)) == [("gold", "better", 38)]


@pytest.mark.parametrize("levels", [[], [Level("gold", 1, 100)]])
def test_there_is_nothing_to_keep_from_nobody(levels):
    assert wants(levels) == []


amounts = st.integers(0, 100).map(float)
ladders = st.lists(
    st.builds(
        Level,
        key=st.just("tier"),
        rank=st.integers(1, 5),
        together=amounts,
        booked=amounts,
        only=amounts,
        shared=amounts,
    ),
    max_size=5,
)


@given(ladders)
def test_every_level_is_reached_and_no_more_is_reserved_than_it_needs(levels):
    ladder = [
        Level(place, one.rank, top, 0.0, one.booked, one.only, one.shared)
        for place, (one, top) in enumerate(
            zip(levels, sorted(one.together for one in levels), strict=True)
        )
    ]
    found = wants(ladder)
    made = [sum(want.amount for want in found if want.key == place) for place in range(len(ladder))]
    for place, level in enumerate(ladder[:-1]):
        upto = ladder[: place + 1]
        there = sum(one.booked + one.only + one.shared for one in upto) + sum(made[: place + 1])
        assert there >= level.together
        if made[place]:
            assert there == pytest.approx(level.together)
    assert not any(made[-1:])
