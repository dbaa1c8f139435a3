from itertools import pairwise

from odoo import models
from odoo.exceptions import UserError, ValidationError


class SopScorecardCheck(models.AbstractModel):
    """Part of sop.scorecard: what is wrong with it, in sentences.

    Lines that contradict each other are refused when they are saved; what is only missing is
    named on the draft and refused when the departments are asked.
    """

    _name = "sop.scorecard.check"
    _description = "Check of Scorecards"

    def _check_content(self):
        """:raise ValidationError: if lines of a scorecard contradict each other"""
        for card in self:
            problems = card._contradictions()
            if problems:
                raise ValidationError("\n".join(problems))

    def _check_complete(self):
        """:raise UserError: if a scorecard cannot score, with all reasons"""
        for card in self:
            problems = card._missing() + card._contradictions()
            if problems:
                raise UserError(
                    self.env._("%s cannot be approved like this:", card.display_name)
                    + "\n"
                    + "\n".join(problems)
                )

    def _check_not_archived(self):
        """:raise UserError: if a scorecard is archived; in force, nobody would find it"""
        for card in self.filtered(lambda c: not c.active):
            raise UserError(
                self.env._("%s is archived: take it out of the archive first.", card.display_name)
            )

    # ------------------------------------------------------------------ what is missing
    def _missing(self):
        self.ensure_one()
        problems = []
        if not self.criterion_ids:
            problems.append(self.env._("There is no criterion: add at least one measure."))
        if not self.border_ids:
            problems.append(
                self.env._("There is no border: say from which score each better tier begins.")
            )
        if not self.default_tier_id:
            problems.append(
                self.env._(
                    "There is no default tier: choose that of customers below all borders and of "
                    "those without orders."
                )
            )
        return problems + self._missing_breakpoints() + self._archived_tiers()

    def _missing_breakpoints(self):
        fixed = self.criterion_ids.filtered(lambda line: line.method == "breakpoints")
        return [
            self.env._("%s: give at least two breakpoints.", line._label())
            for line in fixed
            if len(line.breakpoint_ids) < 2
        ]

    def _archived_tiers(self):
        tiers = (self.border_ids.tier_id | self.default_tier_id).filtered(lambda t: not t.active)
        return [
            self.env._("The tier %s is archived: choose another one.", tier.name) for tier in tiers
        ]

    # ------------------------------------------------------------------ what contradicts itself
    def _contradictions(self):
        self.ensure_one()
        return self._weight_problems() + self._border_problems() + self._breakpoint_problems()

    def _weight_problems(self):
        if self.criterion_ids and not sum(self.criterion_ids.mapped("weight")) > 0:
            return [self.env._("The weights add up to zero: give at least one criterion a weight.")]
        return []

    def _border_problems(self):
        borders = self.border_ids.filtered("tier_id").sorted(
            lambda border: (border.tier_id.rank, border.tier_id.id)
        )
        problems = [
            self.env._(
                "The borders cross: %(better)s begins at %(high)g, %(worse)s at %(low)g. The "
                "better tier needs the higher score.",
                better=better.tier_id.name,
                high=better.score,
                worse=worse.tier_id.name,
                low=worse.score,
            )
            for better, worse in pairwise(borders)
            if better.score <= worse.score
        ]
        default, lowest = self.default_tier_id, borders[-1:].tier_id
        if default and lowest and default.rank < lowest.rank:
            problems.append(
                self.env._(
                    "The default tier %(default)s is better than %(lowest)s, although it is for "
                    "customers below all borders. Choose one that is not better.",
                    default=default.name,
                    lowest=lowest.name,
                )
            )
        return problems

    def _breakpoint_problems(self):
        fixed = self.criterion_ids.filtered(lambda line: line.method == "breakpoints")
        return [problem for line in fixed for problem in line._breakpoint_problems()]
