from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import fence as core
from ..core.capacity import EPSILON
from ..core.slot_plan import worked
from .notification import notification
from .sop_slot_fence import FENCE


class SopSlotRelease(models.AbstractModel):
    """Part of sop.slot: the release fence, and who opens a slot when."""

    _name = "sop.slot.release"
    _description = "Release of Slots"

    next_at = fields.Datetime(
        "Opens to the next tier on", compute="_compute_moments", store=True, compute_sudo=True
    )
    all_at = fields.Datetime(
        "Opens to everyone on",
        compute="_compute_moments",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
    )
    opened_next_on = fields.Datetime("Opened to the next tier", readonly=True, copy=False)
    opened_on = fields.Datetime("Opened to everyone", readonly=True, copy=False)
    fact_ids = fields.One2many("sop.slot.fact", "slot_id", readonly=True)
    released_minutes = fields.Float(
        "Minutes released",
        readonly=True,
        copy=False,
        help="Minutes that were unused when the slot first opened.",
    )

    can_undo_release = fields.Boolean("Can be reserved again", compute="_compute_can_undo_release")

    @api.depends(
        "date_start",
        *FENCE,
        *(f"tier_id.{name}" for name in FENCE),
        "company_id.sop_fence_next_days",
        "company_id.sop_fence_all_days",
    )
    def _compute_moments(self):
        for slot in self:
            fence = slot._core_fence(slot.company_id)
            moments = fence.moments(slot.date_start) if fence and slot.date_start else (None, None)
            slot.next_at, slot.all_at = moments

    @api.model
    def _sync_shared_moments(self):
        """Slots of work centres without a company go by the fences of all; one has changed."""
        slots = self.sudo().with_context(active_test=False).search([("company_id", "=", False)])
        for name in ("next_at", "all_at"):
            self.env.add_to_compute(self._fields[name], slots)

    @api.depends_context("uid")
    @api.depends("opening", "active", "date_stop", "next_at", "all_at")
    def _compute_can_undo_release(self):
        now = self.env["sop.promise"]._get_now()
        for slot in self:
            slot.can_undo_release = slot._is_released_early(now) and slot.has_access("write")

    # ------------------------------------------------------------------ opening
    def _open_next(self, now):
        """Let the next tier in, where there is one. For the add-on's own code."""
        for slot in self:
            values = {"opened_next_on": now}
            rank = slot._get_next_rank()
            if rank:
                values |= {"opening": "next", "opened_rank": rank}
                values["released_minutes"] = slot.remaining_minutes
            slot._store(values)

    def _get_next_rank(self):
        """Rank of the tier that is let in next, or None.

        A slot of a customer, or of an agreement, opens to the customer's tier first.
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        if not self.tier_id:
            return self._owner_customer().with_company(company).sop_tier_id.rank or None
        tiers = self.env["sop.tier"].search([("company_id", "in", (company.id, False))])
        return core.next_rank(tiers.mapped("rank"), self.tier_id.rank)

    def _open_all(self, now):
        """Let everyone in, Odoo's planner too, where no order is. For the add-on's own code."""
        for slot in self:
            values = {"opening": "all", "opened_on": now}
            if slot.opening == "owner":
                values["released_minutes"] = slot.remaining_minutes
            slot._store(values)
        self._sync_leave()

    def _get_unplanned(self):
        """{slot id: booked minutes without a work order yet} of those open to everyone."""
        released = self.sudo().filtered(lambda slot: slot.opening == "all" and slot.active)
        if not released:
            return {}
        domain = [("slot_id", "in", released.ids), ("production_id", "=", False)]
        rows = self.env["sop.booking"].sudo()._read_group(domain, ["slot_id"], ["minutes:sum"])
        return {slot.id: minutes for slot, minutes in rows}

    def _get_kept_until(self, minutes):
        """UTC moment until which a released slot is kept for what is booked and not planned."""
        self.ensure_one()
        workorder = self.env["mrp.workorder"].sudo().with_context(sop_slot_ids=self.ids)
        left = minutes
        for start, stop in workorder._sop_free(self.workcenter_id, self.date_start, self.date_stop):
            free = (stop - start).total_seconds() / 60
            if free >= left:
                return fields.Datetime.add(start, minutes=left)
            left -= free
        return self.date_stop

    def _sync_released(self):
        """Bookings came or went: keep just what they need from Odoo's planner."""
        released = self.sudo().filtered(lambda slot: slot.opening == "all" and slot.active)
        if released:
            released._sync_leave()

    # ------------------------------------------------------------------ by people
    def action_release(self):
        """Open slots to everyone before their fence does; both departments decide where others
        count on them.

        :return: an action that opens the request to both departments, or a notification
        :raise UserError: if there is nothing to release
        """
        self.check_access("read")
        now = self.env["sop.promise"]._get_now()
        slots = self.sudo()
        for slot in slots:
            slot._check_can_release(now)
        if not self.has_access("write") or any(slot._is_bound(now) for slot in slots):
            return self._open_request("release")
        slots._open_all(now)
        return notification(self.env._("What is unused is open to every order now."))

    def _can_release(self, now):
        """Whether the slot still keeps something that can be given to everyone."""
        self.ensure_one()
        return self.active and self.date_stop > now and self.opening != "all"

    def _check_can_release(self, now):
        """:raise UserError: if the slot is over, archived, or open to everyone already"""
        self.ensure_one()
        if not self._can_release(now):
            raise UserError(
                self.env._(
                    "%s keeps nothing any more: it is over, archived, or open to everyone already.",
                    self._say_slot(),
                )
            )

    def _check_live(self, now):
        """:raise UserError: if the slot is over or archived"""
        self.ensure_one()
        if not self.active or self.date_stop <= now:
            raise UserError(self.env._("%s is over or archived.", self._say_slot()))

    def action_undo_release(self):
        """Reserve again what was released early and nobody else has used. Returns a notification.

        :raise UserError: if the fence opened it, or somebody has used it since
        """
        self.check_access("write")
        now = self.env["sop.promise"]._get_now()
        for slot in self.sudo():
            slot._check_can_undo(now)
            values = {"opening": "owner", "opened_rank": 0, "released_minutes": 0}
            slot._store(dict(values, opened_on=False, opened_next_on=False))
        self._sync_leave()
        return notification(self.env._("Reserved for its owners again."))

    def _is_released_early(self, now):
        """Whether people opened the slot, which its fence would still keep."""
        self.ensure_one()
        opened = any(moment and moment <= now for moment in (self.next_at, self.all_at))
        return self.opening != "owner" and self.active and self.date_stop > now and not opened

    def _check_can_undo(self, now):
        self.ensure_one()
        if not self._is_released_early(now):
            raise UserError(
                self.env._(
                    "%s was not released early, or its fence has opened it meanwhile. What is "
                    "left of it can only be reserved by a request.",
                    self._say_slot(),
                )
            )
        if self.remaining_minutes < self._get_released_left(now) - EPSILON:
            raise UserError(
                self.env._(
                    "Others have used %s since it was released, so it stays open.",
                    self._say_slot(),
                )
            )

    def _get_released_left(self, now):
        """Minutes that were unused when people released it, without those that are over since."""
        self.ensure_one()
        calendar = self._get_calendars()[self.workcenter_id.id]
        gone = worked(calendar, max(self.opened_on or now, self.date_start), now)
        return max(0.0, self.released_minutes - gone)
