"""Approval steps of two departments: whose turn it is, who may decide, and the seal of a decision.

A chain of steps is decided in the order of its sequence. Everything that a screen shows about it
(state of the steps, state of the document) is derived from the decisions.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SALES = "sales"
PRODUCTION = "production"
DEPARTMENTS = (SALES, PRODUCTION)

APPROVED = "approved"
REJECTED = "rejected"

# Why somebody may not decide.
SETTLED = "settled"
NOT_A_PERSON = "not_a_person"
OTHER_COMPANY = "other_company"
NOT_APPROVER = "not_approver"
OWN_REQUEST = "own_request"
INTERESTED = "interested"
OTHER_DEPARTMENT = "other_department"
NOT_TURN = "not_turn"
DECIDED = "decided"


@dataclass(frozen=True)
class Step:
    """One step of a chain: a user, or the members of a group, decide it for a department."""

    id: int
    department: str
    sequence: int
    group: int | None = None
    user: int | None = None
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Decision:
    """What one user decided on one step."""

    step: int
    outcome: str
    user: int


@dataclass(frozen=True)
class Person:
    """A user who wants to decide; ``real`` is false for robots, portal and archived users."""

    id: int
    groups: frozenset[int] = frozenset()
    companies: frozenset[int] = frozenset()
    real: bool = True


@dataclass(frozen=True)
class Entry:
    """A sealed decision as it was found: content, digest, and the digest it claims to follow."""

    content: Mapping
    digest: str
    previous: str


def missing_departments(departments: Iterable[str]) -> tuple[str, ...]:
    """Return the departments that a chain with these departments lacks."""
    present = set(departments)
    return tuple(department for department in DEPARTMENTS if department not in present)


def ordered(steps: Iterable[Step]) -> list[Step]:
    """Return the steps in the order in which they are decided."""
    return sorted(steps, key=lambda step: (step.sequence, step.id))


def chain_state(steps: Sequence[Step], decisions: Sequence[Decision]) -> str:
    """Return ``none`` without steps, else ``rejected``, ``approved`` or ``pending``."""
    if not steps:
        return "none"
    outcomes = {decision.step: decision.outcome for decision in decisions}
    if REJECTED in outcomes.values():
        return REJECTED
    if all(outcomes.get(step.id) == APPROVED for step in steps):
        return APPROVED
    return "pending"


def next_step(steps: Sequence[Step], decisions: Sequence[Decision]) -> Step | None:
    """Return the step whose turn it is, or None when the chain is settled or has no steps."""
    if chain_state(steps, decisions) != "pending":
        return None
    decided = {decision.step for decision in decisions}
    return next(step for step in ordered(steps) if step.id not in decided)


def step_states(steps: Sequence[Step], decisions: Sequence[Decision]) -> dict[int, str]:
    """Return the state of each step: its outcome, ``pending``, ``waiting``, or ``void``.

    The steps that a rejection made pointless are void.
    """
    current = next_step(steps, decisions)
    states = {step.id: "waiting" if current else "void" for step in steps}
    if current:
        states[current.id] = "pending"
    states.update({decision.step: decision.outcome for decision in decisions})
    return states


def may_decide(
    person: Person,
    step: Step,
    steps: Sequence[Step],
    decisions: Sequence[Decision],
    company: int | None = None,
    requester: int | None = None,
    interested: frozenset[int] = frozenset(),
) -> str | None:
    """Return why the person may not decide the step now, or None if they may.

    ``interested`` are those with a stake in the document today; ``step.excluded`` are those who had
    one when the approval started, so that changing the salesperson does not let the old one decide.
    """
    current = next_step(steps, decisions)
    if current is None:
        return SETTLED
    return (
        _who_may_not(person, step, company)
        or _stake(person, step, requester, interested)
        or _other_department(person, step, steps, decisions)
        or (NOT_TURN if current.id != step.id else None)
    )


def _who_may_not(person: Person, step: Step, company: int | None) -> str | None:
    if not person.real:
        return NOT_A_PERSON
    if company and company not in person.companies:
        return OTHER_COMPANY
    return None if is_approver(person, step) else NOT_APPROVER


def is_approver(person: Person, step: Step) -> bool:
    """Return whether a step names the person, or a group the person is in."""
    if step.user:
        return person.id == step.user
    return step.group in person.groups


def why_not_this_step(
    person: Person, step: Step, steps: Sequence[Step], decisions: Sequence[Decision]
) -> str:
    """Return a closer word than ``not_approver`` for those who approve another step."""
    decided = {decision.step for decision in decisions}
    own = [other.id for other in steps if other != step and is_approver(person, other)]
    if any(step_id not in decided for step_id in own):
        return NOT_TURN
    return DECIDED if own else NOT_APPROVER


def _stake(person, step, requester, interested) -> str | None:
    if requester == person.id:
        return OWN_REQUEST
    return INTERESTED if person.id in interested | step.excluded else None


def _other_department(person, step, steps, decisions) -> str | None:
    departments = {other.id: other.department for other in steps}
    signed = {departments[made.step] for made in decisions if made.user == person.id}
    return OTHER_DEPARTMENT if signed - {step.department} else None


def canonical(value) -> str:
    """Return the one JSON text of a value: keys sorted, no blanks.

    :raises TypeError: for values that JSON does not know
    :raises ValueError: for numbers that are not finite
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(content: Mapping, previous: str) -> str:
    """Return the seal of a decision: SHA-256 over its content and the seal before it."""
    text = canonical({"content": content, "previous": previous or ""})
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken(chain: Sequence[Entry]) -> int | None:
    """Return the position of the first entry that does not fit its seal or the one before."""
    previous = ""
    for position, entry in enumerate(chain):
        if entry.previous != previous or digest(entry.content, previous) != entry.digest:
            return position
        previous = entry.digest
    return None
