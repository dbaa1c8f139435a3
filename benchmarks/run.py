"""Measure the add-on against Odoo itself and print ratios.

Each pair of figures comes from one run on one database: the same goods, quantities and open work
orders. A measurement is a transaction of its own with empty record caches, as a click in a browser
is; nothing is ever committed.
"""

import argparse
import sys
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import board, cases, history, plant, scoring, session, slots, verdicts
from dev import settings
from dev.progress import say


@dataclass(frozen=True)
class Row:
    """One line of the table; times in seconds."""

    title: str
    ours: cases.Result
    other: cases.Result
    wanted: str

    def cells(self):
        """Return the texts of the columns."""
        ratio = self.ours.seconds / self.other.seconds
        return (
            self.title,
            f"{self.ours.seconds * 1000:,.0f} ms",
            f"{self.other.seconds * 1000:,.0f} ms",
            f"{ratio:.2f}",
            self.wanted,
            f"{self.ours.queries:g}",
            f"{self.other.queries:g}",
        )


# numbers of slots that are generated and released
SLOTS = {"small": (200, 2_000), "full": (2_000, 20_000)}
# numbers of customers that are scored
SCORED = {"small": (1_000,), "full": (10_000, 100_000)}
MONTHS = (36, 12)  # windows: all of the history, and that of a new scorecard
HEAD = ("what", "ours", "comparison", "ratio", "wanted", "queries", "comparison")


def rows(bench):
    """Yield the rows of the table."""
    for warm in (True, False):
        label = "warm" if warm else "first call"
        ours, other = bench.one_line(warm), bench.overview(warm)
        yield Row(f"promise of one line / BoM overview, {label}", ours, other, "≤ 0.2")
    many, single = bench.lines_together(), bench.lines_apart()
    yield Row("promise of 20 lines / 20 single ones", many, single, "≤ 0.25, ≤ 40 queries")
    ours, other = bench.quotation_list(bench.addon), bench.quotation_list(bench.plain)
    yield Row("quotation list, 80 rows / without the add-on", ours, other, "≤ 1.15")
    for kind, title in cases.KINDS.items():
        found = bench.confirm(kind)
        for gate in ("off", "hold"):
            row = f"confirm 20 lines {title}, gate {gate} / without the add-on"
            # what is made only because the gate promised it, Odoo alone does not make
            yield Row(row, found[gate], found[None], "≤ 1.15" if kind != "made" else "")


def verdict_rows(bench):
    """Yield the rows of the table on acceptance rules."""
    for title, judged, alone, wanted in verdicts.cases(bench):
        yield Row(title, judged, alone, wanted)


def board_rows(bench):
    """Yield the rows of the table on the capacity board."""
    for title, ours, other, wanted in board.cases(bench):
        yield Row(title, ours, other, wanted)


def slot_rows(database, counts):
    """Yield the rows of the table on slots: time per slot of many against few."""
    few, many = (slots.measure(database, count) for count in counts)
    times = many.slots / few.slots
    for name, title in (("generated", "generate"), ("released", "release")):
        seconds, queries = many.cost(name)
        less, fewer = few.cost(name)
        row = f"{title} {many.slots:,} slots / {times:g} × {few.slots:,}"
        other = cases.Result(times * less, round(times * fewer))
        yield Row(row, cases.Result(seconds, queries), other, "≤ 1.2")


def scoring_rows(found, wanted):
    """Yield the rows of the table on scoring.

    :param found: {customers: scoring.Found}
    :param wanted: ratio wanted for the largest number of customers
    """
    for customers, one in found.items():
        title = f"score {customers:,} customers, {{}} time / bare SQL aggregate"
        for which in ("first", "second"):
            ours = result(one, which)
            bare = cases.Result(getattr(one, which).bare, 1)
            goal = wanted if customers == max(found) else ""
            yield Row(title.format(which), ours, bare, goal)
    small, large = min(found), max(found)
    if small < large:
        times = large // small
        for which in ("first", "second"):
            ours, few = result(found[large], which), result(found[small], which)
            other = cases.Result(times * few.seconds, few.queries)
            title = f"score {large:,} customers, {which} time / {times} × {small:,}"
            yield Row(title, ours, other, "≤ 1.2")


def result(found, which):
    """Return the first or second scoring as a Result."""
    one = getattr(found, which)
    return cases.Result(one.seconds, one.queries)


def show_scoring(house, counts):
    """Measure scoring over a window of all three years and over one of one year, and print."""
    databases = {count: history.prepared(house, count) for count in counts}
    for months in MONTHS:
        found = {
            count: scoring.measure(house, database, months) for count, database in databases.items()
        }
        say(f"\nscoring, {history.LINES_PER_CUSTOMER} order lines per customer in three years,")
        say(f"window of {months} months")
        show(HEAD)
        # a shorter window has fewer lines, but as many customers to store
        for row in scoring_rows(found, "≤ 2.5" if months == max(MONTHS) else ""):
            show(row.cells())
        for count, one in found.items():
            say(
                f"{count:,} customers: {one.memory:.0f} MB at most (wanted: under 600), "
                f"{one.second.moved:,} changed tier the second time"
            )


WIDTHS = (66, 10, 10, 7, 21, 8, 10)


def show(cells):
    """Print one line of the table, its first column to the left."""
    first, *others = (text.rjust(width) for text, width in zip(cells, WIDTHS, strict=True))
    say("  ".join([cells[0].ljust(len(first)), *others]))


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--size", choices=sorted(plant.SIZES), default="full")
    parser.add_argument("--open-orders", help="numbers of open work orders, with commas")
    parser.add_argument(
        "--only", choices=("promise", "scoring"), help="measure one part, by default all"
    )
    parser.add_argument("--profile", action="store_true", help="show where a promise spends time")
    return parser.parse_args(arguments)


def show_promises(house, size, arguments):
    """Measure promises, the gate and the list at each number of open work orders, and print."""
    orders = arguments.open_orders or ("10000,100000" if size.name == "full" else "1000")
    for count in map(int, orders.split(",")):
        plain, addon = plant.without_addon(house, size, count), plant.with_addon(house, size, count)
        bench = cases.Bench(plain, addon)
        if arguments.profile:
            say(bench.profile())
            continue
        say(f"\n{size.workcenters} work centres, {size.products:,} products,")
        say(f"{count:,} open work orders")
        show(HEAD)
        found = slot_rows(addon, SLOTS[size.name])
        for row in chain(rows(bench), verdict_rows(bench), board_rows(bench), found):
            show(row.cells())


def main():
    """Build what is missing, measure, print."""
    arguments = parse(None)
    size = plant.SIZES[arguments.size]
    house = settings.provide()
    session.configure()
    if arguments.only != "scoring":
        show_promises(house, size, arguments)
    if arguments.only != "promise" and not arguments.profile:
        show_scoring(house, SCORED[size.name])


if __name__ == "__main__":
    main()
