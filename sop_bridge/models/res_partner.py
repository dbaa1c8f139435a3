from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    _inherit = "res.partner"

    sop_tier_id = fields.Many2one(
        "sop.tier",
        "Tier",
        company_dependent=True,
        tracking=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', current_company_id)]",
        help="Segment tier of the customer in this company. Contacts have that of their company.",
    )
    sop_tier_archived = fields.Boolean(compute="_compute_sop_tier_archived")
    sop_can_set_tier = fields.Boolean(compute="_compute_sop_can_set_tier")

    @api.depends("sop_tier_id")
    @api.depends_context("company")
    def _compute_sop_tier_archived(self):
        for partner in self:
            tier = partner.sop_tier_id
            partner.sop_tier_archived = bool(tier) and not tier.active

    @api.depends_context("uid")
    def _compute_sop_can_set_tier(self):
        self.sop_can_set_tier = self.env.user.has_group("sop_bridge.group_sop_admin")

    @api.model
    def _commercial_fields(self):
        """Contacts follow the tier of their company, in every company of the database."""
        return [*super()._commercial_fields(), "sop_tier_id"]

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        # After the fact, because a default in the context never shows in vals_list.
        own = partners.filtered(lambda p: p.sop_tier_id and p == p.commercial_partner_id)
        if own:
            self._sop_check_tier_right()
        return partners

    def write(self, vals):
        if "sop_tier_id" in vals:
            self._sop_check_tier_change(vals["sop_tier_id"] or False)
        moved = self if {"parent_id", "is_company"} & set(vals) else self.browse()
        contacts = moved.filtered(lambda p: p.commercial_partner_id != p)
        res = super().write(vals)
        contacts.filtered(lambda p: p.commercial_partner_id == p)._sop_forget_tier()
        return res

    def _sop_check_tier_change(self, tier_id):
        """Only S&OP administrators give a tier; a contact may always take over its company's."""
        for partner in self:
            company_tier = partner.commercial_partner_id.sop_tier_id.id
            is_contact = partner.commercial_partner_id != partner
            if partner.sop_tier_id.id != tier_id and not (is_contact and company_tier == tier_id):
                self._sop_check_tier_right()

    def _sop_check_tier_right(self):
        if not (self.env.su or self.env.user.has_group("sop_bridge.group_sop_admin")):
            raise AccessError(
                self.env._("The tier of a customer is set by an administrator of S&OP Bridge.")
            )

    def _sop_forget_tier(self):
        """A contact that leaves its company does not take the company's tier along."""
        companies = (
            self.env["res.company"].sudo().search([("active", "in", (True, False))]) if self else ()
        )
        for company in companies:
            self.sudo().with_company(company).write({"sop_tier_id": False})
