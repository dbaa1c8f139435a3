"""Trying changes of an order against the rules: what would they say then?

Only what a change touches is measured again, and what the lines of an order share is measured once,
so that many changes of many lines can be tried.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

from .acceptance import Verdict, decide_by, is_stuck
from .figures import figure

# Measures that change with a quantity, a price, a date.
PRICE = frozenset({"contribution_percent", "contribution_hour", "order_value"})
SHARED = frozenset({"campaign_quantity", "changeover_share", "changeover_minutes"})
QUANTITY = PRICE | SHARED
DATE = SHARED | {"lead_days"}
NOTHING = Verdict("none")


@dataclass(frozen=True)
class View:
    """An item of an order, with the rules that fit it and the figures that are known of it.

    :param order: the order as it is for this item (``Order.alone``)
    """

    order: object
    item: object
    rules: list
    known: dict = field(default_factory=dict)

    @cached_property
    def verdict(self):
        """Verdict of the rules."""
        if not self.item.judged:
            return NOTHING
        return decide_by(self.rules, self.order, self.item, self.known)

    @property
    def passes(self):
        """Whether the rules accept it."""
        return self.verdict.outcome == "pass"

    def measure(self):
        """Find all figures that the rules ask for; returns this view."""
        for rule in self.rules:
            for condition in rule.conditions:
                if condition.measure not in self.known:
                    self.known[condition.measure] = figure(condition.measure, self.order, self.item)
        return self

    def rest(self, touched):
        """{measure: figure} of what a change does not touch."""
        return {name: value for name, value in self.known.items() if name not in touched}

    def having(self, touched, **changes):
        """The view of the changed item.

        :param touched: measures whose figures may be others then
        """
        order, item = self.order.having(self.item, **changes)
        return View(order, item, self.rules, self.rest(touched))

    def is_stuck(self, touched):
        """Whether no change that touches these measures alone can let it pass."""
        return is_stuck(self.rules, self.rest(touched))

    def limits(self):
        """[(measure, limit in the unit of the measure)] of all rules that fit."""
        return [
            (condition.measure, condition.threshold)
            for rule in self.rules
            for condition in rule.conditions
            if condition.threshold is not None
        ]


class Trial:
    """An order whose changes are tried.

    :param before: {key: Verdict} of all its items as it is
    """

    def __init__(self, rules, order, before):
        self.rules = rules
        self.order = order
        self.before = before
        self.items = {one.key: one for one in order.items}
        self.value_conditions = [
            condition
            for rule in rules
            for condition in rule.conditions
            if condition.measure == "order_value"
        ]
        self._views = {}

    def fitting(self, order, item):
        """The rules that fit an item."""
        return [rule for rule in self.rules if rule.fits(order, item)]

    def view(self, key, day=None):
        """View of an item as it is, or when everything is wanted on another day."""
        if (key, day) not in self._views:
            self._views[key, day] = self._view(key, day)
        return self._views[key, day]

    def _view(self, key, day):
        if day:
            return self.view(key).having(DATE, requested=day)
        item = self.items[key]
        return View(self.order.alone(item), item, self.fitting(self.order, item)).measure()

    def view_instead(self, key, **changes):
        """View of an item with another product, which other rules may fit."""
        order, item = self.order.having(self.items[key], **changes)
        return View(order.alone(item), item, self.fitting(order, item))

    # ------------------------------------------------------------------ the other items
    def harms(self, view):
        """Whether another item fares worse when one of them is as in a view."""
        was = self.items[view.item.key]
        day = view.item.requested if view.item.requested != was.requested else None
        value = self._new_value(view)
        family = self._moved_families(was, view.item)
        for one in self.order.items:
            if one.key == was.key or not one.judged:
                continue
            other = self.view(one.key, day)
            if one.family in family:
                other = self._related(other, view)
            if value is not None:
                known = {**other.rest(()), "order_value": value}
                other = View(other.order, other.item, other.rules, known)
            if other.verdict.is_worse(self.before[one.key]):
                return True
        return False

    def _new_value(self, view):
        """Figure of the order value, if a condition on it answers otherwise than before."""
        if not self.value_conditions:
            return None
        old = figure("order_value", self.order, view.item)
        new = figure("order_value", view.order, view.item)
        turned = any(one.holds(old) != one.holds(new) for one in self.value_conditions)
        return new if turned else None

    def _moved_families(self, was, item):
        """Families of which more, or less, is made."""
        same = replace(item, price=was.price, keep=was.keep, requested=was.requested)
        return () if same == was else {was.family, item.family} - {None}

    def _related(self, other, view):
        """View of an item of the family of a changed one."""
        items = [view.item if one.key == view.item.key else one for one in self.order.items]
        if other.item.requested != self.items[other.item.key].requested:
            items = [replace(one, requested=other.item.requested) for one in items]
        order = replace(self.order, items=tuple(items))
        return View(order.alone(other.item), other.item, other.rules, other.rest(SHARED))
