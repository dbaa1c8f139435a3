"""Open quotations, one for each thing that can happen, and exceptions in every state."""

from datetime import timedelta

from .common import as_user, customer, prepare_lines, today, working_day

RACKS = [("rack42", 10)]
SPLIT = [("box60", 20), ("locker4", 70), ("toolwall", 6)]


def load(env):
    """Prepare what a salesperson and the approvers find on their first day."""
    sales = as_user(env, "sales")
    _from_stock(sales)
    incoming = _quote(sales, "nordlys", [("box80", 15)], None, "From production for stock")
    gold = _quote(sales, "alpenrack", RACKS, None, "Gold: made in its slots")
    standard = _quote(sales, "reinhardt", RACKS, None, "Standard: the same racks")
    split = _quote(sales, "vliet", SPLIT, None, "A part now, the rest later")
    _prototype(sales)
    _exceptions(env, sales)
    # What the exceptions hold and book takes minutes too, so the wishes come after them.
    incoming.sop_requested_date = _possible(incoming) + timedelta(days=3)
    gold.sop_requested_date = standard.sop_requested_date = _unhurried(gold)
    split.sop_requested_date = _too_early(split, 6)
    _leads(sales)


def _quote(env, name, lines, days=None, note=None):
    """A quotation wanted in so many days, or as soon as possible."""
    return env["sale.order"].create(
        {
            "partner_id": customer(env, name).id,
            "sop_requested_date": days and working_day(today() + timedelta(days=days)),
            "client_order_ref": note,
            "order_line": prepare_lines(env, lines),
        }
    )


def _from_stock(sales):
    _quote(sales, "brembana", [("locker2", 6), ("box40", 20)], 4, "From stock")


def _prototype(sales):
    """Its work centre has no working hours, so that there is no date."""
    _quote(sales, "nordlys", [("proto", 1), ("box40", 10)], 25, "Prototype")


def _possible(order):
    return max(promise.date for promise in order._sop_promises().values())


def _unhurried(order):
    """A day that can be kept even if the slots that the order would take now have passed.

    The demo is not read in the minute in which it is made.
    """
    (promise,) = order._sop_promises().values()
    slots = order.env["sop.slot"].sudo().browse({load.slot for load in promise.loads if load.slot})
    before = [(slot, slot.tier_id) for slot in slots]
    slots.write({"tier_id": False, "partner_id": order.company_id.partner_id.id})
    later = _possible(order)
    for slot, tier in before:
        slot.write({"tier_id": tier.id, "partner_id": False})
    return working_day(later + timedelta(days=1))


def _too_early(order, days):
    """A working day on which the plant cannot deliver all of an order yet."""
    wish = max(_possible(order) - timedelta(days=days), today() + timedelta(days=2))
    return wish - timedelta(days=max(0, wish.weekday() - 4))


# ------------------------------------------------------------------ exceptions
def _exceptions(env, sales):
    """One that waits for Production, one that was rejected, one that was approved."""
    sales_manager = as_user(env, "sales_manager")
    production = as_user(env, "production_manager")
    waiting = _ask(sales, "moncayo", [("tool7", 14)], 9)
    waiting.with_env(sales_manager).action_approve("They take the rest of the year from us.")
    rejected = _ask(sales, "silva", [("rack42", 6)], 12)
    rejected.with_env(sales_manager).action_approve("Worth a try.")
    rejected.with_env(production).action_reject(
        "The coating line is full with orders we promised. Offer wall racks from stock instead."
    )
    approved = _ask(sales, "praha", [("rack24", 9)], 8)
    approved.with_env(sales_manager).action_approve("The customer accepts the later date.")
    approved.with_env(production).action_approve("Planned behind the open orders.")


def _ask(sales, name, lines, days):
    """The exception of a quotation that is wanted so many days before it is possible."""
    order = _quote(sales, name, lines)
    order.sop_requested_date = _too_early(order, days)
    order.action_confirm()
    return order.sop_exception_ids


# ------------------------------------------------------------------ leads
LEADS = [
    ("Racks for the second computer room", "alpenrack", 46000, 60, 21),
    ("Lockers for two schools in Saint-Herblain", "lagune", 31000, 40, 35),
    ("Enclosures for pumping stations", "praha", 18500, 25, 45),
    ("Workshop refit", "baltic", 9200, 30, 30),
]


def _leads(sales):
    sales["crm.lead"].create(
        [
            {
                "name": title,
                "type": "opportunity",
                "partner_id": customer(sales, name).id,
                "expected_revenue": revenue,
                "probability": probability,
                "date_deadline": today() + timedelta(days=days),
            }
            for title, name, revenue, probability, days in LEADS
        ]
    )
