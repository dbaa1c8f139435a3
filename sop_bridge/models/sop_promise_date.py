from odoo import api, fields, models


class SopPromiseDate(models.Model):
    """A date that was promised for an order line: the first, and each that took its place.

    Only added to, never changed: what was promised once is what the customer measures.
    """

    _name = "sop.promise.date"
    _inherit = ["sop.kept"]
    _description = "Promised Date"
    _order = "id desc"
    _rec_name = "date"

    order_line_id = fields.Many2one(
        "sale.order.line", required=True, index=True, ondelete="cascade", readonly=True
    )
    order_id = fields.Many2one(
        related="order_line_id.order_id", store=True, index=True, string="Order"
    )
    company_id = fields.Many2one(related="order_line_id.company_id", store=True)
    product_id = fields.Many2one(related="order_line_id.product_id", store=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", store=True)
    salesperson_id = fields.Many2one(related="order_id.user_id", string="Salesperson", store=True)
    date = fields.Date("Promised date", required=True, readonly=True)
    before = fields.Date("Promised before", readonly=True)
    days = fields.Integer("Days later", readonly=True)
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Promised by", required=True, readonly=True)

    def _get_refusal(self, mode):
        return {
            "create": self.env._("Promised dates are recorded when they are promised."),
            "write": self.env._("What was promised is not changed afterwards."),
            "unlink": self.env._("What was promised is not deleted."),
        }[mode]

    @api.model
    def _record(self, before, reason):
        """Record what is promised now.

        :param before: {sale.order.line: date that was promised until now, or False}
        :param reason: why, in a sentence
        """
        return self._store(
            [
                {
                    "order_line_id": line.id,
                    "date": line.sop_promised_date,
                    "before": last,
                    "days": (line.sop_promised_date - last).days if last else 0,
                    "reason": reason,
                    "user_id": self.env.uid,
                }
                for line, last in before.items()
                if line.sop_promised_date and line.sop_promised_date != last
            ]
        )
