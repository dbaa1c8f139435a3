"""A company that works with the version before this one keeps everything when it upgrades."""

import io
import re
import subprocess
import tarfile

import pytest

from dev import databases, paths
from dev.progress import run

# The last commit of 19.0.2.0.0, the version that people upgrade from.
PREVIOUS = "d5a04690bcca8c9b8c329037262beed7aeafa18e"
# What people entered, booked and decided.
TABLES = {
    "sop_tier": "name, code, rank, lead_days, active",
    "sop_family": "name, code, period, minimum_quantity",
    "sop_changeover": "workcenter_id, from_family_id, to_family_id, minutes, cost",
    "sop_scorecard": "name, version, state, approval_state",
    "sop_score": "partner_id, run_id, score, tier_after_id, outcome, net_sales",
    "sop_tier_override": "partner_id, kind, tier_id, date_from, date_to, state",
    "sop_acceptance_rule": "name, sequence, match, result, approval_state",
    "sop_acceptance_log": "order_line_id, rule_id, outcome",
    "sop_cost_rate": "valid_from, order_cost, line_cost, return_cost",
    "sop_slot": "workcenter_id, date_start, date_stop, tier_id, partner_id, leave_id",
    "sop_booking": "order_line_id, workcenter_id, day, minutes, state, production_id",
    "sop_exception": "name, order_id, option_id, state, approval_state",
    "sop_approval": "res_model, res_id, state, user_id",
    "sale_order": "name, state, sop_tier_id, sop_requested_date, commitment_date, amount_total",
    "sale_order_line": "product_id, product_uom_qty, price_unit, sop_promised_date",
    "mrp_production": "state, date_start, date_finished, product_qty",
    "mrp_workorder": "state, date_start, date_finished, workcenter_id, leave_id",
    "product_template": "name, sop_family_id",
    "res_partner": "name, sop_tier_id",
    "res_company": "sop_gate, sop_delivery_days, sop_horizon_days",
}
PROBLEM = re.compile(r" (WARNING|ERROR|CRITICAL) ")
CHAIN = """
for exception in env["sop.exception"].search([]):
    print("CHAIN", exception.name, exception.action_approval_check_chain()["params"]["type"])
order = env["sale.order"].search([("state", "=", "draft")], limit=1)
print("PROMISE", order.order_line.mapped("sop_promise_state"))
"""


def previous_addon(folder):
    """Unpack the add-on as it was in the version before this one."""
    archive = subprocess.run(
        ["git", "archive", PREVIOUS, "sop_bridge"],
        cwd=paths.CHECKOUT, capture_output=True, check=False,
    )  # fmt: skip
    if archive.returncode:
        pytest.skip("The history of the repository is not here: nothing to upgrade from.")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
        packed.extractall(folder, filter="data")


def odoo(house, database, *arguments, folder=paths.CHECKOUT):
    """Run Odoo on a database until it is done and return its log."""
    command = house.odoo(
        "server", "-d", database, "--stop-after-init", "--no-http", "--max-cron-threads=0",
        "--log-level=warn", *arguments, extra_addons=(folder,),
    )  # fmt: skip
    return run(command, env=house.environment())


def rows(house, database):
    """Return {table: [[id, …]]} of what must survive."""
    return {
        table: databases.sql(house, f"SELECT id, {columns} FROM {table} ORDER BY id", database)
        for table, columns in TABLES.items()
    }


@pytest.fixture(scope="module")
def upgraded(house, make_database, tmp_path_factory):
    """Return the rows before and after the upgrade of the demo plant, the log and the database."""
    folder = tmp_path_factory.mktemp("previous")
    previous_addon(folder)
    database = make_database(databases.template(house, demo=True))
    odoo(house, database, "-i", "sop_bridge", "--with-demo", folder=folder)
    before = rows(house, database)
    # Today's demo data is for new databases; a company that upgrades has none of it.
    databases.sql(
        house, "UPDATE ir_module_module SET demo = FALSE WHERE name = 'sop_bridge'", database
    )
    log = odoo(house, database, "-u", "sop_bridge")
    return before, rows(house, database), log, database


@pytest.mark.parametrize("table", TABLES)
def test_what_was_there_stays(upgraded, table):
    before, after, _log, _database = upgraded
    assert before[table], "the demo of the version before has none: the test would show nothing"
    assert after[table] == before[table]


def test_it_upgrades_without_a_warning(upgraded):
    log = upgraded[2]
    assert [line for line in log.splitlines() if PROBLEM.search(line)] == []


def test_no_column_of_the_version_before_is_left_over(house, upgraded):
    query = """
    SELECT column_name FROM information_schema.columns c
     WHERE table_name = 'sop_slot' AND NOT EXISTS (
           SELECT FROM ir_model_fields f
            WHERE f.model = 'sop.slot' AND f.name = c.column_name AND f.store)
    """
    assert databases.sql(house, query, upgraded[3]) == []


def test_decisions_are_still_sealed_and_promises_still_given(house, upgraded):
    command = house.odoo("shell", "-d", upgraded[3], "--no-http", "--log-level=error")
    shell = run_shell(house, command, CHAIN)
    sealed = re.findall(r"^CHAIN (\S+) (\w+)$", shell, re.MULTILINE)
    assert sealed
    assert {kind for _name, kind in sealed} == {"success"}
    assert re.search(r"^PROMISE \[.*'(ok|late|impossible)'", shell, re.MULTILINE)


def run_shell(house, command, script):
    """Return what a script prints in Odoo's shell."""
    done = subprocess.run(
        [str(part) for part in command],
        input=script, capture_output=True, text=True, env=house.environment(), check=True,
    )  # fmt: skip
    return done.stdout
