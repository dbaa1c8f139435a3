from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.tools.intervals import Intervals

from . import guard

PROTECTED = ("sop_tier_id", "sop_slot_id")


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    sop_tier_id = fields.Many2one(
        related="production_id.sop_tier_id", store=True, index="btree_not_null", string="Tier"
    )
    sop_partner_id = fields.Many2one(related="production_id.sop_partner_id", string="Customer")
    sop_booking_ids = fields.One2many("sop.booking", "workorder_id", readonly=True)
    sop_slot_id = fields.Many2one(
        "sop.slot",
        "Slot",
        compute="_compute_sop_slot",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The slot of its booking, or the first one in which it is planned.",
    )

    # deleting an entry of a calendar looks for the work orders that stand in it
    _sop_leave = models.Index("(leave_id) WHERE leave_id IS NOT NULL")
    # what ran before a day on a work centre, from which it is changed over
    _sop_workcenter_start = models.Index("(workcenter_id, date_start)")

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        """:raise AccessError: if people say by hand for whom the work is done, and in which slot"""
        if not self.env.su:
            guard.refuse_create(self, vals_list, PROTECTED)
        return super(MrpWorkorder, guard.without_defaults(self, PROTECTED)).create(vals_list)

    def write(self, vals):
        """:raise AccessError: if people say by hand for whom the work is done, and in which slot"""
        if not self.env.su:
            guard.refuse_write(self, vals, PROTECTED)
        return super().write(vals)

    # ------------------------------------------------------------------ in slots
    @api.depends(
        *("state", "workcenter_id", "date_start", "date_finished", "duration_expected"),
        *("sop_booking_ids.slot_id", "sop_booking_ids.plan_from", "sop_booking_ids.plan_to"),
    )
    def _compute_sop_slot(self):
        slots = self._sop_slots_around()
        for workorder in self:
            standing = workorder.sop_booking_ids.filtered(lambda b: b._stands())
            workorder.sop_slot_id = (
                standing.slot_id[:1]
                if standing
                else slots.filtered(lambda slot, wo=workorder: wo._sop_is_in(slot))[:1]
            )

    def _sop_slots_around(self):
        """Slots on these work centres from the first to the last of these work orders."""
        planned = self.filtered(lambda wo: wo.date_start and wo.date_finished)
        slots = self.env["sop.slot"]
        if not planned:
            return slots
        return slots.search(
            [
                ("workcenter_id", "in", planned.workcenter_id.ids),
                ("date_stop", ">", min(planned.mapped("date_start"))),
                ("date_start", "<", max(planned.mapped("date_finished"))),
            ]
        )

    def _sop_is_in(self, slot):
        """Whether the work order is planned at least partly in a slot."""
        self.ensure_one()
        return bool(
            self.state != "cancel"
            and self.workcenter_id == slot.workcenter_id
            and self.date_start
            and self.date_finished
            and self.date_start < slot.date_stop
            and self.date_finished > slot.date_start
        )

    def _sop_plan_on(self, bookings, earliest, diary):
        """Plan the work order on the days it was booked for.

        :param bookings: its bookings, ordered by day
        :param earliest: UTC moment before which it cannot start
        :param diary: core Diary of the booked days
        :return: UTC moment at which it ends
        """
        self.ensure_one()
        start, stop = self._sop_interval(bookings, earliest, diary)
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
        bookings._attach(self)
        diary.enter(workcenter.id, leave.id, start, stop)
        return stop

    def _sop_move_to(self, workcenter):
        """Do the work on the work centre that was booked, which may be an alternative one."""
        if workcenter and self.workcenter_id != workcenter:
            self.write({"workcenter_id": workcenter.id})

    def _sop_interval(self, bookings, earliest, diary):
        """Interval of the work order on its booked days.

        An order over several days takes all that is left of each day but the last, so it stands
        from the tail of the first to the head of the last one, where Odoo's search finds that free.
        Where the room is in pieces between other orders, it stands from the first piece to the
        last: its minutes fit, in whatever sequence the planner works the days off, and Odoo's
        planner puts nothing else there. Where the operation before ends too late on the first
        day, the order stands from before that end: days are booked, not hours, and what Odoo's
        planner took for free would be booked twice. The slots of the order are open in the context.

        :param bookings: ordered by day
        :param earliest: UTC moment before which it cannot start
        :param diary: core Diary; what Odoo's search finds by reading two weeks, it knows for a day
        :return: (start, stop), naive UTC
        """
        minutes = {}
        for booking in bookings:
            minutes[booking.day] = minutes.get(booking.day, 0.0) + booking.minutes
        first, last = min(minutes), max(minutes)
        workcenter = bookings.workcenter_id[:1].with_env(self.env)
        opening = self._sop_day_start(workcenter, first)
        begin = wanted = max(opening, earliest)
        second = self._sop_day_start(workcenter, first + timedelta(days=1))
        if first < last:
            worked = self._sop_worked(workcenter, opening, second)
            wanted = max(begin, self._sop_tail(worked, minutes[first], begin))
        else:
            open_slots = self._sop_open_slots().leave_id.ids
            gap = diary.gap(workcenter.id, first, wanted, self.duration_expected, open_slots)
            if gap:
                return gap
        end = self._sop_day_start(workcenter, last + timedelta(days=1))
        start, stop = workcenter._get_first_available_slot(wanted, self.duration_expected)
        on_time = start and (start < second if first == last else start <= wanted)
        if on_time and stop <= end:
            return start, stop
        piece, _stop = workcenter._get_first_available_slot(begin, 1)
        start = piece if piece and piece < second else begin
        free = self._sop_free(workcenter, opening, second)
        start = min(start, self._sop_tail(free, minutes[first], start))
        since = max(start, self._sop_day_start(workcenter, last))
        _start, stop = workcenter._get_first_available_slot(since, minutes[last])
        if not stop or stop > end:
            stop = self._sop_head(workcenter, since, end, minutes[last])
        return start, stop

    def _sop_day_start(self, workcenter, day):
        """Naive UTC moment at which a day begins where the work centre is."""
        zone = timezone(workcenter.resource_calendar_id.tz or "UTC")
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(utc).replace(tzinfo=None)

    def _sop_worked(self, workcenter, start, stop):
        """Working intervals [(start, stop)] of a work centre, naive UTC; none without hours."""
        if not workcenter.resource_calendar_id:
            return []
        intervals = workcenter.resource_calendar_id._work_intervals_batch(
            utc.localize(start), utc.localize(stop), workcenter.resource_id
        )[workcenter.resource_id.id]
        return [
            tuple(moment.astimezone(utc).replace(tzinfo=None) for moment in (lo, hi))
            for lo, hi, _record in intervals
        ]

    def _sop_free(self, workcenter, start, stop):
        """Like ``_sop_worked``, from now on, without what other orders and closed slots take."""
        start = max(start, fields.Datetime.now())
        if start >= stop or not workcenter.resource_calendar_id:
            return []
        taken = Intervals(
            [
                (utc.localize(lo), utc.localize(hi), workcenter.browse())
                for lo, hi in self._sop_taken(workcenter, start, stop)
            ]
        )
        spans = [
            (utc.localize(lo), utc.localize(hi), workcenter.browse())
            for lo, hi in self._sop_worked(workcenter, start, stop)
        ]
        return [
            tuple(moment.astimezone(utc).replace(tzinfo=None) for moment in (lo, hi))
            for lo, hi, _record in Intervals(spans) - taken
        ]

    def _sop_open_slots(self):
        return self.env["sop.slot"].sudo().browse(self.env.context.get("sop_slot_ids", ()))

    def _sop_taken(self, workcenter, start, stop):
        """Intervals [(start, stop)] that other orders and closed slots take, naive UTC."""
        slots = self._sop_open_slots()
        resource = workcenter.resource_id
        intervals = workcenter.resource_calendar_id._leave_intervals_batch(
            utc.localize(start),
            utc.localize(stop),
            resource,
            [("time_type", "=", "other"), ("id", "not in", slots.leave_id.ids)],
        )[resource.id]
        return [
            tuple(moment.astimezone(utc).replace(tzinfo=None) for moment in (lo, hi))
            for lo, hi, _record in intervals
        ]

    @api.model
    def _sop_tail(self, spans, minutes, otherwise):
        """Moment from which ``spans`` have just ``minutes`` left.

        The start of the first one where they have fewer, ``otherwise`` where there is none.
        """
        left, lo = timedelta(minutes=minutes), otherwise
        for lo, hi in reversed(spans):
            if hi - lo >= left:
                return hi - left
            left -= hi - lo
        return lo

    def _sop_head(self, workcenter, start, stop, minutes):
        """Moment at which ``minutes`` of working time have passed since ``start``.

        At the latest the end of working time before ``stop``.
        """
        left, hi = timedelta(minutes=minutes), start
        for lo, hi in self._sop_worked(workcenter, start, stop):
            if hi - lo >= left:
                return lo + left
            left -= hi - lo
        return hi
