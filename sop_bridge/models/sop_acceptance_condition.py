from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.figures import MEASURES, MONEY
from . import guard

MEASURE_NAMES = [
    ("campaign_quantity", "Campaign quantity"),
    ("contribution_percent", "Contribution in percent"),
    ("contribution_hour", "Contribution per bottleneck hour"),
    ("changeover_share", "Changeover share of the run time"),
    ("changeover_minutes", "Changeover minutes"),
    ("order_value", "Order value"),
    ("lead_days", "Requested lead time"),
    ("overdue_days", "Payment delay"),
]
OPERATOR_NAMES = [("<", "is below"), ("<=", "is at most"), (">", "is above"), (">=", "is at least")]


class SopAcceptanceCondition(models.Model):
    """A measure against a threshold. Part of what both departments approved with the rule."""

    _name = "sop.acceptance.condition"
    _description = "Condition of an Acceptance Rule"
    _inherit = ["sop.numbers"]
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "sop.acceptance.rule", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    measure = fields.Selection(MEASURE_NAMES, required=True)
    operator = fields.Selection(OPERATOR_NAMES, required=True, default="<")
    threshold = fields.Float("Limit", required=True, digits=(16, 2))
    unit = fields.Char(compute="_compute_unit")
    is_money = fields.Boolean(compute="_compute_unit")
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        help="Amounts are converted into the company's currency at the date of the order.",
    )
    problem = fields.Char(compute="_compute_problem")

    # The limits also keep out what is no number (NaN is above all numbers).
    _threshold_range = models.Constraint(
        "CHECK (threshold BETWEEN -1000000000 AND 1000000000)",
        "A limit is a number between -1,000,000,000 and 1,000,000,000.",
    )

    @api.depends("measure", "rule_id.company_id")
    def _compute_currency(self):
        for condition in self:
            if condition.measure not in MONEY:
                condition.currency_id = False
            elif not condition.currency_id:
                company = condition.rule_id.company_id or self.env.company
                condition.currency_id = company.currency_id

    @api.depends("measure", "rule_id.family_ids.uom_id", "currency_id")
    def _compute_unit(self):
        for condition in self:
            kind = MEASURES[condition.measure][0] if condition.measure else ""
            condition.is_money = condition.measure in MONEY
            condition.unit = {
                "quantity": condition._get_quantity_unit(),
                "percent": "%",
                "money": condition.currency_id.name,
                "money_hour": self.env._("%s per hour", condition.currency_id.name or ""),
                "days": self.env._("days"),
                "minutes": self.env._("minutes"),
            }.get(kind, "")

    def _get_quantity_unit(self):
        """Unit of the families of the rule where they share one."""
        units = self.rule_id.family_ids.uom_id
        return units.name if len(units) == 1 else ""

    @api.depends("currency_id", "rule_id.company_id")
    def _compute_problem(self):
        facts = self.env["sop.verdict.facts"]
        for company, conditions in self.grouped(lambda cond: cond.rule_id.company_id).items():
            unknown = facts._get_currencies_without_rate(conditions.currency_id, company)
            for condition in conditions:
                missing = condition.currency_id in unknown
                condition.problem = missing and self.env._(
                    "%(currency)s has no exchange rate, so this condition rests. Enter a rate for "
                    "it, or give the limit in %(company_currency)s.",
                    currency=condition.currency_id.name,
                    company_currency=company.currency_id.name,
                )

    @api.depends("measure", "operator", "threshold", "unit")
    def _compute_display_name(self):
        texts = self.env["sop.verdict"]
        for condition in self:
            condition.display_name = condition.measure and texts._say_condition(condition)

    @api.constrains("measure", "currency_id")
    def _check_currency(self):
        for condition in self:
            if condition.measure in MONEY and not condition.currency_id:
                raise ValidationError(
                    self.env._(
                        "The limit of “%(measure)s” in the rule %(rule)s is an amount: choose its "
                        "currency.",
                        measure=self.env["sop.verdict"]._get_measure_names()[condition.measure],
                        rule=condition.rule_id.name,
                    )
                )

    # ------------------------------------------------------------------ part of what is approved
    @api.model_create_multi
    def create(self, vals_list):
        # one of another company would count, and be hidden from those who approve the rule
        guard.refuse_create(self, vals_list, ["company_id"])
        kept = guard.without_defaults(self, ["company_id"])
        conditions = super(SopAcceptanceCondition, kept).create(vals_list)
        conditions.rule_id._approval_content_changed()
        return conditions

    def write(self, vals):
        guard.refuse_write(self, vals, ["company_id"])
        rules = self.rule_id
        res = super().write(vals)
        (rules | self.rule_id)._approval_content_changed()
        return res

    def unlink(self):
        rules = self.rule_id
        res = super().unlink()
        rules.exists()._approval_content_changed()
        return res
