"""A quotation that holds what it was promised, a promise at risk, and one that was moved."""

from datetime import timedelta

from .common import as_user, customer, moment, prepare_lines, today, working_day

HELD = "Held until tomorrow"
SITE = "The customer's site is ready a few days later"
DAYS_LATE = 4


def load(env):
    """Prepare what a salesperson and a planner find under Capacity."""
    _hold(as_user(env, "sales"))
    _promise_again(env)
    _move_work(env)
    risks = env["sop.promise.risk"].sudo()
    risks._watch(env.company, risks._get_open_lines(0))
    risks._tell()


def _hold(sales):
    """A quotation of last week whose hold ends tomorrow."""
    order = sales["sale.order"].create(
        {
            "partner_id": customer(sales, "montnoir").id,
            "client_order_ref": HELD,
            "order_line": prepare_lines(sales, [("box120", 2)]),
        }
    )
    order.action_sop_hold()
    hold = order.sudo().sop_hold_ids
    hold._update({"until": hold._get_until(order.company_id, today() + timedelta(days=1))})


def _order_of(env, name):
    """The first order of a customer that was confirmed with a promise."""
    return env["sale.order"].search(
        [
            ("partner_id", "=", customer(env, name).id),
            ("state", "=", "sale"),
            ("order_line.sop_promised_date", "!=", False),
        ],
        order="id desc",
        limit=1,
    )


def _promise_again(env):
    line = _order_of(env, "peyrol").order_line[:1]
    later = working_day(line.sop_promised_date + timedelta(days=3))
    line.with_env(as_user(env, "sales_manager"))._sop_promise_again(later, SITE)


def _move_work(env):
    """The planner moved the last work order of an order behind the day it is promised for."""
    line = _order_of(env, "baltic").order_line[:1]
    workorder = line.sudo().sop_booking_ids.workorder_id.sorted("date_finished")[-1:]
    lasts = workorder.date_finished - workorder.date_start
    day = working_day(line.sop_promised_date + timedelta(days=DAYS_LATE))
    workorder.write({"date_start": moment(day, 9), "date_finished": moment(day, 9) + lasts})
