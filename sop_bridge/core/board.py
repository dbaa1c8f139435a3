"""What is planned on work centres, by day: the source of days for ``capacity.Ledger``."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .calendar import DAY, to_utc
from .capacity import EPSILON, Day, SlotDay


class SlotSpan(NamedTuple):
    """A reserved slot, instants in UTC.

    :param released: open to everyone, whatever they order
    :param tier: id of the tier that it is kept for, None for a customer
    """

    id: int
    start: datetime
    stop: datetime
    released: bool = False
    tier: int | None = None


@dataclass
class Board:
    """Calendars, slots and load of work centres.

    :param calendars: {work centre: WorkCalendar}
    :param today: {work centre: first day, in its time zone}
    :param slots: {work centre: [SlotSpan]} sorted by start, without overlap
    :param fixed: {(work centre, day): {slot or None: minutes}} that stay on their day
    :param floating: {(work centre, day): minutes} without an interval: what a day has no room for
        goes on to the next days, as it does on the shop floor
    :param later: [(day, function of the board)], sorted: what begins from that day on is only
        there once the function has added it, which is when such a day is asked for
    :param held: {order: [(work centre, day, minutes, slot)]} of the load, what orders hold that
        are asked about; see ``seen_by``
    """

    calendars: dict
    today: dict
    slots: dict = field(default_factory=dict)
    fixed: dict = field(default_factory=dict)
    floating: dict = field(default_factory=dict)
    later: list = field(default_factory=list)
    held: dict = field(default_factory=dict)
    _days: dict = field(default_factory=dict)
    _left: dict = field(default_factory=dict)
    _touched: dict = field(default_factory=dict)
    _given: dict = field(default_factory=dict)

    def add(self, workcenter, day, minutes, slot=None, floating=False, who=None):
        """Add load; days before today count as today, and float.

        :param who: for whom it is, which only ``shares.SharedBoard`` remembers
        :return: (work centre, day) where it counts, and whether it floats
        """
        first = self.today[workcenter]
        if floating or day < first:
            key = workcenter, max(day, first)
            self.floating[key] = self.floating.get(key, 0.0) + minutes
            return key, True
        key = workcenter, day
        parts = self.fixed.setdefault(key, {})
        parts[slot] = parts.get(slot, 0.0) + minutes
        return key, False

    def add_interval(self, workcenter, start, stop, minutes, who=None):
        """Spread ``minutes`` over [start, stop] and over the slots that lie in it."""
        calendar = self.calendars[workcenter]
        for day, share in calendar.spread(start, stop, minutes).items():
            outside = share
            if slots := self._slots_of(workcenter, day):
                outside -= self._add_inside(workcenter, day, slots, (start, stop), share, who)
            if outside > 0:
                self.add(workcenter, day, outside, who=who)

    def _add_inside(self, workcenter, day, slots, span, minutes, who):
        """Add what part of a day's minutes lies inside slots, and return how much it is."""
        added = 0.0
        for slot, share in _shares(self.calendars[workcenter], day, slots, *span):
            self.add(workcenter, day, minutes * share, slot, who=who)
            added += minutes * share
        return added

    def duplicate(self):
        """Board with the same calendars and slots whose load can be changed apart."""
        fixed = {key: dict(parts) for key, parts in self.fixed.items()}
        floating = dict(self.floating)
        later = list(self.later)
        return Board(self.calendars, self.today, self.slots, fixed, floating, later, self.held)

    def seen_by(self, order):
        """The board for an order: what it holds is free to it, and taken for what floats.

        Load that is added to one of them is on both.
        """
        if order not in self.held:
            return self
        board = copy(self)
        board._given = {}
        for workcenter, day, minutes, slot in self.held[order]:
            parts = board._given.setdefault((workcenter, day), {})
            parts[slot] = parts.get(slot, 0.0) + minutes
        return board

    def _slots_of(self, workcenter, day):
        """Slots that touch a day."""
        touched = self._touched.get(workcenter)
        if touched is None:
            touched = self._touched[workcenter] = self._by_day(workcenter)
        return touched.get(day, ())

    def _by_day(self, workcenter):
        calendar, found = self.calendars[workcenter], {}
        for slot in self.slots.get(workcenter, ()):
            for day in calendar.days(slot.start, slot.stop):
                if slot.stop > to_utc(day, 0, calendar.zone):
                    found.setdefault(day, []).append(slot)
        return found

    def __call__(self, workcenter, day):
        """The ``Day`` of a work centre, with what floats into it."""
        number = (day - self.today[workcenter]).days
        if number < 0:
            return Day()
        bucket = self._until(workcenter, day, number)[number]
        given = self._given.get((workcenter, day))
        return _without(bucket, given) if given else bucket

    def between(self, workcenter, first, last):
        """[Day] from ``first`` to ``last``, both included, as if nothing had been given back."""
        today = self.today[workcenter]
        low, high = (first - today).days, (last - today).days
        past = [Day()] * (min(high + 1, 0) - min(low, 0))
        if high < 0:
            return past
        return past + self._until(workcenter, last, high)[max(low, 0) : high + 1]

    def _until(self, workcenter, day, number):
        """Days of a work centre from today at least until ``day``, which is ``number`` later."""
        while self.later and day >= self.later[0][0]:
            _day, read = self.later.pop(0)
            read(self)
        days = self._days.setdefault(workcenter, [])
        if number >= len(days):
            left = self._left.setdefault(workcenter, [])
            carry, later = left[-1] if left else 0.0, self.today[workcenter] + len(days) * DAY
            calendar = self.calendars[workcenter]
            while later <= day:
                if carry or self._has_load(workcenter, later):
                    bucket, carry = self._day(workcenter, later, carry)
                else:
                    bucket = Day(calendar.minutes(later))
                days.append(bucket)
                left.append(carry)
                later += DAY
        return days

    def settled(self, workcenter, day, until):
        """First day from ``day`` on by whose end everything without an interval found room.

        :param until: last day to look at
        :return: date, or None if the backlog lasts longer
        """
        day = max(day, self.today[workcenter])
        while day <= until:
            number = (day - self.today[workcenter]).days
            self._until(workcenter, day, number)
            if self._left[workcenter][number] <= EPSILON:
                return day
            day += DAY
        return None

    def _has_load(self, workcenter, day):
        key = workcenter, day
        return key in self.fixed or key in self.floating or self._slots_of(workcenter, day)

    def _day(self, workcenter, day, carry):
        calendar, key = self.calendars[workcenter], (workcenter, day)
        parts, spans = self.fixed.get(key, {}), self._slots_of(workcenter, day)
        carry += self.floating.get(key, 0.0)
        slots = spans and tuple(
            SlotDay(slot.id, minutes, parts.get(slot.id, 0.0))
            for slot in spans
            if (minutes := calendar.minutes_between(day, slot.start, slot.stop))
        )
        planned = Day(calendar.minutes(day), sum(parts.values()), slots)
        if not carry:
            return planned, carry
        part = min(carry, planned.open, planned.room)
        carry -= part
        slots = self._float(workcenter, day, slots, min(carry, planned.room - part))
        inside = sum(slot.used for slot in slots) - sum(slot.used for slot in planned.slots)
        if part or inside:
            planned = Day(planned.calendar, planned.booked + part + inside, slots)
        return planned, carry - inside

    def _float(self, workcenter, day, slots, minutes):
        """``slots`` of a day after what floats took room in those that are open to everyone."""
        released = {slot.id for slot in self._slots_of(workcenter, day) if slot.released}
        if not released or minutes <= 0:
            return slots
        found = []
        for slot in slots:
            part = min(slot.free, minutes) if slot.slot in released else 0.0
            minutes -= part
            found.append(SlotDay(slot.slot, slot.minutes, slot.used + part) if part else slot)
        return tuple(found)


def _shares(calendar, day, slots, start, stop):
    """[(slot id, share of its working time)] of the day's part of [start, stop].

    Outside of working time, the time on the clock counts.
    """
    spans = [
        (slot.id, max(start, slot.start), min(stop, slot.stop))
        for slot in slots
        if slot.start < stop and slot.stop > start
    ]
    if not spans:
        return []
    if work := calendar.minutes_between(day, start, stop):
        parts = [(slot, calendar.minutes_between(day, *span) / work) for slot, *span in spans]
        return [(slot, share) for slot, share in parts if share]
    whole = stop - start
    return [(slot, (until - since) / whole if whole else 1.0) for slot, since, until in spans]


def _without(bucket, parts):
    """A Day without some of what is booked on it, {slot or None: minutes}."""
    slots = tuple(
        slot._replace(used=slot.used - parts.get(slot.slot, 0.0)) for slot in bucket.slots
    )
    return bucket._replace(booked=bucket.booked - sum(parts.values()), slots=slots)
