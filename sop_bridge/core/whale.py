"""How profit and tiers are spread over the customers of a run: whale curve, tier migration."""

from collections import Counter
from collections.abc import Hashable, Mapping
from itertools import accumulate
from typing import NamedTuple


class WhaleRow(NamedTuple):
    """One customer on the whale curve; ``share`` of the total profit, None when that is ≤ 0."""

    customer: Hashable
    profit: float
    cumulative: float
    share: float | None


def whale(profits: Mapping[Hashable, float]) -> list[WhaleRow]:
    """Return the customers by profit, descending, with cumulative profit and its share of all.

    The share rises above 1 where later customers cost money. It is undefined (None) when the total
    is not positive. Customers of equal profit come in the order of their keys.
    """
    ranked = sorted(profits.items(), key=lambda item: (-item[1], item[0]))
    cumulative = list(accumulate(profit for _customer, profit in ranked))
    total = cumulative[-1] if cumulative else 0.0
    return [
        WhaleRow(customer, profit, so_far, so_far / total if total > 0 else None)
        for (customer, profit), so_far in zip(ranked, cumulative, strict=True)
    ]


def migration(
    before: Mapping[Hashable, Hashable], after: Mapping[Hashable, Hashable]
) -> dict[tuple[Hashable | None, Hashable | None], int]:
    """Return {(tier before, tier after): customers}; None where a customer is in one run only."""
    everybody = {**before, **after}
    return dict(Counter((before.get(customer), after.get(customer)) for customer in everybody))
