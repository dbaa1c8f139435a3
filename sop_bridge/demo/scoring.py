"""A scorecard that both departments approved, and what it made of the customers in four runs."""

from datetime import timedelta
from typing import NamedTuple

from .common import as_user, customer, moment, ref, today

# (measure, weight, breakpoints; none: place among all customers)
CRITERIA = [
    ("contribution", 30, None),
    ("net_sales", 15, None),
    ("contribution_percent", 10, [(30, 0), (40, 50), (48, 100)]),
    ("frequency", 15, [(0, 0), (1, 50), (2.5, 100)]),
    ("overdue", 10, [(0, 100), (10, 60), (30, 0)]),
    ("changed", 5, [(0, 100), (10, 50), (25, 0)]),
    ("returned", 5, [(0, 100), (2, 60), (8, 0)]),
    ("rush", 5, [(0, 100), (10, 60), (40, 0)]),
    ("strategic", 5, [(0, 0), (10, 100)]),
]
BORDERS = {"gold": 84, "silver": 60}
WINDOW_MONTHS = 3
# Days ago on which the customers were scored.
RUNS = (91, 61, 31, 1)
# tier: (what we owe, what they owe)
TERMS = {
    "gold": (
        "Mornings on the coating line reserved for them. Small lots and single colours. "
        "A named person in production.",
        "A forecast for three months. Payment within 30 days. Changes before the sheet is cut.",
    ),
    "silver": (
        "The promised date, and word of any change to it on the day we know.",
        "Orders for a campaign of a family. Payment within 30 days.",
    ),
    "standard": (
        "The earliest date that stock and free capacity allow.",
        "Orders above the small ones that our dealers serve. Invoices paid.",
    ),
}
STRATEGIC = [
    ("vliet", 7, "Opens the market of the utilities to us."),
    ("alpenrack", 8, "Reference for every computer centre in the Alps."),
]


class Override(NamedTuple):
    """In force since ``ago`` days, for ``days`` more; None: without an end."""

    customer: str
    kind: str
    tier: str
    ago: int
    days: int | None
    reason: str


OVERRIDES = [
    Override(
        "castellan",
        "floor",
        "gold",
        120,
        None,
        "Frame contract of three years: Gold until its end, whatever the score says.",
    ),
    Override(
        "baltic",
        "override",
        "silver",
        10,
        170,
        "Builds its new plant with us from January. We treat them as Silver until then.",
    ),
]


def load(env):
    """Approve scorecard and overrides, and score the customers on days of the past."""
    for tier, (we, they) in TERMS.items():
        ref(env, f"tier_{tier}").write({"note": we, "they_owe": they})
    manager = as_user(env, "sales_manager")
    for name, importance, why in STRATEGIC:
        customer(manager, name).write({"sop_strategic": importance, "sop_strategic_reason": why})
    card = _scorecard(env)
    waiting = list(OVERRIDES)
    for ago in RUNS:
        while waiting and waiting[0].ago >= ago:
            _override(env, waiting.pop(0))
        env["sop.score.run"]._run(card, today() - timedelta(days=ago))
    _next_version(env, card)


def approve(env, document, sales, production):
    """Let both departments approve a document that asks for it."""
    document.with_env(as_user(env, "sales_manager")).action_approve(sales)
    document.with_env(as_user(env, "production_manager")).action_approve(production)


def as_admin(env):
    return env(user=env.ref("base.user_admin"))


def _scorecard(env):
    card = as_admin(env)["sop.scorecard"].create(
        {
            "name": "Customer scorecard",
            "company_id": env.company.id,
            "window_months": WINDOW_MONTHS,
            "promote_after": 2,
            "default_tier_id": ref(env, "tier_standard").id,
            "criterion_ids": [
                (0, 0, env["sop.scorecard"]._prepare_criterion(sequence, *criterion))
                for sequence, criterion in enumerate(CRITERIA, start=1)
            ],
            "border_ids": [
                (0, 0, {"tier_id": ref(env, f"tier_{tier}").id, "score": score})
                for tier, score in BORDERS.items()
            ],
        }
    )
    card.action_ask()
    approve(env, card, "Rewards what we want to sell.", "Rewards what the line can make well.")
    card.sudo()._approval_write({"date_active": moment(today() - timedelta(days=max(RUNS)), 9)})
    return card.with_env(env)


def _override(env, wanted):
    override = as_user(env, "sales")["sop.tier.override"].create(
        {
            "partner_id": customer(env, wanted.customer).id,
            "kind": wanted.kind,
            "tier_id": ref(env, f"tier_{wanted.tier}").id,
            "date_from": today() - timedelta(days=wanted.ago),
            "date_to": wanted.days and today() + timedelta(days=wanted.days),
            "reason": wanted.reason,
        }
    )
    override.action_ask()
    approve(env, override, "The customer keeps their side.", "We plan with it.")


def _next_version(env, card):
    """A draft that weighs punctual payment as much as contribution, and demotes more slowly."""
    draft = card.with_env(as_admin(env)).copy({"demote_after": 3})
    weighed = draft.criterion_ids.filtered(lambda c: c.measure in ("overdue", "contribution"))
    weighed.weight = 20
