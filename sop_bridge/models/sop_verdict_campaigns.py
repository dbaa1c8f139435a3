from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..core.figures import Campaigns

# The longest period of a family, and the campaign before it, from which is changed over.
LOOK_BACK = timedelta(days=62)


class SopVerdictCampaigns(models.AbstractModel):
    """Part of sop.verdict.facts: campaigns that a line could join or has to be changed to."""

    _name = "sop.verdict.campaigns"
    _description = "Campaigns behind Acceptance Rules"

    @api.model
    def _collect_campaigns(self, book):
        """Give every core Order the campaigns it competes with, its own goods left out."""
        items = [item for order in book.orders.values() for item in order.items]
        families = self.env["sop.family"].sudo().browse({item.family for item in items} - {None})
        days = [order.day(item) for order in book.orders.values() for item in order.items]
        since = min(days, default=book.today) - LOOK_BACK
        planned = self._get_planned(book, families, since)
        matrix, runs = self._get_runs(book, families, since)
        periods = {family.id: family.period for family in families}
        for order, core in book.orders.items():
            past = order.state == "sale"
            campaigns = Campaigns(
                self._without(planned, order, past, book.today),
                periods,
                matrix,
                self._without(runs, order, past, book.today),
                book.bottlenecks,
            )
            book.orders[order] = replace(core, campaigns=campaigns)

    @api.model
    def _without(self, rows, order, past, today):
        """{key: ((day, value), …)} in the order of days, without what is made for an order.

        What is open but overdue counts today. A confirmed order is judged with what was done in its
        period, too.
        """
        own = order._origin.id
        found = {}
        for key, values in rows.items():
            found[key] = tuple(
                sorted(
                    (day if past or done else max(day, today), value)
                    for day, value, done, owner in values
                    if (past or not done) and (not owner or owner != own)
                )
            )
        return found

    @api.model
    def _get_planned(self, book, families, since):
        """{family id: [(day, quantity in the family's unit, done, order id)]}"""
        if "campaign_quantity" not in book.measures or not families:
            return {}
        self._flush_campaigns()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT template.sop_family_id, template.uom_id, mo.state = 'done' AS done,
                       %(day)s AS day, %(own)s AS own, SUM(mo.product_uom_qty)
                  FROM mrp_production mo
                  JOIN product_product product ON product.id = mo.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN sale_order_line line ON line.id = COALESCE(mo.sop_line_id, mo.sale_line_id)
                 WHERE template.sop_family_id = ANY(%(families)s) AND mo.company_id = %(company)s
                   AND mo.state = ANY(%(states)s)
                   AND COALESCE(mo.date_finished, mo.date_start) >= %(since)s
              GROUP BY 1, 2, 3, 4, 5
                """,
                day=self._get_local_day(book, SQL("COALESCE(mo.date_finished, mo.date_start)")),
                own=self._get_own(book),
                families=families.ids,
                company=book.company.id,
                states=self._get_states(book),
                since=since,
            )
        )
        units = self.env["uom.uom"].sudo().browse({row[1] for row in rows}).grouped("id")
        found = defaultdict(list)
        for family, unit, done, day, own, quantity in rows:
            counted = families.browse(family).uom_id
            amount = units[unit]._compute_quantity(quantity, counted or units[unit], round=False)
            found[family].append((day, amount, done, own))
        return found

    @api.model
    def _get_runs(self, book, families, since):
        """Matrix of changeovers, and {work centre id: [(day, family id, done, order id)]}."""
        if "changeover_share" not in book.measures or not families:
            return {}, {}
        workcenters = self.env["mrp.workcenter"].sudo().browse(sorted(book.workcenters))
        self._flush_campaigns()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT wo.workcenter_id, %(day)s AS day, template.sop_family_id,
                       wo.state = 'done' AS done, %(own)s AS own
                  FROM mrp_workorder wo
                  JOIN mrp_production mo ON mo.id = wo.production_id
                  JOIN product_product product ON product.id = mo.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN sale_order_line line ON line.id = COALESCE(mo.sop_line_id, mo.sale_line_id)
                 WHERE wo.workcenter_id = ANY(%(workcenters)s) AND wo.state <> 'cancel'
                   AND mo.state = ANY(%(states)s) AND wo.date_start >= %(since)s
                   AND template.sop_family_id IS NOT NULL
              GROUP BY 1, 2, 3, 4, 5
                """,
                day=self._get_local_day(book, SQL("wo.date_start")),
                own=self._get_own(book),
                workcenters=workcenters.ids,
                states=[*self._get_states(book), "done"],
                since=since,
            )
        )
        found = defaultdict(list)
        for workcenter, day, family, done, own in rows:
            found[workcenter].append((day, family, done, own))
        return self.env["sop.changeover"]._get_matrix(workcenters), found

    @api.model
    def _get_states(self, book):
        """States of manufacturing orders that count: done ones only for orders of the past."""
        past = any(order.state == "sale" for order in book.orders)
        return ["confirmed", "progress", "to_close", *(["done"] if past else [])]

    @api.model
    def _get_own(self, book):
        """SQL: the order a manufacturing order is made for, if it is one of those judged."""
        orders = [order._origin.id for order in book.orders if order._origin.id]
        return SQL("CASE WHEN line.order_id = ANY(%s) THEN line.order_id END", orders)

    @api.model
    def _get_local_day(self, book, moment):
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, book.zone)

    @api.model
    def _flush_campaigns(self):
        """Let SQL see what is still waiting to be written."""
        self.env["mrp.production"].flush_model(
            ["state", "date_start", "date_finished", "product_uom_qty", "sop_line_id"]
        )
        self.env["mrp.workorder"].flush_model(["workcenter_id", "state", "date_start"])
        self.env["product.template"].flush_model(["sop_family_id", "uom_id"])
