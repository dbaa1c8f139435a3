"""Recurring slots: on which days and between which instants, and what a changed rule replaces.

Hours are those of the wall clock where the work centre stands; instants are naive datetimes in
UTC, as Odoo stores them. Weeks and counts are those of RFC 5545 (``dateutil.rrule``): weeks begin
on Monday and are counted from the week of the first day, and an excluded day uses up its count.
"""

from bisect import bisect_left
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import MO, WEEKLY, rrule

from .calendar import DAY, offsets, to_utc


@dataclass(frozen=True)
class Recurrence:
    """When a slot comes again.

    :param weekdays: days of the week on which it starts, 0 = Monday
    :param hour_from, hour_to: hours on the wall clock, 0–24; a ``hour_to`` that is not later than
        ``hour_from`` means the next day, so that 22–6 is a night and 6–6 a whole day
    :param first: no occurrence is before this day
    :param every: weeks from one occurrence to the next on the same weekday
    :param until: no occurrence starts after this day
    :param count: number of occurrences, those on excluded days too
    :param excluded: days on which it does not start
    :raise ValueError: for a recurrence that says nothing or contradicts itself
    """

    weekdays: tuple[int, ...]
    hour_from: float
    hour_to: float
    first: date
    every: int = 1
    until: date | None = None
    count: int | None = None
    excluded: frozenset[date] = frozenset()

    def __post_init__(self):
        if not self.weekdays or not set(self.weekdays) <= set(range(7)):
            raise ValueError(f"Choose one or more days of the week, not {self.weekdays}.")
        if not (0 <= self.hour_from < 24 and 0 <= self.hour_to <= 24):
            raise ValueError(f"Hours go from 0 to 24, not {self.hour_from} to {self.hour_to}.")
        if self.every < 1:
            raise ValueError(f"A slot comes every week or less often, not every {self.every}.")
        if self.count is not None and (self.count < 1 or self.until is not None):
            raise ValueError("Give a last day, or a number of times of at least 1, not both.")


class Occurrence(NamedTuple):
    """One time that a slot comes: the day on which it starts, and its instants in UTC."""

    day: date
    start: datetime
    stop: datetime


class Hindered(NamedTuple):
    """A wanted interval that cannot be made, because a used slot that stays overlaps it."""

    start: datetime
    stop: datetime
    by: Hashable


@dataclass(frozen=True)
class Change:
    """What a changed rule does with the slots that it made before.

    :param stay: {key: (start, stop)} of the slots that are still wanted as they are
    :param used: {key: (start, stop)} of those no longer wanted, which stay because they are used
    :param go: {key: (start, stop)} of those to remove
    :param make: [(start, stop)] to make, sorted
    :param hindered: [Hindered], sorted
    """

    stay: dict
    used: dict
    go: dict
    make: list
    hindered: list


def days(recurrence, first, last):
    """Days on which the slot starts.

    :param first, last: dates, both included
    :return: [date], sorted
    """
    rule = rrule(
        WEEKLY,
        dtstart=_midnight(recurrence.first),
        interval=recurrence.every,
        wkst=MO,
        byweekday=sorted(set(recurrence.weekdays)),
        until=recurrence.until and _midnight(recurrence.until),
        count=recurrence.count,
    )
    found = (moment.date() for moment in rule.between(_midnight(first), _midnight(last), inc=True))
    return [day for day in found if day not in recurrence.excluded]


def occurrences(recurrence, first, last, zone):
    """The slot's intervals that start between two days.

    On a day when the clock changes, an interval is as long as it really is: 1 to 5 o'clock has an
    hour less or more. An hour that exists twice is taken in standard time, as the timetables do.
    An hour that does not exist is the moment of the change, so that what remains of the interval is
    kept and intervals that touch still do; one wholly within such hours does not take place.

    :param first, last: dates where the work centre stands, both included
    :param zone: name of its time zone
    :return: [Occurrence], sorted, none of which overlap
    """
    place = ZoneInfo(zone)
    over = DAY if recurrence.hour_to <= recurrence.hour_from else timedelta()
    found = (
        Occurrence(
            day,
            instant(day, recurrence.hour_from, place),
            instant(day + over, recurrence.hour_to, place),
        )
        for day in days(recurrence, first, last)
    )
    return [one for one in found if one.start < one.stop]


def instant(day, hour, zone):
    """Instant (naive UTC) of an hour on the wall clock; see ``occurrences`` for odd hours.

    :param hour: 0–24
    :param zone: ZoneInfo
    """
    local = _midnight(day) + timedelta(seconds=round(hour * 3600))
    before, after = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if before >= after:
        return to_utc(day, hour, zone)
    # the clock jumps over this hour, and changes only once in these days
    return offsets(zone, day - DAY, day + DAY)[1][0]


def merge(wanted, existing, used, other=frozenset()):
    """What to do with the slots of a rule after it has changed.

    Done again with what it results in, it changes nothing.

    :param wanted: intervals (start, stop) that the rule asks for now, disjoint
    :param existing: {key: (start, stop)} of the slots that it has made and that may still change,
        disjoint, as the database keeps them; leave out what is past
    :param used: keys of those that orders use; they always stay
    :param other: keys of those kept for somebody else than the rule says now: also where their
        interval is wanted, they go, or stay and are in the way
    :return: Change
    """
    wanted = set(wanted)
    stay = {key: span for key, span in existing.items() if span in wanted and key not in other}
    left = {key: span for key, span in existing.items() if key not in stay}
    kept = {key: span for key, span in left.items() if key in used}
    blocking = sorted(((*span, key) for key, span in kept.items()), key=itemgetter(0))
    starts = [start for start, _stop, _key in blocking]
    make, hindered = [], []
    for start, stop in sorted(wanted - set(stay.values())):
        place = bisect_left(starts, stop) - 1
        if place >= 0 and blocking[place][1] > start:
            hindered.append(Hindered(start, stop, blocking[place][2]))
        else:
            make.append((start, stop))
    go = {key: span for key, span in left.items() if key not in kept}
    return Change(stay, kept, go, make, hindered)


def _midnight(day):
    return datetime.combine(day, time())
