import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, is_html_empty

from .wording import say_day

_logger = logging.getLogger(__name__)

BATCH = 500
NEVER = 10**4


class SopRiskWatch(models.AbstractModel):
    """Part of sop.promise.risk: the job that compares promises with what is planned today."""

    _name = "sop.risk.watch"
    _description = "Watching Promises"

    _activity = "sop_bridge.mail_activity_type_risk"

    # ------------------------------------------------------------------ the job
    @api.model
    def _cron_watch(self):
        """Look at every open promise, list what broke, close what is mended, tell once.

        Each batch is committed; running twice finds nothing new the second time.
        """
        last = 0
        while lines := self._get_open_lines(last):
            last = lines[-1].id
            for company, mine in lines.grouped("company_id").items():
                self._watch_apart(company, mine)
            if not self.env["ir.cron"]._commit_progress(len(lines), remaining=0):
                return
        self._close_ended()
        self._tell()
        self.env["ir.cron"]._commit_progress(1, remaining=0)

    @api.model
    def _get_open_lines(self, last):
        """The next promised lines, by id, whose delivery is not over."""
        rows = self.env.execute_query(
            SQL("%s AND id > %s ORDER BY id LIMIT %s", self._get_open_query(), last, BATCH)
        )
        return self.env["sale.order.line"].sudo().browse([row[0] for row in rows])

    @api.model
    def _get_open_query(self):
        """SQL: ids of promised lines that lack goods which are still to be delivered.

        Nothing is to come where a part was delivered and the rest given up, or sent back.
        """
        self.env["sale.order.line"].flush_model(
            ["sop_promised_date", "state", "qty_delivered", "product_uom_qty", "product_id"]
        )
        self.env["stock.move"].flush_model(["sale_line_id", "state"])
        return SQL(
            """
            SELECT id FROM sale_order_line line
             WHERE state = 'sale' AND sop_promised_date IS NOT NULL
               AND COALESCE(qty_delivered, 0) < product_uom_qty
               AND (EXISTS (SELECT FROM stock_move WHERE sale_line_id = line.id
                               AND state NOT IN ('done', 'cancel'))
                    OR NOT EXISTS (SELECT FROM stock_move WHERE sale_line_id = line.id
                                      AND state = 'done'))
            """
        )

    @api.model
    def _watch_apart(self, company, lines):
        """Watch lines of one company; one that cannot be read stops no other.

        Halves are tried until the line that fails stands alone: it is logged and left out.
        """
        try:
            with self.env.cr.savepoint():
                self._watch(company, lines)
        except Exception:
            if len(lines) == 1:
                _logger.exception("The promise of order line %s is not watched.", lines.id)
                return
            half = len(lines) // 2
            self._watch_apart(company, lines[:half])
            self._watch_apart(company, lines[half:])

    @api.model
    def _watch(self, company, lines):
        """Bring the list up to date for promised lines of one company."""
        facts = self._collect(company, lines)
        known = self.sudo().search([("order_line_id", "in", lines.ids), ("state", "=", "open")])
        known = known.grouped("order_line_id")
        new = []
        for line in lines:
            found, risk = self._judge(facts, line), known.get(line)
            if not found and risk:
                risk._resolve()
            elif found and not risk:
                new.append(dict(found, order_line_id=line.id))
            elif found and any(risk._differs(found)):
                risk._update(dict(found, told=False))
        self.sudo()._store(new)

    def _differs(self, found):
        """Whether each of the values that people read is another one."""
        self.ensure_one()
        yield self.cause != found["cause"]
        yield self.expected_date != found["expected_date"]
        yield self.promised_date != found["promised_date"]

    def _resolve(self):
        self._update({"state": "resolved", "resolved": fields.Datetime.now()})

    @api.model
    def _close_ended(self):
        """Close what was delivered, given up or cancelled."""
        opened = self.sudo().search([("state", "=", "open")])
        lines = opened.order_line_id.ids
        rows = self.env.execute_query(SQL("%s AND id = ANY(%s)", self._get_open_query(), lines))
        waiting = {row[0] for row in rows}
        opened.filtered(lambda risk: risk.order_line_id.id not in waiting)._resolve()

    # ------------------------------------------------------------------ judging
    @api.model
    def _judge(self, facts, line):
        """Values of the risk of a line, None where its promise stands."""
        promised = line.sop_promised_date
        problems = [*self._get_problems(facts, line)]
        if not problems and promised < facts.today:
            problems = [((facts.today - promised).days, "overdue", {}, False)]
        if not problems:
            return None
        days, cause, details, production = max(problems, key=lambda problem: problem[0])
        expected = None if days >= NEVER else max(promised + timedelta(days=days), facts.today)
        return {
            "promised_date": promised,
            "expected_date": expected,
            "days_late": (expected - promised).days if expected else 0,
            "cause": cause,
            "details": details,
            "production_id": production,
        }

    @api.model
    def _get_problems(self, facts, line):
        """(days late, cause, details, order id) of whatever makes a line late."""
        made = self._get_finishes(facts, line)
        for product, warehouse, day, quantity, reserved in facts.leaving.get(line.id, ()):
            if reserved:
                continue
            asked = max(facts.due(day), facts.today)
            there = facts.covered(warehouse, product, asked)
            orders = [row for row in facts.making.get(line.id, ()) if row[1] == product]
            for row in orders:
                finish, part = made.get(row[0], (None, None))
                late = NEVER if finish == NEVER else finish and (facts.arrival(finish) - day).days
                if late and late > 0:
                    yield (late, *(part or self._name_order(row)), row[0])
            own = sum(row[-1] for row in orders if row[3] != "cancel")
            if own < quantity - 1e-6 and (there is None or there > asked):
                late = NEVER if there is None else (facts.arrival(there) - day).days
                yield (late, *self._name_product(orders, product, there), self._get_first(orders))

    @api.model
    def _get_first(self, orders):
        return orders[0][0] if orders else False

    @api.model
    def _name_order(self, row):
        """(cause, details) of an order that ends late by itself."""
        _order, _product, name, _state, _start, finish, work, place, overdue, _quantity = row
        details = {"name": f"{name}: {work}" if work else name, "workcenter": place or ""}
        details["day"] = fields.Date.to_string(finish)
        return ("machine" if overdue else "workorder"), details

    @api.model
    def _name_product(self, orders, product, day):
        """(cause, details) of goods that are not there."""
        opened = [row for row in orders if row[3] != "cancel"]
        if opened:
            return self._name_order(opened[0])
        if orders:
            return "cancelled", {"name": orders[-1][2]}
        name = self.env["product.product"].browse(product).display_name
        return "stock", {"name": name, "day": fields.Date.to_string(day) if day else False}

    @api.model
    def _get_finishes(self, facts, line):
        """{order id: (day on which it ends, (cause, details) of a component that delays it)}"""
        rows = [row for row in facts.making.get(line.id, ()) if row[3] != "cancel"]
        ends, found = {}, {}
        for _round in range(2):  # what is made for an order may come after it in the list
            for order, product, *_names, planned, _work, _place, overdue, _quantity in rows:
                finish = max(planned or facts.today, facts.today) if overdue or planned else None
                delay, part = self._get_delay(facts, order, ends)
                if delay == NEVER:
                    found[order] = ends[product] = NEVER, part
                elif finish:
                    found[order] = finish + timedelta(days=delay), part
                    ends[product] = found[order]
        return found

    @api.model
    def _get_delay(self, facts, order, ends):
        """(days, (cause, details)) by which the slowest component of an order comes too late."""
        worst, part = 0, None
        for product, warehouse, day in facts.needing.get(order, ()):
            asked = max(day, facts.today)
            there = facts.covered(warehouse, product, asked)
            end = ends.get(product, (None, None))[0]
            if there is None or end == NEVER:
                delay, there = NEVER, None
            else:
                there = max(there, end or there)
                delay = (there - asked).days
            if delay > worst:
                name = self.env["product.product"].browse(product).display_name
                worst = delay
                told = fields.Date.to_string(there) if there else False
                part = "component", {"name": name, "day": told}
        return worst, part

    # ------------------------------------------------------------------ telling
    @api.model
    def _tell(self):
        """One activity per person, company and day with everything that is new.

        What one person cannot be told, the others are; the next run tries again what nobody was
        told.
        """
        news = self.sudo().search([("state", "=", "open"), ("told", "=", False)])
        told = failed = news.browse()
        for (user, _company), risks in self._get_readers(news).items():
            try:
                with self.env.cr.savepoint():
                    risks._tell_person(user)
                told |= risks
            except Exception:
                _logger.exception("User %s is not told of promises at risk.", user.id)
                failed |= risks
        (news - (failed - told))._update({"told": True})

    @api.model
    def _get_readers(self, news):
        """{(user, company): risks} of who is told of what."""
        readers = {}
        for risk in news:
            planner = risk.production_id.user_id or risk.company_id.sop_risk_user_id
            for user in risk.user_id | planner:
                key = user, risk.company_id
                readers[key] = readers.get(key, self.browse()) | risk
        return readers

    def _tell_person(self, user):
        """Add these risks, of one company, to today's activity of a person."""
        records = self.with_context(lang=user.lang or self.env.lang)
        note = Markup("<br/>").join(
            f"{risk.order_id.name}, {risk.product_id.display_name}: {risk.reason}"
            for risk in records
        )
        today = fields.Date.context_today(self)
        activity = records._get_activity(user, today)
        if activity:
            before = [] if is_html_empty(activity.note) else [activity.note]
            activity.note = Markup("<br/>").join([*before, note])
            return
        records[0].activity_schedule(
            self._activity,
            today,
            summary=records.env._("Promises at risk, %s", say_day(records.env, today)),
            note=note,
            user_id=user.id,
        )

    def _get_activity(self, user, day):
        """Activity of a day that tells a person of risks in the company of these."""
        # an administrator may delete our type; Odoo then schedules its plain one
        kind = self.env.ref(self._activity, raise_if_not_found=False)
        kind = kind or self._default_activity_type()
        found = self.env["mail.activity"].search(
            [
                ("user_id", "=", user.id),
                ("date_deadline", "=", day),
                ("activity_type_id", "=", kind.id),
                ("res_model", "=", "sop.promise.risk"),
                ("automated", "=", True),
            ]
        )
        risks = self.browse(found.mapped("res_id")).exists()
        mine = risks.filtered(lambda risk: risk.company_id == self.company_id).ids
        return found.filtered(lambda activity: activity.res_id in mine)[:1]
