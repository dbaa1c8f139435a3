from odoo import api, fields, models
from odoo.tools import formatLang

from ..core.acceptance import Scope
from ..core.figures import Missing, contribution
from .sop_acceptance_terms import Terms
from .wording import say_day

# Stands for a rule that looks at what a waiver costs, so that it is read.
COSTS = Terms(
    0,
    "accept",
    "all",
    None,
    None,
    Scope(),
    (("changeover_share", ">", 0.0, None), ("contribution_percent", "<", 0.0, None)),
)


class SopExceptionWaiver(models.AbstractModel):
    """The part of an option about acceptance rules: against which it goes, and what that costs."""

    _name = "sop.exception.waiver"
    _description = "Options against Acceptance Rules"

    waives = fields.Json("Waived rules", readonly=True)
    waiver = fields.Char("Against the rules", readonly=True)

    @api.model
    def _prepare_waive(self, order, promises, held):
        """The option that accepts the lines as they were asked for."""
        dates = [promises[line].date for line in held if promises[line].date]
        date = order.sop_requested_date or max(dates, default=False)
        return {
            "kind": "waive",
            "date": date,
            "first_date": date,
            "quantities": "; ".join(
                f"{line.product_id.display_name}: {line.product_uom_qty:g} "
                f"{line.product_uom_id.name} {say_day(self.env, date) if date else ''}".rstrip()
                for line in held
            ),
            "hurt": self.env._("Nobody"),
            "terms": {},
        }

    @api.model
    def _with_waivers(self, options, held):
        """The same options; each says against which rules it goes, and what that means."""
        if not held:
            return options
        waives = {str(line.id): [verdict.rule] for line, verdict in held.items()}
        names = {verdict.rule for verdict in held.values()}
        rules = self.env["sop.acceptance.rule"].sudo().browse(sorted(names))
        rules = ", ".join(f"“{name}”" for name in rules.mapped("name"))
        costs = "; ".join(self._say_costs(held))
        pattern = {
            True: self.env._("Accepted against %(rules)s: %(costs)s"),
            False: self.env._("Also waives %(rules)s: %(costs)s"),
        }
        return [
            dict(
                option,
                waives=waives,
                waiver=pattern[option["kind"] == "waive"] % {"rules": rules, "costs": costs},
            )
            for option in options
        ]

    @api.model
    def _say_costs(self, held):
        """What each line brings, and which changeover it causes, in words."""
        lines = self.env["sale.order.line"].union(*held)
        judge = self.env["sop.verdict"].sudo()
        company = lines.company_id.sudo()
        judging = judge._prepare(company, lines, {}, [COSTS])
        for line in held:
            order, item = judging.book.orders[line.order_id], judging.item(line)
            cost = self.env._(
                "%(margin)s, %(changeover)s",
                margin=self._say_margin(order, item, company),
                changeover=self._say_changeover(order, item),
            )
            yield f"{line.product_id.name}: {cost}" if len(held) > 1 else cost

    @api.model
    def _say_margin(self, order, item, company):
        made = contribution(order, item)
        if isinstance(made, Missing):
            return self.env._("contribution not known")
        amount = formatLang(self.env, made, currency_obj=company.currency_id)
        value = order.value(item) * order.rate
        if value <= 0:
            return self.env._("contribution %s", amount)
        return self.env._(
            "contribution %(amount)s (%(percent)d %%)",
            amount=amount,
            percent=round(100 * made / value),
        )

    @api.model
    def _say_changeover(self, order, item):
        if not item.made or item.family is None:
            return self.env._("no changeover")
        minutes = sum(
            order.campaigns.changeover(where, item.family, order.day(item))
            for where in item.work.minutes(item.quantity)
        )
        return self.env._("%d minutes of changeover", round(minutes))
