from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import approval as core

DEPARTMENTS = [(core.SALES, "Sales"), (core.PRODUCTION, "Production")]

# Rules whose steps are being replaced: half-way through, a department may be missing.
_EDITING = ContextVar("sop_approval_rules_being_edited", default=frozenset())


@contextmanager
def _editing(rule_ids):
    token = _EDITING.set(_EDITING.get() | frozenset(rule_ids))
    try:
        yield
    finally:
        _EDITING.reset(token)


class SopApprovalRule(models.Model):
    """Which approval steps a document needs, in which order.

    A document copies the steps when its approval starts; editing the rule later does not change
    what has been started or decided.
    """

    _name = "sop.approval.rule"
    _description = "Approval Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10, help="The first rule that fits a document applies.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for a rule of all companies."
    )
    model = fields.Selection("_select_model", "Document", required=True, tracking=True)
    tier_ids = fields.Many2many(
        "sop.tier", string="Tiers", check_company=True, help="Leave empty for every customer."
    )
    min_gap_days = fields.Integer(
        "Days late, at least", tracking=True, help="0: whatever the gap between wish and promise."
    )
    step_ids = fields.One2many("sop.approval.step", "rule_id", "Steps", copy=True)

    _gap_positive = models.Constraint(
        "CHECK (min_gap_days >= 0)", "The gap is a number of days; it cannot be negative."
    )

    @api.model
    def _select_model(self):
        """Models that can be approved, with their names."""
        mixin = self.env.registry["sop.approval.mixin"]
        return [
            (name, self.env[name]._description)
            for name, model in sorted(self.env.registry.items())
            if issubclass(model, mixin) and not model._abstract
        ]

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._check_departments()
        return rules

    def write(self, vals):
        with _editing(self.ids):
            res = super().write(vals)
        self._check_departments()
        return res

    @api.constrains("model")
    def _check_model(self):
        """Odoo does not check the values of a selection that is computed."""
        known = dict(self._select_model())
        for rule in self:
            if rule.model not in known:
                raise ValidationError(
                    self.env._(
                        "%(model)s cannot be approved. Choose one of: %(known)s.",
                        model=rule.model,
                        known=", ".join(known.values()),
                    )
                )

    @api.constrains("step_ids")
    def _check_departments(self):
        """Refuse a chain that one department could decide alone.

        :raise ValidationError: if a rule has no step of Sales, or none of Production, or if one
            and the same person would have to decide for both
        """
        labels = dict(self.step_ids._fields["department"]._description_selection(self.env))
        for rule in self.filtered(lambda rule: rule.id not in _EDITING.get()):
            missing = core.missing_departments(rule.step_ids.mapped("department"))
            if missing:
                raise ValidationError(
                    self.env._(
                        "The rule %(rule)s has no step of %(departments)s. Both departments "
                        "decide: add a step.",
                        rule=rule.name,
                        departments=", ".join(labels[name] for name in missing),
                    )
                )
            rule._check_two_people()

    def _get_deciders(self, company):
        """People of a company who decide by the steps of these rules, as {department: users}."""

        def is_colleague(user):
            person = user.active and not user.share and not user._is_superuser()
            return person and company in user.company_ids

        found = {department: self.env["res.users"] for department, _label in DEPARTMENTS}
        for step in self.step_ids:
            found[step.department] |= step.user_id or step.group_id.all_user_ids
        return {department: users.filtered(is_colleague) for department, users in found.items()}

    def _check_two_people(self):
        self.ensure_one()
        by_department = {
            department: self.step_ids.filtered(lambda step, d=department: step.department == d)
            for department, _label in DEPARTMENTS
        }
        both = by_department[core.SALES].user_id & by_department[core.PRODUCTION].user_id
        if both:
            raise ValidationError(
                self.env._(
                    "In the rule %(rule)s, %(user)s would decide for both departments. Name "
                    "another person in one of the steps.",
                    rule=self.name,
                    user=both[0].name,
                )
            )

    @api.model
    def _find(self, document):
        """The first rule that fits a document, or an empty recordset."""
        company = document._sop_approval_company()
        rules = self.sudo().search(
            [("model", "=", document._name), ("company_id", "in", [company.id, False])]
        )
        tier = document._sop_approval_tier()
        gap = document._sop_approval_gap_days()
        return next((rule for rule in rules if rule._fits(tier, gap)), rules.browse())

    def _fits(self, tier, gap_days):
        self.ensure_one()
        if self.tier_ids and tier not in self.tier_ids:
            return False
        return gap_days >= self.min_gap_days


class SopApprovalStep(models.Model):
    _name = "sop.approval.step"
    _description = "Step of an Approval Rule"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one("sop.approval.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    department = fields.Selection(DEPARTMENTS, required=True)
    group_id = fields.Many2one(
        "res.groups", ondelete="restrict", help="Any one member of the group decides."
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="Only this person decides; the group is then not asked.",
    )
    deadline_days = fields.Integer("Days to decide", default=2, required=True)

    _somebody = models.Constraint(
        "CHECK (group_id IS NOT NULL OR user_id IS NOT NULL)",
        "A step needs a group or a person that decides it.",
    )
    _deadline_positive = models.Constraint(
        "CHECK (deadline_days BETWEEN 0 AND 365)", "A step is decided within 0 to 365 days."
    )

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.rule_id._check_departments()
        return steps

    def write(self, vals):
        rules = self.rule_id
        res = super().write(vals)
        (rules | self.rule_id)._check_departments()
        return res

    def unlink(self):
        rules = self.rule_id
        res = super().unlink()
        rules.exists()._check_departments()
        return res

    @api.constrains("user_id")
    def _check_user(self):
        """Portal users and robots decide nothing."""
        for step in self:
            user = step.user_id
            if user and (user._is_superuser() or not user._is_internal()):
                raise ValidationError(
                    self.env._("%s cannot decide: choose an internal user.", user.name)
                )
