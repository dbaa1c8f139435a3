from odoo import api, fields, models

from .wording import say_day


class SopLinePromise(models.AbstractModel):
    """What an order line shows: the date the plant can keep, and what the rules say about it."""

    _name = "sop.line.promise"
    _description = "Promise and Verdict of Order Lines"

    sop_promise_date = fields.Date("Promise", compute="_compute_sop_promise")
    sop_promise_first_date = fields.Date(
        "First part by",
        compute="_compute_sop_promise",
        help="The day on which the first of the goods can be delivered.",
    )
    sop_promise_state = fields.Selection(
        [
            ("none", "Nothing to promise"),
            ("ok", "As requested"),
            ("late", "Later than requested"),
            ("impossible", "Cannot be promised"),
        ],
        compute="_compute_sop_promise",
    )
    sop_promise_reason = fields.Char("Why", compute="_compute_sop_promise")
    sop_promise_parts = fields.Json("Sources", compute="_compute_sop_promise")
    sop_verdict = fields.Selection(
        [
            ("none", "Not judged"),
            ("pass", "Accepted"),
            ("exception", "Needs an exception"),
            ("refuse", "Refused"),
        ],
        "Verdict of the rules",
        compute="_compute_sop_promise",
    )
    sop_verdict_text = fields.Char("What the rules say", compute="_compute_sop_promise")
    sop_verdict_offers = fields.Json(
        "Counter-offers",
        compute="_compute_sop_verdict_offers",
        help="What would let the line pass. Sought when somebody looks, not with each verdict.",
    )

    @api.depends(
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "warehouse_id",
        "state",
        "sequence",
        "order_id.partner_id",
        "order_id.sop_requested_date",
        "order_id.picking_policy",
        "order_id.sop_tier_id",
        "order_id.sop_agreement_id",
        "order_id.order_line.product_id",
        "order_id.order_line.product_uom_qty",
        "order_id.order_line.product_uom_id",
        "order_id.order_line.price_unit",
        "order_id.order_line.discount",
        "order_id.order_line.tax_ids",
        "order_id.sop_order_type_id",
        "order_id.currency_id",
        "sop_waived",
        "order_id.sop_hold_ids.state",
        "order_id.sop_hold_ids.promises",
    )
    def _compute_sop_promise(self):
        """Promise and verdict together: the rules need what the plant was asked for."""
        self._sop_clear_promise()
        confirmed = self.filtered(lambda line: line.state == "sale")
        for line in confirmed.filtered("sop_promised_date"):
            line._sop_show_promised()
        asked = (self - confirmed).order_id.filtered(
            lambda order: order.state in ("draft", "sent") and order.sop_gate != "off"
        )
        for order in asked:
            promises = order._sop_promises()
            rivals = self.env["sop.hold"].sudo()._get_in_way(order, promises)
            for line in self & order.order_line:
                if line in promises:
                    line._sop_show(promises[line])
                    line._sop_show_held(promises[line])
                    line._sop_show_rivals(rivals.get(line))
            (self & order.order_line)._sop_show_verdicts(promises)

    def _sop_clear_promise(self):
        self.sop_promise_date = False
        self.sop_promise_first_date = False
        self.sop_promise_state = "none"
        self.sop_promise_reason = False
        self.sop_promise_parts = False
        self.sop_promise_rivals = False
        self.sop_verdict = "none"
        self.sop_verdict_text = False

    def _sop_show(self, promise):
        """Put a fresh promise into the fields of the screen."""
        self.sop_promise_date = promise.date
        self.sop_promise_first_date = promise.first_date
        self.sop_promise_reason = self._sop_explain(promise)
        self.sop_promise_parts = self._sop_parts(promise)
        failing = self._sop_is_failing(promise)
        if promise.state == "ok":
            self.sop_promise_state = "late" if failing else "ok"
        else:
            self.sop_promise_state = promise.state

    def _sop_show_promised(self):
        """Put what was promised at confirmation into the fields of the screen."""
        self.sop_promise_date = self.sop_promised_date
        days = [part["date"] for part in self.sop_promised_parts or ()]
        self.sop_promise_first_date = min(days, default=self.sop_promised_date)
        self.sop_promise_state = "ok"
        self.sop_promise_parts = self.sop_promised_parts
        self.sop_promise_reason = self.env._(
            "Promised for %s when the order was confirmed.",
            say_day(self.env, self.sop_promised_date),
        )

    def _sop_explain(self, promise):
        return self.env["sop.promise"]._explain(promise, self)

    def _sop_parts(self, promise):
        """Sources of a promise for the screen, quantities in the unit of the line."""
        house = self.env["stock.warehouse"].sudo()
        return [
            {
                "source": part.source,
                "quantity": part.quantity,
                "date": fields.Date.to_string(part.date),
                **({"origin": house.browse(part.origin).name} if part.origin else {}),
            }
            for part in promise.parts
        ]

    def _sop_show_verdicts(self, promises):
        """Put what the acceptance rules say into the fields of the screen."""
        judge = self.env["sop.verdict"]
        verdicts = judge._get_verdicts(self, promises, offers=False)
        judge._read_rules(verdicts.values())
        for line, verdict in verdicts.items():
            if verdict.holds and line._sop_is_waived(verdict):
                line.sop_verdict = "pass"
                line.sop_verdict_text = line._sop_explain_waived(verdict)
                continue
            line.sop_verdict = verdict.outcome
            line.sop_verdict_text = judge._explain(verdict, line) or False

    @api.depends("sop_verdict")
    def _compute_sop_verdict_offers(self):
        """Offers for the lines that the rules hold back."""
        self.sop_verdict_offers = False
        held = self.filtered(lambda line: line.sop_verdict in ("exception", "refuse"))
        for lines in held.grouped("order_id").values():
            for line, offers in lines._sop_seek_offers().items():
                line.sop_verdict_offers = offers
