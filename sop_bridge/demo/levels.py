"""A product of two levels, and a quotation whose frames wait for the coating line."""

from datetime import timedelta

from .common import as_user, customer, product, ref, today, working_day

REFERENCE = "Two levels: the frames wait"
QUANTITY = 12


def load(env):
    """The cart, the bills of both levels, and the quotation."""
    frame = _make_product(env, "Cart frame, welded", 0.0, 64.0, sale_ok=False)
    cart = _make_product(env, "Workshop cart", 260.0, 118.0)
    _make_bill(env, frame, [("profile", 4.0)], [("weld", "Weld", 18), ("coat", "Coat", 9)])
    _make_bill(env, cart, [("feet", 1.0), ("handle", 1.0)], [("assembly", "Assemble", 12)], frame)
    sales = as_user(env, "sales")
    sales["sale.order"].create(
        {
            "partner_id": customer(env, "baltic").id,
            "sop_requested_date": working_day(today() + timedelta(days=12)),
            "client_order_ref": REFERENCE,
            "order_line": [(0, 0, {"product_id": cart.id, "product_uom_qty": QUANTITY})],
        }
    )


def _make_product(env, name, price, cost, **values):
    return env["product.product"].create(
        {
            "name": name,
            "is_storable": True,
            "list_price": price,
            "standard_price": cost,
            "categ_id": ref(env, "category_locker").id,
            **values,
        }
    )


def _make_bill(env, made, components, operations, part=None):
    """A bill of components of the plant, perhaps with a part that has its own bill."""
    needed = [(product(env, name), quantity) for name, quantity in components]
    needed += [(part, 1.0)] if part else []
    env["mrp.bom"].create(
        {
            "product_tmpl_id": made.product_tmpl_id.id,
            "bom_line_ids": [
                (0, 0, {"product_id": item.id, "product_qty": quantity})
                for item, quantity in needed
            ],
            "operation_ids": [
                (
                    0,
                    0,
                    {
                        "name": name,
                        "workcenter_id": ref(env, f"workcenter_{place}").id,
                        "time_cycle_manual": minutes,
                        "sequence": number,
                    },
                )
                for number, (place, name, minutes) in enumerate(operations, 1)
            ],
        }
    )


def contradictions(env):
    """Sentences about the quotation if its frames are not what decides on its date."""
    order = env["sale.order"].search([("client_order_ref", "=", REFERENCE)])
    for promise in order._sop_promises().values():
        values = promise.reason.values
        levels = [make.level for make in promise.makes]
        # late in the day the frames may not wait for a work centre, only for tomorrow
        waits = promise.reason.code in ("workcenter", "production") and "made" in values
        if levels != [1, 0] or not waits:
            yield f"{REFERENCE}: levels {levels}, decided by {promise.reason}"
