from odoo import api, fields, models
from odoo.exceptions import UserError

from .sop_scorecard_border import BORDER_FIELDS
from .sop_scorecard_criterion import CRITERION_FIELDS
from .sop_scorecard_part import editing

# What both departments decide, and what therefore stays as it is once they were asked.
CONTENT = (
    "name",
    "company_id",
    "window_months",
    "basis",
    "include_services",
    "promote_after",
    "demote_after",
    "default_tier_id",
    "criterion_ids",
    "border_ids",
)


class SopScorecard(models.Model):
    """How the score of a company's customers is computed, and which score makes which tier.

    Each change is a new version that both departments approve; the version before it stays
    readable as it was. One version of a company is in force at a time.
    """

    _name = "sop.scorecard"
    _description = "Scorecard"
    _inherit = [
        "sop.numbers",
        "sop.scorecard.flow",
        "sop.approval.mixin",
        "sop.scorecard.check",
        "sop.scorecard.template",
        "sop.scorecard.use",
        "sop.scorecard.run",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "company_id, version desc, id desc"
    _check_company_auto = True
    _approval_fields = [
        *(name for name in CONTENT if not name.endswith("_ids")),
        "criterion_ids.measure",
        "criterion_ids.weight",
        "criterion_ids.method",
        "criterion_ids.higher_is_better",
        "criterion_ids.breakpoint_ids.figure",
        "criterion_ids.breakpoint_ids.points",
        "border_ids.tier_id",
        "border_ids.score",
    ]
    _approval_protected_fields = ["version", "state", "date_active", "date_superseded"]

    name = fields.Char(required=True, default=lambda self: self.env._("Customer scorecard"))
    version = fields.Integer(readonly=True, copy=False)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    window_months = fields.Integer(
        "Window",
        required=True,
        default=12,
        help="How many months back sales, deliveries and payments count.",
    )
    basis = fields.Selection(
        [("invoiced", "Invoiced sales"), ("ordered", "Confirmed orders")],
        "Money from",
        required=True,
        default="invoiced",
        help="Confirmed orders: for companies that do not invoice in Odoo.",
    )
    include_services = fields.Boolean(
        "Count services",
        help="Services and delivery charges count in the money measures; down payments never do.",
    )
    promote_after = fields.Integer(
        "Promote after",
        required=True,
        default=1,
        help="Scorings in a row above a border before a customer moves up.",
    )
    demote_after = fields.Integer(
        "Demote after",
        required=True,
        default=2,
        help="Scorings in a row below the border before a customer moves down.",
    )
    default_tier_id = fields.Many2one(
        "sop.tier",
        "Default tier",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Tier of customers below every border, and of those without orders in the window.",
    )
    criterion_ids = fields.One2many(
        "sop.scorecard.criterion", "scorecard_id", "Criteria", copy=True
    )
    border_ids = fields.One2many("sop.scorecard.border", "scorecard_id", "Borders", copy=True)
    date_active = fields.Datetime("In force since", readonly=True, copy=False)
    date_superseded = fields.Datetime("In force until", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "Waits for approval"),
            ("rejected", "Rejected"),
            ("active", "In force"),
            ("superseded", "Earlier version"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
        index=True,
    )

    problems = fields.Text("Before it can be approved", compute="_compute_problems")

    _one_active = models.UniqueIndex(
        "(company_id) WHERE state = 'active'",
        "Another scorecard of this company came into force at the same moment. Reload and look.",
    )
    _version_once = models.UniqueIndex(
        "(company_id, version) WHERE version > 0",
        "Another version was made at the same moment. Try again.",
    )
    _window_range = models.Constraint(
        "CHECK (window_months BETWEEN 1 AND 60)", "The window is 1 to 60 months."
    )
    _streak_range = models.Constraint(
        "CHECK (promote_after BETWEEN 1 AND 24 AND demote_after BETWEEN 1 AND 24)",
        "A customer moves up or down after 1 to 24 scorings in a row.",
    )

    @api.depends("approval_state", "date_active", "date_superseded")
    def _compute_state(self):
        for card in self:
            if card.date_superseded:
                card.state = "superseded"
            elif card.approval_state == "approved":
                card.state = "active" if card.date_active else "pending"
            else:
                card.state = "draft" if card.approval_state == "none" else card.approval_state

    @api.depends("state", "default_tier_id", *CRITERION_FIELDS, *BORDER_FIELDS)
    def _compute_problems(self):
        for card in self:
            draft = card.state == "draft"
            card.problems = "\n".join(card._missing() + card._contradictions()) if draft else False

    @api.depends("name", "version")
    def _compute_display_name(self):
        for card in self:
            card.display_name = self.env._(
                "%(name)s, version %(version)s", name=card.name or "", version=card.version
            )

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        """:raise ValidationError: if lines of the scorecard contradict each other"""
        cards = super().create(vals_list)
        for card in cards:
            card._approval_write({"version": card._latest_version() + 1})
        return cards

    def _latest_version(self):
        """Highest number that a version of the company has, archived ones included."""
        cards = self.sudo().with_context(active_test=False)
        domain = [("company_id", "=", self.company_id.id), ("version", ">", 0)]
        return cards.search(domain, order="version desc", limit=1).version

    def write(self, vals):
        """:raise UserError: if an approved, rejected or pending version would change"""
        if set(CONTENT) & set(vals):
            self._check_draft()
        if "company_id" in vals and any(card.company_id.id != vals["company_id"] for card in self):
            raise UserError(
                self.env._("A scorecard stays with its company. Make a new one for the other.")
            )
        if "active" in vals and not vals["active"]:
            self._check_not_used()
        with editing(self.ids):
            res = super().write(vals)
        if {"criterion_ids", "border_ids", "default_tier_id"} & set(vals):
            self._check_content()
        return res

    def unlink(self):
        """:raise UserError: if both departments were ever asked about a scorecard"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        """:raise UserError: if one of the scorecards is not a draft (any more)"""
        for card in self.sudo():
            if card.state != "draft":
                raise UserError(
                    self.env._(
                        "%(card)s is no draft (%(state)s), so it stays as it is. Make a new "
                        "version and change that.",
                        card=card.display_name,
                        state=dict(card._fields["state"]._description_selection(self.env))[
                            card.state
                        ],
                    )
                )

    def _check_not_used(self):
        for card in self.sudo().filtered(lambda c: c.state in ("active", "pending")):
            raise UserError(
                self.env._(
                    "%s is in force or waits for approval and cannot be archived. Let a new "
                    "version replace it, or take it back first.",
                    card.display_name,
                )
            )
