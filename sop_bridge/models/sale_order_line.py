from odoo import api, fields, models
from odoo.exceptions import UserError

from . import guard
from .sop_line_verdict import PRICED

PROTECTED = (
    "sop_promised_date",
    "sop_first_promised_date",
    "sop_promised_parts",
    "sop_agreed_date",
    "sop_waived",
)
# What the plant is asked for; changing it makes an approval or an agreed date void.
ASKED = {"product_id", "product_uom_qty", "product_uom_id", "warehouse_id", "order_id"}


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = [
        "sale.order.line",
        "sop.order.line.changes",
        "sop.line.hold",
        "sop.promise.kept",
        "sop.line.promise",
        "sop.line.verdict",
        "sop.line.changeover",
    ]

    sop_promised_date = fields.Date(
        "Promised date",
        copy=False,
        readonly=True,
        help="The date that was promised when the order was confirmed.",
    )
    sop_first_promised_date = fields.Date(
        "First promised date",
        copy=False,
        readonly=True,
        help="The date that was promised first; later ones do not change it.",
    )
    sop_promised_parts = fields.Json(copy=False, readonly=True)
    sop_agreed_date = fields.Date(
        "Agreed date",
        copy=False,
        readonly=True,
        help="The later date that both departments approved for this line.",
    )
    sop_booking_ids = fields.One2many("sop.booking", "order_line_id", readonly=True)

    # ------------------------------------------------------------------ the gate
    def _sop_due(self):
        """The day this line must make: the agreed one, the requested one, or the one it holds."""
        self.ensure_one()
        wanted = self.sop_agreed_date or self.order_id.sop_requested_date
        return wanted or self._sop_held_date()

    def _sop_is_failing(self, promise):
        """Whether the gate holds the line: no promise at all, or later than due."""
        self.ensure_one()
        due = self._sop_due()
        late = promise.state == "ok" and due and promise.date > due
        return bool(promise.state == "impossible" or late)

    def _sop_quantity_in_time(self):
        """How much of the line can be delivered by the day it is due, in its unit."""
        self.ensure_one()
        return self.env["sop.promise"]._quantity_by(
            self, self._sop_due(), ignore_orders=self.order_id.ids
        )

    # ------------------------------------------------------------------ guarding
    @api.constrains("product_id", "order_id", "product_uom_qty")
    def _check_sop_agreed_goods(self):
        self.order_id._sop_check_agreed_goods()

    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, PROTECTED)
        worth = self._sop_before_rebate(vals_list)
        lines = super(SaleOrderLine, guard.without_defaults(self, PROTECTED)).create(vals_list)
        lines.filtered("product_id").order_id._sop_changed()
        lines._sop_check_addition({line: line.product_uom_qty for line in lines})
        lines._sop_check_cut(worth)
        return lines

    def write(self, vals):
        guard.refuse_write(self, vals, PROTECTED)
        if "order_id" in vals:
            self._sop_check_move(self.env["sale.order"].browse(vals["order_id"]))
        asked = ASKED & set(vals)
        before = {line: line._sop_question() for line in self} if asked else {}
        worth = self._sop_before_cut(vals)
        res = super().write(vals)
        changed = self.filtered(lambda ln: ln in before and ln._sop_question() != before[ln])
        if changed:
            # the order that a line left first: what it held for the line is free for the other
            left = self.env["sale.order"].union(*(before[line][-1] for line in changed))
            (left | changed.order_id)._sop_changed()
            changed._sop_check_addition(
                {line: line._sop_increase(before[line]) for line in changed}
            )
        if PRICED & set(vals):
            self.order_id._sop_priced()
        self._sop_check_cut(worth)
        return res

    def unlink(self):
        orders = self.filtered("product_id").order_id
        self.env["sop.acceptance.log"]._lose(self)
        res = super().unlink()
        orders.exists()._sop_changed()
        return res

    def _sop_store(self, vals):
        """Write protected fields; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _sop_question(self):
        """What this line asks of the plant."""
        self.ensure_one()
        asked = self.product_id, self.product_uom_qty, self.product_uom_id, self.warehouse_id
        return (*asked, self.order_id)

    def _sop_increase(self, question):
        """How much more the line asks for than before, in its unit."""
        product, quantity, uom, _warehouse, order = question
        if product != self.product_id or order != self.order_id:
            return self.product_uom_qty
        return self.product_uom_qty - uom._compute_quantity(
            quantity, self.product_uom_id, round=False, raise_if_failure=False
        )

    def _sop_check_move(self, order):
        """A line that moves into a confirmed order would be delivered without being promised.

        :raise UserError: if the order is confirmed and the gate holds
        """
        moved = self.filtered(lambda line: line.product_id and line.order_id != order)
        if moved and order.state == "sale" and order.company_id.sop_gate == "hold":
            raise UserError(
                self.env._(
                    "%s is confirmed: add the product there, so that the plant is asked for it.",
                    order.name,
                )
            )

    def _sop_check_addition(self, quantities):
        """A confirmed order grows only by what the plant can deliver in time.

        A gate that only informs leaves a note on the order.

        :param quantities: {line: additional quantity in its unit}
        :raise UserError: naming the line, the date it could be delivered and what to do
        """
        gated = self.filtered(
            lambda line: (
                line.state == "sale"
                and line.company_id.sop_gate != "off"
                and quantities.get(line, 0) > 0
            )
        )
        for order, grown in gated.grouped("order_id").items():
            added = {line: quantities[line] for line in grown}
            if order.company_id.sop_gate != "hold":
                grown._sop_note_addition(grown._sop_promise_addition(added))
                continue
            self.env["sop.booking"]._take_turn(order.company_id)
            promises = grown._sop_promise_addition(added)
            grown._sop_check_rules(promises)
            for line in grown:
                promise = promises[line]
                if line._sop_is_failing(promise):
                    raise UserError(
                        self.env._(
                            "%(product)s cannot be added to the confirmed order: %(reason)s "
                            "Enter it as a new quotation; there you can ask for an exception.",
                            product=line.product_id.display_name,
                            reason=line._sop_explain(promise),
                        )
                    )
            grown._sop_book_addition(promises)

    def _sop_promise_addition(self, quantities):
        """{line: core Promise} of what confirmed lines grew by."""
        return self.env["sop.promise"]._promise_lines(self, quantities=quantities)

    def _sop_book_addition(self, promises):
        """Book and make what confirmed lines grew by; Odoo has raised their deliveries already."""
        self.env["sop.booking"]._book(promises, "booked")
        before = {line: line.sop_promised_date for line in promises}
        for line, promise in promises.items():
            kept = line.sop_promised_date
            if not kept or (promise.date and promise.date > kept):
                line._sop_keep(promise)
        self._sop_record_promises(before, self.env._("The quantity was raised."))
        self.env["mrp.production"]._sop_make(promises)
        self.env["mrp.production"]._sop_plan_made(promises)

    # ------------------------------------------------------------------ taking effect
    def _sop_apply_pieces(self, pieces):
        """Write agreed quantities and dates; a second piece becomes a line of its own.

        Price and discount stay those of the quotation: a smaller quantity per line must not lose
        the price that the customer accepted.

        :param pieces: [[quantity in the line's unit, day as text]], in the order of days
        :return: the lines, the first of them this one
        """
        self.ensure_one()
        price = {"price_unit": self.price_unit, "discount": self.discount}
        lines = [self]
        for quantity, _day in pieces[1:]:
            lines.append(
                self.copy(dict(price, order_id=self.order_id.id, product_uom_qty=quantity))
            )
        if len(pieces) > 1:
            self.write(dict(price, product_uom_qty=pieces[0][0]))
        for line, (_quantity, day) in zip(lines, pieces, strict=True):
            line._sop_store({"sop_agreed_date": day})
        return self.union(*lines)

    def _sop_keep(self, promise):
        """Record what is promised to the customer."""
        vals = {"sop_promised_date": promise.date, "sop_promised_parts": self._sop_parts(promise)}
        if not self.sop_first_promised_date:
            vals["sop_first_promised_date"] = promise.date
        self._sop_store(vals)

    def _prepare_procurement_values(self):
        """Each line is delivered on the date promised for it, not on that of the whole order."""
        values = super()._prepare_procurement_values()
        if self.sop_promised_date:
            deadline = self.company_id._sop_end_of_day(self.sop_promised_date)
            values["date_deadline"] = deadline
            lead = fields.Datetime.subtract(deadline, days=self.company_id.security_lead)
            values["date_planned"] = lead
        return values

    def _sop_procurement(self, make):
        """(Procurement, rule) for one make of a promise.

        The orders carry the line in a field of ours, not in Odoo's own: Odoo would take goods that
        are made for a line before its delivery exists for goods that came back from it.
        """
        product = self.env["product.product"].browse(make.product)
        values = dict(
            self._prepare_procurement_values(),
            bom_id=self.env["mrp.bom"].browse(make.bom),
            reference_ids=self._sop_reference(),
            sop_line_id=self.id,
        )
        values.pop("sale_line_id", None)
        warehouse = self.env["stock.warehouse"].browse(make.warehouse) or self.warehouse_id
        if make.level and make.ready:
            ready = self.company_id._sop_end_of_day(make.ready)
            values.update(date_planned=ready, date_deadline=ready)
        procurement = self.env["stock.rule"].Procurement(
            product,
            make.quantity,
            product.uom_id,
            warehouse.lot_stock_id,
            product.display_name,
            self.order_id.name,
            self.company_id,
            values,
        )
        return procurement, warehouse.manufacture_pull_id

    def _sop_reference(self):
        """The order's procurement reference, made now if Odoo has not made it yet."""
        references = self.order_id.stock_reference_ids
        if not references:
            values = self._prepare_reference_vals()
            references = self.env["stock.reference"].sudo().create(values)
        return references
