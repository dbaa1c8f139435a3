"""Scales that turn the figure of a measure into 0–100 points, and back.

Two kinds: fixed breakpoints, and the rank of the figure among the customers of the run. Both are
used alike: ``fit(figures)`` binds a scale to a run; then ``points``, ``moved``, ``reach`` and
``best`` answer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ulp

FULL = 100.0
# how many figures of a run are kept to tell, later, what would lift a customer
KEPT = 101


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """Fixed points at given figures: linear between two of them, flat outside.

    :param nodes: ((figure, points), …), figures strictly rising; points 0–100 in any direction
        (``scoring.check_definition`` tells what is wrong with others)
    """

    nodes: tuple[tuple[float, float], ...]

    def fit(self, figures: Iterable[float | None]) -> "Breakpoints":
        """Return itself: the points do not depend on the other customers."""
        return self

    def points(self, figure: float) -> float:
        """Return the points of a figure."""
        return self.points_of((figure,))[0]

    def moved(self, before: float, after: float) -> float:
        """Return the points of the customer whose figure went from ``before`` to ``after``."""
        return self.points(after)

    def points_of(self, figures: Sequence[float | None]) -> list[float | None]:
        """Return the points of many figures; None stays None."""
        places = [figure for figure, _points in self.nodes]
        heights = [points for _figure, points in self.nodes]
        # one segment ends at each place, one begins at the last; the outer two are flat
        starts = [places[0], *places]
        widths = [1.0, *(right - left for left, right in pairwise(places)), 1.0]
        bases, ends = [heights[0], *heights], [*heights, heights[-1]]
        segments = [
            (start, width, base, end - base, min(base, end), max(base, end))
            for start, width, base, end in zip(starts, widths, bases, ends, strict=True)
        ]
        result = []
        for figure in figures:
            if figure is None:
                result.append(None)
                continue
            start, width, base, rise, low, high = segments[bisect_right(places, figure)]
            points = base + rise * ((figure - start) / width)
            # rounding must not carry the points past the end of the segment
            result.append(low if points < low else high if points > high else points)
        return result

    def best(self, figure: float) -> float:
        """Return the most points that any figure gets."""
        return max(points for _figure, points in self.nodes)

    def reach(self, figure: float, points: float) -> float | None:
        """Return the figure nearest to ``figure`` with at least these points, None without one."""
        if self.points(figure) >= points:
            return figure
        ends = [node for node in self.nodes if node[1] >= points]
        crossings = [
            self._crossing(low, high, points)
            for pair in pairwise(self.nodes)
            for low, high in [sorted(pair, key=lambda node: node[1])]
            if low[1] < points <= high[1]
        ]
        candidates = [*crossings, *(place for place, _points in ends)]
        return min(candidates, key=lambda place: (abs(place - figure), place), default=None)

    def _crossing(self, low, high, points):
        """Return where the line from ``low`` to ``high`` has the points: never short of them."""
        (start, base), (end, top) = low, high
        place = start + (end - start) * ((points - base) / (top - base))
        step = ulp(place) * (1 if end > start else -1)
        while self.points(place) < points:
            place = min(place + step, end) if end > start else max(place + step, end)
            step *= 2
        return place


@dataclass(frozen=True, slots=True)
class Quantile:
    """Points by rank among the scored customers: the mid-rank percentile."""

    higher_is_better: bool = True

    def fit(self, figures: Iterable[float | None]) -> "FittedQuantile":
        """Return the scale of a run with these figures (or those that ``quantiles`` kept of it)."""
        known = sorted(figure for figure in figures if figure is not None)
        return FittedQuantile(self.higher_is_better, tuple(known))


class _Table(dict):
    """Values by key that are worked out where they are not at hand."""

    __slots__ = ("compute",)

    def __init__(self, compute):
        super().__init__()
        self.compute = compute

    def __missing__(self, key):
        return self.compute(key)


@dataclass(frozen=True, slots=True)
class FittedQuantile:
    """Mid-rank percentile 100 × (less + equal ÷ 2) ÷ n, from the other end if lower is better.

    :param figures: the figures of the run, rising
    """

    higher_is_better: bool
    figures: tuple[float, ...]

    def fit(self, figures: Iterable[float | None]) -> "FittedQuantile":
        """Return the scale of another run."""
        return Quantile(self.higher_is_better).fit(figures)

    def points(self, figure: float) -> float:
        """Return the points of a figure among those of the run; 50 when there are none."""
        if not self.figures:
            return self._share(1, 1)
        less, up_to = bisect_left(self.figures, figure), bisect_right(self.figures, figure)
        return self._share(less + up_to, len(self.figures))

    def points_of(self, figures: Sequence[float | None]) -> list[float | None]:
        """Return the points of many figures; None stays None."""
        count = 2 * len(self.figures)
        # of equal figures a dictionary keeps the place of the last: how many are not above it
        up_to = dict(zip(self.figures, range(1, len(self.figures) + 1), strict=True))
        ends = list(up_to.values())
        pairs = zip([0, *ends], ends, strict=False)
        shares = [FULL * (less + last) / count for less, last in pairs]
        if not self.higher_is_better:
            shares = [FULL - share for share in shares]
        table = _Table(self.points)
        table.update(zip(up_to, shares, strict=True))
        table[None] = None
        return list(map(table.__getitem__, figures))

    def moved(self, before: float, after: float) -> float:
        """Return the points after one customer's figure went from ``before`` to ``after``.

        The others stay, and the customer no longer counts among those with the old figure. Who is
        not in the run joins it.
        """
        less, up_to = bisect_left(self.figures, after), bisect_right(self.figures, after)
        count = len(self.figures)
        if bisect_left(self.figures, before) == bisect_right(self.figures, before):
            count += 1
        else:
            less -= before < after
            up_to -= before <= after
        return self._share(less + up_to + 1, count)

    def best(self, figure: float) -> float:
        """Return the points of the customer with this figure at the best one of the run."""
        if not self.figures:
            return self._share(1, 1)
        return self.moved(figure, self.figures[-1 if self.higher_is_better else 0])

    def reach(self, figure: float, points: float) -> float | None:
        """Return the figure of the run nearest to ``figure`` that gets at least these points.

        Only figures that some customer has are proposed: None when even the best is too low.
        """
        if self.moved(figure, figure) >= points:
            return figure
        ladder = self.figures if self.higher_is_better else self.figures[::-1]
        at = bisect_left(ladder, points, key=lambda goal: self.moved(figure, goal))
        return ladder[at] if at < len(ladder) else None

    def _share(self, halves, count):
        share = FULL * halves / (2 * count)
        return share if self.higher_is_better else FULL - share


def quantiles(figures: Iterable[float | None], count: int = KEPT) -> tuple[float, ...]:
    """Return at most ``count`` figures of a run, rising, that stand for all of them.

    Up to ``count`` figures all are kept; of more, those in the middle of ``count`` equal parts, so
    that a ``Quantile`` fitted to them errs by half a part at most.
    """
    known = sorted(figure for figure in figures if figure is not None)
    size = len(known)
    if size <= count:
        return tuple(known)
    return tuple(known[(2 * part + 1) * size // (2 * count)] for part in range(count))
