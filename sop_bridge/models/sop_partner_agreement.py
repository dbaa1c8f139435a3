from odoo import fields, models


class SopPartnerAgreement(models.AbstractModel):
    """The part of a customer about the agreements with it."""

    _name = "sop.partner.agreement"
    _description = "Agreements with Customers"

    sop_agreement_count = fields.Integer(
        "Number of agreements",
        compute="_compute_sop_agreement_count",
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user",
    )

    def _compute_sop_agreement_count(self):
        rows = self.env["sop.agreement"]._read_group(
            [("partner_id", "in", self._sop_customers().ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in rows}
        for partner in self:
            customers = partner._sop_customers().ids
            partner.sop_agreement_count = sum(counts.get(one, 0) for one in customers)

    def _sop_customers(self):
        """With whom an agreement for orders of these partners may be: they or their companies."""
        return self | self.parent_id | self.commercial_partner_id

    def action_sop_agreements(self):
        """Open the agreements with the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_agreement")
        return dict(
            action,
            domain=[("partner_id", "in", self._sop_customers().ids)],
            context={"default_partner_id": self.commercial_partner_id.id},
        )
