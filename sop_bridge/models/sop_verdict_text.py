import math

from odoo import api, models
from odoo.tools import formatLang

from ..core.figures import MEASURES
from .sop_acceptance_terms import SCOPE
from .wording import say_day


class SopVerdict(models.AbstractModel):
    """Verdicts, figures and offers in words, for a salesperson who reads them on the phone."""

    _inherit = "sop.verdict"

    # ------------------------------------------------------------------ verdicts
    @api.model
    def _read_rules(self, verdicts):
        """Read what is said of the rules behind some verdicts, by one query."""
        rules = {verdict.rule for verdict in verdicts} - {None}
        if rules:
            self.env["sop.acceptance.rule"].sudo().browse(rules).fetch(["name", "message"])

    @api.model
    def _explain(self, verdict, line):
        """What a verdict says: the rule, its numbers, its message, and what could not be judged.

        :return: translated text, '' where there was nothing to judge
        """
        if verdict.outcome == "none":
            return ""
        rule = self.env["sop.acceptance.rule"].sudo().browse(verdict.rule)
        said = [self._explain_outcome(verdict, rule, line)]
        if rule.message:
            said.append(rule.message)
        said += dict.fromkeys(self._explain_unknown(unknown, line) for unknown in verdict.unknown)
        return " ".join(said)

    @api.model
    def _explain_outcome(self, verdict, rule, line):
        if not rule:
            return self.env._("No acceptance rule speaks against it.")
        numbers = self._explain_numbers(verdict, line)
        values = {"rule": rule.name, "numbers": numbers}
        # only what is said is translated: many lines are explained at once
        if verdict.outcome == "pass":
            if not numbers:
                return self.env._("Accepted by the rule “%(rule)s”.", **values)
            return self.env._("Accepted by the rule “%(rule)s”: %(numbers)s.", **values)
        if verdict.outcome == "exception":
            if not numbers:
                return self.env._("Needs an exception: rule “%(rule)s”.", **values)
            return self.env._("Needs an exception, rule “%(rule)s”: %(numbers)s.", **values)
        if not numbers:
            return self.env._("Refused by the rule “%(rule)s”.", **values)
        return self.env._("Refused by the rule “%(rule)s”: %(numbers)s.", **values)

    @api.model
    def _explain_numbers(self, verdict, line):
        """'Campaign quantity 40 kg is below 500 kg; …'"""
        return "; ".join(self._explain_number(number, line) for number in verdict.numbers)

    @api.model
    def _explain_number(self, number, line):
        company = self.env["sop.promise"]._get_company(line)
        unit = self._get_unit(line)
        values = {
            "measure": self._get_measure_names()[number.measure],
            "figure": self._say_figure(number.measure, number.figure, company, unit),
            "limit": self._say_figure(number.measure, number.threshold, company, unit),
        }
        if number.operator == "<":
            return self.env._("%(measure)s %(figure)s is below %(limit)s", **values)
        if number.operator == "<=":
            return self.env._("%(measure)s %(figure)s is not above %(limit)s", **values)
        if number.operator == ">":
            return self.env._("%(measure)s %(figure)s is above %(limit)s", **values)
        return self.env._("%(measure)s %(figure)s is not below %(limit)s", **values)

    @api.model
    def _explain_unknown(self, unknown, line):
        """Why a rule could not be judged, and what would mend it."""
        rule = self.env["sop.acceptance.rule"].sudo().browse(unknown.rule)
        return self.env._(
            "The rule “%(rule)s” could not be judged: %(why)s",
            rule=rule.name,
            why={
                "cost": self._explain_no_cost,
                "rate": self._explain_no_rate,
                "unit": self._explain_no_unit,
            }[unknown.why](rule, line),
        )

    @api.model
    def _explain_no_cost(self, rule, line):
        return self.env._("%s has no cost. Enter it on the product.", line.product_id.display_name)

    @api.model
    def _explain_no_rate(self, rule, line):
        company = self.env["sop.promise"]._get_company(line)
        currencies = line.currency_id | rule.condition_ids.currency_id
        facts = self.env["sop.verdict.facts"]
        unknown = facts._get_currencies_without_rate(currencies.sudo(), company.sudo())
        return self.env._(
            "%(currencies)s has no exchange rate into %(company)s. Enter one.",
            currencies=", ".join(unknown.mapped("name")),
            company=company.currency_id.name,
        )

    @api.model
    def _explain_no_unit(self, rule, line):
        return self.env._(
            "%(unit)s cannot be converted into the unit of %(product)s.",
            unit=line.product_uom_id.name,
            product=line.product_id.display_name,
        )

    # ------------------------------------------------------------------ figures
    @api.model
    def _get_measure_names(self):
        """{measure: its translated name}"""
        field = self.env["sop.acceptance.condition"]._fields["measure"]
        return dict(field._description_selection(self.env))

    @api.model
    def _get_unit(self, line):
        """Unit in which campaigns of a line's family are counted."""
        product = line.product_id.sudo()
        return (product.sop_family_id.uom_id or product.uom_id).name or ""

    @api.model
    def _say_figure(self, measure, value, company, unit=""):
        """A figure or a limit with its unit; amounts are in the company's currency."""
        kind = MEASURES[measure][0]
        if kind in ("money", "money_hour"):
            amount = formatLang(self.env, value, currency_obj=company.sudo().currency_id)
            return amount if kind == "money" else self.env._("%s per hour", amount)
        return self._say_number(kind, value, unit)

    @api.model
    def _say_number(self, kind, value, unit):
        if math.isinf(value):
            return self.env._("without any revenue")
        if kind == "percent":
            return self.env._("%s %%", formatLang(self.env, value, digits=self._get_digits(value)))
        number = formatLang(self.env, value, digits=self._get_digits(value))
        if kind == "days":
            return self.env._("%s days", number)
        if kind == "minutes":
            return self.env._("%s minutes", number)
        return f"{number} {unit}".strip()

    @api.model
    def _get_digits(self, value):
        """No decimals for whole numbers."""
        return 0 if abs(value - round(value)) < 1e-6 else 2

    # ------------------------------------------------------------------ rules
    @api.model
    def _say_condition(self, condition):
        """'Campaign quantity is below 500 kg'"""
        kind = MEASURES[condition.measure][0]
        limit = condition.threshold
        if condition.is_money:
            currency = condition.currency_id or self.env.company.currency_id
            text = formatLang(self.env, limit, currency_obj=currency)
            text = self.env._("%s per hour", text) if kind == "money_hour" else text
        else:
            text = self._say_number(kind, limit, condition.unit if kind == "quantity" else "")
        field = condition._fields["operator"]
        operators = dict(field._description_selection(self.env))
        return self.env._(
            "%(measure)s %(operator)s %(limit)s",
            measure=self._get_measure_names()[condition.measure],
            operator=operators[condition.operator],
            limit=text,
        )

    @api.model
    def _say_rule(self, rule):
        """What a rule does: 'Paints: Campaign quantity is below 500 kg → Refuse'."""
        conditions = [name for name in rule.condition_ids.mapped("display_name") if name]
        joint = self.env._(" or ") if rule.match == "any" else self.env._(" and ")
        scope = [", ".join(rule[name].mapped("display_name")) for name in SCOPE]
        results = dict(rule._fields["result"]._description_selection(self.env))
        values = {
            "scope": "; ".join(part for part in scope if part) or self.env._("Every line"),
            "conditions": joint.join(conditions) or self.env._("always"),
            "result": results.get(rule.result, ""),
        }
        return self.env._("%(scope)s: %(conditions)s → %(result)s", **values)

    # ------------------------------------------------------------------ offers
    @api.model
    def _explain_offer(self, offer, line):
        """Label of an offer: what to change, and what that means in money."""
        label = {
            "quantity": self._label_quantity,
            "next_campaign": self._label_campaign,
            "price": self._label_price,
            "product": self._label_product,
            "later": self._label_later,
        }[offer.kind](offer, line)
        if offer.price is not None and offer.kind not in ("price", "product"):
            price = formatLang(self.env, offer.price, currency_obj=line.currency_id)
            label = self.env._("%(offer)s at %(price)s each", offer=label, price=price)
        if abs(offer.money) < (line.currency_id.rounding or 0.01) / 2:
            return label
        amount = formatLang(self.env, abs(offer.money), currency_obj=line.currency_id)
        sign = "+" if offer.money > 0 else "−\u2060"  # a line does not break behind it
        return self.env._("%(offer)s (%(amount)s)", offer=label, amount=f"{sign}{amount}")

    @api.model
    def _label_quantity(self, offer, line):
        return self.env._(
            "Order %(quantity)s %(unit)s",
            quantity=formatLang(self.env, offer.quantity, digits=self._get_digits(offer.quantity)),
            unit=line.product_uom_id.name or "",
        )

    @api.model
    def _label_campaign(self, offer, line):
        return self.env._(
            "Join the campaign of %(family)s for %(day)s",
            family=line.product_id.sudo().sop_family_id.name,
            day=say_day(self.env, offer.date),
        )

    @api.model
    def _label_price(self, offer, line):
        return self.env._(
            "Price of %s", formatLang(self.env, offer.price, currency_obj=line.currency_id)
        )

    @api.model
    def _label_product(self, offer, line):
        product = self.env["product.product"].sudo().browse(offer.product)
        return self.env._("Take %s instead", product.display_name)

    @api.model
    def _label_later(self, offer, line):
        return self.env._("Deliver on %s", say_day(self.env, offer.date))
