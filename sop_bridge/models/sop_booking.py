from odoo import fields, models


class SopBooking(models.Model):
    """Minutes of one work centre on one day that are promised to one order line.

    A booking counts as load while it has no manufacturing order, or while the work order it
    became still stands where the booking put it (``plan_from`` and ``plan_to`` are its interval).
    Once the planner moves the work order, the interval of the work order counts instead.
    """

    _name = "sop.booking"
    _description = "Capacity Booking"
    _order = "day, workcenter_id, id"

    workcenter_id = fields.Many2one(
        "mrp.workcenter", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, help="A day in the work centre's time zone.")
    minutes = fields.Float(required=True, readonly=True)
    slot_id = fields.Many2one("sop.slot", index="btree_not_null", ondelete="set null", readonly=True)
    order_line_id = fields.Many2one(
        "sale.order.line", index="btree_not_null", ondelete="cascade", readonly=True
    )
    order_id = fields.Many2one(related="order_line_id.order_id", store=True, index="btree_not_null")
    operation_id = fields.Many2one("mrp.routing.workcenter", ondelete="set null", readonly=True)
    production_id = fields.Many2one(
        "mrp.production", index="btree_not_null", ondelete="cascade", readonly=True
    )
    workorder_id = fields.Many2one(
        "mrp.workorder", index="btree_not_null", ondelete="cascade", readonly=True
    )
    plan_from = fields.Datetime(readonly=True)
    plan_to = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("held", "Held while it waits for a decision"), ("booked", "Booked")],
        required=True,
        default="booked",
        readonly=True,
    )

    _minutes_positive = models.Constraint(
        "CHECK (minutes > 0)", "A booking needs a positive number of minutes."
    )
    _workcenter_day = models.Index("(workcenter_id, day)")
