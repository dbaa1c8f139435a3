"""Which slots to make so that protection levels hold: for whom, and how long.

A slot for a tier is open to better ones as well, in the order of their ranks; protection levels
are nested in the order of what the tiers earn. Where both orders agree, the slots of tier j keep
what its level is above that of the tier before. Where a better tier earns less, a slot "for this
tier and better" would let that one in, so the slot is for the tier only.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

# Nobody needs slots for more than all but one in a hundred periods would ask for.
FAR = 2.326


@dataclass(frozen=True)
class Level:
    """What is kept for one tier and all that earn more; in one unit of time.

    :param rank: 1 is the best tier
    :param together: kept for this tier and all that earn more
    :param minimum: kept for this tier alone, even against better ones
    :param booked: what its orders have booked in the period
    :param only: free part of the slots that only this tier may use
    :param shared: free part of the slots that this tier and better ones may use
    :param most: most that this tier and all that earn more can be expected to ask for
    """

    key: Hashable
    rank: int
    together: float
    minimum: float = 0.0
    booked: float = 0.0
    only: float = 0.0
    shared: float = 0.0
    most: float = float("inf")


class Want(NamedTuple):
    """Time to reserve; ``scope`` is 'better' (this tier and better ones) or 'only'."""

    key: Hashable
    scope: str
    amount: float


def wants(levels):
    """Time to reserve beyond what is booked and reserved already.

    :param levels: [Level], the tier that earns most first; the last one may book the rest, so only
        its minimum is kept
    :return: [Want] with positive amounts, in the same order
    """
    found, covered = [], 0.0
    for place, level in enumerate(levels):
        minimum = max(0.0, level.minimum - level.booked - level.only)
        covered += level.booked + level.only + level.shared + minimum
        last = place == len(levels) - 1
        rest = 0.0 if last else max(0.0, min(level.together, level.most) - covered)
        covered += rest
        found += _by_scope(level, minimum, rest, levels, levels[place + 1 :])
    return [want for want in found if want.amount > 0]


def _by_scope(level, minimum, rest, levels, after):
    """[Want] of one tier: what is for it only, and what better ones may use as well."""
    if not any(other.rank < level.rank for other in levels):
        return [Want(level.key, "better", minimum + rest)]  # there is nobody better to let in
    if any(other.rank < level.rank for other in after):
        return [Want(level.key, "only", minimum + rest)]
    return [Want(level.key, "only", minimum), Want(level.key, "better", rest)]
