from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestGate(PlantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._close_until_monday()

    def test_line_shows_date_source_and_reason(self):
        order = self._quotation(self.standard, 4, self.monday)
        line = order.order_line
        self.assertEqual(line.sop_promise_date, self.monday)
        self.assertEqual(line.sop_promise_state, "ok")
        self.assertEqual([part["source"] for part in line.sop_promise_parts], ["production"])
        self.assertTrue(line.sop_promise_reason)
        order.sop_requested_date = self.monday - timedelta(days=1)
        self.assertEqual(line.sop_promise_state, "late")

    def test_promise_follows_what_is_typed(self):
        self._slot(self.gold, self.monday)
        form = Form(self.env["sale.order"].with_user(self.sales))
        form.partner_id = self.customers[self.standard]
        form.sop_requested_date = self.monday
        with form.order_line.new() as line:
            line.product_id = self.cabinet
            line.product_uom_qty = 8
            self.assertEqual(line.sop_promise_date, self.monday + timedelta(days=1))
            line.product_uom_qty = 9
            self.assertEqual(line.sop_promise_date, self.monday + timedelta(days=2))
        form.partner_id = self.customers[self.gold]
        order = form.save()
        self.assertEqual(order.order_line.sop_promise_date, self.monday + timedelta(days=1))

    def test_lines_compete_for_the_same_hours(self):
        order = self._quotation(self.standard, 8)
        order.order_line = [Command.create({"product_id": self.cabinet.id, "product_uom_qty": 8})]
        self.assertEqual(
            order.order_line.mapped("sop_promise_date"),
            [self.monday, self.monday + timedelta(days=1)],
        )
        self.assertEqual(order.sop_promise_date, self.monday + timedelta(days=1))

    def test_confirming_books_makes_and_plans_as_promised(self):
        order = self._quotation(self.standard, 12, self.monday + timedelta(days=1))
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        line = order.order_line
        self.assertEqual(line.sop_promised_date, self.monday + timedelta(days=1))
        self.assertEqual(
            self._booked(), {self.monday: 480.0, self.monday + timedelta(days=1): 240.0}
        )
        production = line.sudo().sop_booking_ids.production_id
        self.assertEqual(production.product_qty, 12)
        self.assertEqual(production.sop_line_id, line)
        self.assertTrue(production.is_planned)
        self.assertEqual(production.date_finished.date(), self.monday + timedelta(days=1))
        self.assertEqual(production.sop_promised_date, line.sop_promised_date)
        self.assertFalse(production.sop_is_late)
        self.assertEqual(order.sop_requested_date, self.monday + timedelta(days=1))
        self.assertEqual(
            order.company_id._sop_local_date(order.commitment_date), line.sop_promised_date
        )

    def test_booked_minutes_are_gone_for_others(self):
        self._quotation(self.standard, 8, self.monday).action_confirm()
        late = self._quotation(self.standard, 1, self.monday)
        self.assertEqual(late.order_line.sop_promise_date, self.monday + timedelta(days=1))

    def test_stock_passes_without_production(self):
        self.env["stock.quant"]._update_available_quantity(
            self.cabinet, self.env["stock.warehouse"].search([], limit=1).lot_stock_id, 5
        )
        order = self._quotation(self.standard, 5, fields.Date.today())
        self.assertEqual(order.order_line.sop_promise_parts[0]["source"], "stock")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._booked())

    def test_later_than_requested_waits_in_one_exception(self):
        order = self._quotation(self.standard, 12, self.monday)
        action = order.action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(order.state, "draft")
        self.assertIn("EXC/", order.sop_waiting)
        order.action_confirm()
        exception = order.sop_exception_ids
        self.assertEqual(len(exception), 1)
        line = exception.line_ids
        self.assertEqual(line.requested_date, self.monday)
        self.assertEqual(line.possible_date, self.monday + timedelta(days=1))
        self.assertEqual((line.quantity, line.quantity_in_time), (12, 8))
        self.assertEqual(exception.gap_days, 1)

    def test_what_cannot_be_promised_waits_too(self):
        product = self.env["product.product"].create({"name": "Nothing", "is_storable": True})
        order = self._quotation(self.standard, 1, product=product)
        self.assertEqual(order.order_line.sop_promise_state, "impossible")
        self.assertIn("Nothing", order.sop_promise_problem)
        order.action_confirm()
        self.assertEqual(order.state, "draft")
        exception = order.sop_exception_ids
        self.assertFalse(exception.option_ids)
        with self.assertRaises(UserError):
            exception.with_user(self.sales_approver).action_approve()

    def test_good_lines_are_promised_beside_bad_ones(self):
        product = self.env["product.product"].create({"name": "Nothing", "is_storable": True})
        order = self._quotation(self.standard, 1, product=product)
        order.order_line = [Command.create({"product_id": self.cabinet.id})]
        bad, good = order.order_line
        self.assertEqual(bad.sop_promise_state, "impossible")
        self.assertEqual((good.sop_promise_state, good.sop_promise_date), ("ok", self.monday))

    def test_several_at_once_confirms_what_passes(self):
        good = self._quotation(self.standard, 1, self.monday)
        bad = self._quotation(self.standard, 9, self.monday)
        (good | bad).action_confirm()
        self.assertEqual((good.state, bad.state), ("sale", "draft"))

    def test_two_orders_at_once_compete(self):
        first = self._quotation(self.standard, 8, self.monday)
        second = self._quotation(self.standard, 8, self.monday)
        (first | second).action_confirm()
        self.assertEqual((first.state, second.state), ("sale", "draft"))
        self.assertEqual(self._booked()[self.monday], 480)

    def test_state_is_not_written_directly(self):
        order = self._quotation(self.standard, 9, self.monday)
        with self.assertRaises(AccessError):
            order.write({"state": "sale"})
        with self.assertRaises(AccessError):
            order.with_context(sop_gate_passed=True).write({"state": "sale"})
        with self.assertRaises(AccessError):
            order.create({"partner_id": order.partner_id.id, "state": "sale"})
        with self.assertRaises(AccessError):
            order.with_context(default_state="sale").create({"partner_id": order.partner_id.id})

    def test_promises_and_agreements_are_not_written_by_hand(self):
        line = self._quotation(self.standard, 9, self.monday).order_line
        for name in ("sop_promised_date", "sop_agreed_date"):
            with self.assertRaises(AccessError):
                line.write({name: self.monday})
            with self.assertRaises(AccessError):
                line.create(
                    {"order_id": line.order_id.id, "product_id": self.cabinet.id, name: self.monday}
                )
        added = line.with_context(default_sop_agreed_date=self.monday).create(
            {"order_id": line.order_id.id, "product_id": self.cabinet.id}
        )
        self.assertFalse(added.sop_agreed_date)

    def test_bookings_are_not_made_by_hand(self):
        order = self._quotation(self.standard, 1, self.monday)
        order.action_confirm()
        booking = order.sudo().sop_booking_ids
        for user in (self.sales, self.sop_admin, self.production_approver):
            mine = booking.with_user(user)
            with self.assertRaises(AccessError):
                mine.write({"minutes": 1})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.create({"workcenter_id": self.line.id, "minutes": 1, "day": self.monday})

    def test_inform_blocks_nothing_and_says_so(self):
        self.company.sop_gate = "inform"
        order = self._quotation(self.standard, 12, self.monday)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._booked())
        self.assertFalse(order.commitment_date)
        bodies = " ".join(order.message_ids.mapped("body"))
        self.assertIn("cannot keep", bodies)

    def test_off_shows_and_checks_nothing(self):
        self.company.sop_gate = "off"
        order = self._quotation(self.standard, 12, self.monday)
        self.assertFalse(order.order_line.sop_promise_date)
        order.write({"state": "sale"})
        self.assertEqual(order.state, "sale")

    def test_installed_default_informs(self):
        self.assertEqual(self.env["res.company"].create({"name": "New"}).sop_gate, "inform")

    def test_raising_a_confirmed_line_is_checked_too(self):
        order = self._quotation(self.standard, 6, self.monday)
        order.action_confirm()
        order.order_line.product_uom_qty = 8
        self.assertEqual(self._booked()[self.monday], 480)
        with self.assertRaisesRegex(UserError, "cannot be added"):
            order.order_line.product_uom_qty = 9
        with self.assertRaisesRegex(UserError, "cannot be added"):
            order.order_line = [Command.create({"product_id": self.cabinet.id})]

    def test_cancelling_frees_everything(self):
        order = self._quotation(self.standard, 8, self.monday)
        order.action_confirm()
        order.sudo()._action_cancel()
        self.assertFalse(self._booked())
        again = self._quotation(self.standard, 8, self.monday)
        self.assertEqual(again.order_line.sop_promise_date, self.monday)

    def test_requested_date_comes_from_the_delivery_date(self):
        order = self._quotation(self.standard, 1)
        order.commitment_date = order.company_id._sop_end_of_day(self.monday)
        self.assertEqual(order.sop_requested_date, self.monday)

    def test_a_day_that_nobody_plans_is_refused_in_a_sentence(self):
        order = self._quotation(self.standard, 1)
        words = "enter a day between Jan 1, 2000 and Jan 1, 2200"
        for requested in ("9999-12-31", "0001-01-01", "2200-01-02"):
            with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                order.sop_requested_date = requested
        self.calendar.tz = "Pacific/Auckland"
        for wanted in ("9999-12-31 23:00:00", "0001-01-01 00:00:00"):
            with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                order.commitment_date = wanted
        order.action_confirm()
        with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
            order.commitment_date = "9999-12-31 23:00:00"
        with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
            self._quotation(self.standard, 1, "9999-12-31")

    def test_hints_for_address_and_past_date(self):
        order = self._quotation(self.standard, 1, fields.Date.today() - timedelta(days=3))
        self.assertIn("in the past", order.sop_hint)
        self.assertNotIn("address", order.sop_hint)
        order.partner_id.write({"city": False, "zip": False, "street": False})
        order.invalidate_recordset(["sop_hint"])
        self.assertIn("address", order.sop_hint)

    def test_made_to_order_goods_are_planned_by_the_booking(self):
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        manufacture = self.env.ref("mrp.route_warehouse0_manufacture")
        product = self._made_product(
            "To order", [(self.line, 60)], route_ids=[Command.set([mto.id, manufacture.id])]
        )
        order = self._quotation(self.standard, 8, self.monday, product=product)
        self.assertEqual(order.order_line.sop_promise_date, self.monday)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        productions = self.env["mrp.production"].search([("product_id", "=", product.id)])
        self.assertEqual(len(productions), 1, "Odoo's own procurement made it; not once more")
        self.assertEqual(productions.sop_booking_ids.mapped("minutes"), [480.0])
        self.assertEqual(productions.date_finished.date(), self.monday)

    def test_reordering_rule_does_not_make_it_twice(self):
        manufacture = self.env.ref("mrp.route_warehouse0_manufacture")
        product = self._made_product(
            "Reordered", [(self.line, 60)], route_ids=[Command.set(manufacture.ids)]
        )
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": product.id, "product_min_qty": 0, "trigger": "auto"}
        )
        order = self._quotation(self.standard, 4, self.monday, product=product)
        order.action_confirm()
        productions = self.env["mrp.production"].search([("product_id", "=", product.id)])
        self.assertEqual(sum(productions.mapped("product_qty")), 4)
        self.assertEqual(sum(order.sudo().picking_ids.move_ids.mapped("product_uom_qty")), 4)

    def test_plan_stands_on_the_booked_days(self):
        """What Odoo's planner sees as free and what the promise sees as free is the same."""
        self._quotation(self.standard, 5, self.monday).action_confirm()
        order = self._quotation(self.standard, 8)
        order.action_confirm()
        tuesday = self.monday + timedelta(days=1)
        self.assertEqual(self._booked(), {self.monday: 480.0, tuesday: 300.0})
        workorder = order.sudo().order_line.sop_booking_ids.workorder_id
        self.assertEqual(
            (str(workorder.date_start), str(workorder.date_finished)),
            (f"{self.monday} 14:00:00", f"{tuesday} 14:00:00"),
        )
        stock = self.env["mrp.production"].create(
            {
                "product_id": self.cabinet.id,
                "product_qty": 3,
                "bom_id": self.cabinet.bom_ids.id,
                "date_start": f"{self.monday} 00:00:00",
            }
        )
        stock.action_confirm()
        stock.button_plan()
        self.assertEqual(str(stock.workorder_ids.date_start), f"{tuesday} 14:00:00")

    def test_goods_of_an_unplanned_order_are_not_there_at_once(self):
        """An order that nobody planned is no stock: its goods come when its minutes have room."""
        production = self.env["mrp.production"].create(
            {"product_id": self.cabinet.id, "product_qty": 12, "bom_id": self.cabinet.bom_ids.id}
        )
        production.action_confirm()
        order = self._quotation(self.standard, 5)
        line = order.order_line
        self.assertEqual([part["source"] for part in line.sop_promise_parts], ["incoming"])
        self.assertEqual(line.sop_promise_date, self.monday + timedelta(days=1))

    def _count_open_minutes(self):
        """Minutes that the promise sees on the line, whatever day: bookings and work orders."""
        board, _own = self.env["sop.load"]._get_boards(
            self.line | self.assembly, fields.Datetime.now(), 60
        )
        return sum(sum(parts.values()) for parts in board.fixed.values()) + sum(
            board.floating.values()
        )

    def test_room_in_pieces_is_seen_as_taken_by_odoos_planner(self):
        """240 of Monday's 480 minutes are kept for Silver only, in the middle of the day."""
        self._slot(self.silver, self.monday, 10, 15, scope="only")
        order = self._quotation(self.standard, 6)
        order.action_confirm()
        tuesday = self.monday + timedelta(days=1)
        self.assertEqual(self._booked(), {self.monday: 240.0, tuesday: 120.0})
        workorder = order.sudo().order_line.sop_booking_ids.workorder_id
        self.assertEqual(str(workorder.date_start), f"{self.monday} 08:00:00")
        stock = self.env["mrp.production"].create(
            {
                "product_id": self.cabinet.id,
                "product_qty": 1,
                "bom_id": self.cabinet.bom_ids.id,
                "date_start": f"{self.monday} 00:00:00",
            }
        )
        stock.action_confirm()
        stock.button_plan()
        self.assertEqual(str(stock.workorder_ids.date_start), f"{tuesday} 10:00:00")

    def test_booked_room_is_taken_where_the_operation_before_ends_late(self):
        """The line closes at 17:00; assembly, which comes first, works until 16:00 that day."""
        late = self.calendar.copy({"name": "Late shift"})
        late.attendance_ids = [Command.clear()] + [
            Command.create(
                {"name": str(day), "dayofweek": str(day), "hour_from": 12, "hour_to": 22}
            )
            for day in range(5)
        ]
        self.assembly.resource_calendar_id = late
        self._fill(self.assembly, fields.Date.today() - timedelta(days=1), self.monday)
        product = self._made_product("Two steps", [(self.assembly, 60), (self.line, 60)])
        order = self._quotation(self.standard, 4, self.monday, product=product)
        order.action_confirm()
        self.assertEqual(self._booked(), {self.monday: 240.0})
        workorder = order.sudo().order_line.sop_booking_ids.workorder_id.filtered(
            lambda wo: wo.workcenter_id == self.line
        )
        self.assertEqual(
            (str(workorder.date_start), str(workorder.date_finished)),
            (f"{self.monday} 13:00:00", f"{self.monday} 17:00:00"),
        )
        stock = self.env["mrp.production"].create(
            {
                "product_id": self.cabinet.id,
                "product_qty": 5,
                "bom_id": self.cabinet.bom_ids.id,
                "date_start": f"{self.monday} 00:00:00",
            }
        )
        stock.action_confirm()
        stock.button_plan()
        tuesday = self.monday + timedelta(days=1)
        self.assertEqual(str(stock.workorder_ids.date_start), f"{tuesday} 08:00:00")

    def test_kit_of_two_made_products(self):
        """Both components are made, planned on their own bookings, and counted once."""
        shelf = self._made_product("Shelf", [(self.assembly, 30)])
        kit = self.env["product.product"].create({"name": "Set", "is_storable": True})
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.cabinet.id, "product_qty": 1}),
                    Command.create({"product_id": shelf.id, "product_qty": 2}),
                ],
            }
        )
        order = self._quotation(self.standard, 4, self.monday, product=kit)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        bookings = order.sudo().order_line.sop_booking_ids
        made = {mo.product_id: mo.product_qty for mo in bookings.production_id}
        self.assertEqual(made, {self.cabinet: 4, shelf: 8})
        self.assertTrue(all(bookings.mapped("workorder_id")))
        self.assertEqual(self._count_open_minutes(), 480)

    def test_bookings_name_no_customers_of_colleagues(self):
        order = self._quotation(self.standard, 4, self.monday)
        order.action_confirm()
        stranger = new_test_user(self.env, "sop_stranger", groups="sales_team.group_sale_salesman")
        mine = [("order_id", "=", order.id)]
        for user, seen in (
            (self.sales, True),
            (self.planner, True),
            (self.sales_approver, True),
            (stranger, False),
        ):
            found = self.env["sop.booking"].with_user(user).search(mine)
            self.assertEqual(bool(found), seen, user.login)

    def test_bill_that_makes_batches(self):
        """Several orders of one bill share its operations: each takes its part of the booking."""
        self.cabinet.bom_ids.write({"enable_batch_size": True, "batch_size": 3})
        order = self._quotation(self.standard, 6, self.monday)
        order.action_confirm()
        made = self.env["mrp.production"].search([("sop_line_id", "=", order.order_line.id)])
        self.assertEqual(made.mapped("product_qty"), [3, 3])
        self.assertTrue(all(made.mapped("is_planned")))
        bookings = order.sudo().order_line.sop_booking_ids
        shares = [sum(mo.sudo().sop_booking_ids.mapped("minutes")) for mo in made]
        self.assertEqual((shares, bookings.production_id), ([180, 180], made))
        self.assertEqual(self._count_open_minutes(), 360)
