from odoo.tests import HttpCase, tagged

from .verdict_common import VerdictCase


@tagged("post_install", "-at_install")
class TestVerdictTour(VerdictCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Compiling them takes longer than other requests of the first page wait for their turn.
        for name in ("web.assets_web", "web.assets_tests"):
            cls.env["ir.qweb"]._get_asset_bundle(name, css=False, js=True).js()
        cls.env["ir.qweb"]._get_asset_bundle("web.assets_web", css=True, js=False).css()

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
