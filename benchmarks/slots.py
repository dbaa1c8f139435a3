"""Generating the slots of rules and releasing them, for growing numbers of slots.

Each number is a transaction of its own that is rolled back. The jobs' steps are the add-on's own;
what they would commit in between is written to the database, but not committed.
"""

from dataclasses import dataclass
from datetime import timedelta

from odoo import fields

from benchmarks.session import Cost, session

WEEKS = 104
PER_RULE = WEEKS * 5  # every weekday
STAGE = 5
HOURS = tuple((8 + hour, 9 + hour) for hour in range(8))


@dataclass(frozen=True)
class Found:
    """Seconds and SQL queries of generating and of releasing so many slots."""

    slots: int
    generated: Cost
    released: Cost

    def cost(self, name):
        """Return (seconds, queries) of 'generated' or 'released'."""
        cost = getattr(self, name)
        return cost.seconds, cost.queries


def measure(database, count):
    """Generate about ``count`` slots by rules on work centres of the plant, and release them."""
    with session(database) as env:
        env.company.sop_slot_weeks = WEEKS
        rules = prepare(env, count)
        env.flush_all()
        env.invalidate_all()
        now = fields.Datetime.now()
        with Cost(env) as generated:
            for rule in rules:
                rule._make_slots(rule._get_plan(now))
                env.flush_all()
                env.invalidate_all()
        slots = env["sop.slot"].sudo().search([("rule_id", "in", rules.ids)], order="id")
        with Cost(env) as released:
            release(slots)
        return Found(len(slots), generated, released)


def release(slots):
    """Open slots batch by batch, as the scheduled job does."""
    env = slots.env
    batch = env.registry["sop.slot"]._cron_release.__globals__["BATCH"]
    quiet = slots.with_context(tracking_disable=True)
    later = fields.Datetime.now() + timedelta(seconds=1)
    for start in range(0, len(slots), batch):
        quiet[start : start + batch]._open_all(later)
        env.flush_all()
        env.invalidate_all()


def prepare(env, count):
    """Create rules that name ``count`` slots: one per work centre and hour of its day.

    Work centres of one stage follow one another and have alike loads; few rules and many take
    from all stages in turn, so that what they cost can be compared.
    """
    tier = env.ref("sop_bridge.tier_gold")
    found = env["mrp.workcenter"].search([], order="id")
    places = [place for turn in range(STAGE) for place in found[turn::STAGE]]
    first = fields.Date.add(fields.Date.today(), days=14)
    values, left = [], count
    for start, stop in HOURS:
        for place in places:
            if left <= 0:
                break
            times = min(left, PER_RULE - 20)
            left -= times
            values.append(
                {
                    "workcenter_id": place.id,
                    "tier_id": tier.id,
                    "hour_from": start,
                    "hour_to": stop,
                    "date_from": first,
                    "ending": "count",
                    "count": times,
                    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), True),
                }
            )
    return env["sop.slot.rule"].sudo().create(values)
