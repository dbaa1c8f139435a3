"""When slots open, and what a change of one amounts to."""

from datetime import datetime, timedelta

import pytest

from sop_bridge.core.fence import (
    RESERVES,
    TAKES,
    Fence,
    Reservation,
    changes,
    is_bound,
    next_rank,
    state,
)

START = datetime(2031, 1, 14, 6)
GOLD, SILVER = (1, "better", None, None), (2, "better", None, None)


def at(**days):
    return START - timedelta(**days)


@pytest.mark.parametrize(
    ("fence", "moments"),
    [
        (Fence(7, 2), (at(days=7), at(days=2))),
        (Fence(2, 2), (None, at(days=2))),
        (Fence(1, 3), (None, at(days=3))),
        (Fence(0, 0), (None, START)),
    ],
)
def test_moments(fence, moments):
    assert fence.moments(START) == moments
    assert fence.first(START) == min(moment for moment in moments if moment)


@pytest.mark.parametrize(("rank", "following"), [(1, 3), (2, 3), (3, 8), (8, None)])
def test_next_rank(rank, following):
    assert next_rank([8, 3, 1, 3], rank) == following


OPENS = (at(days=7), at(days=2))


def slot(start=START, hours=4, place=1, owner=GOLD, opens=OPENS):
    return Reservation(place, start, start + timedelta(hours=hours), owner, opens)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (None, slot(), {RESERVES}),
        (slot(), None, {TAKES}),
        (slot(), slot(), set()),
        (slot(), slot(hours=5), {RESERVES}),
        (slot(), slot(hours=3), {TAKES}),
        (slot(), slot(start=START + timedelta(hours=1)), {TAKES, RESERVES}),
        (slot(), slot(place=2), {TAKES, RESERVES}),
        (slot(), slot(owner=SILVER), {TAKES, RESERVES}),
        (slot(), slot(opens=(at(days=9), at(days=2))), {TAKES}),
        (slot(), slot(opens=(at(days=7), at(days=3))), {TAKES}),
        (slot(), slot(opens=(None, None)), set()),
        (slot(opens=(None, None)), slot(), {TAKES}),
        (None, None, set()),
    ],
)
def test_changes(before, after, found):
    assert changes(before, after) == found


def test_others_count_on_what_is_old_used_or_announced():
    made = START
    assert not is_bound(made, made + timedelta(hours=23), used=0, told=False)
    assert is_bound(made, made + timedelta(hours=25), used=0, told=False)
    assert is_bound(made, made, used=1, told=False)
    assert is_bound(made, made, used=0, told=True)


@pytest.mark.parametrize(
    ("opening", "used", "over", "said"),
    [
        ("owner", 0, False, "free"),
        ("owner", 10, False, "part"),
        ("owner", 60, False, "full"),
        ("next", 10, False, "next"),
        ("all", 0, False, "all"),
        ("all", 60, False, "full"),
        ("all", 60, True, "past"),
    ],
)
def test_state(opening, used, over, said):
    assert state(opening, used, 60, over) == said
