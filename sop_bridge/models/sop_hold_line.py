from odoo import fields, models

from .wording import say_day


class SopLineHold(models.AbstractModel):
    """The part of an order line about what is held for it, or for others before it."""

    _name = "sop.line.hold"
    _description = "Order Lines and Holds"

    sop_promise_rivals = fields.Json(
        "Held by others", compute="_compute_sop_promise", help="Ids of the holds in the way."
    )

    def _sop_kept(self):
        """{'date', 'parts'} that the quotation holds for this line now, or {}."""
        self.ensure_one()
        hold = self.order_id._origin._sop_hold() if self.order_id._origin else False
        return ((hold and hold.promises) or {}).get(str(self._origin.id)) or {}

    def _sop_held_date(self):
        """The day that is held for this line, or False."""
        return fields.Date.to_date(self._sop_kept().get("date")) or False

    def _sop_show_held(self, promise):
        """Show what is held for the line, as long as the plant can keep it."""
        held = self._sop_kept()
        if not held:
            return
        day, until = fields.Date.to_date(held["date"]), self.order_id._origin.sop_hold_until
        told = {"until": say_day(self.env, until), "day": say_day(self.env, day)}
        reason = self.sop_promise_reason
        if promise.date and promise.date <= day:
            self.sop_promise_date, self.sop_promise_parts = day, held["parts"]
            kept = self.env._("Held until %(until)s.", **told)
        else:
            kept = self.env._("Held for %(day)s, which the plant can no longer keep.", **told)
        self.sop_promise_reason = f"{reason} {kept}"

    def _sop_show_rivals(self, rivals):
        """Show that others hold what the line waits for."""
        if rivals:
            kept = self.env["sop.hold"]._say_in_way(rivals, self.company_id)
            self.sop_promise_reason = f"{self.sop_promise_reason} {kept}"
            self.sop_promise_rivals = [hold for hold, _until in rivals]
