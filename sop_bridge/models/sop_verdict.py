from dataclasses import replace

from odoo import api, fields, models

from ..core.acceptance import Verdict, decide
from ..core.offers import find_offers
from ..core.trial import Trial

# Measures for which it matters whether something has to be made.
ABOUT_MAKING = {"campaign_quantity", "changeover_share", "changeover_minutes"}


class SopVerdict(models.AbstractModel):
    """What the acceptance rules say about order lines, and what would let them pass.

    Reads in batches, computes in core, writes nothing. Runs with the rights of the system: the
    rules bind people who may not see a cost or a manufacturing order.
    """

    _name = "sop.verdict"
    _description = "Verdicts of Acceptance Rules"

    # ------------------------------------------------------------------ questions
    @api.model
    def _get_verdicts(self, lines, promises=None, offers=True):
        """Verdicts on order lines, also on new ones in a form and on those of confirmed orders.

        The lines of one order are judged together, as of today, with the costs of today: what a
        confirmed order records of its day and its costs can be written by who may edit it.

        :param lines: sale.order.line
        :param promises: {line: core Promise} of all lines of the quotations, where they are known
        :param offers: whether to look for counter-offers for lines of quotations
        :return: {line: core Verdict}
        """
        result = {}
        rule = self.env["sop.acceptance.rule"]
        for company, mine in lines.grouped(self.env["sop.promise"]._get_company).items():
            rules = rule._read_acting(company)
            result.update(self._judge(company, mine, promises, rules, offers))
        return {line: result[line] for line in lines}

    @api.model
    def _judge(self, company, lines, promises, rules, offers=False):
        """Verdicts of given rules on lines of one company.

        :param rules: Terms of rules in their sequence, acting or not
        :return: {line: core Verdict}, outcome 'none' where nothing is judged
        """
        if not rules:
            return dict.fromkeys(lines, Verdict("none"))
        judging = self._prepare(company.sudo(), lines, promises, rules)
        verdicts = {}
        for order in judging.book.orders:
            verdicts[order] = judging.decide(order)
        result = {
            line: verdicts[line.order_id].get(judging.book.keys.get(line), Verdict("none"))
            for line in lines
        }
        return self._add_offers(judging, result, verdicts) if offers else result

    @api.model
    def _prepare(self, company, lines, promises, rules, recorded=False):
        """Read everything that the rules measure on the orders of some lines.

        :param recorded: judge confirmed orders on their own day with the costs recorded on them,
            as a trial on the past does
        :return: Judging
        """
        lines = lines.sudo().with_company(company).with_prefetch()
        orders = lines.order_id
        facts = self.env["sop.verdict.facts"].sudo().with_company(company)
        conditions = [condition for terms in rules for condition in terms.conditions]
        measures = {measure for measure, *_limit, _currency in conditions}
        currencies = {currency for *_limit, currency in conditions if currency}
        rate = facts._get_rates(orders.currency_id | orders.currency_id.browse(currencies), company)
        promises = self._complete(orders, promises, measures)
        book = facts._collect(company, orders, promises, measures, rate, recorded)
        return Judging(book, rules, rate)

    @api.model
    def _complete(self, orders, promises, measures):
        """Promises of all lines of the quotations, as far as the rules need them."""
        promises = dict(promises or {})
        if not (measures & ABOUT_MAKING):
            return promises
        asked = orders.filtered(lambda order: order.state != "sale")
        for unlock, group in asked.grouped("sop_unlock").items():
            if any(line not in promises for line in group.order_line):
                promises |= self.env["sop.promise"]._promise_lines(
                    group.order_line, unlock=unlock or None, ignore_orders=group._origin.ids
                )
        return promises

    # ------------------------------------------------------------------ offers
    @api.model
    def _add_offers(self, judging, result, verdicts):
        """The same verdicts, with what would let the lines of quotations pass."""
        book = judging.book
        held = {
            line: judging.item(line)
            for line, verdict in result.items()
            if verdict.holds and line.order_id.state != "sale"
        }
        if not held:
            return result
        facts = self.env["sop.verdict.facts"].sudo().with_company(book.company)
        sudo_lines = {line.sudo().with_company(book.company): item for line, item in held.items()}
        candidates = facts._get_candidates(book, sudo_lines, judging.rate)
        step = 10 ** -self.env["decimal.precision"].precision_get("Product Price")
        trials = {}
        for line, item in held.items():
            order = line.order_id
            if order not in trials:
                core = book.orders[order]
                trials[order] = Trial(judging.rules(core.today), core, verdicts[order])
            offers = find_offers(trials[order], item, candidates.get(line, ()), step)
            result[line] = replace(result[line], offers=offers)
        return result

    @api.model
    def _get_offer_values(self, offer, line):
        """Values that apply an offer.

        A quantity keeps the price and the discount of the line, which the offer was reckoned with.

        :return: (values for the line, values for its order)
        """
        line_values, order_values = {}, {}
        if offer.quantity is not None or offer.product:
            quantity = line.product_uom_qty if offer.quantity is None else offer.quantity
            line_values = {
                "product_uom_qty": quantity,
                "price_unit": line.price_unit,
                "discount": line.discount,
            }
        if offer.product:
            line_values |= {
                "product_id": offer.product,
                "product_uom_id": line.product_uom_id._origin.id,
                "discount": 0.0,
            }
        if offer.price is not None:
            line_values["price_unit"] = offer.price
        if offer.date:
            order_values["sop_requested_date"] = offer.date
        return line_values, order_values

    @api.model
    def _apply_offer(self, offer, line):
        """Write an offer into the quotation, with the rights of the user. Returns True."""
        line_values, order_values = self._get_offer_values(offer, line)
        if line_values:
            line.write(line_values)
        if order_values:
            line.order_id.write(order_values)
        return True

    @api.model
    def _get_offer_json(self, offer, line):
        """An offer for a screen: its label, its terms, and the values that apply it."""
        line_values, order_values = self._get_offer_values(offer, line)
        day = fields.Date.to_string(offer.date) if offer.date else False
        if order_values:
            order_values = {"sop_requested_date": day}
        return {
            "kind": offer.kind,
            "label": self._explain_offer(offer, line),
            "quantity": offer.quantity,
            "price": offer.price,
            "product_id": offer.product,
            "date": day,
            "money": offer.money,
            "days": offer.days,
            "line": line_values,
            "order": order_values,
        }


class Judging:
    """Rules and what they measure; the limits in money follow the day of each order."""

    def __init__(self, book, rules, rate):
        self.book = book
        self.terms = rules
        self.rate = rate
        self.by_day = {}
        self.timeless = False

    def rules(self, day):
        """Core Rules with the limits in company currency of a day; if timeless, always valid."""
        if day not in self.by_day:
            currencies = self.book.company.currency_id

            def rate(currency):
                return self.rate(currencies.browse(currency), day)

            rules = [terms.rule(rate) for terms in self.terms]
            if self.timeless:
                rules = [replace(rule, first=None, last=None) for rule in rules]
            self.by_day[day] = rules
        return self.by_day[day]

    def decide(self, order):
        """{key: core Verdict} of the lines of an order."""
        core = self.book.orders[order]
        rules = self.rules(core.today)
        return {item.key: decide(rules, core, item) for item in core.items}

    def item(self, line):
        """Core Item of a line."""
        key = self.book.keys[line]
        return next(item for item in self.book.orders[line.order_id].items if item.key == key)
