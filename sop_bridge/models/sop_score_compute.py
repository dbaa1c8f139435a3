import io
import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import facts as core_facts
from ..core.scoring import run_quantiles, score_all, standing
from ..core.settle import settle
from ..core.whale import whale

# rows that are sent to the database at a time, to keep memory flat
CHUNK = 5000
COLUMNS = (
    "run_id",
    "company_id",
    "date",
    "partner_id",
    "user_id",
    "country_id",
    "has_score",
    "score",
    "tier_before_id",
    "tier_target_id",
    "tier_earned_id",
    "tier_after_id",
    "moved",
    "outcome",
    "next_tier_id",
    "gap",
    "reserve",
    "net_sales",
    "goods_cost",
    "cost_to_serve",
    "contribution",
    "figures",
    "recent",
    "whale_rank",
    "whale_share",
    "has_whale_share",
    "applied",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
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
        unchanged = self._count_applied()
        self._become_last()
        self._update({"state": "applying", "applied": unchanged, "message": False})

    def _become_last(self):
        """From now on, this is the run that screens show."""
        earlier = self.search([("company_id", "=", self.company_id.id), ("is_last", "=", True)])
        earlier._update({"is_last": False})
        earlier.flush_recordset()
        self._update({"is_last": True})

    def _count_applied(self):
        self.env.cr.execute(
            SQL("SELECT count(*) FROM sop_score WHERE run_id = %s AND applied", self.id)
        )
        return self.env.cr.fetchone()[0]

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
        """Yield the values of each customer in the order of COLUMNS."""
        people, earlier = self._people(list(scores)), self._earlier()
        ranks = self._ranks(definition)
        forced = self.env["sop.tier.override"]._get_in_force(self.company_id, self.date)
        place = self._whale(facts)
        streak = max(definition.promote_after, definition.demote_after)
        head = (self.id, self.company_id.id, self.date)
        stamp = (self.env.uid, fields.Datetime.now()) * 2
        for partner, scored in scores.items():
            user, country, now = people[partner]
            earned, recent = earlier.get(partner, (None, None))
            stand = standing(definition, scored.score)
            recent = [*(recent or []), stand.tier][-streak:]
            rule = forced.get(partner)
            # a tier that an override gave says nothing about what the customer earned
            current = earned if earned in ranks else (None if rule else now)
            settled = self._settle(definition, current, recent, ranks, rule, scored)
            yield (
                *(*head, partner, user, country, scored.score is not None, scored.score, now),
                *(stand.tier, settled.earned, settled.tier),
                *(now is not None and settled.tier != now, settled.outcome),
                *(stand.next_tier, stand.gap, stand.reserve),
                *self._money(facts[partner]),
                *(json.dumps(scored.points), json.dumps(recent)),
                *place[partner],
                settled.tier == now,
                *stamp,
            )

    def _money(self, fact):
        """Net sales, cost of goods, cost to serve and contribution, rounded to the currency."""
        digits = self.company_id.currency_id.decimal_places
        amounts = (
            fact.net_sales,
            fact.goods_cost,
            fact.cost_to_serve,
            core_facts.contribution(fact),
        )
        return [round(amount, digits) for amount in amounts]

    def _settle(self, definition, current, recent, ranks, forced, scored):
        """Tier after this scoring; an override to a tier that was archived since counts no more."""
        kind, tier = forced or (None, None)
        if tier not in ranks:
            kind = None
        return settle(
            definition,
            current,
            recent,
            ranks,
            floor=tier if kind == "floor" else None,
            override=tier if kind == "override" else None,
            scored=scored.score is not None,
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
        """Insert rows by COPY, a chunk at a time."""
        self.env.flush_all()
        buffer = io.StringIO()
        for count, row in enumerate(rows, 1):
            buffer.write("\t".join(map(_text, row)) + "\n")
            if count % CHUNK == 0:
                self._copy_buffer(buffer)
                buffer = io.StringIO()
        self._copy_buffer(buffer)

    @api.model
    def _copy_buffer(self, buffer):
        buffer.seek(0)
        self.env.cr.copy_from(buffer, "sop_score", columns=COLUMNS)


def _text(value):
    """A value as PostgreSQL's COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    return str(value)
