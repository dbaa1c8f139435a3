"""What a customer did in the window of a scorecard, and the figures that follow from it.

Each figure is a function of ``Facts`` and returns None where the customer has no such figure: a
share of nothing is not zero. Formulas: contribution = net sales − goods cost − cost to serve
(activity rate × driver); its parts are kept, so that a screen can show them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Totals of one customer over the window; money in the company's currency.

    :param net_sales: invoiced (or ordered) goods, refunds taken off
    :param goods_cost: cost of these goods
    :param cost_to_serve: activity rates × the drivers below
    :param sales_before: net sales of the window of the same length before this one
    :param orders: sales documents in the window; without one the customer gets no score
    :param lines: order lines in the window
    :param last_order: days since the last order, None when there never was one
    :param overdue_days: average days overdue of invoices, None without a due invoice
    :param changed_lines: lines changed or cancelled after confirmation, of ``all_lines``
    :param delivered_value: value of the goods delivered; ``returned_value`` of those sent back
    :param rush_orders: orders with a shorter lead time than agreed
    :param deliveries: transfers to the customer; likewise ``returns``, ``changes`` and
        ``changeovers`` are counts of events that an activity rate prices
    :param strategic: importance 0–10 set by hand, None where nobody set it
    :param months: length of the window
    """

    net_sales: float = 0.0
    goods_cost: float = 0.0
    cost_to_serve: float = 0.0
    sales_before: float = 0.0
    orders: int = 0
    lines: int = 0
    last_order: float | None = None
    overdue_days: float | None = None
    changed_lines: int = 0
    all_lines: int = 0
    delivered_value: float = 0.0
    returned_value: float = 0.0
    rush_orders: int = 0
    deliveries: int = 0
    returns: int = 0
    changes: int = 0
    changeovers: int = 0
    strategic: float | None = None
    months: float = 12.0


def net_sales(facts: Facts) -> float:
    """Return the net sales, in money."""
    return facts.net_sales


def contribution(facts: Facts) -> float:
    """Return net sales − goods cost − cost to serve, in money; negative for a loss."""
    return facts.net_sales - facts.goods_cost - facts.cost_to_serve


def contribution_percent(facts: Facts) -> float | None:
    """Return the contribution in percent of net sales, None when these are not positive."""
    return _percent(contribution(facts), facts.net_sales)


def frequency(facts: Facts) -> float | None:
    """Return the orders per month of the window, None for a window without length."""
    return facts.orders / facts.months if facts.months > 0 else None


def recency(facts: Facts) -> float | None:
    """Return the days since the last order."""
    return facts.last_order


def growth(facts: Facts) -> float | None:
    """Return the growth in percent against the window before, None without sales in that one."""
    return _percent(facts.net_sales - facts.sales_before, facts.sales_before)


def overdue(facts: Facts) -> float | None:
    """Return the average days overdue of paid and open invoices."""
    return facts.overdue_days


def changed(facts: Facts) -> float | None:
    """Return the percent of lines changed or cancelled after confirmation."""
    return _percent(facts.changed_lines, facts.all_lines)


def returned(facts: Facts) -> float | None:
    """Return the value sent back in percent of the value delivered.

    Above 100 when goods of an earlier window come back.
    """
    return _percent(facts.returned_value, facts.delivered_value)


def rush(facts: Facts) -> float | None:
    """Return the percent of orders that were rush orders."""
    return _percent(facts.rush_orders, facts.orders)


def strategic(facts: Facts) -> float | None:
    """Return the strategic importance, 0–10."""
    return facts.strategic


def _percent(part, whole):
    """Return 100 × part ÷ whole, None when the whole is not positive."""
    return 100.0 * part / whole if whole > 0 else None
