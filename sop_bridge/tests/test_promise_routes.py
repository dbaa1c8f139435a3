from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import NOW, BuilderCase, day


@tagged("post_install", "-at_install")
class TestPromiseRoutes(BuilderCase):
    """Whether goods are made, bought or sent is what the routes say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut = cls.make_workcenter("Cut")
        cls.make = cls.env.ref("mrp.route_warehouse0_manufacture")
        cls.buy = cls.env.ref("purchase_stock.route_warehouse0_buy")
        cls.away = cls.env["stock.warehouse"].create({"name": "Away", "code": "AWY"})
        cls.warehouse.resupply_wh_ids = cls.away
        cls.send = cls.warehouse.resupply_route_ids

    def both(self, name="Both", **values):
        """Product with a bill and a vendor."""
        product = self.make_product(name, vendor_days=6, **values)
        self.make_bom(product, [(self.cut, 10)])
        return product

    def ask_one(self, product, quantity=10, **values):
        line = {"product_id": product.id, "product_uom_qty": quantity, **values}
        return self.ask(self.make_quotation(line))[0]

    # ------------------------------------------------------------------ as Odoo chooses
    def test_the_rule_is_that_of_odoo(self):
        """Against stock.rule._get_rule, for products, categories and warehouses of all kinds."""
        category = self.env["product.category"].create({"name": "Made"})
        below = category.create({"name": "Below", "parent_id": category.id})
        category.route_ids = self.buy
        bought = self.make_product("Bought", vendor_days=3)
        made = self.make_product_with_bom("Made", [(self.cut, 1)])
        products = bought | made | self.make_product("Neither") | self.both()
        for routes in (self.make, self.buy, self.send, self.make | self.buy, self.send | self.buy):
            products |= self.both(route_ids=[Command.set(routes.ids)])
            products |= self.make_product(f"{len(routes)}", route_ids=[Command.set(routes.ids)])
        products |= self.both(categ_id=below.id)
        self.compare(products)
        self.make.sequence = self.buy.sequence + 5
        self.compare(products)
        self.warehouse.manufacture_to_resupply = False
        self.compare(products)
        self.warehouse.buy_to_resupply = False
        self.compare(products)

    def compare(self, products):
        self.env.flush_all()
        finder = self.env["sop.route"].sudo()
        made = set(products.filtered("bom_ids").ids)
        bought = set(products.filtered("seller_ids").ids)
        book = finder._read(self.company, products, made, bought)
        for product in products.sudo():
            for warehouse in (self.warehouse | self.away).sudo():
                values = {"warehouse_id": warehouse, "company_id": self.company}
                for location in (warehouse.lot_stock_id, book.customers):
                    theirs = self.env["stock.rule"].sudo()._get_rule(product, location, values)
                    ours = finder._get_rule(
                        book, product, location, warehouse, self.env["stock.route"].sudo()
                    )
                    self.assertEqual(ours, theirs, f"{product.name} {location.display_name}")

    # ------------------------------------------------------------------ make or buy
    def test_what_is_made_by_default_is_bought_where_its_route_says_so(self):
        product = self.both()
        self.assertEqual(self.told(self.ask_one(product)), [("production", 10, 0)])
        product.route_ids = self.buy
        promise = self.ask_one(product)
        self.assertEqual(self.told(promise), [("purchase", 10, 6)])
        self.assertFalse(promise.makes)

    def test_component_by_its_category(self):
        product = self.both("Part")
        box = self.make_product_with_bom("Box", [(self.cut, 1)], [(product, 1)])
        self.assertEqual(len(self.ask_one(box).makes), 2)
        product.categ_id = self.env["product.category"].create(
            {"name": "Bought", "route_ids": [Command.set(self.buy.ids)]}
        )
        promise = self.ask_one(box)
        self.assertEqual(len(promise.makes), 1)
        self.assertEqual(promise.date, day(7))  # six days end on a Sunday

    def test_without_a_rule_nothing_comes(self):
        product = self.both()
        self.warehouse.write({"manufacture_to_resupply": False, "buy_to_resupply": False})
        promise = self.ask_one(product)
        self.assertEqual((promise.state, promise.reason.code), ("impossible", "no_source"))

    def test_made_to_order_takes_no_stock(self):
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        product = self.both()
        self.add_stock(product, 100)
        self.assertEqual(self.told(self.ask_one(product)), [("stock", 10, 0)])
        promise = self.ask_one(product, route_ids=[Command.set(mto.ids)])
        self.assertEqual(self.told(promise), [("production", 10, 0)])
        product.route_ids = mto
        self.assertEqual(self.told(self.ask_one(product)), [("production", 10, 0)])

    # ------------------------------------------------------------------ vendors
    def test_vendor_by_quantity_date_and_company(self):
        other = self.env["res.partner"].create({"name": "Other vendor"})
        company = self.env["res.company"].create({"name": "Elsewhere"})
        product = self.make_product("Wire")
        today = NOW.date()
        past = today - timedelta(days=1)

        def terms(sequence, days, vendor=self.vendor, **values):
            return Command.create(
                {"partner_id": vendor.id, "delay": days, "sequence": sequence, **values}
            )

        product.seller_ids = [
            terms(1, 20, date_end=past),
            terms(2, 21, company_id=company.id),
            terms(3, 9, min_qty=100, price=2),
            terms(4, 3, min_qty=20, price=3),
            terms(5, 5, other, price=1),
        ]
        self.env.flush_all()
        sellers = self.env["sop.supply"]._get_sellers(product, self.company, today)[product.id]
        for quantity in (1, 19, 20, 50, 100, 1000):
            theirs = product.with_company(self.company)._select_seller(
                quantity=quantity, date=today, uom_id=product.uom_id
            )
            promise = self.ask_one(product, quantity)
            self.assertEqual(promise.date, day(theirs.delay), quantity)
        self.assertEqual(len(sellers), 3)
        self.company.days_to_purchase = 2
        self.assertEqual(self.ask_one(product, 20).date, day(5))

    def test_minimum_in_dozens(self):
        product = self.make_product("Wire")
        dozen = self.env.ref("uom.product_uom_dozen")
        product.seller_ids = [
            Command.create(
                {
                    "partner_id": self.vendor.id,
                    "delay": delay,
                    "min_qty": least,
                    "product_uom_id": dozen.id,
                    "sequence": sequence,
                }
            )
            for sequence, delay, least in ((1, 8, 2), (2, 3, 0))
        ]
        self.assertEqual(self.ask_one(product, 23).date, day(3))
        self.assertEqual(self.ask_one(product, 24).date, day(8))

    # ------------------------------------------------------------------ another warehouse
    def test_sent_from_another_warehouse(self):
        product = self.make_product("Pump", route_ids=[Command.set(self.send.ids)])
        self.add_stock(product, 4)
        self.add_stock(product, 30, self.away)
        rule = self.send.rule_ids.filtered(
            lambda rule: rule.location_dest_id == self.warehouse.lot_stock_id
        )
        rule.delay = 3
        order = self.make_quotation((product, 10))
        promise = self.ask(order)[0]
        self.assertEqual(self.told(promise), [("stock", 4, 0), ("warehouse", 6, 3)])
        self.assertEqual(promise.parts[1].origin, self.away.id)
        self.assertIn((product.id, self.away.id, 6, day(0)), promise.takes)
        text = self.promise._explain(promise, order.order_line)
        self.assertIn("6 from Away by", text)
        more = self.ask_one(product, 50)
        self.assertEqual((more.state, more.reason.code), ("impossible", "no_source"))

    def test_made_in_another_warehouse(self):
        product = self.make_product_with_bom("Pump", [(self.cut, 10)])
        product.route_ids = self.send
        promise = self.ask_one(product, 48)
        self.assertEqual(self.told(promise), [("warehouse", 48, 0)])
        make = promise.makes[0]
        self.assertEqual((make.product, make.warehouse), (product.id, self.away.id))

    def test_delay_of_the_delivery_and_security_lead(self):
        product = self.make_product("Pump", 10)
        rule = self.env["stock.rule"].search(
            [
                ("location_src_id", "=", self.warehouse.lot_stock_id.id),
                ("location_dest_id.usage", "=", "customer"),
                ("warehouse_id", "=", self.warehouse.id),
                ("route_id", "=", self.warehouse.delivery_route_id.id),
            ]
        )
        rule.delay = 2
        self.assertEqual(self.ask_one(product).date, day(2))
        self.company.security_lead = 1
        self.assertEqual(self.ask_one(product).date, day(3))

    # ------------------------------------------------------------------ working days
    def test_delivery_in_working_days(self):
        self.company.write({"sop_delivery_days": 3, "sop_delivery_workdays": True})
        product = self.make_product("Pump", 10)
        self.assertEqual(self.ask_one(product).date, day(3))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": f"{day(2)} 00:00:00",
                "date_to": f"{day(2)} 23:59:59",
            }
        )
        self.assertEqual(self.ask_one(product).date, day(4))
        self.company.sop_delivery_days = 4
        self.assertEqual(self.ask_one(product).date, day(7), "not on a weekend")
        self.company.sop_delivery_workdays = False
        self.assertEqual(self.ask_one(product).date, day(4))

    def test_working_days_of_each_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        other.resource_calendar_id.attendance_ids.filtered(
            lambda line: line.dayofweek == "0"
        ).unlink()
        (self.company | other).write({"sop_delivery_workdays": True, "sop_delivery_days": 0})
        here, there = (self.make_product("Pump", 5) for _number in range(2))
        house = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self.add_stock(there, 5, house)
        self.assertEqual(self.ask_one(here).state, "impossible")
        self.assertEqual(self.ask_one(here, 5).date, day(0))
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.make_customer().id,
                    "company_id": other.id,
                    "warehouse_id": house.id,
                    "order_line": [Command.create({"product_id": there.id, "product_uom_qty": 5})],
                }
            )
        )
        self.assertEqual(self.ask(order)[0].date, day(1), "closed there on Mondays")
