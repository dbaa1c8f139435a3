"""Twenty people confirm at the same moment what the plant can make ten times."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import odoorpc
import pytest
from rpc_plant import RpcPlant

from dev import databases

ORDERS, PLACES, MINUTES = 20, 10, 48
# One day of the week has working time, never today's: what is left of today would be room too.
# The next room is a week later.
AHEAD, OPENS, CLOSES = 3, 8, 16
PRESSES = 5  # how often a person presses Confirm again after a message

RETRY = re.compile(r"\d tries left")
GAVE_UP = "maximum number of tries reached"
BOOKED = """
SELECT day, sum(minutes) FROM sop_booking
 WHERE workcenter_id = {workcenter} AND state = '{state}' GROUP BY day ORDER BY day
"""
PLANNED = """
SELECT count(*), min(date_start)::date, max(date_finished)::date, sum(duration_expected)
  FROM mrp_workorder WHERE workcenter_id = {workcenter}
"""


@pytest.fixture(scope="module")
def rush(make_server, connect):
    """Confirm twenty quotations at once; return the server and what happened."""
    running = make_server()
    plant = RpcPlant(connect(running))
    plant.set_gate("hold")
    day = date.today() + timedelta(days=AHEAD)
    workcenter = plant.workcenter("Bottleneck", [day.weekday()], OPENS, CLOSES)
    product = plant.product("Cast part", [(workcenter, MINUTES)])
    partner = plant.customer()
    users = [f"seller{number}" for number in range(ORDERS)]
    orders = [
        plant.quotation(partner, [(product, 1)], day, user_id=plant.user(login)) for login in users
    ]
    clients = [connect(running, login) for login in users]
    start = threading.Barrier(ORDERS)
    with ThreadPoolExecutor(ORDERS) as pool:
        pressed = list(pool.map(partial(confirm, start), clients, orders))
    return {
        "server": running, "plant": plant, "workcenter": workcenter, "day": day,
        "orders": orders, "pressed": pressed, "log": running.log.read_text(errors="replace"),
    }  # fmt: skip


def confirm(start, client, order):
    """Confirm as a person would: press again when the server was too busy; count the presses."""
    start.wait()
    for press in range(1, PRESSES + 1):
        try:
            client.execute("sale.order", "action_confirm", [order])
        except odoorpc.error.RPCError as error:
            if "serialize" not in str(error) and "lock" not in str(error):
                raise
        else:
            return press
    return None


def read_orders(rush):
    """Return the orders with the states of their exceptions."""
    env = rush["plant"].env
    rows = env["sale.order"].read(rush["orders"], ["name", "state", "sop_waiting"])
    for row in rows:
        row["exceptions"] = [
            found["state"]
            for found in env["sop.exception"].search_read([("order_id", "=", row["id"])], ["state"])
        ]
    return rows


def booked(house, rush, state):
    """Return [day, minutes] straight from the database."""
    query = BOOKED.format(workcenter=rush["workcenter"], state=state)
    return [
        (day, float(minutes))
        for day, minutes in databases.sql(house, query, rush["server"].database)
    ]


def test_ten_are_confirmed_and_ten_wait(rush, capsys):
    retries = len(RETRY.findall(rush["log"]))
    gave_up = rush["log"].count(GAVE_UP)
    pressed = [presses for presses in rush["pressed"] if presses]
    with capsys.disabled():
        print(
            f"\n{ORDERS} confirmations at once: {retries} retries by Odoo, {gave_up} given up, "
            f"{sum(pressed) - len(pressed)} times somebody had to press again"
        )
    rows = read_orders(rush)
    confirmed = [row for row in rows if row["state"] == "sale"]
    waiting = [row for row in rows if row["state"] in ("draft", "sent")]
    assert len(confirmed) == PLACES
    assert len(waiting) == ORDERS - PLACES
    assert all(row["exceptions"] == [] for row in confirmed)
    assert all(row["exceptions"] == ["pending"] and row["sop_waiting"] for row in waiting)


def test_everybody_gets_an_answer(rush):
    assert None not in rush["pressed"]


def test_the_day_is_full_and_not_a_minute_more(house, rush):
    assert booked(house, rush, "booked") == [(str(rush["day"]), PLACES * MINUTES)]


def test_what_waits_holds_its_minutes_on_a_later_day(house, rush):
    held = booked(house, rush, "held")
    assert sum(minutes for _day, minutes in held) == (ORDERS - PLACES) * MINUTES
    assert all(day > str(rush["day"]) for day, _minutes in held)
    assert all(minutes <= (CLOSES - OPENS) * 60 for _day, minutes in held)


def test_work_orders_stand_on_the_day_that_was_promised(house, rush):
    query = PLANNED.format(workcenter=rush["workcenter"])
    ((count, first, last, minutes),) = databases.sql(house, query, rush["server"].database)
    day = str(rush["day"])
    assert (int(count), first, last) == (PLACES, day, day)
    assert float(minutes) == PLACES * MINUTES
