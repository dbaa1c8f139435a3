from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import guard

CONTENT = (
    *("partner_id", "company_id", "reference", "terms", "date_from", "date_to"),
    *("line_ids.product_id", "line_ids.quantity", "line_ids.uom_id"),
)
# Who is responsible for it changes with the people; while it is decided on, they do not decide.
PEOPLE = {"user_id", "planner_id"}


class SopAgreement(models.Model):
    """What a customer and the plant have agreed on for a time: goods, quantities, reserved hours.

    Both departments approve it. Orders name the agreement under which they are placed; only those
    may use the slots that are kept for it.
    """

    _name = "sop.agreement"
    _description = "Agreement"
    _inherit = [
        "sop.agreement.flow",
        "sop.agreement.use",
        "sop.approval.term",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, id desc"
    _rec_names_search = ["name", "reference", "partner_id"]
    _check_company_auto = True
    _approval_fields = CONTENT
    _approval_protected_fields = ["state", "ended_on", "end_reason"]

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible in Sales",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Told before a slot of the agreement opens to others.",
    )
    planner_id = fields.Many2one(
        "res.users",
        "Responsible in Production",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    reference = fields.Char(
        "Their reference", tracking=True, help="Number of the contract at the customer."
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date("Until", tracking=True, help="Last day. Empty: open end.")
    line_ids = fields.One2many("sop.agreement.line", "agreement_id", "Goods", copy=True)
    terms = fields.Text("What was agreed", tracking=True)

    @api.depends("partner_id")
    def _compute_user_id(self):
        for agreement in self:
            agreement.user_id = agreement.partner_id.user_id or agreement.user_id or self.env.user

    @api.depends("name", "partner_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for agreement in self:
            number = agreement.name if agreement.name != "/" else self.env._("New agreement")
            names = (number, agreement.partner_id.sudo().name)
            agreement.display_name = " ".join(name for name in names if name)

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        """Create agreements, numbered; one with a contact is one with its company."""
        guard.refuse_create(self, vals_list, ["name"])
        kept = guard.without_defaults(self, ["name"])
        sequence = self.env["ir.sequence"].sudo()
        agreements = super(SopAgreement, kept).create(
            [kept._for_company(vals) for vals in vals_list]
        )
        for agreement in agreements:
            company = agreement.company_id
            number = sequence.with_company(company).next_by_code("sop.agreement")
            agreement._store({"name": number or "/"})
        return agreements

    def write(self, vals):
        """:raise UserError: if an agreement that was sent for approval would change"""
        guard.refuse_write(self, vals, ["name"])
        if {name.split(".")[0] for name in CONTENT} & set(vals):
            self._check_draft()
        if PEOPLE & set(vals):
            self._check_not_pending()
        return super().write(self._for_company(vals))

    def _store(self, vals):
        """Write protected fields; for the add-on's own code."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _check_draft(self):
        for agreement in self.sudo():
            if agreement.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was sent for approval, so it stays as it is. Take it back, or end it "
                        "and make another one.",
                        agreement.display_name,
                    )
                )

    def _check_not_pending(self):
        for agreement in self.sudo():
            if agreement.state == "pending":
                raise UserError(
                    self.env._(
                        "Both departments decide on %s: take it back, or wait until they have.",
                        agreement.display_name,
                    )
                )

    @api.constrains("partner_id")
    def _check_customer(self):
        for agreement in self:
            partner = agreement.partner_id
            if not partner.active or partner != partner.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%s is archived, or a contact of a company: agree with a company.",
                        partner.display_name,
                    )
                )

    @api.constrains("user_id", "planner_id", "company_id")
    def _check_responsible(self):
        for agreement in self.sudo():
            for user in agreement.user_id | agreement.planner_id:
                if user.share or agreement.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(user)s does not work in %(company)s.",
                            user=user.name,
                            company=agreement.company_id.name,
                        )
                    )
