from odoo import api, models
from odoo.tools import SQL

from ..core.facts import Facts
from .sop_score_window import Window

# rows taken from the database at a time, to keep memory flat
FETCH = 10000

# Columns of the result in the order of core Facts; those that are not known are not zero.
RESULT = {
    "net_sales": "float8",
    "goods_cost": "float8",
    "cost_to_serve": "float8",
    "sales_before": "float8",
    "orders": "int",
    "lines": "int",
    "last_order": "date",
    "overdue_days": "float8",
    "changed_lines": "int",
    "all_lines": "int",
    "delivered_value": "float8",
    "returned_value": "float8",
    "rush_orders": "int",
    "deliveries": "int",
    "returns": "int",
    "changes": "int",
    "changeovers": "int",
    "strategic": "float8",
    "is_customer": "bool",
}
UNKNOWN = ("overdue_days", "strategic")

# {table: {column of the result: its expression there}}
PARTS = {
    "customers": {"is_customer": "TRUE", "strategic": "strategic"},
    "ever": {"last_order": "last"},
    "sales": {"net_sales": "net", "goods_cost": "cost", "sales_before": "before"},
    "kept": {"goods_cost": "cost"},
    "direct": {"orders": "orders", "lines": "lines", "last_order": "last", "cost_to_serve": "cost"},
    "ordering": {
        "orders": "orders",
        "lines": "lines",
        "last_order": "last",
        "cost_to_serve": "cost",
        "changed_lines": "changed_lines",
        "all_lines": "all_lines",
        "rush_orders": "rush_orders",
        "changes": "changes",
    },
    "overdue": {"overdue_days": "days"},
    "moved": {
        "deliveries": "deliveries",
        "returns": "returns",
        "delivered_value": "delivered",
        "returned_value": "returned",
        "cost_to_serve": "cost",
    },
    "changeovers": {"changeovers": "changeovers", "cost_to_serve": "cost"},
}


class SopScoreFacts(models.AbstractModel):
    """What every customer of a company did in a window, aggregated by one SQL statement.

    How the cases that are easy to get wrong are counted:

    - *Customers* are commercial partners: orders and invoices of all contacts of a company count
      for the company, also of contacts that were archived. Customers are those with a customer
      rank, a tier, or ever an order or invoice in this company. Archived customers are left out;
      a merged one counts with the one it was merged into, because Odoo moves its documents.
    - *Intercompany*: partners that are a company of this database, or contacts of one, are left
      out; their orders and invoices count nowhere.
    - *Money* is in the company's currency. Invoices count with their own balance, so at the rate
      they were posted at; orders at the rate they were confirmed at.
    - *Refunds* reduce net sales on their own date. They give the cost of the goods back only as
      far as the goods came back (or were never delivered): see ``sop.score.facts.sales``.
    - *Cancelled orders* are no sales and no orders. Those that were confirmed before count in the
      share of changed lines, and each as one change in the cost to serve.
    - *Non-goods* (services, delivery charges, lines without a product) count only with
      ``services``. Price reductions on such a product (a negative line) always count, since they
      lower the price of the goods; down payments never do, since the goods are invoiced in full.
    - *Invoices without an order* (counter sales, subscriptions) count as orders of their day, so
      that a company which invoices without orders has scores as well.
    - *Changes* count on the day of their order; the other events of the cost to serve on their own.
    - *A run of a past day* sees documents by their dates, but what is not dated as it is today:
      cancellations, changed lines, delivered quantities of credited lines.
    """

    _name = "sop.score.facts"
    _description = "Facts of Customers for Scoring"
    _inherit = ["sop.score.facts.sales", "sop.score.facts.due", "sop.score.facts.service"]

    @api.model
    def _get_facts(self, company, date_from, date_to, basis="invoiced", services=False):
        """Facts of all customers of a company.

        :param date_from: first and ``date_to`` last day of the window, in the company's time zone
        :param basis: 'invoiced': money from posted invoices; 'ordered': from confirmed orders
        :param services: whether non-goods count
        :return: {id of the commercial partner: core Facts}, by id
        """
        window = Window(company, date_from, date_to, basis, services)
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(self.sudo().with_company(company)._statement(window))
        months = window.months
        facts = {}
        while rows := cr.fetchmany(FETCH):
            for customer, *figures in rows:
                facts[customer] = Facts(*figures, months)
        return facts

    # ------------------------------------------------------------------ the statement
    @api.model
    def _statement(self, window):
        """One statement: a common table expression per kind of fact, added up by customer."""
        parts = {
            "who": self._sql_who(),
            "goods": self._sql_goods(),
            "rates": self._sql_rates(window),
            **self._sql_sales(window),
            **self._sql_service(window),
            "ever": self._sql_ever(window),
            "customers": self._sql_customers(window),
        }
        tables = SQL(",\n").join(
            SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in parts.items()
        )
        facts = SQL("\nUNION ALL\n").join(
            self._sql_part(name, columns) for name, columns in PARTS.items() if name in parts
        )
        return SQL("WITH %s %s", tables, self._sql_result(window, facts))

    @api.model
    def _sql_part(self, table, columns):
        """The rows of a table with all columns of the result; those it lacks are empty."""
        values = SQL(", ").join(
            SQL("%s::%s AS %s", SQL(columns.get(name, "NULL")), SQL(kind), SQL.identifier(name))
            for name, kind in RESULT.items()
        )
        return SQL("SELECT customer, %s FROM %s", values, SQL.identifier(table))

    @api.model
    def _sql_result(self, window, facts):
        """Add up by customer, in the order of core Facts, as float and int, which core expects.

        Rows are put below each other and grouped, not joined: the database cannot guess how many
        customers a common table expression has, and a join guessed wrongly takes hours.
        """
        return SQL(
            """
            SELECT customer, %s
              FROM (%s) facts
             GROUP BY customer
            HAVING bool_or(is_customer)
             ORDER BY customer
            """,
            SQL(", ").join(
                self._sql_aggregate(window, name, kind)
                for name, kind in RESULT.items()
                if name != "is_customer"
            ),
            facts,
        )

    @api.model
    def _sql_aggregate(self, window, name, kind):
        """One column of the result."""
        column = SQL.identifier(name)
        if kind == "date":
            return SQL("(%s::date - max(%s))::int", window.date_to, column)
        if name in UNKNOWN:
            return SQL("max(%s)", column)
        return SQL("COALESCE(sum(%s), 0)::%s", column, SQL(kind))

    # ------------------------------------------------------------------ who and what
    @api.model
    def _sql_who(self):
        """Every partner with the customer it counts for."""
        return SQL(
            """
            SELECT p.id, p.commercial_partner_id AS customer
              FROM res_partner p
              JOIN res_partner c ON c.id = p.commercial_partner_id
             WHERE c.active
               AND c.id NOT IN (SELECT COALESCE(own.commercial_partner_id, own.id)
                                  FROM res_company r
                                  JOIN res_partner own ON own.id = r.partner_id)
            """
        )

    @api.model
    def _sql_goods(self):
        """Every product: whether it is goods, what its unit of reference costs, its family."""
        products = self.env["product.product"]
        return SQL(
            """
            SELECT p.id, t.type <> 'service' AS is_goods, t.sop_family_id AS family,
                   COALESCE(NULLIF(u.factor, 0), 1)::float8 AS factor,
                   %(cost)s / COALESCE(NULLIF(u.factor, 0), 1)::float8 AS cost
              FROM product_product p
              JOIN product_template t ON t.id = p.product_tmpl_id
              LEFT JOIN uom_uom u ON u.id = t.uom_id
            """,
            cost=products._field_to_sql("p", "standard_price"),
        )

    @api.model
    def _sql_rates(self, window):
        """Activity rates with the days they are valid on."""
        periods = self.env["sop.cost.rate"]._get_periods(window.company)
        rows = SQL(", ").join(
            SQL("(%s::date, %s::date, %s)", first, after, SQL(", ").join(map(_number, rates)))
            for first, after, *rates in periods or [(None,) * 9]
        )
        return SQL(
            """
            SELECT * FROM (VALUES %s) AS v (valid_from, valid_to, order_cost, line_cost,
                   delivery_cost, return_cost, rush_cost, change_cost, changeover_cost)
             WHERE valid_from IS NOT NULL
            """,
            rows,
        )

    @api.model
    def _sql_ever(self, window):
        """Customers who ever ordered or were invoiced, with the day of the last order."""
        return SQL(
            """
            SELECT w.customer, max(o.last) AS last
              FROM (SELECT partner_id,
                           (max(date_order) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS last
                      FROM sale_order
                     WHERE company_id = %(company)s AND state = 'sale' AND date_order < %(stop)s
                     GROUP BY partner_id
                     UNION ALL
                    SELECT DISTINCT partner_id, NULL::date
                      FROM account_move
                     WHERE company_id = %(company)s AND state = 'posted'
                       AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                       AND invoice_date <= %(date_to)s) o
              JOIN who w ON w.id = o.partner_id
             GROUP BY w.customer
            """,
            company=window.company.id,
            zone=window.zone,
            stop=window.stop,
            date_to=window.date_to,
        )

    @api.model
    def _sql_customers(self, window):
        """The customers that are scored."""
        partners = self.env["res.partner"]
        return SQL(
            """
            SELECT c.id AS customer, %(strategic)s AS strategic
              FROM who w
              JOIN res_partner c ON c.id = w.customer
             WHERE w.id = w.customer
               AND (c.id IN (SELECT customer FROM ever)
                    OR (c.company_id IS NULL OR c.company_id = %(company)s)
                   AND (%(tier)s IS NOT NULL
                        OR c.id IN (SELECT commercial_partner_id FROM res_partner
                                     WHERE customer_rank > 0)))
            """,
            company=window.company.id,
            tier=partners._field_to_sql("c", "sop_tier_id"),
            strategic=self._sql_strategic(window),
        )

    @api.model
    def _sql_strategic(self, window):
        """Strategic importance where somebody gave it with a reason; 0 is one, too."""
        return SQL(
            "CASE WHEN c.sop_strategic_reason->>%(company)s <> '' "
            "THEN COALESCE(c.sop_strategic->>%(company)s, '0') END",
            company=str(window.company.id),
        )


def _number(value):
    return SQL("%s::float8", value)
