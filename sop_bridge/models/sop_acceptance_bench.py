from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from .sop_acceptance_tally import Tally

# More orders than these are not tried, nor more lines listed: the figures say how many there were.
MOST_ORDERS = 2000
BATCH = 200
LISTED = 100


class SopAcceptanceBench(models.Model):
    """What a rule would have done with the confirmed orders of the last months."""

    _name = "sop.acceptance.bench"
    _description = "Trial of an Acceptance Rule"
    _order = "id desc"

    rule_id = fields.Many2one(
        "sop.acceptance.rule", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    content = fields.Char("Seal of the rule that was tried", readonly=True)
    months = fields.Integer(readonly=True)
    orders_total = fields.Integer("Orders in that time", readonly=True)
    orders = fields.Integer("Orders tried", readonly=True)
    lines = fields.Integer("Lines tried", readonly=True)
    scope_lines = fields.Integer("Lines it looks at", readonly=True)
    hit_lines = fields.Integer("Order lines", readonly=True)
    hit_orders = fields.Integer("Orders", readonly=True)
    customers = fields.Integer(readonly=True)
    volume = fields.Float(readonly=True, digits="Product Unit")
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True, ondelete="restrict")
    value = fields.Monetary(readonly=True)
    contribution = fields.Monetary(readonly=True)
    costless = fields.Integer("Lines without a known cost", readonly=True)
    unknown = fields.Integer("Lines that could not be judged", readonly=True)
    line_ids = fields.One2many(
        "sop.acceptance.bench.line", "bench_id", "Lines listed", readonly=True
    )
    sentence = fields.Char(compute="_compute_sentence")
    warning = fields.Char(compute="_compute_sentence")

    @api.depends_context("lang")
    @api.depends("hit_lines", "scope_lines")
    def _compute_sentence(self):
        for bench in self:
            bench.sentence = bench._say() if bench.lines else False
            bench.warning = bench._warn()

    def _say(self):
        """What the rule would have done, in one or two sentences."""
        values = {
            "months": self.months,
            "hits": self.hit_lines,
            "lines": self.lines,
            "hit_orders": self.hit_orders,
            "orders": self.orders,
            "customers": self.customers,
            "value": formatLang(self.env, self.value, currency_obj=self.currency_id),
        }
        if self.rule_id.result == "accept":
            text = self.env._(
                "In the last %(months)s months it would have let pass %(hits)s of %(lines)s lines "
                "on %(hit_orders)s of %(orders)s orders, of %(customers)s customers, worth "
                "%(value)s.",
                **values,
            )
        else:
            text = self.env._(
                "In the last %(months)s months it would have stopped %(hits)s of %(lines)s lines "
                "on %(hit_orders)s of %(orders)s orders, of %(customers)s customers, worth "
                "%(value)s.",
                **values,
            )
        notes = [text]
        if self.orders < self.orders_total:
            notes.append(self.env._("Only the newest of %s orders were tried.", self.orders_total))
        if self.unknown:
            notes.append(
                self.env._("%s lines could not be judged: no cost, or no rate.", self.unknown)
            )
        return " ".join(notes)

    def _warn(self):
        """Why somebody should look again before approving, or False."""
        if not self.lines:
            return self.env._("There was no order in that time to try the rule on.")
        if not self.hit_lines:
            return self.env._("It would have decided nothing: look at its scope and its limits.")
        if self.rule_id.result != "accept" and self.hit_lines == self.scope_lines:
            return self.env._(
                "It would have stopped every line that it looks at: nothing of that kind passes."
            )
        return False

    # ------------------------------------------------------------------ refused to everybody
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """:raise AccessError: always; a rule is tried with its button"""
        raise AccessError(self.env._("Trials are made with the button on the rule, not by hand."))

    def write(self, vals):  # pylint: disable=method-required-super
        """:raise AccessError: always"""
        raise AccessError(self.env._("The figures of a trial are not changed by hand."))

    def _store(self, vals_list):
        """Create trials past the refusal of ``create``; for the rule's own code."""
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    # ------------------------------------------------------------------ trying
    @api.model
    def _run(self, rule, months):
        """Try a rule on the confirmed orders of its company, behind the rules before it.

        The newest ``MOST_ORDERS`` orders count, each on its own day; on which days rules are valid
        does not matter here. The result replaces the one before.

        :return: the trial
        """
        company = rule.company_id.sudo()
        orders, total = self._get_orders(company, months)
        rules = self._get_rules(rule)
        tally = Tally(rule.id)
        for start in range(0, len(orders), BATCH):
            part = orders[start : start + BATCH]
            verdicts = self.env["sop.verdict"].sudo()
            judging = verdicts._prepare(company, part.order_line, {}, rules, recorded=True)
            tally.add(judging, part)
        self.search([("rule_id", "=", rule.id)]).unlink()
        values = dict(
            tally.values(),
            rule_id=rule.id,
            months=months,
            content=rule.approval_content,
            orders=len(orders),
            orders_total=total,
        )
        bench = self._store([values])
        listed = sorted(tally.hits, key=lambda values: -values["value"])[:LISTED]
        self.env["sop.acceptance.bench.line"].sudo()._store(
            [dict(values, bench_id=bench.id) for values in listed]
        )
        return bench

    @api.model
    def _get_orders(self, company, months):
        """(the newest confirmed orders of the last months, how many there are in all)"""
        since = fields.Datetime.now() - relativedelta(months=months)
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "sale"),
            ("date_order", ">=", since),
        ]
        orders = self.env["sale.order"].sudo()
        total = orders.search_count(domain)
        return orders.search(domain, order="date_order desc, id desc", limit=MOST_ORDERS), total

    @api.model
    def _get_rules(self, rule):
        """Terms of a rule behind the acting ones that come before it."""
        acting = (
            self.env["sop.acceptance.rule"]
            .sudo()
            .search([("company_id", "=", rule.company_id.id), ("approval_state", "=", "approved")])
        )
        place = rule.sequence, rule.id
        before = acting.filtered(lambda one: (one.sequence, one.id) < place)
        return (before | rule.sudo())._read_own()
