from datetime import timedelta

from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from .common import NOW, BuilderCase, day, moment


@tagged("post_install", "-at_install")
class TestPromiseSources(BuilderCase):
    """Where the goods come from, and when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut = cls.make_workcenter("Cut")
        cls.coat = cls.make_workcenter("Coat")
        cls.box = cls.make_product_with_bom("Box", [(cls.cut, 5), (cls.coat, 8)])

    def test_stock(self):
        self.add_stock(self.box, 40)
        promise = self.ask(self.make_quotation((self.box, 30)))[0]
        self.assertEqual(promise.state, "ok")
        self.assertEqual(self.told(promise), [("stock", 30, 0)])

    def test_stock_of_others_does_not_count(self):
        self.env["stock.quant"]._update_available_quantity(
            self.box, self.warehouse.lot_stock_id, 40, owner_id=self.vendor
        )
        outside = self.env["stock.location"].create({"name": "At a customer", "usage": "internal"})
        self.env["stock.quant"]._update_available_quantity(self.box, outside, 40)
        promise = self.ask(self.make_quotation((self.box, 30)))[0]
        self.assertEqual(promise.produced, 30)

    def test_stock_that_is_sold_does_not_count(self):
        self.add_stock(self.box, 40)
        self.make_quotation((self.box, 35)).action_confirm()
        promise = self.ask(self.make_quotation((self.box, 30)))[0]
        self.assertEqual(self.told(promise), [("stock", 5, 0), ("production", 25, 0)])

    def test_stock_that_is_sold_and_picked_first_does_not_count(self):
        """The first step stays in the warehouse, and makes the next one only when it is done."""
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps):
                self.warehouse.delivery_steps = steps
                bought = self.make_product("Bought", 10)
                order = self.make_quotation((bought, 8))
                order.action_confirm()
                self.assertEqual(order.order_line.move_ids.location_dest_id.usage, "internal")
                for _step in steps.split("_"):
                    promise = self.ask(self.make_quotation((bought, 1), (bought, 2)))
                    self.assertEqual([one.state for one in promise], ["ok", "impossible"])
                    open_moves = order.order_line.move_ids.filtered(lambda m: m.state != "done")
                    open_moves.picked = True
                    open_moves._action_done()

    def test_receipt(self):
        bought = self.make_product("Bought", 10)
        self.make_move(bought, 50, moment(4, 10))
        promise = self.ask(self.make_quotation((bought, 30)))[0]
        self.assertEqual(self.told(promise), [("stock", 10, 0), ("incoming", 20, 4)])

    def test_draft_receipt_does_not_count(self):
        bought = self.make_product("Bought", vendor_days=6)
        self.make_move(bought, 50, moment(4, 10)).state = "draft"
        promise = self.ask(self.make_quotation((bought, 30)))[0]
        self.assertEqual(self.told(promise), [("purchase", 30, 6)])

    def test_overdue_receipt_counts_today(self):
        bought = self.make_product("Bought")
        self.make_move(bought, 50, moment(-9, 10))
        promise = self.ask(self.make_quotation((bought, 30)))[0]
        self.assertEqual(promise.date, day(0))

    def test_purchase_order(self):
        bought = self.make_product("Bought", vendor_days=9)
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": bought.id,
                            "product_qty": 3,
                            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                            "date_planned": moment(5, 12),
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        promise = self.ask(self.make_quotation((bought, 40)))[0]
        self.assertEqual(self.told(promise), [("incoming", 36, 5), ("purchase", 4, 9)])

    def test_manufacturing_order_is_a_receipt(self):
        production = self.make_production(self.box, 20, moment(0, 8))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Shut, so that nothing can be made in time",
                "calendar_id": self.calendar.id,
                "date_from": moment(0, 0),
                "date_to": moment(4, 0),
            }
        )
        promise = self.ask(self.make_quotation((self.box, 20)))[0]
        self.assertEqual(self.told(promise), [("incoming", 20, 4)], "nobody has planned it yet")
        production.button_plan()
        production.move_finished_ids.date = moment(2, 9)
        promise = self.ask(self.make_quotation((self.box, 20)))[0]
        self.assertEqual(self.told(promise), [("incoming", 20, 2)])

    def test_production_of_two_operations(self):
        """100 boxes: 500 min of cutting, 480 + 20; coating has 460 of day 1 and needs 800."""
        promise = self.ask(self.make_quotation((self.box, 100)))[0]
        self.assertEqual(self.told(promise), [("production", 100, 2)])
        self.assertEqual(
            self.loads(promise),
            [("Cut", 0, 480), ("Cut", 1, 20), ("Coat", 1, 460), ("Coat", 2, 340)],
        )
        self.assertEqual(promise.makes[0].product, self.box.id)
        self.assertEqual(promise.makes[0].bom, self.box.bom_ids.id)
        self.assertEqual(promise.makes[0].level, 0)
        self.assertEqual(promise.makes[0].ready, promise.date)
        self.assertIn("Made by", self.promise._explain(promise, self.make_quotation().order_line))

    def test_operations_that_do_not_wait(self):
        """Side by side when nothing blocks; else half of day 1 is left after 480 + 240 minutes."""
        self.box.bom_ids.allow_operation_dependencies = True
        promise = self.ask(self.make_quotation((self.box, 60)))[0]
        self.assertEqual(self.loads(promise), [("Cut", 0, 300), ("Coat", 0, 480)])
        first, second = self.box.bom_ids.operation_ids
        first.blocked_by_operation_ids = second
        promise = self.ask(self.make_quotation((self.box, 90)))[0]
        self.assertEqual(
            self.loads(promise),
            [("Coat", 0, 480), ("Coat", 1, 240), ("Cut", 1, 240), ("Cut", 2, 210)],
        )

    def test_component_by_vendor_stock_or_production(self):
        steel = self.make_product("Steel", 50, vendor_days=3)
        self.company.days_to_purchase = 1
        lid = self.make_product_with_bom("Lid", produce_delay=5, days_to_prepare_mo=1)
        self.box.bom_ids.bom_line_ids = [
            Command.create({"product_id": steel.id, "product_qty": 2}),
        ]
        order = self.make_quotation((self.box, 20), (self.box, 20))
        first, second = self.ask(order)
        self.assertEqual(self.told(first), [("production", 20, 0)])
        self.assertEqual(self.told(second), [("production", 20, 4)])
        self.assertEqual(second.reason.code, "component")
        self.assertIn("Steel", self.promise._explain(second, order.order_line[1]))
        self.box.bom_ids.bom_line_ids = [
            Command.create({"product_id": lid.id, "product_qty": 1}),
        ]
        promise = self.ask(self.make_quotation((self.box, 20)))[0]
        self.assertEqual(promise.reason.values["made"], lid.id)
        self.assertEqual(promise.date, day(7))  # five days end on a Saturday

    def test_untracked_and_service_components_are_always_there(self):
        screw = self.make_product("Screw", is_storable=False)
        work = self.make_product("Work", is_storable=False, type="service")
        self.box.bom_ids.bom_line_ids = [
            Command.create({"product_id": screw.id, "product_qty": 4}),
        ]
        self.assertEqual(self.ask(self.make_quotation((self.box, 20)))[0].date, day(0))
        self.assertEqual(
            [
                promise.reason.code
                for promise in self.ask(self.make_quotation((screw, 1), (work, 1)))
            ],
            ["nothing_untracked", "nothing_service"],
        )

    def test_kit(self):
        inner = self.make_product("Inner kit", is_storable=False)
        outer = self.make_product("Outer kit", is_storable=False)
        lid = self.make_product("Lid", 4, vendor_days=3)
        self.make_bom(inner, (), [(lid, 2)], type="phantom")
        self.make_bom(outer, (), [(self.box, 1), (inner, 1)], type="phantom")
        promise = self.ask(self.make_quotation((outer, 10)))[0]
        self.assertEqual(self.told(promise), [("purchase", 10, 3)])
        self.assertEqual(self.loads(promise), [("Cut", 0, 50), ("Coat", 0, 80)])
        self.assertEqual(promise.makes[0].quantity, 10)
        self.assertEqual(self.ask(self.make_quotation((outer, 2)))[0].date, day(0))

    def test_optional_lines_of_a_kit(self):
        kit, lid = self.make_product("Kit", is_storable=False), self.make_product("Lid")
        bom = self.make_bom(kit, (), [(lid, 0), (self.box, 1)], type="phantom")
        self.add_stock(self.box, 2)
        order = self.make_quotation((kit, 2))
        self.assertEqual(self.ask(order)[0].date, day(0))
        bom.bom_line_ids.product_qty = 0
        promise = self.ask(self.make_quotation((kit, 2)))[0]
        self.assertEqual((promise.state, promise.reason.code), ("none", "nothing_zero"))

    def test_other_unit(self):
        self.add_stock(self.box, 30)
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.make_quotation(
            {"product_id": self.box.id, "product_uom_qty": 5, "product_uom_id": dozen.id}
        )
        promise = self.ask(order)[0]
        self.assertEqual(self.told(promise), [("stock", 2.5, 0), ("production", 2.5, 0)])
        self.assertEqual(self.loads(promise), [("Cut", 0, 150), ("Coat", 0, 240)])
        self.assertEqual(promise.makes[0].quantity, 30)

    def test_bill_in_dozens(self):
        self.box.bom_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")
        promise = self.ask(self.make_quotation((self.box, 30)))[0]
        self.assertEqual(self.loads(promise), [("Cut", 0, 15), ("Coat", 0, 24)])

    def test_two_warehouses(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.add_stock(self.box, 40, other)
        here, there = (
            self.ask(self.make_quotation((self.box, 30), warehouse_id=warehouse.id))[0]
            for warehouse in (self.warehouse, other)
        )
        self.assertEqual(here.produced, 30)
        self.assertEqual(self.told(there), [("stock", 30, 0)])
        self.make_move(
            self.box,
            35,
            moment(3, 8),
            source=other.lot_stock_id,
            target=self.warehouse.lot_stock_id,
        )
        lines = self.make_quotation((self.box, 30), warehouse_id=self.warehouse.id).order_line
        lines |= self.make_quotation((self.box, 5), warehouse_id=other.id).order_line
        here, there = self.promise._promise_lines(lines, latest=False).values()
        self.assertEqual(self.told(there), [("stock", 5, 0)])
        self.assertEqual(here.state, "ok")

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        other.write({"sop_delivery_days": 3, "resource_calendar_id": self.make_calendar("UTC").id})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self.add_stock(self.box, 40, warehouse)
        mine = self.make_quotation((self.box, 10)).order_line
        line = {"product_id": self.box.id, "product_uom_qty": 10}
        theirs = (
            self.env(context={**self.env.context, "allowed_company_ids": [other.id]})["sale.order"]
            .create(
                {
                    "partner_id": self.make_customer().id,
                    "company_id": other.id,
                    "warehouse_id": warehouse.id,
                    "order_line": [Command.create(line)],
                }
            )
            .order_line
        )
        found = self.promise._promise_lines(mine + theirs)
        self.assertEqual(self.told(found[mine]), [("production", 10, 0)])
        self.assertEqual(self.told(found[theirs]), [("stock", 10, 3)])

    def test_delivery_delay_and_lead(self):
        self.company.sop_delivery_days = 2
        self.box.sale_delay = 5
        short, long = self.ask(self.make_quotation((self.box, 10), (self.box, 400)))
        self.assertEqual(short.date, day(5))
        self.assertGreater(long.date, day(5))
        self.assertEqual(long.date, max(load.day for load in long.loads) + timedelta(days=2))

    def test_just_in_time(self):
        """60 boxes: 300 min of cutting leave 180 of that day for 480 of coating: two days."""
        order = self.make_quotation((self.box, 60), sop_requested_date=day(10))
        early = self.ask(order)[0]
        late = self.ask(order, latest=True)[0]
        self.assertEqual((early.start, early.date), (day(0), day(1)))
        self.assertEqual((late.start, late.date), (day(9), day(10)))

    def test_lines_of_one_order_compete_and_orders_do_not(self):
        """36 boxes pass in a day, 180 + 288 of 480 min; 192 of coating are no day for 36 more."""
        lines = self.make_quotation((self.box, 36), (self.box, 36)).order_line
        other = self.make_quotation((self.box, 36)).order_line
        found = self.promise._promise_lines(lines + other)
        self.assertEqual([promise.date for promise in found.values()], [day(0), day(1), day(0)])
        alone = self.promise._promise_lines(lines, competing=False)
        self.assertEqual([promise.date for promise in alone.values()], [day(0), day(0)])

    def test_sequence_decides_who_is_first(self):
        """As above: there is a day's coating for one line of 36, not for two."""
        order = self.make_quotation((self.box, 36), (self.box, 36))
        order.order_line[1].sequence = 1
        found = self.promise._promise_lines(order.order_line.sorted("id"))
        self.assertEqual([promise.date for promise in found.values()], [day(1), day(0)])

    def test_quantity_by(self):
        """60 a day pass the coating; the first line takes half of the first day.

        Cutting has 330 minutes left on day 0, so 66 can be coated from day 0 on; with more, cutting
        ends on day 1 and coating has only that day for all of them.
        """
        order = self.make_quotation((self.box, 30), (self.box, 100))
        line = order.order_line[1]
        self.assertEqual(self.promise._quantity_by(line, day(0)), 30)
        self.assertEqual(self.promise._quantity_by(line, day(1)), 66)
        self.assertEqual(self.promise._quantity_by(line, day(20)), 100)
        self.assertEqual(self.promise._quantity_by(line, day(-1)), 0)

    def test_other_quantities(self):
        order = self.make_quotation((self.box, 60))
        promise = self.ask(order, quantities={order.order_line: 120})[0]
        self.assertEqual(promise.produced, 120)

    def test_confirmed_line_does_not_compete_with_itself(self):
        self.add_stock(self.box, 40)
        order = self.make_quotation((self.box, 30))
        order.action_confirm()
        self.assertEqual(self.told(self.ask(order)[0]), [("stock", 30, 0)])
        order.order_line.product_uom_qty = 45
        promise = self.ask(order, quantities={order.order_line: 15})[0]
        self.assertEqual(promise.produced, 5)

    def test_new_line_in_a_form(self):
        user = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman")
        partner = self.make_customer(self.gold)
        form = Form(self.env["sale.order"].with_user(user))
        form.partner_id = partner
        with form.order_line.new() as line:
            line.product_id = self.box
            line.product_uom_qty = 36  # 180 + 288 minutes of 480
            self.assertEqual(line.sop_promise_date, day(0))
            line.product_uom_qty = 600  # 6.25 days of cutting, 10 of coating: 16.25 working days
            self.assertEqual(line.sop_promise_date, day(22))


@tagged("post_install", "-at_install")
class TestPromiseBadInput(BuilderCase):
    """Each problem has its sentence, and the other lines still get their date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut = cls.make_workcenter("Cut")
        cls.good = cls.make_product_with_bom("Good", [(cls.cut, 5)])

    def check(self, product, code, words, quantity=10, state="impossible"):
        order = self.make_quotation((product, quantity), (self.good, 10))
        bad, good = self.ask(order)
        self.assertEqual((bad.state, bad.reason.code), (state, code))
        self.assertEqual((bad.date, bad.loads), (None, ()))
        self.assertIn(words, self.promise._explain(bad, order.order_line[0]))
        self.assertEqual(self.told(good), [("production", 10, 0)])

    def test_work_centre_without_calendar(self):
        idle = self.make_workcenter("Idle")
        product = self.make_product_with_bom("Made", [(idle, 5)])
        idle.resource_calendar_id = False
        self.check(product, "no_calendar", "Idle has no working hours: set them")

    def test_work_centre_with_empty_calendar(self):
        idle = self.make_workcenter("Idle")
        product = self.make_product_with_bom("Made", [(idle, 5)])
        idle.resource_calendar_id = self.make_calendar("UTC", hours=())
        self.check(product, "no_calendar", "Idle has no working hours")

    def test_loop(self):
        one = self.make_product_with_bom("One", [(self.cut, 1)])
        two = self.make_product_with_bom("Two", [(self.cut, 1)], [(one, 1)])
        self.env.cr.execute(
            """INSERT INTO mrp_bom_line (bom_id, product_id, product_qty, product_uom_id, sequence)
               VALUES (%s, %s, 1, %s, 1)""",
            [one.bom_ids.id, two.id, one.uom_id.id],
        )
        self.env.invalidate_all()
        self.check(one, "loop", "needs the product itself")
        self.check(two, "loop", "Correct the bill")

    def test_kit_in_a_loop(self):
        kit = self.make_product("Kit", is_storable=False)
        bom = self.make_bom(kit, (), [(self.good, 1)], type="phantom")
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s WHERE bom_id = %s", [kit.id, bom.id]
        )
        self.env.invalidate_all()
        self.check(kit, "loop", "needs the product itself")

    def test_no_source(self):
        self.check(self.make_product("Orphan", 3), "no_source", "no route says how to get it")

    def test_component_without_source(self):
        orphan = self.make_product("Orphan")
        product = self.make_product_with_bom("Made", [(self.cut, 1)], [(orphan, 1)])
        self.check(product, "component_none", "Orphan is a component that is not in stock")

    def test_no_room_before_the_horizon(self):
        product = self.make_product_with_bom("Slow", [(self.cut, 1000)])
        self.check(product, "horizon", "Cut has no room for this before", quantity=10**7)

    def test_zero_negative_and_huge(self):
        self.check(self.good, "nothing_zero", "quantity is zero", 0, "none")
        self.check(self.good, "nothing_negative", "is a return", -4, "none")
        self.good.bom_ids.write({"enable_batch_size": True, "batch_size": 0.01})
        huge = self.ask(self.make_quotation((self.good, 10**9)))[0]
        self.assertEqual(huge.reason.code, "horizon")

    def test_unit_that_cannot_be_converted(self):
        hour = self.env.ref("uom.product_uom_hour")
        order = self.make_quotation((self.good, 10), (self.good, 10))
        self.env.cr.execute(
            "UPDATE sale_order_line SET product_uom_id = %s WHERE id = %s",
            [hour.id, order.order_line[0].id],
        )
        self.env.invalidate_all()
        bad, good = self.ask(order)
        self.assertEqual(bad.reason.code, "unit")
        self.assertIn("Choose another unit", self.promise._explain(bad, order.order_line[0]))
        self.assertEqual(good.state, "ok")

    def test_notes_and_nothing_at_all(self):
        order = self.make_quotation({"display_type": "line_note", "name": "A note"}, (self.good, 1))
        self.assertEqual([promise.state for promise in self.ask(order)], ["none", "ok"])
        self.assertEqual(self.promise._promise_lines(self.env["sale.order.line"]), {})

    def test_requested_in_the_past(self):
        order = self.make_quotation((self.good, 10), sop_requested_date=day(-30))
        self.assertEqual(self.ask(order, latest=True)[0].date, day(0))

    def test_moment_of_now_leaves_only_the_rest_of_the_day(self):
        """At 15:00 two hours are left: 24 of 30 today."""
        self.patch(type(self.promise), "_get_now", lambda self: NOW + timedelta(hours=9))
        promise = self.ask(self.make_quotation((self.good, 30)))[0]
        self.assertEqual(self.loads(promise), [("Cut", 0, 120), ("Cut", 1, 30)])
