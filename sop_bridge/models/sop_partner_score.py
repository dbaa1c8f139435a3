from odoo import api, fields, models
from odoo.tools import SQL


class SopPartnerScore(models.AbstractModel):
    """The part of a customer about its latest score, and the tier as the scoring gives it."""

    _name = "sop.partner.score"
    _description = "Customers with Scores"

    sop_score_id = fields.Many2one("sop.score", "Score", compute="_compute_sop_score")

    @api.depends_context("company")
    def _compute_sop_score(self):
        """The score of the company's latest run; contacts have that of their company."""
        domain = [
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "=", self.env.company.id),
            ("is_last", "=", True),
        ]
        scores = self.env["sop.score"].sudo().search(domain).grouped("partner_id")
        for partner in self:
            partner.sop_score_id = scores.get(partner.commercial_partner_id, False)

    @api.model
    def _sop_set_tiers(self, company, tiers):
        """Give many customers their tier, for the scoring; what is open follows.

        Contacts have the tier of their company; open quotations and leads follow, and so does what
        hangs on these quotations. Confirmed orders and their deliveries keep theirs. Written in
        bulk, past the tracking of the tier: the scoring says what changed in its own words.

        :param tiers: {id of the commercial partner: id of the tier}
        :return: ids of the commercial partners whose tier was another one before
        """
        if not tiers:
            return set()
        self.env.flush_all()
        partners = self.sudo().with_company(company)
        given = partners._sop_write_tiers(company, tiers)
        self._sop_follow_orders(company, tiers)
        self._sop_follow_leads(company, tiers)
        partners.browse(given).invalidate_recordset(["sop_tier_id", "sop_tier_archived"])
        return {partner for partner in given if partner in tiers}

    @api.model
    def _sop_write_tiers(self, company, tiers):
        """Write the tier of customers and their contacts; returns the ids that changed."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE res_partner p
                   SET sop_tier_id = COALESCE(p.sop_tier_id, '{}'::jsonb)
                                     || jsonb_build_object(%(company)s, g.tier)
                  FROM %(given)s
                 WHERE p.commercial_partner_id = g.partner
                   AND %(tier)s IS DISTINCT FROM g.tier
             RETURNING p.id
                """,
                company=str(company.id),
                given=_given(tiers),
                tier=self._field_to_sql("p", "sop_tier_id"),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _sop_follow_orders(self, company, tiers):
        """Quotations that are not confirmed yet, and stored fields that depend on their tier."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE sale_order o
                   SET sop_tier_id = g.tier
                  FROM res_partner p, %(given)s
                 WHERE p.id = o.partner_id AND p.commercial_partner_id = g.partner
                   AND o.company_id = %(company)s AND o.state IN ('draft', 'sent')
                   AND o.sop_tier_id IS DISTINCT FROM g.tier
             RETURNING o.id
                """,
                company=company.id,
                given=_given(tiers),
            )
        )
        orders = self.env["sale.order"].sudo().browse(row[0] for row in rows)
        orders.invalidate_recordset(["sop_tier_id"])
        orders.modified(["sop_tier_id"])

    @api.model
    def _sop_follow_leads(self, company, tiers):
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead l
                   SET sop_tier_id = g.tier
                  FROM res_partner p, %(given)s
                 WHERE p.id = l.partner_id AND p.commercial_partner_id = g.partner
                   AND (l.company_id = %(company)s OR l.company_id IS NULL)
                   AND l.sop_tier_id IS DISTINCT FROM g.tier
             RETURNING l.id
                """,
                company=company.id,
                given=_given(tiers),
            )
        )
        leads = self.env["crm.lead"].sudo().browse(row[0] for row in rows)
        leads.invalidate_recordset(["sop_tier_id"])


def _given(tiers):
    """The tiers as a table ``g (partner, tier)``."""
    return SQL(
        "unnest(%s::int[], %s::int[]) AS g (partner, tier)", list(tiers), list(tiers.values())
    )
