"""Shortest closed tour where the way back may cost something else than the way there.

An iterated local search: from a greedy tour, whole stretches are moved to better places (or-3-opt,
which keeps every direction of travel and so suits unequal ways), then four links close to each
other are cut and joined anew (double bridge, Martin, Otto and Felten 1991), only the places around
them are improved again, and what became longer is taken back.
"""

from itertools import permutations
from math import isfinite
from random import Random

# Rounds of cutting and improving; a number and not seconds, so that a seed gives one result.
ROUNDS = 10000
# Up to so many places all tours are tried.
FEW = 7
# Only the nearest places are tried as new neighbours.
NEAREST = 12
# Links to cut lie within so many steps of the tour.
WINDOW = 30
# After so many rounds without gain, so many cuts anywhere lead away from where the search is stuck.
PATIENCE = 150
KICKS = 6
# Less than this is rounding noise of floats, not a gain.
EPSILON = 1e-9


def tour_length(costs, order):
    """Return the cost of visiting places in an order and returning to the first one."""
    return sum(costs[order[step - 1]][place] for step, place in enumerate(order))


def shortest_tour(costs, seed=0, rounds=ROUNDS):
    """Return the shortest closed tour found: every place once, place 0 first.

    The same costs, seed and rounds give the same tour. Up to seven places it is the shortest
    there is; beyond, more rounds find better ones.

    :param costs: square matrix of finite numbers, ``costs[from][to]``; the diagonal is ignored
    :param rounds: how often to cut and improve
    :raise ValueError: the matrix is not square, or a cost is not a finite number
    """
    size = len(costs)
    _check(costs)
    if size <= FEW:
        tours = ([0, *rest] for rest in permutations(range(1, size)))
        return min(tours, key=lambda order: tour_length(costs, order)) if size else []
    best = _search(_Tour(costs, _greedy(costs)), Random(seed), rounds)
    start = best.index(0)
    return best[start:] + best[:start]


def _check(costs):
    for source, row in enumerate(costs):
        if len(row) != len(costs):
            raise ValueError(f"Row {source} has {len(row)} costs, but there are {len(costs)} rows.")
        for target, cost in enumerate(row):
            if source != target and not isfinite(cost):
                raise ValueError(f"The cost from {source} to {target} is {cost}, not a number.")


def _greedy(costs):
    """Tour that always goes on to the nearest place that is left."""
    left, order = set(range(1, len(costs))), [0]
    while left:
        row = costs[order[-1]]
        order.append(min(left, key=lambda place: (row[place], place)))
        left.remove(order[-1])
    return order


def _search(tour, draw, rounds):
    """Best order found in so many rounds."""
    tour.improve(range(len(tour.order)))
    best, shortest = tour.order, tour.length()
    length, quiet = shortest, 0
    for _ in range(rounds):
        before, away = tour.order, quiet >= PATIENCE
        tour.improve(tour.leave(draw) if away else tour.kick(draw, WINDOW))
        now = tour.length()
        if not away and now > length + EPSILON:
            tour.put(before)
            quiet += 1
            continue
        quiet = 0 if away or now < length - EPSILON else quiet + 1
        length = now
        if length < shortest - EPSILON:
            best, shortest = tour.order, length
    return best


class _Tour:
    """A tour under change.

    ``order`` is never changed in place, so that who keeps it can put it back; ``at`` is the step of
    each place, ``after`` and ``before`` are the nearest places from and to each.
    """

    def __init__(self, costs, order):
        places = range(len(costs))
        self.costs = costs
        self.after = [_nearest(place, costs[place]) for place in places]
        self.before = [_nearest(place, [row[place] for row in costs]) for place in places]
        self.at = [0] * len(costs)
        self.put(order)

    def put(self, order):
        self.order = order
        for step, place in enumerate(order):
            self.at[place] = step

    def length(self):
        return tour_length(self.costs, self.order)

    def improve(self, places):
        """Move stretches as long as that shortens the tour, beginning around some places."""
        queue = list(dict.fromkeys(places))
        waiting = set(queue)
        while queue:
            place = queue.pop()
            waiting.discard(place)
            while changed := self._exchange(place):
                fresh = [end for end in changed if end not in waiting]
                queue += fresh
                waiting.update(fresh)

    def _exchange(self, place):
        """Go from a place to a nearer one, if the tour gets shorter; return the places changed."""
        row, here = self.costs[place], self.at[place]
        following = self.order[(here + 1) % len(self.order)]
        for first in self.after[place]:
            gain = row[following] - row[first]
            if gain <= EPSILON:
                break
            if first != following:
                last = self._last(here, following, first, gain)
                if last is not None:
                    return self._move(here, first, last)
        return ()

    def _last(self, here, following, first, gain):
        """Where the stretch from ``first`` on has to end to be moved before ``following``.

        Removed are the links to ``following``, to ``first`` and from the last place; None if no end
        makes the tour shorter.
        """
        costs, order, at, size = self.costs, self.order, self.at, len(self.order)
        previous = costs[order[at[first] - 1]]
        gain += previous[first]
        start = (at[first] - here) % size
        best, found = EPSILON, None
        for last in self.before[following]:
            left = gain - costs[last][following]
            if left <= EPSILON:
                break
            if (at[last] - here) % size >= start:
                onward = order[(at[last] + 1) % size]
                left += costs[last][onward] - previous[onward]
                if left > best:
                    best, found = left, last
        return found

    def _move(self, here, first, last):
        """Move the stretch from ``first`` to ``last`` behind the place at step ``here``."""
        size = len(self.order)
        turned = self.order[here:] + self.order[:here]
        start, stop = (self.at[first] - here) % size, (self.at[last] - here) % size + 1
        self.put(turned[:1] + turned[start:stop] + turned[1:start] + turned[stop:])
        return (turned[1], turned[start - 1], first, last, turned[stop % size])

    def kick(self, draw, window):
        """Cut four links within a window and join the parts anew; return the places changed."""
        order, size = self.order, len(self.order)
        start = draw.randrange(size)
        turned = order[start:] + order[:start]
        cuts = sorted(draw.sample(range(1, min(size, window + 1)), 4))
        one, two, three, four = cuts
        middle = turned[three:four] + turned[two:three] + turned[one:two]
        self.put(turned[:one] + middle + turned[four:])
        return [turned[step] for cut in cuts for step in (cut - 1, cut % size)]

    def leave(self, draw):
        """Cut links anywhere, several times; return all places."""
        for _ in range(KICKS):
            self.kick(draw, len(self.order))
        return range(len(self.order))


def _nearest(place, row):
    """The places nearest to a place by a row of costs, nearest first."""
    others = (other for other in range(len(row)) if other != place)
    return sorted(others, key=lambda other: row[other])[:NEAREST]
