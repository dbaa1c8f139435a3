from odoo import api, fields, models
from odoo.tools import formatLang

from .wording import say_day

# Other warehouses are asked only so far: each answer takes as long as a promise.
MOST_WAREHOUSES = 4


class SopPromiseStory(models.AbstractModel):
    """How a promise comes about, step by step, and what else is possible, with date and money.

    Told when somebody looks at one line: each alternative is a promise of its own.
    """

    _name = "sop.promise.story"
    _inherit = ["sop.promise"]
    _description = "How Promises Come About"

    @api.model
    def _tell(self, line):
        """Story of a line of a quotation, for a screen.

        :return: {'steps': [dict], 'from': day, 'to': day, 'options': [dict]}, days as ISO texts
        """
        promise = line.order_id._sop_promises()[line]
        options = [
            *self._tell_part(line, promise),
            *self._tell_less(line, promise),
            *self._tell_slots(line, promise),
            *self._tell_warehouses(line, promise),
        ]
        return {**self._tell_steps(promise), "options": options}

    # ------------------------------------------------------------------ the picture
    @api.model
    def _tell_steps(self, promise):
        """Steps in the order of time, each with its place between the first and the last day."""
        stages = [stage for stage in promise.stages if stage.kind != "stock"]
        if not stages:
            return {"steps": [], "from": False, "to": False}
        first = min(stage.since for stage in stages)
        last = max(stage.last for stage in stages)
        share = 100.0 / ((last - first).days + 1)
        binding = [stage for stage in stages if stage.binds]
        decisive = max(binding, key=lambda one: (one.wait, one.last - one.first), default=None)
        stages.sort(key=lambda stage: (stage.first, -stage.level))
        return {
            "steps": [self._tell_step(stage, first, share, decisive) for stage in stages],
            "from": fields.Date.to_string(first),
            "to": fields.Date.to_string(last),
        }

    @api.model
    def _tell_step(self, stage, first, share, decisive):
        """One step: its words, and bars of waiting and of work in percent of the whole time."""
        # before a weekend nothing waits that could not begin anyway
        wait = (stage.first - stage.since).days if stage.wait else 0
        return {
            "kind": stage.kind,
            "level": stage.level,
            "product": self._get_name("product.product", stage.product),
            "where": self._say_where(stage),
            "first": fields.Date.to_string(stage.first if stage.kind == "work" else stage.last),
            "last": fields.Date.to_string(stage.last),
            "lost": stage.wait,
            "binds": stage.binds,
            "decides": stage is decisive,
            "left": ((stage.first - first).days - wait) * share,
            "wait": wait * share,
            "work": ((stage.last - stage.first).days + 1) * share,
        }

    @api.model
    def _say_where(self, stage):
        if stage.workcenter:
            return self._get_name("mrp.workcenter", stage.workcenter)
        return {
            "make": self.env._("Manufacturing lead time"),
            "incoming": self.env._("Receipt"),
            "purchase": self.env._("Vendor"),
            "warehouse": self.env._("Other warehouse"),
        }[stage.kind]

    # ------------------------------------------------------------------ what else is possible
    @api.model
    def _tell_part(self, line, promise):
        """A part sooner and the rest later, where the order is delivered in parts."""
        if promise.state != "ok" or promise.first_date == promise.date:
            return []
        early = sum(part.quantity for part in promise.parts if part.date == promise.first_date)
        text = self.env._(
            "%(part)s on %(first)s (%(worth)s), the rest on %(last)s",
            part=self._say_quantity(line, early),
            first=say_day(self.env, promise.first_date),
            worth=self._say_worth(line, early),
            last=say_day(self.env, promise.date),
        )
        return [{"kind": "part", "label": text}]

    @api.model
    def _tell_less(self, line, promise):
        """As much as can be there by the requested day, or ever, and what that gives up."""
        due, whole = line._sop_due(), line.product_uom_qty
        late = promise.state == "ok" and due and promise.date > due
        if not late and promise.state != "impossible":
            return []
        day = due or promise.reason.values.get("date")
        if not day:
            return []
        unlock = line.order_id.sop_unlock or None
        found = self._quantity_by(line, day, unlock=unlock, ignore_orders=line.order_id.ids)
        if not 0 < found < whole:
            return []
        text = self.env._(
            "Only %(less)s, all by %(day)s: %(kept)s are kept, %(lost)s are given up",
            less=self._say_quantity(line, found),
            day=say_day(self.env, day),
            kept=self._say_worth(line, found),
            lost=self._say_worth(line, whole - found),
        )
        return [{"kind": "less", "label": text}]

    @api.model
    def _tell_slots(self, line, promise):
        """Sooner in slots of others, if both departments agree."""
        if line.order_id.sop_unlock == "all" or not promise.reason.values.get("reserved_minutes"):
            return []
        for unlock in ("lower", "all"):
            opened = line.order_id._sop_promises(unlock=unlock)[line]
            if self._is_sooner(opened, promise):
                text = self.env._(
                    "%(whole)s (%(worth)s) on %(day)s in slots kept for others, if both "
                    "departments agree to an exception",
                    **self._say_whole(line, opened),
                )
                return [{"kind": "slots", "label": text}]
        return []

    @api.model
    def _tell_warehouses(self, line, promise):
        """Sooner from another warehouse of the company."""
        today = self._get_now().date()
        if line.order_id.company_id.sop_gate == "off" or promise.date == today:
            return []
        own = line.warehouse_id or line.order_id.warehouse_id
        domain = [("company_id", "=", line.order_id.company_id.id), ("id", "!=", own._origin.id)]
        options = []
        for house in self.env["stock.warehouse"].sudo().search(domain, limit=MOST_WAREHOUSES):
            there = line.order_id._sop_promises(warehouses={line: house})[line]
            if self._is_sooner(there, promise):
                told = self._say_whole(line, there)
                text = self.env._(
                    "%(whole)s (%(worth)s) on %(day)s from %(house)s", house=house.name, **told
                )
                options.append((there.date, {"kind": "warehouse", "label": text}))
        return [option for _day, option in sorted(options, key=lambda option: option[0])]

    @api.model
    def _is_sooner(self, found, promise):
        return found.state == "ok" and (promise.state != "ok" or found.date < promise.date)

    # ------------------------------------------------------------------ words
    @api.model
    def _say_quantity(self, line, quantity):
        number = formatLang(self.env, quantity, digits=self._get_digits(quantity))
        return f"{number} {line.product_uom_id.name or ''}".strip()

    @api.model
    def _say_whole(self, line, promise):
        """All of a line, what it is worth, and the day on which it can be delivered."""
        return {
            "whole": self._say_quantity(line, line.product_uom_qty),
            "worth": self._say_worth(line, line.product_uom_qty),
            "day": say_day(self.env, promise.date),
        }

    @api.model
    def _say_worth(self, line, quantity):
        """Untaxed value of a part of a line, with its margin where the cost is known."""
        share, currency = quantity / line.product_uom_qty, line.currency_id
        worth = formatLang(self.env, line.price_subtotal * share, currency_obj=currency)
        if not line.purchase_price:
            return worth
        margin = formatLang(self.env, line.margin * share, currency_obj=currency)
        return self.env._("%(worth)s, margin %(margin)s", worth=worth, margin=margin)
