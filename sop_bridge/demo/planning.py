"""Slots on the coating line, and the open orders that fill it for three weeks."""

from datetime import timedelta

from odoo import fields

from . import made
from .common import (
    as_salesperson,
    customer,
    moment,
    next_days,
    prepare_lines,
    product,
    ref,
    today,
    working_day,
)

RULE_AGE = 26
SLOT_WEEKS = 5
FULL_DAYS = 20
SETUP = 30
# customer, lines, wanted in so many days, ordered so many days ago; those for Gold are wanted
# either soon or late, so that there is room in its slots in the second week
OPEN_ORDERS = [
    ("alpenrack", [("rack42", 12)], 8, 9),
    ("lagune", [("locker6", 20)], 8, 8),
    ("brembana", [("tool7", 12)], 9, 15),
    ("castellan", [("tooldoor", 14)], 24, 8),
    ("vliet", [("box120", 14)], 11, 12),
    ("moncayo", [("tool5", 18)], 12, 13),
    ("alpenrack", [("rack42w", 10), ("rack24", 4)], 27, 6),
    ("praha", [("rackwall", 30)], 15, 20),
    ("reinhardt", [("tooldoor", 10)], 16, 18),
    ("castellan", [("locker6", 22)], 28, 5),
    ("peyrol", [("tool5", 5)], 18, 10),
    ("montnoir", [("locker6", 14)], 19, 16),
    ("brembana", [("tool7", 10)], 20, 7),
    ("silva", [("locker6", 12)], 21, 11),
    ("baltic", [("tooldoor", 8)], 22, 4),
    # the campaign in blue that comes after the weeks in which the line is full
    ("moncayo", [("tool5", 12)], 33, 3),
]
# Made for stock where the coating line has time left: product, minutes of coating per unit
FILLERS = [("box60", 5), ("locker2", 8), ("toolwall", 6), ("locker1", 6), ("rackwall", 8)]
# What is confirmed and not planned yet fills what is left of each day.
UNPLANNED = [("box40", 4), ("locker1", 6)]
BIGGEST = 330


def load(env):
    """Reserve slots, take customer orders through the gate, fill up with orders for stock."""
    env.company.sop_gate = "hold"
    _reserve(env)
    _make(env, "box80", 40, fields.Datetime.now()).button_plan()
    for name, lines, wanted, ago in OPEN_ORDERS:
        _take_order(env, name, lines, wanted, ago)
    env.invalidate_all()
    _fill(env)
    _add_unplanned(env)


# ------------------------------------------------------------------ slots
def _reserve(env):
    """Tuesday and Thursday mornings for Gold, one afternoon for Standard, one for an agreement."""
    tier = {name: ref(env, f"tier_{name}") for name in ("gold", "standard")}
    start = today()
    env.company.sop_slot_weeks = SLOT_WEEKS
    rule = env["sop.slot.rule"].create(
        {
            "workcenter_id": ref(env, "workcenter_coat").id,
            "tier_id": tier["gold"].id,
            "tue": True,
            "thu": True,
            "hour_from": made.BEGIN,
            "hour_to": made.END,
            "date_from": start - timedelta(weeks=RULE_AGE),
            # short, so that what README tells of the first days is not open to everyone by then
            "fence": "own",
            "fence_next_days": 2,
            "fence_all_days": 0,
        }
    )
    # the rule is older than the demo: what the release fence has reached by now was there before
    rule._make_slots(rule._get_plan(fields.Datetime.now(), allow_late=True))
    wednesday = next_days(2, 2, start)[1]
    friday = next_days(4, 2, start)[1]
    slots = [
        _prepare_slot(env, wednesday, 11, 14, tier_id=tier["standard"].id, scope="only"),
        _prepare_slot(env, friday, 6, 9, agreement_id=env["sop.agreement"].search([]).id),
    ]
    env["sop.slot"].create(slots)


def _prepare_slot(env, day, begin, end, **owner):
    return {
        "workcenter_id": ref(env, "workcenter_coat").id,
        "date_start": moment(day, begin),
        "date_stop": moment(day, end),
        **owner,
    }


# ------------------------------------------------------------------ customer orders
def _take_order(env, name, lines, wanted, ago):
    """An order that the plant can keep, confirmed by the salesperson through the gate."""
    order = as_salesperson(env, name)["sale.order"].create(
        {"partner_id": customer(env, name).id, "order_line": prepare_lines(env, lines)}
    )
    possible = max(promise.date for promise in order._sop_promises().values())
    order.sop_requested_date = max(possible, working_day(today() + timedelta(days=wanted)))
    order.action_confirm()
    env.flush_all()
    ordered = moment(working_day(today() - timedelta(days=ago)), 10)
    env.cr.execute(
        "UPDATE sale_order SET date_order = %s, create_date = %s WHERE id = %s",
        [ordered, ordered, order.id],
    )


# ------------------------------------------------------------------ orders for stock
def _make(env, name, quantity, start):
    """A confirmed manufacturing order for stock."""
    order = env["mrp.production"].create(
        {
            "product_id": product(env, name).id,
            "product_qty": quantity,
            "date_start": start,
            "origin": "Stock",
            "user_id": ref(env, "user_planner").id,
        }
    )
    order.action_confirm()
    return order


def _fill(env):
    """Plan orders for stock into the gaps of the coating line, big ones first."""
    coating = ref(env, "workcenter_coat")
    limit = moment(today() + timedelta(days=FULL_DAYS), 14)
    turn = 0
    for size in (330, 180):
        start = _gap(coating, size, fields.Datetime.now())
        while start and start < limit:
            name, minutes = FILLERS[turn % len(FILLERS)]
            turn += 1
            begin = max(fields.Datetime.now(), start - timedelta(days=1))
            _make(env, name, (size - SETUP) // minutes, begin).button_plan()
            later = _gap(coating, size, start)
            # where the steps before end too late for this gap, the next day's gap is taken
            start = later if later != start else _gap(coating, size, start + timedelta(days=1))


def _gap(workcenter, minutes, after):
    """UTC moment of the first uninterrupted gap of a work centre after a moment, or False."""
    return workcenter._get_first_available_slot(after, minutes)[0]


def _add_unplanned(env):
    """Confirm orders that are not planned yet, as much as the line's days have room for."""
    coating = ref(env, "workcenter_coat")
    board, _own = env["sop.load"]._get_boards(coating, fields.Datetime.now(), FULL_DAYS)
    left, turn, first = 0, 0, None
    for index in range(FULL_DAYS):
        day = today() + timedelta(days=index)
        room = board(coating.id, day).open
        first = first or (room and day)
        left += room
        if left > BIGGEST or (index == FULL_DAYS - 1 and left > SETUP):
            name, minutes = UNPLANNED[turn % len(UNPLANNED)]
            turn += 1
            # What is unplanned flows into the gaps from its day on, so it is dated on the first.
            start = max(fields.Datetime.now(), moment(first, 6))
            quantity = max(1, int(left - SETUP) // minutes)
            _make(env, name, quantity, start)
            left -= SETUP + quantity * minutes
            first = None
