from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SopSlot(models.Model):
    _name = "sop.slot"
    _description = "Reserved Production Slot"
    _inherit = ["mail.thread"]
    _order = "date_start, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    active = fields.Boolean(default=True, tracking=True)
    workcenter_id = fields.Many2one(
        "mrp.workcenter", required=True, index=True, check_company=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", related="workcenter_id.company_id", store=True)
    date_start = fields.Datetime("Start", required=True, tracking=True)
    date_stop = fields.Datetime("End", required=True, tracking=True)
    tier_id = fields.Many2one("sop.tier", ondelete="restrict", check_company=True, tracking=True)
    scope = fields.Selection(
        [("better", "This tier and better ones"), ("only", "This tier only")],
        required=True,
        default="better",
        help="'This tier only' keeps a minimum for a tier even against better ones.",
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", check_company=True, ondelete="restrict", tracking=True
    )
    leave_id = fields.Many2one("resource.calendar.leaves", copy=False, readonly=True)
    booking_ids = fields.One2many("sop.booking", "slot_id")

    _order_of_dates = models.Constraint(
        "CHECK (date_stop > date_start)", "A slot must end after it starts."
    )
    _one_owner = models.Constraint(
        "CHECK (tier_id IS NOT NULL OR partner_id IS NOT NULL)",
        "Say for whom the slot is kept: a tier or a customer.",
    )
    # int4range instead of plain equality: range operators need no extension in the database.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(workcenter_id, workcenter_id, '[]') WITH &&, "
        "tsrange(date_start, date_stop) WITH &&) WHERE (active)",
        "Another slot already covers a part of this time on this work centre.",
    )
