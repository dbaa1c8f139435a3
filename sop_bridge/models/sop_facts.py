from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.board import Board
from ..core.calendar import day_of
from ..core.capacity import SlotOwner
from ..core.promise import Demand, Line, Reason
from ..core.supply import Timeline


@dataclass
class Facts:
    """All that was read for the lines of one company.

    Goods are keyed (warehouse id, product id, attribute values without variant).
    """

    now: datetime
    today: date
    horizon: date
    lines: dict = field(default_factory=dict)
    goods: dict = field(default_factory=dict)
    on_hand: dict = field(default_factory=dict)
    moves: dict = field(default_factory=dict)
    own_moves: dict = field(default_factory=dict)
    unplanned: dict = field(default_factory=dict)
    board: Board | None = None
    own_loads: dict = field(default_factory=dict)
    owners: dict = field(default_factory=dict)


class SopFacts(models.AbstractModel):
    """Collects what the promise of order lines is computed from: a query per kind, not per line."""

    _name = "sop.facts"
    _description = "Facts behind Promise Dates"

    # ------------------------------------------------------------------ hooks
    @api.model
    def _get_now(self):
        """Present moment, naive UTC. What is before it cannot be worked any more."""
        return fields.Datetime.now()

    @api.model
    def _get_company(self, line):
        return line.company_id or line.order_id.company_id or self.env.company

    @api.model
    def _get_zone(self, company):
        """Name of the time zone in which deliveries of a company are counted in days."""
        return company.sudo().resource_calendar_id.tz or "UTC"

    @api.model
    def _get_requested(self, line, zone):
        """Day for which the customer wants the line, or None."""
        order = line.order_id
        if line.sop_agreed_date or order.sop_requested_date:
            return line.sop_agreed_date or order.sop_requested_date
        return day_of(order.commitment_date, zone) if order.commitment_date else None

    @api.model
    def _get_quantity(self, line, quantities):
        """What is still to be promised, in the line's unit."""
        if line in quantities:
            return quantities[line]
        delivered = line.qty_delivered if line.state == "sale" else 0.0
        open_quantity = line.product_uom_qty - delivered
        return max(0.0, open_quantity) if delivered else open_quantity

    @api.model
    def _is_addition(self, line, quantities):
        return line.state == "sale" and line in quantities

    # ------------------------------------------------------------------ collecting
    @api.model
    def _collect(self, company, lines, quantities, ignore_orders):
        """Facts for lines of one company, at a number of queries that lines do not raise."""
        lines = lines.with_prefetch().sudo()
        now = self._get_now()
        today = day_of(now, ZoneInfo(self._get_zone(company)))
        company = company.sudo()
        facts = Facts(now, today, today + timedelta(days=company.sop_horizon_days))
        goods = self._collect_lines(facts, company, lines, quantities)
        self._collect_goods(facts, company, goods)
        self._collect_stock(facts, company, goods, lines, quantities)
        self._collect_load(facts, company, lines, quantities, ignore_orders)
        return facts

    @api.model
    def _get_nothing(self, line, quantity):
        """Code of why there is nothing to promise, or None."""
        if line.display_type or not line.product_id:
            return "nothing_note"
        if line.product_id.type != "consu" or line.is_downpayment:
            return "nothing_service"
        if quantity < 0:
            return "nothing_negative"
        return None if quantity else "nothing_zero"

    @api.model
    def _get_failure(self, line, warehouse):
        """Reason why a line cannot be promised whatever is in stock, or None."""
        if not line.product_uom_id._has_common_reference(line.product_id.uom_id):
            return Reason("unit", {"product": line.product_id.id})
        if not warehouse:
            return Reason("no_warehouse")
        return None

    @api.model
    def _collect_lines(self, facts, company, lines, quantities):
        """Core Line of every line, and what the lines with goods need to be explained.

        :return: {line: (quantity, warehouse, attribute values without variant)}
        """
        goods = {}
        for line in lines:
            quantity = self._get_quantity(line, quantities)
            nothing = self._get_nothing(line, quantity)
            facts.lines[line] = Line(quantity, nothing=nothing)
            if nothing:
                continue
            warehouse = line.warehouse_id or line.order_id.warehouse_id
            failure = self._get_failure(line, warehouse)
            facts.lines[line] = Line(quantity, failure=failure)
            if not failure:
                never = line.product_no_variant_attribute_value_ids._origin
                goods[line] = (quantity, warehouse._origin, never)
        return goods

    @api.model
    def _collect_goods(self, facts, company, goods):
        """Bills: what every line needs, and how each product is made."""
        if not goods:
            return
        pairs = {(company, warehouse.manu_type_id) for _qty, warehouse, _never in goods.values()}
        products = self.env["product.product"].sudo().union(*(ln.product_id for ln in goods))
        finder = self.env["sop.bill"].sudo()
        book, products = finder._get_bills(products._origin, pairs)
        zone = ZoneInfo(self._get_zone(company))
        for line, (quantity, warehouse, never) in goods.items():
            pair = company, warehouse.manu_type_id
            factor = line.product_uom_id._compute_quantity(1.0, line.product_id.uom_id, round=False)
            needs = finder._explode_kit(book, pair, line.product_id._origin, never, factor)
            for product, _factor, _rounding in needs or ():
                self._add_good(facts, finder, book, pair, warehouse, product, never)
            facts.lines[line] = self._get_line(facts, line, quantity, warehouse, never, needs, zone)

    @api.model
    def _get_line(self, facts, line, quantity, warehouse, never, needs, zone):
        """Core Line from the needs of its product."""
        if needs is None:
            return Line(quantity, failure=Reason("loop", {"product": line.product_id.id}))
        demands = {}
        for product, factor, rounding in needs:
            key = warehouse.id, product.id, tuple(never.ids)
            if key not in facts.goods:
                continue
            before = demands[key].per_unit if key in demands else 0.0
            demands[key] = Demand(key, before + factor, rounding)
        if not demands:
            return Line(quantity, nothing="nothing_untracked")
        return Line(
            quantity,
            tuple(demands.values()),
            self._get_company(line).sudo().sop_delivery_days,
            line.customer_lead,
            self._get_requested(line, zone),
        )

    @api.model
    def _add_good(self, facts, finder, book, pair, warehouse, product, never):
        """Remember a product that a line needs, its bill and the components of that bill.

        Goods whose stock nobody tracks and that are not made are always there.
        """
        key = warehouse.id, product.id, tuple(never.ids)
        bill = finder._get_bill(book, pair, product, never)
        if product.type != "consu" or not (product.is_storable or bill):
            return
        if bill:
            components = tuple(
                replace(component, product=(warehouse.id, component.product, ()))
                for component in bill.components
            )
            bill = replace(bill, components=components)
            for component in components:
                self._add_component(facts, book, pair, component.product)
        facts.goods[key] = (product, bill, self._get_made_lead(book, pair, product))

    @api.model
    def _add_component(self, facts, book, pair, key):
        """Remember a component; how it is made itself matters only by its lead time here."""
        if key not in facts.goods:
            product = self.env["product.product"].sudo().browse(key[1])
            facts.goods[key] = (product, None, self._get_made_lead(book, pair, product))

    @api.model
    def _get_made_lead(self, book, pair, product):
        """Days until a product that has a bill can be made, None without a bill."""
        bom = book.normal[pair].get(product)
        return bom.produce_delay + bom.days_to_prepare_mo if bom else None

    @api.model
    def _collect_stock(self, facts, company, goods, lines, quantities):
        """Stock, open moves and vendors of everything that is needed."""
        product = self.env["product.product"].sudo()
        products = product.union(*(good[0] for good in facts.goods.values()))
        warehouses = self.env["stock.warehouse"].sudo().browse({key[0] for key in facts.goods})
        if not products:
            return
        supply = self.env["sop.supply"].sudo()
        owners = [line._origin.id for line in lines if line._origin.id and line.state == "sale"]
        facts.on_hand, facts.moves, facts.own_moves, facts.unplanned = supply._get_atp(
            products.filtered("is_storable"), warehouses, self._get_zone(company), owners
        )
        self._keep_ordered(facts, lines, quantities)
        vendors = supply._get_vendor_leads(products, company, facts.today)
        for key, (product, bill, made) in facts.goods.items():
            bought = self._get_vendor_lead(vendors, company, product)
            lead = ("production", made) if made is not None else ("purchase", bought)
            facts.goods[key] = (product, bill, *lead)

    @api.model
    def _get_vendor_lead(self, vendors, company, product):
        """Days of the first vendor; None when the product has none."""
        found = vendors.get((company.id, product.id))
        return found[0][1] if found else None

    @api.model
    def _keep_ordered(self, facts, lines, quantities):
        """Of a line that grows, count what was ordered before; the growth is asked for again."""
        for line in lines:
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

    @api.model
    def _collect_load(self, facts, company, lines, quantities, ignore_orders):
        """Calendars, slots and load of the work centres that make what stock does not cover."""
        short = self._get_short(facts)
        found = {
            operation.workcenter
            for key, good in facts.goods.items()
            if good[1] and key in short
            for operation in good[1].operations
        }
        workcenters = self.env["mrp.workcenter"].sudo().browse(sorted(found))
        owners = [
            line._origin.id
            for line in lines
            if line._origin.id and not self._is_addition(line, quantities)
        ]
        facts.board, facts.own_loads = (
            self.env["sop.load"]
            .sudo()
            ._get_boards(
                workcenters,
                facts.now,
                (facts.horizon - facts.today).days,
                owners,
                ignore_orders,
            )
        )
        slots = [slot.id for spans in facts.board.slots.values() for slot in spans]
        facts.owners = self._get_slot_owners(slots)

    @api.model
    def _get_short(self, facts):
        """Keys of the goods of which free stock does not cover what all lines need together.

        Goods that something else in these lines is made of may be gone first, so they count too.
        """
        bills = [good[1] for good in facts.goods.values() if good[1]]
        inside = {component.product[:2] for bill in bills for component in bill.components}
        needed = {}
        for line in facts.lines.values():
            for demand in line.demands:
                needed.setdefault(demand.product, 0.0)
                needed[demand.product] += demand.quantity(line.quantity)
        short = set()
        for key, quantity in needed.items():
            place = key[:2]
            moves = list(facts.moves.get(place, ()))
            moves += [move for own in facts.own_moves.values() for move in own.get(place, ())]
            stock = Timeline(facts.today, facts.on_hand.get(place, 0.0), moves)
            if place in inside or stock.available(facts.today) < quantity:
                short.add(key)
        return short

    @api.model
    def _get_slot_owners(self, slots):
        """{slot id: core SlotOwner}"""
        if not slots:
            return {}
        self.env["sop.slot"].flush_model(
            ["tier_id", "scope", "partner_id", "family_id", "opened_rank", "opening"]
        )
        self.env["sop.tier"].flush_model(["rank"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT slot.id, slot.tier_id, tier.rank, slot.scope, partner.commercial_partner_id,
                       slot.family_id, NULLIF(slot.opened_rank, 0), slot.opening = 'all'
                  FROM sop_slot slot
             LEFT JOIN sop_tier tier ON tier.id = slot.tier_id
             LEFT JOIN res_partner partner ON partner.id = slot.partner_id
                 WHERE slot.id = ANY(%s)
                """,
                slots,
            )
        )
        return {row[0]: SlotOwner(*row[1:]) for row in rows}
