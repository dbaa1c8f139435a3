"""Hours to keep for better tiers before worse ones may book.

Littlewood's rule for two classes and EMSR-b for more. Demand is normal and, for the hours to
protect, not cut at zero, as in the published examples; for what is booked and unmet it is cut at
zero, because nobody books less than nothing. Worse classes book first, as in the rule.

Sources: K. Littlewood, Forecasting and control of passenger bookings (1972); P. Belobaba, Air
travel demand and airline seat inventory management (1987); K. Talluri and G. van Ryzin, The theory
and practice of revenue management (2004), section 2.2; R. Phillips, Pricing and revenue
optimization (2005), chapter on capacity allocation.
"""

from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import hypot, inf, sqrt
from statistics import NormalDist, fmean, stdev

STANDARD = NormalDist()
FAR = 38  # deviations from the mean beyond which the normal density is 0 in floating point
QUANTILES = 32  # equally likely outcomes that stand for a class's demand in what is booked before
CELLS = 128  # steps into which the capacity is cut once more amounts than that are possible


@dataclass(frozen=True, slots=True)
class Demand:
    """Demand of one class for a period.

    :param value: contribution per unit of capacity (money per hour)
    :param mean: expected demand, in units of capacity (hours)
    :param deviation: its standard deviation, same unit
    :param minimum: share of the mean (0 to 1) to keep for the class whatever it earns
    """

    value: float
    mean: float
    deviation: float = 0.0
    minimum: float = 0.0


@dataclass(frozen=True, slots=True)
class Protection:
    """What is kept for one class, and what that lets expect; all in units of capacity (hours).

    ``own`` is kept for this class beyond what better ones keep, ``together`` for it and all better
    ones, ``limit`` is the most that it may book; ``expected`` is its expected demand, cut at zero,
    and equals ``booked`` + ``unmet``. ``promised`` is the minimum service, ``short`` what the
    capacity lacks for it.
    """

    own: float
    together: float
    limit: float
    expected: float
    booked: float
    unmet: float
    promised: float
    short: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Demand to expect in a period, from ``periods`` past ones; in units of capacity (hours)."""

    mean: float
    deviation: float
    periods: int


def littlewood(high, low, capacity=inf):
    """Capacity to protect for the better of two classes.

    P(demand of the better class > protected) = value of the worse / value of the better one.

    :param high, low: Demand
    :return: same unit as the demand, within [0, capacity]
    :raise ValueError: see ``emsr_b``
    """
    return emsr_b([high, low], capacity)[0]


def emsr_b(demands, capacity=inf):
    """Protection levels by EMSR-b.

    A class that earns nothing or less gets nothing: better ones keep the whole capacity.

    :param demands: [Demand], the most valuable class first
    :param capacity: units to be had in the period
    :return: [units protected for classes 1..j together] for j = 1 .. number of classes − 1, each
        within [0, capacity], none smaller than the one before
    :raise ValueError: for values that rise, a minimum outside 0 to 1, or a negative mean,
        deviation or capacity
    """
    _check(demands, capacity)
    levels = (_level(demands[:count], demands[count].value) for count in range(1, len(demands)))
    return [min(level, capacity) for level in accumulate(levels, max)]


def protect(demands, capacity):
    """Hours to keep for each class, with its minimum service, and what they let expect.

    The levels of EMSR-b, moved as little as the minimum services ask. When the capacity cannot
    hold all minimum services, those of the more valuable classes come first.

    :param demands: [Demand] in any order; the classes are nested by their value, and those of
        equal value in the order given
    :param capacity: units to be had in the period, finite
    :return: [Protection], in the order given
    :raise ValueError: see ``emsr_b``, or for an endless capacity
    """
    if capacity == inf:
        raise ValueError("Give the hours to be had in the period: without an end nothing is short.")
    order = sorted(range(len(demands)), key=lambda place: -demands[place].value)
    ranked = [demands[place] for place in order]
    promised = [one.minimum * one.mean for one in ranked]
    kept = _affordable(promised, capacity)
    levels = _with_minimum([*emsr_b(ranked, capacity), capacity][: len(ranked)], kept, capacity)
    booked = _booked(ranked, [capacity - level for level in [0.0, *levels][: len(ranked)]])
    rows = [
        _protection(*row, capacity)
        for row in zip(ranked, pairwise([0.0, *levels]), booked, promised, kept, strict=True)
    ]
    return [row for _place, row in sorted(zip(order, rows, strict=True), key=lambda item: item[0])]


def estimate(past, forecast=None):
    """Mean and spread of a class's demand in a coming period.

    The spread is that of the past periods (sample standard deviation), in proportion to the mean:
    a forecast of twice the past brings twice the spread. With fewer than two periods, or none with
    demand, no spread is known: the deviation is 0, and ``periods`` says on how many it rests.

    :param past: [units of capacity asked for] in equally long past periods, what was refused too
    :param forecast: units expected in the coming period; None: the mean of the past ones
    :return: Estimate
    :raise ValueError: for a negative demand or forecast, or neither past nor forecast
    """
    past = list(past)
    if not past and forecast is None:
        raise ValueError("There is neither past demand nor a forecast to estimate from.")
    if min([*past, forecast or 0.0]) < 0:
        raise ValueError("Demand cannot be negative.")
    average = fmean(past) if past else 0.0
    mean = average if forecast is None else forecast
    spread = stdev(past) * mean / average if len(past) > 1 and average else 0.0
    return Estimate(mean, spread, len(past))


def expect(past, periods=1.0, forecast=None):
    """Mean and spread of a class's demand over several periods, taken as independent.

    :param past: see ``estimate``
    :param periods: how many such periods the coming time is long
    :param forecast: units expected in all of that time; None: as in the past
    :return: Estimate
    :raise ValueError: see ``estimate``, or for a time without length
    """
    if periods <= 0:
        raise ValueError(f"A time of {periods} periods has no demand.")
    found = estimate(past, None if forecast is None else forecast / periods)
    return Estimate(found.mean * periods, found.deviation * sqrt(periods), found.periods)


def blend(demands):
    """Some classes as one: their demand added up, their value weighted by it."""
    mean = sum(one.mean for one in demands)
    weighted = sum(one.value * one.mean for one in demands) / mean if mean else 0.0
    return Demand(weighted, mean, hypot(*(one.deviation for one in demands)))


def chance(demand, units):
    """Probability that a class asks for more than some units of capacity."""
    if not demand.deviation:
        return float(demand.mean > units)
    return STANDARD.cdf((demand.mean - units) / demand.deviation)


def earned(demands, capacity, protected=True):
    """Contribution to expect, when worse classes book first.

    :param protected: False: first come, first served
    :raise ValueError: see ``protect``
    """
    ranked = sorted(demands, key=lambda one: -one.value)
    if protected:
        booked = [row.booked for row in protect(ranked, capacity)]
    else:
        booked = _booked(ranked, [capacity] * len(ranked))
    return sum(one.value * hours for one, hours in zip(ranked, booked, strict=True))


def _check(demands, capacity):
    """Refuse what the rules are not made for."""
    if not capacity >= 0:
        raise ValueError(f"The capacity is {capacity}; it cannot be less than 0.")
    for place, one in enumerate(demands, start=1):
        if not (one.mean >= 0 and one.deviation >= 0):
            raise ValueError(
                f"Class {place} has mean {one.mean} and deviation {one.deviation}; "
                "neither can be less than 0."
            )
        if not 0 <= one.minimum <= 1:
            raise ValueError(f"Class {place} has minimum {one.minimum}; it is a share from 0 to 1.")
    for place, (better, worse) in enumerate(pairwise(demands), start=2):
        if not better.value >= worse.value:
            raise ValueError(
                f"Class {place} earns {worse.value}, more than the {better.value} of the class "
                "before; put the most valuable class first."
            )


def _level(better, value):
    """Units to protect for some classes together against one of a smaller value."""
    if value <= 0:
        return inf
    together = blend(better)
    if not together.mean:
        return 0.0
    share = 1 - value / together.value
    if not 0 < share < 1:
        return 0.0 if share <= 0 else inf
    return max(0.0, together.mean + together.deviation * STANDARD.inv_cdf(share))


def _affordable(promised, capacity):
    """Minimum services that the capacity can hold, the first ones first."""
    kept = []
    for minimum in promised:
        kept.append(min(minimum, capacity))
        capacity -= kept[-1]
    return kept


def _with_minimum(levels, kept, capacity):
    """Levels (the last is the capacity) whose steps are no smaller than what is to be kept."""
    raised, level = [], 0.0
    for wanted, minimum in zip(levels, kept, strict=True):
        level = max(wanted, level + minimum)
        raised.append(level)
    limit, lowered = capacity, []
    for wanted, minimum in zip(reversed(raised), reversed(kept), strict=True):
        lowered.append(min(wanted, limit))
        limit = lowered[-1] - minimum
    return lowered[::-1]


def _protection(one, levels, booked, promised, kept, capacity):
    """One class's part of the answer, from its level and that of the class before."""
    before, together = levels
    expected = _up_to(one, inf)
    return Protection(
        own=together - before,
        together=together,
        limit=capacity - before,
        expected=expected,
        booked=booked,
        unmet=max(0.0, expected - booked),
        promised=promised,
        short=promised - kept,
    )


def _excess(one, level):
    """Expected part of a demand above a level (normal loss function)."""
    if abs(level - one.mean) >= FAR * one.deviation:
        return max(0.0, one.mean - level)
    distance = (level - one.mean) / one.deviation
    return one.deviation * (STANDARD.pdf(distance) - distance * STANDARD.cdf(-distance))


def _up_to(one, level):
    """Expected part of a demand, cut at zero, below a level."""
    return _excess(one, 0.0) - _excess(one, level)


def _booked(ranked, limits):
    """Expected bookings of each class, when worse classes book first.

    A class books until all bookings together reach its limit. What is booked so far is followed as
    {units: probability}.
    """
    states, booked = {0.0: 1.0}, []
    for one, limit in zip(reversed(ranked), reversed(limits), strict=True):
        rooms = [(used, max(0.0, limit - used), odds) for used, odds in states.items()]
        expected = sum(odds * _up_to(one, room) for _used, room, odds in rooms)
        # the outcomes stand in for a distribution: their error must not fill more than there is
        booked.append(min(expected, max(0.0, limit - sum(booked))))
        if len(booked) < len(ranked):
            states = _gridded(_after(rooms, _outcomes(one)), limits[0] / CELLS)
    return booked[::-1]


def _outcomes(one):
    """Equally likely demands, each the mean of its part of the distribution, cut at zero."""
    if not one.deviation:
        return [one.mean]
    borders = [STANDARD.inv_cdf(part / QUANTILES) for part in range(1, QUANTILES)]
    density = [0.0, *map(STANDARD.pdf, borders), 0.0]
    middles = ((low - high) * QUANTILES for low, high in pairwise(density))
    return [max(0.0, one.mean + one.deviation * middle) for middle in middles]


def _after(rooms, outcomes):
    """Units booked after one more class: {units: probability}."""
    states = {}
    for used, room, odds in rooms:
        for demand in outcomes:
            total = used + min(demand, room)
            states[total] = states.get(total, 0.0) + odds / len(outcomes)
    return states


def _gridded(states, step):
    """The same on multiples of a step, where there are many amounts.

    Each amount is shared by the two multiples around it, so that the mean stays what it is.
    """
    if len(states) <= CELLS:
        return states
    grid = {}
    for total, odds in states.items():
        place, rest = divmod(total / step, 1)
        grid[place] = grid.get(place, 0.0) + odds * (1 - rest)
        grid[place + 1] = grid.get(place + 1, 0.0) + odds * rest
    return {place * step: odds for place, odds in grid.items() if odds}
