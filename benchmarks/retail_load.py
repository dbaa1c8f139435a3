"""Loads Online Retail, all 541,909 lines of 13 months of a British wholesaler, into Odoo.

``python3 -m dev exec python -m benchmarks.retail_load DATABASE`` fills a database that has the
modules the add-on depends on, with or without the add-on, and no documents. What becomes what:

- A known customer becomes a company with its country (the first one, where a customer has two).
- A stock code becomes a storable product; the codes that are no goods (README of the data: POST,
  DOT, M, m, D, S, B, AMAZONFEE, PADS, CRUK, BANK CHARGES, C2, DCGS*, gift_*) become services.
- An invoice of a known customer becomes a confirmed order and its posted invoice of the same day,
  due the same day and open, as the data knows no payment. Lines at a price of zero stay in.
- A cancellation (number starts with C) becomes a posted credit note. The data does not say which
  order it cancels, so it is linked to none.
- Lines without a customer are left out and counted.

The company keeps its books in GBP, without taxes. Unit prices have up to three decimals, amounts
of lines are rounded to pence as Odoo rounds them. There is no cost and no delivery in the data, so
there is none in Odoo. Times are London's.
"""

import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from odoo.fields import Command

from benchmarks import dataset, documents, plant, rows, sample, writer
from benchmarks.session import configure, session
from dev import databases, paths
from dev.progress import say

NAME = "online_retail"
CURRENCY, COUNTRY = "GBP", "uk"
LONDON, UTC = ZoneInfo("Europe/London"), ZoneInfo("UTC")
SERVICES = {"POST", "DOT", "M", "m", "D", "S", "B", "AMAZONFEE", "PADS", "CRUK", "BANK CHARGES"}
SERVICES |= {"C2"}
SERVICE_PREFIXES = ("DCGS", "gift_")
# names of the data that are not Odoo's; None: no country
COUNTRIES = {
    "EIRE": "IE", "RSA": "ZA", "USA": "US", "Hong Kong": "HK", "Channel Islands": "JE",
    "European Community": None, "Unspecified": None,
}  # fmt: skip


@dataclass
class Document:
    """An invoice or a cancellation: customer, London time, [(code, quantity, price)]."""

    number: str
    customer: str
    moment: datetime
    lines: list = field(default_factory=list)

    @property
    def is_refund(self):
        """Tell whether this is a cancellation."""
        return self.number.startswith("C")


@dataclass
class Retail:
    """All documents of known customers, in the order of the data, and what was left out."""

    documents: dict = field(default_factory=dict)
    countries: dict = field(default_factory=dict)
    left_out: Counter = field(default_factory=Counter)
    lines: int = 0


def is_service(code):
    """Tell whether a stock code is no goods."""
    return code in SERVICES or code.startswith(SERVICE_PREFIXES)


def read(source):
    """Return the data as Retail; quantities are positive, in cancellations too."""
    data = Retail()
    for row in dataset.rows(source / "lines.csv.gz"):
        data.lines += 1
        customer, number = row["CustomerID"], row["InvoiceNo"]
        if not customer:
            data.left_out["no customer"] += 1
            continue
        data.countries.setdefault(customer, row["Country"])
        if number not in data.documents:
            moment = datetime.fromisoformat(row["InvoiceDate"])
            data.documents[number] = Document(number, customer, moment)
        line = row["StockCode"], abs(int(row["Quantity"])), Decimal(row["UnitPrice"])
        data.documents[number].lines.append(line)
    return data


class Loader:
    """Writes the data into one database."""

    def __init__(self, database, source):
        self.database, self.source = database, source
        self.data = read(source)

    def run(self):
        """Load everything and return the data."""
        patterns = documents.take_patterns(self.database, CURRENCY, COUNTRY)
        with session(self.database, commit=True, **plant.QUIET) as env:
            self.countries = self.find_countries(env)
            self.make_products(env)
        documents.write(self.database, patterns, self.fill)
        plant.analyze(self.database)
        return self.data

    def find_countries(self, env):
        """{name in the data: id or None}"""
        found = {}
        for name in set(self.data.countries.values()):
            domain = [("name", "=", name)]
            if name in COUNTRIES:
                domain = [("code", "=", COUNTRIES[name])]
            found[name] = env["res.country"].search(domain, limit=1).id or None
            if not found[name] and name not in COUNTRIES:
                raise ValueError(f"Odoo knows no country {name}")
        return found

    def make_products(self, env):
        """Create a product for each code that is sold."""
        titles = {
            row["StockCode"]: row["Description"]
            for row in dataset.rows(self.source / "products.csv.gz")
        }
        sold = (line[0] for document in self.data.documents.values() for line in document.lines)
        self.codes = list(dict.fromkeys(sold))
        made = plant.create(
            env["product.product"],
            [
                {
                    "name": titles.get(code) or code,
                    "default_code": code,
                    "type": "service" if is_service(code) else "consu",
                    "is_storable": not is_service(code),
                    "invoice_policy": "order",
                    "taxes_id": [Command.clear()],
                }
                for code in self.codes
            ],
        )
        self.products = {
            code: (product.id, product.display_name)
            for code, product in zip(self.codes, made, strict=True)
        }

    def fill(self, book):
        """Write customers and documents."""
        partners = {
            customer: book.company(f"Customer {customer}", self.countries[country])
            for customer, country in self.data.countries.items()
        }
        for document in self.data.documents.values():
            partner = partners[document.customer]
            lines = [self.line(*line) for line in document.lines]
            day = document.moment.date()
            if document.is_refund:
                book.refund(partner, day, lines, document.number)
                continue
            moment = document.moment.replace(tzinfo=LONDON).astimezone(UTC).replace(tzinfo=None)
            order = book.order(partner, moment, f"S{document.number}", lines)
            book.invoice(order, day, day)

    def line(self, code, quantity, price):
        """Return one line of a document."""
        product, name = self.products[code]
        amount = writer.cents(quantity * price)
        return writer.Line(product, name, is_service(code), quantity, price, amount)


# ---------------------------------------------------------------- prepared databases
def plain(house, source):
    """Return the database of the wholesaler without the add-on."""
    base = databases.template(house, demo=False)
    prefix = "sop_bench_retail_plain_"
    modules = (sys.modules[__name__], dataset, documents, rows, sample, writer)
    code = [Path(module.__file__).read_text() for module in modules]
    size = (source / "lines.csv.gz").stat().st_size

    def fill(database):
        databases.copy(house, base, database)
        Loader(database, source).run()

    name = prefix + paths.short_hash(base, size, *code)
    return databases.prepared(house, name, prefix, "Online Retail in Odoo", fill)


def prepared(house, source):
    """Return the database of the wholesaler after installing the add-on."""
    base = plain(house, source)
    prefix = "sop_bench_retail_addon_"
    name = prefix + paths.short_hash(base, paths.tree_hash(paths.ADDON))

    def fill(database):
        databases.copy(house, base, database)
        databases.install(house, database, ["sop_bridge"])
        plant.analyze(database)

    return databases.prepared(house, name, prefix, f"sop_bridge in a copy of {base}", fill)


def main():
    """Load the data into the named database and say what it took."""
    source = dataset.folder(NAME)
    if not source:
        sys.exit(f"The folder {NAME} is not there; say where its parent is by SOP_DATA.")
    configure()
    started = time.perf_counter()
    data = Loader(sys.argv[1], source).run()
    loaded = sum(len(document.lines) for document in data.documents.values())
    say(f"{data.lines:,} lines read, {loaded:,} loaded, left out: {dict(data.left_out)}")
    say(f"{len(data.documents):,} documents of {len(data.countries):,} customers")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"{time.perf_counter() - started:.1f} s, at most {memory:.0f} MB")


if __name__ == "__main__":
    main()
