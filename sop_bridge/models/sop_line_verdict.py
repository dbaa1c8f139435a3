from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..core.approval import digest
from .notification import notification
from .wording import say_day

# What the acceptance rules look at besides what the plant is asked for; changing it makes a waived
# rule apply again.
PRICED = {"price_unit", "discount", "tax_ids"}


class SopLineVerdict(models.AbstractModel):
    """The part of an order line about acceptance rules: counter-offers, and rules waived for it."""

    _name = "sop.line.verdict"
    _description = "Order Lines under Acceptance Rules"

    sop_waived = fields.Json(
        "Waived rules",
        copy=False,
        readonly=True,
        help="The acceptance rules against which both departments accepted this line, and for "
        "what they did: if the line or its quotation is changed, the rules apply again.",
    )

    # ------------------------------------------------------------------ waived rules
    def _sop_is_waived(self, verdict):
        """Whether both departments accepted this line, as it is, against the rule that decides."""
        self.ensure_one()
        waived = self.sop_waived or {}
        return verdict.rule in waived.get("rules", ()) and waived["asked"] == self._sop_terms_seal()

    def _sop_waive(self, rules):
        """Record that both departments accepted the line as it is now against some rules.

        :param rules: ids of sop.acceptance.rule
        """
        for line in self:
            waived = {"rules": sorted(rules), "asked": line._sop_terms_seal()}
            line._sop_store({"sop_waived": waived})

    def _sop_terms_seal(self):
        """Fingerprint of what is asked in the whole quotation, and of the line it is about."""
        self.ensure_one()
        order = self.order_id._origin or self.order_id
        return digest(order._sop_asked(priced=True), str(self._origin.id))

    def _sop_explain_waived(self, verdict):
        return self.env._(
            "Both departments accepted it against the rule: %s",
            self.env["sop.verdict"]._explain(verdict, self),
        )

    # ------------------------------------------------------------------ confirmed orders
    def _sop_held(self, promises=None):
        """{line: core Verdict} of the lines that the rules hold back and that nobody waived."""
        verdicts = self.env["sop.verdict"]._get_verdicts(self, promises, offers=False)
        return {
            line: verdict
            for line, verdict in verdicts.items()
            if verdict.holds and not line._sop_is_waived(verdict)
        }

    def _sop_check_rules(self, promises):
        """Lines that a confirmed order grows by are judged like those of a quotation.

        :param promises: {line: core Promise} of what it grows by
        :raise UserError: naming the line, the rule and what to do
        """
        held = self._sop_held(promises)
        if held:
            line, verdict = next(iter(held.items()))
            raise UserError(
                self.env._(
                    "%(product)s cannot be added to the confirmed order: %(reason)s "
                    "Enter it as a new quotation; there you can ask for an exception.",
                    product=line.product_id.display_name,
                    reason=self.env["sop.verdict"]._explain(verdict, line),
                )
            )

    def _sop_note_addition(self, promises):
        """Say on the order what speaks against its growth; for a gate that only informs.

        :param promises: {line: core Promise} of what it grows by
        """
        late = self.filtered(lambda line: line._sop_is_failing(promises[line]))
        held = self._sop_held(promises)
        notes = []
        if late:
            late = " ".join(line._sop_explain(promises[line]) for line in late)
            notes.append(self.env._("Added although the plant cannot keep it: %s", late))
        if held:
            against = self.order_id._sop_explain_held(held)
            text = self.env._("Added although the acceptance rules speak against it: %s", against)
            notes.append(text)
        if notes:
            self.order_id.message_post(body=" ".join(notes))

    def _sop_before_cut(self, vals):
        """What the rules say about confirmed orders before a price of theirs is changed.

        :return: {order: ({line: what it is worth}, {line: core Verdict})}
        """
        watched = self.filtered(
            lambda line: PRICED & set(vals) or ("product_uom_qty" in vals and line.price_unit < 0)
        )
        found = watched.order_id._sop_verdicts_before_cut()
        return {
            order: ({line: line._sop_worth() for line in watched & order.order_line}, verdicts)
            for order, verdicts in found.items()
        }

    @api.model
    def _sop_before_rebate(self, vals_list):
        """The same before lines are added to confirmed orders.

        Whether they lower its value is known once Odoo has found their prices.
        """
        ids = {vals.get("order_id") for vals in vals_list} - {None, False}
        found = self.env["sale.order"].browse(ids)._sop_verdicts_before_cut()
        return {order: ({}, verdicts) for order, verdicts in found.items()}

    def _sop_worth(self):
        """What one unit of the product brings, after discount and taxes included in the price.

        Of what is taken off the order, all of it.
        """
        self.ensure_one()
        line = self.sudo()
        price = line.price_unit * line.env["sop.verdict.facts"]._get_keep(line)
        if price < 0:
            return price * line.product_uom_qty
        unit = line.product_id.uom_id
        return line.product_uom_id._compute_price(price, unit) if unit else price

    def _sop_check_cut(self, before):
        """A confirmed order becomes cheaper only by what the rules let pass.

        What they held against it already, and a lower price does not change, is no matter here,
        unless both departments accepted it at another price.

        :param before: of ``_sop_before_cut``
        :raise UserError: naming the line, the rule and what to do, if the gate holds
        """
        for order, (values, verdicts) in before.items():
            new = dict.fromkeys(self & order.order_line, 0.0)
            worth = {**new, **values}
            if any(line._sop_worth() < value - 1e-9 for line, value in worth.items()):
                held = {
                    line: verdict
                    for line, verdict in order.order_line._sop_held().items()
                    if line.sop_waived or verdict != verdicts.get(line)
                }
                order._sop_refuse_cut(held)

    # ------------------------------------------------------------------ counter-offers
    def _sop_seek_offers(self):
        """Counter-offers for lines of one quotation, as a screen shows them.

        :return: {line: list of dict}, empty for lines that the rules do not hold back
        """
        judge = self.env["sop.verdict"]
        found = judge._get_verdicts(self, self.order_id._sop_promises())
        return {
            line: [
                dict(judge._get_offer_json(offer, line), key=line._sop_offer_key(offer))
                for offer in verdict.offers
                if not line._sop_is_waived(verdict)
            ]
            for line, verdict in found.items()
        }

    @api.model
    def _sop_offer_key(self, offer):
        """Text that names the terms of an offer, for the button that applies it."""
        terms = (offer.kind, offer.quantity, offer.price, offer.product, offer.date)
        return "|".join("" if value is None else str(value) for value in terms)

    def action_sop_apply_offer(self, key):
        """Apply a counter-offer of this line, if it still holds.

        :param key: of one of ``sop_verdict_offers``
        :return: a notification that tells what was there before; its parameter ``before`` has it
            as values of the quotation, which take the offer back when they are written
        :raise AccessError: for who may not change the quotation
        :raise UserError: if the quotation is confirmed, or the offer does not hold any more
        """
        self.ensure_one()
        self.check_access("write")
        order = self.order_id
        order.check_access("write")
        if not order._sop_is_open() or order.company_id.sop_gate == "off":
            raise UserError(self.env._("Counter-offers are applied to quotations only."))
        judge = self.env["sop.verdict"]
        verdict = judge._get_verdicts(self, order._sop_promises())[self]
        offers = {self._sop_offer_key(offer): offer for offer in verdict.offers}
        if key not in offers:
            raise UserError(
                self.env._(
                    "This offer does not hold any more. Look at the offers again: they were "
                    "reckoned anew."
                )
            )
        offer = offers[key]
        message, before = self._sop_say_applied(offer), self._sop_before(offer)
        judge._apply_offer(offer, self)
        done = self._sop_notify(self.env._("Offer applied"), message, "success")
        done["params"]["before"] = before
        return done

    def _sop_before(self, offer):
        """Values of the quotation that an offer is going to change, as they are now (JSON)."""
        line_values, order_values = self.env["sop.verdict"]._get_offer_values(offer, self)
        order = self.order_id
        names = [*line_values, *(["name"] if "product_id" in line_values else [])]
        before = {name: order[name] and order[name].isoformat() for name in order_values}
        if names:
            kept = {
                name: self._fields[name].convert_to_read(self[name], self, False) for name in names
            }
            before["order_line"] = [[1, self.id, kept]]
        return before

    def _sop_say_applied(self, offer):
        """What an offer changes, and what was there before, so that it can be taken back."""
        line_values, order_values = self.env["sop.verdict"]._get_offer_values(offer, self)
        before = []
        if "product_id" in line_values:
            before.append(self.product_id.display_name)
        if "product_uom_qty" in line_values:
            before.append(f"{self.product_uom_qty:g} {self.product_uom_id.name}")
        if "price_unit" in line_values:
            before.append(formatLang(self.env, self.price_unit, currency_obj=self.currency_id))
        if "sop_requested_date" in order_values:
            day = self.order_id.sop_requested_date
            before.append(
                say_day(self.env, day) if day else self.env._("wanted as soon as possible")
            )
        return self.env._(
            "%(offer)s. Before: %(before)s.",
            offer=self.env["sop.verdict"]._explain_offer(offer, self),
            before=", ".join(before),
        )

    @api.model
    def _sop_notify(self, title, message, kind):
        return notification(message, kind, title, sticky=True, then=None)
