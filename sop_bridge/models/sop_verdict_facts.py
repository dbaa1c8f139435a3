from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ..core.calendar import day_of
from ..core.figures import WORK, Item, Order, Work

# Who asks for half a dozen is offered a whole one, not 0.84 of it.
ROUND = (1.0, 0.5, 0.25, 0.1)


@dataclass
class Book:
    """All that was read for orders of one company.

    :param measures: what the rules measure; nothing else is read
    :param recorded: whether confirmed orders are judged as of their own day
    :param ahead: whether campaigns on other days than those of the orders are of interest
    :param orders: {sale.order: core Order}
    :param keys: {sale.order.line: key of its core Item}
    """

    company: object
    zone: str
    today: object
    measures: frozenset
    recorded: bool = False
    ahead: bool = False
    orders: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)
    works: dict = field(default_factory=dict)
    workcenters: set = field(default_factory=set)
    bottlenecks: frozenset = frozenset()
    included: dict = field(default_factory=dict)

    def is_past(self, order):
        """Whether an order is judged as of its own day."""
        return self.recorded and order.state == "sale"


class SopVerdictFacts(models.AbstractModel):
    """Collects what acceptance rules measure: a query per kind, not per line; writes nothing."""

    _name = "sop.verdict.facts"
    _inherit = ["sop.verdict.money", "sop.verdict.campaigns", "sop.verdict.candidates"]
    _description = "Facts behind Acceptance Rules"

    # ------------------------------------------------------------------ lines
    @api.model
    def _is_judged(self, line):
        """Whether a line is about goods that the customer shall have."""
        return bool(
            not line.display_type
            and line.product_id.type == "consu"
            and not line.is_downpayment
            and line.product_uom_qty > 0
        )

    @api.model
    def _collect(self, company, orders, promises, measures, rate, recorded=False):
        """Read what the rules measure on all lines of some orders of one company.

        :param promises: {sale.order.line: core Promise}
        :param rate: function of ``_get_rates``
        :return: Book
        """
        facts = self.env["sop.promise"]
        zone = facts._get_zone(company)
        today = day_of(facts._get_now(), ZoneInfo(zone))
        book = Book(company, zone, today, frozenset(measures), recorded)
        goods = {order: order.order_line.filtered(self._is_judged) for order in orders}
        unknown = orders.order_line.browse(
            line.id for own in goods.values() for line in own if line not in promises
        )
        if book.measures & (WORK | {"campaign_quantity"}):
            self._collect_work(book, unknown, unknown.product_id)
        overdue = self._get_overdue(book, orders)
        serve = self._get_serve(book)
        for order in orders:
            own = goods[order]
            day = self._get_day(book, order)
            items = []
            for line in own:
                book.keys[line] = len(book.keys)  # a new line has no id that can be compared
                cost = serve(day, len(own))
                items.append(self._get_item(book, line, promises.get(line), cost, rate, day))
            book.orders[order] = self._get_order(book, order, own, items, overdue, rate, day)
        self._collect_bottlenecks(
            book, (item.work for core in book.orders.values() for item in core.items)
        )
        self._collect_campaigns(book)
        return book

    @api.model
    def _get_day(self, book, order):
        """Day on which an order is judged: today, of the past the day of the order."""
        if book.is_past(order) and order.date_order:
            return day_of(order.date_order, ZoneInfo(book.zone))
        return book.today

    @api.model
    def _get_order(self, book, order, goods, items, overdue, rate, day):
        """Core Order, its campaigns still missing."""
        items, others = self._share_rebates(items, order.order_line - goods)
        partner = order.partner_id.commercial_partner_id
        return Order(
            tuple(items),
            day,
            order.sop_tier_id._origin.id or None,
            frozenset((order.partner_id._origin | partner._origin).ids),
            order.sop_order_type_id._origin.id or None,
            book.company.sop_delivery_days,
            others,
            rate(order.currency_id, day),
            order.currency_id.rounding or 0.01,
            overdue.get(partner._origin.id, 0),
        )

    @api.model
    def _get_item(self, book, line, promise, serve, rate, day):
        """Core Item of a line with goods."""
        product, unit = line.product_id._origin, line.product_uom_id._origin
        family = product.sop_family_id
        convertible = unit._has_common_reference(product.uom_id)
        if promise:
            work = Work(promise.works)
        else:
            work = self._get_line_work(book, line, product) if convertible else Work()
        return Item(
            book.keys[line],
            product.id,
            family.id or None,
            line.product_uom_qty,
            line.price_unit,
            self._get_keep(line, book.included),
            self._get_factor(unit, product, family) if convertible else None,
            self._get_cost(book, line, product, unit, rate, day) if convertible else None,
            serve,
            work,
            self._is_made(line, promise, work),
            self.env["sop.promise"]._get_requested(line, ZoneInfo(book.zone)),
            max((part.ready for part in promise.parts), default=None) if promise else None,
            self._get_step(line, unit),
        )

    @api.model
    def _get_step(self, line, unit):
        """Steps in which another quantity is offered: as round as the quantity asked for."""
        for step in ROUND:
            steps = line.product_uom_qty / step
            if step >= unit.rounding and abs(steps - round(steps)) < 1e-9:
                return step
        return unit.rounding

    @api.model
    def _get_line_work(self, book, line, product):
        """Core Work of a product for one unit of the line."""
        house = (line.warehouse_id or line.order_id.warehouse_id)._origin
        units = line.product_uom_id._compute_quantity(1.0, product.uom_id, round=False)
        return book.works.get((house, product), Work()).per(units)

    @api.model
    def _get_factor(self, unit, product, family):
        """Units of the family (without one: of the product) for one unit of the line."""
        return unit._compute_quantity(1.0, family.uom_id or product.uom_id, round=False)

    @api.model
    def _is_made(self, line, promise, work):
        """Whether something has to be made for a line."""
        if promise and promise.state != "impossible":
            return bool(promise.makes or promise.produced)
        if line.state == "sale" and line.sop_promised_parts:
            return any(part["source"] == "production" for part in line.sop_promised_parts)
        return bool(work.parts)

    # ------------------------------------------------------------------ customers
    @api.model
    def _get_overdue(self, book, orders):
        """{commercial partner id: days that its oldest open invoice is overdue}"""
        if "overdue_days" not in book.measures:
            return {}
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id, MIN(line.date_maturity)
                  FROM account_move_line line
                  JOIN res_partner partner ON partner.id = line.partner_id
                  JOIN account_account account ON account.id = line.account_id
                 WHERE partner.commercial_partner_id = ANY(%(partners)s)
                   AND line.company_id = %(company)s AND line.parent_state = 'posted'
                   AND account.account_type = 'asset_receivable'
                   AND line.amount_residual > 0 AND line.date_maturity < %(today)s
              GROUP BY 1
                """,
                partners=orders.partner_id.commercial_partner_id._origin.ids,
                company=book.company.id,
                today=book.today,
            )
        )
        return {partner: (book.today - oldest).days for partner, oldest in rows}

    # ------------------------------------------------------------------ work
    @api.model
    def _collect_work(self, book, lines, products):
        """Bills of the products in the warehouses of some lines.

        The promise of a line has them already.
        """
        houses = {(line.warehouse_id or line.order_id.warehouse_id)._origin for line in lines}
        pairs = {house: (book.company, house.manu_type_id) for house in houses if house}
        if not pairs:
            return
        book.works.update(self._get_works(book.company, pairs, products._origin.sudo()))

    @api.model
    def _get_works(self, company, pairs, products):
        """{(key of the pair, product): core Work} by the bills of a company.

        :param pairs: {key: (company, operation type for manufacturing)}
        """
        finder = self.env["sop.bill"].sudo()
        tree = finder._get_tree(products, company)
        bills, _all = finder._get_bills(tree, set(pairs.values()))
        return {
            (key, product): self._get_work(finder, bills, pair, product)
            for key, pair in pairs.items()
            for product in products
        }

    @api.model
    def _get_work(self, finder, bills, pair, product):
        """Core Work for one unit of a product; of a loop, none."""
        never = self.env["product.template.attribute.value"]
        needs = finder._explode_kit(bills, pair, product, never) or ()
        parts = []
        for component, factor, _rounding in needs:
            bill = finder._get_bill(bills, pair, component, never)
            if bill and not bill.loop:
                parts.append((factor, bill))
        return Work(tuple(parts))

    @api.model
    def _collect_bottlenecks(self, book, works):
        """Remember the work centres of some works, and which of them limit the plant."""
        book.workcenters |= {
            operation.workcenter
            for work in works
            for _factor, bill in work.parts
            for operation in bill.operations
        }
        if "contribution_hour" in book.measures:
            workcenters = self.env["mrp.workcenter"].sudo().browse(sorted(book.workcenters))
            book.bottlenecks = frozenset(workcenters.filtered("sop_is_bottleneck").ids)
