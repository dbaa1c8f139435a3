from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    # Counts bookings; its only purpose is that two bookings of one product touch one row.
    sop_bookings = fields.Integer(copy=False, readonly=True)
