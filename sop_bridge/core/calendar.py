"""Working time of one work centre, in day buckets of its own time zone.

All instants are naive datetimes in UTC, as Odoo stores them. Minutes are minutes that really
elapse: a night shift over a change of the clock has an hour more or less than its wall clock says.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
FIRST, SECOND = 0, 1
# what customers can ask for; beyond it nobody plans, and counting days leaves the calendar
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Attendance:
    """One line of a weekly timetable, hours on the wall clock (``hour_to`` may be 24).

    ``week`` is None for every week, or FIRST / SECOND in a timetable of two weeks. Breaks are not
    attendances: leave them out.
    """

    weekday: int
    hour_from: float
    hour_to: float
    week: int | None = None


def week_parity(day):
    """FIRST or SECOND, counted as Odoo 19 does (``resource.calendar.attendance``)."""
    return (day.toordinal() - 1) // 7 % 2


@lru_cache(maxsize=1 << 15)
def to_utc(day, hour, zone):
    """Instant in UTC of ``hour`` (float) on the wall clock of ``zone``.

    An hour that does not exist or exists twice is taken in standard time, as Odoo does.
    """
    local = datetime.combine(day, time()) + timedelta(seconds=round(hour * 3600))
    offsets = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return local - min(offsets)


@lru_cache(maxsize=1 << 15)
def day_of(instant, zone):
    """Date of an instant (naive UTC) on the calendar of ``zone``, which may be one of pytz.

    Where ``zone`` has no such date, in the first and last hours there are, that of UTC.
    """
    try:
        return instant.replace(tzinfo=timezone.utc).astimezone(zone).date()
    except OverflowError:
        return instant.date()


def within(day):
    """The day, or the first or last one that customers can ask for."""
    return min(max(day, FIRST_DAY), LAST_DAY)


@lru_cache(maxsize=256)
def offsets(zone, first, last):
    """Spans of equal offset from UTC between two dates: ((from, until, minutes), ...).

    Instants are naive UTC; the last span is open-ended (``until`` is datetime.max).
    """

    def offset(instant):
        return instant.replace(tzinfo=timezone.utc).astimezone(zone).utcoffset()

    low, spans = datetime.combine(first, time()), []
    start = low
    while low.date() <= last:
        high = low + DAY
        if offset(low) != offset(high):
            before = offset(low)
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle) == before else (low, middle)
            change = high.replace(second=0, microsecond=0)
            spans.append((start, change, int(before.total_seconds()) // 60))
            start = low = change
        else:
            low = high
    spans.append((start, datetime.max, int(offset(start).total_seconds()) // 60))
    return tuple(spans)


def flexible_week(hours_per_day, hours_per_week):
    """Attendances around noon of a timetable that only says how many hours are worked.

    Days are filled from Monday until the hours of the week are used up.
    """
    lines, left = [], hours_per_week
    for weekday in range(7):
        hours = max(0.0, min(hours_per_day, left, 24.0))
        left -= hours
        if hours:
            lines.append(Attendance(weekday, 12 - hours / 2, 12 + hours / 2))
    return tuple(lines)


def merge(intervals):
    """Sorted, disjoint intervals that cover the same time."""
    result = []
    for start, stop in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1][1] = max(result[-1][1], stop)
        elif start < stop:
            result.append([start, stop])
    return [tuple(item) for item in result]


def subtract(interval, holes):
    """Parts of ``interval`` outside ``holes`` (sorted, disjoint)."""
    start, stop = interval
    parts = []
    for hole_start, hole_stop in holes:
        if hole_stop <= start or hole_start >= stop:
            continue
        if hole_start > start:
            parts.append((start, hole_start))
        start = max(start, hole_stop)
    if start < stop:
        parts.append((start, stop))
    return parts


def _minutes(start, stop):
    return max(0.0, (stop - start).total_seconds() / 60)


@lru_cache(maxsize=128)
def timetable(attendances, zone):
    """Function that gives the working intervals (naive UTC) of a day by a timetable alone, sorted.

    Kept, because the work centres of a plant share few timetables.
    """

    @lru_cache(maxsize=1 << 11)
    def shifts(day):
        parity, weekday = week_parity(day), day.weekday()
        return tuple(
            merge(
                (to_utc(day, line.hour_from, zone), to_utc(day, line.hour_to, zone))
                for line in attendances
                if line.weekday == weekday and line.week in (None, parity)
            )
        )

    return shifts


class WorkCalendar:
    """Timetable of one work centre less its time off.

    :param zone: name of the time zone in which days and hours are meant
    :param attendances: lines of the weekly timetable
    :param time_off: intervals (naive UTC) without work
    :param since: instant (naive UTC) before which no time is left; None: no limit
    """

    def __init__(self, zone, attendances, time_off=(), since=None):
        self.zone = ZoneInfo(zone)
        self.attendances = tuple(attendances)
        self.time_off = merge(time_off)
        self.since = since
        self._shifts = timetable(self.attendances, self.zone)
        self._stops = [stop for _start, stop in self.time_off]
        self._cache = {}
        self._minutes = {}

    def intervals(self, day):
        """Working intervals (naive UTC) that belong to a day, sorted."""
        if day not in self._cache:
            self._cache[day] = self._intervals(day)
        return self._cache[day]

    def _intervals(self, day):
        shifts = self._shifts(day)
        if self.since is not None and shifts and shifts[0][0] < self.since:
            shifts = [(max(start, self.since), stop) for start, stop in shifts if stop > self.since]
        if not shifts:
            return ()
        first = bisect_right(self._stops, shifts[0][0])
        holes = self.time_off[first:]
        if not holes or holes[0][0] >= shifts[-1][1]:
            return tuple(shifts)
        return tuple(part for shift in shifts for part in subtract(shift, holes))

    def minutes(self, day):
        """Working minutes of a day."""
        if day not in self._minutes:
            seconds = sum((stop - start).total_seconds() for start, stop in self.intervals(day))
            self._minutes[day] = seconds / 60
        return self._minutes[day]

    def lost_minutes(self, day):
        """(minutes by the timetable, those of them in time off, those before ``since``)"""
        usual = sum(_minutes(*shift) for shift in self._shifts(day))
        parts = (part for shift in self._shifts(day) for part in subtract(shift, self.time_off))
        worked = sum(_minutes(*part) for part in parts)
        return usual, usual - worked, worked - self.minutes(day)

    def minutes_between(self, day, start, stop):
        """Working minutes of a day inside [start, stop] (naive UTC)."""
        seconds = 0.0
        for opens, closes in self.intervals(day):
            lo, hi = max(opens, start), min(closes, stop)
            if lo < hi:
                seconds += (hi - lo).total_seconds()
        return seconds / 60

    def days(self, start, stop):
        """Days of the work centre that [start, stop] touches."""
        day, last = self._ends(start, stop)
        while day <= last:
            yield day
            day += DAY

    def _ends(self, start, stop):
        """First and last day that [start, stop] touches."""
        return day_of(start, self.zone), day_of(max(start, stop), self.zone)

    def work_by_day(self, start, stop):
        """{day: working minutes inside [start, stop]}, days without any left out."""
        return self._work(*self._ends(start, stop), start, stop)

    def _work(self, first, last, start, stop):
        """``work_by_day`` of an interval whose first and last day are known."""
        day, found = first, {}
        while day <= last:
            # between the first and the last, days are whole
            whole = first < day < last
            minutes = self.minutes(day) if whole else self.minutes_between(day, start, stop)
            if minutes > 0:
                found[day] = minutes
            day += DAY
        return found

    def spread(self, start, stop, minutes):
        """Distribute ``minutes`` over the days of [start, stop].

        Each day gets a share in proportion to its working minutes inside the interval; an interval
        wholly outside working time counts on its first day.

        :return: {day: minutes}, whose sum is ``minutes``
        """
        if minutes <= 0:
            return {}
        first, last = self._ends(start, stop)
        work = self._work(first, last, start, stop) if first < last else None
        if not work:
            return {first: minutes}
        share = minutes / sum(work.values())
        return {day: part * share for day, part in work.items()}

    def has_hours(self):
        """Whether the timetable holds any working time at all."""
        return any(line.hour_to > line.hour_from for line in self.attendances)

    def today(self, now):
        """Date of ``now`` (naive UTC) where the work centre stands."""
        return day_of(now, self.zone)


def date_range(start: date, stop: date):
    """All dates from start to stop, both included."""
    return (start + timedelta(days=n) for n in range((stop - start).days + 1))
