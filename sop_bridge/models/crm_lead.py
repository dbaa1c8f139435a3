from odoo import api, fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    sop_tier_id = fields.Many2one(
        "sop.tier", "Tier", compute="_compute_sop_tier", store=True, index="btree_not_null"
    )

    @api.depends("partner_id.commercial_partner_id.sop_tier_id", "company_id")
    def _compute_sop_tier(self):
        for lead in self:
            in_company = lead.with_company(lead.company_id or self.env.company)
            lead.sop_tier_id = in_company.partner_id.commercial_partner_id.sop_tier_id
