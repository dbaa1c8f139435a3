"""The demo plant: a database with the add-on and only its own demo data, and its server."""

import json
import os
from dataclasses import replace

from dev import databases, paths, pdf, server
from dev.progress import Failure, run, say, step

NAME = "sop_demo"
PORT = 8069
# Who to log in as, in the order in which they are shown; the password equals the login.
LOGINS = (
    "admin",
    "sales",
    "sales.manager",
    "planner",
    "production.manager",
    "coordinator",
    "warehouse",
)
# Odoo loads a module's demo data only where all its dependencies have theirs; the demo plant
# shall not be mixed with Odoo's furniture company, so it is loaded by hand.
LOAD_DEMO = """
from odoo.modules.loading import load_demo
from odoo.modules.module_graph import ModuleGraph

graph = ModuleGraph(env.cr, mode="load")
graph.extend(env["ir.module.module"].search([("state", "=", "installed")]).mapped("name"))
if not load_demo(env, graph["sop_bridge"], {}, "init"):
    raise SystemExit("DEMO DATA FAILED")
env["ir.module.module"].search([("name", "=", "sop_bridge")]).demo = True
env.cr.commit()
print("DEMO DATA LOADED")
from odoo.addons.sop_bridge.demo.story import contradictions

for sentence in contradictions(env):
    print("NOT AS TOLD:", sentence)
"""


def state_file():
    """Return the file that remembers the running demo server."""
    return paths.cache() / "run" / "demo.json"


def running():
    """Return what is known of the running demo server, or None."""
    if not state_file().exists():
        return None
    state = json.loads(state_file().read_text())
    return state if server.alive(state["pid"]) else None


def demo(house):
    """Start the demo plant, creating it first if needed, and say where it is."""
    state = running()
    if state and state["checkout"] != str(paths.CHECKOUT):
        say(f"  the demo of {state['checkout']} is running; it is replaced by this one")
        stop()
        state = None
    if not state:
        if not databases.complete(house, NAME):
            create(house)
        state = start(house)
    report(house, state)


def create(house):
    """Make the demo database: standard modules, the add-on, its demo data."""
    base = databases.template(house)
    draft = f"draft_{NAME}"
    with step("sop_bridge with its demo plant"):
        databases.copy(house, base, draft)
        databases.install(house, draft, ["sop_bridge"])
        load(house, draft)
        databases.drop(house, NAME)
        databases.rename(house, draft, NAME)


def load(house, database):
    """Load the add-on's own demo data."""
    command = house.odoo("shell", "-d", database, "--no-http", "--log-level=warn")
    script = paths.cache() / "run" / "load_demo.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(LOAD_DEMO)
    with open(script) as source:
        output = run(command, "The demo data is wrong.", env=house.environment(), stdin=source)
    databases.show_problems(output)
    if "DEMO DATA LOADED" not in output:
        raise Failure(f"The demo data could not be loaded:\n{output[-4000:]}")
    wrong = [line for line in output.splitlines() if line.startswith("NOT AS TOLD")]
    if wrong:
        raise Failure("\n".join(["The demo plant is not as README tells:", *wrong]))


def start(house):
    """Start the demo server in the background and remember it.

    Only the demo prints; tests are the same with and without wkhtmltopdf in the cache.
    """
    port = server.chosen_port(os.environ.get("PORT")) or server.free_port(PORT)
    printing = pdf.provide()
    house = replace(house, programs=(printing,) if printing else ())
    with step("starting Odoo"):
        found = server.start(house, NAME, port=port)
    state = {"pid": found.pid, "url": found.url, "checkout": str(paths.CHECKOUT)}
    state_file().parent.mkdir(parents=True, exist_ok=True)
    state_file().write_text(json.dumps(state))
    return state


def stop():
    """Stop the demo server if it runs; tell whether it did."""
    state = running()
    if state:
        server.end(state["pid"])
    state_file().unlink(missing_ok=True)
    return bool(state)


def update(house):
    """Upgrade the add-on in the demo database to the checkout's code and restart."""
    if not databases.complete(house, NAME):
        return demo(house)
    stop()
    with step("upgrading sop_bridge in the demo database"):
        command = house.odoo(
            "server", "-d", NAME, "-u", "sop_bridge", "--stop-after-init", "--no-http",
            "--max-cron-threads=0", "--log-level=warn",
        )  # fmt: skip
        databases.show_problems(run(command, env=house.environment()))
    return demo(house)


def report(house, state):
    """Print address, users and passwords."""
    logins = ", ".join(f"'{login}'" for login in LOGINS)
    rows = databases.sql(
        house,
        "SELECT u.login, p.name FROM res_users u JOIN res_partner p ON p.id = u.partner_id "
        f"WHERE u.active AND u.login IN ({logins})",
        NAME,
    )
    found = dict(rows)
    say(f"\n  S&OP Bridge runs at {state['url']}\n\n  {'login':20}{'password':20}who")
    for login in filter(found.get, LOGINS):
        say(f"  {login:20}{login:20}{found[login]}")
    say("\n  make stop ends it, make update-demo loads changed code, make clean removes it.")
