"""What lies in the warehouse, and what vendors are about to bring."""

from collections import Counter
from datetime import timedelta

from . import history, made
from .common import moment, product, ref, today, working_day

# Quantities that are left when the season's orders are delivered.
FINISHED = {
    "locker1": 60,
    "locker2": 34,
    "locker4": 25,
    "toolwall": 18,
    "box40": 120,
    "box60": 75,
    "box120": 4,
    "rackwall": 12,
    "rack24": 5,
}
COMPONENTS = {
    "sheet10": 42000,
    "sheet15": 68000,
    "profile": 9000,
    "powder7035": 2400,
    "powder5010": 1500,
    "foam": 420,
    "hinge": 9000,
    "lock": 5200,
    "handle": 900,
    "feet": 1400,
    "slide": 460,
    "rail24": 420,
    "rail42": 520,
}
# vendor, product, quantity, days until it arrives
RECEIPTS = [
    ("rails", [("slide", 1200), ("rail24", 80)], 9),
    ("powder", [("powder7035", 600), ("foam", 60)], 4),
    ("steel", [("sheet15", 12000)], 6),
]
REORDER = {"slide": (400, 1200), "powder7035": (400, 1000), "hinge": (2000, 6000)}


def set_up(env):
    """Count the stock in, order material, keep reordering rules for what takes long."""
    wanted = Counter()
    for quantities in (COMPONENTS, FINISHED, history.sold(today())):
        for name, quantity in quantities.items():
            wanted[product(env, name)] += quantity
    for item, quantity in made.needed(env).items():
        wanted[item] += quantity
    _count_in(env, wanted)
    for vendor, lines, days in RECEIPTS:
        _order(env, vendor, lines, days)
    location = _location(env)
    env["stock.warehouse.orderpoint"].create(
        [
            {
                "product_id": product(env, name).id,
                "location_id": location.id,
                "product_min_qty": low,
                "product_max_qty": high,
                "trigger": "manual",
            }
            for name, (low, high) in REORDER.items()
        ]
    )


def _location(env):
    company = env.company
    return env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1).lot_stock_id


def _count_in(env, wanted):
    """Inventory count before the season began."""
    location = _location(env)
    quants = env["stock.quant"].with_context(inventory_mode=True)
    counted = quants.create(
        [
            {
                "product_id": item.id,
                "location_id": location.id,
                "inventory_quantity": quantity,
            }
            for item, quantity in wanted.items()
        ]
    )
    counted.action_apply_inventory()
    moves = env["stock.move"].search(
        [("product_id", "in", counted.product_id.ids), ("state", "=", "done")]
    )
    env.flush_all()
    history.backdate_moves(env, {move: history.first_day(today()) for move in moves})
    env.invalidate_all()


def _order(env, vendor, lines, days):
    """A confirmed purchase order that is on its way."""
    arrival = moment(working_day(today() + timedelta(days=days)), 9)
    order = env["purchase.order"].create(
        {
            "partner_id": ref(env, f"vendor_{vendor}").id,
            "date_planned": arrival,
            "order_line": [
                (
                    0,
                    0,
                    {
                        "product_id": product(env, name).id,
                        "product_qty": quantity,
                        "date_planned": arrival,
                    },
                )
                for name, quantity in lines
            ],
        }
    )
    order.button_confirm()
