from odoo import Command, api, models
from odoo.exceptions import UserError

# (measure, weight, breakpoints; none: place among all customers). Money by place, so that the
# template fits a plant of any size and currency.
CRITERIA = [
    ("contribution", 30, None),
    ("net_sales", 20, None),
    ("contribution_percent", 10, [(0, 0), (15, 50), (30, 100)]),
    ("frequency", 10, None),
    ("growth", 5, [(-30, 0), (0, 50), (30, 100)]),
    ("overdue", 10, [(0, 100), (10, 60), (30, 0)]),
    ("changed", 5, [(0, 100), (10, 50), (25, 0)]),
    ("returned", 5, [(0, 100), (2, 60), (8, 0)]),
    ("rush", 5, [(0, 100), (10, 60), (40, 0)]),
]
HIGHEST_BORDER, LOWEST_BORDER = 70, 45


class SopScorecardTemplate(models.AbstractModel):
    """Part of sop.scorecard: a draft that a plant can use at once."""

    _name = "sop.scorecard.template"
    _description = "Template of Scorecards"

    def action_from_template(self):
        """Make a draft that a plant can use at once. Returns an action that opens it.

        :raise AccessError: for who may not create scorecards
        :raise UserError: if the company has fewer than two tiers
        """
        company = self.env.company
        tiers = self.env["sop.tier"].search([("company_id", "in", [company.id, False])])
        if len(tiers) < 2:
            raise UserError(
                self.env._("%s needs at least two tiers before they can be scored.", company.name)
            )
        return self.create(self._prepare_template(company, tiers))._open()

    @api.model
    def _prepare_template(self, company, tiers):
        """Values of the draft; the last tier is that of customers below every border."""
        better, default = tiers[:-1], tiers[-1]
        step = (HIGHEST_BORDER - LOWEST_BORDER) / max(len(better) - 1, 1)
        return {
            "company_id": company.id,
            "default_tier_id": default.id,
            "criterion_ids": [
                Command.create(self._prepare_criterion(sequence, *criterion))
                for sequence, criterion in enumerate(CRITERIA, start=1)
            ],
            "border_ids": [
                Command.create({"tier_id": tier.id, "score": HIGHEST_BORDER - index * step})
                for index, tier in enumerate(better)
            ],
        }

    @api.model
    def _prepare_criterion(self, sequence, measure, weight, points):
        return {
            "sequence": sequence,
            "measure": measure,
            "weight": weight,
            "method": "breakpoints" if points else "quantile",
            "breakpoint_ids": [
                Command.create({"figure": figure, "points": given})
                for figure, given in points or ()
            ],
        }
