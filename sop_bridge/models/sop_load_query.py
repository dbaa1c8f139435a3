from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ..core.calendar import DAY, offsets

# A booking stands for its work order only where the order was not started, moved or resized.
BOOKING_STANDS = SQL(
    "wo.state IN ('blocked', 'ready') AND wo.workcenter_id = b.workcenter_id "
    "AND wo.date_start IS NOT DISTINCT FROM b.plan_from "
    "AND wo.date_finished IS NOT DISTINCT FROM b.plan_to "
    "AND (b.plan_minutes IS NULL OR abs(wo.duration_expected - b.plan_minutes) < 0.01)"
)


class Reach(NamedTuple):
    """What a query reads: work centres, from when (naive UTC) and until when.

    :param zones: {time zone: ids of the work centres there}
    :param since: only work orders that begin then or later; None: all
    :param until: only work orders that begin before; None: all
    """

    workcenters: list
    zones: dict
    now: datetime
    stop: datetime
    since: datetime | None = None
    until: datetime | None = None


class SopLoadQuery(models.AbstractModel):
    """SQL that sums what is left of open work orders by the days of their work centres."""

    _name = "sop.load.query"
    _inherit = ["sop.hours"]
    _description = "Queries on the Load of Work Centres"

    @api.model
    def _get_day(self, reach, moment, workcenter="workcenter_id"):
        """SQL: day of ``moment`` (SQL, naive UTC, not before now) where its work centre stands."""
        return SQL("(%s)::date", self._get_clock(reach, moment, workcenter))

    @api.model
    def _get_clock(self, reach, moment, workcenter="workcenter_id"):
        """SQL: what the clock on the wall of its work centre shows at ``moment``, see above.

        The offsets are spelled out: cheaper than looking up the time zone of every work order, and
        the planner of PostgreSQL still knows how many rows there are, unlike with a join.
        """
        column = SQL.identifier(*workcenter.split("."))
        *others, (_ids, shift) = [
            (members, self._get_shift(reach, zone, moment)) for zone, members in reach.zones.items()
        ]
        if others:
            cases = [SQL("WHEN %s = ANY(%s) THEN %s", column, *other) for other in others]
            shift = SQL("CASE %s ELSE %s END", SQL(" ").join(cases), shift)
        return SQL("%s + %s", moment, shift)

    @api.model
    def _get_shift(self, reach, zone, moment):
        """SQL: what a clock in a time zone is ahead of UTC at a moment."""
        *spans, (_from, _until, minutes) = offsets(
            ZoneInfo(zone), reach.now.date(), reach.stop.date()
        )
        shift = SQL("%s", timedelta(minutes=minutes))
        if not spans:
            return shift
        cases = [
            SQL("WHEN %s < %s THEN %s", moment, until, timedelta(minutes=before))
            for _from, until, before in spans
        ]
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), shift)

    @api.model
    def _get_workorder_query(self, workcenters, now, stop, who=False, **span):
        """SQL with rows (work centre, day, slot, floats, [start, finish], minutes, who).

        :param span: of which to read those that begin 'since' and 'until' a moment, by default all
        """
        zones = workcenters.grouped(self._workcenter_timezone)
        ids = {zone: members.ids for zone, members in zones.items()}
        reach = Reach(workcenters.ids, ids, now, stop, **span)
        return SQL(
            """
            WITH hit AS MATERIALIZED (%(hits)s),
            placed AS (
                SELECT dated.*, slot, CASE WHEN hit.id IS NULL
                           THEN NOT floats AND ends >= day + 1 ELSE slot IS NULL END AS rows
                  FROM (SELECT found.*, %(start_day)s AS day, %(finish_clock)s AS ends
                          FROM (%(open_workorders)s) found OFFSET 0) dated
             LEFT JOIN hit USING (id)
            )
            SELECT workcenter_id, day, slot, floats,
                   CASE WHEN rows THEN ARRAY[start, finish] END AS span, SUM(minutes), who
              FROM placed GROUP BY workcenter_id, day, slot, floats, span, who
            """,
            hits=self._get_hits(reach),
            start_day=self._get_day(reach, SQL("start")),
            finish_clock=self._get_clock(reach, SQL("finish")),
            open_workorders=self._get_open_workorders(reach, who),
        )

    @api.model
    def _get_hits(self, reach):
        """SQL (id, slot): work orders of one day that lie over slots; slot: around all of it.

        Looked up from the slots: their days are few, and an index tells what starts in them.
        """
        start = SQL("GREATEST(wo.date_start, %s)", reach.now)
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
                          AND wo.date_start > CASE WHEN kept.opens > %(now)s THEN kept.opens
                              ELSE '-infinity' END
                       OFFSET 0
                   ) wo
             WHERE %(start_day)s = kept.day AND %(finish_day)s = kept.day
          GROUP BY wo.id
            """,
            slot_days=self._get_slot_days(reach),
            now=reach.now,
            start=start,
            start_day=self._get_day(reach, start, "wo.workcenter_id"),
            finish_day=self._get_day(reach, finish, "wo.workcenter_id"),
        )

    @api.model
    def _get_open_workorders(self, reach, who=False):
        """SQL: what is left of open work orders that no booking stands for.

        Odoo's production_date is the start of the manufacturing order where a work order has none.
        """
        columns = {"tier": SQL("wo.sop_tier_id"), "order": SQL("wo.id")}
        begins = SQL("COALESCE(wo.date_start, wo.production_date)")
        within = SQL("%s < %s", begins, reach.until or reach.stop)
        if reach.since:
            within = SQL("%s AND %s >= %s", within, begins, reach.since)
        return SQL(
            """
            SELECT wo.id, wo.workcenter_id, %(who)s AS who,
                   GREATEST(wo.duration_expected - COALESCE(wo.duration, 0), 0) AS minutes,
                   wo.date_start IS NULL OR wo.date_finished IS NULL
                       OR wo.date_finished <= %(now)s AS floats,
                   GREATEST(%(begins)s, %(now)s) AS start,
                   wo.date_finished AS finish
              FROM mrp_workorder wo
             WHERE wo.workcenter_id = ANY(%(workcenters)s)
               AND wo.state IN ('blocked', 'ready', 'progress')
               AND %(within)s
               AND NOT EXISTS (  -- few, unlike the orders that a join would look up
                   SELECT FROM mrp_production mo
                    WHERE mo.id = wo.production_id
                      AND (mo.state IN ('confirmed', 'progress', 'to_close')) IS NOT TRUE)
               AND wo.id NOT IN (  -- read once, unlike with EXISTS
                   SELECT b.workorder_id
                     FROM sop_booking b JOIN mrp_workorder wo ON wo.id = b.workorder_id
                    WHERE b.workcenter_id = ANY(%(workcenters)s) AND %(stands)s)
            """,
            workcenters=reach.workcenters,
            who=columns.get(who, SQL("NULL::int")),
            begins=begins,
            within=within,
            now=reach.now,
            stands=BOOKING_STANDS,
        )

    @api.model
    def _get_slot_days(self, reach):
        """SQL: slots, once for each of their days.

        opens: when the day begins, in UTC, or a little earlier: clocks may change on it.
        """
        return SQL(
            """
            SELECT id, workcenter_id, date_start, date_stop, day,
                   day - (clock - date_start) - INTERVAL '2 hours' AS opens
              FROM (SELECT slot.*, %(slot_clock)s AS clock,
                           unnest(ARRAY(  -- bare, generate_series would be taken for 1000 rows
                               SELECT generate_series(%(slot_start)s, %(slot_stop)s, '1 day')::date
                           )) AS day
                      FROM sop_slot slot
                     WHERE slot.workcenter_id = ANY(%(workcenters)s) AND slot.active
                       AND slot.date_stop > %(since)s AND slot.date_start < %(until)s) slot
            """,
            slot_clock=self._get_clock(reach, SQL("slot.date_start")),
            slot_start=self._get_day(reach, SQL("slot.date_start")),
            slot_stop=self._get_day(reach, SQL("slot.date_stop")),
            workcenters=reach.workcenters,
            since=reach.since or reach.now,
            # all slots of the day on which the last of the work orders may begin
            until=reach.until + 2 * DAY if reach.until else reach.stop,
        )
