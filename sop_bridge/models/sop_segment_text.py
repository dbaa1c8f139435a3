from odoo import api, models
from odoo.tools import format_amount, formatLang

from ..core.advice import more_orders, step

# decimals of a figure where they do not matter more
DIGITS = {"money": 0, "percent": 1, "days": 0, "orders_month": 1, "points": 1}
PREFIX = "_say_lift_"


class SopSegmentText(models.AbstractModel):
    """Figures and advice in words: figures in their own unit, advice rounded so that it suffices.

    A measure of another add-on gets a general sentence; a method ``_say_lift_<code>`` gives it one
    of its own.
    """

    _name = "sop.segment.text"
    _description = "Segments in Words"

    @api.model
    def _say_figure(self, unit, figure, currency, digits=None):
        """A figure in its unit, such as 12.5 % or 4 days; n/a where the customer has none."""
        if figure is None:
            return self.env._("n/a")
        if unit == "money":
            return self._say_money(figure, currency, digits)
        digits = DIGITS.get(unit, 1) if digits is None else digits
        number = self._say_number(figure, digits)
        if unit == "percent":
            return self.env._("%s %%", number)
        if unit == "days":
            one = round(figure, digits) == 1
            return self.env._("1 day") if one else self.env._("%s days", number)
        if unit == "orders_month":
            return self.env._("%s a month", number)
        return number

    @api.model
    def _say_money(self, amount, currency, digits=None):
        """An amount, without cents from 100 on; with them where ``digits`` asks for decimals."""
        if digits or (digits is None and abs(amount) < 100):
            return format_amount(self.env, amount, currency)
        return format_amount(self.env, round(amount), currency, trailing_zeroes=False)

    @api.model
    def _say_number(self, figure, digits):
        """A number with up to ``digits`` decimals, without zeroes at its end."""
        while digits and round(figure, digits) == round(figure, digits - 1):
            digits -= 1
        return formatLang(self.env, round(figure, digits) or 0.0, digits=digits)

    @api.model
    def _say_points(self, points):
        return formatLang(self.env, points, digits=1)

    # ------------------------------------------------------------------ what would lift
    @api.model
    def _say_lift(self, lift, label, measure, currency, months):
        """One advice as a sentence.

        :param lift: core Lift; ``measure``: core Measure with its ``label``
        :param months: length of the window of the scorecard
        """
        before, after, digits = step(
            lift.before, lift.after, measure.higher_is_better, DIGITS.get(measure.unit, 1)
        )
        values = {
            "measure": label,
            "before": self._say_figure(measure.unit, before, currency, digits),
            "after": self._say_figure(measure.unit, after, currency, digits),
            "change": self._say_figure(
                measure.unit, round(abs(after - before), digits), currency, digits
            ),
            "months": months,
        }
        say = getattr(self, PREFIX + lift.code, None)
        if say:
            return say(lift, values)
        return self._say_lift_any(measure.higher_is_better, values)

    @api.model
    def _say_lift_any(self, higher_is_better, values):
        if higher_is_better:
            return self.env._(
                "%(measure)s: at least %(after)s instead of %(before)s", **_only(values)
            )
        return self.env._("%(measure)s: at most %(after)s instead of %(before)s", **_only(values))

    @api.model
    def _say_lift_net_sales(self, _lift, values):
        return self.env._(
            "%(change)s more net sales in %(months)s months: %(after)s instead of %(before)s",
            **values,
        )

    @api.model
    def _say_lift_contribution(self, _lift, values):
        return self.env._(
            "%(change)s more contribution in %(months)s months: %(after)s instead of %(before)s",
            **values,
        )

    @api.model
    def _say_lift_contribution_percent(self, _lift, values):
        return self.env._(
            "%(after)s of the net sales left as contribution instead of %(before)s, by price, mix "
            "or less cost to serve",
            **values,
        )

    @api.model
    def _say_lift_frequency(self, lift, values):
        months = values["months"]
        more = more_orders(lift.before, lift.after, months)
        if more == months:
            return self.env._("One more order a month")
        if more > months:
            a_month = self._say_number(-(-more * 10 // months) / 10, 1)
            return self.env._("%s more orders a month", a_month)
        if more == 1:
            return self.env._("One more order in %s months", months)
        return self.env._("%(more)s more orders in %(months)s months", more=more, months=months)

    @api.model
    def _say_lift_recency(self, _lift, values):
        return self.env._(
            "An order again: the last one at most %(after)s ago instead of %(before)s", **values
        )

    @api.model
    def _say_lift_growth(self, _lift, values):
        return self.env._(
            "Net sales that grow by %(after)s against the window before instead of %(before)s",
            **values,
        )

    @api.model
    def _say_lift_overdue(self, _lift, values):
        return self.env._(
            "Invoices paid %(change)s sooner: overdue by %(after)s on average instead of "
            "%(before)s",
            **values,
        )

    @api.model
    def _say_lift_changed(self, _lift, values):
        return self.env._(
            "At most %(after)s of the lines changed or cancelled after confirmation instead of "
            "%(before)s",
            **values,
        )

    @api.model
    def _say_lift_returned(self, _lift, values):
        return self.env._("At most %(after)s of the goods returned instead of %(before)s", **values)

    @api.model
    def _say_lift_rush(self, _lift, values):
        return self.env._("At most %(after)s rush orders instead of %(before)s", **values)


def _only(values):
    """Those values that the general sentences name."""
    return {name: values[name] for name in ("measure", "before", "after")}
