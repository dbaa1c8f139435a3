from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class SopException(models.Model):
    """A quotation that the plant cannot keep as requested, waiting for both departments.

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
    can_choose = fields.Boolean(compute="_compute_can_choose")

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

    @api.depends("state", "user_id", "approval_can_decide", "approval_requester_id")
    @api.depends_context("uid")
    def _compute_can_choose(self):
        coordinator = self.env.user.has_group("sop_bridge.group_sop_coordinator")
        for exception in self:
            own = self.env.user in (exception.user_id | exception.approval_requester_id)
            exception.can_choose = exception.state == "pending" and (
                coordinator or own or exception.approval_can_decide
            )

    # ------------------------------------------------------------------ opening
    @api.model
    def _open_for(self, order):
        """Open the exception of a quotation: lines, options, held minutes, first approval step.

        :return: the exception
        """
        promises = order._sop_promises()
        values = {
            "name": self.env["ir.sequence"].sudo().next_by_code("sop.exception") or "/",
            "order_id": order.id,
            "question": order._sop_asked(),
        }
        exception = self.sudo()._approval_create([values])
        failing = order._sop_failing(promises)
        lines = self.env["sop.exception.line"].sudo()
        lines.create([lines._prepare(exception, line, promises[line]) for line in failing])
        options = self.env["sop.exception.option"].sudo()
        options.create(options._prepare_all(exception, promises))
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
        self._approval_write({"option_id": option.id})
        order = self.order_id.sudo()
        order.sop_booking_ids._free()
        unlock = option.unlock or None
        promises = order._sop_promises(unlock=unlock)
        self.env["sop.booking"]._claim(
            order.order_line, promises, unlock=unlock, ignore_orders=order.ids
        )
        self.env["sop.booking"]._book(promises, "held")

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
        if self.sudo().order_id._sop_asked() != self.question:
            raise UserError(
                self.env._("The quotation was changed since. Withdraw the request and ask again.")
            )

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
        order.action_confirm()
        if order.state == "sale":
            self._tell_order(
                self.env._("Approved by both departments: %s", self.option_id.display_name)
            )

    def _approval_rejected(self, reason):
        res = super()._approval_rejected(reason)
        for exception in self.sudo():
            exception.order_id.sop_booking_ids._free()
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
            exception.order_id.sop_booking_ids.filtered(lambda b: b.state == "held")._free()
            exception._tell_order(
                self.env._("%(name)s was withdrawn: %(reason)s", name=exception.name, reason=reason)
            )

    def action_withdraw(self):
        """Take the request back; for the salesperson or whoever asked."""
        for exception in self:
            exception._check_can_choose()
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


class SopExceptionLine(models.Model):
    _name = "sop.exception.line"
    _description = "Line of an Order Exception"
    _order = "id"

    exception_id = fields.Many2one(
        "sop.exception", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="exception_id.company_id", store=True)
    order_line_id = fields.Many2one("sale.order.line", ondelete="set null", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    quantity = fields.Float("Quantity wanted", digits="Product Unit", readonly=True)
    quantity_in_time = fields.Float("Possible in time", digits="Product Unit", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    requested_date = fields.Date("Requested", readonly=True)
    possible_date = fields.Date("Possible", readonly=True)
    gap_days = fields.Integer("Days late", readonly=True)
    reason = fields.Char("Why", readonly=True)

    @api.model
    def _prepare(self, exception, line, promise):
        """Values of the exception line for a quotation line and its promise."""
        due = line._sop_due()
        late = (promise.date - due).days if due and promise.date else 0
        in_time = line._sop_quantity_in_time() if due else 0.0
        return {
            "exception_id": exception.id,
            "order_line_id": line.id,
            "product_id": line.product_id.id,
            "quantity": line.product_uom_qty,
            "quantity_in_time": in_time,
            "uom_id": line.product_uom_id.id,
            "requested_date": due,
            "possible_date": promise.date,
            "gap_days": late,
            "reason": line._sop_explain(promise),
        }


class SopExceptionOption(models.Model):
    """One way to settle an exception: what each line gets when, and whose slots it takes."""

    _name = "sop.exception.option"
    _description = "Option of an Order Exception"
    _order = "sequence, id"

    exception_id = fields.Many2one(
        "sop.exception", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="exception_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        [
            ("later", "Accept the later date"),
            ("slot", "Use a slot reserved for others"),
            ("split", "Split over dates"),
        ],
        required=True,
        readonly=True,
    )
    unlock = fields.Selection([("lower", "Lower tiers"), ("all", "All")], readonly=True)
    date = fields.Date("Complete by", readonly=True)
    first_date = fields.Date("First part by", readonly=True)
    late_days = fields.Integer("Days late", readonly=True)
    quantities = fields.Char("Quantities", readonly=True)
    hurt = fields.Char("Who is hurt", readonly=True)
    terms = fields.Json(readonly=True)
    is_chosen = fields.Boolean(compute="_compute_is_chosen")

    @api.depends("kind", "date")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for option in self:
            day = format_date(self.env, option.date)
            option.display_name = self.env._(
                "%(kind)s, complete by %(day)s", kind=labels.get(option.kind, ""), day=day
            )

    @api.depends("exception_id.option_id")
    def _compute_is_chosen(self):
        for option in self:
            option.is_chosen = option == option.exception_id.option_id

    def action_choose(self):
        """Make this the option that is decided; decisions on another one become void.

        :raise AccessError: for anyone but the salesperson, the requester or who decides next
        """
        self.ensure_one()
        self.exception_id._check_can_choose()
        self.exception_id.sudo()._choose(self.sudo())
        return True

    def _snapshot(self):
        self.ensure_one()
        return {
            "kind": self.kind,
            "unlock": self.unlock or None,
            "date": fields.Date.to_string(self.date),
            "terms": self.terms,
        }

    # ------------------------------------------------------------------ finding options
    @api.model
    def _prepare_all(self, exception, promises):
        """Values of every option there is, the one that hurts nobody first."""
        order = exception.order_id
        failing = order._sop_failing(promises)
        if any(promises[line].state != "ok" for line in failing):
            later, split = [], []
        else:
            later = [self._prepare_later(order, failing, promises)]
            split = self._prepare_split(order, failing, promises)
        options = later + self._prepare_slot(order, failing, promises) + split
        return [
            dict(values, exception_id=exception.id, sequence=index)
            for index, values in enumerate(options)
        ]

    @api.model
    def _prepare_later(self, order, failing, promises):
        terms = {
            str(line.id): [[line.product_uom_qty, fields.Date.to_string(promises[line].date)]]
            for line in failing
        }
        return self._prepare_option("later", order, failing, promises, terms)

    @api.model
    def _prepare_split(self, order, failing, promises):
        """Deliver in time what is possible, and the rest when it is ready."""
        terms = {}
        for line in failing:
            due, promise = line._sop_due(), promises[line]
            early = line._sop_quantity_in_time() if due else 0.0
            rest = line.product_uom_id.round(line.product_uom_qty - early)
            pieces = [[rest, fields.Date.to_string(promise.date)]]
            if early > 0 and rest > 0:
                pieces.insert(0, [early, fields.Date.to_string(due)])
            terms[str(line.id)] = pieces
        if all(len(pieces) == 1 for pieces in terms.values()):
            return []
        return [self._prepare_option("split", order, failing, promises, terms)]

    @api.model
    def _prepare_slot(self, order, failing, promises):
        """The option that opens reserved slots, if that brings a line forward.

        Slots of lower tiers are tried before those of better tiers and other customers.
        """
        for unlock in ("lower", "all"):
            opened = order._sop_promises(unlock=unlock)
            if not any(self._is_better(opened[line], promises[line]) for line in failing):
                continue
            if any(opened[line].state != "ok" for line in failing):
                continue
            terms = {
                str(line.id): [[line.product_uom_qty, fields.Date.to_string(opened[line].date)]]
                for line in failing
            }
            option = self._prepare_option("slot", order, failing, opened, terms)
            return [dict(option, unlock=unlock, hurt=self._hurt(order, opened))]
        return []

    @api.model
    def _is_better(self, promise, before):
        return promise.state == "ok" and (before.state != "ok" or promise.date < before.date)

    @api.model
    def _hurt(self, order, promises):
        """Whose reserved time an option takes, with the minutes."""
        minutes = {}
        for promise in promises.values():
            for load in promise.loads:
                if load.slot:
                    minutes[load.slot] = minutes.get(load.slot, 0) + load.minutes
        slots = self.env["sop.slot"].sudo().browse(minutes)
        partner = order.partner_id.commercial_partner_id
        foreign = slots - slots._usable_by(partner, order.sop_tier_id)
        return "; ".join(
            self.env._(
                "%(minutes)d min of %(owner)s on %(workcenter)s, %(day)s",
                minutes=round(minutes[slot.id]),
                owner=slot._owner_label(),
                workcenter=slot.workcenter_id.name,
                day=format_date(self.env, slot.date_start),
            )
            for slot in foreign
        )

    @api.model
    def _prepare_option(self, kind, order, failing, promises, terms):
        dates = [fields.Date.to_date(day) for pieces in terms.values() for _qty, day in pieces]
        dues = {line: line._sop_due() for line in failing}
        late = [(max(dates) - due).days for due in dues.values() if due]
        return {
            "kind": kind,
            "date": max(dates),
            "first_date": min(dates),
            "late_days": max(0, *late) if late else 0,
            "quantities": self._describe(failing, terms),
            "hurt": self.env._("Nobody"),
            "terms": terms,
        }

    @api.model
    def _describe(self, failing, terms):
        """Quantities and days of an option in one line of text."""
        texts = []
        for line in failing:
            pieces = ", ".join(
                f"{quantity:g} {line.product_uom_id.name} {format_date(self.env, day)}"
                for quantity, day in terms[str(line.id)]
            )
            texts.append(f"{line.product_id.display_name}: {pieces}")
        return "; ".join(texts)

    # ------------------------------------------------------------------ taking effect
    def _write_terms(self):
        """Write the agreed quantities and dates into the lines of the quotation."""
        self.ensure_one()
        order = self.exception_id.order_id
        if self.unlock:
            order._sop_store({"sop_unlock": self.unlock})
        for line_id, pieces in (self.terms or {}).items():
            line = order.order_line.filtered(lambda ln, key=line_id: str(ln.id) == key)
            if line:
                line._sop_apply_pieces(pieces)
