"""Operations of other work centres that come before and behind the jobs of a campaign.

Where a job ends later than the operation behind it starts, that operation moves behind it, to the
first place on its own work centre where it fits in one piece, as Odoo's planner would put it. What
nobody has planned yet is put to the first place as well. Instants are naive UTC.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .schedule import in_order

# Closer than this is the same moment; databases keep seconds.
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Step:
    """One operation of a manufacturing order.

    :param id: names it, unlike any other
    :param minutes: working minutes that are left of it
    :param start: instant at which it is planned to start, None: not planned
    :param blocked_by: ids of the operations before it
    :param movable: False once it was started
    """

    id: int
    workcenter: int
    minutes: float
    start: datetime | None = None
    stop: datetime | None = None
    blocked_by: tuple[int, ...] = ()
    movable: bool = True

    def at(self, start, stop):
        """The same operation at another time."""
        return replace(self, start=start, stop=stop)


@dataclass(frozen=True)
class Taken:
    """Minutes of a work centre that are not free.

    :param owner: id of the step that takes them; it leaves them when it moves
    :param open_to: manufacturing orders that may use them, as they are kept for those
    """

    start: float
    stop: float
    owner: int | None = None
    open_to: frozenset = frozenset()


class Places:
    """Room on work centres.

    :param axes: {work centre: Axis}
    :param taken: {work centre: [Taken]}
    """

    def __init__(self, axes, taken):
        self.axes = axes
        self.taken = {workcenter: list(rows) for workcenter, rows in taken.items()}

    def fork(self):
        """Copy to try something on."""
        return Places(self.axes, self.taken)

    def leave(self, step):
        """Give up the place of a step."""
        rows = self.taken.get(step.workcenter, [])
        self.taken[step.workcenter] = [row for row in rows if row.owner != step.id]

    def take(self, step):
        """Put a step where its start and stop are."""
        axis = self.axes[step.workcenter]
        row = Taken(axis.minute(step.start), axis.minute(step.stop), step.id)
        self.taken.setdefault(step.workcenter, []).append(row)

    def find(self, step, order, earliest):
        """The step at the first place from an instant on that its order may use."""
        axis = self.axes[step.workcenter]
        closed = (
            (row.start, row.stop)
            for row in self.taken.get(step.workcenter, ())
            if row.owner != step.id and order not in row.open_to
        )
        begin = first_gap(closed, axis.minute(earliest), step.minutes)
        start, stop = axis.begin_at(begin), axis.end_at(begin + step.minutes)
        return step.at(start, max(start, stop))


def first_gap(closed, begin, minutes):
    """First minute from ``begin`` on at which so many minutes meet nothing closed.

    :param closed: (start, stop) of closed minutes, in any order
    """
    for start, stop in sorted(closed):
        if start < begin + minutes and stop > begin:
            begin = stop
        elif start >= begin + minutes:
            break
    return begin


def latest_end(steps, axes, job, due):
    """Instant by which a job has to end so that the steps behind it can end by ``due``.

    As if their work centres had nothing else to do, so it may be too late, never too early.
    """
    behind = [step for step in steps if job in step.blocked_by]
    ends = [due]
    for step in behind:
        axis = axes.get(step.workcenter)
        end = latest_end(steps, axes, step.id, due)
        if axis:
            start = axis.begin_at(max(0.0, axis.minute(end) - step.minutes))
            end = min(end, start)
        ends.append(end)
    return min(ends)


def place_before(steps, places, order, job, earliest):
    """Plan what nobody has planned of the steps that do not come behind a job.

    :return: ({id: Step} of what was planned, instant at which the last one before the job ends,
        or None if there is none)
    """
    by_id = {step.id: step for step in steps}
    behind, found = ids_behind(steps, job), {}
    for step in in_order(steps):
        if step.start is None and step.id != job and step.id not in behind:
            ends = [by_id[one].stop for one in step.blocked_by if one in by_id]
            placed = places.find(step, order, max([earliest, *filter(None, ends)]))
            places.take(placed)
            by_id[step.id] = found[step.id] = placed
    ends = [by_id[one].stop for one in by_id[job].blocked_by if one in by_id]
    return found, max(filter(None, ends), default=None)


def ids_behind(steps, job):
    """Ids of all steps that come behind a job, directly or not."""
    found = {job}
    for step in in_order(steps):
        if not found.isdisjoint(step.blocked_by):
            found.add(step.id)
    return found - {job}


def place_behind(steps, places, order, job, hurry=False):
    """Move the steps behind a job that has moved.

    :param steps: of one manufacturing order, as they are planned now
    :param job: Step of the job where the campaign puts it
    :param hurry: whether to bring steps forward as well, because the order is late
    :return: ({id: Step} of what moves, whether the order of the operations is kept). It is not
        where a step that has begun, or cannot move, would start before the job ends.
    """
    before = {step.id: step for step in steps}
    by_id, moved, kept = {**before, job.id: job}, {}, True
    for step in in_order(steps):
        ends = [by_id[one] for one in step.blocked_by if one in by_id]
        if step.id == job.id or not any(one.id == job.id or one.id in moved for one in ends):
            continue
        earliest = max((one.stop for one in ends if one.stop), default=None)
        if earliest is None:
            continue
        worse = any(_is_pushed(step, one, before[one.id]) for one in ends)
        if not step.movable or step.workcenter not in places.axes:
            kept = kept and not worse
        elif worse or step.start is None or hurry:
            found = places.find(step, order, earliest)
            if worse or step.start is None or found.stop < step.stop - SECOND:
                places.leave(step)
                places.take(found)
                by_id[step.id] = moved[step.id] = found
    return moved, kept


def _is_pushed(step, ahead, was):
    """Whether the step before now ends after the start of this one, and later than it did."""
    if step.start is None or ahead.stop is None or step.start >= ahead.stop - SECOND:
        return False
    return was.stop is None or ahead.stop > was.stop + SECOND
