from odoo import api, models
from odoo.tools import SQL, format_date

from ..reports.segment_workbook import Segments, write_segments


class SopSegmentWorkbook(models.AbstractModel):
    """The segments of a company as a workbook, for who may read scores."""

    _name = "sop.segment.workbook"
    _description = "Segments as a Workbook"
    _inherit = ["sop.segment.analysis"]

    @api.model
    def _write_workbook(self, run_id, before_id=False):
        """Name and bytes of a workbook about a run, compared with an earlier one.

        :raise AccessError: for who may not read scores, or not those of the company
        """
        run = self._get_run(run_id)
        before = self._get_run(before_id) if before_id else run.browse()
        card = run.sudo().scorecard_id
        criteria = card.criterion_ids
        data = Segments(
            words=self._words(),
            title=f"{run.sudo().company_id.name} – {self._name_run(run)}",
            measures=[self._describe(criterion) for criterion in criteria],
            borders=[(border.tier_id.name, border.score) for border in card.border_ids],
            settings=self._settings(run, card),
            customers=list(self._customers(run, before, criteria.mapped("measure"))),
            moves=self._moves(before, run) if before else None,
        )
        name = f"{self.env._('Segments')} {run.date}.xlsx"
        return name, write_segments(data)

    @api.model
    def _words(self):
        """Names of sheets and columns in the user's language."""
        return {
            "customers": self.env._("Customers"),
            "whale": self.env._("Whale curve"),
            "moves": self.env._("Migration"),
            "card": self.env._("Scorecard"),
            "weights": self.env._("Weights, from the sheet of the scorecard"),
            "place": self.env._("Place"),
            "customer": self.env._("Customer"),
            "salesperson": self.env._("Salesperson"),
            "country": self.env._("Country"),
            "before": self.env._("Tier before"),
            "tier": self.env._("Tier"),
            "score": self.env._("Score"),
            "contribution": self.env._("Contribution"),
            "points": self.env._("Points"),
            "whale_title": self.env._("Cumulative share of the contribution"),
            "total": self.env._("Total"),
            "undefined": self.env._("Not positive: the shares are not defined."),
            "cumulative": self.env._("Cumulative"),
            "share": self.env._("Share"),
            "moves_title": self.env._("Tier before (rows) and after (columns)"),
            "one_run": self.env._("There is no earlier scoring to compare with."),
            "measure": self.env._("Measure"),
            "weight": self.env._("Weight"),
            "from_score": self.env._("From score"),
        }

    @api.model
    def _describe(self, criterion):
        """(label, weight, how its points come about) of a criterion."""
        labels = dict(criterion._fields["measure"]._description_selection(self.env))
        label = labels.get(criterion.measure, criterion.measure)
        return label, criterion.weight, criterion.summary or ""

    @api.model
    def _settings(self, run, card):
        basis = dict(card._fields["basis"]._description_selection(self.env))
        return [
            (self.env._("Window from"), format_date(self.env, run.date_from)),
            (self.env._("Window until"), format_date(self.env, run.date)),
            (card._fields["basis"]._description_string(self.env), basis[card.basis]),
            (self.env._("Default tier"), card.default_tier_id.name or ""),
            (self.env._("Promote after"), self.env._("%s scorings in a row", card.promote_after)),
            (self.env._("Demote after"), self.env._("%s scorings in a row", card.demote_after)),
        ]

    @api.model
    def _customers(self, run, before, codes):
        """Yield the customers of a run as the workbook wants them, best contribution first."""
        tiers, users, countries = self._names_of(run)
        for row in self._rows(run, before):
            place, name, user, country, earlier, tier, scored, score, money, figures = row
            pairs = [(figures or {}).get(code) or (None, None) for code in codes]
            yield (
                place,
                name or "",
                users.get(user),
                countries.get(country),
                tiers.get(earlier),
                tiers.get(tier),
                score if scored else None,
                float(money or 0),
                [figure for figure, _points in pairs],
                [points for _figure, points in pairs],
            )

    @api.model
    def _rows(self, run, before):
        """Rows that the user may see; no record is made per customer, there may be 100,000."""
        return self.env.execute_query(
            SQL(
                """
                SELECT s.whale_rank, COALESCE(p.complete_name, p.name), s.user_id, s.country_id,
                       CASE WHEN %(before)s = 0 THEN s.tier_before_id ELSE b.tier_after_id END,
                       s.tier_after_id, s.has_score, s.score::float8, s.contribution, s.figures
                  FROM sop_score s
                  JOIN res_partner p ON p.id = s.partner_id
                  LEFT JOIN sop_score b ON b.run_id = %(before)s AND b.partner_id = s.partner_id
                 WHERE s.id IN (%(seen)s)
                 ORDER BY s.whale_rank, s.id
                """,
                seen=self._sql_seen(run, "id"),
                before=before.id or 0,
            )
        )

    @api.model
    def _names_of(self, run):
        """({tier id: name}, {user id: name}, {country id: name}) that the run's scores refer to."""
        score = self.env["sop.score"].sudo()
        domain = [("run_id", "=", run.id)]
        tiers = self.env["sop.tier"].sudo().with_context(active_test=False)
        tiers = tiers.search([("company_id", "in", [run.sudo().company_id.id, False])])
        users = self.env["res.users"].sudo().union(*self._values(score, domain, "user_id"))
        countries = self.env["res.country"].union(*self._values(score, domain, "country_id"))
        return [
            {each.id: each.display_name for each in found} for found in (tiers, users, countries)
        ]

    @api.model
    def _values(self, score, domain, name):
        return [group[0] for group in score._read_group(domain, [name])]

    @api.model
    def _moves(self, before, run):
        matrix = self._migration(before, run)
        names = [[each["name"] for each in matrix[axis]] for axis in ("rows", "columns")]
        return (*names, matrix["cells"])
