from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.board import Board, SlotSpan
from ..core.calendar import DAY, offsets
from ..core.shares import SharedBoard

# A booking stands for its work order only where the order was not started, moved or resized.
BOOKING_STANDS = SQL(
    "wo.state IN ('blocked', 'ready') AND wo.workcenter_id = b.workcenter_id "
    "AND wo.date_start IS NOT DISTINCT FROM b.plan_from "
    "AND wo.date_finished IS NOT DISTINCT FROM b.plan_to "
    "AND (b.plan_minutes IS NULL OR abs(wo.duration_expected - b.plan_minutes) < 0.01)"
)
# Work orders that begin after so many days are read only if a promise gets that far.
SOON = 56


def hold_lasts(now):
    """SQL: a booking has no ``hold``, or one whose time has not come, collected or not."""
    return SQL("(hold.id IS NULL OR hold.until > %s)", now)


class SopLoad(models.AbstractModel):
    """Collects slots and load of work centres: one query per kind, writes nothing."""

    _name = "sop.load"
    _inherit = ["sop.hours"]
    _description = "Load of Work Centres"

    @api.model
    def _get_boards(self, workcenters, now, horizon_days, owners=(), ignore_orders=(), who=False):
        """Load of work centres from ``now`` on.

        :param owners: ids of order lines whose bookings are returned apart
        :param ignore_orders: ids of orders whose held bookings do not count
        :param who: 'tier' or 'order': tell the load apart, by (tier id or None, whether held) or
            by ('mrp.workorder' or 'sop.booking', id)
        :return: (Board, or with ``who`` SharedBoard;
            {line id: [(work centre id, day, minutes, slot id)]})
        """
        workcenters = workcenters.sudo()
        calendars = self._get_calendars(workcenters, now, horizon_days)
        today = {wc: calendar.today(now) for wc, calendar in calendars.items()}
        board = (SharedBoard if who else Board)(calendars, today)
        if not calendars:
            return board, {}
        stop = now + timedelta(days=horizon_days + 2)
        board.slots = self._get_slots(workcenters, now, stop)
        self._flush_load()
        until = datetime.combine(now.date() + timedelta(days=SOON), time())
        if who or until >= stop:
            self._add_workorders(board, workcenters, now, stop, who=who)
        else:
            self._add_workorders(board, workcenters, now, stop, until=until)

            def read_on(board):
                self._add_workorders(board, workcenters, now, stop, since=until)

            # the day before may have begun there already, west of Greenwich
            board.later = until.date() - DAY, read_on
        own = self._add_bookings(board, workcenters, now, stop, owners, ignore_orders, who)
        return board, own

    # ------------------------------------------------------------------ slots
    @api.model
    def _get_slots(self, workcenters, start, stop):
        """{work centre id: [SlotSpan] sorted by start}"""
        slots = self.env["sop.slot"].sudo()
        names = ["workcenter_id", "date_start", "date_stop", "active", "opening", "tier_id"]
        slots.flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT workcenter_id, id, date_start, date_stop, opening = 'all', tier_id
                  FROM sop_slot
                 WHERE active AND workcenter_id = ANY(%s) AND date_stop > %s AND date_start < %s
                 ORDER BY date_start
                """,
                workcenters.ids,
                start,
                stop,
            )
        )
        found = {}
        for workcenter, *span in rows:
            found.setdefault(workcenter, []).append(SlotSpan(*span))
        return found

    # ------------------------------------------------------------------ work orders
    @api.model
    def _flush_load(self):
        """Let SQL see what is still waiting to be written."""
        self.env["mrp.workorder"].flush_model(
            [
                "workcenter_id",
                "state",
                "duration_expected",
                "duration",
                "production_id",
                "date_start",
                "date_finished",
                "sop_tier_id",
            ]
        )
        self.env["mrp.production"].flush_model(["state", "date_start"])
        self.env["sop.booking"].flush_model()
        self.env["sop.hold"].flush_model(["until"])

    @api.model
    def _add_workorders(self, board, workcenters, now, stop, who=False, **span):
        """Put open work orders on the board.

        Those whose interval lies in one day, and inside one slot or outside of all, are summed by
        PostgreSQL; the others come back with it and are spread over their working time.
        """
        query = self._get_workorder_query(workcenters, now, stop, who, **span)
        for workcenter, day, slot, floats, start, finish, minutes, of in self.env.execute_query(
            query
        ):
            key = ("mrp.workorder", of) if who == "order" else (of, False)
            if start:
                board.add_interval(workcenter, start, finish, minutes, key)
            elif minutes > 0:
                board.add(workcenter, day, minutes, slot, floats, key)

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

    # ------------------------------------------------------------------ bookings
    @api.model
    def _add_bookings(self, board, workcenters, now, stop, owners, ignore_orders, who=False):
        """Put bookings on the board; those of ``owners`` are returned instead.

        What was held until a moment that has passed is free, whether or not it was collected.
        """
        columns = {"tier": SQL("b.tier_id"), "order": SQL("b.id")}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT b.workcenter_id, b.day, b.slot_id,
                       CASE WHEN b.order_line_id = ANY(%(owners)s) THEN b.order_line_id END AS own,
                       %(who)s AS who, b.state = 'held' AS held, SUM(b.minutes)
                  FROM sop_booking b
             LEFT JOIN mrp_workorder wo ON wo.id = b.workorder_id
             LEFT JOIN mrp_production mo ON mo.id = wo.production_id
             LEFT JOIN sop_hold hold ON hold.id = b.hold_id
                 WHERE b.workcenter_id = ANY(%(workcenters)s) AND b.day <= %(stop)s
                   AND %(lasts)s
                   AND (b.production_id IS NULL
                        OR mo.state IN ('confirmed', 'progress', 'to_close') AND %(stands)s)
                   AND NOT (b.state = 'held' AND b.order_id = ANY(%(ignored)s))
              GROUP BY 1, 2, 3, 4, 5, 6
                """,
                owners=list(owners),
                who=columns.get(who, SQL("NULL::int")),
                workcenters=workcenters.ids,
                stop=fields.Date.to_date(stop),
                lasts=hold_lasts(now),
                stands=BOOKING_STANDS,
                ignored=list(ignore_orders or ()),
            )
        )
        own = {}
        for workcenter, day, slot, owner, of, held, minutes in rows:
            if owner:
                own.setdefault(owner, []).append((workcenter, day, minutes, slot))
            else:
                key = ("sop.booking", of) if who == "order" else (of, held)
                board.add(workcenter, day, minutes, slot, who=key)
        return own
