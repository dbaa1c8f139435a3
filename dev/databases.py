"""Databases: templates that are prepared once, and copies of them."""

import ast
import os
import re
import shutil
from pathlib import Path

from dev import paths
from dev.progress import Failure, lock, run, say, step

# psql may be missing where PostgreSQL runs elsewhere; the driver is always there
SQL = """
import sys, psycopg2
connection = psycopg2.connect(dbname=sys.argv[1])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute(sys.argv[2])
for row in cursor.fetchall() if cursor.description else ():
    print(*row, sep="\\t")
"""
CLIENTS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = '{name}' AND backend_type = 'client backend'
"""
PREFIX = "sop_tmpl"
# Another run may just be copying a template that is no longer the newest.
KEPT = 2


def sql(house, statement, database="postgres"):
    """Run a statement and return its rows as lists of strings."""
    command = [house.python, "-c", SQL, database, statement]
    lines = run(command, env=house.environment()).splitlines()
    return [line.split("\t") for line in lines]


def names(house, prefix):
    """Return the databases whose name starts with a prefix, the oldest first."""
    rows = sql(house, "SELECT datname FROM pg_database ORDER BY oid")
    return [name for (name,) in rows if name.startswith(prefix)]


def complete(house, name):
    """Tell whether a database exists with its files; a cache may have been deleted beside it."""
    return name in names(house, name) and (house.data / "filestore" / name).is_dir()


def drop(house, name):
    """Remove a database and its files, whoever is connected."""
    # not WITH (FORCE): that fails when the autovacuum happens to visit, which a plain DROP ends
    sql(house, CLIENTS.format(name=name))
    sql(house, f'DROP DATABASE IF EXISTS "{name}"')
    shutil.rmtree(house.data / "filestore" / name, ignore_errors=True)


def copy(house, source, name):
    """Make a database, with its files, that equals another one."""
    drop(house, name)
    sql(house, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    files = house.data / "filestore"
    if (files / source).is_dir():
        # files are named by their content and never changed, so a link is as good as a copy
        shutil.copytree(files / source, files / name, copy_function=os.link)
    # two databases must not share an identity
    sql(
        house,
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text "
        "WHERE key IN ('database.uuid', 'database.secret')",
        name,
    )
    return name


def temporary(house, kind):
    """Return a name for a database of this process; those of ended processes are dropped."""
    for name in names(house, "sop_run_"):
        if not Path(f"/proc/{name.rsplit('_', 1)[1]}").exists():
            drop(house, name)
    return f"sop_run_{kind}_{os.getpid()}"


def depends():
    """Return the modules that the add-on's manifest depends on."""
    manifest = paths.ADDON / "__manifest__.py"
    if not manifest.exists():
        raise Failure(f"{manifest} is missing.")
    return ast.literal_eval(manifest.read_text())["depends"]


def template(house, demo=False):
    """Return a database with the modules that the add-on needs, with or without demo data."""
    kind = "demo" if demo else "plain"
    key = paths.short_hash(house.version, *sorted(depends()))
    name = f"{PREFIX}_{kind}_{key}"
    title = f"template database {'with' if demo else 'without'} demo data"
    return prepared(house, name, f"{PREFIX}_{kind}_", title, lambda database: install(
        house, database, depends(), demo
    ))  # fmt: skip


def installed(house, demo=False):
    """Return a template that also contains the add-on as it is now."""
    base = template(house, demo)
    kind = "sopdemo" if demo else "sop"
    name = f"{PREFIX}_{kind}_{paths.short_hash(base, paths.tree_hash(paths.ADDON))}"

    def fill(database):
        copy(house, base, database)
        install(house, database, ["sop_bridge"], demo)

    return prepared(house, name, f"{PREFIX}_{kind}_", f"sop_bridge in a copy of {base}", fill)


def prepared(house, name, prefix, title, fill):
    """Return a template, made by fill unless it is there; the oldest of its kind are dropped."""
    with lock(paths.cache() / f"{prefix}.lock"):
        if complete(house, name):
            return name
        with step(title):
            for failed in names(house, f"draft_{prefix}"):
                drop(house, failed)
            draft = f"draft_{name}"
            fill(draft)
            drop(house, name)
            rename(house, draft, name)
        for old in names(house, prefix)[: -KEPT - 1]:
            drop(house, old)
    return name


def rename(house, old, new):
    """Give a database and its files their final name."""
    sql(house, f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    files = house.data / "filestore"
    if (files / old).is_dir():
        shutil.rmtree(files / new, ignore_errors=True)
        (files / old).rename(files / new)


def install(house, database, modules, demo=False):
    """Install modules into a database, which is created if it does not exist."""
    command = house.odoo(
        "server", "-d", database, "-i", ",".join(modules), "--stop-after-init", "--no-http",
        "--max-cron-threads=0", "--with-demo" if demo else "--without-demo",
        "--log-level=warn",
    )  # fmt: skip
    output = run(command, f"Installing {', '.join(modules)} failed.", env=house.environment())
    show_problems(output)


def show_problems(output):
    """Print the warnings and errors of a log, and nothing of the rest."""
    for line in output.splitlines():
        if re.search(r" (WARNING|ERROR|CRITICAL) \S+ odoo", line):
            say(f"    {line}")


def clean(house):
    """Remove all databases that this project made."""
    for prefix in ("sop_", "draft_sop_"):
        for name in names(house, prefix):
            drop(house, name)
