from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class SopAcceptanceLog(models.Model):
    """What each acceptance rule said about each order line that somebody tried to confirm.

    One row per line and rule: a later attempt updates it. A rule that fired once stays on record
    as such, also when the line was changed until it passed.
    """

    _name = "sop.acceptance.log"
    _description = "Use of Acceptance Rules"
    _order = "date desc, id desc"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "sop.acceptance.rule", required=True, index=True, ondelete="cascade", readonly=True
    )
    order_line_id = fields.Many2one("sale.order.line", ondelete="set null", readonly=True)
    order_id = fields.Many2one(
        "sale.order", index="btree_not_null", ondelete="set null", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    tier_id = fields.Many2one("sop.tier", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    family_id = fields.Many2one("sop.family", "Product family", readonly=True)
    date = fields.Datetime("Last tried", required=True, readonly=True)
    attempts = fields.Integer(readonly=True, aggregator=None)
    fired = fields.Boolean(readonly=True, help="Whether the rule decided the line, once at least.")
    fires = fields.Boolean("Still fires", readonly=True)
    result = fields.Selection(
        [
            ("none", "Did not fire"),
            ("accept", "Accepted"),
            ("exception", "Asked for an exception"),
            ("refuse", "Refused"),
        ],
        required=True,
        readonly=True,
    )
    quantity = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    value = fields.Monetary(readonly=True)
    fired_value = fields.Monetary("Value where it fired", readonly=True)
    outcome = fields.Selection(
        [
            ("open", "Open"),
            ("confirmed", "Confirmed"),
            ("changed", "Changed, then confirmed"),
            ("waived", "Waived by an exception"),
            ("rejected", "Exception rejected"),
            ("lost", "Cancelled or removed"),
        ],
        required=True,
        readonly=True,
        index=True,
    )

    _line_rule = models.Constraint(
        "UNIQUE (order_line_id, rule_id)", "Each line has one row per rule."
    )

    # ------------------------------------------------------------------ refused to everybody
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """:raise AccessError: always; the order gate keeps this record"""
        raise AccessError(self.env._("The use of rules is recorded by S&OP Bridge, not by hand."))

    def write(self, vals):  # pylint: disable=method-required-super
        """:raise AccessError: always"""
        raise AccessError(self.env._("The use of rules is recorded by S&OP Bridge, not by hand."))

    def _store(self, vals):
        """Write past the refusal of ``write``; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    # ------------------------------------------------------------------ recording
    @api.model
    def _record(self, order, judging, verdicts):
        """Keep what the rules in scope said about the lines of an order; one statement for all.

        :param judging: Judging of sop.verdict
        :param verdicts: {sale.order.line: core Verdict}
        """
        core = judging.book.orders[order]
        rules = judging.rules(core.today)
        rows = [
            self._prepare(order, line, core, item, rule, verdict)
            for line, verdict in verdicts.items()
            for item in [judging.item(line)]
            for rule in rules
            if rule.fits(core, item)
        ]
        if not rows:
            return
        self.flush_model()
        self.env.execute_query(self._get_upsert(rows))
        self.invalidate_model()

    @api.model
    def _prepare(self, order, line, core, item, rule, verdict):
        """{column: value} of a row."""
        fires = verdict.rule == rule.key
        value = core.value(item) * (core.rate or 0.0)
        return {
            "rule_id": rule.key,
            "order_line_id": line.id,
            "order_id": order.id,
            "company_id": order.company_id.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "tier_id": order.sop_tier_id.id or None,
            "user_id": order.user_id.id or None,
            "product_id": line.product_id.id,
            "family_id": line.product_id.sudo().sop_family_id.id or None,
            "date": fields.Datetime.now(),
            "attempts": 1,
            "fired": fires,
            "fires": fires,
            "result": rule.result if fires else "none",
            "quantity": line.product_uom_qty,
            "uom_id": line.product_uom_id.id,
            "value": value,
            "fired_value": value if fires else 0.0,
            "outcome": "open",
            "create_uid": self.env.uid,
            "create_date": fields.Datetime.now(),
        }

    @api.model
    def _get_upsert(self, rows):
        """SQL that inserts rows, or updates those of the same line and rule."""
        kept = {"rule_id", "order_line_id", "create_uid", "create_date"}
        sticky = {"fired", "result", "fired_value", "attempts"}
        changes = [
            SQL("%s = excluded.%s", SQL.identifier(name), SQL.identifier(name))
            for name in rows[0]
            if name not in kept | sticky
        ]
        changes += [
            SQL("attempts = log.attempts + 1"),
            SQL("fired = log.fired OR excluded.fired"),
            SQL("result = CASE WHEN excluded.fired THEN excluded.result ELSE log.result END"),
            SQL(
                "fired_value = CASE WHEN excluded.fired THEN excluded.fired_value "
                "ELSE log.fired_value END"
            ),
        ]
        return SQL(
            "INSERT INTO sop_acceptance_log AS log (%s) VALUES %s "
            "ON CONFLICT (order_line_id, rule_id) DO UPDATE SET %s RETURNING log.id",
            SQL(", ").join(map(SQL.identifier, rows[0])),
            SQL(", ").join(SQL("%s", tuple(row.values())) for row in rows),
            SQL(", ").join(changes),
        )

    # ------------------------------------------------------------------ what came of it
    @api.model
    def _settle(self, orders):
        """Orders were confirmed: say how each line came to pass."""
        found = {}
        for row in self.sudo().search(
            [("order_id", "in", orders.ids), ("outcome", "in", ["open", "rejected"])]
        ):
            found.setdefault(row._get_outcome(), self.browse())
            found[row._get_outcome()] |= row
        for outcome, rows in found.items():
            rows.sudo()._store({"outcome": outcome})

    def _get_outcome(self):
        """How a line of a confirmed order came to pass."""
        if not self.fired or self.result == "accept":
            return "confirmed"
        if not self.fires:
            return "changed"
        waived = (self.order_line_id.sop_waived or {}).get("rules", ())
        return "waived" if self.rule_id.id in waived else "confirmed"

    @api.model
    def _reject(self, order):
        """The exception of an order was rejected."""
        rows = self.sudo().search(
            [("order_id", "=", order.id), ("outcome", "=", "open"), ("fires", "=", True)]
        )
        rows._store({"outcome": "rejected"})

    @api.model
    def _lose(self, lines):
        """Lines were removed, or their order was cancelled."""
        rows = self.sudo().search([("order_line_id", "in", lines.ids), ("outcome", "!=", "lost")])
        rows._store({"outcome": "lost"})
