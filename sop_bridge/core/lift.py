"""What would lift a customer to the next tier, in the units of the measures.

Each measure that reaches the next border alone, cheapest first; where none does, the cheapest
combination. Cheap is what many other customers manage: the effort of a change is the share of the
customers that it overtakes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .definition import Criterion, Definition
from .scale import FULL
from .scoring import standing

Effort = Callable[[str, float, float], float]
# points of the score that the arithmetic may lose; a score is rounded far coarser
EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Lift:
    """One measure to improve.

    :param before: figure today; ``after``: figure that is needed
    :param gained: points of the score (not of the measure) that this brings
    :param effort: share of the customers overtaken, 0–1
    :param alone: reaches the border alone; otherwise only together with the others of the list
    """

    code: str
    before: float
    after: float
    gained: float
    effort: float
    alone: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Lever:
    """A criterion that can be improved: its share of all weight, figure and points today."""

    criterion: Criterion
    share: float
    figure: float
    points: float

    def to(self, wanted):
        """Return (figure, points of the score gained) to get ``wanted`` points, None if no move."""
        scale = self.criterion.scale
        after = scale.reach(self.figure, wanted)
        if after is None or after == self.figure:
            return None
        return after, self.share * (scale.moved(self.figure, after) - self.points)

    def to_best(self):
        """Return the move to the most points this measure can get."""
        return self.to(self.criterion.scale.best(self.figure))

    def close(self, missing):
        """Return the smallest move that gains the missing points of the score, None without one."""
        wanted = self.points + missing / self.share
        move = self.to(min(FULL, wanted)) or self.to(min(FULL, wanted - EPSILON / self.share))
        return move if move and move[1] >= missing - 2 * EPSILON else None


def lift(
    definition: Definition,
    points: Mapping[str, Sequence[float | None]],
    score: float | None,
    effort: Effort,
) -> list[Lift]:
    """Return what would lift a customer over the next better border, cheapest first.

    Empty without a score, at the top, and when even the best in every measure would not do.

    :param definition: bound to the run (``scoring.bind``) if it has quantiles
    :param points: {measure: (figure, points)} of the customer, as ``Scored.points``
    :param effort: share of the customers overtaken, by (measure, figure before, figure after)
    """
    gap = standing(definition, score).gap
    if gap is None:
        return []
    counted = [
        (item, *points[item.measure.code])
        for item in definition.criteria
        if points.get(item.measure.code, (None, None))[1] is not None
    ]
    total = sum(item.weight for item, _figure, _points in counted)
    levers = [
        _Lever(item, item.weight / total, figure, value)
        for item, figure, value in counted
        if item.measure.liftable and item.weight > 0
    ]
    # the score is rounded; what is missing is counted from the points themselves
    missing = score + gap - sum(item.weight * value for item, _figure, value in counted) / total
    moves = {lever: move for lever in levers if (move := lever.close(missing))}
    alone = bool(moves)
    moves = moves or _combine(levers, missing, effort)
    lifts = [_lift(lever, *move, effort, alone) for lever, move in moves.items()]
    return sorted(lifts, key=lambda found: (found.effort, found.code))


def _lift(lever, after, gained, effort, alone):
    code = lever.criterion.measure.code
    return Lift(code, lever.figure, after, gained, effort(code, lever.figure, after), alone)


def _combine(levers, missing, effort):
    """Return {lever: (figure, gain)} that close ``missing`` together, {} when they cannot.

    Greedy: the best ratio of effort to points first, each to its best, the last as far as needed;
    then those before give back what turned out to be too much.
    """
    chosen, left = {}, missing
    for lever, best in _by_ratio(levers, effort):
        move = lever.close(left)
        if move:
            return _trim({**chosen, lever: move}, missing)
        chosen[lever] = best
        left -= best[1]
    return {}


def _by_ratio(levers, effort):
    """[(lever, (best figure, points gained))], least effort for a point first."""
    bests = [(lever, best) for lever in levers if (best := lever.to_best())]

    def ratio(item):
        lever, (after, gained) = item
        code = lever.criterion.measure.code
        return effort(code, lever.figure, after) / gained, code

    return sorted((item for item in bests if item[1][1] > EPSILON), key=ratio)


def _trim(chosen, missing):
    """Return the chosen moves, each no larger than the others leave necessary."""
    for lever in reversed(list(chosen)):
        left = missing - sum(gain for other, (_to, gain) in chosen.items() if other is not lever)
        if left <= EPSILON:
            del chosen[lever]
        elif chosen[lever][1] > left + EPSILON:
            chosen[lever] = lever.close(left) or chosen[lever]
    return chosen


def overtaken(figures: Mapping[str, Iterable[float]]) -> Effort:
    """Return the effort by the figures of a run (or those kept of it), rising, by measure.

    It is the share of customers between the two figures; those level with one count half.
    """
    ladders = {code: tuple(column) for code, column in figures.items()}

    def effort(code, before, after):
        ladder = ladders.get(code)
        if not ladder:
            return 1.0
        places = [
            bisect_left(ladder, figure) + bisect_right(ladder, figure) for figure in (before, after)
        ]
        return abs(places[1] - places[0]) / (2 * len(ladder))

    return effort
