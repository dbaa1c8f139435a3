from typing import NamedTuple

from odoo import api, fields, models

from ..core.diary import Diary


class Desk(NamedTuple):
    """What planning looks up once for all orders.

    :param diary: core Diary of the booked days, which some may share
    :param slots: {mrp.production: slots it may be planned into}
    """

    diary: Diary
    slots: dict


class SopMaking(models.AbstractModel):
    """The part of a manufacturing order about making, and planning, what was promised."""

    _name = "sop.making"
    _description = "Orders That Make What Is Promised"

    # ------------------------------------------------------------------ making
    @api.model
    def _sop_make(self, promises):
        """Create and plan the orders that promises need and Odoo would not create.

        One for each level of a bill, deeper ones first, so that what goes into an order is there
        when Odoo asks its reordering rules. Goods that are made to order get theirs from Odoo's
        procurement: those of a line after the confirmation, components with the order above them.

        :param promises: {sale.order.line: core Promise}
        """
        levels = {}
        for line, promise in promises.items():
            for make in promise.makes:
                if make.quantity > 0 and not make.fresh:
                    levels.setdefault(make.level, []).append(line._sop_procurement(make))
        if not levels:
            return
        domain = [("sop_line_id", "in", [line.id for line in promises])]
        before = self.sudo().search(domain)
        for _level, procurements in sorted(levels.items(), reverse=True):
            self.env["stock.rule"].sudo()._run_manufacture(procurements)
            # an order without components stays a draft, which no reordering rule counts
            self.sudo().search([*domain, ("state", "=", "draft")]).action_confirm()
        made, fresh = self.sudo().search(domain) - before, self._sop_find_made(promises)
        desk = (made | fresh)._sop_get_desk(promises)
        for line, promise in promises.items():
            if mine := made.filtered(lambda mo, of=line: mo.sop_line_id == of):
                mine |= fresh._sop_made_for(line, promise)
                mine._sop_in_order(promise)._sop_plan_as_booked(line, desk)

    @api.model
    def _sop_plan_made(self, promises):
        """Plan, as booked, what Odoo's own procurement made for order lines.

        What was booked for orders that exist, and is not needed for them, is free again.

        :param promises: {sale.order.line: core Promise}
        """
        fresh = self._sop_find_made(promises)
        desk = fresh._sop_get_desk(promises)
        for line, promise in promises.items():
            made = fresh._sop_made_for(line, promise)
            made._sop_in_order(promise)._sop_plan_as_booked(line, desk)
            if promise.makes:
                self._sop_free_rest(line)

    def _sop_get_desk(self, promises):
        """The Desk on which these orders are planned on the days that are booked for them."""
        lines = self.env["sale.order.line"].union(*promises)
        bookings = lines.sop_booking_ids.sudo().filtered(lambda b: not b.production_id)
        wanted = {(booking.workcenter_id, booking.day) for booking in bookings}
        return Desk(self.env["sop.hours"]._get_diary(wanted), self._sop_slots())

    def _sop_in_order(self, promise):
        """These orders as the promise makes them, deeper levels first."""
        order = {make.product: number for number, make in enumerate(promise.makes)}
        return self.sorted(lambda mo: (order.get(mo.product_id.id, -1), mo.id))

    @api.model
    def _sop_find_made(self, promises):
        """Open orders, not planned yet, that Odoo's procurement made for order lines."""
        needy = (line for line, promise in promises.items() if promise.fresh)
        lines = self.env["sale.order.line"].union(*needy)
        return self.sudo().search(
            [
                ("state", "not in", ("done", "cancel")),
                ("is_planned", "=", False),
                "|",
                ("sale_line_id", "in", lines.ids),
                ("reference_ids.sale_ids", "in", lines.order_id.ids),
            ]
        )

    def _sop_made_for(self, line, promise):
        """Those of these orders, not planned meanwhile, that a promise of a line needs."""
        products = promise.fresh
        return self.filtered(
            lambda mo: (
                products
                and not mo.is_planned
                and (mo.sale_line_id == line or mo._sop_is_below(line, products))
            )
        )

    def _sop_is_below(self, line, products):
        """Whether the order makes one of some products for the sales order of a line."""
        self.ensure_one()
        return self.product_id.id in products and line.order_id in self.reference_ids.sale_ids

    @api.model
    def _sop_free_rest(self, line):
        """Free what was booked for operations whose work orders exist and stand elsewhere."""
        rest = line.sop_booking_ids.sudo().filtered(lambda b: not b.production_id)
        if rest:
            made = self.sudo().search(
                ["|", ("sop_line_id", "=", line.id), ("sale_line_id", "=", line.id)]
            )
            made |= self.sudo().search(
                [
                    ("reference_ids.sale_ids", "in", line.order_id.ids),
                    ("bom_id", "in", rest.operation_id.bom_id.ids),
                ]
            )
            operations = made.workorder_ids.operation_id
            rest.filtered(lambda b: b.operation_id in operations)._free()

    # ------------------------------------------------------------------ planning as booked
    def _sop_plan_as_booked(self, line, desk):
        """Plan the work orders on the days that were booked for an order line.

        Orders that share an operation (a bill that makes batches, a component that is needed
        twice) take what is booked for it in turn. What the bookings do not cover, such as a work
        order that was added meanwhile, is planned by Odoo and counts as it stands.
        """
        if drafts := self.filtered(lambda mo: mo.state == "draft"):
            drafts.action_confirm()
        for number, production in enumerate(self):
            bookings = line.sop_booking_ids.sudo().filtered(lambda b: not b.production_id)
            mine = bookings.filtered(
                lambda b, own=production.workorder_ids.operation_id: b.operation_id in own
            )
            if mine:
                production._sop_plan_booked(mine, self[:number], desk)
            else:
                production._plan_workorders()
                production._sop_enter(desk.diary)

    def _sop_plan_booked(self, bookings, before, desk):
        """Plan the work orders where they are booked, after those that make their components.

        :param before: orders that were planned before
        """
        self.ensure_one()
        needed = self.move_raw_ids.product_id
        parts = before.filtered(lambda mo: mo.product_id in needed)
        start = max([fields.Datetime.now(), *parts.workorder_ids.leave_id.mapped("date_to")])
        slots = desk.slots[self] | bookings.slot_id
        workorders = self.workorder_ids.with_context(sop_slot_ids=slots.ids)
        for workorder in workorders.sorted(lambda wo: (wo.sequence, wo.id)):
            mine = bookings.filtered(lambda b, wo=workorder: b.operation_id == wo.operation_id)
            if mine and not workorder.leave_id:
                workorder._sop_move_to(mine.workcenter_id[:1])
                mine, _left = mine._take(workorder.duration_expected)
                start = workorder._sop_plan_on(mine.sorted("day"), start, desk.diary)
            else:
                workorder._plan_workorder()
                self._sop_enter(desk.diary)
        leaves = self.workorder_ids.leave_id
        self.with_context(force_date=True).write(
            {
                "date_start": min(leaves.mapped("date_from"), default=self.date_start),
                "date_finished": max(leaves.mapped("date_to"), default=self.date_finished),
            }
        )

    def _sop_enter(self, diary):
        """Note in a core Diary what Odoo planned."""
        for workorder in self.workorder_ids.filtered("leave_id"):
            leave = workorder.leave_id
            diary.enter(workorder.workcenter_id.id, leave.id, leave.date_from, leave.date_to)
