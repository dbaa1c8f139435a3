from odoo import fields, models
from odoo.exceptions import UserError


class SopApprovalDecision(models.TransientModel):
    """Asks for the reason of a rejection. It carries no right: the document checks who decides."""

    _name = "sop.approval.decision"
    _description = "Reason of a Rejection"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    reason = fields.Text(
        required=True, help="What is wrong, and what would help; who asked reads it."
    )

    def action_reject(self):
        """Reject the document for this reason. Returns an action.

        :raise UserError: if the document cannot be approved or rejected at all
        """
        self.ensure_one()
        mixin = self.env.registry["sop.approval.mixin"]
        model = self.env.registry.get(self.res_model)
        if not model or not issubclass(model, mixin):
            raise UserError(self.env._("Documents of this kind are not approved."))
        result = self.env[self.res_model].browse(self.res_id).exists().action_reject(self.reason)
        return result if isinstance(result, dict) else {"type": "ir.actions.act_window_close"}
