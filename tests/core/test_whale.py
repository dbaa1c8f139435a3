"""Whale curve and migration of tiers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.whale import WhaleRow, migration, whale

profits = st.dictionaries(st.integers(1, 99), st.integers(-10_000, 10_000).map(lambda n: n / 8))


def test_profits_are_added_up_from_the_best_to_the_worst():
    assert whale({1: -20.0, 2: 100.0, 3: 40.0, 4: 0.0}) == [
        WhaleRow(2, 100.0, 100.0, 100 / 120),
        WhaleRow(3, 40.0, 140.0, 140 / 120),
        WhaleRow(4, 0.0, 140.0, 140 / 120),
        WhaleRow(1, -20.0, 120.0, 1.0),
    ]


def test_customers_of_equal_profit_come_in_the_order_of_their_keys():
    assert [row.customer for row in whale({9: 5.0, 2: 7.0, 4: 5.0, 1: 5.0})] == [2, 1, 4, 9]


@pytest.mark.parametrize("values", [{1: -5.0, 2: 3.0}, {1: -5.0, 2: 5.0}, {1: 0.0}])
def test_there_are_no_shares_of_a_total_that_is_not_positive(values):
    assert [row.share for row in whale(values)] == [None] * len(values)


def test_a_curve_without_customers_is_empty():
    assert whale({}) == []


@given(profits)
def test_the_curve_ends_at_the_total(values):
    rows = whale(values)
    assert sorted(row.customer for row in rows) == sorted(values)
    assert not rows or rows[-1].cumulative == sum(values.values())
    assert not rows or rows[-1].share in (1.0, None)


@given(profits)
def test_the_curve_rises_and_then_falls(values):
    steps = [row.profit for row in whale(values)]
    assert steps == sorted(steps, reverse=True)


@given(profits, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_does_not_matter(values, random):
    shuffled = list(values.items())
    random.shuffle(shuffled)
    assert whale(dict(shuffled)) == whale(values)


def test_migration_counts_the_moves():
    before = {1: "gold", 2: "gold", 3: "silver", 4: "silver"}
    after = {1: "gold", 2: "silver", 3: "silver", 5: "gold"}
    assert migration(before, after) == {
        ("gold", "gold"): 1,
        ("gold", "silver"): 1,
        ("silver", "silver"): 1,
        ("silver", None): 1,
        (None, "gold"): 1,
    }


tiers = st.dictionaries(st.integers(1, 30), st.sampled_from(["gold", "silver"]))


@given(tiers, tiers)
def test_migration_counts_everybody_once(before, after):
    assert sum(migration(before, after).values()) == len(before.keys() | after.keys())
