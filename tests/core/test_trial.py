"""Changes that are tried for one item say what the whole order would say, judged anew."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.acceptance import Condition, Rule, Scope, decide, is_stuck
from sop_bridge.core.campaigns import Campaigns
from sop_bridge.core.figures import MEASURES, Item, Order, Work
from sop_bridge.core.offers import find_offers
from sop_bridge.core.supply import Bill, Operation
from sop_bridge.core.trial import DATE, PRICE, QUANTITY, Trial

MONDAY = date(2031, 1, 13)
FAMILIES, PLACES = (1, 2), (10, 20)
MATRIX = {10: {(None, 1): (30.0, 0.0), (2, 1): (60.0, 0.0), (None, 2): (15.0, 0.0)}}

days = st.one_of(st.none(), st.integers(0, 20).map(lambda n: MONDAY + timedelta(days=n)))
works = st.dictionaries(st.sampled_from(PLACES), st.integers(1, 9), max_size=2).map(
    lambda cycles: Work(
        ((1.0, Bill(1, tuple(Operation(n, *row) for n, row in enumerate(cycles.items())))),)
    )
)
items = st.builds(
    Item,
    key=st.none(),
    product=st.integers(1, 3),
    family=st.sampled_from((None, *FAMILIES)),
    quantity=st.integers(1, 60).map(float),
    price=st.integers(0, 60).map(float),
    keep=st.sampled_from((1.0, 0.9)),
    to_family=st.sampled_from((1.0, 12.0, None)),
    cost=st.one_of(st.none(), st.integers(0, 40).map(float)),
    serve=st.integers(0, 50).map(float),
    work=works,
    made=st.booleans(),
    judged=st.sampled_from((True, True, True, False)),
)
conditions = st.builds(
    Condition,
    st.sampled_from(sorted(MEASURES)),
    st.sampled_from(("<", "<=", ">", ">=")),
    st.sampled_from((None, -20.0, 0.0, 3.0, 7.0, 25.0, 60.0, 400.0, 1500.0)),
)
scopes = st.builds(
    Scope,
    families=st.sampled_from((frozenset(), frozenset({1}))),
    products=st.sampled_from((frozenset(), frozenset({1, 2}))),
)
rules = st.lists(
    st.builds(
        Rule,
        st.integers(1, 99),
        st.sampled_from(("accept", "exception", "refuse")),
        st.lists(conditions, max_size=3).map(tuple),
        st.sampled_from(("all", "any")),
        scopes,
    ),
    max_size=5,
)
planned = st.lists(
    st.tuples(st.integers(0, 20).map(lambda n: MONDAY + timedelta(days=n)), st.floats(1, 400)),
    max_size=3,
).map(lambda rows: tuple(sorted(rows)))
campaigns = st.builds(
    lambda first, second, runs: Campaigns(
        {1: first, 2: second},
        {1: "week", 2: "month"},
        MATRIX,
        {10: tuple((day, 1 + number % 2) for number, (day, _amount) in enumerate(runs))},
        frozenset({20}),
    ),
    planned,
    planned,
    planned,
)


@st.composite
def orders(draw):
    """An order whose lines are wanted on the same day."""
    wanted = draw(days)
    found = draw(st.lists(items, min_size=1, max_size=5))
    return Order(
        tuple(replace(one, key=key, requested=wanted) for key, one in enumerate(found)),
        MONDAY,
        others=draw(st.sampled_from((0.0, 100.0))),
        rate=draw(st.sampled_from((1.0, 2.0, None))),
        overdue=draw(st.sampled_from((0, 30))),
        delivery_days=draw(st.integers(0, 2)),
        campaigns=draw(campaigns),
    )


def judge(rules, order):
    return {one.key: decide(rules, order, one) for one in order.items}


def changed_order(order, item, day=None):
    """The whole order with one item in place of another, perhaps wanted on another day."""
    rest = [item if one.key == item.key else one for one in order.items]
    return replace(order, items=tuple(replace(one, requested=day) if day else one for one in rest))


CHANGES = st.sampled_from(
    (
        (PRICE, {"price": 33.0}),
        (PRICE, {"price": 7.0}),
        (QUANTITY, {"quantity": 90.0}),
        (QUANTITY, {"quantity": 2.0}),
        (DATE, {"requested": MONDAY + timedelta(days=9)}),
        (DATE, {"requested": MONDAY + timedelta(days=30)}),
    )
)


@given(rules, orders(), CHANGES)
def test_a_change_says_what_the_whole_order_would_say(rules, order, change):
    touched, values = change
    before = judge(rules, order)
    trial = Trial(rules, order, before)
    for item in order.items:
        assert trial.view(item.key).verdict.outcome == before[item.key].outcome
        day = values.get("requested")
        view = trial.view(item.key, day) if day else trial.view(item.key).having(touched, **values)
        after = judge(rules, changed_order(order, replace(item, **values), day))
        assert view.verdict.outcome == after[item.key].outcome
        worse = [key for key in after if key != item.key and after[key].is_worse(before[key])]
        assert trial.harms(view) == bool(worse)
        if trial.view(item.key).is_stuck(touched) and item.judged:
            assert after[item.key].outcome != "pass"


@given(rules, orders(), st.lists(items, max_size=2))
def test_every_offer_passes_and_harms_nobody(rules, order, others):
    before = judge(rules, order)
    trial = Trial(rules, order, before)
    for item in (one for one in order.items if before[one.key].holds):
        candidates = [replace(one, key=item.key, product=9 + n) for n, one in enumerate(others)]
        for offer in find_offers(trial, item, candidates):
            line = item
            if offer.product:
                names = ("product", "family", "keep", "to_family", "cost", "work", "made")
                other = next(one for one in candidates if one.product == offer.product)
                line = replace(line, **{name: getattr(other, name) for name in names})
            for name in ("quantity", "price"):
                if getattr(offer, name) is not None:
                    line = replace(line, **{name: getattr(offer, name)})
            after = judge(rules, changed_order(order, line, offer.date))
            assert after[item.key].outcome == "pass", offer
            assert not any(after[key].is_worse(before[key]) for key in after), offer


def test_what_a_change_cannot_reach_is_not_searched():
    late = Rule(1, "refuse", (Condition("overdue_days", ">", 30),))
    small = Rule(2, "refuse", (Condition("campaign_quantity", "<", 500),))
    gold = Rule(3, "accept", (Condition("order_value", ">", 1000),))
    known = {"overdue_days": 31.0, "campaign_quantity": 3.0, "order_value": 10.0}

    def rest(touched):
        return {name: value for name, value in known.items() if name not in touched}

    assert is_stuck([late], rest(QUANTITY))
    assert is_stuck([small], rest(PRICE))
    assert not is_stuck([small], rest(QUANTITY))
    assert not is_stuck([gold, small], rest(PRICE))
    assert is_stuck([small, gold], rest(PRICE))
