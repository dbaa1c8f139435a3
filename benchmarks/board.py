"""The capacity board against the bare SQL sum of the same work orders."""

from datetime import timedelta

from benchmarks.cases import REPEAT, measure, middle

WEEKS = 26
# What no planning can do without: minutes left by work centre, day where it stands, and tier.
BARE = """
    SELECT wo.workcenter_id,
           timezone(calendar.tz, timezone('UTC', wo.date_start))::date AS day, wo.sop_tier_id,
           SUM(GREATEST(wo.duration_expected - COALESCE(wo.duration, 0), 0))
      FROM mrp_workorder wo
      JOIN mrp_production mo ON mo.id = wo.production_id
      JOIN mrp_workcenter workcenter ON workcenter.id = wo.workcenter_id
      JOIN resource_resource resource ON resource.id = workcenter.resource_id
      JOIN resource_calendar calendar ON calendar.id = resource.calendar_id
     WHERE wo.state IN ('blocked', 'ready', 'progress')
       AND mo.state IN ('confirmed', 'progress', 'to_close')
       AND wo.date_start < %s
  GROUP BY wo.workcenter_id, day, wo.sop_tier_id
"""
WEEKLY = """
    SELECT wo.workcenter_id, date_trunc('week', wo.date_start) AS week,
           SUM(GREATEST(wo.duration_expected - COALESCE(wo.duration, 0), 0))
      FROM mrp_workorder wo
      JOIN mrp_production mo ON mo.id = wo.production_id
     WHERE wo.state IN ('blocked', 'ready', 'progress')
       AND mo.state IN ('confirmed', 'progress', 'to_close')
       AND wo.date_start < %s
  GROUP BY wo.workcenter_id, week
"""


def content(env):
    """All that the browser asks for."""
    return env["sop.board"].get_content("week", count=WEEKS)


def bare(query, env):
    """Run the sum and take its rows."""
    end = env["sop.board"]._get_now() + timedelta(weeks=WEEKS)
    env.cr.execute(query, [end])
    return env.cr.fetchall()


def cases(bench):
    """Yield (title, ours, comparison, ratio wanted)."""

    def cost(call):
        costs = [measure(bench.addon, lambda env: env, call) for _again in range(REPEAT + 1)]
        return middle(costs[1:])

    ours = cost(content)
    title = f"capacity board, {WEEKS} weeks / bare SQL sum by"
    yield f"{title} day and tier", ours, cost(lambda env: bare(BARE, env)), "≤ 2"
    yield f"{title} week", ours, cost(lambda env: bare(WEEKLY, env)), ""
