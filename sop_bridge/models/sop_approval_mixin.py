from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core import approval as core
from . import guard
from .notification import notification
from .sop_approval_rule import DEPARTMENTS
from .sop_approval_snapshot import snapshot_values

MIXIN_FIELDS = ("approval_ids", "approval_state", "approval_requester_id", "approval_digest")

# (model, id, field) that the add-on's own code may write at this moment. Unlike a context key it
# cannot be sent by a remote caller, and code that runs inside (other add-ons, automation rules)
# gets no further than these fields of these records.
_OPEN = ContextVar("sop_approval_open_fields", default=frozenset())


@contextmanager
def _opened(model, ids, names):
    keys = {(model, record_id, name) for record_id in ids for name in names}
    token = _OPEN.set(_OPEN.get() | keys)
    try:
        yield
    finally:
        _OPEN.reset(token)


class SopApprovalMixin(models.AbstractModel):
    """Approval of any document by steps of both departments.

    A document says with ``_approval_fields`` (or ``_sop_approval_snapshot``) what is decided, with
    ``_approval_protected_fields`` what only its own methods write, and with ``_approval_granted``
    what happens then. ``_approval_start`` opens the approval; ``action_approve`` and
    ``action_reject`` are the only ways to decide.
    """

    _name = "sop.approval.mixin"
    _description = "Approval by Both Departments"
    _inherit = ["sop.approval.flow", "sop.approval.check", "sop.approval.notice"]

    # What is decided, e.g. ["option_id", "line_ids.quantity"].
    _approval_fields = ()
    # What nobody sets through create or write; ``_approval_write`` does.
    _approval_protected_fields = ()

    approval_ids = fields.One2many("sop.approval", "res_id", "Approvals", readonly=True)
    approval_state = fields.Selection(
        [
            ("none", "Not asked"),
            ("pending", "Waits for approval"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        "Approval",
        compute="_compute_approval_state",
        store=True,
        index=True,
        copy=False,
    )
    approval_requester_id = fields.Many2one(
        "res.users", "Asked by", readonly=True, copy=False, ondelete="restrict"
    )
    approval_digest = fields.Char("Seal of the last decision", readonly=True, copy=False)
    approval_can_decide = fields.Boolean("I can decide", compute="_compute_approval_pending")
    approval_pending_department = fields.Selection(
        DEPARTMENTS, "Decides next", compute="_compute_approval_pending"
    )
    approval_pending_label = fields.Char("Waits for", compute="_compute_approval_pending")
    approval_stale = fields.Boolean("Changed since decided", compute="_compute_approval_content")
    approval_content = fields.Char(
        "Seal of the content",
        compute="_compute_approval_content",
        help="A form passes it on as the context key approval_seen, so that nobody decides on "
        "something else than they saw.",
    )

    # ------------------------------------------------------------------ what it shows
    @api.depends("approval_ids.state")
    def _compute_approval_state(self):
        for document in self:
            steps = document._approval_steps()
            document.approval_state = core.chain_state(steps._core_steps(), steps._core_decisions())

    @api.depends("approval_ids.state", "approval_requester_id")
    @api.depends_context("uid")
    def _compute_approval_pending(self):
        for document in self:
            step = document._approval_current()
            refusal = document._approval_refusal(step, self.env.user) if step else core.SETTLED
            document.approval_can_decide = not refusal
            document.approval_pending_department = step.department
            document.approval_pending_label = document._approval_label(step) if step else False

    @api.depends("approval_ids.state")
    def _compute_approval_content(self):
        for document in self:
            document.approval_stale = document._approval_is_stale()
            snapshot = document.sudo()._sop_approval_snapshot()
            document.approval_content = core.digest(snapshot, "")

    # ------------------------------------------------------------------ protection
    def _approval_locked_fields(self):
        return {*MIXIN_FIELDS, *self._approval_protected_fields}

    def _approval_closed_fields(self):
        """Locked fields of these records that ``_approval_write`` is not writing just now."""
        opened = _OPEN.get()
        ids = self.ids or [0]
        return {
            name
            for name in self._approval_locked_fields()
            if not all((self._name, record_id, name) in opened for record_id in ids)
        }

    @api.model_create_multi
    def create(self, vals_list):
        """:raise AccessError: if a value is given that only the approval sets"""
        guard.refuse_create(self, vals_list, self.browse()._approval_closed_fields())
        return super().create(vals_list)

    def write(self, vals):
        """:raise AccessError: if a value is given that only the approval sets"""
        guard.refuse_write(self, vals, self._approval_closed_fields())
        res = super().write(vals)
        if {name.split(".")[0] for name in self._approval_fields} & set(vals):
            self._approval_content_changed()
        return res

    def unlink(self):
        """:raise UserError: if something was decided on a document"""
        steps = self.sudo().approval_ids
        decided = steps.filtered("position")
        if decided:
            names = self.sudo().filtered(lambda doc: doc.approval_ids & decided)
            # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
            raise UserError(  # pylint: disable=no-raise-unlink
                self.env._(
                    "%s cannot be deleted: decisions were made on it, and they are kept.",
                    ", ".join(names.mapped("display_name")),
                )
            )
        res = super().unlink()
        steps._discard()
        return res

    @api.model
    def default_get(self, fields):
        """Defaults, without those that a caller or a saved default claims for locked fields."""
        locked = self._approval_locked_fields()
        values = super().default_get([name for name in fields if name not in locked])
        for name in locked.intersection(fields):
            field = self._fields[name]
            values.pop(name, None)
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                values[name] = field.convert_to_write(field.convert_to_record(value, self), self)
        return values

    def _approval_create(self, vals_list):
        """Create documents with values in locked fields; for the add-on's own code."""
        names = {name for vals in vals_list for name in vals}
        with _opened(self._name, [0], names):
            return self.create(vals_list)

    def _approval_write(self, vals):
        """Write locked fields; for the add-on's own code."""
        with _opened(self._name, self.ids, vals):
            return self.write(vals)

    # ------------------------------------------------------------------ what documents override
    def _sop_approval_tier(self):
        """Tier that rules look at: a sop.tier record, or none."""
        return self.env["sop.tier"]

    def _sop_approval_gap_days(self):
        """Days between wish and promise that rules look at."""
        return 0

    def _sop_approval_company(self):
        """Company whose rules apply and whose users decide."""
        self.ensure_one()
        if "company_id" in self._fields:
            return self.company_id
        return self.env.company

    def _sop_interested_users(self):
        """Users with a stake in the document, who may not decide: who asked and who created it."""
        self.ensure_one()
        return self.approval_requester_id | self.create_uid

    def _sop_approval_snapshot(self):
        """What is decided, as values that JSON knows."""
        self.ensure_one()
        return snapshot_values(self, self._approval_fields)

    def _approval_granted(self):
        """The last step was approved: the document takes effect. Runs with sudo."""
        return True

    def _approval_rejected(self, reason):
        """A step was rejected. Runs with sudo."""
        return True

    def _approval_reopened(self):
        """Decisions became void because the document changed; approval starts again."""
        return True

    # ------------------------------------------------------------------ deciding
    def action_approve(self, reason=None):
        """Approve the step whose turn it is, as the current user.

        :return: True, or a notification when the document had changed and approval starts again
        :raise AccessError: if the user may not decide this step
        :raise UserError: if there is nothing left to decide
        """
        return self._approval_decide_all(core.APPROVED, reason)

    def action_reject(self, reason=None):
        """Reject the step whose turn it is, as the current user.

        :return: True, or a notification when the document had changed and approval starts again
        :raise AccessError: if the user may not decide this step
        :raise UserError: without a reason, or if there is nothing left to decide
        """
        return self._approval_decide_all(core.REJECTED, reason)

    def action_reject_wizard(self):
        """Open the dialog that asks why. Returns an action."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why is it rejected?"),
            "res_model": "sop.approval.decision",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_id": self.id,
                "approval_seen": self.env.context.get("approval_seen"),
            },
        }

    def action_approval_check_chain(self):
        """Check the seals of all decisions. Returns a notification that names what is broken."""
        self.ensure_one()
        self.check_access("read")
        document = self.sudo()
        problems = document._approval_check_chain()
        decisions = len(document.approval_ids._sealed())
        message = "\n".join(problems) or self.env._("Intact: %s decisions.", decisions)
        return self._approval_notification(message, "danger" if problems else "success")

    def _approval_decide_all(self, outcome, reason):
        """Decide each document in turn; see ``action_approve``."""
        result = True
        reason = str(reason or "").replace("\x00", "").strip()
        for document in self:
            document.check_access("read")
            notice = document.sudo()._approval_decide(outcome, reason)
            result = notice or result
        return result

    def _approval_notification(self, message, kind):
        return notification(message, kind, sticky=kind != "success")

    def _approval_raise(self, code):
        """Raise the refusal of a decision in words."""
        messages = {
            core.SETTLED: self.env._("There is nothing to decide on %s (any more)."),
            core.NOT_TURN: self.env._("It is not your turn yet to decide on %s."),
            core.DECIDED: self.env._(
                "Your step of %s is decided already; it waits for the other department."
            ),
            core.NOT_A_PERSON: self.env._("Only active internal users decide (%s)."),
            core.OTHER_COMPANY: self.env._("%s belongs to a company that is not yours."),
            core.NOT_APPROVER: self.env._("You are not an approver of this step of %s."),
            core.OWN_REQUEST: self.env._("You asked for %s yourself; somebody else decides."),
            core.INTERESTED: self.env._(
                "You have a stake in %s, as its author or salesperson; somebody else decides."
            ),
            core.OTHER_DEPARTMENT: self.env._(
                "You decided %s for the other department already; this one needs another person."
            ),
        }
        error = UserError if code == core.SETTLED else AccessError
        raise error(messages[code].replace("%s", self.display_name))
