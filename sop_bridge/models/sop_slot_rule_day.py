from odoo import api, fields, models


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

    # ------------------------------------------------------------------ its rule is to be applied
    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days._touch_rules()
        return days

    def write(self, vals):
        before = self.rule_id
        res = super().write(vals)
        if {"rule_id", "day"} & set(vals):
            self._touch_rules(before)
        return res

    def unlink(self):
        rules = self.rule_id
        res = super().unlink()
        self.browse()._touch_rules(rules)
        return res

    def _touch_rules(self, rules=None):
        """What the rules have made may differ now; what the add-on excludes itself does not."""
        if not self.env.su:
            (self.rule_id | (rules or self.rule_id.browse()))._touch()
