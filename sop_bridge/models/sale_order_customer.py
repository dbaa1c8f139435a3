from odoo import models


class SaleOrder(models.Model):
    """What a customer who signed or paid sees while both departments decide."""

    _inherit = "sale.order"

    def _sop_is_accepted(self):
        """Whether the customer signed or paid, and owes nothing more before the confirmation."""
        self.ensure_one()
        order = self.sudo()
        paid = order.transaction_ids.filtered(lambda tx: tx.state in ("authorized", "done"))
        unpaid = order.require_payment and not order._is_confirmation_amount_reached()
        return bool(order.signature or paid) and not unpaid

    def _sop_is_being_checked(self):
        """Whether it is our turn: the customer accepted, and it is for us to decide or to speak.

        What a rule refuses waits for no department, but for the salesperson, who was told.
        """
        self.ensure_one()
        states = self.sudo().sop_exception_ids.mapped("state")
        refused = not states and self.sudo().company_id.sop_gate == "hold"
        waits = "pending" in states or refused
        return waits and self.state in ("draft", "sent") and self._sop_is_accepted()

    def _compute_is_expired(self):
        """An offer that was accepted in time does not expire while we are the ones who decide."""
        res = super()._compute_is_expired()
        expired = self.filtered("is_expired")
        expired.filtered(lambda order: order._sop_is_being_checked()).is_expired = False
        return res
