from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..core import approval as core
from .sop_approval_rule import DEPARTMENTS

REMIND_BATCH = 100


class SopApproval(models.Model):
    """One approval step of a document, and the decision made on it.

    Nobody creates, changes or deletes these records from outside, administrators included: the
    refusal does not look at rights or context. Decisions are made with ``action_approve`` and
    ``action_reject`` of the document. Each decision is sealed with a hash over what was decided
    and over the seal before it, so that what is changed in the database shows.
    """

    _name = "sop.approval"
    _description = "Approval Step"
    _order = "res_model, res_id desc, round desc, sequence, id"

    res_model = fields.Char("Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document id", model_field="res_model", required=True, readonly=True
    )
    document_name = fields.Char("Document", compute="_compute_document_name")
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="restrict")
    rule_name = fields.Char("Rule", readonly=True)
    round = fields.Integer(
        readonly=True, help="A document that changes after a decision starts another round."
    )
    sequence = fields.Integer("Step", readonly=True)
    department = fields.Selection(DEPARTMENTS, readonly=True)
    group_id = fields.Many2one("res.groups", "Approvers", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Approver", readonly=True, ondelete="restrict")
    approver_name = fields.Char("Who decides", compute="_compute_approver_name")
    excluded_user_ids = fields.Many2many(
        "res.users",
        "sop_approval_excluded_rel",
        string="May not decide",
        readonly=True,
        help="Those who had an interest in the document when the approval started.",
    )
    deadline_days = fields.Integer(readonly=True)
    pending_since = fields.Datetime("Since", readonly=True)
    deadline = fields.Date(readonly=True)
    reminded_on = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Later"),
            ("pending", "To decide"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("void", "Void"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    decision = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected"), ("reopened", "Made void")],
        readonly=True,
        help="What was decided; it stays when the decision becomes void.",
    )
    decided_by = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_on = fields.Datetime(readonly=True)
    reason = fields.Text(readonly=True)
    position = fields.Integer(readonly=True, help="Place in the chain of decisions; 0: undecided.")
    snapshot = fields.Text(
        "What was decided",
        readonly=True,
        groups="sop_bridge.group_sop_sales_approver,sop_bridge.group_sop_production_approver,"
        "sop_bridge.group_sop_coordinator",
    )
    digest = fields.Char("Seal", readonly=True)
    previous_digest = fields.Char("Seal before", readonly=True)
    can_decide = fields.Boolean(
        "For me to decide", compute="_compute_can_decide", search="_search_can_decide"
    )

    _document = models.Index("(res_model, res_id)")
    _position = models.UniqueIndex(
        "(res_model, res_id, position) WHERE position > 0",
        "Another decision was made at the same moment. Reload and look again.",
    )
    _signed = models.Constraint(
        "CHECK (decision IS NULL OR (decided_by IS NOT NULL AND digest IS NOT NULL))",
        "A decision needs a person and a seal.",
    )

    # ------------------------------------------------------------------ refused to everybody
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """:raise AccessError: always; approval steps are started by their document"""
        raise AccessError(self.env._("Approval steps are started by their document, not by hand."))

    def write(self, vals):  # pylint: disable=method-required-super
        """:raise AccessError: always; steps are decided with approve and reject"""
        raise AccessError(
            self.env._("Decisions are made with Approve and Reject on the document, not by hand.")
        )

    def unlink(self):  # pylint: disable=method-required-super
        """:raise AccessError: always; decisions stay"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        message = self.env._("Approval steps and decisions are kept; none is deleted.")
        raise AccessError(message)  # pylint: disable=no-raise-unlink

    def _store(self, vals_list):
        """Create steps past the refusal of ``create``; for the approval's own code."""
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _update(self, vals):
        """Write past the refusal of ``write``; for the approval's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _discard(self):
        """Delete undecided steps together with their document."""
        return super().unlink()  # pylint: disable=super-method-mismatch

    # ------------------------------------------------------------------ what people see
    def _document(self):
        """The document of the step: an empty recordset if its model or record is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return self.browse()
        return self.env[self.res_model].browse(self.res_id).exists()

    @api.depends("department", "document_name")
    def _compute_display_name(self):
        labels = dict(self._fields["department"]._description_selection(self.env))
        for step in self:
            parts = (step.document_name, labels.get(step.department))
            step.display_name = ": ".join(part for part in parts if part)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_document_name(self):
        """Name of the document, for those who may read it."""
        for model, steps in self.grouped("res_model").items():
            ids = steps.mapped("res_id")
            names = {}
            if model in self.env:
                documents = self.env[model].browse(ids).exists()._filtered_access("read")
                names = {document.id: document.display_name for document in documents}
            for step in steps:
                step.document_name = names.get(step.res_id, "")

    @api.depends("group_id", "user_id")
    def _compute_approver_name(self):
        for step in self.sudo():
            step.approver_name = step.user_id.name or step.group_id.name or ""

    @api.depends_context("uid")
    @api.depends("state", "group_id", "user_id", "res_model", "res_id")
    def _compute_can_decide(self):
        for step in self:
            document = step.sudo()._document() if step.state == "pending" else None
            step.can_decide = bool(document) and not document._approval_refusal(
                step.sudo(), self.env.user
            )

    @api.model
    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("user_id", "=", self.env.uid) | Domain(
            [("user_id", "=", False), ("group_id", "in", self.env.user.all_group_ids.ids)]
        )
        steps = self.search(Domain("state", "=", "pending") & mine)
        found = Domain("id", "in", steps.filtered("can_decide").ids)
        if value == {True}:
            return found
        return ~found if value == {False} else Domain.TRUE

    def action_open_document(self):
        """Open the document of the step. Returns an action."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------------ core and seals
    def _core_step(self):
        self.ensure_one()
        return core.Step(
            self.id,
            self.department,
            self.sequence,
            self.group_id.id or None,
            self.user_id.id or None,
            frozenset(self.excluded_user_ids.ids),
        )

    def _core_steps(self):
        return [step._core_step() for step in self]

    def _core_decisions(self):
        """What was decided on these steps; without a seal it is no decision."""
        return [
            core.Decision(step.id, step.decision, step.decided_by.id)
            for step in self
            if step.position and step.decision in (core.APPROVED, core.REJECTED)
        ]

    def _sealed_content(self):
        """What the seal covers, as it stands in the record."""
        self.ensure_one()
        return {
            "document": f"{self.res_model},{self.res_id}",
            "step": self.id,
            "round": self.round,
            "sequence": self.sequence,
            "department": self.department or "",
            "approver": [self.group_id.id or 0, self.user_id.id or 0],
            "decision": self.decision or "",
            "user": self.decided_by.id or 0,
            "at": fields.Datetime.to_string(self.decided_on) or "",
            "reason": self.reason or "",
            "snapshot": self.snapshot or "",
            "position": self.position,
        }

    def _seal(self, decision, reason, snapshot, previous, position):
        """Store a decision of the current user on the step and seal it.

        :param previous: seal of the decision before, or an empty string
        :return: the new seal
        """
        self.ensure_one()
        self._update(
            {
                "decision": decision,
                "decided_by": self.env.uid,
                "decided_on": fields.Datetime.now(),
                "reason": reason,
                "snapshot": snapshot,
                "previous_digest": previous,
                "position": position,
            }
        )
        seal = core.digest(self._sealed_content(), previous)
        self._update({"digest": seal})
        return seal

    def _core_chain(self):
        """The sealed decisions among these records, in the order in which they were made."""
        return [
            core.Entry(step._sealed_content(), step.digest or "", step.previous_digest or "")
            for step in self._sealed()
        ]

    def _sealed(self):
        return self.filtered("position").sorted("position")

    # ------------------------------------------------------------------ deadlines
    @api.model
    def _cron_remind(self):
        """Remind the approvers of steps whose deadline has passed, once per step."""
        domain = [
            ("state", "=", "pending"),
            ("deadline", "<", fields.Date.context_today(self)),
            ("reminded_on", "=", False),
        ]
        remaining = self.search_count(domain)
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=remaining)
        last = 0
        while steps := self.search([*domain, ("id", ">", last)], order="id", limit=REMIND_BATCH):
            last = steps[-1].id
            for step in steps.try_lock_for_update(allow_referencing=True).filtered_domain(domain):
                step._remind()
            if not commit(len(steps)):
                break

    def _remind(self):
        """Tell the approvers of an overdue step, and remember that they were told."""
        self.ensure_one()
        self._update({"reminded_on": fields.Datetime.now()})
        document = self._document()
        if document:
            document._approval_notify_overdue(self)
