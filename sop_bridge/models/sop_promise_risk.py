from odoo import api, fields, models

from .wording import say_day

CAUSES = [
    ("overdue", "Delivery is overdue"),
    ("machine", "Work order is overdue"),
    ("workorder", "Work order was moved"),
    ("cancelled", "Manufacturing order was cancelled"),
    ("component", "Component comes late"),
    ("stock", "Stock was taken, or a receipt is late"),
]


class SopPromiseRisk(models.Model):
    """A promised line that today's plans do not keep: what broke, why, how many days late."""

    _name = "sop.promise.risk"
    _inherit = [
        "sop.kept",
        "mail.thread",
        "mail.activity.mixin",
        "sop.risk.watch",
        "sop.risk.facts",
    ]
    _description = "Promise at Risk"
    _order = "state, days_late desc, id desc"
    _rec_name = "order_line_id"

    order_line_id = fields.Many2one(
        "sale.order.line",
        "Order line",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    order_id = fields.Many2one(
        related="order_line_id.order_id", store=True, index=True, string="Order"
    )
    company_id = fields.Many2one(related="order_line_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", store=True)
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson", store=True)
    tier_id = fields.Many2one(related="order_id.sop_tier_id", string="Tier", store=True)
    product_id = fields.Many2one(related="order_line_id.product_id", store=True)
    promised_date = fields.Date("Promised", readonly=True)
    expected_date = fields.Date(
        "Expected", readonly=True, help="Empty: nothing in the plans brings the goods."
    )
    days_late = fields.Integer("Days late", readonly=True, aggregator="max")
    cause = fields.Selection(CAUSES, required=True, readonly=True)
    details = fields.Json(readonly=True)
    reason = fields.Char("Why", compute="_compute_reason")
    production_id = fields.Many2one(
        "mrp.production", "Manufacturing order", ondelete="set null", readonly=True
    )
    state = fields.Selection(
        [("open", "At risk"), ("resolved", "Resolved")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        group_expand=True,
    )
    resolved = fields.Datetime("Resolved on", readonly=True)
    told = fields.Boolean(readonly=True)

    _one_open = models.UniqueIndex(
        "(order_line_id) WHERE state = 'open'", "The line is on the list already."
    )

    @api.depends("cause", "details", "expected_date", "promised_date")
    @api.depends_context("lang")
    def _compute_reason(self):
        for risk in self:
            risk.reason = risk._explain()

    def _explain(self):
        """What broke, in one sentence."""
        self.ensure_one()
        details = self.details or {}
        values = {
            "promised": say_day(self.env, self.promised_date),
            "expected": say_day(self.env, self.expected_date) if self.expected_date else "",
            "name": details.get("name", ""),
            "workcenter": details.get("workcenter", ""),
            "day": say_day(self.env, details["day"]) if details.get("day") else "",
        }
        if self.cause == "component" and not values["day"]:
            return self.env._(
                "%(name)s is missing, and nothing that is planned brings it.", **values
            )
        if self.cause == "stock" and not self.expected_date:
            return self.env._(
                "%(name)s is no longer there, and nothing planned brings it.", **values
            )
        return {
            "overdue": self.env._("Promised for %(promised)s and not delivered yet.", **values),
            "machine": self.env._(
                "%(name)s on %(workcenter)s should have ended on %(day)s and is not done.", **values
            ),
            "workorder": self.env._(
                "%(name)s on %(workcenter)s is planned to end on %(day)s now.", **values
            ),
            "cancelled": self.env._("%(name)s, which makes it, was cancelled.", **values),
            "component": self.env._("%(name)s is there on %(day)s only.", **values),
            "stock": self.env._(
                "%(name)s is there on %(day)s only; others take it before.", **values
            ),
        }[self.cause]

    # ------------------------------------------------------------------ guarding
    def _get_refusal(self, mode):
        if mode == "create":
            return self.env._("Promises at risk are found by the scheduled job.")
        return self.env._("Promises at risk follow what is planned.")

    # ------------------------------------------------------------------ buttons
    def action_order(self):
        """Open the order."""
        self.ensure_one()
        return self.order_id._sop_open()

    def action_production(self):
        """Open the manufacturing order that is late."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.production",
            "res_id": self.production_id.id,
            "view_mode": "form",
        }

    def action_promise_again(self):
        """Open the question which date the customer is promised now, and why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sop_bridge.action_sop_promise_again"
        )
        day = fields.Date.to_string(self.expected_date) if self.expected_date else False
        return dict(
            action,
            context={
                "default_order_line_id": self.order_line_id.id,
                "default_date": day,
                "default_reason": self.reason,
            },
        )
