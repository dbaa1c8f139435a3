from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import guard

# What a person chooses; everything else comes from the proposal.
CHOSEN = ("workcenter_id", "date_from", "date_to")
PROTECTED = (
    "company_id",
    "state",
    "outcome",
    "proposed_on",
    "applied_on",
    "applied_by_id",
    "minutes_before",
    "minutes_after",
    "cost_before",
    "cost_after",
    "late_before",
    "late_after",
    "changeovers_before",
    "changeovers_after",
    "chart",
    "told",
    "seal",
    "line_ids",
    "step_ids",
)
LONGEST = 92


class SopCampaign(models.Model):
    """Order in which the open work orders of a work centre would run with fewer changeovers.

    A proposal changes nothing. Applying it plans the work orders to the proposed times, as long as
    nothing has changed since; undoing plans them back, as long as nothing else has moved.
    """

    _name = "sop.campaign"
    _description = "Campaign Proposal"
    _inherit = [
        "sop.campaign.room",
        "sop.campaign.due",
        "sop.campaign.facts",
        "sop.campaign.plan",
        "sop.campaign.proposal",
        "sop.campaign.seal",
        "sop.campaign.apply",
        "sop.campaign.text",
        "mail.thread",
    ]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        "Work centre",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(
        "Until",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=13),
        help="Last day of the period, in the time zone of the work centre.",
    )
    state = fields.Selection(
        [
            ("draft", "Proposed"),
            ("applied", "Applied"),
            ("undone", "Undone"),
            ("obsolete", "Obsolete"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Obsolete: another campaign of the work centre was applied for the same time.",
    )
    outcome = fields.Selection(
        [
            ("none", "Not computed yet"),
            ("empty", "Nothing to put in order"),
            ("best", "Nothing to gain"),
            ("late", "Every better order would break a promise"),
            ("better", "A better order was found"),
        ],
        required=True,
        default="none",
        readonly=True,
        copy=False,
    )
    proposed_on = fields.Datetime("Computed on", readonly=True, copy=False)
    applied_on = fields.Datetime("Applied on", readonly=True, copy=False)
    applied_by_id = fields.Many2one("res.users", "Applied by", readonly=True, copy=False)
    minutes_before = fields.Float("Changeover minutes now", readonly=True, copy=False)
    minutes_after = fields.Float("Changeover minutes then", readonly=True, copy=False)
    minutes_saved = fields.Float("Minutes saved", compute="_compute_saved", store=True)
    cost_before = fields.Monetary("Changeover cost now", readonly=True, copy=False)
    cost_after = fields.Monetary("Changeover cost then", readonly=True, copy=False)
    cost_saved = fields.Monetary("Cost saved", compute="_compute_saved", store=True)
    late_before = fields.Integer("Late orders now", readonly=True, copy=False)
    late_after = fields.Integer("Late orders then", readonly=True, copy=False)
    changeovers_before = fields.Integer("Changeovers now", readonly=True, copy=False)
    changeovers_after = fields.Integer("Changeovers then", readonly=True, copy=False)
    line_ids = fields.One2many(
        "sop.campaign.line",
        "campaign_id",
        "Work orders",
        domain=[("role", "=", "job")],
        readonly=True,
        copy=False,
    )
    step_ids = fields.One2many(
        "sop.campaign.line",
        "campaign_id",
        "Operations that follow",
        domain=[("role", "!=", "job")],
        readonly=True,
        copy=False,
    )
    chart = fields.Json(readonly=True, copy=False)
    told = fields.Json(readonly=True, copy=False, help="What the sentences name.")
    seal = fields.Json(readonly=True, copy=False, help="The facts it rests on.")

    _order_of_dates = models.Constraint(
        "CHECK (date_to >= date_from)",
        "The period would end before it starts: the last day must not be earlier than the first.",
    )
    _length = models.Constraint(
        f"CHECK (date_to - date_from < {LONGEST})",
        "A campaign is planned for up to 92 days. Choose an earlier last day.",
    )

    @api.depends("workcenter_id")
    def _compute_company_id(self):
        for campaign in self:
            own = campaign.workcenter_id.company_id
            campaign.company_id = own or campaign.company_id or self.env.company

    @api.depends("minutes_before", "minutes_after", "cost_before", "cost_after")
    def _compute_saved(self):
        for campaign in self:
            campaign.minutes_saved = campaign.minutes_before - campaign.minutes_after
            campaign.cost_saved = campaign.cost_before - campaign.cost_after

    @api.constrains("date_to")
    def _check_not_past(self):
        """A period that is over has nothing to put in order."""
        for campaign in self:
            if campaign.state == "draft" and campaign.date_to < campaign._get_today():
                raise ValidationError(
                    self.env._("The period is over. Choose a last day from today on.")
                )

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, PROTECTED)
        return super(SopCampaign, guard.without_defaults(self, PROTECTED)).create(vals_list)

    def write(self, vals):
        """:raise UserError: if the period of what was applied would change"""
        guard.refuse_write(self, vals, PROTECTED)
        before = {campaign: [campaign[name] for name in CHOSEN] for campaign in self}
        res = super().write(vals)
        changed = self.filtered(
            lambda campaign: [campaign[name] for name in CHOSEN] != before[campaign]
        )
        changed._check_open()
        changed._forget_proposal()
        return res

    def unlink(self):
        """:raise UserError: if one of them was applied"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._check_not_applied()
        return super().unlink()

    def _check_not_applied(self):
        if any(campaign.state in ("applied", "undone") for campaign in self):
            raise UserError(
                self.env._("A campaign that was applied is history; it cannot be deleted.")
            )

    def _store(self, vals):
        """Write protected fields; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _check_open(self):
        for campaign in self:
            if campaign.state not in ("draft", "obsolete"):
                raise UserError(
                    self.env._(
                        "%s was applied already. Propose a new campaign instead.",
                        campaign.display_name,
                    )
                )

    # ------------------------------------------------------------------ proposing
    @api.model
    def action_propose_for(self, workcenter_id, date_from, date_to):
        """Propose a campaign for a work centre and a period.

        The user's own proposals for the same work centre and time become obsolete.

        :param workcenter_id: id of a mrp.workcenter
        :param date_from: first day, a date or its text
        :param date_to: last day
        :return: action that opens the proposal
        :raise AccessError: for anyone who may not plan work orders
        :raise UserError: if the work centre has no working hours, or a day is none
        """
        board = self.env["sop.board"]
        campaign = self.create(
            {
                "workcenter_id": workcenter_id,
                "date_from": board._read_date(date_from),
                "date_to": board._read_date(date_to),
            }
        )
        campaign._propose()
        mine = campaign._find_overlapping().filtered(lambda one: one.create_uid == self.env.user)
        mine.sudo()._store({"state": "obsolete"})
        return campaign._get_form_action()

    def action_propose(self):
        """Compute the proposal, or compute it anew; of what was applied, a new one.

        :return: True, or the action that opens the new proposal
        """
        self.ensure_one()
        if self.state in ("applied", "undone"):
            first = max(self.date_from, self._get_today())
            last = max(self.date_to, first)
            return self.action_propose_for(self.workcenter_id.id, first, last)
        self._propose()
        return True

    def _find_overlapping(self):
        """Other open proposals for the same work centre and time."""
        self.ensure_one()
        return self.search(
            [
                ("workcenter_id", "=", self.workcenter_id.id),
                ("state", "=", "draft"),
                ("date_from", "<=", self.date_to),
                ("date_to", ">=", self.date_from),
                ("id", "!=", self.id),
            ]
        )

    def _get_form_action(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_campaign")
        return dict(action, res_id=self.id, view_mode="form", views=[(False, "form")], context={})

    def action_workorders(self):
        """Open the work orders of the campaign. Returns an action."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp.action_mrp_workorder_workcenter"
        )
        workorders = (self.line_ids | self.step_ids).workorder_id
        return dict(action, domain=[("id", "in", workorders.ids)], context={})
