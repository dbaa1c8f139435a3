from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class SopException(models.Model):
    """A quotation that the plant or a rule holds back, waiting for both departments.

    It gathers the lines concerned, the options, and what each costs whom. Its minutes are held
    while it waits, so that the option which is approved can still be kept.
    """

    _name = "sop.exception"
    _description = "Order Exception"
    _inherit = ["sop.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _approval_fields = ["order_id", "option_id", "question"]
    _approval_protected_fields = [
        "order_id",
        "option_id",
        "question",
        "withdrawn",
        "name",
        "state",
    ]

    name = fields.Char(required=True, copy=False, readonly=True, default="/")
    order_id = fields.Many2one(
        "sale.order", "Quotation", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", store=True)
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson", store=True)
    tier_id = fields.Many2one(related="order_id.sop_tier_id", string="Tier", store=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_untaxed = fields.Monetary(related="order_id.amount_untaxed", string="Order value")
    margin = fields.Monetary(related="order_id.margin", string="Margin")
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancel", "Withdrawn"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
        group_expand=True,
    )
    withdrawn = fields.Char("Withdrawn because", copy=False, readonly=True)
    question = fields.Json("What was asked", copy=False, readonly=True)
    requested_date = fields.Date(compute="_compute_gap", store=True)
    possible_date = fields.Date(compute="_compute_gap", store=True)
    gap_days = fields.Integer("Days late", compute="_compute_gap", store=True)
    line_ids = fields.One2many("sop.exception.line", "exception_id", readonly=True)
    option_ids = fields.One2many("sop.exception.option", "exception_id", readonly=True)
    option_id = fields.Many2one(
        "sop.exception.option", "Chosen option", copy=False, readonly=True, tracking=True
    )
    has_rules = fields.Boolean(compute="_compute_has_rules")
    can_choose = fields.Boolean(compute="_compute_can_choose")
    can_withdraw = fields.Boolean(compute="_compute_can_choose")

    @api.depends("approval_state", "withdrawn")
    def _compute_state(self):
        for exception in self:
            decided = exception.approval_state in ("approved", "rejected")
            if exception.withdrawn and not decided:
                exception.state = "cancel"
            else:
                exception.state = exception.approval_state if decided else "pending"

    @api.depends("line_ids.requested_date", "line_ids.possible_date")
    def _compute_gap(self):
        for exception in self:
            lines = exception.line_ids
            asked = lines.filtered("requested_date").mapped("requested_date")
            possible = lines.filtered("possible_date").mapped("possible_date")
            exception.requested_date = min(asked, default=False)
            exception.possible_date = max(possible, default=False)
            exception.gap_days = max(lines.mapped("gap_days"), default=0)

    @api.depends("line_ids.rule_text")
    def _compute_has_rules(self):
        for exception in self:
            exception.has_rules = any(exception.line_ids.mapped("rule_text"))

    @api.depends("state", "user_id", "approval_can_decide", "approval_requester_id")
    @api.depends_context("uid")
    def _compute_can_choose(self):
        coordinator = self.env.user.has_group("sop_bridge.group_sop_coordinator")
        for exception in self:
            own = self.env.user in (exception.user_id | exception.approval_requester_id)
            exception.can_withdraw = exception.state == "pending" and (coordinator or own)
            exception.can_choose = exception.can_withdraw or (
                exception.state == "pending" and exception.approval_can_decide
            )

    # ------------------------------------------------------------------ opening
    @api.model
    def _open_for(self, order):
        """Open the exception of a quotation: lines, options, held minutes, first approval step.

        :return: the exception
        """
        promises = order._sop_promises()
        held = order._sop_held(promises)
        values = {
            "name": self.env["ir.sequence"].sudo().next_by_code("sop.exception") or "/",
            "order_id": order.id,
            "question": order._sop_asked(priced=bool(held)),
        }
        exception = self.sudo()._approval_create([values])
        concerned = order._sop_failing(promises) | order.order_line.browse(ln.id for ln in held)
        lines = self.env["sop.exception.line"].sudo()
        lines.create(
            [lines._prepare(exception, ln, promises[ln], held.get(ln)) for ln in concerned]
        )
        options = self.env["sop.exception.option"].sudo()
        options.create(options._prepare_all(exception, promises, held))
        if exception.option_ids:
            exception._choose(exception.option_ids[0])
        exception._start()
        exception._tell_order(
            self.env._("Waits for both departments: %s", exception._waiting_label())
        )
        return exception.with_env(self.env)

    def _start(self):
        """Ask the first department, unless that was done already.

        Without an approval rule the quotation waits all the same, and says so: a customer who
        signs or pays must not meet an error because of our settings.
        """
        for exception in self.filtered(lambda e: e.approval_state == "none"):
            if exception._approval_find_rule():
                exception._approval_start(exception._requester())

    def _requester(self):
        """Who asks: the person at the screen; for a customer's signature, the salesperson."""
        user = self.env.user
        return user if user._is_internal() and not user._is_superuser() else self.order_id.user_id

    def _waiting_label(self):
        """Sentence for the quotation: for whom it waits, since when, with which option."""
        self.ensure_one()
        waits_for = self.sudo().approval_pending_label or self.env._(
            "nobody is asked: no approval rule applies. An administrator of S&OP Bridge must set "
            "one up; then confirm again."
        )
        parts = [self.name, waits_for]
        return " – ".join(part for part in parts if part)

    def _tell_order(self, body):
        """Note in the quotation, which also reaches its salesperson."""
        for exception in self.sudo():
            salesperson = exception.order_id.user_id - self.env.user
            exception.order_id.message_post(body=body, partner_ids=salesperson.partner_id.ids)

    # ------------------------------------------------------------------ options
    def _choose(self, option):
        """Make an option the one to be decided and hold its minutes."""
        self.ensure_one()
        self.env["sop.booking"]._take_turn(self.company_id)
        self._approval_write({"option_id": option.id})
        holds = self.env["sop.hold"].sudo()
        holds._hold(
            self.order_id, holds._get_decision_day(self), "exception", option.unlock or None
        )

    def _check_can_choose(self):
        self.ensure_one()
        if not self.can_choose:
            raise AccessError(
                self.env._(
                    "The option is chosen by the salesperson, by who asked, or by who decides next."
                )
            )

    # ------------------------------------------------------------------ decisions
    def _sop_approval_tier(self):
        return self.tier_id

    def _sop_approval_gap_days(self):
        return self.gap_days

    def _sop_interested_users(self):
        """The salesperson and whoever wrote the quotation do not decide on it."""
        order = self.order_id.sudo()
        return super()._sop_interested_users() | order.user_id | order.create_uid

    def _sop_approval_snapshot(self):
        """What is decided: the quotation as it was asked, and the option."""
        return {
            "order": self.order_id.name,
            "question": self.question,
            "option": self.option_id._snapshot() if self.option_id else None,
        }

    def action_approve(self, reason=None):
        """Approve the chosen option for one's department.

        :raise UserError: if no option is chosen or the quotation was changed meanwhile
        """
        for exception in self:
            if exception.state == "pending":
                exception._check_decidable()
        return super().action_approve(reason)

    def _check_decidable(self):
        if not self.sudo().option_id:
            raise UserError(
                self.env._("No option can be approved: the plant has no date to offer. Reject it.")
            )
        if self._get_question() != self.question:
            raise UserError(
                self.env._("The quotation was changed since. Withdraw the request and ask again.")
            )

    def _get_question(self):
        """What the quotation asks today; with its prices where a rule is to be waived."""
        self.ensure_one()
        return self.sudo().order_id._sop_asked(priced="prices" in (self.question or {}))

    def _approval_granted(self):
        """Both departments approved: the chosen option takes effect."""
        res = super()._approval_granted()
        for exception in self.sudo():
            exception.activity_unlink(["mail.mail_activity_data_todo"])
            exception._take_effect()
        return res

    def _take_effect(self):
        """Write the agreed terms into the quotation and confirm it through the gate.

        Should the plant's figures have moved in spite of the held minutes, the gate holds it
        again, with new options, instead of promising what cannot be kept.
        """
        self.ensure_one()
        order = self.order_id
        if order.state not in ("draft", "sent"):
            return
        self.option_id._write_terms()
        # a customer who signed or paid was told that the confirmation comes
        order.with_context(send_email=order._sop_is_accepted()).action_confirm()
        if order.state == "sale":
            self._tell_order(
                self.env._("Approved by both departments: %s", self.option_id.display_name)
            )

    def _approval_rejected(self, reason):
        res = super()._approval_rejected(reason)
        for exception in self.sudo():
            exception._end_hold(self.env._("The request was rejected."))
            self.env["sop.acceptance.log"]._reject(exception.order_id)
            exception._tell_order(
                self.env._("%(name)s was rejected: %(reason)s", name=exception.name, reason=reason)
            )
        return res

    def _withdraw(self, reason):
        """End the exception without a decision and free what it held."""
        for exception in self.sudo():
            exception._approval_void(reason)
            exception._approval_write({"withdrawn": reason})
            exception.activity_ids.unlink()
            exception._end_hold(reason)
            exception._tell_order(
                self.env._("%(name)s was withdrawn: %(reason)s", name=exception.name, reason=reason)
            )

    def _end_hold(self, reason):
        """Free what was held for the decision."""
        holds = self.order_id.sop_hold_ids.filtered(lambda hold: hold.kind == "exception")
        holds._end("released", reason)
        self.order_id.sop_booking_ids.filtered(lambda b: b.state == "held")._free()

    def action_withdraw(self):
        """Take the request back; for the salesperson or whoever asked.

        :raise AccessError: for anyone else; who decides rejects, with a reason
        """
        if not all(self.mapped("can_withdraw")):
            raise AccessError(
                self.env._("A request is taken back by the salesperson or by who asked.")
            )
        self._withdraw(self.env._("Taken back by %s.", self.env.user.name))
        return True

    def action_order(self):
        """Open the quotation."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }
