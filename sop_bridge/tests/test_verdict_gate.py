from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from .verdict_common import VerdictCase


@tagged("post_install", "-at_install")
class TestVerdictShown(VerdictCase):
    def test_line_shows_verdict_sentence_and_offers(self):
        self._small_run(message="Ask for the next campaign.")
        line = self._wanted().order_line
        self.assertEqual(line.sop_verdict, "exception")
        self.assertIn("4 Units is below 10 Units", line.sop_verdict_text)
        self.assertIn("Ask for the next campaign.", line.sop_verdict_text)
        offers = {offer["kind"]: offer for offer in line.sop_verdict_offers}
        self.assertEqual(offers["quantity"]["quantity"], 10)
        self.assertEqual(offers["quantity"]["money"], 600)
        self.assertTrue(offers["quantity"]["label"])

    def test_verdict_follows_what_is_typed(self):
        self._margin(result="refuse")
        form = Form(self.env["sale.order"].with_user(self.sales))
        form.partner_id = self.customers[self.standard]
        with form.order_line.new() as line:
            line.product_id = self.cabinet
            self.assertEqual(line.sop_verdict, "pass")
            line.price_unit = 61
            self.assertEqual(line.sop_verdict, "refuse")
            line.price_unit = 90
            self.assertEqual(line.sop_verdict, "pass")

    def test_a_day_at_the_end_of_time_hinders_nobody_from_reading(self):
        """It may stand there from before there was a limit."""
        self._small_run()
        self._rule(("changeover_minutes", ">", 0))
        fields_read = {"sop_promise_date": {}, "sop_hint": {}}
        lines = {"sop_verdict": {}, "sop_verdict_offers": {}, "sop_promise_reason": {}}
        fields_read["order_line"] = {"fields": lines}
        order = self._wanted()
        self.calendar.tz = "Pacific/Auckland"
        for days in (
            {"sop_requested_date": "9999-12-31"},
            {"sop_requested_date": "0001-01-01"},
            {"sop_requested_date": None, "commitment_date": "9999-12-31 23:00:00"},
            {"sop_requested_date": None, "commitment_date": "0001-01-01 00:00:00"},
        ):
            for name, value in days.items():
                self.env.cr.execute(
                    SQL(
                        "UPDATE sale_order SET %s = %s WHERE id = %s",
                        SQL.identifier(name),
                        value,
                        order.id,
                    )
                )
            self.env.invalidate_all()
            (shown,) = order.web_read(fields_read)
            self.assertEqual(shown["order_line"][0]["sop_verdict"], "exception", days)

    def test_verdict_follows_a_discount(self):
        self._margin()
        line = self._wanted(price_unit=90).order_line
        self.assertEqual(line.sop_verdict, "pass")
        line.discount = 20
        self.assertEqual(line.sop_verdict, "exception")

    def test_nothing_with_the_gate_off(self):
        self._small_run()
        self.company.sop_gate = "off"
        line = self._wanted().order_line
        self.assertEqual(line.sop_verdict, "none")
        self.assertFalse(line.sop_verdict_text)
        self.assertFalse(line.sop_verdict_offers)

    def test_nothing_on_confirmed_lines(self):
        order = self._wanted()
        order.action_confirm()
        self._small_run()
        order.invalidate_recordset()
        self.assertEqual(order.order_line.sop_verdict, "none")

    def _count(self, lines):
        order = self._quotation(self.standard, 1, self.monday)
        order.order_line = [
            Command.create({"product_id": self.cabinet.id}) for _number in range(lines - 1)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertTrue(all(order.order_line.mapped("sop_verdict_text")))
        return self.env.cr.sql_log_count - before

    def test_no_query_per_line(self):
        self._small_run()
        self._margin()
        self._count(2)
        self.assertLessEqual(self._count(20), self._count(2) + 3)

    # ------------------------------------------------------------------ looking for offers
    def test_offers_are_not_sought_with_the_verdict(self):
        self._small_run()
        line = self._wanted().order_line
        with patch("odoo.addons.sop_bridge.models.sop_verdict.find_offers") as sought:
            self.assertEqual(line.sop_verdict, "exception")
            line.order_id.action_confirm()
        sought.assert_not_called()

    def _found(self, order, changes, key):
        self.env.invalidate_all()  # each call of a client begins without a cache
        offers = order.with_user(self.sales).sop_find_offers(changes, key)
        return {offer["kind"]: offer["label"] for offer in offers}

    def test_offers_for_what_is_typed_and_not_saved(self):
        self._small_run()
        order = self._wanted(12)
        line = order.order_line
        self.assertFalse(self._found(order, {}, line.id))
        typed = {"order_line": [Command.update(line.id, {"product_uom_qty": 3})]}
        self.assertIn("Order 10 Units", self._found(order, typed, line.id)["quantity"])
        self.assertEqual((line.product_uom_qty, line.sop_verdict), (12, "pass"))
        soon = self._rule(("lead_days", "<", 3), name="Soon", sequence=1)
        typed = {"sop_requested_date": fields.Date.today() + timedelta(days=1)}
        self.assertIn("Deliver on", self._found(order, typed, line.id)["later"])
        soon.with_user(self.sop_admin).active = False
        line.product_uom_qty = 3
        self.assertIn("Order 10 Units", self._found(order, {}, line.id)["quantity"])
        added = {"product_id": self.cabinet.id, "product_uom_qty": 2}
        typed = {
            "partner_id": order.partner_id.id,
            "company_id": self.company.id,
            "order_line": [[Command.CREATE, "virtual_7", added]],
        }
        found = self._found(order.browse(), typed, "virtual_7")
        self.assertIn("Order 10 Units", found["quantity"])
        self.assertFalse(self._found(order.browse(), typed, "virtual_8"))

    def test_offers_only_for_who_sees_the_quotation(self):
        self._small_run()
        order = self._wanted()
        anybody = new_test_user(self.env, "sop_u2", groups="base.group_user")
        for records in (order, order.browse()):
            with self.assertRaises(AccessError):
                records.with_user(anybody).sop_find_offers({}, order.order_line.id)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            self._found(order.browse(), {"company_id": elsewhere.id}, 1)

    # ------------------------------------------------------------------ applying an offer
    def _key(self, line, kind):
        return next(offer["key"] for offer in line.sop_verdict_offers if offer["kind"] == kind)

    def test_one_click_applies_an_offer_and_says_what_was_there(self):
        self._small_run()
        order = self._wanted()
        line = order.order_line.with_user(self.sales)
        line.discount = 10
        action = line.action_sop_apply_offer(self._key(line, "quantity"))
        self.assertEqual((line.product_uom_qty, line.discount), (10, 10))
        self.assertEqual(line.sop_verdict, "pass")
        self.assertFalse(line.sop_verdict_offers)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("4 Units", action["params"]["message"])

    def test_price_offer(self):
        self._margin()
        line = self._wanted(price_unit=70).order_line
        line.action_sop_apply_offer(self._key(line, "price"))
        self.assertEqual((line.price_unit, line.sop_verdict), (85.72, "pass"))

    def test_stale_offer_is_refused(self):
        self._small_run()
        line = self._wanted().order_line
        key = self._key(line, "quantity")
        line.action_sop_apply_offer(key)
        for wrong in (key, "quantity|1|||", "", None):
            with self.assertRaisesRegex(UserError, "does not hold any more"):
                line.action_sop_apply_offer(wrong)
        self.assertEqual(line.product_uom_qty, 10)

    def test_offers_are_applied_by_who_may_write(self):
        self._small_run()
        line = self._wanted().order_line
        key = self._key(line, "quantity")
        other_seller = new_test_user(self.env, "sop_s3", groups="sales_team.group_sale_salesman")
        anybody = new_test_user(self.env, "sop_u1", groups="base.group_user")
        for user in (other_seller, anybody):
            with self.assertRaises(AccessError):
                line.with_user(user).action_sop_apply_offer(key)
        self.assertEqual(line.product_uom_qty, 4)

    def test_offers_are_not_applied_to_confirmed_orders(self):
        order = self._wanted()
        order.action_confirm()
        self._small_run()
        with self.assertRaisesRegex(UserError, "quotations only"):
            order.order_line.action_sop_apply_offer("quantity|10.0|||")


@tagged("post_install", "-at_install")
class TestVerdictGate(VerdictCase):
    # ------------------------------------------------------------------ exception
    def test_line_against_a_rule_waits_like_a_late_one(self):
        rule = self._small_run()
        order = self._wanted()
        action = order.action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(order.state, "draft")
        exception = order.sop_exception_ids
        line = exception.line_ids
        self.assertEqual(line.rule_id, rule)
        self.assertIn("4 Units is below 10 Units", line.rule_text)
        self.assertEqual(line.gap_days, 0)
        option = exception.option_ids
        self.assertEqual((option.kind, option.date, option.late_days), ("waive", self.monday, 0))
        self.assertIn("“Small run”", option.waiver)
        self.assertIn("160.00", option.waiver)
        self.assertIn("40 %", option.waiver)
        self.assertIn("0 minutes of changeover", option.waiver)

    def test_goods_that_are_early_are_not_late_by_less_than_nothing(self):
        self._margin()
        self.env["stock.quant"]._update_available_quantity(
            self.cabinet, self.env["stock.warehouse"].search([], limit=1).lot_stock_id, 4
        )
        order = self._wanted(price_unit=61)
        order.action_confirm()
        exception = order.sop_exception_ids
        self.assertLess(exception.possible_date, exception.requested_date)
        self.assertEqual((exception.gap_days, exception.approval_state), (0, "pending"))
        self.assertEqual(exception.option_id.date, self.monday)

    def test_changeover_is_said_in_minutes(self):
        self.env["sop.changeover"].create(
            {"workcenter_id": self.line.id, "to_family_id": self.family.id, "minutes": 90}
        )
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        self.assertIn("90 minutes of changeover", order.sop_exception_ids.option_ids.waiver)

    def test_approved_against_the_rule_it_is_confirmed(self):
        rule = self._small_run()
        order = self._wanted()
        order.action_confirm()
        self._approve(order.sop_exception_ids)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.sop_waived["rules"], rule.ids)
        self.assertFalse(order.order_line.sop_agreed_date)
        self.assertEqual(sum(self._booked().values()), 240)

    def test_late_line_against_a_rule_gets_date_and_waiver_together(self):
        self._rule(("campaign_quantity", "<", 20), name="Small run")
        order = self._wanted(12)
        order.action_confirm()
        exception = order.sop_exception_ids
        self.assertEqual(exception.option_ids.mapped("kind"), ["later", "split"])
        for option in exception.option_ids:
            self.assertIn("Also waives “Small run”", option.waiver)
        exception.option_ids[1].with_user(self.sales).action_choose()
        self._approve(exception)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [8, 4])
        self.assertTrue(all(order.order_line.mapped("sop_waived")))

    def test_offers_pass_the_gate(self):
        self._small_run()
        order = self._quotation(self.standard, 4)
        offer = next(o for o in order.order_line.sop_verdict_offers if o["kind"] == "quantity")
        order.order_line.action_sop_apply_offer(offer["key"])
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.sop_exception_ids)

    def test_changing_the_line_ends_the_waiver(self):
        self._small_run()
        order = self._wanted()
        order.order_line._sop_waive(self.env["sop.acceptance.rule"].search([]).ids)
        self.assertEqual(order.order_line.sop_verdict, "pass")
        order.order_line.product_uom_qty = 3
        self.assertFalse(order.order_line.sop_waived)
        self.assertEqual(order.order_line.sop_verdict, "exception")

    def test_lower_price_ends_the_waiver_and_the_request(self):
        rule = self._margin()
        order = self._wanted(price_unit=70)
        order.action_confirm()
        exception = order.sop_exception_ids
        exception.with_user(self.sales_approver).action_approve()
        order.order_line.price_unit = 61
        self.assertEqual(exception.state, "cancel")
        order.order_line._sop_waive(rule.ids)
        order.order_line.discount = 5
        self.assertFalse(order.order_line.sop_waived)

    def test_price_changed_behind_the_back_is_noticed(self):
        """A recomputed price does not pass through write: what was asked is compared as well."""
        rule = self._margin()
        order = self._wanted(price_unit=70)
        order.action_confirm()
        exception = order.sop_exception_ids
        exception.with_user(self.sales_approver).action_approve()
        order.order_line._sop_waive(rule.ids)
        order.order_line._sop_store({"price_unit": 61})
        with self.assertRaisesRegex(UserError, "changed since"):
            exception.with_user(self.production_approver).action_approve()
        self.assertEqual(order.order_line.sop_verdict, "exception")

    def test_waiver_of_one_rule_is_not_that_of_another(self):
        rule = self._small_run()
        self._margin(sequence=20)
        order = self._wanted(price_unit=70)
        order.order_line._sop_waive(rule.ids)
        self.assertEqual(order.order_line.sop_verdict, "pass")
        rule.with_user(self.sop_admin).active = False
        order.invalidate_recordset()
        order.order_line.invalidate_recordset()
        self.assertEqual(order.order_line.sop_verdict, "exception")

    def test_late_requests_keep_their_question_without_prices(self):
        order = self._wanted(12)
        order.action_confirm()
        exception = order.sop_exception_ids
        order.order_line.price_unit = 120
        self.assertEqual(exception.state, "pending")
        self.assertNotIn("prices", exception.question)
        self.assertNotIn("waives", exception.option_id._snapshot())

    # ------------------------------------------------------------------ refusal
    def test_refused_line_is_not_confirmed_and_says_why(self):
        self._small_run(result="refuse")
        order = self._wanted()
        action = order.with_user(self.sales).action_confirm()
        self.assertEqual((order.state, len(order.sop_exception_ids)), ("draft", 0))
        self.assertIn("4 Units is below 10 Units", action["params"]["message"])
        self.assertIn("Only an approver", action["params"]["message"])
        self.assertNotIn("Not confirmed", self._notes(order))

    def test_ordinary_salesperson_cannot_take_a_refusal_to_an_exception(self):
        self._small_run(result="refuse")
        order = self._wanted()
        with self.assertRaisesRegex(AccessError, "Only an approver"):
            order.with_user(self.sales).action_sop_ask_exception()
        self.assertFalse(order.sop_exception_ids)

    def test_whoever_may_takes_a_refusal_to_an_exception(self):
        self._small_run(result="refuse")
        coordinator = self._coordinator()
        for user in (self.sales_approver, self.production_approver, coordinator):
            order = self._wanted(1)
            order.with_user(user).action_sop_ask_exception()
            exception = order.sop_exception_ids
            self.assertEqual((exception.state, exception.option_id.kind), ("pending", "waive"))
            self.assertEqual(exception.approval_requester_id, user)
        # a requester does not decide; the last one asked by the coordinator can be approved
        self._approve(exception)
        self.assertEqual(order.state, "sale")

    def test_confirming_again_does_not_refuse_what_is_asked_already(self):
        self._small_run(result="refuse")
        order = self._wanted()
        order.with_user(self._coordinator()).action_sop_ask_exception()
        action = order.with_user(self.sales).action_confirm()
        self.assertIn("EXC/", action["params"]["message"])
        self.assertEqual(len(order.sop_exception_ids), 1)

    def test_one_refused_line_holds_the_whole_quotation(self):
        self._margin(result="refuse", sequence=5)
        self._small_run(sequence=6)
        order = self._wanted()
        order.order_line = [
            Command.create({"product_id": self.cabinet.id, "price_unit": 61, "product_uom_qty": 1})
        ]
        order.action_confirm()
        self.assertFalse(order.sop_exception_ids)
        order.with_user(self.sales_approver).action_sop_ask_exception()
        self.assertEqual(len(order.sop_exception_ids.line_ids), 2)

    def test_several_at_once_confirm_what_passes(self):
        self._small_run(result="refuse")
        good, bad = self._wanted(10), self._wanted(4)
        good.sop_requested_date = bad.sop_requested_date = False
        (bad | good).action_confirm()
        self.assertEqual((good.state, bad.state), ("sale", "draft"))

    def test_signature_of_a_customer_never_errs(self):
        self._small_run(result="refuse")
        order = self._wanted()
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo().action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertIn("4 Units is below 10 Units", self._notes(order))
        told = order.message_ids.filtered(lambda m: "Not confirmed" in (m.body or ""))
        self.assertIn(self.sales.partner_id, told.partner_ids)

    def test_payment_by_the_robot_never_errs(self):
        self._small_run(result="refuse")
        order = self._wanted()
        order.with_user(SUPERUSER_ID).action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertIn("Not confirmed", self._notes(order))

    def test_rule_that_came_while_it_waited_is_not_passed_by(self):
        order = self._wanted(12)
        order.action_confirm()
        exception = order.sop_exception_ids
        self._rule(("campaign_quantity", "<", 20), result="refuse")
        self._approve(exception)
        self.assertEqual(order.state, "draft")
        self.assertIn("is below 20", self._notes(order))

    # ------------------------------------------------------------------ inform
    def test_inform_blocks_nothing_and_says_so(self):
        self.company.sop_gate = "inform"
        self._small_run(result="refuse")
        order = self._wanted()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("rules speak against it", self._notes(order))

    # ------------------------------------------------------------------ confirmed orders
    def test_what_a_confirmed_order_grows_by_is_judged(self):
        order = self._wanted(4)
        order.action_confirm()
        self._margin(result="refuse")
        order.order_line.product_uom_qty = 5
        with self.assertRaisesRegex(UserError, "Margin"):
            order.order_line.write({"product_uom_qty": 6, "price_unit": 61})
        with self.assertRaisesRegex(UserError, "cannot be added"):
            order.order_line = [
                Command.create({"product_id": self.cabinet.id, "price_unit": 61}),
            ]

    def test_cancelling_ends_the_waiver(self):
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        self._approve(order.sop_exception_ids)
        order.sudo()._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.state, "draft")

    # ------------------------------------------------------------------ who tries by force
    def _coordinator(self):
        user = self.sop_admin.copy({"login": "sop_coordinator", "email": "coord@example.com"})
        user.group_ids = [Command.set([self.env.ref("sop_bridge.group_sop_coordinator").id])]
        return user

    def test_waivers_are_not_written_by_hand(self):
        rule = self._small_run()
        order = self._wanted()
        seal = order.order_line._sop_terms_seal()
        lie = {"rules": rule.ids, "asked": seal}
        for user in (self.sales, self.sop_admin, self.sales_approver):
            with self.assertRaises(AccessError):
                order.order_line.with_user(user).write({"sop_waived": lie})
            with self.assertRaises(AccessError):
                order.with_user(user).write(
                    {"order_line": [Command.update(order.order_line.id, {"sop_waived": lie})]}
                )
        line = {"product_id": self.cabinet.id, "sop_waived": lie}
        with self.assertRaises(AccessError):
            order.with_user(self.sales).write({"order_line": [Command.create(line)]})
        added = order.order_line.with_context(default_sop_waived=lie).create(
            {"order_id": order.id, "product_id": self.cabinet.id}
        )
        self.assertFalse(added.sop_waived)
        order.order_line[0]._sop_waive(rule.ids)
        copied = order.order_line[0].copy({"order_id": order.id})
        self.assertFalse(copied.sop_waived)

    def test_lies_in_the_context_do_not_help(self):
        self._small_run(result="refuse")
        order = self._wanted().with_user(self.sales)
        lies = {
            "sop_gate_passed": True,
            "sop_waived": True,
            "default_state": "sale",
            "sop_verdict": "pass",
            "force": True,
        }
        order.with_context(**lies).action_confirm()
        self.assertEqual(order.state, "draft")
        with self.assertRaises(AccessError):
            order.with_context(**lies).write({"state": "sale"})
        with self.assertRaises(AccessError):
            self.env["sop.exception"].with_user(self.sales).with_context(**lies).create(
                {"order_id": order.id}
            )

    def test_approved_options_are_not_rewritten(self):
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        option = order.sop_exception_ids.option_ids
        for user in (self.sales, self.sales_approver, self.sop_admin):
            with self.assertRaises(AccessError):
                option.with_user(user).write({"waives": {}})
            with self.assertRaises(AccessError):
                order.sop_exception_ids.line_ids.with_user(user).write({"rule_text": "Fine"})

    def test_later_date_of_an_offer_is_kept(self):
        self._rule(("lead_days", "<", (self.monday - fields.Date.today()).days + 2), name="Lead")
        order = self._wanted()
        offer = next(o for o in order.order_line.sop_verdict_offers if o["kind"] == "later")
        order.order_line.action_sop_apply_offer(offer["key"])
        self.assertEqual(order.sop_requested_date, self.monday + timedelta(days=2))
        self.assertEqual(order.order_line.sop_verdict, "pass")
