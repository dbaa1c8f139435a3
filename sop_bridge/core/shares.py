"""Whose minutes fill the days of work centres: a ``Board`` that remembers for whom its load is."""

from dataclasses import dataclass, field

from .board import Board
from .capacity import EPSILON


@dataclass
class SharedBoard(Board):
    """A board whose load is told apart by ``who`` (a tier, or an order).

    Load without an interval flows from day to day; each day does an equal part of everybody's, so
    that the sum over the orders of a tier is what the tier alone would show.

    :param fixed_shares: {(work centre, day): {who: minutes}} that stay on their day
    :param floating_shares: {(work centre, day): {who: minutes}} without an interval
    :param floated: {(work centre, day): {who: minutes}} of these that a day really does; filled
        for the days that were asked for
    """

    fixed_shares: dict = field(default_factory=dict)
    floating_shares: dict = field(default_factory=dict)
    floated: dict = field(default_factory=dict)
    _pools: dict = field(default_factory=dict)

    def add(self, workcenter, day, minutes, slot=None, floating=False, who=None):
        key, floats = Board.add(self, workcenter, day, minutes, slot, floating)
        parts = (self.floating_shares if floats else self.fixed_shares).setdefault(key, {})
        parts[who] = parts.get(who, 0.0) + minutes
        return key, floats

    def shares(self, workcenter, day):
        """{who: minutes} of a day that was asked for; its sum is what the ``Day`` has booked."""
        fixed = self.fixed_shares.get((workcenter, day), {})
        floated = self.floated.get((workcenter, day))
        if not floated:
            return fixed
        whole = dict(fixed)
        for who, minutes in floated.items():
            whole[who] = whole.get(who, 0.0) + minutes
        return whole

    def _day(self, workcenter, day, carry):
        bucket, left = super()._day(workcenter, day, carry)
        added = self.floating_shares.get((workcenter, day))
        if carry > EPSILON or added:
            self._flow(workcenter, day, added or {}, left)
        return bucket, left

    def _flow(self, workcenter, day, added, left):
        """Take a day's part out of what flows, so that ``left`` minutes go on to the next."""
        pool = self._pools.setdefault(workcenter, {})
        for who, minutes in added.items():
            pool[who] = pool.get(who, 0.0) + minutes
        whole = sum(pool.values())
        part = (whole - left) / whole if whole > EPSILON else 0.0
        if part > 0:
            self.floated[workcenter, day] = {who: part * m for who, m in pool.items()}
            self._pools[workcenter] = {who: (1 - part) * m for who, m in pool.items()}
