from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestFirstSteps(PlantCase):
    """The overview shows the true state of the current company, to any colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "New plant"})
        cls.newcomer = new_test_user(
            cls.env,
            "sop_newcomer",
            groups="base.group_user",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )

    def _steps(self, user):
        overview = self.env["sop.first.steps"].with_user(user)
        content = overview.with_company(user.company_id).get_content()
        return {step["key"]: step for step in content["steps"]}

    def _figures(self, user):
        content = self.env["sop.first.steps"].with_user(user).get_content()
        return {entry["key"]: entry for entry in content["today"]}

    def _customers(self):
        return self.env["sop.first.steps"].with_company(self.other)._count_customers()

    def _buyer(self, **values):
        return self.env["res.partner"].create(
            dict({"name": "Buyer", "company_id": self.other.id, "customer_rank": 1}, **values)
        )

    def test_new_company_starts_with_tiers(self):
        # products that companies share are in families for each of them
        self.env["product.template"].search([("sop_family_id", "!=", False)]).sop_family_id = False
        self._buyer()
        steps = self._steps(self.newcomer)
        self.assertEqual(steps["tiers"]["state"], "next")
        self.assertEqual(steps["slots"]["state"], "open")
        self.assertEqual(steps["gate"]["state"], "open")
        self.assertNotIn("done", {step["state"] for step in steps.values()})

    def test_customers_are_counted_once_and_with_their_tier(self):
        before = self._customers()
        buyer = self._buyer()
        self._buyer(name="Colleague", parent_id=buyer.id, customer_rank=0)
        self._buyer(name="Vendor", customer_rank=0)
        ordering = self._buyer(name="Orders", customer_rank=0)
        self.env["sale.order"].with_company(self.other).create(
            [{"partner_id": ordering.id, "company_id": self.other.id}] * 2
        )
        buyer.with_company(self.other).sop_tier_id = self.gold
        customers, with_tier = self._customers()
        self.assertEqual(customers - before[0], 2)
        self.assertEqual(with_tier - before[1], 1)

    def test_archived_tier_counts_as_none(self):
        buyer = self._buyer()
        tier = self.gold.copy({"code": "TRY", "company_id": self.other.id})
        before = self._customers()[1]
        buyer.with_company(self.other).sop_tier_id = tier
        self.assertEqual(self._customers()[1], before + 1)
        # people archive with a replacement; a database may hold such a tier from before
        self.env.flush_all()
        self.env.cr.execute("UPDATE sop_tier SET active = false WHERE id = %s", [tier.id])
        self.env.invalidate_all()
        self.assertEqual(self._customers()[1], before)

    def test_work_centres_without_hours_are_named(self):
        names = ["Saw", "Mill", "Drill", "Kiln", "Press"]
        centres = self.env["mrp.workcenter"].create(
            [
                {
                    "name": name,
                    "company_id": self.other.id,
                    "resource_calendar_id": False,
                    "sequence": -9,
                }
                for name in names
            ]
        )
        step = self._steps(self.newcomer)["hours"]
        self.assertNotEqual(step["state"], "done")
        self.assertIn("Saw, Mill, Drill and 2 more", step["text"])
        centres.resource_calendar_id = self.calendar.copy({"company_id": self.other.id})
        self.assertEqual(self._steps(self.newcomer)["hours"]["state"], "done")

    def test_next_slot_is_the_first_that_has_not_ended(self):
        self.env["sop.slot"].search([]).active = False
        monday = fields.Date.today() - timedelta(days=fields.Date.today().weekday())
        self._slot(self.gold, monday - timedelta(days=7), workcenter=self.line)
        self.assertNotEqual(self._steps(self.sales)["slots"]["state"], "done")
        self._slot(self.silver, self.monday, workcenter=self.assembly)
        self._slot(self.gold, self.monday + timedelta(days=1), workcenter=self.line)
        step = self._steps(self.sales)["slots"]
        self.assertEqual(step["state"], "done")
        self.assertIn("2 slots ahead; the next is Assembly: Silver", step["text"])

    def test_approvers_of_both_departments(self):
        for user in self.env["res.users"].search([]) - self.env.user:
            user.group_ids -= self.env.ref("sop_bridge.group_sop_sales_approver")
        step = self._steps(self.sop_admin)["approvers"]
        self.assertNotEqual(step["state"], "done")
        self.assertIn("Nobody decides for: Sales", step["text"])
        self.sales_approver.group_ids += self.env.ref("sop_bridge.group_sop_sales_approver")
        step = self._steps(self.sop_admin)["approvers"]
        self.assertEqual(step["state"], "done")
        self.assertIn(self.sales_approver.name, step["text"])

    def test_one_person_cannot_be_both_departments(self):
        both = new_test_user(
            self.env,
            "sop_both",
            groups="sop_bridge.group_sop_sales_approver,sop_bridge.group_sop_production_approver",
            company_id=self.other.id,
            company_ids=[Command.set(self.other.ids)],
        )
        step = self._steps(self.newcomer)["approvers"]
        self.assertNotEqual(step["state"], "done")
        self.assertIn(f"{both.name} is the only approver", step["text"])

    def test_gate(self):
        self.company.sop_gate = "inform"
        self.assertNotEqual(self._steps(self.sales)["gate"]["state"], "done")
        self.company.sop_gate = "hold"
        self.assertEqual(self._steps(self.sales)["gate"]["state"], "done")

    def test_button_only_for_who_may_use_it(self):
        self.assertFalse(any(step["action"] for step in self._steps(self.newcomer).values()))
        self.assertTrue(all(step["ask"] for step in self._steps(self.newcomer).values()))
        self.assertEqual(
            self._steps(self.sop_admin)["slots"]["action"], "sop_bridge.action_sop_slot"
        )

    def test_what_waits_for_me(self):
        self._close_until_monday()
        before = self._figures(self.sales_approver)
        self._quotation(self.standard, 4, self.monday - timedelta(days=3)).action_confirm()
        after = self._figures(self.sales_approver)
        for key in ("approvals", "exceptions"):
            self.assertEqual(after[key]["count"] - before[key]["count"], 1, key)
        self.assertEqual(self._figures(self.sales)["approvals"]["count"], 0)

    def test_promises_of_the_week(self):
        self._close_until_monday()
        before = self._figures(self.sales)["promises"]["count"]
        order = self._quotation(self.standard, 4, self.monday)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        entry = self._figures(self.sales)["promises"]
        self.assertEqual(entry["count"], before + 1)
        found = self.env["sale.order"].with_user(self.sales).search(entry["action"]["domain"])
        self.assertIn(order, found)

    def test_portal_user_is_refused(self):
        portal = new_test_user(self.env, "sop_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["sop.first.steps"].with_user(portal).get_content()
