from datetime import timedelta

from odoo import models
from odoo.exceptions import ValidationError

MAX_DAYS = 31
# The board looks so many days ahead.
FARTHEST = 3 * 366


class SopSlotSpan(models.AbstractModel):
    """How long, and how far ahead, time can be reserved: shared by slots and requests for them."""

    _name = "sop.slot.span"
    _description = "Length of Reserved Time"

    def _check_span(self):
        """:raise ValidationError: if the time is too long, or too far ahead to be planned"""
        farthest = self._get_farthest()
        # a month in which the clock is put back has an hour more
        longest = timedelta(days=MAX_DAYS, hours=1)
        for record in self.filtered(lambda r: r.date_start and r.date_stop):
            if record.date_stop - record.date_start > longest:
                raise ValidationError(
                    self.env._(
                        "A slot lasts %s days at most. Reserve longer times by several slots, or "
                        "by a slot rule.",
                        MAX_DAYS,
                    )
                )
            if record.date_start > farthest:
                raise ValidationError(
                    self.env._(
                        "Time is reserved three years ahead, not further. Choose an earlier start."
                    )
                )

    def _get_farthest(self):
        """UTC moment after which no slot begins."""
        return self.env["sop.promise"]._get_now() + timedelta(days=FARTHEST)

    def _is_in_reach(self):
        """Whether the record has a start and a later end that time can be counted between."""
        self.ensure_one()
        if not self.date_start or not self.date_stop:
            return False
        farthest = self._get_farthest() + timedelta(days=MAX_DAYS)
        return self.date_start < self.date_stop <= farthest
