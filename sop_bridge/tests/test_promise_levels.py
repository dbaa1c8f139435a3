from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .common import NOW, BuilderCase, day, moment


@tagged("post_install", "-at_install")
class TestPromiseLevels(BuilderCase):
    """Lockers have a door, the door a frame: all of it is promised, and made as promised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut, cls.coat = cls.make_workcenter("Cut"), cls.make_workcenter("Coat")
        cls.sheet = cls.make_product("Sheet 2 mm", 1000, vendor_days=9)
        cls.frame = cls.make_product_with_bom("Frame", [(cls.cut, 5)], [(cls.sheet, 2)])
        cls.door = cls.make_product_with_bom("Door", [(cls.coat, 5)], [(cls.frame, 1)])
        cls.locker = cls.make_product_with_bom("Locker", [(cls.cut, 2)], [(cls.door, 1)])

    def made(self, promise):
        """[(product name, quantity, day number, level)] of what is made."""
        name = self.env["product.product"].browse
        return [
            (name(make.product).name, make.quantity, (make.ready - day(0)).days, make.level)
            for make in promise.makes
        ]

    def explain(self, order):
        line = order.order_line[0]
        return self.promise._explain(self.promise._promise_lines(line)[line], line)

    # ------------------------------------------------------------------ levels
    def test_three_levels(self):
        """60: 300 min of cutting leave 180 of Monday to coat, 120 stay for Tuesday; then 120."""
        order = self.make_quotation((self.locker, 60))
        promise = self.ask(order)[0]
        self.assertEqual(self.told(promise), [("production", 60, 1)])
        self.assertEqual(
            self.loads(promise),
            [("Cut", 0, 300), ("Coat", 0, 180), ("Coat", 1, 120), ("Cut", 1, 120)],
        )
        self.assertEqual(
            self.made(promise), [("Frame", 60, 0, 2), ("Door", 60, 1, 1), ("Locker", 60, 1, 0)]
        )
        place = self.warehouse.id
        self.assertEqual(promise.takes, ((self.sheet.id, place, 120, day(0)),))
        self.assertEqual({make.warehouse for make in promise.makes}, {place})

    def test_stock_at_each_level(self):
        self.add_stock(self.door, 10)
        self.add_stock(self.frame, 20)
        promise = self.ask(self.make_quotation((self.locker, 60)))[0]
        self.assertEqual(
            self.made(promise), [("Frame", 30, 0, 2), ("Door", 50, 0, 1), ("Locker", 60, 1, 0)]
        )
        place = self.warehouse.id
        self.assertCountEqual(
            promise.takes,
            [
                (self.door.id, place, 10, day(0)),
                (self.frame.id, place, 20, day(0)),
                (self.sheet.id, place, 60, day(0)),
            ],
        )

    def test_components_of_other_orders_are_not_free(self):
        self.add_stock(self.frame, 60)
        before = self.made(self.ask(self.make_quotation((self.door, 40)))[0])
        self.assertEqual(before, [("Door", 40, 0, 0)])
        gate = self.make_product_with_bom("Gate", [(self.coat, 1)], [(self.frame, 1)])
        self.make_production(gate, 50)
        after = self.made(self.ask(self.make_quotation((self.door, 40)))[0])
        self.assertEqual(after[0][:2], ("Frame", 30))
        draft = self.env["mrp.production"].create({"product_id": gate.id, "product_qty": 10})
        self.assertEqual(draft.state, "draft")
        again = self.made(self.ask(self.make_quotation((self.door, 40)))[0])
        self.assertEqual(again[0], after[0])

    def test_lines_share_parts(self):
        self.add_stock(self.door, 30)
        first, second = self.ask(self.make_quotation((self.locker, 20), (self.door, 20)))
        self.assertEqual(self.made(first), [("Locker", 20, 0, 0)])
        self.assertEqual(self.told(second)[0], ("stock", 10, 0))
        self.assertEqual(self.made(second), [("Frame", 10, 0, 1), ("Door", 10, 0, 0)])

    def test_dozens_at_each_level(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.door.bom_ids.bom_line_ids.product_uom_id = dozen  # a dozen frames per door
        self.locker.bom_ids.product_uom_id = dozen  # a dozen lockers of one door and one cycle
        line = {"product_id": self.locker.id, "product_uom_qty": 2, "product_uom_id": dozen.id}
        promise = self.ask(self.make_quotation(line))[0]
        self.assertEqual(
            [item[:2] for item in self.made(promise)],
            [("Frame", 24), ("Door", 2), ("Locker", 24)],
        )
        self.assertEqual(promise.takes[0][2], 48)

    def test_kit_of_made_goods(self):
        kit = self.make_product_with_bom("Set", (), [(self.door, 2)], type="phantom")
        promise = self.ask(self.make_quotation((kit, 5)))[0]
        self.assertEqual(self.made(promise), [("Frame", 10, 0, 1), ("Door", 10, 0, 0)])
        self.assertEqual(self.told(promise), [("production", 5, 0)])

    # ------------------------------------------------------------------ reasons
    def test_reason_names_what_binds_deep_down(self):
        sheet = self.make_product("Sheet 4 mm", vendor_days=4)
        self.frame.bom_ids.bom_line_ids.product_id = sheet
        self.assertIn("Sheet 4 mm (for Frame) is there on", self.explain_locker())
        self.add_stock(sheet, 1000)
        self.make_slot(self.coat, moment(0, 8), moment(2, 17), tier_id=self.gold.id)
        text = self.explain_locker(self.standard)
        self.assertIn("Door (for Locker) waits for Coat until", text)
        self.assertIn("reserved for Gold", text)

    def explain_locker(self, tier=None):
        return self.explain(self.make_quotation((self.locker, 10), tier=tier))

    def test_reason_of_what_cannot_be(self):
        self.coat.resource_calendar_id = self.make_calendar("UTC", ((8, 9),), name="Hour")
        self.assertIn("Coat has no room for Door (for Locker)", self.explain_many())
        self.sheet.seller_ids.unlink()
        self.assertIn("Sheet 2 mm is a component", self.explain_many())

    def explain_many(self):
        return self.explain(self.make_quotation((self.locker, 2000)))

    # ------------------------------------------------------------------ as Odoo plans
    def test_minutes_are_those_of_odoo_at_each_level(self):
        self.cut.write({"time_efficiency": 80, "time_start": 7, "time_stop": 3})
        self.frame.bom_ids.product_qty = 4
        promise = self.ask(self.make_quotation((self.locker, 33)))[0]
        ours = {}
        for load in promise.loads:
            ours[load.operation] = ours.get(load.operation, 0) + load.minutes
        for make in promise.makes:
            product = self.env["product.product"].browse(make.product)
            for workorder in self.make_production(product, make.quantity).workorder_ids:
                minutes = ours.pop(workorder.operation_id.id)
                self.assertAlmostEqual(minutes, workorder.duration_expected, 2)
        self.assertFalse(ours)

    def test_confirming_makes_every_level_as_promised(self):
        self.company.sop_gate = "hold"
        order = self.make_quotation((self.locker, 60), commitment_date=moment(20, 12))
        with freeze_time(NOW):
            order.action_confirm()
        self.assertEqual(order.state, "sale")
        made = self.env["mrp.production"].search([("sop_line_id", "=", order.order_line.id)])
        self.assertEqual(
            {mo.product_id.name: mo.product_qty for mo in made},
            {"Frame": 60, "Door": 60, "Locker": 60},
        )
        self.assertTrue(all(made.mapped("is_planned")))


@tagged("post_install", "-at_install")
class TestPromiseAlternatives(BuilderCase):
    """Operations on the work centre that is done first, as Odoo plans them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slow = cls.make_workcenter("Old press", time_start=5)
        cls.fast = cls.make_workcenter("New press", time_efficiency=160, time_stop=10)
        cls.slow.alternative_workcenter_ids = cls.fast
        cls.part = cls.make_product_with_bom("Part", [(cls.slow, 8)])

    def check(self, quantity):
        """The promise takes the work centre and the minutes that Odoo plans; returns its name."""
        promise = self.ask(self.make_quotation((self.part, quantity)))[0]
        production = self.make_production(self.part, quantity)
        production.button_plan()
        workorder = production.workorder_ids
        self.assertEqual({ld.workcenter for ld in promise.loads}, set(workorder.workcenter_id.ids))
        minutes = sum(load.minutes for load in promise.loads)
        self.assertAlmostEqual(minutes, workorder.duration_expected, 2)
        self.assertEqual(promise.date, fields.Date.to_date(workorder.date_finished))
        name = workorder.workcenter_id.name
        production.action_cancel()
        return name

    def test_chosen_and_planned_as_odoo_does(self):
        with freeze_time(NOW):
            self.assertEqual(self.check(50), "New press")
            self.fast.resource_calendar_id = self.make_calendar("UTC", ((8, 9),), name="Hour")
            self.assertEqual(self.check(50), "Old press")

    def test_capacity_of_the_alternative(self):
        self.slow.resource_calendar_id = self.make_calendar("UTC", ((8, 9),), name="Hour")
        self.fast.capacity_ids = [
            Command.create({"product_id": self.part.id, "capacity": 6, "time_start": 9})
        ]
        promise = self.ask(self.make_quotation((self.part, 50)))[0]
        self.assertEqual(self.loads(promise), [("New press", 0, 9 + 9 * 8 / 1.6)])

    def test_load_of_the_alternative_counts(self):
        """460 of 480 minutes are gone: 725 on the old press end before 460 more on the new one."""
        order = self.make_quotation((self.part, 90), (self.part, 90))
        first, second = self.ask(order)
        self.assertEqual({load.workcenter for load in first.loads}, {self.fast.id})
        self.assertEqual({load.workcenter for load in second.loads}, {self.slow.id})
        self.make_slot(self.fast, moment(0, 8), moment(4, 17), tier_id=self.gold.id)
        promise = self.ask(self.make_quotation((self.part, 90), tier=self.standard))[0]
        self.assertEqual({load.workcenter for load in promise.loads}, {self.slow.id})
        promise = self.ask(self.make_quotation((self.part, 90), tier=self.gold))[0]
        self.assertEqual({load.workcenter for load in promise.loads}, {self.fast.id})
