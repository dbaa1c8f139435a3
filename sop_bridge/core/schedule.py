"""Finite-capacity scheduling of one manufacturing order in day buckets.

Greedy forward fill: every operation takes its minutes from the first day on which it may start and
goes on over the following days. It may start on the day its predecessors end, with the share of
that day's working time that they leave: two operations of six hours do not fit into one shift,
however empty their work centres are. Where other work centres may stand in for that of an
operation, the one that is done first gets it, as Odoo's planner does.
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


@dataclass(frozen=True, order=True)
class Moment:
    """A point in working time: a day and the share of its working time that has passed."""

    day: date
    share: float = 0.0

    def rest(self, day, calendar):
        """Minutes of ``calendar`` that are left of a day from this moment on."""
        return calendar * (1.0 - self.share) if day == self.day else calendar


@dataclass(frozen=True)
class Schedule:
    """Moment at the end and loads; ``full`` is the work centre without room before the horizon."""

    end: Moment | None
    loads: tuple[Load, ...] = ()
    steps: tuple[Step, ...] = ()
    full: int | None = None
    full_since: date | None = None

    @property
    def finish(self):
        """Day on which it ends, None when there is no room for it."""
        return self.end and self.end.day


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


def place(ledger, operation, quantity, bill, start, horizon):
    """Loads of one operation on one work centre: ([Load], Step, Moment at its end) or None."""
    minutes = bill.minutes(operation, quantity)
    loads = fill(ledger, operation, minutes, start, horizon, bill.family)
    if loads is None:
        return None
    ideal = ideal_finish(ledger, operation.workcenter, minutes, start, horizon)
    first, last = loads[0].day, loads[-1].day
    step = Step(operation.id, operation.workcenter, start.day, first, last, ideal)
    return loads, step, end_of(ledger, loads, start)


def place_best(ledger, operation, quantity, bill, start, horizon, closed):
    """Like ``place``, on the work centre that is done first; on a tie on the operation's own."""
    machines = [one for one in operation.machines if one.workcenter not in closed]
    if len(machines) == 1:
        return place(ledger, machines[0], quantity, bill, start, horizon)
    best = None
    for machine in machines:
        found = place(ledger.fork(), machine, quantity, bill, start, horizon)
        if found and (best is None or found[2] < best[2]):
            best = found
    if best:
        ledger.book(best[0])
    return best


def schedule(ledger, bill, quantity, start, horizon, closed=frozenset()):
    """Earliest schedule of a bill for ``quantity`` units of its product from a Moment on.

    The ledger is consumed: pass a fork to try. Without operations the bill's lead time counts.

    :param closed: work centres without working time
    """
    if not bill.operations:
        day = start.day + timedelta(days=bill.lead)
        return Schedule(start if day == start.day else Moment(day))
    loads, steps, ends = [], [], {}
    for operation in in_order(bill.operations):
        ready = max([start] + [ends[op] for op in operation.blocked_by if op in ends])
        if bill.minutes(operation, quantity) <= EPSILON:
            ends[operation.id] = ready
            continue
        found = place_best(ledger, operation, quantity, bill, ready, horizon, closed)
        if found is None:
            return Schedule(None, full=operation.workcenter, full_since=ready.day)
        part, step, ends[operation.id] = found
        loads += part
        steps.append(step)
    return Schedule(max(ends.values()), tuple(loads), tuple(steps))


def schedule_late(ledger, bill, quantity, earliest, target, horizon, closed=frozenset()):
    """Schedule that starts as late as it can and still ends by the day ``target``.

    Halving over the start day: a later start never ends earlier, up to rounding to days.

    :return: a Schedule, or None when even the earliest start ends after ``target``
    """
    best, low, high = None, earliest.day, min(target, horizon)
    while low <= high:
        middle = low + (high - low) // 2
        start = max(earliest, Moment(middle))
        found = schedule(ledger.fork(), bill, quantity, start, horizon, closed)
        if found.finish is not None and found.finish <= target:
            best, low = found, middle + DAY
        else:
            high = middle - DAY
    return best
