from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.axis import Axis
from ..core.follow import Taken
from .sop_load import hold_lasts

# States of operations that were not started.
OPEN = ("blocked", "ready")
# Days that are read beyond the period: what does not fit into it runs behind it.
BEYOND = 370


class SopCampaignRoom(models.AbstractModel):
    """Collects the working time of the work centres of a campaign, and what of it is taken."""

    _name = "sop.campaign.room"
    _description = "Room for Campaigns"

    def _collect_room(self, facts):
        """Working time of the work centres, and what of it is taken."""
        orders = facts.jobs.production_id
        workcenters = self.workcenter_id | orders.workorder_ids.workcenter_id
        # what is put before a job may stand before the period, but not before now
        now = self._get_now()
        days = (max(facts.stop, facts.start) - now).days + BEYOND
        calendars = self.env["sop.hours"]._get_calendars(workcenters, now, days)
        facts.axes = {
            workcenter.id: Axis(
                calendars[workcenter.id],
                facts.start if workcenter == self.workcenter_id else now,
                days,
            )
            for workcenter in workcenters
            if calendars[workcenter.id].has_hours()
        }
        if self.workcenter_id.id not in facts.axes:
            raise UserError(
                self.env._(
                    "The work centre %s has no working hours, so nothing can be put in order on "
                    "it. Set its working hours first.",
                    self.workcenter_id.name,
                )
            )
        self._leave_out_hourless(facts)
        facts.taken = {workcenter: [] for workcenter in facts.axes}
        slots = self._add_slots(facts, workcenters, orders)
        self._add_leaves(facts, workcenters, slots)
        self._add_bookings(facts, workcenters, slots)

    def _leave_out_hourless(self, facts):
        """Nothing can be planned where a step that nobody planned has no working hours."""
        for job in facts.jobs:
            steps = job.production_id.workorder_ids.filtered(
                lambda wo: wo.state in OPEN and not wo.date_start
            )
            if any(workcenter.id not in facts.axes for workcenter in steps.workcenter_id):
                facts.left_out.append((job, "no_hours"))
        facts.jobs -= facts.jobs.browse().union(
            *(job for job, why in facts.left_out if why == "no_hours")
        )

    def _add_slots(self, facts, workcenters, orders):
        """Slots are closed for orders that may not use them. Returns the slots."""
        slots = self.env["sop.slot"].search(
            [("workcenter_id", "in", workcenters.ids), ("date_stop", ">", self._get_now())]
        )
        usable = {production: production._sop_usable(slots) for production in orders}
        for slot in slots.filtered(lambda slot: slot.workcenter_id.id in facts.axes):
            axis = facts.axes[slot.workcenter_id.id]
            entitled = frozenset(order.id for order in orders if slot in usable[order])
            span = axis.minute(slot.date_start), axis.minute(slot.date_stop)
            facts.taken[slot.workcenter_id.id].append(Taken(*span, open_to=entitled))
            facts.slots.setdefault(slot.workcenter_id.id, []).append((slot, *span))
        facts.usable = usable
        return slots

    def _add_leaves(self, facts, workcenters, slots):
        """What stands in the calendars of the work centres, apart from slots and from the jobs."""
        owners = dict(self._read_owners(facts.jobs.production_id.workorder_ids))
        skipped = {*slots.leave_id.ids, *facts.jobs.leave_id.ids}
        for workcenter, leave, start, stop in self._read_leaves(workcenters, self._get_now()):
            if leave in skipped or workcenter not in facts.axes:
                continue
            axis = facts.axes[workcenter]
            span = axis.minute(start), axis.minute(stop)
            if span[0] < span[1]:
                facts.taken[workcenter].append(Taken(*span, owner=owners.get(leave)))

    @api.model
    def _read_owners(self, workorders):
        return [(workorder.leave_id.id, workorder.id) for workorder in workorders]

    @api.model
    def _read_leaves(self, workcenters, start):
        """Rows (work centre id, leave id, from, to) of time that is taken, not of time off."""
        self.env["resource.calendar.leaves"].flush_model()
        self.env["mrp.workcenter"].flush_model(["resource_id"])
        return self.env.execute_query(
            SQL(
                """
                SELECT place.id, leave.id, leave.date_from, leave.date_to
                  FROM resource_calendar_leaves leave
                  JOIN mrp_workcenter place ON place.resource_id = leave.resource_id
                 WHERE leave.time_type = 'other' AND place.id = ANY(%s) AND leave.date_to > %s
              ORDER BY leave.date_from, leave.id
                """,
                workcenters.ids,
                start,
            )
        )

    def _add_bookings(self, facts, workcenters, slots):
        """Minutes promised of a day to orders that nothing was made for yet: its last free ones."""
        spans = {slot.id: (slot.date_start, slot.date_stop) for slot in slots}
        for _ids, workcenter, day, slot, minutes in self._read_bookings(
            workcenters, self._get_now()
        ):
            if workcenter not in facts.axes:
                continue
            axis, rows = facts.axes[workcenter], facts.taken[workcenter]
            low, high = axis.day(max(day, axis.calendar.today(axis.start)))
            if slot in spans:
                start, stop = spans[slot]
                low, high = max(low, axis.minute(start)), min(high, axis.minute(stop))
            closed = [(row.start, row.stop) for row in rows if not row.open_to and not row.owner]
            rows += [Taken(*part) for part in _last_free(low, high, minutes, closed)]

    @api.model
    def _read_bookings(self, workcenters, start):
        """Rows (ids, work centre id, day, slot id, minutes) of bookings without an order."""
        self.env["sop.booking"].flush_model()
        self.env["sop.hold"].flush_model(["until"])
        return self.env.execute_query(
            SQL(
                """
                SELECT ARRAY_AGG(b.id ORDER BY b.id), b.workcenter_id, day, slot_id, SUM(b.minutes)
                  FROM sop_booking b LEFT JOIN sop_hold hold ON hold.id = b.hold_id
                 WHERE b.production_id IS NULL AND b.workcenter_id = ANY(%s) AND day >= %s
                   AND %s
              GROUP BY b.workcenter_id, day, slot_id ORDER BY b.workcenter_id, day, slot_id
                """,
                workcenters.ids,
                fields.Date.to_date(start) - timedelta(days=1),
                hold_lasts(start),
            )
        )


def _last_free(low, high, minutes, closed):
    """The last so many minutes of [low, high] that are not closed, as [(start, stop)]."""
    parts, stop = [], high
    for start, end in sorted(closed, reverse=True):
        if end > low and start < stop:
            parts.append((max(end, low), stop))
            stop = min(stop, start)
    parts.append((low, stop))
    found = []
    for start, stop in parts:
        if start < stop and minutes > 0:
            part = min(minutes, stop - start)
            found.append((stop - part, stop))
            minutes -= part
    return found
