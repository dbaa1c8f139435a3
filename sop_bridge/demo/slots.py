"""What people want of the reserved slots: one request waits, and what is due is open."""

from datetime import datetime, timedelta

from odoo import fields

from . import made
from .common import as_user, moment, ref, today

REASON = "Castellan has moved its lockers to next month; a rush order could have the morning."
AHEAD = 10


def load(env):
    """Let the slots be a few weeks old, open what is due, and ask for one early release."""
    slots = env["sop.slot"].search([])
    old = fields.Datetime.now() - timedelta(weeks=4)
    env.cr.execute("UPDATE sop_slot SET create_date = %s WHERE id IN %s", [old, tuple(slots.ids)])
    slots.invalidate_recordset()
    now = fields.Datetime.now()
    slots.filtered(lambda slot: slot.all_at and slot.all_at <= now)._open_all(now)
    slots.filtered(
        lambda slot: slot.opening == "owner" and slot.next_at and slot.next_at <= now
    )._open_next(now)
    _add_past(env)
    _ask(env)


def _add_past(env):
    """The mornings of the past weeks: opened when they were due, and their figures written down."""
    rule = env["sop.slot.rule"].search([("tier_id", "=", ref(env, "tier_gold").id)])
    terms = ("workcenter_id", "tier_id", "scope", "fence", "fence_next_days", "fence_all_days")
    values = {name: rule._fields[name].convert_to_write(rule[name], rule) for name in terms}
    slots = env["sop.slot"]._make(
        [
            {
                "rule_id": rule.id,
                "rule_day": day,
                "date_start": moment(day, made.BEGIN),
                "date_stop": moment(day, made.END),
                **values,
            }
            for day in made.days(today())
        ]
    )
    counted = env["sop.slot.fact"]._count(slots)
    for slot in slots:
        owners, _others = counted[slot.id]
        slot._open_next(slot.next_at)
        slot._open_all(slot.all_at)
        slot._store({"released_minutes": slot.minutes - owners})
    env["sop.slot.fact"]._record(slots)


def _ask(env):
    """A planner asks for the early release of an unused morning of Gold; Sales is to decide."""
    slot = (
        env["sop.slot"]
        .search(
            [
                ("tier_id", "=", ref(env, "tier_gold").id),
                ("opening", "=", "owner"),
                (
                    "date_start",
                    ">",
                    datetime.combine(today() + timedelta(days=AHEAD), datetime.min.time()),
                ),
            ]
        )
        .filtered(lambda slot: slot.state == "free")[:1]
    )
    request = (
        env["sop.slot.request"]
        .with_env(as_user(env, "planner"))
        .create({"kind": "release", "slot_ids": [(6, 0, slot.ids)], "reason": REASON})
    )
    request.action_ask()
