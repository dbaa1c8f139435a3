"""How a demand is covered: free stock, receipts, and what is made, bought or sent from elsewhere.

A component is covered like the goods of a line, so a bill of any depth is one recursion. Which of
making, buying and sending it is, the routes of the product have decided before.
"""

from bisect import bisect_left
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice, permutations

from .produce import Production, plan_early, plan_late
from .schedule import DAY, Moment
from .supply import TOLERANCE, round_up
from .values import Make

# How many orders of components are tried where they get in each other's way.
ORDERS = 24


@dataclass(frozen=True)
class Cover:
    """How one demand is covered.

    :param end: Moment at which everything is there; None: it cannot be, for ``failure``
    :param pieces: ((source, quantity, ready day), …)
    :param takes: ((product, quantity, day), …) from stock and receipts, at every level
    :param loads: minutes on work centres, at every level
    :param makes: what is made, deeper levels first
    :param missing: quantity that stock and receipts do not give
    :param made: Production of what is missing, if it is made here
    :param parts: Covers of what goes into it: components, or the same goods in another warehouse
    :param failure: (code, values)
    """

    product: object
    end: Moment | None
    pieces: tuple = ()
    takes: tuple = ()
    loads: tuple = ()
    makes: tuple = ()
    missing: float = 0.0
    made: Production | None = None
    parts: tuple = ()
    failure: tuple | None = None

    @property
    def date(self):
        """Day on which everything is there."""
        return self.end and self.end.day


@dataclass(frozen=True)
class Asked:
    """Where in the tree of a bill a demand stands.

    :param target: day up to which every day is as good as any other; None: the sooner the better
    :param path: products above it
    """

    target: object = None
    path: tuple = ()

    @property
    def level(self):
        return len(self.path)

    def below(self, product, target=None):
        """Place of what goes into a product."""
        return Asked(target, (*self.path, product))


def cover_demand(product, quantity, plant, asked=None):
    """Earliest complete way to cover a demand; on a tie the one that makes less.

    For a day t on which more becomes available: take ATP(t), make the rest, complete on
    max(t, finish). The later t, the less is made and the sooner it is finished, so the best t is
    where the two meet, and halving finds it.
    """
    asked = asked or Asked()
    supply = plant.supplies.get(product)
    if supply is None:
        return Cover(product, None, failure=("no_source", {"product": product}))
    if asked.level and supply.timeline is None:
        return Cover(product, Moment(plant.today))  # goods whose stock nobody tracks are there
    steps = _steps(supply, quantity, plant.today)
    floor = max(asked.target or plant.today, plant.today)
    tried = {}

    def at(number):
        if number not in tried:
            tried[number] = _candidate(supply, *steps[number], quantity, plant, asked)
        return tried[number]

    def is_done(number):
        end = at(number).end
        return end is not None and end.day <= max(steps[number][0], floor)

    meeting = bisect_left(range(len(steps)), True, key=is_done)
    waiting = max(number for number, step in enumerate(steps) if step[0] <= floor)
    numbers = sorted({meeting - 1, meeting, waiting} & set(range(len(steps))))
    possible = [at(number) for number in numbers if at(number).end]
    if not possible:
        return at(numbers[-1])
    return min(possible, key=lambda cover: (max(cover.end.day, floor), cover.missing, cover.end))


def _steps(supply, quantity, today):
    """[(day, available)] up to the day on which there is enough."""
    steps = []
    for day, level in supply.timeline.steps() if supply.timeline else [(today, 0.0)]:
        steps.append((day, level))
        if quantity - level <= TOLERANCE * quantity:
            break
    return steps


def _candidate(supply, day, level, quantity, plant, asked):
    """Cover that uses everything available by ``day`` and gets what is missing elsewhere."""
    missing = quantity - level if quantity - level > TOLERANCE * quantity else 0.0
    pieces = _from_timeline(supply, quantity, day)
    takes = _takes(supply.product, pieces, day, asked.level)
    there = Moment(pieces[-1][2]) if pieces else Moment(plant.today)
    if not missing:
        return Cover(supply.product, there, pieces, takes)
    rest = _get_rest(supply, missing, plant, asked)
    if rest.end is None:
        return replace(rest, pieces=pieces, missing=missing)
    end = max(there, rest.end) if pieces else rest.end
    return replace(rest, end=end, pieces=pieces + rest.pieces, takes=takes + rest.takes)


def _from_timeline(supply, quantity, until):
    """Pieces that stock and receipts give up to a day."""
    pieces, used = [], 0.0
    for day, level in supply.timeline.steps() if supply.timeline else ():
        part = min(quantity, level) - used
        if day > until or used >= quantity:
            break
        if part > TOLERANCE:
            pieces.append(("stock" if day <= supply.timeline.today else "incoming", part, day))
            used += part
    return tuple(pieces)


def _takes(product, pieces, day, level):
    """What the pieces take out: goods of a line as they come, components when all are there."""
    if not level:
        return tuple((product, quantity, when) for _source, quantity, when in pieces)
    total = sum(quantity for _source, quantity, _when in pieces)
    return ((product, total, day),) if total else ()


# ---------------------------------------------------------------------- what is missing
def _get_rest(supply, missing, plant, asked):
    """Cover of what stock and receipts do not give, with the way it has to go."""
    way = timedelta(days=supply.transit)
    if way and asked.target:
        asked = replace(asked, target=asked.target - way)
    if supply.get_bill() is not None:
        rest = _make(supply, missing, plant, asked)
    elif supply.origin is not None:
        rest = _send(supply, missing, plant, asked)
    elif supply.days(missing) is not None:
        rest = _buy(supply, missing, plant, asked)
    else:
        failure = "no_source", {"product": supply.product}
        return Cover(supply.product, None, failure=failure)
    if not way or rest.end is None:
        return rest
    pieces = tuple((source, quantity, day + way) for source, quantity, day in rest.pieces)
    return replace(rest, end=Moment(rest.end.day + way), pieces=pieces)


def _make(supply, missing, plant, asked):
    """Cover that makes what is missing as early as it can be, or as late as the target allows."""
    product, bill = supply.product, supply.get_bill().pinned(plant.pins)
    if bill.loop or product in asked.path:
        return Cover(product, None, failure=("loop", {"product": product}))
    for operation in bill.operations:
        if all(machine.workcenter in plant.no_hours for machine in operation.machines):
            failure = "no_calendar", {"workcenter": operation.workcenter}
            return Cover(product, None, failure=failure)
    parts = gather(bill, bill.made(missing), plant, asked.below(product))
    if not _complete(parts):
        return Cover(product, None, parts=parts, failure=_component_failure(product, parts[-1]))
    with _applied(plant, parts):
        made = plan_early(bill, missing, _ready(parts, plant), plant)
        late = plan_late(made, asked.target, plant) if asked.target else None
    if late:
        parts, made = _wait(parts, late, plant, asked.below(product))
    if made.end is None:
        return Cover(
            product, None, parts=parts, made=made, missing=missing, failure=("horizon", {})
        )
    make = Make(product, bill.id, missing, made.end.day, asked.level)
    return Cover(
        product,
        made.end,
        (("production", missing, made.end.day),),
        _of(parts, "takes"),
        _of(parts, "loads") + made.plan.loads,
        (*_of(parts, "makes"), make),
        missing,
        made,
        parts,
    )


def _wait(parts, late, plant, asked):
    """Parts that are made no sooner than a late plan needs them, where that delays nothing.

    :return: (parts, Production)
    """
    if not any(part.loads for part in parts):
        return parts, late
    start = late.start
    plant.ledger.book(late.plan.loads)
    later = gather(
        late.bill, late.bill.made(late.quantity), plant, replace(asked, target=start - DAY)
    )
    plant.ledger.release(late.plan.loads)
    if _complete(later) and _ready(later, plant) <= Moment(start):
        return later, replace(late, ready=_ready(later, plant))
    return parts, late


def _send(supply, missing, plant, asked):
    """Cover that has what is missing sent from another warehouse."""
    if supply.product in asked.path:
        return Cover(supply.product, None, failure=("no_source", {"product": supply.product}))
    sent = cover_demand(supply.origin, missing, plant, asked.below(supply.product, asked.target))
    if sent.end is None:
        return Cover(supply.product, None, parts=(sent,), failure=sent.failure)
    pieces = (("warehouse", missing, sent.end.day),)
    below = sent.takes, sent.loads, sent.makes
    return Cover(supply.product, sent.end, pieces, *below, missing=missing, parts=(sent,))


def _buy(supply, missing, plant, asked):
    """Cover that buys what is missing; a subcontractor waits for what we have to provide."""
    parts, days = (), supply.days(missing)
    if supply.contract is not None:
        amount = supply.contract.made(missing)
        parts = gather(supply.contract, amount, plant, asked.below(supply.product))
        if not _complete(parts):
            failure = _component_failure(supply.product, parts[-1])
            return Cover(supply.product, None, parts=parts, failure=failure)
        days = max(days, supply.contract.lead)
    arrival = _ready(parts, plant).day + timedelta(days=days)
    pieces = (("purchase", missing, arrival),)
    below = _of(parts, "takes"), _of(parts, "loads"), _of(parts, "makes")
    return Cover(supply.product, Moment(arrival), pieces, *below, missing=missing, parts=parts)


# ---------------------------------------------------------------------- components
def gather(bill, quantity, plant, asked):
    """Covers of all components for a quantity; they take from one another in the bill's order.

    Where they meet on a work centre or share goods, other orders are tried for an earlier end; of
    the components of a component they are not, because each level would multiply the others.

    The last one has no end when it cannot be had; those after it are not asked for.
    """
    needed = {}
    for line in bill.components:
        part = round_up(quantity * line.per_unit, line.rounding)
        needed[line.product] = needed.get(line.product, 0.0) + part
    wanted = [(product, amount) for product, amount in needed.items() if amount > TOLERANCE]
    best = _gather(wanted, plant, asked)
    if asked.level > 1 or not _meet(best):
        return best
    for order in islice(permutations(wanted), 1, ORDERS):
        found = _gather(order, plant, asked)
        if _complete(found) and (not _complete(best) or _ready(found, plant) < _ready(best, plant)):
            best = found
    return best


def _meet(covers):
    """Whether components get in each other's way, so that their order may matter."""
    seen = set()
    for cover in covers:
        mine = {load.workcenter for load in cover.loads} | {take[0] for take in cover.takes}
        if cover.end is None:
            return len(covers) > 1 and cover.failure[0] == "horizon"
        if cover.loads and seen & mine:
            return True
        seen |= mine
    return False


def _gather(wanted, plant, asked):
    """Covers of components [(product, quantity)] in an order; see ``gather``."""
    covers = []
    for product, amount in wanted:
        cover = cover_demand(product, amount, plant, asked)
        covers.append(cover)
        if cover.end is None:
            break
        plant.apply(cover.takes, cover.loads)
    for cover in covers:
        if cover.end:
            plant.undo(cover.takes, cover.loads)
    return tuple(covers)


@contextmanager
def _applied(plant, covers):
    """While it lasts, what covers take is gone."""
    for cover in covers:
        plant.apply(cover.takes, cover.loads)
    try:
        yield
    finally:
        for cover in covers:
            plant.undo(cover.takes, cover.loads)


def _complete(covers):
    return all(cover.end for cover in covers)


def _ready(covers, plant):
    """Moment at which all of some covers are there."""
    return max([Moment(plant.today), *(cover.end for cover in covers)])


def _of(covers, name):
    return tuple(item for cover in covers for item in getattr(cover, name))


def _component_failure(product, part):
    """(code, values) of why a component cannot be had."""
    code, values = part.failure
    if code == "no_source":
        return "component_none", {"component": values["product"], "product": product}
    return code, values
