from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from .wording import say_day


class SopHoldRules(models.AbstractModel):
    """Part of sop.hold: how long and how much one may hold, so that others get their turn.

    The limits hold for everyone alike. Whoever needs more asks for an exception: both departments
    decide on it, and what it needs is held meanwhile.
    """

    _name = "sop.hold.rules"
    _description = "Limits of Held Quotations"

    def _get_days(self, order):
        """Days for which a quotation is held at first: those of its tier, else the company's."""
        company = order.company_id.sudo()
        days = order.sudo().sop_tier_id.hold_days or company.sop_hold_days
        return min(days, company.sop_hold_max_days)

    def _get_decision_day(self, exception):
        """Last day on which what an exception asks for is held while both departments decide."""
        company = exception.company_id.sudo()
        today = company._sop_local_date(self._get_now())
        return today + timedelta(days=company.sop_hold_max_days)

    def _get_last_day(self, order):
        """Last day until which a quotation may be held, counted from when it was held first."""
        holds = self._get_earlier(order)
        company = order.company_id.sudo()
        begin = min(holds.mapped("create_date"), default=self._get_now())
        first = min(begin, self._get_now())
        return company._sop_local_date(first) + timedelta(days=company.sop_hold_max_days)

    def _get_first_end(self, order):
        """Last day of a hold that begins now.

        :raise UserError: if the quotation was held as long as it may be
        """
        today = order.company_id.sudo()._sop_local_date(self._get_now())
        last = self._get_last_day(order)
        if last < today:
            raise UserError(
                self.env._(
                    "%(order)s was held until %(day)s, as long as a quotation may be held. Confirm "
                    "it, or ask for an exception.",
                    order=order.name,
                    day=say_day(self.env, last),
                )
            )
        return self._limit_again(order, min(today + timedelta(days=self._get_days(order)), last))

    def _get_earlier(self, order):
        """Holds that a quotation had, or has, by the choice of its salesperson."""
        return order.sudo().sop_hold_ids.filtered(lambda hold: hold.kind == "quotation")

    def _count_extensions(self, order, day):
        """Times that a quotation is extended if a hold which begins now lasts until a day.

        To let go and hold anew until a later day extends it as well.
        """
        earlier = self._get_earlier(order)
        longer = bool(earlier) and day > max(earlier.mapped("until_day"))
        return max(earlier.mapped("extensions"), default=0) + longer

    def _limit_again(self, order, day):
        """Last day of a hold that begins now: where no extension is left, that of the last hold.

        :raise UserError: if that day is over
        """
        company = order.company_id.sudo()
        if self._count_extensions(order, day) <= company.sop_hold_extensions:
            return day
        day = min(day, max(self._get_earlier(order).mapped("until_day")))
        if day < company._sop_local_date(self._get_now()):
            raise UserError(
                self.env._(
                    "%(order)s was held until %(day)s and extended as often as allowed; holding it "
                    "again counts like that. Confirm it, or ask for an exception.",
                    order=order.name,
                    day=say_day(self.env, day),
                )
            )
        return day

    def _check_extension(self, day, reason):
        """:raise UserError: without a reason, and beyond what the company allows"""
        most = self.company_id.sudo().sop_hold_extensions
        last = self._get_last_day(self.order_id)
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the customer needs more time."))
        if self.kind != "quotation":
            raise UserError(
                self.env._("It is held until both departments have decided; that is not extended.")
            )
        if self.extensions >= most:
            raise UserError(
                self.env._(
                    "A hold is extended at most %s times, so that others get their turn. Confirm "
                    "the quotation, or let it go.",
                    most,
                )
            )
        if not day or day <= self.until_day:
            raise UserError(self.env._("Choose a day after %s.", say_day(self.env, self.until_day)))
        if day > last:
            raise UserError(
                self.env._("It can be held until %s at the latest.", say_day(self.env, last))
            )

    def _check_promises(self, promises):
        """:raise UserError: if the plant can promise nothing that could be held"""
        impossible = [line for line, promise in promises.items() if promise.state == "impossible"]
        if impossible:
            raise UserError(
                self.env._(
                    "There is no date to hold for %s.",
                    ", ".join(line.product_id.display_name for line in impossible),
                )
            )
        if not any(promise.takes or promise.loads for promise in promises.values()):
            raise UserError(
                self.env._("There is nothing to hold: no line takes capacity or goods of ours.")
            )

    def _check_limits(self):
        """:raise UserError: if a salesperson or a customer would hold more than their share"""
        self._check_count()
        self._check_hours()

    def _get_live(self):
        """Domain of the holds that count against the limits of the company."""
        return [
            ("state", "=", "active"),
            ("kind", "=", "quotation"),
            ("until", ">", self._get_now()),
            ("company_id", "=", self.company_id.id),
        ]

    def _check_count(self):
        """:raise UserError: if the salesperson would hold too many quotations"""
        most = self.company_id.sudo().sop_hold_count
        live = [*self._get_live(), ("user_id", "=", self.user_id.id)]
        if most and self.sudo().search_count(live) > most:
            raise UserError(
                self.env._(
                    "%(user)s holds %(count)s quotations already. Release or confirm one of them.",
                    user=self.user_id.name or self.env._("Nobody"),
                    count=most,
                )
            )

    def _check_hours(self):
        """:raise UserError: if the customer would hold too many hours of one work centre"""
        most = self.company_id.sudo().sop_hold_hours
        if not most:
            return
        customer = self.partner_id.commercial_partner_id
        live = self._get_live()
        holds = self.sudo().search([*live, ("partner_id.commercial_partner_id", "=", customer.id)])
        sums = (
            self.env["sop.booking"]
            .sudo()
            ._read_group(
                [("hold_id", "in", holds.ids), ("state", "=", "held")],
                ["workcenter_id"],
                ["minutes:sum"],
            )
        )
        for workcenter, minutes in sums:
            if minutes > most * 60 and workcenter in self.booking_ids.workcenter_id:
                raise UserError(
                    self.env._(
                        "%(customer)s would hold %(hours)d hours on %(workcenter)s; %(most)d are "
                        "allowed, so that others get their turn. Confirm a part of it first.",
                        customer=customer.display_name,
                        hours=round(minutes / 60),
                        workcenter=workcenter.name,
                        most=most,
                    )
                )
