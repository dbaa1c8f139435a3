from lxml import etree

from odoo.tests import new_test_user, tagged

from .plant import PlantCase


def _get_shown(order):
    """Names of the add-on's fields of order and lines in the form that the order's user sees."""
    form = etree.fromstring(order.get_view(view_type="form")["arch"])
    lines = "field[@name='order_line']"
    of_order = form.xpath(f"//field[starts-with(@name, 'sop_')][not(ancestor::{lines})]/@name")
    of_lines = form.xpath(f"//{lines}//field[starts-with(@name, 'sop_')]/@name")
    return sorted(set(of_order)), sorted(set(of_lines))


@tagged("post_install", "-at_install")
class TestOrderReaders(PlantCase):
    """Who may read orders in plain Odoo may read what the add-on shows on them, too."""

    def test_the_warehouse_reads_what_the_form_shows(self):
        user = new_test_user(self.env, "sop_warehouse", groups="stock.group_stock_user")
        held, waiting, confirmed = (
            self._quotation(tier, quantity, self.monday)
            for tier, quantity in ((self.gold, 1), (self.standard, 5000), (self.gold, 1))
        )
        held.action_sop_hold()
        waiting.action_confirm()
        confirmed.action_confirm()
        self.assertTrue(waiting.sop_waiting)
        self.assertEqual(confirmed.state, "sale")
        for order in held | waiting | confirmed:
            self.env.invalidate_all()
            theirs = order.with_user(user)
            of_order, of_lines = _get_shown(theirs)
            self.assertIn("sop_waiting", of_order)
            self.assertIn("sop_promise_date", of_lines)
            [seen] = theirs.read(of_order)
            theirs.order_line.read(of_lines)
            self.assertEqual(seen["sop_waiting"], order.sop_waiting)
