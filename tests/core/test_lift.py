"""What would lift a customer: done as advised, the next scoring reaches the border."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core import facts as figure
from sop_bridge.core.definition import Criterion, Definition, Measure
from sop_bridge.core.facts import Facts
from sop_bridge.core.lift import Lift, lift, overtaken
from sop_bridge.core.scale import Breakpoints, Quantile
from sop_bridge.core.scoring import bind, score_all, standing

SALES = Measure("net_sales", "money", True, figure.net_sales)
OVERDUE = Measure("overdue", "days", False, figure.overdue)
RECENCY = Measure("recency", "days", False, figure.recency)
STRATEGIC = Measure("strategic", "points", True, figure.strategic, liftable=False)
FIELDS = {"net_sales": "net_sales", "overdue": "overdue_days", "recency": "last_order"}
BORDERS = (("gold", 80), ("silver", 50))
FIXED = Definition(
    (
        Criterion(SALES, 60, Breakpoints(((0, 0), (1000, 100)))),
        Criterion(OVERDUE, 40, Breakpoints(((0, 100), (20, 0)))),
    ),
    BORDERS,
    "standard",
)


def easy(code, before, after):
    """Return an effort by which days are cheaper than money."""
    return {"overdue": 0.1, "recency": 0.2, "net_sales": 0.3}[code]


def advice(definition, points, score, effort=easy):
    return lift(definition, points, score, effort)


def test_each_measure_that_suffices_alone_the_cheapest_first():
    points = {"net_sales": (800, 80), "overdue": (8, 60)}
    assert advice(FIXED, points, 72) == [
        Lift("overdue", 8, pytest.approx(4), pytest.approx(8), 0.1, True),
        Lift("net_sales", 800, pytest.approx(933.333333), pytest.approx(8), 0.3, True),
    ]


def test_together_when_none_suffices_alone():
    points = {"net_sales": (550, 55), "overdue": (11, 45)}
    found = advice(FIXED, points, 51)
    # all of the cheap measure brings 22, the dear one the other 7
    assert found == [
        Lift("overdue", 11, 0, pytest.approx(22), 0.1, False),
        Lift("net_sales", 550, pytest.approx(666.666667), pytest.approx(7), 0.3, False),
    ]


def test_what_turned_out_to_be_too_much_is_given_back():
    third = Criterion(RECENCY, 40, Quantile(higher_is_better=False).fit([0, 9, 9, 9]))
    definition = dataclasses.replace(FIXED, criteria=(*FIXED.criteria, third), borders=(("g", 77),))
    points = {"net_sales": (800, 80), "overdue": (15, 25), "recency": (9, 37.5)}
    score = round((60 * 80 + 40 * 25 + 40 * 37.5) / 140, 6)
    found = advice(definition, points, score)
    assert [(one.code, one.alone) for one in found] == [("overdue", False), ("recency", False)]
    # recency comes in one step of 10.7, more than the 3.4 missing: overdue need not go down to 0
    assert found[0].after == pytest.approx(5.1)
    assert found[1].gained == pytest.approx(37.5 * 40 / 140)
    assert sum(one.gained for one in found) == pytest.approx(77 - score)


@pytest.mark.parametrize(
    ("points", "score"),
    [
        ({"net_sales": (1000, 100), "overdue": (0, 100)}, 100),
        ({"net_sales": (900, 90), "overdue": (6, 70)}, 82),
        ({"net_sales": (None, None), "overdue": (None, None)}, None),
        ({}, None),
    ],
)
def test_nothing_lifts_above_the_top_nor_without_a_score(points, score):
    assert advice(FIXED, points, score) == []


def test_what_the_customer_has_no_figure_for_is_no_advice():
    points = {"net_sales": [500, 50], "overdue": [None, None]}
    (only,) = advice(FIXED, points, 50)
    assert only == Lift("net_sales", 500, pytest.approx(800), pytest.approx(30), 0.3, True)


def test_what_we_set_by_hand_is_no_advice_but_counts():
    ours = Criterion(STRATEGIC, 100, Breakpoints(((0, 0), (10, 100))))
    definition = dataclasses.replace(FIXED, criteria=(*FIXED.criteria, ours))
    points = {"net_sales": (800, 80), "overdue": (8, 60), "strategic": (7, 70)}
    found = advice(definition, points, 71)
    assert [(one.code, one.alone) for one in found] == [("overdue", False), ("net_sales", False)]
    assert sum(one.gained for one in found) == pytest.approx(9)
    only_ours = {"net_sales": (1000, 100), "overdue": (0, 100), "strategic": (0, 0)}
    assert advice(definition, only_ours, 50) == []


def test_no_advice_when_the_best_of_everything_is_too_little():
    low = Criterion(SALES, 1, Breakpoints(((0, 0), (1000, 70))))
    definition = dataclasses.replace(FIXED, criteria=(low,))
    assert advice(definition, {"net_sales": (900, 63)}, 63) == []


def test_effort_is_the_share_of_customers_overtaken():
    effort = overtaken({"net_sales": (1, 2, 2, 3), "overdue": ()})
    assert effort("net_sales", 1, 3) == 0.75
    assert effort("net_sales", 3, 1) == 0.75
    assert effort("net_sales", 2, 2.5) == 0.25
    assert effort("net_sales", 2.4, 2.6) == 0
    assert effort("overdue", 1, 2) == effort("rush", 1, 2) == 1


people = st.builds(
    Facts,
    orders=st.just(1),
    net_sales=st.integers(-100, 1200).map(lambda number: number / 3),
    overdue_days=st.none() | st.integers(0, 30).map(lambda number: number / 7),
    last_order=st.integers(0, 200),
    strategic=st.none() | st.integers(0, 10),
)
crowds = st.lists(people, min_size=1, max_size=12)
weights = st.integers(1, 50).map(lambda number: number / 10)
falling = st.tuples(*[st.integers(0, 100)] * 3).map(lambda heights: sorted(heights, reverse=True))


def nodes(places, heights):
    return Breakpoints(tuple(zip(places, heights, strict=True)))


@st.composite
def definitions(draw):
    overdue, recency = draw(falling), draw(falling)
    scales = [
        draw(st.sampled_from([Quantile(), Breakpoints(((0, 0), (70, 30), (400, 100)))])),
        draw(st.sampled_from([Quantile(False), nodes((0, 1, 4), overdue)])),
        draw(st.sampled_from([Quantile(False), nodes((0, 9, 99), recency)])),
        Breakpoints(((0, 0), (10, 100))),
    ]
    measures = (SALES, OVERDUE, RECENCY, STRATEGIC)
    rows = zip(measures, draw(st.tuples(*[weights] * 4)), scales, strict=True)
    borders = sorted(draw(st.sets(st.integers(1, 100), min_size=1, max_size=3)), reverse=True)
    criteria = tuple(Criterion(*row) for row in rows)
    return Definition(criteria, tuple((f"over {one}", one) for one in borders), "below")


def figures_of(definition, scores):
    return {
        one.measure.code: sorted(
            scored.figures[at] for scored in scores.values() if scored.figures[at] is not None
        )
        for at, one in enumerate(definition.criteria)
    }


def ask(definition, customers):
    """Score everybody; return what was found for customer 0, and what it was found from."""
    scores = score_all(definition, customers)
    figures = figures_of(definition, scores)
    scored = scores[0]
    found = lift(bind(definition, figures), scored.points, scored.score, overtaken(figures))
    return found, scored, standing(definition, scored.score), figures


def again(definition, customers, **changes):
    """Return the score of customer 0 after changes of its facts."""
    changed = dataclasses.replace(customers[0], **changes)
    return score_all(definition, {**customers, 0: changed})[0].score


@given(definitions(), crowds)
def test_who_follows_the_advice_reaches_the_border_in_the_next_scoring(definition, crowd):
    customers = dict(enumerate(crowd))
    found, scored, stands, _figures = ask(definition, customers)
    together = [found] if found and not found[0].alone else []
    for way in together or [[one] for one in found]:
        changes = {FIELDS[one.code]: one.after for one in way}
        score = again(definition, customers, **changes)
        assert score >= scored.score + stands.gap - 1e-6
        assert standing(definition, score).tier != stands.tier


@given(definitions(), crowds)
def test_no_measure_that_suffices_alone_is_missed(definition, crowd):
    customers = dict(enumerate(crowd))
    found, scored, stands, figures = ask(definition, customers)
    missed = {one.measure.code: one.scale for one in definition.criteria if one.measure.liftable}
    for one in found:
        if one.alone:
            del missed[one.code]
    for code, scale in missed.items():
        if stands.gap is None or scored.points[code][0] is None:
            continue
        by_rank = isinstance(scale, Quantile)
        for goal in figures[code] if by_rank else [place for place, _points in scale.nodes]:
            score = again(definition, customers, **{FIELDS[code]: goal})
            assert score < scored.score + stands.gap + 1e-6


@given(definitions(), crowds)
def test_a_combination_holds_nothing_that_could_be_left_out(definition, crowd):
    customers = dict(enumerate(crowd))
    found, scored, stands, _figures = ask(definition, customers)
    if not found or found[0].alone:
        return
    for left_out in found:
        others = {FIELDS[one.code]: one.after for one in found if one is not left_out}
        assert again(definition, customers, **others) < scored.score + stands.gap
