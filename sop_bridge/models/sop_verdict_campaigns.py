from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

from ..core.figures import Campaigns

# The longest period of a family, and the campaign before it, from which is changed over.
LOOK_BACK = timedelta(days=62)
# what is measured of changeovers
CHANGEOVERS = {"changeover_share", "changeover_minutes"}
# the order line that a manufacturing order is made for
MADE_FOR = SQL("COALESCE(mo.sop_line_id, mo.sale_line_id)")


@dataclass(frozen=True)
class Window:
    """From ``start`` on, and before ``stop``, all runs are read; from ``since`` on the last one."""

    since: date
    start: date
    stop: date


class SopVerdictCampaigns(models.AbstractModel):
    """Part of sop.verdict.facts: campaigns that a line could join or has to be changed to."""

    _name = "sop.verdict.campaigns"
    _description = "Campaigns behind Acceptance Rules"

    @api.model
    def _collect_campaigns(self, book):
        """Give every core Order the campaigns it competes with, its own goods left out."""
        items = [item for order in book.orders.values() for item in order.items]
        families = self.env["sop.family"].sudo().browse({item.family for item in items} - {None})
        periods = {family.id: family.period for family in families}
        window = self._get_window(book, Campaigns(periods=periods))
        planned = self._get_planned(book, families, window)
        matrix, runs = self._get_runs(book, families, window)
        for order, core in book.orders.items():
            past = book.is_past(order)
            campaigns = Campaigns(
                self._without(planned, order, past, book.today),
                periods,
                matrix,
                self._without(runs, order, past, book.today),
                book.bottlenecks,
            )
            book.orders[order] = replace(core, campaigns=campaigns)

    @api.model
    def _get_window(self, book, campaigns):
        """Window of moments (UTC) in which campaigns count.

        All of the future where other days may be tried; else the periods of the items, and a day on
        each side for the time zones. What is overdue counts today.
        """
        periods = [
            campaigns.period(item.family, order.day(item))
            for order in book.orders.values()
            for item in order.items
        ]
        first = min((period[0] for period in periods), default=book.today)
        last = max((period[1] for period in periods), default=book.today)
        since = first - LOOK_BACK
        if book.ahead or book.recorded or len(book.orders) > 1:
            return Window(since, since, date.max)
        start = since if first <= book.today else first - timedelta(days=1)
        return Window(since, start, last + timedelta(days=2))

    @api.model
    def _without(self, rows, order, past, today):
        """{key: ((day, value), …)} in the order of time, without what is made for an order.

        What is open but overdue counts today. A confirmed order is judged with what was done in its
        period, too.
        """
        own = set(order.order_line._origin.ids)
        found = {}
        for key, values in rows.items():
            kept = sorted(
                (day if past or done else max(day, today), moment, value)
                for day, moment, value, done, owner in values
                if (past or not done) and owner not in own
            )
            found[key] = tuple((day, value) for day, _moment, value in kept)
        return found

    @api.model
    def _get_planned(self, book, families, window):
        """{family id: [(day, 0, quantity in the family's unit, done, line id)]}"""
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
                 WHERE template.sop_family_id = ANY(%(families)s) AND mo.company_id = %(company)s
                   AND mo.state = ANY(%(states)s)
                   AND COALESCE(mo.date_finished, mo.date_start) >= %(start)s
                   AND COALESCE(mo.date_finished, mo.date_start) < %(stop)s
              GROUP BY 1, 2, 3, 4, 5
                """,
                day=self._get_local_day(book, SQL("COALESCE(mo.date_finished, mo.date_start)")),
                own=self._get_own(book),
                families=families.ids,
                company=book.company.id,
                states=self._get_states(book),
                start=window.start,
                stop=window.stop,
            )
        )
        units = self.env["uom.uom"].sudo().browse({row[1] for row in rows}).grouped("id")
        found = defaultdict(list)
        for family, unit, done, day, own, quantity in rows:
            counted = families.browse(family).uom_id
            amount = units[unit]._compute_quantity(quantity, counted or units[unit], round=False)
            found[family].append((day, 0, amount, done, own))
        return found

    @api.model
    def _get_runs(self, book, families, window):
        """Matrix of changeovers, and what runs on the work centres that need them.

        :return: (matrix, {work centre id: [(day, moment, family id, done, line id)]})
        """
        if not (book.measures & CHANGEOVERS) or not families:
            return {}, {}
        workcenters = self.env["mrp.workcenter"].sudo().browse(sorted(book.workcenters))
        matrix = self.env["sop.changeover"]._get_matrix(workcenters)
        places = [place for place, changes in matrix.items() if changes]
        if not places:
            return matrix, {}
        self._flush_campaigns()
        found = defaultdict(list)
        for place, *run in self.env.execute_query(self._get_runs_query(book, places, window)):
            found[place].append(run)
        return matrix, found

    @api.model
    def _get_runs_query(self, book, places, window):
        """SQL: the runs in a window, and the last one before it on each work centre."""
        run = SQL(
            """
              FROM mrp_workorder wo
              JOIN mrp_production mo ON mo.id = wo.production_id
              JOIN product_product product ON product.id = mo.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE wo.state <> 'cancel' AND mo.state = ANY(%(states)s)
               AND template.sop_family_id IS NOT NULL
            """,
            states=[*self._get_states(book), "done"],
        )
        return SQL(
            """
            SELECT wo.workcenter_id, %(day)s AS day, MAX(wo.date_start), template.sop_family_id,
                   wo.state = 'done' AS done, %(own)s AS own
                   %(run)s AND wo.workcenter_id = ANY(%(places)s)
               AND wo.date_start >= %(start)s AND wo.date_start < %(stop)s
          GROUP BY 1, 2, 4, 5, 6
             UNION ALL
            SELECT last.* FROM unnest(%(places)s) place(id) CROSS JOIN LATERAL (
                SELECT wo.workcenter_id, %(day)s, wo.date_start, template.sop_family_id, false,
                       NULL::integer
                       %(run)s AND wo.workcenter_id = place.id AND wo.state <> 'done'
                   AND wo.date_start >= %(since)s AND wo.date_start < %(start)s
                   AND (%(line)s IS NULL OR %(line)s <> ALL(%(lines)s::int[]))
              ORDER BY wo.date_start DESC LIMIT 1) last
            """,
            day=self._get_local_day(book, SQL("wo.date_start")),
            own=self._get_own(book),
            line=MADE_FOR,
            lines=self._get_line_ids(book),
            run=run,
            places=places,
            since=window.since,
            start=window.start,
            stop=window.stop,
        )

    @api.model
    def _get_states(self, book):
        """States of manufacturing orders that count: done ones only for orders of the past."""
        past = any(book.is_past(order) for order in book.orders)
        return ["confirmed", "progress", "to_close", *(["done"] if past else [])]

    @api.model
    def _get_own(self, book):
        """SQL: the line that a manufacturing order is made for, if its order is judged."""
        lines = self._get_line_ids(book)
        return SQL("CASE WHEN %s = ANY(%s::int[]) THEN %s END", MADE_FOR, lines, MADE_FOR)

    @api.model
    def _get_line_ids(self, book):
        return [line for order in book.orders for line in order.order_line._origin.ids]

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
