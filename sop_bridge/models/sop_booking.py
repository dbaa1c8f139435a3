from odoo import api, fields, models
from odoo.service.server import thread_local
from odoo.tools import SQL

# Remote calls that book before they write anything: their transaction may start anew.
OPENING_CALLS = (
    "sale.order.action_confirm",
    "sale.order.action_sop_ask_exception",
    "sale.order.action_sop_hold",
    "sop.exception.option.action_choose",
    "sop.campaign.action_apply",
    "sop.campaign.action_undo",
)


class SopBooking(models.Model):
    """Minutes of one work centre on one day that are promised to one order line.

    A booking counts as load while it has no manufacturing order, or while the work order it
    became still stands where the booking put it and takes as long (``plan_from``, ``plan_to`` and
    ``plan_minutes``). Once the planner moves or resizes it, the work order itself counts instead.
    """

    _name = "sop.booking"
    _inherit = ["sop.kept"]
    _description = "Capacity Booking"
    _order = "day, workcenter_id, id"
    _rec_name = "order_line_id"

    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        "Work centre",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, help="A day in the work centre's time zone.")
    minutes = fields.Float(required=True, readonly=True)
    slot_id = fields.Many2one(
        "sop.slot", index="btree_not_null", ondelete="set null", readonly=True
    )
    order_line_id = fields.Many2one(
        "sale.order.line", index="btree_not_null", ondelete="cascade", readonly=True
    )
    order_id = fields.Many2one(
        related="order_line_id.order_id", store=True, index="btree_not_null", string="Order"
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    tier_id = fields.Many2one(related="order_id.sop_tier_id", string="Tier", store=True)
    product_id = fields.Many2one(related="order_line_id.product_id")
    operation_id = fields.Many2one("mrp.routing.workcenter", ondelete="set null", readonly=True)
    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing order",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    workorder_id = fields.Many2one(
        "mrp.workorder", index="btree_not_null", ondelete="cascade", readonly=True
    )
    hold_id = fields.Many2one("sop.hold", index="btree_not_null", ondelete="cascade", readonly=True)
    held_until = fields.Datetime(related="hold_id.until")
    plan_from = fields.Datetime(readonly=True)
    plan_to = fields.Datetime(readonly=True)
    plan_minutes = fields.Float(
        readonly=True, help="Minutes that the work order was expected to take when it was planned."
    )
    state = fields.Selection(
        [("held", "Held"), ("booked", "Booked")],
        required=True,
        default="booked",
        readonly=True,
        help="Held: kept free for a quotation until a day, or while both departments decide on it.",
    )

    _minutes_positive = models.Constraint(
        "CHECK (minutes > 0)", "A booking needs a positive number of minutes."
    )
    _workcenter_day = models.Index("(workcenter_id, day)")

    def _get_refusal(self, mode):
        return {
            "create": self.env._("Bookings are made by confirming orders, not by hand."),
            "write": self.env._("Bookings follow their order; they are not edited by hand."),
            "unlink": self.env._("A booking is freed by cancelling its order."),
        }[mode]

    def _store(self, vals_list):
        bookings = super()._store(vals_list)
        bookings.slot_id._sync_released()
        return bookings

    def _update(self, vals):
        res = super()._update(vals)
        self.slot_id._sync_released()
        return res

    def _free(self):
        """Delete the bookings; their minutes are free again."""
        slots = self.slot_id
        res = self._drop()
        slots._sync_released()
        return res

    # ------------------------------------------------------------------ following work orders
    def _take(self, minutes):
        """The first of these bookings that make up so many minutes; the last is cut if need be.

        :return: (bookings, of fewer minutes only where these have no more; those that are left)
        """
        taken, left = self.browse(), self
        for booking in self:
            if minutes < 0.01:
                break
            if booking.minutes > minutes + 0.01:
                rest = booking.copy_data({"minutes": booking.minutes - minutes})
                left |= self._store(rest)
                booking._update({"minutes": minutes})
            minutes -= booking.minutes
            taken |= booking
        return taken, left - taken

    def _attach(self, workorder):
        """Let bookings stand for a work order as it is planned now."""
        self._update(
            {
                "production_id": workorder.production_id.id,
                "workorder_id": workorder.id,
                "plan_from": workorder.date_start,
                "plan_to": workorder.date_finished,
                "plan_minutes": workorder.duration_expected,
            }
        )

    def _stands(self, resized=False):
        """Whether the booking counts in place of its work order, see ``sop.load``.

        :param resized: also where the work order takes longer or shorter than booked
        """
        self.ensure_one()
        workorder = self.workorder_id
        same = not self.plan_minutes or abs(workorder.duration_expected - self.plan_minutes) < 0.01
        return (
            workorder.state in ("blocked", "ready")
            and workorder.workcenter_id == self.workcenter_id
            and (workorder.date_start, workorder.date_finished) == (self.plan_from, self.plan_to)
            and (resized or same)
        )

    # ------------------------------------------------------------------ never twice
    @api.model
    def _take_turn(self, company):
        """Wait until nobody else books, and look at what is free only then.

        Odoo runs in REPEATABLE READ: two transactions that read 60 free minutes and each insert a
        booking of 60 would both succeed, and waiting for a lock does not refresh what was read.
        So the lock is taken before the transaction reads anything: a remote call that has written
        nothing yet starts its transaction anew. Where something was written before (a signature,
        a payment, a decision), the row of the company shows whether what was read is out of date;
        PostgreSQL then refuses to serialise, and Odoo tries the call again against fresh figures.
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("SELECT pg_current_xact_id_if_assigned()")
        (written,) = cr.fetchone()
        if not written and getattr(thread_local, "rpc_model_method", "") in OPENING_CALLS:
            cr.rollback()  # gives up nothing but an old view of the database
            self.env.invalidate_all()
        cr.execute("LOCK TABLE sop_booking IN SHARE ROW EXCLUSIVE MODE")
        cr.execute(
            SQL(
                "UPDATE res_company SET sop_turn = COALESCE(sop_turn, 0) + 1 WHERE id = %s",
                company.id,
            )
        )

    # ------------------------------------------------------------------ booking
    @api.model
    def _book(self, promises, state, hold=None):
        """Book the minutes of promises.

        :param promises: {sale.order.line: core Promise}
        :param state: 'held' or 'booked'
        :param hold: sop.hold for which they are held
        :return: the new bookings
        """
        return self.sudo()._store(
            [
                dict(self._prepare_booking(line, load, state), hold_id=hold and hold.id)
                for line, promise in promises.items()
                for load in promise.loads
            ]
        )

    @api.model
    def _prepare_booking(self, line, load, state):
        return {
            "workcenter_id": load.workcenter,
            "company_id": line.company_id.id,
            "day": load.day,
            "minutes": load.minutes,
            "slot_id": load.slot,
            "operation_id": load.operation,
            "order_line_id": line.id,
            "state": state,
        }
