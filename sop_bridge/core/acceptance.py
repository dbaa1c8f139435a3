"""Acceptance rules: whether a line of an order passes, asks for an exception, or is refused.

Rules are tried in their sequence. The first one whose scope fits and whose conditions hold decides;
when none does, the line passes. A condition whose figure is unknown never lets a rule fire.
"""

import math
from dataclasses import dataclass
from datetime import date

from .figures import NO_RATE, Missing, figure
from .supply import TOLERANCE

# Outcomes, from good to bad.
OUTCOMES = ("none", "pass", "exception", "refuse")
RESULTS = {"accept": "pass", "exception": "exception", "refuse": "refuse"}
OPERATORS = ("<", "<=", ">", ">=")


@dataclass(frozen=True)
class Condition:
    """``figure operator threshold``; holds, and speaks against the line unless the rule accepts.

    :param threshold: in the unit of the measure, money in company currency; None: its currency has
        no rate
    """

    measure: str
    operator: str
    threshold: float | None

    def holds(self, value):
        """True, False, or None when it cannot be said.

        :param value: float or Missing
        """
        if self.threshold is None or isinstance(value, Missing):
            return None
        slack = TOLERANCE * max(1.0, abs(self.threshold))
        if self.operator == "<":
            return value < self.threshold - slack
        if self.operator == "<=":
            return value <= self.threshold + slack
        if self.operator == ">":
            return value > self.threshold + slack
        return value >= self.threshold - slack


@dataclass(frozen=True)
class Scope:
    """To which lines a rule applies; what is empty applies to all."""

    tiers: frozenset = frozenset()
    families: frozenset = frozenset()
    products: frozenset = frozenset()
    partners: frozenset = frozenset()
    order_types: frozenset = frozenset()

    def fits(self, order, item):
        """Whether an item of an order lies in the scope."""
        return (
            (not self.tiers or order.tier in self.tiers)
            and (not self.families or item.family in self.families)
            and (not self.products or item.product in self.products)
            and (not self.partners or not self.partners.isdisjoint(order.partners))
            and (not self.order_types or order.order_type in self.order_types)
        )


@dataclass(frozen=True)
class Rule:
    """A rule; without conditions it fires for its whole scope.

    :param result: 'accept', 'exception' or 'refuse'
    :param match: 'all' or 'any' of the conditions
    :param first: first day on which it is valid, None: always was
    :param last: last day on which it is valid, None: no end
    """

    key: object
    result: str
    conditions: tuple[Condition, ...] = ()
    match: str = "all"
    scope: Scope = Scope()
    first: date | None = None
    last: date | None = None

    def fits(self, order, item):
        """Whether the rule is valid on the day of the order and looks at this item."""
        valid = (not self.first or self.first <= order.today) and (
            not self.last or order.today <= self.last
        )
        return valid and self.scope.fits(order, item)


@dataclass(frozen=True)
class Number:
    """A condition that held, with its figure; money in company currency."""

    measure: str
    operator: str
    threshold: float
    figure: float


@dataclass(frozen=True)
class Unknown:
    """A rule that might have fired, had a figure been known: which measure, and why it is not."""

    rule: object
    measure: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """What the rules say about a line.

    :param outcome: 'none' where there is nothing to judge, 'pass', 'exception' or 'refuse'
    :param rule: key of the rule that decided; None when no rule fired
    :param numbers: the conditions that made it fire
    :param unknown: rules before it that could not be judged and that somebody should mend
    :param offers: core Offers that would let the line pass
    """

    outcome: str
    rule: object = None
    numbers: tuple[Number, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    offers: tuple = ()

    @property
    def holds(self):
        """Whether the line cannot simply be accepted."""
        return self.outcome in ("exception", "refuse")

    def is_worse(self, other):
        """Whether it is worse for the line than another verdict."""
        return OUTCOMES.index(self.outcome) > OUTCOMES.index(other.outcome)


def combine(match, answers):
    """All or any of answers that are True, False, or None for unknown (Kleene's logic)."""
    if not answers:
        return True
    decisive = match == "any"
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def decide(rules, order, item):
    """Verdict of rules, in their sequence, on an item of an order."""
    if not item.judged:
        return Verdict("none")
    return decide_by([rule for rule in rules if rule.fits(order, item)], order, item, {})


def decide_by(rules, order, item, known):
    """Verdict of rules that fit an item of an order.

    :param known: {measure: figure} that are known already; what else is measured is added
    """
    unknown = []
    for rule in rules:
        for condition in rule.conditions:
            if condition.measure not in known:
                known[condition.measure] = figure(condition.measure, order, item)
        answers = [condition.holds(known[condition.measure]) for condition in rule.conditions]
        fires = combine(rule.match, answers)
        if fires:
            numbers = _numbers(rule, answers, known)
            return Verdict(RESULTS[rule.result], rule.key, numbers, tuple(unknown))
        if fires is None:
            unknown += _unknown(rule, known)
    return Verdict("pass", unknown=tuple(unknown))


def is_stuck(rules, known):
    """Whether rules that fit an item hold it whatever its other figures are.

    :param known: {measure: figure} of those that stay
    """
    for rule in rules:
        answers = [
            condition.holds(known[condition.measure]) if condition.measure in known else None
            for condition in rule.conditions
        ]
        fires = combine(rule.match, answers)
        if fires:
            return rule.result != "accept"
        if fires is None and rule.result == "accept":
            return False
    return False


def _numbers(rule, answers, known):
    return tuple(
        Number(condition.measure, condition.operator, condition.threshold, known[condition.measure])
        for condition, answer in zip(rule.conditions, answers, strict=True)
        if answer
    )


def _unknown(rule, known):
    """What somebody should mend so that the rule can be judged."""
    for condition in rule.conditions:
        value = NO_RATE if condition.threshold is None else known[condition.measure]
        if isinstance(value, Missing) and value.problem:
            yield Unknown(rule.key, condition.measure, value.why)


# ---------------------------------------------------------------------- rules that say too much
# Figures that are never below; of other measures, nothing is known.
LEAST = {
    "campaign_quantity": 0.0,
    "changeover_share": 0.0,
    "changeover_minutes": 0.0,
    "overdue_days": 0.0,
}


def reach(match, conditions):
    """'always' or 'never' where conditions hold whatever a figure is, or whatever it is do not.

    Each condition holds on one side of its threshold. The side is a cut of the line of numbers:
    (threshold, 0) just before it, (threshold, 1) just after it.

    :param conditions: Conditions with a threshold
    :return: None where it depends on the line
    """
    spans = {}
    for condition in conditions:
        spans.setdefault(condition.measure, []).append(condition)
    found = [_reach(match, measure, group) for measure, group in spans.items()]
    if not conditions:
        return "always"
    decisive = "always" if match == "any" else "never"
    if decisive in found:
        return decisive
    return found[0] if len(set(found)) == 1 else None


def _reach(match, measure, conditions):
    """The same for the conditions on one measure."""
    least = (LEAST.get(measure, -math.inf), 0)
    below = [
        (one.threshold, int(one.operator == "<=")) for one in conditions if "<" in one.operator
    ]
    above = [(one.threshold, int(one.operator == ">")) for one in conditions if ">" in one.operator]
    if match == "any":
        low, high = min(above, default=(math.inf, 1)), max(below, default=least)
        if low <= least or low <= high:
            return "always"
        return "never" if not above and high <= least else None
    low, high = max([least, *above]), min(below, default=(math.inf, 1))
    if high <= low:
        return "never"
    return "always" if not below and low <= least else None
