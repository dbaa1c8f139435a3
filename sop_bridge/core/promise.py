"""The promise of an order line: which day, from which sources, and why.

Sources in order: free stock, receipts that are coming, production (or a vendor). A line may be
split over them. Days are dates in the plant's calendar; quantities are in the line's own unit.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from .capacity import Ledger
from .choices import cover_best
from .cover import Asked
from .explain import explain, stages
from .supply import TOLERANCE, round_down
from .values import Demand, Line, Make, Part, Promise, Reason

__all__ = ["Demand", "Line", "Make", "Part", "Plant", "Promise", "Reason"]
__all__ += ["promise_line", "quantity_by", "together"]


@dataclass
class Plant:
    """Everything that lines compete for. Promising a line takes its share out.

    :param supplies: {product: Supply}
    :param no_hours: work centres without working time
    :param pins: {operation: the only work centre that it may have now}
    """

    today: date
    horizon: date
    ledger: Ledger
    supplies: dict
    no_hours: frozenset = frozenset()
    pins: dict = field(default_factory=dict)

    def apply(self, takes, loads):
        """Take goods [(product, quantity, day)] and minutes out."""
        for product, quantity, day in takes:
            self.supplies[product].timeline.consume(quantity, day)
        self.ledger.book(loads)

    def undo(self, takes, loads):
        """Reverse of ``apply``."""
        self.apply([(product, -quantity, day) for product, quantity, day in takes], ())
        self.ledger.release(loads)


def promise_line(line, plant, latest=False, keep=True):
    """Promise of one line.

    :param latest: produce just in time for ``line.requested`` instead of as early as possible
    :param keep: take the goods and minutes out of ``plant``; an impossible line takes nothing
    """
    if line.nothing:
        return Promise("none", reason=Reason(line.nothing))
    if line.failure:
        return Promise("impossible", reason=line.failure)
    line = _without_options(line)
    if not line.demands:
        return Promise("none", reason=Reason("nothing_zero"))
    asked = Asked(line.latest() if latest else None)
    covers = []
    for demand in line.demands:
        quantity = demand.quantity(line.quantity)
        cover = cover_best(demand.product, quantity, plant, asked)
        covers.append(cover)
        if cover.end is None:
            break
        plant.apply(cover.takes, cover.loads)
    for cover in covers:
        if cover.end:
            plant.undo(cover.takes, cover.loads)
    promise = _assemble(line, covers, plant)
    if keep and promise.state == "ok":
        plant.apply(promise.takes, promise.loads)
    goods = [(demand.per_unit, plant.supplies[demand.product]) for demand in line.demands]
    return replace(promise, goods=tuple(goods))


def _without_options(line):
    """The line without goods of which it needs none, as optional lines of a kit say."""
    needed = tuple(demand for demand in line.demands if demand.quantity(line.quantity) > 0)
    return line if needed == line.demands else replace(line, demands=needed)


def _assemble(line, covers, plant):
    """Put the covers of all demands of a line together."""
    last = covers[-1]
    single = len(line.demands) == 1
    if last.end is None:
        parts = _parts_of(line, last, plant) if single else ()
        first = min((part.date for part in parts), default=None)
        return Promise("impossible", None, first, parts, reason=explain(last, plant))
    slowest = max(covers, key=lambda cover: cover.end)
    parts = _parts_of(line, last, plant) if single else _parts_of_kit(line, slowest, plant)
    dates = [part.date for part in parts]
    return Promise(
        "ok",
        max(dates),
        min(dates),
        parts,
        tuple(load for cover in covers for load in cover.loads),
        explain(slowest, plant),
        tuple(sorted(_all(covers, "makes"), key=lambda make: -make.level)),
        tuple(_all(covers, "takes")),
        tuple(stage for cover in covers for stage in stages(cover, plant, 0, cover is slowest)),
    )


def _all(covers, name):
    return (item for cover in covers for item in getattr(cover, name))


def _parts_of(line, cover, plant):
    """Parts, in the line's unit, of the cover of its only demand."""
    unit = line.demands[0].per_unit
    return tuple(
        _part(line, source, quantity / unit, ready, cover, plant)
        for source, quantity, ready in cover.pieces
    )


def _parts_of_kit(line, slowest, plant):
    """A kit is delivered as one part, when the last of it is there."""
    source = max(slowest.pieces, key=lambda piece: piece[2])[0]
    return (_part(line, source, line.quantity, slowest.date, slowest, plant),)


def _part(line, source, quantity, ready, cover, plant):
    origin = plant.supplies[cover.product].origin if source == "warehouse" else None
    return Part(source, quantity, line.delivered(ready, plant.today), ready, origin)


def together(promises):
    """The same promises for goods that leave in one delivery: all of them wait for the last."""
    last = max((promise.date for promise in promises if promise.date), default=None)
    return [_wait_for(promise, last) if promise.date else promise for promise in promises]


def _wait_for(promise, last):
    """A promise whose goods are delivered on a day, not before."""
    reason = promise.reason if promise.date == last else Reason("together", {"date": last})
    parts = tuple(replace(part, date=last) for part in promise.parts)
    return replace(promise, date=last, first_date=last, parts=parts, reason=reason)


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
        trial = replace(line, quantity=middle * step, requested=None)
        found = promise_line(trial, plant, keep=False)
        if found.date is not None and found.date <= day:
            low = middle
        else:
            high = middle - 1
    return low * step
