from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .sop_numbers import check_numbers

STRATEGIC = {"sop_strategic", "sop_strategic_reason"}
MAY_SET = (
    "sop_bridge.group_sop_coordinator",
    "sop_bridge.group_sop_sales_approver",
)


class SopPartnerStrategic(models.AbstractModel):
    """The part of a customer about what people say beside the figures: importance, override."""

    _name = "sop.partner.strategic"
    _description = "Customers with Strategic Importance"

    sop_strategic = fields.Integer(
        "Strategic importance",
        company_dependent=True,
        copy=False,
        tracking=True,
        help="0 to 10, set by hand with a reason: a reference, a market we want to enter. It "
        "counts in the score where the scorecard has this measure.",
    )
    sop_strategic_reason = fields.Char(
        "Why it is important", company_dependent=True, copy=False, tracking=True
    )
    sop_can_set_strategic = fields.Boolean(compute="_compute_sop_can_set_strategic")
    sop_override_id = fields.Many2one(
        "sop.tier.override", "Tier override", compute="_compute_sop_override"
    )

    @api.depends_context("uid")
    def _compute_sop_can_set_strategic(self):
        self.sop_can_set_strategic = any(self.env.user.has_group(group) for group in MAY_SET)

    @api.depends_context("company")
    def _compute_sop_override(self):
        """The override or floor that is asked for or approved and not over."""
        domain = [
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "=", self.env.company.id),
            ("state", "in", ("pending", "approved")),
        ]
        found = {}
        for override in (
            self.env["sop.tier.override"].sudo().search(domain, order="kind, date_from")
        ):
            found.setdefault(override.partner_id, override)
        for partner in self:
            override = found.get(partner.commercial_partner_id)
            partner.sop_override_id = override.id if override else False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_numbers(self, vals, STRATEGIC)
        partners = super().create(vals_list)
        # After the fact, because a default in the context never shows in vals_list.
        if any(partner.sop_strategic or partner.sop_strategic_reason for partner in partners):
            self._sop_check_strategic_right()
        return partners

    def write(self, vals):
        check_numbers(self, vals, STRATEGIC)
        if any(partner._sop_changes_importance(vals) for partner in self):
            self._sop_check_strategic_right()
        return super().write(vals)

    def _sop_changes_importance(self, vals):
        """Whether values differ from what is there; a form or a merge may repeat what is there."""
        self.ensure_one()
        values = [(self[name] or False, vals[name] or False) for name in STRATEGIC & set(vals)]
        return any(before != after for before, after in values)

    def _sop_check_strategic_right(self):
        """:raise AccessError: for who may not judge a customer's importance"""
        if not (self.env.su or any(self.env.user.has_group(group) for group in MAY_SET)):
            raise AccessError(
                self.env._(
                    "The strategic importance of a customer is set by a sales approver or a "
                    "coordinator of S&OP Bridge."
                )
            )

    @api.constrains("sop_strategic", "sop_strategic_reason")
    def _check_sop_strategic(self):
        for partner in self.filtered(lambda p: p.sop_strategic or p.sop_strategic_reason):
            problem = partner._sop_strategic_problem()
            if problem:
                raise ValidationError(problem)

    def _sop_strategic_problem(self):
        """Sentence about what is wrong with the importance, or None."""
        self.ensure_one()
        values = {"customer": self.display_name, "value": self.sop_strategic}
        if self.commercial_partner_id != self:
            return self.env._(
                "%(customer)s is a contact: set the strategic importance on %(company)s.",
                customer=self.display_name,
                company=self.commercial_partner_id.display_name,
            )
        if not 0 <= self.sop_strategic <= 10:
            return self.env._(
                "%(customer)s: the strategic importance is a number from 0 to 10, not %(value)s.",
                **values,
            )
        if self.sop_strategic and not (self.sop_strategic_reason or "").strip():
            return self.env._(
                "%(customer)s: give the reason for the strategic importance %(value)s.", **values
            )
        return None
