from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import capacity as core

OWNER = ("tier_id", "scope", "partner_id", "agreement_id", "family_id")
# What the names of owners follow from.
OWNER_NAMES = ("tier_id.name", "scope", "partner_id.name", "agreement_id.display_name")


class SopSlotOwner(models.AbstractModel):
    """For whom time on a work centre is kept: shared by slots, their rules, and requests."""

    _name = "sop.slot.owner"
    _description = "Owners of a Slot"

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
    agreement_id = fields.Many2one(
        "sop.agreement",
        # no check_company: on a work centre of all companies, time may be kept for one of them
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        domain="[('state', '=', 'approved'), ('company_id', '=?', company_id)]",
        help="Only orders under this agreement may use the slot, not others of its customer.",
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

    _one_owner = models.Constraint(
        "CHECK (tier_id IS NOT NULL OR partner_id IS NOT NULL OR agreement_id IS NOT NULL)",
        "Say for whom the slot is kept: a tier, a customer or an agreement.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raise AccessError: if an agreement is named that the user may not read"""
        records = super().create(vals_list)
        records._check_may_name()
        return records

    def write(self, vals):
        """:raise AccessError: if an agreement is named that the user may not read"""
        res = super().write(vals)
        if "agreement_id" in vals:
            self._check_may_name()
        return res

    def _check_may_name(self):
        """The label of a slot says whose agreement it is, also to who guessed its number."""
        if not self.env.su:
            self.agreement_id.check_access("read")

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
        if self.agreement_id:
            # who sees the slot may know whose it is, in whatever company they work
            owners.append(self.sudo().agreement_id.display_name)
        return " / ".join(owners)

    def _owner_key(self):
        """Hashable that names the owners: equal for slots kept for the same."""
        self.ensure_one()
        return tuple(self[name].id if name != "scope" else self[name] for name in OWNER)

    def _owner_values(self):
        """Values of the owner fields, to create or write another record with."""
        return dict(zip(OWNER, self._owner_key(), strict=True))

    def _core_owned(self):
        """Core SlotOwner of those it is kept for, before any release."""
        self.ensure_one()
        return core.SlotOwner(
            self.tier_id.id or None,
            self.tier_id.rank if self.tier_id else None,
            self.scope,
            self.partner_id.commercial_partner_id.id or None,
            self.family_id.id or None,
            agreement=self.agreement_id.id or None,
        )

    def _owner_customer(self):
        """Commercial partner for whom it is kept, also by an agreement; none for a tier."""
        self.ensure_one()
        return (self.partner_id or self.agreement_id.partner_id).commercial_partner_id

    @api.constrains("tier_id")
    def _check_tier_active(self):
        for record in self.filtered("tier_id"):
            if "active" not in record or record.active:
                record._check_active_tier()

    def _check_active_tier(self):
        if self.tier_id and not self.tier_id.active:
            raise ValidationError(
                self.env._(
                    "The tier %s is archived. Reserve the slot for a tier in use.",
                    self.tier_id.name,
                )
            )

    @api.constrains("agreement_id")
    def _check_agreement(self):
        for record in self.filtered("agreement_id"):
            if "active" not in record or record.active:
                record._check_running_agreement()

    def _check_running_agreement(self):
        agreement = self.sudo().agreement_id
        problem = agreement._say_over()
        if problem:
            raise ValidationError(problem)
        if agreement and self.company_id not in (agreement.company_id, self.company_id.browse()):
            raise ValidationError(
                self.env._(
                    "%(agreement)s is one of %(company)s: its orders are not made here.",
                    agreement=agreement.display_name,
                    company=agreement.company_id.name,
                )
            )
