"""The best cover of a demand where work centres can stand in for one another, at any level.

Taking for each operation the work centre that is done first is best for that operation, but may
leave too little to another one that has no choice. So where operations of the whole bill could meet
on a work centre, the other choices are tried as well.
"""

from contextlib import contextmanager
from itertools import islice, product

from .cover import cover_demand

# How many choices are tried for one demand; more would make the promise slow.
TRIALS = 64


def cover_best(goods, quantity, plant, asked):
    """Cover of a demand like ``cover_demand``, over all choices of work centres.

    :return: Cover; of equal ones the one without any choice made beforehand
    """
    best = cover_demand(goods, quantity, plant, asked)
    if best.end is not None and not best.loads:
        return best
    for pins in _choices(goods, plant):
        with _pinned(plant, pins):
            found = cover_demand(goods, quantity, plant, asked)
        if found.end and (
            best.end is None or _rank(found, plant, asked) < _rank(best, plant, asked)
        ):
            best = found
    return best


def _rank(cover, plant, asked):
    floor = max(asked.target or plant.today, plant.today)
    return max(cover.end.day, floor), cover.missing, cover.end


@contextmanager
def _pinned(plant, pins):
    plant.pins = pins
    try:
        yield
    finally:
        plant.pins = {}


def _choices(goods, plant):
    """Yield {operation: work centre} for every choice; none where no choice matters.

    It matters where an operation could leave a work centre to another one.
    """
    operations = list(_operations(goods, plant, set()))
    machines = {
        operation.id: {one.workcenter for one in operation.machines} - plant.no_hours
        for operation in operations
    }
    free = [
        operation
        for operation, mine in machines.items()
        if len(mine) > 1
        and any(mine & other for key, other in machines.items() if key != operation)
    ]
    for choice in islice(product(*(sorted(machines[one]) for one in free)), TRIALS if free else 0):
        yield dict(zip(free, choice, strict=True))


def _operations(goods, plant, seen):
    """Yield the operations of a product and of everything that may be made for it."""
    supply = plant.supplies.get(goods)
    if supply is None or goods in seen:
        return
    seen.add(goods)
    if supply.origin is not None:
        yield from _operations(supply.origin, plant, seen)
    bill = supply.get_bill() or supply.contract
    if bill:
        yield from bill.operations
        for component in bill.components:
            yield from _operations(component.product, plant, seen)
