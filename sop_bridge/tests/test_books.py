from datetime import timedelta

from odoo import Command, fields
from odoo.tests import Form, tagged

from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestBooks(PlantCase):
    """Whatever happens to an order that was made for a promise, its minutes count once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._close_until_monday()
        cls.tuesday = cls.monday + timedelta(days=1)
        # Odoo's own splitting and merging asks for entries of the accounts
        cls.planner.group_ids += cls.env.ref("account.group_account_invoice")
        cls.frame = cls._made_product("Frame", [(cls.assembly, 30)])
        cls.locker = cls._made_product("Locker", [(cls.line, 60)])
        cls.locker.bom_ids.bom_line_ids = [
            Command.create({"product_id": cls.frame.id, "product_qty": 2})
        ]
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )

    def _load(self, workcenter=None):
        """Minutes on the board of a work centre over the next weeks."""
        workcenter = workcenter or self.line
        now = fields.Datetime.now()
        board, _own = self.env["sop.load"]._get_boards(workcenter, now, 100)
        days = [now.date() + timedelta(days=number) for number in range(100)]
        return round(sum(board(workcenter.id, day).booked for day in days), 2)

    def _work(self, workcenter=None):
        """Minutes of all open work orders of a work centre."""
        orders = self.env["mrp.workorder"].search(
            [
                ("workcenter_id", "=", (workcenter or self.line).id),
                ("state", "in", ("blocked", "ready", "progress")),
            ]
        )
        return round(sum(order.duration_expected - order.duration for order in orders), 2)

    def _assert_right(self, minutes, workcenter=None):
        self.env.flush_all()
        self.assertEqual(self._load(workcenter), minutes)
        self.assertEqual(self._work(workcenter), minutes)

    def _confirmed(self, quantity=8, product=None, **values):
        order = self._quotation(self.standard, quantity, product=product, **values)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        made = self.env["mrp.production"].search(
            [("reference_ids.sale_ids", "in", order.ids)], order="id"
        )
        return order, made

    # ------------------------------------------------------------------ confirming
    def test_every_level_is_made_and_planned(self):
        order, made = self._confirmed(4, self.locker)
        self.assertEqual(made.product_id, self.frame | self.locker)
        self.assertEqual(made[0].product_id, self.frame, "what goes in is made first")
        self.assertEqual(made.mapped("product_qty"), [8, 4])
        self.assertTrue(all(made.mapped("is_planned")))
        self.assertEqual(made.sop_line_id, order.order_line)
        self._assert_right(240, self.assembly)
        self._assert_right(240)
        frame, locker = made.workorder_ids
        self.assertLessEqual(frame.date_finished, locker.date_start)
        for workorder in made.workorder_ids:
            days = workorder.sudo().sop_booking_ids.mapped("day")
            self.assertEqual(days, [workorder.date_start.date()])

    def test_confirming_adds_what_was_promised(self):
        quotation = self._quotation(self.standard, 4, product=self.locker)
        before = self._load(), self._load(self.assembly)
        (promise,) = quotation._sop_promises().values()
        asked = sum(load.minutes for load in promise.loads)
        quotation.action_confirm()
        after = self._load(), self._load(self.assembly)
        self.assertEqual(sum(after) - sum(before), asked)

    def test_reordering_rule_makes_nothing_twice(self):
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.frame.id, "trigger": "auto", "location_id": self._stock().id}
        )
        _order, made = self._confirmed(4, self.locker)
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        frames = self.env["mrp.production"].search([("product_id", "=", self.frame.id)])
        self.assertEqual(frames, made[0])
        self.assertEqual(frames.product_qty, 8)
        self._assert_right(240, self.assembly)

    def test_made_to_order_component_attaches(self):
        """Odoo makes the frames for the lockers; the booking becomes the plan of that order."""
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        self.frame.route_ids = [Command.link(mto.id), Command.link(self._route().id)]
        _order, made = self._confirmed(4, self.locker)
        frames = made.filtered(lambda mo: mo.product_id == self.frame)
        self.assertEqual(len(frames), 1)
        self.assertTrue(frames.is_planned)
        self.assertEqual(sum(frames.sudo().sop_booking_ids.mapped("minutes")), 240)
        self._assert_right(240, self.assembly)
        self._assert_right(240)

    def test_made_to_order_line_attaches(self):
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        self.cabinet.route_ids = [Command.link(mto.id), Command.link(self._route().id)]
        order, _made = self._confirmed(8)
        made = self.env["mrp.production"].search([("product_id", "=", self.cabinet.id)])
        self.assertEqual(len(made), 1)
        self.assertEqual(made.sudo().sop_booking_ids.order_line_id, order.order_line)
        self._assert_right(480)

    def test_alternative_work_centre(self):
        """The line is closed until Friday: promise and plan choose the other one."""
        spare = self._workcenter("Spare line")
        self._fill(spare, fields.Date.today() - timedelta(days=1), self.monday)
        self.line.alternative_workcenter_ids = spare
        self._fill(self.line, self.monday, self.monday + timedelta(days=4))
        order, made = self._confirmed(4)
        self.assertEqual(order.order_line.sop_promised_date, self.monday)
        self.assertEqual(made.workorder_ids.workcenter_id, spare)
        self.assertEqual(made.workorder_ids.date_start.date(), self.monday)
        self._assert_right(240, spare)
        self._assert_right(0)

    def _stock(self):
        return self.warehouse.lot_stock_id

    def _route(self):
        return self.warehouse.manufacture_pull_id.route_id

    # ------------------------------------------------------------------ afterwards
    def test_replan(self):
        _order, made = self._confirmed(8)
        made.button_unplan()
        self._assert_right(480)
        made.button_plan()
        self._assert_right(480)

    def test_moved_by_hand(self):
        _order, made = self._confirmed(4)
        workorder = made.workorder_ids
        later = workorder.date_start + timedelta(days=2)
        workorder.write({"date_start": later, "date_finished": later + timedelta(hours=4)})
        self.assertEqual(self._load(), workorder.duration_expected)

    def test_split(self):
        order, made = self._confirmed(8)
        splits = self.env["mrp.production.split"].with_user(self.planner)
        wizard = Form(splits.with_context(default_production_id=made.id))
        wizard.max_batch_size = 3
        wizard.save().action_split()
        parts = self.env["mrp.production"].search([("product_id", "=", self.cabinet.id)])
        self.assertEqual(sorted(parts.mapped("product_qty")), [2, 3, 3])
        self.assertEqual(parts.sop_line_id, order.order_line)
        self._assert_right(480)
        shares = {mo.product_qty: sum(mo.sudo().sop_booking_ids.mapped("minutes")) for mo in parts}
        self.assertEqual(shares, {3: 180, 2: 120})
        parts.button_plan()
        self._assert_right(480)

    def test_merge(self):
        order, _made = self._confirmed(3)
        other, _made = self._confirmed(2)
        productions = (order | other).sudo().sop_booking_ids.production_id
        productions = productions.with_user(self.planner).sudo(False)
        productions.button_unplan()
        action = productions.action_merge()
        merged = self.env["mrp.production"].browse(action["res_id"])
        self.assertEqual(merged.product_qty, 5)
        bookings = merged.sudo().sop_booking_ids
        self.assertEqual(bookings.order_line_id, (order | other).order_line)
        self.assertEqual(sum(bookings.mapped("minutes")), 300)
        self._assert_right(300)
        merged.button_plan()
        self._assert_right(300)

    def test_cancelled_production(self):
        order, made = self._confirmed(8)
        made.action_cancel()
        self.assertFalse(order.sudo().sop_booking_ids)
        self._assert_right(0)

    def test_cancelled_order(self):
        order, made = self._confirmed(4, self.locker)
        order.sudo().with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(set(made.mapped("state")), {"cancel"})
        self._assert_right(0)
        self._assert_right(0, self.assembly)

    def test_quantity(self):
        _order, made = self._confirmed(4)
        for quantity in (6, 2):
            self.env["change.production.qty"].create(
                {"mo_id": made.id, "product_qty": quantity}
            ).change_prod_qty()
            self._assert_right(60 * quantity)
            self.assertEqual(sum(made.sudo().sop_booking_ids.mapped("minutes")), 60 * quantity)

    def test_quantity_written(self):
        """What takes longer than booked counts itself, however that came about."""
        _order, made = self._confirmed(4)
        made.workorder_ids.duration_expected = 400
        self._assert_right(400)

    def test_deleted_work_order(self):
        order, made = self._confirmed(4)
        made.workorder_ids.unlink()
        self.assertFalse(order.sudo().sop_booking_ids)
        self._assert_right(0)

    def test_backorder_and_unbuild(self):
        order, made = self._confirmed(5)
        made = made.with_user(self.planner)
        made.qty_producing = 2
        made._set_qty_producing()
        action = made.with_context(skip_backorder=True, mo_ids_to_backorder=made.ids)
        action.button_mark_done()
        rest = self.env["mrp.production"].search(
            [("product_id", "=", self.cabinet.id), ("state", "!=", "done")]
        )
        self.assertEqual((made.state, rest.product_qty), ("done", 3))
        self.assertEqual(rest.sop_line_id, order.order_line)
        self._assert_right(180)
        unbuild = self.env["mrp.unbuild"].create({"mo_id": made.id, "product_qty": 1})
        unbuild.action_unbuild()
        self._assert_right(180)
        rest.action_cancel()
        self._assert_right(0)
