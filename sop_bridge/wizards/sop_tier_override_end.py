from odoo import fields, models


class SopTierOverrideEnd(models.TransientModel):
    """Asks why an override ends early. It carries no right: the override checks who ends it."""

    _name = "sop.tier.override.end"
    _description = "End a Tier Override Early"

    override_id = fields.Many2one("sop.tier.override", required=True, ondelete="cascade")
    reason = fields.Text(required=True, help="Why the score may rule again before the last day.")

    def action_end(self):
        """End the override for this reason. Returns an action."""
        self.ensure_one()
        self.override_id.action_end(self.reason)
        return {"type": "ir.actions.act_window_close"}
