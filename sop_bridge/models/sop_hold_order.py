from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .notification import notification
from .wording import say_day

# What a quotation in one of these states asks for can still be held.
OPEN = ("draft", "sent")


class Pending(set):
    """Ids of quotations whose hold is renewed at the end of a write.

    It travels in the context. A remote caller can send any context, but never this type.
    """


class SopOrderHold(models.AbstractModel):
    """The part of a sales order about what it holds."""

    _name = "sop.order.hold"
    _description = "Quotations That Hold Capacity"

    sop_hold_ids = fields.One2many("sop.hold", "order_id", "Holds", readonly=True)
    sop_hold_count = fields.Integer(compute="_compute_sop_hold_text", compute_sudo=True)
    sop_hold_until = fields.Date(
        "Held until",
        compute="_compute_sop_hold_text",
        search="_search_sop_hold_until",
        compute_sudo=True,
    )
    sop_hold_text = fields.Char("Held", compute="_compute_sop_hold_text", compute_sudo=True)
    sop_in_way_text = fields.Char(
        "Held by others", compute="_compute_sop_in_way", compute_sudo=True
    )
    sop_is_told = fields.Boolean(compute="_compute_sop_in_way", compute_sudo=True)

    def _compute_sop_hold_text(self):
        for order in self:
            hold = order._sop_hold()
            order.sop_hold_count = len(order.sop_hold_ids)
            order.sop_hold_until = hold.until_day
            order.sop_hold_text = hold and order._sop_say_hold(hold)

    def _search_sop_hold_until(self, operator, value):
        """Quotations by the day until which they are held."""
        if operator not in ("=", "!=") or value:
            if operator in ("in", "not in") and set(value) == {False}:
                operator, value = ("=" if operator == "in" else "!="), False
            else:
                return NotImplemented
        held = (
            self.env["sop.hold"]
            .sudo()
            ._search([("state", "=", "active"), ("until", ">", self.env["sop.hold"]._get_now())])
        )
        inside = [("sop_hold_ids", "in", held)]
        return inside if operator == "!=" else ["!", *inside]

    @api.depends("order_line.sop_promise_rivals")
    def _compute_sop_in_way(self):
        for order in self:
            holds = order._sop_rivals()
            rivals = [(hold.id, hold.until) for hold in holds.sorted("until")]
            text = holds._say_in_way(rivals, order.company_id) if rivals else False
            order.sop_in_way_text = text
            order.sop_is_told = bool(holds) and order in holds.waiting_ids

    # ------------------------------------------------------------------ what is held
    def _sop_hold(self):
        """The hold that counts for this quotation now, or none."""
        self.ensure_one()
        return self.sudo().sop_hold_ids.filtered(lambda hold: hold._is_live())[:1]

    def _sop_say_hold(self, hold):
        """'until 14 March, complete by 20 March'"""
        if hold.kind == "exception":
            return self.env._(
                "until both departments have decided, at the latest until %s",
                say_day(self.env, hold.until_day),
            )
        return self.env._(
            "until %(until)s, complete by %(day)s",
            until=say_day(self.env, hold.until_day),
            day=say_day(self.env, hold.date),
        )

    def action_sop_hold(self):
        """Hold what the quotation is promised now.

        :return: a notification with the day until which it is held
        :raise UserError: where nothing can be held, or more than one may hold
        """
        self.ensure_one()
        self._sop_check_holder()
        self._sop_check_holdable()
        holds = self.env["sop.hold"]
        self.env["sop.booking"]._take_turn(self.company_id)
        if self._sop_hold():
            raise UserError(self.env._("%s is held already.", self.name))
        holds._check_promises(self._sop_promises(latest=True))
        hold = holds._hold(self, holds._get_first_end(self))
        self.message_post(body=self.env._("Held: %s", self._sop_say_hold(hold)))
        return notification(
            self.env._("Held %s", self._sop_say_hold(hold)),
            title=self.env._("Capacity and goods"),
        )

    def _sop_check_holder(self):
        """:raise AccessError: for who does not sell; the warehouse may write orders, too"""
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")):
            raise AccessError(self.env._("What a quotation holds, its salesperson decides."))

    def _sop_check_holdable(self):
        if self.state not in OPEN:
            raise UserError(self.env._("Only quotations hold capacity; an order has booked it."))
        if self.company_id.sop_gate == "off":
            raise UserError(self.env._("Promises are switched off, so there is nothing to hold."))
        pending = self.sudo().sop_exception_ids.filtered(lambda e: e.state == "pending")
        if pending:
            raise UserError(
                self.env._("What this quotation needs is held until both departments decide.")
            )

    def action_sop_release(self):
        """Let go what the quotation holds; whoever waits for it is told.

        :raise UserError: if it holds nothing of its own
        """
        self.ensure_one()
        self._sop_check_holder()
        hold = self._sop_hold()
        if hold.kind != "quotation":
            raise UserError(self.env._("%s holds nothing that you could release.", self.name))
        hold._end("released", self.env._("Released by %s.", self.env.user.name))
        return True

    def action_sop_extend(self):
        """Open the question for how long, and why."""
        self.ensure_one()
        return dict(
            self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_hold_extend"),
            context={"default_order_id": self.id},
        )

    def _sop_extend_hold(self, day, reason):
        """Keep what is held until a later day, for a reason.

        :raise UserError: without a hold, a reason, or a day that is allowed
        """
        self.ensure_one()
        hold = self.sudo().sop_hold_ids.filtered(lambda hold: hold.state == "active")
        if not hold:
            raise UserError(self.env._("%s holds nothing.", self.name))
        hold.with_env(self.env(su=True))._extend(day, reason)

    def action_sop_holds(self):
        """Open what the quotation holds and held."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_hold")
        return dict(action, domain=[("order_id", "=", self.id)], context={})

    # ------------------------------------------------------------------ others
    def _sop_rivals(self):
        """Holds of others that lines of this quotation come behind."""
        self.ensure_one()
        ids = {hold for line in self.order_line for hold in line.sop_promise_rivals or ()}
        holds = self.env["sop.hold"].sudo().browse(sorted(ids)).exists()
        return holds.filtered(lambda hold: hold._is_live())

    def action_sop_tell_me(self):
        """Ask to be told when what others hold is free again.

        :return: a notification
        :raise UserError: if nobody holds what the quotation waits for
        """
        self.ensure_one()
        self._sop_check_holder()
        holds = self._sop_rivals()
        if not holds:
            raise UserError(self.env._("Nobody holds what this quotation needs."))
        holds._update({"waiting_ids": [fields.Command.link(self.id)]})
        return notification(
            self.env._("You get an activity on %s when it is free.", self.name),
            title=self.env._("You will be told"),
        )

    # ------------------------------------------------------------------ following the quotation
    def write(self, vals):
        """What changes in one write renews what is held once."""
        pending = Pending()
        users = {order: order.user_id for order in self} if "user_id" in vals else {}
        res = super(SopOrderHold, self.with_context(sop_hold_pending=pending)).write(vals)
        self.browse(pending)._sop_renew_hold()
        self.filtered(lambda order: users.get(order, order.user_id) != order.user_id)._sop_handed()
        if vals.get("state") == "sale":
            self._sop_end_hold("used", self.env._("The quotation was confirmed."))
        elif vals.get("state", "draft") not in OPEN:
            self._sop_end_hold("released", self.env._("The quotation was cancelled."))
        return res

    def unlink(self):
        """What a deleted quotation held is free, and who waits for it is told."""
        self._sop_end_hold("released", self.env._("The quotation was deleted."))
        return super().unlink()

    def _sop_changed(self):
        res = super()._sop_changed()
        pending = self.env.context.get("sop_hold_pending")
        if isinstance(pending, Pending):
            pending.update(self.ids)
        else:
            self._sop_renew_hold()
        return res

    def _sop_renew_hold(self):
        for order in self.sudo():
            hold = order.sop_hold_ids.filtered(lambda hold: hold.state == "active")
            if hold.kind == "quotation" and order.state in OPEN:
                hold._renew()

    def _sop_handed(self):
        """What quotations hold counts for their new salesperson now.

        :raise UserError: if that is more than one may hold
        """
        for hold in self.sudo().sop_hold_ids:
            if hold.kind == "quotation" and hold._is_live():
                hold._check_count()

    def _sop_end_hold(self, state, why):
        self.sudo().sop_hold_ids._end(state, why)

    # ------------------------------------------------------------------ telling
    def _sop_activity(self, summary, note, kind="mail.mail_activity_data_todo", day=None):
        """Leave an activity with the salesperson; without one, a note in the quotation.

        :param note: plain text; messages escape it themselves, activities do not
        """
        self.ensure_one()
        order = self.sudo().with_context(mail_activity_automation_skip=False)
        if not order.user_id:
            order.message_post(body=note, subject=summary)
            return
        html = Markup("<p>%s</p>") % note
        order.activity_schedule(kind, day, summary=summary, note=html, user_id=order.user_id.id)

    def _sop_open(self):
        """Action that opens the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "view_mode": "form",
        }
