from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import BuilderCase, day, moment


@tagged("post_install", "-at_install")
class TestPromiseStory(BuilderCase):
    """How a promise comes about, what else is possible, and what is delivered together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut, cls.coat = cls.make_workcenter("Cut"), cls.make_workcenter("Coat")
        cls.sheet = cls.make_product("Sheet", vendor_days=2)
        cls.door = cls.make_product_with_bom("Door", [(cls.coat, 10)], [(cls.sheet, 1)])
        cls.locker = cls.make_product_with_bom("Locker", [(cls.cut, 5)], [(cls.door, 1)])
        cls.locker.write({"list_price": 100, "standard_price": 60, "taxes_id": [Command.clear()]})

    def tell(self, order, user=None):
        self.env.invalidate_all()
        line = order.order_line[0]
        return order.with_user(user or self.env.user).sop_tell_promise({}, line.id)

    def options(self, order):
        return {option["kind"]: option["label"] for option in self.tell(order)["options"]}

    # ------------------------------------------------------------------ the picture
    def test_steps_of_every_level(self):
        story = self.tell(self.make_quotation((self.locker, 24)))
        self.assertEqual(
            [(step["product"], step["where"], step["binds"]) for step in story["steps"]],
            [("Sheet", "Vendor", True), ("Door", "Coat", True), ("Locker", "Cut", True)],
        )
        self.assertEqual([step["level"] for step in story["steps"]], [2, 1, 0])
        for step in story["steps"]:
            self.assertLessEqual(step["left"] + step["wait"] + step["work"], 100.001)

    def test_waiting_is_told_where_it_happens(self):
        self.add_stock(self.sheet, 100)
        self.make_slot(self.coat, moment(0, 8), moment(1, 17), tier_id=self.gold.id)
        story = self.tell(self.make_quotation((self.locker, 24), tier=self.standard))
        door = next(step for step in story["steps"] if step["product"] == "Door")
        self.assertEqual((door["lost"], door["decides"]), (2, True))
        self.assertAlmostEqual(door["wait"], 200 / 3)
        self.assertTrue(door["binds"])

    # ------------------------------------------------------------------ what else is possible
    def test_a_part_now(self):
        self.add_stock(self.locker, 10)
        order = self.make_quotation((self.locker, 24))
        self.assertIn("10 Units on Jan 13, 2031", self.options(order)["part"])
        self.assertIn("1,000.00", self.options(order)["part"])
        self.assertIn("margin", self.options(order)["part"])
        order.picking_policy = "one"
        self.assertNotIn("part", self.options(order))

    def test_less_by_the_requested_day_and_its_money(self):
        self.add_stock(self.locker, 10)
        order = self.make_quotation((self.locker, 24), sop_requested_date=day(1))
        text = self.options(order)["less"]
        self.assertIn("Only 10 Units", text)
        kept, lost = text.split(" are kept, ")
        self.assertIn("1,000.00", kept)
        self.assertIn("400.00", kept)
        self.assertIn("1,400.00", lost)
        order.sop_requested_date = day(30)
        self.assertNotIn("less", self.options(order))

    def test_less_than_the_plant_can_ever_make(self):
        order = self.make_quotation((self.locker, 9000))
        self.assertEqual(order.order_line.sop_promise_state, "impossible")
        self.assertIn("Only ", self.options(order)["less"])

    def test_no_money_is_invented_without_a_cost(self):
        self.locker.standard_price = 0
        self.add_stock(self.locker, 10)
        self.assertNotIn("margin", self.options(self.make_quotation((self.locker, 24)))["part"])

    def test_slots_by_exception(self):
        self.add_stock(self.sheet, 100)
        self.make_slot(self.coat, moment(0, 8), moment(1, 17), tier_id=self.gold.id)
        order = self.make_quotation((self.locker, 24), tier=self.standard)
        text = self.options(order)["slots"]
        self.assertIn("on Jan 13, 2031 in slots kept for others", text)
        self.assertIn("2,400.00", text)
        gold = self.make_quotation((self.locker, 24), tier=self.gold)
        self.assertNotIn("slots", self.options(gold))

    def test_another_warehouse(self):
        away = self.env["stock.warehouse"].create({"name": "Away", "code": "AWY"})
        order = self.make_quotation((self.locker, 24))
        self.assertNotIn("warehouse", self.options(order))
        self.add_stock(self.locker, 30, away)
        text = self.options(order)["warehouse"]
        self.assertTrue(text.startswith("24 Units"))
        self.assertTrue(text.endswith("on Jan 13, 2031 from Away"))

    # ------------------------------------------------------------------ for whom
    def test_for_what_is_typed(self):
        order = self.make_quotation((self.locker, 24))
        line = order.order_line
        typed = {"order_line": [Command.update(line.id, {"product_uom_qty": 0})]}
        self.assertEqual(order.sop_tell_promise(typed, line.id)["steps"], [])
        self.assertEqual(order.sop_tell_promise({}, 0), {})
        self.company.sop_gate = "off"
        self.assertEqual(self.tell(order), {})

    def test_only_for_who_sees_the_quotation(self):
        order = self.make_quotation((self.locker, 24))
        sales = new_test_user(self.env, "sop_story", groups="sales_team.group_sale_salesman")
        order.user_id = sales
        self.assertEqual(len(self.tell(order, sales)["steps"]), 3)
        anybody = new_test_user(self.env, "sop_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.tell(order, anybody)

    def test_reads_only(self):
        self.add_stock(self.locker, 10)
        order = self.make_quotation((self.locker, 24), sop_requested_date=day(1))
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.execute("SAVEPOINT reading")
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        story = order.sop_tell_promise({}, order.order_line.id)
        self.env.cr.execute("ROLLBACK TO SAVEPOINT reading")
        self.assertTrue(story["options"])

    # ------------------------------------------------------------------ together or in parts
    def test_first_part_and_complete(self):
        self.add_stock(self.locker, 10)
        self.add_stock(self.sheet, 5)
        order = self.make_quotation((self.sheet, 5), (self.locker, 24))
        self.assertEqual(order.order_line[1].sop_promise_first_date, day(0))
        self.assertEqual((order.sop_first_date, order.sop_promise_date), (day(0), day(2)))

    def test_all_at_once_waits_for_the_last(self):
        self.add_stock(self.sheet, 5)
        order = self.make_quotation((self.sheet, 5), (self.locker, 24), picking_policy="one")
        self.assertEqual(order.order_line.mapped("sop_promise_date"), [day(2)] * 2)
        self.assertEqual((order.sop_first_date, order.sop_promise_date), (day(2), day(2)))
        self.assertIn("when all products are ready", order.order_line[0].sop_promise_reason)
        self.assertNotIn("when all products are ready", order.order_line[1].sop_promise_reason)
        order.picking_policy = "direct"
        self.assertEqual(order.order_line[0].sop_promise_date, day(0))
