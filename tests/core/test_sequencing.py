"""Order of a campaign: what an order means, and the best one."""

from dataclasses import replace
from itertools import permutations
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_bridge.core.jobs import Job, Line, Proposal, Stretch
from sop_bridge.core.sequencing import evaluate, propose, work

WHITE, RED, BLACK = 1, 2, 3
# Darker is quick, lighter takes cleaning.
PAINT = {
    (WHITE, RED): (10.0, 4.0),
    (WHITE, BLACK): (15.0, 5.0),
    (RED, BLACK): (10.0, 3.0),
    (RED, WHITE): (60.0, 40.0),
    (BLACK, RED): (50.0, 30.0),
    (BLACK, WHITE): (90.0, 80.0),
}
LINE = Line(PAINT, start_family=WHITE)


def jobs(*families, **values):
    """Jobs a, b, c … of 60 minutes each; values: what all of them have."""
    return [Job("abcdefgh"[step], family, 60.0, **values) for step, family in enumerate(families)]


@pytest.mark.parametrize(
    ("begin", "minutes", "closed", "expected"),
    [
        (10, 30, (), (10, 40)),
        (10, 30, ((40, 50),), (10, 40)),  # just fits before
        (10, 30, ((0, 10),), (10, 40)),
        (10, 30, ((20, 50),), (10, 70)),  # stops and goes on behind
        (10, 30, ((5, 50),), (50, 80)),  # begins behind
        (10, 30, ((20, 50), (60, 70)), (10, 80)),
        (10, 30, ((20, 50), (30, 40)), (10, 70)),  # one within the other
        (10, 30, ((20, 40), (30, 50)), (10, 70)),  # they overlap
        (10, 0, ((10, 50),), (10, 10)),
        (10, 0, ((5, 50),), (50, 50)),
    ],
)
def test_work_pauses_over_closed_stretches(begin, minutes, closed, expected):
    assert work(begin, minutes, closed) == expected


def test_an_order_in_figures():
    batch = [
        Job("a", WHITE, 60.0, due=60.0),
        Job("b", BLACK, 30.0, due=100.0, late_cost=2.0),
        Job("c", RED, 20.0, ready=200.0),
        Job("d", RED, 40.0, due=250.0),
    ]
    found = evaluate(batch, LINE)
    assert [(turn.begin, turn.start, turn.stop) for turn in found.turns] == [
        (0, 0, 60),
        (60, 75, 105),
        (105, 200, 220),  # changed over from minute 105 to 155, then waits until it is ready
        (220, 220, 260),
    ]
    assert found.order == ("a", "b", "c", "d")
    assert (found.minutes, found.cost) == (65, 35)
    assert (found.late, found.lateness, found.late_cost) == (("b", "d"), 15, 10)
    assert found.campaigns == (WHITE, BLACK, RED)
    assert found.stop == 260


def test_nobody_knows_what_ran_before():
    matrix = {**PAINT, (None, RED): (25.0, 9.0)}
    assert evaluate(jobs(RED), Line(matrix)).minutes == 25
    assert evaluate(jobs(RED), Line(PAINT)).minutes == 0
    assert evaluate(jobs(None, RED, None), Line({(None, None): (45.0, 1.0)})).minutes == 90


def test_no_jobs():
    assert propose([], LINE) == evaluate([], LINE) == Proposal()
    assert (Proposal().minutes, Proposal().stop, Proposal().campaigns) == (0, 0, ())


def test_families_run_once_where_no_date_forbids():
    batch = jobs(BLACK, WHITE, RED, WHITE, BLACK, RED, WHITE, RED)
    found = propose(batch, LINE)
    assert found.campaigns == (WHITE, RED, BLACK)
    assert (found.minutes, found.cost) == (20, 7)
    assert evaluate(batch, LINE).minutes > 200
    # Within a family they stay as they were.
    assert found.order == ("b", "d", "g", "c", "f", "h", "a", "e")


def test_a_family_is_split_where_a_date_demands_it():
    batch = jobs(WHITE, WHITE, BLACK, WHITE)
    assert propose(batch, LINE).campaigns == (WHITE, BLACK)
    batch[2] = replace(batch[2], due=140.0)
    found = propose(batch, LINE)
    assert found.campaigns == (WHITE, BLACK, WHITE)
    assert not found.late
    # Only as early as it must: one white job fits before.
    assert found.order[1] == "c"


def test_lateness_costs_more_than_a_changeover_or_less():
    """Both orders have one late job; which one depends on the money."""
    late = [
        Job("a", WHITE, 60.0, due=-10.0),
        Job("b", WHITE, 60.0),
        Job("c", BLACK, 60.0, due=-5.0),
    ]
    batch = [late[2], late[0], late[1]]
    assert propose(batch, LINE).order == ("a", "b", "c")
    dear = [replace(late[2], late_cost=9.0), late[0], late[1]]
    assert propose(dear, LINE).order[0] == "c"


def test_a_minute_of_changeover_has_its_price():
    matrix = {(1, 2): (100.0, 0.0), (2, 1): (10.0, 50.0)}
    batch = [Job("a", 1, 10.0), Job("b", 2, 10.0)]
    assert propose(batch, Line(matrix, None, minute_cost=0.1)).order == ("a", "b")
    assert propose(batch, Line(matrix, None, minute_cost=1.0)).order == ("b", "a")
    # Without any money the minutes decide.
    free = {pair: (minutes, 0.0) for pair, (minutes, _cost) in matrix.items()}
    assert propose(batch, Line(free, None, minute_cost=0.0)).order == ("b", "a")


def test_a_slot_is_for_those_entitled_to_it():
    slot = Stretch(60.0, 180.0, frozenset({"b"}))
    line = Line({}, closed=(slot,))
    batch = [Job("a", None, 60.0), Job("c", None, 60.0), Job("b", None, 60.0, due=120.0)]
    now = evaluate(batch, line)
    assert [(turn.start, turn.stop) for turn in now.turns] == [(0, 60), (180, 240), (240, 300)]
    assert now.late == ("b",)
    found = propose(batch, line)
    assert found.order == ("a", "b", "c")
    assert [(turn.start, turn.stop) for turn in found.turns] == [(0, 60), (60, 120), (180, 240)]


def test_the_order_given_stays_if_none_is_better():
    batch = jobs(RED, RED, RED, due=1000.0)
    assert propose(batch, LINE) == evaluate(batch, LINE)
    assert propose(batch[::-1], LINE).order == ("c", "b", "a")


@st.composite
def plants(draw, most=6):
    """(jobs, line) of up to so many jobs and three families, with slots and late jobs."""
    minutes = st.integers(0, 90).map(float)
    matrix = draw(
        st.dictionaries(
            st.tuples(st.sampled_from([None, 1, 2, 3]), st.sampled_from([1, 2, 3])),
            st.tuples(minutes, minutes),
        )
    )
    batch = [
        Job(
            key,
            draw(st.sampled_from([1, 2, 3, None])),
            draw(minutes),
            draw(st.none() | st.integers(-50, 400).map(float)),
            draw(st.just(0.0) | minutes),
            draw(st.sampled_from([0.0, 0.5, 2.0])),
        )
        for key in range(draw(st.integers(0, most)))
    ]
    closed = tuple(
        Stretch(start, start + draw(minutes), draw(st.frozensets(st.integers(0, most))))
        for start in draw(st.lists(st.integers(0, 300).map(float), max_size=2))
    )
    family = draw(st.sampled_from([None, 1]))
    return batch, Line(matrix, family, closed, draw(st.sampled_from([0.0, 0.5, 1.0])))


def price(found, line):
    """What the best order has least of: late jobs, money, changeover minutes."""
    money = found.cost + found.minutes * line.minute_cost + found.late_cost
    return len(found.late), money, found.minutes


@settings(max_examples=60)
@given(plants())
def test_no_order_is_better(plant):
    batch, line = plant
    given = evaluate(batch, line)
    orders = (evaluate(order, line) for order in permutations(batch))
    best = min(price(order, line) for order in orders if order.lateness <= given.lateness + 1e-6)
    assert price(propose(batch, line, rounds=4000), line) == pytest.approx(best)


@given(plants(most=14), st.integers(0, 3))
def test_never_later_than_the_order_given(plant, seed):
    batch, line = plant
    given, found = evaluate(batch, line), propose(batch, line, seed, rounds=60)
    assert sorted(found.order) == sorted(given.order)
    assert len(found.late) <= len(given.late)
    assert found.lateness <= given.lateness + 1e-6
    assert price(found, line) <= price(given, line)
    assert found == propose(batch, line, seed, rounds=60)
    by_key = {job.key: job for job in batch}
    assert found == evaluate([by_key[key] for key in found.order], line)


@given(plants(most=14))
def test_no_job_runs_where_or_when_it_may_not(plant):
    batch, line = plant
    end = 0.0
    for turn in propose(batch, line, rounds=20).turns:
        closed = [part for part in line.closed if turn.job.key not in part.keys]
        assert end <= turn.begin <= turn.start <= turn.stop
        assert turn.start >= turn.job.ready
        open_minutes = sum(
            not any(part.start <= minute < part.stop for part in closed)
            for minute in range(int(turn.start), int(turn.stop))
        )
        assert open_minutes == turn.job.minutes
        end = turn.stop


def test_many_families_without_dates_follow_the_shortest_way():
    """On a ring where only the next family is near, one round is the best there is."""
    size = 40
    matrix = {
        (one, other): (float((other - one) % size) * 5, 0.0)
        for one in range(size)
        for other in range(size)
        if one != other
    }
    batch = [Job(key, key * 17 % size, 30.0) for key in range(size)]
    found = propose(batch, Line(matrix, start_family=0), rounds=50)
    assert found.order == tuple(sorted(range(size), key=lambda key: key * 17 % size))
    assert found.minutes == 5 * (size - 1)


@pytest.mark.parametrize(
    "values",
    [
        {"minutes": -1.0},
        {"minutes": nan},
        {"minutes": inf},
        {"minutes": 1.0, "ready": -1.0},
        {"minutes": 1.0, "late_cost": nan},
        {"minutes": 1.0, "due": inf},
    ],
)
def test_a_job_with_impossible_numbers(values):
    with pytest.raises(ValueError, match="Job x"):
        Job("x", None, **values)


@pytest.mark.parametrize(("start", "stop"), [(10.0, 9.0), (nan, 9.0), (0.0, inf)])
def test_an_impossible_stretch(start, stop):
    with pytest.raises(ValueError, match="stretch"):
        Stretch(start, stop)


@pytest.mark.parametrize("cost", [-0.1, nan, inf])
def test_an_impossible_cost_of_a_minute(cost):
    with pytest.raises(ValueError, match="minute"):
        Line({}, minute_cost=cost)


@pytest.mark.parametrize("act", [evaluate, propose])
def test_a_job_named_twice(act):
    with pytest.raises(ValueError, match="Job a is named twice"):
        act([*jobs(RED, BLACK), Job("a", RED, 5.0)], LINE)
