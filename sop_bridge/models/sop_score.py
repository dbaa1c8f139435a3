from odoo import api, fields, models
from odoo.exceptions import AccessError

OUTCOMES = [
    ("first", "First tier"),
    ("promoted", "Moved up"),
    ("demoted", "Moved down"),
    ("kept", "Unchanged"),
    ("rising", "Above its tier, not long enough"),
    ("falling", "Below its tier, not long enough"),
    ("no_orders", "No orders"),
    ("floor", "Held by a floor"),
    ("override", "Set by an override"),
]


class SopScore(models.Model):
    """The score of one customer in one run: what was measured, and the tier that follows.

    Scores are history. They are written in bulk by the run, and by nobody else.
    """

    _name = "sop.score"
    _description = "Customer Score"
    _inherit = ["sop.score.text"]
    _order = "date desc, run_id, whale_rank, id"
    # the run knows who made it and when; a hundred thousand references to that are not free
    _log_access = False
    _rec_name = "partner_id"

    run_id = fields.Many2one("sop.score.run", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    is_last = fields.Boolean("Latest run", related="run_id.is_last")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        readonly=True,
        ondelete="set null",
        help="Salesperson of the customer on the day of the run.",
    )
    country_id = fields.Many2one("res.country", readonly=True, ondelete="set null")
    has_score = fields.Boolean(
        "Scored", readonly=True, help="A customer without orders in the window has no score."
    )
    score = fields.Float(readonly=True, digits=(9, 6), aggregator="avg")
    tier_before_id = fields.Many2one("sop.tier", "Before", readonly=True, ondelete="restrict")
    tier_target_id = fields.Many2one(
        "sop.tier",
        "By this score",
        readonly=True,
        ondelete="restrict",
        help="The tier that this score alone asks for.",
    )
    tier_earned_id = fields.Many2one(
        "sop.tier",
        "By the scores",
        readonly=True,
        ondelete="restrict",
        help="The tier after the scorings in a row that a move needs, without override or floor.",
    )
    tier_after_id = fields.Many2one("sop.tier", "Tier", readonly=True, ondelete="restrict")
    moved = fields.Boolean("Tier changed", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    reason = fields.Char("Why", compute="_compute_reason")
    next_tier_id = fields.Many2one("sop.tier", "Next tier", compute="_compute_next_tier")
    gap = fields.Float(
        "Missing to the next tier",
        readonly=True,
        digits=(9, 6),
        aggregator="avg",
        help="Points that the score is short of the next better border.",
    )
    reserve = fields.Float(
        "Above the border",
        readonly=True,
        digits=(9, 6),
        aggregator="avg",
        help="Points that the score is above the border of the tier it asks for.",
    )
    net_sales = fields.Monetary("Net sales", readonly=True)
    goods_cost = fields.Monetary("Cost of goods", readonly=True)
    cost_to_serve = fields.Monetary("Cost to serve", readonly=True)
    contribution = fields.Monetary(
        readonly=True, help="Net sales less the cost of the goods and the cost to serve."
    )
    measure_table = fields.Html("Points", compute="_compute_measure_table")
    figures = fields.Json(readonly=True, help="{measure: [figure, points]}")
    recent = fields.Json(readonly=True, help="Tiers the last scorings asked for, oldest first.")
    whale_rank = fields.Integer("Place by contribution", readonly=True, aggregator=None)
    whale_share = fields.Float(
        "Share up to here",
        readonly=True,
        aggregator=None,
        digits=(16, 6),
        help="Contribution of this customer and all better ones, in relation to the total. Not "
        "defined where the total is not positive.",
    )
    has_whale_share = fields.Boolean(readonly=True)

    _customer_once = models.Constraint(
        "UNIQUE (run_id, partner_id)", "A customer has one score in a run."
    )

    @api.depends("run_id", "tier_target_id", "has_score")
    def _compute_next_tier(self):
        """The tier above the one that the score asks for."""
        for score in self:
            better = score.sudo().run_id.scorecard_id.border_ids.sorted("score", reverse=True)
            tiers = better.tier_id.ids
            target = score.tier_target_id.id
            at = tiers.index(target) if target in tiers else len(tiers)
            score.next_tier_id = tiers[at - 1] if score.has_score and at else False

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Scores come from a run of the scorecard, not by hand."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Scores are history; nobody changes them."))

    def unlink(self):  # pylint: disable=method-required-super
        message = self.env._("Scores are history; they stay.")
        raise AccessError(message)  # pylint: disable=no-raise-unlink
