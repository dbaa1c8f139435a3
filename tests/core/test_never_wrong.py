"""Random plants: no minute twice, nobody in slots of others, no promise too early or too late."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plant import DAYS, customers, plants

from sop_bridge.core.board import Board, SlotSpan
from sop_bridge.core.calendar import Attendance, WorkCalendar
from sop_bridge.core.capacity import Customer, Ledger, SlotOwner, is_entitled
from sop_bridge.core.promise import Demand, Line, Plant, promise_line
from sop_bridge.core.supply import Bill, Component, Operation, Supply, Timeline

GOODS = 1000
DAY = timedelta(days=1)


# ---------------------------------------------------------------------- the same plant for the core
def board_of(plant):
    """Core Board of a random plant."""
    calendars, today, kept = {}, {}, {}
    for number, centre in plant.workcenters.items():
        shifts = [Attendance(*shift) for shift in centre.shifts]
        calendars[number] = WorkCalendar(centre.zone, shifts, centre.closed, since=plant.now)
        today[number] = calendars[number].today(plant.now)
        mine = [slot for slot in plant.slots if slot.workcenter == number]
        kept[number] = [SlotSpan(slot.id, slot.start, slot.stop) for slot in mine]
    board = Board(calendars, today, kept)
    for number, centre in plant.workcenters.items():
        for start, stop in centre.orders:
            minutes = sum(calendars[number].work_by_day(start, stop).values())
            board.add_interval(number, start, stop, minutes)
        for offset, minutes in centre.waiting.items():
            board.add(number, today[number] + timedelta(days=offset), minutes, floating=True)
    return board


def usable_for(plant, customer):
    partner, tier = customer
    who = Customer(partner, tier, tier)
    owners = {
        slot.id: SlotOwner(
            slot.tier, slot.tier, "only" if slot.only else "better", slot.partner, slot.family,
            slot.opened, slot.released,
        )
        for slot in plant.slots
    }  # fmt: skip
    return lambda slot, family: is_entitled(who, owners[slot], family=family)


# ---------------------------------------------------------------------- exhaustive search
def room(pools, plant, customer, family, workcenter, day):
    """Minutes of a day that a customer may have for goods of a family."""
    open_to = {None, *(s.id for s in plant.slots if s.lets_in(customer, family))}
    return sum(
        minutes
        for (number, when, slot), minutes in pools.items()
        if (number, when) == (workcenter, day) and slot in open_to
    )


class Search:
    """Tries every work centre and every distribution over half hours for all tasks of an order.

    :param free: ``free(work centre, day, family)`` minutes to be had
    :param work: ``work(work centre, day)`` working minutes
    """

    def __init__(self, free, work, first):
        self.free, self.work, self.first = free, work, first

    def possible(self, tasks, last, ends=None, used=()):
        """Whether tasks can end by a day.

        :param tasks: Task objects, each after those it waits for
        :param ends: {task: (day, share of it that has passed)} of those that are placed
        :param used: ((work centre, day, minutes), …) of those that are placed
        """
        if not tasks:
            return True
        task, *rest = tasks
        ends = ends or {}
        start = max([(task.ready, 0.0), *(ends[other] for other in task.after)])
        for number, minutes in task.machines:
            for end, parts in self._ends(used, number, minutes, task.family, *start, last):
                placed = (*used, *((number, *part) for part in parts))
                if self.possible(rest, last, {**ends, task.key: end}, placed):
                    return True
        return False

    def _ends(self, used, number, minutes, family, day, share, last, parts=()):
        """Yield ((day, share of it that has passed), parts) for every distribution."""
        if not minutes:
            yield (day, share), parts
            return
        if day > last:
            return
        total = self.work(number, day)
        taken = sum(part for n, when, part in used if (n, when) == (number, day))
        left = self.free(number, day, family) - taken
        most = max(0.0, min(left, total * (1 - share), minutes))
        most = minutes if minutes - most < 1e-6 else most  # a share is no exact number
        # what a share leaves of a day may be no whole number of half hours
        for part in [most, *range(int((most - 1) // 30) * 30, -1, -30)]:
            more = (*parts, (day, part)) if part else parts
            if part == minutes:
                yield (day, min(1.0, share + part / total)), more
            else:
                rest = minutes - part
                yield from self._ends(used, number, rest, family, day + DAY, 0.0, last, more)


@dataclass(frozen=True)
class Task:
    """Work of one operation for a whole order: ``machines`` are (work centre, minutes)."""

    key: tuple
    machines: tuple
    after: tuple
    ready: date
    family: int | None


# ---------------------------------------------------------------------- what is made
@dataclass(frozen=True)
class Made:
    """Goods that are made: steps of (work centre, minutes per unit) choices, and what goes in.

    :param chained: whether each step waits for the one before
    :param stock: what is there
    :param steel: day on which the steel for it comes
    """

    steps: tuple
    chained: bool
    stock: int
    steel: int
    family: int | None
    parts: tuple = ()


def tasks_of(made, quantity, first, path=()):
    """Tasks for what stock does not give, those that others wait for first."""
    missing = max(0, quantity - made.stock)
    if not missing:
        return []
    below = [
        task
        for place, part in enumerate(made.parts)
        for task in tasks_of(part, missing, first, (*path, "part", place))
    ]
    tasks = []
    for place, choices in enumerate(made.steps):
        before = (tasks[-1].key,) if made.chained and tasks else tuple(t.key for t in below)
        machines = tuple((number, minutes * missing) for number, minutes in choices)
        ready = first + made.steel * DAY
        tasks.append(Task((*path, place), machines, before, ready, made.family))
    return below + tasks


def supplies_of(made, first, found, key=GOODS):
    """Put the core Supply of some goods, and of what goes in, into a dictionary."""
    operations = []
    for place, ((number, minutes), *others) in enumerate(made.steps):
        blocked = (key + place - 1,) if made.chained and place else ()
        spare = tuple(Operation(key + place, n, m, blocked_by=blocked) for n, m in others)
        operations.append(
            Operation(key + place, number, minutes, blocked_by=blocked, alternatives=spare)
        )
    parts = [key + 100 * place for place in range(1, len(made.parts) + 1)]
    steel = -key
    components = tuple(Component(product, 1.0, 1.0) for product in (steel, *parts))
    bill = Bill(key, tuple(operations), components, rounding=1.0, family=made.family)
    found[key] = Supply(key, Timeline(first, made.stock), bill)
    found[steel] = Supply(steel, Timeline(first, 0, [(first + made.steel * DAY, 1000)]))
    for product, part in zip(parts, made.parts, strict=True):
        supplies_of(part, first, found, product)
    return found


NOTHING = st.just(())


def made_of(parts=NOTHING, steps=2, choices=1):
    """Goods that take up to so many steps, each with so many work centres to choose from."""
    choice = st.tuples(st.integers(1, 2), st.sampled_from([30, 60, 90]))
    return st.builds(
        Made,
        st.lists(
            st.lists(choice, min_size=1, max_size=choices, unique_by=lambda one: one[0]).map(tuple),
            min_size=1,
            max_size=steps,
        ).map(tuple),
        st.booleans(),
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from([None, 7, 8]),
        parts,
    )


PART = st.lists(made_of(steps=1, choices=2), max_size=1).map(tuple)
CHAINS = made_of(steps=3).map(lambda made: replace(made, chained=True))


# ---------------------------------------------------------------------- properties
def check(plant, wanted):
    """Promise what is wanted one after the other, compare with the search, and book."""
    board = board_of(plant)
    pools, work = plant.pools()
    first = min(board.today.values())
    horizon = first + (DAYS - 1) * DAY
    for customer, made, quantity in wanted:
        search = Search(
            lambda number, day, family, who=customer: room(pools, plant, who, family, number, day),
            lambda number, day: work.get((number, day), 0),
            first,
        )
        ledger = Ledger(board, usable_for(plant, customer))
        there = Plant(first, horizon, ledger, supplies_of(made, first, {}))
        found = promise_line(Line(quantity, (Demand(GOODS),)), there)
        tasks = tasks_of(made, quantity, first)
        if found.date is None:
            assert not search.possible(tasks, horizon), "it could have been promised"
            continue
        assert search.possible(tasks, found.date), "too early"
        assert found.date == first or not search.possible(tasks, found.date - DAY), "too late"
        board = book(plant, board, pools, found, customer, families_of(made))


def families_of(made, key=GOODS):
    """{operation: product family of what it makes}"""
    found = {key + place: made.family for place in range(len(made.steps))}
    for place, part in enumerate(made.parts, 1):
        found |= families_of(part, key + 100 * place)
    return found


def book(plant, board, pools, found, customer, families):
    """Book what was promised on the board, and take it out of the pools of minutes."""
    board = board.duplicate()
    for load in found.loads:
        family = families[load.operation]
        allowed = {None, *(slot.id for slot in plant.slots if slot.lets_in(customer, family))}
        key = load.workcenter, load.day, load.slot
        assert load.slot in allowed
        pools[key] = pools.get(key, 0) - load.minutes
        assert pools[key] == pytest.approx(max(0, pools[key]), abs=1e-6), "a minute booked twice"
        board.add(load.workcenter, load.day, load.minutes, load.slot)
    return board


def wanted(made, most=3):
    return st.lists(st.tuples(customers, made, st.integers(1, 3)), min_size=1, max_size=most)


@settings(max_examples=300)
@given(plants(both=True), wanted(CHAINS, 4))
def test_one_level_made_step_by_step(plant, orders):
    check(plant, orders)


@settings(max_examples=200)
@given(plants(both=True), wanted(made_of(steps=3)))
def test_steps_side_by_side(plant, orders):
    check(plant, orders)


@settings(max_examples=200)
@given(plants(both=True), wanted(made_of(steps=2, choices=2)))
def test_work_centres_that_stand_in_for_one_another(plant, orders):
    check(plant, orders)


@settings(max_examples=200)
@given(plants(both=True), wanted(made_of(st.lists(made_of(), max_size=2).map(tuple))))
def test_two_levels(plant, orders):
    check(plant, orders)


@settings(max_examples=150)
@given(plants(both=True), wanted(made_of(PART, choices=2), 2))
def test_two_levels_that_can_choose(plant, orders):
    check(plant, orders)
