"""The promise of an order line: which day, from which sources, and why.

Sources in order: free stock, receipts that are coming, production (or a vendor). A line may be
split over them. Days are dates in the plant's calendar; quantities are in the line's own unit.
"""

from __future__ import annotations  # a field named date would hide the type

from dataclasses import dataclass, field
from datetime import date, timedelta

from .capacity import Ledger, Load
from .produce import explain_production, failure_reason, produce
from .supply import TOLERANCE, round_down, round_up

__all__ = ["Demand", "Line", "Load", "Make", "Part", "Plant", "Promise", "Reason", "promise_line"]


@dataclass(frozen=True)
class Part:
    """A part of a promise.

    :param source: 'stock', 'incoming', 'production' or 'purchase'
    :param date: when the customer can have it
    :param ready: when the goods are ready in the plant
    """

    source: str
    quantity: float
    date: date
    ready: date


@dataclass(frozen=True)
class Make:
    """Manufacturing that a promise needs: ``quantity`` in the unit of ``product``."""

    product: int
    bom: int
    quantity: float


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
    """

    state: str
    date: date | None = None
    first_date: date | None = None
    parts: tuple[Part, ...] = ()
    loads: tuple[Load, ...] = ()
    reason: Reason = Reason("stock")
    makes: tuple[Make, ...] = ()

    @property
    def produced(self):
        """Quantity that has to be made."""
        return sum(part.quantity for part in self.parts if part.source == "production")

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
    """

    quantity: float
    demands: tuple[Demand, ...] = ()
    delivery_days: int = 0
    customer_lead: float = 0.0
    requested: date | None = None
    nothing: str | None = None
    failure: Reason | None = None


@dataclass
class Plant:
    """Everything that lines compete for. Promising a line takes its share out.

    :param supplies: {product: Supply}
    :param no_hours: work centres without working time
    """

    today: date
    horizon: date
    ledger: Ledger
    supplies: dict
    no_hours: frozenset = frozenset()

    def apply(self, takes, loads):
        """Take goods [(product, quantity, day)] and minutes out."""
        for product, quantity, day in takes:
            self.supplies[product].timeline.consume(quantity, day)
        self.ledger.book(loads)

    def undo(self, takes, loads):
        """Reverse of ``apply``."""
        self.apply([(product, -quantity, day) for product, quantity, day in takes], ())
        self.ledger.release(loads)


@dataclass(frozen=True)
class Cover:
    """How one demand is covered: pieces (source, quantity, ready day), and what that takes."""

    date: date | None
    pieces: tuple = ()
    takes: tuple = ()
    loads: tuple = ()
    reason: Reason | None = None
    made: float = 0.0
    bill: int | None = None


def promise_line(line, plant, latest=False, keep=True):
    """Promise of one line.

    :param latest: produce just in time for ``line.requested`` instead of as early as possible
    :param keep: take the goods and minutes out of ``plant``; an impossible line takes nothing
    """
    if line.nothing:
        return Promise("none", reason=Reason(line.nothing))
    if line.failure:
        return Promise("impossible", reason=line.failure)
    target = line.requested and line.requested - timedelta(days=line.delivery_days)
    covers = []
    for demand in line.demands:
        quantity = demand.quantity(line.quantity)
        cover = cover_demand(demand, quantity, plant, target if latest else None)
        covers.append(cover)
        if cover.date is None:
            break
        plant.apply(cover.takes, cover.loads)
    complete = all(cover.date for cover in covers)
    if not (keep and complete):
        for cover in covers:
            if cover.date:
                plant.undo(cover.takes, cover.loads)
    return _assemble(line, covers, plant.today)


def _assemble(line, covers, today):
    """Put the covers of all demands of a line together."""

    def deliver(ready):
        floor = today + timedelta(days=max(0, round(line.customer_lead)))
        return max(ready + timedelta(days=line.delivery_days), floor)

    def parts_of(cover, demand):
        unit = demand.per_unit
        return tuple(Part(s, q / unit, deliver(day), day) for s, q, day in cover.pieces)

    last = covers[-1]
    alone = len(line.demands) == 1
    if last.date is None:
        parts = parts_of(last, line.demands[0]) if alone else ()
        first = min((part.date for part in parts), default=None)
        return Promise("impossible", None, first, parts, reason=last.reason)
    slowest = max(covers, key=lambda cover: cover.date)
    loads = tuple(load for cover in covers for load in cover.loads)
    if alone:
        parts = parts_of(last, line.demands[0])
    else:
        source = max(slowest.pieces, key=lambda piece: piece[2])[0]
        parts = (Part(source, line.quantity, deliver(slowest.date), slowest.date),)
    dates = [part.date for part in parts]
    makes = tuple(
        Make(demand.product, cover.bill, cover.made)
        for demand, cover in zip(line.demands, covers, strict=True)
        if cover.bill
    )
    return Promise("ok", max(dates), min(dates), parts, loads, slowest.reason, makes)


def cover_demand(demand, quantity, plant, target=None):
    """Earliest complete way to cover a demand; on a tie the one that makes less.

    For every day t on which more becomes available: take ATP(t), make the rest, complete on
    max(t, finish). With a ``target`` every day up to it is as good as any other.
    """
    supply = plant.supplies[demand.product]
    floor = target if target and target > plant.today else plant.today
    steps = supply.timeline.steps() if supply.timeline else [(plant.today, 0.0)]
    best, rank, failure = None, None, None
    for day, level in steps:
        if best and day > max(best.date, floor):
            break
        missing = quantity - level if quantity - level > TOLERANCE * quantity else 0.0
        cover = _candidate(supply, day, quantity, missing, plant, target)
        if cover.date is None:
            failure = cover
        else:
            key = (max(cover.date, floor), cover.made, cover.date)
            if best is None or key < rank:
                best, rank = cover, key
        if not missing:
            break
    return best or failure


def _candidate(supply, day, quantity, missing, plant, target):
    """Cover that uses everything available by ``day`` and makes or buys ``missing``."""
    pieces, takes = _from_timeline(supply, quantity, day)
    if not missing:
        ready = pieces[-1][2]
        reason = Reason("stock") if ready <= plant.today else Reason("incoming", {"date": ready})
        return Cover(ready, tuple(pieces), tuple(takes), reason=reason)
    if supply.bill is not None:
        made = produce(supply, missing, plant, target)
        if made.finish is None:
            return Cover(None, tuple(pieces), reason=Reason(*failure_reason(made, plant)))
        ready = max([made.finish] + [piece[2] for piece in pieces])
        if made.finish >= ready:
            reason = Reason(*explain_production(made, plant))
        else:
            reason = Reason("incoming", {"date": ready})
        pieces.append(("production", missing, made.finish))
        takes = tuple(takes) + made.takes
        return Cover(ready, tuple(pieces), takes, made.loads, reason, missing, supply.bill.id)
    if supply.lead is not None:
        arrival = plant.today + timedelta(days=supply.lead)
        pieces.append((supply.lead_source, missing, arrival))
        ready = max(piece[2] for piece in pieces)
        reason = Reason("purchase", {"date": arrival, "days": supply.lead})
        return Cover(ready, tuple(pieces), tuple(takes), reason=reason, made=missing)
    return Cover(None, tuple(pieces), reason=Reason("no_source", {"product": supply.product}))


def _from_timeline(supply, quantity, until):
    """Pieces and takes of what stock and receipts give up to a day."""
    pieces, takes, used = [], [], 0.0
    if supply.timeline is None:
        return pieces, takes
    for day, level in supply.timeline.steps():
        part = min(quantity, level) - used
        if day > until or used >= quantity:
            break
        if part > TOLERANCE:
            source = "stock" if day <= supply.timeline.today else "incoming"
            pieces.append((source, part, day))
            takes.append((supply.product, part, day))
            used += part
    return pieces, takes


def quantity_by(line, plant, day):
    """Largest quantity of a line that the customer can have by ``day``, in the line's unit.

    A whole number when the line asks for one, otherwise a multiple of the unit's rounding. What can
    be had by a day never shrinks when less is asked, so halving finds it.
    """
    if line.nothing or line.failure or line.quantity <= 0:
        return 0.0
    whole = abs(line.quantity - round(line.quantity)) < TOLERANCE
    step = 1.0 if whole else line.demands[0].rounding
    low, high = 0, round(round_down(line.quantity, step) / step)
    while low < high:
        middle = (low + high + 1) // 2
        trial = Line(middle * step, line.demands, line.delivery_days, line.customer_lead)
        found = promise_line(trial, plant, keep=False)
        if found.date is not None and found.date <= day:
            low = middle
        else:
            high = middle - 1
    return low * step
