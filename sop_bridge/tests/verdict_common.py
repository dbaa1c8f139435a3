"""The plant of the gate tests, with acceptance rules that both departments approved."""

from odoo import Command

from .plant import PlantCase


class VerdictCase(PlantCase):
    """Cabinets are a family, cost 60 and sell for 100; the plant has room from ``monday`` on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._close_until_monday()
        cls.family = cls.env["sop.family"].create({"name": "Cabinets", "code": "CAB"})
        cls.cabinet.write(
            {
                "sop_family_id": cls.family.id,
                "standard_price": 60,
                "taxes_id": [Command.clear()],
            }
        )

    @classmethod
    def _rule(cls, *conditions, **values):
        """Approved rule; conditions are (measure, operator, threshold)."""
        names = ("measure", "operator", "threshold")
        lines = [Command.create(dict(zip(names, line, strict=True))) for line in conditions]
        values = {"name": "Rule", "result": "exception", "condition_ids": lines, **values}
        rule = cls.env["sop.acceptance.rule"].with_user(cls.sop_admin).create(values)
        rule.action_ask_approval()
        rule.with_user(cls.sales_approver).action_approve()
        rule.with_user(cls.production_approver).action_approve()
        return rule.with_env(cls.env)

    @classmethod
    def _small_run(cls, **values):
        """Rule about runs of less than ten cabinets."""
        return cls._rule(("campaign_quantity", "<", 10), name="Small run", **values)

    @classmethod
    def _margin(cls, **values):
        return cls._rule(("contribution_percent", "<", 30), name="Margin", **values)

    def _wanted(self, quantity=4, **values):
        """Quotation that the plant can keep in time."""
        order = self._quotation(self.standard, quantity, self.monday)
        if values:
            order.order_line.write(values)
        return order

    def _approve(self, exception):
        exception.with_user(self.sales_approver).action_approve()
        exception.with_user(self.production_approver).action_approve()

    def _notes(self, order):
        return " ".join(order.sudo().message_ids.mapped("body"))
