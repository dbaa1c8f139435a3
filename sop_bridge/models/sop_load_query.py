from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ..core.calendar import offsets

# A booking stands for its work order only where the order was not started, moved or resized.
BOOKING_STANDS = SQL(
    "wo.state IN ('blocked', 'ready') AND wo.workcenter_id = b.workcenter_id "
    "AND wo.date_start IS NOT DISTINCT FROM b.plan_from "
    "AND wo.date_finished IS NOT DISTINCT FROM b.plan_to "
    "AND (b.plan_minutes IS NULL OR abs(wo.duration_expected - b.plan_minutes) < 0.01)"
)


class SopLoadQuery(models.AbstractModel):
    """SQL that sums what is left of open work orders by the days of their work centres."""

    _name = "sop.load.query"
    _inherit = ["sop.hours"]
    _description = "Queries on the Load of Work Centres"

    @api.model
    def _get_day(self, workcenters, now, stop, moment, workcenter="workcenter_id"):
        """SQL: day of ``moment`` (SQL, naive UTC, not before ``now``) where its work centre stands.

        The offsets are spelled out: cheaper than looking up the time zone of every work order, and
        the planner of PostgreSQL still knows how many rows there are, unlike with a join.
        """
        by_zone = list(workcenters.grouped(self._workcenter_timezone).items())
        shifts = []
        for zone, members in by_zone:
            spans = offsets(ZoneInfo(zone), now.date(), stop.date())
            cases = SQL(" ").join(
                SQL("WHEN %s < %s THEN %s", moment, until, timedelta(minutes=minutes))
                for _start, until, minutes in spans
            )
            shifts.append((members.ids, SQL("CASE %s END", cases)))
        last = shifts.pop()[1]
        column = SQL.identifier(*workcenter.split("."))
        others = [SQL("WHEN %s = ANY(%s) THEN %s", column, *shift) for shift in shifts]
        if others:
            last = SQL("CASE %s ELSE %s END", SQL(" ").join(others), last)
        return SQL("(%s + %s)::date", moment, last)

    @api.model
    def _get_workorder_query(self, workcenters, now, stop, who=False, **span):
        """SQL with rows (work centre, day, slot, floats, start, finish, minutes, who).

        :param span: of which to read those that begin 'since' and 'until' a moment, by default all
        """
        return SQL(
            """
            WITH hit AS MATERIALIZED (%(hits)s),
            placed AS (
                SELECT dated.*, slot, CASE WHEN hit.id IS NULL
                           THEN NOT floats AND day <> finish_day ELSE slot IS NULL END AS rows
                  FROM (SELECT found.*, %(start_day)s AS day, %(finish_day)s AS finish_day
                          FROM (%(open_workorders)s) found OFFSET 0) dated
             LEFT JOIN hit USING (id)
            )
            SELECT workcenter_id, day, slot, floats, CASE WHEN rows THEN start END AS from_,
                   CASE WHEN rows THEN finish END AS to_, SUM(minutes), who
              FROM placed GROUP BY workcenter_id, day, slot, floats, from_, to_, who
            """,
            hits=self._get_hits(workcenters, now, stop),
            start_day=self._get_day(workcenters, now, stop, SQL("start")),
            finish_day=self._get_day(workcenters, now, stop, SQL("finish")),
            open_workorders=self._get_open_workorders(workcenters, now, stop, who, **span),
        )

    @api.model
    def _get_hits(self, workcenters, now, stop):
        """SQL (id, slot): work orders of one day that lie over slots; slot: around all of it.

        Looked up from the slots: their days are few, and an index tells what starts in them.
        """
        start = SQL("GREATEST(wo.date_start, %s)", now)
        finish = SQL("wo.date_finished")
        return SQL(
            """
            SELECT wo.id, MAX(kept.id) FILTER (
                       WHERE %(start)s >= kept.date_start AND wo.date_finished <= kept.date_stop
                   ) AS slot
              FROM (%(slot_days)s) kept CROSS JOIN LATERAL (
                       SELECT id, workcenter_id, date_start, date_finished FROM mrp_workorder wo
                        WHERE wo.workcenter_id = kept.workcenter_id
                          AND wo.state IN ('blocked', 'ready', 'progress')
                          AND wo.date_start < kept.date_stop
                          AND wo.date_finished > GREATEST(kept.date_start, %(now)s)
                          AND wo.date_start > CASE  -- no zone is farther from UTC
                              WHEN kept.day > %(now)s::date + 1 THEN kept.day - INTERVAL '15 hours'
                              ELSE '-infinity' END
                       OFFSET 0
                   ) wo
             WHERE %(start_day)s = kept.day AND %(finish_day)s = kept.day
          GROUP BY wo.id
            """,
            slot_days=self._get_slot_days(workcenters, now, stop),
            now=now,
            start=start,
            start_day=self._get_day(workcenters, now, stop, start, "wo.workcenter_id"),
            finish_day=self._get_day(workcenters, now, stop, finish, "wo.workcenter_id"),
        )

    @api.model
    def _get_open_workorders(self, workcenters, now, stop, who=False, since=None, until=None):
        """SQL: what is left of open work orders that no booking stands for."""
        columns = {"tier": SQL("wo.sop_tier_id"), "order": SQL("wo.id")}
        begins = SQL(
            "CASE WHEN wo.date_finished IS NULL THEN mo.date_start"
            " ELSE COALESCE(wo.date_start, mo.date_start) END"
        )
        within = SQL("TRUE")
        if since:
            within = SQL("%s >= %s", begins, since)
        elif until:
            # the second condition follows from the first, and spares most orders the join
            within = SQL(
                "%s < %s AND (wo.date_start < %s OR wo.date_start IS NULL"
                " OR wo.date_finished IS NULL)",
                *(begins, until, until),
            )
        return SQL(
            """
            SELECT wo.id, wo.workcenter_id, %(who)s AS who,
                   GREATEST(wo.duration_expected - COALESCE(wo.duration, 0), 0) AS minutes,
                   wo.date_start IS NULL OR wo.date_finished IS NULL
                       OR wo.date_finished <= %(now)s AS floats,
                   GREATEST(%(begins)s, %(now)s) AS start,
                   GREATEST(wo.date_finished, %(now)s) AS finish
              FROM mrp_workorder wo
              JOIN mrp_production mo ON mo.id = wo.production_id
             WHERE wo.workcenter_id = ANY(%(workcenters)s)
               AND wo.state IN ('blocked', 'ready', 'progress')
               AND mo.state IN ('confirmed', 'progress', 'to_close')
               AND (wo.date_start < %(stop)s OR wo.date_start IS NULL AND mo.date_start < %(stop)s)
               AND %(within)s
               AND wo.id NOT IN (  -- read once, unlike with EXISTS
                   SELECT b.workorder_id
                     FROM sop_booking b JOIN mrp_workorder wo ON wo.id = b.workorder_id
                    WHERE b.workcenter_id = ANY(%(workcenters)s) AND %(stands)s)
            """,
            workcenters=workcenters.ids,
            who=columns.get(who, SQL("NULL::int")),
            begins=begins,
            within=within,
            now=now,
            stop=stop,
            stands=BOOKING_STANDS,
        )

    @api.model
    def _get_slot_days(self, workcenters, now, stop):
        """SQL: slots, once for each of their days."""
        return SQL(
            """
            SELECT slot.id, slot.workcenter_id, slot.date_start, slot.date_stop,
                   unnest(ARRAY(  -- bare, generate_series would be taken for 1000 rows
                       SELECT generate_series(%(slot_start)s, %(slot_stop)s, '1 day')::date
                   )) AS day
              FROM sop_slot slot
             WHERE slot.workcenter_id = ANY(%(workcenters)s) AND slot.active
               AND slot.date_stop > %(now)s AND slot.date_start < %(stop)s
            """,
            slot_start=self._get_day(workcenters, now, stop, SQL("slot.date_start")),
            slot_stop=self._get_day(workcenters, now, stop, SQL("slot.date_stop")),
            workcenters=workcenters.ids,
            now=now,
            stop=stop,
        )
