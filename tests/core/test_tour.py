"""Shortest asymmetric tours: published instances, and against all subsets on small ones.

The instances and their optima are TSPLIB's (G. Reinelt). They are looked for in the folder that
``SOP_DATA`` names, or beside the checkout.
"""

import os
import re
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.jobs import Job, Line
from sop_bridge.core.sequencing import evaluate, propose
from sop_bridge.core.tour import shortest_tour, tour_length

OPTIMA = {"br17": 39, "ftv33": 1286, "ftv38": 1530, "ry48p": 14422, "ft53": 6905, "ftv70": 1950}


def read(name):
    """Return the matrix of an instance, or skip the test where it is absent."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    path = Path(os.environ.get("SOP_DATA") or beside) / "changeovers" / f"{name}.atsp"
    if not path.is_file():
        pytest.skip(f"TSPLIB's {path.name} is not there; SOP_DATA names the folder of the data")
    text = path.read_text()
    size = int(re.search(r"DIMENSION\s*:\s*(\d+)", text).group(1))
    numbers = [int(word) for word in re.search(r"SECTION([\d\s]+)EOF", text).group(1).split()]
    assert len(numbers) == size * size
    return [numbers[row * size : (row + 1) * size] for row in range(size)]


@cache
def solve(name, seed=0):
    """(number of places, gap to the optimum, seconds of processor, tour) of an instance."""
    costs, began = read(name), process_time()
    tour = shortest_tour(costs, seed)
    seconds = process_time() - began
    assert sorted(tour) == list(range(len(costs)))
    return len(costs), tour_length(costs, tour) / OPTIMA[name] - 1, seconds, tour


@pytest.mark.parametrize("name", OPTIMA)
def test_published_instances(name):
    size, gap, seconds, _tour = solve(name)
    assert seconds < 5
    assert 0 <= gap <= (0 if size <= 50 else 0.02)


def test_mean_gap_is_small_with_another_seed():
    gaps = [solve(name, seed=1)[1] for name in OPTIMA]
    assert sum(gaps) / len(gaps) <= 0.01


@cache
def campaign(name):
    """Work orders, one per place, and a last one that changes back to the first place."""
    costs = read(name)
    size = len(costs)
    matrix = {
        (source, target or size): (float(costs[source][target]), 0.0)
        for source in range(size)
        for target in range(size)
        if source != target
    }
    # nothing goes on from there
    matrix[size, None] = (1e6, 0.0)
    return [Job(place, place, 1.0) for place in range(1, size + 1)], Line(matrix, start_family=0)


@pytest.mark.parametrize("name", OPTIMA)
def test_campaigns_of_the_published_instances(name):
    """What a planner gets: one work order per family, the way back included."""
    jobs, line = campaign(name)
    began = process_time()
    found = propose(jobs, line)
    assert process_time() - began < (5 if len(jobs) <= 50 else 10)
    assert found.order[-1] == len(jobs)
    gap = found.minutes / OPTIMA[name] - 1
    assert 0 <= gap <= (0 if len(jobs) <= 50 else 0.02)
    assert found.minutes <= evaluate(jobs, line).minutes


@pytest.mark.parametrize("name", OPTIMA)
def test_same_seed_gives_the_same_tour(name):
    costs = read(name)
    assert shortest_tour(costs, seed=3, rounds=300) == shortest_tour(costs, seed=3, rounds=300)


def test_mean_gap_over_all_instances():
    assert sum(solve(name)[1] for name in OPTIMA) / len(OPTIMA) <= 0.01


def test_another_seed_goes_another_way():
    costs = read("ft53")
    tours = {tuple(shortest_tour(costs, seed, rounds=20)) for seed in range(8)}
    assert len(tours) > 1, "the seed changes nothing"


def held_karp(costs):
    """Cost of the shortest tour by dynamic programming over subsets (Held and Karp 1962)."""
    size = len(costs)
    reach = {(frozenset(), 0): 0}
    for _ in range(size - 1):
        longer = {}
        for (seen, last), cost in reach.items():
            for place in set(range(1, size)) - seen:
                key = seen | {place}, place
                total = cost + costs[last][place]
                longer[key] = min(total, longer.get(key, total))
        reach = longer
    return min(cost + (costs[last][0] if size > 1 else 0) for (_seen, last), cost in reach.items())


matrices = st.integers(1, 9).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 60), min_size=size, max_size=size), min_size=size, max_size=size
    )
)


@given(matrices)
def test_small_tours_are_the_shortest(costs):
    costs = [
        [0 if row == column else cost for column, cost in enumerate(line)]
        for row, line in enumerate(costs)
    ]
    tour = shortest_tour(costs, rounds=500)
    assert tour[0] == 0
    assert sorted(tour) == list(range(len(costs)))
    assert tour_length(costs, tour) == held_karp(costs)


def test_fractions_of_minutes_come_to_an_end():
    costs = [[((row * 7 + column * 13) % 10) / 10 for column in range(20)] for row in range(20)]
    tour = shortest_tour(costs, rounds=200)
    assert sorted(tour) == list(range(20))
    assert tour_length(costs, tour) <= tour_length(costs, range(20))


def test_nothing_to_order():
    assert shortest_tour([]) == []
    assert shortest_tour([[9999]]) == [0]
    assert shortest_tour([[0, 3], [5, 0]]) == [0, 1]
    assert tour_length([[0, 3], [5, 0]], [0, 1]) == 8


@pytest.mark.parametrize(
    "costs",
    [
        [[0, 1], [1]],
        [[0, 1, 2], [1, 0, 2]],
        [[0, float("nan")], [1, 0]],
        [[0, float("inf")], [1, 0]],
    ],
)
def test_a_matrix_that_is_none(costs):
    with pytest.raises(ValueError, match="cost"):
        shortest_tour(costs)
