"""Scoring of a generated history by the scheduled job, in a process and a database of its own.

``measure`` copies the history, starts the process, and returns what it found: the seconds of two
scorings, each with those of the bare SQL aggregate of the same measures just before, and the most
memory that the process ever held. The bare aggregate is the add-on's own statement, wrapped so
that it only sums up what the statement says of each customer and returns one row; it is called
once before it is measured. The job commits as it does in a server, so the copy is dropped.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from pathlib import Path

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tools import SQL

from benchmarks import history
from benchmarks.session import Cost, configure, session
from dev import databases, paths

QUANTILES = ("contribution", "net_sales", "frequency", "recency")
BREAKPOINTS = {
    "contribution_percent": ((0, 0), (30, 100)),
    "growth": ((-30, 0), (30, 100)),
    "overdue": ((0, 100), (30, 0)),
    "changed": ((0, 100), (25, 0)),
    "returned": ((0, 100), (8, 0)),
    "rush": ((0, 100), (40, 0)),
    "strategic": ((0, 0), (10, 100)),
}
BORDERS = {"GOLD": 65, "SILVER": 50}
DEFAULT = "STD"
PAGE = 1024


@dataclass(frozen=True)
class Scoring:
    """One scoring and the bare aggregate before it: seconds, SQL queries, customers who moved."""

    seconds: float
    queries: int
    moved: int
    bare: float


@dataclass(frozen=True)
class Found:
    """What one process found; memory in MB."""

    customers: int
    first: Scoring
    second: Scoring
    memory: float


def measure(house, database, months):
    """Measure in a new process on a copy of a database.

    :param months: length of the window
    :return: Found
    """
    name = databases.temporary(house, "scoring")
    databases.copy(house, database, name)
    try:
        done = subprocess.run(
            [str(house.python), "-m", "benchmarks.scoring", name, str(months)],
            cwd=paths.CHECKOUT,
            env=house.environment(),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    finally:
        databases.drop(house, name)
    found = json.loads(done.stdout.splitlines()[-1])
    both = {key: Scoring(**found.pop(key)) for key in ("first", "second")}
    return Found(**found, **both)


# ---------------------------------------------------------------- inside the process
def peak_memory():
    """Return the most memory this process held, in MB.

    Linux gives a new process the peak of the one that started it in ``ru_maxrss``; the high water
    mark of its own is in ``/proc``.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / PAGE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PAGE


def scorecard(env, months):
    """Create a draft that uses every measure of the add-on.

    A draft does, since all that its approval adds is the permission.
    """
    tiers = {tier.code: tier.id for tier in env["sop.tier"].search([])}
    points = {**dict.fromkeys(QUANTILES, ()), **BREAKPOINTS}
    criteria = [
        {
            "measure": measure,
            "method": "breakpoints" if scale else "quantile",
            "breakpoint_ids": [
                Command.create({"figure": figure, "points": given}) for figure, given in scale
            ],
        }
        for measure, scale in points.items()
    ]
    return env["sop.scorecard"].create(
        {
            "window_months": months,
            "default_tier_id": tiers[DEFAULT],
            "criterion_ids": [Command.create(values) for values in criteria],
            "border_ids": [
                Command.create({"tier_id": tiers[code], "score": score})
                for code, score in BORDERS.items()
            ],
        }
    )


def rates(env):
    """Give each activity a price, so that the cost to serve is computed."""
    model = env["sop.cost.rate"]
    priced = [name for name, field in model._fields.items() if name.endswith("_cost")]
    return model.create({"valid_from": history.FIRST, **dict.fromkeys(priced, 3)})


def statement(env, start, stop):
    """Return the add-on's statement, wrapped so that it only aggregates."""
    # Odoo finds add-ons only once it has read its configuration
    from odoo.addons.sop_bridge.core.facts import Facts  # noqa: PLC0415
    from odoo.addons.sop_bridge.models.sop_score_window import Window  # noqa: PLC0415

    model = env["sop.score.facts"].sudo().with_company(env.company)
    window = Window(env.company, start, stop, "invoiced", False)
    columns = [field.name for field in fields(Facts) if field.name != "months"]
    return SQL(
        "SELECT count(*), %s FROM (%s) AS found (id, %s)",
        SQL(", ").join(SQL("sum(%s)", SQL.identifier(name)) for name in columns),
        model._statement(window),
        SQL(", ").join(map(SQL.identifier, columns)),
    )


def seconds(call):
    """Return how long a call took."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def window(day, months):
    """Return first and last day of the window that ends on a day."""
    return day - relativedelta(months=months) + timedelta(days=1), day


def score(env, card, day):
    """Score as the scheduled job does, after the bare aggregate; return Scoring."""
    query = statement(env, *window(day, card.window_months))
    bare = min(seconds(lambda: env.cr.execute(query)) for _again in range(2))
    runs = env["sop.score.run"]
    with Cost(env) as cost:
        run = runs._open(card, day)
        runs._cron_continue()
    if run.state != "done":
        raise RuntimeError(f"the run of {day} is {run.state}: {run.message}")
    return Scoring(cost.seconds, cost.queries, run.moved_count, bare)


def run(database, months):
    """Score twice, a month apart; return Found."""
    with session(database) as env:
        rates(env)
        card = scorecard(env, months)
        env.cr.commit()
        env.cr.execute(statement(env, *window(history.SCORED, months)))
        customers = env.cr.fetchone()[0]
        first = score(env, card, history.SCORED)
        second = score(env, card, history.SCORED + relativedelta(months=1))
        return Found(customers, first, second, peak_memory())


def main():
    """Measure and print the result as JSON."""
    configure()
    print(json.dumps(asdict(run(sys.argv[1], int(sys.argv[2])))))


if __name__ == "__main__":
    main()
