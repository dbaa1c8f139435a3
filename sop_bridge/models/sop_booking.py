from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# Spaces of PostgreSQL's advisory locks: any two numbers that nobody else uses.
WORKCENTERS, GOODS = 730915001, 730915002


class SopBooking(models.Model):
    """Minutes of one work centre on one day that are promised to one order line.

    A booking counts as load while it has no manufacturing order, or while the work order it
    became still stands where the booking put it (``plan_from`` and ``plan_to`` are its interval).
    Once the planner moves the work order, the interval of the work order counts instead.
    """

    _name = "sop.booking"
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
    plan_from = fields.Datetime(readonly=True)
    plan_to = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("held", "Held"), ("booked", "Booked")],
        required=True,
        default="booked",
        readonly=True,
        help="Held: kept free while both departments decide on the order.",
    )

    _minutes_positive = models.Constraint(
        "CHECK (minutes > 0)", "A booking needs a positive number of minutes."
    )
    _workcenter_day = models.Index("(workcenter_id, day)")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Bookings are made by confirming orders, not by hand."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Bookings follow their order; they are not edited by hand."))

    def unlink(self):  # pylint: disable=method-required-super
        message = self.env._("A booking is freed by cancelling its order.")
        raise AccessError(message)  # pylint: disable=no-raise-unlink

    def _store(self, vals_list):
        """Create bookings past the refusal of ``create``; for the add-on's own code."""
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _update(self, vals):
        """Write past the refusal of ``write``; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _free(self):
        """Delete the bookings; their minutes are free again."""
        return super().unlink()  # pylint: disable=super-method-mismatch

    # ------------------------------------------------------------------ never twice
    @api.model
    def _claim(self, lines, promises, **options):
        """Make sure that what promises use was not given away since we looked.

        Odoo runs in REPEATABLE READ: two transactions that read 60 free minutes and each insert a
        booking of 60 would both succeed, and waiting for a lock does not refresh what was read.
        So every booking waits for those before it on the same work centres and goods, and then
        looks, with a snapshot of its own, at what they took. If our promises still fit beside it
        they stand; otherwise the transaction fails to serialise and Odoo tries it again against
        fresh figures.

        :param promises: {line: Promise} as ``_promise_lines(lines, **options)`` gave them
        :raise psycopg2.errors.SerializationFailure: if they do not fit any more
        """
        loads = [load for promise in promises.values() for load in promise.loads]
        workcenters = sorted({load.workcenter for load in loads})
        goods = self.env["sop.promise"]._get_goods(lines)
        self._wait(WORKCENTERS, workcenters)
        self._wait(GOODS, goods)
        days = {(load.workcenter, load.day) for load in loads}
        minutes = self._added(self._minutes_query(workcenters))
        minutes = {key: added for key, added in minutes.items() if key in days}
        quantities = self._added(self._quantities_query(goods))
        if (minutes or quantities) and not self.env["sop.promise"]._fits_beside(
            lines, minutes, quantities, **options
        ):
            raise SerializationFailure("what was promised was booked by others meanwhile")

    @api.model
    def _wait(self, space, ids):
        """Take locks that last until the transaction ends, in a fixed order."""
        for record_id in sorted(ids):
            self.env.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", (space, record_id))

    @api.model
    def _added(self, query):
        """What others committed since our snapshot: {key: sum}, from rows (*key, sum)."""
        if query is None or not self.env.registry.ready:
            return {}  # while the add-on installs its tables are nobody else's yet
        before = {tuple(key): amount for *key, amount in self.env.execute_query(query)}
        with self.env.registry.cursor() as cr:
            cr.execute(query)
            after = {tuple(key): amount for *key, amount in cr.fetchall()}
        return {
            key: amount - before.get(key, 0)
            for key, amount in after.items()
            if amount > before.get(key, 0)
        }

    @api.model
    def _minutes_query(self, workcenters):
        """SQL with rows (work centre, day, booked minutes), None without work centres."""
        if not workcenters:
            return None
        self.flush_model(["workcenter_id", "day", "minutes"])
        return SQL(
            "SELECT workcenter_id, day, SUM(minutes) FROM sop_booking"
            " WHERE workcenter_id = ANY(%s) GROUP BY workcenter_id, day",
            list(workcenters),
        )

    @api.model
    def _quantities_query(self, goods):
        """SQL with rows (product, quantity that open moves take out of stock), None without."""
        if not goods:
            return None
        self.env["stock.move"].flush_model(
            ["product_id", "product_qty", "state", "location_id", "location_dest_id"]
        )
        return SQL(
            """
            SELECT move.product_id, SUM(move.product_qty)
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
             WHERE move.product_id = ANY(%s) AND source.usage = 'internal'
               AND target.usage <> 'internal'
               AND move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
             GROUP BY move.product_id
            """,
            list(goods),
        )

    # ------------------------------------------------------------------ booking
    @api.model
    def _book(self, promises, state):
        """Book the minutes of promises.

        :param promises: {sale.order.line: core Promise}
        :param state: 'held' or 'booked'
        :return: the new bookings
        """
        return self.sudo()._store(
            [
                self._prepare_booking(line, load, state)
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
