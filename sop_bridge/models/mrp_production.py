from odoo import api, fields, models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

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
        """Slots this order may be planned into: its customer's, and those approved for it.

        An order for stock has no customer and may use none.
        """
        self.ensure_one()
        orders = self.sudo()._sop_orders()
        if not orders:
            return self.env["sop.slot"]
        workcenters = self.workorder_ids.workcenter_id
        slots = (
            self.env["sop.slot"]
            .sudo()
            .search(
                [
                    (
                        "workcenter_id",
                        "in",
                        (workcenters | workcenters.alternative_workcenter_ids).ids,
                    ),
                    ("date_stop", ">", fields.Datetime.now()),
                ]
            )
        )
        usable = slots.browse()
        family = self.product_id.sop_family_id
        for order in orders:
            partner = order.partner_id.commercial_partner_id
            usable |= slots._usable_by(partner, order.sop_tier_id, family)
        return usable | orders.sop_booking_ids.slot_id

    def _plan_workorders(self, replan=False):
        """Odoo's planning, with the slots open that are kept for this order, and only those."""
        slots = self._sop_slots()
        planned = self.with_context(sop_slot_ids=slots.ids)
        return super(MrpProduction, planned)._plan_workorders(replan)

    # ------------------------------------------------------------------ making what is promised
    @api.model
    def _sop_make(self, promises):
        """Create and plan the orders that promises need and Odoo would not create.

        Goods that are made to order get theirs from Odoo's procurement, after the confirmation.

        :param promises: {sale.order.line: core Promise}
        """
        procurements = [
            line._sop_procurement(make)
            for line, promise in promises.items()
            for make in promise.makes
            if make.quantity > 0 and not line.is_mto
        ]
        if not procurements:
            return
        domain = [("sop_line_id", "in", [line.id for line in promises])]
        before = self.sudo().search(domain)
        self.env["stock.rule"].sudo()._run_manufacture(procurements)
        made = self.sudo().search(domain) - before
        for line, productions in made.grouped("sop_line_id").items():
            productions._sop_plan_as_booked(line)

    @api.model
    def _sop_plan_made(self, promises):
        """Plan, as booked, what Odoo's own procurement made for order lines.

        :param promises: {sale.order.line: core Promise}
        """
        for line, promise in promises.items():
            if promise.makes and line.is_mto:
                made = self.sudo().search(self._sop_made_domain(line))
                made._sop_plan_as_booked(line)

    @api.model
    def _sop_made_domain(self, line):
        """Open orders, not planned yet, that Odoo's procurement made for an order line."""
        return [
            ("state", "not in", ("done", "cancel")),
            ("is_planned", "=", False),
            "|",
            ("sale_line_id", "=", line.id),
            "&",
            ("reference_ids.sale_ids", "in", line.order_id.ids),
            ("product_id", "=", line.product_id.id),
        ]

    # ------------------------------------------------------------------ planning as booked
    def _sop_plan_as_booked(self, line):
        """Plan the work orders on the days that were booked for an order line.

        What the bookings do not cover (a bill that makes batches, so that several orders share
        its operations; a work order added meanwhile) is planned by Odoo, and its work orders count
        instead of the bookings.
        """
        self.filtered(lambda mo: mo.state == "draft").action_confirm()
        bookings = line.sop_booking_ids.sudo().filtered(lambda b: not b.production_id)
        for production in self:
            operations = production.workorder_ids.operation_id
            mine = bookings.filtered(lambda b, own=operations: b.operation_id in own)
            if mine and not operations & (self - production).workorder_ids.operation_id:
                production._sop_plan_booked(mine)
            else:
                production._plan_workorders()
        if self:
            bookings.filtered(lambda b: not b.production_id)._free()

    def _sop_plan_booked(self, bookings):
        self.ensure_one()
        self._link_workorders_and_moves()
        start = fields.Datetime.now()
        slots = self._sop_slots() | bookings.slot_id
        workorders = self.workorder_ids.with_context(sop_slot_ids=slots.ids)
        for workorder in workorders.sorted(lambda wo: (wo.sequence, wo.id)):
            mine = bookings.filtered(lambda b, wo=workorder: b.operation_id == wo.operation_id)
            if mine and not workorder.leave_id:
                start = workorder._sop_plan_on(mine.sorted("day"), start)
            else:
                workorder._plan_workorder()
        leaves = self.workorder_ids.leave_id
        self.with_context(force_date=True).write(
            {
                "date_start": min(leaves.mapped("date_from"), default=self.date_start),
                "date_finished": max(leaves.mapped("date_to"), default=self.date_finished),
            }
        )
