from odoo import api, models
from odoo.tools import SQL


class SopScoreFactsDue(models.AbstractModel):
    """The part of the facts about payments: days overdue."""

    _name = "sop.score.facts.due"
    _description = "Facts of Customers: Payments"

    @api.model
    def _sql_overdue(self, window):
        """Average days overdue of what was due at some time in the window.

        Each instalment of an invoice counts once: with the days until it was settled in full
        (paid, or credited), or until the end of the window. What was settled in time counts 0.
        """
        return SQL(
            """
            SELECT customer, avg(GREATEST(until - due, 0)) AS days
              FROM (SELECT w.customer, l.date_maturity AS due,
                           CASE WHEN COALESCE(p.paid, 0) >= l.balance - %(cent)s
                                THEN p.last ELSE %(date_to)s END AS until
                      FROM account_move m
                      JOIN who w ON w.id = m.partner_id
                      JOIN account_move_line l ON l.move_id = m.id
                      JOIN account_account a ON a.id = l.account_id
                      LEFT JOIN (SELECT debit_move_id, sum(amount) AS paid, max(max_date) AS last
                                   FROM account_partial_reconcile
                                  WHERE max_date <= %(date_to)s
                                  GROUP BY debit_move_id) p ON p.debit_move_id = l.id
                     WHERE m.company_id = %(company)s AND m.state = 'posted'
                       AND m.move_type IN ('out_invoice', 'out_receipt')
                       AND a.account_type = 'asset_receivable' AND l.balance > 0
                       AND m.invoice_date <= %(date_to)s
                       AND l.date_maturity <= %(date_to)s) due
             WHERE until >= %(date_from)s OR due >= %(date_from)s
             GROUP BY customer
            """,
            company=window.company.id,
            date_from=window.date_from,
            date_to=window.date_to,
            cent=window.company.currency_id.rounding / 2,
        )
