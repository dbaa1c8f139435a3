"""The contribution of scoring on AdventureWorks, which has a cost per line, to the cent."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from math import fsum

import pytest
from scored import get_facts, opened, total

from benchmarks import adventureworks_load, dataset

FIRST, LAST = date(2010, 12, 29), date(2014, 1, 28)


@pytest.fixture(scope="module")
def source():
    """Return the folder of the data."""
    found = dataset.folder(adventureworks_load.NAME)
    if not found:
        pytest.skip("the folder adventureworks is not there; say where its parent is by SOP_DATA")
    return found


@pytest.fixture(scope="module")
def env(house, source):
    """Return an environment of the loaded company; nothing is kept."""
    yield from opened(adventureworks_load.prepared(house, source))


@pytest.fixture(scope="module", params=["invoiced", "ordered"])
def facts(env, request):
    """Facts of all three years."""
    return get_facts(env, FIRST, LAST, request.param, False)


def test_sales_and_cost_to_the_hundredth_of_a_cent(facts):
    assert len(facts) == 18484
    assert round(total(facts, "net_sales"), 4) == 29358677.2207
    assert round(total(facts, "goods_cost"), 4) == 17277793.5757
    assert total(facts, "cost_to_serve") == 0


def test_contribution_of_each_customer(facts, source):
    from odoo.addons.sop_bridge.core.facts import contribution

    wanted = defaultdict(Decimal)
    for row in dataset.rows(source / "lines.csv.gz"):
        wanted[row["CustomerKey"]] += Decimal(row["SalesAmount"]) - Decimal(row["TotalProductCost"])
    found = {customer: round(contribution(figures), 4) for customer, figures in facts.items()}
    assert found == {customer: float(amount) for customer, amount in wanted.items()}
    assert round(fsum(found.values()), 4) == 12080883.6450


def test_orders_of_each_customer(facts, source):
    wanted = defaultdict(set)
    for row in dataset.rows(source / "lines.csv.gz"):
        wanted[row["CustomerKey"]].add(row["SalesOrderNumber"])
    assert {customer: figures.orders for customer, figures in facts.items()} == {
        customer: len(orders) for customer, orders in wanted.items()
    }
