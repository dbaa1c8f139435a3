"""Where in a period new slots have room.

Slots are spread over the days of the period, stand in free working time and are whole steps
(quarter hours) long. Instants are naive datetimes in UTC.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from .calendar import merge, subtract

STEP = 15  # minutes
MINUTE = timedelta(minutes=1)
START = datetime(2000, 1, 3)  # any midnight; steps are counted from it


class Placed(NamedTuple):
    """A slot that found room."""

    key: object
    start: datetime
    stop: datetime

    @property
    def minutes(self):
        return (self.stop - self.start) / MINUTE


@dataclass
class Day:
    """Free time of one day.

    :param free: [(start, stop)] of free working time
    :param limit: minutes of it that may be used; some may be promised without an hour of the day
    """

    free: list
    limit: float = math.inf
    step: int = STEP
    _left: list = field(init=False)

    def __post_init__(self):
        aligned = [self._align(*span) for span in merge(self.free)]
        self._left = [span for span in aligned if span[0] < span[1]]
        self.limit = math.inf if self.limit == math.inf else self.limit // self.step * self.step

    def _align(self, start, stop):
        """The whole steps within an interval."""
        size = self.step * MINUTE
        return START - (START - start) // size * size, START + (stop - START) // size * size

    def longest(self):
        """Minutes of the longest slot that still fits."""
        spans = ((stop - start) / MINUTE for start, stop in self._left)
        return min(max(spans, default=0.0), self.limit)

    def take(self, minutes):
        """The first time of the day that holds these minutes, or (start, stop) of its longest."""
        minutes = min(minutes, self.longest())
        for place, (start, stop) in enumerate(self._left):
            if (stop - start) / MINUTE >= minutes:
                end = start + minutes * MINUTE
                self._left[place : place + 1] = [(end, stop)] if end < stop else []
                self.limit -= minutes
                return start, end
        return None

    def extend(self, moment, minutes):
        """Up to these minutes of the free time that begins at a moment: its new end."""
        for place, (start, stop) in enumerate(self._left):
            if start == moment:
                size = min(minutes, (stop - start) / MINUTE, self.limit)
                moment = start + size * MINUTE
                self._left[place : place + 1] = [(moment, stop)] if moment < stop else []
                self.limit -= size
                break
        return moment


def free_time(work, taken):
    """Parts of working intervals that nothing takes.

    :param work: [(start, stop)], sorted
    :param taken: [(start, stop)] in any order
    """
    holes = merge(taken)
    return [part for span in work for part in subtract(span, holes)]


def place(days, wants, least=60, step=STEP):
    """Place slots, those of the first want first, each want evenly over the days.

    A want is rounded up to whole steps. No slot is shorter than ``least``, unless its want is.

    :param days: [Day] in their order; they are used up
    :param wants: [(key, minutes)]
    :param least: smallest length of a slot in minutes
    :return: ([Placed] sorted by start, {key: minutes that found no room})
    :raise ValueError: for a smallest length of 0 or less
    """
    if least <= 0:
        raise ValueError(f"A slot of {least} minutes is none.")
    least = _whole(least, step)
    placed, missing = [], {}
    for key, minutes in wants:
        left = _whole(minutes, step)
        spans, left = _spread(days, left, min(least, left), step)
        placed += [Placed(key, *span) for span in merge(spans)]
        if left:
            missing[key] = missing.get(key, 0) + left
    return sorted(placed, key=lambda one: one.start), missing


def _whole(minutes, step):
    """The number of minutes in whole steps, rounded up; noise of floats does not count."""
    return math.ceil(max(0.0, minutes) / step - 1e-6) * step


def _spread(days, left, least, step):
    """Intervals for ``left`` minutes, and how many of them found no room."""
    taken = []
    while left > 0:
        # each round takes a slot from one of these days at least, so the rounds end
        usable = [day for day in days if day.longest() >= least]
        if not usable or left < least:
            break
        count = max(1, min(len(usable), left // least))
        share = _whole(left / count, step)
        for day in _evenly(usable, count):
            span = _take(day, min(share, left), left, least)
            if span:
                taken.append((day, *span))
                left -= int((span[1] - span[0]) / MINUTE)
    return _grow(taken, left)


def _grow(taken, left):
    """Let slots go on where they end, for what is too short for a slot of its own."""
    spans = []
    for day, start, stop in taken:
        end = day.extend(stop, left)
        left -= int((end - stop) / MINUTE)
        spans.append((start, end))
    return spans, left


def _take(day, wanted, left, least):
    """Interval of a day, of which no rest remains that is too short for a slot, if it can be."""
    size = min(wanted, day.longest())
    if 0 < left - size < least:
        size = left if left <= day.longest() else max(left - least, least)
    return day.take(size) if size >= least else None


def _evenly(days, count):
    """``count`` days, spread over all of them."""
    return [days[(2 * number + 1) * len(days) // (2 * count)] for number in range(count)]
