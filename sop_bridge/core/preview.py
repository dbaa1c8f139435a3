"""What a scorecard would change: customers, revenue and contribution of each tier, now and then."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A customer: tier now and then (None: no tier), net sales and contribution in the window."""

    now: Hashable | None
    then: Hashable | None
    net_sales: float
    contribution: float


@dataclass(slots=True)
class Holding:
    """What a tier holds: number of customers, net sales and contribution, now and then."""

    customers_now: int = 0
    customers_then: int = 0
    net_sales_now: float = 0.0
    net_sales_then: float = 0.0
    contribution_now: float = 0.0
    contribution_then: float = 0.0


def compare(rows: Iterable[Row]) -> dict[Hashable | None, Holding]:
    """Return {tier: Holding} of all tiers that some customer has now or would have then."""
    tiers: dict[Hashable | None, Holding] = {}
    for row in rows:
        now = tiers.setdefault(row.now, Holding())
        now.customers_now += 1
        now.net_sales_now += row.net_sales
        now.contribution_now += row.contribution
        then = tiers.setdefault(row.then, Holding())
        then.customers_then += 1
        then.net_sales_then += row.net_sales
        then.contribution_then += row.contribution
    return tiers


def share(part: float, total: float) -> float | None:
    """Return part ÷ total, None when the total is not positive: a share of nothing says nothing."""
    return part / total if total > 0 else None
