from datetime import timedelta

from odoo import api, fields, models


class SopHoldExtend(models.TransientModel):
    """Asks until when a quotation is held, and why. The hold checks whether it may."""

    _name = "sop.hold.extend"
    _description = "Extend a Held Quotation"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", readonly=True)
    until = fields.Date("Held until", compute="_compute_until")
    last = fields.Date("At the latest", compute="_compute_until")
    left = fields.Integer("Extensions left", compute="_compute_until")
    day = fields.Date(
        "New last day", required=True, compute="_compute_day", store=True, readonly=False
    )
    reason = fields.Text(required=True, help="What the customer still has to settle.")

    @api.constrains("order_id")
    def _check_order(self):
        """:raise AccessError: for a quotation that the user may not see; its name would show"""
        self.sudo(False).order_id.check_access("read")  # constraints run with all rights

    def _get_hold(self):
        """The hold of the quotation, none where the user may not read the quotation.

        :return: sop.hold, with the rights of the system
        """
        order = self.order_id._origin
        order = order if order.has_access("read") else order.browse()
        return order.sudo().sop_hold_ids.filtered(lambda hold: hold._is_live())[:1]

    @api.depends("order_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_until(self):
        for wizard in self:
            hold = wizard._get_hold()
            wizard.until = hold.until_day
            wizard.last = hold and hold._get_last_day(hold.order_id)
            most = hold.company_id.sop_hold_extensions if hold else 0
            wizard.left = max(0, most - hold.extensions)

    @api.depends("order_id")
    def _compute_day(self):
        """As long again as a hold of this quotation lasts, if it may be held so long."""
        for wizard in self:
            hold = wizard._get_hold()
            if hold:
                usual = timedelta(days=hold._get_days(wizard.order_id))
                wizard.day = min(wizard.until + usual, wizard.last)

    def action_extend(self):
        """Extend the hold. Returns an action.

        :raise UserError: without a hold, a reason, or a day that is allowed
        """
        self.ensure_one()
        self.order_id._sop_check_holder()
        self.order_id._sop_extend_hold(self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
