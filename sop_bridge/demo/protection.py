"""An advice about the coating line for a week in which nothing is reserved yet."""

from datetime import timedelta

from .common import as_user, ref, today

WEEKS_AHEAD = 6


def load(env):
    """Let the planner ask how many hours of a later week to keep for whom."""
    env.flush_all()
    monday = today() + timedelta(days=7 * WEEKS_AHEAD - today().weekday())
    advice = as_user(env, "planner")["sop.protection"].create(
        {
            "workcenter_id": ref(env, "workcenter_coat").id,
            "date_from": monday,
            "date_to": monday + timedelta(days=6),
        }
    )
    advice.action_compute()
