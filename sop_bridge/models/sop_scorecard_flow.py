from odoo import fields, models
from odoo.exceptions import UserError


class SopScorecardFlow(models.AbstractModel):
    """Part of sop.scorecard: how a draft comes into force, and what can be done with a version."""

    _name = "sop.scorecard.flow"
    _description = "Approval of Scorecards"

    def action_ask(self):
        """Ask both departments to approve these drafts. Returns True.

        :raise UserError: if something is missing or wrong, with all of it in the message
        """
        self.check_access("write")
        for card in self:
            card._check_draft()
            card._check_not_archived()
            card._check_complete()
            card._check_nothing_pending()
            card._approval_start()
        return True

    def _check_nothing_pending(self):
        other = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("state", "=", "pending")], limit=1
        )
        if other:
            raise UserError(
                self.env._(
                    "%s waits for approval already. Have it decided or taken back first.",
                    other.display_name,
                )
            )

    def action_draft(self):
        """Take a pending or rejected version back, so that it can be changed. Returns True.

        :raise UserError: if it is or was in force
        """
        self.check_access("write")
        for card in self.sudo():
            if card.state not in ("pending", "rejected"):
                raise UserError(
                    self.env._(
                        "%s neither waits for approval nor was it rejected.", card.display_name
                    )
                )
            card._approval_void(self.env._("Taken back by %s.", self.env.user.name))
        return True

    def action_approve(self, reason=None):
        """Approve for one's department.

        :raise UserError: if the scorecard no longer fits the tiers as they are now
        """
        for card in self.sudo().filtered(lambda c: c.state == "pending"):
            card._check_complete()
        return super().action_approve(reason)

    def _approval_granted(self):
        """Both departments approved: the version comes into force, the one before it ends."""
        res = super()._approval_granted()
        for card in self:
            now = fields.Datetime.now()
            earlier = card._get_active(card.company_id)
            if earlier:
                earlier._approval_write({"date_superseded": now})
                earlier.flush_recordset()
            card._approval_write({"date_active": now})
            card.flush_recordset()
            card._refresh_quotations()
        return res

    def action_preview(self):
        """Show what this scorecard would make of today's customers. Returns an action.

        :raise AccessError: for who may not see the figures of all customers
        :raise UserError: if the scorecard is not complete
        """
        self.ensure_one()
        return self.env["sop.scorecard.preview"]._make(self)._open()

    def action_new_version(self):
        """Copy this version into a draft that can be changed. Returns an action that opens it.

        :raise AccessError: for who may not create scorecards
        """
        self.ensure_one()
        return self.copy()._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
