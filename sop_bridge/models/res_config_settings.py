from odoo import api, fields, models

from .res_company import DAYS
from .sop_numbers import check_numbers


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sop_gate = fields.Selection(related="company_id.sop_gate", readonly=False)
    sop_delivery_days = fields.Integer(related="company_id.sop_delivery_days", readonly=False)
    sop_delivery_workdays = fields.Boolean(
        related="company_id.sop_delivery_workdays", readonly=False
    )
    sop_horizon_days = fields.Integer(related="company_id.sop_horizon_days", readonly=False)
    sop_hold_days = fields.Integer(related="company_id.sop_hold_days", readonly=False)
    sop_hold_max_days = fields.Integer(related="company_id.sop_hold_max_days", readonly=False)
    sop_hold_extensions = fields.Integer(related="company_id.sop_hold_extensions", readonly=False)
    sop_hold_count = fields.Integer(related="company_id.sop_hold_count", readonly=False)
    sop_hold_hours = fields.Integer(related="company_id.sop_hold_hours", readonly=False)
    sop_risk_user_id = fields.Many2one(related="company_id.sop_risk_user_id", readonly=False)
    sop_otif_early_days = fields.Integer(related="company_id.sop_otif_early_days", readonly=False)
    sop_otif_late_days = fields.Integer(related="company_id.sop_otif_late_days", readonly=False)
    sop_otif_share = fields.Integer(related="company_id.sop_otif_share", readonly=False)
    sop_rush_days = fields.Integer(related="company_id.sop_rush_days", readonly=False)

    sop_slot_weeks = fields.Integer(related="company_id.sop_slot_weeks", readonly=False)
    sop_fence_next_days = fields.Integer(related="company_id.sop_fence_next_days", readonly=False)
    sop_fence_all_days = fields.Integer(related="company_id.sop_fence_all_days", readonly=False)
    sop_fence_tell_days = fields.Integer(related="company_id.sop_fence_tell_days", readonly=False)

    @api.model_create_multi
    def create(self, vals_list):
        """:raise ValidationError: if a number of days is none"""
        for vals in vals_list:
            check_numbers(self, vals, DAYS)
        return super().create(vals_list)
