from odoo import fields, models


class SopSlotRuleDay(models.Model):
    """A day on which a rule makes no slot."""

    _name = "sop.slot.rule.day"
    _description = "Excluded Day of a Slot Rule"
    _order = "day"
    _rec_name = "day"

    rule_id = fields.Many2one("sop.slot.rule", required=True, index=True, ondelete="cascade")
    day = fields.Date(required=True)
    name = fields.Char("Why")

    _once = models.Constraint(
        "UNIQUE (rule_id, day)", "A day can be excluded only once: remove the second line."
    )
