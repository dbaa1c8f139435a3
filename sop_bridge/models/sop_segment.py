from odoo import api, models
from odoo.tools import SQL, format_date

from ..core.lift import lift, overtaken
from ..core.scoring import bind

# scorings that the curve shows, and points that a whale curve is drawn from
SCORINGS = 36
POINTS = 200


class SopSegment(models.AbstractModel):
    """What the tab "Segment" of a customer shows, collected for one call."""

    _name = "sop.segment"
    _description = "Segment of a Customer"
    _inherit = ["sop.segment.text"]

    @api.model
    @api.readonly
    def get_customer(self, partner_id):
        """All about the segment of a customer in the current company.

        :return: {'state': 'contact', 'no_scorecard', 'not_scored', 'not_yours' or 'scored',
            'message' (why there is nothing to see), 'partner', 'tier', 'agreement', 'override',
            'may_ask'}, and with a score 'score', 'measures', 'history', 'whale' and 'lift'
        :raise AccessError: for who may not read any scores, or not this customer
        """
        self.env["sop.score"].check_access("read")
        partner = self.env["res.partner"].browse(int(partner_id)).exists()
        partner.check_access("read")
        customer = partner.sudo().commercial_partner_id
        content = {
            "partner": {"id": customer.id, "name": customer.display_name},
            "tier": self._show_tier(customer.sop_tier_id),
            "agreement": self._agreement(customer.sop_tier_id),
            "override": self._override(customer),
            "may_ask": self.env["sop.tier.override"].has_access("create"),
        }
        state, message = self._state(partner, customer)
        if state == "scored":
            content |= self._scored(customer.sop_score_id)
        return {**content, "state": state, "message": message}

    @api.model
    def _state(self, partner, customer):
        if customer != partner:
            return "contact", self.env._(
                "This is a contact of %s. The company is scored, with all its contacts.",
                customer.display_name,
            )
        if customer.sop_score_id:
            return self._state_of_score(customer)
        company = self.env.company
        if not self.env["sop.scorecard"]._get_active(company):
            return "no_scorecard", self.env._(
                "%s has no scorecard in force yet. Once both departments approved one, this tab "
                "shows how the customer earns the tier.",
                company.name,
            )
        return "not_scored", self.env._(
            "%s was not scored yet: the next scoring counts the customer in.",
            customer.display_name,
        )

    @api.model
    def _state_of_score(self, customer):
        """Salespeople who see their own documents only see the scores of their own customers."""
        if customer.sop_score_id.with_env(self.env).has_access("read"):
            return "scored", ""
        return "not_yours", self.env._(
            "The salesperson of %(customer)s is %(user)s. Everybody sees the tier; the score and "
            "its figures are for the salesperson and for those who see all sales documents.",
            customer=customer.display_name,
            user=customer.user_id.name,
        )

    @api.model
    def _show_tier(self, tier):
        tier = tier.sudo()
        return {"id": tier.id, "name": tier.name, "color": tier.color} if tier else False

    @api.model
    def _agreement(self, tier):
        """What we owe customers of a tier, and what they owe us."""
        tier = tier.sudo()
        days = self.env._("Delivery within %s days", tier.lead_days)
        if tier.lead_days == 1:
            days = self.env._("Delivery within one day")
        return {
            "days": tier.lead_days and days,
            "note": tier.note or "",
            "they_owe": tier.they_owe or "",
        }

    @api.model
    def _override(self, customer):
        """The override or floor that is in force or waits for approval, False without one."""
        override = customer.sop_override_id.sudo()
        if not override:
            return False
        until = override.date_to and format_date(self.env, override.date_to)
        return {
            "id": override.id,
            "kind": override.kind,
            "tier": self._show_tier(override.tier_id),
            "pending": override.state == "pending",
            "until": until or "",
            "from": format_date(self.env, override.date_from),
            "reason": override.reason,
        }

    # ------------------------------------------------------------------ with a score
    @api.model
    def _scored(self, score):
        score = score.sudo()
        card = score.run_id.scorecard_id
        border = card.border_ids.filtered(lambda b: b.tier_id == score.next_tier_id)[:1].score
        return {
            "score": {
                "value": score.score if score.has_score else False,
                "text": self._say_points(score.score) if score.has_score else self.env._("n/a"),
                "reason": score.reason or "",
                "date": format_date(self.env, score.date),
                "next": self._show_tier(score.next_tier_id),
                "border": border if score.next_tier_id else False,
                "border_text": self._say_points(border),
                "gap": self._say_points(score.gap),
            },
            "measures": self._measures(score, card, border if score.next_tier_id else None),
            "history": self._history(score.partner_id),
            "whale": self._whale(score),
            "lift": self._lift(score, card),
        }

    @api.model
    def _measures(self, score, card, border):
        """Each criterion of the scorecard with the customer's figure and points."""
        known = self.env["sop.measure"]._get_measures()
        figures = score.figures or {}
        rows = []
        for criterion in card.criterion_ids.filtered(lambda c: c.measure in figures):
            figure, points = figures[criterion.measure]
            label, measure = known.get(criterion.measure, (criterion.measure, None))
            unit = measure.unit if measure else "points"
            rows.append(
                {
                    "code": criterion.measure,
                    "label": label,
                    "figure": self._say_figure(unit, figure, score.currency_id),
                    "points": points if points is not None else False,
                    "text": self.env._("n/a") if points is None else self._say_points(points),
                    "weight": self._say_number(100 * criterion.share, 0),
                    "below": points is not None and border is not None and points < border,
                }
            )
        return rows

    @api.model
    def _history(self, customer):
        """Scores of the last scorings, oldest first, with the borders that held at each."""
        scores = (
            self.env["sop.score"]
            .sudo()
            .search(
                [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)],
                order="date desc, id desc",
                limit=SCORINGS,
            )[::-1]
        )
        borders = scores.run_id.scorecard_id.border_ids
        return {
            "days": [format_date(self.env, score.date) for score in scores],
            "scores": [score.score if score.has_score else None for score in scores],
            "tiers": [score.tier_after_id.name for score in scores],
            "borders": [
                {
                    **self._show_tier(tier),
                    "scores": [self._border(score, tier) for score in scores],
                }
                for tier in borders.tier_id.sorted(lambda t: (t.rank, t.id))
            ],
        }

    @api.model
    def _border(self, score, tier):
        borders = score.run_id.scorecard_id.border_ids
        border = borders.filtered(lambda b: b.tier_id == tier)
        return border.score if border else None

    # ------------------------------------------------------------------ whale curve
    @api.model
    def _whale(self, score):
        """The whale curve of the run, and the customer's place on it."""
        currency = score.currency_id
        total = score.run_id.total
        parts = {
            name: self._say_money(score[name], currency, 2)
            for name in ("net_sales", "goods_cost", "cost_to_serve", "contribution")
        }
        if not score.has_whale_share:
            text = self.env._(
                "The whale curve is not defined: the contribution of all customers together is "
                "not positive."
            )
            return {"defined": False, "text": text, "points": [], **parts}
        text = self.env._(
            "Place %(rank)s of %(total)s by contribution. This customer and all better ones bring "
            "%(share)s of the total.",
            rank=score.whale_rank,
            total=total,
            share=self._say_figure("percent", 100 * score.whale_share, currency),
        )
        points = self._whale_points(score.run_id, score.whale_rank)
        me = {"x": score.whale_rank, "y": 100 * score.whale_share}
        return {
            "defined": True,
            "text": text,
            "points": [{"x": 0, "y": 0}, *({"x": x, "y": 100 * y} for x, y, _p in points)],
            "me": me,
            **parts,
        }

    @api.model
    def _whale_points(self, run, extra=0):
        """[(place, cumulative share, partner id)] of a run, at most about POINTS of them."""
        every = max(1, run.total // POINTS)
        return self.env.execute_query(
            SQL(
                """
                SELECT whale_rank, whale_share, partner_id
                  FROM sop_score
                 WHERE run_id = %(run)s AND has_whale_share
                   AND ((whale_rank - 1) %% %(every)s = 0 OR whale_rank IN (%(extra)s, %(last)s))
                 ORDER BY whale_rank
                """,
                run=run.id,
                every=every,
                extra=extra,
                last=run.total,
            )
        )

    # ------------------------------------------------------------------ what would lift
    @api.model
    def _lift(self, score, card):
        """What would lift the customer over the next border, cheapest first."""
        if not score.has_score:
            return {
                "alone": True,
                "options": [],
                "message": self.env._(
                    "There was no order in the window: the next order brings a score."
                ),
            }
        if not score.next_tier_id:
            return {
                "alone": True,
                "options": [],
                "message": self.env._(
                    "The score is in the range of the best tier, %s: there is no border above.",
                    score.tier_target_id.name,
                ),
            }
        return self._lift_options(score, card)

    @api.model
    def _lift_options(self, score, card):
        quantiles = score.run_id.quantiles or {}
        definition = bind(card._get_definition(), quantiles)
        lifts = lift(definition, score.figures or {}, score.score, overtaken(quantiles))
        if not lifts:
            message = self.env._(
                "Nothing that the customer can change reaches %s: even the best figures in every "
                "measure would not be enough.",
                score.next_tier_id.name,
            )
            return {"alone": True, "options": [], "message": message}
        known = self.env["sop.measure"]._get_measures()
        return {
            "alone": lifts[0].alone,
            "message": "",
            "options": [
                {
                    "code": found.code,
                    "text": self._say_lift(
                        found, *known[found.code], score.currency_id, card.window_months
                    ),
                    "effort": self._say_effort(found.effort),
                    "gained": self._say_points(found.gained),
                }
                for found in lifts
            ],
        }

    @api.model
    def _say_effort(self, effort):
        """How many other customers that overtakes: the less, the easier."""
        return self.env._("overtakes %s %% of the customers", self._say_number(100 * effort, 0))
