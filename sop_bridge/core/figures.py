"""What acceptance rules measure on a line of an order.

A figure depends on the whole order: its other lines share a campaign and an order value. Money is
in the company's currency unless said otherwise, days are dates in the plant's calendar.
"""

from __future__ import annotations  # a field named date would hide the type

import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from .calendar import within
from .campaigns import Campaigns
from .supply import TOLERANCE


@dataclass(frozen=True)
class Missing:
    """Why a line has no figure for a measure.

    ``problem`` is true where somebody should mend something (no cost, no currency rate, a unit that
    cannot be converted), false where the measure does not apply to the line.
    """

    why: str
    problem: bool = False


NO_COST = Missing("cost", problem=True)
NO_RATE = Missing("rate", problem=True)
NO_UNIT = Missing("unit", problem=True)
NO_FAMILY = Missing("family")
NOT_MADE = Missing("not_made")
NO_WORK = Missing("work")
NO_BOTTLENECK = Missing("bottleneck")
NO_DATE = Missing("date")
NO_VALUE = Missing("value")


@dataclass(frozen=True)
class Work:
    """What it takes to make a product.

    :param parts: ((units per unit of the line, core Bill), …), several of them in a kit
    """

    parts: tuple = ()

    def per(self, factor):
        """The same work for a unit that is ``factor`` times as large."""
        return Work(tuple((units * factor, bill) for units, bill in self.parts))

    def minutes(self, quantity):
        """{work centre: minutes} for a quantity in the line's unit."""
        found = {}
        for factor, bill in self.parts:
            for operation in bill.operations:
                minutes = bill.minutes(operation, quantity * factor)
                found[operation.workcenter] = found.get(operation.workcenter, 0.0) + minutes
        return found


@dataclass(frozen=True)
class Spent(Work):
    """Work whose minutes are known already, whatever the quantity."""

    spent: dict = field(default_factory=dict)

    def minutes(self, quantity):
        """{work centre: minutes}"""
        return self.spent


@dataclass(frozen=True)
class Item:
    """A line with goods.

    :param price: price of the line in the order's currency, as the line has it
    :param keep: part of that price which is ours, after discount and included taxes
    :param to_family: units of the family per unit of the line; None: cannot be converted
    :param cost: standard cost of one unit of the line; None: unknown
    :param serve: cost to serve of the whole line
    :param made: whether something has to be made; goods from stock need no campaign
    :param requested: day the customer wants it; None: as soon as possible
    :param ready: day the plant has it, where it is known
    :param step: smallest step of the quantity
    :param judged: False where it only counts for the others
    """

    key: object
    product: int
    family: int | None = None
    quantity: float = 0.0
    price: float = 0.0
    keep: float = 1.0
    to_family: float | None = 1.0
    cost: float | None = None
    serve: float = 0.0
    work: Work = Work()
    made: bool = True
    requested: date | None = None
    ready: date | None = None
    step: float = 1.0
    judged: bool = True


@dataclass(frozen=True)
class Order:
    """An order: its lines with goods, and what is the same for all of them.

    :param today: the day on which it is judged
    :param others: untaxed value of its other lines (services, charges), in its own currency
    :param rate: company currency for one unit of its currency; None: no rate known
    :param rounding: smallest amount of its currency
    :param overdue: days that the customer's oldest open invoice is overdue, 0 when none is
    """

    items: tuple[Item, ...]
    today: date
    tier: int | None = None
    partners: frozenset = frozenset()
    order_type: int | None = None
    delivery_days: int = 0
    others: float = 0.0
    rate: float | None = 1.0
    rounding: float = 0.01
    overdue: int = 0
    campaigns: Campaigns = field(default_factory=Campaigns)

    def having(self, item, **changes):
        """(order, item) with changes of one of its items."""
        changed = replace(item, **changes)
        items = tuple(changed if one.key == item.key else one for one in self.items)
        return replace(self, items=items), changed

    def alone(self, item):
        """The same order for one item: all others are put together into what they add to it.

        Its figures are those that it has in the whole order.
        """
        others = [one for one in self.items if one.key != item.key]
        value = self.others + sum(self.value(one) for one in others)
        made = [one for one in others if one.made and one.family == item.family]
        items = (item, _together(made)) if made and item.family is not None else (item,)
        return replace(self, items=items, others=value)

    def day(self, item):
        """Day on which the goods of an item should be ready in the plant."""
        if item.requested:
            return within(item.requested) - timedelta(days=self.delivery_days)
        return item.ready or self.today

    def value(self, item):
        """Untaxed value of an item in the order's currency, rounded like on the order."""
        return round_half_up(item.quantity * item.price * item.keep, self.rounding)

    @cached_property
    def worth(self):
        """Untaxed value of the whole order in its currency."""
        return sum(self.value(one) for one in self.items) + self.others

    def family_items(self, item):
        """Items of the same family that have to be made."""
        return [one for one in self.items if one.family == item.family and one.made]


def _together(items):
    """Items of one family as one that asks for as much of it, and is worth nothing more."""
    unknown = any(one.to_family is None for one in items)
    spent = {}
    for one in items:
        for where, minutes in one.work.minutes(one.quantity).items():
            spent[where] = spent.get(where, 0.0) + minutes
    return Item(
        key=tuple(one.key for one in items),
        product=0,
        family=items[0].family,
        quantity=0.0 if unknown else sum(one.quantity * one.to_family for one in items),
        to_family=None if unknown else 1.0,
        work=Spent(spent=spent),
        judged=False,
    )


def round_half_up(amount, rounding):
    """The multiple of ``rounding`` next to an amount; half of it goes away from zero."""
    steps = abs(amount) / rounding
    return math.copysign(math.floor(steps + 0.5 + TOLERANCE * max(1.0, steps)), amount) * rounding


# ---------------------------------------------------------------------- the measures
def campaign_quantity(order, item):
    """Line, rest of the order and planned orders of the family in its period, in its unit."""
    if item.family is None:
        return NO_FAMILY
    if not item.made:
        return NOT_MADE
    together = order.family_items(item)
    if any(one.to_family is None for one in together):
        return NO_UNIT
    asked = sum(one.quantity * one.to_family for one in together)
    return asked + order.campaigns.quantity(item.family, order.day(item))


def contribution(order, item):
    """Net price × quantity − standard cost × quantity − cost to serve, in company currency."""
    if order.rate is None:
        return NO_RATE
    if item.cost is None:
        return NO_COST
    return order.value(item) * order.rate - item.cost * item.quantity - item.serve


def contribution_percent(order, item):
    """Contribution in percent of the net value; minus infinity for a loss on goods given away."""
    money = contribution(order, item)
    if isinstance(money, Missing):
        return money
    value = order.value(item) * order.rate
    if value > 0:
        return 100.0 * money / value
    return -math.inf if money < 0 else NO_VALUE


def contribution_hour(order, item):
    """Contribution per hour on bottleneck work centres, in company currency."""
    money = contribution(order, item)
    if isinstance(money, Missing):
        return money
    hours = hours_on(item, order.campaigns.bottlenecks)
    return money / hours if hours > 0 else NO_BOTTLENECK


def hours_on(item, workcenters):
    """Hours that an item takes on some work centres together."""
    minutes = item.work.minutes(item.quantity).items()
    return sum(spent for where, spent in minutes if where in workcenters) / 60.0


def contribution_of(pairs, workcenters):
    """What several items earn together per hour on some work centres.

    :param pairs: [(Order, Item)]; those whose contribution is not known do not count
    :return: (contribution in company currency, hours, items without a known contribution)
    """
    money, hours, unknown = 0.0, 0.0, 0
    for order, item in pairs:
        spent = hours_on(item, workcenters)
        if not spent:
            continue
        earned = contribution(order, item)
        if isinstance(earned, Missing):
            unknown += 1
        else:
            money += earned
            hours += spent
    return money, hours, unknown


def changeover_share(order, item):
    """Minutes of changing over to the family in percent of the run's minutes.

    Over the work centres of the line that need a changeover, for all lines of the family together;
    0 where none does, for instance because a campaign of the family runs anyway.
    """
    if item.family is None:
        return NO_FAMILY
    if not item.made:
        return NOT_MADE
    own = item.work.minutes(item.quantity)
    if not own:
        return NO_WORK
    change = {
        where: order.campaigns.changeover(where, item.family, order.day(item)) for where in own
    }
    narrow = {where for where, minutes in change.items() if minutes > 0}
    if not narrow:
        return 0.0
    works = [one.work.minutes(one.quantity) for one in order.family_items(item)]
    run = sum(work.get(where, 0.0) for work in works for where in narrow)
    return 100.0 * sum(change[where] for where in narrow) / run if run > 0 else NO_WORK


def changeover_minutes(order, item):
    """Minutes of changing over to the family, over the work centres of the line.

    0 where it fits an open campaign, so that "above 0" holds for lines that do not.
    """
    if item.family is None:
        return NO_FAMILY
    if not item.made:
        return NOT_MADE
    own = item.work.minutes(item.quantity)
    if not own:
        return NO_WORK
    day = order.day(item)
    return sum(order.campaigns.changeover(where, item.family, day) for where in own)


def order_value(order, item):
    """Untaxed value of the whole order in company currency."""
    if order.rate is None:
        return NO_RATE
    return order.worth * order.rate


def lead_days(order, item):
    """Days from today to the requested date."""
    return float((item.requested - order.today).days) if item.requested else NO_DATE


def overdue_days(order, item):
    """Days that the customer's oldest open invoice is overdue."""
    return float(order.overdue)


# {code: (unit, figure)}; the unit says how a threshold is entered and said
MEASURES = {
    "campaign_quantity": ("quantity", campaign_quantity),
    "contribution_percent": ("percent", contribution_percent),
    "contribution_hour": ("money_hour", contribution_hour),
    "changeover_share": ("percent", changeover_share),
    "changeover_minutes": ("minutes", changeover_minutes),
    "order_value": ("money", order_value),
    "lead_days": ("days", lead_days),
    "overdue_days": ("days", overdue_days),
}
MONEY = frozenset(code for code, (unit, _figure) in MEASURES.items() if unit.startswith("money"))
# what cannot be known without the bills of the products
WORK = frozenset({"contribution_hour", "changeover_share", "changeover_minutes"})


def figure(measure, order, item):
    """Figure of a measure for an item of an order: a float, or Missing."""
    return MEASURES[measure][1](order, item)
