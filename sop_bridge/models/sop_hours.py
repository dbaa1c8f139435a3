from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.calendar import DAY, Attendance, WorkCalendar, flexible_week, to_utc
from ..core.diary import Diary
from ..core.values import Line


class SopHours(models.AbstractModel):
    """Collects the working time of work centres: one query per kind, writes nothing."""

    _name = "sop.hours"
    _description = "Hours of Work Centres"

    @api.model
    def _workcenter_timezone(self, workcenter):
        """Name of the time zone in which the days of a work centre are counted."""
        return workcenter.resource_calendar_id.tz or workcenter.tz or "UTC"

    @api.model
    def _get_calendars(self, workcenters, now, horizon_days):
        """{work centre id: WorkCalendar}, in which nothing before ``now`` is left to work."""
        stop = now + timedelta(days=horizon_days + 2)
        attendances = self._get_attendances(workcenters.resource_calendar_id)
        time_off = self._get_time_off(workcenters, now, stop)
        found, same = {}, {}
        for workcenter in workcenters:
            terms = (
                self._workcenter_timezone(workcenter),
                tuple(attendances.get(workcenter.resource_calendar_id.id, ())),
                tuple(time_off.get(workcenter.id, ())),
            )
            # most work centres share their hours with others, and so what is computed of them
            if terms not in same:
                same[terms] = WorkCalendar(*terms, since=now)
            found[workcenter.id] = same[terms]
        return found

    @api.model
    def _get_open_days(self, company, now, days):
        """Function of a day: whether goods travel on it; None where every day counts.

        :param days: how many days from ``now`` on it is asked about
        """
        if not (company.sop_delivery_workdays and company.resource_calendar_id):
            return None
        # goods that are ready then may travel into the next year
        calendar = self._get_company_calendar(company, now, days + 400)
        return (lambda day: calendar.minutes(day) > 0) if calendar.has_hours() else None

    @api.model
    def _get_terms(self, company, now):
        """Core Line with the delivery delay of a company, as it is promised by."""
        is_open = self._get_open_days(company, now, company.sop_horizon_days)
        return Line(0.0, delivery_days=company.sop_delivery_days, is_open=is_open)

    @api.model
    def _get_company_calendar(self, company, now, days):
        """WorkCalendar of a company: its own timetable, with the time off of everybody."""
        calendar = company.resource_calendar_id
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            [
                ("resource_id", "=", False),
                ("calendar_id", "in", [False, calendar.id]),
                ("company_id", "in", [False, company.id]),
                ("time_type", "=", "leave"),
                ("date_to", ">", now),
                ("date_from", "<", now + timedelta(days=days)),
            ],
            ["date_from", "date_to"],
        )
        return WorkCalendar(
            calendar.tz or "UTC",
            self._get_attendances(calendar).get(calendar.id, ()),
            [(leave.date_from, leave.date_to) for leave in leaves],
        )

    @api.model
    def _get_attendances(self, calendars):
        """{calendar id: core Attendances}"""
        lines = self.env["resource.calendar.attendance"].search_fetch(
            [
                ("calendar_id", "in", calendars.ids),
                ("display_type", "=", False),
                ("day_period", "!=", "lunch"),
            ],
            ["calendar_id", "dayofweek", "hour_from", "hour_to", "week_type"],
        )
        found = {calendar.id: [] for calendar in calendars}
        for line in lines:
            week = int(line.week_type or 0) if line.calendar_id.two_weeks_calendar else None
            found[line.calendar_id.id].append(
                Attendance(int(line.dayofweek), line.hour_from, line.hour_to, week)
            )
        for calendar in calendars.filtered("flexible_hours"):
            found[calendar.id] = flexible_week(
                calendar.hours_per_day, calendar.full_time_required_hours
            )
        return found

    @api.model
    def _get_time_off(self, workcenters, start, stop):
        """{work centre id: [(from, to)]} of general and own time off."""
        found = {}
        for resource, calendar, company, *span in self._get_leaves(workcenters, start, stop):
            for workcenter in workcenters:
                if resource and workcenter.resource_id.id != resource:
                    continue
                if calendar and workcenter.resource_calendar_id.id != calendar:
                    continue
                if not resource and workcenter.company_id.id != company:
                    continue
                found.setdefault(workcenter.id, []).append(tuple(span))
        return found

    @api.model
    def _get_leaves(self, workcenters, start, stop):
        """Rows (resource id, calendar id, company id, from, to) of what may concern them."""
        self.env["resource.calendar.leaves"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT resource_id, calendar_id, company_id, date_from, date_to
                  FROM resource_calendar_leaves
                 WHERE time_type = 'leave' AND date_to > %(start)s AND date_from < %(stop)s
                   AND (resource_id = ANY(%(resources)s) OR resource_id IS NULL
                        AND (calendar_id = ANY(%(calendars)s) OR calendar_id IS NULL))
                """,
                start=start,
                stop=stop,
                resources=workcenters.resource_id.ids,
                calendars=workcenters.resource_calendar_id.ids,
            )
        )

    # ------------------------------------------------------------------ what stands there
    @api.model
    def _get_diary(self, wanted):
        """core Diary of some days, from now on, with what Odoo's planner sees there as taken.

        :param wanted: {(mrp.workcenter, day)}
        """
        now = fields.Datetime.now()
        workcenters = self.env["mrp.workcenter"].union(*(place for place, _day in wanted)).sudo()
        last = max((day for _place, day in wanted), default=now.date())
        calendars = self._get_calendars(workcenters, now, max(0, (last - now.date()).days))
        spans = [
            (place.id, day, *(to_utc(day + n * DAY, 0, calendars[place.id].zone) for n in (0, 1)))
            for place, day in wanted
        ]
        days = {(place, day): {} for place, day, _start, _stop in spans}
        for place, day, *entry in self._get_taken(spans):
            leave, start, stop = entry
            days[place, day][leave] = start, stop
        return Diary(calendars, days)

    @api.model
    def _get_taken(self, spans):
        """Rows (work centre id, day, leave id, from, to) of what is planned on some days.

        :param spans: [(work centre id, day, its start, its end)]
        """
        self.env["resource.calendar.leaves"].flush_model()
        self.env["mrp.workcenter"].flush_model(["resource_id"])
        return self.env.execute_query(
            SQL(
                """
                SELECT wanted.id, wanted.day, leave.id, leave.date_from, leave.date_to
                  FROM unnest(%s::int[], %s::date[], %s::timestamp[], %s::timestamp[])
                       AS wanted(id, day, start, stop)
                  JOIN mrp_workcenter place ON place.id = wanted.id
                  JOIN resource_calendar_leaves leave
                       ON leave.resource_id = place.resource_id AND leave.time_type = 'other'
                          AND leave.date_from < wanted.stop AND leave.date_to > wanted.start
                """,
                *map(list, zip(*spans, strict=True)),
            )
            if spans
            else SQL("SELECT WHERE FALSE")
        )
