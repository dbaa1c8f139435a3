from odoo import api, models


class SopOrderChangeover(models.AbstractModel):
    """The part of an order about changeovers that its lines cause."""

    _name = "sop.order.changeover"
    _description = "Orders and Changeovers"

    @api.readonly
    def sop_find_changeover(self, changes, key):
        """What a line of the quotation, as it is on a screen, means for the campaigns.

        :param changes: what was typed, as a form sends it
        :param key: id of the line, or the name that the form gave to a new one
        :return: text, '' where there is nothing to say
        :raise AccessError: for who may not see the quotation
        """
        line = self._sop_line_on_screen(changes, key)
        return line._sop_say_changeovers().get(line, "") if line else ""
