from odoo import fields, models


class SopWorkcenterCampaigns(models.AbstractModel):
    """The part of a work centre about campaigns."""

    _name = "sop.workcenter.campaigns"
    _description = "Work Centres with Campaigns"

    sop_campaign_count = fields.Integer(
        compute="_compute_sop_campaign_count",
        groups="mrp.group_mrp_user",
        help="Open proposals and those in force.",
    )

    def _compute_sop_campaign_count(self):
        counts = dict(
            self.env["sop.campaign"]._read_group(
                [("workcenter_id", "in", self.ids), ("state", "in", ("draft", "applied"))],
                ["workcenter_id"],
                ["__count"],
            )
        )
        for workcenter in self:
            workcenter.sop_campaign_count = counts.get(workcenter._origin, 0)

    def action_sop_campaigns(self):
        """Open the campaigns of the work centre. Returns an action."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_campaign")
        return dict(
            action,
            domain=[("workcenter_id", "=", self.id)],
            context={"default_workcenter_id": self.id},
        )
