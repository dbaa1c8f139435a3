from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SopFamily(models.Model):
    """Products that run one after the other on a work centre without a changeover."""

    _name = "sop.family"
    _description = "Product Family"
    _inherit = ["sop.numbers", "sop.acceptance.scope", "mail.thread"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, help="Short code for imports and reports, such as PNT.")
    color = fields.Integer()
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for a family that all companies share."
    )
    uom_id = fields.Many2one(
        "uom.uom",
        "Unit of campaigns",
        ondelete="restrict",
        tracking=True,
        help="Unit in which the quantities of a campaign are counted. Empty: each product's own.",
    )
    period = fields.Selection(
        [("week", "Week"), ("month", "Month")],
        "Period of campaigns",
        required=True,
        default="week",
        tracking=True,
        help="Orders of the family that are wanted in the same period can share a campaign.",
    )
    minimum_quantity = fields.Float(
        "Minimum campaign",
        digits="Product Unit",
        tracking=True,
        help="From which quantity a campaign is worth its changeover. For information; an "
        "acceptance rule makes it binding. 0: nothing agreed.",
    )
    note = fields.Text(translate=True)
    product_tmpl_ids = fields.One2many("product.template", "sop_family_id", "Products")
    product_count = fields.Integer(compute="_compute_product_count")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two families of a company cannot have the same code."
    )
    _minimum_range = models.Constraint(
        "CHECK (minimum_quantity >= 0 AND minimum_quantity <= 1000000000)",
        "The minimum campaign is a quantity from 0 to 1,000,000,000.",
    )

    @api.depends("product_tmpl_ids")
    def _compute_product_count(self):
        counts = dict(
            self.env["product.template"]._read_group(
                [("sop_family_id", "in", self.ids)], ["sop_family_id"], ["__count"]
            )
        )
        for family in self:
            family.product_count = counts.get(family._origin, 0)

    @api.constrains("company_id")
    def _check_company_of_users(self):
        """A family that others use cannot be taken into one company."""
        for family in self.filtered("company_id"):
            foreign = [("company_id", "not in", [family.company_id.id])]
            for records in (
                family._find_products(foreign),
                family._find_changeovers(foreign),
            ):
                if records:
                    raise ValidationError(
                        self.env._(
                            "%(record)s does not belong to %(company)s and uses the family "
                            "%(family)s. Leave the company of the family empty.",
                            record=records[0].display_name,
                            company=family.company_id.name,
                            family=family.name,
                        )
                    )

    @api.constrains("uom_id")
    def _check_unit(self):
        for family in self:
            family._find_products([])._sop_check_family_unit()

    def copy_data(self, default=None):
        """A copy needs another name and code, so that the two are told apart."""
        default = default or {}
        return [
            {
                **values,
                **{
                    name: self.env._("%s (copy)", family[name])
                    for name in ("name", "code")
                    if name not in default
                },
            }
            for family, values in zip(self, super().copy_data(default), strict=True)
        ]

    def write(self, vals):
        """:raise UserError: if limits of campaigns that were decided on would mean another thing"""
        before = {family: family._campaign_terms() for family in self}
        res = super().write(vals)
        self.filtered(lambda family: family._campaign_terms() != before[family])._check_agreed()
        return res

    def _campaign_terms(self):
        """In what the limits of acceptance rules are counted."""
        self.ensure_one()
        return self.uom_id, self.period

    def _check_agreed(self):
        for family in self:
            domain = [
                ("state", "in", ("pending", "active")),
                ("condition_ids.measure", "=", "campaign_quantity"),
                ("family_ids", "in", [*family.ids, False]),
            ]
            if family.company_id:
                domain.append(("company_id", "=", family.company_id.id))
            rules = self.env["sop.acceptance.rule"].sudo().search(domain)
            if rules:
                raise UserError(
                    self.env._(
                        "Both departments decide on limits for campaigns of %(family)s in its unit "
                        "and period: %(rules)s. End these rules first, or let them approve others.",
                        family=family.name,
                        rules=", ".join(rules.mapped("name")),
                    )
                )

    def unlink(self):
        """:raise UserError: if products or changeovers use a family"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._check_unused()
        return super().unlink()

    def _check_unused(self):
        for family in self:
            if family._find_products([], limit=1) or family._find_changeovers([], limit=1):
                raise UserError(
                    self.env._(
                        "The family %s is used by products or changeovers. Archive it instead.",
                        family.name,
                    )
                )

    def _find_products(self, domain, **options):
        """Products of these families in all companies, archived ones included."""
        products = self.env["product.template"].sudo().with_context(active_test=False)
        return products.search([("sop_family_id", "in", self.ids), *domain], **options)

    def _find_changeovers(self, domain, **options):
        """Changeovers from or to these families in all companies."""
        either = ["|", ("from_family_id", "in", self.ids), ("to_family_id", "in", self.ids)]
        return self.env["sop.changeover"].sudo().search([*either, *domain], **options)

    def action_products(self):
        """Open the products of the family."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("product.product_template_action")
        action["domain"] = [("sop_family_id", "=", self.id)]
        if self.env["product.template"]._sop_may_set_family():
            action["context"] = {"default_sop_family_id": self.id}
        return action
