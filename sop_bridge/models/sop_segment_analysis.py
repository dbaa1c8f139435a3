from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

# runs that can be chosen, latest first
RUNS = 60


class SopSegmentAnalysis(models.AbstractModel):
    """What the page "Segments" shows: shares of the tiers, whale curve, moves between two runs."""

    _name = "sop.segment.analysis"
    _description = "Segments of all Customers"
    _inherit = ["sop.segment"]

    @api.model
    @api.readonly
    def get_content(self, run_id=False, before_id=False):
        """Content of the page for a run of the current company, compared with an earlier one.

        :param run_id: the latest run by default; ``before_id``: the one before it by default
        :return: {'company', 'runs', 'run', 'before' (ids or False), 'tiers', 'whale', 'migration'}
        :raise AccessError: for who may not read scores
        """
        self.env["sop.score"].check_access("read")
        runs = self._runs()
        run = runs.filtered(lambda r: r.id == run_id) or runs.filtered("is_last") or runs[:1]
        before = self._earlier(runs, run, before_id)
        content = {
            "company": self.env.company.name,
            "runs": [{"id": each.id, "name": self._name_run(each)} for each in runs],
            "run": run.id,
            "before": before.id,
            "has_card": bool(self.env["sop.scorecard"]._get_active(self.env.company)),
            "sees_all": self._sees_all(),
        }
        if run:
            content |= {
                "tiers": self._tiers(run),
                "whale": self._curve(run),
                "migration": self._migration(before, run) if before else False,
            }
        return content

    @api.model
    def _sees_all(self):
        """Whether the user sees the scores of all customers, as of all quotations."""
        groups = ("sales_team.group_sale_salesman_all_leads", "mrp.group_mrp_user")
        return any(self.env.user.has_group(group) for group in groups)

    @api.model
    def _sql_seen(self, run, *columns):
        """Columns of those scores of a run that the user may see."""
        query = self.env["sop.score"]._search([("run_id", "=", run.id)])
        return query.select(*(SQL.identifier("sop_score", column) for column in columns))

    @api.model
    def _runs(self):
        """Runs of the current company that have scores, latest first."""
        domain = [("company_id", "=", self.env.company.id), ("state", "in", ("applying", "done"))]
        return self.env["sop.score.run"].search(domain, limit=RUNS)

    @api.model
    def _earlier(self, runs, run, before_id):
        """The run to compare with: the chosen one, else the one before."""
        earlier = runs.filtered(lambda r: (r.date, r.id) < (run.date, run.id)) if run else runs
        chosen = earlier.filtered(lambda r: r.id == before_id)
        return chosen or earlier.filtered(lambda r: r.date < run.date)[:1]

    @api.model
    def _name_run(self, run):
        """Day of the run, and the scorecard it used."""
        return f"{format_date(self.env, run.date)} – {run.sudo().scorecard_id.display_name}"

    # ------------------------------------------------------------------ tiers
    @api.model
    def _tiers(self, run):
        """Customers, sales and contribution of each tier with their shares of the total."""
        groups = self.env["sop.score"]._read_group(
            [("run_id", "=", run.id)],
            ["tier_after_id"],
            ["__count", "net_sales:sum", "contribution:sum"],
        )
        groups.sort(key=lambda group: (group[0].sudo().rank, group[0].id))
        totals = [sum(group[place] for group in groups) for place in (1, 2, 3)]
        currency = run.sudo().company_id.currency_id
        return [
            {
                **self._show_tier(tier),
                "customers": count,
                "columns": [
                    self._share("customers", count, totals[0], self._say_number(count, 0)),
                    self._share("sales", sales, totals[1], self._say_money(sales, currency)),
                    self._share("contribution", left, totals[2], self._say_money(left, currency)),
                ],
            }
            for tier, count, sales, left in groups
        ]

    @api.model
    def _share(self, key, part, total, text):
        """A part of a total; the share is False where the total is not positive."""
        share = 100 * part / total if total > 0 else False
        label = self.env._("n/a") if share is False else self._say_figure("percent", share, None)
        return {"key": key, "text": text, "share": share, "label": label}

    # ------------------------------------------------------------------ whale curve
    @api.model
    def _curve(self, run):
        """Points of the whale curve, with the names of those customers whose scores are seen."""
        points = self._whale_points(run)
        shown = [partner for _x, _y, partner in points]
        domain = [("run_id", "=", run.id), ("partner_id", "in", shown)]
        partners = self.env["sop.score"].search(domain).sudo().partner_id
        names = dict(zip(partners.ids, partners.mapped("display_name"), strict=True))
        return {
            "defined": bool(points),
            "total": run.total,
            "points": [
                {"x": x, "y": 100 * y, "name": names.get(partner, "")} for x, y, partner in points
            ],
        }

    @api.model
    @api.readonly
    def open_best(self, run_id, rank):
        """Open the customers of a run down to a place on the whale curve. Returns an action."""
        run = self._get_run(run_id)
        domain = [("run_id", "=", run.id), ("whale_rank", "<=", int(rank))]
        name = self.env._("The best %s customers by contribution", int(rank))
        return self._open_scores(name, domain)

    @api.model
    @api.readonly
    def open_tier(self, run_id, tier_id):
        """Open the customers of a tier after a run. Returns an action."""
        run = self._get_run(run_id)
        tier = self.env["sop.tier"].browse(int(tier_id))
        domain = [("run_id", "=", run.id), ("tier_after_id", "=", tier.id)]
        return self._open_scores(tier.sudo().name, domain)

    @api.model
    def _get_run(self, run_id):
        """A run that the user may see.

        :raise AccessError: for other companies' runs; ``UserError`` if there is none
        """
        self.env["sop.score"].check_access("read")
        run = self.env["sop.score.run"].browse(int(run_id)).exists()
        if not run:
            raise UserError(self.env._("This scoring run does not exist. Reload the page."))
        run.check_access("read")
        return run

    @api.model
    def _open_scores(self, name, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_score")
        return dict(action, name=name, display_name=name, domain=domain, context={}, path=False)

    # ------------------------------------------------------------------ migration
    @api.model
    def _migration(self, before, run):
        """Matrix of the moves: tiers of the earlier run in rows, of the later one in columns.

        A row or column without a tier (id False) has the customers that are in one run only.
        """
        counts = self._count_moves(before, run)
        rows = self._axis({source for source, _target in counts}, self.env._("Not scored before"))
        columns = self._axis({target for _source, target in counts}, self.env._("No longer scored"))
        cells = [[counts.get((row["id"], column["id"]), 0) for column in columns] for row in rows]
        total = sum(counts.values())
        same = sum(count for (source, target), count in counts.items() if source == target)
        return {
            "rows": rows,
            "columns": columns,
            "cells": cells,
            "totals": [sum(row) for row in cells],
            "column_totals": [sum(column) for column in zip(*cells, strict=True)],
            "total": total,
            "stay": self._say_figure("percent", 100 * same / total, None) if total else "",
        }

    @api.model
    def _axis(self, tier_ids, nobody):
        """Tiers by rank, best first; then those without one, if there are any."""
        tiers = self.env["sop.tier"].sudo().browse(tier for tier in tier_ids if tier)
        axis = [
            {**self._show_tier(tier), "rank": tier.rank}
            for tier in tiers.sorted(lambda t: (t.rank, t.id))
        ]
        last = [{"id": False, "name": nobody, "color": 0, "rank": 0}] if False in tier_ids else []
        return axis + last

    @api.model
    def _count_moves(self, before, run):
        """{(tier id before or False, tier id after or False): customers}"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT b.tier_after_id, a.tier_after_id, count(*)
                  FROM (%s) b
                  FULL JOIN (%s) a ON a.partner_id = b.partner_id
                 GROUP BY 1, 2
                """,
                self._sql_seen(before, "partner_id", "tier_after_id"),
                self._sql_seen(run, "partner_id", "tier_after_id"),
            )
        )
        return {(source or False, target or False): count for source, target, count in rows}

    @api.model
    @api.readonly
    def open_moves(self, run_id, before_id, source_id=False, target_id=False):
        """Open the customers of one cell of the matrix. Returns an action.

        :param source_id: tier after the earlier run, False for customers who were not in it
        :param target_id: tier after the later run, False for those who are no longer in it
        """
        run, before = self._get_run(run_id), self._get_run(before_id)
        tiers = self.env["sop.tier"].sudo()
        source, target = tiers.browse(source_id or ()), tiers.browse(target_id or ())
        shown, other = (run, before) if target else (before, run)
        tier, other_tier = (target, source) if target else (source, target)
        name = self.env._(
            "%(before)s → %(after)s",
            before=source.name or self.env._("Not scored before"),
            after=target.name or self.env._("No longer scored"),
        )
        domain = [
            ("run_id", "=", shown.id),
            ("tier_after_id", "=", tier.id),
            self._in_other(other, other_tier),
        ]
        return self._open_scores(name, domain)

    @api.model
    def _in_other(self, run, tier):
        """Leaf of a domain: customers who had a tier after another run, or were not in it."""
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM sop_score WHERE run_id = %s AND %s",
                run.id,
                SQL("tier_after_id = %s", tier.id) if tier else SQL("TRUE"),
            )
        )
        return ("partner_id", "in" if tier else "not in", [partner for (partner,) in rows])
