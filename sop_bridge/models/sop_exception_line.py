from odoo import api, fields, models


class SopExceptionLine(models.Model):
    _name = "sop.exception.line"
    _description = "Line of an Order Exception"
    _order = "id"

    exception_id = fields.Many2one(
        "sop.exception", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="exception_id.company_id", store=True)
    order_line_id = fields.Many2one("sale.order.line", ondelete="set null", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    quantity = fields.Float("Wanted", digits="Product Unit", readonly=True)
    quantity_in_time = fields.Float("In time", digits="Product Unit", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    requested_date = fields.Date("Requested", readonly=True)
    possible_date = fields.Date("Possible", readonly=True)
    gap_days = fields.Integer("Days late", readonly=True)
    reason = fields.Char("Why", readonly=True)
    rule_id = fields.Many2one("sop.acceptance.rule", readonly=True, ondelete="set null")
    rule_text = fields.Char("Against the rule", readonly=True)

    @api.model
    def _prepare(self, exception, line, promise, verdict=None):
        """Values of the exception line for a quotation line, its promise and its verdict.

        :param verdict: core Verdict, or None where no rule holds the line back
        """
        due = line._sop_due()
        late = max(0, (promise.date - due).days) if due and promise.date else 0
        in_time = line._sop_quantity_in_time() if due else 0.0
        return {
            "exception_id": exception.id,
            "order_line_id": line.id,
            "product_id": line.product_id.id,
            "quantity": line.product_uom_qty,
            "quantity_in_time": in_time,
            "uom_id": line.product_uom_id.id,
            "requested_date": due,
            "possible_date": promise.date,
            "gap_days": late,
            "reason": line._sop_explain(promise),
            "rule_id": verdict.rule if verdict else False,
            "rule_text": self.env["sop.verdict"]._explain(verdict, line) if verdict else False,
        }
