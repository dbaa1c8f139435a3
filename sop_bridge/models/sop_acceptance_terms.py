from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

from ..core.acceptance import Condition, Rule, Scope
from ..core.figures import MONEY

SCOPE = ("tier_ids", "family_ids", "product_ids", "partner_ids", "order_type_ids")


@dataclass(frozen=True)
class Terms:
    """A rule as it was read; its limits in money still have their own currencies.

    :param conditions: ((measure, operator, threshold, currency id or None), …)
    """

    key: int
    result: str
    match: str
    first: object
    last: object
    scope: Scope
    conditions: tuple

    def rule(self, rate):
        """Core Rule with amounts in company currency.

        :param rate: function currency id -> company currency for one unit of it, None if unknown
        """
        return Rule(
            self.key,
            self.result,
            tuple(
                Condition(measure, operator, self._limit(measure, threshold, currency, rate))
                for measure, operator, threshold, currency in self.conditions
            ),
            self.match,
            self.scope,
            self.first,
            self.last,
        )

    def _limit(self, measure, threshold, currency, rate):
        if measure not in MONEY:
            return threshold
        factor = rate(currency)
        return None if factor is None else threshold * factor


class SopAcceptanceTerms(models.AbstractModel):
    """Part of sop.acceptance.rule: reads rules by one query, for every line that is judged."""

    _name = "sop.acceptance.terms"
    _description = "Terms of Acceptance Rules"

    @api.model
    def _get_next_sequence(self):
        """After the rules that act: a new one shall not silently go before them."""
        last = self.search([("company_id", "=", self.env.company.id)])[-1:]
        return last.sequence + 10

    @api.model
    def _read_acting(self, company):
        """[Terms] of the rules that act in a company, in their sequence.

        On which days they act says their validity.
        """
        return self._read_terms(
            SQL(
                "rule.company_id = %s AND rule.active AND rule.approval_state = 'approved'",
                company.id,
            )
        )

    def _read_own(self):
        """[Terms] of these rules, whether they act or not, in their sequence."""
        return self._read_terms(SQL("rule.id = ANY(%s)", self.ids))

    @api.model
    def _read_terms(self, condition):
        self._flush_terms()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rule.id, rule.result, rule.match, rule.date_from, rule.date_to, %(scope)s,
                       ARRAY(
                           SELECT jsonb_build_array(measure, operator, threshold, currency_id)
                             FROM sop_acceptance_condition
                            WHERE rule_id = rule.id ORDER BY id
                       )
                  FROM sop_acceptance_rule rule WHERE %(condition)s
              ORDER BY rule.sequence, rule.id
                """,
                scope=SQL(", ").join(self._get_scope(name) for name in SCOPE),
                condition=condition,
            )
        )
        return [
            Terms(*head, Scope(*map(frozenset, scope)), tuple(map(tuple, conditions)))
            for head, scope, conditions in ((row[:5], row[5:-1], row[-1]) for row in rows)
        ]

    @api.model
    def _get_scope(self, name):
        """SQL: ids in a scope field of ``rule``; what is archived stays in it."""
        field = self._fields[name]
        return SQL(
            "ARRAY(SELECT scope.%s FROM %s scope WHERE scope.%s = rule.id)",
            SQL.identifier(field.column2),
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
        )

    @api.model
    def _flush_terms(self):
        """Let SQL see what is still waiting to be written."""
        self.env["sop.acceptance.rule"].flush_model(
            [
                "company_id",
                "active",
                "approval_state",
                "sequence",
                "result",
                "match",
                "date_from",
                "date_to",
                *SCOPE,
            ]
        )
        self.env["sop.acceptance.condition"].flush_model(
            ["rule_id", "measure", "operator", "threshold", "currency_id"]
        )
