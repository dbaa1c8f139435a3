"""A season of orders: confirmed, delivered and invoiced over the last fifteen weeks."""

import random
from collections import Counter
from datetime import timedelta

from .common import customer, moment, prepare_lines, ref, today, working_day

WEEKS = 15
SEED = 20
# customer: (orders in the season, products they buy, typical quantity, days they give us)
HABITS = {
    "alpenrack": (10, ("rack42", "rack42w", "rack24"), 8, 12),
    "lagune": (9, ("locker2", "locker4", "locker6"), 20, 14),
    "castellan": (8, ("locker1", "locker2", "tooldoor"), 16, 14),
    "brembana": (7, ("tool5", "tool7", "toolwall"), 5, 20),
    "moncayo": (6, ("tool5", "tooldoor", "box60"), 5, 20),
    "nordlys": (7, ("box40", "box60", "box80"), 14, 18),
    "vliet": (8, ("box60", "box80", "box120"), 10, 18),
    "peyrol": (5, ("tool5", "toolwall"), 2, 8),
    "reinhardt": (4, ("rack24", "tooldoor", "box120"), 3, 25),
    "praha": (5, ("box40", "box60"), 12, 20),
    "montnoir": (4, ("locker1", "toolwall", "rackwall"), 4, 15),
    "silva": (3, ("locker2", "rackwall"), 5, 25),
    "baltic": (2, ("locker1", "locker4"), 6, 20),
}
# Share of the orders that left late, by how many days.
LATENESS = [0] * 12 + [-1, -2, 1, 2, 3, 6]


def first_day(day):
    """First day of the season that ends on ``day``."""
    return day - timedelta(weeks=WEEKS)


def season(day):
    """Orders of the season that ends on a day; the same ones every time.

    :return: [(customer, day of order, day wanted, days late, [(product, quantity)])], by day
    """
    dice = random.Random(SEED)
    orders = []
    for name, (count, products, typical, notice) in HABITS.items():
        for _index in range(count):
            wanted = working_day(
                first_day(day) + timedelta(days=dice.randrange(12, WEEKS * 7 - 11))
            )
            ordered = max(first_day(day), wanted - timedelta(days=notice + dice.randrange(-3, 6)))
            chosen = dice.sample(products, dice.randint(1, min(3, len(products))))
            lines = [(item, max(1, round(typical * dice.uniform(0.5, 1.6)))) for item in chosen]
            orders.append((name, working_day(ordered), wanted, dice.choice(LATENESS), lines))
    return sorted(orders, key=lambda order: order[1])


def sold(day):
    """{product: quantity} over the season."""
    total = Counter()
    for *_head, lines in season(day):
        for name, quantity in lines:
            total[name] += quantity
    return total


def load(env):
    """Create the season's orders in bulk, deliver and invoice them, and date them back."""
    rows = season(today())
    env.company.sop_gate = "off"
    orders = env["sale.order"].create(
        [_prepare_order(env, row, index) for index, row in enumerate(rows)]
    )
    orders.action_confirm()
    _deliver(orders.picking_ids)
    env.flush_all()
    for order, (_name, ordered, wanted, late, _lines) in zip(orders, rows, strict=True):
        _date_back(env, order, ordered, wanted, late)
    env.invalidate_all()
    env.add_to_compute(orders._fields["effective_date"], orders)
    _invoice(orders)


def _prepare_order(env, row, index):
    name, ordered, wanted, _late, lines = row
    owner = "sales" if index % 4 else "sales_manager"
    return {
        "partner_id": customer(env, name).id,
        "user_id": ref(env, f"user_{owner}").id,
        "date_order": moment(ordered, 10),
        "commitment_date": moment(wanted, 17),
        "client_order_ref": f"PO-{4100 + index * 7}",
        "order_line": prepare_lines(env, lines),
    }


def _deliver(pickings):
    for move in pickings.move_ids:
        move.quantity = move.product_uom_qty
        move.picked = True
    pickings._action_done()


def _date_back(env, order, ordered, wanted, late):
    """Let order and delivery have happened when they did; Odoo writes the present moment."""
    done = moment(working_day(wanted + timedelta(days=late)), 15)
    _update(env, order, "create_date", moment(ordered, 9))
    _update(env, order, "date_order", moment(ordered, 10))
    _update(env, order.picking_ids, "date_done", done)
    _update(env, order.picking_ids, "scheduled_date", moment(wanted, 15))
    _update(env, order.picking_ids, "date_deadline", moment(wanted, 17))
    backdate_moves(env, {move: done.date() for move in order.picking_ids.move_ids})


def backdate_moves(env, days):
    """Give done moves and their lines the day on which they happened."""
    for move, day in days.items():
        _update(env, move, "date", moment(day, 15))
        _update(env, move.move_line_ids, "date", moment(day, 15))


def _update(env, records, column, value):
    """Set a column past the methods that would set it to now; the caller flushes before and
    invalidates after.
    """
    if records:
        table = records._table
        env.cr.execute(
            f"UPDATE {table} SET {column} = %s WHERE id = ANY(%s)",
            [value, records.ids],
        )


def _invoice(orders):
    """Invoice what was delivered, on the day it was."""
    if not orders.env["account.journal"].search_count([("type", "=", "sale")], limit=1):
        return
    invoices = orders._create_invoices(grouped=True)
    by_name = {order.name: order for order in orders}
    for invoice in invoices:
        order = by_name[invoice.invoice_origin]
        invoice.invoice_date = order.effective_date or order.commitment_date
    invoices.action_post()
