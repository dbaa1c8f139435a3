from collections import defaultdict
from dataclasses import replace
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import float_round

from ..core.calendar import day_of
from ..core.figures import WORK
from ..core.supply import Timeline

# More products than these are not looked at: who sells wants one that fits, not a catalogue.
PER_FAMILY = 12
PER_LINE = 5


class SopVerdictCandidates(models.AbstractModel):
    """Part of sop.verdict.facts: products that could take the place of one on a line."""

    _name = "sop.verdict.candidates"
    _description = "Other Products for a Line"

    @api.model
    def _get_candidates(self, book, lines, rate):
        """{line: [core Item]} of other products that are in stock or have a campaign, best first.

        :param lines: {sale.order.line: core Item} that do not pass
        """
        families = {item.family for item in lines.values()} - {None}
        if not families:
            return {}
        products = self._find_products(book, families)
        stock = self._get_free_stock(book, lines, products)
        made = self._get_made_days(book, products)
        products = self._choose(products, stock, made)
        owners = self.env["sale.order.line"].sudo().union(*lines)
        self._collect_candidate_work(book, owners, products)
        prices = self._get_pricelist_rules(owners.order_id, products)
        return {
            line: self._get_alternatives(book, line, item, products, stock, made, prices, rate)
            for line, item in lines.items()
        }

    @api.model
    def _collect_candidate_work(self, book, lines, products):
        """Bills of other products, and what is planned where they are made, whenever that is."""
        if book.measures & WORK:
            self._collect_work(book, lines, products)
            self._collect_bottlenecks(book, book.works.values())
        book.ahead = True
        self._collect_campaigns(book)

    @api.model
    def _find_products(self, book, families):
        domain = [
            ("sop_family_id", "in", list(families)),
            ("sale_ok", "=", True),
            ("type", "=", "consu"),
            ("company_id", "in", [False, book.company.id]),
        ]
        return self.env["product.product"].sudo().with_company(book.company).search(domain)

    @api.model
    def _get_house(self, line):
        return (line.warehouse_id or line.order_id.warehouse_id)._origin

    @api.model
    def _get_free_stock(self, book, lines, products):
        """{(warehouse id, product id): what is there now and not promised to anybody}"""
        houses = self.env["stock.warehouse"].sudo().union(*(self._get_house(ln) for ln in lines))
        storable = products.filtered("is_storable")
        if not (houses and storable):
            return {}
        on_hand, moves, _own, _unplanned = (
            self.env["sop.supply"].sudo()._get_atp(storable, houses, book.zone)
        )
        return {
            place: Timeline(book.today, quantity, moves.get(place, ())).available(book.today)
            for place, quantity in on_hand.items()
        }

    @api.model
    def _get_made_days(self, book, products):
        """{product id: days on which open orders make it}"""
        rows = (
            self.env["mrp.production"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("company_id", "=", book.company.id),
                    ("state", "in", ["confirmed", "progress", "to_close"]),
                ],
                ["product_id"],
                ["date_finished:array_agg"],
            )
        )
        zone = ZoneInfo(book.zone)
        return {
            product.id: {max(day_of(moment, zone), book.today) for moment in moments if moment}
            for product, moments in rows
        }

    @api.model
    def _choose(self, products, stock, made):
        """The products of each family that are there or coming, those with most stock first."""
        total = defaultdict(float)
        for (_house, product), quantity in stock.items():
            total[product] += quantity
        there = products.filtered(lambda product: total[product.id] > 0 or made.get(product.id))
        chosen = products.browse()
        for group in there.grouped("sop_family_id").values():
            ranked = group.sorted(lambda product: (-total[product.id], product.id))
            chosen |= ranked[:PER_FAMILY]
        return chosen

    # ------------------------------------------------------------------ prices
    @api.model
    def _get_pricelist_rules(self, orders, products):
        """{order: rules of its pricelist for the products}, one query per pricelist and day."""
        found, known = {}, {}
        for order in orders:
            key = order.pricelist_id, order.date_order
            if key not in known:
                known[key] = order.pricelist_id.sudo()._get_applicable_rules(
                    products, order.date_order
                )
            found[order] = known[key]
        return found

    @api.model
    def _get_price(self, line, product, rules):
        """Price of another product on a line, as its pricelist has it."""
        unit, quantity = line.product_uom_id._origin, line.product_uom_qty
        counted = unit._compute_quantity(quantity, product.uom_id, raise_if_failure=False)
        rule = next((one for one in rules if one._is_applicable_for(product, counted)), None)
        price = (rule or rules.browse())._compute_price(
            product, quantity, unit, line.order_id.date_order, currency=line.currency_id
        )
        price = product._get_tax_included_unit_price_from_price(
            price,
            product_taxes=product.taxes_id._filter_taxes_by_company(line.company_id),
            fiscal_position=line.order_id.fiscal_position_id,
        )
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return float_round(price, precision_digits=digits)

    # ------------------------------------------------------------------ items
    @api.model
    def _get_alternatives(self, book, line, item, products, stock, made, prices, rate):
        """Core Items of other products for a line, those in stock and near in price first."""
        order = book.orders[line.order_id]
        first, last = order.campaigns.period(item.family, order.day(item))
        present = line.order_id.order_line.product_id._origin
        found = []
        for product in products - present:
            if product.sop_family_id.id != item.family or not self._fits(line, product):
                continue
            free = stock.get((self._get_house(line).id, product.id), 0.0)
            units = line.product_uom_id._origin._compute_quantity(1.0, product.uom_id, round=False)
            there = free >= item.quantity * units
            if there or any(first <= day <= last for day in made.get(product.id, ())):
                price = self._get_price(line, product, prices[line.order_id])
                changed = self._replace(book, line, item, product, price, rate)
                found.append(replace(changed, made=not there))
        found.sort(key=lambda other: (other.made, abs(other.price - item.price)))
        return found[:PER_LINE]

    @api.model
    def _fits(self, line, product):
        """Whether a product can take the place of a line's product as it is sold there."""

        def taxes(one):
            return one.taxes_id._filter_taxes_by_company(line.company_id)

        return line.product_uom_id._has_common_reference(product.uom_id) and taxes(
            product
        ) == taxes(line.product_id._origin)

    @api.model
    def _replace(self, book, line, item, product, price, rate):
        """Core Item of a line with another product, without discount."""
        unit = line.product_uom_id._origin
        day = book.orders[line.order_id].today
        return replace(
            item,
            product=product.id,
            price=price,
            keep=self._get_untaxed_share(line.tax_ids, line),
            to_family=self._get_factor(unit, product, product.sop_family_id),
            cost=self._get_cost(book, line, product, unit, rate, day),
            work=self._get_line_work(book, line, product),
        )
