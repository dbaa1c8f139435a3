from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sop_gate = fields.Selection(
        [
            ("off", "Off: no promise, nothing is checked"),
            ("inform", "Inform: show the promise, block nothing"),
            ("hold", "Hold: what cannot be kept waits for both departments"),
        ],
        "Order gate",
        required=True,
        default="inform",
    )
    sop_delivery_days = fields.Integer(
        "Delivery delay",
        help="Days from the moment goods are ready until the customer has them.",
    )
    sop_horizon_days = fields.Integer(
        "Promise horizon", default=180, help="How many days ahead the plant can be booked."
    )

    # Counts bookings; its purpose is that two bookings at the same time touch the same row.
    sop_turn = fields.Integer(copy=False, readonly=True)

    _sop_delivery_days = models.Constraint(
        "CHECK (sop_delivery_days >= 0)", "The delivery delay cannot be negative."
    )
    _sop_horizon_days = models.Constraint(
        "CHECK (sop_horizon_days BETWEEN 1 AND 730)",
        "The promise horizon is a number of days between 1 and 730.",
    )
