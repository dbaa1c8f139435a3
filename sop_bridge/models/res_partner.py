from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# Partners whose tier the add-on itself is writing at this moment, where a scorecard rules. Unlike
# a context key it cannot be sent by a remote caller.
_GIVING = ContextVar("sop_partners_given_a_tier", default=frozenset())


@contextmanager
def _giving(partner_ids):
    token = _GIVING.set(_GIVING.get() | frozenset(partner_ids))
    try:
        yield
    finally:
        _GIVING.reset(token)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "res.partner",
        "sop.partner.score",
        "sop.partner.strategic",
        "sop.partner.agreement",
        "sop.acceptance.scope",
    ]

    sop_tier_id = fields.Many2one(
        "sop.tier",
        "Tier",
        company_dependent=True,
        tracking=True,
        copy=False,
        domain="['|', ('company_id', '=', False), ('company_id', '=', current_company_id)]",
        help="Segment tier of the customer in this company. Contacts have that of their company. "
        "Where a scorecard is in force it gives the tier; an exception to it is a tier override.",
    )
    sop_tier_archived = fields.Boolean(compute="_compute_sop_tier_archived")
    sop_can_set_tier = fields.Boolean(compute="_compute_sop_can_set_tier")

    @api.depends("sop_tier_id")
    @api.depends_context("company")
    def _compute_sop_tier_archived(self):
        for partner in self:
            tier = partner.sop_tier_id
            partner.sop_tier_archived = bool(tier) and not tier.active

    @api.depends_context("uid", "company")
    def _compute_sop_can_set_tier(self):
        """By hand, while no scorecard is in force in the company."""
        admin = self.env.user.has_group("sop_bridge.group_sop_admin")
        self.sop_can_set_tier = admin and not self._sop_active_scorecard()

    @api.model
    def _commercial_fields(self):
        """Contacts follow the tier of their company, in every company of the database."""
        return [*super()._commercial_fields(), "sop_tier_id"]

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        # After the fact, because a default in the context never shows in vals_list.
        own = partners.filtered(
            lambda p: (
                p.sop_tier_id
                and (
                    p == p.commercial_partner_id
                    or p.sop_tier_id != p.commercial_partner_id.sop_tier_id
                )
            )
        )
        if own:
            own._sop_check_tier_right()
        return partners

    def write(self, vals):
        if "sop_tier_id" in vals:
            self._sop_check_tier_change(vals["sop_tier_id"] or False)
        moved = self if {"parent_id", "is_company"} & set(vals) else self.browse()
        contacts = moved.filtered(lambda p: p.commercial_partner_id != p)
        res = super().write(vals)
        contacts.filtered(lambda p: p.commercial_partner_id == p)._sop_forget_tier()
        return res

    def unlink(self):
        """The contacts of a deleted company stand alone, without its tier."""
        everybody = self.sudo().with_context(active_test=False)
        contacts = everybody.search([("commercial_partner_id", "in", self.ids)]) - everybody
        res = super().unlink()
        contacts.exists().filtered(lambda p: p.commercial_partner_id == p)._sop_forget_tier()
        return res

    def _sop_check_tier_change(self, tier_id):
        """Only S&OP administrators give a tier; a contact may always take over its company's."""
        for partner in self:
            company_tier = partner.commercial_partner_id.sop_tier_id.id
            is_contact = partner.commercial_partner_id != partner
            if partner.sop_tier_id.id != tier_id and not (is_contact and company_tier == tier_id):
                partner._sop_check_tier_right()

    def _sop_check_tier_right(self):
        """Refuse a tier by hand to who may not give it, and to everybody where a scorecard rules.

        :raise AccessError: for anyone but administrators of S&OP Bridge
        :raise UserError: if a scorecard is in force in the company
        """
        if set(self.ids) <= _GIVING.get():
            return
        if not (self.env.su or self.env.user.has_group("sop_bridge.group_sop_admin")):
            raise AccessError(
                self.env._("The tier of a customer is set by an administrator of S&OP Bridge.")
            )
        card = self._sop_active_scorecard()
        if card:
            raise UserError(
                self.env._(
                    "In %(company)s the tier comes from the scorecard (%(card)s). For an exception "
                    "to it, ask for a tier override: both departments decide, with a reason and an "
                    "end.",
                    company=card.company_id.name,
                    card=card.display_name,
                )
            )

    def _sop_active_scorecard(self):
        return self.env["sop.scorecard"]._get_active(self.env.company)

    def _sop_write_tier(self, tier):
        """Give a tier where a scorecard rules; for the add-on's own code, in the env's company."""
        changed = self.filtered(lambda partner: partner.sop_tier_id != tier)
        with _giving(changed.ids):
            changed.write({"sop_tier_id": tier.id})

    def _sop_take_over(self, merged):
        """What customers merged into this one had, where this one has none: tier and importance.

        :param merged: the customers, in the company of the env, as this one
        """
        self.ensure_one()
        if not self.sop_tier_id:
            tiers = merged.sop_tier_id.filtered("active")
            self._sop_write_tier(tiers.sorted(lambda tier: (tier.rank, tier.id))[:1])
        judged = merged.filtered("sop_strategic_reason")[:1]
        if judged and not self.sop_strategic_reason:
            self.write({name: judged[name] for name in ("sop_strategic", "sop_strategic_reason")})

    def _sop_forget_tier(self):
        """A contact that leaves its company does not take the company's tier along."""
        companies = (
            self.env["res.company"].sudo().search([("active", "in", (True, False))]) if self else ()
        )
        none = self.env["sop.tier"]
        for company in companies:
            self.sudo().with_company(company)._sop_write_tier(none)
