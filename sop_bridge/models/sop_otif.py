from odoo import fields, models
from odoo.tools import SQL


class SopOtif(models.Model):
    """Promised lines against what was delivered: on time and in full, by first and last promise.

    In full: at least the tolerated share of the quantity. On time: that share left for the
    customer within the window around the promised day. A line that is open after its window
    fails; one whose window is not over counts not yet. Kits are as complete as their scarcest
    component.
    """

    _name = "sop.otif"
    _description = "Promises Kept"
    _auto = False
    _order = "last_date desc, id desc"
    _rec_name = "order_line_id"

    order_line_id = fields.Many2one("sale.order.line", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    tier_id = fields.Many2one("sop.tier", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    first_date = fields.Date("First promise", readonly=True)
    last_date = fields.Date("Last promise", readonly=True)
    delivered_date = fields.Date("Last delivery", readonly=True)
    moved_days = fields.Integer("Promise moved by days", readonly=True, aggregator="avg")
    share_first = fields.Float("Delivered by first promise", readonly=True, aggregator="avg")
    share_last = fields.Float("Delivered by last promise", readonly=True, aggregator="avg")
    otif_first = fields.Float("OTIF by first promise", readonly=True, aggregator="avg")
    otif_last = fields.Float("OTIF by last promise", readonly=True, aggregator="avg")
    result = fields.Selection(
        [
            ("kept", "Kept"),
            ("later", "Kept by a later promise"),
            ("broken", "Broken"),
            ("open", "Not due yet"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH %(line)s, %(demand)s, %(share)s,
            scored AS (
                SELECT line.*, share.first_share, share.last_share, share.delivered,
                       CASE WHEN share.first_share >= line.wanted THEN 1.0
                            WHEN line.first_end < line.today THEN 0.0 END AS by_first,
                       CASE WHEN share.last_share >= line.wanted THEN 1.0
                            WHEN line.last_end < line.today THEN 0.0 END AS by_last
                  FROM line LEFT JOIN share ON share.line_id = line.id
            )
            SELECT id, id AS order_line_id, order_id, company_id, partner_id, user_id, tier_id,
                   product_id, first_date, last_date, delivered AS delivered_date,
                   last_date - first_date AS moved_days,
                   COALESCE(first_share, 0) AS share_first, COALESCE(last_share, 0) AS share_last,
                   by_first AS otif_first, by_last AS otif_last,
                   CASE WHEN by_first = 1 THEN 'kept' WHEN by_last = 1 THEN 'later'
                        WHEN by_last = 0 THEN 'broken' ELSE 'open' END AS result
              FROM scored
            """,
            line=self._sql_line(),
            demand=self._sql_demand(),
            share=self._sql_share(),
        )

    def _sql_line(self):
        """SQL: promised lines of confirmed orders with the window of each promise."""
        return SQL(
            """
            line AS (
                SELECT l.id, l.order_id, l.company_id, o.partner_id, o.user_id,
                       o.sop_tier_id AS tier_id, l.product_id, zone.tz,
                       l.product_uom_qty * uom.factor AS ordered,
                       COALESCE(l.sop_first_promised_date, l.sop_promised_date) AS first_date,
                       l.sop_promised_date AS last_date,
                       COALESCE(l.sop_first_promised_date, l.sop_promised_date)
                           + c.sop_otif_late_days AS first_end,
                       l.sop_promised_date + c.sop_otif_late_days AS last_end,
                       c.sop_otif_early_days AS early, c.sop_otif_share / 100.0 - 1e-9 AS wanted,
                       (now() AT TIME ZONE zone.tz)::date AS today
                  FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
                  JOIN res_company c ON c.id = l.company_id
                  JOIN uom_uom uom ON uom.id = l.product_uom_id
                  JOIN LATERAL (
                       SELECT COALESCE((SELECT tz FROM resource_calendar
                                         WHERE id = c.resource_calendar_id), 'UTC') AS tz
                       ) zone ON TRUE
                 WHERE l.state = 'sale' AND l.sop_promised_date IS NOT NULL
                   AND l.product_uom_qty > 0
            )
            """
        )

    def _sql_demand(self):
        """SQL: what left for the customer per line and product, within each window."""
        return SQL(
            """
            demand AS (
                SELECT line.id AS line_id, move.product_id = line.product_id AS own,
                       MAX(line.ordered) AS ordered,
                       SUM(move.quantity * uom.factor) FILTER (WHERE move.state = 'done') AS done,
                       SUM(move.product_uom_qty * uom.factor) AS needed,
                       SUM(move.quantity * uom.factor) FILTER (
                           WHERE move.state = 'done' AND day BETWEEN line.first_date - line.early
                             AND line.first_end) AS by_first,
                       SUM(move.quantity * uom.factor) FILTER (
                           WHERE move.state = 'done' AND day BETWEEN line.last_date - line.early
                             AND line.last_end) AS by_last,
                       MAX(day) FILTER (WHERE move.state = 'done') AS delivered
                  FROM line JOIN stock_move move ON move.sale_line_id = line.id
                  JOIN stock_location target
                    ON target.id = CASE WHEN move.state = 'done' THEN move.location_dest_id
                       ELSE COALESCE(move.location_final_id, move.location_dest_id) END
                  JOIN uom_uom uom ON uom.id = move.product_uom
                  JOIN LATERAL (
                       SELECT (move.date AT TIME ZONE 'UTC' AT TIME ZONE line.tz)::date AS day
                       ) local ON TRUE
                 WHERE target.usage = 'customer' AND move.state NOT IN ('draft', 'cancel')
              GROUP BY line.id, move.product_id, own
            )
            """
        )

    def _sql_share(self):
        """SQL: delivered share of each line; of a kit, that of its scarcest component."""
        return SQL(
            """
            share AS (
                SELECT line_id, MAX(delivered) AS delivered,
                       MIN(COALESCE(by_first, 0) / NULLIF(CASE WHEN own THEN ordered
                           ELSE needed END, 0)) AS first_share,
                       MIN(COALESCE(by_last, 0) / NULLIF(CASE WHEN own THEN ordered
                           ELSE needed END, 0)) AS last_share
                  FROM demand GROUP BY line_id
            )
            """
        )
