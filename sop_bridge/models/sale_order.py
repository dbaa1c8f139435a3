from odoo import api, fields, models
from odoo.exceptions import AccessError

from . import guard

# Proof that a confirmation went through the gate. A remote caller can send any context, but never
# this object.
GATE_PASSED = object()

PROTECTED = ("sop_tier_id", "sop_unlock")
# What an order asks of the plant, apart from its lines.
WATCHED = ("partner_id", "sop_agreement_id", "sop_requested_date", "commitment_date")


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "sop.order.hint",
        "sop.order.hold",
        "sop.order.waiting",
        "sop.order.changes",
        "sop.order.story",
        "sop.order.verdict",
        "sop.order.changeover",
        "sop.order.agreement",
    ]

    sop_tier_id = fields.Many2one(
        "sop.tier",
        "Tier",
        compute="_compute_sop_tier",
        store=True,
        index="btree_not_null",
        tracking=True,
        help="Tier of the customer; a confirmed order keeps the one it was confirmed with.",
    )
    sop_tier_archived = fields.Boolean(compute="_compute_sop_tier_archived")
    sop_order_type_id = fields.Many2one(
        "sop.order.type",
        "Order type",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    sop_gate = fields.Selection(related="company_id.sop_gate")
    sop_requested_date = fields.Date(
        "Requested date",
        compute="_compute_sop_requested_date",
        store=True,
        readonly=False,
        copy=False,
        help="When the customer wants the goods. Empty: as soon as possible.",
    )
    sop_promise_date = fields.Date(
        "Complete by",
        compute="_compute_sop_promise_date",
        help="The day on which the last line can be delivered.",
    )
    sop_first_date = fields.Date(
        "First part by",
        compute="_compute_sop_promise_date",
        help="The day on which the first goods can be delivered.",
    )
    sop_promise_problem = fields.Char(compute="_compute_sop_promise_date")
    sop_unlock = fields.Selection(
        [("lower", "Slots of lower tiers"), ("all", "All slots")],
        "Approved use of slots",
        copy=False,
        readonly=True,
        help="Slots kept for others that both departments approved for this order.",
    )
    sop_exception_ids = fields.One2many("sop.exception", "order_id", "Exceptions", readonly=True)
    # the warehouse opens orders, but no exceptions
    sop_exception_count = fields.Integer(compute="_compute_sop_waiting", compute_sudo=True)
    sop_waiting = fields.Char("Waits for", compute="_compute_sop_waiting", compute_sudo=True)
    sop_booking_ids = fields.One2many("sop.booking", "order_id", "Bookings", readonly=True)

    # ------------------------------------------------------------------ computed
    @api.depends("partner_id.commercial_partner_id.sop_tier_id", "company_id")
    def _compute_sop_tier(self):
        for order in self:
            if order.state in ("draft", "sent") or not order._origin:
                order.sop_tier_id = order._sop_customer_tier()
            else:
                order.sop_tier_id = order._origin.sop_tier_id

    def _sop_customer_tier(self):
        """Tier that the customer has now in the company of the order.

        For a customer without one, the default tier of the scorecard in force.
        """
        self.ensure_one()
        partner = self.with_company(self.company_id).partner_id
        tier = partner.commercial_partner_id.sop_tier_id
        if partner and not tier:
            card = self.env["sop.scorecard"]._get_active(self.company_id)
            tier = tier.browse(card.default_tier_id.id)
        return tier

    @api.depends("sop_tier_id.active")
    def _compute_sop_tier_archived(self):
        for order in self:
            order.sop_tier_archived = bool(order.sop_tier_id) and not order.sop_tier_id.active

    @api.depends("commitment_date")
    def _compute_sop_requested_date(self):
        for order in self:
            if order.commitment_date and order.state in ("draft", "sent"):
                order.sop_requested_date = order.company_id._sop_local_date(order.commitment_date)
            else:
                order.sop_requested_date = order.sop_requested_date

    @api.depends(
        "order_line.sop_promise_date",
        "order_line.sop_promise_state",
        "order_line.sop_promise_first_date",
    )
    def _compute_sop_promise_date(self):
        for order in self:
            lines = order.order_line
            impossible = lines.filtered(lambda ln: ln.sop_promise_state == "impossible")
            dates = [line.sop_promise_date for line in lines if line.sop_promise_date]
            order.sop_promise_date = max(dates) if dates and not impossible else False
            first = [ln.sop_promise_first_date for ln in lines if ln.sop_promise_first_date]
            order.sop_first_date = min(first, default=False)
            order.sop_promise_problem = "; ".join(
                f"{line.product_id.display_name}: {line.sop_promise_reason}" for line in impossible
            )

    @api.depends("sop_exception_ids.state")
    def _compute_sop_waiting(self):
        for order in self:
            pending = order.sop_exception_ids.filtered(lambda e: e.state == "pending")
            order.sop_exception_count = len(order.sop_exception_ids)
            order.sop_waiting = pending[:1]._waiting_label() if pending else False

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, PROTECTED)
        orders = super(SaleOrder, guard.without_defaults(self, PROTECTED)).create(vals_list)
        confirmed = orders.filtered(lambda order: order.state == "sale")
        orders._sop_check_state_change(confirmed)
        for order in confirmed:
            order._sop_store({"sop_tier_id": order._sop_customer_tier().id})
        return orders

    def write(self, vals):
        guard.refuse_write(self, vals, PROTECTED)
        confirming = (
            self.filtered(lambda order: order.state != "sale")
            if vals.get("state") == "sale"
            else self.browse()
        )
        confirming.mapped("sop_tier_id")  # while it still follows the customer
        self._sop_check_state_change(confirming)
        watched = set(vals) & {*WATCHED}
        before = {order: order._sop_question() for order in self} if watched else {}
        res = super().write(vals)
        self.filtered(lambda o: o in before and o._sop_question() != before[o])._sop_changed()
        return res

    def unlink(self):
        """Exceptions on which nothing was decided go with their quotation; others keep it."""
        self.sudo().sop_exception_ids.unlink()
        self.sudo().sop_booking_ids._free()
        self.env["sop.acceptance.log"]._lose(self.order_line)
        return super().unlink()

    def _sop_store(self, vals):
        """Write protected fields; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _sop_check_state_change(self, orders):
        """Refuse a state that was set without asking the gate, where the gate holds."""
        if self.env.context.get("sop_gate_passed") is GATE_PASSED:
            return
        for order in orders:
            if order.company_id.sop_gate == "hold":
                raise AccessError(
                    self.env._(
                        "%s: the state of an order is not set directly. Confirm the quotation, "
                        "so that the plant's promise is checked and its capacity booked.",
                        order.name or self.env._("New order"),
                    )
                )

    # ------------------------------------------------------------------ the gate
    def action_confirm(self):
        """Confirm the quotations that the plant can keep; open an exception for the others.

        :return: what Odoo returns for the confirmed ones; if all of them wait, an action that
            tells the user so. Never an error: a customer who signs or pays sees none.
        """
        gated = self.filtered(lambda o: o.company_id.sop_gate == "hold" and o._sop_is_open())
        informed = self.filtered(lambda o: o.company_id.sop_gate == "inform" and o._sop_is_open())
        notes = {order: order._sop_notes() for order in informed}
        refusals = {}
        res = True
        for order in gated:
            res = order._sop_confirm_or_hold(refusals)
        others = self - gated
        if others:
            res = super(SaleOrder, others).action_confirm()
        for order, note in notes.items():
            if note:
                order.message_post(body=note)
        self.env["sop.acceptance.log"]._settle(informed)
        held = gated.filtered(lambda order: order._sop_is_open())
        (self - held)._sop_withdraw_exceptions(self.env._("The order was confirmed."))
        return held._sop_waiting_action(refusals) if held == self else res

    def _sop_confirm_or_hold(self, refusals):
        """Confirm one order that the plant can keep; let any other wait for both departments.

        What a rule refuses stays a quotation, and waits for nobody.

        One by one, because what is made for an order looks like free goods to the next one until
        its delivery exists.

        :param refusals: {order: why it was refused}, to which a refused order is added
        """
        self.ensure_one()
        self.check_access("write")
        self.env["sop.booking"]._take_turn(self.company_id)
        promises = self._sop_promises(latest=True)
        held = self._sop_judge(promises)
        if refused := self._sop_refused(held):
            refusals[self] = self._sop_refuse(refused)
            return True
        if held or self._sop_failing(promises):
            self._sop_open_exception()
            return True
        self._sop_prepare_confirmation(promises)
        passing = self.with_context(sop_gate_passed=GATE_PASSED)
        res = super(SaleOrder, passing).action_confirm()  # pylint: disable=super-method-mismatch
        self.env["mrp.production"]._sop_plan_made(promises)
        self.env["sop.acceptance.log"]._settle(self)
        return res

    def _sop_is_open(self):
        self.ensure_one()
        return self.state in ("draft", "sent")

    def _sop_promises(self, **options):
        """Promises of the order's lines, against everything but what it holds itself.

        :return: {sale.order.line: core Promise}
        """
        self.ensure_one()
        options.setdefault("unlock", self.sop_unlock or None)
        return self.env["sop.promise"]._promise_lines(
            self.order_line, ignore_orders=self.ids, **options
        )

    # ------------------------------------------------------------------ taking effect
    def _sop_prepare_confirmation(self, promises):
        """Before Odoo confirms: book, promise dates on lines and order, orders to make goods."""
        self.ensure_one()
        self.sop_booking_ids.sudo()._free()
        self.env["sop.booking"]._book(promises, "booked")
        for line, promise in promises.items():
            line._sop_keep(promise)
        self.order_line._sop_record_promises(
            dict.fromkeys(promises, False), self.env._("The order was confirmed.")
        )
        last = max((promise.date for promise in promises.values() if promise.date), default=None)
        company, wanted = self.company_id, self.commitment_date
        if last and (not wanted or last > company._sop_local_date(wanted)):
            # What the customer asked for stays on record beside what is promised.
            self._sop_store(
                {
                    "commitment_date": company._sop_end_of_day(last),
                    "sop_requested_date": self.sop_requested_date,
                }
            )
        self.env["mrp.production"]._sop_make(promises)

    def _action_cancel(self):
        self._sop_withdraw_exceptions(self.env._("The quotation was cancelled."))
        self._sop_unmake()
        self.sop_booking_ids.sudo()._free()
        self._sop_forget_agreement()
        self.env["sop.acceptance.log"]._lose(self.order_line)
        self.order_line._sop_store(
            {
                "sop_promised_date": False,
                "sop_first_promised_date": False,
                "sop_promised_parts": False,
            }
        )
        return super()._action_cancel()

    def _sop_unmake(self):
        """Cancel what was made for these orders alone and has not been started.

        Made-to-order goods are left to Odoo, which tells the planner about them.
        """
        productions = self.sudo().sop_booking_ids.production_id
        productions.filtered(
            lambda mo: (
                mo.sop_line_id
                and mo.state == "confirmed"
                and not any(order.state == "progress" for order in mo.workorder_ids)
            )
        ).action_cancel()
