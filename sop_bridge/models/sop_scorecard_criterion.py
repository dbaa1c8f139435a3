from itertools import pairwise

from odoo import api, fields, models

from ..core import definition as core
from ..core import scale

# Paths from the scorecard to what its check depends on.
CRITERION_FIELDS = tuple(
    f"criterion_ids.{name}"
    for name in (
        "measure",
        "weight",
        "method",
        "higher_is_better",
        "breakpoint_ids.figure",
        "breakpoint_ids.points",
    )
)

UNITS = [
    ("money", "Money"),
    ("percent", "Per cent"),
    ("days", "Days"),
    ("orders_month", "Orders per month"),
    ("points", "Points"),
]


class SopScorecardCriterion(models.Model):
    """One measure of a scorecard with its weight and the way from its figure to 0–100 points."""

    _name = "sop.scorecard.criterion"
    _description = "Scorecard Criterion"
    _inherit = ["sop.scorecard.part"]
    _order = "scorecard_id, sequence, id"

    scorecard_id = fields.Many2one("sop.scorecard", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    measure = fields.Selection("_select_measure", required=True)
    unit = fields.Selection(UNITS, compute="_compute_unit")
    weight = fields.Float(
        default=10,
        required=True,
        digits=(16, 2),
        help="Counts in relation to the other weights; they need not add up to 100.",
    )
    share = fields.Float(compute="_compute_share", help="Part of the score that this decides.")
    method = fields.Selection(
        [("quantile", "Place among all customers"), ("breakpoints", "Fixed breakpoints")],
        "Points by",
        required=True,
        default="quantile",
        help="Place among all customers: the best gets nearly 100, the worst nearly 0, whatever "
        "the figures. Fixed breakpoints: a figure always gives the same points.",
    )
    higher_is_better = fields.Boolean(
        "More is better",
        compute="_compute_higher_is_better",
        store=True,
        readonly=False,
        help="Whether a customer with a higher figure gets more points.",
    )
    breakpoint_ids = fields.One2many(
        "sop.scorecard.breakpoint", "criterion_id", "Breakpoints", copy=True
    )
    summary = fields.Char("Points", compute="_compute_summary")

    _weight_range = models.Constraint(
        "CHECK (weight BETWEEN 0 AND 1000)",
        "A weight is a number from 0 to 1000; it cannot be negative.",
    )
    _measure_once = models.UniqueIndex(
        "(scorecard_id, measure)",
        "A scorecard can use each measure once. Remove the second line, or add its weight to the "
        "first.",
    )

    @api.model
    def _select_measure(self):
        """Codes and labels of the measures that there are."""
        return [(code, label) for code, (label, _m) in self._measures().items()]

    @api.model
    def _measures(self):
        return self.env["sop.measure"]._get_measures()

    @api.depends("measure")
    def _compute_unit(self):
        measures = self._measures()
        for criterion in self:
            known = measures.get(criterion.measure)
            criterion.unit = known[1].unit if known else False

    @api.depends("measure")
    def _compute_higher_is_better(self):
        measures = self._measures()
        for criterion in self:
            known = measures.get(criterion.measure)
            criterion.higher_is_better = known[1].higher_is_better if known else True

    @api.depends("weight", "scorecard_id.criterion_ids.weight")
    def _compute_share(self):
        for criterion in self:
            total = sum(criterion.scorecard_id.criterion_ids.mapped("weight"))
            criterion.share = criterion.weight / total if total > 0 else 0.0

    @api.depends("method", "higher_is_better", "breakpoint_ids.figure", "breakpoint_ids.points")
    def _compute_summary(self):
        for criterion in self:
            criterion.summary = criterion._say_points()

    def _say_points(self):
        """The way to points in a few words: '0 → 0, 15 → 60, 30 → 100'."""
        self.ensure_one()
        if self.method == "breakpoints":
            points = self.breakpoint_ids.sorted("figure")
            return ", ".join(f"{p.figure:,.6g} → {p.points:g}" for p in points)
        if self.higher_is_better:
            return self.env._("the higher among all customers, the more")
        return self.env._("the lower among all customers, the more")

    def _breakpoint_problems(self):
        """Sentences about breakpoints that give two answers, or run against the measure."""
        self.ensure_one()
        problems = []
        for low, high in pairwise(self.breakpoint_ids.sorted("figure")):
            pair = {"measure": self._label(), "low": low.figure, "high": high.figure}
            if low.figure == high.figure:
                problems.append(
                    self.env._(
                        "%(measure)s: the breakpoint %(low)g is there twice; remove one.", **pair
                    )
                )
            elif self.higher_is_better and low.points > high.points:
                problems.append(
                    self.env._(
                        "%(measure)s: the breakpoints are out of order. More is better here, yet "
                        "%(high)g gets fewer points than %(low)g.",
                        **pair,
                    )
                )
            elif not self.higher_is_better and low.points < high.points:
                problems.append(
                    self.env._(
                        "%(measure)s: the breakpoints are out of order. Less is better here, yet "
                        "%(high)g gets more points than %(low)g.",
                        **pair,
                    )
                )
        return problems

    def _label(self):
        """Name of the measure in the reader's language."""
        self.ensure_one()
        return dict(self._select_measure()).get(self.measure, self.measure)

    def _core_criterion(self):
        """This line as core.scoring.Criterion."""
        self.ensure_one()
        if self.method == "breakpoints":
            points = self.breakpoint_ids.sorted("figure")
            points_by = scale.Breakpoints(tuple((p.figure, p.points) for p in points))
        else:
            points_by = scale.Quantile(self.higher_is_better)
        return core.Criterion(self._measures()[self.measure][1], self.weight, points_by)


class SopScorecardBreakpoint(models.Model):
    _name = "sop.scorecard.breakpoint"
    _description = "Scorecard Breakpoint"
    _inherit = ["sop.scorecard.part"]
    _order = "criterion_id, figure, id"

    criterion_id = fields.Many2one(
        "sop.scorecard.criterion", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="criterion_id.company_id", store=True)
    figure = fields.Float(
        required=True, digits=(16, 2), help="In the unit of the measure; linear between two."
    )
    points = fields.Float(required=True, digits=(5, 2), help="From 0 to 100.")

    _points_range = models.Constraint(
        "CHECK (points BETWEEN 0 AND 100)", "Points are a number from 0 to 100."
    )
    _figure_range = models.Constraint(
        "CHECK (figure BETWEEN -1e12 AND 1e12)", "The figure of a breakpoint must be a number."
    )

    def _scorecards(self):
        return self.criterion_id.scorecard_id
