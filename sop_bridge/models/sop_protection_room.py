from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..core.calendar import date_range, to_utc
from ..core.placement import Day, free_time


@dataclass
class Room:
    """What a work centre has left in a period; minutes.

    :param calendar: working time, less time off, from now on
    :param booked: everything that is planned or promised in it
    :param by_tier: {tier id: part of it that is for customers of the tier}
    :param slots: {tier id: [free minutes for it only, free minutes for it and better ones]}
    :param days: core placement Days
    """

    calendar: float = 0.0
    booked: float = 0.0
    by_tier: dict = field(default_factory=dict)
    slots: dict = field(default_factory=dict)
    days: list = field(default_factory=list)


class SopProtectionRoom(models.AbstractModel):
    """Part of sop.protection: hours of the period, what takes them, and where there is room."""

    _name = "sop.protection.room"
    _description = "Room for Slots"

    def _read_room(self):
        """What the work centre has left in the period. Returns a Room."""
        self.ensure_one()
        load = self.env["sop.load"].sudo()
        now = self.env["sop.promise"]._get_now()
        workcenter = self.workcenter_id.sudo()
        horizon = max(0, (self.date_to - now.date()).days)
        board, _own = load._get_boards(workcenter, now, horizon, who="tier")
        calendar = board.calendars[workcenter.id]
        first = max(self.date_from, board.today[workcenter.id])
        days = list(date_range(first, self.date_to)) if first <= self.date_to else []
        buckets = {day: board(workcenter.id, day) for day in days}
        room = Room(
            sum(bucket.calendar for bucket in buckets.values()),
            sum(bucket.booked for bucket in buckets.values()),
            self._get_tier_load(board, workcenter, days),
            self._get_kept(buckets.values()),
        )
        taken = self._get_taken(calendar, first)
        room.days = [
            Day(free_time(calendar.intervals(day), taken), bucket.open)
            for day, bucket in buckets.items()
        ]
        return room

    @api.model
    def _get_tier_load(self, board, workcenter, days):
        """{tier id: minutes} that some days have for its customers, as the promise counts them."""
        found = {}
        for day in days:
            for (tier, _held), minutes in board.shares(workcenter.id, day).items():
                if tier:
                    found[tier] = found.get(tier, 0.0) + minutes
        return found

    def _get_kept(self, buckets):
        """{tier id: [minutes for it only, minutes for it and better ones]} that slots still keep.

        A slot for a customer or an agreement counts for the tier of the customer; one that is open
        to everyone keeps nothing.
        """
        free = {}
        for bucket in buckets:
            for part in bucket.slots:
                free[part.slot] = free.get(part.slot, 0.0) + part.free
        found = {}
        for slot in self.env["sop.slot"].sudo().browse(free):
            customer = slot._owner_customer().with_company(self.company_id)
            tier = slot.tier_id or customer.sop_tier_id
            if slot.opening != "all" and tier:
                shared = slot.tier_id and slot.scope == "better"
                found.setdefault(tier.id, [0.0, 0.0])[int(bool(shared))] += free[slot.id]
        return found

    def _get_taken(self, calendar, first):
        """[(start, stop)] of slots and planned work orders that touch the period."""
        start = to_utc(first, 0, calendar.zone)
        stop = to_utc(self.date_to + timedelta(days=2), 0, calendar.zone)
        return self.env.execute_query(
            SQL(
                """
                SELECT date_start, date_stop FROM sop_slot
                 WHERE active AND workcenter_id = %(workcenter)s
                   AND date_stop > %(start)s AND date_start < %(stop)s
                 UNION ALL
                SELECT wo.date_start, wo.date_finished
                  FROM mrp_workorder wo
                  JOIN mrp_production mo ON mo.id = wo.production_id
                 WHERE wo.workcenter_id = %(workcenter)s
                   AND wo.state IN ('blocked', 'ready', 'progress')
                   AND mo.state IN ('confirmed', 'progress', 'to_close')
                   AND wo.date_finished > %(start)s AND wo.date_start < %(stop)s
                """,
                workcenter=self.workcenter_id.id,
                start=start,
                stop=stop,
            )
        )
