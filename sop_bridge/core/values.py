"""What is asked of the plant, and what it answers.

Days are dates in the plant's calendar; quantities are in the line's own unit.
"""

from __future__ import annotations  # a field named date would hide the type

from dataclasses import dataclass, field
from datetime import date, timedelta

from .calendar import within
from .capacity import Load
from .supply import round_up

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """A part of a promise.

    :param source: 'stock', 'incoming', 'production', 'purchase' or 'warehouse'
    :param date: when the customer can have it
    :param ready: when the goods are ready in the plant
    :param origin: the warehouse that sends it, where that is another one
    """

    source: str
    quantity: float
    date: date
    ready: date
    origin: object = None


@dataclass(frozen=True)
class Make:
    """Manufacturing that a promise needs: ``quantity`` in the unit of ``product``.

    :param ready: day on which the goods are made
    :param level: 0 for what the line itself asks for, 1 for a component of that, and so on
    :param fresh: whether it is procured anew for each order (made to order)
    """

    product: int
    bom: int
    quantity: float
    ready: date | None = None
    level: int = 0
    warehouse: int | None = None
    fresh: bool = False


@dataclass(frozen=True)
class Stage:
    """One step on the way to a promise, for the picture of how its day comes about.

    :param kind: 'work' on a work centre, 'make' where only a lead time is known, or a source of
        goods: 'stock', 'incoming', 'purchase', 'warehouse'
    :param since: day on which it could have begun
    :param wait: days that are lost because the work centre is busy
    :param binds: whether the promise would be earlier without it
    """

    kind: str
    level: int
    product: object
    quantity: float
    since: date
    first: date
    last: date
    workcenter: int | None = None
    operation: int | None = None
    wait: int = 0
    binds: bool = False


@dataclass(frozen=True)
class Reason:
    """The constraint that decides, as a code with values (ids, dates, minutes)."""

    code: str
    values: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Promise:
    """What can be kept for a line.

    :param state: 'ok', 'impossible', or 'none' where there is nothing to promise
    :param date: day the customer can have everything (None unless 'ok')
    :param first_date: day the customer can have a first part
    :param makes: what is made for it, deeper levels first
    :param takes: ((product, quantity, day), …) of goods taken from stock and receipts at every
        level; after the models have put ids in place of keys ((product id, warehouse id, quantity,
        day), …)
    :param stages: Stages at every level, deeper levels first
    :param goods: ((units per unit of the line, Supply), …)
    """

    state: str
    date: date | None = None
    first_date: date | None = None
    parts: tuple[Part, ...] = ()
    loads: tuple[Load, ...] = ()
    reason: Reason = Reason("stock")
    makes: tuple[Make, ...] = ()
    takes: tuple = ()
    stages: tuple[Stage, ...] = field(default=(), compare=False, repr=False)
    goods: tuple = field(default=(), compare=False, repr=False)

    @property
    def works(self):
        """((units per unit of the line, Bill), …) of its goods, whether or not any are made now."""
        found = ((units, supply.get_bill()) for units, supply in self.goods)
        return tuple((units, bill) for units, bill in found if bill and not bill.loop)

    @property
    def produced(self):
        """Quantity that has to be made."""
        return sum(part.quantity for part in self.parts if part.source == "production")

    @property
    def fresh(self):
        """Products that Odoo's own procurement makes."""
        return {make.product for make in self.makes if make.fresh}

    @property
    def start(self):
        """Day of the first load, None when nothing is made."""
        return min((load.day for load in self.loads), default=None)


@dataclass(frozen=True)
class Demand:
    """A product that a line needs: ``per_unit`` in the product's unit for one unit of the line."""

    product: int
    per_unit: float = 1.0
    rounding: float = 0.01

    def quantity(self, line_quantity):
        """Quantity in the product's unit for a quantity of the line."""
        return round_up(line_quantity * self.per_unit, self.rounding)


@dataclass(frozen=True)
class Line:
    """An order line. A kit has several demands and is complete when all of them are.

    :param delivery_days: days from ready goods to the customer
    :param customer_lead: days from today that the promise never undercuts
    :param requested: day the customer wants it (for 'latest')
    :param nothing: reason code when there is nothing to promise
    :param failure: reason when the line cannot be promised whatever stock there is
    :param is_open: function of a day: whether goods travel and arrive on it; None: on every day
    """

    quantity: float
    demands: tuple[Demand, ...] = ()
    delivery_days: int = 0
    customer_lead: float = 0.0
    requested: date | None = None
    nothing: str | None = None
    failure: Reason | None = None
    is_open: object = field(default=None, compare=False, repr=False)

    def delivered(self, ready, today):
        """Day on which the customer has what is ready on a day."""
        floor = today + timedelta(days=max(0, round(self.customer_lead)))
        if self.is_open is None:
            return max(ready + timedelta(days=self.delivery_days), floor)
        day = ready
        for _number in range(self.delivery_days):
            day = self._open_day(day + DAY, DAY)
        return self._open_day(max(day, floor), DAY)

    def latest(self):
        """Last day on which goods may be ready so that the wish is met, None without a wish."""
        if self.requested is None:
            return None
        day = within(self.requested)
        if self.is_open is None:
            return day - timedelta(days=self.delivery_days)
        day = self._open_day(day, -DAY)
        for _number in range(self.delivery_days):
            day = self._open_day(day - DAY, -DAY)
        return day

    def _open_day(self, day, step):
        """First open day from a day on; after a year without any, the day itself."""
        found = day
        for _number in range(366):
            if self.is_open(found):
                return found
            found += step
        return day
