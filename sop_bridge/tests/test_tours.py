from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import ScreenCase
from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestTours(PlantCase, ScreenCase):
    """The screens in a browser, as people use them."""

    def test_quotation_promise(self):
        self._close_until_monday()
        stock = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(self.cabinet, stock.lot_stock_id, 6)
        orphan = self.env["product.product"].create({"name": "Orphan", "is_storable": True})
        order = self._quotation(self.gold, 11, self.monday - timedelta(days=3))
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Spare parts"}),
            Command.create({"product_id": orphan.id, "product_uom_qty": 1}),
        ]
        self.start_tour(
            f"/odoo/sales/{order.id}", "sop_bridge_quotation_promise", login=self.sales.login
        )

    def test_first_steps(self):
        self._workcenter_without_hours()
        self._quotation(self.gold, 1)
        admin = new_test_user(
            self.env,
            "sop_setup",
            groups="sop_bridge.group_sop_admin,mrp.group_mrp_manager",
        )
        self.start_tour("/odoo/sop-bridge", "sop_bridge_first_steps", login=admin.login)

    def test_first_steps_of_who_may_only_read(self):
        self._workcenter_without_hours()
        self.start_tour("/odoo/sop-bridge", "sop_bridge_first_steps_reader", login=self.sales.login)

    def test_slot_by_hand(self):
        self.env.ref("sop_bridge.action_sop_slot").write(
            {
                "view_mode": "list,form",
                "context": {
                    "default_date_start": f"{self.monday} 08:00:00",
                    "default_date_stop": f"{self.monday} 12:00:00",
                },
            }
        )
        self.start_tour(
            "/odoo/sop-slots", "sop_bridge_slot_by_hand", login=self.production_approver.login
        )
        slot = self.env["sop.slot"].search([("workcenter_id", "=", self.line.id)])
        self.assertEqual(slot.tier_id, self.gold)
        self.assertEqual(slot.company_id, self.company)

    def _workcenter_without_hours(self):
        workcenter = self._workcenter("Tour bench")
        workcenter.write({"resource_calendar_id": False, "sequence": -1})
