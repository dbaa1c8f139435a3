"""Random plants, and what is true of them by looking at every half hour.

Nothing here uses the add-on's own reckoning of time, capacity or entitlement: the truth is found by
walking through the half hours of a few weeks, on the wall clock of each work centre.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

CELL = timedelta(minutes=30)
DAYS = 6
UTC = ZoneInfo("UTC")
# weeks in which the clock changes in one of them, and one in which it does not
STARTS = [datetime(2026, 3, 27, 0), datetime(2026, 10, 23, 0), datetime(2026, 7, 1, 0)]
ZONES = ["UTC", "Europe/Paris", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe"]
TIERS = {1: 1, 2: 2, 3: 3}  # tier: rank
FAMILIES = [None, 7, 8]


@dataclass(frozen=True)
class Slot:
    """Time kept for a tier or a partner, as the design says it in words."""

    id: int
    workcenter: int
    start: datetime
    stop: datetime
    tier: int | None
    only: bool
    partner: int | None
    family: int | None
    opened: int | None
    released: bool

    def lets_in(self, customer, family):
        """Whether a customer (partner, tier) may use it for goods of a family."""
        partner, tier = customer
        if self.released:
            return True
        if self.family and self.family != family:
            return False
        if self.partner and self.partner == partner:
            return True
        if tier is None:
            return False
        if self.opened and TIERS[tier] <= self.opened:
            return True
        if self.tier is None:
            return False
        return tier == self.tier if self.only else TIERS[tier] <= TIERS[self.tier]


@dataclass
class Workcenter:
    """A work centre with weekly shifts (weekday, from, to on the wall clock) and closed times."""

    zone: str
    shifts: list
    closed: list
    orders: list  # (start, stop) that are fully worked
    waiting: dict = field(default_factory=dict)  # {day number: minutes} without an interval

    def works(self, moment):
        """Whether it works in the half hour from a moment (naive UTC) on."""
        local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone))
        hour = local.hour + local.minute / 60
        on = any(day == local.weekday() and lo <= hour < hi for day, lo, hi in self.shifts)
        return on and not any(lo <= moment < hi for lo, hi in self.closed)

    def day(self, moment):
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).date()


@dataclass
class RandomPlant:
    """Work centres 1, 2, … with their slots, from ``now`` on."""

    now: datetime
    workcenters: dict
    slots: list

    def cells(self, number):
        """[(day, working, taken by an order, slot or None)] of every half hour from now on."""
        centre, moment = self.workcenters[number], self.now
        stop = self.now + timedelta(days=DAYS + 2)
        while moment < stop:
            slot = next(
                (s for s in self.slots if s.workcenter == number and s.start <= moment < s.stop),
                None,
            )
            taken = any(lo <= moment < hi for lo, hi in centre.orders)
            yield centre.day(moment), centre.works(moment), taken, slot
            moment += CELL

    def pools(self):
        """({(work centre, day, slot id or None): free minutes}, {(work centre, day): minutes})."""
        free, work = {}, {}
        for number in self.workcenters:
            for day, works, taken, slot in self.cells(number):
                if works:
                    work[number, day] = work.get((number, day), 0) + 30
                if works and not taken:
                    key = number, day, slot and slot.id
                    free[key] = free.get(key, 0) + 30
            self._let_wait_flow(number, free)
        return free, work

    def _let_wait_flow(self, number, free):
        """Orders without an interval take what is open from their day on."""
        carry, first = 0, self.workcenters[number].day(self.now)
        for offset in range(DAYS + 3):
            day = first + timedelta(days=offset)
            carry += self.workcenters[number].waiting.get(offset, 0)
            part = min(carry, free.get((number, day, None), 0))
            if part:
                free[number, day, None] -= part
                carry -= part


# ---------------------------------------------------------------------- drawing
@st.composite
def workcenters(draw, now):
    """A work centre whose shifts begin and end when the clock does not change."""
    shift = st.sampled_from([(0, 6), (4, 12), (6, 10), (8, 12), (13, 17), (14, 22), (20, 24)])
    shifts = [
        (weekday, *hours)
        for weekday in range(7)
        for hours in draw(st.lists(shift, max_size=2, unique=True))
    ]
    return Workcenter(
        draw(st.sampled_from(ZONES)),
        shifts,
        draw(spans(now, 2, 24)),
        draw(spans(now, 3, 8)),
        draw(st.dictionaries(st.integers(0, 3), st.sampled_from([30, 120, 300]), max_size=2)),
    )


@st.composite
def spans(draw, now, most, longest):
    """Disjoint spans of half hours from now on, sorted."""
    edges = draw(st.lists(st.tuples(st.integers(0, 48 * DAYS), st.integers(1, 2 * longest)),
                          max_size=most))  # fmt: skip
    found, last = [], -1
    for first, length in sorted(edges):
        if first >= last:
            last = first + length
            found.append((now + first * CELL, now + last * CELL))
    return found


@st.composite
def slots(draw, now, number, first_id):
    """Slots of a work centre, which do not overlap."""
    tier = st.sampled_from(sorted(TIERS))
    found = []
    for start, stop in draw(spans(now, 4, 10)):
        kind = draw(st.sampled_from(["tier", "tier", "partner", "both"]))
        found.append(
            Slot(
                first_id + len(found),
                number,
                start,
                stop,
                draw(tier) if kind != "partner" else None,
                draw(st.booleans()),
                draw(st.sampled_from([10, 20])) if kind != "tier" else None,
                draw(st.sampled_from(FAMILIES)),
                draw(st.sampled_from([None, None, 2, 3])),
                draw(st.sampled_from([False, False, False, True])),
            )
        )
    return found


@st.composite
def plants(draw, both=False):
    """A RandomPlant of one or two work centres, at a whole half hour of some day."""
    now = draw(st.sampled_from(STARTS)) + draw(st.integers(0, 60)) * CELL
    count = 2 if both else draw(st.integers(1, 2))
    kept = []
    for number in range(1, count + 1):
        kept += draw(slots(now, number, 100 * number))
    return RandomPlant(now, {n: draw(workcenters(now)) for n in range(1, count + 1)}, kept)


customers = st.sampled_from([(10, 1), (20, 2), (30, 3), (40, None), (10, 3), (50, 2)])
