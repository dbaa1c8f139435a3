"""Scores of all customers of a run, and where a score stands."""

import dataclasses
import time
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core import facts as figure
from sop_bridge.core.definition import Criterion, Definition, Measure
from sop_bridge.core.facts import Facts
from sop_bridge.core.scale import Breakpoints, FittedQuantile, Quantile
from sop_bridge.core.scoring import (
    Standing,
    bind,
    run_quantiles,
    score_all,
    standing,
    target,
)

SALES = Measure("net_sales", "money", True, figure.net_sales)
OVERDUE = Measure("overdue", "days", False, figure.overdue)
STRATEGIC = Measure("strategic", "points", True, figure.strategic)
BY_AMOUNT = Breakpoints(((0, 0), (1000, 100)))
BORDERS = (("gold", 80), ("silver", 50))


def definition(*criteria, borders=BORDERS):
    return Definition(tuple(Criterion(*row) for row in criteria), borders, "standard")


MIXED = definition(
    (SALES, 3, BY_AMOUNT),
    (OVERDUE, 1, Quantile(higher_is_better=False)),
    (STRATEGIC, 0.7, Breakpoints(((0, 0), (10, 100)))),
)


def test_a_score_is_the_weighted_mean_of_the_points():
    customers = {
        "a": Facts(orders=1, net_sales=900, overdue_days=0, strategic=5),
        "b": Facts(orders=1, net_sales=200, overdue_days=30, strategic=10),
    }
    scores = score_all(MIXED, customers)
    assert scores["a"].points == {"net_sales": (900, 90), "overdue": (0, 75), "strategic": (5, 50)}
    assert scores["a"].score == round((3 * 90 + 75 + 0.7 * 50) / 4.7, 6)
    assert scores["b"].score == round((3 * 20 + 25 + 0.7 * 100) / 4.7, 6)


def test_a_measure_without_a_figure_counts_neither_above_nor_below_the_line():
    scores = score_all(MIXED, {1: Facts(orders=1, net_sales=900), 2: Facts(orders=2, strategic=4)})
    assert scores[1].score == 90
    assert scores[1].points["overdue"] == (None, None)
    assert scores[2].score == round(0.7 * 40 / 3.7, 6)


def test_without_orders_there_are_figures_but_neither_points_nor_score():
    customers = {1: Facts(net_sales=900, overdue_days=9), 2: Facts(orders=1, overdue_days=5)}
    scores = score_all(MIXED, customers)
    assert list(scores) == [1, 2]
    assert scores[1].score is None
    assert scores[1].points == {
        "net_sales": (900, None),
        "overdue": (9, None),
        "strategic": (None, None),
    }
    # and who has no score is none of those that the others are ranked among
    assert scores[2].points["overdue"] == (5, 50)


def test_orders_without_any_known_figure_give_no_score():
    only = definition((STRATEGIC, 1, Quantile()))
    assert score_all(only, {1: Facts(orders=4)})[1].score is None


@pytest.mark.parametrize("customers", [{}, {1: Facts(), 2: Facts()}])
def test_a_window_without_orders_scores_nobody(customers):
    scores = score_all(MIXED, customers)
    assert [scored.score for scored in scores.values()] == [None] * len(customers)
    assert run_quantiles(MIXED, scores) == {"net_sales": (), "overdue": (), "strategic": ()}


@pytest.mark.parametrize("weights", [(0, 0), (-1, 3), (nan, 1)])
def test_impossible_weights_are_refused(weights):
    impossible = definition((SALES, weights[0], BY_AMOUNT), (OVERDUE, weights[1], Quantile()))
    with pytest.raises(ValueError, match="weights"):
        score_all(impossible, {1: Facts(orders=1)})


@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_a_figure_that_is_no_number_is_refused_by_name(bad):
    customers = {7: Facts(orders=1, net_sales=5), 8: Facts(orders=1, net_sales=bad)}
    with pytest.raises(ValueError, match=f"net_sales of customer 8 is {bad}"):
        score_all(MIXED, customers)


money = st.integers(-300, 1500).map(float)
days = st.none() | st.integers(0, 40)
people = st.builds(
    Facts,
    orders=st.integers(0, 3),
    net_sales=money,
    overdue_days=days,
    strategic=st.none() | st.integers(0, 10),
)
crowds = st.dictionaries(st.integers(1, 99), people, max_size=12)


@given(crowds)
def test_scores_stay_between_0_and_100(customers):
    for scored in score_all(MIXED, customers).values():
        assert scored.score is None or 0 <= scored.score <= 100


@given(crowds, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_does_not_matter(customers, random):
    shuffled = list(customers.items())
    random.shuffle(shuffled)
    assert score_all(MIXED, dict(shuffled)) == score_all(MIXED, customers)


@given(crowds, people, st.integers(0, 500))
def test_more_sales_never_lower_a_score_and_never_raise_another(customers, person, more):
    person = dataclasses.replace(person, orders=1)
    before = score_all(definition((SALES, 1, Quantile())), {**customers, 0: person})
    richer = dataclasses.replace(person, net_sales=person.net_sales + more)
    after = score_all(definition((SALES, 1, Quantile())), {**customers, 0: richer})
    assert after[0].score >= before[0].score
    for customer in customers:
        assert after[customer].score is None or after[customer].score <= before[customer].score


@given(crowds, people, st.integers(0, 30))
def test_paying_later_never_raises_a_score(customers, person, later):
    person = dataclasses.replace(person, orders=1, overdue_days=person.overdue_days or 0)
    slower = dataclasses.replace(person, overdue_days=person.overdue_days + later)
    before = score_all(MIXED, {**customers, 0: person})[0].score
    assert score_all(MIXED, {**customers, 0: slower})[0].score <= before


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (None, Standing("standard")),
        (100, Standing("gold", None, None, 20)),
        (80, Standing("gold", None, None, 0)),
        (79.5, Standing("silver", "gold", 0.5, 29.5)),
        (50, Standing("silver", "gold", 30, 0)),
        (12, Standing("standard", "silver", 38, 12)),
        (0, Standing("standard", "silver", 50, 0)),
    ],
)
def test_where_a_score_stands(score, expected):
    assert standing(MIXED, score) == expected
    assert target(MIXED, score) == expected.tier


def test_rounding_does_not_miss_a_border():
    tenths = definition((SALES, 0.1, BY_AMOUNT), (STRATEGIC, 0.2, BY_AMOUNT))
    scored = score_all(tenths, {1: Facts(orders=1, net_sales=800, strategic=800)})[1]
    assert target(tenths, scored.score) == "gold"
    thirds = definition((SALES, 1, BY_AMOUNT), borders=(("gold", 100 / 3),))
    assert target(thirds, round(100 / 3, 6)) == "gold"


def test_a_run_is_kept_by_its_quantiles():
    customers = {number: Facts(orders=1, net_sales=number, overdue_days=3) for number in range(500)}
    customers[500] = Facts(net_sales=1e9)
    kept = run_quantiles(MIXED, score_all(MIXED, customers))
    assert len(kept["net_sales"]) == 101 and kept["net_sales"][50] == 250
    assert kept["overdue"] == (3,) * 101 and kept["strategic"] == ()
    bound = bind(MIXED, kept)
    assert [type(one.scale) for one in bound.criteria] == [Breakpoints, FittedQuantile, Breakpoints]
    assert bound.criteria[1].scale == FittedQuantile(False, (3,) * 101)


def test_a_hundred_thousand_customers_take_seconds():
    """The aim is 2 s by itself; this only catches work that grows with the square."""
    names = "net_sales contribution contribution_percent frequency recency growth overdue"
    names += " changed returned rush strategic"
    crowd = {
        number: Facts(
            orders=1 + number % 7,
            net_sales=number * 1.37,
            goods_cost=number * 7919 % 100_003,
            sales_before=number * 104_729 % 90_001,
            last_order=number % 365,
        )
        for number in range(100_000)
    }
    measures = [Measure(name, "points", True, getattr(figure, name)) for name in names.split()]
    start = time.process_time()
    scores = score_all(definition(*((one, 1, Quantile()) for one in measures)), crowd)
    assert len(scores) == 100_000
    assert time.process_time() - start < 10
