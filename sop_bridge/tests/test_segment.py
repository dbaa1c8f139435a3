"""The tab "Segment" of a customer: what it shows, what it says, and to whom."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..core.lift import Lift
from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
class TestSegmentCustomer(SegmentCase):
    def test_score_and_points(self):
        self._buy(8)
        self._buy(2, self.small)
        self.runs._run(self.card)
        content = self._see()
        self.assertEqual((content["state"], content["tier"]["name"]), ("scored", "Silver"))
        score = content["score"]
        self.assertAlmostEqual(score["value"], 61.25)
        self.assertEqual((score["next"]["name"], score["border"]), ("Gold", 70))
        self.assertIn("Silver", score["reason"])
        rows = {row["code"]: row for row in content["measures"]}
        self.assertEqual(list(rows), ["net_sales", "frequency", "overdue"])
        self.assertAlmostEqual(rows["net_sales"]["points"], 80)
        self.assertEqual(rows["net_sales"]["figure"], "$\xa0800")
        self.assertEqual(
            [(row["below"], row["weight"]) for row in rows.values()],
            [(False, "50"), (True, "30"), (False, "20")],
        )
        self.assertEqual(rows["overdue"]["figure"], "0 days")

    def test_what_would_lift(self):
        self._buy(8)
        self._buy(2, self.small)
        self.runs._run(self.card)
        lift = self._see()["lift"]
        self.assertTrue(lift["alone"])
        texts = {option["code"]: option["text"] for option in lift["options"]}
        # 8.75 points short of 70: sales of 975 bring 17.5 × 50 %, 8 orders a year 29.2 × 30 %
        self.assertEqual(
            texts,
            {
                "net_sales": "$\xa0175 more net sales in 12 months: $\xa0975 instead of $\xa0800",
                "frequency": "7 more orders in 12 months",
            },
        )
        # and doing what it says is enough
        self._buy(1.75)
        self.card.sudo().invalidate_recordset()
        definition = self.card._get_definition()
        facts = self._facts_of()
        self.assertEqual(facts.net_sales, 975)
        self.assertGreaterEqual(definition.criteria[0].scale.points(975), 97.5)

    def test_nothing_above_the_best_tier(self):
        for month in (1, 2, 3, 4, 5, 6):
            self._buy(4, day=date(2026, month, 5))
        self.runs._run(self.card)
        content = self._see()
        self.assertEqual(content["tier"]["name"], "Gold")
        self.assertFalse(content["score"]["next"])
        self.assertEqual(content["lift"]["options"], [])
        self.assertIn("best tier, Gold", content["lift"]["message"])

    def test_without_orders(self):
        self._buy(8)
        self.small.customer_rank = 1
        self.runs._run(self.card)
        content = self._see(self.small)
        self.assertIs(content["score"]["value"], False)
        self.assertIn("next order", content["lift"]["message"])

    def test_history_has_the_borders_of_its_time(self):
        self._two_runs()
        history = self._see()["history"]
        self.assertEqual(history["tiers"], ["Silver", "Gold"])
        self.assertEqual([round(score, 2) for score in history["scores"]], [61.25, 72.5])
        self.assertEqual(
            {border["name"]: border["scores"] for border in history["borders"]},
            {"Gold": [70, 70], "Silver": [40, 40]},
        )

    def test_history_of_two_scorecards_on_a_day(self):
        self._buy(8)
        self.runs._run(self.card)
        borders = [self.border(self.gold, 90), self.border(self.silver, 40)]
        self.runs._run(self.activate(self.make_card(border_ids=borders)))
        gold = self._see()["history"]["borders"][0]
        self.assertEqual((gold["name"], gold["scores"]), ("Gold", [70, 90]))

    def test_place_on_the_whale_curve(self):
        self._buy(8)
        self._buy(2, self.small)
        self.runs._run(self.card)
        whale = self._see(self.small)["whale"]
        self.assertEqual(whale["me"], {"x": 2, "y": 100})
        self.assertEqual(whale["points"][:3], [{"x": 0, "y": 0}, {"x": 1, "y": 80}, whale["me"]])
        self.assertIn("Place 2 of", whale["text"])
        self.assertEqual(whale["contribution"], "$\xa080.00")

    def test_whale_curve_of_a_loss_is_not_defined(self):
        self._rates(date(2020, 1, 1), order_cost=5000)
        self._buy(8)
        self.runs._run(self.card)
        whale = self._see()["whale"]
        self.assertFalse(whale["defined"])
        self.assertIn("not defined", whale["text"])
        self.assertFalse(self._page()["whale"]["defined"])
        shares = {
            column["share"] for tier in self._page()["tiers"] for column in tier["columns"][2:]
        }
        self.assertEqual(shares, {False})

    def test_contact_and_unscored(self):
        contact = self._customer("Ada", parent_id=self.customer.id, is_company=False)
        content = self._see(contact)
        self.assertEqual(content["state"], "contact")
        self.assertIn("Azur Marine", content["message"])
        self.assertEqual(self._see()["state"], "not_scored")
        self.card._approval_write({"date_superseded": "2026-06-01 00:00:00"})
        self.card.flush_recordset()
        self.assertEqual(self._see()["state"], "no_scorecard")

    def test_agreement_and_override(self):
        self.gold.write({"note": "A slot", "they_owe": "A forecast", "lead_days": 9})
        override = (
            self.env["sop.tier.override"]
            .with_user(self.sales)
            .create(
                {
                    "partner_id": self.customer.id,
                    "tier_id": self.gold.id,
                    "reason": "Reference",
                    "date_to": date(2026, 12, 31),
                }
            )
        )
        override.action_ask()
        shown = self._see()["override"]
        self.assertEqual((shown["pending"], shown["until"]), (True, "12/31/2026"))
        override.with_user(self.sales_approver).action_approve()
        override.with_user(self.production_approver).action_approve()
        content = self._see()
        self.assertFalse(content["override"]["pending"])
        self.assertEqual(
            content["agreement"],
            {"days": "Delivery within 9 days", "note": "A slot", "they_owe": "A forecast"},
        )

    def test_who_may_see_it(self):
        self._buy(8)
        self.runs._run(self.card)
        self.assertEqual(self._see(user=self.planner)["state"], "scored")
        self.assertFalse(self._see(user=self.planner)["may_ask"])
        for group in ("base.group_portal", "base.group_user"):
            user = new_test_user(self.env, login=f"seg_{group[11:]}", groups=group)
            with self.assertRaises(AccessError):
                self._see(user=user)
            with self.assertRaises(AccessError):
                self._page(user=user)
            with self.assertRaises(AccessError):
                self.env["sop.family.sales"].with_user(user).search([])

    def test_other_company_sees_its_own(self):
        self._buy(8)
        run = self.runs._run(self.card)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.sales.company_ids = [Command.link(other.id)]
        segment = self.env["sop.segment.analysis"].with_user(self.sales).with_company(other)
        segment = segment.with_context(allowed_company_ids=other.ids)
        self.assertEqual(segment.get_customer(self.customer.id)["state"], "no_scorecard")
        self.assertFalse(segment.get_content(run.id)["run"])
        with self.assertRaises(AccessError):
            segment.open_best(run.id, 1)


@tagged("post_install", "-at_install")
class TestSegmentSentences(SegmentCase):
    def _say(self, code, before, after, months=12):
        label, measure = self.env["sop.measure"]._get_measures()[code]
        advice = Lift(code, before, after, 1.0, 0.1, True)
        currency = self.company.currency_id
        return self.env["sop.segment"]._say_lift(advice, label, measure, currency, months)

    def test_one_day_is_one_as_it_is_shown(self):
        say = self.env["sop.segment"]._say_figure
        self.assertEqual(
            [say("days", days, None) for days in (1, 1.05, 2)], ["1 day"] * 2 + ["2 days"]
        )

    def test_every_measure_has_a_sentence(self):
        for code, (_label, measure) in self.env["sop.measure"]._get_measures().items():
            figures = (2, 7) if measure.higher_is_better else (7, 2)
            with self.subTest(code):
                self.assertRegex(self._say(code, *figures), r"7|5|60")

    def test_rounded_so_that_it_suffices(self):
        self.assertIn("at most 6 days ago instead of 20 days", self._say("recency", 20.2, 6.9))
        self.assertIn("At most 4.4 % of the goods", self._say("returned", 9, 4.49))
        self.assertEqual(self._say("frequency", 1, 5), "4 more orders a month")
        self.assertEqual(self._say("frequency", 1, 1.01), "One more order in 12 months")
        self.assertEqual(self._say("frequency", 1, 2), "One more order a month")
        self.assertIn("$\xa0935 instead", self._say("net_sales", 800, 934.0001))
