from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import fence as core
from ..core.slot_plan import worked

STATES = [
    ("free", "Reserved"),
    ("part", "Partly used"),
    ("full", "Fully used"),
    ("next", "Open to the next tier"),
    ("all", "Open to everyone"),
    ("past", "Past"),
]


class SopSlotUse(models.AbstractModel):
    """Part of sop.slot: how much of it is used, as the promise counts it, and by whom."""

    _name = "sop.slot.use"
    _description = "Use of Slots"

    minutes = fields.Float(
        "Working minutes",
        compute="_compute_minutes",
        compute_sudo=True,  # Sales sees slots, but not the calendars of work centres
        help="Working time of the work centre inside the slot.",
    )
    used_minutes = fields.Float(
        "Minutes used",
        compute="_compute_use",
        compute_sudo=True,
        help="Minutes of bookings and of work orders in the slot, as promises count them. Of a "
        "slot that is over: what was really used.",
    )
    remaining_minutes = fields.Float(
        "Minutes left",
        compute="_compute_use",
        compute_sudo=True,
        help="Minutes from now on that nobody uses.",
    )
    used_percent = fields.Float("Used", compute="_compute_use", compute_sudo=True)
    state = fields.Selection(
        STATES, compute="_compute_state", search="_search_state", compute_sudo=True
    )
    workorder_ids = fields.One2many(
        "mrp.workorder", "sop_slot_id", "Work orders", readonly=True, groups="mrp.group_mrp_user"
    )
    booking_count = fields.Integer("Bookings", compute="_compute_counts", compute_sudo=True)
    production_count = fields.Integer(
        "Manufacturing orders", compute="_compute_counts", compute_sudo=True
    )

    # ------------------------------------------------------------------ minutes
    @api.depends("workcenter_id", "date_start", "date_stop")
    def _compute_minutes(self):
        whole = self.filtered(lambda slot: slot._is_in_reach())
        (self - whole).minutes = 0.0
        calendars = whole._get_calendars()
        for slot in whole:
            calendar = calendars.get(slot.workcenter_id.id or slot.workcenter_id._origin.id)
            slot.minutes = worked(calendar, slot.date_start, slot.date_stop) if calendar else 0.0

    def _get_calendars(self):
        """{work centre id: core WorkCalendar} over the time of these slots."""
        if not self:
            return {}
        start, stop = min(self.mapped("date_start")), max(self.mapped("date_stop"))
        days = (stop - start).days + 1
        return self.env["sop.hours"]._get_calendars(self.workcenter_id._origin, start, days)

    # ------------------------------------------------------------------ use
    @api.depends("booking_ids.minutes", "minutes", "opening", "active")
    def _compute_use(self):
        found = self._origin._get_use(self.env["sop.promise"]._get_now())
        for slot in self:
            used, remaining = found.get(slot._origin.id, (0.0, 0.0))
            slot.used_minutes = used
            slot.remaining_minutes = remaining
            slot.used_percent = used / slot.minutes if slot.minutes else 0.0

    def _get_use(self, now):
        """{slot id: (used minutes, remaining minutes)}, counted as the promise counts.

        :param now: UTC moment; of slots that are over, nothing remains
        """
        over = self.filtered(lambda slot: slot.date_stop <= now)
        live = (self - over).filtered(lambda slot: slot.active and slot.workcenter_id)
        found = self.env["sop.slot.fact"]._get_used(over)
        if not live:
            return found
        days = max((slot.date_stop - now) // timedelta(days=1) for slot in live) + 1
        board, _own = self.env["sop.load"]._get_boards(live.workcenter_id, now, days)
        for slot in live:
            found[slot.id] = slot._read_board(board, now)
        return found

    def _read_board(self, board, now):
        """(used, free) minutes of the slot on a core Board."""
        self.ensure_one()
        place = self.workcenter_id.id
        parts = [
            part
            for day in board.calendars[place].days(max(self.date_start, now), self.date_stop)
            for part in board(place, day).slots
            if part.slot == self.id
        ]
        return sum(part.used for part in parts), sum(part.free for part in parts)

    # ------------------------------------------------------------------ state
    @api.depends("used_minutes", "minutes", "opening", "date_stop")
    def _compute_state(self):
        now = self.env["sop.promise"]._get_now()
        for slot in self:
            over = bool(slot.date_stop and slot.date_stop <= now)
            slot.state = core.state(slot.opening, slot.used_minutes, slot.minutes, over)

    @api.model
    def _search_state(self, operator, value):
        """Slots in one of some states; their use is counted for all that are not over."""
        if operator != "in":
            return NotImplemented
        now = self.env["sop.promise"]._get_now()
        states = set(value)
        domain = [("date_stop", ">", now), ("active", "in", (True, False))]
        found = self.sudo().search(domain).filtered(lambda slot: slot.state in states)
        past = [("date_stop", "<=", now)] if "past" in states else [(0, "=", 1)]
        return ["|", ("id", "in", found.ids), *past]

    # ------------------------------------------------------------------ who uses it
    def _compute_counts(self):
        bookings = dict(
            self.env["sop.booking"]._read_group(
                [("slot_id", "in", self.ids)], ["slot_id"], ["__count"]
            )
        )
        for slot in self:
            slot.booking_count = bookings.get(slot._origin, 0)
            slot.production_count = len(slot._origin._get_productions())

    def _get_productions(self):
        """Manufacturing orders with bookings or work orders in these slots."""
        slots = self.sudo()
        return slots.booking_ids.production_id | slots.workorder_ids.production_id

    def action_bookings(self):
        """Open the bookings in these slots. Returns an action."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_booking")
        return dict(action, domain=[("slot_id", "in", self.ids)], context={"create": False})

    def action_productions(self):
        """Open the manufacturing orders in these slots. Returns an action."""
        action = self.env["ir.actions.act_window"]._for_xml_id("mrp.mrp_production_action")
        domain = [("id", "in", self._get_productions().ids)]
        return dict(action, domain=domain, context={"create": False})

    def _touch_workorders(self):
        """Let the work orders in these slots find out anew in which slot they are."""
        if not self.ids:
            return
        slots, workorders = self.sudo(), self.env["mrp.workorder"].sudo()
        slots.flush_model(["workcenter_id", "date_start", "date_stop", "active"])
        workorders.flush_model(["workcenter_id", "date_start", "date_finished", "sop_slot_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT wo.id FROM sop_slot slot
                  JOIN mrp_workorder wo ON wo.workcenter_id = slot.workcenter_id
                       AND wo.date_start < slot.date_stop AND wo.date_finished > slot.date_start
                 WHERE slot.id = ANY(%(slots)s)
                 UNION SELECT id FROM mrp_workorder WHERE sop_slot_id = ANY(%(slots)s)
                """,
                slots=self.ids,
            )
        )
        found = workorders.browse(row[0] for row in rows)
        for records in (found, found.production_id):
            self.env.add_to_compute(records._fields["sop_slot_id"], records)
        found.production_id.invalidate_recordset(["sop_slot_ids"], flush=False)
