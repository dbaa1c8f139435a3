"""Changeovers between product families on a work centre.

A matrix holds what was agreed: {(from, to): (minutes, cost)}, where ``None`` as from or to stands
for any other family. It need not be symmetric: black after white takes less cleaning than white
after black.
"""

from dataclasses import dataclass
from math import isfinite
from numbers import Real


@dataclass(frozen=True, slots=True)
class Entry:
    """What a pair of families shall have; a value that is None stays as it is.

    Both None: the pair has nothing of its own any more, so that a default counts for it.
    """

    source: object
    target: object
    minutes: float | None = None
    cost: float | None = None

    @property
    def pair(self):
        return (self.source, self.target)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an entry cannot be stored.

    code: 'same' (from a family to itself), 'unknown' (value: the family), 'twice', 'number',
    'negative', 'minutes' or 'cost' (too much).
    """

    code: str
    entry: Entry
    value: object = None


@dataclass(frozen=True, slots=True)
class Change:
    """A pair whose (minutes, cost) become others; None: nothing of its own."""

    source: object
    target: object
    before: tuple | None
    after: tuple | None


def lookup(matrix, source, target):
    """Return (minutes, cost) of changing from a family to another one.

    The most exact entry counts: this pair, then from any other family to this one, then from this
    one to any other, then the default of the work centre. Without any of them, within one family
    and between products of none, it is (0.0, 0.0).

    :param matrix: {(from, to): (minutes, cost)}, cost in the company's currency
    :param source: family made before, ``None`` if it is unknown
    :param target: family made next, ``None`` if it is unknown
    """
    return (0.0, 0.0) if source == target else _find(matrix, source, target)


def _find(matrix, source, target):
    for pair in ((source, target), (None, target), (source, None), (None, None)):
        if pair in matrix:
            return matrix[pair]
    return (0.0, 0.0)


def check(entries, families, max_minutes, max_cost):
    """Return the problems of entries that shall be stored together, in their order.

    :param families: those that may be named; ``None`` may always be
    """
    problems = []
    seen = set()
    for entry in entries:
        problems += _check_pair(entry, families)
        if entry.pair in seen:
            problems.append(Problem("twice", entry))
        seen.add(entry.pair)
        problems += _check_value(entry, entry.minutes, "minutes", max_minutes)
        problems += _check_value(entry, entry.cost, "cost", max_cost)
    return problems


def _check_pair(entry, families):
    if entry.source is not None and entry.source == entry.target:
        yield Problem("same", entry, entry.source)
    for family in entry.pair:
        if family is not None and family not in families:
            yield Problem("unknown", entry, family)


def _check_value(entry, value, name, limit):
    if value is None:
        return
    if not _is_number(value):
        yield Problem("number", entry, value)
    elif value < 0:
        yield Problem("negative", entry, value)
    elif value > limit:
        yield Problem(name, entry, value)


def _is_number(value):
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    return not isinstance(value, float) or isfinite(value)


def plan(matrix, entries, keep=None):
    """Return the changes that entries make to a matrix, in the order of the entries.

    Of an entry with only one value, the other one stays what it is now, be it the pair's own or
    that of a default.

    :param keep: pairs to leave alone though no entry names them; all other pairs without an entry
        are removed. None: every pair without an entry is left alone.
    """
    changes = []
    for entry in entries:
        before = matrix.get(entry.pair)
        after = _complete(matrix, entry)
        if before != after:
            changes.append(Change(entry.source, entry.target, before, after))
    if keep is not None:
        stay = {entry.pair for entry in entries}.union(keep)
        changes += [
            Change(*pair, before, None) for pair, before in matrix.items() if pair not in stay
        ]
    return changes


def _complete(matrix, entry):
    """(minutes, cost) of an entry, to the hundredth as they are stored, or None."""
    if entry.minutes is None and entry.cost is None:
        return None
    minutes, cost = _find(matrix, *entry.pair)
    return (
        round(float(minutes if entry.minutes is None else entry.minutes), 2),
        round(float(cost if entry.cost is None else entry.cost), 2),
    )
