"""Free minutes of work centres per day, for one customer.

Durations from Odoo already contain the efficiency of the work centre (Odoo divides by it), so
capacity here is plain calendar minutes.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

# Minutes below this are rounding noise of floats, not room.
EPSILON = 1e-6


@dataclass(frozen=True)
class SlotOwner:
    """For whom a slot is kept: a tier (by rank, 1 is best), a customer, an agreement, or any of
    those that are named.

    :param family: only for goods of this product family; None: for all
    :param opened: rank of the worst tier that the release fence has let in; None: none yet
    :param released: whether the fence has let everyone in, whatever they order
    """

    tier: int | None = None
    rank: int | None = None
    scope: str = "better"
    partner: int | None = None
    family: int | None = None
    opened: int | None = None
    released: bool = False
    agreement: int | None = None


@dataclass(frozen=True)
class Customer:
    """Commercial customer of an order, with its tier (None: no tier).

    :param agreement: the agreement in force under which the customer orders, None for others
    """

    partner: int | None = None
    tier: int | None = None
    rank: int | None = None
    agreement: int | None = None


def is_entitled(customer, owner, unlock=None, family=None):
    """Whether a customer may use a slot.

    :param unlock: None: by right; 'lower': also slots kept for one lower tier only;
        'all': every slot
    :param family: product family of the goods, None if they have none
    """
    if unlock == "all" or owner.released:
        return True
    if owner.family is not None and owner.family != family:
        return False
    if owner.opened is not None and customer.rank is not None and customer.rank <= owner.opened:
        return True
    if owner.partner is not None and owner.partner == customer.partner:
        return True
    if owner.agreement is not None and owner.agreement == customer.agreement:
        return True
    if owner.tier is None or customer.tier is None:
        return False
    if owner.tier == customer.tier:
        return True
    if owner.scope == "only":
        return unlock == "lower" and customer.rank < owner.rank
    return customer.rank <= owner.rank


class SlotDay(NamedTuple):
    """Part of a slot on one day: working minutes and how many of them are used."""

    slot: int
    minutes: float
    used: float = 0.0

    @property
    def free(self):
        return max(0.0, self.minutes - self.used)


class Day(NamedTuple):
    """One day of one work centre, in minutes: calendar, everything booked, slots of the day."""

    calendar: float = 0.0
    booked: float = 0.0
    slots: tuple[SlotDay, ...] = ()

    @property
    def open(self):
        """Minutes that no slot keeps and nothing has booked."""
        outside = self.booked - sum(slot.used for slot in self.slots)
        return max(0.0, self.calendar - sum(slot.minutes for slot in self.slots) - outside)

    @property
    def room(self):
        """Minutes that are not booked, whoever they are kept for."""
        return max(0.0, self.calendar - self.booked)

    def divide(self, usable, taken=MappingProxyType({})):
        """(free, reserved): minutes that can be had, and minutes that only other slots keep.

        free = max(0, min(open + sum over usable slots of their free part, calendar - booked))

        :param usable: function of a slot that tells whether it may be used
        :param taken: {slot or None: minutes} of what could be had that are gone already
        """
        free, kept, room = max(0.0, self.open - taken.get(None, 0.0)), 0.0, self.room
        for item in self.slots:
            if usable(item.slot):
                free += max(0.0, item.free - taken.get(item.slot, 0.0))
            else:
                kept += item.free
        free = max(0.0, min(free, room - sum(taken.values())))
        return free, max(0.0, min(kept, room - free))


@dataclass(frozen=True)
class Load:
    """Minutes on one work centre and day; ``slot`` None is open capacity."""

    workcenter: int
    day: date
    minutes: float
    slot: int | None = None
    operation: int | None = None


@dataclass
class Ledger:
    """Free minutes per work centre and day for one customer.

    Read days come from ``source(workcenter, day) -> Day`` and are remembered, so one source can
    serve the ledgers of many customers. What is taken stays in this ledger.

    :param usable: ``usable(slot, family)``: whether the customer may use a slot for goods of a
        product family (None: goods without one)
    """

    source: object
    usable: object = field(default=lambda slot, family: True)
    taken: dict = field(default_factory=dict)

    def fork(self):
        """Copy to try something on; this ledger stays as it is."""
        taken = {key: dict(parts) for key, parts in self.taken.items()}
        return Ledger(self.source, self.usable, taken)

    def with_all_slots(self):
        """Copy for which every slot is usable: what would be free without reservations."""
        fork = self.fork()
        fork.usable = lambda slot, family: True
        return fork

    def _parts(self, workcenter, day, family):
        """[(slot or None, free minutes)] in the order of use, and the limit of their sum."""
        bucket = self.source(workcenter, day)
        taken = self.taken.get((workcenter, day), {})
        parts = [
            (item.slot, item.free - taken.get(item.slot, 0.0))
            for item in bucket.slots
            if self.usable(item.slot, family)
        ]
        parts.append((None, bucket.open - taken.get(None, 0.0)))
        return parts, bucket.room - sum(taken.values())

    def available(self, workcenter, day, family=None):
        """Minutes this customer can still have on a day."""
        return self.split(workcenter, day, family)[0]

    def reserved(self, workcenter, day, family=None):
        """Minutes of a day that only slots of others keep from this customer."""
        return self.split(workcenter, day, family)[1]

    def split(self, workcenter, day, family=None):
        """(``available``, ``reserved``) of a day, as ``Day.divide`` gives them."""
        taken = self.taken.get((workcenter, day), {})
        return self.source(workcenter, day).divide(partial(self.usable, family=family), taken)

    def take(self, workcenter, day, minutes, family=None):
        """Use up to ``minutes`` of a day, usable slots first.

        :return: [(slot or None, minutes)] really taken
        """
        parts, limit = self._parts(workcenter, day, family)
        left, result = min(minutes, max(0.0, limit)), []
        for slot, free in parts:
            part = min(left, free)
            if part > EPSILON:
                result.append((slot, part))
                left -= part
        for slot, part in result:
            used = self.taken.setdefault((workcenter, day), {})
            used[slot] = used.get(slot, 0.0) + part
        return result

    def book(self, loads):
        """Take what a promise needs."""
        for load in loads:
            used = self.taken.setdefault((load.workcenter, load.day), {})
            used[load.slot] = used.get(load.slot, 0.0) + load.minutes

    def release(self, loads):
        """Give back what ``book`` took."""
        for load in loads:
            self.taken[load.workcenter, load.day][load.slot] -= load.minutes

    def reserved_slots(self, workcenter, day, family=None):
        """Slots of others that still keep time on a day."""
        return [
            item.slot
            for item in self.source(workcenter, day).slots
            if item.free > EPSILON and not self.usable(item.slot, family)
        ]
