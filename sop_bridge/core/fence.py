"""The release fence of reserved slots: when they open, to whom, and what needs both departments.

Instants are naive datetimes in UTC, as Odoo stores them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .capacity import EPSILON

# What a change of a slot amounts to.
TAKES, RESERVES = "takes", "reserves"
# A slot can be corrected by who plans it as long as nobody can have counted on it.
GRACE = timedelta(days=1)


@dataclass(frozen=True)
class Fence:
    """How many days before its start an unused slot opens; 0 for both: never before its start.

    :param next_days: days before the start at which the next tier is let in
    :param all_days: days before the start at which everyone is let in
    """

    next_days: int
    all_days: int

    def moments(self, start):
        """(instant of opening to the next tier or None, instant of opening to everyone).

        The next tier is let in only where that is earlier.
        """
        everyone = start - timedelta(days=self.all_days)
        early = start - timedelta(days=self.next_days)
        return (early if early < everyone else None), everyone

    def first(self, start):
        """Instant from which a slot that starts then is open to others than its owners."""
        return start - timedelta(days=max(self.next_days, self.all_days))


def next_rank(ranks, rank):
    """Rank of the next worse tier, or None if there is none.

    :param ranks: ranks of the company's tiers
    :param rank: rank of the worst tier that may use the slot now
    """
    return min((other for other in ranks if other > rank), default=None)


@dataclass(frozen=True)
class Reservation:
    """What a slot keeps for whom.

    :param owner: hashable that names tier, scope, customer and family
    :param opens: (instant of opening to the next tier or None, to everyone or None for never)
    """

    place: int
    start: datetime
    stop: datetime
    owner: tuple
    opens: tuple = (None, None)


def changes(before, after):
    """What a change of a slot amounts to: a set of TAKES and RESERVES.

    :param before: Reservation, None for a new slot
    :param after: Reservation, None for one that is deleted or archived
    """
    found = set()
    if before and (after is None or not _keeps(after, before)):
        found.add(TAKES)
    if after and (before is None or not _keeps(before, after, opens=False)):
        found.add(RESERVES)
    return found


def _keeps(outer, inner, opens=True):
    """Whether ``outer`` keeps at least what ``inner`` keeps, for the same owners, as long."""
    same = outer.place == inner.place and outer.owner == inner.owner
    within = outer.start <= inner.start and inner.stop <= outer.stop
    return same and within and (not opens or _opens_as_late(outer.opens, inner.opens))


def _opens_as_late(one, other):
    return all(
        _or_never(mine) >= _or_never(theirs) for mine, theirs in zip(one, other, strict=True)
    )


def _or_never(instant):
    return instant or datetime.max


def is_bound(created, now, used, told):
    """Whether others may count on a slot: it is a day old, used, or its owners were told of it."""
    return bool(told or used > EPSILON or now - created > GRACE)


def state(opening, used, minutes, over):
    """State of a slot in one word.

    :param opening: 'owner', 'next' or 'all'
    :param over: whether it has ended
    """
    if over:
        return "past"
    if minutes > EPSILON and used >= minutes - EPSILON:
        return "full"
    if opening != "owner":
        return opening
    return "part" if used > EPSILON else "free"
