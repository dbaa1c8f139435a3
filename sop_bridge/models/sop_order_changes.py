"""What customers change after they confirmed: counted here, weighed by the scoring.

An order of its own does not tell what happened to it after its confirmation, so the changes are
counted when they are made. What was changed before the add-on was installed is not known.
"""

from odoo import api, fields, models

from . import guard


class SopOrderChanges(models.AbstractModel):
    """The part of a sales order about being cancelled or moved after its confirmation."""

    _name = "sop.order.changes"
    _description = "Orders Changed After Confirmation"

    sop_cancelled = fields.Boolean(
        "Cancelled after confirmation",
        copy=False,
        readonly=True,
        help="The order was confirmed before it was cancelled. Not known for orders that were "
        "cancelled before S&OP Bridge was installed.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, ["sop_cancelled"])
        kept = guard.without_defaults(self, ["sop_cancelled"])
        orders = super(SopOrderChanges, kept).create(vals_list)
        # an order that is imported as a confirmed one begins with its lines, it is not changed
        orders.order_line.filtered("sop_changes")._sop_set_changes(0)
        return orders

    def write(self, vals):
        guard.refuse_write(self, vals, ["sop_cancelled"])
        confirmed = self.filtered(lambda order: order.state == "sale")
        moving = {"commitment_date", "sop_requested_date"} & set(vals)
        before = {order: order._sop_wanted_days() for order in confirmed} if moving else {}
        # not only "cancel": over "draft", which a remote caller can write, it would not count
        if vals.get("state", "sale") != "sale" and confirmed:
            super(SopOrderChanges, confirmed).write({"sop_cancelled": True})
        res = super().write(vals)
        for order, days in before.items():
            if order.state == "sale" and order._sop_is_moved(days):
                order.order_line._sop_count_change()
        return res

    def _sop_wanted_days(self):
        """Days on which the customer wants, and gets, a confirmed order."""
        self.ensure_one()
        date = self.commitment_date
        return self.sop_requested_date, date and self.company_id._sop_local_date(date)

    def _sop_is_moved(self, before):
        """Whether a day was moved; a first day, or none any more, is no move."""
        after = self._sop_wanted_days()
        return any(old and new and old != new for old, new in zip(before, after, strict=True))


class SopOrderLineChanges(models.AbstractModel):
    """The part of an order line about its changes after the confirmation."""

    _name = "sop.order.line.changes"
    _description = "Order Lines Changed After Confirmation"

    sop_changes = fields.Integer(
        "Changes after confirmation",
        copy=False,
        readonly=True,
        help="How often product, quantity or date of the line were changed after the order was "
        "confirmed; a line that was added then counts as one change. Changes before S&OP Bridge "
        "was installed are not known.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, ["sop_changes"])
        kept = guard.without_defaults(self, ["sop_changes"])
        lines = super(SopOrderLineChanges, kept).create(vals_list)
        # lines that Odoo adds for goods delivered beyond the order have no quantity
        added = lines.filtered(lambda line: line.state == "sale" and line.product_uom_qty)
        added._sop_count_change()
        return lines

    def write(self, vals):
        guard.refuse_write(self, vals, ["sop_changes"])
        touched = {"product_id", "product_uom_qty", "product_uom_id"} & set(vals)
        asked = self.filtered(lambda line: line.state == "sale") if touched else self.browse()
        before = {line: line._sop_asked_for() for line in asked}
        res = super().write(vals)
        changed = asked.filtered(lambda line: line._sop_asked_for() != before[line])
        changed._sop_count_change()
        return res

    def _sop_asked_for(self):
        """Product and quantity in the unit of reference, so that 1 dozen for 12 is no change."""
        self.ensure_one()
        quantity = self.product_uom_qty * (self.product_uom_id.factor or 1.0)
        return self.product_id, round(quantity, 6)

    def _sop_count_change(self):
        """One more change of these lines; down payments and expenses are no orders."""
        counted = self.filtered(
            lambda line: line.product_id and not line.is_downpayment and not line.is_expense
        )
        for changes, lines in counted.grouped("sop_changes").items():
            lines._sop_set_changes(changes + 1)

    def _sop_set_changes(self, count):
        """Write the number of changes past its protection."""
        return super().write({"sop_changes": count})  # pylint: disable=super-method-mismatch
