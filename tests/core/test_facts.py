"""Figures of a customer, by tables of numbers and by a whole company's order lines."""

import csv
import gzip
import os
from collections import defaultdict
from decimal import Decimal
from math import fsum
from pathlib import Path

import pytest

from sop_bridge.core import facts as figure
from sop_bridge.core.facts import Facts
from sop_bridge.core.whale import whale

ORDER_COST, LINE_COST = 7.25, 0.5


@pytest.mark.parametrize(
    ("sales", "goods", "service", "money", "percent"),
    [
        (1000.0, 600.0, 150.0, 250.0, 25.0),
        (1000.0, 600.0, 0.0, 400.0, 40.0),
        (1000.0, 900.0, 350.0, -250.0, -25.0),
        (100.0, 25.0, 12.5, 62.5, 62.5),
        # more came back than was sold
        (-80.0, -60.0, 40.0, -60.0, None),
        (0.0, 0.0, 12.0, -12.0, None),
    ],
)
def test_contribution_is_what_goods_and_service_leave(sales, goods, service, money, percent):
    facts = Facts(net_sales=sales, goods_cost=goods, cost_to_serve=service)
    assert figure.net_sales(facts) == sales
    assert figure.contribution(facts) == money
    assert figure.contribution_percent(facts) == percent


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("frequency", Facts(orders=6), 0.5),
        ("frequency", Facts(orders=6, months=3), 2),
        ("frequency", Facts(orders=6, months=0), None),
        ("recency", Facts(last_order=0), 0),
        ("recency", Facts(), None),
        ("growth", Facts(net_sales=150, sales_before=100), 50),
        ("growth", Facts(net_sales=75, sales_before=100), -25),
        ("growth", Facts(net_sales=150), None),
        ("growth", Facts(net_sales=150, sales_before=-10), None),
        ("overdue", Facts(overdue_days=3.5), 3.5),
        ("overdue", Facts(), None),
        ("changed", Facts(changed_lines=3, all_lines=12), 25),
        ("changed", Facts(), None),
        ("returned", Facts(returned_value=5, delivered_value=200), 2.5),
        ("returned", Facts(returned_value=300, delivered_value=200), 150),
        ("returned", Facts(returned_value=5), None),
        ("rush", Facts(rush_orders=1, orders=8), 12.5),
        ("rush", Facts(), None),
        ("strategic", Facts(strategic=7), 7),
        ("strategic", Facts(), None),
    ],
)
def test_a_figure_is_a_number_or_unknown(name, facts, expected):
    assert getattr(figure, name)(facts) == expected


def folder():
    """Return the folder of the AdventureWorks lines: SOP_DATA, or shared/data by the checkout."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("SOP_DATA") or beside) / "adventureworks"


@pytest.fixture(scope="module")
def lines():
    source = folder() / "lines.csv.gz"
    if not source.exists():
        pytest.skip(f"the AdventureWorks order lines are not in {source.parent}; set SOP_DATA")
    with gzip.open(source, "rt", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def customers(lines):
    """{customer: Facts} of all lines, with an activity rate for an order and for a line."""
    sales, cost, count = defaultdict(float), defaultdict(float), defaultdict(int)
    orders = defaultdict(set)
    for row in lines:
        customer = int(row["CustomerKey"])
        sales[customer] += float(row["SalesAmount"])
        cost[customer] += float(row["TotalProductCost"])
        count[customer] += 1
        orders[customer].add(row["SalesOrderNumber"])
    return {
        customer: Facts(
            net_sales=sales[customer],
            goods_cost=cost[customer],
            orders=len(orders[customer]),
            lines=count[customer],
            cost_to_serve=ORDER_COST * len(orders[customer]) + LINE_COST * count[customer],
        )
        for customer in sales
    }


def test_the_sums_of_a_whole_company_are_right_to_the_cent(customers):
    everybody = customers.values()
    service = fsum(facts.cost_to_serve for facts in everybody)
    assert len(customers) == 18_484
    assert fsum(map(figure.net_sales, everybody)) == pytest.approx(29_358_677.2207, abs=1e-4)
    assert fsum(facts.goods_cost for facts in everybody) == pytest.approx(17_277_793.5757, abs=1e-4)
    assert service == 27_659 * ORDER_COST + 60_398 * LINE_COST
    left = fsum(map(figure.contribution, everybody))
    assert left == pytest.approx(12_080_883.6450 - service, abs=1e-4)


def test_each_customer_is_right_to_the_cent(lines, customers):
    exact = defaultdict(Decimal)
    for row in lines:
        exact[int(row["CustomerKey"])] += Decimal(row["SalesAmount"]) - Decimal(
            row["TotalProductCost"]
        )
    for customer, facts in customers.items():
        service = Decimal(str(facts.cost_to_serve))
        assert abs(Decimal(figure.contribution(facts)) - exact[customer] + service) < Decimal(
            "1e-6"
        )


def test_the_whale_curve_of_a_whole_company_ends_at_its_profit(customers):
    profits = {customer: figure.contribution(facts) for customer, facts in customers.items()}
    rows = whale(profits)
    assert rows[-1].cumulative == pytest.approx(fsum(profits.values()), abs=1e-4)
    # some cost more to serve than their goods leave, so the curve has a hump
    assert max(row.share for row in rows) > 1 == rows[-1].share
