"""Two hundred confirmations for one bottleneck, while what others held expires."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import pytest
from rpc_plant import RpcPlant
from test_parallel import GAVE_UP, PRESSES, RETRY, confirm

from dev import databases

ORDERS, HOLDERS, PEOPLE, MINUTES = 200, 10, 20, 48
AHEAD, OPENS, CLOSES = 3, 8, 16
PLACES = (CLOSES - OPENS) * 60 // MINUTES
# half of the holds have expired, though no job has collected them
EXPIRE = "UPDATE sop_hold SET until = now() AT TIME ZONE 'UTC' WHERE order_id = ANY(ARRAY[{}])"
DAYS = """
SELECT b.day, sum(b.minutes)
  FROM sop_booking b LEFT JOIN sop_hold h ON h.id = b.hold_id
 WHERE b.workcenter_id = {}
   AND (h.id IS NULL OR h.state = 'active' AND h.until > now() AT TIME ZONE 'UTC')
 GROUP BY b.day ORDER BY b.day
"""
PER_ORDER = """
SELECT o.id, o.state, count(DISTINCT b.id) FILTER (WHERE b.state = 'booked'),
       count(DISTINCT b.id) FILTER (WHERE b.state = 'held'),
       count(DISTINCT e.id) FILTER (WHERE e.state = 'pending'),
       COALESCE(sum(b.minutes), 0)
  FROM sale_order o LEFT JOIN sop_booking b ON b.order_id = o.id
  LEFT JOIN sop_exception e ON e.order_id = o.id
 WHERE o.id = ANY(ARRAY[{}]) GROUP BY o.id, o.state
"""


@pytest.fixture(scope="module")
def rush(house, make_server, connect):
    """Hold, let half of it expire, and confirm at once while the job runs; what happened."""
    running = make_server()
    plant = RpcPlant(connect(running))
    plant.set_gate("hold")
    day = date.today() + timedelta(days=AHEAD)
    workcenter = plant.workcenter("Bottleneck", [day.weekday()], OPENS, CLOSES)
    product = plant.product("Cast part", [(workcenter, MINUTES)])
    partner = plant.customer()
    env = plant.env
    env["res.company"].write([1], {"sop_hold_hours": 0, "sop_hold_count": 0})
    env["res.company"].write([1], {"sop_horizon_days": 300})
    users = [f"holder{number}" for number in range(PEOPLE)]
    people = [plant.user(login) for login in users]

    def quote(number, wanted):
        user = people[number % PEOPLE]
        return plant.quotation(partner, [(product, 1)], wanted, user_id=user)

    # all of the first day is held; the holders' time is over for half of it
    held = [quote(number, day) for number in range(HOLDERS)]
    for order in held:
        env["sale.order"].action_sop_hold([order])
    gone = held[: HOLDERS // 2]
    databases.sql(house, EXPIRE.format(",".join(map(str, gone))), running.database)
    orders = [quote(number, day) for number in range(ORDERS)]
    clients = [connect(running, login) for login in users]
    start = threading.Barrier(PEOPLE + 1)
    with ThreadPoolExecutor(PEOPLE + 1) as pool:
        job = pool.submit(collect, start, connect(running))
        pressed = list(
            pool.map(partial(work_off, start), clients, [orders[n::PEOPLE] for n in range(PEOPLE)])
        )
        job.result()
    return {
        "server": running, "workcenter": workcenter, "day": str(day), "orders": orders,
        "kept": held[HOLDERS // 2 :], "gone": gone, "plant": plant,
        "pressed": [press for presses in pressed for press in presses],
        "log": running.log.read_text(errors="replace"),
    }  # fmt: skip


def collect(start, client):
    """Run the job that collects expired holds, in between."""
    start.wait()
    crons = client.env["ir.cron"]
    (job,) = crons.search([("cron_name", "like", "expired holds")])
    for _time in range(PRESSES):
        crons.method_direct_trigger([job])


def work_off(start, client, orders):
    """Confirm one order after the other, as one person does; presses needed for each."""
    start.wait()
    ready = threading.Barrier(1)
    return [confirm(ready, client, order) for order in orders]


def rows(house, rush, query, *values):
    return databases.sql(house, query.format(*values), rush["server"].database)


def test_never_over_capacity(house, rush):
    capacity = (CLOSES - OPENS) * 60
    days = {day: float(minutes) for day, minutes in rows(house, rush, DAYS, rush["workcenter"])}
    assert max(days.values()) <= capacity
    assert days[rush["day"]] == capacity, "what expired was booked by others"


def test_each_order_is_booked_or_waits(house, rush, capsys):
    found = rows(house, rush, PER_ORDER, ",".join(map(str, rush["orders"])))
    confirmed = [row for row in found if row[1] == "sale"]
    waiting = [row for row in found if row[1] in ("draft", "sent")]
    assert len(found) == ORDERS
    assert len(confirmed) == PLACES - len(rush["kept"])
    assert len(waiting) == ORDERS - len(confirmed)
    for _order, _state, booked, held, pending, minutes in confirmed:
        assert (int(booked), int(held), int(pending), float(minutes)) == (1, 0, 0, MINUTES)
    for _order, _state, booked, held, pending, minutes in waiting:
        assert int(booked) == 0
        assert int(pending) == 1
        assert float(minutes) == MINUTES * (int(held) > 0)
    retries, presses = len(RETRY.findall(rush["log"])), sum(filter(None, rush["pressed"]))
    with capsys.disabled():
        print(
            f"\n{ORDERS} confirmations by {PEOPLE} people: {retries} retries by Odoo, "
            f"{rush['log'].count(GAVE_UP)} given up, {presses - ORDERS} pressed again"
        )


def test_everybody_gets_an_answer(rush):
    assert None not in rush["pressed"]


def test_holds_that_count_are_kept(house, rush):
    kept = rows(house, rush, PER_ORDER, ",".join(map(str, rush["kept"])))
    assert all(int(row[3]) == 1 for row in kept)
    gone = rows(house, rush, PER_ORDER, ",".join(map(str, rush["gone"])))
    assert all(int(row[3]) == 0 for row in gone), "the job has collected them"


def test_who_held_confirms_what_was_held(house, rush):
    for order in rush["kept"]:
        rush["plant"].env["sale.order"].action_confirm([order])
    found = rows(house, rush, PER_ORDER, ",".join(map(str, rush["kept"])))
    assert [row[1] for row in found] == ["sale"] * len(rush["kept"])
    test_never_over_capacity(house, rush)
