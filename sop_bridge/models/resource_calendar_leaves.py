from odoo import models
from odoo.exceptions import UserError

# What keeps Odoo's planner out of a slot.
BLOCKING = {"calendar_id", "resource_id", "date_from", "date_to", "time_type"}


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    # Odoo keeps a row for each planned work order, too; of time off there is little
    _sop_time_off = models.Index("(date_to) WHERE time_type = 'leave'")

    # ------------------------------------------------------------------ guarding
    def write(self, vals):
        """:raise UserError: if the entry stands for a slot, which would keep its time no more"""
        # superusers too: Odoo writes the entry of a work order, which people choose, as one
        if BLOCKING & set(vals):
            self._sop_check_no_slot()
        return super().write(vals)

    def unlink(self):
        """:raise UserError: if an entry stands for a slot, which would keep its time no more"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._sop_check_no_slot()
        return super().unlink()

    def _sop_check_no_slot(self):
        slots = self.env["sop.slot"].sudo().with_context(active_test=False)
        slot = slots.search([("leave_id", "in", self.ids)], limit=1) if self.ids else slots
        if slot:
            raise UserError(
                self.env._(
                    "This entry of the calendar keeps the time of %s. Change or release the slot "
                    "itself, under Capacity, Slots.",
                    slot._say_slot(),
                )
            )

    # ------------------------------------------------------------------ for the add-on's own code
    def _sop_store(self, vals):
        """Write entries of slots."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _sop_remove(self):
        """Delete entries of slots."""
        return super().unlink()  # pylint: disable=super-method-mismatch
