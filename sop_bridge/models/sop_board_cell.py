from datetime import timedelta

from odoo import api, models
from odoo.tools import groupby

from ..core.cells import collect, overlapping
from .board_eyes import Eyes

# So many days of a long cell are explained; what is left out is told.
EXPLAINED = 5
# What flows from day to day leaves crumbs, which are not told.
LEAST = 0.1
# What an entry needs on the way, and the screen does not.
INNER = ("keys", "work", "start")


class SopBoardCell(models.AbstractModel):
    """What is behind a cell of the capacity board: its orders, its slots, and why it is over.

    The minutes of the orders add up to those of the cell, because they come from the same board,
    told apart by order instead of by tier.
    """

    _name = "sop.board.cell"
    _inherit = ["sop.board.text"]
    _description = "Cell of the Capacity Board"

    # so many orders are listed; how many are left out is told
    _LISTED = 100

    @api.model
    @api.readonly
    def get_cell(self, workcenter_id, start, stop):
        """Orders and slots of some days of a work centre.

        Customers are named to production, and to salespeople on the orders that they may read.

        :param start: first day
        :param stop: last day
        :return: {'title', 'summary', 'why' (sentences, if it is over capacity), 'notes'
            (sentences), 'loads', 'more' ({'count', 'minutes'} not listed), 'slots'}; minutes
            everywhere
        :raise AccessError: for who may not see slots, or not this work centre
        """
        self.env["sop.slot"].check_access("read")
        workcenter = self._get_workcenter(workcenter_id)
        now, (first, last) = self._get_now(), self._read_span(start, stop)
        board = self._get_board(workcenter, now, last, who="order")
        sheet = self._get_sheet(board)
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        cell = collect(board, workcenter.id, days, sheet.released)
        loads = self._describe_loads(sheet, cell, now)
        return {
            "title": f"{workcenter.name}, {self._tell_days(first, last)}",
            "summary": self._tell_summary(cell),
            "why": [*self._explain_over(sheet, workcenter, days, loads)],
            "notes": [*self._explain_floating(loads)],
            **self._list_loads(loads),
            "slots": self._describe_cell_slots(sheet, cell),
        }

    # ------------------------------------------------------------------ orders
    @api.model
    def _list_loads(self, loads):
        """The biggest orders in the order in which they start, and how many others there are."""
        ranked = sorted(loads, key=lambda load: -load["minutes"])
        shown, left = ranked[: self._LISTED], ranked[self._LISTED :]
        return {
            "loads": [
                {name: value for name, value in load.items() if name not in INNER}
                for load in sorted(shown, key=lambda load: (load["start"], load["name"]))
            ],
            "more": {"count": len(left), "minutes": sum(load["minutes"] for load in left)},
        }

    @api.model
    def _describe_loads(self, sheet, cell, now):
        """Each order with minutes in the cell, work orders first."""
        minutes = {"mrp.workorder": {}, "sop.booking": {}}
        for (model, number), part in cell.booked.items():
            if part >= LEAST:
                minutes[model][number] = part
        works = self.env["mrp.workorder"].sudo().browse(minutes["mrp.workorder"])
        bookings = self.env["sop.booking"].sudo().browse(minutes["sop.booking"])
        orders = works.production_id.sop_order_id | bookings.order_id
        eyes = Eyes(self.env, orders)
        parts = minutes["mrp.workorder"]
        return [
            *(self._describe_work(work, parts[work.id], sheet, eyes, now) for work in works),
            *self._describe_bookings(bookings, minutes["sop.booking"], sheet, eyes, now),
        ]

    @api.model
    def _describe_work(self, work, minutes, sheet, eyes, now):
        """A work order with the minutes it has in the cell."""
        production, order = work.production_id, work.production_id.sop_order_id
        zone = sheet.board.calendars[work.workcenter_id.id].zone.key
        start, stop = work.date_start, work.date_finished
        floats = not start or not stop or stop <= now
        late = floats and (stop or start or production.date_start) < now
        named = eyes.may_name(order)
        return {
            "key": f"work-{work.id}",
            "name": f"{production.name} – {work.name}" if named else "",
            "customer": order.partner_id.display_name or "" if named else "",
            "product": production.product_id.display_name if named else "",
            "owner": sheet.index.get(work.sop_tier_id.id, len(sheet.tiers)),
            "minutes": minutes,
            "whole": max(0.0, work.duration_expected - work.duration),
            "held": False,
            "when": "" if floats else self._tell_moments(start, stop, zone),
            "start": "" if floats else start.isoformat(),
            "flags": ["overdue" if late else "unplanned"] if floats else [],
            "link": eyes.link_work(production, order) if named else False,
            "keys": [("mrp.workorder", work.id)],
            "work": work,
        }

    @api.model
    def _describe_bookings(self, bookings, minutes, sheet, eyes, now):
        """What is promised and not planned as a work order: one entry for an order line."""

        def key(booking):
            return booking.order_line_id.id, booking.state, booking.production_id.id

        for (line, state, _made), some in groupby(bookings, key):
            mine = bookings.browse([booking.id for booking in some])
            named = eyes.may_name(mine.order_id)
            first, last = min(mine.mapped("day")), max(mine.mapped("day"))
            today = sheet.board.today[mine.workcenter_id[:1].id]
            yield {
                "key": f"booking-{line}-{state}-{mine[0].id}",
                "name": mine.order_id.name or "" if named else "",
                "customer": mine.order_id.partner_id.display_name or "" if named else "",
                "product": mine.product_id.display_name or "" if named else "",
                "owner": sheet.index.get(mine[0].tier_id.id, len(sheet.tiers)),
                "minutes": sum(minutes[booking.id] for booking in mine),
                "whole": sum(mine.mapped("minutes")),
                "held": state == "held",
                "when": self._tell_days(first, last),
                "start": first.isoformat(),
                "flags": ["overdue"] if last < today else ["promised"],
                "link": eyes.link_bookings(mine) if named else False,
                "keys": [("sop.booking", booking.id) for booking in mine],
                "work": False,
            }

    # ------------------------------------------------------------------ slots
    @api.model
    def _describe_cell_slots(self, sheet, cell):
        openings = self.env["sop.slot"]._fields["opening"]
        labels = dict(openings._description_selection(self.env))
        return [
            {
                "id": number,
                "label": slot._owner_label(),
                "owner": sheet.kept_for(number),
                "span": self._tell_span(slot),
                "minutes": cell.slots[number],
                "used": cell.used.get(number, 0.0),
                "left": cell.reserved.get(number, 0.0),
                "opening": labels[slot.opening] if slot.opening != "owner" else "",
                "family": slot.family_id.name or "",
            }
            for number, slot in sheet.slots.items()
            if number in cell.slots
        ]

    # ------------------------------------------------------------------ over capacity
    @api.model
    def _explain_over(self, sheet, workcenter, days, loads):
        """A sentence or more on each day that is over capacity."""
        board = sheet.board
        over = [
            day
            for day in days
            if board(workcenter.id, day).booked > board(workcenter.id, day).calendar + 1
        ]
        for day in over[:EXPLAINED]:
            calendar = board.calendars[workcenter.id]
            usual, off, passed = calendar.lost_minutes(day)
            yield self._explain_day(
                {
                    "workcenter": workcenter.name,
                    "day": day,
                    "calendar": board(workcenter.id, day).calendar,
                    "booked": board(workcenter.id, day).booked,
                    "usual": usual,
                    "off": off,
                    "passed": passed,
                    "loads": self._get_loads_of(sheet, calendar, loads, workcenter, day),
                }
            )
        if len(over) > EXPLAINED:
            yield self.env._(
                "%s more days are over capacity; look at them by day.", len(over) - EXPLAINED
            )

    @api.model
    def _get_loads_of(self, sheet, calendar, loads, workcenter, day):
        """Loads with the minutes they have on one day, and what is odd about their place."""
        shares = sheet.board.shares(workcenter.id, day)
        mine = [
            dict(load, minutes=sum(shares.get(key, 0.0) for key in load["keys"])) for load in loads
        ]
        mine = [load for load in mine if load["minutes"]]
        planned = {load["key"]: load["work"] for load in mine if load["work"] and load["when"]}
        twice = overlapping(
            {key: (work.date_start, work.date_finished) for key, work in planned.items()}
        )
        for load in mine:
            if load["key"] in planned:
                flags = [*self._get_flags(sheet, calendar, load)]
                load["flags"] = flags + ["twice"] * (load["key"] in twice)
        return mine

    @api.model
    def _get_flags(self, sheet, calendar, load):
        """What is odd about the place of a planned work order."""
        start, stop = load["work"].date_start, load["work"].date_finished
        room = sum(calendar.work_by_day(start, stop).values())
        if not room:
            yield "closed"
        elif load["whole"] > room + 1:
            yield "longer"
        slots = self.env["sop.slot"].sudo().browse(sheet.slots)
        met = slots.filtered(lambda slot: slot.date_start < stop and slot.date_stop > start)
        if met - load["work"].production_id._sop_usable(met):
            yield "slot"
