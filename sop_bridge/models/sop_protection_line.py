from odoo import api, fields, models
from odoo.tools import float_compare, formatLang

from ..core.protection import Estimate, expect
from . import guard

HAND = ("mean", "deviation", "value")
READ = (
    "mean_computed",
    "deviation_computed",
    "value_computed",
    "value_known",
    "periods",
    "mean_history",
    "mean_open",
    "booked_hours",
    "only_hours",
    "shared_hours",
)
RESULT = (
    "counts",
    "own",
    "together",
    "booking_limit",
    "expected",
    "expected_booked",
    "unmet",
    "promised",
    "short",
    "to_make",
)


class SopProtectionLine(models.Model):
    """One tier of a protection advice: what it asks for and earns, and what is kept for it.

    All times are hours. Figures that were read stay visible beside those by hand.
    """

    _name = "sop.protection.line"
    _description = "Tier of a Protection Advice"
    _inherit = ["sop.numbers"]
    _order = "protection_id desc, rank, id"
    _rec_name = "tier_id"
    _check_company_auto = True

    protection_id = fields.Many2one(
        "sop.protection", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="protection_id.company_id", store=True)
    currency_id = fields.Many2one(related="protection_id.currency_id")
    workcenter_id = fields.Many2one(related="protection_id.workcenter_id", store=True)
    date_from = fields.Date(related="protection_id.date_from", store=True)
    state = fields.Selection(related="protection_id.state")
    tier_id = fields.Many2one(
        "sop.tier", required=True, index=True, ondelete="cascade", check_company=True
    )
    rank = fields.Integer(related="tier_id.rank", store=True, aggregator=None)
    color = fields.Integer(related="tier_id.color")
    # ------------------------------------------------------------------ by hand
    mean = fields.Float(
        "Mean demand", digits=(16, 2), help="Hours that the tier is expected to ask for."
    )
    deviation = fields.Float(
        "Spread",
        digits=(16, 2),
        aggregator=None,
        help="Standard deviation of the hours asked for. 0: the demand is certain.",
    )
    value = fields.Monetary(
        "Contribution per hour",
        aggregator=None,
        help="Net price less cost of the goods and cost to serve, per hour on this work centre, as "
        "the acceptance rules reckon it. From the confirmed orders of the history.",
    )
    minimum = fields.Float(
        "Minimum service",
        aggregator=None,
        help="Share of the mean demand that is kept for the tier whatever it earns, even against "
        "better tiers.",
    )
    # ------------------------------------------------------------------ read
    mean_computed = fields.Float("Mean, computed", digits=(16, 2), readonly=True, copy=False)
    deviation_computed = fields.Float(
        "Spread, computed", digits=(16, 2), readonly=True, copy=False, aggregator=None
    )
    value_computed = fields.Monetary(
        "Contribution per hour, computed", readonly=True, copy=False, aggregator=None
    )
    value_known = fields.Boolean("Contribution known", readonly=True, copy=False)
    periods = fields.Integer("Weeks or months", readonly=True, copy=False, aggregator=None)
    mean_history = fields.Float("Mean of the history", digits=(16, 2), readonly=True, copy=False)
    mean_open = fields.Float(
        "Open orders and quotations", digits=(16, 2), readonly=True, copy=False
    )
    booked_hours = fields.Float(
        "Booked already",
        digits=(16, 2),
        readonly=True,
        copy=False,
        help="Hours of the period that open work orders and bookings of the tier take.",
    )
    only_hours = fields.Float("In slots for it only", digits=(16, 2), readonly=True, copy=False)
    shared_hours = fields.Float(
        "In slots for it and better ones", digits=(16, 2), readonly=True, copy=False
    )
    kept_hours = fields.Float(
        "In slots already",
        compute="_compute_kept_hours",
        digits=(16, 2),
        help="Hours of the period that slots keep for the tier and that nobody has booked yet.",
    )
    by_hand = fields.Boolean(compute="_compute_by_hand", help="A figure was changed by hand.")
    computed = fields.Char(
        "Computed instead", compute="_compute_by_hand", help="What figures by hand stand in for."
    )
    # ------------------------------------------------------------------ result
    counts = fields.Boolean(readonly=True, copy=False)
    own = fields.Float(
        "Keep",
        readonly=True,
        copy=False,
        digits=(16, 2),
        help="Hours kept for this tier beyond those for tiers that earn more.",
    )
    together = fields.Float(
        "Keep, with better ones",
        readonly=True,
        copy=False,
        digits=(16, 2),
        aggregator=None,
        help="Hours kept for this tier and all that earn more per hour.",
    )
    booking_limit = fields.Float(
        "May book",
        readonly=True,
        copy=False,
        digits=(16, 2),
        aggregator=None,
        help="Most hours that the tier may book.",
    )
    expected = fields.Float(readonly=True, copy=False, digits=(16, 2))
    expected_booked = fields.Float(
        "Expected booked",
        readonly=True,
        copy=False,
        digits=(16, 2),
        help="Hours that the tier can be expected to book, when tiers that earn less book first.",
    )
    unmet = fields.Float(
        "Expected unmet",
        readonly=True,
        copy=False,
        digits=(16, 2),
        help="Hours that the tier can be expected to ask for in vain.",
    )
    promised = fields.Float("Minimum hours", readonly=True, copy=False, digits=(16, 2))
    short = fields.Float("Short of the minimum", readonly=True, copy=False, digits=(16, 2))
    to_make = fields.Float(
        "To reserve",
        readonly=True,
        copy=False,
        digits=(16, 2),
        help="Hours to keep, less what is booked and reserved already.",
    )

    _tier_once = models.Constraint(
        "UNIQUE (protection_id, tier_id)", "Each tier stands once in an advice."
    )
    _hours_range = models.Constraint(
        "CHECK (COALESCE(mean, 0) BETWEEN 0 AND 1000000 "
        "AND COALESCE(deviation, 0) BETWEEN 0 AND 1000000)",
        "Mean demand and spread are hours from 0 to 1,000,000.",
    )
    _value_range = models.Constraint(
        "CHECK (COALESCE(value, 0) BETWEEN -1e12 AND 1e12)",
        "The contribution per hour is an amount up to 1,000,000,000,000.",
    )
    _minimum_range = models.Constraint(
        "CHECK (COALESCE(minimum, 0) BETWEEN 0 AND 1)",
        "The minimum service is a share from 0 to 100 %.",
    )

    # ------------------------------------------------------------------ computed
    @api.depends("only_hours", "shared_hours")
    def _compute_kept_hours(self):
        for line in self:
            line.kept_hours = line.only_hours + line.shared_hours

    @api.depends(*HAND, *(f"{name}_computed" for name in HAND))
    @api.depends_context("lang")
    def _compute_by_hand(self):
        for line in self:
            changed = [name for name in HAND if line._is_by_hand(name)]
            line.by_hand = bool(changed)
            line.computed = ", ".join(map(line._say_computed, changed)) or False

    def _say_computed(self, name):
        """A computed figure with its name, such as Spread 5.5."""
        figure = self[f"{name}_computed"]
        if name == "value":
            return formatLang(self.env, figure, currency_obj=self.currency_id)
        label = self._fields[name]._description_string(self.env)
        return f"{label} {formatLang(self.env, figure)}"

    def _is_by_hand(self, name):
        """Whether a figure differs from the computed one."""
        return bool(float_compare(self[name] or 0.0, self[f"{name}_computed"] or 0.0, 2))

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        guard.refuse_create(self, vals_list, READ + RESULT)
        lines = super(SopProtectionLine, guard.without_defaults(self, READ + RESULT)).create(
            vals_list
        )
        lines.protection_id._check_draft()
        lines.protection_id._follow_figures()
        return lines

    def write(self, vals):
        """:raise UserError: if slots of the advice were made already"""
        guard.refuse_write(self, vals, READ + RESULT)
        self.protection_id._check_draft()
        res = super().write(vals)
        self.protection_id._check_draft()  # it may be another one now
        self.protection_id._follow_figures()
        return res

    def unlink(self):
        """:raise UserError: if slots of the advice were made already"""
        protections = self.protection_id
        protections._check_draft()
        res = super().unlink()
        protections._follow_figures()
        return res

    def _store(self, vals):
        """Write past the guards; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    # ------------------------------------------------------------------ reading
    @api.model
    def _start(self, protection, tier):
        """A line for a tier that an advice did not have yet."""
        return self.create(
            {
                "protection_id": protection.id,
                "tier_id": tier.id,
                "minimum": tier.minimum_service,
            }
        )

    def _follow(self, past, coming, periods, value, room):
        """Take what was read; figures by hand stay as they are.

        :param past: [minutes per bucket]; ``coming``: minutes of open orders and quotations
        :param periods: length of the period in buckets
        :param value: contribution per hour, None: unknown
        :param room: Room
        """
        self.ensure_one()
        hours = [minutes / 60 for minutes in past]
        history = expect(hours, periods) if hours else Estimate(0.0, 0.0, 0)
        found = history
        if self.protection_id.source == "open":
            found = expect(hours, periods, coming / 60)
        tier = self.tier_id.id
        only, shared = room.slots.get(tier, (0.0, 0.0))
        read = {
            "mean_computed": found.mean,
            "deviation_computed": found.deviation,
            "value_computed": value or 0.0,
        }
        by_hand = self.protection_id.source == "hand"
        for name in HAND:
            kept = self._is_by_hand(name) or (by_hand and name != "value")
            if not kept:
                read[name] = read[f"{name}_computed"]
        self._store(
            {
                **read,
                "value_known": value is not None,
                "periods": found.periods,
                "mean_history": history.mean,
                "mean_open": coming / 60,
                "booked_hours": room.by_tier.get(tier, 0.0) / 60,
                "only_hours": only / 60,
                "shared_hours": shared / 60,
            }
        )

    def action_reset(self):
        """Take the computed figures again. Returns True."""
        for line in self:
            line.write({name: line[f"{name}_computed"] for name in HAND})
        return True
