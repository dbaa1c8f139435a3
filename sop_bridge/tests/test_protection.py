import json
import os
from pathlib import Path
from unittest import SkipTest

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .protection_common import ProtectionCase, day


@tagged("post_install", "-at_install")
class TestProtection(ProtectionCase):
    """Published numbers through the document, and what it says about them."""

    def test_the_example_of_littlewood(self):
        advice = self.advise()
        self.feed(advice, {self.gold: (100, 80, 20), self.standard: (60, 90, 15)}, 120)
        table = self.table(advice, "own", "together", "booking_limit")
        self.assertEqual(table["Gold"], [74.93, 74.93, 120])
        self.assertEqual(table["Standard"], [45.07, 120, 45.07])
        self.assertIn("Keep 74.9 hours of week 4 of 2031 on Coating line for Gold", advice.answer)
        self.assertIn("with 60 % probability", advice.answer)
        self.assertIn("for certain from Standard", advice.answer)

    def test_the_reference_cases(self):
        """EMSR-b of the reference data, to 0.01, fed by hand and read from the table."""
        beside = Path(__file__).resolve().parents[3] / "shared" / "data"
        source = Path(os.environ.get("SOP_DATA") or beside) / "revenue_management" / "cases.json"
        if not source.exists():
            raise SkipTest(f"the reference cases are not at {source}; set SOP_DATA")
        cases = json.loads(source.read_text())
        for case in cases["emsr"]:
            tiers = [self.gold, self.silver, self.standard]
            tiers += [
                self.env["sop.tier"].create({"name": f"T{n}", "code": f"T{n}", "rank": 90 + n})
                for n in range(len(case["fare"]) - 3)
            ]
            advice = self.advise()
            rows = zip(case["fare"], case["mean"], case["sd"], strict=True)
            self.feed(advice, dict(zip(tiers, rows, strict=True)), 1000)
            found = advice.line_ids.mapped("together")[:-1]
            for level, expected in zip(found, case["emsr_b"], strict=True):
                self.assertAlmostEqual(level, expected, delta=0.01)
        case = cases["littlewood"]
        for ratio, exact in zip(case["fare_ratio"], case["exact"], strict=True):
            advice = self.advise()
            high = (100, case["mean_high"], case["sd_high"])
            self.feed(advice, {self.gold: high, self.standard: (100 * ratio, 60)}, case["capacity"])
            limit = advice.line_ids.filtered(lambda one: one.tier_id == self.standard)
            self.assertAlmostEqual(limit.booking_limit, exact, delta=0.01)

    def test_a_minimum_is_kept_and_what_is_short_of_it_is_said(self):
        advice = self.advise()
        rows = {self.gold: (90, 70, 0, 1), self.standard: (10, 50, 0, 1)}
        self.feed(advice, rows, 100)
        self.assertEqual(
            self.table(advice, "own", "promised", "short"),
            {"Gold": [70, 70, 0], "Silver": [0, 0, 0], "Standard": [30, 50, 20]},
        )
        self.assertIn("Standard is short of its minimum service by 20 hours", advice.warning)

    def test_the_minimum_of_the_tier_is_the_default(self):
        self.standard.minimum_service = 0.25
        advice = self.advise()
        self.assertEqual(self.table(advice, "minimum")["Standard"], [0.25])
        with self.assertRaises(ValidationError):
            self.standard.minimum_service = float("nan")

    def test_a_form_shows_the_result_before_it_is_saved(self):
        advice = self.advise()
        with Form(advice) as form:
            form.capacity = 120
            with form.line_ids.edit(0) as gold:
                gold.mean, gold.deviation, gold.value = 80, 20, 100
            with form.line_ids.edit(2) as standard:
                standard.mean, standard.deviation, standard.value = 90, 15, 60
            with form.line_ids.edit(0) as gold:
                self.assertAlmostEqual(gold.own, 74.93, delta=0.01)
        self.assertEqual(self.table(advice, "own")["Gold"], [74.93])

    def test_odd_figures_are_said(self):
        advice = self.advise()
        self.assertIn("no demand on this work centre", advice.warning)
        self.assertIn("fewer than two tiers", advice.answer)
        self.feed(advice, {self.gold: (70, 30, 5), self.standard: (70, 50, 5)}, 60)
        self.assertIn("earn the same per hour", advice.answer)
        self.feed(advice, {self.standard: (-4, 50, 5)})
        self.assertIn("Keep all 60 hours", advice.answer)
        self.assertIn("no hours are left for it", advice.warning)
        self.assertEqual(self.table(advice, "booking_limit")["Standard"], [0])
        self.feed(advice, {}, 0)
        self.assertIn("no hours to share out", advice.answer)
        self.feed(advice, {self.silver: (0, 10, 0)}, 60)
        self.assertIn("Silver takes no part: nobody knows", advice.warning)

    def test_slots_for_a_tier_that_earns_nothing_stop_at_what_may_be_asked_for(self):
        advice = self.advise()
        self.feed(advice, {self.gold: (70, 10, 1), self.standard: (-4, 20, 5)}, 40)
        self.assertEqual(self.table(advice, "together", "to_make")["Gold"], [40, 12.33])

    def test_a_worse_tier_that_earns_more_is_kept_apart(self):
        advice = self.advise()
        rows = {self.gold: (50, 10, 1), self.silver: (90, 10, 1), self.standard: (20, 20, 1)}
        self.feed(advice, rows, 40)
        self.assertIn("Silver earns more per hour here than Gold", advice.warning)
        silver = advice.slot_ids.filtered(lambda one: one.tier_id == self.silver)
        self.assertEqual(set(silver.mapped("scope")), {"only"})

    @mute_logger("odoo.sql_db")
    def test_numbers_out_of_range_are_refused(self):
        advice = self.advise()
        gold = advice.line_ids[0]
        for values in ({"mean": -1}, {"deviation": -1}, {"minimum": 1.1}, {"value": 1e13}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                gold.write(values)
                gold.flush_recordset()
        for values in ({"capacity": float("inf")}, {"least_minutes": 2**40}):
            with self.assertRaises(ValidationError):
                advice.write(values)

    @mute_logger("odoo.sql_db")
    def test_periods_that_make_no_sense(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.make_advice(13, 7)
        with self.assertRaisesRegex(ValidationError, "a year long at most"):
            self.make_advice(0, 366)
        self.assertEqual(self.advise(0, 365).calendar_hours, 8 * 262)
        with self.assertRaisesRegex(UserError, "is over"):
            self.advise(-9, -3)

    def test_a_work_centre_without_hours(self):
        bare = self.make_workcenter("Bare")
        advice = self.make_advice(workcenter_id=bare.id)
        bare.resource_calendar_id = False
        with self.assertRaisesRegex(ValidationError, "has no working hours"):
            advice.action_compute()
        with self.assertRaisesRegex(ValidationError, "has no working hours"):
            self.make_advice(workcenter_id=bare.id)

    # ------------------------------------------------------------------ rights
    def test_results_and_state_are_not_written_by_hand(self):
        advice = self.advise()
        with self.assertRaises(AccessError):
            advice.write({"state": "applied"})
        for name in ("own", "to_make", "mean_computed", "value_known", "rank", "workcenter_id"):
            with self.assertRaises(AccessError):
                advice.line_ids[0].write({name: 1})
        with self.assertRaises(AccessError):
            self.make_advice(state="applied")
        with self.assertRaises(AccessError):
            advice.write({"missing_hours": 0})

    def test_tiers_and_work_centres_of_another_company_are_refused(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        tier = self.env["sop.tier"].create({"name": "T", "code": "T", "company_id": other.id})
        advice = self.advise()
        self.assertNotIn(tier, advice.line_ids.tier_id)
        with self.assertRaises(UserError):
            self.env["sop.protection.line"].create({"protection_id": advice.id, "tier_id": tier.id})
        hours = self.calendar.copy({"company_id": other.id})
        elsewhere = self.make_workcenter(
            "Elsewhere", company_id=other.id, resource_calendar_id=hours.id
        )
        with self.assertRaises(UserError):
            self.make_advice(workcenter_id=elsewhere.id)

    def test_a_work_centre_in_another_time_zone(self):
        """Its Monday begins on the Sunday of the company."""
        calendar = self.calendar.copy({"tz": "Pacific/Auckland"})
        self.line.resource_calendar_id = calendar
        advice = self.advise()
        self.feed(advice, {self.gold: (100, 30, 0), self.standard: (60, 90, 15)})
        self.assertTrue(advice.slot_ids)
        self.assertEqual(min(advice.slot_ids.mapped("date_start")).date(), day(6))

    def test_a_period_that_has_begun_counts_from_now_on(self):
        advice = self.advise(-3, 6)
        self.assertEqual(advice.calendar_hours, 40)
        self.assertEqual(self.table(advice, "mean")["Gold"], [0])
        self.assertEqual(advice.slot_ids.filtered(lambda s: s.date_start.date() < day(0)).ids, [])
