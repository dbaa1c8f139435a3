from odoo import fields, models
from odoo.exceptions import UserError

from .wording import say_day

YEARS_AHEAD = 3


class SopPromiseKept(models.AbstractModel):
    """The part of an order line about its first, and each later, promised date."""

    _name = "sop.promise.kept"
    _description = "Promised Dates of Order Lines"

    sop_promise_date_ids = fields.One2many(
        "sop.promise.date", "order_line_id", "Promised dates", readonly=True
    )
    sop_risk_ids = fields.One2many(
        "sop.promise.risk", "order_line_id", "Promises at risk", readonly=True
    )

    def _sop_record_promises(self, before, reason):
        """Put on record what is promised now for these lines, and the first date of each.

        :param before: {line: date that was promised until now, or False}
        """
        self.env["sop.promise.date"].sudo()._record(before, reason)
        for line in self.filtered(
            lambda ln: ln.sop_promised_date and not ln.sop_first_promised_date
        ):
            line._sop_store({"sop_first_promised_date": line.sop_promised_date})

    # ------------------------------------------------------------------ another date
    def _sop_promise_again(self, date, reason):
        """Promise another date to the customer, and deliver on it.

        :raise UserError: without a reason, where nothing is promised or left to deliver, and for
            a day that is over, too far ahead, or sooner than the plant can keep
        """
        self.ensure_one()
        if not self.sop_promised_date or self.state != "sale":
            raise UserError(self.env._("Nothing is promised for this line."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the date changes."))
        moves = self._sop_check_open()
        self._sop_check_new_date(date)
        before = self.sop_promised_date
        self._sop_store({"sop_promised_date": date})
        self._sop_record_promises({self: before}, reason.strip())
        deadline = self.company_id._sop_end_of_day(date)
        for move in moves:
            move.write({"date": move.date + (date - before), "date_deadline": deadline})

    def _sop_check_open(self):
        """Deliveries to the customer that are still to come; what comes back is none of them.

        :raise UserError: if nothing is left to deliver
        """
        moves = self.sudo().move_ids.filtered(
            lambda move: (
                (move.location_final_id or move.location_dest_id).usage == "customer"
                and move.location_id.usage != "customer"
            )
        )
        left = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        given_up = not left and "done" in moves.mapped("state")
        if given_up or self.qty_delivered >= self.product_uom_qty:
            raise UserError(
                self.env._("Nothing is left to deliver of this line, so no date can change.")
            )
        return left

    def _sop_check_new_date(self, date):
        """:raise UserError: for a day that is over, too far ahead, or too soon for the plant"""
        today = self.company_id._sop_local_date(self.env["sop.promise"]._get_now())
        last = fields.Date.add(today, years=YEARS_AHEAD)
        if not date or date < today:
            raise UserError(self.env._("Choose a day that is not over yet."))
        if date > last:
            raise UserError(
                self.env._("Choose a day until %s; nobody plans further.", say_day(self.env, last))
            )
        if date < self.sop_promised_date:
            self._sop_check_sooner(date)

    def _sop_check_sooner(self, date):
        """:raise UserError: if the plant cannot deliver sooner than promised, on this day"""
        promise = self.env["sop.promise"]._promise_lines(self)[self]
        if not promise.date:
            raise UserError(
                self.env._(
                    "The plant cannot deliver sooner than promised: %s",
                    self._sop_explain(promise),
                )
            )
        if date < promise.date:
            raise UserError(
                self.env._(
                    "The plant can deliver on %(day)s at the earliest. Choose that day or a later "
                    "one: %(reason)s",
                    day=say_day(self.env, promise.date),
                    reason=self._sop_explain(promise),
                )
            )
