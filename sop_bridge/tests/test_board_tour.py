from datetime import datetime, time, timedelta

from odoo.tests import tagged

from .board_common import open_fence
from .common import ScreenCase
from .plant import PlantCase


class BoardScreenCase(PlantCase, ScreenCase):
    """The board of the week from ``monday`` on; Wednesday has 48 minutes too many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        open_fence(cls.company)
        cls.env["mrp.workcenter"].search([("id", "!=", cls.line.id)]).active = False
        cls.env.ref("sop_bridge.action_sop_capacity_board").params = {
            "scale": "day",
            "start": str(cls.monday),
        }

    def setUp(self):
        super().setUp()
        self._overload(self.monday + timedelta(days=2))

    def _overload(self, day):
        """A colleague's order, planned by hand over the whole day and longer than it."""
        order = self._quotation(self.gold, 1, user=self.sales_colleague)
        production = self.env["mrp.production"].create(
            {
                "product_id": self.cabinet.id,
                "product_qty": 1,
                "bom_id": self.cabinet.bom_ids.id,
                "date_start": datetime.combine(day, time(8)),
                "sale_line_id": order.order_line.id,
            }
        )
        production.action_confirm()
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE mrp_workorder SET duration_expected = 528, date_start = %s, state = 'ready',
                      date_finished = %s WHERE id = %s""",
            [
                datetime.combine(day, time(8)),
                datetime.combine(day, time(17)),
                production.workorder_ids.id,
            ],
        )
        self.env.invalidate_all()

    def _show(self, tour, user):
        self.start_tour("/odoo/sop-board", tour, login=user.login)


@tagged("post_install", "-at_install")
class TestBoardTour(BoardScreenCase):
    def test_cell_and_slots_by_mouse(self):
        self._show("sop_bridge_board", self.production_approver)
        slots = self.env["sop.slot"].with_context(active_test=False)
        slot = slots.search([("workcenter_id", "=", self.line.id)])
        self.assertEqual(slot.tier_id, self.gold)
        self.assertEqual(slot.date_start, datetime.combine(self.monday, time(8)))
        self.assertEqual(slot.date_stop, datetime.combine(self.monday, time(14)))

    def test_keyboard(self):
        slot = self._slot(self.gold, self.monday + timedelta(days=3), 8, 12)
        self._show("sop_bridge_board_keys", self.production_approver)
        self.assertEqual(slot.date_stop.time(), time(13))

    def test_salesperson_reads(self):
        self._slot(self.gold, self.monday + timedelta(days=1), 8, 12)
        self._show("sop_bridge_board_reader", self.sales)

    def test_nothing_is_left_behind(self):
        self.start_tour(
            "/odoo/sop-changeovers", "sop_bridge_board_leaves_nothing", login=self.planner.login
        )


@tagged("post_install", "-at_install")
class TestBoardPhone(BoardScreenCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        slot = self._slot(self.gold, self.monday + timedelta(days=1), 8, 12)
        self._show("sop_bridge_board_phone", self.production_approver)
        self.assertEqual(slot.date_start.date(), self.monday + timedelta(days=2))
