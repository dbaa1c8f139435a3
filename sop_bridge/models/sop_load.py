from datetime import datetime, time, timedelta
from functools import partial
from itertools import pairwise

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.board import Board, SlotSpan
from ..core.calendar import DAY
from ..core.shares import SharedBoard
from .sop_load_query import BOOKING_STANDS

# Work orders that begin after so many days are read only if a promise gets that far.
STEPS = (14, 56)


def hold_lasts(now):
    """SQL: a booking has no ``hold``, or one whose time has not come, collected or not."""
    return SQL("(hold.id IS NULL OR hold.until > %s)", now)


class SopLoad(models.AbstractModel):
    """Collects slots and load of work centres: one query per kind, writes nothing."""

    _name = "sop.load"
    _inherit = ["sop.load.query"]
    _description = "Load of Work Centres"

    @api.model
    def _get_boards(self, workcenters, now, horizon_days, owners=(), ignore_orders=(), who=False):
        """Load of work centres from ``now`` on.

        :param owners: ids of order lines whose bookings are returned apart
        :param ignore_orders: ids of orders for which ``Board.seen_by`` gives back what they hold
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
        self._read_workorders(board, workcenters, now, stop, who)
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
                "production_date",
                "sop_tier_id",
            ]
        )
        self.env["mrp.production"].flush_model(["state"])
        self.env["sop.booking"].flush_model()
        self.env["sop.hold"].flush_model(["until"])

    @api.model
    def _read_workorders(self, board, workcenters, now, stop, who):
        """Put open work orders on the board: at once where it is shown, or as far as need be."""
        today = datetime.combine(now.date(), time())
        edges = [edge for days in STEPS if not who and (edge := today + days * DAY) < stop]
        add = partial(self._add_workorders, workcenters=workcenters, now=now, stop=stop, who=who)
        for since, until in pairwise([None, *edges, None]):
            if since:
                # the day before may have begun there already, west of Greenwich
                read = partial(add, since=since, until=until)
                board.later.append((since.date() - DAY, read))
            else:
                add(board, until=until)

    @api.model
    def _add_workorders(self, board, workcenters, now, stop, who=False, **span):
        """Put open work orders on the board.

        Those whose interval lies in one day, and inside one slot or outside of all, are summed by
        PostgreSQL; the others come back with it and are spread over their working time.
        """
        query = self._get_workorder_query(workcenters, now, stop, who, **span)
        for workcenter, day, slot, floats, apart, minutes, of in self.env.execute_query(query):
            key = ("mrp.workorder", of) if who == "order" else (of, False)
            if apart:
                board.add_interval(workcenter, *apart, minutes, key)
            elif minutes > 0:
                board.add(workcenter, day, minutes, slot, floats, key)

    # ------------------------------------------------------------------ bookings
    @api.model
    def _add_bookings(self, board, workcenters, now, stop, owners, ignore_orders, who=False):
        """Put bookings on the board; those of ``owners`` are returned instead.

        What an order holds stays on the board while backlog flows into it: the order gets it back
        afterwards, or others' undone work would take what it holds.
        What was held until a moment that has passed is free, whether or not it was collected.
        """
        columns = {"tier": SQL("b.tier_id"), "order": SQL("b.id")}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT b.workcenter_id, b.day, b.slot_id,
                       CASE WHEN b.order_line_id = ANY(%(owners)s) THEN b.order_line_id END AS own,
                       CASE WHEN b.state = 'held' AND b.order_id = ANY(%(ignored)s)
                            THEN b.order_id END AS holder,
                       %(who)s AS who, b.state = 'held' AS held, SUM(b.minutes)
                  FROM sop_booking b
             LEFT JOIN mrp_workorder wo ON wo.id = b.workorder_id
             LEFT JOIN mrp_production mo ON mo.id = wo.production_id
             LEFT JOIN sop_hold hold ON hold.id = b.hold_id
                 WHERE b.workcenter_id = ANY(%(workcenters)s) AND b.day <= %(stop)s
                   AND %(lasts)s
                   AND (b.production_id IS NULL
                        OR mo.state IN ('confirmed', 'progress', 'to_close') AND %(stands)s)
              GROUP BY 1, 2, 3, 4, 5, 6, 7
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
        for workcenter, day, slot, owner, holder, of, held, minutes in rows:
            if holder:
                # held hours of a day that has passed are of no use to anybody
                if day >= board.today[workcenter]:
                    board.add(workcenter, day, minutes, slot)
                    board.held.setdefault(holder, []).append((workcenter, day, minutes, slot))
            elif owner:
                own.setdefault(owner, []).append((workcenter, day, minutes, slot))
            else:
                key = ("sop.booking", of) if who == "order" else (of, held)
                board.add(workcenter, day, minutes, slot, who=key)
        return own
