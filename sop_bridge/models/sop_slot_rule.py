from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.recurrence import Recurrence
from . import guard
from .sop_slot_fence import FENCE
from .sop_slot_owner import OWNER, OWNER_NAMES
from .sop_slot_rule_plan import WEEKDAYS

TIMES = (
    *("workcenter_id", "hour_from", "hour_to", "date_from", "ending", "date_to", "count", "every"),
    *WEEKDAYS,
)
# What its slots follow from.
DEFINITION = {*TIMES, *OWNER, *FENCE, "excluded_ids"}
PROTECTED = ("changed", "made_on", "problem")


class SopSlotRule(models.Model):
    """Time that is reserved again and again: these weekdays, these hours, for these owners.

    Hours are those of the wall clock where the work centre stands. A scheduled job makes the slots
    some weeks ahead; a rule that was changed waits until somebody has seen what becomes of the
    slots that it has made already, and applies it.
    """

    _name = "sop.slot.rule"
    _description = "Slot Rule"
    _inherit = [
        "sop.numbers",
        "sop.slot.rule.plan",
        "sop.slot.rule.make",
        "sop.slot.owner",
        "sop.slot.fence",
        "mail.thread",
    ]
    _order = "workcenter_id, hour_from, id"
    _rec_names_search = ["workcenter_id", "tier_id", "partner_id", "agreement_id"]
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", compute_sudo=True)
    active = fields.Boolean(default=True, tracking=True)
    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        "Work centre",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one("res.company", related="workcenter_id.company_id", store=True)
    tz = fields.Char("Time zone", compute="_compute_tz", compute_sudo=True)
    mon = fields.Boolean("Monday", tracking=True)
    tue = fields.Boolean("Tuesday", tracking=True)
    wed = fields.Boolean("Wednesday", tracking=True)
    thu = fields.Boolean("Thursday", tracking=True)
    fri = fields.Boolean("Friday", tracking=True)
    sat = fields.Boolean("Saturday", tracking=True)
    sun = fields.Boolean("Sunday", tracking=True)
    hour_from = fields.Float("From", required=True, default=8, tracking=True)
    hour_to = fields.Float(
        "To",
        required=True,
        default=12,
        tracking=True,
        help="Not later than the start: it ends on the next day, such as a night from 22 to 6.",
    )
    every = fields.Integer(
        "Every … weeks", required=True, default=1, tracking=True, help="2: every other week."
    )
    date_from = fields.Date(
        "First day", required=True, default=fields.Date.context_today, tracking=True
    )
    ending = fields.Selection(
        [
            ("none", "No end"),
            ("until", "Until a day"),
            ("count", "A number of times"),
        ],
        "Ends",
        required=True,
        default="none",
        tracking=True,
    )
    date_to = fields.Date("Last day", tracking=True)
    count = fields.Integer("Times", default=10, tracking=True)
    excluded_ids = fields.One2many("sop.slot.rule.day", "rule_id", "Except on", copy=True)
    slot_ids = fields.One2many("sop.slot", "rule_id", "Slots", readonly=True)
    slot_count = fields.Integer("Slots made", compute="_compute_slot_count")
    changed = fields.Boolean(
        "To be applied",
        readonly=True,
        copy=False,
        help="Changed since its slots were made: the job waits until somebody applies it.",
    )
    made_on = fields.Datetime("Slots made on", readonly=True, copy=False)

    _hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < 24 AND hour_to >= 0 AND hour_to <= 24)",
        "Hours of the day go from 0:00 to 24:00.",
    )
    _weeks = models.Constraint(
        "CHECK (every BETWEEN 1 AND 52)",
        "A slot comes again every week, or every 2 to 52 weeks.",
    )
    _times = models.Constraint(
        "CHECK (ending <> 'count' OR count BETWEEN 1 AND 5000)",
        "The number of times is between 1 and 5000.",
    )
    _last_day = models.Constraint(
        "CHECK (ending <> 'until' OR date_to IS NOT NULL AND date_to >= date_from)",
        "Give a last day that is not before the first one.",
    )
    _some_weekday = models.Constraint(
        "CHECK (COALESCE(mon, FALSE) OR COALESCE(tue, FALSE) OR COALESCE(wed, FALSE)"
        " OR COALESCE(thu, FALSE) OR COALESCE(fri, FALSE) OR COALESCE(sat, FALSE)"
        " OR COALESCE(sun, FALSE))",
        "Choose at least one day of the week.",
    )

    # one decorator: a second one would take the place of the first
    @api.depends("workcenter_id.name", *OWNER_NAMES, *WEEKDAYS, "hour_from", "hour_to")
    @api.depends_context("lang")
    def _compute_name(self):
        for rule in self:
            parts = (rule.workcenter_id.name, rule._owner_label(), rule._say_times())
            rule.name = ", ".join(part for part in parts if part)

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = rule.name

    def _say_times(self):
        """Weekdays and hours, such as 'Tuesday, Thursday 6:00–14:00'."""
        self.ensure_one()
        labels = [self._fields[day]._description_string(self.env) for day in WEEKDAYS if self[day]]
        hours = "–".join(self._say_hour(hour) for hour in (self.hour_from, self.hour_to))
        return f"{', '.join(labels)} {hours}".strip()

    def _say_hour(self, hour):
        minutes = round(hour * 60)
        return f"{minutes // 60}:{minutes % 60:02d}"

    @api.depends("workcenter_id.resource_calendar_id.tz")
    def _compute_tz(self):
        for rule in self:
            rule.tz = self.env["sop.hours"]._workcenter_timezone(rule.workcenter_id)

    @api.depends("slot_ids")
    def _compute_slot_count(self):
        domain = [("rule_id", "in", self.ids), ("date_stop", ">", fields.Datetime.now())]
        rows = self.env["sop.slot"]._read_group(domain, ["rule_id"], ["__count"])
        counts = {rule.id: count for rule, count in rows}
        for rule in self:
            rule.slot_count = counts.get(rule._origin.id, 0)

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, PROTECTED)
        return super(SopSlotRule, guard.without_defaults(self, PROTECTED)).create(vals_list)

    def write(self, vals):
        """:raise UserError: if the work centre of a rule with slots would change"""
        guard.refuse_write(self, vals, PROTECTED)
        if "workcenter_id" in vals:
            self._check_same_workcenter(vals["workcenter_id"])
        ending = self.filtered("active") if vals.get("active") is False else self.browse()
        res = super().write(vals)
        if DEFINITION & set(vals):
            self._touch()
        for rule in ending:
            rule._retire()
        return res

    def unlink(self):
        """:raise UserError: if the rule has made slots"""
        if self.sudo().with_context(active_test=False).slot_ids:
            # not @api.ondelete: the context key _force_unlink skips that
            raise UserError(  # pylint: disable=no-raise-unlink
                self.env._(
                    "The rule has made slots, and they remember it. Archive it: what is unused and "
                    "still to come goes, what is used stays."
                )
            )
        return super().unlink()

    def _store(self, vals):
        """Write protected fields; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _touch(self):
        """The rule was changed: slots that it has made wait until somebody applies it."""
        self.filtered(lambda rule: rule.sudo().slot_ids)._store({"changed": True})

    def _check_same_workcenter(self, workcenter):
        for rule in self.sudo().with_context(active_test=False):
            if rule.slot_ids and rule.workcenter_id.id != workcenter:
                raise UserError(
                    self.env._(
                        "%s has made slots on its work centre. Archive it, and make another rule "
                        "for the other work centre.",
                        rule.display_name,
                    )
                )

    @api.constrains("tier_id", "active")
    def _check_tier_active(self):
        return super()._check_tier_active()

    @api.constrains("agreement_id", "active", "company_id")
    def _check_agreement(self):
        return super()._check_agreement()

    @api.constrains("workcenter_id")
    def _check_hours(self):
        for rule in self.sudo():
            if not rule.workcenter_id.resource_calendar_id:
                raise ValidationError(
                    self.env._(
                        "The work centre %s has no working hours, so no time can be reserved on "
                        "it. Set its working hours first.",
                        rule.workcenter_id.name,
                    )
                )

    # ------------------------------------------------------------------ for core
    def _core_recurrence(self):
        """Core Recurrence, or None while the rule is not complete."""
        self.ensure_one()
        try:
            return Recurrence(
                tuple(number for number, day in enumerate(WEEKDAYS) if self[day]),
                self.hour_from,
                self.hour_to,
                self._get_first_day(),
                self.every,
                self.date_to if self.ending == "until" else None,
                self.count if self.ending == "count" else None,
                frozenset(day for day in self.excluded_ids.mapped("day") if day),
            )
        except ValueError:
            return None

    def _get_first_day(self):
        """First day of the rule; what is counted begins with the agreement that it is for."""
        first = self.date_from or fields.Date.today()
        agreement = self.agreement_id
        counted = self.ending == "count" and not self.tier_id and not self.partner_id
        return max(first, agreement.date_from) if counted and agreement.date_from else first

    def _exclude(self, days, reason):
        """Make no slot on some days any more; for the add-on's own code."""
        self.ensure_one()
        known = self.excluded_ids.mapped("day")
        new = [day for day in days if day and day not in known]
        self._store({"excluded_ids": [(0, 0, {"day": day, "name": reason}) for day in new]})
