"""Loads AdventureWorks, 60,398 order lines of an invented bicycle maker with their cost, into Odoo.

``python3 -m dev exec python -m benchmarks.adventureworks_load DATABASE`` fills a database that has
the modules the add-on depends on, and no documents. Each order becomes a confirmed order of its
customer, with the cost of each line as Odoo's sale_margin keeps it, and a posted invoice of the
same day. The company keeps its books in USD, without taxes.

Amounts have four decimals in the data. The columns of Odoo hold them, so they are loaded as they
are: sales 29,358,677.2207, cost 17,277,793.5757. Odoo itself would round the amount of each line
to cents, and sales would be 29,358,677.89 (0.6693 more); the cost of a unit it rounds to the
digits of *Product Price*, with two of them the cost would be 17,277,858.06 (64.4843 more). The
option ``--cents`` loads what Odoo would write.
"""

import sys
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from odoo.fields import Command

from benchmarks import dataset, documents, plant, rows, sample, writer
from benchmarks.session import configure, session
from dev import databases, paths
from dev.progress import say

NAME = "adventureworks"
CURRENCY, COUNTRY = "USD", "us"
NOON = timedelta(hours=12)


def read(source):
    """{order number: (day, customer, [(product, quantity, price, cost, amount)])}"""
    orders = {}
    for row in dataset.rows(source / "lines.csv.gz"):
        day = date.fromisoformat(row["OrderDate"])
        order = orders.setdefault(row["SalesOrderNumber"], (day, row["CustomerKey"], []))
        quantity = int(row["OrderQuantity"])
        amount, cost = Decimal(row["SalesAmount"]), Decimal(row["TotalProductCost"])
        order[2].append((row["ProductKey"], quantity, amount / quantity, cost / quantity, amount))
    return orders


class Loader:
    """Writes the data into one database.

    :param cents: round amounts and costs to cents as Odoo does with its ordinary settings
    """

    def __init__(self, database, source, cents=False):
        self.database = database
        self.rounded = writer.cents if cents else lambda amount: amount
        self.orders = read(source)

    def run(self):
        """Load everything and return the orders."""
        patterns = documents.take_patterns(self.database, CURRENCY, COUNTRY)
        with session(self.database, commit=True, **plant.QUIET) as env:
            self.country = env.ref(f"base.{COUNTRY}").id
            self.make_products(env)
        documents.write(self.database, patterns, self.fill)
        plant.analyze(self.database)
        return self.orders

    def make_products(self, env):
        """Create the products."""
        keys = sorted({line[0] for _day, _who, lines in self.orders.values() for line in lines})
        values = {
            "is_storable": True,
            "invoice_policy": "order",
            "taxes_id": [Command.clear()],
        }
        made = plant.create(
            env["product.product"], [dict(values, name=f"Product {key}") for key in keys]
        )
        self.products = {
            key: (product.id, product.display_name) for key, product in zip(keys, made, strict=True)
        }

    def fill(self, book):
        """Write customers, orders and invoices."""
        partners = {}
        for number, (day, customer, found) in self.orders.items():
            if customer not in partners:
                partners[customer] = book.company(f"Customer {customer}", self.country)
            lines = [self.line(*line) for line in found]
            moment = datetime.combine(day, datetime.min.time()) + NOON
            order = book.order(partners[customer], moment, number, lines)
            book.invoice(order, day, day)

    def line(self, key, quantity, price, cost, amount):
        """Return one line of an order."""
        product, name = self.products[key]
        return writer.Line(
            product, name, False, quantity, price, self.rounded(amount), self.rounded(cost)
        )


def prepared(house, source):
    """Return the database of the bicycle maker with the add-on."""
    base = databases.installed(house)
    prefix = "sop_bench_adventureworks_"
    modules = (sys.modules[__name__], dataset, documents, rows, sample, writer)
    code = [Path(module.__file__).read_text() for module in modules]
    size = (source / "lines.csv.gz").stat().st_size

    def fill(database):
        databases.copy(house, base, database)
        Loader(database, source).run()

    name = prefix + paths.short_hash(base, size, *code)
    return databases.prepared(house, name, prefix, "AdventureWorks in Odoo", fill)


def main():
    """Load the data into the named database and say how long it took."""
    source = dataset.folder(NAME)
    if not source:
        sys.exit(f"The folder {NAME} is not there; say where its parent is by SOP_DATA.")
    configure()
    started = time.perf_counter()
    orders = Loader(sys.argv[1], source, "--cents" in sys.argv[2:]).run()
    lines = sum(len(found) for _day, _customer, found in orders.values())
    say(f"{lines:,} lines of {len(orders):,} orders in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
