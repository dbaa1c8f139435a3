from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .approval_common import DOCUMENT, ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalRule(ApprovalCase):
    """Which steps apply, and which chains are refused."""

    def rule_with(self, *steps, **values):
        steps = [(0, 0, step) for step in steps]
        return (
            self.env["sop.approval.rule"]
            .with_user(self.admin)
            .create({"name": "R", "model": DOCUMENT, "step_ids": steps, **values})
        )

    def test_a_chain_of_one_department_is_refused(self):
        sales = self._step("sales", self.sales_group)
        for steps in ([], [sales], [sales, sales]):
            with self.subTest(len(steps)), self.assertRaisesRegex(ValidationError, "Production"):
                self.rule_with(*steps)

    def test_the_second_department_cannot_be_taken_away(self):
        sales, production = self.rule.step_ids
        steps = self.rule.step_ids.with_user(self.admin)
        for attempt in (
            steps[1].unlink,
            lambda: steps[1].with_context(_force_unlink=True).unlink(),
            lambda: steps[1].write({"department": "sales"}),
            lambda: self.rule.with_user(self.admin).write({"step_ids": [(2, production.id)]}),
            lambda: self.rule.with_user(self.admin).write({"step_ids": [(6, 0, sales.ids)]}),
            lambda: steps[1].write(
                {
                    "rule_id": self.rule_with(
                        self._step("sales", self.sales_group),
                        self._step("production", self.production_group),
                    ).id
                }
            ),
        ):
            with self.assertRaises(ValidationError) as caught:
                attempt()
            self.assertIn("no step of Production", str(caught.exception))

    def test_steps_can_be_replaced_in_one_go(self):
        old = self.rule.step_ids[1]
        self.rule.with_user(self.admin).write(
            {"step_ids": [(2, old.id), (0, 0, self._step("production", user=self.ben))]}
        )
        self.assertEqual(self.rule.step_ids.mapped("department"), ["sales", "production"])

    def test_one_person_for_both_departments_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "for both departments"):
            self.rule_with(
                self._step("sales", user=self.both), self._step("production", user=self.both)
            )

    def test_a_step_needs_somebody(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.rule_with(self._step("sales"), self._step("production", user=self.ben))

    def test_portal_users_and_robots_are_no_approvers(self):
        portal = new_test_user(self.env, login="sop_portal2", groups="base.group_portal")
        for user in (portal, self.env.ref("base.user_root")):
            with self.assertRaisesRegex(ValidationError, "internal user"):
                self.rule_with(
                    self._step("sales", user=user), self._step("production", user=self.ben)
                )

    def test_only_documents_with_approval_can_be_chosen(self):
        models = dict(self.env["sop.approval.rule"]._select_model())
        self.assertIn("sop.exception", models)
        self.assertNotIn("res.partner", models)
        self.assertNotIn("sop.approval.mixin", models)
        with self.assertRaisesRegex(ValidationError, "cannot be approved"):
            self.rule_with(
                self._step("sales", self.sales_group),
                self._step("production", self.production_group),
                model="res.partner",
            )

    def test_first_rule_that_fits_applies(self):
        steps = (
            self._step("production", self.production_group),
            self._step("sales", self.sales_group, sequence=20),
        )
        gold = self.env["sop.tier"].search([], limit=1)
        late = self.rule_with(*steps, sequence=1, min_gap_days=10, tier_ids=[(6, 0, gold.ids)])
        document = self.make(start=False)
        self.assertEqual(document._approval_find_rule(), self.rule)
        document.write({"gap_days": 10})
        self.assertEqual(document._approval_find_rule(), self.rule, "no tier yet")
        document.write({"tier_id": gold.id})
        self.assertEqual(document._approval_find_rule(), late)
        document._approval_start()
        self.assertEqual(document.approval_ids.mapped("department"), ["production", "sales"])
        late.active = False
        self.assertEqual(document._approval_find_rule(), self.rule)

    def test_a_rule_of_another_company_does_not_apply(self):
        self.rule.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(self.make(start=False)._approval_find_rule())

    def test_form(self):
        with Form(self.env["sop.approval.rule"].with_user(self.admin)) as form:
            form.name = "Made by hand"
            form.model = DOCUMENT
            for department, group in (
                ("sales", self.sales_group),
                ("production", self.production_group),
            ):
                with form.step_ids.new() as step:
                    step.department = department
                    step.group_id = group
        self.assertEqual(len(form.record.step_ids), 2)
        with self.assertRaisesRegex(ValidationError, "Sales"), Form(form.record) as form:
            form.step_ids.remove(0)

    def test_the_shipped_rule(self):
        rule = self.env.ref("sop_bridge.approval_rule_exception")
        self.assertEqual(rule.step_ids.mapped("department"), ["sales", "production"])
        self.assertEqual(rule.step_ids.mapped("deadline_days"), [2, 2])
