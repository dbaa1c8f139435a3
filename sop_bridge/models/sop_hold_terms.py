from odoo import fields, models

HOLD_NUMBERS = (
    "sop_hold_days",
    "sop_hold_max_days",
    "sop_hold_extensions",
    "sop_hold_count",
    "sop_hold_hours",
    "sop_otif_early_days",
    "sop_otif_late_days",
    "sop_otif_share",
)


class SopHoldTerms(models.AbstractModel):
    """The part of a company about holds, promises at risk, and when a promise counts as kept."""

    _name = "sop.hold.terms"
    _description = "Terms of Held Quotations"

    sop_hold_days = fields.Integer(
        "Quotations hold for",
        default=7,
        help="Days for which a quotation keeps what it was promised; a tier can have its own.",
    )
    sop_hold_max_days = fields.Integer(
        "Held at most",
        default=30,
        help="Days after which a quotation holds nothing any more, counted from its first hold.",
    )
    sop_hold_extensions = fields.Integer(
        "Extensions",
        default=1,
        help="How often a hold may be extended, with a reason. Letting go and holding again until "
        "a later day counts as well.",
    )
    sop_hold_count = fields.Integer(
        "Held quotations per salesperson",
        default=20,
        help="How many quotations a salesperson may hold at the same time. 0: no limit.",
    )
    sop_hold_hours = fields.Integer(
        "Held hours per customer",
        default=80,
        help="Hours of one work centre that the quotations of one customer may hold at the same "
        "time. 0: no limit.",
    )

    sop_risk_user_id = fields.Many2one(
        "res.users",
        "Planner told of promises at risk",
        help="Who is told beside the salesperson, where an order has no planner of its own.",
    )
    sop_otif_early_days = fields.Integer(
        "Delivered early by", default=30, help="Days before the promised day that are on time."
    )
    sop_otif_late_days = fields.Integer(
        "Delivered late by", default=0, help="Days after the promised day that are on time."
    )
    sop_otif_share = fields.Integer(
        "Delivered in full from", default=100, help="Percent of the quantity that count as all."
    )

    _sop_otif = models.Constraint(
        "CHECK (sop_otif_early_days BETWEEN 0 AND 365 AND sop_otif_late_days BETWEEN 0 AND 365 "
        "AND sop_otif_share BETWEEN 1 AND 100)",
        "The window of a delivery is 0 to 365 days, what counts as all 1 to 100 percent.",
    )
    _sop_hold_days = models.Constraint(
        "CHECK (sop_hold_days BETWEEN 1 AND sop_hold_max_days AND sop_hold_max_days <= 365)",
        "Quotations hold for at least one day, at most as long as allowed, and not over a year.",
    )
    _sop_hold_limits = models.Constraint(
        "CHECK (sop_hold_extensions BETWEEN 0 AND 100 AND sop_hold_count >= 0 "
        "AND sop_hold_hours >= 0)",
        "Limits of held quotations cannot be negative, and a hold is extended at most 100 times.",
    )
