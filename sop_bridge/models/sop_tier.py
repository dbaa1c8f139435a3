from odoo import fields, models
from odoo.exceptions import UserError


class SopTier(models.Model):
    _name = "sop.tier"
    _description = "Segment Tier"
    _inherit = [
        "sop.numbers",
        "sop.acceptance.scope",
        "sop.slot.fence",
        "mail.thread",
        "sop.tier.retire",
    ]
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
    minimum_service = fields.Float(
        tracking=True,
        help="Share of its demand for which the protection advisor keeps hours, whatever the tier "
        "earns; the default of new advices.",
    )
    hold_days = fields.Integer(
        "Quotations hold for",
        tracking=True,
        help="How many days a quotation of this tier keeps what it was promised. 0: as many as the "
        "company's setting says.",
    )
    note = fields.Text("What we owe them", translate=True, tracking=True)
    they_owe = fields.Text("What they owe us", translate=True, tracking=True)

    _rank_positive = models.Constraint("CHECK (rank > 0)", "The rank of a tier starts at 1.")
    _days_positive = models.Constraint(
        "CHECK (lead_days BETWEEN 0 AND 730 AND release_notice_days BETWEEN 0 AND 365)",
        "The lead time is a number of days between 0 and 730, the release notice one between 0 and "
        "365.",
    )
    _minimum_range = models.Constraint(
        "CHECK (COALESCE(minimum_service, 0) BETWEEN 0 AND 1)",
        "The minimum service is a share from 0 to 100 %.",
    )
    _hold_days = models.Constraint(
        "CHECK (hold_days BETWEEN 0 AND 365)",
        "A quotation holds for a number of days between 0 and 365.",
    )
    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two tiers of a company cannot have the same code."
    )

    def write(self, vals):
        """:raise UserError: if a tier in use would be archived without another in its place, leave
        the companies that use it, or change its place in a scorecard that was decided on
        """
        if "active" in vals and not vals["active"]:
            self.filtered("active")._check_unused()
        if vals.get("company_id"):
            self._check_used_only_in(self.env["res.company"].browse(vals["company_id"]))
        res = super().write(vals)
        if "rank" in vals:
            self._check_decided_ranks()
        return res

    def unlink(self):
        """:raise UserError: if customers, rules or records still refer to a tier"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._check_unused()
        self._check_no_history()
        return super().unlink()

    def _check_no_history(self):
        """Orders keep the tier they were confirmed with; deleting it would rewrite them."""
        orders = self.env["sale.order"].sudo().search_count([("sop_tier_id", "in", self.ids)])
        if orders:
            raise UserError(
                self.env._(
                    "Orders of these tiers exist (%s), and they keep the tier they were confirmed "
                    "with. Archive the tiers instead.",
                    orders,
                )
            )

    def _check_unused(self):
        """A tier that is in use stays: its orders and slots would lose their meaning."""
        for tier in self:
            uses = tier._get_uses()
            if uses:
                raise UserError(
                    self.env._(
                        "The tier %(tier)s is in use (%(uses)s). Archive it with a replacement "
                        "(in the menu of the tier).",
                        tier=tier.name,
                        uses=", ".join(uses),
                    )
                )
