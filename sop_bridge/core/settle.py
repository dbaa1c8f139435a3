"""The tier a customer settles in after a scoring: hysteresis, contractual floor, override.

Promotion after *p* scorings in a row above the border, demotion after *d* below it (the formula
of the design: defaults 1 and 2). Nobody moves further than all of these scorings agree on.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from .definition import Definition

FIRST = "first"
PROMOTED = "promoted"
DEMOTED = "demoted"
KEPT = "kept"
RISING = "rising"
FALLING = "falling"
NO_ORDERS = "no_orders"
FLOOR = "floor"
OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Settled:
    """What a scoring settled.

    :param tier: the tier the customer has now
    :param outcome: why: 'first' (had none), 'promoted', 'demoted', 'kept', 'rising' or 'falling'
        (the streak is still too short), 'no_orders' (default tier), 'floor', 'override'
    :param earned: the tier by the scores alone: the one that rules when floor and override end,
        and the ``current`` of the next scoring
    """

    tier: Hashable
    outcome: str
    earned: Hashable


def settle(
    definition: Definition,
    current: Hashable | None,
    recent: Sequence[Hashable],
    rank: Mapping[Hashable, float],
    floor: Hashable | None = None,
    override: Hashable | None = None,
    scored: bool = True,
) -> Settled:
    """Return the tier after a scoring.

    :param current: tier earned before (``Settled.earned`` of the scoring before, else the
        customer's tier), None without one
    :param recent: tiers that the scorings asked for, oldest first, this one last
    :param rank: {tier: rank}, lower is better, of all tiers; a tier of ``recent`` that is gone
        since is passed over
    :param scored: False when the customer had no orders in the window: the default tier, at once
    """
    earned, outcome = _earned(definition, current, recent, rank, scored)
    if override is not None:
        return Settled(override, OVERRIDE, earned)
    if floor is not None and rank[floor] < rank[earned]:
        return Settled(floor, FLOOR, earned)
    return Settled(earned, outcome, earned)


def _earned(definition, current, recent, rank, scored):
    """Return (tier, outcome) by the scores alone."""
    if not scored:
        return definition.default, NO_ORDERS
    recent = [tier for tier in recent if tier in rank]
    newest = recent[-1] if recent else definition.default
    if current not in rank:
        return newest, FIRST
    held = rank[current]
    up = max(recent[-definition.promote_after :], key=rank.get, default=None)
    if len(recent) >= definition.promote_after and rank[up] < held:
        return up, PROMOTED
    down = min(recent[-definition.demote_after :], key=rank.get, default=None)
    if len(recent) >= definition.demote_after and rank[down] > held:
        return down, DEMOTED
    if rank[newest] == held:
        return current, KEPT
    return current, RISING if rank[newest] < held else FALLING
