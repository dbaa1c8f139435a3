from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .acceptance_common import AcceptanceCase


@tagged("post_install", "-at_install")
class TestAcceptanceRule(AcceptanceCase):
    def rpc(self, user, records, method, *args, context=None, **kwargs):
        """Call a public method as a remote client does."""
        model = records.browse().with_user(user)
        call_args = [records.ids, *args] if records else list(args)
        return call_kw(model, method, call_args, dict(kwargs, context=context or {}))

    def acts(self, quantity=40):
        """Whether a line of so many is refused."""
        return self.judge(self.order((self.white, quantity))).outcome == "refuse"

    def test_a_new_rule_comes_after_those_that_act(self):
        first = self.make_rule(result="accept", sequence=700)
        second = self.make_rule()
        self.assertGreater(second.sequence, first.sequence)
        self.assertFalse(self.acts(), "the first one decides")

    # ------------------------------------------------------------------ approval
    def test_a_rule_acts_when_both_departments_approved_it(self):
        rule = self.make_rule(("campaign_quantity", "<", 500), approved=False)
        states = [(rule.state, self.acts())]
        for user, action in [
            (self.admin, "action_ask_approval"),
            (self.boss_sales, "action_approve"),
            (self.boss_plant, "action_approve"),
        ]:
            self.rpc(user, rule, action)
            states.append((rule.state, self.acts()))
        expected = [("draft", False), ("pending", False), ("pending", False), ("active", True)]
        self.assertEqual(states, expected)
        rule.date_to = fields.Date.today() - timedelta(days=1)
        self.assertEqual(rule.state, "pending")

    def test_rejected_and_asked_again(self):
        rule = self.make_rule(("campaign_quantity", "<", 500), approved=False)
        rule.with_user(self.admin).action_ask_approval()
        rule.with_user(self.boss_sales).action_reject("Too high")
        self.assertEqual((rule.state, self.acts()), ("rejected", False))
        rule.condition_ids.with_user(self.admin).threshold = 50
        rule.with_user(self.admin).action_ask_approval()
        self.approve(rule)
        self.assertEqual((rule.state, self.acts()), ("active", True))

    def test_withdrawn(self):
        rule = self.make_rule(("campaign_quantity", "<", 500), approved=False)
        with self.assertRaises(UserError):
            rule.with_user(self.admin).action_withdraw()
        rule.with_user(self.admin).action_ask_approval()
        rule.with_user(self.admin).action_withdraw()
        self.assertEqual(rule.state, "draft")
        with self.assertRaises(UserError):
            rule.with_user(self.boss_sales).action_approve()

    def test_every_change_reopens_the_approval(self):
        other = self.make_rule(approved=False)
        condition = {"measure": "lead_days", "operator": "<", "threshold": 9}
        changes = [
            {"name": "Other"},
            {"sequence": 1},
            {"active": False},
            {"date_from": "2031-01-01"},
            {"date_to": "2032-01-01"},
            {"tier_ids": [Command.link(self.gold.id)]},
            {"family_ids": [Command.link(self.paint.id)]},
            {"product_ids": [Command.link(self.white.id)]},
            {"partner_ids": [Command.link(self.customer.id)]},
            {"match": "any"},
            {"result": "exception"},
            {"message": "Hello"},
            {"condition_ids": [Command.create(condition)]},
            {"condition_ids": [Command.clear()]},
        ]
        for values in changes:
            rule = self.make_rule(("campaign_quantity", "<", 500))
            self.assertEqual(rule.state, "active")
            self.rpc(self.admin, rule, "write", values)
            self.assertEqual(rule.approval_state, "pending", values)
            self.assertFalse(self.env["sop.acceptance.rule"]._read_acting(self.company), values)
        for action in (
            lambda lines: self.rpc(self.admin, lines, "write", {"threshold": 1}),
            lambda lines: self.rpc(self.admin, lines, "write", {"rule_id": other.id}),
            lambda lines: self.rpc(self.admin, lines, "unlink", context={"_force_unlink": True}),
            lambda lines: self.rpc(
                self.admin,
                lines.browse(),
                "create",
                [condition],
                context={"default_rule_id": lines.rule_id.id},
            ),
        ):
            rule = self.make_rule(("campaign_quantity", "<", 500))
            action(rule.condition_ids)
            self.assertEqual(rule.approval_state, "pending")
            self.assertFalse(self.env["sop.acceptance.rule"]._read_acting(self.company))

    def test_approved_anew_it_acts_again(self):
        rule = self.make_rule(("campaign_quantity", "<", 500))
        self.rpc(self.admin, rule.condition_ids, "write", {"threshold": 30})
        self.assertFalse(self.acts(20))
        rule.with_user(self.boss_sales).action_approve()
        rule.with_user(self.boss_plant).action_approve()
        self.assertEqual((rule.state, self.acts(20), self.acts(40)), ("active", True, False))

    def test_nobody_forges_the_approval(self):
        rule = self.make_rule(("campaign_quantity", "<", 500), approved=False)
        values = {"name": "Forged", "result": "accept"}
        for key, value in {
            "approval_state": "approved",
            "approval_requester_id": self.seller.id,
            "bench_id": 1,
        }.items():
            with self.assertRaises(AccessError):
                self.rpc(self.admin, rule, "write", {key: value})
            with self.assertRaises(AccessError):
                self.rpc(self.admin, rule.browse(), "create", [dict(values, **{key: value})])
        context = {"default_approval_state": "approved", "default_state": "active"}
        ids = self.rpc(self.admin, rule.browse(), "create", [values], context=context)
        self.assertEqual(rule.browse(ids).state, "draft")
        copy = self.make_rule(("campaign_quantity", "<", 500)).with_user(self.admin).copy()
        self.assertEqual((copy.state, len(copy.condition_ids)), ("draft", 1))

    def test_who_asked_does_not_decide(self):
        self.admin.group_ids += self.env.ref("sop_bridge.group_sop_sales_approver")
        rule = self.make_rule(("campaign_quantity", "<", 500), approved=False)
        rule.with_user(self.admin).action_ask_approval()
        with self.assertRaises(AccessError):
            rule.with_user(self.admin).action_approve()

    def test_decided_rules_stay(self):
        rule = self.make_rule(("campaign_quantity", "<", 500))
        with self.assertRaises(UserError):
            self.rpc(self.admin, rule, "unlink", context={"_force_unlink": True})
        self.make_rule(approved=False).with_user(self.admin).unlink()

    # ------------------------------------------------------------------ rights
    def test_others_read_and_do_not_write(self):
        rule = self.make_rule(("campaign_quantity", "<", 500))
        planner = self.user("planner", "mrp.group_mrp_user")
        for user in (self.seller, planner, self.boss_sales, self.boss_plant):
            self.assertEqual(rule.with_user(user).state, "active")
            for records, values in [
                (rule, {"active": False}),
                (rule.condition_ids, {"threshold": 1}),
            ]:
                with self.assertRaises(AccessError):
                    self.rpc(user, records, "write", values)
                with self.assertRaises(UserError):
                    self.rpc(user, records, "unlink")
            with self.assertRaises(AccessError):
                self.rpc(user, rule, "action_ask_approval")
            with self.assertRaises(AccessError):
                self.rpc(user, rule, "action_withdraw")

    def test_other_company(self):
        rule = self.make_rule(("campaign_quantity", "<", 500))
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.admin.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        for records in (rule, rule.condition_ids):
            self.assertFalse(records.with_user(self.admin).search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                self.rpc(self.admin, records, "read", ["display_name"])
        self.white.company_id = self.company
        with self.assertRaises(UserError):
            self.env["sop.acceptance.rule"].create(
                {"name": "X", "company_id": company.id, "product_ids": self.white.ids}
            )

    # ------------------------------------------------------------------ bad input
    @mute_logger("odoo.sql_db")
    def test_limits(self):
        rule = self.make_rule(("campaign_quantity", "<", 500), approved=False)
        for values in (
            {"date_from": "2031-02-01", "date_to": "2031-01-01"},
            {"bench_months": 0},
            {"condition_ids": [Command.update(rule.condition_ids.id, {"threshold": 1e12})]},
        ):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                rule.write(values)
                self.env.flush_all()
        self.assertEqual(rule.condition_ids.threshold, 500)

    def test_an_amount_needs_a_currency(self):
        rule = self.make_rule(("order_value", "<", 500), approved=False)
        self.assertEqual(rule.condition_ids.currency_id, self.company.currency_id)
        with self.assertRaises(ValidationError):
            rule.condition_ids.currency_id = False
        rule.condition_ids.measure = "lead_days"
        self.assertFalse(rule.condition_ids.currency_id)

    def test_scope_cannot_be_deleted_away(self):
        """Each way to delete what a rule is for, also that of a form that shows archived ones."""
        found = {
            "partner_ids": self.make_customer(),
            "product_ids": self.make_product("Spare"),
            "order_type_ids": self.env["sop.order.type"].create({"name": "Rush", "code": "RSH"}),
            "tier_ids": self.env["sop.tier"].create({"name": "Bronze", "code": "B", "rank": 77}),
            "family_ids": self.primer,
        }
        scope = {name: record.ids for name, record in found.items()}
        rule = self.make_rule(name="For some", approved=False, **scope)
        rule.with_user(self.admin).active = False
        for record in (*found.values(), found["product_ids"].product_tmpl_id):
            for context in ({}, {"_force_unlink": True}):
                with self.assertRaisesRegex(UserError, "(?i)acceptance rules"):
                    record.with_context(**context).unlink()
            record.active = False
        self.assertEqual({name: rule[name].ids for name in scope}, scope)

    def test_form(self):
        with Form(self.env["sop.acceptance.rule"].with_user(self.admin)) as form:
            form.name = "Minimum campaign"
            form.family_ids.add(self.paint)
            with form.condition_ids.new() as line:
                line.measure = "campaign_quantity"
                line.threshold = 500
        rule = form.record
        self.assertEqual(
            rule.summary, "Paints: Campaign quantity is below 500 → Ask for an exception"
        )
        self.paint.uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(rule.condition_ids.unit, "Dozens")

    def test_warns_of_a_rule_for_everything(self):
        rule = self.make_rule(approved=False)
        self.assertIn("it decides every line", rule.warning)
        self.assertFalse(self.make_rule(tier_ids=self.gold.ids, approved=False).warning)

    def test_state_can_be_searched(self):
        self.make_rule(name="active")
        self.make_rule(name="draft", approved=False)
        self.make_rule(name="ended", date_to=fields.Date.today())
        ended = self.env["sop.acceptance.rule"].search([("name", "=", "ended")])
        ended._approval_write({})
        pending = self.make_rule(name="pending", approved=False)
        pending.with_user(self.admin).action_ask_approval()
        rules = self.env["sop.acceptance.rule"].search([])
        for state in ("draft", "pending", "active", "ended", "rejected"):
            found = rules.search([("state", "=", state)])
            self.assertEqual(found, rules.filtered(lambda rule, s=state: rule.state == s))

    # ------------------------------------------------------------------ test bench
    def _history(self):
        """Three confirmed orders: 40 and 700 of white paint, 10 of a primer."""
        undercoat = self.make_paint("Undercoat", self.primer)
        orders = self.env["sale.order"]
        for product, quantity in [(self.white, 40), (self.white, 700), (undercoat, 10)]:
            order = self.order((product, quantity), sop_requested_date=False)
            order.action_confirm()
            orders |= order
        return orders

    def _bench(self, *conditions, **values):
        rule = self.make_rule(*conditions, approved=False, **values)
        rule.with_user(self.boss_sales).action_try()
        return rule.bench_id

    def test_bench_counts_what_it_would_have_stopped(self):
        self.env["sale.order"].search([("state", "=", "sale")]).date_order = "2001-01-01"
        orders = self._history()
        bench = self._bench(("order_value", "<", 5000))
        self.assertEqual((bench.lines, bench.hit_lines, bench.hit_orders), (3, 2, 2))
        self.assertEqual((bench.customers, bench.value), (1, 1250))
        self.assertEqual((bench.contribution, bench.volume), (250, 50))
        self.assertEqual(bench.line_ids.order_id, orders[0] | orders[2])
        self.assertIn("stopped 2 of 3 lines on 2 of 3 orders", bench.sentence)
        self.assertIn("is below", bench.line_ids[0].why)
        self.assertFalse(bench.warning)

    def test_bench_stands_behind_the_rules_before(self):
        self.env["sale.order"].search([("state", "=", "sale")]).date_order = "2001-01-01"
        self._history()
        self.make_rule(family_ids=self.primer.ids, result="accept", sequence=1)
        self.assertEqual(self._bench(("order_value", "<", 5000)).hit_lines, 1)

    def test_bench_warns(self):
        self.env["sale.order"].search([("state", "=", "sale")]).date_order = "2001-01-01"
        self.assertIn("no order", self._bench().warning)
        self._history()
        self.assertIn("decided nothing", self._bench(("order_value", "<", 1)).warning)
        bench = self._bench(("order_value", "<", 1e8), family_ids=self.paint.ids)
        self.assertIn("every line that it looks at", bench.warning)
        self.assertFalse(self._bench(result="accept").warning)

    def test_bench_warns_of_refusing_all_that_the_rules_before_leave(self):
        self.env["sale.order"].search([("state", "=", "sale")]).date_order = "2001-01-01"
        self._history()
        self.make_rule(family_ids=self.primer.ids, result="accept", sequence=1)
        bench = self._bench(("order_value", ">=", 0))
        self.assertEqual((bench.lines, bench.scope_lines, bench.hit_lines), (3, 2, 2))
        self.assertIn("every line that it looks at", bench.warning)

    def test_bench_is_run_before_approval_and_tells_when_it_is_stale(self):
        rule = self.make_rule(("order_value", "<", 1e8), approved=False)
        self.assertFalse(rule.bench_id)
        rule.with_user(self.admin).action_ask_approval()
        self.assertTrue(rule.bench_id)
        self.assertFalse(rule.bench_stale)
        rule.with_user(self.admin).condition_ids.threshold = 5
        rule.invalidate_recordset()
        self.assertTrue(rule.bench_stale)
        first = rule.bench_id
        rule.with_user(self.boss_plant).action_try()
        self.assertFalse(rule.bench_stale)
        self.assertFalse(first.exists())

    def test_bench_is_not_for_everybody(self):
        rule = self.make_rule(("order_value", "<", 5000))
        bench = rule.bench_id
        with self.assertRaises(AccessError):
            self.rpc(self.seller, rule, "action_try")
        with self.assertRaises(AccessError):
            self.rpc(self.seller, bench, "read", ["value"])
        with self.assertRaises(AccessError):
            self.rpc(self.seller, rule, "read", ["bench_value"])
        for user in (self.admin, self.env.user):
            with self.assertRaises(AccessError):
                self.rpc(user, bench, "write", {"hit_lines": 0})
            with self.assertRaises(AccessError):
                self.rpc(user, bench.browse(), "create", [{"rule_id": rule.id}])
