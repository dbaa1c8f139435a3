from datetime import timedelta

from odoo import Command, fields
from odoo.tests import Form, tagged

from .acceptance_common import AcceptanceCase
from .common import NOW, day


@tagged("post_install", "-at_install")
class TestVerdict(AcceptanceCase):
    def test_no_rule_no_verdict(self):
        verdict = self.judge(order := self.order((self.white, 40)))
        self.assertEqual(verdict.outcome, "none")
        self.assertEqual(self.say(verdict, order.order_line), "")

    def test_campaign_too_small_names_rule_and_numbers(self):
        self.make_rule(
            ("campaign_quantity", "<", 500),
            name="Minimum campaign",
            family_ids=self.paint.ids,
            message="Ask for the next campaign.",
        )
        order = self.order((self.white, 40))
        verdict = self.judge(order)
        self.assertEqual(verdict.outcome, "refuse")
        said = self.say(verdict, order.order_line)
        self.assertIn("Minimum campaign", said)
        self.assertIn("40 Units is below 500 Units", said)
        self.assertIn("Ask for the next campaign.", said)
        other = self.order((self.make_paint("Undercoat", self.primer), 40))
        self.assertEqual(self.judge(other).outcome, "pass")

    def test_campaign_counts_open_orders_of_the_week_and_the_rest_of_the_quotation(self):
        self.make_rule(("campaign_quantity", "<", 500))
        black = self.make_paint("Black")
        self.campaign(black, 430, 4)
        self.campaign(black, 999, 8)
        self.assertEqual(self.judge(self.order((self.white, 40))).numbers[0].figure, 470)
        order = self.order((self.white, 40), (black, 30))
        verdicts = self.env["sop.verdict"]._get_verdicts(order.order_line)
        self.assertEqual({verdict.outcome for verdict in verdicts.values()}, {"pass"})

    def test_campaign_in_the_family_unit_and_month(self):
        self.paint.write({"uom_id": self.env.ref("uom.product_uom_dozen").id, "period": "month"})
        self.make_rule(("campaign_quantity", "<", 50))
        self.campaign(self.white, 240, 14)
        order = self.order((self.white, 60))
        verdict = self.judge(order)
        self.assertEqual(verdict.numbers[0].figure, 25)
        self.assertIn("25 Dozens", self.say(verdict, order.order_line))

    def test_goods_from_stock_need_no_campaign(self):
        self.make_rule(("campaign_quantity", "<", 500))
        self.add_stock(self.white, 40)
        self.assertEqual(self.judge(self.order((self.white, 40))).outcome, "pass")
        self.assertEqual(self.judge(self.order((self.white, 41))).outcome, "refuse")

    def test_contribution_counts_discount_and_included_taxes(self):
        self.make_rule(("contribution_percent", "<", 20))
        tax = self.env["account.tax"].create(
            {"name": "25 % inside", "amount": 25, "price_include_override": "tax_included"}
        )
        line = {"product_id": self.white.id, "product_uom_qty": 40, "price_unit": 31.25}
        self.assertEqual(self.judge(self.order(dict(line, discount=20))).outcome, "pass")
        order = self.order(dict(line, discount=20, tax_ids=[Command.set(tax.ids)]))
        self.assertEqual(self.judge(order).numbers[0].figure, 0)

    def test_cost_to_serve_is_that_of_the_day(self):
        self.make_rule(("contribution_percent", "<", 100))
        self.env["sop.cost.rate"].create(
            [
                {"valid_from": day(0), "order_cost": 40, "line_cost": 10, "delivery_cost": 999},
                {"valid_from": day(1), "order_cost": 9999},
            ]
        )
        order = self.order((self.white, 40), (self.make_paint("Black"), 40))
        verdict = self.env["sop.verdict"]._get_verdicts(order.order_line)[order.order_line[0]]
        # 1,000 − 800 − 40 ÷ 2 lines − 10
        self.assertAlmostEqual(verdict.numbers[0].figure, 17)

    def test_stored_amounts_and_cost_on_the_line_do_not_deceive(self):
        self.make_rule(("contribution_percent", "<", 20), ("order_value", "<", 500))
        order = self.order({"product_id": self.white.id, "product_uom_qty": 1, "price_unit": 20})
        seller = order.order_line.with_user(self.seller)
        order.user_id = self.seller
        seller.write({"price_subtotal": 9999, "purchase_price": 0.01})
        self.assertEqual(self.judge(order).outcome, "refuse")

    def test_contribution_per_bottleneck_hour(self):
        self.make_rule(("contribution_hour", "<", 51))
        # 5 per unit, 6 minutes on the mixer each; the filler is no bottleneck
        order = self.order((self.white, 40))
        verdict = self.judge(order)
        self.assertAlmostEqual(verdict.numbers[0].figure, 50)
        self.assertIn("per hour", self.say(verdict, order.order_line))
        self.mixer.sop_is_bottleneck = False
        self.assertEqual(self.judge(order).outcome, "pass")

    def test_product_without_cost_lets_the_rule_rest_and_says_so(self):
        self.make_rule(("contribution_percent", "<", 20), name="Margin")
        self.white.standard_price = 0
        order = self.order((self.white, 40))
        verdict = self.judge(order)
        self.assertEqual(verdict.outcome, "pass")
        said = self.say(verdict, order.order_line)
        self.assertIn("Margin", said)
        self.assertIn("White has no cost", said)

    def test_changeover_share(self):
        self.env["sop.changeover"].create(
            {"workcenter_id": self.mixer.id, "to_family_id": self.paint.id, "minutes": 120}
        )
        self.make_rule(("changeover_share", ">", 20))
        order = self.order((self.white, 40))
        self.assertAlmostEqual(self.judge(order).numbers[0].figure, 50)
        self.campaign(self.white, 10, 2).button_plan()
        self.assertEqual(self.judge(order).outcome, "pass", "the family runs that week anyway")

    def test_lead_time_and_overdue(self):
        self.make_rule(("lead_days", "<", 5), ("overdue_days", ">", 30), match="any")
        self.assertEqual(self.judge(self.order((self.white, 1))).numbers[0].figure, 3)
        order = self.order((self.white, 1), sop_requested_date=False)
        self.assertEqual(self.judge(order).outcome, "pass")
        self._invoice(self.customer, NOW.date() - timedelta(days=31))
        verdict = self.judge(order)
        self.assertEqual(verdict.numbers[0].figure, 31)
        self.assertIn("31 days is above 30 days", self.say(verdict, order.order_line))

    def _invoice(self, partner, due):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": due,
                "invoice_date_due": due,
                "invoice_line_ids": [
                    Command.create({"product_id": self.white.id, "quantity": 1, "price_unit": 5})
                ],
            }
        )
        invoice.action_post()

    def test_scope(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        kind = self.env["sop.order.type"].create({"name": "Rush", "code": "RSH"})
        order = self.order((self.white, 1), customer=contact)
        for values, fits in [
            ({"tier_ids": self.gold.ids}, True),
            ({"tier_ids": self.silver.ids}, False),
            ({"partner_ids": self.customer.ids}, True),
            ({"product_ids": self.white.ids}, True),
            ({"order_type_ids": kind.ids}, False),
        ]:
            rule = self.make_rule(**values)
            self.assertEqual(self.judge(order).outcome == "refuse", fits, values)
            rule.with_user(self.admin).active = False

    def test_archived_scope_does_not_widen_the_rule(self):
        self.make_rule(family_ids=self.primer.ids)
        self.primer.active = False
        self.env.invalidate_all()
        self.assertEqual(self.judge(self.order((self.white, 1))).outcome, "pass")

    def test_validity(self):
        rule = self.make_rule(date_from=day(1), date_to=day(2), approved=False)
        self.approve(rule)
        self.assertEqual(self.judge(self.order((self.white, 1))).outcome, "pass")
        self.patch(type(self.promise), "_get_now", lambda self: NOW + timedelta(days=2))
        self.assertEqual(self.judge(self.order((self.white, 1))).outcome, "refuse")

    def test_what_is_not_judged(self):
        self.make_rule()
        service = self.make_product("Colour advice", type="service", is_storable=False)
        order = self.order((service, 1), (self.white, -1))
        order.order_line = [Command.create({"display_type": "line_note", "name": "Thanks"})]
        verdicts = self.env["sop.verdict"]._get_verdicts(order.order_line)
        self.assertEqual({verdict.outcome for verdict in verdicts.values()}, {"none"})

    # ------------------------------------------------------------------ currencies
    def _foreign(self, rate):
        currency = self.env["res.currency"].create({"name": "XFN", "symbol": "F", "rounding": 0.01})
        if rate:
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "rate": rate, "name": "2030-01-01"}
            )
        return currency

    def test_limit_in_another_currency(self):
        currency = self._foreign(2.0)
        self.make_rule(("order_value", "<", 3000, currency.id))
        line = {"product_id": self.white.id, "product_uom_qty": 1, "price_unit": 1499.99}
        self.assertAlmostEqual(self.judge(self.order(line)).numbers[0].threshold, 1500)
        self.assertEqual(self.judge(self.order(dict(line, price_unit=1500))).outcome, "pass")

    def test_currency_without_rate(self):
        currency = self._foreign(None)
        rule = self.make_rule(("order_value", "<", 3000, currency.id), name="Least value")
        self.assertIn("XFN has no exchange rate", rule.warning)
        order = self.order((self.white, 1))
        verdict = self.judge(order)
        self.assertEqual(verdict.outcome, "pass")
        self.assertIn("XFN has no exchange rate", self.say(verdict, order.order_line))

    def test_order_in_a_currency_without_rate(self):
        self.make_rule(("order_value", "<", 3000))
        pricelist = self.env["product.pricelist"].create(
            {"name": "F", "currency_id": self._foreign(None).id}
        )
        order = self.order((self.white, 1), pricelist_id=pricelist.id)
        verdict = self.judge(order)
        self.assertEqual(verdict.outcome, "pass")
        self.assertIn("XFN has no exchange rate", self.say(verdict, order.order_line))

    # ------------------------------------------------------------------ offers
    def test_three_offers_that_pass_when_applied(self):
        self.make_rule(("campaign_quantity", "<", 500), name="Minimum campaign")
        black = self.make_paint("Black", stock=60, list_price=27)
        self.campaign(black, 480, 9)
        verdicts = self.env["sop.verdict"]
        kinds = {"quantity", "next_campaign", "product"}
        for kind in kinds:
            order = self.order((self.white, 40))
            order.order_line.write({"price_unit": 24.5, "discount": 10})
            offers = self.offers(self.judge(order))
            self.assertEqual(set(offers), kinds)
            offer = offers[kind]
            before = order.amount_untaxed
            self.assertTrue(verdicts._explain_offer(offer, order.order_line))
            self.assertEqual(verdicts._get_offer_json(offer, order.order_line)["kind"], kind)
            order.user_id = self.seller
            verdicts._apply_offer(offer, order.order_line.with_user(self.seller))
            self.assertEqual(self.judge(order).outcome, "pass", kind)
            self.assertAlmostEqual(order.amount_untaxed - before, offer.money, 2)
            if kind == "quantity":
                self.assertEqual(order.order_line.product_uom_qty, 500)
                self.assertEqual(order.order_line.discount, 10)
            elif kind == "next_campaign":
                self.assertEqual(order.sop_requested_date, day(9))
            else:
                self.assertEqual(order.order_line.product_id, black)
                self.assertEqual(order.order_line.price_unit, 27)

    def test_price_offer_reaches_the_margin_in_the_order_currency(self):
        self.make_rule(("contribution_percent", "<", 30))
        pricelist = self.env["product.pricelist"].create(
            {"name": "F", "currency_id": self._foreign(2.0).id}
        )
        order = self.order((self.white, 3), pricelist_id=pricelist.id)
        self.assertEqual(order.order_line.price_unit, 50)
        offer = self.offers(self.judge(order))["price"]
        self.assertEqual(offer.price, 57.14 if 3 * 57.14 >= 120 / 0.7 else 57.15)
        self.env["sop.verdict"]._apply_offer(offer, order.order_line)
        self.assertEqual(self.judge(order).outcome, "pass")

    def test_later_date(self):
        self.make_rule(("lead_days", "<", 5))
        order = self.order((self.white, 1))
        offer = self.offers(self.judge(order))["later"]
        self.assertEqual((offer.date, offer.days), (day(5), 2))
        self.env["sop.verdict"]._apply_offer(offer, order.order_line)
        self.assertEqual(self.judge(order).outcome, "pass")

    def test_other_product_follows_the_pricelist(self):
        self.make_rule(("contribution_percent", "<", 30))
        cheap = self.make_paint("Cheap", stock=100, list_price=25, standard_price=10)
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Volume",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "1_product",
                            "product_tmpl_id": cheap.product_tmpl_id.id,
                            "compute_price": "fixed",
                            "fixed_price": 19,
                            "min_quantity": 10,
                        }
                    )
                ],
            }
        )
        order = self.order((self.white, 40), pricelist_id=pricelist.id)
        offer = self.offers(self.judge(order))["product"]
        self.assertEqual((offer.product, offer.price), (cheap.id, 19))
        self.env["sop.verdict"]._apply_offer(offer, order.order_line)
        self.assertEqual(self.judge(order).outcome, "pass")

    # ------------------------------------------------------------------ where it is asked
    def test_new_lines_in_a_form(self):
        self.make_rule(("campaign_quantity", "<", 500))
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.white
                line.product_uom_qty = 40
        new = self.env["sale.order"].new(
            {
                "partner_id": self.customer.id,
                "sop_requested_date": day(3),
                "order_line": [
                    Command.create({"product_id": self.white.id, "product_uom_qty": 40})
                ],
            }
        )
        verdict = self.judge(new)
        self.assertEqual((verdict.outcome, verdict.numbers[0].figure), ("refuse", 40))
        self.assertEqual(self.offers(verdict)["quantity"].quantity, 500)

    def test_confirmed_lines_count_their_own_day_and_not_their_own_goods_twice(self):
        self.make_rule(("campaign_quantity", "<", 500))
        order = self.order((self.white, 40))
        order.action_confirm()
        self.campaign(self.white, 100, 3)
        verdict = self.judge(order)
        self.assertEqual((verdict.outcome, verdict.numbers[0].figure), ("refuse", 140))
        self.assertFalse(verdict.offers)

    def test_seller_without_other_rights_gets_the_same_verdict(self):
        self.make_rule(("campaign_quantity", "<", 500), ("contribution_hour", "<", 90))
        self.campaign(self.make_paint("Black"), 480, 9)
        order = self.order((self.white, 40), user_id=self.seller.id)
        self.env.invalidate_all()
        lines = order.order_line.with_user(self.seller)
        verdict = lines.env["sop.verdict"]._get_verdicts(lines)[lines]
        self.assertEqual(verdict.outcome, "refuse")
        self.assertTrue(lines.env["sop.verdict"]._explain(verdict, lines))

    def test_queries_do_not_grow_with_the_lines(self):
        self.make_rule(
            ("campaign_quantity", "<", 9999),
            ("contribution_hour", "<", 90),
            ("changeover_share", ">", 200),
            match="any",
        )
        products = [self.make_paint(f"Paint {number}", stock=number) for number in range(20)]
        counts = []
        for number in (2, 20):
            order = self.order(*((product, 30) for product in products[:number]))
            promises = order._sop_promises()
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.cr.execute("SELECT 1")
            before = self.env.cr.sql_log_count
            verdicts = self.env["sop.verdict"]._get_verdicts(order.order_line, promises)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual({verdict.outcome for verdict in verdicts.values()}, {"refuse"})
            self.assertTrue(all(verdict.offers for verdict in verdicts.values()))
        self.assertLessEqual(counts[1], counts[0] + 3, counts)

    def test_today_is_a_day_of_the_company(self):
        self.make_rule(("lead_days", "<", 5))
        self.calendar.tz = "Pacific/Auckland"
        self.patch(type(self.promise), "_get_now", lambda self: NOW + timedelta(hours=8))
        order = self.order((self.white, 1))
        self.assertEqual(self.judge(order).numbers[0].figure, 2, "there it is Tuesday already")
        self.assertEqual(fields.Date.to_string(day(0)), "2031-01-13")
