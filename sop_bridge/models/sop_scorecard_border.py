from odoo import fields, models

# Paths from the scorecard to what its check depends on.
BORDER_FIELDS = ("border_ids.tier_id.rank", "border_ids.tier_id.active", "border_ids.score")


class SopScorecardBorder(models.Model):
    """The score from which a customer belongs in a tier."""

    _name = "sop.scorecard.border"
    _description = "Scorecard Border"
    _inherit = ["sop.scorecard.part"]
    _order = "scorecard_id, score desc, id"
    _check_company_auto = True

    scorecard_id = fields.Many2one("sop.scorecard", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    tier_id = fields.Many2one(
        "sop.tier", required=True, index=True, ondelete="restrict", check_company=True
    )
    color = fields.Integer(related="tier_id.color")
    score = fields.Float(
        "From score",
        required=True,
        digits=(5, 2),
        help="A customer with this score or more belongs in the tier, unless in a better one.",
    )

    _score_range = models.Constraint(
        "CHECK (score BETWEEN 0 AND 100)",
        "A border is a score from 0 to 100.",
    )
    _tier_once = models.UniqueIndex(
        "(scorecard_id, tier_id)", "Each tier has one border: remove the second one."
    )
