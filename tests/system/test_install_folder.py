"""The folder, copied into an addons path, installs from the Apps menu."""

import re
import shutil

import pytest

from dev import databases, paths

# every warning but Odoo's own about the protocol that the test's client speaks
PROBLEM = re.compile(r" (WARNING|ERROR|CRITICAL) \S+ (?!odoo\.addons\.rpc\.)")


@pytest.fixture
def installed_server(house, make_database, make_server, connect, tmp_path):
    """Return a server in which the administrator pressed Activate on the add-on."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ADDON, tmp_path / "sop_bridge", ignore=ignore)
    database = make_database(databases.template(house))
    running = make_server(database, extra_addons=(tmp_path,))
    modules = connect(running).env["ir.module.module"]
    modules.update_list()
    (found,) = modules.search([("name", "=", "sop_bridge"), ("state", "=", "uninstalled")])
    modules.button_immediate_install([found])
    return running


def test_it_installs_from_the_apps_menu_without_a_warning(installed_server, connect):
    client = connect(installed_server)
    (module,) = client.env["ir.module.module"].search_read(
        [("name", "=", "sop_bridge")], ["state", "application", "shortdesc", "icon"]
    )
    assert module["state"] == "installed"
    assert module["application"]
    assert module["shortdesc"] == "S&OP Bridge"
    assert module["icon"] == "/sop_bridge/static/description/icon.png"
    log = installed_server.log.read_text(errors="replace").splitlines()
    assert [line for line in log if PROBLEM.search(line)] == []


def test_every_action_of_its_menu_opens(installed_server, connect):
    client = connect(installed_server)
    xmlids = client.env["ir.model.data"].search_read(
        [("module", "=", "sop_bridge"), ("model", "=", "ir.actions.act_window")], ["res_id"]
    )
    actions = client.env["ir.actions.act_window"].read(
        [row["res_id"] for row in xmlids], ["res_model", "views", "name"]
    )
    assert actions, "the add-on has no screens"
    for action in actions:
        opened = client.env[action["res_model"]].get_views(action["views"])
        assert set(opened["views"]) == {kind for _view, kind in action["views"]}, action["name"]
