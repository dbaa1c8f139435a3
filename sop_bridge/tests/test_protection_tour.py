from odoo.tests import tagged

from .common import ScreenCase
from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestProtectionTour(PlantCase, ScreenCase):
    """The advisor in a browser, from the work centre to the slots and back."""

    def test_advise_make_and_take_back(self):
        self.start_tour(
            "/odoo/sop-protection", "sop_bridge_protection", login=self.production_approver.login
        )
        advice = self.env["sop.protection"].search([("workcenter_id", "=", self.line.id)])
        self.assertEqual(advice.state, "draft")
        self.assertFalse(self.env["sop.slot"].search([("workcenter_id", "=", self.line.id)]))
