from pytz import utc

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ..core import capacity as core
from . import guard

# How far the release fence has opened a slot; only its own methods say so.
PROTECTED = ("opening", "opened_rank")


class SopSlot(models.Model):
    """Time on a work centre that is kept for a tier (and better ones) or for a customer.

    The slot also stands in the work centre's calendar as time that is taken, which keeps Odoo's
    own planner out of it; ``mrp.workcenter`` lets the orders in that are entitled to it.
    """

    _name = "sop.slot"
    _description = "Reserved Production Slot"
    _inherit = ["mail.thread"]
    _order = "date_start, id"
    _rec_names_search = ["workcenter_name", "tier_id", "partner_id"]
    _check_company_auto = True

    # not stored: tiers have another name in each language
    name = fields.Char(compute="_compute_name", compute_sudo=True)
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="An archived slot is released: its time is open to every order again.",
    )
    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        "Work centre",
        required=True,
        index=True,
        # no check_company: the slot has the company of its work centre, and before one is chosen
        # that check would leave only work centres without a company to choose from
        ondelete="cascade",
        tracking=True,
    )
    # Sales searches slots by it, and may not search work centres
    workcenter_name = fields.Char("Name of work centre", related="workcenter_id.name", store=True)
    company_id = fields.Many2one("res.company", related="workcenter_id.company_id", store=True)
    date_start = fields.Datetime("Start", required=True, tracking=True)
    date_stop = fields.Datetime("End", required=True, tracking=True)
    tier_id = fields.Many2one("sop.tier", ondelete="restrict", check_company=True, tracking=True)
    color = fields.Integer(related="tier_id.color")
    scope = fields.Selection(
        [("better", "This tier and better ones"), ("only", "This tier only")],
        required=True,
        default="better",
        tracking=True,
        help="'This tier only' keeps a minimum for a tier even against better ones.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain="[('is_company', '=', True)]",
    )
    family_id = fields.Many2one(
        "sop.family",
        "Only for family",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="Goods of other families may not use the slot. Empty: all goods may.",
    )
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
    leave_id = fields.Many2one("resource.calendar.leaves", copy=False, readonly=True)
    booking_ids = fields.One2many("sop.booking", "slot_id", readonly=True)
    minutes = fields.Float(
        "Working minutes",
        compute="_compute_minutes",
        compute_sudo=True,  # Sales sees slots, but not the calendars of work centres
        help="Working time of the work centre inside the slot.",
    )
    used_minutes = fields.Float("Booked minutes", compute="_compute_used", compute_sudo=True)
    used_percent = fields.Float("Used", compute="_compute_used", compute_sudo=True)

    _order_of_dates = models.Constraint(
        "CHECK (date_stop > date_start)", "A slot must end after it starts."
    )
    _one_owner = models.Constraint(
        "CHECK (tier_id IS NOT NULL OR partner_id IS NOT NULL)",
        "Say for whom the slot is kept: a tier or a customer.",
    )
    # int4range instead of plain equality: range operators need no extension in the database.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(workcenter_id, workcenter_id, '[]') WITH &&, "
        "tsrange(date_start, date_stop) WITH &&) WHERE (active)",
        "Another slot already covers a part of this time on this work centre. Choose a time "
        "before or after it.",
    )

    @api.depends("workcenter_id.name", "tier_id.name", "scope", "partner_id.name")
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

    def _owner_label(self):
        """For whom the slot is kept, as people say it: 'Gold', 'Silver only', 'Azur Marine'."""
        self.ensure_one()
        owners = []
        if self.tier_id:
            only = self.scope == "only"
            tier = self.tier_id.name
            owners.append(self.env._("%s only", tier) if only else tier)
        if self.partner_id:
            owners.append(self.partner_id.display_name)
        return " / ".join(owners)

    @api.depends("workcenter_id", "date_start", "date_stop")
    def _compute_minutes(self):
        for slot in self:
            slot.minutes = slot._working_minutes()

    def _working_minutes(self):
        """Minutes of the slot that fall into the working time of its work centre."""
        self.ensure_one()
        calendar = self.workcenter_id.resource_calendar_id
        if not (calendar and self.date_start and self.date_stop):
            return 0.0
        if self.date_stop <= self.date_start:
            return 0.0
        resource = self.workcenter_id.resource_id
        intervals = calendar._work_intervals_batch(
            utc.localize(self.date_start), utc.localize(self.date_stop), resource
        )[resource.id]
        return sum((stop - start).total_seconds() / 60 for start, stop, _record in intervals)

    @api.depends("booking_ids.minutes", "minutes")
    def _compute_used(self):
        sums = dict(
            self.env["sop.booking"]._read_group(
                [("slot_id", "in", self.ids)], ["slot_id"], ["minutes:sum"]
            )
        )
        for slot in self:
            slot.used_minutes = sums.get(slot._origin, 0.0)
            slot.used_percent = slot.used_minutes / slot.minutes if slot.minutes else 0.0

    @api.constrains("workcenter_id", "date_start", "date_stop")
    def _check_working_time(self):
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
            if not slot._working_minutes():
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
        for slot in self:
            if slot.active and slot.tier_id and not slot.tier_id.active:
                raise ValidationError(
                    self.env._(
                        "The tier %s is archived. Reserve the slot for a tier in use.",
                        slot.tier_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, PROTECTED)
        slots = super(SopSlot, guard.without_defaults(self, PROTECTED)).create(vals_list)
        slots._sync_leave()
        return slots

    def write(self, vals):
        guard.refuse_write(self, vals, PROTECTED)
        res = super().write(vals)
        if {"date_start", "date_stop", "workcenter_id", "active", "tier_id", "partner_id"} & set(
            vals
        ):
            self._sync_leave()
        return res

    def unlink(self):
        self.sudo().leave_id.unlink()
        return super().unlink()

    def _sync_leave(self):
        """Keep the slot's place in the work centre's calendar equal to the slot."""
        for slot in self.sudo():
            if not slot.active:
                slot.leave_id.unlink()
            elif slot.leave_id:
                slot.leave_id.write(slot._prepare_leave())
            else:
                slot.leave_id = (
                    self.env["resource.calendar.leaves"].sudo().create(slot._prepare_leave())
                )

    def _prepare_leave(self):
        """Values of the calendar entry that blocks Odoo's planner."""
        self.ensure_one()
        return {
            "name": self.env._("Slot %s", self.name),
            "calendar_id": self.workcenter_id.resource_calendar_id.id,
            "resource_id": self.workcenter_id.resource_id.id,
            "date_from": self.date_start,
            "date_to": self.date_stop,
            "time_type": "other",
        }

    def _store(self, vals):
        """Write protected fields; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _usable_by(self, partner, tier, family):
        """Those of these slots that orders of a customer may use.

        :param partner: commercial partner of the order, or an empty recordset
        :param tier: tier of the order, or an empty recordset; an archived one counts as none
        :param family: product family of the goods, or an empty recordset
        """
        tier = tier if tier.active else tier.browse()
        customer = core.Customer(partner.id or None, tier.id or None, tier.rank if tier else None)
        return self.filtered(
            lambda slot: (
                slot.active
                and core.is_entitled(customer, slot._core_owner(), family=family.id or None)
            )
        )

    def _core_owner(self):
        """Core SlotOwner: for whom the slot is kept."""
        self.ensure_one()
        return core.SlotOwner(
            self.tier_id.id or None,
            self.tier_id.rank if self.tier_id else None,
            self.scope,
            self.partner_id.commercial_partner_id.id or None,
            self.family_id.id or None,
            self.opened_rank or None,
            self.opening == "all",
        )
