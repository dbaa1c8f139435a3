from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import approval as core


class SopApprovalFlow(models.AbstractModel):
    """Part of sop.approval.mixin, private and run with ``sudo``: rounds, turns, and seals."""

    _name = "sop.approval.flow"
    _description = "Rounds and Turns of an Approval"

    # ------------------------------------------------------------------ rounds and turns
    def _approval_steps(self):
        """Steps of the round that counts; none after it was made void."""
        rows = self.sudo().approval_ids
        latest = max(rows.mapped("round"), default=0)
        current = rows.filtered(lambda row: row.round == latest)
        if "reopened" in current.mapped("decision"):
            return rows.browse()
        return current.sorted(lambda row: (row.sequence, row.id))

    def _approval_current(self):
        """The step whose turn it is, or an empty recordset."""
        steps = self._approval_steps()
        step = core.next_step(steps._core_steps(), steps._core_decisions())
        return steps.browse(step.id if step else ())

    def _approval_find_rule(self):
        """The rule whose steps apply to the document, or an empty recordset."""
        self.ensure_one()
        return self.env["sop.approval.rule"]._find(self)

    def _approval_start(self, requester=None):
        """Open the approval: copy the steps of the rule and tell the first approvers.

        :param requester: res.users who asks and therefore does not decide; default: current user
        :raise UserError: if no rule fits, or an approval is running or was granted
        """
        for document in self.sudo():
            if document.approval_state in ("pending", "approved"):
                raise UserError(
                    self.env._("%s was sent for approval already.", document.display_name)
                )
            rule = document._approval_find_rule()
            if not rule:
                raise UserError(document._approval_no_rule_message())
            asker = self.env.user if requester is None else requester
            document._approval_write({"approval_requester_id": asker.id})
            self.env["sop.approval"].sudo()._store(document._prepare_approval_steps(rule))
            document._approval_advance()

    def _approval_no_rule_message(self):
        return self.env._(
            "No approval rule fits %(document)s. An S&OP administrator sets one up for "
            "“%(kind)s” under S&OP Bridge, Approval rules.",
            document=self.display_name,
            kind=self._description,
        )

    def _prepare_approval_steps(self, rule):
        """Values of the steps of a new round: a copy of the rule as it is now."""
        self.ensure_one()
        return [
            dict(
                self._prepare_approval_row(),
                round=max(self.approval_ids.mapped("round"), default=0) + 1,
                rule_name=rule.name,
                sequence=index,
                department=step.department,
                group_id=False if step.user_id else step.group_id.id,
                user_id=step.user_id.id,
                deadline_days=step.deadline_days,
                excluded_user_ids=[(6, 0, self._sop_interested_users().ids)],
            )
            for index, step in enumerate(rule.step_ids.sorted("sequence"), start=1)
        ]

    def _prepare_approval_row(self):
        return {
            "res_model": self._name,
            "res_id": self.id,
            "company_id": self._sop_approval_company().id,
        }

    def _approval_advance(self):
        """Store the states that follow from the decisions and tell whose turn it is."""
        self.ensure_one()
        steps = self._approval_steps()
        states = core.step_states(steps._core_steps(), steps._core_decisions())
        for step in steps.filtered(lambda step: step.state != states[step.id]):
            values = {"state": states[step.id]}
            if values["state"] == "pending":
                today = fields.Date.context_today(self)
                values["pending_since"] = fields.Datetime.now()
                values["deadline"] = fields.Date.add(today, days=step.deadline_days)
            step._update(values)
        self._approval_schedule()

    # ------------------------------------------------------------------ deciding
    def _approval_person(self, user):
        real = user.active and user._is_internal() and not user._is_superuser()
        groups, companies = frozenset(user.all_group_ids.ids), frozenset(user.company_ids.ids)
        return core.Person(user.id, groups, companies, real)

    def _approval_refusal(self, step, user):
        """Code of core.approval why the user may not decide the step now, or None."""
        document, steps = self.sudo(), self._approval_steps()
        return core.may_decide(
            self._approval_person(user.sudo()),
            step._core_step(),
            steps._core_steps(),
            steps._core_decisions(),
            step.company_id.id,
            document.approval_requester_id.id,
            frozenset(document._sop_interested_users().ids),
        )

    def _approval_decide(self, outcome, reason):
        """Let the current user decide the current step, after all checks.

        :return: None, or a notification if nothing was decided because the document had changed
        """
        self.ensure_one()
        self._approval_lock()
        step = self._approval_current()
        refusal = self._approval_refusal(step, self.env.user) if step else core.SETTLED
        if refusal == core.NOT_APPROVER:
            refusal = self._approval_why_not_this_step(step)
        if refusal:
            self._approval_raise(refusal)
        if outcome == core.REJECTED and not reason:
            raise UserError(self.env._("Rejecting needs a reason: say why, and what would help."))
        self._approval_check_intact()
        self._approval_check_seen()
        if self._approval_content_changed():
            return self._approval_notification(
                self.env._(
                    "%s changed after the first decision. That decision is void and the approval "
                    "has started again.",
                    self.display_name,
                ),
                "warning",
            )
        self._approval_sign(step, outcome, reason)
        self._approval_advance()
        self._approval_tell_decision(step)
        return self._approval_settle(reason)

    def _approval_check_seen(self):
        """Refuse a decision on something else than the form showed, if it told what it showed."""
        seen = self.env.context.get("approval_seen")
        if seen and seen != self.approval_content:
            raise UserError(
                self.env._(
                    "%s changed while you were looking at it. Reload it and decide again.",
                    self.display_name,
                )
            )

    def _approval_why_not_this_step(self, step):
        steps = self._approval_steps()
        return core.why_not_this_step(
            self._approval_person(self.env.user.sudo()),
            step._core_step(),
            steps._core_steps(),
            steps._core_decisions(),
        )

    def _approval_lock(self):
        """Let one decision or change of these documents happen at a time.

        Odoo runs in REPEATABLE READ, where waiting for a lock does not refresh what was read. Both
        deciding and changing therefore update the row of the document: whoever comes second fails
        to serialise, and Odoo tries again against what has happened meanwhile.
        """
        self.flush_recordset()
        if self.ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET approval_digest = approval_digest WHERE id IN %s",
                    SQL.identifier(self._table),
                    tuple(sorted(self.ids)),
                )
            )

    def _approval_sign(self, row, decision, reason):
        """Seal a decision of the current user behind the ones before it."""
        chain = self.approval_ids._sealed()
        snapshot = core.canonical(self._sop_approval_snapshot())
        previous = chain[-1:].digest or ""
        seal = row._seal(decision, reason, snapshot, previous, len(chain) + 1)
        self._approval_write({"approval_digest": seal})

    def _approval_settle(self, reason):
        """Let the document take effect, or fall, when the chain is complete."""
        if self.approval_state == core.APPROVED:
            self._approval_granted()
        elif self.approval_state == core.REJECTED:
            self._approval_rejected(reason)

    # ------------------------------------------------------------------ change after decision
    def _approval_is_stale(self):
        """Whether what counts as decided differs from the document as it is now."""
        self.ensure_one()
        document = self.sudo()
        decided = document._approval_steps().filtered("position")
        if not decided or document.approval_state == core.REJECTED:
            return False
        now = core.canonical(document._sop_approval_snapshot())
        return any(step.snapshot != now for step in decided)

    def _approval_content_changed(self, reason=None):
        """Start again where decisions no longer fit the document.

        :param reason: sentence for the record of decisions
        :return: the documents that start again
        """
        self.filtered(lambda document: document.approval_state != "none")._approval_lock()
        changed = self.filtered(lambda document: document._approval_is_stale())
        for document in changed.sudo():
            document._approval_void(reason or self.env._("Changed after it was decided."))
            document._approval_start(document.approval_requester_id)
            document._approval_reopened()
        return changed

    def _approval_void(self, reason):
        """Make the current round void. Its decisions stay in the chain, with who ended it and why.

        :param reason: sentence for the record of decisions
        """
        for document in self.sudo():
            steps = document._approval_steps()
            if not steps:
                continue
            end = (
                self.env["sop.approval"]
                .sudo()
                ._store(
                    [
                        dict(
                            document._prepare_approval_row(),
                            round=steps[0].round,
                            sequence=steps[-1].sequence + 1,
                            state="void",
                        )
                    ]
                )
            )
            document._approval_sign(end, "reopened", reason)
            steps._update({"state": "void"})
            document._approval_schedule()
            document._approval_note(self.env._("Approval made void: %s", reason))
