from odoo import api, fields, models

from . import guard

# For whom it is made: what opens reserved slots to it.
PROTECTED = ("sop_line_id", "sop_tier_id", "sop_slot_id")


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "sop.making", "sop.books"]

    sop_line_id = fields.Many2one(
        "sale.order.line",
        "Promised order line",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    sop_order_id = fields.Many2one(
        "sale.order", "Customer order", compute="_compute_sop_order", compute_sudo=True
    )
    sop_partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_sop_order", compute_sudo=True
    )
    sop_promised_date = fields.Date("Promised", compute="_compute_sop_order", compute_sudo=True)
    sop_is_late = fields.Boolean(
        "Promise at risk",
        compute="_compute_sop_order",
        compute_sudo=True,
        help="The order is planned to end after the day that was promised to the customer.",
    )
    sop_tier_id = fields.Many2one(
        "sop.tier",
        "Tier",
        compute="_compute_sop_tier",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
    )
    sop_booking_ids = fields.One2many("sop.booking", "production_id", readonly=True)

    sop_slot_ids = fields.Many2many(
        "sop.slot",
        string="Slots",
        compute="_compute_sop_slot_ids",
        search="_search_sop_slot_ids",
        compute_sudo=True,
        help="Reserved slots in which its work orders are planned.",
    )
    sop_slot_id = fields.Many2one(
        "sop.slot",
        "Slot",
        compute="_compute_sop_slot_id",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The first slot in which one of its work orders is planned.",
    )

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        """:raise AccessError: if people say by hand which promise an order is made for"""
        if not self.env.su:
            guard.refuse_create(self, vals_list, PROTECTED)
        # what runs as superuser may have been started with a context from outside
        return super(MrpProduction, guard.without_defaults(self, PROTECTED)).create(vals_list)

    def write(self, vals):
        """:raise AccessError: if people say by hand which promise an order is made for"""
        if not self.env.su:
            guard.refuse_write(self, vals, PROTECTED)
        return super().write(vals)

    # ------------------------------------------------------------------ for whom it is made
    @api.depends("workorder_ids.sop_slot_id")
    def _compute_sop_slot_ids(self):
        for production in self:
            production.sop_slot_ids = production.workorder_ids.sop_slot_id

    @api.model
    def _search_sop_slot_ids(self, operator, value):
        return [("workorder_ids.sop_slot_id", operator, value)]

    @api.depends("workorder_ids.sop_slot_id")
    def _compute_sop_slot_id(self):
        for production in self:
            slots = production.workorder_ids.sop_slot_id
            production.sop_slot_id = slots.sorted("date_start")[:1]

    @api.depends(
        "sop_line_id.order_id.sop_tier_id",
        "sale_line_id.order_id.sop_tier_id",
        "reference_ids.sale_ids.sop_tier_id",
    )
    def _compute_sop_tier(self):
        for production in self:
            production.sop_tier_id = production._sop_orders()[:1].sop_tier_id

    @api.depends(
        "sop_line_id.sop_promised_date",
        "sale_line_id.sop_promised_date",
        "reference_ids.sale_ids.partner_id",
        "date_finished",
    )
    def _compute_sop_order(self):
        for production in self:
            order = production._sop_orders()[:1]
            promised = (production.sop_line_id or production.sale_line_id).sop_promised_date
            finish = production.date_finished
            production.sop_order_id = order
            production.sop_partner_id = order.partner_id.commercial_partner_id
            production.sop_promised_date = promised
            production.sop_is_late = bool(
                promised and finish and order.company_id._sop_local_date(finish) > promised
            )

    def _sop_orders(self):
        """The sales orders this order is made for, best tier first."""
        self.ensure_one()
        orders = (self.sop_line_id | self.sale_line_id).order_id | self.reference_ids.sale_ids
        return orders.sorted(lambda order: (order.sop_tier_id.rank or 10**6, order.id))

    def _sop_slots(self):
        """{order: slots it may be planned into}: its customer's, and those approved for it.

        An order for stock has no customer and may use none. Others may get slots of work centres
        that only other ones of these orders need, which does no harm.
        """
        workcenters = self.workorder_ids.workcenter_id
        workcenters |= workcenters.alternative_workcenter_ids
        domain = [
            ("workcenter_id", "in", workcenters.ids),
            ("date_stop", ">", fields.Datetime.now()),
        ]
        slots = self.env["sop.slot"].sudo().search(domain)
        # most are made for one sales order, of few families
        usable, found = {}, {}
        for production in self:
            orders = production.sudo()._sop_orders()
            key = orders, production.product_id.sop_family_id
            if key not in usable:
                mine = production._sop_usable(slots) if orders else slots.browse()
                usable[key] = mine | orders.sop_booking_ids.slot_id
            found[production] = usable[key]
        return found

    def _sop_usable(self, slots):
        """Those of some slots that this order may use: by right of its customers, or as approved.

        An order for stock may use those that are open to everyone.
        """
        self.ensure_one()
        orders = self.sudo()._sop_orders()
        usable = orders.sop_booking_ids.slot_id & slots
        for order in orders or [orders]:
            usable |= slots._usable_by(order, self.product_id.sop_family_id)
        return usable

    def _plan_workorders(self, replan=False):
        """Odoo's planning, with the slots open that are kept for this order, and only those."""
        planned = self.with_context(sop_slot_ids=self._sop_slots()[self].ids)
        return super(MrpProduction, planned)._plan_workorders(replan)

    # ------------------------------------------------------------------ keeping the books right
    def _split_productions(self, amounts=False, cancel_remaining_qty=False, set_consumed_qty=False):
        """What is split off is made for the same order line; bookings follow their share."""
        books = {
            production: bookings.grouped("operation_id")
            for production, bookings in self._sop_books().items()
        }
        parts = super()._split_productions(amounts, cancel_remaining_qty, set_consumed_qty)
        self._sop_share_lines(parts)
        if books:
            self._sop_share_books(books, parts)
        return parts

    def action_merge(self):
        """Bookings follow the orders into the one they are merged to."""
        bookings = self.sudo().sop_booking_ids
        bookings._update({"production_id": False, "workorder_id": False})
        action = super().action_merge()
        if bookings:
            self.browse(action["res_id"])._sop_take_over_books(bookings)
        return action

    def _action_cancel(self):
        """What was booked for orders that are cancelled is free again."""
        res = super()._action_cancel()
        self.filtered(lambda mo: mo.state == "cancel").sudo().sop_booking_ids._free()
        return res
