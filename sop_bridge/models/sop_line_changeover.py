from odoo import api, fields, models
from odoo.tools import format_amount, format_date


class SopLineChangeover(models.AbstractModel):
    """What an order line means for the campaigns: which one it joins, or what it changes over."""

    _name = "sop.line.changeover"
    _description = "Changeovers of Order Lines"

    sop_promise_changeover = fields.Char(
        "Campaign",
        compute="_compute_sop_promise_changeover",
        help="The campaign that the line joins, or the changeover that it causes. Sought when "
        "somebody looks, not with each promise.",
    )

    @api.depends("sop_promise_date", "sop_promise_state")
    @api.depends_context("lang")
    def _compute_sop_promise_changeover(self):
        self.sop_promise_changeover = False
        for lines in self.grouped("order_id").values():
            order = lines.order_id
            if order.state in ("draft", "sent") and order.company_id.sop_gate != "off":
                for line, text in lines._sop_say_changeovers().items():
                    line.sop_promise_changeover = text

    def _sop_say_changeovers(self):
        """{line: text} of the lines of one quotation that have something to be made."""
        order = self.order_id
        promises = order._sop_promises()
        company = order.company_id.sudo()
        facts = self.env["sop.verdict.facts"].sudo().with_company(company)
        # lines as the facts know them; what is asked of the plant is the same
        known = {
            line.sudo().with_company(company): promise
            for line, promise in promises.items()
            if promise.loads
        }
        if not known:
            return {}
        book = facts._collect(
            company,
            order.sudo().with_company(company),
            known,
            {"changeover_minutes"},
            lambda *_currency_and_day: 1.0,
        )
        self._sop_add_workcenters(facts, book, known)
        families = self._sop_get_families(known.values())
        said, seen = {}, {}
        for line, promise in known.items():
            campaigns = book.orders[line.order_id].campaigns
            runs = self._sop_get_first_days(families, promise)
            texts = self._sop_get_texts(company, campaigns, line, runs, seen)
            if texts:
                said[line] = " ".join(texts)
        return {line: said[line.sudo()] for line in self if line.sudo() in said}

    @api.model
    def _sop_add_workcenters(self, facts, book, promises):
        """Read the runs of work centres that were chosen instead of those of the bill, too."""
        chosen = {load.workcenter for promise in promises.values() for load in promise.loads}
        if not chosen <= book.workcenters:
            book.workcenters |= chosen
            facts._collect_campaigns(book)

    @api.model
    def _sop_get_families(self, promises):
        """{operation id: family of what it makes}"""
        ids = {load.operation for promise in promises for load in promise.loads} - {None}
        operations = self.env["mrp.routing.workcenter"].sudo().browse(sorted(ids)).exists()
        return {one.id: one.bom_id.product_tmpl_id.sop_family_id for one in operations}

    @api.model
    def _sop_get_texts(self, company, campaigns, line, runs, seen):
        """Sentences about the work centres of one line.

        :param runs: {(work centre, family): first day}
        :param seen: {(work centre, family, first day of its period): line} of the lines before;
            changed
        """
        texts = []
        for key, day in runs.items():
            workcenter, family = key
            if not campaigns.matrix.get(workcenter.id):
                continue
            run = (*key, campaigns.period(family.id, day)[0])
            entry = campaigns.entry(workcenter.id, family.id, day)
            text = self._sop_say_entry(company, workcenter, family, entry, seen.get(run))
            seen[run] = line
            if text:
                texts.append(text)
        return texts

    @api.model
    def _sop_get_first_days(self, families, promise):
        """{(work centre, family): first day} of what is made for a line, in the order of days."""
        found = {}
        for load in sorted(promise.loads, key=lambda load: load.day):
            family = families.get(load.operation)
            workcenter = self.env["mrp.workcenter"].sudo().browse(load.workcenter)
            if family:
                found.setdefault((workcenter, family), load.day)
        return found

    @api.model
    def _sop_say_entry(self, company, workcenter, family, entry, other):
        """Sentence about one work centre, '' where nothing is changed over and nothing joined.

        :param other: a line of the same quotation that starts the campaign, if any
        """
        values = {"family": family.name, "workcenter": workcenter.name}
        if entry.joins:
            period = self._sop_say_period(family, entry.joins)
            return self.env._(
                "Joins the campaign of %(family)s on %(workcenter)s in %(period)s: no changeover.",
                period=period,
                **values,
            )
        if other:
            return self.env._(
                "Runs with another line of this quotation on %(workcenter)s: no further "
                "changeover.",
                **values,
            )
        if not entry.minutes and not entry.cost:
            return ""
        values["minutes"] = round(entry.minutes)
        values["before"] = self.env["sop.family"].sudo().browse(entry.before or ()).name
        if entry.cost:
            values["cost"] = format_amount(self.env, entry.cost, company.currency_id)
        return self._sop_say_change(values)

    @api.model
    def _sop_say_change(self, values):
        if values["before"] and "cost" in values:
            return self.env._(
                "Causes a changeover of %(minutes)s minutes and %(cost)s (%(before)s → "
                "%(family)s) on %(workcenter)s.",
                **values,
            )
        if values["before"]:
            return self.env._(
                "Causes a changeover of %(minutes)s minutes (%(before)s → %(family)s) on "
                "%(workcenter)s.",
                **values,
            )
        return self.env._(
            "Causes a changeover of %(minutes)s minutes to %(family)s on %(workcenter)s.", **values
        )

    @api.model
    def _sop_say_period(self, family, day):
        """'week 12', or the name of the month, as the family counts its campaigns."""
        if family.period == "month":
            return format_date(self.env, day, date_format="MMMM")
        return self.env._("week %s", day.isocalendar().week)
