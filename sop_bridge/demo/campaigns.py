"""A campaign that the planner has let propose for the coating line."""

from datetime import timedelta

from .common import as_user, ref, today

DAYS = 20


def load(env):
    """Propose an order of the next three weeks; nobody has applied it."""
    first = today()
    as_user(env, "planner")["sop.campaign"].action_propose_for(
        ref(env, "workcenter_coat").id, first, first + timedelta(days=DAYS)
    )
