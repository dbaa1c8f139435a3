from odoo import api, models
from odoo.exceptions import AccessError


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

    def _sop_line_on_screen(self, changes, key):
        """The line of an open quotation that a screen means, or an empty one.

        :raise AccessError: for who may not see the quotation
        """
        self.check_access("read" if self else "create")
        # naming the lines ties them to the order as it is on the screen
        order = self[:1].new({"order_line": [], **(changes or {})}, origin=self[:1])
        if order.company_id not in self.env.companies:
            raise AccessError(self.env._("The quotation belongs to a company that is not yours."))
        line = order.order_line.filtered(
            lambda line: key and key in (line._origin.id, getattr(line.id, "ref", None))
        )
        if len(line) != 1 or not order._sop_is_open() or order.company_id.sop_gate == "off":
            return line.browse()
        return line
