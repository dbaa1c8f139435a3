from odoo import models


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        """Bookings take as long as the work orders take now."""
        res = super().change_prod_qty()
        self.mo_id._sop_resize_books()
        return res
