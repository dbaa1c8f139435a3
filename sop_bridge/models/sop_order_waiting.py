from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError, UserError

from .notification import notification


class SopOrderWaiting(models.AbstractModel):
    """The part of a sales order about its exceptions: what they ask, how they begin and end."""

    _name = "sop.order.waiting"
    _description = "Orders That Wait for a Decision"

    def _sop_question(self):
        """What the exception of an order is about, apart from its lines."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        return customer, self.sop_requested_date, self.sop_agreement_id

    def _sop_asked(self, priced=False):
        """What this quotation asks of the plant, for the record of a decision (JSON).

        :param priced: with the prices, where a rule that looks at them is waived
        """
        self.ensure_one()
        lines = self.order_line.filtered("product_id")
        asked = {
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
                for line in lines
            ],
        }
        if self.sop_agreement_id:
            asked["agreement"] = self.sop_agreement_id.id
        if priced:
            asked["currency"] = self.currency_id.id
            asked["prices"] = [
                [line.id, round(line.price_unit, 6), line.discount, sorted(line.tax_ids.ids)]
                for line in lines
            ]
        return asked

    def _sop_open_exception(self):
        """Let the order wait for both departments; asking twice gives one exception.

        What a customer sets off is written by the system, not by a public user.

        :raise AccessError: for who may only read the quotation, such as a customer's own script;
            signing and paying come with the rights of the system. Approvers of Production may
            ask for what they can read.
        """
        self.ensure_one()
        self.check_access("read" if self._sop_may_take() else "write")
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
        """What was approved was approved for one confirmation, not for the next one."""
        self.filtered("sop_unlock")._sop_store({"sop_unlock": False})
        self.order_line.filtered("sop_agreed_date")._sop_store({"sop_agreed_date": False})
        self.order_line.filtered("sop_waived")._sop_store({"sop_waived": False})

    def _sop_waiting_action(self, refusals=None):
        """Notification for the person who confirmed: what the order waits for, or why not.

        :param refusals: {order: why it was refused}
        """
        refusals = refusals or {}
        texts = {order: refusals.get(order) or order.sop_waiting for order in self}
        message = "\n".join(f"{order.name}: {text}" for order, text in texts.items() if text)
        title = self.env._("Not confirmed yet")
        return notification(message, "warning", title, bool(refusals))

    def action_sop_exceptions(self):
        """Open the exceptions of the order: the only one as a form, several as a list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_exception")
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {}
        if len(self.sop_exception_ids) == 1:
            action.update(views=[(False, "form")], res_id=self.sop_exception_ids.id)
        return action

    def action_sop_ask_exception(self):
        """Ask both departments now, without trying to confirm.

        :return: a notification that tells for whom the quotation waits
        :raise AccessError: if a rule refuses a line, for who may not ask in that case
        :raise UserError: if the plant can keep every line as requested, and no rule speaks
            against one
        """
        self.ensure_one()
        if self.company_id.sop_gate != "hold":
            raise UserError(
                self.env._("Exceptions are asked where the order gate is set to 'Hold'.")
            )
        promises = self._sop_promises()
        held = self._sop_judge(promises)
        if not held and not self._sop_failing(promises):
            raise UserError(
                self.env._("The plant can deliver every line as requested: confirm the quotation.")
            )
        refused = self._sop_refused(held)
        if refused and not self._sop_may_take():
            why = self._sop_explain_held(refused)
            raise AccessError(
                self.env._("%(why)s %(way_out)s", why=why, way_out=self._sop_way_out())
            )
        self._sop_open_exception()
        return self._sop_waiting_action()
