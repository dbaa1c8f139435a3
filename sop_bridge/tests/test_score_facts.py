"""What counts for a customer, and what does not: from real documents to facts."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..core import facts as core
from .score_common import START, TODAY, ScoreCase, at


@tagged("post_install", "-at_install")
class TestScoreFacts(ScoreCase):
    def test_order_delivered_invoiced_and_paid(self):
        order = self._order(date(2026, 3, 2), (self.goods, 10), (self.goods, 5, 90))
        self._deliver(order, date(2026, 3, 9))
        invoice = self._invoice(order, date(2026, 3, 10))
        self._pay(invoice, date(2026, 4, 19))
        facts = self._facts_of()
        self.assertEqual(facts.net_sales, 1450)
        self.assertEqual(facts.goods_cost, 900)
        self.assertEqual((facts.orders, facts.lines, facts.deliveries, facts.returns), (1, 2, 1, 0))
        self.assertEqual(facts.delivered_value, 1450)
        self.assertEqual(facts.last_order, 120, "March 2 to June 30")
        self.assertEqual(facts.overdue_days, 10, "due on April 9")
        self.assertEqual(facts.months, 12)
        self.assertEqual(core.contribution(facts), 550)

    def test_customer_without_orders_in_the_window(self):
        order = self._order(date(2025, 6, 30), (self.goods, 1))
        self._invoice(order, date(2025, 6, 30))
        facts = self._facts_of()
        self.assertEqual((facts.orders, facts.net_sales, facts.sales_before), (0, 0, 100))
        self.assertEqual(facts.last_order, 365)
        self.assertIsNone(core.returned(facts))

    def test_days_of_the_window_are_included(self):
        for day in (START, TODAY):
            self._invoice(self._order(day, (self.goods, 1)), day)
        self._invoice(self._order(date(2026, 7, 1), (self.goods, 1)), date(2026, 7, 1))
        facts = self._facts_of()
        self.assertEqual((facts.orders, facts.net_sales, facts.last_order), (2, 200, 0))

    def test_days_are_those_of_the_company(self):
        """An order of 23:30 UTC is one of the next day in Tokyo, and of the next window."""
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        order = self._order(date(2026, 6, 30), (self.goods, 1))
        order.date_order = datetime(2026, 6, 30, 23, 30)
        self.assertIsNone(self._facts_of())
        self.assertEqual(self._facts_of(start=date(2025, 7, 2), stop=date(2026, 7, 1)).orders, 1)

    def test_growth_against_the_window_before(self):
        for day, quantity in ((date(2025, 5, 5), 4), (date(2026, 5, 5), 5)):
            self._invoice(self._order(day, (self.goods, quantity)), day)
        self._invoice(self._order(date(2024, 6, 30), (self.goods, 9)), date(2024, 6, 30))
        facts = self._facts_of()
        self.assertEqual((facts.sales_before, facts.net_sales), (400, 500))
        self.assertEqual(core.growth(facts), 25)

    # ------------------------------------------------------------------ who
    def test_contacts_count_for_their_company(self):
        buyer = self._customer("Buyer", is_company=False, parent_id=self.customer.id)
        payer = self._customer("Payer", is_company=False, parent_id=self.customer.id)
        order = self._order(
            date(2026, 3, 2), (self.goods, 2), customer=buyer, partner_invoice_id=payer.id
        )
        self._deliver(order, date(2026, 3, 3))
        self._invoice(order, date(2026, 3, 3))
        buyer.active = False
        facts = self._facts_of()
        self.assertEqual((facts.orders, facts.net_sales, facts.deliveries), (1, 200, 1))
        self.assertIsNone(self._facts_of(buyer))
        self.assertIsNone(self._facts_of(payer))

    def test_intercompany_customers_are_left_out(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        clerk = self._customer("Clerk", is_company=False, parent_id=sister.partner_id.id)
        for partner in (sister.partner_id, clerk):
            order = self._order(date(2026, 3, 2), (self.goods, 2), customer=partner)
            self._invoice(order, date(2026, 3, 3))
            self.assertIsNone(self._facts_of(partner))

    def test_archived_customers_are_left_out(self):
        self._invoice(self._order(date(2026, 3, 2), (self.goods, 2)), date(2026, 3, 3))
        self.customer.active = False
        self.assertIsNone(self._facts_of())

    def test_customers_are_those_of_this_company(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        prospect = self._customer("Prospect")
        ranked = self._customer("Ranked", customer_rank=1)
        elsewhere = self._customer("Elsewhere", customer_rank=1, company_id=other.id)
        tiered = self._customer("Tiered")
        tiered.sop_tier_id = self.gold
        tiered_elsewhere = self._customer("Tiered elsewhere")
        tiered_elsewhere.with_company(other).sop_tier_id = self.gold
        facts = self.env["sop.score.facts"]._get_facts(self.company, START, TODAY)
        self.assertIn(ranked.id, facts)
        self.assertIn(tiered.id, facts)
        for partner in (prospect, elsewhere, tiered_elsewhere):
            self.assertNotIn(partner.id, facts, partner.name)
        self.assertEqual(facts[ranked.id].orders, 0)
        self.assertIsNone(facts[ranked.id].last_order)

    def test_documents_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        self._order(date(2026, 3, 2), (self.goods, 2))
        facts = self.env["sop.score.facts"]._get_facts(other, START, TODAY)
        self.assertNotIn(self.customer.id, facts)

    def test_merged_customer_counts_with_the_other(self):
        twin = self._customer("Azur Marine SA")
        for partner in (self.customer, twin):
            order = self._order(date(2026, 3, 2), (self.goods, 1), customer=partner)
            self._invoice(order, date(2026, 3, 3))
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.customer.id, twin.id], self.customer
        )
        self.assertEqual(self._facts_of().net_sales, 200)
        self.assertEqual(self._facts_of().orders, 2)

    # ------------------------------------------------------------------ refunds
    def _sold(self, quantity=10, day=date(2026, 3, 2)):
        order = self._order(day, (self.goods, quantity))
        picking = self._deliver(order, day)
        return order, picking, self._invoice(order, day)

    def test_credit_with_return_gives_sales_and_cost_back(self):
        _order, picking, invoice = self._sold()
        self._return(picking, 4, date(2026, 4, 1))
        self._credit(invoice, date(2026, 4, 2), {self.goods: (4, 100)})
        facts = self._facts_of()
        self.assertEqual((facts.net_sales, facts.goods_cost), (600, 360))
        self.assertEqual(
            (facts.returns, facts.returned_value, facts.delivered_value), (1, 400, 1000)
        )
        self.assertEqual(core.returned(facts), 40)

    def test_price_reduction_leaves_the_cost(self):
        _order, _picking, invoice = self._sold()
        self._credit(invoice, date(2026, 4, 2), {self.goods: (10, 15)})
        facts = self._facts_of()
        self.assertEqual((facts.net_sales, facts.goods_cost), (850, 600))

    def test_invoice_reversed_and_made_again_counts_once(self):
        order, _picking, invoice = self._sold()
        self._credit(invoice, date(2026, 3, 4))
        self._invoice(order, date(2026, 3, 5))
        facts = self._facts_of()
        self.assertEqual((facts.net_sales, facts.goods_cost), (1000, 600))

    def test_credit_of_goods_never_delivered_gives_the_cost_back(self):
        order = self._order(date(2026, 3, 2), (self.goods, 10))
        invoice = self._invoice(order, date(2026, 3, 2))
        self._credit(invoice, date(2026, 3, 4))
        facts = self._facts_of()
        self.assertEqual((facts.net_sales, facts.goods_cost), (0, 0))

    def test_exchange_is_a_return_and_no_credit(self):
        _order, picking, _invoice = self._sold()
        self._return(picking, 10, date(2026, 4, 1), to_refund=False)
        facts = self._facts_of()
        self.assertEqual((facts.net_sales, facts.goods_cost, facts.returns), (1000, 600, 1))

    def test_credit_counts_in_the_window_of_its_day(self):
        _order, picking, invoice = self._sold(day=date(2025, 6, 2))
        self._return(picking, 10, date(2025, 8, 1))
        self._credit(invoice, date(2025, 8, 2))
        facts = self._facts_of()
        self.assertEqual((facts.net_sales, facts.goods_cost), (-1000, -600))
        self.assertEqual(facts.sales_before, 1000)
        self.assertIsNone(core.contribution_percent(facts))

    def test_price_reduction_in_a_later_window_has_no_cost(self):
        _order, _picking, invoice = self._sold(day=date(2025, 6, 2))
        self._credit(invoice, date(2025, 8, 2), {self.goods: (10, 15)})
        facts = self._facts_of()
        self.assertEqual((facts.net_sales, facts.goods_cost), (-150, 0))

    # ------------------------------------------------------------------ cancelled and changed
    def test_order_cancelled_after_confirmation_is_a_change_and_no_sale(self):
        self._order(date(2026, 3, 2), (self.goods, 1), (self.goods, 2))
        cancelled = self._order(date(2026, 3, 3), (self.goods, 5), (self.service, 1))
        cancelled._action_cancel()
        never = self._order(date(2026, 3, 4), (self.goods, 7), confirm=False)
        never._action_cancel()
        facts = self._facts_of()
        self.assertEqual((facts.orders, facts.lines), (1, 2))
        self.assertEqual((facts.changed_lines, facts.all_lines, facts.changes), (1, 3, 1))

    def test_changes_after_confirmation_are_counted(self):
        order = self._order(date(2026, 3, 2), (self.goods, 12), (self.goods, 5), (self.goods, 5))
        first, second, _third = order.order_line
        first.product_uom_qty = 20
        first.product_uom_qty = 18
        second.name = "Shelf, grey"
        dozen = self.env.ref("uom.product_uom_dozen")
        first.write({"product_uom_id": dozen.id, "product_uom_qty": 1.5})
        order.write({"order_line": [Command.create(self._line(self.goods, 1))]})
        self.assertEqual(order.order_line.mapped("sop_changes"), [2, 0, 0, 1])
        facts = self._facts_of()
        self.assertEqual((facts.changed_lines, facts.all_lines, facts.changes), (2, 4, 3))

    def test_moving_the_date_changes_every_line(self):
        order = self._order(date(2026, 3, 2), (self.goods, 1), (self.goods, 2))
        order.commitment_date = at(date(2026, 3, 20))
        self.assertEqual(sum(order.order_line.mapped("sop_changes")), 0, "a first date is no move")
        order.commitment_date = at(date(2026, 3, 20), 15)
        self.assertEqual(sum(order.order_line.mapped("sop_changes")), 0, "the same day")
        order.commitment_date = at(date(2026, 3, 27))
        self.assertEqual(order.order_line.mapped("sop_changes"), [1, 1])

    def test_quotations_and_their_lines_are_changed_freely(self):
        order = self._order(date(2026, 3, 2), (self.goods, 1), confirm=False)
        order.order_line.product_uom_qty = 5
        order.write({"order_line": [Command.create(self._line(self.goods, 1))]})
        self.assertEqual(sum(order.order_line.mapped("sop_changes")), 0)
        vals = {
            "partner_id": self.customer.id,
            "state": "sale",
            "order_line": [Command.create(self._line(self.goods, 1))] * 2,
        }
        imported = self.env["sale.order"].create(vals)
        self.assertEqual(sum(imported.order_line.mapped("sop_changes")), 0)

    # ------------------------------------------------------------------ money
    def test_other_currency_counts_at_the_rate_of_the_document(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        for day, rate in ((date(2026, 3, 1), 0.5), (date(2026, 4, 1), 0.8)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": euro.id,
                    "name": day,
                    "rate": rate,
                    "company_id": self.company.id,
                }
            )
        prices = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        order = self._order(
            date(2026, 3, 2), (self.goods, 10, 40), pricelist_id=prices.id, currency_id=euro.id
        )
        self.assertEqual(order.currency_rate, 0.5)
        self.assertEqual(order.order_line.purchase_price, 30, "60 dollars")
        self._deliver(order, date(2026, 3, 3))
        self._invoice(order, date(2026, 4, 2))
        facts = self._facts_of()
        self.assertEqual(facts.net_sales, 500, "400 euros at 0.8")
        self.assertEqual(facts.goods_cost, 600, "300 euros at 0.5, or 10 at 60 dollars")
        self.assertEqual(facts.delivered_value, 800, "400 euros at the rate of the order")
        self.assertEqual(self._facts_of(basis="ordered").net_sales, 800)
        self.assertEqual(self._facts_of(basis="ordered").goods_cost, 600)

    def test_units_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(date(2026, 3, 2), (self.goods, 2, 1000), confirm=False)
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 1000})
        self.assertEqual(order.order_line.purchase_price, 720)
        with freeze_time(at(date(2026, 3, 2))):
            order.action_confirm()
        self._deliver(order, date(2026, 3, 3))
        self._invoice(order, date(2026, 3, 3))
        facts = self._facts_of()
        self.assertEqual(facts.net_sales, 2000)
        self.assertAlmostEqual(facts.goods_cost, 24 * 60)
        self.assertAlmostEqual(facts.delivered_value, 2000)

    def test_services_count_only_when_asked_for(self):
        day = date(2026, 3, 2)
        order = self._order(day, (self.goods, 10), (self.service, 2))
        self._invoice(order, day)
        only_service = self._order(date(2026, 5, 2), (self.service, 1))
        self._invoice(only_service, date(2026, 5, 2))
        facts = self._facts_of()
        self.assertEqual((facts.net_sales, facts.goods_cost), (1000, 600))
        self.assertEqual((facts.orders, facts.lines), (1, 1))
        facts = self._facts_of(services=True)
        self.assertEqual((facts.net_sales, facts.goods_cost), (1150, 660))
        self.assertEqual((facts.orders, facts.lines), (2, 3))

    def test_discount_line_lowers_the_price_of_the_goods(self):
        discount = self._product("Discount", 0, 0, type="service")
        for day, basis in ((date(2026, 3, 2), "invoiced"), (date(2026, 3, 3), "ordered")):
            with self.subTest(basis=basis):
                customer = self._customer(basis)
                order = self._order(day, (self.goods, 10), (discount, 1, -100), customer=customer)
                self._invoice(order, day)
                facts = self._facts_of(customer, basis=basis)
                self.assertEqual((facts.net_sales, facts.lines), (900, 1))

    def test_down_payments_never_count(self):
        day = date(2026, 3, 2)
        order = self._order(day, (self.goods, 10))
        with freeze_time(at(day)):
            wizard = (
                self.env["sale.advance.payment.inv"]
                .with_context(active_model="sale.order", active_ids=order.ids)
                .create({"advance_payment_method": "fixed", "fixed_amount": 300})
            )
            wizard.create_invoices()
            down = order.invoice_ids
            down.invoice_date = day
            down.action_post()
        for services in (False, True):
            self.assertEqual(self._facts_of(services=services).net_sales, 0)
        final = self._invoice(order, date(2026, 3, 9), final=True)
        self.assertEqual(final.amount_untaxed, 700)
        for services in (False, True):
            facts = self._facts_of(services=services)
            self.assertEqual((facts.net_sales, facts.orders), (1000, 1))

    def test_invoice_without_an_order_counts_as_one(self):
        with freeze_time(at(date(2026, 3, 2))):
            invoice = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": date(2026, 3, 2),
                    "invoice_line_ids": [
                        Command.create(
                            {"product_id": self.goods.id, "quantity": 3, "price_unit": 110}
                        )
                    ],
                }
            )
            self.assertIsNone(self._facts_of(), "a draft is nothing yet")
            invoice.action_post()
        facts = self._facts_of()
        self.assertEqual((facts.orders, facts.lines, facts.last_order), (1, 1, 120))
        self.assertEqual((facts.net_sales, facts.goods_cost), (330, 180))

    def test_ordered_basis(self):
        self._order(date(2025, 6, 2), (self.goods, 1))
        self._order(date(2026, 3, 2), (self.goods, 4), (self.service, 1))
        self._order(date(2026, 3, 3), (self.goods, 7))._action_cancel()
        facts = self._facts_of(basis="ordered")
        self.assertEqual((facts.net_sales, facts.goods_cost, facts.sales_before), (400, 240, 100))
        self.assertEqual((facts.orders, facts.lines), (1, 1))

    # ------------------------------------------------------------------ payments
    def _billed(self, day, quantity=1):
        return self._invoice(self._order(day, (self.goods, quantity)), day)

    def test_overdue_of_paid_and_open_invoices(self):
        in_time = self._billed(date(2026, 1, 1))
        self._pay(in_time, date(2026, 1, 5))
        late = self._billed(date(2026, 2, 1))
        self._pay(late, date(2026, 3, 23))
        self._billed(date(2026, 4, 1))
        self._billed(date(2026, 6, 15))
        # 0, due March 3 → 20, due May 1 → 60 on June 30, not due yet
        self.assertAlmostEqual(self._facts_of().overdue_days, 80 / 3)

    def test_overdue_counts_until_the_last_part_is_paid(self):
        invoice = self._billed(date(2026, 1, 1), 2)
        self._pay(invoice, date(2026, 2, 10), 150)
        self._pay(invoice, date(2026, 2, 20), 50)
        self.assertEqual(self._facts_of().overdue_days, 20)
        self.assertEqual(self._facts_of(stop=date(2026, 2, 15)).overdue_days, 15)

    def test_old_debt_counts_while_it_is_open(self):
        self._pay(self._billed(date(2024, 1, 1)), date(2024, 6, 1))
        self.assertIsNone(self._facts_of().overdue_days, "settled before the window")
        self._pay(self._billed(date(2025, 1, 1)), date(2025, 7, 10))
        self.assertEqual(self._facts_of().overdue_days, 160, "January 31 to July 10")

    def test_credited_invoice_is_settled(self):
        invoice = self._billed(date(2026, 1, 1))
        self._credit(invoice, date(2026, 2, 5))
        self.assertEqual(self._facts_of().overdue_days, 5)

    # ------------------------------------------------------------------ service
    def test_rush_by_type_and_by_notice(self):
        rush = self.env["sop.order.type"].create({"name": "Rush", "code": "R!", "is_rush": True})
        day = date(2026, 3, 2)
        self._order(day, (self.goods, 1), sop_order_type_id=rush.id)
        self._order(day, (self.goods, 1), sop_requested_date=date(2026, 3, 6))
        self._order(day, (self.goods, 1), sop_requested_date=date(2026, 3, 7))
        self._order(day, (self.goods, 1))
        self.assertEqual(self._facts_of().rush_orders, 1)
        self.company.sop_rush_days = 5
        facts = self._facts_of()
        self.assertEqual((facts.rush_orders, facts.orders), (2, 4))
        self.assertEqual(core.rush(facts), 50)

    def test_cost_to_serve_by_the_rates_of_the_day(self):
        self._rates(
            date(2025, 1, 1),
            order_cost=10,
            line_cost=1,
            delivery_cost=20,
            return_cost=50,
            change_cost=5,
        )
        self._rates(date(2026, 4, 1), order_cost=100, delivery_cost=200, rush_cost=7)
        self.company.sop_rush_days = 5
        first = self._order(date(2026, 3, 2), (self.goods, 1), (self.goods, 2))
        first.order_line[0].product_uom_qty = 4
        picking = self._deliver(first, date(2026, 3, 5))
        self._return(picking, 1, date(2026, 3, 20))
        second = self._order(date(2026, 4, 1), (self.goods, 1), sop_requested_date=date(2026, 4, 2))
        self._deliver(second, date(2026, 4, 2))
        gone = self._order(date(2026, 3, 31), (self.goods, 1))
        gone._action_cancel()
        # 10 + 2 lines + 5 change + 20 delivery + 50 return; 100 + 7 rush + 200; 5 cancelled
        self.assertEqual(self._facts_of().cost_to_serve, 87 + 307 + 5)
        facts = self._facts_of()
        self.assertEqual((facts.deliveries, facts.returns, facts.changes), (2, 1, 2))

    def test_what_was_before_the_first_rate_costs_nothing(self):
        self._order(date(2026, 3, 2), (self.goods, 1))
        self._rates(date(2026, 3, 3), order_cost=10)
        self.assertEqual(self._facts_of().cost_to_serve, 0)

    def test_changeovers_are_charged_to_who_caused_them(self):
        self._rates(date(2025, 1, 1), changeover_cost=40)
        self.company.resource_calendar_id = self.calendar
        steel, paint = self.env["sop.family"].create(
            [{"name": "Steel", "code": "T-ST"}, {"name": "Paint", "code": "T-PN"}]
        )
        products = {}
        for family in (steel, paint):
            products[family] = self._made_product(family.name, [(self.line, 60)])
            products[family].sop_family_id = family
        other = self._customer("Other")
        for number, (family, customer) in enumerate(
            ((steel, other), (paint, self.customer), (paint, other), (steel, None)), 2
        ):
            self._make(products[family], customer, date(2026, 3, number))
        facts = self._facts_of()
        self.assertEqual((facts.changeovers, facts.cost_to_serve), (1, 40))
        self.assertEqual(self._facts_of(other).changeovers, 0)

    def _make(self, product, customer, day):
        """Make one of a product on a day, for a customer's order or for stock."""
        order = customer and self._order(day, (product, 1), customer=customer)
        with freeze_time(at(day, 8)):
            production = self.env["mrp.production"].create(
                {
                    "product_id": product.id,
                    "product_qty": 1,
                    "sale_line_id": order.order_line.id if order else False,
                }
            )
            production.action_confirm()
            production.workorder_ids.button_start()
        with freeze_time(at(day, 9)):
            production.workorder_ids.button_finish()
            production.qty_producing = 1
            production.button_mark_done()
        self.assertEqual(production.workorder_ids.state, "done")

    def test_strategic_importance(self):
        self._order(date(2026, 3, 2), (self.goods, 1))
        self.assertIsNone(self._facts_of().strategic)
        self.customer.write({"sop_strategic": 0, "sop_strategic_reason": "Leaves the market"})
        self.assertEqual(self._facts_of().strategic, 0)
        self.customer.write({"sop_strategic": 8, "sop_strategic_reason": "Reference"})
        self.assertEqual(self._facts_of().strategic, 8)

    # ------------------------------------------------------------------ protection
    def test_counts_are_not_written_by_hand(self):
        order = self._order(date(2026, 3, 2), (self.goods, 1))
        for record, vals in (
            (order, {"sop_cancelled": True}),
            (order.order_line, {"sop_changes": 3}),
        ):
            with self.subTest(record=record), self.assertRaises(AccessError):
                self.rpc(self.sales_colleague, record, "write", vals)
