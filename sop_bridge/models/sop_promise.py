from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.board import Board
from ..core.calendar import day_of
from ..core.capacity import Customer, Ledger, SlotOwner, is_entitled
from ..core.promise import Demand, Line, Plant, Reason, promise_line, quantity_by
from ..core.supply import Supply, Timeline

# Values of a reason that name a product.
GOODS = ("product", "component")


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


class SopPromise(models.AbstractModel):
    """The date the plant can keep for order lines. Reads in batches, computes, writes nothing."""

    _name = "sop.promise"
    _description = "Promise Dates"

    # ------------------------------------------------------------------ questions
    @api.model
    def _promise_lines(
        self,
        lines,
        *,
        quantities=None,
        unlock=None,
        latest=False,
        ignore_orders=None,
        competing=True,
    ):
        """Promise of order lines, also of new ones in a form.

        The lines of one order take stock and capacity from one another, in their sequence; those
        of different orders do not.

        :param lines: sale.order.line
        :param quantities: {line: quantity in the line's unit} instead of the open quantity; for a
            confirmed line it is an addition to what is ordered
        :param unlock: None, 'lower' (also slots kept for one lower tier only) or 'all'
        :param latest: produce just in time for the requested date
        :param ignore_orders: ids of orders whose held bookings do not count
        :param competing: False: each line as if it were alone
        :return: {line: sop_bridge.core.promise.Promise}, quantities in the line's unit
        """
        lines = lines.with_prefetch()  # one query for all, wherever the lines come from
        result = {}
        for company, mine in lines.grouped(self._get_company).items():
            facts = self._collect(company, mine, quantities or {}, ignore_orders)
            for group in self._get_groups(mine, competing):
                plant = self._get_plant(facts, group, unlock)
                for line in group:
                    promise = promise_line(facts.lines[line], plant, latest)
                    result[line] = self._with_ids(promise)
        return {line: result[line] for line in lines}

    @api.model
    def _quantity_by(self, line, date, *, unlock=None, ignore_orders=None):
        """Largest quantity of a line that the customer can have by a day.

        Lines before it in the order take theirs first.

        :return: float in the line's unit
        """
        group = next(
            group
            for group in self._get_groups(line.order_id.order_line | line, competing=True)
            if line in group
        )
        group = group[: group.index(line) + 1]
        lines = line.union(*group)
        facts = self._collect(self._get_company(line), lines, {}, ignore_orders)
        plant = self._get_plant(facts, group, unlock)
        for other in group[:-1]:
            promise_line(facts.lines[other], plant)
        return quantity_by(facts.lines[line], plant, date)

    @api.model
    def _get_goods(self, lines):
        """Ids of the products that lines need, with the components they are made of."""
        products = set()
        for company, mine in lines.grouped(self._get_company).items():
            facts = Facts(self._get_now(), None, None)
            goods = self._collect_lines(facts, company.sudo(), mine.sudo(), {})
            self._collect_goods(facts, company.sudo(), goods)
            products |= {key[1] for key in facts.goods}
        return products

    @api.model
    def _fits_beside(self, lines, minutes, quantities, *, unlock=None, latest=False, **options):
        """Whether the promises of an order's lines would stand if others took these, too.

        :param minutes: {(work centre id, day): minutes}
        :param quantities: {(product id,): quantity in its unit}
        :param options: ``quantities`` as ``added`` and ``ignore_orders`` of ``_promise_lines``
        """
        company = self._get_company(lines[:1])
        facts = self._collect(
            company, lines, options.get("added") or {}, options.get("ignore_orders")
        )
        (group,) = self._get_groups(lines, competing=True)
        plant = self._get_plant(facts, group, unlock)
        stocked = [(key[1], sup.timeline) for key, sup in plant.supplies.items() if sup.timeline]
        before = [timeline.available(facts.horizon) for _product, timeline in stocked]
        for line in group:
            promise_line(facts.lines[line], plant, latest)
        left = {
            product: timeline.available(facts.today)
            for (product, timeline), level in zip(stocked, before, strict=True)
            if timeline.available(facts.horizon) < level
        }
        return all(plant.ledger.available(*key) >= added for key, added in minutes.items()) and all(
            left.get(product, inf) >= added for (product,), added in quantities.items()
        )

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
    def _get_groups(self, lines, competing):
        """Lists of lines that compete, in their sequence."""
        if not competing:
            return [[line] for line in lines]
        groups = {}
        for line in lines:
            groups.setdefault(line.order_id, []).append(line)
        return [sorted(group, key=lambda line: line.sequence) for group in groups.values()]

    @api.model
    def _get_requested(self, line, zone):
        """Day for which the customer wants the line, or None."""
        order = line.order_id
        if line.sop_agreed_date or order.sop_requested_date:
            return line.sop_agreed_date or order.sop_requested_date
        return day_of(order.commitment_date, zone) if order.commitment_date else None

    @api.model
    def _get_customer(self, order):
        """Core Customer of an order; an archived tier opens no slot."""
        tier = order.sop_tier_id if order.sop_tier_id.active else order.sop_tier_id.browse()
        return Customer(
            order.partner_id.commercial_partner_id._origin.id or None,
            tier.id or None,
            tier.rank if tier else None,
        )

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
        supply = self.env["sop.supply"].sudo()
        book, products = supply._get_bills(products._origin, pairs)
        zone = ZoneInfo(self._get_zone(company))
        for line, (quantity, warehouse, never) in goods.items():
            pair = company, warehouse.manu_type_id
            factor = line.product_uom_id._compute_quantity(1.0, line.product_id.uom_id, round=False)
            needs = supply._explode_kit(book, pair, line.product_id._origin, never, factor)
            for product, _factor, _rounding in needs or ():
                self._add_good(facts, supply, book, pair, warehouse, product, never)
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
    def _add_good(self, facts, supply, book, pair, warehouse, product, never):
        """Remember a product that a line needs, its bill and the components of that bill.

        Goods whose stock nobody tracks and that are not made are always there.
        """
        key = warehouse.id, product.id, tuple(never.ids)
        bill = supply._get_bill(book, pair, product, never)
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
        """Calendars, slots and load of every work centre that a bill uses."""
        found = {
            operation.workcenter
            for good in facts.goods.values()
            if good[1]
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
    def _get_slot_owners(self, slots):
        """{slot id: core SlotOwner}"""
        if not slots:
            return {}
        self.env["sop.slot"].flush_model(["tier_id", "scope", "partner_id"])
        self.env["sop.tier"].flush_model(["rank"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT slot.id, slot.tier_id, tier.rank, slot.scope, partner.commercial_partner_id
                  FROM sop_slot slot
             LEFT JOIN sop_tier tier ON tier.id = slot.tier_id
             LEFT JOIN res_partner partner ON partner.id = slot.partner_id
                 WHERE slot.id = ANY(%s)
                """,
                slots,
            )
        )
        return {row[0]: SlotOwner(*row[1:]) for row in rows}

    # ------------------------------------------------------------------ computing
    @api.model
    def _get_plant(self, facts, group, unlock):
        """Core Plant for the lines of one order."""
        customer = self._get_customer(group[0].sudo().order_id)
        owners = facts.owners

        def usable(slot):
            return is_entitled(customer, owners[slot], unlock)

        ids = {line._origin.id for line in group}
        board = self._get_board(facts, ids)
        no_hours = {wc for wc, calendar in board.calendars.items() if not calendar.has_hours()}
        return Plant(
            facts.today,
            facts.horizon,
            Ledger(board, usable),
            self._get_supplies(facts, group, ids, board),
            frozenset(no_hours),
        )

    @api.model
    def _get_board(self, facts, ids):
        """Board for an order: bookings of its own lines do not count, those of others do."""
        others = [loads for line, loads in facts.own_loads.items() if line not in ids]
        if not others:
            return facts.board
        board = facts.board.duplicate()
        for loads in others:
            for load in loads:
                board.add(*load)
        return board

    @api.model
    def _get_supplies(self, facts, group, ids, board):
        """{key: core Supply} of what the lines of an order need, their own deliveries left out."""
        keys = {demand.product for line in group for demand in facts.lines[line].demands}
        bills = [facts.goods[key][1] for key in keys]
        keys |= {component.product for bill in bills if bill for component in bill.components}
        timelines, supplies = {}, {}
        for key in keys:
            product, bill, source, lead = facts.goods[key]
            place = key[:2]
            if product.is_storable and place not in timelines:
                timelines[place] = self._get_timeline(facts, place, ids, bill, board)
            supplies[key] = Supply(
                key, timelines.get(place), bill, lead, source, product.uom_id.rounding
            )
        return supplies

    @api.model
    def _get_timeline(self, facts, place, ids, bill, board):
        moves = list(facts.moves.get(place, ()))
        for day, quantity in facts.unplanned.get(place, ()):
            ready = self._get_unplanned_day(facts, board, bill, day)
            moves += [(ready, quantity)] if ready else []
        for line, own in facts.own_moves.items():
            if line not in ids:
                moves += own.get(place, ())
        return Timeline(facts.today, facts.on_hand.get(place, 0.0), moves)

    @api.model
    def _with_ids(self, promise):
        """The promise with product ids in place of the keys of goods."""
        values = {
            name: value[1] if name in GOODS and isinstance(value, tuple) else value
            for name, value in promise.reason.values.items()
        }
        makes = tuple(replace(make, product=make.product[1]) for make in promise.makes)
        return replace(promise, reason=Reason(promise.reason.code, values), makes=makes)

    @api.model
    def _get_unplanned_day(self, facts, board, bill, day):
        """When goods of an order that nobody has planned can be there, None beyond the horizon.

        Its minutes flow behind everything that is planned, so its goods cannot be there before
        that backlog has found room on every work centre that makes them.
        """
        for operation in bill.operations if bill else ():
            if board.calendars[operation.workcenter].has_hours():
                day = day and board.settled(operation.workcenter, day, facts.horizon)
        return day
