from odoo import api, models


class SopOrderStory(models.AbstractModel):
    """Questions about one line of a quotation as it is on a screen, perhaps not saved."""

    _name = "sop.order.story"
    _description = "Orders as They Are on the Screen"

    @api.readonly
    def sop_tell_promise(self, changes, key):
        """How the promise of a line comes about, and what else is possible.

        :param changes: what was typed, as a form sends it
        :param key: id of the line, or the name that the form gave to a new one
        :return: dict, see ``sop.promise.story._tell``; empty where nothing is promised any more
        :raise AccessError: for who may not see the quotation
        """
        line = self._sop_line_on_screen(changes, key)
        return self.env["sop.promise.story"]._tell(line) if line else {}
