"""Installing on a database that already sells and manufactures leaves its orders as they are."""

import pytest

from dev import databases

# What people see of an order or a plan, and what says that a row was written at all.
TABLES = {
    "sale_order": "state, commitment_date, date_order, amount_total, write_date",
    "sale_order_line": "product_uom_qty, price_unit, qty_delivered, customer_lead, write_date",
    "mrp_production": "state, date_start, date_finished, is_planned, product_qty, write_date",
    "mrp_workorder": "state, date_start, date_finished, workcenter_id, leave_id, write_date",
    "stock_picking": "state, scheduled_date, date_deadline, write_date",
    "stock_move": "state, date, date_deadline, product_uom_qty, quantity, write_date",
    "resource_calendar": "name, tz, write_date",
    "crm_lead": "stage_id, probability, write_date",
}


def rows(house, database):
    """Return {table: [[id, …]]} of everything that must not change."""
    return {
        table: databases.sql(house, f"SELECT id, {columns} FROM {table} ORDER BY id", database)
        for table, columns in TABLES.items()
    }


@pytest.fixture(scope="module")
def before_and_after(house, make_database):
    """Return the rows of Odoo's own demo company before and after installing."""
    database = make_database(databases.template(house, demo=True))
    # A company that works, without our demo plant beside it: that comes where others have theirs.
    databases.sql(house, "UPDATE ir_module_module SET demo = FALSE", database)
    before = rows(house, database)
    databases.install(house, database, ["sop_bridge"])
    return before, rows(house, database), database


@pytest.mark.parametrize("table", TABLES)
def test_nothing_that_was_there_is_written(before_and_after, table):
    before, after, _database = before_and_after
    assert before[table], "Odoo's demo data has none: the test would show nothing"
    assert after[table] == before[table]


def test_nothing_is_booked_reserved_or_waiting(house, before_and_after):
    _before, _after, database = before_and_after
    for table in ("sop_slot", "sop_booking", "sop_exception", "sop_approval"):
        assert databases.sql(house, f"SELECT count(*) FROM {table}", database) == [["0"]]


def test_the_gate_only_informs(house, before_and_after):
    _before, _after, database = before_and_after
    found = databases.sql(house, "SELECT DISTINCT sop_gate FROM res_company", database)
    assert found == [["inform"]]
