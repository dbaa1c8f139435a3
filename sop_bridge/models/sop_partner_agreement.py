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
        companies = self.commercial_partner_id
        rows = self.env["sop.agreement"]._read_group(
            [("partner_id", "in", companies.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in rows}
        for partner in self:
            partner.sop_agreement_count = counts.get(partner.commercial_partner_id.id, 0)

    def action_sop_agreements(self):
        """Open the agreements with the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_agreement")
        customer = self.commercial_partner_id
        return dict(
            action,
            domain=[("partner_id", "=", customer.id)],
            context={"default_partner_id": customer.id},
        )
