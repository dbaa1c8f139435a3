"""Working time of a work centre as one line of minutes, in which nights and holidays do not exist.

Instants are naive UTC. Minutes are minutes that really elapse, so a change of the clock during a
shift makes the shift longer or shorter, as it does on the shop floor.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY = timedelta(days=1)
# Days after the start that are looked at; what is beyond goes on as if work never paused.
LIMIT = 1100


@dataclass(frozen=True, slots=True)
class Span:
    """An uninterrupted stretch of working time and the minute of the line at which it begins."""

    day: date
    start: datetime
    stop: datetime
    minute: float

    @property
    def end(self):
        """Minute of the line at which it ends."""
        return self.minute + _minutes(self.start, self.stop)


class Axis:
    """Line of working minutes of a ``WorkCalendar`` from a moment on; read as far as it is asked.

    :param calendar: WorkCalendar
    :param start: instant of minute 0; working time before it does not count
    """

    def __init__(self, calendar, start, limit=LIMIT):
        self.calendar, self.start = calendar, start
        self.spans, self._minutes, self._starts = [], [], []
        self._next = calendar.today(start)
        self._last = self._next + timedelta(days=limit)

    @property
    def length(self):
        """Minutes that have been read so far."""
        return self.spans[-1].end if self.spans else 0.0

    def minute(self, instant):
        """Working minutes that have passed at an instant; 0.0 before the start."""
        while self._next <= self._last and (not self.spans or self.spans[-1].stop < instant):
            self._read()
        place = bisect_right(self._starts, instant) - 1
        if place < 0:
            return 0.0
        span = self.spans[place]
        return span.minute + _minutes(span.start, min(instant, span.stop))

    def begin_at(self, minute):
        """Instant at which work that starts at a minute begins: after a night, the next morning."""
        return self._instant(minute, bisect_right)

    def end_at(self, minute):
        """Instant at which work that stops at a minute ends: before a night, the same evening."""
        return self._instant(minute, _bisect_before)

    def parts(self, start, stop):
        """Yield (day, from minute, to minute) of the days that [start, stop] touches."""
        self.reach(stop)
        first = max(0, bisect_right(self._minutes, start) - 1)
        for span in self.spans[first:]:
            if span.minute >= stop:
                break
            low, high = max(start, span.minute), min(stop, span.end)
            if low < high:
                yield span.day, low, high

    def day(self, day):
        """(first minute, last minute) of the working time of a day; equal where it has none."""
        while self._next <= min(day, self._last):
            self._read()
        own = [span for span in self.spans if span.day == day]
        if own:
            return own[0].minute, own[-1].end
        later = next((span.minute for span in self.spans if span.day > day), self.length)
        return later, later

    def reach(self, minute):
        """Read on until a minute is known."""
        while self.length <= minute and self._next <= self._last:
            self._read()

    def _instant(self, minute, side):
        self.reach(minute)
        place = max(0, side(self._minutes, minute) - 1)
        if not self.spans:
            return self.start + timedelta(minutes=minute)
        span = self.spans[place]
        return span.start + timedelta(minutes=max(0.0, minute - span.minute))

    def _read(self):
        day, self._next = self._next, self._next + DAY
        for start, stop in self.calendar.intervals(day):
            if stop > self.start:
                span = Span(day, max(start, self.start), stop, self.length)
                self.spans.append(span)
                self._minutes.append(span.minute)
                self._starts.append(span.start)


def _bisect_before(minutes, minute):
    """Like bisect_right, but a minute at which a span begins belongs to the span before."""
    place = bisect_right(minutes, minute)
    return place - 1 if place > 1 and minutes[place - 1] == minute else place


def _minutes(start, stop):
    return max(0.0, (stop - start).total_seconds() / 60)
