from datetime import timedelta

from odoo import api, fields, models


class SopWaiting(models.AbstractModel):
    """What waits for the person who asks, counted with that person's rights."""

    _name = "sop.waiting"
    _description = "What Waits"

    @api.model
    def _get_entries(self):
        """Figures of the day for the overview, each with key, title, count, text and action."""
        return [self._count_approvals(), self._count_exceptions(), self._count_promises()]

    @api.model
    def _entry(self, key, title, count, texts, action):
        """A figure of the day; ``texts`` is (sentence when there is something, when nothing)."""
        some, nothing = texts
        return {
            "key": key,
            "title": title,
            "count": count,
            "text": some if count else nothing,
            "action": action,
        }

    def _count_approvals(self):
        steps = self.env["sop.approval"]
        domain = [("can_decide", "=", True), ("company_id", "in", [self.env.company.id, False])]
        may_read = steps.has_access("read")
        return self._entry(
            "approvals",
            self.env._("Waiting for me"),
            steps.search_count(domain) if may_read else 0,
            (self.env._("to approve or reject"), self.env._("Nothing waits for your decision.")),
            may_read and "sop_bridge.action_sop_approval_mine",
        )

    def _count_exceptions(self):
        exceptions = self.env["sop.exception"]
        domain = [("state", "=", "pending"), ("company_id", "=", self.env.company.id)]
        may_read = exceptions.has_access("read")
        return self._entry(
            "exceptions",
            self.env._("Open exceptions"),
            exceptions.search_count(domain) if may_read else 0,
            (
                self.env._("waiting for both departments"),
                self.env._("No quotation waits for an exception."),
            ),
            may_read
            and self._action(
                "sop_bridge.action_sop_exception", context={"search_default_pending": 1}
            ),
        )

    def _count_promises(self):
        orders = self.env["sale.order"]
        domain = self._promised_this_week()
        may_read = orders.has_access("read")
        return self._entry(
            "promises",
            self.env._("Promised this week"),
            orders.search_count(domain) if may_read else 0,
            (
                self.env._("orders confirmed with the plant's promise"),
                self.env._("No order was confirmed with a promise since Monday."),
            ),
            may_read and self._action("sale.action_orders", domain=domain, context={}),
        )

    def _promised_this_week(self):
        """Domain of the orders that were confirmed with a promised date since Monday."""
        today = fields.Date.context_today(self)
        monday = today - timedelta(days=today.weekday())
        return [
            ("company_id", "=", self.env.company.id),
            ("state", "=", "sale"),
            ("order_line.sop_promised_date", "!=", False),
            ("date_order", ">=", fields.Date.to_string(monday)),
        ]

    @api.model
    def _action(self, name, **values):
        """A window action by its external id, with other values."""
        return dict(self.env["ir.actions.act_window"]._for_xml_id(name), **values)
