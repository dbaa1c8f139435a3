"""Plan a crowd of orders in real working time, in plain Python and from a fixed seed."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Brussels")
UTC = ZoneInfo("UTC")
OPENS, CLOSES = 6, 22  # two shifts, Monday to Friday
DAY_MINUTES = (CLOSES - OPENS) * 60
WORKDAYS = 5


@dataclass(frozen=True)
class Step:
    """One operation of a bill: ids, minutes of set-up and per unit."""

    operation: int
    workcenter: int
    setup: float
    cycle: float


@dataclass(frozen=True)
class Work:
    """One planned work order."""

    step: Step
    minutes: float
    start: datetime
    stop: datetime


def first_monday(now):
    """Return the next Monday, from which orders are planned; all days of a week share it."""
    return (now + timedelta(days=-now.weekday() % 7)).date()


class Timetable:
    """Maps minutes of working time, counted from a Monday, to moments in UTC."""

    def __init__(self, monday):
        self.monday = monday

    def moment(self, minute):
        """Return the naive UTC moment of a minute of working time."""
        days, rest = divmod(minute, DAY_MINUTES)
        weeks, weekday = divmod(int(days), WORKDAYS)
        local = datetime.combine(self.monday, datetime.min.time()) + timedelta(
            days=7 * weeks + weekday, hours=OPENS, minutes=rest
        )
        return local.replace(tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None, microsecond=0)

    def interval(self, start, minutes):
        """Return start and end of some minutes of work; an end at closing time stays there."""
        stop = self.moment(start + minutes - 1 / 60) + timedelta(seconds=1)
        return self.moment(start), stop


def plan(monday, bills, count, seed):
    """Yield (bill key, quantity, [Work]) for orders with ``count`` work orders together.

    Work centres are filled front to back with small gaps, every operation after the one before
    it, as a planner who pushes *Plan* on one order after the other would find them.

    :param bills: {key: [Step]}
    """
    rng = random.Random(seed)
    timetable, cursor = Timetable(monday), {}
    keys = sorted(bills)
    made = 0
    while made < count:
        key = rng.choice(keys)
        quantity = rng.randint(4, 20)
        works, earliest = [], 0.0
        for step in bills[key][: count - made]:
            minutes = round(step.setup + quantity * step.cycle, 2)
            gap = 0.0 if rng.random() < 0.6 else rng.expovariate(1 / 25)
            start = max(cursor.get(step.workcenter, 0.0), earliest) + gap
            earliest = cursor[step.workcenter] = start + minutes
            works.append(Work(step, minutes, *timetable.interval(start, minutes)))
        made += len(works)
        yield key, quantity, works
