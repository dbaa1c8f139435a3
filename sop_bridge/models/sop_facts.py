from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.board import Board
from ..core.calendar import day_of
from ..core.capacity import SlotOwner
from ..core.promise import Line, Reason
from .sop_slot_owner import OWNER


@dataclass
class Facts:
    """All that was read for the lines of one company.

    ``goods`` are keyed (warehouse id, product id, attribute values without variant), and the routes
    of the order line where it has its own; stock and moves (warehouse id, product id). ``short``
    are keys of the goods that free stock does not cover, ``ignored`` ids of orders whose holds do
    not count.
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
    short: set = field(default_factory=set)
    board: Board | None = None
    own_loads: dict = field(default_factory=dict)
    owners: dict = field(default_factory=dict)
    ignored: tuple = ()


class SopFacts(models.AbstractModel):
    """Collects what the promise of order lines is computed from: a query per kind, not per line."""

    _name = "sop.facts"
    _inherit = ["sop.goods"]
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
        if order.commitment_date:
            return day_of(order.commitment_date, zone)
        return line._sop_held_date() or None

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
    def _collect(self, company, lines, quantities, ignore_orders, warehouses=None):
        """Facts for lines of one company, at a number of queries that lines do not raise."""
        lines = lines.with_prefetch().sudo()
        now = self._get_now()
        today = day_of(now, ZoneInfo(self._get_zone(company)))
        company = company.sudo()
        facts = Facts(now, today, today + timedelta(days=company.sop_horizon_days))
        facts.ignored = tuple(ignore_orders or ())
        # with those below them the products are read at once
        tree = self.env["sop.bill"].sudo()._get_tree(lines.product_id._origin, company)
        tree.products.mapped("type")
        goods = self._collect_lines(facts, lines, quantities, warehouses or {})
        if goods:
            self._collect_goods(facts, company, goods, quantities, tree)
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
    def _collect_lines(self, facts, lines, quantities, warehouses):
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
            warehouse = warehouses.get(line) or line.warehouse_id or line.order_id.warehouse_id
            failure = self._get_failure(line, warehouse)
            facts.lines[line] = Line(quantity, failure=failure)
            if not failure:
                never = line.product_no_variant_attribute_value_ids._origin
                goods[line] = (quantity, warehouse._origin, never)
        return goods

    @api.model
    def _collect_load(self, facts, company, lines, quantities, ignore_orders):
        """Calendars, slots and load of the work centres that make what stock does not cover."""
        found = {
            machine.workcenter
            for key in facts.short
            for operation in getattr(facts.goods[key].bill, "operations", ())
            for machine in operation.machines
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
        self.env["sop.slot"].flush_model([*OWNER, "opened_rank", "opening"])
        self.env["sop.tier"].flush_model(["rank"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT slot.id, slot.tier_id, tier.rank, slot.scope, partner.commercial_partner_id,
                       slot.family_id, NULLIF(slot.opened_rank, 0), slot.opening = 'all',
                       slot.agreement_id
                  FROM sop_slot slot
             LEFT JOIN sop_tier tier ON tier.id = slot.tier_id
             LEFT JOIN res_partner partner ON partner.id = slot.partner_id
                 WHERE slot.id = ANY(%s)
                """,
                slots,
            )
        )
        return {row[0]: SlotOwner(*row[1:]) for row in rows}
