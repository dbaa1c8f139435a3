import json
from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

from ..core import facts as core_facts
from ..core.definition import Definition
from ..core.scoring import run_quantiles, score_all, standing
from ..core.settle import settle
from ..core.whale import whale

# characters that are sent to the database at a time, to keep memory flat
CHUNK = 2**16
COLUMNS = (
    *("run_id", "company_id", "date", "partner_id", "user_id", "country_id"),
    *("has_score", "score", "tier_before_id", "tier_target_id", "tier_earned_id"),
    *("tier_after_id", "moved", "outcome", "gap", "reserve", "figures", "recent"),
    *("net_sales", "goods_cost", "cost_to_serve", "contribution"),
    *("whale_rank", "whale_share", "has_whale_share"),
)


class SopScoreCompute(models.AbstractModel):
    """From the facts of all customers to the stored scores of a run, in one transaction.

    Collected by one statement, computed by core, stored by COPY: no record per customer is made on
    the way, and what is kept per customer is a few plain values.
    """

    _name = "sop.score.compute"
    _description = "Computing a Scoring Run"

    def _compute_all(self):
        """Compute and store the scores of a waiting run; its tiers are applied afterwards.

        :raise ValueError: where a measure gives a figure that is none (naming it)
        """
        self.ensure_one()
        card, company = self.scorecard_id, self.company_id
        definition = card._get_definition()
        facts = self.env["sop.score.facts"]._get_facts(
            company, self.date_from, self.date, card.basis, card.include_services
        )
        scores = score_all(definition, facts)
        self._update(
            {
                "quantiles": run_quantiles(definition, scores),
                "total": len(scores),
            }
        )
        self._copy_rows(self._rows(definition, facts, scores))
        self._become_last()
        self._update({**self._prepare_applying(), "state": "applying", "message": False})

    def _become_last(self):
        """From now on, this is the run that screens show."""
        earlier = self.search([("company_id", "=", self.company_id.id), ("is_last", "=", True)])
        earlier._update({"is_last": False})
        earlier.flush_recordset()
        self._update({"is_last": True})

    def _prepare_applying(self):
        """Where applying begins and ends; who keeps a tier is done already."""
        self.env.cr.execute(
            SQL(
                "SELECT count(*) FILTER (WHERE tier_after_id = tier_before_id),"
                " COALESCE(min(id), 0) - 1, COALESCE(max(id), 0)"
                " FROM sop_score WHERE run_id = %s",
                self.id,
            )
        )
        names = ("applied", "applied_score", "last_score")
        return dict(zip(names, self.env.cr.fetchone(), strict=True))

    # ------------------------------------------------------------------ collect
    def _people(self, partner_ids):
        """{partner: (salesperson, country, tier now)}, ids or None."""
        partners = self.env["res.partner"].sudo().with_company(self.company_id)
        self.env.cr.execute(
            SQL(
                "SELECT p.id, p.user_id, p.country_id, %s FROM res_partner p WHERE p.id = ANY(%s)",
                partners._field_to_sql("p", "sop_tier_id"),
                partner_ids,
            )
        )
        return {partner: row for partner, *row in self.env.cr.fetchall()}

    def _earlier(self):
        """{partner: (tier earned, recent targets)} of the scoring before this one.

        Two scorings of one day, by two scorecards, count as one for hysteresis.
        """
        before = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "<", self.date),
                ("state", "in", ("applying", "done")),
            ],
            order="date desc, id desc",
            limit=1,
        )
        self.env.cr.execute(
            SQL(
                "SELECT partner_id, tier_earned_id, recent FROM sop_score WHERE run_id = %s",
                before.id or 0,
            )
        )
        return {partner: (earned, recent) for partner, earned, recent in self.env.cr.fetchall()}

    def _ranks(self, definition):
        """{tier: rank} of the tiers that customers can be in; archived ones are gone."""
        tiers = {definition.default, *(tier for tier, _score in definition.borders)}
        tiers.update(self.env["sop.tier"].sudo().search([("active", "=", True)])._ids)
        ranks = self.scorecard_id._tier_ranks()
        return {tier: rank for tier, rank in ranks.items() if tier in tiers}

    # ------------------------------------------------------------------ compute
    def _rows(self, definition, facts, scores):
        """Collect what the rows of COLUMNS need, and reckon them one by one while they are taken.

        Nothing but plain values is used then: the cursor is busy taking the rows.
        """
        frame = Frame(
            definition,
            self._ranks(definition),
            max(definition.promote_after, definition.demote_after),
            (self.id, self.company_id.id, self.date),
            self.company_id.currency_id.decimal_places,
        )
        people, earlier, place = self._people(list(scores)), self._earlier(), self._whale(facts)
        forced = self.env["sop.tier.override"]._get_in_force(self.company_id, self.date)
        nothing = (None, None)
        return (
            (
                *(*frame.head, partner, *people[partner][:2]),
                *frame.outcome(
                    scored,
                    people[partner][2],
                    *earlier.get(partner, nothing),
                    *forced.get(partner, nothing),
                ),
                *frame.money(facts[partner]),
                *place[partner],
            )
            for partner, scored in scores.items()
        )

    def _whale(self, facts):
        """{partner: (rank, cumulative share or None, whether it is defined)} by contribution."""
        rows = whale({partner: core_facts.contribution(fact) for partner, fact in facts.items()})
        return {
            row.customer: (rank, row.share, row.share is not None)
            for rank, row in enumerate(rows, 1)
        }

    # ------------------------------------------------------------------ store
    @api.model
    def _copy_rows(self, rows):
        """Insert rows by COPY, which the database takes in while the next ones are reckoned.

        :param rows: values in the order of COLUMNS; taking them must not use the cursor
        """
        self.env.flush_all()
        self.env.cr.copy_from(_Lines(rows), "sop_score", columns=COLUMNS, size=CHUNK)


@dataclass(frozen=True)
class Frame:
    """What the rows of a run share.

    :param ranks: {tier: rank} of the tiers that customers can be in
    :param streak: number of scorings that a move depends on
    :param head: run, company, day
    :param digits: decimal places of the currency
    """

    definition: Definition
    ranks: dict
    streak: int
    head: tuple
    digits: int

    def outcome(self, scored, now, earned, recent, kind, forced):
        """Columns from has_score to recent.

        :param now: tier the customer has; ``earned`` and ``recent`` of the scoring before
        :param kind: 'override' or 'floor' in force, to the tier ``forced``; one to a tier that was
            archived since counts no more
        """
        stand = standing(self.definition, scored.score)
        recent = [*(recent or []), stand.tier][-self.streak :]
        kind = kind if forced in self.ranks else None
        # a tier that an override gave says nothing about what the customer earned
        current = earned if earned in self.ranks else (None if kind else now)
        settled = settle(
            self.definition,
            current,
            recent,
            self.ranks,
            floor=forced if kind == "floor" else None,
            override=forced if kind == "override" else None,
            scored=scored.score is not None,
        )
        return (
            *(scored.score is not None, scored.score, now),
            *(stand.tier, settled.earned, settled.tier),
            *(now is not None and settled.tier != now, settled.outcome),
            *(stand.gap, stand.reserve, _json(scored.points), _json(recent)),
        )

    def money(self, fact):
        """Net sales, cost of goods, cost to serve and contribution, rounded to the currency."""
        amounts = (
            fact.net_sales,
            fact.goods_cost,
            fact.cost_to_serve,
            core_facts.contribution(fact),
        )
        return [round(amount, self.digits) for amount in amounts]


class _Lines:
    """Rows as a file in the text format of COPY; of the values, only JSON could need escaping."""

    def __init__(self, rows):
        self._rows = iter(rows)
        self._rest = ""

    # a file, not a model
    def read(self, size):  # pylint: disable=method-required-super
        """The next ``size`` characters; fewer at the end."""
        lines, length = [self._rest], len(self._rest)
        while length < size and (row := next(self._rows, None)):
            line = "\t".join(["\\N" if value is None else str(value) for value in row]) + "\n"
            lines.append(line)
            length += len(line)
        text = "".join(lines)
        self._rest = text[size:]
        return text[:size]


def _json(value):
    """A value as JSON in the text format of COPY."""
    return json.dumps(value).replace("\\", "\\\\")
