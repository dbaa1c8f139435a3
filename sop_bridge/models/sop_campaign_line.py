from datetime import timedelta

from odoo import api, fields, models


class SopCampaignLine(models.Model):
    """A work order of a campaign: where it stands, and where the proposal puts it."""

    _name = "sop.campaign.line"
    _inherit = ["sop.kept"]
    _description = "Work Order of a Campaign"
    _order = "campaign_id, sequence, id"

    campaign_id = fields.Many2one(
        "sop.campaign", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="campaign_id.currency_id")
    sequence = fields.Integer(readonly=True)
    role = fields.Selection(
        [
            ("job", "Part of the campaign"),
            ("before", "Planned before it"),
            ("behind", "Follows it"),
        ],
        required=True,
        default="job",
        readonly=True,
    )
    # kept when the work order is deleted, so that the proposal can say what is missing
    name = fields.Char("Operation", required=True, readonly=True)
    workorder_id = fields.Many2one(
        "mrp.workorder", "Work order", index="btree_not_null", ondelete="set null", readonly=True
    )
    production_id = fields.Many2one(
        "mrp.production", "Manufacturing order", ondelete="set null", readonly=True
    )
    product_id = fields.Many2one(related="production_id.product_id")
    workcenter_id = fields.Many2one("mrp.workcenter", "Work centre", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="set null", readonly=True)
    tier_id = fields.Many2one("sop.tier", ondelete="set null", readonly=True)
    family_id = fields.Many2one("sop.family", "Product family", ondelete="set null", readonly=True)
    due = fields.Datetime(
        "Make by",
        readonly=True,
        help="The promised day less the delivery delay; without a promise the day that the "
        "customer asked for, or the deadline of the order.",
    )
    due_day = fields.Date("Made by", compute="_compute_due_day")
    minutes = fields.Float("Work", readonly=True, help="Minutes without changeover.")
    changeover_minutes = fields.Float(
        "Changeover", readonly=True, help="Minutes of changing over to it, in the proposed order."
    )
    changeover_cost = fields.Monetary("Changeover cost", readonly=True)
    now_start = fields.Datetime("Start now", readonly=True)
    now_stop = fields.Datetime("End now", readonly=True)
    new_start = fields.Datetime("Proposed start", readonly=True)
    new_stop = fields.Datetime("Proposed end", readonly=True)
    late_before = fields.Boolean("Late now", readonly=True)
    late_after = fields.Boolean("Late then", readonly=True)
    moves = fields.Boolean(compute="_compute_moves")
    pieces = fields.Json(readonly=True, help="[[day, slot id, minutes]] at the proposed time")
    former = fields.Json(readonly=True, help="What undoing restores.")

    @api.depends("now_start", "now_stop", "new_start", "new_stop")
    def _compute_moves(self):
        for line in self:
            line.moves = (line.now_start, line.now_stop) != (line.new_start, line.new_stop)

    @api.depends("due")
    def _compute_due_day(self):
        """The last day: midnight belongs to the day before."""
        for line in self:
            last = line.due and line.due - timedelta(seconds=1)
            line.due_day = last and line.company_id._sop_local_date(last)

    # ------------------------------------------------------------------ guarding
    def _get_refusal(self, mode):
        return self.env._("The lines of a campaign come from its proposal.")
