"""What is planned of product families, and what the work centres change over to."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from .changeover import lookup


@dataclass(frozen=True)
class Entry:
    """What it means for a work centre to make a family on a day.

    :param joins: day on which the family runs anyway in its period, None if it does not
    :param before: family that runs before, None if nobody knows
    """

    joins: date | None = None
    before: object = None
    minutes: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True)
class Campaigns:
    """What is planned, by family and by work centre.

    :param planned: {family: ((day, quantity in the family's unit), …)} without the order
    :param periods: {family: 'week' or 'month'}
    :param matrix: {work centre: {(from, to): (minutes, cost)}}
    :param runs: {work centre: ((day, family), …) in the order of days} without the order
    :param bottlenecks: work centres whose hours limit the plant
    """

    planned: dict = field(default_factory=dict)
    periods: dict = field(default_factory=dict)
    matrix: dict = field(default_factory=dict)
    runs: dict = field(default_factory=dict)
    bottlenecks: frozenset = frozenset()
    _known: dict = field(default_factory=dict, init=False, compare=False, repr=False)

    def period(self, family, day):
        """(first day, last day) of the family's period around a day."""
        if self.periods.get(family) == "month":
            return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)

    def quantity(self, family, day):
        """Quantity of the family that is planned in the period around a day."""
        first, last = self.period(family, day)
        if (family, first) not in self._known:
            rows = self.planned.get(family, ())
            self._known[family, first] = sum(row[1] for row in rows if first <= row[0] <= last)
        return self._known[family, first]

    def changeover(self, workcenter, family, day):
        """Minutes of changing to the family on a day; none where its campaign runs anyway."""
        key = workcenter, family, day
        if key not in self._known:
            self._known[key] = self.entry(*key).minutes
        return self._known[key]

    def entry(self, workcenter, family, day):
        """Entry of a family on a work centre on a day."""
        first, last = self.period(family, day)
        runs = self.runs.get(workcenter, ())
        same = [when for when, running in runs if first <= when <= last and running == family]
        if same:
            return Entry(min(same, key=lambda when: (abs(when - day), when)))
        earlier = [running for when, running in runs if when <= day]
        before = earlier[-1] if earlier else None
        return Entry(None, before, *lookup(self.matrix.get(workcenter, {}), before, family))
