from dataclasses import replace

from odoo import api, models


class SopVerdictMoney(models.AbstractModel):
    """Part of sop.verdict.facts: exchange rates, net prices, costs."""

    _name = "sop.verdict.money"
    _description = "Money behind Acceptance Rules"

    @api.model
    def _get_currencies_without_rate(self, currencies, company):
        """Those of some currencies that cannot be converted into the company's currency.

        Odoo would silently convert them one to one.
        """
        foreign = currencies - company.currency_id
        if not foreign:
            return foreign
        rates = self.env["res.currency.rate"].sudo()
        found = rates._read_group(
            [
                ("currency_id", "in", foreign.ids),
                ("company_id", "in", [False, company.root_id.id]),
            ],
            ["currency_id"],
        )
        return foreign.filtered(lambda currency: (currency,) not in found)

    @api.model
    def _get_rates(self, currencies, company):
        """Function (currency, day) -> company currency for one unit of it, or None."""
        unknown = self._get_currencies_without_rate(currencies, company)
        found = {}

        def rate(currency, day):
            if currency in unknown:
                return None
            if (currency, day) not in found:
                found[currency, day] = currency._get_conversion_rate(
                    currency, company.currency_id, company, day
                )
            return found[currency, day]

        return rate

    @api.model
    def _get_keep(self, line, included=None):
        """Part of a line's price that is ours, after discount and taxes included in the price.

        Reckoned anew: the stored amounts of a line can be written by anybody who may edit it.

        :param included: {taxes: whether one of them is included in prices}, filled here
        """
        return (1.0 - line.discount / 100.0) * self._get_untaxed_share(line.tax_ids, line, included)

    @api.model
    def _share_rebates(self, items, lines):
        """Let what is taken off a whole order lower the price of each of its lines.

        Such a rebate is a line of its own with a negative value that is not about goods: a discount
        on the order, a voucher. It is shared in proportion to the value of the others.

        :param items: [core Item] of an order
        :param lines: its lines without goods
        :return: [core Item], untaxed value of the other lines
        """
        values = [
            (line, line.product_uom_qty * line.price_unit * self._get_keep(line))
            for line in lines
            if not line.display_type and not line.is_downpayment
        ]
        rebate = sum(value for line, value in values if value < 0 and self._is_rebate(line))
        others = sum(value for _line, value in values) - rebate
        gross = others + sum(item.quantity * item.price * item.keep for item in items)
        if not rebate or gross <= 0:
            return items, others + rebate
        left = max(0.0, 1.0 + rebate / gross)
        return [replace(item, keep=item.keep * left) for item in items], others * left

    @api.model
    def _is_rebate(self, line):
        """Whether a line with a negative value lowers prices; goods that come back do not."""
        return line.product_id.type != "consu"

    @api.model
    def _get_untaxed_share(self, taxes, line, included=None):
        included = {} if included is None else included
        if taxes not in included:
            included[taxes] = any(tax.price_include for tax in taxes.flatten_taxes_hierarchy())
        if not included[taxes]:
            return 1.0
        base = 1_000_000.0  # large, so that rounding does not count
        amounts = taxes.compute_all(
            base, line.currency_id, 1.0, line.product_id, line.order_id.partner_id
        )
        return amounts["total_excluded"] / base

    @api.model
    def _get_cost(self, book, line, product, unit, rate, day):
        """Standard cost of one unit of the line in company currency, None when there is none.

        Not the cost on the line, which the salesperson can edit; only of the past it shows what
        counted when it was sold.
        """
        recorded = line.purchase_price if book.is_past(line.order_id) else 0.0
        if recorded:
            factor = rate(line.currency_id, day)
            return None if factor is None else recorded * factor
        cost = product.with_company(line.company_id or self.env.company).standard_price
        return product.uom_id._compute_price(cost, unit) if cost else None

    @api.model
    def _get_serve(self, book):
        """Function (day, lines of the order) -> cost to serve of one line, in company currency.

        The rates of an order, shared by its lines, and of a line. Deliveries, returns and changes
        are not known before they happen; they count in the customer's score.
        """
        periods = ()
        if book.measures & {"contribution_percent", "contribution_hour"}:
            periods = self.env["sop.cost.rate"]._get_periods(book.company)

        def serve(day, count):
            for first, end, order_cost, line_cost, *_others in periods:
                if first <= day and (not end or day < end):
                    return order_cost / count + line_cost
            return 0.0

        return serve
