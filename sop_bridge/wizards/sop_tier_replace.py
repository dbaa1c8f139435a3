from odoo import api, fields, models


class SopTierReplace(models.TransientModel):
    """Archives a tier that is in use and puts another in its place.

    What both departments approved is not changed here: for a scorecard in force, the dialog
    prepares a new version for them to decide on.
    """

    _name = "sop.tier.replace"
    _description = "Archive a Tier with a Replacement"

    tier_id = fields.Many2one("sop.tier", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="tier_id.company_id")
    replacement_id = fields.Many2one(
        "sop.tier",
        required=True,
        ondelete="cascade",
        domain="[('id', '!=', tier_id), ('company_id', 'in', (company_id, False))]",
        help="Customers, slots and drafts of scorecards go to this tier.",
    )
    uses = fields.Char("In use by", compute="_compute_uses")
    scorecard_ids = fields.Many2many(
        "sop.scorecard", string="Scorecards in force", compute="_compute_uses"
    )

    @api.depends("tier_id")
    def _compute_uses(self):
        for wizard in self:
            wizard.uses = ", ".join(wizard.tier_id._get_uses()) if wizard.tier_id else False
            wizard.scorecard_ids = wizard.tier_id._get_scorecards(["active"])

    def action_replace(self):
        """Archive the tier; what it was used for goes to the other one. Returns an action.

        :raise AccessError: for who may not change tiers
        :raise UserError: if both departments' word stands against it
        """
        self.ensure_one()
        self.tier_id.check_access("write")
        self.tier_id._replace(self.replacement_id)
        return {"type": "ir.actions.act_window_close"}

    def action_prepare(self):
        """Draft new versions of the scorecards in force that name the other tier instead.

        :return: an action that opens them
        """
        self.ensure_one()
        cards = self.scorecard_ids.with_env(self.env)
        drafts = cards.browse()
        for card in cards:
            draft = card.copy()
            draft._replace_tier(self.tier_id, self.replacement_id)
            drafts |= draft
        if len(drafts) == 1:
            return drafts._open()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_scorecard")
        return dict(action, domain=[("id", "in", drafts.ids)], context={})
