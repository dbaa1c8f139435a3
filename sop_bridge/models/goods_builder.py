"""Goods behind order lines, put together level by level."""

from dataclasses import dataclass, replace
from functools import cached_property, partial

from ..core.supply import Bill, Timeline, round_up
from .sop_route import Delivery


@dataclass
class Good:
    """A product in a warehouse, and where it comes from when it is not there.

    :param product: product.product
    :param fresh: procured anew for each order, so that free stock does not count
    :param find_bill: function that gives its core Bill, if it is made there
    :param sellers: core Sellers, if it is bought
    :param contract: core Bill of a subcontractor who makes it of our components
    :param origin: key of the same product in the warehouse that sends it
    :param days: delays of the rules on the way
    """

    product: object
    fresh: bool = False
    find_bill: object = None
    sellers: tuple = ()
    contract: Bill | None = None
    origin: tuple | None = None
    days: int = 0

    @cached_property
    def bill(self):
        """Core Bill by which it is made there, None: it is not."""
        return self.find_bill and self.find_bill()

    @property
    def made(self):
        """Bill whose components are needed."""
        return self.bill or self.contract

    @property
    def components(self):
        """Core Components of what makes it."""
        return self.made.components if self.made else ()


class GoodsBuilder:
    """Puts goods together level by level, as far down as stock does not cover what is needed."""

    def __init__(self, env, facts, company, book, routes, warehouses, sellers, read):
        """:param read: function that adds the stock of products to the facts"""
        self.facts = facts
        self.company = company
        self.book = book
        self.routes = routes
        self.sellers = sellers
        self.read, self.known = read, set()
        self.bills = env["sop.bill"].sudo()
        self.finder = env["sop.route"].sudo()
        # one by one they would be read one by one
        self.products = {product.id: product for product in book.products}
        self.warehouses = {warehouse.id: warehouse for warehouse in warehouses}
        self.no_routes = env["stock.route"].sudo()
        self.no_values = env["product.template.attribute.value"]
        self.needed, self.exploded = {}, {}

    def pair(self, warehouse):
        return self.company, warehouse.manu_type_id

    def explode(self, product, warehouse, never, factor):
        """Needs of a kit, see ``sop.bill._explode_kit``."""
        return self.bills._explode_kit(self.book, self.pair(warehouse), product, never, factor)

    # ------------------------------------------------------------------ goods
    def add_demanded(self, product, warehouse, never, routes):
        """Remember a product that a line asks for.

        :return: (key, days of its delivery); key None for goods that are always there, because
            nobody tracks their stock and nobody makes them
        """
        key = warehouse.id, product.id, tuple(never.ids)
        if routes:
            key = (*key, tuple(routes.ids))
        delivery, direct = self.finder._get_delivery(self.routes, product, warehouse, routes)
        if key not in self.facts.goods:
            made = self.book.normal[self.pair(warehouse)].get(product)
            if product.type != "consu" or not (product.is_storable or made):
                return None, 0
            source = direct or self.finder._get_source(self.routes, product, warehouse, routes)
            self.add(key, product, warehouse, never, source, delivery)
        return key, 0 if direct else delivery.days

    def add(self, key, product, warehouse, never, source, delivery):
        """Remember goods and where they come from."""
        good = self.facts.goods[key] = Good(product, delivery.fresh, days=source.days)
        if source.action == "manufacture":
            good.find_bill = partial(self.get_bill, product, warehouse, never)
        elif source.action == "buy":
            good.sellers = self.get_sellers(product)
            good.contract = self.get_contract(good.sellers, product, warehouse)
        elif source.action == "warehouse":
            good.origin = source.warehouse.id, product.id, ()
        return good

    def get_good(self, key):
        """The goods of a key; those of a component are added when they are first asked for."""
        if key not in self.facts.goods:
            warehouse, product = self.warehouses[key[0]], self.products[key[1]]
            source = self.finder._get_source(self.routes, product, warehouse, self.no_routes)
            delivery = Delivery(fresh=self.finder._is_fresh(self.routes, product, warehouse))
            self.add(key, product, warehouse, self.no_values, source, delivery)
        return self.facts.goods[key]

    def get_bill(self, product, warehouse, never):
        """Core Bill of a product whose components are keys of goods, None without any."""
        bill = self.bills._get_bill(self.book, self.pair(warehouse), product, never)
        return bill and self.keyed(bill, warehouse)

    def get_sellers(self, product):
        """Core Sellers of a product, best first."""
        finder = self.finder.env["sop.supply"]
        return tuple(
            finder._get_seller(product, self.company, self.facts.today, *terms)
            for terms in self.sellers.get(product.id, ())
        )

    def get_contract(self, sellers, product, warehouse):
        """Core Bill by which a vendor makes a product of our components, None where nobody does.

        Without operations: the vendor's days, or those of the bill if they are more, are the lead.
        """
        for bom in self.book.contracts[self.pair(warehouse)].get(product, ()):
            if sellers and sellers[0].vendor in bom.subcontractor_ids.ids:
                bill = self.bills._get_core_bill(
                    self.book, self.pair(warehouse), bom, product, self.no_values
                )
                days = bom.produce_delay + bom.days_to_prepare_mo
                days += int(self.company.days_to_purchase)
                return replace(self.keyed(bill, warehouse), lead=days)
        return None

    def keyed(self, bill, warehouse):
        components = tuple(
            replace(component, product=(warehouse.id, component.product, ()))
            for component in bill.components
        )
        return replace(bill, components=components)

    # ------------------------------------------------------------------ how far down
    def need(self, key, quantity, path=()):
        """Count a need, and what follows from it for what free stock does not cover.

        What is missing is at most the need less free stock of today, so whatever the promise asks
        for has been looked at.
        """
        good = self.get_good(key)
        if key in path or (path and not good.product.is_storable):
            return
        self.needed[key] = self.needed.get(key, 0.0) + quantity
        missing = self.needed[key] - self.free(key, good)
        before = self.exploded.get(key, 0.0)
        if missing <= before:
            return
        self.exploded[key] = missing
        self.facts.short.add(key)
        if good.origin:
            self.need(good.origin, missing - before, (*path, key))
        elif good.made and not good.made.loop:
            amount = good.made.made(missing - before)
            for line in good.made.components:
                part = round_up(amount * line.per_unit, line.rounding)
                self.need(line.product, part, (*path, key))

    def free(self, key, good):
        """What is free today whatever else happens; own deliveries of the lines do not count."""
        if good.fresh or not good.product.is_storable:
            return 0.0
        if good.product.id not in self.known:
            self.read_stock(self.book.products)
        facts, place = self.facts, key[:2]
        moves = list(facts.moves.get(place, ()))
        moves += [move for own in facts.own_moves.values() for move in own.get(place, ())]
        stock = Timeline(facts.today, facts.on_hand.get(place, 0.0), moves)
        return stock.available(facts.today)

    def read_stock(self, products):
        """Read the stock of products where that was not done yet.

        First of what lines ask for; of all that is below only when something is missing, since
        few orders of goods from stock need their bills.
        """
        fresh = self.book.products.browse({product.id for product in products} - self.known)
        if fresh:
            self.read(fresh)
            self.known.update(fresh.ids)
