from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestException(PlantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._close_until_monday()
        cls.tuesday = cls.monday + timedelta(days=1)

    def _held(self, quantity=12, tier=None):
        order = self._quotation(tier or self.standard, quantity, self.monday)
        order.action_confirm()
        return order, order.sop_exception_ids

    def _approve(self, exception):
        exception.with_user(self.sales_approver).action_approve()
        exception.with_user(self.production_approver).action_approve()

    def _option(self, exception, kind):
        return exception.option_ids.filtered(lambda option: option.kind == kind)

    def test_options_for_a_late_order(self):
        self._slot(self.gold, self.monday)
        _order, exception = self._held(8)
        self.assertEqual(exception.option_ids.mapped("kind"), ["later", "slot"])
        slot = self._option(exception, "slot")
        self.assertEqual((slot.date, slot.late_days), (self.monday, 0))
        self.assertIn("Gold", slot.hurt)
        self.assertEqual(self._option(exception, "later").date, self.tuesday)

    def test_lower_tier_slots_are_tried_first(self):
        self._slot(self.standard, self.monday, scope="only")
        _order, exception = self._held(8, self.gold)
        slot = self._option(exception, "slot")
        self.assertEqual(slot.unlock, "lower")
        self.assertIn("Standard only", slot.hurt)

    def test_later_date(self):
        order, exception = self._held()
        self.assertEqual(exception.option_id.kind, "later")
        self._approve(exception)
        self.assertEqual((order.state, exception.state), ("sale", "approved"))
        self.assertEqual(order.order_line.sop_promised_date, self.tuesday)
        self.assertEqual(order.order_line.sop_agreed_date, self.tuesday)
        self.assertEqual(order.sop_requested_date, self.monday, "the wish stays on record")
        self.assertEqual(order.company_id._sop_local_date(order.commitment_date), self.tuesday)
        self.assertEqual(sum(self._booked().values()), 720)
        self.assertEqual(order.order_line.sudo().sop_booking_ids.mapped("state"), ["booked"] * 2)
        self.assertTrue(order.order_line.sudo().sop_booking_ids.production_id.is_planned)

    def test_slot_of_others(self):
        slot = self._slot(self.gold, self.monday)
        order, exception = self._held(8)
        self._option(exception, "slot").with_user(self.sales).action_choose()
        self._approve(exception)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.sop_promised_date, self.monday)
        bookings = order.order_line.sudo().sop_booking_ids
        self.assertEqual(bookings.slot_id, slot)
        self.assertEqual(bookings.workorder_id.date_start.date(), self.monday)
        self.assertEqual(slot.used_minutes, 480)

    def test_split_over_dates(self):
        order, exception = self._held(12)
        order.order_line.price_unit = 77
        self._option(exception, "split").with_user(self.sales).action_choose()
        total = order.amount_untaxed
        self._approve(exception)
        self.assertEqual(order.state, "sale")
        lines = order.order_line.sorted("sop_promised_date")
        self.assertEqual(lines.mapped("product_uom_qty"), [8, 4])
        self.assertEqual(lines.mapped("sop_promised_date"), [self.monday, self.tuesday])
        self.assertEqual(lines.mapped("price_unit"), [77, 77])
        self.assertEqual(order.amount_untaxed, total)
        self.assertEqual(sum(self._booked().values()), 720)

    def test_minutes_are_held_while_it_waits(self):
        _order, exception = self._held(16)
        self.assertEqual(set(exception.order_id.sudo().sop_booking_ids.mapped("state")), {"held"})
        other = self._quotation(self.standard, 1, self.monday)
        self.assertEqual(other.order_line.sop_promise_date, self.monday + timedelta(days=2))

    def test_rejecting_needs_a_reason_and_frees_everything(self):
        order, exception = self._held()
        with self.assertRaises(UserError):
            exception.with_user(self.sales_approver).action_reject()
        exception.with_user(self.sales_approver).action_reject("Not worth the overtime")
        self.assertEqual((order.state, exception.state), ("draft", "rejected"))
        self.assertFalse(self._booked())
        self.assertFalse(order.sop_waiting)
        order.action_confirm()
        self.assertEqual(sorted(order.sop_exception_ids.mapped("state")), ["pending", "rejected"])

    def test_both_departments_in_turn(self):
        _order, exception = self._held()
        with self.assertRaises(UserError):
            exception.with_user(self.production_approver).action_approve()
        exception.with_user(self.sales_approver).action_approve()
        self.assertEqual(exception.state, "pending")
        with self.assertRaises(UserError):
            exception.with_user(self.sales_approver).action_approve()
        exception.with_user(self.production_approver).action_approve()
        self.assertEqual(exception.state, "approved")

    def test_salesperson_and_requester_do_not_decide(self):
        self.sales.group_ids += self.env.ref("sop_bridge.group_sop_sales_approver")
        _order, exception = self._held()
        with self.assertRaises(UserError):
            exception.with_user(self.sales).action_approve()
        # A colleague files it: the quotation is still that of the salesperson.
        order = self._quotation(self.standard, 12, self.monday)
        order.with_user(self.sales_colleague).action_confirm()
        with self.assertRaises(UserError):
            order.sop_exception_ids.with_user(self.sales).action_approve()

    def test_choosing_another_option_voids_what_was_decided(self):
        self._slot(self.gold, self.monday)
        _order, exception = self._held(8)
        exception.with_user(self.sales_approver).action_approve()
        self._option(exception, "slot").with_user(self.production_approver).action_choose()
        with self.assertRaises(UserError):
            exception.with_user(self.production_approver).action_approve()
        self.assertEqual(exception.state, "pending")

    def test_option_is_chosen_only_by_those_concerned(self):
        self._slot(self.gold, self.monday)
        _order, exception = self._held(8)
        with self.assertRaises(AccessError):
            self._option(exception, "slot").with_user(self.planner).action_choose()

    def test_changing_the_quotation_withdraws_the_request(self):
        order, exception = self._held()
        exception.with_user(self.sales_approver).action_approve()
        order.order_line.product_uom_qty = 13
        self.assertEqual(exception.state, "cancel")
        self.assertFalse(self._booked())
        with self.assertRaises(UserError):
            exception.with_user(self.production_approver).action_approve()
        order.action_confirm()
        self.assertEqual(len(order.sop_exception_ids), 2)

    def test_every_change_of_the_question_counts(self):
        for change in (
            lambda order: order.write({"sop_requested_date": self.tuesday}),
            lambda order: order.write({"partner_id": self.customers[self.gold].id}),
            lambda order: order.write(
                {"order_line": [Command.create({"product_id": self.cabinet.id})]}
            ),
            lambda order: order.order_line.write({"product_id": self._made_product("X", []).id}),
        ):
            order, exception = self._held()
            change(order)
            self.assertEqual(exception.state, "cancel")
            order._action_cancel()

    def test_what_was_approved_is_void_after_cancelling(self):
        self._slot(self.gold, self.monday)
        order, exception = self._held(8)
        self._option(exception, "slot").with_user(self.sales).action_choose()
        self._approve(exception)
        self.assertEqual(order.sop_unlock, "all")
        order.sudo()._action_cancel()
        order.sudo().action_draft()
        self.assertFalse(order.sop_unlock)
        self.assertFalse(order.order_line.sop_agreed_date)
        order.action_confirm()
        self.assertEqual(order.state, "draft", "it waits again")

    def test_without_an_approval_rule_it_waits_and_says_so(self):
        rules = self.env["sop.approval.rule"].search([])
        rules.active = False
        order, exception = self._held()
        self.assertEqual((order.state, exception.state), ("draft", "pending"))
        self.assertIn("no approval rule", order.sop_waiting)
        rules.active = True
        order.action_confirm()
        self.assertEqual(exception.approval_state, "pending")

    def test_deleting_a_quotation(self):
        order, exception = self._held()
        order.sudo().unlink()
        self.assertFalse(exception.exists())
        order, exception = self._held()
        exception.with_user(self.sales_approver).action_reject("No")
        with self.assertRaises(UserError):
            order.sudo().unlink()

    def test_confirming_after_all_ends_the_request(self):
        """Room was found meanwhile, or the gate was opened: nothing is left to decide."""
        blocker = self._quotation(self.standard, 4, self.monday)
        blocker.action_confirm()
        order, exception = self._held(8)
        blocker.sudo()._action_cancel()
        order.action_confirm()
        self.assertEqual((order.state, exception.state), ("sale", "cancel"))
        self.assertEqual(self._booked(), {self.monday: 480.0})
        other, waiting = self._held(1)
        self.company.sop_gate = "inform"
        other.action_confirm()
        self.assertEqual((other.state, waiting.state), ("sale", "cancel"))
        self.assertEqual(self._booked(), {self.monday: 480.0})

    def test_price_may_change_while_it_waits(self):
        order, exception = self._held()
        order.order_line.price_unit = 5
        self.assertEqual(exception.state, "pending")

    def test_cancelled_quotation_withdraws(self):
        order, exception = self._held()
        order._action_cancel()
        self.assertEqual(exception.state, "cancel")
        self.assertFalse(self._booked())

    def test_documents_are_not_written_by_hand(self):
        _order, exception = self._held()
        users = (self.sales, self.sales_approver, self.production_approver, self.sop_admin)
        for user in users:
            mine = exception.with_user(user)
            for vals in (
                {"state": "approved"},
                {"approval_state": "approved"},
                {"option_id": False},
                {"withdrawn": "x"},
            ):
                with self.assertRaises(AccessError):
                    mine.write(vals)
            with self.assertRaises(AccessError):
                mine.option_ids.write({"terms": {}})
            with self.assertRaises(AccessError):
                mine.line_ids.write({"possible_date": self.monday})
            with self.assertRaises(AccessError):
                mine.create({"order_id": exception.order_id.id})

    def test_salesperson_sees_own_exceptions_only(self):
        _order, exception = self._held()
        other = self._quotation(self.standard, 16, self.monday, user=self.sales_colleague)
        other.action_confirm()
        seen = self.env["sop.exception"].with_user(self.sales).search([])
        self.assertIn(exception, seen)
        self.assertNotIn(other.sop_exception_ids, seen)

    def test_held_order_is_told_in_the_chatter(self):
        order, exception = self._held()
        self.assertIn(exception.name, " ".join(order.message_ids.mapped("body")))

    def test_ask_for_an_exception_needs_a_gap(self):
        order = self._quotation(self.standard, 1, self.monday)
        with self.assertRaisesRegex(UserError, "confirm the quotation"):
            order.action_sop_ask_exception()
        late = self._quotation(self.standard, 9, self.monday)
        late.action_sop_ask_exception()
        self.assertEqual(late.sop_exception_ids.state, "pending")
