"""Finite-capacity scheduling of one manufacturing order in day buckets.

Greedy forward fill: every operation takes its minutes from the first day on which it may start and
goes on over the following days. It may start on the day its predecessors end, with the share of
that day's working time that they leave: two operations of six hours do not fit into one shift,
however empty their work centres are.
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


@dataclass(frozen=True, order=True)
class Moment:
    """A point in working time: a day and the share of its working time that has passed."""

    day: date
    share: float = 0.0

    def rest(self, day, calendar):
        """Minutes of ``calendar`` that are left of a day from this moment on."""
        return calendar * (1.0 - self.share) if day == self.day else calendar


def fill(ledger, operation, minutes, start, horizon, family=None):
    """Take ``minutes`` from the days of the operation's work centre, from a Moment on.

    :return: loads, or None when there is not enough room before the horizon ends
    """
    loads, day, left = [], start.day, minutes
    while left > EPSILON:
        if day > horizon:
            return None
        rest = start.rest(day, ledger.source(operation.workcenter, day).calendar)
        for slot, part in ledger.take(operation.workcenter, day, min(left, rest), family):
            loads.append(Load(operation.workcenter, day, part, slot, operation.id))
            left -= part
        day += DAY
    return loads


def end_of(ledger, loads, start):
    """Moment at which loads of one operation end that began at ``start``."""
    last = loads[-1]
    taken = sum(load.minutes for load in loads if load.day == last.day)
    share = taken / ledger.source(last.workcenter, last.day).calendar
    if last.day == start.day:
        share += start.share
    return Moment(last.day, min(1.0, share))


def ideal_finish(ledger, workcenter, minutes, start, horizon):
    """Day on which ``minutes`` from a Moment on would end on an empty work centre."""
    day, left = start.day, minutes
    while day <= horizon:
        left -= start.rest(day, ledger.source(workcenter, day).calendar)
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
    loads, steps, ends, begin = [], [], {}, Moment(start)
    for operation in in_order(bill.operations):
        ready = max([begin] + [ends[op] for op in operation.blocked_by if op in ends])
        minutes = bill.minutes(operation, quantity)
        if minutes <= EPSILON:
            ends[operation.id] = ready
            continue
        part = fill(ledger, operation, minutes, ready, horizon, bill.family)
        if part is None:
            return Schedule(None, full=operation.workcenter, full_since=ready.day)
        loads += part
        ends[operation.id] = end_of(ledger, part, ready)
        ideal = ideal_finish(ledger, operation.workcenter, minutes, ready, horizon)
        first, last = part[0].day, part[-1].day
        steps.append(Step(operation.id, operation.workcenter, ready.day, first, last, ideal))
    return Schedule(max(ends.values()).day, tuple(loads), tuple(steps))


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
