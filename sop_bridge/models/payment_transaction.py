from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Report only what was really confirmed.

        A paid quotation that waits for both departments stays a quotation; its customer gets the
        mail that the payment has arrived, not that of a confirmed order.
        """
        orders = super()._check_amount_and_confirm_order()
        return orders.filtered(lambda order: order.state == "sale")
