from odoo import fields, models
from odoo.exceptions import UserError

# What is approved for a time and can end before it is over.
DOCUMENTS = ("sop.tier.override", "sop.agreement")


class SopEndEarly(models.TransientModel):
    """Asks why a document ends early. It carries no right: the document checks who ends it."""

    _name = "sop.end.early"
    _description = "End a Document Early"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    reason = fields.Text(required=True, help="Why it does not last until its last day.")

    def action_end(self):
        """End the document for this reason. Returns an action.

        :raise UserError: if documents of this kind do not end early
        """
        self.ensure_one()
        if self.res_model not in DOCUMENTS:
            raise UserError(self.env._("Documents of this kind do not end early."))
        document = self.env[self.res_model].browse(self.res_id).exists()
        if not document:
            raise UserError(self.env._("The document does not exist any more."))
        document.action_end(self.reason)
        return {"type": "ir.actions.act_window_close"}
