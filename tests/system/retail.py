"""Reads invoices of the Online Retail data set as quotations for a plant.

Left out, and counted: cancellations (number starts with C), lines without a customer, lines whose
quantity or price is not positive, and codes that are no goods (postage, samples, bank charges,
vouchers: everything that does not start with five digits).
"""

import csv
import gzip
import os
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

FOLDER = "online_retail"
# share of the customers, by yearly revenue, that are Gold, and that are at least Silver
GOLD, SILVER = 0.05, 0.20
# share of the goods that lie in stock, of 100
STOCKED = 90
# how much more work is asked for than the plant can do until the last requested day
OVERLOAD = 1.3


def folder():
    """Return the folder of the data, or None: SOP_DATA, or shared/data beside the checkout."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    found = Path(os.environ.get("SOP_DATA") or beside) / FOLDER
    return found if (found / "lines.csv.gz").exists() else None


@dataclass
class Invoice:
    """One invoice: customer number, day, and [(stock code, quantity)]."""

    number: str
    customer: str
    day: date
    lines: list = field(default_factory=list)


@dataclass
class Sample:
    """The first invoices, what was left out before the last of them, and all year's revenue."""

    invoices: list
    left_out: Counter
    revenue: dict

    @property
    def customers(self):
        """Customer numbers, in the order of their first invoice."""
        return list(dict.fromkeys(invoice.customer for invoice in self.invoices))

    @property
    def quantities(self):
        """{stock code: quantity over all invoices}, in the order of appearance."""
        total = defaultdict(int)
        for invoice in self.invoices:
            for code, quantity in invoice.lines:
                total[code] += quantity
        return total

    def tiers(self):
        """{customer number: GOLD, SILVER or STD} by rank of the year's revenue."""
        ranked = sorted(self.revenue, key=self.revenue.get, reverse=True)
        place = {customer: number / len(ranked) for number, customer in enumerate(ranked)}
        return {
            customer: "GOLD"
            if place[customer] < GOLD
            else "SILVER"
            if place[customer] < SILVER
            else "STD"
            for customer in self.customers
        }


def read(source, count):
    """Read the first ``count`` invoices."""
    invoices, left_out, revenue = {}, Counter(), defaultdict(float)
    with gzip.open(source / "lines.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            reason = why_not(row)
            number = row["InvoiceNo"]
            if not reason:
                amount = int(row["Quantity"]) * float(row["UnitPrice"])
                revenue[row["CustomerID"]] += amount
            if len(invoices) == count and number not in invoices:
                continue
            if reason:
                left_out[reason] += 1
                continue
            day = date.fromisoformat(row["InvoiceDate"][:10])
            invoice = invoices.setdefault(number, Invoice(number, row["CustomerID"], day))
            invoice.lines.append((row["StockCode"], int(row["Quantity"])))
    return Sample(list(invoices.values()), left_out, revenue)


def why_not(row):
    """Return why a line is left out, or None."""
    if row["InvoiceNo"].startswith("C"):
        return "cancellation"
    if not row["CustomerID"]:
        return "no customer"
    if int(row["Quantity"]) <= 0 or float(row["UnitPrice"]) <= 0:
        return "no quantity or price"
    return None if row["StockCode"][:5].isdigit() else "not goods"


def names(source):
    """{stock code: description}"""
    with gzip.open(source / "products.csv.gz", "rt", newline="") as file:
        return {row["StockCode"]: row["Description"] for row in csv.DictReader(file)}


def number_of(code, salt):
    """Return a number from 0 to 99 that is always the same for a stock code."""
    return zlib.crc32(f"{salt} {code}".encode()) % 100


def is_stocked(code):
    """Tell whether a product lies in stock."""
    return number_of(code, "stock") < STOCKED


def steps(code, workcenters):
    """[(work centre, weight)] of the one to three operations of a product."""
    count = 1 + number_of(code, "count") % 3
    first = number_of(code, "first")
    return [
        (workcenters[(first + step) % len(workcenters)], 1 + number_of(code, step) % 4)
        for step in range(count)
    ]


def minutes_per_weight(sample, workcenters, capacity):
    """Minutes for one unit of weight, so that the plant is asked for more than it can do."""
    asked = sum(
        quantity * weight
        for code, quantity in sample.quantities.items()
        if not is_stocked(code)
        for _workcenter, weight in steps(code, workcenters)
    )
    return OVERLOAD * capacity / max(asked, 1)


def shift(sample, earliest):
    """Days, in whole weeks, from the time of the invoices to the near future."""
    first = min(invoice.day for invoice in sample.invoices)
    return timedelta(weeks=-((first - earliest).days // 7))
