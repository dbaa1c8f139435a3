"""Builders of real documents for the tests of scoring: orders, deliveries, invoices, payments."""

from datetime import date, datetime, time

from freezegun import freeze_time

from odoo import Command

from .scorecard_common import ScorecardCase

# The window of most tests is the year that ends on this day.
TODAY = date(2026, 6, 30)
START = date(2025, 7, 1)


def at(day, hour=12):
    """An hour (UTC) of a day."""
    return datetime.combine(day, time(hour))


class ScoreCase(ScorecardCase):
    """Goods at 100 that cost 60, a customer without history; US dollars, days in UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"sop_gate": "off", "sop_rush_days": 0})
        cls.goods = cls._product("Shelf", 100, 60)
        cls.service = cls._product("Assembly on site", 50, 20, type="service")
        cls.customer = cls._customer("Azur Marine")
        # receivables are due 30 days after the invoice
        cls.terms = cls.env.ref("account.account_payment_term_30days")

    @classmethod
    def _product(cls, name, price, cost, **values):
        if values.get("type") != "service":
            values.setdefault("is_storable", True)
        vals = {
            "name": name,
            "list_price": price,
            "standard_price": cost,
            "invoice_policy": "order",
            "sale_delay": 0,
            "taxes_id": [Command.clear()],
            **values,
        }
        return cls.env["product.product"].create(vals)

    @classmethod
    def _customer(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **values})

    def _order(self, day, *lines, customer=None, confirm=True, **values):
        """Order confirmed on a day; lines are (product, quantity) or (product, quantity, price)."""
        customer = customer or self.customer
        with freeze_time(at(day)):
            order = self.env["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "payment_term_id": self.terms.id,
                    "order_line": [Command.create(self._line(*line)) for line in lines],
                    **values,
                }
            )
            if confirm:
                order.action_confirm()
                self.assertEqual(order.state, "sale")
        return order

    def _line(self, product, quantity, price=None, **values):
        vals = {"product_id": product.id, "product_uom_qty": quantity, **values}
        return vals if price is None else dict(vals, price_unit=price)

    def _deliver(self, order, day):
        """Deliver all that is open."""
        with freeze_time(at(day)):
            pickings = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
            self._validate(pickings)
        return pickings

    def _validate(self, pickings):
        for move in pickings.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        pickings.button_validate()
        self.assertEqual(set(pickings.mapped("state")), {"done"})

    def _return(self, picking, quantity, day, to_refund=True):
        """Goods come back from a customer."""
        with freeze_time(at(day)):
            wizard = (
                self.env["stock.return.picking"]
                .with_context(active_id=picking.id, active_model="stock.picking")
                .create({})
            )
            wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
            back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
            self._validate(back)
        return back

    def _invoice(self, order, day, **values):
        """Invoice all that is to invoice, and post it."""
        with freeze_time(at(day)):
            invoice = order._create_invoices(**values)
            invoice.invoice_date = day
            invoice.action_post()
        return invoice

    def _credit(self, invoice, day, lines=None):
        """Credit an invoice in full, or some lines: {product: (quantity, price)}."""
        with freeze_time(at(day)):
            credit = invoice._reverse_moves([{"invoice_date": day, "date": day}])
            if lines is not None:
                for line in credit.invoice_line_ids:
                    quantity, price = lines.get(line.product_id, (0, 0))
                    line.write({"quantity": quantity, "price_unit": price})
            credit.action_post()
        return credit

    def _pay(self, invoice, day, amount=None):
        with freeze_time(at(day)):
            values = {"payment_date": day}
            if amount is not None:
                values.update(amount=amount, payment_difference_handling="open")
            wizard = (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create(values)
            )
            wizard.action_create_payments()

    def _facts_of(self, customer=None, start=START, stop=TODAY, **options):
        """Facts of one customer, or None where it is left out."""
        facts = self.env["sop.score.facts"]._get_facts(self.company, start, stop, **options)
        return facts.get((customer or self.customer).id)

    def _rates(self, day, **rates):
        return self.env["sop.cost.rate"].create(
            {"company_id": self.company.id, "valid_from": day, **rates}
        )
