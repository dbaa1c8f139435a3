"""What a rule for recurring slots asks for, and what of it cannot be made and why."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter

from .calendar import WorkCalendar

WANTED, HOLIDAY, NO_HOURS = "wanted", "holiday", "no_hours"
STAYS, MADE, OVERLAPS, LATE, APART = "stays", "made", "overlaps", "late", "apart"
WAITS = "waits"


@dataclass(frozen=True)
class Judged:
    """One time that the rule names.

    :param state: STAYS: is there; MADE: will be made; APART: was changed or removed by hand and is
        left alone; HOLIDAY: only time off; NO_HOURS: outside of working hours; OVERLAPS: another
        slot is there; WAITS: a slot is there that goes when both departments agree; LATE: its
        release fence has opened, so both departments decide
    :param by: key of the slot that is in the way, or that stays
    """

    day: date
    start: datetime
    stop: datetime
    minutes: float
    state: str
    by: object = None


def worked(calendar, start, stop):
    """Working minutes of a WorkCalendar between two instants."""
    return sum(calendar.work_by_day(start, stop).values())


def part_inside(calendar, span, minutes, frame):
    """How many of ``minutes``, spread over the working time of ``span``, lie in ``frame``.

    :param span, frame: (start, stop)
    """
    start, stop = max(span[0], frame[0]), min(span[1], frame[1])
    if start >= stop:
        return 0.0
    whole = worked(calendar, *span)
    if not whole:
        return minutes if frame[0] <= span[0] < frame[1] else 0.0
    return minutes * worked(calendar, start, stop) / whole


def feasible(calendar, start, stop):
    """(WANTED, HOLIDAY or NO_HOURS, working minutes) of an interval."""
    minutes = worked(calendar, start, stop)
    if minutes:
        return WANTED, minutes
    timetable = WorkCalendar(str(calendar.zone), calendar.attendances)
    return (HOLIDAY if worked(timetable, start, stop) else NO_HOURS), 0.0


def judge(occurrences, calendar, change, others, apart, late, leaving=frozenset()):
    """Say of each time of a rule what becomes of it.

    :param occurrences: [Occurrence]
    :param calendar: WorkCalendar of the work centre
    :param change: recurrence.Change of the feasible ones
    :param others: [(start, stop, key)] of slots that are not the rule's, sorted, disjoint
    :param apart: days whose slot was changed or removed by hand
    :param late: function of a start: whether its fence has opened
    :param leaving: keys of ``others`` that go when both departments agree
    :return: [Judged]
    """
    stays = {span: key for key, span in change.stay.items()}
    hindered = {(one.start, one.stop): one.by for one in change.hindered}
    found = []
    for day, start, stop in occurrences:
        state, minutes = feasible(calendar, start, stop)
        by = None
        if day in apart:
            state = APART
        elif (start, stop) in stays:
            state, by = STAYS, stays[start, stop]
        elif state == WANTED:
            by = hindered.get((start, stop)) or overlapped(others, start, stop)
            blocked = WAITS if by in leaving else OVERLAPS
            state = blocked if by else LATE if late(start) else MADE
        found.append(Judged(day, start, stop, minutes, state, by))
    return found


def overlapped(others, start, stop):
    """Key of the last of ``others`` (sorted, disjoint) that overlaps an interval, or None."""
    place = bisect_left(others, stop, key=itemgetter(0)) - 1
    return others[place][2] if place >= 0 and others[place][1] > start else None
