"""The whole test run: checks, core, Odoo without and with demo data, system."""

import subprocess
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from dev import databases, lint, paths
from dev.progress import say

NOTHING_COLLECTED = 5
# pytest-odoo wants a database for every test; only the add-on's own tests have one
WITHOUT_ODOO = ("-p", "no:odoo")
# words in the names of system tests that read much data, half of their time
REAL_DATA = {"retail", "scoring"}


@dataclass
class Totals:
    """What happened over all runs of pytest."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list = field(default_factory=list)

    def add(self, report):
        """Add the counts of one JUnit report."""
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            number = {name: int(suite.get(name, 0)) for name in ("failures", "errors", "skipped")}
            bad = number["failures"] + number["errors"]
            self.failed += bad
            self.skipped += number["skipped"]
            self.passed += max(int(suite.get("tests", 0)) - bad - number["skipped"], 0)


def test(house, fast=False, extra=()):
    """Run the checks and all tests, print the totals, and return the exit code."""
    totals = Totals()
    if lint.lint(house):
        totals.broken.append("checks")
    core = [*WITHOUT_ODOO, "tests/core"]
    if fast:
        pytest(house, totals, "core", core, extra)
    else:
        templates = [databases.installed(house, demo) for demo in (False, True)]
        data, others, crowds = system_tests()
        side_by_side(
            partial(odoo_tests, house, totals, True, templates[True], extra),
            partial(odoo_tests, house, totals, False, templates[False], extra),
            partial(pytest, house, totals, "core", core, extra, apart=True),
        )
        side_by_side(
            partial(pytest, house, totals, "system with real data", data, extra, apart=True),
            partial(pytest, house, totals, "system", others, extra, apart=True),
        )
        # many users at once want the machine for themselves
        pytest(house, totals, "system with many users", crowds, extra)
    for name in totals.broken:
        say(f"  {name}: failed")
    # a failed check counts like a failed test, so that the closing line never looks clean
    failed = totals.failed or len(totals.broken)
    say(f"\n{totals.passed} passed, {failed} failed, {totals.skipped} skipped")
    return 1 if failed or not totals.passed else 0


def side_by_side(*runs):
    """Run functions two at a time: none uses two processors at once, and no two meet."""
    with ThreadPoolExecutor(max_workers=2) as lanes:
        for done in [lanes.submit(run) for run in runs]:
            done.result()


def system_tests():
    """Return pytest's arguments for the tests with real data, all others, and with many users."""
    parts = {"real": [], "others": [], "parallel": []}
    for path in sorted(paths.CHECKOUT.glob("tests/system/test_*.py")):
        words = path.stem.split("_")
        kind = "parallel" if "parallel" in words else "others"
        if kind == "others" and not REAL_DATA.isdisjoint(words):
            kind = "real"
        parts[kind].append(str(path.relative_to(paths.CHECKOUT)))
    return [[*WITHOUT_ODOO, *files] for files in parts.values()]


def odoo_tests(house, totals, demo, template, extra):
    """Run the add-on's own tests on a copy of a prepared database."""
    name = databases.temporary(house, "demo" if demo else "plain")
    databases.copy(house, template, name)
    arguments = ["--odoo-http", f"--odoo-database={name}", "sop_bridge/tests"]
    title = f"Odoo {'with' if demo else 'without'} demo data"
    try:
        pytest(house, totals, title, arguments, extra, apart=True)
    finally:
        databases.drop(house, name)


def pytest(house, totals, title, arguments, extra, apart=False):
    """Run pytest once and add its counts to the totals.

    :param apart: print its output when it ends, because another run prints meanwhile
    """
    report = paths.cache() / "log" / f"{title.replace(' ', '_')}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    say(f"  {title}: started" if apart else f"\n  {title}:")
    started = time.monotonic()
    done = subprocess.run(
        [str(house.python), "-m", "pytest", f"--junitxml={report}", *arguments, *extra],
        cwd=paths.CHECKOUT,
        env=house.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if apart else None,
        stderr=subprocess.STDOUT if apart else None,
        text=True,
        errors="replace",
        check=False,
    )
    if apart:
        say(f"\n  {title}:\n{done.stdout}")
    if report.exists():
        totals.add(report)
    chosen_away = extra and done.returncode == NOTHING_COLLECTED
    if done.returncode and not chosen_away:
        totals.broken.append(title)
    say(f"  {title}: {time.monotonic() - started:.1f} s")
