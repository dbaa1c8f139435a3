from collections import defaultdict
from dataclasses import dataclass, field, replace

from odoo import api, models
from odoo.tools import SQL

from ..core.risk import Projection
from ..core.values import Line


@dataclass
class Watched:
    """What was read about promised lines of one company.

    :param leaving: {line id: [(product id, warehouse id, day, quantity, reserved)]} of open
        deliveries
    :param making: {line id: [row of an open or cancelled manufacturing order]}
    :param needing: {order id: [(product id, warehouse id, day)]} of components not reserved
    :param stock: {(warehouse id, product id): core Projection}
    :param terms: core Line with the company's delivery delay
    """

    today: object
    terms: Line
    leaving: dict = field(default_factory=lambda: defaultdict(list))
    making: dict = field(default_factory=lambda: defaultdict(list))
    needing: dict = field(default_factory=lambda: defaultdict(list))
    stock: dict = field(default_factory=dict)

    def due(self, day):
        """Last day on which goods may be ready that a customer is to have on a day."""
        return replace(self.terms, requested=day).latest()

    def arrival(self, ready):
        """Day on which a customer has what is ready on a day."""
        return self.terms.delivered(ready, self.today)

    def covered(self, warehouse, product, day):
        """First day from ``day`` on at whose end nothing is missing, None: no such day.

        Goods that come straight from a vendor, or from a place outside the warehouses in use, are
        counted by nobody: nothing can be said against them.
        """
        projection = self.stock.get((warehouse, product))
        return projection.covered(day) if projection else day


class SopRiskFacts(models.AbstractModel):
    """Part of sop.promise.risk: reads what is planned for promised lines, a query per kind."""

    _name = "sop.risk.facts"
    _description = "Facts behind Promises at Risk"

    @api.model
    def _collect(self, company, lines):
        """Watched for lines of one company."""
        zone = company.resource_calendar_id.tz or "UTC"
        now = self.env["sop.promise"]._get_now()
        terms = self.env["sop.hours"]._get_terms(company, now)
        facts = Watched(company._sop_local_date(now), terms)
        self.env.flush_all()
        for line, *row in self._read_leaving(lines, zone):
            facts.leaving[line].append(tuple(row))
        for line, *row in self._read_making(lines, zone, now):
            facts.making[line].append(tuple(row))
        orders = sorted({row[0] for rows in facts.making.values() for row in rows})
        for order, *row in self._read_needing(orders, zone):
            facts.needing[order].append(tuple(row))
        self._collect_stock(facts, company, zone)
        return facts

    @api.model
    def _collect_stock(self, facts, company, zone):
        products = {row[0] for rows in facts.leaving.values() for row in rows}
        products |= {row[0] for rows in facts.needing.values() for row in rows}
        warehouses = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        on_hand, moves, _own, unplanned = self.env["sop.supply"]._get_atp(
            self.env["product.product"].browse(sorted(products)), warehouses, zone
        )
        for warehouse in warehouses.ids:
            for product in products:
                key = warehouse, product
                changes = [*moves.get(key, ()), *unplanned.get(key, ())]
                facts.stock[key] = Projection(facts.today, on_hand.get(key, 0.0), changes)

    @api.model
    def _read_leaving(self, lines, zone):
        """Rows (line id, product id, warehouse id, day, quantity, reserved) of open deliveries."""
        return self.env.execute_query(
            SQL(
                """
                SELECT move.sale_line_id, move.product_id, source.warehouse_id,
                       (move.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
                       move.product_qty, move.state = 'assigned'
                  FROM stock_move move
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location target
                    ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
                 WHERE move.sale_line_id = ANY(%(lines)s) AND target.usage = 'customer'
                   AND move.state NOT IN ('draft', 'done', 'cancel')
              ORDER BY move.id
                """,
                zone=zone,
                lines=lines.ids,
            )
        )

    @api.model
    def _read_making(self, lines, zone, now):
        """Rows (line id, order id, product id, name, state, start, finish, work order, centre,
        overdue, quantity) of manufacturing orders; the work order is the last, or an overdue one.
        """
        return self.env.execute_query(
            SQL(
                """
                WITH made AS (
                    SELECT id AS production, sop_line_id AS line FROM mrp_production
                     WHERE sop_line_id = ANY(%(lines)s)
                     UNION
                    SELECT id, sale_line_id FROM mrp_production WHERE sale_line_id = ANY(%(lines)s)
                     UNION
                    SELECT production_id, order_line_id FROM sop_booking
                     WHERE order_line_id = ANY(%(lines)s) AND production_id IS NOT NULL
                )
                SELECT made.line, mo.id, mo.product_id, mo.name, mo.state,
                       (mo.date_start AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
                       (mo.date_finished AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
                       work.name, work.place, work.overdue, mo.product_uom_qty
                  FROM made JOIN mrp_production mo ON mo.id = made.production
             LEFT JOIN LATERAL (
                       SELECT wo.name, wc.name AS place, wo.date_finished < %(now)s AS overdue
                         FROM mrp_workorder wo JOIN mrp_workcenter wc ON wc.id = wo.workcenter_id
                        WHERE wo.production_id = mo.id AND wo.state NOT IN ('done', 'cancel')
                     ORDER BY wo.date_finished < %(now)s DESC NULLS LAST,
                              wo.date_finished DESC NULLS LAST LIMIT 1
                       ) work ON TRUE
                 WHERE mo.state <> 'done' ORDER BY mo.id
                """,
                zone=zone,
                lines=lines.ids,
                now=now,
            )
        )

    @api.model
    def _read_needing(self, orders, zone):
        """Rows (order id, product id, warehouse id, day) of components that nothing reserves."""
        return self.env.execute_query(
            SQL(
                """
                SELECT move.raw_material_production_id, move.product_id, source.warehouse_id,
                       (move.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                  FROM stock_move move
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE move.raw_material_production_id = ANY(%(orders)s) AND template.is_storable
                   AND move.state IN ('waiting', 'confirmed', 'partially_available')
                """,
                zone=zone,
                orders=orders,
            )
        )
