from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    sop_tier_id = fields.Many2one(
        "sop.tier",
        "Tier",
        compute="_compute_sop_tier",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
    )

    @api.depends("sale_id.sop_tier_id")
    def _compute_sop_tier(self):
        for picking in self:
            picking.sop_tier_id = picking.sale_id.sop_tier_id
