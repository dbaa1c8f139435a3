"""The facts of scoring on all of Online Retail, against the numbers that its data states."""

import random
import time
from collections import defaultdict
from datetime import date
from decimal import Decimal
from math import ceil, fsum

import pytest
from scored import get_facts, opened, recompute, total

from benchmarks import dataset, retail_load

FIRST, LAST = date(2010, 12, 1), date(2011, 12, 9)
SUMMER = date(2011, 6, 1)
BEST = 544
ORDER = ["amount_untaxed", "amount_total", "margin", "invoice_status", "delivery_status"]
ORDER_LINE = ["price_subtotal", "price_total", "qty_invoiced", "qty_delivered", "invoice_status"]
ORDER_LINE += ["qty_to_invoice", "untaxed_amount_invoiced", "untaxed_amount_to_invoice", "margin"]
MOVE = ["amount_untaxed", "amount_total", "amount_residual", "amount_untaxed_signed"]
MOVE += ["amount_total_signed", "amount_residual_signed", "payment_state", "commercial_partner_id"]
MOVE_LINE = ["debit", "credit", "price_subtotal", "price_total", "amount_residual", "reconciled"]


@pytest.fixture(scope="module")
def source():
    """Return the folder of the data."""
    found = dataset.folder(retail_load.NAME)
    if not found:
        pytest.skip("the folder online_retail is not there; say where its parent is by SOP_DATA")
    return found


@pytest.fixture(scope="module")
def csv(source):
    """[(customer, code, moment, amount)] of every line with a customer, as the file has them."""
    return [
        (
            row["CustomerID"],
            row["StockCode"],
            row["InvoiceDate"],
            (int(row["Quantity"]) * Decimal(row["UnitPrice"])).quantize(Decimal("0.01")),
        )
        for row in dataset.rows(source / "lines.csv.gz")
        if row["CustomerID"]
    ]


@pytest.fixture(scope="module")
def env(house, source):
    """Return an environment of the loaded wholesaler; nothing is kept."""
    yield from opened(retail_load.prepared(house, source))


@pytest.fixture(scope="module")
def net(env):
    """Facts from invoices and credit notes, postage and the like included."""
    return get_facts(env, FIRST, LAST, "invoiced", True)


@pytest.fixture(scope="module")
def gross(env):
    """Facts from orders, of the customers who bought something."""
    facts = get_facts(env, FIRST, LAST, "ordered", True)
    return {customer: found for customer, found in facts.items() if found.net_sales > 0}


@pytest.fixture(scope="module")
def curve(env, gross):
    """Return the add-on's whale curve over the sales."""
    return whale({customer: found.net_sales for customer, found in gross.items()})


def whale(sales):
    """Return the rows of the add-on's whale curve; Odoo must be configured before."""
    from odoo.addons.sop_bridge.core.whale import whale as ranked

    return ranked(sales)


# ---------------------------------------------------------------- what was loaded
def test_every_line_is_loaded_or_counted(env, source, csv):
    data = retail_load.read(source)
    assert data.lines == 541909
    assert data.left_out == {"no customer": 135080}
    lines = env["account.move.line"].search_count([("display_type", "=", "product")])
    assert lines == len(csv) == 541909 - 135080


def test_odoo_computes_what_was_loaded(env):
    rng = random.Random(1)
    orders = env["sale.order"].search([])
    orders = orders.browse(rng.sample(orders.ids, 25))
    moves = env["account.move"].search([])
    moves = moves.browse(rng.sample(moves.ids, 50))
    assert set(moves.mapped("move_type")) == {"out_invoice", "out_refund"}
    assert recompute(orders.order_line, ORDER_LINE) == []
    assert recompute(orders, ORDER) == []
    assert recompute(moves.line_ids, MOVE_LINE) == []
    assert recompute(moves, MOVE) == []
    assert orders.invoice_ids.mapped("invoice_origin") == orders.mapped("name")


# ---------------------------------------------------------------- to the penny
def test_net_of_credit_notes(net, csv):
    assert len(net) == 4372
    assert round(total(net, "net_sales"), 2) == 8300065.81
    wanted = defaultdict(Decimal)
    for customer, _code, _moment, amount in csv:
        wanted[customer] += amount
    assert {customer: round(found.net_sales, 2) for customer, found in net.items()} == {
        customer: float(amount) for customer, amount in wanted.items()
    }


def test_gross_of_orders(gross):
    assert len(gross) == 4338
    assert round(total(gross, "net_sales"), 2) == 8911407.90
    assert sum(found.orders == 1 for found in gross.values()) == 1493


@pytest.mark.parametrize(
    ("basis", "wanted"), [("invoiced", Decimal("13402.49")), ("ordered", Decimal("150341.25"))]
)
def test_goods_only_leaves_out_exactly_what_is_no_goods(env, csv, basis, wanted):
    found = sum(
        amount
        for _customer, code, _moment, amount in csv
        if not code[:5].isdigit() and (amount > 0 or basis == "invoiced")
    )
    assert found == wanted
    both = (get_facts(env, FIRST, LAST, basis, services) for services in (True, False))
    everything, goods = (total(facts, "net_sales") for facts in both)
    assert round(everything - goods, 2) == float(wanted)


# ---------------------------------------------------------------- how sales are spread
@pytest.mark.parametrize(("part", "share"), [(0.01, 32.0), (0.05, 50.4), (0.20, 74.6)])
def test_share_of_the_best_customers(curve, part, share):
    assert round(100 * curve[ceil(part * len(curve)) - 1].share, 1) == share


@pytest.mark.parametrize(("share", "customers"), [(0.50, 212), (0.80, 1133), (0.95, 2602)])
def test_customers_who_make_a_share(curve, share, customers):
    assert sum(row.share < share for row in curve) + 1 == customers


def test_the_best_of_winter_are_the_best_of_summer(env):
    winter = get_facts(env, FIRST, date(2011, 5, 31), "ordered", True)
    summer = get_facts(env, SUMMER, LAST, "ordered", True)
    rows = whale({customer: found.net_sales for customer, found in winter.items()})
    best = [row.customer for row in rows[:BEST]]
    sales = fsum(summer[customer].net_sales for customer in best)
    assert round(100 * sales / total(summer, "net_sales"), 1) == 52.1
    assert round(100 * sum(summer[customer].orders > 0 for customer in best) / BEST, 1) == 91.4


# ---------------------------------------------------------------- a whole run
def test_a_run_scores_everybody_and_once(env, net, capsys):
    tiers = env["sop.tier"].search([], order="rank")
    card = env["sop.scorecard"].create(
        {
            **env["sop.scorecard"]._prepare_template(env.company, tiers),
            "window_months": 13,
            "include_services": True,
        }
    )
    started = time.perf_counter()
    run = env["sop.score.run"]._run(card, LAST)
    env.flush_all()
    with capsys.disabled():
        seconds = time.perf_counter() - started
        print(f"\n\nscored {run.total} customers of 22,190 documents in {seconds:.1f} s")
    assert run.state == "done"
    assert run.total == run.applied == 4372
    scores = env["sop.score"].search([("run_id", "=", run.id)])
    assert len(scores) == len(scores.partner_id) == 4372
    assert round(fsum(scores.mapped("net_sales")), 2) == 8300065.81
    idle = sum(found.orders == 0 for found in net.values())
    assert len(scores.filtered(lambda score: not score.has_score)) == idle == 33
    assert all(score.partner_id.sop_tier_id == score.tier_after_id for score in scores)
    before = scores.read()
    assert env["sop.score.run"]._run(card, LAST) == run
    env.invalidate_all()
    assert env["sop.score"].search([("run_id", "=", run.id)]).read() == before
