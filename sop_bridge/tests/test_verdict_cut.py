from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .verdict_common import VerdictCase


@tagged("post_install", "-at_install")
class TestVerdictCut(VerdictCase):
    """What becomes of the price of an order after its confirmation."""

    def _confirmed(self, quantity=4, **values):
        order = self._wanted(quantity, **values)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def _write(self, records, vals, user=None):
        """Write as a remote client of the salesperson does."""
        model = records.browse().with_user(user or self.sales)
        call_kw(model, "write", [records.ids, vals], {})

    def _refused(self, records, vals, words="cannot become cheaper"):
        with self.assertRaisesRegex(UserError, words) as caught, self.cr.savepoint():
            self._write(records, vals)
        self.env.invalidate_all()
        return str(caught.exception)

    def _dearer_tax(self):
        return self.env["account.tax"].create(
            {"name": "60 % inside", "amount": 60, "price_include_override": "tax_included"}
        )

    # ------------------------------------------------------------------ the gate holds
    def test_a_confirmed_line_does_not_become_cheaper_than_the_rules_let_it(self):
        self._margin()
        line = self._confirmed().order_line
        tax = self._dearer_tax()
        for vals in (
            {"price_unit": 61},
            {"discount": 35},
            {"tax_ids": [Command.set(tax.ids)]},
            {"price_unit": 61, "purchase_price": 0.01},
            {"price_unit": 61, "discount": 0, "product_uom_qty": 4},
        ):
            said = self._refused(line, vals)
            self.assertIn("“Margin”", said)
            self.assertIn("Enter it as a new quotation", said)
        self.assertEqual((line.price_unit, line.discount, line.tax_ids), (100, 0, tax.browse()))
        self._write(line, {"price_unit": 90})
        self._write(line, {"discount": 2})
        self.assertEqual(line.price_unit, 90)

    def test_the_order_is_no_way_around_the_line(self):
        self._margin()
        order = self._confirmed()
        lines = [Command.update(order.order_line.id, {"price_unit": 61})]
        self._refused(order, {"order_line": lines})
        self._refused(order, {"order_line": lines, "date_order": "2001-01-01"})
        self.assertEqual(order.order_line.price_unit, 100)

    def test_many_lines_at_once(self):
        self._margin()
        orders = self._confirmed(2) | self._confirmed(1)
        self._refused(orders.order_line, {"discount": 35})
        self.assertEqual(orders.order_line.mapped("discount"), [0, 0])
        self._write(orders.order_line, {"discount": 3})
        self.assertEqual(orders.order_line.mapped("discount"), [3, 3])

    # ------------------------------------------------------------------ off the whole order
    def _off(self, amount, quantity=1):
        discount = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "list_price": 0, "taxes_id": False}
        )
        return {
            "product_id": discount.id,
            "price_unit": -amount,
            "product_uom_qty": quantity,
            "tax_ids": False,
        }

    def test_what_is_taken_off_a_quotation_lowers_the_price_of_its_lines(self):
        self._margin()
        order = self._wanted()
        line, judge = order.order_line, self.env["sop.verdict"]
        self.assertEqual(judge._get_verdicts(line)[line].outcome, "pass")
        order.order_line = [Command.create(self._off(160))]
        verdict = judge._get_verdicts(line)[line]
        self.assertEqual(verdict.outcome, "exception")
        # 240 left for what costs 4 × 60
        self.assertAlmostEqual(verdict.numbers[0].figure, 0.0)

    def test_what_is_taken_off_a_confirmed_order_is_a_lower_price(self):
        self._margin()
        order = self._confirmed()
        off = Command.create(self._off(160))
        self._refused(order, {"order_line": [off]})
        with self.assertRaisesRegex(UserError, "cannot become cheaper"), self.cr.savepoint():
            vals = dict(self._off(160), order_id=order.id)
            call_kw(self.env["sale.order.line"].with_user(self.sales), "create", [vals], {})
        self.env.invalidate_all()
        listed = self._off(160)
        self.env["product.product"].browse(listed["product_id"]).list_price = -160
        del listed["price_unit"]
        self._refused(order, {"order_line": [Command.create(listed)]})
        self._write(order, {"order_line": [Command.create(self._off(10))]})
        rebate = order.order_line[1]
        self._refused(rebate, {"price_unit": -160})
        self._write(rebate, {"price_unit": -12})
        self._refused(rebate, {"product_uom_qty": 14})
        self.assertEqual(order.amount_untaxed, 388)

    def test_another_line_that_falls_below_the_value_of_the_order(self):
        self._rule(("order_value", "<", 450), name="Least value", product_ids=self.cabinet.ids)
        advice = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "list_price": 100, "taxes_id": False}
        )
        order = self._wanted()
        order.order_line = [Command.create({"product_id": advice.id})]
        order.action_confirm()
        service = order.order_line[1]
        self._write(service, {"price_unit": 60})
        self.assertIn("Least value", self._refused(service, {"price_unit": 40}))

    def test_what_was_held_already_does_not_keep_a_price(self):
        order = self._confirmed()
        self._small_run(result="refuse")
        self._write(order.order_line, {"price_unit": 61})
        self.assertEqual(order.order_line.price_unit, 61)

    def test_a_waiver_was_for_the_price_of_then(self):
        self._small_run()
        order = self._wanted()
        order.action_confirm()
        self._approve(order.sop_exception_ids)
        self.assertEqual(order.state, "sale")
        self._write(order.order_line, {"price_unit": 110})
        self.assertIn("Small run", self._refused(order.order_line, {"price_unit": 99}))

    def test_a_higher_price_is_never_refused(self):
        order = self._confirmed()
        self._margin(result="refuse")
        order.order_line._sop_store({"price_unit": 61})
        self._write(order.order_line, {"price_unit": 62})
        self._refused(order.order_line, {"price_unit": 61})

    def test_quotations_and_plants_without_gate_are_free(self):
        self._margin(result="refuse")
        order = self._wanted()
        self._write(order.order_line, {"price_unit": 61})
        self.assertEqual(order.order_line.sop_verdict, "refuse")
        order.order_line.price_unit = 100
        order.action_confirm()
        self.company.sop_gate = "off"
        self._write(order.order_line, {"price_unit": 61})
        self.assertEqual(order.order_line.price_unit, 61)

    def test_growth_is_judged_by_the_costs_of_today(self):
        """Salespeople can edit the cost on a line and the day of the order."""
        order = self._confirmed()
        self._margin(date_from=order.date_order.date())
        self.cabinet.standard_price = 80
        self._write(order.order_line, {"purchase_price": 0.01})
        self._write(order, {"date_order": "2001-01-01"})
        self._refused(order.order_line, {"product_uom_qty": 5}, "cannot be added")

    # ------------------------------------------------------------------ the gate informs
    def test_inform_notes_a_lower_price(self):
        self.company.sop_gate = "inform"
        self._margin()
        order = self._confirmed()
        self._write(order.order_line, {"price_unit": 90})
        self.assertNotIn("Price lowered", self._notes(order))
        self._write(order.order_line, {"price_unit": 61})
        self.assertEqual(order.order_line.price_unit, 61)
        self.assertIn("Price lowered although the acceptance rules", self._notes(order))
        self.assertIn("Margin", self._notes(order))

    def test_inform_notes_growth_against_a_rule(self):
        self.company.sop_gate = "inform"
        self._margin()
        order = self._confirmed()
        self._write(order.order_line, {"product_uom_qty": 5})
        self.assertNotIn("Added although", self._notes(order))
        line = {"product_id": self.cabinet.id, "product_uom_qty": 1, "price_unit": 61}
        self._write(order, {"order_line": [Command.create(line)]})
        self.assertEqual(len(order.order_line), 2)
        self.assertIn("Added although the acceptance rules speak against it", self._notes(order))

    def test_inform_notes_growth_that_comes_too_late(self):
        self.company.sop_gate = "inform"
        order = self._confirmed()
        self._write(order.order_line, {"product_uom_qty": 40})
        self.assertIn("Added although the plant cannot keep it", self._notes(order))
