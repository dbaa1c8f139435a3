from datetime import datetime, time, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import ScreenCase
from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestCampaignTour(PlantCase, ScreenCase):
    def test_propose_apply_undo(self):
        """As a planner does it, in the browser."""
        self.env.cr.execute("DELETE FROM sop_campaign")
        self.env.invalidate_all()
        line = self._workcenter("Tour line")
        # around the clock, so that the hour at which the test runs plays no part
        line.resource_calendar_id = self.calendar.copy(
            {
                "attendance_ids": [
                    Command.create(
                        {"name": "Day", "dayofweek": str(day), "hour_from": 0, "hour_to": 24}
                    )
                    for day in range(7)
                ]
            }
        )
        families = {
            name: self.env["sop.family"].create({"name": name, "code": f"TOUR-{name}"})
            for name in ("Grey", "Blue")
        }
        self.env["sop.changeover"].create({"workcenter_id": line.id, "minutes": 30})
        start = datetime.combine(fields.Date.today() + timedelta(days=2), time(8))
        orders = self.env["mrp.production"]
        for name in ("Grey", "Blue", "Grey"):
            product = self._made_product(name, [(line, 60)], sop_family_id=families[name].id)
            order = orders.create({"product_id": product.id, "product_qty": 1, "date_start": start})
            order.action_confirm()
            order.button_plan()
            orders |= order
        before = orders.workorder_ids.mapped("date_start")
        self.start_tour("/odoo/sop-campaigns", "sop_bridge_campaign", login=self.planner.login)
        campaign = self.env["sop.campaign"].search([])
        self.assertEqual((campaign.state, campaign.create_uid), ("undone", self.planner))
        self.assertEqual(orders.workorder_ids.mapped("date_start"), before)
