from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
