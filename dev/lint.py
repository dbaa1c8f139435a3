"""Static checks: ruff, pylint-odoo, the OCA checks of data files, the import contract."""

import subprocess
import time

from dev import paths
from dev.progress import say

ADDON = paths.ADDON.name
CHECKS = (
    ("ruff check", "."),
    ("ruff format --check", "."),
    ("pylint", ADDON),
    ("oca-checks-odoo-module", ADDON),
    ("lint-imports", ""),
)
TRANSLATIONS = "oca-checks-po"


def checks():
    """Return the command lines of all checks."""
    commands = [[*command.split(), *target.split()] for command, target in CHECKS]
    catalogues = sorted(paths.ADDON.glob("i18n/*.po*"))
    if catalogues:
        names = [str(path.relative_to(paths.CHECKOUT)) for path in catalogues]
        commands.append([*TRANSLATIONS.split(), *names])
    return commands


def lint(house):
    """Run all checks, show what they find, and return how many failed."""
    failed = 0
    for command in checks():
        started = time.monotonic()
        done = subprocess.run(
            [str(house.python.parent / command[0]), *command[1:]],
            cwd=paths.CHECKOUT,
            env=house.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        verdict = "failed" if done.returncode else "passed"
        if done.returncode:
            failed += 1
            say(done.stdout.rstrip())
        title = " ".join(command if len(command) < 5 else command[:3])
        say(f"  {title}: {verdict} ({time.monotonic() - started:.1f} s)")
    return failed
