from odoo import api, models
from odoo.tools import formatLang

from .wording import say_day


class SopScoreText(models.AbstractModel):
    """The reason of a tier as a sentence in the reader's language; it is never stored."""

    _name = "sop.score.text"
    _description = "Reasons of Scores in Words"

    @api.depends_context("lang")
    def _compute_reason(self):
        for score in self:
            score.reason = score._say_reason()

    def _say_reason(self):
        """Why the customer has this tier after the run: what decided, then the weakest measure."""
        self.ensure_one()
        sentences = [getattr(self, f"_say_{self.outcome}")()] if self.outcome else []
        if self.has_score:
            sentences.append(self._say_weakest())
        return " ".join(filter(None, sentences)) or False

    def _say_values(self):
        """Values that the sentences use."""
        score = self.sudo()
        card = score.run_id.scorecard_id
        return {
            "score": self._say_points(score.score),
            "tier": score.tier_after_id.name or "",
            "before": score.tier_before_id.name or "",
            "target": score.tier_target_id.name or "",
            "earned": score.tier_earned_id.name or "",
            "border": self._say_border(score.tier_target_id),
            "held": self._say_border(score.tier_earned_id),
            "up": card.promote_after,
            "down": card.demote_after,
            "from": say_day(self.env, score.run_id.date_from),
            "to": say_day(self.env, score.date),
        }

    def _say_points(self, points):
        return formatLang(self.env, points, digits=1)

    def _say_border(self, tier):
        """Score from which a tier begins; 0 for a default tier below all borders."""
        borders = self.sudo().run_id.scorecard_id.border_ids
        border = borders.filtered(lambda line: line.tier_id == tier)
        return self._say_points(border[:1].score)

    def _say_weakest(self):
        """The measure with the fewest points, as a sentence; nothing where all are full."""
        counted = [
            (points, code)
            for code, (_figure, points) in (self.figures or {}).items()
            if points is not None
        ]
        points, code = min(counted, default=(100.0, None))
        if points >= 100:
            return ""
        label = self.env["sop.measure"]._get_measures().get(code, (code,))[0]
        return self.env._(
            "Fewest points: %(measure)s (%(points)s of 100).",
            measure=label,
            points=self._say_points(points),
        )

    # ------------------------------------------------------------------ one per outcome
    def _say_first(self):
        return self.env._(
            "Scored for the first time: %(score)s is in the range of %(target)s, from %(border)s.",
            **self._say_values(),
        )

    def _say_promoted(self):
        values = self._say_values()
        if values["up"] > 1:
            return self.env._(
                "Above the border of %(tier)s for %(up)s scorings in a row, now with %(score)s.",
                **values,
            )
        return self.env._("The score of %(score)s reaches %(target)s, from %(border)s.", **values)

    def _say_demoted(self):
        values = self._say_values()
        if values["down"] > 1:
            return self.env._(
                "Below the border of %(before)s for %(down)s scorings in a row, now with "
                "%(score)s.",
                **values,
            )
        return self.env._("The score of %(score)s is below the border of %(before)s.", **values)

    def _say_kept(self):
        values = self._say_values()
        if self.next_tier_id:
            return self.env._(
                "The score of %(score)s keeps %(earned)s; %(gap)s points are missing to %(next)s.",
                **values,
                gap=self._say_points(self.gap),
                next=self.sudo().next_tier_id.name,
            )
        return self.env._("The score of %(score)s keeps %(earned)s, from %(held)s.", **values)

    def _say_rising(self):
        return self.env._(
            "The score of %(score)s is in the range of %(target)s, which is given after %(up)s "
            "scorings in a row.",
            **self._say_values(),
        )

    def _say_falling(self):
        return self.env._(
            "The score of %(score)s is in the range of %(target)s; %(earned)s is kept until "
            "%(down)s scorings in a row are below it.",
            **self._say_values(),
        )

    def _say_no_orders(self):
        return self.env._(
            "No orders from %(from)s to %(to)s: the default tier, %(tier)s.", **self._say_values()
        )

    def _say_floor(self):
        return self.env._(
            "A floor that both departments approved holds %(tier)s; by the scores it would be "
            "%(earned)s.",
            **self._say_values(),
        )

    def _say_override(self):
        return self.env._(
            "An override that both departments approved sets %(tier)s; by the scores it would be "
            "%(earned)s.",
            **self._say_values(),
        )
