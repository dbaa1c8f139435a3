"""Acceptance rules and counter-offers, worked out by hand; every offer is tried again."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.acceptance import (
    Condition,
    Rule,
    Scope,
    Verdict,
    combine,
    decide,
    reach,
)
from sop_bridge.core.figures import (
    NO_BOTTLENECK,
    NO_COST,
    NO_DATE,
    NO_FAMILY,
    NO_RATE,
    NO_UNIT,
    NO_VALUE,
    NOT_MADE,
    Campaigns,
    Item,
    Order,
    Work,
    figure,
    round_half_up,
)
from sop_bridge.core.offers import find_offers
from sop_bridge.core.search import smallest
from sop_bridge.core.supply import Bill, Operation
from sop_bridge.core.trial import Trial

MONDAY = date(2031, 1, 13)
PAINT, PRIMER = 1, 2
MIXER, FILLER = 10, 20


def day(number):
    """The n-th day after the Monday."""
    return MONDAY + timedelta(days=number)


def work(**minutes):
    """Minutes per unit, on work centres given by name."""
    places = {"mixer": MIXER, "filler": FILLER}
    operations = tuple(
        Operation(number, places[name], cycle)
        for number, (name, cycle) in enumerate(minutes.items())
    )
    return Work(((1.0, Bill(1, operations)),))


def item(key="a", **values):
    return Item(**{"key": key, "product": 100, "family": PAINT, "quantity": 40.0, **values})


def order(*items, **values):
    values.setdefault("campaigns", Campaigns(values.pop("planned", {}), {PAINT: "week"}))
    return Order(items, values.pop("today", MONDAY), **values)


def rule(measure, operator, threshold, result="refuse", key=1, **values):
    return Rule(key, result, (Condition(measure, operator, threshold),), **values)


def judge(rules, *items, **values):
    """Verdict on the first item."""
    return decide(rules, order(*items, **values), items[0])


# ---------------------------------------------------------------------- measures
def test_campaign_counts_line_rest_of_the_order_and_planned_orders_of_the_week():
    planned = {PAINT: ((day(4), 100.0), (day(7), 1000.0)), PRIMER: ((day(4), 5000.0),)}
    line = item(quantity=10, to_family=12, requested=day(3))
    other = item("b", quantity=5)
    stock = item("c", quantity=99, made=False)
    primer = item("d", family=PRIMER, quantity=77)
    found = order(line, other, stock, primer, planned=planned)
    assert figure("campaign_quantity", found, line) == 10 * 12 + 5 + 100


def test_campaign_belongs_to_the_period_in_which_the_goods_must_be_ready():
    planned = {PAINT: ((day(4), 100.0), (day(7), 1000.0))}
    line = item(requested=day(8))
    assert figure("campaign_quantity", order(line, planned=planned), line) == 1040
    assert figure("campaign_quantity", order(line, planned=planned, delivery_days=2), line) == 140


@pytest.mark.parametrize("period", ["week", "month"])
@pytest.mark.parametrize("requested", [date.min, date.max])
def test_the_ends_of_time_are_days_like_others(period, requested):
    """Nobody means them, but a file that was imported may hold them."""
    line = item(requested=requested)
    campaigns = Campaigns({PAINT: ((MONDAY, 60.0),)}, {PAINT: period})
    asked = order(line, delivery_days=3, campaigns=campaigns)
    assert figure("campaign_quantity", asked, line) == 40.0


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        (date(2031, 1, 19), date(2031, 1, 13), date(2031, 1, 19)),
        (date(2031, 1, 20), date(2031, 1, 20), date(2031, 1, 26)),
    ],
)
def test_week_runs_from_monday_to_sunday(when, first, last):
    assert Campaigns(periods={PAINT: "week"}).period(PAINT, when) == (first, last)


def test_month_knows_leap_years():
    found = Campaigns(periods={PAINT: "month"}).period(PAINT, date(2032, 2, 11))
    assert found == (date(2032, 2, 1), date(2032, 2, 29))


def test_contribution_in_two_currencies():
    # 40 × 25.00 € × 0.9 = 900 €; 1 € = 1.10 $; cost 20 $ × 40 = 800 $; 990 − 800 − 40 = 150 $
    line = item(price=25, keep=0.9, cost=20, serve=40, work=work(mixer=6, filler=100))
    found = order(line, rate=1.1, campaigns=Campaigns(bottlenecks=frozenset({MIXER})))
    assert figure("contribution_percent", found, line) == pytest.approx(100 * 150 / 990)
    assert figure("contribution_hour", found, line) == pytest.approx(150 / 4)
    assert figure("order_value", found, line) == pytest.approx(990)


def test_value_is_rounded_like_on_the_order():
    line = item(quantity=3, price=333.335)
    assert order(line).value(line) == 1000.01
    assert order(line, rounding=0.05).value(line) == pytest.approx(1000.0)
    assert round_half_up(2.675, 0.01) == pytest.approx(2.68)
    assert round_half_up(-2.675, 0.01) == pytest.approx(-2.68)


def test_goods_given_away_are_below_every_limit():
    free = item(price=0, cost=5)
    assert figure("contribution_percent", order(free), free) == -math.inf
    assert figure("contribution_percent", order(worthless := item(cost=0)), worthless) == NO_VALUE


def test_changeover_in_percent_of_the_run():
    matrix = {MIXER: {(PRIMER, PAINT): (60.0, 0.0), (None, PAINT): (30.0, 0.0)}}
    line = item(work=work(mixer=5, filler=100), requested=day(3))
    other = item("b", quantity=20, work=work(mixer=5), requested=day(3))

    def share(*runs):
        campaigns = Campaigns(matrix=matrix, runs={MIXER: runs}, periods={PAINT: "week"})
        return figure("changeover_share", order(line, other, campaigns=campaigns), line)

    assert share() == pytest.approx(100 * 30 / 300)
    assert share((day(1), PRIMER)) == pytest.approx(100 * 60 / 300)
    assert share((day(1), PRIMER), (day(9), PAINT)) == pytest.approx(100 * 60 / 300)
    assert share((day(1), PRIMER), (day(4), PAINT)) == 0, "its campaign runs that week anyway"


@pytest.mark.parametrize(
    ("measure", "changes", "head", "why"),
    [
        ("campaign_quantity", {"family": None}, {}, NO_FAMILY),
        ("campaign_quantity", {"made": False}, {}, NOT_MADE),
        ("campaign_quantity", {"to_family": None}, {}, NO_UNIT),
        ("changeover_share", {"made": False}, {}, NOT_MADE),
        ("contribution_percent", {"cost": None}, {}, NO_COST),
        ("contribution_percent", {}, {"rate": None}, NO_RATE),
        ("order_value", {}, {"rate": None}, NO_RATE),
        ("contribution_hour", {"cost": 1.0, "price": 2.0}, {}, NO_BOTTLENECK),
        ("lead_days", {}, {}, NO_DATE),
    ],
)
def test_what_is_unknown_says_why(measure, changes, head, why):
    line = item(**changes)
    found = order(line, **head)
    assert figure(measure, found, line) == why
    always = decide([rule(measure, op, 0) for op in ("<", "<=", ">", ">=")], found, line)
    assert always.outcome == "pass"
    assert bool(always.unknown) == why.problem


# ---------------------------------------------------------------------- rules
@pytest.mark.parametrize(
    ("operator", "holding"), [("<", [4]), ("<=", [4, 5]), (">", [6]), (">=", [5, 6])]
)
def test_operators_at_the_border(operator, holding):
    found = [days for days in (4, 5, 6) if Condition("lead_days", operator, 5).holds(days)]
    assert found == holding


def test_sums_of_floats_at_the_border():
    assert not Condition("order_value", "<", 0.3).holds(0.1 + 0.1 + 0.1 - 5e-17)
    assert Condition("order_value", "<=", 0.3).holds(0.1 + 0.2)


@pytest.mark.parametrize(
    ("match", "answers", "result"),
    [
        ("all", [True, None], None),
        ("all", [False, None], False),
        ("any", [True, None], True),
        ("any", [False, None], None),
        ("any", [False, False], False),
        ("all", [], True),
        ("any", [], True),
    ],
)
def test_unknown_answers(match, answers, result):
    assert combine(match, answers) is result


def test_first_rule_that_fires_decides():
    small = rule("campaign_quantity", "<", 500, "refuse", key="small")
    gold = Rule("gold", "accept", scope=Scope(tiers=frozenset({9})))
    late = rule("lead_days", "<", 5, "exception", key="late")
    line = item(requested=day(2))
    assert judge([small, late], line).rule == "small"
    assert judge([late, small], line).rule == "late"
    assert judge([gold, small], line, tier=9) == Verdict("pass", "gold")
    assert judge([gold, small], line, tier=8).outcome == "refuse"
    (number,) = judge([small], line).numbers
    assert (number.figure, number.threshold) == (40, 500)


def test_scope():
    line = item()
    for scope, fits in [
        (Scope(), True),
        (Scope(families=frozenset({PAINT})), True),
        (Scope(families=frozenset({PRIMER})), False),
        (Scope(products=frozenset({100}), families=frozenset({PRIMER})), False),
        (Scope(partners=frozenset({5})), True),
        (Scope(partners=frozenset({7})), False),
        (Scope(order_types=frozenset({3})), False),
        (Scope(tiers=frozenset({1})), False),
    ]:
        found = judge([Rule(1, "refuse", scope=scope)], line, partners=frozenset({5, 6}))
        assert (found.outcome == "refuse") is fits, scope


def test_validity_includes_both_days():
    limited = Rule(1, "refuse", first=day(1), last=day(2))
    found = [judge([limited], item(), today=day(n)).outcome for n in range(4)]
    assert found == ["pass", "refuse", "refuse", "pass"]


def test_missing_rate_of_a_threshold_lets_the_rule_rest_and_says_so():
    found = judge([rule("order_value", "<", None)], item(price=1))
    assert (found.outcome, found.unknown[0].why) == ("pass", "rate")


def test_what_needs_no_judgement():
    assert judge([Rule(1, "refuse")], item(judged=False)).outcome == "none"


@pytest.mark.parametrize(
    ("match", "conditions", "found"),
    [
        ("all", [("overdue_days", ">=", 0)], "always"),
        ("all", [("overdue_days", ">", 0)], None),
        ("all", [("overdue_days", "<", 0)], "never"),
        ("all", [("overdue_days", "<=", 0)], None),
        ("all", [("campaign_quantity", ">", -1), ("lead_days", "<", 5)], None),
        ("all", [("campaign_quantity", ">", -1), ("changeover_share", ">=", 0)], "always"),
        ("all", [("lead_days", "<", 5), ("lead_days", ">", 10)], "never"),
        ("all", [("lead_days", "<", 5), ("lead_days", ">=", 5)], "never"),
        ("all", [("lead_days", "<=", 5), ("lead_days", ">=", 5)], None),
        ("any", [("lead_days", "<", 5), ("lead_days", ">", 5)], None),
        ("any", [("lead_days", "<", 5), ("lead_days", ">=", 5)], "always"),
        (
            "any",
            [("order_value", "<", 9), ("lead_days", "<", 5), ("order_value", ">", 3)],
            "always",
        ),
        ("any", [("overdue_days", "<", 0), ("campaign_quantity", "<", -3)], "never"),
        ("any", [("overdue_days", "<", 0), ("lead_days", "<", -3)], None),
        ("all", [("order_value", ">", -1000)], None),
        ("any", [], "always"),
    ],
)
def test_conditions_that_always_or_never_hold(match, conditions, found):
    assert reach(match, [Condition(*condition) for condition in conditions]) == found


@given(
    st.sampled_from(("all", "any")),
    st.lists(
        st.builds(
            Condition,
            st.sampled_from(("overdue_days", "lead_days")),
            st.sampled_from(("<", "<=", ">", ">=")),
            st.integers(-3, 3).map(float),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_always_and_never_hold_for_every_figure(match, conditions):
    overdue, lead = [n / 2 for n in range(20)], [n / 2 for n in range(-20, 20)]
    answers = {
        combine(match, [one.holds(a if one.measure == "overdue_days" else b) for one in conditions])
        for a in overdue
        for b in lead
    }
    found = reach(match, conditions)
    if len({one.measure for one in conditions}) == 1:
        assert (answers == {True}, answers == {False}) == (found == "always", found == "never")
    elif found:
        assert answers == {found == "always"}


# ---------------------------------------------------------------------- offers
def offers(rules, *items, candidates=(), **values):
    """{kind: offer} for the first item, each tried again by hand."""
    whole = order(*items, **values)
    before = {one.key: decide(rules, whole, one) for one in items}
    found = find_offers(Trial(rules, whole, before), items[0], candidates)
    for offer in found:
        changed = {
            name: getattr(offer, name)
            for name in ("quantity", "price", "product")
            if getattr(offer, name) is not None
        }
        if offer.product:
            other = next(one for one in candidates if one.product == offer.product)
            changed.update(made=other.made, family=other.family, cost=other.cost, work=other.work)
        line = replace(items[0], requested=offer.date or items[0].requested, **changed)
        rest = [replace(one, requested=offer.date or one.requested) for one in items[1:]]
        assert judge(rules, line, *rest, **values).outcome == "pass", offer
    return {offer.kind: offer for offer in found}


def test_offers_for_a_campaign_that_is_too_small():
    planned = {PAINT: ((day(9), 480.0), (day(15), 9000.0))}
    line = item(price=10, requested=day(3))
    found = offers(
        [rule("campaign_quantity", "<", 500)],
        line,
        planned=planned,
        candidates=(item(product=101, price=12, made=True), item(product=102, price=9, made=False)),
    )
    assert list(found) == ["quantity", "next_campaign", "product"]
    assert (found["quantity"].quantity, found["quantity"].money) == (500, 4600)
    assert (found["next_campaign"].date, found["next_campaign"].days) == (day(9), 6)
    assert (found["product"].product, found["product"].money) == (102, -40)


def test_campaign_is_joined_when_the_plant_can_deliver():
    # days 7 to 13 are the second week: a campaign on day 9, the goods can be ready on day 10
    planned = {PAINT: ((day(4), 600.0), (day(9), 600.0), (day(29), 600.0))}
    small = [rule("campaign_quantity", "<", 500)]
    line = item(price=10, requested=day(22), ready=day(10))
    assert offers(small, line, planned=planned)["next_campaign"].date == day(29)
    near = {PAINT: planned[PAINT][:2]}
    assert offers(small, line, planned=near)["next_campaign"].date == day(10)
    assert offers(small, line, planned=near, delivery_days=2)["next_campaign"].date == day(12)
    slow = item("b", product=103, family=PRIMER, requested=day(22), ready=day(17))
    assert "next_campaign" not in offers(small, line, slow, planned=near)


def test_quantity_counts_what_is_open_already():
    planned = {PAINT: ((day(4), 300.0),)}
    line = item(requested=day(3), to_family=20, step=1.0)
    small = [rule("campaign_quantity", "<", 1500)]
    assert offers(small, line, planned=planned)["quantity"].quantity == 60


def test_price_that_reaches_the_margin():
    # cost 800 + 100 to serve = 900; 20 % of the value: 1,125 = 40 × 28.125 → 28.13
    line = item(price=25, cost=20, serve=100)
    found = offers([rule("contribution_percent", "<", 20)], line)
    assert found["price"].price == 28.13
    assert found["price"].money == pytest.approx(125.2)
    # (5 q − 100) ÷ 25 q reaches 20 % for no quantity: 5 ÷ 25 is 20 % before anything is served
    assert "quantity" not in found


def test_quantity_that_reaches_the_margin_and_a_discount_is_kept():
    # (6 q − 100) ÷ 26 q ≥ 20 %: q ≥ 125
    line = item(price=26 / 0.8, keep=0.8, cost=20, serve=100)
    found = offers([rule("contribution_percent", "<", 20)], line)
    assert found["quantity"].quantity == 125
    assert found["price"].price == pytest.approx(35.16)


def test_later_date_reaches_the_lead_time():
    line, other = item(requested=day(2)), item("b", requested=day(2))
    assert offers([rule("lead_days", "<", 5)], line, other)["later"].date == day(5)
    assert offers([rule("lead_days", "<=", 5)], line, other)["later"].days == 4
    slow = item("b", requested=day(2), ready=day(8))
    assert offers([rule("lead_days", "<", 5)], line, slow)["later"].date == day(8)


def test_no_offer_at_the_cost_of_another_line():
    # all lines of the order move; the other one would no longer come in its campaign's week
    planned = {PRIMER: ((day(2), 500.0),)}
    campaigns = Campaigns(planned, {PAINT: "week", PRIMER: "week"})
    small = rule("campaign_quantity", "<", 500, scope=Scope(families=frozenset({PRIMER})), key=2)
    soon = rule("lead_days", "<", 9, scope=Scope(families=frozenset({PAINT})))
    line = item(requested=day(2))
    other = item("b", family=PRIMER, requested=day(2))
    assert "later" in offers([soon], line, other, campaigns=campaigns)
    assert "later" not in offers([soon, small], line, other, campaigns=campaigns)


def test_two_changes_where_one_is_not_enough():
    rules = [rule("campaign_quantity", "<", 500), rule("contribution_percent", "<", 20, key=2)]
    planned = {PAINT: ((day(9), 480.0),)}
    line = item(price=20, cost=20, requested=day(3))
    found = offers(rules, line, planned=planned)
    assert (found["quantity"].quantity, found["quantity"].price) == (500, 25)
    assert (found["next_campaign"].date, found["next_campaign"].price) == (day(9), 25)


def test_nothing_to_offer_to_who_does_not_pay():
    assert offers([rule("overdue_days", ">", 30)], item(price=5), overdue=31) == {}


def test_nothing_to_offer_where_everything_is_refused():
    assert offers([Rule(1, "refuse")], item(price=5, requested=day(4))) == {}


@given(
    st.integers(0, 50),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
    st.lists(st.integers(-5, 2 * 10**6), max_size=4),
)
def test_search_finds_the_smallest_whatever_was_guessed(low, border, high, guesses):
    found = smallest(lambda number: number >= border, low, high, guesses)
    expected = max(border, low + 1)
    assert found == (expected if expected <= high else None)


def test_a_good_guess_needs_no_search():
    asked = []
    assert smallest(lambda number: asked.append(number) or number >= 700, 3, 10**6, [700]) == 700
    assert asked == [700, 699]


@given(
    st.floats(1, 500),
    st.floats(0.5, 80),
    st.floats(0.1, 60),
    st.floats(0, 200),
    st.floats(0, 60),
    st.integers(1, 900),
    st.lists(st.tuples(st.integers(0, 40), st.floats(1, 900)), max_size=4),
)
def test_every_offer_passes(quantity, price, cost, serve, percent, least, runs):
    planned = {PAINT: tuple((day(number), amount) for number, amount in sorted(runs))}
    rules = [
        rule("campaign_quantity", "<", least, key=1),
        rule("contribution_percent", "<", percent, key=2),
    ]
    line = item(quantity=quantity, price=price, cost=cost, serve=serve, requested=day(3), step=0.01)
    offers(rules, line, item("b", quantity=5, requested=day(3)), planned=planned)
