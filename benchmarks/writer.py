"""What all documents share: partners, lines, ids, numbers, and writing in portions."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from benchmarks.rows import Ids, Rows

CENT = Decimal("0.01")
CHUNK = 5000  # documents between two writings
# parents before children, as foreign keys want it
KINDS = {
    "company": "res_partner",
    "contact": "res_partner",
    "order": "sale_order",
    "goods line": "sale_order_line",
    "service line": "sale_order_line",
    "delivery": "stock_picking",
    "return": "stock_picking",
    "delivery move": "stock_move",
    "return move": "stock_move",
    "invoice": "account_move",
    "refund": "account_move",
    "payment": "account_move",
    "full": "account_full_reconcile",
    "invoice line": "account_move_line",
    "receivable": "account_move_line",
    "refund line": "account_move_line",
    "refund receivable": "account_move_line",
    "payment bank": "account_move_line",
    "payment receivable": "account_move_line",
    "partial": "account_partial_reconcile",
}
LINK = "sale_order_line_invoice_rel"
SERIES = {"invoice": "INV", "refund": "RINV", "payment": "BNK1"}


def cents(amount):
    """Round an amount as Odoo rounds money: half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Partner:
    """Who orders: id and name on documents, and those of the company behind them."""

    id: int
    name: str
    company: int
    payer: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is sold: product id and name, whether a service; unit price and cost; the amount."""

    product: int
    name: str
    service: bool
    quantity: int
    price: Decimal
    amount: Decimal
    cost: Decimal = Decimal(0)


def total(lines):
    """Return the amount of some lines."""
    return sum((line.amount for line in lines), Decimal(0))


class Writer:
    """Takes rows of all kinds and writes them in portions.

    :param cursor: of PostgreSQL, in a transaction
    :param patterns: {kind: row} as ``sample.patterns`` returns them
    """

    def __init__(self, cursor, patterns):
        self.cursor = cursor
        self.counters = {table: Ids(cursor, table) for table in dict.fromkeys(KINDS.values())}
        self.rows = {
            kind: Rows(table, patterns[kind], self.counters[table]) for kind, table in KINDS.items()
        }
        self.links = Rows(LINK, {})
        self.numbers, self.waiting = {}, 0

    # ---------------------------------------------------------------- writing
    def add(self, kind, **values):
        """Remember a row and return its id."""
        return self.rows[kind].add(**values)

    def count(self):
        """Write what waits, once that is much."""
        self.waiting += 1
        if self.waiting >= CHUNK:
            self.write()

    def write(self):
        """Write all that waits."""
        for rows in (*self.rows.values(), self.links):
            rows.write(self.cursor)
        self.waiting = 0

    def close(self):
        """Write the rest and let the tables count on from there."""
        self.write()
        for ids in self.counters.values():
            ids.write(self.cursor)

    def number(self, kind, day):
        """Return the next number of a year: {name, sequence_prefix, sequence_number}."""
        prefix = f"{SERIES[kind]}/{day.year}/"
        number = self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
        return {
            "name": f"{prefix}{number:05}",
            "sequence_prefix": prefix,
            "sequence_number": number,
        }

    # ---------------------------------------------------------------- partners
    def company(self, name, country, **values):
        """Remember a customer and return it."""
        number = self.rows["company"].ids.last + 1
        self.add(
            "company", name=name, complete_name=name, commercial_company_name=name,
            commercial_partner_id=number, country_id=country, **values,
        )  # fmt: skip
        return Partner(number, name, number, name)

    def contact(self, name, company, country):
        """Remember a person of a customer and return them."""
        full = f"{company.name}, {name}"
        number = self.add(
            "contact", name=name, complete_name=full, commercial_company_name=company.name,
            commercial_partner_id=company.id, parent_id=company.id, country_id=country,
        )  # fmt: skip
        return Partner(number, full, company.id, company.name)
