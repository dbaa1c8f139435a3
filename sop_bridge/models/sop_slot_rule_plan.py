from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ..core import recurrence as core
from ..core import slot_plan
from ..core.capacity import EPSILON
from .sop_slot_fence import FENCE
from .sop_slot_owner import OWNER
from .wording import say_day

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHOWN = 14
BADGES = {
    slot_plan.STAYS: "text-bg-secondary",
    slot_plan.MADE: "text-bg-success",
    slot_plan.APART: "text-bg-light",
    slot_plan.HOLIDAY: "text-bg-warning",
    slot_plan.NO_HOURS: "text-bg-warning",
    slot_plan.OVERLAPS: "text-bg-danger",
    slot_plan.WAITS: "text-bg-info",
    slot_plan.LATE: "text-bg-warning",
}


@dataclass(frozen=True)
class Plan:
    """What a rule asks for now: [core Judged], core Change, and the slots that go.

    :param judged: the times that the rule names, from now to its horizon
    :param free: slots that go at once
    :param bound: slots that others count on: they go when both departments agree
    """

    judged: list
    change: core.Change
    free: object
    bound: object

    def has_moved(self):
        """Whether times of slots that go are wanted anew, at other hours or for others."""
        going = set((self.free | self.bound).mapped("rule_day"))
        wanted = (slot_plan.MADE, slot_plan.WAITS)
        return any(one.day in going for one in self.judged if one.state in wanted)


class SopSlotRulePlan(models.AbstractModel):
    """Part of sop.slot.rule: what it would do, shown while it is edited; writes nothing."""

    _name = "sop.slot.rule.plan"
    _description = "Plan of a Slot Rule"

    preview = fields.Html(
        "Next times", compute="_compute_preview", compute_sudo=True, sanitize=False
    )
    summary = fields.Char(compute="_compute_preview", compute_sudo=True)

    # ------------------------------------------------------------------ plan
    def _get_plan(self, now, allow_late=False, stay=False):
        """Plan from now to the horizon of the company, or to the last slot made.

        :param now: UTC moment
        :param allow_late: whether also times are made that the release fence has opened
        :param stay: whether all that goes is still in the way, because nobody removes it first
        """
        self.ensure_one()
        found, workcenter = self._get_future_slots(now), self.workcenter_id._origin
        last = self._get_horizon(now, found)
        calendar = self._get_calendar(workcenter, now, last)
        times = self._get_times(now, last)
        apart = set(found.filtered(lambda s: s.detached or not s.active).mapped("rule_day"))
        own = found.filtered(lambda s: s.active and not s.detached)
        wanted = [
            (start, stop)
            for day, start, stop in times
            if day not in apart and slot_plan.feasible(calendar, start, stop)[0] == slot_plan.WANTED
        ]
        change = core.merge(
            wanted,
            {slot.id: (slot.date_start, slot.date_stop) for slot in own},
            set(own.filtered(lambda s: s.used_minutes > EPSILON).ids),
            set(own.filtered(self._differs).ids),
        )
        go = found.browse(change.go)
        bound = go.filtered(lambda slot: slot._is_bound(now))
        # what goes only when both departments agree is still in the way
        in_the_way = go if stay else bound
        others = self._get_others(workcenter, now, last, own - in_the_way)

        def is_late(start):
            return not allow_late and self._is_late(start, workcenter.company_id, now)

        judged = slot_plan.judge(
            times, calendar, change, others, apart, is_late, set(in_the_way.ids)
        )
        return Plan(judged, change, go - bound, bound)

    def _get_future_slots(self, now):
        """Slots of the rule that are still to come, archived ones too."""
        slots = self.env["sop.slot"].sudo().with_context(active_test=False)
        return slots.search([("rule_id", "in", self._origin.ids), ("date_start", ">", now)])

    def _get_horizon(self, now, slots):
        """Last day for which slots are made, or were made before."""
        company = self.workcenter_id.company_id or self.env.company
        days = (slot.rule_day for slot in slots if slot.rule_day)
        return max([now.date() + timedelta(weeks=company.sop_slot_weeks), *days])

    @api.model
    def _get_calendar(self, workcenter, now, last):
        days = (last - now.date()).days + 2
        return self.env["sop.hours"]._get_calendars(workcenter, now, days)[workcenter.id]

    def _get_times(self, now, last):
        """[core Occurrence] from now to a day."""
        recurrence = self._core_recurrence()
        if not recurrence:
            return []
        zone = self.env["sop.hours"]._workcenter_timezone(self.workcenter_id)
        found = core.occurrences(recurrence, now.date() - timedelta(days=1), last, zone)
        return [one for one in found if one.start > now and self._is_wanted_on(one.day)]

    def _is_wanted_on(self, day):
        """Whether somebody may use a slot of that day: an agreement alone may on its days."""
        return bool(self.tier_id or self.partner_id or self.agreement_id._lasts_on(day))

    def _owner_values_on(self, day):
        """Owner fields of a slot of that day: what is kept for others too, they go on having."""
        values = self._owner_values()
        return values if self.agreement_id._lasts_on(day) else dict(values, agreement_id=False)

    @api.model
    def _get_others(self, workcenter, now, last, own):
        """[(start, stop, slot id)] of what else is reserved on the work centre, sorted."""
        slots = (
            self.env["sop.slot"]
            .sudo()
            .search(
                [
                    ("workcenter_id", "=", workcenter.id),
                    ("date_stop", ">", now),
                    ("date_start", "<", fields.Datetime.to_datetime(last + timedelta(days=3))),
                    ("id", "not in", own.ids),
                ],
                order="date_start",
            )
        )
        return [(slot.date_start, slot.date_stop, slot.id) for slot in slots]

    def _differs(self, slot):
        """Whether a slot is kept for others, or opens at another time, than the rule says."""
        mine = {name: getattr(self[name], "_origin", self[name]) for name in OWNER}
        if not self.agreement_id._lasts_on(slot.rule_day or slot.date_start.date()):
            mine["agreement_id"] = self.env["sop.agreement"]
        theirs = {name: slot[name] for name in OWNER}
        return mine != theirs or self._fence_key() != slot._fence_key()

    # ------------------------------------------------------------------ shown
    @api.depends(
        *("workcenter_id", "hour_from", "hour_to", "date_from", "ending", "date_to", "count"),
        *("every", *WEEKDAYS, "excluded_ids.day"),
        *(*OWNER, *FENCE, "slot_ids", "active", "workcenter_id.active", "tier_id.active"),
        *("agreement_id.state", "agreement_id.date_from", "agreement_id.date_to"),
    )
    @api.depends_context("lang", "tz")
    def _compute_preview(self):
        now = self.env["sop.promise"]._get_now()
        for rule in self:
            rule.preview, rule.summary = rule._render(now)

    def _render(self, now):
        """(table of the next times, sentence that counts them)"""
        self.ensure_one()
        if not self.workcenter_id.resource_calendar_id:
            return False, self.env._("Choose a work centre with working hours.")
        if not self._core_recurrence():
            return False, self.env._("Choose at least one day of the week, and hours from 0 to 24.")
        obstacle = self._say_obstacle()
        if obstacle:
            return False, obstacle
        plan = self._get_plan(now)
        rows = Markup().join(self._render_row(one) for one in plan.judged[:SHOWN])
        more = len(plan.judged) - SHOWN
        if more > 0:
            text = self.env._("and %s more", more)
            rows += Markup("<tr><td colspan='4' class='text-muted'>%s</td></tr>") % text
        table = Markup("<table class='table table-sm o_sop_slot_preview'>%s</table>") % rows
        return table if plan.judged else False, self._say_plan(plan)

    def _render_row(self, one):
        local = [
            fields.Datetime.context_timestamp(self.with_context(tz=self.tz), moment)
            for moment in (one.start, one.stop)
        ]
        hours = "–".join(f"{moment.hour}:{moment.minute:02d}" for moment in local)
        name = self._fields[WEEKDAYS[one.day.weekday()]]._description_string(self.env)
        badge = Markup("<span class='badge rounded-pill %s'>%s</span>") % (
            BADGES[one.state],
            self._say_state(one),
        )
        length = self.env._("%s min", round(one.minutes)) if one.minutes else ""
        return Markup(
            "<tr><td>%s, %s</td><td>%s</td><td class='text-end'>%s</td><td>%s</td></tr>"
        ) % (name, say_day(self.env, one.day), hours, length, badge)

    def _say_state(self, one):
        slot = self.env["sop.slot"].sudo().browse(one.by or ())
        texts = {
            slot_plan.STAYS: self.env._("is there"),
            slot_plan.MADE: self.env._("will be made"),
            slot_plan.APART: self.env._("changed or removed by hand"),
            slot_plan.HOLIDAY: self.env._("time off"),
            slot_plan.NO_HOURS: self.env._("no working time"),
            slot_plan.OVERLAPS: self.env._("overlaps %s", slot.display_name or ""),
            slot_plan.WAITS: self.env._("instead of a slot that both departments give up"),
            slot_plan.LATE: self.env._("inside the release fence: both departments decide"),
        }
        return texts[one.state]

    def _say_plan(self, plan):
        """Sentence that counts what stays, is made, goes, and cannot be made."""
        counts = Counter(one.state for one in plan.judged)
        missing = sum(
            counts[state]
            for state in (slot_plan.HOLIDAY, slot_plan.NO_HOURS, slot_plan.OVERLAPS, slot_plan.LATE)
        )
        parts = [
            (counts[slot_plan.STAYS], self.env._("unchanged: %s")),
            (counts[slot_plan.MADE], self.env._("new: %s")),
            (len(plan.change.used), self.env._("kept because orders use them: %s")),
            (len(plan.free), self.env._("removed: %s")),
            (len(plan.bound), self.env._("removed when both departments agree: %s")),
            (missing, self.env._("cannot be made: %s")),
        ]
        said = [text % count for count, text in parts if count]
        if not said:
            return self.env._("The rule names no time from now on.")
        return self.env._("Slots from now on – %s", "; ".join(said))
