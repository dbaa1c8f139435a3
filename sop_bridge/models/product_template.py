from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

# Families are kept by planners; acceptance rules that both departments approved speak of them.
MAY_SET_FAMILY = (
    "sop_bridge.group_sop_production_approver",
    "sop_bridge.group_sop_coordinator",
)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    sop_family_id = fields.Many2one(
        "sop.family",
        "Product family",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Products of one family run one after the other without a changeover.",
    )
    sop_can_set_family = fields.Boolean(compute="_compute_sop_can_set_family")

    @api.depends_context("uid")
    def _compute_sop_can_set_family(self):
        self.sop_can_set_family = self._sop_may_set_family()

    @api.model_create_multi
    def create(self, vals_list):
        """:raise AccessError: if a product would start in a family that the user may not give"""
        products = super().create(vals_list)
        # After the fact, because a default in the context never shows in vals_list.
        if products.sop_family_id:
            products._sop_check_family_right()
        return products

    def write(self, vals):
        """:raise AccessError: if the family would change by who may not give it"""
        if "sop_family_id" in vals:
            family = vals["sop_family_id"] or False
            if any(product.sop_family_id.id != family for product in self):
                self._sop_check_family_right()
        return super().write(vals)

    def unlink(self):
        """:raise UserError: if acceptance rules are for one of the products"""
        self.with_context(active_test=False).product_variant_ids._sop_check_scope()
        return super().unlink()

    def copy_data(self, default=None):
        """A copy has the family only where the user may give it."""
        vals_list = super().copy_data(default)
        if not self._sop_may_set_family() and "sop_family_id" not in (default or {}):
            for vals in vals_list:
                vals.pop("sop_family_id", None)
        return vals_list

    @api.model
    def _sop_may_set_family(self):
        user = self.env.user
        return self.env.su or any(user.has_group(group) for group in MAY_SET_FAMILY)

    def _sop_check_family_right(self):
        if not self._sop_may_set_family():
            raise AccessError(
                self.env._(
                    "The product family of %s is set by a production approver or a coordinator of "
                    "S&OP Bridge: acceptance rules and campaigns depend on it.",
                    ", ".join(self[:3].mapped("name")),
                )
            )

    @api.constrains("sop_family_id", "uom_id")
    def _sop_check_family_unit(self):
        """Quantities of a campaign are added up in the family's unit."""
        for product in self:
            unit = product.sop_family_id.uom_id
            if unit and not product.uom_id._has_common_reference(unit):
                raise ValidationError(
                    self.env._(
                        "%(product)s is counted in %(unit)s, which cannot be converted into "
                        "%(family_unit)s, the unit of the family %(family)s.",
                        product=product.name,
                        unit=product.uom_id.name,
                        family_unit=unit.name,
                        family=product.sop_family_id.name,
                    )
                )

    @api.constrains("sop_family_id")
    def _sop_check_family_active(self):
        for product in self:
            if product.sop_family_id and not product.sop_family_id.active:
                raise ValidationError(
                    self.env._(
                        "The family %s is archived. Choose a family in use.",
                        product.sop_family_id.name,
                    )
                )
