from dataclasses import replace

from odoo import api, models

from ..core.supply import Bill, Component, Operation


class SopBill(models.AbstractModel):
    """Explodes the bills of many products, found at once; writes nothing."""

    _name = "sop.bill"
    _inherit = ["sop.bill.book"]
    _description = "Bills of Materials, Exploded"

    # ------------------------------------------------------------------ explosion
    @api.model
    def _explode_kit(self, book, pair, product, never, factor=1.0, path=()):
        """[(component, quantity per unit of the kit, rounding)], or None when the kit has a loop.

        :param never: attribute values without variant that were chosen on the order line
        :param factor: units of ``product`` (in its unit)
        """
        if product.id in path or product.id in book.loops:
            return None
        bom = book.kits[pair].get(product)
        if not bom:
            return [(product, factor, product.uom_id.rounding)]
        found = []
        for line, quantity in self._get_lines(book, bom, product, never, factor):
            part = self._explode_kit(
                book, pair, line.product_id, never, quantity, (*path, product.id)
            )
            if part is None:
                return None
            found += part
        return found

    @api.model
    def _get_lines(self, book, bom, product, never, factor):
        """[(bill line, quantity in the unit of its product)] for ``factor`` units of a product."""
        count = _convert(factor, product.uom_id, bom.product_uom_id) / bom.product_qty
        return [
            (
                line,
                _convert(line.product_qty * count, line.product_uom_id, line.product_id.uom_id),
            )
            for line in book.lines.get(bom.id, ())
            if not (book.limited and line._skip_bom_line(product, never))
        ]

    @api.model
    def _get_bill(self, book, pair, product, never):
        """Core Bill of a product, None when it has no normal bill.

        :param pair: (company, manufacturing operation type)
        """
        bom = book.normal[pair].get(product)
        return self._get_core_bill(book, pair, bom, product, never) if bom else None

    @api.model
    def _get_core_bill(self, book, pair, bom, product, never):
        """Core Bill of one mrp.bom for a product."""
        loop = product.id in book.loops
        components, steps = [], []
        if not loop:
            components, steps = self._get_content(book, pair, bom, product, never)
        unit = bom.product_uom_id
        return Bill(
            bom.id,
            self._get_operations(book, bom, product, steps),
            tuple(components),
            unit=_convert(1.0, unit, product.uom_id),
            rounding=unit.rounding,
            batch=bom.batch_size if bom.enable_batch_size else None,
            lead=bom.produce_delay,
            loop=loop,
            family=product.sop_family_id.id or None,
        )

    @api.model
    def _get_content(self, book, pair, bom, product, never, factor=1.0):
        """Components per unit of the top product, and operations, with kits below dissolved.

        Operations of kits come first, as Odoo sequences them (``_resequence_workorders``).

        :return: ([core Component], [mrp.routing.workcenter])
        """
        components, kit_steps = [], []
        for line, quantity in self._get_lines(book, bom, product, never, factor):
            component = line.product_id
            kit = book.kits[pair].get(component)
            if kit:
                below, steps = self._get_content(book, pair, kit, component, never, quantity)
                components += below
                kit_steps += steps
            elif component.type == "consu":
                unit = line.product_uom_id
                rounding = _convert(unit.rounding, unit, component.uom_id)
                components.append(Component(component.id, quantity, rounding))
        steps = [
            step
            for step in book.steps.get(bom.id, ())
            if not step._skip_operation_line(product, never)
        ]
        return components, kit_steps + steps

    @api.model
    def _get_operations(self, book, bom, product, steps):
        """Core Operations as ``mrp.workorder._get_duration_expected`` reckons them.

        Odoo takes product and unit of the manufacturing order for operations of kits, too. Without
        operation dependencies each operation waits for the one before.
        """
        operations, previous = [], ()
        for step in steps:
            if bom.allow_operation_dependencies:
                previous = tuple(step.blocked_by_operation_ids.ids)
            others = step.workcenter_id.alternative_workcenter_ids - step.workcenter_id
            own, *alternatives = (
                self._get_operation(book, bom, product, step, workcenter, previous)
                for workcenter in (step.workcenter_id, *others)
            )
            operations.append(replace(own, alternatives=tuple(alternatives)))
            previous = (step.id,)
        return tuple(operations)

    @api.model
    def _get_operation(self, book, bom, product, step, workcenter, previous):
        """Core Operation of a step on one work centre: capacity and times are its own."""
        capacity, setup, cleanup = workcenter._get_capacity(
            product, bom.product_uom_id, bom.product_qty or 1
        )
        return Operation(
            step.id,
            workcenter.id,
            book.cycles[step.id],
            capacity,
            setup + cleanup,
            workcenter.time_efficiency,
            previous,
        )


def _convert(quantity, unit, other):
    """A quantity in another unit; most bills need no conversion, and Odoo's takes its time."""
    return quantity if unit == other else unit._compute_quantity(quantity, other, round=False)
