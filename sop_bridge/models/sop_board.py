from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, get_lang

from ..core import periods
from ..core.calendar import day_of
from ..core.cells import collect
from .sop_numbers import LARGEST
from .sop_slot_span import FARTHEST

# Most columns of each kind, and how many there are unless asked otherwise.
MOST = {"day": 62, "week": 60, "month": 24}
USUAL = {"day": 14, "week": 26, "month": 12}


def _rounded(minutes):
    return [round(part, 1) for part in minutes]


class Sheet:
    """A SharedBoard with its tiers, best first, and its slots {id: record}."""

    def __init__(self, board, tiers):
        self.board, self.tiers = board, tiers
        # an archived tier counts as none, as it does for who may use a slot
        self.index = {tier.id: number for number, tier in enumerate(tiers)}
        self._spans = {span.id: span for spans in board.slots.values() for span in spans}
        self.released = {span.id for span in self._spans.values() if span.released}

    @cached_property
    def slots(self):
        slots = self.tiers.env["sop.slot"].sudo().browse(self._spans)
        return {slot.id: slot for slot in slots}

    def kept_for(self, slot):
        """Index of the tier for which a slot is kept; after them, of a customer."""
        return self.index.get(self._spans[slot].tier, len(self.tiers))


class SopBoard(models.AbstractModel):
    """Work centres by day, week or month: what is booked, reserved, free and too much.

    The minutes are those of ``sop.load``, by which orders are promised. What is behind a cell is
    told by ``sop.board.cell``, and slots are placed by ``sop.board.slot``.
    """

    _name = "sop.board"
    _inherit = ["sop.board.cell", "sop.board.slot"]
    _description = "Capacity Board"

    # ------------------------------------------------------------------ reading
    @api.model
    @api.readonly
    def get_content(self, scale="week", start=False, count=False, workcenter_ids=False):
        """What the board shows; the number of queries depends neither on rows nor on columns.

        :param scale: 'day', 'week' or 'month'
        :param start: date in the first column; the past is not shown
        :param count: number of columns
        :param workcenter_ids: only these; without, all of the allowed companies
        :return: {'scale', 'start', 'count', 'title', 'columns', 'previous', 'next', 'owners',
            'rows', 'tags', 'may_edit', 'offers'}. Each row has a cell per column and their
            'total', as ``_describe_cell`` gives them: minutes, by index of 'owners': the tiers,
            best first, and last who has none (orders for stock; slots kept for a customer).
        :raise AccessError: for who may not see slots
        :raise UserError: if the period makes no sense
        """
        self.env["sop.slot"].check_access("read")
        now = self._get_now()
        workcenters = self._get_workcenters(workcenter_ids)
        columns = self._get_columns(workcenters, now, scale, start, count)
        days = [
            [lo + timedelta(days=number) for number in range((hi - lo).days + 1)]
            for lo, hi in columns
        ]
        sheet = self._get_sheet(self._get_board(workcenters, now, columns[-1][1]))
        return {
            **self._describe_period(scale, columns, now),
            "owners": self._describe_owners(sheet.tiers),
            "rows": [
                self._describe_row(sheet, workcenter, days, scale == "day")
                for workcenter in workcenters
            ],
            "tags": [{"id": tag.id, "name": tag.name} for tag in workcenters.tag_ids],
            "may_edit": self._may_edit(),
            "offers": self._get_offers(),
        }

    @api.model
    def _get_now(self):
        return self.env["sop.promise"]._get_now()

    @api.model
    def _get_workcenters(self, workcenter_ids=False):
        """Work centres of the allowed companies; salespeople see their names here."""
        domain = Domain("company_id", "in", [*self.env.companies.ids, False])
        if workcenter_ids:
            self._check_ids(workcenter_ids)
            domain &= Domain("id", "in", workcenter_ids)
        return self.env["mrp.workcenter"].sudo().search(domain)

    @api.model
    def _check_ids(self, ids):
        """:raise UserError: if a remote client names records by what is no id"""
        known = isinstance(ids, list | tuple) and all(
            type(one) is int and 0 <= one <= LARGEST for one in ids
        )
        if not known:
            message = self.env._(
                "%s: the board asks for the ids of records, which are whole numbers.", ids
            )
            raise UserError(message)

    @api.model
    def _get_workcenter(self, workcenter_id):
        """:raise AccessError: for a work centre that is not there, or of another company"""
        # an empty list would mean all of them
        found = self._get_workcenters([workcenter_id or 0])
        if not found:
            raise AccessError(self.env._("There is no such work centre in your companies."))
        return found

    @api.model
    def _get_board(self, workcenters, now, last, who="tier"):
        """SharedBoard of work centres until a date."""
        horizon = max(0, (last - now.date()).days)
        board, _own = self.env["sop.load"]._get_boards(workcenters, now, horizon, who=who)
        return board

    # ------------------------------------------------------------------ columns
    @api.model
    def _get_columns(self, workcenters, now, scale, start, count):
        """[(first day, last day)]"""
        if type(scale) is not str or scale not in MOST:
            raise UserError(self.env._("The columns of the board are days, weeks or months."))
        count = count or USUAL[scale]
        if type(count) is not int or not 0 < count <= MOST[scale]:
            raise UserError(self.env._("The board has from 1 to %s columns.", MOST[scale]))
        today = self._get_today(workcenters, now)
        first = self._read_date(start) if start else today
        if first > today + timedelta(days=FARTHEST):
            raise UserError(self.env._("The board looks three years ahead, not further."))
        return periods.columns(scale, max(first, today), count, self._get_week_start())

    @api.model
    def _read_date(self, value):
        try:
            return fields.Date.to_date(value)
        except (TypeError, ValueError, KeyError) as error:
            message = self.env._("%s is no date. Write it like 2026-12-31.", value)
            raise UserError(message) from error

    @api.model
    def _read_span(self, start, stop):
        """First and last of the days of a cell.

        :raise UserError: if they are none, or too many
        """
        first, last = self._read_date(start), self._read_date(stop)
        if not first or not last or not timedelta(0) <= last - first < timedelta(days=62):
            raise UserError(self.env._("Choose a first and a last day, at most two months apart."))
        if last > self._get_now().date() + timedelta(days=2 * FARTHEST):
            raise UserError(self.env._("The board looks three years ahead, not further."))
        return first, last

    @api.model
    def _get_today(self, workcenters, now):
        """Today, where it is earliest."""
        zones = set(map(self.env["sop.load"]._workcenter_timezone, workcenters)) or {"UTC"}
        return min(day_of(now, ZoneInfo(zone)) for zone in zones)

    @api.model
    def _get_week_start(self):
        return int(get_lang(self.env).week_start)

    @api.model
    def _describe_period(self, scale, columns, now):
        today = day_of(now, ZoneInfo(self.env.user.tz or "UTC"))
        first, count = columns[0][0], len(columns)
        earliest = periods.period_start(scale, today, self._get_week_start())
        before = max(earliest, periods.shift(scale, first, -count))
        return {
            "scale": scale,
            "start": fields.Date.to_string(first),
            "count": count,
            "title": self._tell_period(scale, first, columns[-1][1]),
            "columns": [self._describe_column(scale, *span, today) for span in columns],
            "previous": fields.Date.to_string(before) if before < first else False,
            "next": fields.Date.to_string(periods.shift(scale, first, count)),
        }

    @api.model
    def _tell_period(self, scale, first, last):
        pattern = "MMM y" if scale == "month" else "d MMM y"
        return f"{self._format(first, pattern)} – {self._format(last, pattern)}"

    @api.model
    def _describe_column(self, scale, first, last, today):
        label, sub = self._label_column(scale, first)
        return {
            "start": fields.Date.to_string(first),
            "stop": fields.Date.to_string(last),
            "label": label,
            "sub": sub,
            "title": self._tell_days(first, last),
            "now": first <= today <= last,
            "month": first.month,
        }

    @api.model
    def _label_column(self, scale, first):
        """A short name and a smaller one below it."""
        if scale == "month":
            return self._format(first, "LLL"), self._format(first, "y")
        if scale == "week":
            # the week is that of its middle, wherever weeks begin
            week = (first + timedelta(days=3)).isocalendar().week
            return self.env._("W%s", week), self._format(first, "d MMM")
        return self._format(first, "EEE"), self._format(first, "d MMM")

    @api.model
    def _format(self, day, pattern):
        return format_date(self.env, day, date_format=pattern)

    # ------------------------------------------------------------------ owners
    @api.model
    def _get_sheet(self, board):
        """The board with the slots on it and the tiers by which it is told apart."""
        domain = [("company_id", "in", [*self.env.companies.ids, False])]
        tiers = self.env["sop.tier"].sudo().search(domain)
        return Sheet(board, tiers)

    @api.model
    def _describe_owners(self, tiers):
        none = {"id": False, "name": self.env._("No tier or for stock"), "color": 0}
        return [
            *({"id": tier.id, "name": tier.name, "color": tier.color} for tier in tiers),
            dict(none, slots=self.env._("A customer or agreement")),
        ]

    # ------------------------------------------------------------------ rows
    @api.model
    def _describe_row(self, sheet, workcenter, days, with_slots):
        """One work centre, with its slots if the columns are days."""
        board = sheet.board
        calendar, today = board.calendars[workcenter.id], board.today[workcenter.id]
        found = [collect(board, workcenter.id, some, sheet.released) for some in days]
        cells = [
            dict(self._describe_cell(cell, sheet), past=some[-1] < today)
            for some, cell in zip(days, found, strict=True)
        ]
        return {
            "id": workcenter.id,
            "name": workcenter.name,
            "code": workcenter.code or "",
            "bottleneck": workcenter.sop_is_bottleneck,
            "tags": workcenter.tag_ids.ids,
            "zone": calendar.zone.key,
            "hours": self._get_hours(calendar),
            "cells": cells,
            "total": self._add_cells(cells),
            "slots": self._describe_slots(sheet, workcenter, found) if with_slots else [],
        }

    @api.model
    def _get_hours(self, calendar):
        """[first, last] hour of the work centre's days, as its cells show them."""
        lines = [line for line in calendar.attendances if line.hour_to > line.hour_from]
        if not lines:
            return [0, 24]
        return [min(line.hour_from for line in lines), max(line.hour_to for line in lines)]

    @api.model
    def _describe_cell(self, cell, sheet):
        """A cell in minutes.

        :return: {'calendar', 'booked', 'held' (part of it, of quotations), 'reserved': lists by
            owner, 'free', 'over'}
        """
        index, none = sheet.index, len(sheet.tiers)
        booked, held, reserved = ([0.0] * (none + 1) for _list in range(3))
        for (tier, waits), minutes in cell.booked.items():
            booked[index.get(tier, none)] += minutes
            if waits:
                held[index.get(tier, none)] += minutes
        for slot, minutes in cell.reserved.items():
            reserved[sheet.kept_for(slot)] += minutes
        return {
            "calendar": round(cell.calendar, 1),
            # most cells of a long period are empty
            "booked": _rounded(booked) if cell.booked else booked,
            "held": _rounded(held) if cell.booked else held,
            "reserved": _rounded(reserved) if cell.reserved else reserved,
            "free": round(cell.free, 1),
            "over": round(cell.over, 1),
        }

    @api.model
    def _add_cells(self, cells):
        """Total of several cells."""
        total = {
            name: round(sum(cell[name] for cell in cells), 1)
            for name in ("calendar", "free", "over")
        }
        for name in ("booked", "held", "reserved"):
            owners = zip(*(cell[name] for cell in cells), strict=True)
            total[name] = _rounded(map(sum, owners))
        return total

    # ------------------------------------------------------------------ rights
    @api.model
    def _may_edit(self):
        slots = self.env["sop.slot"]
        return all(slots.has_access(mode) for mode in ("create", "write"))

    @api.model
    def _get_offers(self):
        """What else the user may open or ask for from the board, where it is installed."""
        return {
            "workcenter": self.env["mrp.workcenter"].has_access("read"),
            "protection": self._may_ask("sop.protection", "action_sop_protection"),
            "campaign": self._may_ask("sop.campaign", "action_sop_campaign"),
        }

    @api.model
    def _may_ask(self, model, action):
        action = self.env.ref(f"sop_bridge.{action}", raise_if_not_found=False)
        known = action and model in self.env and self.env[model].has_access("read")
        return bool(known and (self.env[model]._abstract or self.env[model].has_access("create")))
