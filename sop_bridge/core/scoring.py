"""Scores of customers by a scorecard, the tier a score asks for, and the tier it settles in.

Score = Σ weight × points ÷ Σ weight over the measures that the customer has a figure for, 0–100.
A customer without orders in the window has no score, and the default tier. Scores and borders are
compared on six decimals, so that a sum of decimal weights does not miss a border by rounding.

Customers and tiers are whatever the caller uses as keys (ids).
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import NamedTuple

from .definition import Definition
from .facts import Facts
from .scale import FULL, quantiles

DIGITS = 6


class Scored(NamedTuple):
    """Score of a customer (None without orders), with figure and points of each measure."""

    score: float | None
    codes: tuple[str, ...]
    figures: tuple[float | None, ...]
    values: tuple[float | None, ...]

    @property
    def points(self) -> dict[str, tuple[float | None, float | None]]:
        """{code of the measure: (figure, points)}; built on demand, a run has many of them."""
        pairs = zip(self.figures, self.values, strict=True)
        return dict(zip(self.codes, pairs, strict=True))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a score stands.

    :param tier: the tier the score asks for (default tier without a score)
    :param next_tier: the next better one; None at the top, and without a score
    :param gap: points missing to it, None likewise
    :param reserve: points above the border of ``tier`` (above 0 in a default tier below all
        borders), None without a score
    """

    tier: Hashable
    next_tier: Hashable | None = None
    gap: float | None = None
    reserve: float | None = None


def score_all(
    definition: Definition, customers: Mapping[Hashable, Facts]
) -> dict[Hashable, Scored]:
    """Return {customer: Scored}, in the order of ``customers``; one pass per measure.

    Quantiles are those of the customers with orders in the window.

    :raises ValueError: when the weights do not allow a score, or a measure returns a figure that
        is not finite (naming measure and customer)
    """
    criteria = definition.criteria
    weights = [criterion.weight for criterion in criteria]
    if any(weight < 0 for weight in weights) or not sum(weights) > 0:
        raise ValueError(f"weights must not be negative and must have a positive sum: {weights}")
    codes = tuple(criterion.measure.code for criterion in criteria)
    active = {customer: facts for customer, facts in customers.items() if facts.orders > 0}
    figures = [_figures(criterion.measure, active) for criterion in criteria]
    values = [
        criterion.scale.fit(column).points_of(column)
        for criterion, column in zip(criteria, figures, strict=True)
    ]
    scores = _weighted(weights, values, len(active))
    rows = zip(scores, zip(*figures, strict=True), zip(*values, strict=True), strict=True)
    result = dict.fromkeys(customers)
    for customer, (score, figure_row, value_row) in zip(active, rows, strict=True):
        result[customer] = Scored(score, codes, figure_row, value_row)
    result.update(_idle(definition, codes, customers))
    return result


def _idle(definition, codes, customers):
    """{customer without orders: Scored} with figures, but neither points nor score."""
    idle = {customer: facts for customer, facts in customers.items() if facts.orders <= 0}
    columns = [_figures(criterion.measure, idle) for criterion in definition.criteria]
    none = (None,) * len(codes)
    rows = zip(*columns, strict=True)
    return {
        customer: Scored(None, codes, row, none) for customer, row in zip(idle, rows, strict=True)
    }


def _figures(measure, customers):
    """Return the figures of a measure for all customers; refuse what is not a number."""
    figures = list(map(measure.figure, customers.values()))
    # one sum shows whether any is wrong, far cheaper than to look at each
    if not isfinite(sum(filter(None, figures))):
        for customer, figure in zip(customers, figures, strict=True):
            if figure is not None and not isfinite(figure):
                raise ValueError(f"{measure.code} of customer {customer} is {figure}")
    return figures


def _weighted(weights, columns, count):
    """Return Σ weight × points ÷ Σ weight by row, over the points that are known."""
    totals, divisors = [0.0] * count, [0.0] * count
    for weight, column in zip(weights, columns, strict=True):
        pairs = zip(totals, column, strict=True)
        totals = [total if points is None else total + weight * points for total, points in pairs]
        pairs = zip(divisors, column, strict=True)
        divisors = [known if points is None else known + weight for known, points in pairs]
    return [
        _score(total, divisor) if divisor > 0 else None
        for total, divisor in zip(totals, divisors, strict=True)
    ]


def _score(total, divisor):
    return round(min(max(total / divisor, 0.0), FULL), DIGITS)


def bind(definition: Definition, figures: Mapping[str, Iterable[float | None]]) -> Definition:
    """Return the definition with its quantiles fitted to the figures of a run, by measure."""
    criteria = tuple(
        replace(item, scale=item.scale.fit(figures.get(item.measure.code, ())))
        for item in definition.criteria
    )
    return replace(definition, criteria=criteria)


def run_quantiles(
    definition: Definition, scores: Mapping[Hashable, Scored]
) -> dict[str, tuple[float, ...]]:
    """Return {measure: figures to keep of a run}, which ``bind`` and ``lift.overtaken`` take."""
    rows = [scored.figures for scored in scores.values() if scored.score is not None]
    columns = zip(*rows, strict=True) if rows else [()] * len(definition.criteria)
    return {
        criterion.measure.code: quantiles(column)
        for criterion, column in zip(definition.criteria, columns, strict=True)
    }


def target(definition: Definition, score: float | None) -> Hashable:
    """Return the tier that a score asks for."""
    return standing(definition, score).tier


def standing(definition: Definition, score: float | None) -> Standing:
    """Return the tier that a score asks for, and the distance to the borders around it."""
    if score is None:
        return Standing(definition.default)
    next_tier, gap = None, None
    for tier, border in definition.borders:
        above = round(score - border, DIGITS)
        if above >= 0:
            return Standing(tier, next_tier, gap, above)
        next_tier, gap = tier, -above
    return Standing(definition.default, next_tier, gap, score)
