from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sop_gate = fields.Selection(related="company_id.sop_gate", readonly=False)
    sop_delivery_days = fields.Integer(related="company_id.sop_delivery_days", readonly=False)
    sop_horizon_days = fields.Integer(related="company_id.sop_horizon_days", readonly=False)
    sop_rush_days = fields.Integer(related="company_id.sop_rush_days", readonly=False)
