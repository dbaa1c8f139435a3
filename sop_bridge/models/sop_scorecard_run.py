from odoo import models
from odoo.exceptions import UserError


class SopScorecardRun(models.AbstractModel):
    """The part of a scorecard that starts a scoring."""

    _name = "sop.scorecard.run"
    _description = "Scoring by a Scorecard"

    def action_score_now(self):
        """Let the scheduled job score all customers of the company today. Returns an action.

        It opens the run, which shows how far it is. Where today's scoring is done, it is shown and
        nothing changes.

        :raise AccessError: for anyone but coordinators, administrators and sales approvers
        :raise UserError: if the scorecard is not in force
        """
        self.ensure_one()
        self.check_access("read")
        runs = self.env["sop.score.run"]
        runs._check_may_start()
        if self.state != "active":
            raise UserError(
                self.env._(
                    "%s is not in force. Customers are scored by the scorecard that both "
                    "departments approved.",
                    self.display_name,
                )
            )
        run = runs._open(self)
        if run.state != "done":
            run.with_env(self.env).action_start()
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }
