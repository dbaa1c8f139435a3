"""Acceptance rules that both departments approved, and quotations that show what they say."""

from datetime import timedelta
from typing import NamedTuple

from .common import (
    as_salesperson,
    as_user,
    customer,
    prepare_lines,
    product,
    ref,
    today,
    working_day,
)
from .scoring import approve, as_admin

# The plant has room by then, and no campaign of blue tool cabinets is planned.
FAR = 40


class Rule(NamedTuple):
    """``condition`` is (measure, operator, limit); ``tier`` and ``families`` are the scope."""

    name: str
    result: str
    condition: tuple
    message: str
    tier: str = ""
    families: tuple = ()


RULES = [
    Rule(
        "Open invoices first",
        "refuse",
        ("overdue_days", ">", 30),
        "Ask for payment, or agree on instalments with accounting.",
        tier="standard",
    ),
    Rule(
        "Gold may order small lots",
        "accept",
        ("contribution_percent", ">=", 25),
        "Part of what we owe Gold.",
        tier="gold",
    ),
    Rule(
        "No blue for a handful",
        "exception",
        ("campaign_quantity", "<", 10),
        "Cleaning the line after blue takes 45 minutes.",
        families=("tool_blue", "locker_blue"),
    ),
    Rule(
        "The line's time must pay",
        "exception",
        ("contribution_percent", "<", 20),
        "Less than that, and the coating line is better used for somebody else.",
    ),
    Rule(
        "Small orders go to our dealers",
        "refuse",
        ("order_value", "<", 400),
        "Name the dealer of the region.",
        tier="standard",
    ),
]
DRAFT = Rule(
    "Changeovers must not eat the run",
    "exception",
    ("changeover_share", ">", 40),
    "Wait for a campaign of the family.",
    families=("enclosure",),
)
# customer reference: (customer, product, quantity, price or None, wanted in so many days, what the
# rules say, and at least how many ways they offer)
QUOTATIONS = {
    "Rules: twelve in blue pass": ("moncayo", "tool5", 12, None, FAR, "pass", 0),
    "Rules: four in blue ask": ("brembana", "tool7", 4, None, FAR, "exception", 3),
    "Rules: too cheap asks": ("vliet", "box80", 10, 104, FAR, "exception", 2),
    "Rules: a single rack is refused": ("silva", "rackwall", 1, None, 20, "refuse", 2),
    "Rules: unpaid invoices refuse": ("montnoir", "locker1", 6, None, 10, "refuse", 0),
}
# What salespeople tried to confirm since the rules act: (customer, product, quantity, share of the
# cost that they asked as price or None, what became of it)
TRIED = [
    ("nordlys", "rack42w", 2, None, "sale"),
    ("alpenrack", "rack42w", 2, None, "sale"),
    ("vliet", "rack42w", 3, 1.1, "approved"),
    ("moncayo", "tool7", 2, None, "rejected"),
    ("silva", "rackwall", 1, None, "refused"),
    ("montnoir", "rack42w", 1, None, "refused"),
]


def load(env):
    """Approve the rules, let them act, try a draft, and write quotations that show them."""
    for sequence, rule in enumerate(RULES, start=1):
        record = _rule(env, rule, 10 * sequence)
        record.action_ask_approval()
        approve(env, record, "We can explain it to customers.", "It keeps the line running.")
    _rule(env, DRAFT, 10 * len(RULES) + 10).action_try()
    for attempt in TRIED:
        _confirm(env, *attempt)
    for name, (who, item, quantity, price, days, *_verdict) in QUOTATIONS.items():
        _quote(env, who, item, quantity, price, days).client_order_ref = name


def _quote(env, who, item, quantity, price, days):
    order = as_salesperson(env, who)["sale.order"].create(
        {
            "partner_id": customer(env, who).id,
            "sop_requested_date": working_day(today() + timedelta(days=days)),
            "order_line": prepare_lines(env, [(item, quantity)]),
        }
    )
    if price:
        order.order_line.price_unit = price
    return order


def _confirm(env, who, item, quantity, share, outcome):
    """Confirm a quotation through the gate; what a rule holds back is settled by both sides."""
    price = share and round(share * product(env, item).standard_price)
    order = _quote(env, who, item, quantity, price, FAR + 14)
    order.action_confirm()
    case = order.sop_exception_ids
    if outcome == "approved":
        approve(env, case, "Their first racks. The next ones at list price.", "There is room.")
    elif outcome == "rejected":
        case.with_env(as_user(env, "sales_manager")).action_approve("They asked twice.")
        case.with_env(as_user(env, "production_manager")).action_reject(
            "We do not clean the line for two. Offer them the grey ones."
        )
    if outcome in ("rejected", "refused"):
        order.with_context(disable_cancel_warning=True).action_cancel()


def _rule(env, rule, sequence):
    measure, operator, limit = rule.condition
    return as_admin(env)["sop.acceptance.rule"].create(
        {
            "name": rule.name,
            "sequence": sequence,
            "company_id": env.company.id,
            "result": rule.result,
            "message": rule.message,
            "tier_ids": [ref(env, f"tier_{rule.tier}").id] if rule.tier else [],
            "family_ids": [ref(env, f"family_{name}").id for name in rule.families],
            "condition_ids": [
                (0, 0, {"measure": measure, "operator": operator, "threshold": limit})
            ],
        }
    )
