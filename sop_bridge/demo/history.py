"""A season of orders: confirmed, delivered, invoiced and paid over the last nine months.

How customers order and behave is theirs: it decides on their scores.
"""

import random
from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from .common import customer, moment, prepare_lines, ref, today, working_day

WEEKS = 39
SEED = 20


class Habit(NamedTuple):
    """Orders in the season, products they buy, typical quantity, days they give us.

    ``trend``: 1 orders evenly, less ever more often, more ever more rarely. Every so many of their
    orders is rushed, changed, cancelled after confirmation, or partly sent back; 0: none.
    """

    orders: int
    products: tuple
    quantity: int
    notice: int
    trend: float = 1.0
    rushed: int = 0
    changed: int = 0
    cancelled: int = 0
    returned: int = 0


HABITS = {
    "alpenrack": Habit(22, ("rack42", "rack42w", "rack24"), 8, 12),
    "lagune": Habit(20, ("locker2", "locker4", "locker6"), 20, 14),
    "castellan": Habit(10, ("locker1", "locker2", "tooldoor"), 14, 14, 1.3, 3, 4, 0, 6),
    "brembana": Habit(13, ("tool5", "tool7", "toolwall"), 4, 20),
    "moncayo": Habit(12, ("tool5", "tooldoor", "box60"), 4, 20, changed=4),
    "nordlys": Habit(13, ("box40", "box60", "box80"), 12, 18, 2.8, changed=4),
    "vliet": Habit(15, ("box60", "box80", "box120"), 6, 18),
    "peyrol": Habit(7, ("tool5", "tool7", "toolwall"), 3, 12, 0.3),
    "reinhardt": Habit(5, ("rack24", "tooldoor", "box120"), 2, 25, changed=3),
    "praha": Habit(7, ("box40", "box60"), 10, 20, cancelled=6),
    "montnoir": Habit(8, ("locker1", "toolwall", "rackwall"), 4, 6, 1.0, 2, 3, 7, 5),
    "silva": Habit(5, ("locker2", "rackwall"), 5, 25, returned=4),
    "baltic": Habit(4, ("locker1", "locker4"), 6, 20),
}
# Share of the orders that left late, by how many days.
LATENESS = [0] * 12 + [-1, -2, 1, 2, 3, 6]
# From so many days on, customers were told in time that their order would be late.
TOLD_OF = 3
RETURNED_SHARE = 0.25
RETURNED_AFTER = 9


class Past(NamedTuple):
    """One order of the season; ``lines`` are [(product, quantity)]."""

    customer: str
    ordered: date
    wanted: date
    late: int
    lines: list
    rushed: bool = False
    changed: bool = False
    cancelled: bool = False
    returned: bool = False

    @property
    def delivered(self):
        return working_day(self.wanted + timedelta(days=self.late))

    @property
    def back(self):
        """Quantity of the first line that came back."""
        return max(1, round(self.lines[0][1] * RETURNED_SHARE)) if self.returned else 0


def first_day(day):
    """First day of the season that ends on ``day``."""
    return day - timedelta(weeks=WEEKS)


def season(day):
    """Orders of the season that ends on a day; the same ones every time.

    :return: [Past], by day of order
    """
    orders = []
    for name, habit in HABITS.items():
        dice = random.Random(f"{name} {SEED}")
        for index in range(1, habit.orders + 1):
            past = _draw(dice, name, index, first_day(day))
            happened = {
                what: every and not index % every
                for what, every in habit._asdict().items()
                if what in ("rushed", "changed", "cancelled", "returned")
            }
            happened["returned"] &= past.delivered + timedelta(days=2 * RETURNED_AFTER) < day
            orders.append(past._replace(**{what: bool(did) for what, did in happened.items()}))
    return sorted(orders, key=lambda past: past.ordered)


def _draw(dice, name, index, start):
    """The order of a number: orders are spread evenly, so that scores follow habits, not chance."""
    habit = HABITS[name]
    passed = ((index - dice.uniform(0.3, 0.7)) / habit.orders) ** habit.trend
    wanted = working_day(start + timedelta(days=12 + int((WEEKS * 7 - 23) * passed)))
    ordered = max(start, wanted - timedelta(days=habit.notice + dice.randrange(-3, 6)))
    chosen = dice.sample(habit.products, dice.randint(1, min(3, len(habit.products))))
    lines = [(item, max(2, round(habit.quantity * dice.uniform(0.7, 1.4)))) for item in chosen]
    return Past(name, working_day(ordered), wanted, dice.choice(LATENESS), lines)


def sold(day):
    """{product: quantity} that left in the season and did not come back."""
    total = Counter()
    for past in season(day):
        if not past.cancelled:
            for name, quantity in past.lines:
                total[name] += quantity
            total[past.lines[0][0]] -= past.back
    return total


def load(env):
    """Create the season's orders in bulk, deliver and invoice them, and date them back.

    :return: {sale.order: Past}
    """
    rows = season(today())
    env.company.sop_gate = "off"
    orders = env["sale.order"].create(
        [_prepare_order(env, past, index) for index, past in enumerate(rows)]
    )
    orders.action_confirm()
    story = dict(zip(orders, rows, strict=True))
    kept = _change(story)
    _deliver(kept.picking_ids)
    env.flush_all()
    for order, past in story.items():
        _date_back(env, order, past)
    env.invalidate_all()
    env.add_to_compute(orders._fields["effective_date"], kept)
    _promise({order: past for order, past in story.items() if order in kept})
    _invoice(kept)
    return story


def _prepare_order(env, past, index):
    kind = "rush" if past.rushed else "project" if past.customer == "alpenrack" else "standard"
    (first, quantity), *others = past.lines
    asked = quantity - 1 if past.changed else quantity
    return {
        "partner_id": customer(env, past.customer).id,
        "sop_order_type_id": ref(env, f"order_type_{kind}").id,
        "payment_term_id": env.ref("account.account_payment_term_30days").id,
        "date_order": moment(past.ordered, 10),
        "commitment_date": moment(past.wanted, 17),
        "client_order_ref": f"PO-{4100 + index * 7}",
        "order_line": prepare_lines(env, [(first, asked), *others]),
    }


def _change(story):
    """Let customers change or cancel what they had confirmed; return the orders that stand."""
    for order, past in story.items():
        if past.changed:
            order.order_line[0].product_uom_qty += 1
    orders = next(iter(story)).union(*story)
    cancelled = orders.filtered(lambda order: story[order].cancelled)
    cancelled.with_context(disable_cancel_warning=True).action_cancel()
    return orders - cancelled


def _deliver(pickings):
    for move in pickings.move_ids:
        move.quantity = move.product_uom_qty
        move.picked = True
    pickings._action_done()


def _date_back(env, order, past):
    """Let order and delivery have happened when they did; Odoo writes the present moment."""
    update(env, order, "create_date", moment(past.ordered, 9))
    update(env, order, "date_order", moment(past.ordered, 10))
    update(env, order.picking_ids, "scheduled_date", moment(past.wanted, 15))
    update(env, order.picking_ids, "date_deadline", moment(past.wanted, 17))
    if not past.cancelled:
        date_done(env, order.picking_ids, past.delivered)


def date_done(env, pickings, day):
    """Let transfers have been done on a day; flush before and invalidate after."""
    update(env, pickings, "date_done", moment(day, 15))
    backdate_moves(env, dict.fromkeys(pickings.move_ids, day))


def backdate_moves(env, days):
    """Give done moves and their lines the day on which they happened."""
    for move, day in days.items():
        update(env, move, "date", moment(day, 15))
        update(env, move.move_line_ids, "date", moment(day, 15))


def update(env, records, column, value):
    """Set a column past the methods that would set it to now; the caller flushes before and
    invalidates after.
    """
    if records:
        table = records._table
        env.cr.execute(
            f"UPDATE {table} SET {column} = %s WHERE id = ANY(%s)",
            [value, records.ids],
        )


def _promise(story):
    """Let orders have been promised for the day they were wanted.

    Who had to wait longer was told so before, and promised a later day.
    """
    for order, past in story.items():
        lines = order.order_line
        lines._sop_store({"sop_promised_date": past.wanted, "sop_first_promised_date": past.wanted})
        if past.late >= TOLD_OF:
            lines._sop_store({"sop_promised_date": past.delivered})


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
