from odoo import fields, models

# From so many lines on, a rule that never or always fires is no accident.
ENOUGH = 20


class SopAcceptanceRule(models.Model):
    """How often an acceptance rule was tried on order lines, and how often it fired."""

    _inherit = "sop.acceptance.rule"

    log_lines = fields.Integer("Lines tried", compute="_compute_log")
    log_fired = fields.Integer("Fired", compute="_compute_log")
    log_mark = fields.Selection(
        [("never", "Never fires"), ("always", "Always fires")],
        "Remark",
        compute="_compute_log",
        help="The rule was tried on 20 order lines or more, and decided none, or all of them.",
    )

    def _compute_log(self):
        """Counted with the rights of the system: the numbers name no customer."""
        groups = (
            self.env["sop.acceptance.log"]
            .sudo()
            ._read_group([("rule_id", "in", self.ids)], ["rule_id", "fired"], ["__count"])
        )
        found = {}
        for rule, fired, count in groups:
            found.setdefault(rule.id, {})[fired] = count
        for rule in self:
            counts = found.get(rule.id, {})
            rule.log_fired = counts.get(True, 0)
            rule.log_lines = sum(counts.values())
            rule.log_mark = rule._get_log_mark()

    def _get_log_mark(self):
        if self.log_lines < ENOUGH:
            return False
        if not self.log_fired:
            return "never"
        return "always" if self.log_fired == self.log_lines else False

    def action_sop_log(self):
        """Open the lines on which the rule was tried. Returns an action."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sop_bridge.action_sop_acceptance_log"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "list")
        return action
