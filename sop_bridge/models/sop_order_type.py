from odoo import fields, models


class SopOrderType(models.Model):
    """What kind of order it is; acceptance rules and the cost of rush orders depend on it."""

    _name = "sop.order.type"
    _description = "Order Type"
    _inherit = ["sop.acceptance.scope"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short code for imports and reports, such as RUSH.")
    sequence = fields.Integer(default=10)
    is_rush = fields.Boolean(
        "Rush orders", help="Orders of this type count as rush orders, whatever date they want."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for a type that all companies share."
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two order types of a company cannot have the same code."
    )

    def copy_data(self, default=None):
        """A copy needs another name and code, so that the two are told apart."""
        default = default or {}
        return [
            {
                **values,
                **{
                    name: self.env._("%s (copy)", kind[name])
                    for name in ("name", "code")
                    if name not in default
                },
            }
            for kind, values in zip(self, super().copy_data(default), strict=True)
        ]
