from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .verdict_common import VerdictCase


@tagged("post_install", "-at_install")
class TestOfferUndo(VerdictCase):
    """What an applied offer returns is what the button "Undo" of the screen writes."""

    def _apply(self, line, kind):
        """Apply the offer of a kind as the salesperson, and return what takes it back."""
        line = line.with_user(self.sales)
        key = next(one["key"] for one in line.sop_verdict_offers if one["kind"] == kind)
        return line.action_sop_apply_offer(key)["params"]["before"]

    def _state(self, line):
        return (
            line.product_id,
            line.name,
            line.product_uom_qty,
            line.product_uom_id,
            line.price_unit,
            line.discount,
            line.order_id.sop_requested_date,
        )

    def _assert_undone(self, line, kind):
        state = self._state(line)
        before = self._apply(line, kind)
        self.assertNotEqual(self._state(line), state)
        self.assertEqual(line.sop_verdict, "pass")
        line.order_id.with_user(self.sales).write(before)
        self.assertEqual(self._state(line), state)
        self.assertEqual(line.sop_verdict, "exception")

    def test_quantity(self):
        self._small_run()
        self._assert_undone(self._wanted(discount=10).order_line, "quantity")

    def test_price(self):
        self._margin()
        self._assert_undone(self._wanted(price_unit=70).order_line, "price")

    def test_date(self):
        today = self.env["sop.promise"]._get_now().date()
        ahead = (self.monday - today).days
        self._rule(("lead_days", "<", ahead + 3), name="Too soon")
        order = self._wanted()
        self._assert_undone(order.order_line, "later")
        self._apply(order.order_line, "later")
        self.assertEqual(order.sop_requested_date, today + timedelta(days=ahead + 3))

    def test_product_with_its_own_description(self):
        other = self.env["product.product"].create(
            {
                "name": "Other cabinet",
                "is_storable": True,
                "list_price": 90,
                "standard_price": 50,
                "sop_family_id": self.family.id,
                "taxes_id": [Command.clear()],
            }
        )
        place = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(other, place, 50)
        self._small_run()
        line = self._wanted(name="As drawn").order_line
        self._assert_undone(line, "product")

    def test_offers_are_as_round_as_the_wish(self):
        """Half a dozen becomes a whole one, not 0.84 of it."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self._small_run()
        line = self._wanted(0.5, product_uom_id=dozen.id).order_line
        self._apply(line, "quantity")
        self.assertEqual((line.product_uom_qty, line.sop_verdict), (1, "pass"))
