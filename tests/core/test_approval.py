import dataclasses
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core import approval
from sop_bridge.core.approval import Decision, Entry, Person, Step

SALES_GROUP, PRODUCTION_GROUP = 10, 20
ANNA = Person(1, frozenset({SALES_GROUP}), frozenset({1}))
BEN = Person(2, frozenset({PRODUCTION_GROUP}), frozenset({1}))
BOTH = Person(3, frozenset({SALES_GROUP, PRODUCTION_GROUP}), frozenset({1}))
FIRST = Step(100, "sales", 10, group=SALES_GROUP)
SECOND = Step(90, "production", 20, group=PRODUCTION_GROUP)
STEPS = [SECOND, FIRST]
YES = Decision(FIRST.id, "approved", ANNA.id)


def test_a_chain_needs_both_departments():
    assert approval.missing_departments(["sales", "sales"]) == ("production",)
    assert approval.missing_departments([]) == ("sales", "production")
    assert approval.missing_departments(["production", "sales"]) == ()


@pytest.mark.parametrize(
    ("steps", "decisions", "state", "states"),
    [
        ([], [], "none", {}),
        (STEPS, [], "pending", {100: "pending", 90: "waiting"}),
        (STEPS, [YES], "pending", {100: "approved", 90: "pending"}),
        (STEPS, [YES, Decision(90, "approved", 2)], "approved", {100: "approved", 90: "approved"}),
        (STEPS, [Decision(100, "rejected", 1)], "rejected", {100: "rejected", 90: "void"}),
        (STEPS, [YES, Decision(90, "rejected", 2)], "rejected", {100: "approved", 90: "rejected"}),
    ],
)
def test_states_follow_from_the_decisions(steps, decisions, state, states):
    assert approval.chain_state(steps, decisions) == state
    assert approval.step_states(steps, decisions) == states


def test_steps_take_turns_by_sequence():
    assert approval.next_step(STEPS, []) == FIRST
    assert approval.next_step(STEPS, [YES]) == SECOND
    assert approval.next_step(STEPS, [Decision(100, "rejected", 1)]) is None


@pytest.mark.parametrize(
    ("person", "step", "decisions", "stake", "reason"),
    [
        (ANNA, FIRST, [], {}, None),
        (BEN, FIRST, [], {}, "not_approver"),
        (BEN, SECOND, [], {}, "not_turn"),
        (BEN, SECOND, [YES], {}, None),
        (ANNA, FIRST, [], {"requester": 1}, "own_request"),
        (ANNA, FIRST, [], {"interested": frozenset({1})}, "interested"),
        (ANNA, dataclasses.replace(FIRST, excluded=frozenset({1})), [], {}, "interested"),
        (ANNA, FIRST, [], {"company": 1}, None),
        (ANNA, FIRST, [], {"company": 2}, "other_company"),
        (dataclasses.replace(ANNA, real=False), FIRST, [], {}, "not_a_person"),
        (ANNA, FIRST, [Decision(100, "rejected", 4)], {}, "settled"),
        (BOTH, SECOND, [Decision(100, "approved", 3)], {}, "other_department"),
        (BOTH, SECOND, [YES], {}, None),
        (BOTH, dataclasses.replace(FIRST, user=1), [], {}, "not_approver"),
        (Person(1), dataclasses.replace(FIRST, user=1), [], {}, None),
    ],
)
def test_who_may_decide(person, step, decisions, stake, reason):
    assert approval.may_decide(person, step, STEPS, decisions, **stake) == reason


@pytest.mark.parametrize(
    ("person", "step", "decisions", "reason"),
    [
        (BEN, FIRST, [], "not_turn"),
        (ANNA, SECOND, [YES], "decided"),
        (Person(9), FIRST, [], "not_approver"),
    ],
)
def test_why_somebody_does_not_approve_this_step(person, step, decisions, reason):
    assert approval.why_not_this_step(person, step, STEPS, decisions) == reason


def test_canonical_text_does_not_depend_on_the_order_of_keys():
    assert approval.canonical({"b": 1, "a": ["é"]}) == '{"a":["é"],"b":1}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        approval.canonical(float("nan"))


def test_digest_is_sha256_of_content_and_previous():
    expected = hashlib.sha256(b'{"content":{"qty":3},"previous":"x"}').hexdigest()
    assert approval.digest({"qty": 3}, "x") == expected


def build(contents):
    chain, previous = [], ""
    for content in contents:
        seal = approval.digest(content, previous)
        chain.append(Entry(content, seal, previous))
        previous = seal
    return chain


contents = st.lists(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3),
    min_size=1,
    max_size=6,
)


@given(contents)
def test_an_untouched_chain_is_intact(values):
    assert approval.first_broken(build(values)) is None


@given(contents, st.data())
def test_a_changed_entry_is_the_first_broken_one(values, data):
    chain = build(values)
    at = data.draw(st.integers(0, len(chain) - 1))
    chain[at] = dataclasses.replace(chain[at], content={**chain[at].content, "forged": "yes"})
    assert approval.first_broken(chain) == at


@given(contents, st.data())
def test_a_removed_entry_breaks_the_one_after_it(values, data):
    chain = build([*values, {"last": 1}])
    at = data.draw(st.integers(0, len(chain) - 2))
    del chain[at]
    assert approval.first_broken(chain) == at


def test_resealing_one_entry_breaks_the_next():
    chain = build([{"n": 1}, {"n": 2}, {"n": 3}])
    chain[1] = Entry({"n": 9}, approval.digest({"n": 9}, chain[0].digest), chain[0].digest)
    assert approval.first_broken(chain) == 2
