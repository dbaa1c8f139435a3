"""Points by breakpoints and by quantile, and the way back from points to a figure."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sop_bridge.core.scale import Breakpoints, FittedQuantile, Quantile, quantiles

figures = st.integers(-500, 500).map(lambda number: number / 7)
points = st.integers(0, 100)
runs = st.lists(st.integers(-20, 20).map(lambda number: number / 3), min_size=1, max_size=30)


@st.composite
def breakpoints(draw, heights=points):
    places = sorted(draw(st.sets(figures, min_size=1, max_size=6)))
    return Breakpoints(tuple((place, draw(heights)) for place in places))


@pytest.mark.parametrize(
    ("figure", "expected"),
    [(-5, 10), (0, 10), (5, 40), (10, 70), (15, 85), (20, 100), (1e9, 100), (2.5, 25)],
)
def test_breakpoints_are_linear_between_and_flat_outside(figure, expected):
    assert Breakpoints(((0, 10), (10, 70), (20, 100))).points(figure) == expected


def test_breakpoints_may_fall_and_may_be_one():
    falling = Breakpoints(((0, 100), (30, 0)))
    assert falling.points_of([0, 15, 30, 60, None]) == [100, 50, 0, 0, None]
    assert Breakpoints(((5, 42),)).points_of([-1, 5, 9]) == [42, 42, 42]


@given(breakpoints(), figures)
def test_points_of_breakpoints_stay_within_their_ends(scale, figure):
    heights = [height for _place, height in scale.nodes]
    assert min(heights) <= scale.points(figure) <= max(heights)


@given(breakpoints())
def test_breakpoints_are_exact_at_their_nodes(scale):
    for place, height in scale.nodes:
        assert scale.points(place) == height


@given(st.lists(points, min_size=2, max_size=6).map(sorted), st.booleans(), figures, figures)
def test_breakpoints_are_monotone_where_their_points_are(heights, rising, one, other):
    nodes = enumerate(heights if rising else reversed(heights))
    scale = Breakpoints(tuple((place * 10 / 3, height) for place, height in nodes))
    low, high = sorted([one, other])
    less, more = scale.points(low), scale.points(high)
    assert less <= more if rising else less >= more


@given(breakpoints(), figures, points)
def test_breakpoints_are_reached_or_out_of_reach(scale, figure, wanted):
    reached = scale.reach(figure, wanted)
    assert (reached is None) == (wanted > scale.best(figure))
    assert reached is None or scale.points(reached) >= wanted


@given(breakpoints(), figures, points, st.floats(0, 0.999999))
def test_no_nearer_figure_has_the_points(scale, figure, wanted, part):
    reached = scale.reach(figure, wanted)
    distance = 1000 if reached is None else abs(reached - figure)
    for nearer in (figure + distance * part, figure - distance * part):
        assert distance == 0 or scale.points(nearer) < wanted + 1e-9


@pytest.mark.parametrize(
    ("figure", "wanted", "reached"),
    [
        (0, 55, 10),  # up the slope
        (0, 10, 0),  # is there already
        (40, 55, 25),  # back from the far side
        (19, 100, 20),  # the very top
        (0, 101, None),
    ],
)
def test_the_way_back_over_a_hump(figure, wanted, reached):
    hump = Breakpoints(((0, 10), (20, 100), (30, 10)))
    found = hump.reach(figure, wanted)
    assert found == (None if reached is None else pytest.approx(reached))


@pytest.mark.parametrize(
    ("run", "figure", "high", "low"),
    [
        ([7], 7, 50, 50),
        ([1, 2], 2, 75, 25),
        ([1, 2], 1, 25, 75),
        ([1, 1, 1, 5], 1, 37.5, 62.5),
        ([1, 1, 1, 5], 5, 87.5, 12.5),
        ([1, 1, 1, 5], 3, 75, 25),
        ([], 3, 50, 50),
    ],
)
def test_points_by_rank_are_the_mid_rank_percentile(run, figure, high, low):
    assert Quantile(True).fit(run).points(figure) == high
    assert Quantile(False).fit(run).points(figure) == low


@given(runs, st.booleans())
def test_points_by_rank_average_fifty(run, higher):
    given_points = Quantile(higher).fit(run).points_of(run)
    assert sum(given_points) == pytest.approx(50 * len(run))
    assert all(0 < one < 100 for one in given_points)


@given(st.lists(st.none() | figures, max_size=20), st.booleans(), figures)
def test_many_points_at_once_are_those_one_by_one(run, higher, stranger):
    scale = Quantile(higher).fit(run)
    asked = [*run, stranger]
    one_by_one = [None if figure is None else scale.points(figure) for figure in asked]
    assert scale.points_of(asked) == one_by_one


@given(runs, st.booleans(), figures, figures)
def test_points_by_rank_are_monotone(run, higher, one, other):
    scale = Quantile(higher).fit(run)
    low, high = sorted([one, other])
    less, more = scale.points(low), scale.points(high)
    assert less <= more if higher else less >= more


@given(runs, st.booleans(), st.data())
def test_who_moved_gets_the_points_of_a_new_run(run, higher, data):
    before, after = data.draw(st.sampled_from(run)), data.draw(figures)
    others = list(run)
    others.remove(before)
    new_run = Quantile(higher).fit([*others, after])
    assert Quantile(higher).fit(run).moved(before, after) == new_run.points(after)


@given(runs, st.booleans(), figures, figures)
def test_who_is_new_joins_the_run(run, higher, before, after):
    assume(before not in run)
    new_run = Quantile(higher).fit([*run, after])
    assert Quantile(higher).fit(run).moved(before, after) == new_run.points(after)


@given(runs, st.booleans(), st.data(), points)
def test_the_reached_rank_is_the_nearest_of_the_run(run, higher, data, wanted):
    figure = data.draw(st.sampled_from(run))
    scale = Quantile(higher).fit(run)
    enough = [other for other in run if scale.moved(figure, other) >= wanted]
    nearest = min(enough, key=lambda other: abs(other - figure), default=None)
    assert scale.reach(figure, wanted) == nearest
    assert (nearest is None) == (wanted > scale.best(figure))


def test_a_fitted_scale_fits_another_run():
    fitted = Quantile(False).fit([1, 2])
    assert fitted.fit([None, 9, 3]) == FittedQuantile(False, (3, 9))
    assert Breakpoints(((1, 2),)).fit([5]) == Breakpoints(((1, 2),))
    assert FittedQuantile(True, ()).best(4) == 50


def test_few_figures_are_all_kept():
    assert quantiles([3, None, 1, 2, 2]) == (1, 2, 2, 3)
    assert quantiles([]) == ()


def test_of_many_figures_those_in_the_middle_of_equal_parts_are_kept():
    assert quantiles(range(1000), 4) == (125, 375, 625, 875)
    assert quantiles(range(10_000))[50] == 5000
    assert len(quantiles(range(10_000))) == 101


@given(st.lists(st.integers(0, 60), min_size=102, max_size=400), st.booleans(), st.data())
def test_kept_figures_stand_for_the_run(run, higher, data):
    figure = data.draw(st.sampled_from(run))
    exact = Quantile(higher).fit(run).points(figure)
    kept = Quantile(higher).fit(quantiles(run)).points(figure)
    assert abs(kept - exact) <= 50 / 101 + 1e-9
