"""What is measured: each case returns the median of several transactions."""

import cProfile
import io
import pstats
import random
from dataclasses import dataclass
from functools import partial
from statistics import median
from xml.etree import ElementTree

from odoo.modules.registry import Registry

from benchmarks import plant
from benchmarks.session import Cost, session

GOODS = 12  # products of which a single line is promised
LINES = 20
QUANTITY = 10
LIST_ROWS = 80
REPEAT = 5
SHOWN = ["sop_promise_date", "sop_promise_state", "sop_promise_reason", "sop_promise_parts"]
KINDS = {"stock": "from stock", "mto": "made to order", "made": "made on confirming"}


@dataclass(frozen=True)
class Result:
    """Median seconds and SQL queries of a case."""

    seconds: float
    queries: float


def middle(costs):
    """Return the Result of several costs."""
    return Result(median(cost.seconds for cost in costs), median(cost.queries for cost in costs))


def total(costs):
    """Return the sum of several costs as one Result."""
    return Result(sum(cost.seconds for cost in costs), sum(cost.queries for cost in costs))


def measure(database, prepare, call, warm=True):
    """Run a call in a transaction of its own and return its cost.

    :param prepare: function of the environment that returns what is called upon; not measured
    :param call: function of what was prepared; measured until everything is written
    """
    with session(database) as env:
        subject = prepare(env)
        env.flush_all()
        env.invalidate_all()
        if not warm:
            Registry(database).clear_all_caches()
        with Cost(env) as cost:
            call(subject)
            env.flush_all()
        return cost


class Bench:
    """The cases on one plant, with and without the add-on."""

    def __init__(self, plain, addon):
        self.plain, self.addon = plain, addon
        rng = random.Random(plant.SEED)
        with session(plain) as env:
            found = env["product.product"].search([("default_code", "=like", "P%")], order="id")
            codes = {int(good.default_code[1:]): good.id for good in found}
            self.partner = env["res.partner"].search([("name", "=", "Customer 00000")]).id
        made = [n for n in codes if not (plant.is_made_to_order(n) or plant.is_stocked(n))]
        short = [number for number in made if plant.is_short(number)]
        ready = [number for number in made if not plant.is_short(number)]
        # half of them lack their semi-finished product too, so that both levels matter
        numbers = rng.sample(short, GOODS // 2) + rng.sample(ready, GOODS // 2)
        self.goods = [codes[number] for number in numbers]
        self.mixed = [codes[number] for number in rng.sample(made, LINES)]
        self.kinds = {
            "stock": [codes[n] for n in rng.sample(list(filter(plant.is_stocked, codes)), LINES)],
            "mto": [
                codes[n] for n in rng.sample(list(filter(plant.is_made_to_order, codes)), LINES)
            ],
            "made": [codes[number] for number in rng.sample(ready, LINES)],
        }

    # ------------------------------------------------------------ what is measured upon
    def quotation(self, products, env, gate=None):
        """Create a quotation with a line per product."""
        if gate:
            env.company.sop_gate = gate
        return env["sale.order"].create(
            {
                "partner_id": self.partner,
                "order_line": [
                    (0, 0, {"product_id": product, "product_uom_qty": QUANTITY})
                    for product in products
                ],
            }
        )

    def bill(self, product, env):
        """Return the bill of a product."""
        product = env["product.product"].browse(product)
        return env["mrp.bom"]._bom_find(product)[product]

    # ------------------------------------------------------------ promise
    def promise(self, products, warm=True):
        """Cost of what the screen reads of the lines of one quotation."""
        return measure(
            self.addon,
            partial(self.quotation, products),
            lambda order: order.order_line.read(SHOWN),
            warm,
        )

    def one_line(self, warm):
        """Promise of a quotation with one line, over several products."""
        self.promise(self.goods[:1])
        return middle([self.promise([product], warm) for product in self.goods])

    def overview(self, warm):
        """Odoo's BoM overview of the same products and quantities, as its screen calls it."""

        def call(bill):
            report = bill.env["report.mrp.report_bom_structure"]
            report.get_html(bill.id, QUANTITY, False)

        costs = [
            measure(self.addon, partial(self.bill, product), call, warm)
            for product in [*self.goods[:1], *self.goods]
        ]
        return middle(costs[1:])

    def lines_together(self):
        """Promise of one quotation with many lines."""
        return middle([self.promise(self.mixed) for _again in range(REPEAT)])

    def lines_apart(self):
        """Promise of the same lines, each in a quotation of its own."""
        return total([self.promise([product]) for product in self.mixed])

    def profile(self, lines=25):
        """Return where the promise of many lines spends its time."""
        self.promise(self.mixed)
        profiler, text = cProfile.Profile(), io.StringIO()

        def call(order):
            profiler.runcall(order.order_line.read, SHOWN)

        measure(self.addon, partial(self.quotation, self.mixed), call)
        pstats.Stats(profiler, stream=text).sort_stats("cumulative").print_stats(lines)
        pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(lines)
        return text.getvalue()

    # ------------------------------------------------------------ screens
    def quotation_list(self, database):
        """The list of quotations with the columns that its view has in this database."""

        def columns(env):
            view = env.ref("sale.view_quotation_tree_with_onboarding")
            arch = ElementTree.fromstring(env["sale.order"].get_view(view.id, "list")["arch"])
            names = {node.get("name") for node in arch.iterfind("field")}
            spec = {name: self.specification(env, name) for name in sorted(names)}
            return env["sale.order"], spec

        def read(subject):
            orders, spec = subject
            orders.web_search_read([], spec, limit=LIST_ROWS)

        costs = [measure(database, columns, read) for _again in range(REPEAT + 1)]
        return middle(costs[1:])

    def specification(self, env, name):
        """Return what a list asks of a field."""
        relational = env["sale.order"]._fields[name].relational
        return {"fields": {"display_name": {}}} if relational else {}

    def confirm(self, kind):
        """Confirming a quotation of many lines: {gate, or None without the add-on: Result}."""
        costs = {None: [], "off": [], "hold": []}
        for _again in range(REPEAT):
            # in turn, so that what else the machine does falls on all of them
            for gate, found in costs.items():
                database = self.addon if gate else self.plain
                prepare = partial(self.quotation, self.kinds[kind], gate=gate)
                found.append(measure(database, prepare, lambda order: order.action_confirm()))
        return {gate: middle(found[1:]) for gate, found in costs.items()}
