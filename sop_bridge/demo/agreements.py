"""What one customer and the plant agreed on for a year, with a morning that is kept for it."""

from datetime import timedelta

from .common import (
    as_salesperson,
    customer,
    prepare_lines,
    product,
    ref,
    today,
    working_day,
)
from .scoring import approve

CUSTOMER = "vliet"
GOODS = [("box120", 240), ("box80", 300), ("box60", 300)]
SINCE, LASTS = 70, 295
QUOTATION = "Under the agreement: made in its morning"
TERMS = (
    "One morning of the coating line in each fortnight is kept for their enclosures. They send "
    "their needs of the next eight weeks at the start of each month."
)


def load(env):
    """The agreement, approved by both departments."""
    sales = as_salesperson(env, CUSTOMER)
    agreement = sales["sop.agreement"].create(
        {
            "partner_id": customer(env, CUSTOMER).id,
            "planner_id": ref(env, "user_planner").id,
            "reference": "Framework contract",
            "date_from": today() - timedelta(days=SINCE),
            "date_to": today() + timedelta(days=LASTS),
            "terms": TERMS,
            "line_ids": [
                (0, 0, {"product_id": product(env, name).id, "quantity": quantity})
                for name, quantity in GOODS
            ],
        }
    )
    agreement.action_ask()
    approve(env, agreement, "They order a whole year ahead.", "It spares us rush orders.")
    _order_since(env, agreement)


def _order_since(env, agreement):
    """What they ordered since then was ordered under it, as far as it is about its goods."""
    since = [
        ("partner_id", "=", agreement.partner_id.id),
        ("date_order", ">=", agreement.date_from),
    ]
    orders = env["sale.order"].search([("state", "=", "sale"), *since])
    goods = agreement.line_ids.product_id
    mine = orders.filtered(lambda order: order.order_line.product_id <= goods)
    # past the guard: an order keeps the agreement with which it was confirmed
    env.cr.execute(
        "UPDATE sale_order SET sop_agreement_id = %s WHERE id = ANY(%s)", [agreement.id, mine.ids]
    )
    env.invalidate_all()


def quote(env):
    """A quotation that the plant can keep in good time, because of the morning."""
    order = as_salesperson(env, CUSTOMER)["sale.order"].create(
        {
            "partner_id": customer(env, CUSTOMER).id,
            "sop_agreement_id": _find(env).id,
            "client_order_ref": QUOTATION,
            "order_line": prepare_lines(env, [("box120", 9)]),
        }
    )
    (promise,) = order._sop_promises().values()
    order.sop_requested_date = working_day(promise.date + timedelta(days=1))


def _find(env):
    return env["sop.agreement"].search([("partner_id", "=", customer(env, CUSTOMER).id)])


def contradictions(env):
    """Sentences about what is not as README tells of the agreement."""
    agreement = _find(env)
    if agreement.mapped("phase") != ["running"]:
        yield f"The agreement of {CUSTOMER} is {agreement.mapped('phase')}"
    order = env["sale.order"].search([("client_order_ref", "=", QUOTATION)])
    (promise,) = order._sop_promises().values()
    slots = {load.slot for load in promise.loads if load.slot}
    if slots != set(agreement.slot_ids.ids) or promise.date > order.sop_requested_date:
        yield f"{QUOTATION}: promised {promise.date} in slots {slots}"
    order.sop_agreement_id = False
    (alone,) = order._sop_promises().values()
    order.sop_agreement_id = agreement
    if alone.date <= promise.date:
        yield f"{QUOTATION}: without it promised {alone.date}, which is no later"
    if not any(line.ordered_quantity for line in agreement.line_ids):
        yield "Nothing was ordered under the agreement"
