"""Goods that a subcontractor makes of our components, with Odoo's own module for it.

The add-on does not need the module, so that it is installed here, beside it.
"""

from datetime import date, timedelta

import pytest
from rpc_plant import RpcPlant

from dev import databases

MADE, BOUGHT = 4, 6  # days that the two vendors need


def day(number):
    return (date.today() + timedelta(days=number)).isoformat()


@pytest.fixture(scope="module")
def plant(house, make_database, make_server, connect):
    """Return a plant in a database with subcontracting."""
    database = make_database()
    databases.install(house, database, ["mrp_subcontracting"])
    plant = RpcPlant(connect(make_server(database, workers=0)))
    plant.set_gate("hold")
    return plant


@pytest.fixture(scope="module")
def goods(plant):
    """Return (product that a vendor makes of two blanks each, blank that another one sells)."""
    env, route = plant.env, plant.ref("purchase_stock.route_warehouse0_buy")

    def bought(name, vendor, days):
        terms = {"partner_id": vendor, "delay": days, "price": 3}
        return env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "route_ids": [(4, route)],
                "seller_ids": [(0, 0, terms)],
            }
        )

    maker, seller = (env["res.partner"].create({"name": name}) for name in ("Maker", "Seller"))
    frame, blank = bought("Frame", maker, MADE), bought("Blank", seller, BOUGHT)
    template = env["product.product"].read([frame], ["product_tmpl_id"])[0]["product_tmpl_id"][0]
    env["mrp.bom"].create(
        {
            "product_tmpl_id": template,
            "type": "subcontract",
            "subcontractor_ids": [(6, 0, [maker])],
            "bom_line_ids": [(0, 0, {"product_id": blank, "product_qty": 2})],
        }
    )
    return frame, blank, maker


def ask(plant, product, quantity):
    """Return (order id, promise date, reason) of a new quotation."""
    env = plant.env
    customer = env["res.partner"].create({"name": "Customer"})
    line = {"product_id": product, "product_uom_qty": quantity}
    order = env["sale.order"].create({"partner_id": customer, "order_line": [(0, 0, line)]})
    found = env["sale.order.line"].search_read(
        [("order_id", "=", order)], ["sop_promise_date", "sop_promise_reason"]
    )[0]
    return order, found["sop_promise_date"], found["sop_promise_reason"]


def add_stock(plant, product, quantity):
    place = plant.env["stock.warehouse"].search_read([], ["lot_stock_id"])[0]["lot_stock_id"][0]
    quant = plant.env["stock.quant"].create(
        {"product_id": product, "location_id": place, "inventory_quantity": quantity}
    )
    plant.env["stock.quant"].action_apply_inventory([quant])


def test_a_subcontractor_waits_for_our_components(plant, goods):
    frame, blank, _maker = goods
    _order, when, why = ask(plant, frame, 5)
    # the days of both vendors, and nights and week-ends as the plant's deliveries have them
    assert when >= day(BOUGHT + MADE)
    assert "Blank" in why
    add_stock(plant, blank, 12)
    order, sooner, _why = ask(plant, frame, 5)
    assert day(MADE) <= sooner < when
    plant.env["sale.order"].action_confirm([order])
    assert plant.env["sale.order"].read([order], ["state"])[0]["state"] == "sale"


def test_what_is_with_the_subcontractor_is_not_promised_again(plant, goods):
    """A purchase order takes the blanks: what Odoo plans for it counts, and the frames come."""
    frame, blank, maker = goods
    line = {"product_id": frame, "product_qty": 5, "date_planned": f"{day(MADE)} 10:00:00"}
    purchase = plant.env["purchase.order"].create(
        {"partner_id": maker, "order_line": [(0, 0, line)]}
    )
    plant.env["purchase.order"].button_confirm([purchase])
    made = plant.env["mrp.production"].search_read([("product_id", "=", frame)], ["product_qty"])
    assert [order["product_qty"] for order in made] == [5]
    _order, when, _why = ask(plant, blank, 2)
    assert when < day(BOUGHT), "two of twelve blanks are left"
    _order, when, _why = ask(plant, blank, 3)
    assert when >= day(BOUGHT), "ten of twelve are needed for the frames"
