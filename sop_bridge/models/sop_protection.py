from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

from . import guard

# What only reading and making slots say.
PROTECTED = (
    "state",
    "read_on",
    "calendar_hours",
    "other_hours",
    "capacity_computed",
    "periods_read",
    "costless_lines",
    "missing_hours",
    "made_on",
)
# What the advice depends on; once slots were made it stays.
CONTENT = (
    "company_id",
    "workcenter_id",
    "date_from",
    "date_to",
    "bucket",
    "history_count",
    "basis",
    "lost",
    "source",
    "quotation_percent",
    "capacity",
    "least_minutes",
    "line_ids",
    "slot_ids",
)
LONGEST = 366  # days of a period
# Says that an advice is written as a whole. A remote caller can send any context, but never this.
WHOLE = object()


class SopProtection(models.Model):
    """How many hours of a work centre to keep for each tier in a period, and the slots for it.

    The figures are read once and can be changed by hand; what was advised and what was made of it
    stays on record.
    """

    _name = "sop.protection"
    _description = "Protection Advice"
    _inherit = [
        "sop.protection.demand",
        "sop.protection.room",
        "sop.protection.advice",
        "sop.protection.text",
        "sop.protection.make",
        "sop.numbers",
        "mail.thread",
    ]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        "Work centre",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        tracking=True,
    )
    date_from = fields.Date(
        "From", required=True, tracking=True, default=lambda self: self._get_first_monday()
    )
    date_to = fields.Date(
        "To",
        required=True,
        tracking=True,
        default=lambda self: self._get_first_monday() + timedelta(days=6),
        help="Last day of the period.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("applied", "Slots made")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    # ------------------------------------------------------------------ demand
    source = fields.Selection(
        [
            ("history", "History"),
            ("open", "Open orders and quotations"),
            ("hand", "By hand"),
        ],
        "Mean demand from",
        required=True,
        default="history",
        help="The spread comes from the history; with open orders it grows in proportion.",
    )
    bucket = fields.Selection(
        [("week", "Weeks"), ("month", "Months")],
        "Learn from",
        required=True,
        default="week",
        help="The history is cut into these; demand and its spread are those of one of them, taken "
        "for as many as the period is long.",
    )
    history_count = fields.Integer(
        "How many",
        required=True,
        default=26,
        help="How many past weeks or months to learn from, the last whole one included. Those "
        "before the first demand on this work centre are left out.",
    )
    basis = fields.Selection(
        [
            ("asked", "All that was ordered, by its bill of materials"),
            ("made", "Only what was made to order: work orders and bookings"),
        ],
        "Orders count with",
        required=True,
        default="asked",
        help="All lines of confirmed orders, on the day for which the goods were wanted less the "
        "delivery delay, with the minutes that their bill of materials takes here today, whether "
        "they came from stock or not. Or only what was made for an order: the minutes of its work "
        "orders, done ones included, and of its bookings. Cancelled orders do not count; an order "
        "counts for the tier it was confirmed with.",
    )
    lost = fields.Selection(
        [
            ("refused", "What we refused"),
            ("all", "All lost quotations"),
            ("none", "No"),
        ],
        "Lost demand counts",
        required=True,
        default="refused",
        help="What we refused: cancelled quotations that an acceptance rule or an exception had "
        "held before. All lost quotations: every cancelled one that never was an order. They count "
        "with the minutes of their bill of materials.",
    )
    quotation_percent = fields.Float(
        "Probability of quotations",
        required=True,
        default=50.0,
        digits=(5, 1),
        help="With open orders: how probable quotations without an opportunity are, in percent. "
        "Those of an opportunity have its probability; expired ones do not count.",
    )
    # ------------------------------------------------------------------ capacity
    calendar_hours = fields.Float("Working hours", readonly=True, copy=False, digits=(16, 2))
    other_hours = fields.Float(
        "Taken by others",
        readonly=True,
        copy=False,
        digits=(16, 2),
        help="Hours of open work orders and bookings that are for no customer with a tier, such as "
        "orders for stock.",
    )
    capacity_computed = fields.Float(
        "Hours to share out, computed",
        readonly=True,
        copy=False,
        digits=(16, 2),
        help="Working hours of the period, from now on and less time off, less what others take.",
    )
    capacity = fields.Float(
        "Hours to share out",
        copy=False,
        digits=(16, 2),
        help="Computed from the calendar and the load; can be changed by hand.",
    )
    least_minutes = fields.Integer(
        "Shortest slot",
        required=True,
        default=60,
        help="Minutes; no slot is made shorter, unless less is to be kept for the tier.",
    )
    # ------------------------------------------------------------------ what was read
    read_on = fields.Datetime("Computed on", readonly=True, copy=False)
    periods_read = fields.Integer("Weeks or months with history", readonly=True, copy=False)
    costless_lines = fields.Integer("Order lines without a cost", readonly=True, copy=False)
    made_on = fields.Datetime("Slots made on", readonly=True, copy=False)
    line_ids = fields.One2many("sop.protection.line", "protection_id", "Tiers")
    slot_ids = fields.One2many("sop.protection.slot", "protection_id", "Proposed slots")
    by_hand = fields.Boolean(compute="_compute_by_hand")
    can_make = fields.Boolean(compute="_compute_can_make")

    _order_of_dates = models.Constraint(
        "CHECK (date_to >= date_from)",
        "The period would end before it starts: its last day must not be earlier than its first.",
    )
    _history_range = models.Constraint(
        "CHECK (history_count BETWEEN 1 AND 156)",
        "Learn from 1 to 156 past weeks or months.",
    )
    _percent_range = models.Constraint(
        "CHECK (quotation_percent BETWEEN 0 AND 100)",
        "The probability of quotations is a percentage from 0 to 100.",
    )
    _capacity_range = models.Constraint(
        "CHECK (COALESCE(capacity, 0) BETWEEN 0 AND 1000000)",
        "The hours to share out are a number from 0 to 1,000,000.",
    )
    _least_range = models.Constraint(
        "CHECK (least_minutes BETWEEN 15 AND 1440)",
        "The shortest slot is a number of minutes from 15 to 1440.",
    )

    @api.model
    def _get_first_monday(self):
        """The first Monday on which slots can be made without asking: beyond the release fence."""
        fence = self.env.company._sop_core_fence()
        day = fields.Date.context_today(self) + timedelta(days=1)
        if fence:
            day += timedelta(days=max(fence.next_days, fence.all_days))
        return day + timedelta(days=-day.weekday() % 7)

    @api.depends("line_ids.by_hand")
    def _compute_by_hand(self):
        for protection in self:
            protection.by_hand = any(protection.line_ids.mapped("by_hand"))

    @api.depends_context("uid")
    def _compute_can_make(self):
        self.can_make = self.env["sop.slot"].has_access("create")

    @api.depends("workcenter_id.name", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for protection in self:
            parts = (protection.workcenter_id.name, protection._say_period())
            protection.display_name = ", ".join(part for part in parts if part)

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for protection in self:
            if (protection.date_to - protection.date_from).days >= LONGEST:
                raise ValidationError(
                    self.env._(
                        "The period may be a year long at most. Choose a nearer last day, such as "
                        "a week or a month after the first."
                    )
                )

    @api.constrains("workcenter_id")
    def _check_hours(self):
        """:raise ValidationError: if the work centre has no working hours"""
        for protection in self:
            workcenter = protection.workcenter_id
            if not workcenter.resource_calendar_id:
                raise ValidationError(
                    self.env._(
                        "The work centre %s has no working hours, so there is nothing to keep. Set "
                        "its working hours first.",
                        workcenter.name,
                    )
                )

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, PROTECTED)
        kept = guard.without_defaults(self, PROTECTED)
        return super(SopProtection, kept).create(vals_list)

    def write(self, vals):
        """Change advices; the proposed slots follow the figures.

        :raise UserError: if slots were made already
        """
        guard.refuse_write(self, vals, PROTECTED)
        changed = set(CONTENT) & set(vals)
        if changed:
            self._check_draft()
        res = super(SopProtection, self.with_context(sop_protection_whole=WHOLE)).write(vals)
        if changed - {"slot_ids"}:
            # proposals that the user changes at the same time stay as the user has them
            self._follow_figures(propose="slot_ids" not in vals)
        return res

    def unlink(self):
        """:raise UserError: if slots that it made are still there"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._check_draft()
        return super().unlink()

    def _store(self, vals):
        """Write past the guards; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.onchange("line_ids", "capacity")
    def _onchange_figures(self):
        for line, result in self._advise(self.line_ids).items():
            line.update(result)

    def _follow_figures(self, propose=True):
        """Store the results of the figures, and propose slots for them.

        Nothing is done while the advice is written as a whole, which ends with this itself.
        """
        if self.env.context.get("sop_protection_whole") is WHOLE:
            return
        for protection in self:
            for line, result in protection._advise(protection.line_ids).items():
                line._store(result)
        if propose:
            self.filtered("read_on")._propose()

    def _check_draft(self):
        for protection in self:
            if protection.state != "draft":
                raise UserError(
                    self.env._(
                        "The slots of %s were made, so the advice stays as it was. Take the slots "
                        "back first, or make a copy of it.",
                        protection.display_name,
                    )
                )

    # ------------------------------------------------------------------ computing
    def action_compute(self):
        """Read demand, contribution and room, and advise. Figures by hand are kept. Returns True.

        :raise UserError: if slots were made, the work centre has no hours or the period is over
        """
        self.check_access("write")
        self._check_draft()
        for protection in self:
            protection._check_hours()
            today = protection._get_today()
            if protection.date_to < today:
                raise UserError(
                    self.env._(
                        "The period of %s is over. Choose days to come.", protection.display_name
                    )
                )
            protection.with_context(sop_protection_whole=WHOLE)._read(today)
            protection._follow_figures()
        return True

    def _read(self, today):
        """Collect what the advice is computed from, and store it."""
        self.ensure_one()
        self.env.flush_all()  # SQL shall see what is still waiting to be written
        tiers, products = self._get_tiers(), self._get_products()
        first = max(self.date_from, today)
        past = self._read_past(tiers, products, today)
        coming = self._read_open(tiers, products, today, first, self.date_to)
        values, costless = self._read_values(tiers, products, today)
        room = self._read_room()
        periods = ((self.date_to - first).days + 1) / (7 if self.bucket == "week" else 365.25 / 12)
        lines = {line.tier_id: line for line in self.line_ids}
        (self.line_ids - self.line_ids.browse(lines[t].id for t in tiers if t in lines)).unlink()
        for tier in tiers:
            line = lines.get(tier) or self.line_ids._start(self, tier)
            line._follow(past[tier.id], coming[tier.id], periods, values[tier.id], room)
        self._read_capacity(room)
        self._store(
            {
                "read_on": fields.Datetime.now(),
                "periods_read": max(map(len, past.values()), default=0),
                "costless_lines": costless,
            }
        )

    def _read_capacity(self, room):
        """Hours to share out; those by hand stay."""
        known = set(self.line_ids.tier_id.ids)
        ours = sum(minutes for tier, minutes in room.by_tier.items() if tier in known)
        others = max(0.0, room.booked - ours) / 60
        hours = room.calendar / 60
        vals = {
            "calendar_hours": hours,
            "other_hours": others,
            "capacity_computed": max(0.0, hours - others),
        }
        if not self.read_on or not float_compare(self.capacity, self.capacity_computed, 2):
            vals["capacity"] = vals["capacity_computed"]
        self._store(vals)

    def _get_tiers(self):
        """Tiers of the company, the best one first."""
        domain = [("company_id", "in", [False, self.company_id.id])]
        return self.env["sop.tier"].search(domain, order="rank, id")

    def action_recapacity(self):
        """Take the computed hours again. Returns True."""
        for protection in self:
            protection.capacity = protection.capacity_computed
        return True
