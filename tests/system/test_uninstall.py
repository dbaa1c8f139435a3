"""Uninstalling leaves nothing behind, and the standard screens as they were."""

from datetime import date, timedelta

import pytest

from dev import databases

# Tables in which a module registers things, and the rows that must be gone from them.
REGISTRIES = (
    "ir_act_report_xml",
    "ir_act_server",
    "ir_act_window",
    "ir_asset",
    "ir_config_parameter",
    "ir_cron",
    "ir_default",
    "ir_model",
    "ir_model_access",
    "ir_model_constraint",
    "ir_model_fields",
    "ir_model_relation",
    "ir_rule",
    "ir_sequence",
    "ir_ui_menu",
    "ir_ui_view",
    "mail_activity_type",
    "mail_message_subtype",
    "mail_template",
    "res_groups",
    "res_groups_privilege",
)
# Odoo never forgets the foreign keys of removed fields on models that stay.
KEPT_BY_ODOO = {"ir_model_constraint": "type <> 'f'"}
SCREENS = {
    "crm.lead": ["form", "list", "kanban", "search"],
    "mrp.production": ["form", "list", "search"],
    "mrp.workcenter": ["form", "list", "kanban"],
    "mrp.workorder": ["form", "list", "search"],
    "product.template": ["form", "list", "search"],
    "res.config.settings": ["form"],
    "res.partner": ["form", "list", "kanban", "search"],
    "res.users": ["form"],
    "sale.order": ["form", "list", "kanban", "search"],
    "stock.picking": ["form", "list", "search"],
}
COLUMNS = r"""
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND (column_name LIKE 'sop\_%' OR table_name LIKE '%sop\_%')
"""
VIEWS = r"SELECT id, name FROM ir_ui_view WHERE arch_db::text ~ '\msop[_.]'"
DATA = "SELECT model, name FROM ir_model_data WHERE module = 'sop_bridge'"
POINTERS = r"""
SELECT 'attachment', id FROM ir_attachment WHERE res_model LIKE 'sop.%'
 UNION ALL SELECT 'message', id FROM mail_message WHERE model LIKE 'sop.%'
 UNION ALL SELECT 'activity', id FROM mail_activity WHERE res_model LIKE 'sop.%'
 UNION ALL SELECT 'follower', id FROM mail_followers WHERE res_model LIKE 'sop.%'
"""
LEAVES = "SELECT count(*) FROM resource_calendar_leaves"


@pytest.fixture(scope="module")
def uninstalled(house, make_server, connect):
    """Use the add-on, uninstall it by remote call, and return the server and what it left."""
    running = make_server()
    client = connect(running)
    before = databases.sql(house, LEAVES, running.database)
    use(client)
    assert databases.sql(house, LEAVES, running.database) != before, "the slot blocks no time"
    modules = client.env["ir.module.module"]
    (found,) = modules.search([("name", "=", "sop_bridge"), ("state", "=", "installed")])
    modules.button_immediate_uninstall([found])
    return running


def use(client):
    """Give a customer a tier, reserve a slot, sell something."""
    tier = client.env["sop.tier"].search([], limit=1)[0]
    partner = client.env["res.partner"].create(
        {"name": "Meyer Hydraulics", "is_company": True, "sop_tier_id": tier}
    )
    workcenter = client.env["mrp.workcenter"].create({"name": "Turning"})
    monday = date.today() + timedelta(days=70 - date.today().weekday())
    client.env["sop.slot"].create(
        {
            "workcenter_id": workcenter,
            "tier_id": tier,
            "date_start": f"{monday} 08:00:00",
            "date_stop": f"{monday} 12:00:00",
        }
    )
    product = client.env["product.product"].create({"name": "Pump", "type": "consu"})
    line = (0, 0, {"product_id": product, "product_uom_qty": 3})
    client.env["sale.order"].create({"partner_id": partner, "order_line": [line]})


def left(house, running, statement):
    """Return the rows that a statement finds in the database after uninstalling."""
    return databases.sql(house, statement, running.database)


def test_the_module_is_gone(house, uninstalled):
    state = "SELECT state FROM ir_module_module WHERE name = 'sop_bridge'"
    assert left(house, uninstalled, state) == [["uninstalled"]]
    assert left(house, uninstalled, DATA) == []


def test_no_table_or_column_is_left(house, uninstalled):
    assert left(house, uninstalled, COLUMNS) == []


def test_no_time_stays_blocked(house, uninstalled):
    before = databases.sql(house, LEAVES, databases.template(house))
    assert left(house, uninstalled, LEAVES) == before


def test_no_view_mentions_it(house, uninstalled):
    assert left(house, uninstalled, VIEWS) == []


def test_nothing_points_to_its_records(house, uninstalled):
    assert left(house, uninstalled, POINTERS) == []


@pytest.mark.parametrize("table", REGISTRIES)
def test_the_registries_are_as_before(house, uninstalled, table):
    base = databases.template(house)
    statement = f"SELECT id FROM {table} WHERE {KEPT_BY_ODOO.get(table, 'true')}"
    before = {row[0] for row in databases.sql(house, statement, base)}
    after = {row[0] for row in left(house, uninstalled, statement)}
    rows = f"SELECT * FROM {table} WHERE id IN ({', '.join(after - before) or 'NULL'})"
    assert after - before == set(), left(house, uninstalled, rows)
    assert before - after == set(), "uninstalling removed what was there before"


@pytest.mark.parametrize("model", SCREENS)
def test_the_standard_screens_open(uninstalled, connect, model):
    client = connect(uninstalled)
    views = [(False, kind) for kind in SCREENS[model]]
    opened = client.env[model].get_views(views, {"load_filters": True})
    assert set(opened["views"]) == set(SCREENS[model])


def test_quotations_survive_and_confirm(uninstalled, connect):
    orders = connect(uninstalled).env["sale.order"]
    (order,) = orders.search([("partner_id.name", "=", "Meyer Hydraulics")])
    orders.action_confirm([order])
    assert orders.read([order], ["state"])[0]["state"] == "sale"
