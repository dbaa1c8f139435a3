from odoo.tests import tagged

from .common import ScreenCase
from .verdict_common import VerdictCase


@tagged("post_install", "-at_install")
class TestVerdictTour(VerdictCase, ScreenCase):
    def test_offer_on_an_unsaved_quotation(self):
        self._small_run(result="refuse")
        order = self._wanted()
        self.start_tour(f"/odoo/sales/{order.id}", "sop_bridge_verdict", login=self.sales.login)
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertEqual(order.order_line.sop_verdict, "pass")

    def test_no_offer_is_said(self):
        self._rule(name="Nothing for now", result="refuse")
        order = self._wanted()
        url = f"/odoo/sales/{order.id}"
        self.start_tour(url, "sop_bridge_verdict_nothing", login=self.sales.login)
        self.assertFalse(order.order_line.sop_verdict_offers)
