"""Goods over time: available to promise, bills, lead times."""

import math
from bisect import bisect_right
from dataclasses import dataclass, replace

# Relative tolerance against noise of floats before a quantity or a cycle is rounded up.
TOLERANCE = 1e-9


def round_up(quantity, rounding):
    """Smallest multiple of ``rounding`` that is not below ``quantity``."""
    return math.ceil(quantity / rounding * (1 - TOLERANCE) - TOLERANCE) * rounding


def round_down(quantity, rounding):
    """Largest multiple of ``rounding`` that is not above ``quantity``."""
    return math.floor(quantity / rounding * (1 + TOLERANCE) + TOLERANCE) * rounding


class Timeline:
    """Stock of one product in one warehouse over the coming days.

    :param today: first day; what is overdue counts as from then
    :param on_hand: quantity in stock now
    :param moves: [(day, quantity)] with receipts positive and issues negative
    """

    def __init__(self, today, on_hand=0.0, moves=()):
        self.today = today
        self._changes = {today: on_hand}
        for day, quantity in moves:
            self._change(day, quantity)
        self._steps = None

    def _change(self, day, quantity):
        day = max(day, self.today)
        self._changes[day] = self._changes.get(day, 0.0) + quantity
        self._steps = None

    def _build(self):
        days = sorted(self._changes)
        stock, projected = 0.0, []
        for day in days:
            stock += self._changes[day]
            projected.append(stock)
        lowest, levels = math.inf, []
        for stock in reversed(projected):
            lowest = min(lowest, stock)
            levels.append(max(0.0, lowest))
        self._steps = days, levels[::-1]

    def available(self, day):
        """Quantity that can be promised for a day.

        ATP(t) = min over all later days of the projected stock, never negative.
        """
        if self._steps is None:
            self._build()
        days, levels = self._steps
        return levels[max(0, bisect_right(days, day) - 1)]

    def steps(self):
        """[(day, quantity)] where the quantity available to promise rises, from today on."""
        if self._steps is None:
            self._build()
        result, level = [(self.today, self._steps[1][0])], self._steps[1][0]
        for day, quantity in zip(*self._steps, strict=True):
            if quantity > level + TOLERANCE:
                result.append((day, quantity))
                level = quantity
        return result

    def first_day(self, quantity):
        """First day on which ``quantity`` is available, or None."""
        for day, level in self.steps():
            if level >= quantity - TOLERANCE * max(1.0, quantity):
                return day
        return None

    def consume(self, quantity, day):
        """Take a quantity out on a day (negative: add)."""
        if quantity:
            self._change(day, -quantity)


@dataclass(frozen=True)
class Operation:
    """A step of a bill on a work centre.

    ``cycle`` is minutes per cycle at 100 % efficiency, ``capacity`` units per cycle, ``setup``
    minutes before and after. ``blocked_by`` are ids of operations that come before it.
    ``alternatives`` are the same step on other work centres, with their own figures.
    """

    id: int
    workcenter: int
    cycle: float
    capacity: float = 1.0
    setup: float = 0.0
    efficiency: float = 100.0
    blocked_by: tuple[int, ...] = ()
    alternatives: tuple = ()

    @property
    def machines(self):
        """The step on its own work centre and on those that may stand in for it."""
        return (self, *self.alternatives)

    def pinned(self, workcenter):
        """The step on one of its work centres only; as it is for None."""
        found = next((one for one in self.machines if one.workcenter == workcenter), None)
        return replace(found, alternatives=()) if found else self

    def minutes(self, quantity):
        """Minutes for a quantity: mrp.workorder._get_duration_expected of Odoo 19.

        Stored with two digits there, so rounded to two here.
        """
        cycles = math.ceil(quantity / self.capacity * (1 - TOLERANCE))
        return round(self.setup + cycles * self.cycle * 100.0 / (self.efficiency or 100.0), 2)


@dataclass(frozen=True)
class Component:
    """Quantity of a product (in its own unit) for one unit of the finished product."""

    product: int
    per_unit: float
    rounding: float = 0.01


@dataclass(frozen=True)
class Bill:
    """What it takes to make a product, per unit of that product.

    ``unit`` is how many units of the product one unit of the bill is (dozens: 12). ``lead`` days
    are used when there is no operation. ``batch`` is the size of one order in the bill's unit.
    ``family`` is the product family of what is made.
    """

    id: int
    operations: tuple[Operation, ...] = ()
    components: tuple[Component, ...] = ()
    unit: float = 1.0
    rounding: float = 0.01
    batch: float | None = None
    lead: int = 0
    loop: bool = False
    family: int | None = None

    def pinned(self, pins):
        """The bill in which some operations have no choice: {operation: its work centre}."""
        if not any(operation.id in pins for operation in self.operations):
            return self
        operations = tuple(
            operation.pinned(pins.get(operation.id)) for operation in self.operations
        )
        return replace(self, operations=operations)

    def orders(self, quantity):
        """(size, count) of the manufacturing orders that ``quantity`` needs, in the bill's unit.

        All orders of a batch are of its size, as Odoo makes them.
        """
        needed = round_up(quantity / self.unit, self.rounding)
        if not self.batch or self.batch <= 0:
            return needed, 1
        return self.batch, max(1, math.ceil(needed / self.batch * (1 - TOLERANCE)))

    def made(self, quantity):
        """What comes out of these orders, in the product's unit."""
        size, count = self.orders(quantity)
        return size * count * self.unit

    def minutes(self, operation, quantity):
        """Minutes of an operation over all manufacturing orders for ``quantity``."""
        size, count = self.orders(quantity)
        return operation.minutes(size) * count


@dataclass(frozen=True)
class Seller:
    """Terms of a vendor: from ``minimum`` units (in the product's unit) on, in ``days``."""

    vendor: int
    minimum: float
    days: int
    price: float = 0.0
    sequence: int = 1
    id: int = 0


def choose_seller(sellers, quantity):
    """Terms under which a quantity is bought, None without any.

    As ``product.product._select_seller`` of Odoo 19: the vendor is that of the first terms whose
    minimum is reached, the terms are the cheapest of that vendor. Where no minimum is reached,
    Odoo's procurement takes the first terms nevertheless.

    :param sellers: in Odoo's order (sequence, highest minimum, price)
    """
    reached = [seller for seller in sellers if seller.minimum <= quantity + TOLERANCE]
    if not reached:
        return sellers[0] if sellers else None
    mine = (seller for seller in reached if seller.vendor == reached[0].vendor)
    return min(mine, key=lambda seller: (seller.price, seller.sequence, seller.id))


@dataclass
class Supply:
    """Where one product can come from, as its routes say.

    :param timeline: stock and receipts; None for goods whose stock nobody tracks
    :param bill: how it is made, or a function that finds out; None: not made here
    :param lead: days until a missing quantity can be there; None: as the vendor's terms say
    :param sellers: terms of vendors
    :param contract: bill of what a subcontractor gets from us to make it
    :param origin: the same product in the warehouse that sends it, ``transit`` days away
    """

    product: int
    timeline: Timeline | None
    bill: object = None
    lead: int | None = None
    sellers: tuple[Seller, ...] = ()
    contract: Bill | None = None
    origin: object = None
    transit: int = 0

    def get_bill(self):
        """How it is made, None: not made here. What stock covers is never asked."""
        if callable(self.bill):
            self.bill = self.bill()
        return self.bill

    def days(self, quantity):
        """Days until a quantity that is bought can be there, None where nobody sells it."""
        if self.lead is not None:
            return self.lead
        seller = choose_seller(self.sellers, quantity)
        return seller and seller.days


def find_loops(edges):
    """Products whose bill needs, at some level, a product of the bills above it.

    :param edges: [(product, component, limited)]; limited edges hold for some variants only and do
        not prove a loop
    :return: the products in a loop and all that need them
    """
    parents, degree = {}, {}
    for product, component, limited in edges:
        if not limited:
            parents.setdefault(component, []).append(product)
            degree[product] = degree.get(product, 0) + 1
    free = [product for product in parents if not degree.get(product)]
    while free:
        for parent in parents.get(free.pop(), ()):
            degree[parent] -= 1
            if not degree[parent]:
                free.append(parent)
    return {product for product, count in degree.items() if count}
