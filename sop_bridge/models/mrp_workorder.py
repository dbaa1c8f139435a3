from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import fields, models


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    sop_tier_id = fields.Many2one(
        related="production_id.sop_tier_id", store=True, index="btree_not_null", string="Tier"
    )
    sop_partner_id = fields.Many2one(related="production_id.sop_partner_id", string="Customer")
    sop_booking_ids = fields.One2many("sop.booking", "workorder_id", readonly=True)
    sop_slot_id = fields.Many2one("sop.slot", "Slot", compute="_compute_sop_slot")

    def _compute_sop_slot(self):
        for workorder in self:
            workorder.sop_slot_id = workorder.sudo().sop_booking_ids.slot_id[:1]

    def _plan_workorder(self, replan=False):
        """Odoo's planning, with the slots open that are kept for this order, and only those."""
        slots = self.production_id._sop_slots()
        planned = self.with_context(sop_slot_ids=slots.ids)
        return super(MrpWorkorder, planned)._plan_workorder(replan)

    def _sop_plan_on(self, bookings, earliest):
        """Plan the work order on the days it was booked for.

        :param bookings: its bookings, ordered by day
        :param earliest: UTC moment before which it cannot start
        :return: UTC moment at which it ends
        """
        self.ensure_one()
        start, stop = self._sop_interval(bookings, earliest)
        workcenter = bookings.workcenter_id[:1]
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": self.display_name,
                "calendar_id": workcenter.resource_calendar_id.id,
                "resource_id": workcenter.resource_id.id,
                "date_from": start,
                "date_to": stop,
                "time_type": "other",
            }
        )
        self.write({"leave_id": leave.id})
        bookings._update(
            {
                "production_id": self.production_id.id,
                "workorder_id": self.id,
                "plan_from": self.date_start,
                "plan_to": self.date_finished,
            }
        )
        return stop

    def _sop_interval(self, bookings, earliest):
        """Interval of the work order on its booked days.

        Odoo's search wants one uninterrupted run. Where the booked days have room only in pieces
        between other orders, the work order stands from the first to the last of these days; its
        minutes stay those of its bookings.
        """
        workcenter = bookings.workcenter_id[:1]
        zone = timezone(workcenter.resource_calendar_id.tz or "UTC")
        first = self._sop_day_start(bookings[0].day, zone)
        begin = max(first, earliest)
        last = self._sop_day_start(bookings[-1].day + timedelta(days=1), zone)
        slots = self.production_id._sop_slots() | bookings.slot_id
        start, stop = workcenter.with_context(sop_slot_ids=slots.ids)._get_first_available_slot(
            begin, self.duration_expected
        )
        if start and stop <= last:
            return start, stop
        worked = workcenter.resource_calendar_id._work_intervals_batch(
            utc.localize(begin), utc.localize(last), workcenter.resource_id
        )[workcenter.resource_id.id]
        moments = [(lo, hi) for lo, hi, _record in worked]
        if not moments:
            return begin, begin + timedelta(minutes=self.duration_expected)
        return (
            moments[0][0].astimezone(utc).replace(tzinfo=None),
            moments[-1][1].astimezone(utc).replace(tzinfo=None),
        )

    def _sop_day_start(self, day, zone):
        """UTC moment at which a day begins in a time zone, as Odoo stores it."""
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(utc).replace(tzinfo=None)
