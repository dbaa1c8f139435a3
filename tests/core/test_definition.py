"""What is wrong with the definition of a score."""

import dataclasses
from math import inf, nan

import pytest

from sop_bridge.core import facts
from sop_bridge.core.definition import (
    Criterion,
    Definition,
    Measure,
    Problem,
    check_definition,
)
from sop_bridge.core.scale import Breakpoints, Quantile

SALES = Measure("net_sales", "money", True, facts.net_sales)
RECENCY = Measure("recency", "days", False, facts.recency)
GOOD = Definition(
    (
        Criterion(SALES, 60, Breakpoints(((0, 0), (1000, 100)))),
        Criterion(RECENCY, 40, Quantile(higher_is_better=False)),
    ),
    (("gold", 80), ("silver", 50)),
    "standard",
)


def with_first(**changes):
    first, *others = GOOD.criteria
    return {"criteria": (dataclasses.replace(first, **changes), *others)}


def with_nodes(*nodes):
    return with_first(scale=Breakpoints(nodes))


def test_a_good_definition_has_no_problem():
    assert check_definition(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "code", "values"),
    [
        ({"criteria": ()}, "no_criteria", {}),
        (with_first(weight=-1), "weight_negative", {"measure": "net_sales", "weight": -1}),
        (with_first(weight=0), "weight_zero", {"measure": "net_sales", "weight": 0}),
        (with_first(weight=inf), "weight_not_finite", {"measure": "net_sales", "weight": inf}),
        (with_first(measure=RECENCY), "measure_twice", {"measure": "recency"}),
        (with_nodes(), "no_breakpoints", {"measure": "net_sales"}),
        (
            with_nodes((0, 0), (5, 50), (5, 60)),
            "breakpoints_order",
            {"measure": "net_sales", "figure": 5, "after": 5},
        ),
        (
            with_nodes((9, 0), (5, 50)),
            "breakpoints_order",
            {"measure": "net_sales", "figure": 5, "after": 9},
        ),
        (
            with_nodes((0, 0), (5, 101)),
            "points_range",
            {"measure": "net_sales", "figure": 5, "points": 101},
        ),
        (
            with_nodes((0, -1), (5, 9)),
            "points_range",
            {"measure": "net_sales", "figure": 0, "points": -1},
        ),
        (
            with_nodes((0, 0), (inf, 9)),
            "figure_not_finite",
            {"measure": "net_sales", "figure": inf},
        ),
        ({"borders": ()}, "no_borders", {}),
        ({"borders": (("gold", 100.5),)}, "border_range", {"tier": "gold", "score": 100.5}),
        ({"borders": (("gold", -1),)}, "border_range", {"tier": "gold", "score": -1}),
        (
            {"borders": (("gold", 50), ("silver", 80))},
            "borders_cross",
            {"tier": "silver", "score": 80, "better": "gold", "better_score": 50},
        ),
        (
            {"borders": (("gold", 50), ("silver", 50))},
            "borders_cross",
            {"tier": "silver", "score": 50, "better": "gold", "better_score": 50},
        ),
        ({"borders": (("gold", 50), ("gold", 20))}, "tier_twice", {"tier": "gold"}),
        ({"default": None}, "no_default", {}),
        ({"promote_after": 0}, "promote_after", {"count": 0}),
        ({"demote_after": -1}, "demote_after", {"count": -1}),
    ],
)
def test_a_problem_is_named_with_its_values(changes, code, values):
    problems = check_definition(dataclasses.replace(GOOD, **changes))
    assert problems == [Problem(code, values)]


def test_weights_that_sum_to_zero_are_named_besides_their_own_fault():
    none = tuple(dataclasses.replace(one, weight=0) for one in GOOD.criteria)
    opposite = tuple(
        dataclasses.replace(one, weight=weight)
        for one, weight in zip(GOOD.criteria, (5, -5), strict=True)
    )
    for criteria, codes in (
        (none, ["weight_zero", "weight_zero", "weights_zero"]),
        (opposite, ["weight_negative", "weights_zero"]),
    ):
        problems = check_definition(dataclasses.replace(GOOD, criteria=criteria))
        assert [problem.code for problem in problems] == codes


def test_what_is_not_a_number_is_a_problem_everywhere():
    bad = dataclasses.replace(GOOD, borders=(("gold", nan),), **with_nodes((nan, nan)))
    codes = [problem.code for problem in check_definition(bad)]
    assert codes == ["figure_not_finite", "points_range", "border_range"]
