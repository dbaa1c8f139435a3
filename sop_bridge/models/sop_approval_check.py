from odoo import fields, models
from odoo.exceptions import UserError

from ..core import approval as core


class SopApprovalCheck(models.AbstractModel):
    """Part of sop.approval.mixin: whether decisions, seals and states still fit each other."""

    _name = "sop.approval.check"
    _description = "Seals of an Approval"

    def _approval_check_intact(self):
        problems = self._approval_check_chain()
        if problems:
            raise UserError(
                self.env._("Nothing can be decided on %s:", self.display_name)
                + "\n"
                + "\n".join(problems)
            )

    def _approval_check_chain(self):
        """Compare decisions, seals and states as the database has them.

        :return: list of sentences that say what does not fit; empty when all is intact
        """
        self.ensure_one()
        document = self.sudo()
        self.env.flush_all()
        document.invalidate_recordset()
        document.approval_ids.invalidate_recordset()
        sealed = document.approval_ids._sealed()
        problems = []
        broken = core.first_broken(sealed._core_chain())
        if broken is not None:
            problems.append(document._approval_broken_message(sealed[broken]))
        if (sealed[-1:].digest or "") != (document.approval_digest or ""):
            problems.append(self.env._("The last decision is not the one the document remembers."))
        return problems + document._approval_check_states()

    def _approval_broken_message(self, row):
        return self.env._(
            "Decision %(number)s (%(department)s, %(user)s, %(time)s) does not fit its seal: it, "
            "or one before it, was changed or removed in the database.",
            number=row.position,
            department=row.department or "-",
            user=row.decided_by.name or "-",
            time=fields.Datetime.to_string(row.decided_on) or "-",
        )

    def _approval_check_states(self):
        """Sentences about states that do not follow from sealed decisions."""
        problems = []
        for number, rows in self.approval_ids.grouped("round").items():
            closing = rows.filtered(lambda row: row.position and row.decision == "reopened")
            steps = rows - closing
            derived = core.step_states(steps._core_steps(), steps._core_decisions())
            for row in rows:
                if row.state != ("void" if closing else derived[row.id]):
                    problems.append(
                        self.env._(
                            "Round %(round)s, step %(step)s is “%(state)s” without a decision "
                            "that makes it so.",
                            round=number,
                            step=row.sequence,
                            state=row.state,
                        )
                    )
        steps = self._approval_steps()
        if self.approval_state != core.chain_state(steps._core_steps(), steps._core_decisions()):
            problems.append(self.env._("The state of the document does not follow from them."))
        return problems
