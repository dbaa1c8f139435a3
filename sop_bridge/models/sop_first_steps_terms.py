from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class SopFirstStepsTerms(models.AbstractModel):
    """The steps about what both departments agree on: cost to serve, scorecard, families, rules."""

    _name = "sop.first.steps.terms"
    _description = "First Steps: What Both Agree On"

    @api.model
    def _steps_terms(self):
        return [
            self._step_rates(),
            self._step_scorecard(),
            self._step_families(),
            self._step_rules(),
        ]

    # ------------------------------------------------------------------ cost to serve
    def _step_rates(self):
        rates = self.env["sop.cost.rate"].sudo()
        company, today = self.env.company, fields.Date.context_today(self)
        valid = [("company_id", "=", company.id), ("valid_from", "<=", today)]
        rate = rates.search(valid, order="valid_from desc", limit=1)
        return self._step(
            "rates",
            self.env._("Say what serving a customer costs"),
            rate,
            self._rates_text(rate),
            self.env._("Cost to serve"),
            rates.sudo(False).has_access("create"),
            "sop_bridge.action_sop_cost_rate",
            self._ask_admin(),
        )

    def _rates_text(self, rate):
        if rate:
            return self.env._("Rates are valid since %s.", format_date(self.env, rate.valid_from))
        return self.env._(
            "No rates yet: contribution leaves out what orders, deliveries and changes cost."
        )

    # ------------------------------------------------------------------ scorecard
    def _step_scorecard(self):
        card = self.env["sop.scorecard"]._get_active(self.env.company)
        return self._step(
            "scorecard",
            self.env._("Agree how customers earn their tier"),
            card,
            self._scorecard_text(card),
            self.env._("Scorecards"),
            self.env["sop.scorecard"].has_access("create"),
            "sop_bridge.action_sop_scorecard",
            self._ask_admin(),
        )

    def _scorecard_text(self, card):
        company = [("company_id", "=", self.env.company.id)]
        if not card:
            domain = Domain(company) & Domain("state", "in", ("draft", "pending"))
            return self._unapproved_text(
                self.env["sop.scorecard"].sudo().search(domain, order="state desc", limit=1)
            )
        run = self.env["sop.score.run"].sudo().search([*company, ("is_last", "=", True)], limit=1)
        if not run:
            return self.env._("%s is in force. No customer was scored yet.", card.display_name)
        return self.env._(
            "%(card)s is in force. %(count)s customers were scored on %(day)s.",
            card=card.display_name,
            count=run.total,
            day=format_date(self.env, run.date),
        )

    def _unapproved_text(self, card):
        """Where the scorecard stands that is to be the first in force, if there is one."""
        if card.state == "pending":
            return self.env._("%s waits for the approval of both departments.", card.display_name)
        if card:
            return self.env._(
                "%s is a draft. Look at its preview, then ask both departments.", card.display_name
            )
        return self.env._("No scorecard yet: tiers are given by hand.")

    # ------------------------------------------------------------------ families
    def _step_families(self):
        made = (
            Domain("sale_ok", "=", True)
            & Domain("bom_ids.type", "=", "normal")
            & self._shared_domain()
        )
        products = self.env["product.template"].sudo()
        count = products.search_count(made)
        grouped = products.search_count(made & Domain("sop_family_id", "!=", False))
        return self._step(
            "families",
            self.env._("Put products into families"),
            grouped,
            self._families_text(count, grouped),
            self.env._("Product families"),
            self.env["sop.family"].has_access("create"),
            "sop_bridge.action_sop_family",
            self._ask_admin(),
        )

    def _families_text(self, count, grouped):
        if not grouped:
            return self.env._(
                "No product is in a family yet, so campaigns and changeovers are not known."
            )
        return self.env._(
            "%(done)s of %(all)s products that are made and sold are in a family.",
            done=grouped,
            all=count,
        )

    # ------------------------------------------------------------------ acceptance rules
    def _step_rules(self):
        rules = self.env["sop.acceptance.rule"].sudo()
        company = Domain("company_id", "=", self.env.company.id)
        active = rules.search(company & Domain("state", "=", "active"))
        others = rules.search_count(company & Domain("state", "in", ("draft", "pending")))
        return self._step(
            "rules",
            self.env._("Write down when production says no"),
            active,
            self._rules_text(active, others),
            self.env._("Acceptance rules"),
            self.env["sop.acceptance.rule"].has_access("create"),
            "sop_bridge.action_sop_acceptance_rule",
            self._ask_admin(),
        )

    def _rules_text(self, active, others):
        if active:
            return self.env._(
                "%(count)s in force: %(rules)s.",
                count=len(active),
                rules=self._names(active.mapped("name")),
            )
        if others:
            return self.env._(
                "%s written, none in force: both departments have to approve them.", others
            )
        return self.env._("No rule yet: what can be promised is accepted.")
