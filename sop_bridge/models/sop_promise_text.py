from odoo import api, models
from odoo.tools import formatLang

from .wording import say_day


class SopPromise(models.AbstractModel):
    """Promises in words, short enough for a salesperson who reads them while the customer waits."""

    _inherit = "sop.promise"

    @api.model
    def _explain(self, promise, line):
        """Sentence that says where the goods come from, when, and what decides.

        :param promise: core Promise of the line
        :return: translated text
        """
        reason = promise.reason
        if promise.state != "ok":
            return self._explain_code(reason, line)
        count = len(promise.parts)
        parts = "; ".join(self._explain_part(part, count) for part in promise.parts)
        why = self._explain_code(reason, line)
        text = self.env._("%(parts)s: %(why)s", parts=parts, why=why) if why else f"{parts}."
        kept = self._explain_reserved(reason)
        said = f"{text} {kept}" if kept else text
        return said.replace("..", ".")  # a company name may end in a full stop of its own

    @api.model
    def _explain_late(self, promise, line):
        """Sentences for a line that fails the gate: what was requested, what is possible, why."""
        reason = self._explain(promise, line)
        name = line.product_id.display_name
        if promise.state != "ok":
            return f"{name}: {reason}"
        return self.env._(
            "%(product)s: requested for %(requested)s, possible on %(possible)s. %(reason)s",
            product=name,
            requested=say_day(self.env, line._sop_due()),
            possible=say_day(self.env, promise.date),
            reason=reason,
        )

    @api.model
    def _explain_part(self, part, count):
        """'40 from stock now', or 'From stock now' when it is everything."""
        values = {
            "quantity": formatLang(self.env, part.quantity, digits=self._get_digits(part.quantity)),
            "date": say_day(self.env, part.ready),
            "origin": self._get_name("stock.warehouse", part.origin) if part.origin else "",
        }
        if count == 1:
            return {
                "stock": self.env._("From stock now"),
                "incoming": self.env._("From goods coming in by %(date)s", **values),
                "purchase": self.env._("Bought by %(date)s", **values),
                "production": self.env._("Made by %(date)s", **values),
                "warehouse": self.env._("From %(origin)s by %(date)s", **values),
            }[part.source]
        return {
            "stock": self.env._("%(quantity)s from stock now", **values),
            "incoming": self.env._("%(quantity)s from goods coming in by %(date)s", **values),
            "purchase": self.env._("%(quantity)s bought by %(date)s", **values),
            "production": self.env._("%(quantity)s made by %(date)s", **values),
            "warehouse": self.env._("%(quantity)s from %(origin)s by %(date)s", **values),
        }[part.source]

    @api.model
    def _get_digits(self, quantity):
        """No decimals for whole quantities, else those of the unit."""
        if abs(quantity - round(quantity)) < 1e-6:
            return 0
        return self.env["decimal.precision"].precision_get("Product Unit")

    @api.model
    def _explain_code(self, reason, line):
        """What decides, '' when the parts say it already."""
        explain = getattr(self, f"_explain_{reason.code}", None)
        return explain(reason.values, line) if explain else ""

    @api.model
    def _explain_reserved(self, reason):
        """That slots of others make it later, for whom they are kept."""
        minutes = reason.values.get("reserved_minutes")
        if not minutes:
            return ""
        slots = self.env["sop.slot"].sudo().browse(reason.values["reserved_slots"]).exists()
        owners = dict.fromkeys(slot.tier_id.name or slot.partner_id.name for slot in slots)
        return self.env._(
            "%(minutes)s minutes on %(workcenter)s are reserved for %(owners)s.",
            minutes=round(minutes),
            workcenter=self._get_name("mrp.workcenter", reason.values["reserved_workcenter"]),
            owners=", ".join(filter(None, owners)),
        )

    @api.model
    def _get_name(self, model, record_id):
        """Display name, also of what the user may not open."""
        return self.env[model].sudo().browse(record_id).display_name

    # ------------------------------------------------------------------ what decides
    @api.model
    def _get_part_name(self, values):
        """'Door frame (for Locker 6)': a component that decides, '' where it is the line itself."""
        if "made" not in values:
            return ""
        return self.env._(
            "%(part)s (for %(product)s)",
            part=self._get_name("product.product", values["made"]),
            product=self._get_name("product.product", values["of"]),
        )

    @api.model
    def _explain_workcenter(self, values, line):
        part = self._get_part_name(values)
        full = values["date"] > values["since"]
        told = {
            "name": self._get_name("mrp.workcenter", values["workcenter"]),
            "part": part,
            "day": say_day(self.env, values["date"] if full else values["until"]),
        }
        if part and full:
            return self.env._("%(part)s waits for %(name)s until %(day)s.", **told)
        if part:
            return self.env._("%(part)s finds little room on %(name)s before %(day)s.", **told)
        if full:
            return self.env._("%(name)s is full until %(day)s.", **told)
        return self.env._("%(name)s has little room before %(day)s.", **told)

    @api.model
    def _explain_production(self, values, line):
        """That the work on a component takes its time; on the line itself, the parts say it."""
        part = self._get_part_name(values)
        if not part:
            return ""
        day = say_day(self.env, values["date"])
        return self.env._("%(part)s is made by %(day)s.", part=part, day=day)

    @api.model
    def _explain_component(self, values, line):
        product = self._get_name("product.product", values["component"])
        day = say_day(self.env, values["date"])
        if "made" in values:
            above = self._get_name("product.product", values["made"])
            return self.env._(
                "%(product)s (for %(above)s) is there on %(day)s.",
                product=product,
                above=above,
                day=day,
            )
        return self.env._("%(product)s is there on %(day)s.", product=product, day=day)

    @api.model
    def _explain_together(self, values, line):
        return self.env._(
            "the order is delivered when all products are ready, on %s.",
            say_day(self.env, values["date"]),
        )

    @api.model
    def _explain_purchase(self, values, line):
        return self.env._("the vendor needs %s days.", values["days"])

    @api.model
    def _explain_horizon(self, values, line):
        part = self._get_part_name(values)
        if part:
            return self.env._(
                "Cannot be promised: %(name)s has no room for %(part)s before %(day)s. Ask for "
                "less, or ask production for more hours there.",
                part=part,
                name=self._get_name("mrp.workcenter", values["workcenter"]),
                day=say_day(self.env, values["date"]),
            )
        return self.env._(
            "Cannot be promised: %(name)s has no room for this before %(day)s. Ask for less, or "
            "ask production for more hours there.",
            name=self._get_name("mrp.workcenter", values["workcenter"]),
            day=say_day(self.env, values["date"]),
        )

    @api.model
    def _explain_component_none(self, values, line):
        return self.env._(
            "Cannot be promised: %s is a component that is not in stock, and no route says how to "
            "get it. Give it a vendor, a bill of materials, or a route.",
            self._get_name("product.product", values["component"]),
        )

    @api.model
    def _explain_no_calendar(self, values, line):
        return self.env._(
            "Work centre %s has no working hours: set them in its form so that a date can be "
            "promised.",
            self._get_name("mrp.workcenter", values["workcenter"]),
        )

    @api.model
    def _explain_no_source(self, values, line):
        return self.env._(
            "Cannot be promised: %s is not in stock, and no route says how to get it. Give it a "
            "bill of materials, a vendor, or a route.",
            self._get_name("product.product", values["product"]),
        )

    @api.model
    def _explain_loop(self, values, line):
        return self.env._(
            "Cannot be promised: the bill of materials of %s needs the product itself, directly or "
            "through a component. Correct the bill.",
            self._get_name("product.product", values["product"]),
        )

    @api.model
    def _explain_unit(self, values, line):
        return self.env._(
            "Cannot be promised: %(unit)s cannot be converted into the unit of %(product)s. Choose "
            "another unit on the line.",
            unit=line.product_uom_id.display_name,
            product=self._get_name("product.product", values["product"]),
        )

    @api.model
    def _explain_no_warehouse(self, values, line):
        return self.env._("Cannot be promised: choose a warehouse for the order.")

    # ------------------------------------------------------------------ nothing to promise
    @api.model
    def _explain_nothing_zero(self, values, line):
        return self.env._("Nothing to promise: the quantity is zero.")

    @api.model
    def _explain_nothing_negative(self, values, line):
        return self.env._("Nothing to promise: a negative quantity is a return.")

    @api.model
    def _explain_nothing_service(self, values, line):
        return self.env._("Nothing to promise: a service needs neither stock nor production.")

    @api.model
    def _explain_nothing_untracked(self, values, line):
        return self.env._("Nothing to promise: the stock of this product is not tracked.")
