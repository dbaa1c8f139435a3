"""Hours to protect: published cases, optimality for two classes, minimum service, expectations."""

import json
import os
from itertools import pairwise
from math import ceil, floor, inf, sqrt
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_bridge.core.protection import (
    Demand,
    Estimate,
    blend,
    chance,
    earned,
    emsr_b,
    estimate,
    expect,
    littlewood,
    protect,
)


def eighth(number):
    return number / 8


classes = st.lists(
    st.builds(
        Demand,
        value=st.integers(-160, 4000).map(eighth),
        mean=st.integers(0, 1600).map(eighth),
        deviation=st.integers(0, 640).map(eighth),
        minimum=st.sampled_from([0.0, 0.0, 0.3, 1.0]),
    ),
    max_size=5,
)


def demands(values, means, deviations):
    return [Demand(*row) for row in zip(values, means, deviations, strict=True)]


@pytest.fixture(scope="module")
def published():
    """Reference cases: SOP_DATA, or shared/data by the checkout."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    source = Path(os.environ.get("SOP_DATA") or beside) / "revenue_management" / "cases.json"
    if not source.exists():
        pytest.skip(f"the reference cases are not at {source}; set SOP_DATA")
    return json.loads(source.read_text())


def test_the_reference_cases_of_emsr_b(published):
    assert published["emsr"]
    for case in published["emsr"]:
        found = emsr_b(demands(case["fare"], case["mean"], case["sd"]))
        assert found == pytest.approx(case["emsr_b"], abs=0.01), case["name"]


def test_the_reference_cases_of_littlewood(published):
    case = published["littlewood"]
    high = Demand(1.0, case["mean_high"], case["sd_high"])
    for ratio, exact in zip(case["fare_ratio"], case["exact"], strict=True):
        limit = case["capacity"] - littlewood(high, Demand(ratio, 0), case["capacity"])
        assert limit == pytest.approx(exact, abs=0.01)


def test_the_booking_limits_in_whole_units_as_they_were_published(published):
    case = published["littlewood"]
    high = Demand(1.0, case["mean_high"], case["sd_high"])
    found = [
        case["capacity"] - floor(littlewood(high, Demand(ratio, 0), case["capacity"]))
        for ratio in case["fare_ratio"]
    ]
    assert found == case["booking_limit_low"]


@pytest.mark.parametrize(
    ("values", "means", "deviations", "levels", "digits"),
    [
        # the check of the product's own description
        ([100, 60], [80, 0], [20, 0], [74.9], 1),
        # Talluri and van Ryzin (2004), static single-resource example, first fares
        (
            [1050, 567, 534, 520],
            [17.3, 45.1, 39.6, 34],
            [5.8, 15, 13.2, 11.3],
            [16.7, 50.9, 83.2],
            1,
        ),
        # Fiig et al., Optimization of mixed fare structures (2010), page 13, as in RevPy's tests
        (
            [1200, 1000, 800, 600, 400, 200],
            [31.2, 10.9, 14.8, 19.9, 26.9, 36.3],
            [11.2, 6.6, 7.7, 8.9, 10.4, 12],
            [20, 35, 54, 80, 117],
            0,
        ),
        # RevPy, tests/test_optimizers.py: classes without demand, and demand without spread
        (
            [1200, 1000, 800, 600, 400, 200],
            [31.2, 0, 14.8, 19.9, 0, 36.3],
            [0] * 6,
            [31, 31, 46, 66, 66],
            0,
        ),
        # Belobaba in Belobaba, Odoni and Barnhart, The global airline industry (2009): EMSRb
        # example of six classes and 135 seats, limits 135, 129, 112, 98, 73, 40
        (
            [670, 550, 420, 310, 220, 140],
            [12, 17, 10, 22, 27, 47],
            [7, 8, 6, 9, 10, 14],
            [6, 23, 37, 62, 95],
            0,
        ),
        # exercise of Chopra and Meindl, Supply chain management: a trucking firm keeps cubic feet
        # for the spot market; the published solution rounds the share to 0.23
        ([1, 0.77], [60_000, 0], [20_000, 0], [45_223], 0),
        # exercise of an airline at edustrings.com/mathematics/2442526: 770 and 440, N(100, 25)
        ([770, 440], [100, 0], [25, 0], [95.5], 1),
    ],
)
def test_published_cases(values, means, deviations, levels, digits):
    found = emsr_b(demands(values, means, deviations))
    assert [round(level, digits) for level in found] == levels


# Phillips (2005), EMSR-b example, as in cyy0523xc/code r/emsrb.r (second fares of Talluri and van
# Ryzin), and the example of EMSRb in CRAN's package RM2 with its output: both in whole units
def test_published_cases_that_are_rounded_up():
    fares, means, spreads = [1050, 950, 699, 520], [17.3, 45.1, 39.6, 34], [5.8, 15, 13.2, 11.3]
    assert [ceil(one) for one in emsr_b(demands(fares, means, spreads), 130)] == [10, 54, 97]
    fares, means = [250, 150, 100, 50], [50, 75, 125, 500]
    found = emsr_b(demands(fares, means, map(sqrt, means)), 400)
    assert [ceil(one) for one in found] == [49, 125, 257]


def test_a_level_stays_within_the_capacity():
    many = demands([100, 10, 5], [80, 50, 10], [20, 10, 1])
    assert emsr_b(many, 60) == [60, 60]
    assert emsr_b([Demand(100, 10, 100), Demand(90, 10)], 60) == [0]


def test_levels_never_fall():
    # the spread of the second class alone would bring the second level down to 0
    assert emsr_b(demands([1000, 990, 985], [10, 1, 10], [0, 40, 0])) == [10, 10]


def test_a_class_that_earns_nothing_gets_nothing():
    assert emsr_b(demands([100, 0], [30, 50], [5, 5]), 80) == [80]
    assert emsr_b(demands([100, -4], [0, 50], [0, 5]), 80) == [80]


def test_classes_of_equal_value_are_not_kept_apart():
    assert emsr_b(demands([70, 70], [30, 50], [5, 5])) == [0]


@pytest.mark.parametrize("few", [[], [Demand(100, 30, 5)]])
def test_there_is_nothing_to_protect_from_for_less_than_two_classes(few):
    assert emsr_b(few) == []


@pytest.mark.parametrize(
    ("many", "capacity", "message"),
    [
        (demands([60, 100], [1, 1], [0, 0]), inf, "most valuable class first"),
        (demands([100, 60], [-1, 1], [0, 0]), inf, "Class 1 has mean -1"),
        (demands([100, 60], [1, 1], [0, -2]), inf, "Class 2 has mean 1 and deviation -2"),
        (demands([100, float("nan")], [1, 1], [0, 0]), inf, "most valuable class first"),
        ([Demand(1, 1, 0, 1.5)], inf, "share from 0 to 1"),
        ([], -1, "cannot be less than 0"),
    ],
)
def test_what_the_rule_is_not_made_for_is_refused(many, capacity, message):
    with pytest.raises(ValueError, match=message):
        emsr_b(many, capacity)


def bookings(ranked, levels, capacity, draw):
    """Hours booked by each class (best first) in one draw of the demand, worse classes first."""
    used, booked = 0.0, []
    for place in reversed(range(len(ranked))):
        limit = capacity - (levels[place - 1] if place else 0.0)
        demand = max(0.0, draw(ranked[place].mean, ranked[place].deviation))
        booked.append(min(demand, max(0.0, limit - used)))
        used += booked[-1]
    return booked[::-1]


def simulate(ranked, levels, capacity, rounds=20_000, seed=7):
    """Mean hours booked by each class, best first."""
    draw = Random(seed).gauss
    rows = [bookings(ranked, levels, capacity, draw) for _round in range(rounds)]
    return [sum(column) / rounds for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    ("high", "low"),
    [
        (Demand(100, 80, 20), Demand(60, 90, 15)),
        (Demand(100, 60, 25), Demand(85, 120, 30)),
        (Demand(300, 40, 10), Demand(30, 150, 40)),
    ],
)
def test_no_other_level_earns_more_for_two_classes(high, low):
    capacity, ranked = 130, [high, low]
    best = littlewood(high, low, capacity)

    def earned(level):
        booked = simulate(ranked, [level], capacity)
        return sum(one.value * hours for one, hours in zip(ranked, booked, strict=True))

    # the same draws for every level, so that only the level differs
    reference = earned(best)
    for other in (best - 30, best - 15, best - 8, best + 8, best + 15, best + 30):
        assert earned(min(max(other, 0), capacity)) < reference


def test_what_is_expected_is_what_a_simulation_finds():
    ranked = demands([1050, 567, 534, 520], [17.3, 45.1, 39.6, 34], [5.8, 15, 13.2, 11.3])
    found = protect(ranked, 120)
    levels = [row.together for row in found]
    simulated = simulate(ranked, levels, 120, rounds=40_000)
    assert [row.booked for row in found] == pytest.approx(simulated, abs=0.15)
    assert found[-1].limit == pytest.approx(120 - 83.15, abs=0.01)


def test_without_spread_the_hours_are_shared_out_exactly():
    gold, silver, rest = protect(demands([90, 60, 30], [50, 30, 40], [0, 0, 0]), 100)
    assert (gold.own, silver.own, rest.own) == (50, 30, 20)
    assert (gold.booked, silver.booked, rest.booked) == pytest.approx((50, 30, 20))
    assert (gold.unmet, silver.unmet, rest.unmet) == pytest.approx((0, 0, 20), abs=1e-9)


def test_the_answer_keeps_the_order_of_the_question():
    one = demands([30, 90, 60], [40, 50, 30], [4, 5, 3])
    other = [one[1], one[2], one[0]]
    first, second = protect(one, 100), protect(other, 100)
    assert [first[1], first[2], first[0]] == second


def test_a_minimum_service_is_kept_for_a_class_that_earns_little():
    plain = protect([Demand(90, 100), Demand(10, 50)], 100)
    kept = protect([Demand(90, 100), Demand(10, 50, minimum=0.4)], 100)
    assert [row.own for row in plain] == [100, 0]
    assert [row.own for row in kept] == [80, 20]
    assert kept[1].promised == 20
    assert kept[1].booked == pytest.approx(20)


def test_a_minimum_service_raises_what_the_rule_would_leave_open():
    low, high = protect([Demand(95, 100), Demand(100, 50, 40, minimum=0.9)], 100)
    assert high.own == 45
    assert low.limit == 55


def test_minimum_services_that_do_not_fit_are_kept_by_value_and_say_what_is_short():
    rows = protect([Demand(90, 70, minimum=1), Demand(10, 50, minimum=1)], 100)
    assert [row.own for row in rows] == [70, 30]
    assert [row.short for row in rows] == [0, 20]


def test_an_endless_capacity_is_refused():
    with pytest.raises(ValueError, match="without an end"):
        protect([Demand(1, 1)], inf)


@settings(max_examples=60)
@given(classes, st.integers(0, 3200).map(eighth))
def test_no_more_is_expected_than_there_is(many, capacity):
    rows = protect(many, capacity)
    assert len(rows) == len(many)
    assert sum(row.own for row in rows) == pytest.approx(capacity if many else 0)
    assert sum(row.booked for row in rows) <= capacity * (1 + 1e-6) + 1e-6
    for row in rows:
        assert row.own >= -1e-9
        assert 0 <= row.booked <= row.expected + 1e-6
        assert row.own >= row.promised - row.short - 1e-6
        assert row.unmet == pytest.approx(row.expected - row.booked, abs=1e-6)


@settings(max_examples=30)
@given(classes.filter(len), st.integers(0, 3200).map(eighth), st.sampled_from([0.25, 8.0]))
def test_the_unit_of_time_does_not_matter(many, capacity, scale):
    scaled = [
        Demand(one.value, one.mean * scale, one.deviation * scale, one.minimum) for one in many
    ]
    for row, other in zip(protect(many, capacity), protect(scaled, capacity * scale), strict=True):
        assert other.own == pytest.approx(row.own * scale, rel=1e-6, abs=1e-6)
        assert other.booked == pytest.approx(row.booked * scale, rel=1e-4, abs=1e-4)


def test_an_estimate_follows_the_past_and_a_forecast_moves_its_spread_too():
    assert estimate([10, 20, 30]) == Estimate(mean=20, deviation=10, periods=3)
    assert estimate([10, 20, 30], forecast=40) == Estimate(mean=40, deviation=20, periods=3)
    assert estimate([10, 20, 30], forecast=0) == Estimate(mean=0, deviation=0, periods=3)


@pytest.mark.parametrize(
    ("past", "forecast", "mean"), [([12], None, 12), ([], 15, 15), ([0, 0], 15, 15), ([8], 15, 15)]
)
def test_a_spread_that_is_not_known_is_none(past, forecast, mean):
    found = estimate(past, forecast)
    assert (found.mean, found.deviation, found.periods) == (mean, 0, len(past))


@pytest.mark.parametrize(
    ("past", "forecast", "message"),
    [([], None, "neither"), ([-1, 4], None, "negative"), ([1, 4], -2, "negative")],
)
def test_an_estimate_from_nothing_or_less_is_refused(past, forecast, message):
    with pytest.raises(ValueError, match=message):
        estimate(past, forecast)


# ---------------------------------------------------------------------- laws
ranked = classes.map(lambda many: sorted(many, key=lambda one: -one.value))


@settings(max_examples=60)
@given(ranked, st.integers(0, 3200).map(eighth), st.integers(0, 800).map(eighth))
def test_more_capacity_never_lowers_a_level_nor_what_may_be_booked(many, capacity, more):
    less, wide = protect(many, capacity), protect(many, capacity + more)
    for before, after in zip(less, wide, strict=True):
        assert after.together >= before.together - 1e-6
        assert after.limit >= before.limit - 1e-6
        assert after.short <= before.short + 1e-6


@given(ranked, st.integers(0, 3200).map(eighth))
def test_levels_are_nested_and_end_at_the_capacity(many, capacity):
    rows = protect(many, capacity)
    levels = [0.0, *(row.together for row in rows)]
    assert levels == sorted(levels)
    if rows:
        assert levels[-1] == capacity
    for before, row in zip(levels[:-1], rows, strict=True):
        assert row.own == pytest.approx(row.together - before)
        assert row.limit == pytest.approx(capacity - before)


@given(ranked, st.integers(0, 3200).map(eighth))
def test_without_minimum_services_the_levels_are_those_of_the_rule(many, capacity):
    plain = [Demand(one.value, one.mean, one.deviation) for one in many]
    found = [row.together for row in protect(plain, capacity)][:-1]
    assert found == pytest.approx(emsr_b(plain, capacity))


@given(ranked.filter(lambda many: len(many) > 1))
def test_at_a_level_inside_the_rule_holds(many):
    """P(demand of the better ones > level) x what they earn = what the next one earns."""
    levels = [0.0, *emsr_b(many)]
    for place, (before, level) in enumerate(pairwise(levels), start=1):
        together = blend(many[:place])
        if together.deviation and before < level < inf:
            expected = chance(together, level) * together.value
            assert expected == pytest.approx(many[place].value, rel=1e-6)


def test_a_level_that_the_one_before_raised_keeps_more_than_its_own_rule_asks():
    many = demands([1000, 990, 985], [10, 1, 10], [0, 40, 0])
    together = blend(many[:2])
    assert chance(together, emsr_b(many)[1]) * together.value < many[2].value


@pytest.mark.parametrize(
    ("demand", "units", "probability"),
    [
        (Demand(1, 80, 20), 80, 0.5),
        (Demand(1, 80, 20), 60, 0.8413),
        (Demand(1, 80, 20), 120, 0.0228),
        (Demand(1, 80), 79, 1),
        (Demand(1, 80), 80, 0),
    ],
)
def test_the_chance_that_more_is_asked_for(demand, units, probability):
    assert chance(demand, units) == pytest.approx(probability, abs=1e-4)


def test_several_classes_as_one():
    assert blend(demands([100, 40], [30, 10], [3, 4])) == Demand(85, 40, 5)
    assert blend([]) == Demand(0, 0, 0)


def test_two_weeks_have_twice_the_mean_and_root_two_the_spread():
    found = expect([10, 20, 30], 2)
    assert (found.mean, found.periods) == (40, 3)
    assert found.deviation == pytest.approx(10 * sqrt(2))
    forecast = expect([10, 20, 30], 2, forecast=80)
    assert (forecast.mean, forecast.deviation) == pytest.approx((80, 20 * sqrt(2)))
    with pytest.raises(ValueError, match="0 periods"):
        expect([1], 0)


def test_keeping_hours_earns_more_than_first_come_first_served():
    many = demands([100, 30], [60, 90], [10, 10])
    # without spread: 60 for 100 and 40 for 30, against 90 for 30 and 10 for 100
    exact = [Demand(100, 60), Demand(30, 90)]
    assert earned(exact, 100) == pytest.approx(7200)
    assert earned(exact, 100, protected=False) == pytest.approx(3700)
    assert earned(many, 100) > earned(many, 100, protected=False)
