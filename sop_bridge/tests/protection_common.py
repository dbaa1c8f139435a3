"""A plant with a coating line, and advices about it."""

from odoo import Command

from .common import NOW, BuilderCase, day, moment


class ProtectionCase(BuilderCase):
    """The line works 40 hours a week; the period is the week after the frozen Monday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sop.tier"].search([]).filtered(
            lambda tier: tier not in cls.gold | cls.silver | cls.standard
        ).active = False
        cls.line = cls.make_workcenter("Coating line")
        cls.cabinet = cls.make_product_with_bom("Cabinet", [(cls.line, 60)])
        cls.cabinet.write({"standard_price": 40, "list_price": 100})

    @classmethod
    def make_advice(cls, first=7, last=13, **values):
        values.setdefault("workcenter_id", cls.line.id)
        values.setdefault("history_count", 4)
        return cls.env["sop.protection"].create(
            dict(values, date_from=day(first), date_to=day(last))
        )

    @classmethod
    def advise(cls, first=7, last=13, **values):
        advice = cls.make_advice(first, last, **values)
        advice.action_compute()
        return advice

    @classmethod
    def feed(cls, advice, rows, capacity=None):
        """Enter figures by hand: {tier: (contribution, mean, spread, minimum)}."""
        changes = []
        for tier, figures in rows.items():
            names = ("value", "mean", "deviation", "minimum")
            line = advice.line_ids.filtered(lambda one, tier=tier: one.tier_id == tier)
            changes.append(Command.update(line.id, dict(zip(names, figures, strict=False))))
        values = {"line_ids": changes}
        if capacity is not None:
            values["capacity"] = capacity
        advice.write(values)

    def table(self, advice, *names):
        """{tier name: [figures]}"""
        return {
            line.tier_id.name: [round(line[name], 2) for name in names] for line in advice.line_ids
        }

    @classmethod
    def make_past(cls, tier, number, quantity, price=100, confirm=True, uom=None, **values):
        """An order that wanted its goods so many days after the frozen Monday."""
        values.setdefault("validity_date", False)
        order = cls.make_quotation(
            {
                "product_id": cls.cabinet.id,
                "product_uom_id": (uom or cls.cabinet.uom_id).id,
                "product_uom_qty": quantity,
                "price_unit": price,
            },
            tier=tier,
            sop_requested_date=day(number),
            date_order=moment(min(number, 0) - 3, 9),
            **values,
        )
        if confirm:
            order.action_confirm()
            order.order_line.move_ids._action_cancel()
            order.date_order = moment(min(number, 0) - 3, 9)
        return order

    @classmethod
    def cancel_productions(cls):
        cls.env["mrp.production"].search([("product_id", "=", cls.cabinet.id)]).action_cancel()


__all__ = ["NOW", "ProtectionCase", "day", "moment"]
