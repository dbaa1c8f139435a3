"""How one demand is covered: free stock, receipts that are coming, production or a vendor."""

from __future__ import annotations  # a field named date would hide the type

from dataclasses import dataclass
from datetime import date, timedelta

from .produce import explain_production, failure_reason, produce
from .supply import TOLERANCE
from .values import Make, Reason


@dataclass(frozen=True)
class Cover:
    """How one demand is covered: pieces (source, quantity, ready day), and what that takes."""

    date: date | None
    pieces: tuple = ()
    takes: tuple = ()
    loads: tuple = ()
    reason: Reason | None = None
    made: float = 0.0
    makes: tuple = ()


def cover_demand(demand, quantity, plant, target=None):
    """Earliest complete way to cover a demand; on a tie the one that makes less.

    For every day t on which more becomes available: take ATP(t), make the rest, complete on
    max(t, finish). With a ``target`` every day up to it is as good as any other.
    """
    supply = plant.supplies[demand.product]
    floor = target if target and target > plant.today else plant.today
    steps = supply.timeline.steps() if supply.timeline else [(plant.today, 0.0)]
    best, rank, failure = None, None, None
    for day, level in steps:
        if best and day > max(best.date, floor):
            break
        missing = quantity - level if quantity - level > TOLERANCE * quantity else 0.0
        cover = _candidate(supply, day, quantity, missing, plant, target)
        if cover.date is None:
            failure = cover
        else:
            key = (max(cover.date, floor), cover.made, cover.date)
            if best is None or key < rank:
                best, rank = cover, key
        if not missing:
            break
    return best or failure


def _candidate(supply, day, quantity, missing, plant, target):
    """Cover that uses everything available by ``day`` and makes or buys ``missing``."""
    pieces, takes = _from_timeline(supply, quantity, day)
    if not missing:
        ready = pieces[-1][2]
        reason = Reason("stock") if ready <= plant.today else Reason("incoming", {"date": ready})
        return Cover(ready, tuple(pieces), tuple(takes), reason=reason)
    if supply.bill is not None:
        made = produce(supply, missing, plant, target)
        if made.finish is None:
            return Cover(None, tuple(pieces), reason=Reason(*failure_reason(made, plant)))
        ready = max([made.finish] + [piece[2] for piece in pieces])
        if made.finish >= ready:
            reason = Reason(*explain_production(made, plant))
        else:
            reason = Reason("incoming", {"date": ready})
        pieces.append(("production", missing, made.finish))
        takes = tuple(takes) + made.takes
        make = Make(supply.product, supply.bill.id, missing, made.finish)
        return Cover(ready, tuple(pieces), takes, made.loads, reason, missing, (make,))
    if supply.lead is not None:
        arrival = plant.today + timedelta(days=supply.lead)
        pieces.append((supply.lead_source, missing, arrival))
        ready = max(piece[2] for piece in pieces)
        reason = Reason("purchase", {"date": arrival, "days": supply.lead})
        return Cover(ready, tuple(pieces), tuple(takes), reason=reason, made=missing)
    return Cover(None, tuple(pieces), reason=Reason("no_source", {"product": supply.product}))


def _from_timeline(supply, quantity, until):
    """Pieces and takes of what stock and receipts give up to a day."""
    pieces, takes, used = [], [], 0.0
    if supply.timeline is None:
        return pieces, takes
    for day, level in supply.timeline.steps():
        part = min(quantity, level) - used
        if day > until or used >= quantity:
            break
        if part > TOLERANCE:
            source = "stock" if day <= supply.timeline.today else "incoming"
            pieces.append((source, part, day))
            takes.append((supply.product, part, day))
            used += part
    return pieces, takes
