from odoo import fields, models
from odoo.exceptions import UserError


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

    def _sop_promise_again(self, date, reason):
        """Promise another date to the customer, and deliver on it.

        :raise UserError: without a reason, for a day that is over, or where nothing is promised
        """
        self.ensure_one()
        today = self.company_id._sop_local_date(fields.Datetime.now())
        if not self.sop_promised_date or self.state != "sale":
            raise UserError(self.env._("Nothing is promised for this line."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the date changes."))
        if not date or date < today:
            raise UserError(self.env._("Choose a day that is not over yet."))
        before = self.sop_promised_date
        self._sop_store({"sop_promised_date": date})
        self._sop_record_promises({self: before}, reason.strip())
        moves = self.sudo().move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        shift = date - before
        for move in moves:
            deadline = self.company_id._sop_end_of_day(date)
            move.write({"date": move.date + shift, "date_deadline": deadline})
