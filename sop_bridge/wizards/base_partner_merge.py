from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class MergePartnerAutomatic(models.TransientModel):
    """Merging customers keeps their scores and tiers: those of the one that stays come first.

    It takes the best tier of the merged ones where it has none, until the next scoring counts the
    documents of all of them. Contacts hand on nothing: their tier is that of their company.

    Odoo points the rows of the merged customers to the one that stays. Where both have a score in
    the same run that cannot be, and Odoo would drop all scores of the merged one; here, only those
    of runs in which the other one has a score go.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._sop_check_decided(src_partners)
        self._sop_hand_over(src_partners, dst_partner)
        self._sop_drop_double_scores(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_values(self, src_partners, dst_partner):
        res = super()._update_values(src_partners, dst_partner)
        self._sop_share_tier(dst_partner.commercial_partner_id)
        self._sop_refresh_open(dst_partner.commercial_partner_id)
        return res

    @api.model
    def _sop_check_decided(self, merged):
        """What both departments decided about a customer is not handed on to another one.

        :raise UserError: if an override, an agreement or a rule for a merged customer counts
        """
        override = self.env["sop.tier.override"].sudo()
        rule = self.env["sop.acceptance.rule"].sudo()
        agreement = self.env["sop.agreement"].sudo()
        partners, asked = merged.ids, "pending"
        documents = [
            *override.search(
                [("partner_id", "in", partners), ("state", "in", [asked, "approved"])]
            ),
            *agreement.search(
                [("partner_id", "in", partners), ("state", "in", [asked, "approved"])]
            ).filtered(lambda one: one.phase != "over"),
            *rule.search([("partner_ids", "in", partners), ("state", "in", [asked, "active"])]),
        ]
        if documents:
            raise UserError(
                self.env._(
                    "Both departments decide about a customer that would be merged into another: "
                    "%s. Keep that customer as the one that stays, or end these first.",
                    "; ".join(document.display_name for document in documents),
                )
            )

    @api.model
    def _sop_hand_over(self, merged, stays):
        """Hand tier and importance over, so that Odoo finds none on the merged customers.

        Odoo would write it in the name of who merges, who may not give a tier; and it would take
        that of a contact as well.
        """
        customers = merged.sudo().filtered(lambda p: p.commercial_partner_id == p)
        companies = self.env["res.company"].sudo().search([("active", "in", (True, False))])
        for company in companies if stays.commercial_partner_id == stays else ():
            stays.sudo().with_company(company)._sop_take_over(customers.with_company(company))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET sop_tier_id = NULL, sop_strategic = NULL,"
                " sop_strategic_reason = NULL WHERE id = ANY(%s)",
                merged.ids,
            )
        )
        self.env.invalidate_all()

    @api.model
    def _sop_drop_double_scores(self, src_partners, dst_partner):
        """Keep one score per run: of the customer that stays, else of the first merged one."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM sop_score s
                 USING sop_score better
                 WHERE s.partner_id = ANY(%(merged)s)
                   AND better.run_id = s.run_id
                   AND (better.partner_id = %(stays)s
                        OR (better.partner_id = ANY(%(merged)s) AND better.id < s.id))
                """,
                merged=src_partners.ids,
                stays=dst_partner.id,
            )
        )
        self.env.invalidate_all()

    @api.model
    def _sop_share_tier(self, company):
        """Contacts that came with a merged company have the tier of the one that stays."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner contact
                   SET sop_tier_id = company.sop_tier_id
                  FROM res_partner company
                 WHERE company.id = %s
                   AND contact.commercial_partner_id = company.id AND contact.id <> company.id
                   AND contact.sop_tier_id IS DISTINCT FROM company.sop_tier_id
                """,
                company.id,
            )
        )
        self.env["res.partner"].invalidate_model(["sop_tier_id"])

    @api.model
    def _sop_refresh_open(self, company):
        """What is open of the merged customers follows the tier of the one that stays."""
        mine = [("partner_id.commercial_partner_id", "=", company.id)]
        orders = self.env["sale.order"].sudo().search([*mine, ("state", "in", ("draft", "sent"))])
        leads = self.env["crm.lead"].sudo().with_context(active_test=False).search(mine)
        for records in (orders, leads):
            self.env.add_to_compute(records._fields["sop_tier_id"], records)
