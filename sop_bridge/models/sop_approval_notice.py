from odoo import models

from ..core import approval as core
from .wording import say_day

ACTIVITY = "sop_bridge.mail_activity_type_approval"
NAMES_SHOWN = 4
MAX_NOTIFIED = 20


class SopApprovalNotice(models.AbstractModel):
    """Part of sop.approval.mixin: who may decide, and how they and who asked are told."""

    _name = "sop.approval.notice"
    _description = "Notices of an Approval"

    def _approval_deciders(self, step):
        """Users who may decide the step now."""
        users = step.user_id or step.group_id.all_user_ids
        return users.sudo().filtered(lambda user: not self._approval_refusal(step, user))

    def _approval_label(self, step):
        """Sentence that names for whom the document waits, and until when."""
        self.ensure_one()
        users = self._approval_deciders(step)
        if not users:
            return self.env._(
                "Nobody can decide as %s: those who could have a stake in it or decided already. "
                "An administrator adds an approver.",
                step.approver_name,
            )
        names = ", ".join(users[:NAMES_SHOWN].mapped("name"))
        if len(users) > NAMES_SHOWN:
            names += self.env._(" and %s others", len(users) - NAMES_SHOWN)
        return self.env._(
            "Waits for %(approver)s (%(names)s) until %(day)s",
            approver=dict(step._fields["department"]._description_selection(self.env))[
                step.department
            ],
            names=names,
            day=say_day(self.env, step.deadline),
        )

    def _approval_schedule(self):
        """Leave an activity with everyone who may decide now, and with nobody else."""
        self.ensure_one()
        if "activity_ids" not in self._fields:
            return
        document = self.sudo().with_context(mail_activity_automation_skip=False)
        document.activity_unlink([ACTIVITY])
        step = document._approval_current()
        for user in document._approval_deciders(step)[:MAX_NOTIFIED]:
            document.activity_schedule(
                ACTIVITY,
                date_deadline=step.deadline,
                summary=self.env._("Decide on %s", document.display_name),
                user_id=user.id,
            )

    def _approval_note(self, body, partners=None):
        if hasattr(self, "message_post"):
            self.sudo().message_post(
                body=body,
                subtype_xmlid="mail.mt_note",
                partner_ids=partners.ids if partners else [],
            )

    def _approval_tell_decision(self, step):
        """Record a decision in the discussion; who asked is told the outcome."""
        settled = self.approval_state in (core.APPROVED, core.REJECTED)
        labels = dict(step._fields["decision"]._description_selection(self.env))
        departments = dict(step._fields["department"]._description_selection(self.env))
        body = self.env._(
            "%(decision)s for %(department)s by %(user)s",
            decision=labels[step.decision],
            department=departments[step.department],
            user=step.decided_by.name,
        )
        if step.reason:
            body = f"{body}: {step.reason}"
        self._approval_note(body, self.approval_requester_id.partner_id if settled else None)

    def _approval_notify_overdue(self, step):
        """Remind the approvers of a step whose deadline has passed."""
        self.ensure_one()
        document = self.sudo()
        document._approval_note(
            self.env._(
                "The decision was due on %(day)s. %(label)s",
                day=say_day(self.env, step.deadline),
                label=document._approval_label(step),
            ),
            document._approval_deciders(step)[:MAX_NOTIFIED].partner_id,
        )
