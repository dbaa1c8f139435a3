from dataclasses import dataclass, replace
from math import ceil
from zoneinfo import ZoneInfo

from odoo import api, models

from ..core.promise import Demand, Line, Reason
from ..core.supply import Bill, Timeline, round_up
from .sop_route import Delivery


@dataclass
class Good:
    """A product in a warehouse, and where it comes from when it is not there.

    :param product: product.product
    :param fresh: procured anew for each order, so that free stock does not count
    :param bill: core Bill, if it is made there
    :param sellers: core Sellers, if it is bought
    :param contract: core Bill of a subcontractor who makes it of our components
    :param origin: key of the same product in the warehouse that sends it
    :param days: delays of the rules on the way
    """

    product: object
    fresh: bool = False
    bill: Bill | None = None
    sellers: tuple = ()
    contract: Bill | None = None
    origin: tuple | None = None
    days: int = 0

    @property
    def made(self):
        """Bill whose components are needed."""
        return self.bill or self.contract

    @property
    def components(self):
        """Core Components of what makes it."""
        return self.made.components if self.made else ()


class SopGoods(models.AbstractModel):
    """Collects what order lines need at every level of their bills, and where it comes from."""

    _name = "sop.goods"
    _description = "Goods behind Promise Dates"

    @api.model
    def _collect_goods(self, facts, company, goods, quantities, tree):
        """What every line needs, how it is made, bought or sent, and what is there of it.

        :param goods: {line: (quantity, warehouse, attribute values without variant)}
        :param tree: products of the lines and all below them, and what connects them
        """
        pairs = {(company, warehouse.manu_type_id) for _qty, warehouse, _never in goods.values()}
        finder = self.env["sop.bill"].sudo()
        book, products = finder._get_bills(tree, pairs)
        sellers = self.env["sop.supply"].sudo()._get_sellers(products, company, facts.today)
        made = {product.id for bills in book.normal.values() for product in bills}
        routes = self.env["sop.route"].sudo()._read(company, products, made, set(sellers))
        warehouses = self._get_warehouses(routes, products, goods)
        for warehouse in warehouses:
            finder._add_pair(book, (company, warehouse.manu_type_id))
        self._collect_stock(facts, company, products, warehouses, goods)
        builder = GoodsBuilder(self.env, facts, company, book, routes, warehouses)
        builder.sellers = sellers
        days = (facts.horizon - facts.today).days
        is_open = self.env["sop.hours"].sudo()._get_open_days(company, facts.now, days)
        for line, (quantity, warehouse, never) in goods.items():
            facts.lines[line] = self._get_line(builder, line, quantity, warehouse, never, is_open)
        self._keep_ordered(facts, goods, quantities)
        for line in goods:
            for demand in facts.lines[line].demands:
                builder.need(demand.product, demand.quantity(facts.lines[line].quantity))

    @api.model
    def _get_warehouses(self, routes, products, goods):
        """The warehouses of the lines, and those from which their goods may be sent."""
        finder = self.env["sop.route"].sudo()
        none = self.env["stock.route"].sudo()
        found = self.env["stock.warehouse"].sudo().union(*(good[1] for good in goods.values()))
        stored = products.filtered(lambda product: product.type == "consu")
        asked = [(product, house, none) for house in found for product in stored]
        by_id = {product.id: product for product in products}  # all of them read one another
        asked += [
            (by_id[line.product_id._origin.id], good[1], line.route_ids._origin.sudo())
            for line, good in goods.items()
            if line.route_ids
        ]
        while asked:
            product, house, own = asked.pop()
            sender = finder._get_source(routes, product, house, own).warehouse
            if sender and sender not in found:
                found |= sender
                asked += [(product, sender, none) for product in stored]
        return found

    @api.model
    def _collect_stock(self, facts, company, products, warehouses, goods):
        """Stock and open moves of everything that may be needed."""
        supply = self.env["sop.supply"].sudo()
        owners = [line._origin.id for line in goods if line._origin.id and line.state == "sale"]
        facts.on_hand, facts.moves, facts.own_moves, facts.unplanned = supply._get_atp(
            products.filtered("is_storable"),
            warehouses,
            self._get_zone(company),
            owners,
            self.env["sop.hold.goods"]._get_held(facts, products, warehouses, goods),
        )

    # ------------------------------------------------------------------ lines
    @api.model
    def _get_line(self, builder, line, quantity, warehouse, never, is_open):
        """Core Line from the needs of its product."""
        product = builder.products[line.product_id._origin.id]
        factor = line.product_uom_id._compute_quantity(1.0, product.uom_id, round=False)
        needs = builder.explode(product, warehouse, never, factor)
        if needs is None:
            return Line(quantity, failure=Reason("loop", {"product": product.id}))
        routes = line.route_ids._origin.sudo()
        demands, delays = {}, [0]
        for component, factor, rounding in needs:
            key, days = builder.add_demanded(component, warehouse, never, routes)
            if not key:
                continue
            delays.append(days)
            before = demands[key].per_unit if key in demands else 0.0
            demands[key] = Demand(key, before + factor, rounding)
        if not demands:
            return Line(quantity, nothing="nothing_untracked")
        company = self._get_company(line).sudo()
        return Line(
            quantity,
            tuple(demands.values()),
            company.sop_delivery_days + ceil(max(delays) + company.security_lead),
            line.customer_lead,
            self._get_requested(line, ZoneInfo(self._get_zone(company))),
            is_open=is_open,
        )

    @api.model
    def _keep_ordered(self, facts, goods, quantities):
        """Of a line that grows, count what was ordered before; the growth is asked for again."""
        for line in goods:
            own = facts.own_moves.get(line._origin.id)
            if not own or not self._is_addition(line, quantities):
                continue
            rest = line.product_uom_qty - line.qty_delivered - quantities[line]
            for demand in facts.lines[line].demands:
                key = demand.product[:2]
                leaving = -sum(quantity for _day, quantity in own.get(key, ()))
                if leaving > 0:
                    share = min(1.0, max(0.0, rest * demand.per_unit / leaving))
                    facts.moves[key] += [(day, qty * share) for day, qty in own[key]]
            del facts.own_moves[line._origin.id]


class GoodsBuilder:
    """Puts goods together level by level, as far down as stock does not cover what is needed."""

    def __init__(self, env, facts, company, book, routes, warehouses):
        self.facts = facts
        self.company = company
        self.book = book
        self.routes = routes
        self.sellers = {}
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
            good.bill = self.get_bill(product, warehouse, never)
        elif source.action == "buy":
            good.sellers = self.sellers.get(product.id, ())
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
        facts, place = self.facts, key[:2]
        moves = list(facts.moves.get(place, ()))
        moves += [move for own in facts.own_moves.values() for move in own.get(place, ())]
        stock = Timeline(facts.today, facts.on_hand.get(place, 0.0), moves)
        return stock.available(facts.today)
