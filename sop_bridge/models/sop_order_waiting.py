from odoo import SUPERUSER_ID, fields, models


class SopOrderWaiting(models.AbstractModel):
    """The part of a sales order about its exceptions: what they ask, how they begin and end."""

    _name = "sop.order.waiting"
    _description = "Orders That Wait for a Decision"

    def _sop_question(self):
        """What the exception of an order is about, apart from its lines."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id, self.sop_requested_date

    def _sop_asked(self):
        """What this quotation asks of the plant, for the record of a decision (JSON)."""
        self.ensure_one()
        return {
            "customer": self.partner_id.commercial_partner_id.id,
            "requested": fields.Date.to_string(self.sop_requested_date),
            "lines": [
                [
                    line.id,
                    line.product_id.id,
                    line.product_uom_qty,
                    line.product_uom_id.id,
                    line.warehouse_id.id,
                ]
                for line in self.order_line.filtered("product_id")
            ],
        }

    def _sop_open_exception(self):
        """Let the order wait for both departments; asking twice gives one exception.

        What a customer sets off is written by the system, not by a public user.

        :raise AccessError: for who may only read the quotation, such as a customer's own script;
            signing and paying come with the rights of the system
        """
        self.ensure_one()
        self.check_access("write")
        internal = self.env.user._is_internal()
        order = self if internal else self.with_user(SUPERUSER_ID)
        pending = order.sudo().sop_exception_ids.filtered(lambda e: e.state == "pending")
        if pending:
            pending._start()
            return pending
        return order.env["sop.exception"]._open_for(order)

    def _sop_changed(self):
        """The plant is asked for something else now: what was asked or agreed before is void."""
        self._sop_withdraw_exceptions(self.env._("The quotation was changed."))
        self.filtered(lambda order: order._sop_is_open())._sop_forget_agreement()

    def _sop_withdraw_exceptions(self, reason):
        """End what waits for a decision and free what it held."""
        pending = self.sudo().sop_exception_ids.filtered(lambda e: e.state == "pending")
        pending._withdraw(reason)

    def _sop_forget_agreement(self):
        """Later dates and slots were approved for one confirmation, not for the next one."""
        self.filtered("sop_unlock")._sop_store({"sop_unlock": False})
        self.order_line.filtered("sop_agreed_date")._sop_store({"sop_agreed_date": False})

    def _sop_waiting_action(self):
        """Notification for the person who confirmed: what the order waits for."""
        waiting = self.filtered("sop_waiting")
        message = "\n".join(f"{order.name}: {order.sop_waiting}" for order in waiting)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Not confirmed yet"),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
