"""Rules for recurring slots: what they make, what they leave, what they say beforehand."""

from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import NOW, day, moment
from .slot_common import SlotCase


@tagged("post_install", "-at_install")
class TestSlotRule(SlotCase):
    def days(self, rule):
        """Numbers of the days on which the rule has slots, used or not."""
        return [(slot.date_start.date() - day(0)).days for slot in rule.slot_ids.sorted()]

    def generate(self, rule, user=None):
        """Make the slots of a rule, as if they were made at NOW."""
        before = rule.slot_ids
        result = self.rpc(user or self.planner, rule, "action_generate")
        self.age(rule.slot_ids - before, 0)
        return result

    # ------------------------------------------------------------------ making
    def test_makes_slots_from_the_fence_to_the_horizon(self):
        rule = self.make_rule()
        self.generate(rule)
        # the first week is inside the release fence; four weeks end with day 28
        self.assertEqual(self.days(rule), [8, 10, 15, 17, 22, 24])
        slot = rule.slot_ids.sorted()[0]
        self.assertEqual((slot.date_start, slot.date_stop), (moment(8, 8), moment(8, 12)))
        self.assertEqual((slot.tier_id, slot.rule_day, slot.minutes), (self.gold, day(8), 240))
        self.assertTrue(slot.leave_id)

    def test_preview_says_what_is_made_and_what_cannot_be(self):
        self.calendar.leave_ids = [
            Command.create(
                {"name": "Holiday", "date_from": moment(10, 0), "date_to": moment(11, 0)}
            )
        ]
        other = self.keep(15, 10, 14, self.silver)
        rule = self.make_rule(("tue", "thu", "sat"))
        judged = {(one.day - day(0)).days: one.state for one in rule._get_plan(NOW).judged[:8]}
        wanted = {1: "late", 3: "late", 5: "no_hours", 8: "made", 10: "holiday", 12: "no_hours"}
        self.assertEqual(judged, wanted | {15: "overlaps", 17: "made"})
        self.assertIn("time off", rule.preview)
        self.assertIn(f"overlaps {other.display_name}", rule.preview)
        self.assertIn("both departments decide", rule.preview)
        self.assertRegex(rule.summary, r"new: 4; cannot be made: 8")

    def test_preview_follows_the_form_before_it_is_saved(self):
        with Form(self.env["sop.slot.rule"].with_user(self.planner)) as form:
            form.workcenter_id = self.line
            form.tier_id = self.gold
            self.assertIn("Choose at least one day", form.summary)
            form.tue = True
            self.assertIn("new: 3", form.summary)
            form.every = 2
            self.assertIn("new: 1", form.summary)
        self.generate(form.record)
        with Form(form.record.with_user(self.planner)) as form:
            self.assertIn("unchanged: 1", form.summary)
            form.hour_to = 11
            self.assertIn("new: 1; removed: 1", form.summary)
            self.assertIn("8:00–11:00", form.name)

    def test_times_of_the_rule(self):
        for values, wanted in (
            ({"date_to": day(16), "ending": "until"}, [8, 10, 15]),
            ({"count": 3, "ending": "count"}, [8]),
            ({"every": 2}, [15, 17]),
            ({"excluded_ids": [Command.create({"day": day(10)})]}, [8, 15, 17, 22, 24]),
            ({"date_from": day(9)}, [10, 15, 17, 22, 24]),
        ):
            with self.subTest(values):
                rule = self.make_rule(**values)
                self.generate(rule)
                self.assertEqual(self.days(rule), wanted)
                rule.slot_ids.unlink()

    def test_night_shift_over_the_change_of_the_clock(self):
        zone = "Europe/Paris"
        nights = self.make_calendar(zone, hours=((0, 6), (22, 24)))
        nights.attendance_ids = [
            Command.create(
                {"name": f"{weekday} {start}", "dayofweek": weekday, "hour_from": start,
                 "hour_to": stop, "day_period": "morning"}
            )
            for weekday in "56"
            for start, stop in ((0, 6), (22, 24))
        ]  # fmt: skip
        workcenter = self.make_workcenter("Nights", resource_calendar_id=nights.id)
        self.at(datetime(2031, 3, 10, 6))
        rule = self.make_rule(
            ("sat",), workcenter_id=workcenter.id, hour_from=22, hour_to=6,
            date_from=date(2031, 3, 10),
        )  # fmt: skip
        self.generate(rule)
        found = [(s.date_start, s.date_stop, s.minutes) for s in rule.slot_ids.sorted()]
        self.assertEqual(
            found,
            [
                (datetime(2031, 3, 22, 21), datetime(2031, 3, 23, 5), 480),
                # the clock jumps from 2 to 3
                (datetime(2031, 3, 29, 21), datetime(2031, 3, 30, 4), 420),
                (datetime(2031, 4, 5, 20), datetime(2031, 4, 6, 4), 480),
            ],
        )

    def test_job_makes_what_is_missing_and_nothing_twice(self):
        rule = self.make_rule()
        self.run_job("sop.slot.rule", "_cron_generate")
        made = rule.slot_ids
        self.assertEqual(len(made), 6)
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual(rule.slot_ids, made)
        self.at(NOW + timedelta(days=7))
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual(self.days(rule), [8, 10, 15, 17, 22, 24, 29, 31])

    def test_what_people_removed_or_moved_is_not_made_again(self):
        rule = self.make_rule()
        self.generate(rule)
        first, second, third, *_others = rule.slot_ids.sorted()
        self.rpc(self.planner, first, "unlink")
        self.rpc(self.planner, second, "write", {"active": False})
        self.rpc(self.planner, third, "write", {"date_stop": moment(15, 11)})
        self.assertEqual(rule.excluded_ids.day, day(8))
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual(self.days(rule), [15, 17, 22, 24])
        self.assertEqual(third.date_stop, moment(15, 11))

    # ------------------------------------------------------------------ changing
    def test_a_change_waits_until_it_is_applied_and_keeps_what_is_used(self):
        rule = self.make_rule()
        self.generate(rule)
        used = rule.slot_ids.sorted()[0]
        self.book(used)
        self.rpc(self.planner, rule, "write", {"hour_from": 9, "hour_to": 13})
        self.assertTrue(rule.changed)
        self.assertRegex(rule.summary, "new: 5; kept because orders use them: 1; removed: 5")
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual(set(rule.slot_ids.mapped(lambda s: s.date_start.hour)), {8})
        self.generate(rule)
        self.assertFalse(rule.changed)
        self.assertEqual(used.date_start.hour, 8)
        self.assertEqual(set((rule.slot_ids - used).mapped(lambda s: s.date_start.hour)), {9})
        self.assertEqual(len(rule.slot_ids), 6)
        before = rule.slot_ids
        self.generate(rule)
        self.assertEqual(rule.slot_ids, before, "done again, nothing changes")

    def test_another_owner_takes_unused_slots_only(self):
        rule = self.make_rule()
        self.generate(rule)
        used = rule.slot_ids.sorted()[1]
        self.book(used)
        self.rpc(self.planner, rule, "write", {"tier_id": self.silver.id})
        self.generate(rule)
        self.assertEqual(used.tier_id, self.gold)
        self.assertEqual((rule.slot_ids - used).tier_id, self.silver)
        self.assertEqual(len(rule.slot_ids), 6)

    def test_old_slots_go_only_when_both_departments_agree(self):
        rule = self.make_rule()
        self.generate(rule)
        slots = rule.slot_ids
        self.age(slots)
        self.rpc(self.planner, rule, "write", {"hour_to": 11})
        self.assertIn("removed when both departments agree: 6", rule.summary)
        action = self.generate(rule)
        self.assertEqual(action["res_model"], "sop.slot.request")
        self.assertEqual(rule.slot_ids, slots)
        request = self.env["sop.slot.request"].search([("rule_id", "=", rule.id)])
        self.assertEqual((request.kind, request.state), ("withdraw", "pending"))
        self.generate(rule)
        self.assertEqual(self.env["sop.slot.request"].search_count([("rule_id", "=", rule.id)]), 1)
        self.rpc(self.sales_boss, request, "action_approve")
        with self.assertRaises(AccessError):
            self.rpc(self.planner, request, "action_approve")
        self.rpc(self.production_boss, request, "action_approve")
        self.assertEqual(set(rule.slot_ids.mapped("minutes")), {180})
        self.assertEqual(len(rule.slot_ids), 6)

    def test_archiving_removes_unused_slots_to_come_only(self):
        rule = self.make_rule()
        self.generate(rule)
        used = rule.slot_ids.sorted()[2]
        self.book(used)
        old = rule.slot_ids.sorted()[3]
        self.age(old)
        self.rpc(self.planner, rule, "write", {"active": False})
        self.assertEqual(rule.slot_ids, used | old)
        request = self.env["sop.slot.request"].search([("rule_id", "=", rule.id)])
        self.assertEqual((request.slot_ids, request.state), (old, "pending"))
        with self.assertRaisesRegex(UserError, "Archive it"):
            rule.unlink()

    # ------------------------------------------------------------------ rules that make none
    def test_a_rule_that_cannot_make_slots_says_why_and_does_not_stop_others(self):
        partner = self.make_customer(name="Moved away")
        other = self.env["res.company"].create({"name": "Other"})
        bad = self.make_rule(tier_id=False, partner_id=partner.id)
        workcenter = self.make_workcenter("Later line")
        good = self.make_rule(workcenter_id=workcenter.id)
        bad.workcenter_id.company_id = self.company
        partner.company_id = other
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual((len(bad.slot_ids), len(good.slot_ids)), (0, 6))
        self.assertIn("Moved away", bad.problem)
        self.assertFalse(good.problem)
        told = bad.message_ids.filtered(lambda message: "Moved away" in message.body)
        self.run_job("sop.slot.rule", "_cron_generate")
        again = bad.message_ids.filtered(lambda message: "Moved away" in message.body)
        self.assertEqual((len(told), again), (1, told), "told once")
        partner.company_id = False
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual((len(bad.slot_ids), bad.problem), (6, False))

    def test_archived_work_centre_gets_no_slots(self):
        rule = self.make_rule()
        self.line.active = False
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertFalse(rule.slot_ids)
        self.assertIn("Line is archived", rule.problem)
        self.assertIn("Line is archived", rule.summary)
        with self.assertRaisesRegex(UserError, "Restore the work centre"):
            self.generate(rule)
        self.line.active = True
        self.generate(rule)
        self.assertEqual((len(rule.slot_ids), rule.problem), (6, False))

    def test_work_centre_without_hours_keeps_what_was_made(self):
        rule = self.make_rule()
        self.generate(rule)
        self.line.resource_calendar_id = False
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual(len(rule.slot_ids), 6)
        self.assertIn("no working hours", rule.problem)

    def test_the_tier_of_a_rule_is_in_use_and_is_replaced(self):
        tier = self.env["sop.tier"].create({"name": "Bronze", "code": "BRZ", "rank": 9})
        rule = self.make_rule(tier_id=tier.id)
        with self.assertRaisesRegex(UserError, "slot rules: 1"):
            tier.active = False
        self.generate(rule)
        archived = self.make_rule(tier_id=tier.id, hour_from=14, hour_to=16, active=False)
        made = rule.slot_ids
        tier._replace(self.standard)
        self.assertEqual((rule | archived).tier_id, self.standard)
        self.assertFalse(rule.changed)
        self.company.sop_slot_weeks = 5
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual(rule.slot_ids & made, made)
        self.assertEqual((len(rule.slot_ids), rule.slot_ids.tier_id), (8, self.standard))

    def test_tier_of_a_rule_stays_in_the_companies_of_the_rule(self):
        other = self.env["res.company"].create({"name": "Other"})
        tier = self.env["sop.tier"].create({"name": "Bronze", "code": "BRZ", "rank": 9})
        self.line.company_id = self.company
        self.make_rule(tier_id=tier.id)
        with self.assertRaisesRegex(UserError, "leave its company empty"):
            tier.company_id = other

    def test_work_centre_with_rules_or_slots_of_a_companys_tier_stays_in_it(self):
        other = self.env["res.company"].create({"name": "Other"})
        tier = self.env["sop.tier"].create(
            {"name": "Ours", "code": "O", "rank": 9, "company_id": self.company.id}
        )
        self.calendar.company_id = False
        self.line.company_id = self.company
        for make in (
            lambda: self.make_rule(tier_id=tier.id),
            lambda: self.keep(8, tier=tier),
        ):
            made = make()
            with self.subTest(made), self.assertRaises(UserError), self.cr.savepoint():
                self.line.company_id = other
            made.unlink()
        self.line.company_id = other

    def test_a_moved_clock_waits_until_it_is_applied(self):
        rule = self.make_rule()
        self.run_job("sop.slot.rule", "_cron_generate")
        made = rule.slot_ids
        for zone in ("Europe/Paris", "Asia/Tokyo"):
            with self.subTest(zone):
                rule._store({"changed": False})
                self.calendar.tz = zone
                self.run_job("sop.slot.rule", "_cron_generate")
                self.assertEqual((rule.slot_ids, rule.changed), (made, True))
        self.calendar.tz = "Europe/Paris"
        self.age(made, 0)
        self.generate(rule)
        self.assertFalse(rule.changed)
        self.assertEqual(set(rule.slot_ids.mapped(lambda slot: slot.date_start.hour)), {7})
        self.assertEqual(len(rule.slot_ids), 6)

    def test_new_time_off_leaves_the_rule_going(self):
        rule = self.make_rule()
        self.generate(rule)
        made = rule.slot_ids
        self.calendar.leave_ids = [
            Command.create(
                {"name": "Holiday", "date_from": moment(10, 0), "date_to": moment(11, 0)}
            )
        ]
        self.company.sop_slot_weeks = 5
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertEqual((rule.slot_ids & made, len(rule.slot_ids)), (made, 8))
        self.assertFalse(rule.changed)

    def test_days_that_are_excluded_one_by_one_change_the_rule(self):
        rule, days = self.make_rule(), self.env["sop.slot.rule.day"]
        self.generate(rule)
        excluded = self.rpc(self.planner, days, "create", {"rule_id": rule.id, "day": day(10)})
        self.assertTrue(rule.changed)
        self.generate(rule)
        self.assertEqual(self.days(rule), [8, 15, 17, 22, 24])
        excluded = days.browse(excluded)
        self.rpc(self.planner, excluded, "write", {"day": day(15)})
        self.assertTrue(rule.changed)
        self.generate(rule)
        self.rpc(self.planner, excluded, "unlink")
        self.assertTrue(rule.changed)

    # ------------------------------------------------------------------ bad input
    @mute_logger("odoo.sql_db")
    def test_bad_input(self):
        for values in (
            {"hour_from": 25}, {"hour_to": -1}, {"hour_from": 24}, {"every": 0}, {"every": 53},
            {"ending": "until"}, {"ending": "until", "date_to": day(-1)},
            {"ending": "count", "count": 0}, {"ending": "count", "count": 5001},
            {"fence_all_days": -1}, {"fence_next_days": 366}, {"tier_id": False},
        ):  # fmt: skip
            with self.subTest(values), self.assertRaises(IntegrityError), self.cr.savepoint():
                self.make_rule(**values)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.make_rule(())
        with self.assertRaises(ValidationError):
            self.make_rule(hour_from=float("nan"))
        with self.assertRaisesRegex(ValidationError, "no working hours"):
            self.make_rule(
                workcenter_id=self.make_workcenter("None", resource_calendar_id=False).id
            )
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.company.sop_slot_weeks = 105
            self.env.flush_all()

    def test_tier_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        tier = self.env["sop.tier"].create(
            {"name": "Theirs", "code": "T", "rank": 1, "company_id": other.id}
        )
        self.line.company_id = self.company
        with self.assertRaises(UserError):
            self.make_rule(tier_id=tier.id)

    def test_work_centre_stays_once_there_are_slots(self):
        rule = self.make_rule()
        rule.workcenter_id = other = self.make_workcenter("Other")
        self.generate(rule)
        with self.assertRaisesRegex(UserError, "has made slots"):
            self.rpc(self.planner, rule, "write", {"workcenter_id": self.line.id})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            other.unlink()

    # ------------------------------------------------------------------ rights
    def test_rights(self):
        rule = self.make_rule()
        self.assertTrue(self.rpc(self.seller, rule, "read", ["name", "summary", "preview"]))
        for user in (self.seller, self.operator, self.sales_boss):
            for method, args in (
                ("action_generate", ()),
                ("write", ({"hour_to": 10},)),
                ("unlink", ()),
                ("create", ({"workcenter_id": self.line.id, "tier_id": self.gold.id},)),
            ):
                records = rule if method != "create" else rule.browse()
                with self.subTest(user.login, method=method), self.assertRaises(AccessError):
                    self.rpc(user, records, method, *args)
        with self.assertRaises(AccessError):
            self.rpc(self.planner, rule, "write", {"changed": False})
        with self.assertRaises(AccessError):
            self.rpc(self.planner, rule, "write", {"company_id": self.company.id})

    def test_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        calendar = self.calendar.copy({"company_id": other.id})
        workcenter = self.make_workcenter(
            "Elsewhere", company_id=other.id, resource_calendar_id=calendar.id
        )
        rule = self.make_rule(workcenter_id=workcenter.id)
        self.assertFalse(self.env["sop.slot.rule"].with_user(self.planner).search([]) & rule)
