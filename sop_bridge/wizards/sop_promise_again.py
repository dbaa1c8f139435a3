from odoo import api, fields, models


class SopPromiseAgain(models.TransientModel):
    """Asks which date a customer is promised now, and why."""

    _name = "sop.promise.again"
    _description = "Promise Another Date"

    order_line_id = fields.Many2one("sale.order.line", required=True, readonly=True)
    before = fields.Date("Promised", related="order_line_id.sop_promised_date", related_sudo=False)
    date = fields.Date("New promise", required=True)
    reason = fields.Char(required=True, help="It stays on record beside the date.")

    @api.constrains("order_line_id")
    def _check_order_line(self):
        """:raise AccessError: for a line that the user may not see; its name would show"""
        self.sudo(False).order_line_id.check_access("read")  # constraints run with all rights

    def action_promise(self):
        """Promise the date. Returns an action.

        :raise UserError: without a reason or a day to come
        """
        self.ensure_one()
        order = self.order_line_id.order_id
        order._sop_check_holder()
        self.order_line_id._sop_promise_again(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
