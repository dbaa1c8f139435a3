"""Acceptance rules that both departments approved, and quotations that show what they say."""

from datetime import timedelta
from typing import NamedTuple

from .common import as_user, customer, prepare_lines, ref, today, working_day
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


def load(env):
    """Approve the rules, try a draft, and write quotations on which they act."""
    for sequence, rule in enumerate(RULES, start=1):
        record = _rule(env, rule, 10 * sequence)
        record.action_ask_approval()
        approve(env, record, "We can explain it to customers.", "It keeps the line running.")
    _rule(env, DRAFT, 10 * len(RULES) + 10).action_try()
    for name, (who, item, quantity, price, days, *_verdict) in QUOTATIONS.items():
        order = as_user(env, "sales")["sale.order"].create(
            {
                "partner_id": customer(env, who).id,
                "client_order_ref": name,
                "sop_requested_date": working_day(today() + timedelta(days=days)),
                "order_line": prepare_lines(env, [(item, quantity)]),
            }
        )
        if price:
            order.order_line.price_unit = price


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
