from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.calendar import day_of
from . import guard

PROTECTED = ("slot_id", "refusal")


class SopProtectionSlot(models.Model):
    """A slot that an advice proposes, and what became of it."""

    _name = "sop.protection.slot"
    _description = "Proposed Slot"
    _order = "date_start, id"
    _rec_name = "tier_id"
    _check_company_auto = True

    protection_id = fields.Many2one(
        "sop.protection", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="protection_id.company_id", store=True)
    tier_id = fields.Many2one(
        "sop.tier", required=True, index=True, ondelete="cascade", check_company=True
    )
    scope = fields.Selection(
        [("better", "This tier and better ones"), ("only", "This tier only")],
        required=True,
        default="better",
    )
    date_start = fields.Datetime("Start", required=True)
    date_stop = fields.Datetime("End", required=True)
    is_late = fields.Boolean("Inside the release fence", compute="_compute_is_late")
    hours = fields.Float(compute="_compute_hours", store=True, digits=(16, 2))
    slot_id = fields.Many2one(
        "sop.slot", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    refusal = fields.Char("Not made because", readonly=True, copy=False)

    _order_of_dates = models.Constraint(
        "CHECK (date_stop > date_start)", "A slot must end after it starts."
    )

    @api.depends("date_start", "date_stop")
    def _compute_hours(self):
        for slot in self:
            known = slot.date_start and slot.date_stop
            slot.hours = (slot.date_stop - slot.date_start).total_seconds() / 3600 if known else 0

    @api.depends("date_start", "tier_id")
    def _compute_is_late(self):
        now = self.env["sop.promise"]._get_now()
        for slot in self:
            fence = slot.tier_id._core_fence(slot.company_id) if slot.tier_id else None
            slot.is_late = bool(fence and slot.date_start and fence.first(slot.date_start) <= now)

    @api.constrains("date_start", "date_stop")
    def _check_period(self):
        for slot in self:
            protection = slot.protection_id
            zone = self.env["sop.load"]._workcenter_timezone(protection.workcenter_id)
            first = day_of(slot.date_start, ZoneInfo(zone))
            if not protection.date_from <= first <= protection.date_to:
                raise ValidationError(
                    self.env._(
                        "A proposed slot starts on %(day)s, outside the period from %(start)s to "
                        "%(end)s.",
                        day=first,
                        start=protection.date_from,
                        end=protection.date_to,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, PROTECTED)
        slots = super(SopProtectionSlot, guard.without_defaults(self, PROTECTED)).create(vals_list)
        slots.protection_id._check_draft()
        return slots

    def write(self, vals):
        """:raise UserError: if slots of the advice were made already"""
        guard.refuse_write(self, vals, PROTECTED)
        self.protection_id._check_draft()
        res = super().write(vals)
        self.protection_id._check_draft()  # it may be another one now
        return res

    def unlink(self):
        """:raise UserError: if slots of the advice were made already"""
        self.protection_id._check_draft()
        return super().unlink()

    def _store(self, vals):
        """Write past the guards; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _prepare_slot(self):
        """Values of the slot that is proposed."""
        self.ensure_one()
        return {
            "workcenter_id": self.protection_id.workcenter_id.id,
            "tier_id": self.tier_id.id,
            "scope": self.scope,
            "date_start": self.date_start,
            "date_stop": self.date_stop,
        }
