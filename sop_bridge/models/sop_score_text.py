from markupsafe import Markup

from odoo import api, models
from odoo.tools import formatLang

from .wording import say_day

TABLE = Markup('<table class="table table-sm"><thead>%s</thead><tbody>%s</tbody></table>')


class SopScoreText(models.AbstractModel):
    """The reason of a tier as a sentence in the reader's language; it is never stored."""

    _name = "sop.score.text"
    _description = "Reasons of Scores in Words"

    @api.depends_context("lang")
    def _compute_reason(self):
        for run, scores in self.grouped("run_id").items():
            common = self._say_common(run.sudo())
            for score in scores:
                score.reason = score._say_reason(common)

    @api.depends_context("lang")
    def _compute_measure_table(self):
        """Figure, points and weight of each measure, as they were when the customer was scored."""
        titles = (self.env._("Measure"), self.env._("Figure"), self.env._("Points"))
        head = _table_row("th", [*titles, self.env._("Weight (per cent)")])
        segment = self.env["sop.segment"].sudo()
        for score in self:
            card = score.sudo().run_id.scorecard_id
            rows = Markup().join(
                _table_row("td", [row[name] for name in ("label", "figure", "text", "weight")])
                for row in segment._measures(score, card, None)
            )
            score.measure_table = rows and TABLE % (head, rows)

    def _say_common(self, run):
        """Values that the sentences about all customers of a run share."""
        card = run.scorecard_id
        borders = {line.tier_id: self._say_points(line.score) for line in card.border_ids}
        return {
            "up": card.promote_after,
            "down": card.demote_after,
            "from": say_day(self.env, run.date_from),
            "to": say_day(self.env, run.date),
            "borders": borders,
            "lowest": self._say_points(0),
            "labels": {
                code: label for code, (label, _m) in self.env["sop.measure"]._get_measures().items()
            },
        }

    def _say_reason(self, common):
        """Why the customer has this tier after the run: what decided, then the weakest measure."""
        self.ensure_one()
        values = {**common, **self._say_values(common)}
        sentences = [getattr(self, f"_say_{self.outcome}")(values)]
        if self.has_score:
            sentences.append(self._say_weakest(common["labels"]))
        return " ".join(filter(None, sentences))

    def _say_values(self, common):
        """Values of one customer; a default tier below all borders begins at 0."""
        score = self.sudo()
        borders, lowest = common["borders"], common["lowest"]
        return {
            "score": self._say_points(score.score),
            "tier": score.tier_after_id.name or "",
            "before": score.tier_before_id.name or "",
            "target": score.tier_target_id.name or "",
            "earned": score.tier_earned_id.name or "",
            "border": borders.get(score.tier_target_id, lowest),
            "held": borders.get(score.tier_earned_id, lowest),
        }

    def _say_points(self, points):
        return formatLang(self.env, points, digits=1)

    def _say_weakest(self, labels):
        """The measure with the fewest points, as a sentence; nothing where all are full."""
        counted = [
            (points, code)
            for code, (_figure, points) in (self.figures or {}).items()
            if points is not None
        ]
        points, code = min(counted, default=(100.0, None))
        if points >= 100:
            return ""
        return self.env._(
            "Fewest points: %(measure)s (%(points)s of 100).",
            measure=labels.get(code, code),
            points=self._say_points(points),
        )

    # ------------------------------------------------------------------ one per outcome
    def _say_first(self, values):
        return self.env._(
            "Scored for the first time: %(score)s is in the range of %(target)s, from %(border)s.",
            **values,
        )

    def _say_promoted(self, values):
        if values["up"] > 1:
            return self.env._(
                "Above the border of %(tier)s for %(up)s scorings in a row, now with %(score)s.",
                **values,
            )
        return self.env._("The score of %(score)s reaches %(target)s, from %(border)s.", **values)

    def _say_demoted(self, values):
        if values["down"] > 1:
            return self.env._(
                "Below the border of %(before)s for %(down)s scorings in a row, now with "
                "%(score)s.",
                **values,
            )
        return self.env._("The score of %(score)s is below the border of %(before)s.", **values)

    def _say_kept(self, values):
        if self.next_tier_id:
            return self.env._(
                "The score of %(score)s keeps %(earned)s; %(gap)s points are missing to %(next)s.",
                **values,
                gap=self._say_points(self.gap),
                next=self.sudo().next_tier_id.name,
            )
        return self.env._("The score of %(score)s keeps %(earned)s, from %(held)s.", **values)

    def _say_rising(self, values):
        return self.env._(
            "The score of %(score)s is in the range of %(target)s, which is given after %(up)s "
            "scorings in a row.",
            **values,
        )

    def _say_falling(self, values):
        return self.env._(
            "The score of %(score)s is in the range of %(target)s; %(earned)s is kept until "
            "%(down)s scorings in a row are below it.",
            **values,
        )

    def _say_no_orders(self, values):
        return self.env._(
            "No orders from %(from)s to %(to)s: the default tier, %(tier)s.", **values
        )

    def _say_floor(self, values):
        return self.env._(
            "A floor that both departments approved holds %(tier)s; by the scores it would be "
            "%(earned)s.",
            **values,
        )

    def _say_override(self, values):
        return self.env._(
            "An override that both departments approved sets %(tier)s; by the scores it would be "
            "%(earned)s.",
            **values,
        )


def _table_row(tag, cells):
    """A row of a table; what follows the first cell is a number."""
    first, *others = cells
    numbers = Markup().join(
        Markup('<%s class="text-end">%s</%s>') % (tag, cell, tag) for cell in others
    )
    return Markup("<tr><%s>%s</%s>%s</tr>") % (tag, first, tag, numbers)
