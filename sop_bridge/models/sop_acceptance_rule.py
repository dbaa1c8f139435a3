from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..core.acceptance import Condition, reach
from .sop_acceptance_terms import SCOPE

# Trials show costs and contribution.
BENCH_GROUPS = (
    "sop_bridge.group_sop_sales_approver,sop_bridge.group_sop_production_approver,"
    "sop_bridge.group_sop_coordinator"
)


def _scope(comodel, label, **options):
    """A field of the scope. What is archived stays in it: an empty scope would mean everybody.

    A domain on the field would take it out as well, so the form has the domain.
    """
    return fields.Many2many(
        comodel,
        string=label,
        ondelete="restrict",
        context={"active_test": False},
        check_company=True,
        **options,
    )


def _tried(kind, name, label, **options):
    """A field that shows a figure of the last trial."""
    related = f"bench_id.{name}"
    make = getattr(fields, kind)
    return make(string=label, related=related, groups=BENCH_GROUPS, **options)


class SopAcceptanceRule(models.Model):
    """When an order line passes, needs an exception, or is refused, as both departments agreed.

    Rules act in their sequence, the first that fits decides. A rule acts while it is approved by
    both departments; whatever is changed on it afterwards, its approval starts again, and it rests
    until then.
    """

    _name = "sop.acceptance.rule"
    _description = "Acceptance Rule"
    _inherit = [
        "sop.numbers",
        "sop.approval.mixin",
        "sop.acceptance.terms",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "sequence, id"
    _check_company_auto = True
    _approval_fields = [
        "name",
        "sequence",
        "active",
        "company_id",
        "date_from",
        "date_to",
        *SCOPE,
        "match",
        "result",
        "message",
        "condition_ids.measure",
        "condition_ids.operator",
        "condition_ids.threshold",
        "condition_ids.currency_id",
    ]

    _approval_protected_fields = ["bench_id"]

    # not translated: both departments approve one wording
    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(
        default=lambda self: self._get_next_sequence(),
        help="Rules are tried in this order; the first that fits decides.",
        tracking=True,
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date("Valid from", tracking=True, help="Empty: from its approval on.")
    date_to = fields.Date("Valid until", tracking=True, help="The last day. Empty: without end.")
    tier_ids = _scope("sop.tier", "Tiers")
    family_ids = _scope("sop.family", "Product families")
    product_ids = _scope("product.product", "Products")
    partner_ids = _scope("res.partner", "Customers")
    order_type_ids = _scope("sop.order.type", "Order types")
    match = fields.Selection(
        [("all", "all of these hold"), ("any", "one of these holds")],
        required=True,
        default="all",
        tracking=True,
    )
    condition_ids = fields.One2many("sop.acceptance.condition", "rule_id", "Conditions", copy=True)
    result = fields.Selection(
        [
            ("accept", "Accept"),
            ("exception", "Ask for an exception"),
            ("refuse", "Refuse"),
        ],
        required=True,
        default="exception",
        tracking=True,
    )
    message = fields.Char(
        "What to tell the salesperson", help="Shown with the numbers, for instance what to do next."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "Waits for approval"),
            ("rejected", "Rejected"),
            ("active", "In force"),
            ("ended", "Ended"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    summary = fields.Char(compute="_compute_summary")
    warning = fields.Char(compute="_compute_warning")
    bench_months = fields.Integer(
        "Months to try", default=12, help="How far back the rule is tried on confirmed orders."
    )
    bench_id = fields.Many2one(
        "sop.acceptance.bench", "Last trial", readonly=True, copy=False, groups=BENCH_GROUPS
    )
    bench_stale = fields.Boolean(compute="_compute_bench_stale", groups=BENCH_GROUPS)
    bench_sentence = _tried("Char", "sentence", "What it would have done")
    bench_warning = _tried("Char", "warning", "What is odd about it")
    bench_hit_lines = _tried("Integer", "hit_lines", "Order lines")
    bench_hit_orders = _tried("Integer", "hit_orders", "Orders")
    bench_customers = _tried("Integer", "customers", "Number of customers")
    bench_volume = _tried("Float", "volume", "Volume")
    bench_uom_id = _tried("Many2one", "uom_id", "Unit of the volume")
    bench_currency_id = _tried("Many2one", "currency_id", "Currency")
    bench_value = _tried("Monetary", "value", "Value", currency_field="bench_currency_id")
    bench_contribution = _tried(
        "Monetary", "contribution", "Contribution", currency_field="bench_currency_id"
    )
    bench_line_ids = _tried("One2many", "line_ids", "Lines of the trial")

    _months = models.Constraint(
        "CHECK (bench_months BETWEEN 1 AND 60)", "A rule is tried on 1 to 60 months."
    )
    _dates = models.Constraint(
        "CHECK (date_from <= date_to)", "The rule ends before it begins: change one of the dates."
    )

    # ------------------------------------------------------------------ what it shows
    @api.depends("approval_state", "active", "date_to")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        names = {"none": "draft", "approved": "active"}
        for rule in self:
            state = names.get(rule.approval_state, rule.approval_state)
            over = not rule.active or (rule.date_to and rule.date_to < today)
            rule.state = "ended" if state == "active" and over else state

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        over = Domain("active", "=", False) | Domain("date_to", "<", today)
        approved = Domain("approval_state", "=", "approved")
        parts = {
            "draft": Domain("approval_state", "in", ["none", False]),
            "pending": Domain("approval_state", "=", "pending"),
            "rejected": Domain("approval_state", "=", "rejected"),
            "active": approved & ~over,
            "ended": approved & over,
        }
        return Domain.OR(parts[state] for state in value if state in parts)

    @api.depends("condition_ids.display_name", "match", "result", *SCOPE)
    def _compute_summary(self):
        for rule in self:
            rule.summary = self.env["sop.verdict"]._say_rule(rule)

    @api.depends(
        "condition_ids.problem",
        "condition_ids.measure",
        "condition_ids.operator",
        "condition_ids.threshold",
        "result",
        "match",
        *(f"{name}.active" for name in SCOPE),
    )
    def _compute_warning(self):
        for rule in self:
            problems = [text for text in rule.condition_ids.mapped("problem") if text]
            if not (rule.condition_ids or any(rule[name] for name in SCOPE)):
                problems.append(
                    self.env._("It has neither a scope nor a condition: it decides every line.")
                )
            problems += rule._warn_of_archived()
            problems += rule._warn_of_reach()
            rule.warning = " ".join(dict.fromkeys(problems)) or False

    def _warn_of_archived(self):
        """A scope of what is archived; it stays, as an empty scope would mean everybody."""
        archived = [
            record.display_name for name in SCOPE for record in self[name] if not record.active
        ]
        if archived:
            yield self.env._("Archived, so that it finds no new lines: %s.", ", ".join(archived))

    def _warn_of_reach(self):
        """Conditions that hold for every line, or for none."""
        lines = self.condition_ids.filtered("measure")
        if not lines or len(lines.currency_id) > 1:
            return
        conditions = [Condition(one.measure, one.operator, one.threshold) for one in lines]
        found = reach(self.match, conditions)
        if found == "always":
            yield self.env._(
                "Its conditions hold whatever the figures are: it decides every line in its scope."
            )
        elif found == "never":
            yield self.env._("Its conditions can never hold: it decides nothing.")

    @api.depends("bench_id", "approval_content")
    def _compute_bench_stale(self):
        for rule in self:
            bench = rule.sudo().bench_id
            rule.bench_stale = bool(bench) and bench.content != rule.approval_content

    @api.onchange("company_id")
    def _onchange_company(self):
        """What belongs to another company leaves the scope with it."""
        for name in SCOPE:
            fitting = self[name].filtered(
                lambda one: "company_id" not in one or one.company_id in (False, self.company_id)
            )
            self[name] = fitting

    # ------------------------------------------------------------------ approval
    def action_ask_approval(self):
        """Try the rule on past orders, then ask both departments.

        :return: True
        :raise AccessError: for who may not write rules
        :raise UserError: if it was sent already, is archived or has ended
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        for rule in self:
            if not rule.active or (rule.date_to and rule.date_to < today):
                raise UserError(
                    self.env._(
                        "The rule %s is archived or has ended: give it a later end first.",
                        rule.name,
                    )
                )
            rule._run_bench()
            rule._approval_start()
        return True

    def action_try(self):
        """Try the rules on the confirmed orders of the last months. Returns True.

        :raise AccessError: for who neither writes rules nor approves them
        """
        self.check_access("read")
        if not self.env.user.has_groups(BENCH_GROUPS):
            raise AccessError(
                self.env._("Rules are tried by approvers and by the coordinator of S&OP Bridge.")
            )
        for rule in self:
            rule._run_bench()
        return True

    def _run_bench(self):
        """:return: sop.acceptance.bench"""
        self.ensure_one()
        bench = self.env["sop.acceptance.bench"].sudo()._run(self, self.bench_months)
        self.sudo()._approval_write({"bench_id": bench.id})
        return bench

    def action_withdraw(self):
        """Take the request back: the rule is a draft again.

        :return: True
        :raise UserError: if nothing waits for approval
        """
        self.check_access("write")
        for rule in self:
            if rule.approval_state != "pending":
                raise UserError(self.env._("%s does not wait for approval.", rule.name))
            rule._approval_void(self.env._("Taken back by %s.", self.env.user.name))
        return True
