from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .acceptance_common import AcceptanceCase
from .common import day

NO_NUMBERS = (float("nan"), float("inf"), float("-inf"), "NaN", "many", 10**400)


@tagged("post_install", "-at_install")
class TestAcceptanceInput(AcceptanceCase):
    """What is wrong on a rule is said in a sentence, and nothing of it is kept."""

    def rpc(self, records, method, *args, context=None):
        """Call a public method as a remote client does."""
        model = records.browse().with_user(self.admin)
        call_args = list(args) if method == "create" else [records.ids, *args]
        return call_kw(model, method, call_args, {"context": context or {}})

    @contextmanager
    def refused(self, words, kind=ValidationError):
        """What follows is refused in words that a remote client reads."""
        count = self.env["sop.acceptance.rule"].search_count([])
        with self.assertRaisesRegex(kind, words), self._as_client():
            yield
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.env["sop.acceptance.rule"].search_count([]), count)

    @contextmanager
    def _as_client(self):
        try:
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                yield
        except IntegrityError as error:
            tables = {model._table: name for name, model in self.env.registry.items()}
            model = self.env[tables[error.diag.table_name]]
            raise ValidationError(model._sql_error_to_message(error)) from error

    # ------------------------------------------------------------------ numbers
    def test_what_is_no_number(self):
        rule = self.make_rule(("campaign_quantity", "<", 500), approved=False)
        condition = rule.condition_ids
        changeover = self.env["sop.changeover"].create(
            {"workcenter_id": self.mixer.id, "minutes": 5}
        )
        for value in NO_NUMBERS:
            line = {"measure": "lead_days", "operator": "<", "threshold": value}
            with self.refused("Limit .*is not a number"):
                self.rpc(condition, "write", {"threshold": value})
            with self.refused("Limit .*is not a number"):
                self.rpc(rule, "write", {"name": "X", "condition_ids": [Command.create(line)]})
            values = {"name": "New", "condition_ids": [Command.create(line)]}
            with self.refused("Limit .*is not a number"):
                self.rpc(rule, "create", [values])
            with self.refused("is not a whole number"):
                self.rpc(rule, "write", {"bench_months": value})
            with self.refused("is not a number"):
                self.rpc(self.paint, "write", {"minimum_quantity": value})
            with self.refused("is not a number"):
                self.rpc(changeover, "write", {"minutes": value})
        with self.refused("is not a whole number"):
            self.rpc(rule, "write", {"sequence": 10**12})
        with self.refused("between -1,000,000,000 and 1,000,000,000"):
            self.rpc(condition, "write", {"threshold": 1e12})
        self.assertEqual(
            (rule.name, condition.threshold, len(rule.condition_ids)), ("Rule", 500, 1)
        )

    # ------------------------------------------------------------------ validity
    def test_dates_that_contradict(self):
        rule = self.make_rule(approved=False)
        dates = {"date_from": "2031-02-01", "date_to": "2031-01-31"}
        with self.refused("ends before it begins"):
            self.rpc(rule, "write", dates)
        with self.refused("ends before it begins"):
            self.rpc(rule, "create", [{"name": "New", **dates}])
        with self.refused("ends before it begins"), Form(rule.with_user(self.admin)) as form:
            form.date_from, form.date_to = dates["date_from"], dates["date_to"]
        self.assertFalse(rule.date_from or rule.date_to)

    def test_a_rule_that_has_ended_is_not_sent(self):
        rule = self.make_rule(approved=False, date_to="2001-01-01")
        with self.refused("give it a later end", UserError):
            self.rpc(rule, "action_ask_approval")
        self.assertEqual((rule.approval_state, rule.sudo().bench_id), ("none", rule.bench_id))

    # ------------------------------------------------------------------ currency
    def test_limit_in_a_currency_without_rate(self):
        currency = self.env["res.currency"].create({"name": "XFN", "symbol": "F", "rounding": 0.01})
        rule = self.make_rule(("order_value", "<", 500, currency.id), name="Least", approved=False)
        self.assertIn("XFN has no exchange rate, so this condition rests", rule.warning)
        self.approve(rule)
        order = self.order((self.white, 1))
        verdict = self.judge(order)
        self.assertEqual(verdict.outcome, "pass")
        self.assertIn("XFN has no exchange rate", self.say(verdict, order.order_line))
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 2.0, "name": day(-9)}
        )
        self.env.invalidate_all()
        self.assertFalse(rule.warning)
        self.assertEqual(self.judge(self.order((self.white, 1))).outcome, "refuse")

    # ------------------------------------------------------------------ too much, too little
    def test_warns_of_conditions_that_always_or_never_hold(self):
        for match, conditions, words in (
            ("all", [("overdue_days", ">=", 0)], "decides every line in its scope"),
            ("any", [("lead_days", "<", 5), ("lead_days", ">=", 5)], "decides every line"),
            ("all", [("lead_days", "<", 5), ("lead_days", ">", 9)], "it decides nothing"),
            ("all", [("overdue_days", "<", 0)], "it decides nothing"),
        ):
            rule = self.make_rule(*conditions, match=match, approved=False)
            self.assertIn(words, rule.warning)
            rule.condition_ids[0].with_user(self.admin).measure = "contribution_percent"
            self.assertFalse(rule.warning)

    def test_warns_while_it_is_typed(self):
        form = Form(self.env["sop.acceptance.rule"].with_user(self.admin))
        form.result = "refuse"
        self.assertIn("decides every line", form.warning)
        with form.condition_ids.new() as line:
            line.measure, line.operator, line.threshold = "overdue_days", ">=", 0
        self.assertIn("decides every line", form.warning)
        with form.condition_ids.edit(0) as line:
            line.threshold = 30
        self.assertFalse(form.warning)

    # ------------------------------------------------------------------ scope
    def test_archived_scope_is_said_and_stays(self):
        tier = self.env["sop.tier"].create({"name": "Bronze", "code": "BRZ", "rank": 77})
        rule = self.make_rule(tier_ids=tier.ids, approved=False)
        self.assertFalse(rule.warning)
        for name, record in (("family_ids", self.primer), ("product_ids", self.white)):
            rule = self.make_rule(approved=False, **{name: record.ids})
            record.active = False
            self.assertIn(f"finds no new lines: {record.display_name}", rule.warning)
            self.assertEqual(rule.with_context(active_test=True)[name], record)
