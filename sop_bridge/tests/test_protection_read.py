from odoo.tests import tagged

from .protection_common import ProtectionCase, day, moment


@tagged("post_install", "-at_install")
class TestProtectionRead(ProtectionCase):
    """What is read: demand per tier, contribution per hour, hours of the period."""

    def test_demand_is_what_was_wanted_in_past_weeks(self):
        for number, quantity in ((-4, 6), (-12, 10), (-19, 8)):
            self.make_past(self.gold, number, quantity)
        self.make_past(self.standard, -5, 4)
        self.make_past(self.standard, 2, 40)  # this week is not over
        advice = self.advise()
        self.assertEqual(advice.periods_read, 3, "the fourth week had no demand at all")
        table = self.table(advice, "mean", "deviation", "periods")
        self.assertEqual(table["Gold"], [8, 2, 3])
        self.assertEqual(table["Standard"], [1.33, 2.31, 3])
        self.assertEqual(table["Silver"], [0, 0, 3])

    def test_two_weeks_have_twice_the_mean_and_root_two_the_spread(self):
        for number, quantity in ((-4, 6), (-12, 10), (-19, 8)):
            self.make_past(self.gold, number, quantity)
        self.assertEqual(self.table(self.advise(7, 20), "mean", "deviation")["Gold"], [16, 2.83])

    def test_one_week_of_history_has_no_spread(self):
        self.make_past(self.gold, -4, 6)
        advice = self.advise()
        self.assertEqual(self.table(advice, "mean", "deviation")["Gold"], [6, 0])
        self.assertIn("one week or month only", advice.warning)

    def test_months(self):
        for number, quantity in ((-20, 6), (-50, 10)):
            self.make_past(self.gold, number, quantity)
        advice = self.advise(7, 37, bucket="month")
        (gold,) = advice.line_ids.filtered(lambda one: one.tier_id == self.gold)
        self.assertEqual(advice.periods_read, 2)
        self.assertAlmostEqual(gold.mean, 8 * 31 / (365.25 / 12), 2)

    def test_units_of_the_order_are_those_of_the_bill(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.make_past(self.gold, -4, 1, price=1200, uom=dozen)
        advice = self.advise()
        self.assertEqual(self.table(advice, "mean", "value")["Gold"], [12, 60])

    def test_lost_demand_counts_as_chosen(self):
        self.make_past(self.gold, -4, 6)
        lost = self.make_past(self.gold, -5, 3, confirm=False)
        lost.action_cancel()
        cancelled = self.make_past(self.gold, -5, 20)
        cancelled.with_context(disable_cancel_warning=True).action_cancel()

        def mean(choice):
            return self.table(self.advise(lost=choice), "mean")["Gold"]

        self.assertEqual(mean("refused"), [6])
        self.assertEqual(mean("none"), [6])
        self.assertEqual(mean("all"), [9])
        self._refuse(lost)
        self.assertEqual(mean("refused"), [9])
        self.assertEqual(mean("none"), [6])

    def _refuse(self, order):
        """Let a rule have refused the order before it was cancelled."""
        rule = self.env["sop.acceptance.rule"].create(
            {"name": "Too small", "result": "refuse", "company_id": self.company.id}
        )
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO sop_acceptance_log
               (rule_id, order_line_id, order_id, company_id, date, fired, result, outcome)
               VALUES (%s, %s, %s, %s, now(), true, 'refuse', 'lost')""",
            [rule.id, order.order_line.id, order.id, self.company.id],
        )

    def test_an_order_without_a_tier_counts_for_the_one_its_customer_has_now(self):
        order = self.make_past(None, -4, 5)
        self.assertFalse(order.sop_tier_id)
        self.assertEqual(self.table(self.advise(), "mean")["Silver"], [0])
        order.partner_id.sop_tier_id = self.silver
        self.assertEqual(self.table(self.advise(), "mean")["Silver"], [5])

    def test_only_what_was_made_to_order(self):
        order = self.make_past(self.gold, -4, 6)
        self.make_past(self.gold, -5, 20)
        self.cancel_productions()
        production = self.make_production(self.cabinet, 2)
        production.sop_line_id = order.order_line
        self.assertEqual(self.table(self.advise(basis="made"), "mean")["Gold"], [2])
        self.assertEqual(self.table(self.advise(), "mean")["Gold"], [26])

    def test_open_orders_and_quotations_by_their_probability(self):
        for number, quantity in ((-4, 6), (-12, 10), (-19, 8)):
            self.make_past(self.gold, number, quantity)
        self.make_past(self.gold, 8, 7)
        self.make_past(self.gold, 30, 50)
        self.make_past(self.gold, 9, 6, confirm=False)
        lead = self.env["crm.lead"].create({"name": "Chance", "type": "opportunity"})
        lead.probability = 20
        self.make_past(self.gold, 10, 10, confirm=False, opportunity_id=lead.id)
        self.make_past(self.gold, 10, 90, confirm=False, validity_date=day(-1))
        advice = self.advise(source="open")
        table = self.table(advice, "mean", "deviation", "mean_history", "mean_open")
        self.assertEqual(table["Gold"], [12, 3, 8, 12])
        advice.quotation_percent = 100
        advice.action_compute()
        self.assertEqual(self.table(advice, "mean")["Gold"], [15])

    # ------------------------------------------------------------------ by hand
    def test_figures_by_hand_stay_and_can_be_taken_back(self):
        self.make_past(self.gold, -4, 6)
        advice = self.advise()
        gold = advice.line_ids[0]
        gold.mean = 30
        self.assertTrue(gold.by_hand)
        self.make_past(self.gold, -4, 4)
        advice.action_compute()
        self.assertEqual((gold.mean, gold.mean_computed), (30, 10))
        gold.action_reset()
        self.assertEqual(gold.mean, 10)
        advice.capacity = 12
        advice.action_compute()
        self.assertEqual((advice.capacity, advice.capacity_computed), (12, 40))
        advice.action_recapacity()
        self.assertEqual(advice.capacity, 40)

    def test_by_hand_takes_nothing_from_the_history(self):
        self.make_past(self.gold, -4, 6)
        advice = self.advise(source="hand")
        table = self.table(advice, "mean", "mean_computed", "value")
        self.assertEqual(table["Gold"], [0, 6, 60])

    # ------------------------------------------------------------------ contribution
    def test_contribution_is_per_hour_of_the_work_centre(self):
        self.make_past(self.gold, -4, 6)
        self.make_past(self.gold, -4, 2, price=80)
        self.make_past(self.standard, -4, 5, price=30)
        table = self.table(self.advise(), "value")
        self.assertEqual(table, {"Gold": [55], "Silver": [0], "Standard": [-10]})

    def test_contribution_knows_the_cost_to_serve_and_goods_without_cost(self):
        self.env["sop.cost.rate"].create(
            {"company_id": self.company.id, "valid_from": day(-400), "order_cost": 12}
        )
        self.make_past(self.gold, -4, 6)
        self.assertEqual(self.table(self.advise(), "value")["Gold"], [58])
        self.cabinet.standard_price = 0
        self.make_past(self.gold, -4, 6)
        advice = self.advise()
        self.assertEqual(self.table(advice, "value")["Gold"], [58])
        self.assertIn("1 order lines have no cost", advice.warning)

    def test_contribution_in_another_currency(self):
        foreign = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        )
        foreign.active = True
        foreign.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": day(-400),
                "rate": 2,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self.make_past(self.gold, -4, 6, confirm=False, pricelist_id=pricelist.id)
        order.order_line.price_unit = 200
        order.action_confirm()
        self.assertEqual(self.table(self.advise(), "value")["Gold"], [60])

    # ------------------------------------------------------------------ hours
    def test_hours_are_the_calendar_less_time_off_and_orders_for_stock(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": moment(8, 0),
                "date_to": moment(9, 0),
            }
        )
        self.make_production(self.cabinet, 5, moment(9, 8)).button_plan()
        order = self.make_past(self.gold, 10, 3)
        self.cancel_productions_of(order)
        mine = self.make_production(self.cabinet, 3, moment(10, 8))
        mine.sop_line_id = order.order_line
        mine.button_plan()
        advice = self.advise()
        self.assertEqual([advice.calendar_hours, advice.other_hours, advice.capacity], [32, 5, 27])
        self.assertEqual(self.table(advice, "booked_hours")["Gold"], [3])

    def cancel_productions_of(self, order):
        self.env["mrp.production"].search(
            [("sop_line_id", "in", order.order_line.ids)]
        ).action_cancel()

    def test_queries_do_not_grow_with_orders(self):
        for number in range(2):
            self.make_past(self.gold, -4 - number, 2)
        advice = self.make_advice()

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            advice.action_compute()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(20):
            self.make_past(self.gold, -4 - number % 10, 2)
        self.assertLessEqual(count(), few + 5)
