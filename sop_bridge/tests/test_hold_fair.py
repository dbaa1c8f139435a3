from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .hold_common import HoldCase


@tagged("post_install", "-at_install")
class TestHoldFair(HoldCase):
    """Limits, extensions, who is told, and who may."""

    # ------------------------------------------------------------------ extending
    def _extend(self, order, days, reason="Their board meets on Thursday", user=None):
        wizard = (
            self.env["sop.hold.extend"]
            .with_user(user or self.sales)
            .create(
                {"order_id": order.id, "day": self.today + timedelta(days=days), "reason": reason}
            )
        )
        wizard.action_extend()

    def test_extend_with_a_reason(self):
        order, hold = self._held(8)
        self._extend(order, 10)
        self.assertEqual(hold.until_day, self.today + timedelta(days=10))
        self.assertEqual(hold.extensions, 1)
        self.assertIn("Their board meets on Thursday", order.message_ids[0].body)

    def test_a_day_is_proposed(self):
        """As long again as it was held, but not longer than a quotation may be held."""
        order, hold = self._held(8)
        first, usual = hold.until_day, hold.until_day - self.today
        for most, day in ((30, first + usual), (9, self.today + timedelta(days=9))):
            self.company.sop_hold_max_days = most
            wizard = self.env["sop.hold.extend"].with_user(self.sales).new({"order_id": order.id})
            self.assertEqual(wizard.day, day)

    def test_extend_no_more_than_allowed(self):
        order, hold = self._held(8)
        cases = [
            (10, "  ", "Say why"),
            (7, "Wait", "Choose a day after"),
            (31, "Wait", "at the latest"),
        ]
        for days, reason, message in cases:
            with self.assertRaisesRegex(UserError, message):
                self._extend(order, days, reason)
        self._extend(order, 10)
        with self.assertRaisesRegex(UserError, "at most 1 times"):
            self._extend(order, 12)
        self.assertEqual(hold.until_day, self.today + timedelta(days=10))

    def test_an_expired_one_does_not_come_back_to_life(self):
        order, _hold = self._held(8)
        with self._later(8), self.assertRaisesRegex(UserError, "The hold is over"):
            self._extend(order, 12)

    def test_holding_again_does_not_extend_for_ever(self):
        self.company.sop_hold_max_days = 10
        order, _hold = self._held(8)
        order.action_sop_release()
        with self._later(6):
            order.action_sop_hold()
            hold = order.sudo().sop_hold_ids.filtered(lambda hold: hold.state == "active")
            self.assertEqual(hold.until_day, self.today + timedelta(days=10))
        with self._later(12), self.assertRaisesRegex(UserError, "as long as a quotation may"):
            order.action_sop_hold()

    def test_letting_go_and_holding_again_is_an_extension(self):
        order, first = self._held(8)
        with self._later(5):
            order.action_sop_release()
            order.action_sop_hold()
            hold = order.sudo().sop_hold_ids - first
            self.assertEqual(hold.until_day, self.today + timedelta(days=12))
            self.assertEqual(hold.extensions, 1)
            with self.assertRaisesRegex(UserError, "at most 1 times"):
                self._extend(order, 14)

    def test_holding_again_is_no_way_round_extensions(self):
        """Where none is left it is held until the day that it was held before, and then no more."""
        self.company.sop_hold_extensions = 0
        order, first = self._held(8)
        with self._later(5):
            order.action_sop_release()
            order.action_sop_hold()
            hold = order.sudo().sop_hold_ids - first
            self.assertEqual((hold.until_day, hold.extensions), (first.until_day, 0))
        with self._later(8), self.assertRaisesRegex(UserError, "extended as often as allowed"):
            order.action_sop_hold()

    # ------------------------------------------------------------------ limits
    def test_a_held_quotation_handed_to_a_colleague_counts_for_them(self):
        self.company.sop_hold_count = 1
        order, _hold = self._held(1)
        order.with_user(self.sales).user_id = False
        self._held(1)
        with self.assertRaisesRegex(UserError, "holds 1 quotations already"):
            order.sudo().user_id = self.sales
        order.sudo().user_id = self.sales_colleague
        other, hold = self._held(1, user=self.sales_approver)
        hold._end("released", "Not wanted")
        other.sudo().user_id = self.sales_colleague

    def test_quotations_of_a_salesperson(self):
        self.company.sop_hold_count = 1
        self._held(1)
        second = self._quotation(self.standard, 1)
        with self.assertRaisesRegex(UserError, "holds 1 quotations already"):
            second.action_sop_hold()

    def test_hours_of_a_customer(self):
        self.company.sop_hold_hours = 10
        self._held(8)
        second = self._quotation(self.standard, 3)
        with self.assertRaisesRegex(UserError, "would hold 11 hours on Coating line; 10 are"):
            second.action_sop_hold()
        self._held(8, self.gold)

    def test_change_beyond_the_limit_ends_it(self):
        self.company.sop_hold_hours = 8
        order, hold = self._held(8)
        order.order_line.product_uom_qty = 9
        self.assertEqual(hold.state, "released")
        self.assertFalse(self._booked())

    def test_settings_are_checked(self):
        with self.assertRaises(ValidationError):
            self.company.write({"sop_hold_days": "NaN"})
        for values in ({"sop_hold_days": 0}, {"sop_hold_max_days": 3}, {"sop_hold_count": -1}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self.company.write(values)
                self.company.flush_recordset()

    def test_nothing_to_hold(self):
        service = self.env["product.product"].create({"name": "Advice", "type": "service"})
        with self.assertRaisesRegex(UserError, "nothing to hold"):
            self._quotation(self.standard, 1, product=service).action_sop_hold()
        self.company.sop_gate = "off"
        with self.assertRaisesRegex(UserError, "switched off"):
            self._quotation(self.standard, 1).action_sop_hold()

    def test_twice(self):
        order, _hold = self._held(8)
        with self.assertRaisesRegex(UserError, "held already"):
            order.action_sop_hold()
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "Only quotations"):
            order.action_sop_hold()

    # ------------------------------------------------------------------ others
    def test_the_reason_names_the_hold(self):
        _order, hold = self._held(8)
        rival = self._quotation(self.standard, 8)
        self.assertIn("held for another quotation", rival.order_line.sop_promise_reason)
        self.assertIn("held for another quotation", rival.sop_in_way_text)
        self.assertEqual(rival.order_line.sop_promise_rivals, hold.ids)

    def test_the_reason_names_held_goods(self):
        self._held(10, product=self.stocked)
        rival = self._quotation(self.standard, 1, product=self.stocked)
        self.assertIn("held for another quotation", rival.order_line.sop_promise_reason)

    def test_the_reason_of_a_line_beside_one_from_stock(self):
        """What is in stock waits for nobody, and hinders no sentence about the other line."""
        self._held(8)
        rival = self._quotation(self.standard, 8)
        rival.order_line = [
            Command.create({"product_id": self.stocked.id, "product_uom_qty": 1}),
        ]
        made, stocked = rival.order_line
        self.assertIn("held for another quotation", made.sop_promise_reason)
        self.assertNotIn("held", stocked.sop_promise_reason)

    def test_a_hold_elsewhere_is_not_named(self):
        cart = self._made_product("Cart", [(self.assembly, 60)])
        self._held(8, product=cart)
        alone = self._quotation(self.standard, 8)
        self.assertFalse(alone.sop_in_way_text)
        with self.assertRaisesRegex(UserError, "Nobody holds"):
            alone.action_sop_tell_me()

    def test_who_waits_is_told_when_it_is_free(self):
        order, _hold = self._held(8)
        rival = self._quotation(self.gold, 8, user=self.sales_colleague)
        rival.action_sop_tell_me()
        self.assertTrue(rival.sop_is_told)
        self.assertFalse(rival.activity_ids)
        order.action_sop_release()
        activity = rival.activity_ids
        self.assertEqual(activity.user_id, self.sales_colleague)
        self.assertIn("is free", activity.note)
        self.assertNotIn(order.name, activity.note, "it is a colleague's")
        self.assertFalse(rival.sop_in_way_text)

    def test_nobody_is_told_of_what_was_confirmed(self):
        order, _hold = self._held(8)
        rival = self._quotation(self.gold, 8)
        rival.action_sop_tell_me()
        order.action_confirm()
        self.assertFalse(rival.activity_ids)

    # ------------------------------------------------------------------ rights
    def test_only_for_own_quotations(self):
        order = self._quotation(self.standard, 8, user=self.sales_colleague)
        mine = order.with_user(self.sales)
        for name in ("action_sop_hold", "action_sop_release", "action_sop_tell_me"):
            with self.assertRaises(AccessError):
                getattr(mine, name)()
        order.action_sop_hold()
        with self.assertRaises(AccessError):
            self._extend(order, 9, user=self.sales)

    def test_planner_reads_and_changes_nothing(self):
        order, hold = self._held(8)
        read = hold.with_user(self.planner)
        self.assertEqual(read.read(["state", "minutes"])[0]["minutes"], 480)
        with self.assertRaises(AccessError):
            order.with_user(self.planner).action_sop_release()

    def test_nobody_writes_it(self):
        order, hold = self._held(8)
        for user in (self.sales, self.planner, self.sop_admin):
            mine = hold.with_user(user)
            with self.assertRaises(AccessError):
                mine.write({"until": fields.Datetime.now() + timedelta(days=300)})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.create({"order_id": order.id, "until": fields.Datetime.now()})
            with self.assertRaises(AccessError):
                mine.goods_ids.create({"hold_id": hold.id, "product_id": self.stocked.id})
            with self.assertRaises(AccessError):
                order.with_user(user).write({"sop_hold_ids": [(0, 0, {"until": "2050-01-01"})]})
            with self.assertRaises(AccessError):
                order.with_user(user).write({"sop_hold_ids": [(1, hold.id, {"extensions": 0})]})

    def test_colleagues_and_customers_do_not_see_it(self):
        other = new_test_user(self.env, "seller3", groups="sales_team.group_sale_salesman")
        portal = new_test_user(self.env, "buyer", groups="base.group_portal")
        _order, hold = self._held(8)
        self.assertFalse(self.env["sop.hold"].with_user(other).search([("id", "=", hold.id)]))
        with self.assertRaises(AccessError):
            self.env["sop.hold"].with_user(portal).search([])
        with self.assertRaises(AccessError):
            self.env["sop.hold.goods"].with_user(portal).search([])

    def test_companies_are_apart(self):
        _order, hold = self._held(8)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        boss = new_test_user(
            self.env,
            "boss_elsewhere",
            groups="sales_team.group_sale_manager,mrp.group_mrp_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.env["sop.hold"].with_user(boss).search([("id", "=", hold.id)]))

    def test_the_question_how_long_tells_nothing_of_quotations_one_may_not_read(self):
        order, _hold = self._held(8)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "seller_elsewhere",
            groups="sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        wizards = self.env["sop.hold.extend"].with_user(stranger).with_company(company)
        values = {"order_id": order.id, "day": self.monday, "reason": "x"}
        with self.assertRaises(AccessError):
            wizards.create(values)
        shown = wizards.new(values)
        self.assertFalse(shown.until or shown.last or shown.left)

    def test_search(self):
        order, _hold = self._held(8)
        free = self._quotation(self.standard, 1)
        both = [("id", "in", (order | free).ids)]
        orders = self.env["sale.order"]
        self.assertEqual(orders.search([*both, ("sop_hold_until", "!=", False)]), order)
        self.assertEqual(orders.search([*both, ("sop_hold_until", "=", False)]), free)
