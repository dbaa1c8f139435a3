from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..core import protection as core
from .wording import say_day

POINTS = 60  # of a curve
NEAR = 1e-6


class SopProtectionText(models.AbstractModel):
    """Part of sop.protection: the advice in sentences and as a picture."""

    _name = "sop.protection.text"
    _description = "Protection Advice in Words"

    answer = fields.Text(compute="_compute_words", compute_sudo=False)
    warning = fields.Text(compute="_compute_words", compute_sudo=False)
    picture = fields.Json(compute="_compute_words", compute_sudo=False)

    @api.depends_context("lang")
    @api.depends(
        "read_on",
        "capacity",
        "missing_hours",
        "line_ids.together",
        "line_ids.own",
        "line_ids.counts",
        "line_ids.value",
        "line_ids.mean",
        "line_ids.deviation",
        "line_ids.minimum",
        "line_ids.short",
        "slot_ids.is_late",
    )
    def _compute_words(self):
        for protection in self:
            known = bool(protection.read_on or protection.line_ids)
            protection.answer = protection._say_answer() if known else False
            protection.warning = "\n".join(protection._get_warnings()) if known else False
            protection.picture = protection._get_picture() if known else False

    # ------------------------------------------------------------------ figures in words
    @api.model
    def _say_hours(self, hours, digits=1):
        return self.env["sop.segment.text"]._say_number(hours, digits)

    def _say_rate(self, value):
        return self.env["sop.segment.text"]._say_money(value, self.currency_id)

    def _say_period(self):
        """The period, such as week 12, or Mar 17, 2027 – Apr 2, 2027."""
        first, last = self.date_from, self.date_to
        if not (first and last):
            return ""
        if first.weekday() == 0 and last - first == timedelta(days=6):
            year, week, _weekday = first.isocalendar()
            return self.env._("week %(week)s of %(year)s", week=week, year=year)
        if first == last:
            return say_day(self.env, first)
        return f"{format_date(self.env, first)} – {format_date(self.env, last)}"

    # ------------------------------------------------------------------ the answer
    def _say_answer(self):
        """What to keep for whom and why: one sentence for each level."""
        ranked = self._rank(self.line_ids)
        capacity = self._get_capacity(self.line_ids)
        if not capacity:
            return self.env._(
                "%(workcenter)s has no hours to share out in %(period)s: nothing can be kept.",
                workcenter=self.workcenter_id.name,
                period=self._say_period(),
            )
        if len(ranked) < 2:
            return self.env._(
                "There is nothing to keep: what an hour earns is known of fewer than two tiers."
            )
        if len(set(ranked.mapped("value"))) == 1:
            return self.env._(
                "All tiers earn the same per hour, so nothing is to be kept for any of them "
                "beyond the minimum service."
            )
        told = [
            self._say_level(ranked, place, capacity)
            for place in range(1, len(ranked))
            if ranked[place - 1].own > NEAR or place == 1
        ]
        return "\n".join([*filter(None, told), *self._say_gain(ranked, capacity)])

    def _say_level(self, ranked, place, capacity):
        """Why the best ``place`` tiers keep what they keep against the next one."""
        demands = [self._get_demand(line) for line in ranked]
        level = ranked[place - 1].together
        rule = core.emsr_b(demands, capacity)[place - 1]
        values = self._get_level_values(ranked, place, core.blend(demands[:place]))
        if level <= NEAR:
            return self.env._(
                "Keep nothing for %(better)s in %(period)s on %(workcenter)s: an hour kept would "
                "have to earn %(other)s, what %(worse)s brings for certain.",
                **values,
            )
        if abs(level - rule) > 0.005:
            return self.env._(
                "Keep %(hours)s hours of %(period)s on %(workcenter)s for %(better)s: the minimum "
                "services move it there from the %(rule)s hours that would earn most.",
                rule=self._say_hours(rule),
                **values,
            )
        if ranked[place].value <= 0:
            return self.env._(
                "Keep all %(hours)s hours of %(period)s on %(workcenter)s for %(better)s: an hour "
                "of %(worse)s earns %(other)s. Slots are made for what may be asked for.",
                **values,
            )
        if level >= capacity - NEAR:
            return self.env._(
                "Keep all %(hours)s hours of %(period)s on %(workcenter)s for %(better)s: even the "
                "last one earns %(earns)s with %(percent)s %% probability, more than the %(other)s "
                "for certain from %(worse)s.",
                **values,
            )
        return self.env._(
            "Keep %(hours)s hours of %(period)s on %(workcenter)s for %(better)s: the last of them "
            "earns %(earns)s with %(percent)s %% probability, as much as %(other)s for certain "
            "from %(worse)s.",
            **values,
        )

    def _get_level_values(self, ranked, place, together):
        """What the sentences about a level name.

        :param together: core Demand of the best ``place`` tiers as one
        """
        level = ranked[place - 1].together
        return {
            "hours": self._say_hours(level),
            "period": self._say_period(),
            "workcenter": self.workcenter_id.name,
            "better": self._say_tiers(ranked[:place]),
            "worse": ranked[place].tier_id.name,
            "earns": self._say_rate(together.value),
            "other": self._say_rate(ranked[place].value),
            "percent": round(100 * core.chance(together, level)),
        }

    def _say_tiers(self, lines):
        """Gold; Gold and Silver; Gold, Silver and Bronze."""
        names = lines.tier_id.mapped("name")
        if len(names) < 2:
            return "".join(names)
        return self.env._("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])

    def _say_gain(self, ranked, capacity):
        """What keeping hours can be expected to bring, if it is worth a sentence."""
        demands = [self._get_demand(line) for line in ranked]
        gain = core.earned(demands, capacity) - core.earned(demands, capacity, protected=False)
        if gain > ranked[0].value / 10:  # less than six minutes of work says nothing
            yield self.env._(
                "Keeping them can be expected to bring %s more than first come, first served.",
                self._say_rate(gain),
            )

    # ------------------------------------------------------------------ warnings
    def _get_warnings(self):
        """Sentences about what a planner should know before relying on it."""
        found = []
        if self.read_on and self.source == "history" and not self.periods_read:
            found.append(
                self.env._(
                    "There is no demand on this work centre in the past weeks or months looked "
                    "at: enter the figures by hand, or choose open orders."
                )
            )
        elif self.periods_read == 1 and self.source != "hand":
            found.append(
                self.env._(
                    "The history has one week or month only: no spread is known, so demand is "
                    "taken as certain. Enter a spread by hand."
                )
            )
        found += self._get_tier_warnings()
        if self.costless_lines:
            found.append(
                self.env._(
                    "%s order lines have no cost or currency rate; they do not count in the "
                    "contribution.",
                    self.costless_lines,
                )
            )
        late = len(self.slot_ids.filtered("is_late")) if self.state == "draft" else 0
        if late:
            found.append(
                self.env._(
                    "%s of the proposed slots begin inside the release fence: both departments "
                    "have to agree to them. Ask under Capacity, Slot requests.",
                    late,
                )
            )
        if self.missing_hours > NEAR and self.state == "draft":
            found.append(
                self.env._(
                    "For %s hours to reserve the calendar has no room left.",
                    self._say_hours(self.missing_hours, 2),
                )
            )
        return found

    def _get_tier_warnings(self):
        for line in self.line_ids:
            tier = line.tier_id.name
            if not line.counts:
                if line.mean > NEAR:
                    yield self.env._(
                        "%s takes no part: nobody knows what an hour of it earns. Enter a "
                        "contribution per hour, or give its products a cost.",
                        tier,
                    )
                else:
                    yield self.env._("%s takes no part: it has no history.", tier)
            elif line.value <= 0:
                yield self.env._(
                    "%(tier)s earns %(value)s per hour here: no hours are left for it beyond its "
                    "minimum service.",
                    tier=tier,
                    value=self._say_rate(line.value),
                )
            if line.short > 0.005:
                yield self.env._(
                    "%(tier)s is short of its minimum service by %(hours)s hours.",
                    tier=tier,
                    hours=self._say_hours(line.short),
                )
        yield from self._get_order_warnings()

    def _get_order_warnings(self):
        """Better tiers that earn less: what is kept for others is closed to them."""
        ranked = list(self._rank(self.line_ids))
        for place, line in enumerate(ranked):
            less = [one for one in ranked[place + 1 :] if one.rank < line.rank]
            if less and line.own > NEAR:
                yield self.env._(
                    "%(tier)s earns more per hour here than %(better)s, so what is kept for it is "
                    "kept for it only.",
                    tier=line.tier_id.name,
                    better=", ".join(one.tier_id.name for one in less),
                )

    # ------------------------------------------------------------------ the picture
    def _get_picture(self):
        """What the picture shows: the hours by tier, and how probable more demand is."""
        ranked = self._rank(self.line_ids)
        capacity = self._get_capacity(self.line_ids)
        return {
            "capacity": capacity,
            "bars": [
                self._get_bar(line, place == len(ranked))
                for place, line in enumerate(ranked, start=1)
            ],
            "curves": [self._get_curve(ranked, place, capacity) for place in range(1, len(ranked))],
        }

    def _get_bar(self, line, last):
        return {
            "name": line.tier_id.name,
            "color": line.color,
            "hours": line.own,
            "label": self._say_hours(line.own),
            "rest": last,
            "booked": line.booked_hours,
            "mean": line.mean,
        }

    def _get_curve(self, ranked, place, capacity):
        """Probability that the best ``place`` tiers together ask for more than so many hours."""
        better, worse = ranked[:place], ranked[place]
        together = core.blend([self._get_demand(line) for line in better])
        level = better[-1].together
        most = max(capacity, together.mean + 3 * together.deviation, 1.0)
        hours = [most * point / POINTS for point in range(POINTS + 1)]
        return {
            "name": self._say_tiers(better),
            "color": better[-1].color,
            "points": [{"x": x, "y": 100 * core.chance(together, x)} for x in hours],
            "level": level,
            "chance": 100 * core.chance(together, level),
            "worse": worse.tier_id.name,
            "label": self._say_hours(level),
        }
