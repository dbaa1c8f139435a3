from odoo import api, models
from odoo.tools import SQL

SALES = SQL("('out_invoice', 'out_refund', 'out_receipt')")


class SopScoreFactsSales(models.AbstractModel):
    """The part of the facts about money: net sales and cost of the goods.

    *Cost of the goods*: quantity × the cost on the order line (in the company's currency, per unit
    of reference), or the product's cost where no order line stands behind an invoice line. An
    invoice line that gathers several order lines takes the cost of the first.

    *Credit notes* and cost: a credit note can be a return, a price reduction, or the correction of
    a wrong invoice, and it does not say which. The goods do: of an order line, the customer was
    charged the cost of ``max(invoiced − credited, min(invoiced, delivered − returned))`` up to any
    day. So goods that came back, or were never delivered, cost nothing; a price reduction leaves
    the cost where it was; an invoice that was reversed and made again counts once. Delivered less
    returned is Odoo's delivered quantity, which counts a return only when it is to be refunded (not
    when goods are exchanged). A credit note without an order line gives the cost back.
    """

    _name = "sop.score.facts.sales"
    _description = "Facts of Customers: Sales"

    @api.model
    def _sql_sales(self, window):
        """{name: SQL} of the tables sales (net, before, cost), kept, direct and overdue.

        Money is added up in the database's exact numbers; costs, which are shared out by unit, in
        floating point, which is several times faster.
        """
        if window.basis == "ordered":
            sales = {
                "orders": self._sql_orders(window, window.before_start),
                "order_lines": self._sql_order_lines(window),
                "sales": self._sql_ordered_sales(window),
            }
        else:
            sales = {
                "orders": self._sql_orders(window, window.start),
                "order_lines": self._sql_order_lines(window),
                "links": self._sql_links(),
                "bills": self._sql_bills(window),
                "sales": self._sql_invoiced_sales(window),
                "direct": self._sql_direct(window),
                "kept": self._sql_kept(window),
            }
        return {**sales, "overdue": self._sql_overdue(window)}

    # ------------------------------------------------------------------ orders
    @api.model
    def _sql_orders(self, window, start):
        """Confirmed orders since ``start``, and those that were cancelled after confirmation."""
        return SQL(
            """
            SELECT o.id, w.customer, o.day, o.state = 'sale' AS stands,
                   COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate,
                   COALESCE(t.is_rush, FALSE)
                   OR COALESCE(o.sop_requested_date - o.day < %(rush_days)s, FALSE) AS rush
              FROM (SELECT *,
                           (date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
                      FROM sale_order
                     WHERE company_id = %(company)s
                       AND (state = 'sale' OR (state = 'cancel' AND sop_cancelled))
                       AND date_order >= %(start)s AND date_order < %(stop)s) o
              JOIN who w ON w.id = o.partner_id
              LEFT JOIN sop_order_type t ON t.id = o.sop_order_type_id
            """,
            company=window.company.id,
            # nothing is less than nothing: 0 days switches the rule off
            rush_days=window.company.sop_rush_days or None,
            zone=window.zone,
            start=start,
            stop=window.stop,
        )

    @api.model
    def _sql_order_lines(self, window):
        """Totals of the lines of each order; orders without a line that counts are left out."""
        money = SQL(
            """,
            sum(l.price_subtotal / o.rate) AS net,
            sum(l.product_uom_qty::float8 * l.purchase_price::float8 / o.rate::float8)
                FILTER (WHERE %s) AS cost""",
            self._sql_counted(window),
        )
        return SQL(
            """
            SELECT o.customer, o.day, o.stands, o.rush,
                   count(*) FILTER (WHERE %(counted)s) AS lines,
                   count(*) FILTER (WHERE %(counted)s AND l.sop_changes > 0) AS changed,
                   COALESCE(sum(l.sop_changes) FILTER (WHERE %(counted)s), 0) AS changes
                   %(money)s
              FROM orders o
              JOIN sale_order_line l ON l.order_id = o.id
              JOIN goods g ON g.id = l.product_id
             WHERE l.display_type IS NULL AND l.is_downpayment IS NOT TRUE
               AND (%(counted)s OR l.price_subtotal < 0)
             GROUP BY o.id, o.customer, o.day, o.stands, o.rush
            """,
            counted=self._sql_counted(window),
            money=money if window.basis == "ordered" else SQL(),
        )

    @api.model
    def _sql_counted(self, window):
        """Whether the product ``g`` of a line is one that counts."""
        return SQL("TRUE") if window.services else SQL("g.is_goods IS TRUE")

    @api.model
    def _sql_ordered_sales(self, window):
        """Net sales and cost of confirmed orders, where the company does not invoice in Odoo."""
        return SQL(
            """
            SELECT customer,
                   sum(net) FILTER (WHERE day >= %(date_from)s) AS net,
                   sum(net) FILTER (WHERE day < %(date_from)s) AS before,
                   sum(cost) FILTER (WHERE day >= %(date_from)s) AS cost
              FROM order_lines
             WHERE stands
             GROUP BY customer
            """,
            date_from=window.date_from,
        )

    # ------------------------------------------------------------------ invoices
    @api.model
    def _sql_links(self):
        """The order line behind each invoice line; the first one where there are several."""
        return SQL(
            """
            SELECT invoice_line_id, min(order_line_id) AS order_line_id
              FROM sale_order_line_invoice_rel
             GROUP BY invoice_line_id
            """
        )

    @api.model
    def _sql_bills(self, window):
        """Posted invoices of both windows: money and cost of this one, money of the one before."""
        return SQL(
            """
            SELECT m.id, w.customer, m.invoice_date AS day,
                   m.move_type <> 'out_refund' AS is_bill,
                   bool_or(k.order_line_id IS NOT NULL) AS has_order,
                   count(*) FILTER (WHERE %(counted)s) AS lines,
                   -sum(l.balance) AS net,
                   sum(CASE WHEN m.move_type = 'out_refund' THEN -1 ELSE 1 END
                       * l.quantity::float8 * COALESCE(u.factor::float8, g.factor)
                       * COALESCE(%(order_cost)s, g.cost)) FILTER (WHERE %(counted)s) AS cost
              FROM account_move m
              JOIN who w ON w.id = m.partner_id
              JOIN account_move_line l ON l.move_id = m.id
              LEFT JOIN goods g ON g.id = l.product_id
              LEFT JOIN uom_uom u ON u.id = l.product_uom_id
              LEFT JOIN links k ON k.invoice_line_id = l.id
              LEFT JOIN sale_order_line s ON s.id = k.order_line_id
              LEFT JOIN sale_order o ON o.id = s.order_id
              LEFT JOIN uom_uom su ON su.id = s.product_uom_id
             WHERE m.company_id = %(company)s AND m.state = 'posted' AND m.move_type IN %(sales)s
               AND m.invoice_date BETWEEN %(before)s AND %(date_to)s
               AND l.display_type = 'product' AND l.is_downpayment IS NOT TRUE
               AND (%(counted)s OR l.price_subtotal < 0)
             GROUP BY m.id, w.customer
            """,
            company=window.company.id,
            sales=SALES,
            before=window.before,
            date_to=window.date_to,
            counted=self._sql_counted(window),
            order_cost=self._sql_order_cost(),
        )

    @api.model
    def _sql_order_cost(self):
        """Cost of a unit of reference on the order line ``s`` of the order ``o``."""
        return SQL(
            "(s.purchase_price::float8 / NULLIF(o.currency_rate, 0)::float8"
            " / NULLIF(su.factor, 0)::float8)"
        )

    @api.model
    def _sql_invoiced_sales(self, window):
        return SQL(
            """
            SELECT customer,
                   sum(net) FILTER (WHERE day >= %(date_from)s) AS net,
                   sum(net) FILTER (WHERE day < %(date_from)s) AS before,
                   sum(cost) FILTER (WHERE day >= %(date_from)s) AS cost
              FROM bills
             GROUP BY customer
            """,
            date_from=window.date_from,
        )

    @api.model
    def _sql_direct(self, window):
        """Invoices without an order, which count as orders of their day."""
        return SQL(
            """
            SELECT b.customer, count(*) AS orders, sum(b.lines) AS lines, max(b.day) AS last,
                   sum(r.order_cost + b.lines * r.line_cost) AS cost
              FROM bills b
              LEFT JOIN rates r
                ON b.day >= r.valid_from AND (r.valid_to IS NULL OR b.day < r.valid_to)
             WHERE b.is_bill AND NOT b.has_order AND b.lines > 0 AND b.day >= %(date_from)s
             GROUP BY b.customer
            """,
            date_from=window.date_from,
        )

    @api.model
    def _sql_kept(self, window):
        """Cost of goods that were credited but not given back (see the class)."""
        return SQL(
            """
            SELECT customer,
                   sum(cost * (GREATEST(billed - credited, LEAST(billed, delivered))
                               - GREATEST(billed_before - credited_before,
                                          LEAST(billed_before, delivered))
                               - (billed - billed_before - credited + credited_before))) AS cost
              FROM (SELECT w.customer, %(order_cost)s AS cost,
                           COALESCE(s.qty_delivered * su.factor, 0)::float8 AS delivered,
                           %(quantities)s
                      FROM (SELECT DISTINCT k.order_line_id
                              FROM account_move m
                              JOIN account_move_line l ON l.move_id = m.id
                              JOIN links k ON k.invoice_line_id = l.id
                             WHERE m.company_id = %(company)s AND m.state = 'posted'
                               AND m.move_type = 'out_refund'
                               AND m.invoice_date <= %(date_to)s) c
                      JOIN sale_order_line s ON s.id = c.order_line_id
                      JOIN sale_order o ON o.id = s.order_id
                      JOIN uom_uom su ON su.id = s.product_uom_id
                      JOIN goods g ON g.id = s.product_id
                      JOIN links k ON k.order_line_id = s.id
                      JOIN account_move_line l ON l.id = k.invoice_line_id
                      JOIN account_move m ON m.id = l.move_id
                      JOIN who w ON w.id = m.partner_id
                      LEFT JOIN uom_uom u ON u.id = l.product_uom_id
                     WHERE m.state = 'posted' AND m.invoice_date <= %(date_to)s
                       AND l.is_downpayment IS NOT TRUE AND %(counted)s
                     GROUP BY s.id, o.id, su.id, w.customer) lines
             GROUP BY customer
            """,
            company=window.company.id,
            date_to=window.date_to,
            counted=self._sql_counted(window),
            order_cost=self._sql_order_cost(),
            quantities=self._sql_quantities(window),
        )

    @api.model
    def _sql_quantities(self, window):
        """Quantities of an order line, billed and credited, until the window and in all."""
        columns = [
            SQL(
                "COALESCE(sum(l.quantity::float8 * COALESCE(u.factor::float8, g.factor))"
                " FILTER (WHERE m.move_type %s 'out_refund' AND %s), 0) AS %s",
                SQL("=") if credit else SQL("<>"),
                SQL("m.invoice_date < %s", window.date_from) if before else SQL("TRUE"),
                SQL.identifier(f"{'credited' if credit else 'billed'}{'_before' * before}"),
            )
            for credit in (False, True)
            for before in (False, True)
        ]
        return SQL(", ").join(columns)
