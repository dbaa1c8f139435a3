"""The definition of a score: measures, weights, scales, borders; and what is wrong with one."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite

from .facts import Facts
from .scale import FULL, Breakpoints, FittedQuantile, Quantile


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured.

    :param unit: 'money', 'percent', 'days', 'orders_month' or 'points'
    :param figure: function of ``Facts``; None: this customer has no such figure, and the criterion
        counts neither in the numerator nor in the denominator of the score
    :param liftable: whether the customer's behaviour can change it (not so for what we set by hand)
    """

    code: str
    unit: str
    higher_is_better: bool
    figure: Callable[[Facts], float | None]
    liftable: bool = True


@dataclass(frozen=True, slots=True)
class Criterion:
    """A measure with its weight and the scale that gives it points."""

    measure: Measure
    weight: float
    scale: Breakpoints | Quantile | FittedQuantile


@dataclass(frozen=True, slots=True)
class Definition:
    """An approved definition of the score.

    :param borders: ((tier, score), …), best tier first, scores strictly falling
    :param default: tier below all borders, and without a score
    :param promote_after: scorings in a row above a border until the better tier is given
    :param demote_after: scorings in a row below it until the tier is taken
    """

    criteria: tuple[Criterion, ...]
    borders: tuple[tuple[Hashable, float], ...]
    default: Hashable
    promote_after: int = 1
    demote_after: int = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a definition: a code, with the values that show where."""

    code: str
    values: dict = field(default_factory=dict)


def check_definition(definition: Definition) -> list[Problem]:
    """Return what is wrong, [] when the definition can score.

    Codes and their values: 'no_criteria'; 'weight_not_finite', 'weight_negative' and 'weight_zero'
    (measure, weight); 'weights_zero' (total: the sum is not positive); 'measure_twice' (measure);
    'no_breakpoints' (measure); 'breakpoints_order' (measure, figure, after: the figure it should be
    above); 'points_range' (measure, figure, points); 'figure_not_finite' (measure, figure);
    'no_borders'; 'border_range' (tier, score); 'borders_cross' (tier, score, better,
    better_score); 'tier_twice' (tier); 'no_default'; 'promote_after' and 'demote_after' (count).
    """
    return [*_criteria_problems(definition.criteria), *_border_problems(definition)]


def _criteria_problems(criteria: tuple[Criterion, ...]) -> Iterator[Problem]:
    if not criteria:
        yield Problem("no_criteria")
        return
    seen = set()
    for criterion in criteria:
        code = criterion.measure.code
        if code in seen:
            yield Problem("measure_twice", {"measure": code})
        seen.add(code)
        yield from _weight_problems(code, criterion.weight)
        if isinstance(criterion.scale, Breakpoints):
            yield from _breakpoint_problems(code, criterion.scale.nodes)
    total = sum(criterion.weight for criterion in criteria)
    if total <= 0:
        yield Problem("weights_zero", {"total": total})


def _weight_problems(code, weight):
    values = {"measure": code, "weight": weight}
    if not isfinite(weight):
        yield Problem("weight_not_finite", values)
    elif weight < 0:
        yield Problem("weight_negative", values)
    elif weight == 0:
        yield Problem("weight_zero", values)


def _breakpoint_problems(code, nodes):
    if not nodes:
        yield Problem("no_breakpoints", {"measure": code})
    for figure, points in nodes:
        if not isfinite(figure):
            yield Problem("figure_not_finite", {"measure": code, "figure": figure})
        if not 0 <= points <= FULL:
            values = {"measure": code, "figure": figure, "points": points}
            yield Problem("points_range", values)
    for (before, _points), (figure, _other) in pairwise(nodes):
        if not figure > before:
            values = {"measure": code, "figure": figure, "after": before}
            yield Problem("breakpoints_order", values)


def _border_problems(definition):
    if not definition.borders:
        yield Problem("no_borders")
    seen = set()
    for tier, score in definition.borders:
        if not 0 <= score <= FULL:
            yield Problem("border_range", {"tier": tier, "score": score})
        if tier in seen:
            yield Problem("tier_twice", {"tier": tier})
        seen.add(tier)
    for (better, better_score), (tier, score) in pairwise(definition.borders):
        if not score < better_score:
            values = {"tier": tier, "score": score, "better": better, "better_score": better_score}
            yield Problem("borders_cross", values)
    if not definition.default:
        yield Problem("no_default")
    if definition.promote_after < 1:
        yield Problem("promote_after", {"count": definition.promote_after})
    if definition.demote_after < 1:
        yield Problem("demote_after", {"count": definition.demote_after})
