"""The command line behind the Makefile: ``python3 -m dev COMMAND``."""

import argparse
import os
import shutil
import sys

from dev import databases, demo, lint, paths, postgres, settings, testing
from dev.progress import Failure, run, say


def provision(_arguments):
    """Install what is missing, and prepare both template databases."""
    house = settings.provide()
    for with_demo in (False, True):
        say(f"  {databases.template(house, with_demo)}")


def odoo(arguments):
    """Run Odoo's command line with our configuration."""
    house = settings.provide()
    os.execve(house.python, house.odoo(*arguments.rest), house.environment())


def execute(arguments):
    """Run any program in our environment, for instance a tool of the virtual environment."""
    house = settings.provide()
    os.execvpe(arguments.rest[0], arguments.rest, house.environment())


def start_demo(_arguments):
    """Start the demo plant, creating it if needed."""
    demo.demo(settings.provide(browser=False))


def update_demo(_arguments):
    """Upgrade the add-on in the demo database and restart its server."""
    demo.update(settings.provide(browser=False))


def shell(_arguments):
    """Open Odoo's shell on the demo database."""
    house = settings.provide(browser=False)
    os.execve(house.python, house.odoo("shell", "-d", demo.NAME, "--no-http"), house.environment())


def check(_arguments):
    """Run the static checks."""
    return 1 if lint.lint(settings.provide(browser=False)) else 0


def test(arguments):
    """Run all checks and tests; --fast leaves out those that need Odoo."""
    extra = [part for part in arguments.rest if part != "--fast"]
    return testing.test(settings.provide(), "--fast" in arguments.rest, extra)


def bench(arguments):
    """Run the benchmarks."""
    house = settings.provide()
    command = [str(house.python), "benchmarks/run.py", *arguments.rest]
    os.chdir(paths.CHECKOUT)
    os.execve(house.python, command, house.environment())


def pot(_arguments):
    """Export the translatable terms."""
    house = settings.provide()
    target = paths.ADDON / "i18n" / "sop_bridge.pot"
    target.parent.mkdir(exist_ok=True)
    database = databases.installed(house)
    command = [house.python, "-m", "odoo", "i18n", "export", "-d", database, "-o", target]
    run([*command, paths.ADDON.name], env=house.environment())
    say(f"  {target}")


def stop(_arguments):
    """Stop the demo server and the private PostgreSQL."""
    say("  demo server stopped" if demo.stop() else "  no demo server was running")
    say("  PostgreSQL stopped" if postgres.stop() else "  no private PostgreSQL was running")


def clean(_arguments):
    """Remove the demo and all prepared databases, and stop."""
    if paths.venv_python().exists():
        demo.stop()
        databases.clean(settings.provide(browser=False))
    stop(None)


def distclean(_arguments):
    """Remove everything that was ever downloaded or generated."""
    stop(None)
    for folder in (paths.service(), paths.cache()):
        shutil.rmtree(folder, ignore_errors=True)


COMMANDS = {
    "provision": provision,
    "odoo": odoo,
    "exec": execute,
    "demo": start_demo,
    "update-demo": update_demo,
    "shell": shell,
    "lint": check,
    "test": test,
    "bench": bench,
    "pot": pot,
    "stop": stop,
    "clean": clean,
    "distclean": distclean,
}


def main():
    """Run the command and turn a Failure into a message and exit code 1."""
    parser = argparse.ArgumentParser(prog="dev")
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    try:
        return COMMANDS[arguments.command](arguments)
    except Failure as failure:
        say(f"\n{failure}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
