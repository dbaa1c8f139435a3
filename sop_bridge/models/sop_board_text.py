from odoo import api, models
from odoo.tools import format_date, format_datetime, formatLang

# So many orders are named in a sentence.
NAMED = 3


class SopBoardText(models.AbstractModel):
    """Why a cell of the capacity board is as it is, in sentences."""

    _name = "sop.board.text"
    _description = "Words of the Capacity Board"

    # ------------------------------------------------------------------ times and figures
    @api.model
    def _tell_days(self, first, last):
        """'Tue 14 Jan 2031' or 'Mon 13 Jan – Sun 19 Jan 2031'"""
        end = format_date(self.env, last, date_format="EEE d MMM y")
        if first == last:
            return end
        return f"{format_date(self.env, first, date_format='EEE d MMM')} – {end}"

    @api.model
    def _tell_summary(self, cell):
        """What is booked, kept and free in a cell, in one sentence."""
        if not cell.calendar and not cell.booked:
            return self.env._("No work is done in this time.")
        hours = {
            "booked": sum(cell.booked.values()),
            "calendar": cell.calendar,
            "kept": sum(cell.reserved.values()),
            "free": cell.free,
        }
        hours = {name: self._tell_hours(minutes) for name, minutes in hours.items()}
        if cell.reserved:
            return self.env._(
                "%(booked)s of %(calendar)s h booked, %(kept)s h kept by slots, %(free)s h open "
                "to every order.",
                **hours,
            )
        del hours["kept"]
        return self.env._(
            "%(booked)s of %(calendar)s h booked, %(free)s h open to every order.", **hours
        )

    @api.model
    def _tell_hours(self, minutes):
        """'7.5', and without a fraction where there is none"""
        hours = round(minutes / 60, 1)
        return formatLang(self.env, hours, digits=0 if hours == int(hours) else 1)

    @api.model
    def _tell_day(self, day):
        return format_date(self.env, day, date_format="EEE d MMM")

    @api.model
    def _tell_span(self, slot):
        """Start and end of a slot where its work centre stands."""
        zone = self.env["sop.load"]._workcenter_timezone(slot.workcenter_id.sudo())
        return self._tell_moments(slot.date_start, slot.date_stop, zone)

    @api.model
    def _tell_moments(self, start, stop, zone):
        """'Tue 14 Jan 06:00 – 10:00' in a time zone"""
        (day, begin), (last, end) = (
            [format_datetime(self.env, moment, zone, part) for part in ("EEE d MMM", "HH:mm")]
            for moment in (start, stop)
        )
        return f"{day} {begin} – {end}" if day == last else f"{day} {begin} – {last} {end}"

    @api.model
    def _tell_minutes(self, minutes):
        return formatLang(self.env, round(minutes), digits=0)

    @api.model
    def _tell_names(self, loads):
        """Names of the biggest of several orders."""
        named = sorted(loads, key=lambda load: -load["minutes"])[:NAMED]
        text = ", ".join(
            self.env._(
                "%(name)s (%(minutes)s)",
                name=load["name"] or self.env._("another salesperson's order"),
                minutes=self._tell_minutes(load["minutes"]),
            )
            for load in named
        )
        more = len(loads) - len(named)
        return self.env._("%(names)s and %(more)s more", names=text, more=more) if more else text

    # ------------------------------------------------------------------ why
    @api.model
    def _explain_day(self, day):
        """Sentences on a day that is over capacity.

        :param day: {'workcenter', 'day', 'calendar', 'booked', 'usual' (minutes without time off
            and from midnight), 'off', 'passed', 'loads' (as ``get_cell`` gives them, with what is
            special of them in 'flags')}
        """
        head = self.env._(
            "%(workcenter)s, %(day)s: %(booked)s of %(calendar)s minutes booked, %(over)s too "
            "many.",
            workcenter=day["workcenter"],
            day=self._tell_day(day["day"]),
            booked=self._tell_minutes(day["booked"]),
            calendar=self._tell_minutes(day["calendar"]),
            over=self._tell_minutes(day["booked"] - day["calendar"]),
        )
        found = [*self._explain_hours(day), *self._explain_loads(day["loads"])]
        if not found:
            found = [self.env._("The biggest: %s.", self._tell_names(day["loads"]))]
        return " ".join([head, *found])

    @api.model
    def _explain_hours(self, day):
        """What takes working time away."""
        if day["off"]:
            yield self.env._("Time off takes %s minutes.", self._tell_minutes(day["off"]))
        if day["passed"]:
            yield self.env._(
                "%s minutes of the day have already passed.", self._tell_minutes(day["passed"])
            )
        if not day["usual"]:
            yield self.env._("No work is done on this day by the timetable.")

    @api.model
    def _explain_loads(self, loads):
        """What orders have that does not fit."""
        texts = {
            "slot": lambda names: self.env._("Planned by hand over a slot: %s.", names),
            "twice": lambda names: self.env._("Planned at the same time as another: %s.", names),
            "closed": lambda names: self.env._("Planned outside of working time: %s.", names),
            "longer": lambda names: self.env._("Need more than the time planned: %s.", names),
            "promised": lambda names: self.env._("Promised to customers: %s.", names),
        }
        for flag, tell in texts.items():
            flagged = [load for load in loads if flag in load["flags"]]
            if flagged:
                yield tell(self._tell_names(flagged))

    @api.model
    def _explain_floating(self, loads):
        """What is done as there is room for it."""
        overdue = [load for load in loads if "overdue" in load["flags"]]
        unplanned = [load for load in loads if "unplanned" in load["flags"]]
        if overdue:
            yield self.env._(
                "%(minutes)s minutes are overdue and count as from today: %(names)s.",
                minutes=self._tell_minutes(sum(load["minutes"] for load in overdue)),
                names=self._tell_names(overdue),
            )
        if unplanned:
            yield self.env._(
                "%(minutes)s minutes are not planned yet and count where there is room: %(names)s.",
                minutes=self._tell_minutes(sum(load["minutes"] for load in unplanned)),
                names=self._tell_names(unplanned),
            )
