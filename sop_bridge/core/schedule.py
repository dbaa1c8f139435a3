"""Finite-capacity scheduling of one manufacturing order in day buckets.

Greedy forward fill: every operation takes its minutes from the first day on which it may start and
goes on over the following days; it may start on the day its predecessors end, not before.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from .capacity import EPSILON, Load

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One scheduled operation.

    ``ready`` is the day it could have started, ``ideal`` the day it would end if nothing else were
    planned, ``first`` and ``finish`` the days it really starts and ends.
    """

    operation: int
    workcenter: int
    ready: date
    first: date
    finish: date
    ideal: date

    @property
    def wait(self):
        """Days lost because the work centre is busy."""
        return (self.finish - self.ideal).days


@dataclass(frozen=True)
class Schedule:
    """Finish day and loads; ``full`` names the work centre that has no room before the horizon."""

    finish: date | None
    loads: tuple[Load, ...] = ()
    steps: tuple[Step, ...] = ()
    full: int | None = None
    full_since: date | None = None


def in_order(operations):
    """Operations so that each comes after those it is blocked by, otherwise as given."""
    left, done, result = list(operations), set(), []
    known = {operation.id for operation in left}
    while left:
        free = [op for op in left if not (set(op.blocked_by) & known) - done]
        chosen = free[0] if free else left[0]
        left.remove(chosen)
        done.add(chosen.id)
        result.append(chosen)
    return result


def fill(ledger, operation, minutes, start, horizon):
    """Take ``minutes`` from the days start..horizon of the operation's work centre.

    :return: loads, or None when there is not enough room
    """
    loads, day, left = [], start, minutes
    while left > EPSILON:
        if day > horizon:
            return None
        for slot, part in ledger.take(operation.workcenter, day, left):
            loads.append(Load(operation.workcenter, day, part, slot, operation.id))
            left -= part
        day += DAY
    return loads


def ideal_finish(ledger, workcenter, minutes, start, horizon):
    """Day on which ``minutes`` would end on an empty work centre."""
    day, left = start, minutes
    while day <= horizon:
        left -= ledger.source(workcenter, day).calendar
        if left <= EPSILON:
            return day
        day += DAY
    return horizon


def schedule(ledger, bill, quantity, start, horizon):
    """Earliest schedule of a bill for ``quantity`` units of its product from day ``start``.

    The ledger is consumed: pass a fork to try. Without operations the bill's lead time counts.
    """
    if not bill.operations:
        return Schedule(start + timedelta(days=bill.lead))
    loads, steps, ends = [], [], {}
    for operation in in_order(bill.operations):
        ready = max([start] + [ends[op] for op in operation.blocked_by if op in ends])
        minutes = bill.minutes(operation, quantity)
        if minutes <= EPSILON:
            ends[operation.id] = ready
            continue
        part = fill(ledger, operation, minutes, ready, horizon)
        if part is None:
            return Schedule(None, full=operation.workcenter, full_since=ready)
        loads += part
        ends[operation.id] = part[-1].day
        ideal = ideal_finish(ledger, operation.workcenter, minutes, ready, horizon)
        first, last = part[0].day, part[-1].day
        steps.append(Step(operation.id, operation.workcenter, ready, first, last, ideal))
    return Schedule(max(ends.values()), tuple(loads), tuple(steps))


def schedule_late(ledger, bill, quantity, earliest, target, horizon):
    """Schedule that starts as late as it can and still ends by ``target``.

    Halving over the start day: a later start never ends earlier, up to rounding to days.

    :return: a Schedule, or None when even the earliest start ends after ``target``
    """
    best, low, high = None, earliest, min(target, horizon)
    while low <= high:
        middle = low + (high - low) // 2
        found = schedule(ledger.fork(), bill, quantity, middle, horizon)
        if found.finish is not None and found.finish <= target:
            best, low = found, middle + DAY
        else:
            high = middle - DAY
    return best
