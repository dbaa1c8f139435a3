"""What is planned of product families, and what the work centres change over to."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import timedelta

from .changeover import lookup


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
            self._known[key] = self._changeover(*key)
        return self._known[key]

    def _changeover(self, workcenter, family, day):
        first, last = self.period(family, day)
        runs = self.runs.get(workcenter, ())
        if any(first <= when <= last and running == family for when, running in runs):
            return 0.0
        before = [running for when, running in runs if when <= day]
        return lookup(self.matrix.get(workcenter, {}), before[-1] if before else None, family)[0]
