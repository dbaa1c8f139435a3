from odoo.exceptions import AccessError
from odoo.tests import tagged

from .verdict_common import VerdictCase


@tagged("post_install", "-at_install")
class TestAcceptanceLog(VerdictCase):
    def _log(self, order):
        return self.env["sop.acceptance.log"].search([("order_id", "=", order.id)])

    def test_one_row_per_line_and_rule_in_scope(self):
        fires = self._small_run()
        rests = self._margin(sequence=5)
        self._rule(name="Elsewhere", tier_ids=self.gold.ids)
        order = self._wanted()
        order.action_confirm()
        order.action_confirm()
        rows = {row.rule_id: row for row in self._log(order)}
        self.assertEqual(set(rows), {fires, rests})
        row = rows[fires]
        self.assertEqual((row.fired, row.result, row.outcome), (True, "exception", "open"))
        self.assertEqual((row.quantity, row.value, row.fired_value), (4, 400, 400))
        self.assertEqual((row.partner_id, row.family_id), (order.partner_id, self.family))
        self.assertEqual(row.attempts, 2)
        row = rows[rests]
        self.assertEqual((row.fired, row.result, row.fired_value), (False, "none", 0))

    def test_value_is_in_company_currency(self):
        currency = self.env["res.currency"].create({"name": "XFN", "symbol": "F"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 2.0, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create({"name": "F", "currency_id": currency.id})
        self._small_run()
        order = self._wanted()
        order.pricelist_id = pricelist
        order.order_line.price_unit = 200
        order.action_confirm()
        self.assertAlmostEqual(self._log(order).value, 400)

    def test_outcome_confirmed(self):
        self._margin()
        order = self._wanted()
        order.action_confirm()
        self.assertEqual(self._log(order).mapped("outcome"), ["confirmed"])

    def test_outcome_changed(self):
        self._small_run(result="refuse")
        order = self._quotation(self.standard, 4)
        order.action_confirm()
        self.assertEqual(self._log(order).outcome, "open")
        order.order_line.product_uom_qty = 10
        order.action_confirm()
        row = self._log(order)
        self.assertEqual((row.outcome, row.fired, row.result), ("changed", True, "refuse"))
        self.assertEqual((row.fired_value, row.value), (400, 1000))

    def test_outcome_waived(self):
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        self._approve(order.sop_exception_ids)
        self.assertEqual(self._log(order).outcome, "waived")

    def test_outcome_rejected_then_asked_again(self):
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        order.sop_exception_ids.with_user(self.sales_approver).action_reject("No")
        self.assertEqual(self._log(order).outcome, "rejected")
        order.action_confirm()
        self.assertEqual(self._log(order).outcome, "open")

    def test_outcome_lost(self):
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        row = self._log(order)
        order._action_cancel()
        self.assertEqual(row.outcome, "lost")
        gone = self._wanted()
        gone.with_user(self.sales_approver).action_confirm()
        row = self._log(gone)
        gone.sop_exception_ids.sudo()._withdraw("Test")
        gone.order_line.unlink()
        self.assertEqual((row.outcome, bool(row.order_line_id)), ("lost", False))

    def test_inform_is_recorded_too(self):
        self.company.sop_gate = "inform"
        self._small_run(result="refuse")
        order = self._wanted()
        order.action_confirm()
        row = self._log(order)
        self.assertEqual((row.fired, row.outcome), (True, "confirmed"))

    def test_nothing_is_written_by_hand(self):
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        row = self._log(order)
        values = {"rule_id": row.rule_id.id, "company_id": self.company.id, "fired": False}
        for user in (self.sales, self.sales_approver, self.sop_admin):
            mine = row.with_user(user)
            with self.assertRaises(AccessError):
                mine.write({"fired": False})
            with self.assertRaises(AccessError):
                mine.create(values)
            with self.assertRaises(AccessError):
                mine.with_context(_force_unlink=True).unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.sales).read(["fired"])
        self.assertTrue(row.with_user(self.production_approver).fired)

    def test_other_companies_are_not_seen(self):
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        other = self.env["res.company"].create({"name": "Other"})
        user = self.sales_approver
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self.env["sop.acceptance.log"].with_user(user).search([]))

    def test_recording_costs_a_constant_number_of_queries(self):
        self._margin()
        log = self.env["sop.acceptance.log"]
        counts = {}
        for quantity in (2, 20):
            order = self._quotation(self.standard, 1)
            order.write({"order_line": [(0, 0, {"product_id": self.cabinet.id})] * (quantity - 1)})
            promises = order._sop_promises()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            order._sop_judge(promises)
            counts[quantity] = self.env.cr.sql_log_count - before
            self.assertEqual(log.search_count([("order_id", "=", order.id)]), quantity)
        self.assertLessEqual(counts[20], counts[2])

    # ------------------------------------------------------------------ on the list of rules
    def test_counts_and_marks(self):
        always = self._small_run(sequence=30)
        never = self._margin(sequence=5)
        order = self._quotation(self.standard, 0.1)
        order.write(
            {"order_line": [(0, 0, {"product_id": self.cabinet.id, "product_uom_qty": 0.1})] * 18}
        )
        order._sop_judge(order._sop_promises())
        self.assertEqual((never.log_lines, never.log_fired, never.log_mark), (19, 0, False))
        order.write(
            {"order_line": [(0, 0, {"product_id": self.cabinet.id, "product_uom_qty": 0.1})]}
        )
        order._sop_judge(order._sop_promises())
        (always | never).invalidate_recordset()
        self.assertEqual((never.log_lines, never.log_fired, never.log_mark), (20, 0, "never"))
        self.assertEqual((always.log_lines, always.log_fired, always.log_mark), (20, 20, "always"))
        action = always.with_user(self.sales_approver).action_sop_log()
        self.assertEqual(action["views"][0][1], "list")
        self.assertEqual(action["domain"], [("rule_id", "=", always.id)])
