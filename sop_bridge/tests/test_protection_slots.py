from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .protection_common import NOW, ProtectionCase, day, moment


@tagged("post_install", "-at_install")
class TestProtectionSlots(ProtectionCase):
    """Slots proposed, made with the rights of the user, and taken back."""

    def setUp(self):
        super().setUp()
        frozen = freeze_time(NOW)
        frozen.start()
        self.addCleanup(frozen.stop)
        self.advice = self.advise()
        self.feed(
            self.advice,
            {
                self.gold: (100, 10, 0),
                self.silver: (80, 5, 0),
                self.standard: (50, 40, 0),
            },
        )

    def told(self, slots):
        return [
            (slot.tier_id.name, slot.scope, (slot.date_start.date() - day(0)).days)
            for slot in slots
        ]

    def hours(self, slots, tier):
        mine = slots.filtered(lambda one: one.tier_id == tier)
        spans = ((one.date_stop - one.date_start).total_seconds() / 3600 for one in mine)
        return sum(spans)

    def slots(self):
        return self.env["sop.slot"].search([("workcenter_id", "=", self.line.id)])

    def test_slots_are_nested_and_spread_over_the_week(self):
        proposed = self.advice.slot_ids
        self.assertEqual(self.hours(proposed, self.gold), 10)
        self.assertEqual(self.hours(proposed, self.silver), 5)
        self.assertEqual(self.hours(proposed, self.standard), 0)
        gold = proposed.filtered(lambda one: one.tier_id == self.gold)
        self.assertEqual(self.told(gold), [("Gold", "better", n) for n in range(7, 12)])
        self.assertFalse(self.slots())
        self.advice.action_make_slots()
        self.assertEqual(self.advice.state, "applied")
        self.assertEqual(self.hours(self.slots(), self.gold), 10)
        self.assertEqual(self.advice.slot_ids.slot_id, self.slots())
        self.assertIn("15 hours in all", self.advice.message_ids[0].body)

    def test_a_second_advice_reserves_nothing_twice(self):
        self.advice.action_make_slots()
        again = self.advise()
        rows = {self.gold: (100, 10, 0), self.silver: (80, 5, 0), self.standard: (50, 40, 0)}
        self.feed(again, rows)
        self.assertEqual(self.table(again, "kept_hours")["Gold"], [10])
        self.assertEqual(again.line_ids.mapped("to_make"), [0, 0, 0])
        with self.assertRaisesRegex(UserError, "no slot to make"):
            again.action_make_slots()

    def test_slots_stand_where_nothing_is_planned(self):
        self.make_slot(self.line, moment(7, 8), moment(7, 17), partner_id=self.vendor.id)
        self.make_production(self.cabinet, 8, moment(8, 8)).button_plan()
        self.advice.action_propose()
        days = {(one.date_start.date() - day(0)).days for one in self.advice.slot_ids}
        self.assertEqual(days, {9, 10, 11})

    def test_what_finds_no_room_is_said(self):
        self.make_slot(self.line, moment(7, 8), moment(11, 15), partner_id=self.vendor.id)
        self.advice.action_propose()
        self.assertEqual(self.hours(self.advice.slot_ids, self.gold), 2)
        self.assertEqual(self.advice.missing_hours, 13)
        self.assertIn("For 13 hours to reserve", self.advice.warning)

    def test_a_minimum_is_kept_for_the_tier_only(self):
        self.feed(self.advice, {self.standard: (50, 40, 0, 0.1)})
        proposed = self.advice.slot_ids.filtered(lambda one: one.tier_id == self.standard)
        self.assertEqual(set(proposed.mapped("scope")), {"only"})
        self.assertEqual(self.hours(proposed, self.standard), 4)

    def test_the_planner_decides_which_are_made(self):
        self.advice.slot_ids[1:].unlink()
        self.advice.slot_ids.date_stop -= timedelta(hours=1)
        self.advice.action_make_slots()
        self.assertEqual(self.slots().date_stop, self.advice.slot_ids.date_stop)
        self.assertEqual(self.hours(self.slots(), self.gold), 1)

    def test_a_slot_that_cannot_be_made_is_said_and_the_others_are_made(self):
        first = self.advice.slot_ids[0]
        self.make_slot(self.line, first.date_start, first.date_stop, partner_id=self.vendor.id)
        self.advice.action_make_slots()
        self.assertIn("Another slot already covers", first.refusal)
        self.assertFalse(first.slot_id)
        self.assertTrue(all(one.slot_id for one in self.advice.slot_ids - first))
        self.assertIn("1 could not be made", self.advice.message_ids[0].body)

    def test_slots_inside_the_release_fence_need_both_departments(self):
        boss = new_test_user(self.env, "fence_boss", "sop_bridge.group_sop_production_approver")
        self.assertNotIn("release fence", self.advice.warning or "")
        late = self.advise(1, 6)
        self.feed(late, {self.gold: (100, 10, 0), self.standard: (50, 40, 0)})
        self.assertIn("begin inside the release fence", late.warning)
        with self.assertRaisesRegex(UserError, "No slot could be made. .*inside the release fence"):
            late.with_user(boss).action_make_slots()
        self.assertFalse(self.slots())

    def test_when_every_slot_is_refused_the_advice_stays_a_draft(self):
        slot = type(self.env["sop.slot"])
        with (
            patch.object(slot, "_check_tier_active", side_effect=UserError("Ask first.")),
            patch.object(slot, "create", side_effect=UserError("Ask first.")),
            self.assertRaisesRegex(UserError, "No slot could be made. Ask first."),
        ):
            self.advice.action_make_slots()
        self.assertEqual(self.advice.state, "draft")

    def test_what_was_made_stays_as_it_was(self):
        self.advice.action_make_slots()
        for change in (
            lambda: self.advice.write({"capacity": 3}),
            lambda: self.advice.line_ids[0].write({"mean": 3}),
            self.advice.slot_ids[0].unlink,
            self.advice.action_compute,
            self.advice.unlink,
        ):
            with self.assertRaisesRegex(UserError, "stays as it was"):
                change()
        with self.assertRaises(AccessError):
            self.advice.slot_ids[0].write({"slot_id": False})

    def test_nothing_is_moved_into_what_was_made(self):
        self.advice.action_make_slots()
        draft = self.advise(14, 20)
        self.feed(draft, {self.gold: (100, 10, 0), self.standard: (50, 40, 0)})
        for record in (draft.line_ids[0], draft.slot_ids[0]):
            with self.assertRaisesRegex(UserError, "were made"), self.env.cr.savepoint():
                record.protection_id = self.advice

    def test_unused_slots_are_taken_back(self):
        self.advice.action_make_slots()
        self.advice.action_undo()
        self.assertFalse(self.slots())
        self.assertEqual(self.advice.state, "draft")
        self.advice.action_make_slots()
        self.assertTrue(self.slots())

    def test_used_slots_stay(self):
        self.advice.action_make_slots()
        order = self.make_quotation((self.cabinet, 2), tier=self.gold)
        used = self.advice.slot_ids[0].slot_id
        self.env["sop.booking"]._store(
            [
                {
                    "workcenter_id": self.line.id,
                    "company_id": self.company.id,
                    "day": used.date_start.date(),
                    "minutes": 60,
                    "slot_id": used.id,
                    "order_line_id": order.order_line.id,
                }
            ]
        )
        self.advice.action_undo()
        self.assertEqual(self.slots(), used)
        self.assertEqual(self.advice.state, "applied")
        with self.assertRaisesRegex(UserError, "booked, so none"):
            self.advice.action_undo()

    def test_proposals_that_became_past_are_not_made(self):
        with freeze_time(moment(9, 12)), self.assertRaisesRegex(UserError, "begin in the past"):
            self.advice.action_make_slots()

    # ------------------------------------------------------------------ rights
    def test_planners_advise_but_only_who_may_make_slots_makes_them(self):
        planner = new_test_user(self.env, "advice_planner", "mrp.group_mrp_user")
        advice = self.make_advice().with_user(planner)
        advice.action_compute()
        advice.line_ids[0].mean = 4
        advice.line_ids[0].value = 4
        self.assertFalse(advice.can_make)
        self.assertTrue(advice.picture)
        with self.assertRaises(AccessError):
            self.advice.with_user(planner).action_make_slots()
        boss = new_test_user(self.env, "advice_boss", "sop_bridge.group_sop_production_approver")
        self.advice.with_user(boss).action_make_slots()
        self.assertEqual(self.slots().create_uid, boss)
        with self.assertRaises(AccessError):
            self.advice.with_user(planner).action_undo()

    def test_salespeople_do_not_see_advices(self):
        sales = new_test_user(self.env, "advice_sales", "sales_team.group_sale_salesman")
        self.env.invalidate_all()
        for records in (self.advice, self.advice.line_ids, self.advice.slot_ids):
            with self.assertRaises(AccessError):
                records.with_user(sales).read(["id"])
        with self.assertRaises(AccessError):
            self.advice.with_user(sales).action_compute()

    def test_advices_of_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = new_test_user(
            self.env, "stranger", "mrp.group_mrp_user", company_id=other.id, company_ids=other.ids
        )
        self.env.invalidate_all()
        model = self.env["sop.protection"].with_user(stranger)
        self.assertNotIn(self.advice, model.search([]))
        for records in (self.advice, self.advice.line_ids, self.advice.slot_ids):
            with self.assertRaises(AccessError):
                records.with_user(stranger).read(["id"])

    def test_the_work_centre_opens_its_advices(self):
        action = self.line.action_sop_protection()
        self.assertEqual(action["context"], {"default_workcenter_id": self.line.id})
        self.assertEqual(self.env["sop.protection"].search(action["domain"]), self.advice)
        action = self.make_workcenter("New").action_sop_protection()
        self.assertEqual(action["views"], [(False, "form")])

    def test_slots_that_were_made_open_in_the_calendar(self):
        self.advice.action_make_slots()
        action = self.advice.action_slots()
        self.assertEqual(self.env["sop.slot"].search(action["domain"]), self.slots())
