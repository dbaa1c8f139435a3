"""What a scorecard would change, reckoned by hand."""

import pytest

from sop_bridge.core.preview import Row, compare, share


def test_totals_of_each_tier():
    rows = [
        Row("gold", "gold", 600.0, 60.0),
        Row("gold", "silver", 100.0, -20.0),
        Row(None, "silver", 300.0, 30.0),
    ]
    tiers = compare(rows)
    assert list(tiers) == ["gold", "silver", None]
    gold, silver, none = tiers.values()
    assert (gold.customers_now, gold.customers_then) == (2, 1)
    assert (gold.net_sales_now, gold.net_sales_then) == (700.0, 600.0)
    assert (silver.customers_now, silver.customers_then) == (0, 2)
    assert silver.contribution_then == pytest.approx(10.0)
    assert (none.customers_now, none.customers_then, none.net_sales_then) == (1, 0, 0.0)


def test_nobody():
    assert compare([]) == {}


@pytest.mark.parametrize(
    ("part", "total", "expected"), [(1, 4, 0.25), (0, 5, 0.0), (5, 0, None), (-5, -10, None)]
)
def test_share_of_nothing_is_none(part, total, expected):
    assert share(part, total) == expected
