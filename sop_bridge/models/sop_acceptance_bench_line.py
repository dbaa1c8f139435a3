import math

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..core.acceptance import Number, Verdict


class SopAcceptanceBenchLine(models.Model):
    _name = "sop.acceptance.bench.line"
    _description = "Order Line a Rule Would Have Decided"
    _order = "value desc, id"

    bench_id = fields.Many2one(
        "sop.acceptance.bench", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="bench_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_line_id = fields.Many2one("sale.order.line", readonly=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    quantity = fields.Float(readonly=True, digits="Product Unit")
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    value = fields.Monetary(readonly=True)
    contribution = fields.Monetary(readonly=True)
    has_contribution = fields.Boolean(readonly=True)
    numbers = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")

    @api.depends("numbers")
    @api.depends_context("lang")
    def _compute_why(self):
        for line in self:
            numbers = tuple(
                Number(*values, -math.inf if figure is None else figure)
                for *values, figure in line.numbers or ()
            )
            line.why = self.env["sop.verdict"]._explain_numbers(
                Verdict("refuse", numbers=numbers), line.order_line_id.sudo()
            )

    def action_order(self):
        """Open the order of the line. Returns an action."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------------ refused to everybody
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """:raise AccessError: always; a rule is tried with its button"""
        raise AccessError(self.env._("Trials are made with the button on the rule, not by hand."))

    def write(self, vals):  # pylint: disable=method-required-super
        """:raise AccessError: always"""
        raise AccessError(self.env._("The figures of a trial are not changed by hand."))

    def _store(self, vals_list):
        """Create lines past the refusal of ``create``; for the trial's own code."""
        return super().create(vals_list)  # pylint: disable=super-method-mismatch
