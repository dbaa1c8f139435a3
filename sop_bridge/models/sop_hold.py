from datetime import datetime, time, timedelta

from pytz import utc

from odoo import api, fields, models
from odoo.exceptions import UserError

from .wording import say_day


class SopHold(models.Model):
    """What a quotation was promised, kept for it until a moment: minutes and goods.

    A hold counts while it is active and its moment has not come; whoever asks reads that moment,
    so one that has expired blocks nobody, whether or not the scheduled job has collected it. Who
    holds first has it: the minutes and goods of a hold are free for no other promise.
    """

    _name = "sop.hold"
    _inherit = ["sop.kept", "sop.hold.rules", "sop.hold.way", "sop.hold.job"]
    _description = "Held Quotation"
    _order = "until desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", "Quotation", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", store=True)
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson", store=True)
    tier_id = fields.Many2one(related="order_id.sop_tier_id", string="Tier", store=True)
    kind = fields.Selection(
        [("quotation", "Held by Sales"), ("exception", "While both departments decide")],
        required=True,
        default="quotation",
        readonly=True,
    )
    state = fields.Selection(
        [
            ("active", "Held"),
            ("used", "Confirmed"),
            ("released", "Released"),
            ("expired", "Expired"),
        ],
        required=True,
        default="active",
        readonly=True,
        index=True,
        group_expand=True,
    )
    until = fields.Datetime("Held until", required=True, readonly=True)
    until_day = fields.Date(compute="_compute_until_day")
    is_ending = fields.Boolean("Ends soon", compute="_compute_until_day")
    ended = fields.Datetime("Ended on", readonly=True)
    why_ended = fields.Char("Ended because", readonly=True)
    extensions = fields.Integer("Times extended", readonly=True)
    was_told = fields.Boolean("Salesperson was told that it ends", readonly=True)
    promises = fields.Json(
        "What is held", readonly=True, help="Day and sources of each line of the quotation."
    )
    date = fields.Date("Complete by", readonly=True)
    minutes = fields.Float("Held minutes", readonly=True)
    booking_ids = fields.One2many("sop.booking", "hold_id", "Minutes", readonly=True)
    goods_ids = fields.One2many("sop.hold.goods", "hold_id", readonly=True)
    waiting_ids = fields.Many2many(
        "sale.order", "sop_hold_waiting", "hold_id", "order_id", "Told when it is free"
    )

    _one_active = models.UniqueIndex(
        "(order_id) WHERE state = 'active'", "The quotation is held already."
    )
    _until = models.Index("(until) WHERE state = 'active'")

    @api.depends("until")
    def _compute_until_day(self):
        now = self._get_now()
        for hold in self:
            hold.until_day = hold._local_day(hold.until) if hold.until else False
            left = hold.until - now if hold.until else timedelta()
            hold.is_ending = hold.state == "active" and left < timedelta(days=1)

    @api.depends("order_id.name", "until")
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = self.env._(
                "%(order)s until %(day)s",
                order=hold.order_id.name,
                day=say_day(self.env, hold.until_day),
            )

    # ------------------------------------------------------------------ guarding
    def _get_refusal(self, mode):
        return {
            "create": self.env._("Capacity is held with the button on the quotation."),
            "write": self.env._("A hold follows its quotation; it is not edited by hand."),
            "unlink": self.env._("A hold is released on its quotation; its record stays."),
        }[mode]

    # ------------------------------------------------------------------ time
    @api.model
    def _get_now(self):
        return self.env["sop.promise"]._get_now()

    def _local_day(self, moment):
        """Day of a UTC moment where the company is."""
        return self.company_id.sudo()._sop_local_date(moment)

    @api.model
    def _get_until(self, company, day):
        """UTC moment of the last minute of a day where a company is."""
        zone = company.sudo()._sop_timezone()
        last = zone.localize(datetime.combine(day, time(23, 59)))
        return last.astimezone(utc).replace(tzinfo=None)

    def _is_live(self):
        """Whether the hold counts now."""
        return bool(self) and self.state == "active" and self.until > self._get_now()

    # ------------------------------------------------------------------ holding
    @api.model
    def _hold(self, order, day, kind="quotation", unlock=None):
        """Keep for a quotation what it is promised now, in place of what it held before.

        :param day: last day on which it is kept
        :param unlock: slots of others that it may use, see ``sop.promise._promise_lines``
        :return: the hold
        :raise UserError: if there is nothing to hold, or more than one may hold
        """
        self.env["sop.booking"]._take_turn(order.company_id)
        hold = order.sudo().sop_hold_ids.filtered(lambda hold: hold.state == "active")
        values = {"until": self._get_until(order.company_id, day), "kind": kind, "was_told": False}
        if hold and not hold._is_live():
            hold._end("expired", self.env._("The time was over."))
            hold = hold.browse()
        if not hold:
            values.update(order_id=order.id, company_id=order.company_id.id)
            if kind == "quotation":
                values["extensions"] = self._count_extensions(order, day)
            hold = self.sudo()._store([values])
        else:
            hold._update(values)
        hold._keep(order.sudo()._sop_promises(latest=kind == "quotation", unlock=unlock))
        return hold

    def _keep(self, promises):
        """Book the minutes and goods of promises in place of those that were held.

        :param promises: {sale.order.line: core Promise}
        :raise UserError: if they are more than one may hold
        """
        self.ensure_one()
        held = self.order_id.sop_booking_ids.filtered(lambda booking: booking.state == "held")
        (held | self.booking_ids)._free()  # its own may be of a line that left the quotation
        self.goods_ids._drop()
        bookings = self.env["sop.booking"]._book(promises, "held", self)
        self.goods_ids._keep(self, promises)
        dates = [promise.date for promise in promises.values() if promise.date]
        self._update(
            {
                "promises": self._describe(promises),
                "date": max(dates, default=False),
                "minutes": sum(bookings.mapped("minutes")),
            }
        )
        if self.kind == "quotation":
            self._check_limits()

    @api.model
    def _describe(self, promises):
        """{line id: day and sources} as JSON."""
        return {
            str(line.id): {
                "date": fields.Date.to_string(promise.date),
                "parts": line._sop_parts(promise),
            }
            for line, promise in promises.items()
            if promise.state == "ok"
        }

    def _renew(self):
        """Hold what the changed quotation is promised now, or end the hold where nothing can be.

        The day until which it is held stays; what the quotation asks for in addition it gets
        behind all that others hold already.
        """
        self.ensure_one()
        self.env["sop.booking"]._take_turn(self.company_id)
        if not self._is_live():
            self._end("expired", self.env._("The time was over."))
            return
        before = self.date
        promises = self.order_id._sop_promises(latest=True)
        try:
            self._check_promises(promises)
            self._keep(promises)
        except UserError as error:
            self._end("released", self.env._("The quotation was changed. %s", error.args[0]))
            return
        if before != self.date:
            self._tell(
                self.env._(
                    "The quotation was changed: what is held is complete by %(after)s instead of "
                    "%(before)s.",
                    after=say_day(self.env, self.date),
                    before=say_day(self.env, before),
                )
            )

    # ------------------------------------------------------------------ ending
    def _end(self, state, why):
        """End holds, free what they held, and tell who waits for it.

        :param state: 'used', 'released' or 'expired'
        """
        ending = self.sudo().filtered(lambda hold: hold.state == "active")
        if not ending:
            return
        ending.booking_ids._free()
        ending.goods_ids._drop()
        ending._update({"state": state, "ended": fields.Datetime.now(), "why_ended": why})
        for hold in ending:
            hold.order_id.activity_unlink([self._activity])
            if state != "used":
                hold._tell(self.env._("What was held is free again: %s", why))
                hold._tell_waiting()

    def _extend(self, day, reason):
        """Keep what is held until a later day.

        The turn is taken because whoever books next must know it: a hold whose time is over is
        free for others, and must not come to life behind their back.

        :raise UserError: if it is over, or longer than the company allows
        """
        self.ensure_one()
        self.env["sop.booking"]._take_turn(self.company_id)
        if not self._is_live():
            raise UserError(
                self.env._("The hold is over. Hold the capacity again; what is free then is held.")
            )
        self._check_extension(day, reason)
        before = self.until_day
        self._update(
            {
                "until": self._get_until(self.company_id, day),
                "extensions": self.extensions + 1,
                "was_told": False,
            }
        )
        self.order_id.activity_unlink([self._activity])
        self._tell(
            self.env._(
                "%(user)s extended the hold from %(before)s to %(after)s: %(reason)s",
                user=self.env.user.name,
                before=say_day(self.env, before),
                after=say_day(self.env, day),
                reason=reason,
            ),
            notify=False,
        )

    # ------------------------------------------------------------------ telling
    def _tell(self, body, notify=True):
        """Note in the quotation; it reaches the salesperson, unless that is who did it."""
        for hold in self.sudo():
            told = hold.order_id.user_id - self.env.user if notify else self.env["res.users"]
            hold.order_id.message_post(body=body, partner_ids=told.partner_id.ids)

    def _tell_waiting(self):
        """Leave an activity with the salespeople who wait for what this hold kept.

        Without the name of the quotation that held it: it may be a colleague's.
        """
        for order in self.waiting_ids.filtered(lambda order: order.state in ("draft", "sent")):
            order._sop_activity(
                self.env._("Capacity is free again"),
                self.env._(
                    "What was held for another quotation is free. Look at the promise of this one "
                    "again."
                ),
            )
        self._update({"waiting_ids": [fields.Command.clear()]})

    def action_order(self):
        """Open the quotation."""
        self.ensure_one()
        return self.order_id._sop_open()
