from odoo import api, fields, models
from odoo.tools import format_date

# rate field → what it prices, in the order of the facts statement
RATES = (
    "order_cost",
    "line_cost",
    "delivery_cost",
    "return_cost",
    "rush_cost",
    "change_cost",
    "changeover_cost",
)


class SopCostRate(models.Model):
    """What each activity costs that a customer causes, from a day on.

    Cost to serve = activity rate × driver. Each event counts at the rate that is valid on its day;
    what happened before the first rate of a company costs nothing.
    """

    _name = "sop.cost.rate"
    _description = "Cost to Serve Rate"
    _inherit = ["sop.numbers"]
    _order = "company_id, valid_from desc, id desc"
    _rec_name = "valid_from"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    valid_from = fields.Date(
        "Valid from",
        required=True,
        default=fields.Date.context_today,
        help="The rates count from this day until those of a later day replace them.",
    )
    order_cost = fields.Monetary("Order", help="Cost of handling one confirmed order.")
    line_cost = fields.Monetary("Order line", help="Cost of handling one line of an order.")
    delivery_cost = fields.Monetary("Delivery", help="Cost of one delivery to the customer.")
    return_cost = fields.Monetary("Return", help="Cost of one return from the customer.")
    rush_cost = fields.Monetary(
        "Rush order", help="Added cost of an order that comes at short notice."
    )
    change_cost = fields.Monetary(
        "Change", help="Cost of one change of a confirmed line, or of cancelling a confirmed order."
    )
    changeover_cost = fields.Monetary(
        "Campaign changeover",
        help="Cost of setting a work centre up for another product family to make an order.",
    )

    _day_once = models.Constraint(
        "UNIQUE (company_id, valid_from)",
        "The company has rates from this day already. Change those, or choose another day.",
    )
    _rates_range = models.Constraint(
        f"CHECK ({' AND '.join(f'COALESCE({name}, 0) BETWEEN 0 AND 1e9' for name in RATES)})",
        "A rate is an amount from 0 to 1,000,000,000.",
    )

    @api.depends("valid_from", "company_id")
    def _compute_display_name(self):
        for rate in self:
            day = format_date(rate.env, rate.valid_from) if rate.valid_from else ""
            rate.display_name = self.env._("Rates from %s", day)

    @api.model
    def _get_periods(self, company):
        """Rates of a company with the days they are valid on.

        :return: [(first day, day after the last one or None, *rates in the order of RATES)]
        """
        domain = [("company_id", "=", company.id)]
        rates = self.sudo().search_fetch(domain, ["valid_from", *RATES], order="valid_from")
        ends = [*(rate.valid_from for rate in rates[1:]), None]
        return [
            (rate.valid_from, end, *(rate[name] for name in RATES))
            for rate, end in zip(rates, ends, strict=False)
        ]
