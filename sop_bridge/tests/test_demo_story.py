from datetime import timedelta
from unittest import SkipTest

from freezegun import freeze_time

from odoo.tests import TransactionCase, tagged

from ..demo.common import as_user
from ..demo.story import contradictions, quotation


@tagged("post_install", "-at_install")
class TestDemoStory(TransactionCase):
    """README's walks through the demo plant, in a database that has it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref("sop_bridge.customer_alpenrack", raise_if_not_found=False):
            raise SkipTest("This database has no demo data.")
        # A prepared database may be older than a day; the plan of the demo is told on its own.
        cls.loaded = max(cls.env["crm.lead"].search([]).mapped("create_date"))

    def test_the_day_it_is_loaded(self):
        with freeze_time(self.loaded):
            self.assertEqual(contradictions(self.env), [])

    def test_the_day_after(self):
        with freeze_time(self.loaded + timedelta(days=1)):
            self.assertEqual(contradictions(self.env), [])

    def test_standard_is_confirmed_after_both_approved(self):
        """README, steps 6 to 9."""
        with freeze_time(self.loaded):
            order = quotation(self.env, "Standard: the same racks")
            order = order.with_env(as_user(self.env, "sales"))
            order.action_confirm()
            self.assertEqual(order.state, "draft")
            exception = order.sop_exception_ids
            self.assertGreaterEqual(len(exception.option_ids), 2)
            later = exception.option_ids.filtered(lambda option: option.kind == "later")
            later.action_choose()
            exception.with_env(as_user(self.env, "sales_manager")).action_approve("They agree.")
            self.assertEqual(order.state, "draft")
            manager = as_user(self.env, "production_manager")
            exception.with_env(manager).action_approve("It fits.")
            self.assertEqual(order.state, "sale")
            self.assertGreater(order.order_line.sop_promised_date, order.sop_requested_date)

    def test_working_hours_date_the_prototype(self):
        """README, a planner's walk, step 9."""
        with freeze_time(self.loaded):
            order = quotation(self.env, "Prototype")
            self.env.ref("sop_bridge.workcenter_trial").resource_calendar_id = self.env.ref(
                "sop_bridge.calendar_day"
            )
            self.assertTrue(all(promise.date for promise in order._sop_promises().values()))
