from odoo.tests import tagged

from .verdict_common import VerdictCase

SIGNATURE = b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@tagged("post_install", "-at_install")
class TestVerdictCustomer(VerdictCase):
    """What a customer sees who signs a quotation that a rule refuses."""

    def test_signed_and_refused_is_being_checked(self):
        self._small_run(result="refuse")
        order = self._wanted()
        order.sop_requested_date = False
        order.require_payment = False  # the demo of Odoo asks for it by default
        self.assertFalse(order._sop_is_being_checked())
        order.signature = SIGNATURE
        order.with_user(self.env.ref("base.public_user")).sudo()._validate_order()
        self.assertEqual((order.state, len(order.sop_exception_ids)), ("draft", 0))
        self.assertTrue(order._sop_is_being_checked())
        order.order_line.product_uom_qty = 10
        order.with_user(self.sales).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order._sop_is_being_checked())
