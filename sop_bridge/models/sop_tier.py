from odoo import api, fields, models
from odoo.exceptions import UserError


class SopTier(models.Model):
    _name = "sop.tier"
    _description = "Segment Tier"
    _inherit = ["mail.thread"]
    _order = "rank, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, help="Short code for exports and reports, such as GOLD.")
    rank = fields.Integer(
        required=True,
        default=10,
        tracking=True,
        help="1 is the best tier. A slot kept for a tier is open to that tier and to better ones.",
    )
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for a tier that all companies share."
    )
    lead_days = fields.Integer(
        "Promised lead time",
        tracking=True,
        help="Days from order to delivery that we owe customers of this tier. 0: nothing agreed.",
    )
    release_notice_days = fields.Integer(
        "Release notice",
        tracking=True,
        help="How many days before a slot of this tier opens to others its owners are told.",
    )
    note = fields.Text("What we owe, what they owe", translate=True)

    _rank_positive = models.Constraint("CHECK (rank > 0)", "The rank of a tier starts at 1.")
    _days_positive = models.Constraint(
        "CHECK (lead_days >= 0 AND release_notice_days >= 0)",
        "Lead time and release notice are numbers of days; they cannot be negative.",
    )
    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two tiers of a company cannot have the same code."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """A tier that a customer has stays: its orders and slots would lose their meaning."""
        for tier in self:
            count = tier._count_customers()
            if count:
                raise UserError(
                    self.env._(
                        "%(count)s customers are in the tier %(tier)s. Give them another tier "
                        "first, or archive this one.",
                        count=count,
                        tier=tier.name,
                    )
                )

    def _count_customers(self):
        """Number of partners, over all companies, that hold this tier."""
        self.ensure_one()
        companies = self.env["res.company"].sudo().search([("active", "in", (True, False))])
        partner = self.env["res.partner"].sudo().with_context(active_test=False)
        return max(
            (
                partner.with_company(company).search_count([("sop_tier_id", "=", self.id)])
                for company in companies
            ),
            default=0,
        )
