from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .sop_slot_fence import FENCE
from .sop_slot_owner import OWNER, OWNER_NAMES

PLACE = ("workcenter_id", "date_start", "date_stop")
WANTED = (*PLACE, *OWNER, *FENCE)
CONTENT = ("company_id", "kind", "slot_ids", "rule_id", "reason", *WANTED)


class SopSlotRequest(models.Model):
    """What one department cannot do to reserved time alone: both decide on this request.

    Releasing early or withdrawing slots on which others count, changing them, and reserving time
    that the release fence has opened already.
    """

    _name = "sop.slot.request"
    _description = "Slot Request"
    _inherit = [
        "sop.numbers",
        "sop.slot.request.flow",
        "sop.approval.mixin",
        "sop.slot.owner",
        "sop.slot.fence",
        "sop.slot.span",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _approval_fields = CONTENT
    _approval_protected_fields = ["state", "applied_on", "outcome", "made_slot_id"]

    kind = fields.Selection(
        [
            ("release", "Release early"),
            ("withdraw", "Give up the reservation"),
            ("change", "Change a slot"),
            ("reserve", "Reserve late"),
        ],
        "Wish",
        required=True,
        default="reserve",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    slot_ids = fields.Many2many(
        "sop.slot", "sop_slot_request_rel", string="Slots", context={"active_test": False}
    )
    rule_id = fields.Many2one("sop.slot.rule", readonly=True, ondelete="set null")
    workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work centre", ondelete="restrict", check_company=True
    )
    date_start = fields.Datetime("Start")
    date_stop = fields.Datetime("End")
    reason = fields.Text(required=True, help="Why it should not wait for the release fence.")
    effect = fields.Text("What happens", compute="_compute_effect", compute_sudo=True)
    outcome = fields.Text("What happened", readonly=True, copy=False)
    made_slot_id = fields.Many2one(
        "sop.slot", "Slot made", readonly=True, copy=False, ondelete="set null"
    )
    applied_on = fields.Datetime("Done on", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "Waits for approval"),
            ("rejected", "Rejected"),
            ("approved", "Done"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
        index=True,
    )
    can_change = fields.Boolean(compute="_compute_can_change")

    # only wishes for a time name its owners
    _one_owner = models.Constraint(
        "CHECK (kind IN ('release', 'withdraw') OR tier_id IS NOT NULL OR partner_id IS NOT NULL"
        " OR agreement_id IS NOT NULL)",
        "Say for whom the slot is kept: a tier, a customer or an agreement.",
    )
    _place = models.Constraint(
        "CHECK (kind IN ('release', 'withdraw') OR workcenter_id IS NOT NULL"
        " AND date_start IS NOT NULL AND date_stop > date_start)",
        "Say where and when: a work centre, a start, and a later end.",
    )

    @api.depends("approval_state")
    def _compute_state(self):
        for request in self:
            state = request.approval_state
            request.state = "draft" if state == "none" else state

    @api.depends_context("uid")
    def _compute_can_change(self):
        for request in self:
            request.can_change = request.has_access("write")

    @api.depends("kind", "slot_ids", "workcenter_id", *OWNER_NAMES, "date_start")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            request.display_name = f"{kinds.get(request.kind, '')}: {request._say_subject()}"

    # ------------------------------------------------------------------ guarding
    def write(self, vals):
        """:raise UserError: if a request that was sent for approval would change"""
        if set(CONTENT) & set(vals):
            self._check_draft()
        return super().write(vals)

    def unlink(self):
        """:raise UserError: if a request was ever sent for approval"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        for request in self.sudo():
            if request.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was sent for approval, so it stays as it is. Take it back first.",
                        request.display_name,
                    )
                )

    @api.constrains("kind", "slot_ids", "company_id")
    def _check_slots(self):
        for request in self.sudo():
            count = len(request.slot_ids)
            if request.kind == "change" and count != 1:
                raise ValidationError(self.env._("A change is about one slot: choose one."))
            if request.kind in ("release", "withdraw") and not count:
                raise ValidationError(self.env._("Choose the slots that it is about."))
            if request.kind == "reserve" and count:
                raise ValidationError(self.env._("A new slot does not exist yet: name none."))
            if request.slot_ids.company_id - request.company_id:
                raise ValidationError(
                    self.env._("The slots belong to another company than the request.")
                )

    @api.constrains("kind", "date_start", "date_stop")
    def _check_wanted_span(self):
        self.filtered(lambda r: r.kind in ("change", "reserve"))._check_span()

    @api.constrains("reason")
    def _check_reason(self):
        for request in self:
            if not (request.reason or "").strip():
                raise ValidationError(
                    self.env._("Say why it should not wait for the release fence.")
                )
