"""What decides about the day of a promise, at whatever level of the bill it is."""

from dataclasses import replace

from .capacity import EPSILON
from .produce import plan_without_slots
from .values import Reason, Stage

# Codes that say by themselves which goods are waited for.
NAMED = ("component", "component_none", "loop", "no_source")


def explain(cover, plant, level=0):
    """Reason of a cover, with the goods (``made``) that it is about where these are a component."""
    if cover.failure:
        return _explain_failure(cover, plant)
    if not cover.missing:
        ready = cover.date
        return Reason("stock") if ready <= plant.today else Reason("incoming", {"date": ready})
    rest = cover.pieces[-1][2]
    if rest < cover.date:
        return Reason("incoming", {"date": cover.date})
    if cover.made:
        return explain_production(cover, plant)
    if cover.pieces[-1][0] == "warehouse":
        return _explain_sent(cover, plant)
    last = _last(cover.parts)
    if last and last.date > plant.today:
        return _explain_part(last, cover, plant)
    return Reason("purchase", {"date": rest, "days": (rest - plant.today).days})


def explain_production(cover, plant):
    """Reason of a production: a busy work centre, a component, or the work itself."""
    made, steps = cover.made, cover.made.plan.steps
    slowest = max(steps, key=lambda step: step.wait, default=None)
    waited = slowest.wait if slowest else 0
    if (made.ready.day - plant.today).days > waited and _last(cover.parts):
        reason = _explain_part(_last(cover.parts), cover, plant)
    elif waited > 0:
        values = {"workcenter": slowest.workcenter, "date": slowest.first}
        values.update(since=slowest.ready, until=slowest.finish)
        reason = Reason("workcenter", values)
    else:
        longest = max(steps, key=lambda step: step.finish - step.first, default=None)
        reason = Reason("production", {"workcenter": longest.workcenter} if longest else {})
    values = {"finish": made.end.day, "ready": made.ready.day, **_reserved_delay(made, plant)}
    return replace(reason, values={**values, **reason.values})


def _explain_part(part, cover, plant):
    """Reason of what waits for a component: how that is made, or that it is there on a day."""
    found = explain(part, plant)
    if found.code in ("workcenter", "production"):
        values = {"made": part.product, "date": part.date, **found.values, "of": cover.product}
        values.setdefault("until", part.date)
        return Reason(found.code, values)
    if found.code == "component":
        return Reason("component", {"made": part.product, **found.values, "of": cover.product})
    return Reason("component", {"component": part.product, "date": part.date})


def _explain_sent(cover, plant):
    """Reason of goods from another warehouse: what delays them there, or the way."""
    sent = cover.parts[0]
    if sent.date > plant.today and sent.missing:
        return explain(sent, plant)
    values = {"date": cover.pieces[-1][2], "origin": sent.product}
    return Reason("warehouse", values)


def _explain_failure(cover, plant):
    """Reason of what cannot be; a full work centre is told with the slots that fill it."""
    code, values = cover.failure
    if code != "horizon":
        return Reason(code, values)
    failed = cover
    while failed.made is None:
        failed = failed.parts[-1]
    plan = failed.made.plan
    values = {"workcenter": plan.full, "date": plant.horizon}
    kept = _reserved(plant, failed.made.bill, plan.full, plan.full_since, plant.horizon)
    if kept:
        values.update(kept, reserved_workcenter=plan.full)
    if failed is not cover:
        values.update(made=failed.product, of=cover.product)
    return Reason(code, values)


def _last(parts):
    """The cover that is there last, None without any."""
    return max(parts, key=lambda part: part.end, default=None)


# ---------------------------------------------------------------------- slots of others
def _reserved_delay(made, plant):
    """Minutes kept for others that made the finish later, {} when it would not be earlier."""
    found = {}
    for step in made.plan.steps:
        kept = _reserved(plant, made.bill, step.workcenter, step.ready, step.finish)
        if kept.get("reserved_minutes", 0) > found.get("reserved_minutes", 0):
            found = {**kept, "reserved_workcenter": step.workcenter}
    if not found:
        return {}
    earlier = plan_without_slots(made, plant)
    return found if earlier.end and earlier.finish < made.end.day else {}


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


# ---------------------------------------------------------------------- the picture
def stages(cover, plant, level=0, binds=True):
    """Stages of a cover and of everything below it, deeper levels first.

    A stage binds if the day of the whole would be earlier without it: of the goods that come
    together, those that are there last.
    """
    last = _last(cover.parts)
    found = []
    for part in cover.parts:
        late = part is last and part.date > plant.today
        found += stages(part, plant, level + 1, binds and late and _waits_for_parts(cover, plant))
    for source, quantity, ready in cover.pieces:
        if source == "production":
            found += _work(cover, level, binds)
        else:
            since = cover.parts[0].date if source == "warehouse" else plant.today
            stage = Stage(source, level, cover.product, quantity, since, since, ready)
            found.append(replace(stage, binds=binds and ready == cover.date > plant.today))
    return found


def _waits_for_parts(cover, plant):
    """Whether what goes in, and not what is there already, decides about the day of a cover."""
    return cover.pieces[-1][2] == cover.date


def _work(cover, level, binds):
    """Stages of the work on what is made."""
    made = cover.made
    binds = binds and made.end.day == cover.date
    if not made.plan.steps:
        since = made.ready.day
        return [
            Stage(
                "make", level, cover.product, made.quantity, since, since, made.end.day, binds=binds
            )
        ]
    return [
        Stage(
            "work",
            level,
            cover.product,
            made.quantity,
            step.ready,
            step.first,
            step.finish,
            step.workcenter,
            step.operation,
            step.wait,
            binds,
        )
        for step in made.plan.steps
    ]
