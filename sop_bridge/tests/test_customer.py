"""A customer who signs or pays a quotation that the plant cannot keep."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..models.wording import say_day
from .plant import PlantCase

# the smallest picture there is
SIGNATURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestCustomer(PlantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._close_until_monday()

    def _late(self, **values):
        order = self._quotation(self.standard, 12, self.monday)
        order.write({"require_signature": True, "require_payment": False, **values})
        return order.sudo()

    def _sign(self, order):
        """Accept as the page of the customer does."""
        order.write({"signature": SIGNATURE, "signed_on": fields.Datetime.now()})
        order.with_user(self.env.ref("base.public_user")).sudo()._validate_order()

    def _approve(self, order):
        exception = order.sop_exception_ids
        exception.with_user(self.sales_approver).action_approve()
        exception.with_user(self.production_approver).action_approve()

    def _page(self, order):
        """What stands on the customer's page, as text."""
        values = {"sale_order": order, "report_type": "html", "message": "sign_ok"}
        template = self.env.ref("sop_bridge.sale_order_portal_template")
        part = template._get_combined_arch().xpath("//*[hasclass('o_sop_being_checked')]")[0]
        return str(self.env["ir.qweb"]._render(part, values))

    def _mails(self, order):
        """Subjects of what was sent to the customer."""
        sent = order.message_ids.filtered(lambda m: order.partner_id in m.partner_ids)
        return sent.mapped("subject")

    def test_signed_quotation_is_being_checked(self):
        order = self._late()
        self.assertFalse(order._sop_is_being_checked())
        self.assertNotIn("checking", self._page(order))
        self._sign(order)
        self.assertEqual(order.state, "draft")
        self.assertTrue(order._sop_is_being_checked())
        self.assertIn("checking the delivery date", self._page(order))
        exception = order.sop_exception_ids
        self.assertEqual(exception.approval_requester_id, self.sales)
        exception.with_user(self.sales_approver).action_reject("No room")
        self.assertFalse(order._sop_is_being_checked(), "the salesperson has to speak first")

    def test_asked_by_the_salesperson_is_no_acceptance(self):
        order = self._late()
        order.with_user(self.sales).action_confirm()
        self.assertFalse(order._sop_is_being_checked())

    def test_signed_but_not_paid_is_no_acceptance(self):
        order = self._late(require_payment=True, prepayment_percent=1)
        order.order_line.price_unit = 100
        order.with_user(self.sales).action_confirm()
        order.signature = SIGNATURE
        self.assertFalse(order._sop_is_being_checked())

    def test_accepted_in_time_does_not_expire_while_we_decide(self):
        order = self._late(validity_date=fields.Date.today() - timedelta(days=1))
        self.assertTrue(order.is_expired)
        self._sign(order)
        order.invalidate_recordset(["is_expired"])
        self.assertFalse(order.is_expired)
        order.sop_exception_ids.with_user(self.sales_approver).action_reject("No room")
        order.invalidate_recordset(["is_expired"])
        self.assertTrue(order.is_expired)

    def test_customer_who_signed_gets_the_confirmation(self):
        order = self._late()
        self._sign(order)
        self.assertFalse(self._mails(order))
        self._approve(order)
        self.assertEqual(order.state, "sale")
        self.assertTrue(self._mails(order))
        self.assertFalse(order._sop_is_being_checked())

    def test_salespersons_order_is_confirmed_without_mail_as_in_odoo(self):
        order = self._late()
        order.with_user(self.sales).action_confirm()
        self._approve(order)
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._mails(order))

    def test_what_a_customer_sets_off_is_written_by_the_system(self):
        order = self._late()
        self._sign(order)
        public = self.env.ref("base.public_user")
        written = order.message_ids | order.sop_exception_ids.message_ids
        self.assertNotIn(public.partner_id, written.author_id)
        self.assertNotIn(public, order.sop_exception_ids.activity_ids.create_uid)

    def test_inform_says_what_was_requested_and_what_is_possible(self):
        self.company.sop_gate = "inform"
        order = self._late()
        self._sign(order)
        self.assertEqual(order.state, "sale")
        note = next(str(m.body) for m in order.message_ids if "cannot keep" in str(m.body))
        tuesday = self.monday + timedelta(days=1)
        for said in ("Cabinet", say_day(self.env, self.monday), say_day(self.env, tuesday)):
            self.assertIn(said, note)

    def test_portal_user_opens_no_exception_by_hand(self):
        """Signing and paying are their ways; a remote call is none."""
        order = self._late()
        portal = new_test_user(self.env, "sop_buyer", groups="base.group_portal")
        portal.partner_id.parent_id = order.partner_id
        order.message_subscribe(portal.partner_id.ids)
        mine = order.sudo(False).with_user(portal)
        mine.check_access("read")
        for name in ("action_confirm", "action_sop_ask_exception"):
            with self.assertRaises(AccessError):
                getattr(mine, name)()
        self.assertFalse(order.sop_exception_ids)
