from datetime import timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..core.figures import contribution_of

# The newest orders say what an hour earns; more of them hardly change it.
MOST_ORDERS = 2000
BATCH = 200
STEPS = {"week": relativedelta(weeks=1), "month": relativedelta(months=1)}


class SopProtectionDemand(models.AbstractModel):
    """Part of sop.protection: what customers of each tier asked for, and what an hour of it earns.

    The day of a line is the one for which the goods were wanted, less the delivery delay: agreed
    date, requested date, delivery date of the order, promised date, or else the day of the order.
    An order counts for the tier it was confirmed with; where that is unknown or archived, for the
    tier its customer has now.
    """

    _name = "sop.protection.demand"
    _description = "Demand behind a Protection Advice"

    # ------------------------------------------------------------------ the past
    def _get_buckets(self, today):
        """First days of the past weeks or months to learn from, and the day after the last one."""
        self.ensure_one()
        step = STEPS[self.bucket]
        stop = today.replace(day=1) if self.bucket == "month" else _monday(today)
        return [stop - step * number for number in range(self.history_count, 0, -1)], stop

    def _read_past(self, tiers, products, today):
        """Minutes per bucket that each tier asked for.

        What was before the first bucket with any demand is no history, so it is left out.

        :return: {tier id: [minutes per bucket]}, all equally long
        """
        buckets, stop = self._get_buckets(today)
        rows = self._get_sold(tiers, products, buckets[0], stop)
        if self.lost != "none":
            rows += self._get_asked(tiers, products, self._sql_lost(), buckets[0], stop)
        found = {tier.id: dict.fromkeys(buckets, 0.0) for tier in tiers}
        for tier, bucket, minutes in rows:
            found[tier][bucket] += minutes
        known = [day for day in buckets if any(past[day] for past in found.values())]
        used = [day for day in buckets if known and day >= known[0]]
        return {tier: [past[day] for day in used] for tier, past in found.items()}

    def _read_open(self, tiers, products, today, first, last):
        """{tier id: minutes} of orders and quotations that want their goods in a period.

        Quotations count with the probability of their opportunity, those without one with that of
        the advice; expired ones do not count.
        """
        self.ensure_one()
        stop = last + timedelta(days=1)
        rows = self._get_sold(tiers, products, first, stop)
        rows += self._get_asked(
            tiers,
            products,
            SQL(
                "o.state IN ('draft', 'sent') AND (o.validity_date IS NULL OR "
                "o.validity_date >= %s)",
                today,
            ),
            first,
            stop,
            SQL("COALESCE(lead.probability, %s) / 100.0", self.quotation_percent),
        )
        found = dict.fromkeys(tiers.ids, 0.0)
        for tier, _bucket, minutes in rows:
            found[tier] += minutes
        return found

    def _get_sold(self, tiers, products, first, stop):
        """[(tier id, bucket, minutes)] of confirmed orders, by the basis of the advice."""
        if self.basis == "made":
            return self._get_made(tiers, first, stop)
        return self._get_asked(tiers, products, SQL("o.state = 'sale'"), first, stop)

    # ------------------------------------------------------------------ statements
    def _get_asked(self, tiers, products, kind, first, stop, weight=None):
        """[(tier id, bucket, minutes)] that lines of orders would take by their bills.

        :param products: those that pass the work centre
        :param kind: SQL that says which orders ``o`` count
        :param weight: SQL: how much a line counts; 1 by default
        """
        if not products:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT tier, date_trunc(%(bucket)s, day)::date, product_id, product_uom_id,
                       house, quantity, sum(weight)
                  FROM (SELECT %(tier)s AS tier, %(day)s AS day, l.product_id, l.product_uom_id,
                               COALESCE(l.warehouse_id, o.warehouse_id) AS house,
                               l.product_uom_qty AS quantity, %(weight)s AS weight
                          FROM sale_order_line l
                               %(orders)s
                     LEFT JOIN crm_lead lead ON lead.id = o.opportunity_id
                         WHERE l.product_id = ANY(%(products)s) AND %(kind)s
                           AND o.company_id = %(company)s AND l.product_uom_qty > 0
                           AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE) asked
                 WHERE tier IS NOT NULL AND day >= %(first)s AND day < %(stop)s
              GROUP BY 1, 2, 3, 4, 5, 6
                """,
                bucket=self.bucket,
                tier=self._sql_tier(tiers),
                day=self._sql_day(),
                orders=self._sql_orders(),
                weight=weight or SQL("1"),
                products=products.ids,
                kind=kind,
                company=self.company_id.id,
                first=first,
                stop=stop,
            )
        )
        return self._weigh(rows)

    def _get_made(self, tiers, first, stop):
        """[(tier id, bucket, minutes)] of what was made to order: work orders and bookings."""
        return self.env.execute_query(
            SQL(
                """
                SELECT tier, date_trunc(%(bucket)s, day)::date, sum(minutes)
                  FROM (SELECT %(tier)s AS tier, %(day)s AS day, made.minutes
                          FROM (SELECT COALESCE(mo.sop_line_id, mo.sale_line_id) AS line,
                                       wo.duration_expected AS minutes
                                  FROM mrp_workorder wo
                                  JOIN mrp_production mo ON mo.id = wo.production_id
                                 WHERE wo.workcenter_id = %(workcenter)s
                                   AND wo.state <> 'cancel' AND mo.state NOT IN ('draft', 'cancel')
                             UNION ALL
                                SELECT order_line_id, minutes FROM sop_booking
                                 WHERE workcenter_id = %(workcenter)s AND production_id IS NULL
                                   AND state = 'booked') made
                          JOIN sale_order_line l ON l.id = made.line
                               %(orders)s
                         WHERE o.state = 'sale' AND o.company_id = %(company)s) asked
                 WHERE tier IS NOT NULL AND day >= %(first)s AND day < %(stop)s
              GROUP BY 1, 2
                """,
                bucket=self.bucket,
                tier=self._sql_tier(tiers),
                day=self._sql_day(),
                orders=self._sql_orders(),
                workcenter=self.workcenter_id.id,
                company=self.company_id.id,
                first=first,
                stop=stop,
            )
        )

    @api.model
    def _sql_orders(self):
        """Joins the order ``o`` of a line ``l`` and its customer ``c``."""
        return SQL(
            """
            JOIN sale_order o ON o.id = l.order_id
            JOIN res_partner p ON p.id = o.partner_id
            JOIN res_partner c ON c.id = p.commercial_partner_id
            """
        )

    def _sql_tier(self, tiers):
        """Tier of an order ``o``, else the one that its customer ``c`` has now, else none."""
        now = SQL("(c.sop_tier_id ->> %s)::int", str(self.company_id.id))
        return SQL(
            "CASE WHEN o.sop_tier_id = ANY(%(tiers)s) THEN o.sop_tier_id "
            "WHEN %(now)s = ANY(%(tiers)s) THEN %(now)s END",
            tiers=tiers.ids,
            now=now,
        )

    def _sql_day(self):
        """Day on which the goods of a line ``l`` of an order ``o`` should be made."""
        zone = self.env["sop.promise"]._get_zone(self.company_id)
        local = SQL("AT TIME ZONE 'UTC' AT TIME ZONE %s", zone)
        return SQL(
            "(COALESCE(l.sop_agreed_date, o.sop_requested_date, (o.commitment_date %(local)s)::date"
            ", l.sop_promised_date, (o.date_order %(local)s)::date) - %(delay)s)",
            local=local,
            delay=self.company_id.sop_delivery_days,
        )

    def _sql_lost(self):
        """Quotations that ended without an order; 'refused': a rule or exception held them."""
        lost = SQL("o.state = 'cancel' AND o.sop_cancelled IS NOT TRUE")
        if self.lost == "all":
            return lost
        return SQL(
            """%s AND (EXISTS (SELECT FROM sop_acceptance_log log
                                WHERE log.order_id = o.id AND log.fired
                                  AND log.result IN ('exception', 'refuse'))
                    OR EXISTS (SELECT FROM sop_exception e WHERE e.order_id = o.id))""",
            lost,
        )

    # ------------------------------------------------------------------ minutes by the bills
    def _get_products(self):
        """Products whose tree of bills passes the work centre at some level."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE made(template) AS (
                    SELECT bom.product_tmpl_id
                      FROM mrp_routing_workcenter operation
                      JOIN mrp_bom bom ON bom.id = operation.bom_id AND bom.active
                     WHERE operation.workcenter_id = %s AND operation.active
                     UNION
                    SELECT bom.product_tmpl_id
                      FROM made
                      JOIN product_product product ON product.product_tmpl_id = made.template
                      JOIN mrp_bom_line line ON line.product_id = product.id
                      JOIN mrp_bom bom ON bom.id = line.bom_id AND bom.active
                )
                SELECT product.id FROM made
                  JOIN product_product product ON product.product_tmpl_id = made.template
                """,
                self.workcenter_id.id,
            )
        )
        return self.env["product.product"].sudo().browse(row[0] for row in rows)

    def _weigh(self, rows):
        """[(tier id, bucket, minutes)] from rows with product, unit, warehouse, quantity, count."""
        product, unit = self.env["product.product"].sudo(), self.env["uom.uom"].sudo()
        products = product.browse({row[2] for row in rows})
        works = self._get_works(products, {row[4] for row in rows})
        found = []
        for tier, bucket, item, uom, house, quantity, count in rows:
            made, asked = product.browse(item).with_prefetch(products.ids), unit.browse(uom)
            if not asked._has_common_reference(made.uom_id):
                continue
            units = asked._compute_quantity(float(quantity), made.uom_id, round=False)
            minutes = works[house, made].minutes(units).get(self.workcenter_id.id, 0.0)
            found.append((tier, bucket, minutes * float(count)))
        return found

    def _get_works(self, products, houses):
        """{(warehouse id, product): core Work}; without a warehouse, that of the company."""
        company, warehouse = self.company_id.sudo(), self.env["stock.warehouse"].sudo()
        first = warehouse.search([("company_id", "=", company.id)], limit=1)
        pairs = {
            house: (company, (warehouse.browse(house or ()) or first).manu_type_id)
            for house in houses
        }
        facts = self.env["sop.verdict.facts"].sudo()
        return facts._get_works(company, pairs, products) if pairs else {}

    # ------------------------------------------------------------------ what an hour earns
    def _read_values(self, tiers, products, today):
        """Contribution per hour on this work centre, as the acceptance rules reckon it.

        :return: ({tier id: company currency per hour; None: unknown}, lines without a known cost)
        """
        totals = {tier.id: [0.0, 0.0] for tier in tiers}
        costless = 0
        for orders in self._get_value_orders(products, today):
            for tier, pairs in self._get_value_items(tiers, orders).items():
                money, hours, unknown = contribution_of(pairs, {self.workcenter_id.id})
                totals[tier][0] += money
                totals[tier][1] += hours
                costless += unknown
        values = {tier: money / hours if hours else None for tier, (money, hours) in totals.items()}
        return values, costless

    def _get_value_orders(self, products, today):
        """The newest confirmed orders of the window with goods for the work centre, in batches."""
        buckets, stop = self._get_buckets(today)
        orders = self.env["sale.order"].sudo()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id FROM sale_order_line l %(orders)s
                 WHERE l.product_id = ANY(%(products)s) AND o.state = 'sale'
                   AND o.company_id = %(company)s
                   AND %(day)s >= %(first)s AND %(day)s < %(stop)s
              GROUP BY o.id ORDER BY o.date_order DESC, o.id DESC LIMIT %(most)s
                """,
                orders=self._sql_orders(),
                products=products.ids,
                company=self.company_id.id,
                day=self._sql_day(),
                first=buckets[0],
                stop=stop,
                most=MOST_ORDERS,
            )
        )
        ids = iter([row[0] for row in rows])
        while part := list(islice(ids, BATCH)):
            yield orders.browse(part)

    def _get_value_items(self, tiers, orders):
        """{tier id: [(core Order, core Item)]} with prices, costs and work as of their day."""
        company = self.company_id.sudo()
        facts = self.env["sop.verdict.facts"].sudo().with_company(company)
        orders = orders.with_company(company).with_prefetch()
        orders.order_line.tax_ids.mapped("active")  # all at once, not order by order
        rate = facts._get_rates(orders.currency_id, company)
        book = facts._collect(company, orders, {}, {"contribution_hour"}, rate, recorded=True)
        found = {tier.id: [] for tier in tiers}
        for order, core in book.orders.items():
            tier = order.sop_tier_id if order.sop_tier_id in tiers else order._sop_customer_tier()
            if tier.id in found:
                found[tier.id] += [(core, item) for item in core.items]
        return found

    def _get_today(self):
        """Today where the company counts its days."""
        promise = self.env["sop.promise"]
        zone = ZoneInfo(promise._get_zone(self.company_id))
        return promise._get_now().replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()


def _monday(day):
    return day - timedelta(days=day.weekday())
