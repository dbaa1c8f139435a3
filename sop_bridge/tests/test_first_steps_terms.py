"""The steps of the overview about what both departments agree on."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
class TestFirstStepsTerms(SegmentCase):
    def _step(self, key, user=None):
        content = self.env["sop.first.steps"].with_user(user or self.sales).get_content()
        return next(step for step in content["steps"] if step["key"] == key)

    def test_a_new_company_has_none_of_them(self):
        company = self.env["res.company"].create({"name": "New plant"})
        self.env["product.template"].search([]).sop_family_id = False
        newcomer = new_test_user(
            self.env,
            "sop_newcomer",
            groups="base.group_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for key in ("rates", "scorecard", "families", "rules"):
            step = self._step(key, newcomer)
            self.assertNotEqual(step["state"], "done", key)
            self.assertIn("No ", step["text"], key)
            self.assertFalse(step["action"], key)

    def test_rates_count_from_their_day(self):
        today = fields.Date.today()
        self._rates(today + timedelta(days=2), order_cost=5)
        self.assertNotEqual(self._step("rates")["state"], "done")
        self._rates(today, order_cost=4)
        self.assertEqual(self._step("rates")["state"], "done")
        self.assertIn("06/30/2026", self._step("rates")["text"])

    def test_scorecard_in_force_and_scored(self):
        step = self._step("scorecard", self.sop_admin)
        self.assertEqual(step["state"], "done")
        self.assertIn("No customer was scored yet", step["text"])
        self.assertEqual(step["action"], "sop_bridge.action_sop_scorecard")
        self._buy(2)
        run = self.runs._run(self.card)
        self.assertIn(f"{run.total} customers were scored", self._step("scorecard")["text"])

    def test_scorecard_on_its_way(self):
        self.card.sudo()._approval_write({"date_superseded": fields.Datetime.now()})
        draft = self.make_card()
        step = self._step("scorecard")
        self.assertNotEqual(step["state"], "done")
        self.assertIn(f"{draft.display_name} is a draft", step["text"])
        draft.action_ask()
        self.assertIn("waits for the approval", self._step("scorecard")["text"])

    def test_products_that_are_made_and_sold_have_a_family(self):
        made = self.env["product.template"].search([("bom_ids.type", "=", "normal")])
        made.sop_family_id = False
        self.assertNotEqual(self._step("families")["state"], "done")
        self.cabinet.sop_family_id = self.env["sop.family"].create({"name": "A", "code": "A"})
        step = self._step("families")
        self.assertEqual(step["state"], "done")
        sold = made.filtered(lambda p: p.sale_ok and p.company_id in (self.company, p.company_id))
        self.assertTrue(step["text"].startswith("1 of "), step["text"])
        self.assertLessEqual(int(step["text"].split()[2]), len(sold))

    def test_rules_need_both_departments(self):
        rule = (
            self.env["sop.acceptance.rule"]
            .with_user(self.sop_admin)
            .create(
                {
                    "name": "No small orders",
                    "result": "refuse",
                    "condition_ids": [
                        Command.create(
                            {"measure": "order_value", "operator": "<", "threshold": 100}
                        )
                    ],
                }
            )
        )
        step = self._step("rules")
        self.assertNotEqual(step["state"], "done")
        self.assertIn("1 written, none in force", step["text"])
        rule.action_ask_approval()
        rule.with_user(self.sales_approver).action_approve()
        self.assertNotEqual(self._step("rules")["state"], "done")
        rule.with_user(self.production_approver).action_approve()
        step = self._step("rules")
        self.assertEqual((step["state"], step["text"]), ("done", "1 in force: No small orders."))
