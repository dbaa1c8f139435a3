from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.calendar import FIRST_DAY, LAST_DAY, within
from .wording import say_day


class SopOrderHint(models.AbstractModel):
    """The part of a sales order about what is missing or odd in its head."""

    _name = "sop.order.hint"
    _description = "Hints on Orders"

    sop_hint = fields.Char("Hint", compute="_compute_sop_hint")

    @api.depends("partner_id", "partner_shipping_id", "sop_requested_date")
    def _compute_sop_hint(self):
        for order in self:
            hints = order._sop_hints() if order.partner_id else []
            order.sop_hint = " ".join(hints) or False

    @api.constrains("sop_requested_date", "commitment_date")
    def _check_sop_wanted_days(self):
        """:raise ValidationError: for a day that no plant plans for"""
        for order in self:
            for day in filter(None, order._sop_wanted_days()):
                if day != within(day):
                    raise ValidationError(
                        self.env._(
                            "%(order)s cannot be delivered on %(day)s: enter a day between "
                            "%(first)s and %(last)s.",
                            order=order.name,
                            day=say_day(self.env, day),
                            first=say_day(self.env, FIRST_DAY),
                            last=say_day(self.env, LAST_DAY),
                        )
                    )

    def _sop_hints(self):
        """Sentences about what is missing or odd in the head of the quotation."""
        self.ensure_one()
        hints = []
        address = self.partner_shipping_id or self.partner_id
        if not (address.city or address.zip or address.street):
            hints.append(
                self.env._(
                    "%s has no delivery address: add one before the goods are due to leave.",
                    address.display_name,
                )
            )
        if self.sop_requested_date and self.sop_requested_date < fields.Date.context_today(self):
            hints.append(
                self.env._(
                    "The requested date is in the past: enter a later one, or none for as soon as "
                    "possible."
                )
            )
        return hints
