from odoo import api, fields, models

from . import guard


class SopAgreementLine(models.Model):
    """Goods that an agreement is about, and how much of them was agreed and ordered."""

    _name = "sop.agreement.line"
    _description = "Goods of an Agreement"
    _inherit = ["sop.numbers"]
    _order = "agreement_id, id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        "sop.agreement", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one("res.company", related="agreement_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('sale_ok', '=', True), ('type', '=', 'consu')]",
    )
    uom_id = fields.Many2one("uom.uom", "Unit", related="product_id.uom_id")
    quantity = fields.Float(
        "Agreed", digits="Product Unit", help="Over the whole time. 0: whatever is ordered."
    )
    ordered_quantity = fields.Float(
        "Ordered",
        digits="Product Unit",
        compute="_compute_ordered",
        compute_sudo=True,
        help="Of confirmed orders under the agreement.",
    )
    open_quantity = fields.Float(
        "Still to order",
        digits="Product Unit",
        compute="_compute_ordered",
        compute_sudo=True,
    )
    ordered_percent = fields.Float(
        "% ordered",
        compute="_compute_ordered",
        compute_sudo=True,
        help="Ordered / agreed; more than 100 if more was ordered than agreed.",
    )

    _product_once = models.Constraint(
        "UNIQUE (agreement_id, product_id)", "Each product stands once in an agreement."
    )
    _quantity_range = models.Constraint(
        "CHECK (quantity >= 0 AND quantity <= 1000000000)",
        "The agreed quantity is a number from 0 to 1,000,000,000.",
    )

    @api.depends("product_id", "quantity", "agreement_id.order_ids.state")
    def _compute_ordered(self):
        ordered = self._get_ordered()
        for line in self:
            key = line.agreement_id._origin.id, line.product_id.id
            line.ordered_quantity = ordered.get(key, 0.0)
            line.open_quantity = max(0.0, line.quantity - line.ordered_quantity)
            part = line.ordered_quantity / line.quantity if line.quantity else 0.0
            line.ordered_percent = 100 * part

    def _get_ordered(self):
        """{(agreement id, product id): quantity in the unit of the product}"""
        rows = self.env["sale.order.line"]._read_group(
            [
                ("order_id.sop_agreement_id", "in", self.agreement_id.ids),
                ("state", "=", "sale"),
                ("product_id", "in", self.product_id.ids),
            ],
            ["order_id", "product_id", "product_uom_id"],
            ["product_uom_qty:sum"],
        )
        found = {}
        for order, product, unit, quantity in rows:
            if not order.sop_agreement_id._is_with(order.partner_id):
                continue
            key = order.sop_agreement_id.id, product.id
            own = unit._compute_quantity(quantity, product.uom_id, round=False)
            found[key] = found.get(key, 0.0) + own
        return found

    # ------------------------------------------------------------------ guarding
    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: if the agreement is not a draft"""
        guard.refuse_create(self, vals_list, ["company_id"])
        lines = super(SopAgreementLine, guard.without_defaults(self, ["company_id"])).create(
            vals_list
        )
        lines.agreement_id._check_draft()
        return lines

    def write(self, vals):
        """:raise UserError: if the agreement is not a draft

        :raise AccessError: if a line would move into an agreement that the user may not change
        """
        guard.refuse_write(self, vals, ["company_id"])
        self.agreement_id._check_draft()
        res = super().write(vals)
        self.agreement_id.check_access("write")
        self.agreement_id._check_draft()
        return res

    def unlink(self):
        """:raise UserError: if the agreement is not a draft"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self.agreement_id._check_draft()
        return super().unlink()
