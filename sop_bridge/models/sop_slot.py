from dataclasses import replace
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ..core import capacity as core
from ..core.calendar import day_of
from . import guard
from .sop_slot_fence import FENCE
from .sop_slot_owner import OWNER, OWNER_NAMES

# What only the add-on's own methods say of a slot.
PROTECTED = (
    *("opening", "opened_rank", "opened_next_on", "opened_on", "released_minutes"),
    *("told_on", "told_user_ids"),
    *("leave_id", "rule_id", "rule_day", "detached"),
)
PLACE = ("workcenter_id", "date_start", "date_stop")
# What both departments may have to agree on.
CONTENT = {*PLACE, *OWNER, *FENCE, "active"}


class SopSlot(models.Model):
    """Time on a work centre that is kept for a tier (and better ones), a customer or an agreement.

    The slot also stands in the work centre's calendar as time that is taken, which keeps Odoo's
    own planner out of it; ``mrp.workcenter`` lets the orders in that are entitled to it.
    """

    _name = "sop.slot"
    _description = "Reserved Production Slot"
    _inherit = [
        "sop.numbers",
        "sop.slot.bound",
        "sop.slot.notice",
        "sop.slot.release",
        "sop.slot.job",
        "sop.slot.use",
        "sop.slot.owner",
        "sop.slot.fence",
        "sop.slot.span",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_start, id"
    _rec_names_search = ["workcenter_name", "tier_id", "partner_id", "agreement_id"]
    _check_company_auto = True

    # not stored: tiers have another name in each language
    name = fields.Char(compute="_compute_name", compute_sudo=True)
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="An archived slot keeps no time; every order may use it.",
    )
    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        "Work centre",
        required=True,
        index=True,
        # no check_company: the slot has the company of its work centre, and before one is chosen
        # that check would leave only work centres without a company to choose from; and
        # deleting a work centre would release its slots without anybody's word
        ondelete="restrict",
        tracking=True,
    )
    # Sales searches slots by it, and may not search work centres
    workcenter_name = fields.Char("Name of work centre", related="workcenter_id.name", store=True)
    company_id = fields.Many2one("res.company", related="workcenter_id.company_id", store=True)
    date_start = fields.Datetime("Start", required=True, tracking=True)
    date_stop = fields.Datetime("End", required=True, tracking=True)
    opening = fields.Selection(
        [
            ("owner", "Only for its owners"),
            ("next", "Open to the next tier"),
            ("all", "Open to everyone"),
        ],
        "Open to",
        required=True,
        default="owner",
        readonly=True,
        copy=False,
        tracking=True,
        help="How far the release fence has opened what is unused.",
    )
    opened_rank = fields.Integer(
        readonly=True, copy=False, help="Rank of the worst tier that was let in; 0: none."
    )
    # without the index, deleting one entry of a calendar would look through all slots
    leave_id = fields.Many2one(
        "resource.calendar.leaves", copy=False, readonly=True, index="btree_not_null"
    )
    booking_ids = fields.One2many("sop.booking", "slot_id", readonly=True)
    rule_id = fields.Many2one("sop.slot.rule", readonly=True, copy=False, index="btree_not_null")
    rule_day = fields.Date("Day of the rule", readonly=True, copy=False)
    detached = fields.Boolean(
        "Changed by hand",
        readonly=True,
        copy=False,
        help="The rule that made the slot leaves it as it is now.",
    )

    _order_of_dates = models.Constraint(
        "CHECK (date_stop > date_start)", "A slot must end after it starts."
    )
    # int4range instead of plain equality: range operators need no extension in the database.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(workcenter_id, workcenter_id, '[]') WITH &&, "
        "tsrange(date_start, date_stop) WITH &&) WHERE (active)",
        "Another slot already covers a part of this time on this work centre. Choose a time "
        "before or after it.",
    )

    @api.depends("workcenter_id.name", *OWNER_NAMES)
    @api.depends_context("lang")
    def _compute_name(self):
        for slot in self:
            parts = (slot.workcenter_id.name, slot._owner_label())
            slot.name = ": ".join(part for part in parts if part)

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for slot in self:
            slot.display_name = slot.name

    @api.constrains("workcenter_id", "date_start", "date_stop")
    def _check_working_time(self):
        # first: the working time of a thousand years takes its time to count
        self._check_span()
        for slot in self:
            workcenter = slot.workcenter_id
            if not workcenter.resource_calendar_id:
                raise ValidationError(
                    self.env._(
                        "The work centre %s has no working hours, so no time can be reserved on "
                        "it. Set its working hours first.",
                        workcenter.name,
                    )
                )
            if not slot.minutes:
                raise ValidationError(
                    self.env._(
                        "%(workcenter)s does not work between %(start)s and %(stop)s. Choose a "
                        "time inside its working hours.",
                        workcenter=workcenter.name,
                        start=format_datetime(self.env, slot.date_start),
                        stop=format_datetime(self.env, slot.date_stop),
                    )
                )

    @api.constrains("tier_id", "active")
    def _check_tier_active(self):
        return super()._check_tier_active()

    @api.constrains("agreement_id", "active", "company_id")
    def _check_agreement(self):
        return super()._check_agreement()

    @api.constrains("agreement_id", "date_start")
    def _check_agreement_days(self):
        for slot in self.sudo().filtered("agreement_id"):
            zone = ZoneInfo(slot._get_timezone())
            slot.agreement_id._check_day(day_of(slot.date_start, zone))

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """:raise UserError: if the release fence has opened such time already"""
        guard.refuse_create(self, vals_list, PROTECTED)
        slots = guard.without_defaults(self, PROTECTED)._make(vals_list)
        slots._check_agreed({})
        return slots

    def _make(self, vals_list):
        """Create slots, protected fields included; for the add-on's own code."""
        slots = super().create(vals_list)  # pylint: disable=super-method-mismatch
        slots._sync_leave()
        slots._touch_workorders()
        return slots

    def write(self, vals):
        """:raise UserError: if the other department has to agree, or a slot is over"""
        guard.refuse_write(self, vals, PROTECTED)
        if CONTENT.isdisjoint(vals):
            return super().write(vals)
        self.check_access("write")
        before = self._get_agreed()
        self._touch_workorders()
        res = super().write(vals)
        self._check_agreed(before)
        self._detach()
        self._sync_leave()
        self._touch_workorders()
        return res

    def unlink(self):
        """:raise UserError: if the other department has to agree, or a slot is over"""
        self.check_access("unlink")
        self._check_agreed(self._get_agreed(), gone=True)
        self._leave_out()
        self._touch_workorders()
        self.sudo().leave_id._sop_remove()
        return super().unlink()

    def _detach(self):
        """What people change by hand, its rule leaves alone."""
        if not self.env.su:
            self.sudo().filtered("rule_id")._store({"detached": True})

    def _leave_out(self):
        """What people delete, its rule does not make again."""
        if not self.env.su:
            for rule, slots in self.sudo().filtered("rule_id").grouped("rule_id").items():
                rule._exclude(slots.mapped("rule_day"), self.env._("Slot deleted"))

    # ------------------------------------------------------------------ in Odoo's planner
    def _sync_leave(self):
        """Keep the slot's place in the work centre's calendar equal to what it still keeps."""
        unplanned = self._get_unplanned()
        keeping = self.sudo().filtered(
            lambda slot: slot.active and (slot.opening != "all" or unplanned.get(slot.id))
        )
        (self.sudo() - keeping).leave_id._sop_remove()
        new = keeping.filtered(lambda slot: not slot.leave_id)
        for slot in keeping - new:
            slot.leave_id._sop_store(slot._prepare_leave(unplanned.get(slot.id)))
        values = [slot._prepare_leave(unplanned.get(slot.id)) for slot in new]
        leaves = self.env["resource.calendar.leaves"].sudo().create(values)
        for slot, leave in zip(new, leaves, strict=True):
            slot._store({"leave_id": leave.id})

    def _prepare_leave(self, unplanned=None):
        """Values of the calendar entry that blocks Odoo's planner.

        :param unplanned: of a slot that is open to everyone, the minutes that it still keeps
        """
        self.ensure_one()
        stop = self._get_kept_until(unplanned) if unplanned else self.date_stop
        return {
            "name": self.env._("Slot %s", self.name),
            "calendar_id": self.workcenter_id.resource_calendar_id.id,
            "resource_id": self.workcenter_id.resource_id.id,
            "date_from": self.date_start,
            "date_to": stop,
            "time_type": "other",
        }

    def _store(self, vals):
        """Write protected fields; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _get_other(self, workcenter, start, stop):
        """A slot, not of these, that has a part of some time on a work centre, or none."""
        return self.search(
            [
                ("workcenter_id", "=", workcenter.id),
                ("date_start", "<", stop),
                ("date_stop", ">", start),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )

    def _usable_by(self, order, family):
        """Those of these slots that an order may use.

        :param order: sale.order; an empty one stands for goods for stock
        :param family: product family of the goods, or an empty recordset
        """
        customer = self.env["sop.promise"]._get_customer(order.sudo())
        usable = self.browse()
        # many slots are kept for few owners
        for slots in self.filtered("active").grouped(lambda slot: slot._who_may()).values():
            if core.is_entitled(customer, slots[0]._core_owner(), family=family.id or None):
                usable |= slots
        return usable

    def _who_may(self):
        """Hashable, equal for slots that the same orders may use."""
        return self._owner_key(), self.opened_rank, self.opening == "all"

    def _core_owner(self):
        """Core SlotOwner: for whom the slot is kept, and whom the fence has let in."""
        owner = self._core_owned()
        return replace(owner, opened=self.opened_rank or None, released=self.opening == "all")
