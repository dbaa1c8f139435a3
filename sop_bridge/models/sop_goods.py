from functools import partial
from math import ceil
from zoneinfo import ZoneInfo

from odoo import api, models

from ..core.promise import Demand, Line, Reason
from .goods_builder import GoodsBuilder


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
        read = partial(self._collect_stock, facts, company, warehouses, goods)
        builder = GoodsBuilder(self.env, facts, company, book, routes, warehouses, sellers, read)
        days = (facts.horizon - facts.today).days
        is_open = self.env["sop.hours"].sudo()._get_open_days(company, facts.now, days)
        for line, (quantity, warehouse, never) in goods.items():
            facts.lines[line] = self._get_line(builder, line, quantity, warehouse, never, is_open)
        builder.read_stock(good.product for good in facts.goods.values())
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
    def _collect_stock(self, facts, company, warehouses, goods, products):
        """Add stock and open moves of products to the facts."""
        supply = self.env["sop.supply"].sudo()
        owners = [line._origin.id for line in goods if line._origin.id and line.state == "sale"]
        on_hand, moves, own_moves, unplanned = supply._get_atp(
            products.filtered("is_storable"),
            warehouses,
            self._get_zone(company),
            owners,
            self.env["sop.hold.goods"]._get_held(facts, products, warehouses, goods),
        )
        facts.on_hand.update(on_hand)
        facts.moves.update(moves)
        facts.unplanned.update(unplanned)
        for line, found in own_moves.items():
            facts.own_moves.setdefault(line, {}).update(found)

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
                    kept = [(day, quantity * share) for day, quantity in own[key]]
                    facts.moves[key] = [*facts.moves.get(key, ()), *kept]
            own.clear()
