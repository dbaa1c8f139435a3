"""Production as a source of goods: materials ready, finite-capacity finish, and what binds."""

from dataclasses import dataclass
from datetime import date

from .capacity import EPSILON
from .schedule import Schedule, schedule, schedule_late
from .supply import component_need, round_up


@dataclass(frozen=True)
class Production:
    """Outcome of making a quantity; ``finish`` None with a failure (code, values) otherwise."""

    finish: date | None
    plan: Schedule | None = None
    ready: date | None = None
    component: int | None = None
    takes: tuple = ()
    failure: tuple | None = None
    bill: object = None
    quantity: float = 0.0

    @property
    def loads(self):
        return self.plan.loads


def materials(bill, quantity, plant):
    """When all components are there.

    :return: (day or None, product of the last component, takes)
    """
    needed = {}
    for line in bill.components:
        part = round_up(quantity * line.per_unit, line.rounding)
        needed[line.product] = needed.get(line.product, 0.0) + part
    ready, last, takes = plant.today, None, []
    for product, amount in needed.items():
        need = component_need(plant.supplies.get(product), amount, plant.today)
        if need.day is None:
            return None, product, ()
        if need.day > ready:
            ready, last = need.day, product
        if need.take:
            takes.append((product, need.take, need.day))
    return ready, last, tuple(takes)


def produce(supply, quantity, plant, target=None):
    """Make a quantity as early as it can be, or as late as ``target`` allows."""
    bill = supply.bill
    if bill.loop:
        return Production(None, failure=("loop", {"product": supply.product}))
    for operation in bill.operations:
        if operation.workcenter in plant.no_hours:
            values = {"workcenter": operation.workcenter}
            return Production(None, failure=("no_calendar", values))
    ready, component, takes = materials(bill, bill.made(quantity), plant)
    if ready is None:
        values = {"component": component, "product": supply.product}
        return Production(None, failure=("component_none", values))
    plan = schedule(plant.ledger.fork(), bill, quantity, ready, plant.horizon)
    if target and plan.finish and plan.finish < target and bill.operations:
        late = schedule_late(plant.ledger, bill, quantity, ready, target, plant.horizon)
        plan = late or plan
    return Production(plan.finish, plan, ready, component, takes, bill=bill, quantity=quantity)


def failure_reason(made, plant):
    """(code, values) of a production that cannot be."""
    if made.failure:
        return made.failure
    values = {"workcenter": made.plan.full, "date": plant.horizon}
    span = made.plan.full_since, plant.horizon
    kept = _reserved(plant, made.bill, made.plan.full, *span)
    if kept:
        values.update(kept, reserved_workcenter=made.plan.full)
    return "horizon", values


def explain_production(made, plant):
    """(code, values) of what binds a production: a busy work centre, a component, or the work."""
    steps = made.plan.steps
    values = {"finish": made.finish, "ready": made.ready}
    slowest = max(steps, key=lambda step: step.wait, default=None)
    waited = slowest.wait if slowest else 0
    if made.component is not None and (made.ready - plant.today).days > waited:
        code = "component"
        values.update(component=made.component, date=made.ready)
    elif waited > 0:
        code = "workcenter"
        values.update(workcenter=slowest.workcenter, date=slowest.first)
        values.update(since=slowest.ready, until=slowest.finish)
    else:
        code = "production"
        if steps:
            longest = max(steps, key=lambda step: step.finish - step.first)
            values.update(workcenter=longest.workcenter)
    values.update(_reserved_delay(made, plant))
    return code, values


def _reserved_delay(made, plant):
    """Minutes kept for others that made the finish later, {} when it would not be earlier."""
    found = {}
    for step in made.plan.steps:
        kept = _reserved(plant, made.bill, step.workcenter, step.ready, step.finish)
        if kept.get("reserved_minutes", 0) > found.get("reserved_minutes", 0):
            found = {**kept, "reserved_workcenter": step.workcenter}
    if not found:
        return {}
    free = plant.ledger.with_all_slots()
    earlier = schedule(free, made.bill, made.quantity, made.ready, plant.horizon)
    return found if earlier.finish and earlier.finish < made.finish else {}


def _reserved(plant, bill, workcenter, start, stop):
    """Minutes on a work centre that slots of others keep between two days, and the slots."""
    minutes, slots = 0.0, set()
    for number in range((stop - start).days + 1):
        day = start.fromordinal(start.toordinal() + number)
        kept = plant.ledger.reserved(workcenter, day, bill.family)
        if kept > EPSILON:
            minutes += kept
            slots.update(plant.ledger.reserved_slots(workcenter, day, bill.family))
    if not slots:
        return {}
    return {"reserved_minutes": minutes, "reserved_slots": tuple(sorted(slots))}
