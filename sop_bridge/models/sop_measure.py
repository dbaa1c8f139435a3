from odoo import api, models

from ..core import facts
from ..core.definition import Measure

PREFIX = "_measure_"


class SopMeasure(models.AbstractModel):
    """The measures that a scorecard can use.

    A measure is one method ``_measure_<code>`` that returns its label and a core ``Measure``,
    which has the unit, the direction and the function from ``Facts`` to the figure. Another add-on
    adds a measure by adding a method; it appears in scorecards, scores and analysis by itself.
    """

    _name = "sop.measure"
    _description = "Measures of Customers"

    @api.model
    def _get_measures(self):
        """All measures in a fixed order: those of this add-on, then others by their code.

        :return: {code: (label in the user's language, core Measure)}
        """
        own = [name for name in vars(SopMeasure) if name.startswith(PREFIX)]
        others = {name for name in dir(type(self)) if name.startswith(PREFIX)} - set(own)
        return {
            name.removeprefix(PREFIX): getattr(self, name)() for name in [*own, *sorted(others)]
        }

    def _measure_net_sales(self):
        return self.env._("Net sales"), Measure("net_sales", "money", True, facts.net_sales)

    def _measure_contribution(self):
        label = self.env._("Contribution after cost to serve")
        return label, Measure("contribution", "money", True, facts.contribution)

    def _measure_contribution_percent(self):
        label = self.env._("Contribution in per cent")
        return label, Measure("contribution_percent", "percent", True, facts.contribution_percent)

    def _measure_frequency(self):
        label = self.env._("Orders per month")
        return label, Measure("frequency", "orders_month", True, facts.frequency)

    def _measure_recency(self):
        label = self.env._("Days since the last order")
        return label, Measure("recency", "days", False, facts.recency)

    def _measure_growth(self):
        label = self.env._("Growth against the window before")
        return label, Measure("growth", "percent", True, facts.growth)

    def _measure_overdue(self):
        label = self.env._("Average days overdue")
        return label, Measure("overdue", "days", False, facts.overdue)

    def _measure_changed(self):
        label = self.env._("Lines changed or cancelled")
        return label, Measure("changed", "percent", False, facts.changed)

    def _measure_returned(self):
        return self.env._("Goods returned"), Measure("returned", "percent", False, facts.returned)

    def _measure_rush(self):
        return self.env._("Rush orders"), Measure("rush", "percent", False, facts.rush)

    def _measure_strategic(self):
        label = self.env._("Strategic importance")
        return label, Measure("strategic", "points", True, facts.strategic, liftable=False)
