"""What the plant made in the reserved mornings of the past weeks, most of it for Gold."""

from datetime import date, timedelta
from itertools import cycle
from typing import NamedTuple

from . import history
from .common import moment, product, ref, today

WEEKS = 8
WEEKDAYS = (1, 3)  # Tuesday and Thursday
BEGIN, END = 6, 10
# The coating line is set up and cleaned in so many minutes of a morning.
CHANGE = 30
# Made so many days before the customer wanted it, not much earlier and not in the last minute.
SOON, LATE = 3, 16
GOLD = ("alpenrack", "lagune", "castellan")
# What is made for stock in mornings that no order wants, in turn; in some nothing is made. All of
# one family: it is what the line is set up for when the plan of today begins.
STOCK = [("box60", 28), None, ("box80", 22), ("box40", 40)]


class Run(NamedTuple):
    """What a morning was used for: a line of an order of the season, or stock."""

    day: date
    name: str
    quantity: int
    past: history.Past | None = None


def days(day):
    """The mornings of the past weeks, up to the day before ``day``."""
    monday = day - timedelta(days=day.weekday())
    found = (
        monday + timedelta(weeks=week, days=weekday)
        for week in range(-WEEKS, 1)
        for weekday in WEEKDAYS
    )
    return [morning for morning in found if morning < day]


def runs(env):
    """One run for each morning that found one: for Gold, or after release for someone else."""
    spare = cycle(STOCK)
    left = [past for past in history.season(today()) if not past.cancelled]
    left.sort(key=lambda past: (past.customer not in GOLD, past.wanted, past.customer))
    found = []
    for day in days(today()):
        fitting = (run for past in left if (run := _fit(env, day, past)))
        if run := next(fitting, None):
            left.remove(run.past)
            found.append(run)
        elif goods := next(spare):
            found.append(Run(day, *goods))
    return found


def _fit(env, day, past):
    """The Run of an order's first line, if the morning is the right one for it."""
    if not past.ordered <= day or not SOON <= (past.wanted - day).days <= LATE:
        return None
    name, quantity = past.lines[0]
    most = int((60 * (END - BEGIN) - CHANGE) // _coating(env, name).time_cycle_manual)
    return Run(day, name, min(quantity, most), past)


def _coating(env, name):
    """The operation of a product on the coating line."""
    line = ref(env, "workcenter_coat")
    operations = product(env, name).bom_ids[:1].operation_ids
    return operations.filtered(lambda operation: operation.workcenter_id == line)


def needed(env):
    """{product: quantity} that has to be there before the runs, less what they make."""
    total = {}
    for run in runs(env):
        item = product(env, run.name)
        total[item] = total.get(item, 0) - run.quantity
        for line in item.bom_ids[:1].bom_line_ids:
            part = line.product_id
            total[part] = total.get(part, 0) + run.quantity * line.product_qty
    return total


def load(env, story):
    """Make what was made, on its days.

    :param story: {sale.order: Past} of the season
    """
    orders = {_key(past): order for order, past in story.items()}
    found = runs(env)
    productions = env["mrp.production"].create(
        [_prepare(env, run, run.past and orders[_key(run.past)]) for run in found]
    )
    productions.action_confirm()
    for production in productions:
        production.qty_producing = production.product_qty
        production._set_qty_producing()
    productions.move_raw_ids.picked = True
    productions.button_mark_done()
    env.flush_all()
    for run, production in zip(found, productions, strict=True):
        _date_back(env, production, run.day)
    env.invalidate_all()


def _key(past):
    return past.customer, past.ordered, past.wanted


def _prepare(env, run, order):
    """Values of a manufacturing order, for an order of the season or for stock (None)."""
    item = product(env, run.name)
    lines = order and order.order_line.filtered(lambda line: line.product_id == item)
    return {
        "product_id": item.id,
        "product_qty": run.quantity,
        "sop_line_id": lines and lines[:1].id,
        "origin": order.name if order else "Stock",
        "date_start": moment(run.day - timedelta(days=1), 8),
        "user_id": ref(env, "user_planner").id,
    }


def _date_back(env, production, day):
    """Let the steps have happened around the morning in which the order was coated."""
    works = production.workorder_ids.sorted("sequence")
    coating = works.filtered(lambda work: work.workcenter_id == ref(env, "workcenter_coat"))
    begins, before = moment(day, BEGIN), True
    for work in works:
        minutes = timedelta(minutes=work.duration_expected)
        before = before and work != coating
        # steps before the coating end on the eve, those after it begin when it is done
        start = moment(day - timedelta(days=1), 14) - minutes if before else begins
        begins = begins if before else start + minutes
        history.update(env, work, "duration", work.duration_expected)
        history.update(env, work, "date_start", start)
        history.update(env, work, "date_finished", start + minutes)
        history.update(env, work.leave_id, "date_from", start)
        history.update(env, work.leave_id, "date_to", start + minutes)
    history.update(env, production, "create_date", moment(day - timedelta(days=4), 9))
    history.update(env, production, "date_start", moment(day - timedelta(days=1), 8))
    history.update(env, production, "date_finished", begins)
    moves = production.move_raw_ids | production.move_finished_ids
    history.backdate_moves(env, dict.fromkeys(moves, day))
