from odoo import fields, models
from odoo.tools import SQL


class SopFamilySales(models.Model):
    """Sales and contribution by customer, product family and month, for analysis.

    Money comes from where the company's scorecard takes it (posted invoices, or confirmed orders),
    for the same customers and goods. The cost to serve belongs to a customer, not to a family, so
    the contribution here is the one before it. A credit note gives the cost of its goods back,
    whether they came back or not; the score looks closer (see ``sop.score.facts.sales``).
    """

    _name = "sop.family.sales"
    _description = "Sales by Product Family"
    _auto = False
    _order = "month desc, contribution desc, id"
    _rec_name = "family_id"
    # what has to be in the database before this is read
    _depends = {
        "account.move": ["state", "move_type", "invoice_date", "partner_id", "company_id"],
        "account.move.line": [
            *("balance", "quantity", "price_subtotal", "display_type", "is_downpayment"),
            *("product_id", "product_uom_id", "sale_line_ids"),
        ],
        "product.template": ["sop_family_id", "type", "uom_id"],
        "product.product": ["standard_price", "product_tmpl_id"],
        "res.partner": ["active", "commercial_partner_id", "country_id", "sop_tier_id", "user_id"],
        "sale.order": ["state", "date_order", "partner_id", "company_id", "currency_rate"],
        "sale.order.line": [
            *("price_subtotal", "product_uom_qty", "purchase_price", "display_type"),
            *("is_downpayment", "product_id", "product_uom_id"),
        ],
        "sop.scorecard": ["state", "basis", "include_services", "company_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    tier_id = fields.Many2one(
        "sop.tier", readonly=True, help="The tier that the customer has now, in this company."
    )
    family_id = fields.Many2one("sop.family", "Product family", readonly=True)
    month = fields.Date(readonly=True, help="First day of the month.")
    net_sales = fields.Monetary("Net sales", readonly=True)
    goods_cost = fields.Monetary("Cost of goods", readonly=True)
    contribution = fields.Monetary(
        "Contribution before cost to serve",
        readonly=True,
        help="Net sales less the cost of the goods. What the customer's orders, changes and "
        "returns cost beside that belongs to no family; the score takes it off.",
    )

    @property
    def _table_query(self):
        """One row per company, customer, family and month."""
        return SQL(
            """
            WITH who AS (%(who)s),
            setup AS (
                SELECT c.id, c.currency_id, COALESCE(s.basis, 'invoiced') AS basis,
                       COALESCE(s.include_services, FALSE) AS services
                  FROM res_company c
                  LEFT JOIN sop_scorecard s ON s.company_id = c.id AND s.state = 'active'
            )
            SELECT sales.id, sales.company_id, setup.currency_id, sales.partner_id, p.user_id,
                   p.country_id, (p.sop_tier_id ->> sales.company_id::text)::int AS tier_id,
                   sales.family_id, sales.month, sales.net_sales, sales.goods_cost,
                   sales.net_sales - sales.goods_cost AS contribution
              FROM (%(invoiced)s UNION ALL %(ordered)s) sales
              JOIN setup ON setup.id = sales.company_id
              JOIN res_partner p ON p.id = sales.partner_id
            """,
            who=self.env["sop.score.facts"]._sql_who(),
            invoiced=self._sql_invoiced(),
            ordered=self._sql_ordered(),
        )

    def _sql_invoiced(self):
        """Posted invoices and credit notes, by their own balance."""
        return SQL(
            """
            SELECT 2 * min(l.id) AS id, m.company_id, w.customer AS partner_id,
                   t.sop_family_id AS family_id,
                   date_trunc('month', m.invoice_date)::date AS month,
                   -sum(l.balance) AS net_sales,
                   round(COALESCE(sum(
                       CASE WHEN m.move_type = 'out_refund' THEN -1 ELSE 1 END * l.quantity
                       * COALESCE(u.factor, gu.factor, 1)
                       * COALESCE(o.cost, %(cost)s / COALESCE(NULLIF(gu.factor, 0), 1))
                   ) FILTER (WHERE %(counted)s), 0)::numeric, 2) AS goods_cost
              FROM account_move m
              JOIN setup ON setup.id = m.company_id AND setup.basis = 'invoiced'
              JOIN who w ON w.id = m.partner_id
              JOIN account_move_line l ON l.move_id = m.id
              LEFT JOIN product_product g ON g.id = l.product_id
              LEFT JOIN product_template t ON t.id = g.product_tmpl_id
              LEFT JOIN uom_uom gu ON gu.id = t.uom_id
              LEFT JOIN uom_uom u ON u.id = l.product_uom_id
              LEFT JOIN (%(links)s) o ON o.invoice_line_id = l.id
             WHERE m.state = 'posted'
               AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND l.display_type = 'product' AND l.is_downpayment IS NOT TRUE
               AND (%(counted)s OR l.price_subtotal < 0)
             GROUP BY m.company_id, w.customer, t.sop_family_id, 5
            """,
            cost=self._sql_cost("m"),
            counted=self._sql_counted(),
            links=self._sql_links(),
        )

    def _sql_links(self):
        """Cost of a unit of reference by invoice line; of the first order line behind it."""
        return SQL(
            """
            SELECT DISTINCT ON (r.invoice_line_id) r.invoice_line_id,
                   s.purchase_price / COALESCE(NULLIF(so.currency_rate, 0), 1)
                   / NULLIF(su.factor, 0) AS cost
              FROM sale_order_line_invoice_rel r
              JOIN sale_order_line s ON s.id = r.order_line_id
              JOIN sale_order so ON so.id = s.order_id
              LEFT JOIN uom_uom su ON su.id = s.product_uom_id
             ORDER BY r.invoice_line_id, r.order_line_id
            """
        )

    def _sql_ordered(self):
        """Confirmed orders, for companies that do not invoice in Odoo."""
        return SQL(
            """
            SELECT 2 * min(l.id) + 1 AS id, m.company_id, w.customer AS partner_id,
                   t.sop_family_id AS family_id, date_trunc('month', m.date_order)::date AS month,
                   sum(l.price_subtotal / COALESCE(NULLIF(m.currency_rate, 0), 1)) AS net_sales,
                   round(COALESCE(sum(
                       l.product_uom_qty * l.purchase_price
                       / COALESCE(NULLIF(m.currency_rate, 0), 1)
                   ) FILTER (WHERE %(counted)s), 0)::numeric, 2) AS goods_cost
              FROM sale_order m
              JOIN setup ON setup.id = m.company_id AND setup.basis = 'ordered'
              JOIN who w ON w.id = m.partner_id
              JOIN sale_order_line l ON l.order_id = m.id
              JOIN product_product g ON g.id = l.product_id
              JOIN product_template t ON t.id = g.product_tmpl_id
             WHERE m.state = 'sale' AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE
               AND (%(counted)s OR l.price_subtotal < 0)
             GROUP BY m.company_id, w.customer, t.sop_family_id, 5
            """,
            counted=self._sql_counted(),
        )

    def _sql_cost(self, document):
        """Cost of the product ``g`` in the company of a document, per unit of the product."""
        return SQL(
            "COALESCE((g.standard_price ->> %s::text)::numeric, 0)",
            SQL.identifier(document, "company_id"),
        )

    def _sql_counted(self):
        """Whether a line counts: goods, or everything where the scorecard says so."""
        return SQL("(setup.services OR (t.type IS NOT NULL AND t.type <> 'service'))")
