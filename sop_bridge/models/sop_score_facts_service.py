from odoo import api, models
from odoo.tools import SQL


class SopScoreFactsService(models.AbstractModel):
    """The part of the facts about service: orders, changes, deliveries, returns, changeovers.

    *Delivered and returned value*: quantity moved to and from customers × the net price on the
    order line. Parts of a kit and goods without an order line count at the product's cost.
    Consignment and on-call goods count when the customer takes them, not when they are stored.

    *Changeovers*: work orders whose product family differs from that of the one before on the
    same work centre, charged to the customer the goods are made for; those for stock to nobody.
    """

    _name = "sop.score.facts.service"
    _description = "Facts of Customers: Service"

    @api.model
    def _sql_service(self, window):
        """{name: SQL} of the tables ordering, moved and changeovers."""
        return {
            "ordering": self._sql_ordering(window),
            "moves": self._sql_moves(window),
            "moved": self._sql_moved(),
            "changeovers": self._sql_changeovers(window),
        }

    @api.model
    def _sql_ordering(self, window):
        """Orders, lines, changes and rush orders of the window, with what they cost us."""
        return SQL(
            """
            SELECT o.customer,
                   count(*) FILTER (WHERE o.stands) AS orders,
                   sum(o.lines) FILTER (WHERE o.stands) AS lines,
                   max(o.day) FILTER (WHERE o.stands) AS last,
                   count(*) FILTER (WHERE o.stands AND o.rush) AS rush_orders,
                   sum(CASE WHEN o.stands THEN o.changed ELSE o.lines END) AS changed_lines,
                   sum(o.lines) AS all_lines,
                   sum(o.changes + CASE WHEN o.stands THEN 0 ELSE 1 END) AS changes,
                   sum(CASE WHEN o.stands
                            THEN r.order_cost + o.lines * r.line_cost
                                 + CASE WHEN o.rush THEN r.rush_cost ELSE 0 END
                            ELSE r.change_cost END
                       + o.changes * r.change_cost) AS cost
              FROM order_lines o
              LEFT JOIN rates r
                ON o.day >= r.valid_from AND (r.valid_to IS NULL OR o.day < r.valid_to)
             WHERE o.lines > 0 AND o.day >= %s
             GROUP BY o.customer
            """,
            window.date_from,
        )

    @api.model
    def _sql_moves(self, window):
        """Deliveries to, and returns from, customers: one row per transfer."""
        return SQL(
            """
            SELECT COALESCE(o.partner_id, p.partner_id, v.partner_id) AS partner,
                   dest.usage = 'customer' AS outward,
                   (max(v.date) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                   sum(v.quantity::float8 * vu.factor::float8 * %(price)s) AS value
              FROM stock_move v
              JOIN stock_location src ON src.id = v.location_id
              JOIN stock_location dest ON dest.id = v.location_dest_id
              JOIN goods g ON g.id = v.product_id
              JOIN uom_uom vu ON vu.id = v.product_uom
              LEFT JOIN stock_picking p ON p.id = v.picking_id
              LEFT JOIN sale_order_line s ON s.id = v.sale_line_id
              LEFT JOIN sale_order o ON o.id = s.order_id
              LEFT JOIN uom_uom su ON su.id = s.product_uom_id
             WHERE v.company_id = %(company)s AND v.state = 'done'
               AND v.date >= %(start)s AND v.date < %(stop)s
               AND (src.usage = 'customer') <> (dest.usage = 'customer')
             GROUP BY 1, 2, COALESCE(v.picking_id, -v.id)
            """,
            company=window.company.id,
            zone=window.zone,
            start=window.start,
            stop=window.stop,
            price=self._sql_net_price(),
        )

    @api.model
    def _sql_net_price(self):
        """Net price of a unit of reference that was moved, in the company's currency."""
        return SQL(
            """
            CASE WHEN s.product_id = v.product_id
                 THEN COALESCE(s.price_subtotal::float8 / NULLIF(s.product_uom_qty, 0)::float8,
                               s.price_unit::float8 * (1 - COALESCE(s.discount, 0)::float8 / 100))
                      / COALESCE(NULLIF(o.currency_rate, 0), 1)::float8
                      / COALESCE(NULLIF(su.factor, 0), 1)::float8
                 ELSE g.cost END
            """
        )

    @api.model
    def _sql_moved(self):
        return SQL(
            """
            SELECT w.customer,
                   count(*) FILTER (WHERE m.outward) AS deliveries,
                   count(*) FILTER (WHERE NOT m.outward) AS returns,
                   sum(m.value) FILTER (WHERE m.outward) AS delivered,
                   sum(m.value) FILTER (WHERE NOT m.outward) AS returned,
                   sum(CASE WHEN m.outward THEN r.delivery_cost ELSE r.return_cost END) AS cost
              FROM moves m
              JOIN who w ON w.id = m.partner
              LEFT JOIN rates r
                ON m.day >= r.valid_from AND (r.valid_to IS NULL OR m.day < r.valid_to)
             GROUP BY w.customer
            """
        )

    @api.model
    def _sql_changeovers(self, window):
        """Families are compared over all finished work, so that the first one has a predecessor."""
        return SQL(
            """
            SELECT w.customer, count(*) AS changeovers, sum(r.changeover_cost) AS cost
              FROM (SELECT wo.line, wo.family, wo.date_start,
                           lag(wo.family) OVER (PARTITION BY wo.workcenter_id
                                                ORDER BY wo.date_start, wo.id) AS previous
                      FROM (SELECT x.id, x.workcenter_id, x.date_start, g.family,
                                   COALESCE(p.sop_line_id, p.sale_line_id) AS line
                              FROM mrp_workorder x
                              JOIN mrp_production p ON p.id = x.production_id
                              JOIN goods g ON g.id = p.product_id
                             WHERE p.company_id = %(company)s AND x.state = 'done'
                               AND x.date_start < %(stop)s AND g.family IS NOT NULL) wo) c
              JOIN sale_order_line s ON s.id = c.line
              JOIN sale_order o ON o.id = s.order_id
              JOIN who w ON w.id = o.partner_id
              LEFT JOIN rates r
                ON c.date_start >= r.valid_from
                   AND (r.valid_to IS NULL OR c.date_start < r.valid_to)
             WHERE c.previous <> c.family AND c.date_start >= %(start)s
             GROUP BY w.customer
            """,
            company=window.company.id,
            start=window.start,
            stop=window.stop,
        )
