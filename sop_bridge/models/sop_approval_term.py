from odoo import api, fields, models
from odoo.exceptions import UserError


class SopApprovalTerm(models.AbstractModel):
    """What both departments approve about a customer for a time, and what can end before it.

    Models add the customer (partner_id), a company, the days, and what may not change any more.
    """

    _name = "sop.approval.term"
    _description = "Approved for a Time"
    _inherit = ["sop.approval.mixin"]

    ended_on = fields.Date("Ended on", readonly=True, copy=False)
    end_reason = fields.Char("Ended because", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "Waits for approval"),
            ("rejected", "Rejected"),
            ("approved", "Approved"),
            ("ended", "Ended"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
        index=True,
    )
    can_change = fields.Boolean(compute="_compute_can_change")

    _order_of_dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "It would end before it starts: the last day must not be earlier than the first.",
    )

    @api.depends("approval_state", "ended_on")
    def _compute_state(self):
        for term in self:
            state = term.approval_state
            if term.ended_on and state == "approved":
                term.state = "ended"
            else:
                term.state = "draft" if state == "none" else state

    @api.depends_context("uid")
    def _compute_can_change(self):
        for term in self:
            term.can_change = term.has_access("write")

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        self.partner_id = self.partner_id.commercial_partner_id

    # ------------------------------------------------------------------ guarding
    def unlink(self):
        """:raise UserError: if both departments were ever asked"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        """:raise UserError: if both departments were ever asked; models say what to do instead"""

    def _for_company(self, vals):
        """Values with the commercial entity instead of one of its contacts."""
        number = vals.get("partner_id")
        partner = self.env["res.partner"].browse(number if type(number) is int else ()).exists()
        if not partner:
            return vals
        return dict(vals, partner_id=partner.commercial_partner_id.id)

    def _today(self):
        """Day on which the companies' users are now."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return company._sop_local_date(fields.Datetime.now())

    # ------------------------------------------------------------------ taking back
    def action_draft(self):
        """Take a pending or rejected document back, so that it can be changed. Returns True.

        :raise UserError: if it was approved
        """
        self.check_access("write")
        for term in self.sudo():
            if term.state not in ("pending", "rejected"):
                raise UserError(
                    self.env._(
                        "%s neither waits for approval nor was it rejected.", term.display_name
                    )
                )
            term._approval_void(self.env._("Taken back by %s.", self.env.user.name))
        return True
