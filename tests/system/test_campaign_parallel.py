"""Several planners apply campaigns of one work centre at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import odoorpc
import pytest
from rpc_plant import RpcPlant

from dev import databases

PLANNERS = 4
FIRST, LAST = 3, 9
STANDS = """
SELECT mo.id, min(wo.date_start), max(wo.date_finished) FROM mrp_workorder wo
  JOIN mrp_production mo ON mo.id = wo.production_id GROUP BY mo.id ORDER BY 2
"""


@pytest.fixture(scope="module")
def applied(make_server, connect):
    """Let four planners propose and apply at once; return the server and what each was told."""
    running = make_server()
    plant = RpcPlant(connect(running))
    env = plant.env
    workcenter = plant.workcenter("Line", range(7), 0, 24)
    env["sop.changeover"].create({"workcenter_id": workcenter, "minutes": 30})
    for number in range(8):
        color = ("Grey", "Blue")[number % 2]
        family = env["sop.family"].search([("name", "=", color)]) or [
            env["sop.family"].create({"name": color, "code": color})
        ]
        product = plant.product(f"{color} {number}", [(workcenter, 60)])
        env["product.product"].write([product], {"sop_family_id": family[0]})
        start = f"{date.today() + timedelta(days=FIRST)} 00:00:00"
        order = env["mrp.production"].create(
            {"product_id": product, "product_qty": 1, "date_start": start}
        )
        env["mrp.production"].action_confirm([order])
        env["mrp.production"].button_plan([order])
    logins = [f"planner{number}" for number in range(PLANNERS)]
    for login in logins:
        plant.user(login, ["mrp.group_mrp_user"])
    clients = [connect(running, login) for login in logins]
    days = [str(date.today() + timedelta(days=days)) for days in (0, LAST)]
    campaigns = [
        client.env["sop.campaign"].action_propose_for(workcenter, *days)["res_id"]
        for client in clients
    ]
    before = env["sop.campaign"].read(campaigns, ["state", "outcome", "minutes_saved"])
    start = threading.Barrier(PLANNERS)

    def press(client, campaign):
        start.wait()
        try:
            client.execute("sop.campaign", "action_apply", [campaign])
        except odoorpc.error.RPCError as error:
            return str(error)
        return "applied"

    with ThreadPoolExecutor(PLANNERS) as pool:
        told = list(pool.map(press, clients, campaigns))
    return {
        "env": env, "server": running, "campaigns": campaigns, "before": before, "told": told,
        "workcenter": workcenter,
    }  # fmt: skip


def test_each_had_a_proposal(applied):
    assert {(row["state"], row["outcome"]) for row in applied["before"]} == {("draft", "better")}
    assert len({row["minutes_saved"] for row in applied["before"]}) == 1


def test_one_is_applied_and_the_others_are_told(applied):
    assert applied["told"].count("applied") == 1
    refused = [text for text in applied["told"] if text != "applied"]
    assert all("ropose again" in text for text in refused), refused
    states = applied["env"]["sop.campaign"].read(applied["campaigns"], ["state"])
    assert sorted(row["state"] for row in states) == ["applied", *["obsolete"] * (PLANNERS - 1)]


def test_no_minute_is_used_twice(house, applied):
    rows = databases.sql(house, STANDS, applied["server"].database)
    stops = [row[2] for row in rows]
    starts = [row[1] for row in rows]
    assert len(rows) == 8
    assert all(stop <= start for stop, start in zip(stops, starts[1:], strict=False))
