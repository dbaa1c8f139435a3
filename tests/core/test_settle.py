"""The tier after a scoring: streaks, default, floor, override."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.definition import Definition
from sop_bridge.core.settle import Settled, settle

GOLD, SILVER, STANDARD, OLD = "gold", "silver", "standard", "archived"
RANK = {GOLD: 1, SILVER: 2, STANDARD: 3}
DEFINITION = Definition((), ((GOLD, 80), (SILVER, 50)), STANDARD)
G, S, N = GOLD, SILVER, STANDARD


def ask(current, recent, promote=1, demote=2, **other):
    definition = dataclasses.replace(DEFINITION, promote_after=promote, demote_after=demote)
    return settle(definition, current, recent, RANK, **other)


@pytest.mark.parametrize(
    ("current", "recent", "promote", "demote", "tier", "outcome"),
    [
        (None, [G], 3, 3, G, "first"),
        (OLD, [S], 1, 2, S, "first"),
        (None, [], 1, 2, N, "first"),
        (S, [S], 1, 2, S, "kept"),
        (S, [G], 1, 2, G, "promoted"),
        (N, [G], 1, 2, G, "promoted"),
        (S, [G], 2, 2, S, "rising"),
        (S, [S, G], 2, 2, S, "rising"),
        (S, [G, G], 2, 2, G, "promoted"),
        (N, [S, G], 2, 2, S, "promoted"),
        (N, [G, S], 2, 2, S, "promoted"),
        (G, [N], 1, 2, G, "falling"),
        (G, [G, N], 1, 2, G, "falling"),
        (G, [S, N], 1, 2, S, "demoted"),
        (G, [N, N], 1, 2, N, "demoted"),
        (G, [N, S, G], 1, 2, G, "kept"),
        (G, [N, OLD], 1, 2, G, "falling"),
        (G, [N, OLD], 1, 1, N, "demoted"),
    ],
)
def test_the_streak_decides(current, recent, promote, demote, tier, outcome):
    assert ask(current, recent, promote, demote) == Settled(tier, outcome, tier)


@pytest.mark.parametrize("current", [None, G, S, N])
def test_without_orders_the_default_tier_holds_at_once(current):
    assert ask(current, [N], scored=False) == Settled(N, "no_orders", N)


def test_a_floor_holds_the_tier_but_not_what_was_earned():
    assert ask(N, [N], floor=S) == Settled(S, "floor", N)
    assert ask(S, [S], floor=S) == Settled(S, "kept", S)
    assert ask(S, [G], floor=S) == Settled(G, "promoted", G)
    assert ask(G, [N], floor=S, scored=False) == Settled(S, "floor", N)


def test_an_override_wins_over_everything():
    assert ask(N, [N], override=G) == Settled(G, "override", N)
    assert ask(G, [G], floor=G, override=N) == Settled(N, "override", G)
    assert ask(G, [N], override=S, scored=False) == Settled(S, "override", N)


def test_the_score_rules_again_after_an_override():
    during = ask(N, [N], override=G)
    assert ask(during.earned, [N, N]) == Settled(N, "kept", N)


tiers = st.sampled_from(list(RANK))
cases = st.tuples(tiers, st.lists(tiers, min_size=1, max_size=6), st.integers(1, 4))


def agreed(current, recent, length, better):
    """Return the tiers beyond the current one that the whole streak asks for, or more."""
    streak = [RANK[tier] for tier in recent[-length:]]
    if len(streak) < length:
        return []
    if better:
        return [t for t, r in RANK.items() if r < RANK[current] and all(s <= r for s in streak)]
    return [t for t, r in RANK.items() if r > RANK[current] and all(s >= r for s in streak)]


@given(cases, st.integers(1, 4))
def test_nobody_moves_further_than_the_whole_streak_asks(case, demote):
    current, recent, promote = case
    settled = ask(current, recent, promote, demote)
    up = agreed(current, recent, promote, better=True)
    down = agreed(current, recent, demote, better=False)
    assert not (up and down)
    expected = min(up, key=RANK.get) if up else max(down, key=RANK.get) if down else current
    assert settled.tier == settled.earned == expected


@given(cases, st.integers(1, 4), st.none() | tiers, st.none() | tiers, st.booleans())
def test_settling_twice_changes_nothing(case, demote, floor, override, scored):
    current, recent, promote = case
    other = {"floor": floor, "override": override, "scored": scored}
    once = ask(current, recent, promote, demote, **other)
    again = ask(once.earned, recent, promote, demote, **other)
    assert (again.tier, again.earned) == (once.tier, once.earned)


@given(cases, st.integers(1, 4))
def test_the_outcome_says_where_the_newest_score_points(case, demote):
    current, recent, promote = case
    outcome = ask(current, recent, promote, demote).outcome
    newest = RANK[recent[-1]] - RANK[current]
    words = {"promoted", "rising"} if newest < 0 else {"demoted", "falling"}
    assert outcome in (words if newest else {"kept"})


@given(cases, tiers)
def test_nobody_is_below_the_floor(case, floor):
    current, recent, promote = case
    settled = ask(current, recent, promote, floor=floor)
    assert RANK[settled.tier] == min(RANK[floor], RANK[settled.earned])
