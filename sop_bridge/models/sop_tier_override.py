from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CONTENT = ("partner_id", "company_id", "kind", "tier_id", "reason", "date_from", "date_to")


class SopTierOverride(models.Model):
    """A tier that a customer gets in spite of the score, for a time, with both departments' word.

    An override sets the tier; a floor, for instance of a contract, only keeps it from falling
    below. When it ends, the score rules again.
    """

    _name = "sop.tier.override"
    _description = "Tier Override"
    _inherit = [
        "sop.tier.override.flow",
        "sop.approval.term",
        "sop.tier.override.effect",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _approval_fields = CONTENT
    _approval_protected_fields = ["state", "applied_on", "ended_on", "end_reason", "tier_before_id"]

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson", store=True)
    kind = fields.Selection(
        [("override", "Override: this tier"), ("floor", "Floor: this tier or better")],
        required=True,
        default="override",
        tracking=True,
        help="A floor keeps what a contract guarantees; a better score still counts.",
    )
    tier_id = fields.Many2one(
        "sop.tier",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    color = fields.Integer(related="tier_id.color")
    tier_now_id = fields.Many2one("sop.tier", "Tier now", compute="_compute_tier_now")
    reason = fields.Text(required=True, tracking=True, help="Why the score should not rule here.")
    date_from = fields.Date("From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(
        "Until",
        tracking=True,
        help="Last day. An override always ends; a floor may last as long as its contract.",
    )
    applied_on = fields.Date("In force since", readonly=True, copy=False)
    tier_before_id = fields.Many2one(
        "sop.tier", "Tier before", readonly=True, copy=False, ondelete="set null"
    )

    _override_ends = models.Constraint(
        "CHECK (kind = 'floor' OR date_to IS NOT NULL)",
        "An override needs a last day. Only the floor of a contract may be open-ended.",
    )
    # int4range instead of plain equality: range operators need no extension in the database.
    _no_two_overrides = models.Constraint(
        "EXCLUDE USING gist (int4range(partner_id, partner_id, '[]') WITH &&,"
        " int4range(company_id, company_id, '[]') WITH &&,"
        " daterange(date_from, date_to, '[]') WITH &&)"
        " WHERE (kind = 'override' AND state IN ('pending', 'approved'))",
        "The customer already has an override in a part of this time. End that one, or choose "
        "other days.",
    )
    _no_two_floors = models.Constraint(
        "EXCLUDE USING gist (int4range(partner_id, partner_id, '[]') WITH &&,"
        " int4range(company_id, company_id, '[]') WITH &&,"
        " daterange(date_from, date_to, '[]') WITH &&)"
        " WHERE (kind = 'floor' AND state IN ('pending', 'approved'))",
        "The customer already has a floor in a part of this time. End that one, or choose other "
        "days.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_tier_now(self):
        for override in self:
            partner = override.partner_id.with_company(override.company_id)
            override.tier_now_id = partner.sop_tier_id

    @api.depends("partner_id", "tier_id", "kind")
    def _compute_display_name(self):
        kinds = {"override": self.env._("override"), "floor": self.env._("floor")}
        for override in self:
            override.display_name = (
                f"{override.partner_id.display_name or ''}: {override.tier_id.name or ''} "
                f"({kinds.get(override.kind, '')})"
            )

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        """Create overrides; one for a contact is one for its company."""
        return super().create([self._for_company(vals) for vals in vals_list])

    def write(self, vals):
        """:raise UserError: if an override that was sent for approval would change"""
        if set(CONTENT) & set(vals):
            self._check_draft()
        return super().write(self._for_company(vals))

    def _check_draft(self):
        for override in self.sudo():
            if override.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was sent for approval, so it stays as it is. Take it back, or end it "
                        "and ask for another one.",
                        override.display_name,
                    )
                )

    @api.constrains("reason")
    def _check_reason(self):
        for override in self:
            if not (override.reason or "").strip():
                raise ValidationError(
                    self.env._("%s: say why the score should not rule here.", override.display_name)
                )

    @api.constrains("partner_id")
    def _check_partner(self):
        for override in self:
            if not override.partner_id.active:
                raise ValidationError(
                    self.env._(
                        "%s is archived: an archived customer needs no tier.",
                        override.partner_id.display_name,
                    )
                )
            company = override.partner_id.commercial_partner_id
            if company != override.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact: the tier is that of %(company)s.",
                        contact=override.partner_id.display_name,
                        company=company.display_name,
                    )
                )
