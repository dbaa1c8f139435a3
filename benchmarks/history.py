"""Three years of a large wholesaler, from a fixed seed: what scoring is measured on.

100,000 customers with 1,000,000 order lines (or a tenth of both): everybody orders, many once,
few much. Every tenth customer has a contact that places half of its orders. Orders are delivered
and invoiced; most invoices are paid, some late, some never; some goods come back with a credit
note. Every tenth product is a service. Days are fixed too, so that the database is built once.
"""

import random
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import psycopg2

from odoo.fields import Command

from benchmarks import documents, plant, rows, sample, writer
from benchmarks.session import release, session
from dev import databases, paths

SEED = 20260102
FIRST, LAST = date(2022, 1, 1), date(2024, 12, 31)
SCORED = date(2025, 1, 1)
LINES_PER_CUSTOMER = 10
PRODUCTS = 1000
SELLERS = 20
TERM = 30  # days
RETURNED, NEVER_PAID, LATE = 0.02, 0.02, 0.25  # shares
CHANGED = 40  # every so many lines was changed after it was confirmed


class History:
    """Writes the history into one database."""

    def __init__(self, database, customers):
        self.database, self.customers = database, customers
        self.rng = random.Random(SEED)

    def run(self):
        """Write everything."""
        patterns = documents.take_patterns(self.database, "EUR", "be")
        with session(self.database, commit=True, **plant.QUIET) as env:
            self.country = env.ref("base.be").id
            self.sellers = self.make_sellers(env)
            self.make_products(env)
        documents.write(self.database, patterns, self.fill)
        plant.analyze(self.database)

    def make_sellers(self, env):
        """Create the salespeople and return their ids."""
        group = env.ref("sales_team.group_sale_salesman")
        values = [
            {
                "name": f"Seller {number}",
                "login": f"seller{number}",
                "group_ids": [Command.link(group.id)],
            }
            for number in range(SELLERS)
        ]
        return env["res.users"].create(values).ids

    def make_products(self, env):
        """Create the products: [(id, name, is a service, price, cost)]."""
        values = [
            {
                "name": f"Product {number:04}",
                "type": "service" if number % 10 == 0 else "consu",
                "is_storable": number % 10 != 0,
                "invoice_policy": "order",
                "list_price": 5 + number % 195,
                "standard_price": (5 + number % 195) * (50 + number % 40) / 100,
                "taxes_id": [Command.clear()],
            }
            for number in range(PRODUCTS)
        ]
        self.products = [
            (
                product.id, product.display_name, product.type == "service",
                product.list_price, Decimal(str(round(product.standard_price, 2))),
            )
            for product in plant.create(env["product.product"], values)
        ]  # fmt: skip

    # ---------------------------------------------------------------- documents
    def fill(self, book):
        """Write customers and their orders until there are enough lines."""
        self.book = book
        buyers = [self.buyers(number) for number in range(self.customers)]
        weights = list(accumulate(self.rng.lognormvariate(0, 1.4) for _buyer in buyers))
        moments = self.moments(self.customers * LINES_PER_CUSTOMER)
        # everybody orders once, and some much more
        more = self.rng.choices(buyers, cum_weights=weights, k=len(moments) - len(buyers))
        turns = buyers + more
        self.rng.shuffle(turns)
        for number, ((moment, count), persons) in enumerate(zip(moments, turns, strict=True)):
            self.order(number, self.rng.choice(persons), moment, count)

    def buyers(self, number):
        """Write a customer; return who orders for it."""
        seller = self.sellers[number % SELLERS]
        company = self.book.company(f"Customer {number:06}", self.country, user_id=seller)
        if number % 10:
            return (company,)
        return company, self.book.contact(f"Person {number:06}", company, self.country)

    def moments(self, lines):
        """Return [(moment of an order, number of its lines)] in the order of time."""
        days, found = (LAST - FIRST).days, []
        start = datetime.combine(FIRST, datetime.min.time())
        while lines:
            count = min(lines, self.rng.randint(1, 7))
            lines -= count
            minute = self.rng.randint(8 * 60, 17 * 60)
            found.append((start + timedelta(self.rng.randint(0, days), minutes=minute), count))
        return sorted(found)

    def order(self, number, partner, moment, count):
        """Write an order with its delivery, invoice, payment, and what came back."""
        lines = [self.line(product) for product in self.rng.sample(self.products, count)]
        sends = any(not line.service for line in lines)
        back = not lines[0].service and self.rng.random() < RETURNED
        returned = lines[0].quantity if back else 0
        order = self.book.order(partner, moment, f"S{number:07}", lines, sends, returned)
        sent = moment + timedelta(days=self.rng.randint(1, 5))
        delivery = self.book.deliver(order, sent) if sends else None
        due = sent.date() + timedelta(days=TERM)
        self.book.invoice(order, sent.date(), due, self.paid(due))
        if back:
            came = sent + timedelta(days=self.rng.randint(3, 20))
            self.book.bring_back(order, delivery, came, returned)
            self.book.refund(partner, came.date(), lines[:1], order.name, order.ids[:1])

    def line(self, product):
        """Return one line of an order."""
        number, name, service, price, cost = product
        quantity = self.rng.randint(1, 20)
        price = Decimal(int(price * self.rng.randint(80, 100))).scaleb(-2)
        return writer.Line(number, name, service, quantity, price, quantity * price, cost)

    def paid(self, due):
        """Return the day on which an invoice was paid, or None."""
        chance = self.rng.random()
        if chance < NEVER_PAID:
            return None
        days = self.rng.randint(1, 60) if chance < LATE else -self.rng.randint(0, 10)
        day = due + timedelta(days=days)
        return day if day < SCORED else None


# ---------------------------------------------------------------- prepared databases
def plain(house, customers):
    """Return the database of the wholesaler without the add-on."""
    base = databases.template(house, demo=False)
    prefix = f"sop_bench_history_plain_{customers}_"
    modules = (sys.modules[__name__], documents, rows, sample, writer)
    code = [Path(module.__file__).read_text() for module in modules]

    def fill(database):
        databases.copy(house, base, database)
        History(database, customers).run()

    title = f"history of {customers:,} customers with {customers * LINES_PER_CUSTOMER:,} lines"
    name = prefix + paths.short_hash(base, *code)
    return databases.prepared(house, name, prefix, title, fill)


def prepared(house, customers):
    """Return the database of the same wholesaler after installing the add-on."""
    base = plain(house, customers)
    prefix = f"sop_bench_history_addon_{customers}_"
    name = prefix + paths.short_hash(base, paths.tree_hash(paths.ADDON), Path(__file__).read_text())

    def fill(database):
        databases.copy(house, base, database)
        databases.install(house, database, ["sop_bridge"])
        equip(database)

    return databases.prepared(house, name, prefix, f"sop_bridge in a copy of {base}", fill)


def equip(database):
    """Note changes after confirmation, which Odoo without the add-on does not know."""
    release(database)
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE sale_order_line SET sop_changes = 1 WHERE id %% %s = 0", [CHANGED])
    connection.close()
    plant.analyze(database)
