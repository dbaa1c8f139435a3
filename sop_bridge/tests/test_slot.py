from datetime import date, datetime, time, timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestSlot(PlantCase):
    def _production(self, tier=None, quantity=1):
        """A manufacturing order from ``monday`` on, for a customer of a tier or for stock."""
        values = {
            "product_id": self.cabinet.id,
            "product_qty": quantity,
            "bom_id": self.cabinet.bom_ids.id,
            "date_start": datetime.combine(self.monday, time(0)),
        }
        if tier:
            values["sale_line_id"] = self._quotation(tier, quantity).order_line.id
        production = self.env["mrp.production"].create(values)
        production.action_confirm()
        return production

    def _planned_day(self, production):
        production.button_plan()
        return production.workorder_ids.date_start.date()

    def test_minutes_are_working_time(self):
        self.assertEqual(self._slot(self.gold, self.monday).minutes, 480)
        part = self._slot(self.gold, self.monday + timedelta(days=1), 11, 14)
        self.assertEqual(part.minutes, 120, "an hour of lunch does not count")

    @mute_logger("odoo.sql_db")
    def test_database_refuses_overlap(self):
        self._slot(self.gold, self.monday, 8, 12)
        self._slot(self.silver, self.monday, 12, 17)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._slot(self.silver, self.monday, 11, 13)

    @mute_logger("odoo.sql_db")
    def test_archived_slot_does_not_overlap_and_end_is_after_start(self):
        slot = self._slot(self.gold, self.monday)
        slot.active = False
        self._slot(self.silver, self.monday)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            slot.active = True
            self.env.flush_all()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._slot(self.gold, self.monday, 12, 12)

    def test_outside_working_time(self):
        with self.assertRaisesRegex(ValidationError, "does not work"):
            self._slot(self.gold, self.monday + timedelta(days=5))

    def test_a_slot_has_a_month_at_most_and_begins_within_three_years(self):
        slot = self._slot(self.gold, self.monday)
        planner = slot.with_user(self.production_approver)
        for stop in (self.monday + timedelta(days=32), date(2206, 1, 1), date(9999, 12, 31)):
            with (
                self.subTest(stop),
                self.assertRaisesRegex(ValidationError, "31 days at most"),
                self.cr.savepoint(),
            ):
                planner.date_stop = datetime.combine(stop, time(9))
        for day in (self.monday + timedelta(days=1100), date(9999, 12, 31)):
            with self.subTest(day), self.assertRaisesRegex(ValidationError, "three years ahead"):
                self._slot(self.gold, day)
        planner.date_stop = slot.date_start + timedelta(days=31)
        with Form(planner) as form:
            form.date_stop = datetime(9999, 12, 31)
            self.assertEqual(form.minutes, 0)
            form.date_stop = slot.date_start + timedelta(hours=1)

    def test_workcenter_without_hours(self):
        # A database may hold work centres without hours, although the form asks for them.
        self.line.resource_calendar_id = False
        with self.assertRaisesRegex(ValidationError, "no working hours"):
            self._slot(self.gold, self.monday)

    def test_odoo_plans_orders_around_slots_that_are_not_theirs(self):
        self._slot(self.gold, self.monday)
        tuesday = self.monday + timedelta(days=1)
        self.assertEqual(self._planned_day(self._production()), tuesday, "for stock")
        self.assertEqual(self._planned_day(self._production(self.standard)), tuesday)
        self.assertEqual(self._planned_day(self._production(self.gold)), self.monday)

    def test_better_tiers_may_use_the_slot_unless_it_is_for_one_tier_only(self):
        slot = self._slot(self.silver, self.monday)
        tuesday = self.monday + timedelta(days=1)
        self.assertEqual(self._planned_day(self._production(self.gold)), self.monday)
        slot.scope = "only"
        self.assertEqual(self._planned_day(self._production(self.gold)), tuesday)
        self.assertEqual(self._planned_day(self._production(self.silver)), self.monday)

    def test_slot_of_a_customer(self):
        self._slot(
            self.gold, self.monday, tier_id=False, partner_id=self.customers[self.standard].id
        )
        tuesday = self.monday + timedelta(days=1)
        self.assertEqual(self._planned_day(self._production(self.gold)), tuesday)
        self.assertEqual(self._planned_day(self._production(self.standard)), self.monday)

    def test_slot_of_a_family_is_for_its_goods_alone(self):
        family = self.env["sop.family"].create({"name": "Cabinets", "code": "CAB"})
        self._slot(self.gold, self.monday, family_id=family.id)
        tuesday = self.monday + timedelta(days=1)
        self._close_until_monday()
        (promise,) = self._quotation(self.gold, 8)._sop_promises().values()
        self.assertEqual(promise.date, tuesday, "goods without family")
        self.assertEqual(promise.reason.values["reserved_minutes"], 480)
        self.assertEqual(self._planned_day(self._production(self.gold)), tuesday)
        self.cabinet.sop_family_id = family
        (promise,) = self._quotation(self.gold, 8)._sop_promises().values()
        self.assertEqual(promise.date, self.monday)
        self.assertEqual(self._planned_day(self._production(self.gold)), self.monday)

    def test_how_far_a_slot_is_open_is_not_set_by_hand(self):
        with self.assertRaises(AccessError):
            self._slot(self.gold, self.monday, opening="all")
        slot = self._slot(self.gold, self.monday)
        with self.assertRaises(AccessError):
            slot.with_user(self.production_approver).opened_rank = 3
        copied = self.env["sop.slot"].with_context(default_opening="all")
        self.assertEqual(
            copied.create(
                {
                    "workcenter_id": self.assembly.id,
                    "tier_id": self.gold.id,
                    "date_start": slot.date_start,
                    "date_stop": slot.date_stop,
                }
            ).opening,
            "owner",
        )

    def test_a_context_from_outside_opens_nothing(self):
        slot = self._slot(self.gold, self.monday)
        production = self._production(self.standard).with_context(sop_slot_ids=slot.ids)
        self.assertEqual(self._planned_day(production), self.monday + timedelta(days=1))

    def test_an_order_for_stock_gets_no_customer_by_hand(self):
        slot = self._slot(self.gold, self.monday)
        line = self._quotation(self.gold, 1).order_line
        production = self._production().with_user(self.planner)
        claims = (
            {"sop_line_id": line.id}, {"sop_tier_id": self.gold.id}, {"sop_slot_id": slot.id},
        )  # fmt: skip
        needed = {"product_id": self.cabinet.id, "product_qty": 1}
        for claim in claims:
            with self.subTest(claim):
                with self.assertRaises(AccessError):
                    production.write(claim)
                with self.assertRaises(AccessError):
                    production.create(needed | claim)
                with self.assertRaises(AccessError):
                    production.copy(claim)
                if "sop_line_id" not in claim:
                    with self.assertRaises(AccessError):
                        production.workorder_ids.write(claim)
                (name,) = claim
                context = {f"default_{name}": claim[name]}
                made = production.with_context(**context).create(dict(needed))
                self.assertFalse(made.sop_line_id or made.sop_tier_id or made.sop_slot_id)
                made = production.sudo().with_context(**context).create(dict(needed))
                self.assertFalse(made.sop_line_id or made.sop_tier_id or made.sop_slot_id)
        self.assertEqual(self._planned_day(production), self.monday + timedelta(days=1))

    def test_two_orders_share_a_slot_one_after_the_other(self):
        self._slot(self.gold, self.monday)
        first, second = self._production(self.gold), self._production(self.gold)
        (first | second).button_plan()
        self.assertEqual(first.workorder_ids.date_finished, second.workorder_ids.date_start)

    def test_released_and_deleted_slots_leave_the_calendar(self):
        slot = self._slot(self.gold, self.monday)
        slot.active = False
        self.assertFalse(slot.leave_id)
        slot.active = True
        leave = slot.leave_id
        self.assertTrue(leave)
        slot.unlink()
        self.assertFalse(leave.exists())

    def test_moving_a_slot_moves_its_place_in_the_calendar(self):
        slot = self._slot(self.gold, self.monday)
        slot.write(
            {
                "date_start": slot.date_start + timedelta(days=1),
                "date_stop": slot.date_stop + timedelta(days=1),
            }
        )
        self.assertEqual(slot.leave_id.date_from, slot.date_start)
        self.assertEqual(self._planned_day(self._production()), self.monday)

    def test_its_place_in_the_calendar_is_not_taken_by_hand(self):
        slot = self._slot(self.gold, self.monday)
        manager = new_test_user(self.env, "sop_manager", groups="mrp.group_mrp_manager")
        leave = slot.leave_id.with_user(manager)
        for values in (
            {"date_to": slot.date_start + timedelta(hours=1)},
            {"time_type": "leave"},
            {"resource_id": self.assembly.resource_id.id},
            {"calendar_id": self.calendar.copy().id},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "keeps the time of"):
                leave.write(values)
        with self.assertRaisesRegex(UserError, "release the slot"):
            leave.unlink()
        # Odoo writes and deletes the entry of a work order as superuser
        workorder = self._production().workorder_ids
        workorder.leave_id = slot.leave_id
        with self.assertRaises(UserError):
            workorder.with_user(manager).write({"date_finished": slot.date_stop + timedelta(1)})
        self.assertEqual(slot.leave_id.date_to, slot.date_stop)

    def test_name_follows_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.gold.with_context(lang="fr_FR").name = "Or"
        slot = self._slot(self.gold, self.monday, scope="better")
        self.assertEqual(slot.display_name, "Coating line: Gold")
        self.assertEqual(slot.with_context(lang="fr_FR").display_name, "Coating line: Or")
        self.env.invalidate_all()
        found = self.env["sop.slot"].with_user(self.sales).name_search("Coating")
        self.assertIn((slot.id, "Coating line: Gold"), found)

    def test_rights(self):
        slot = self._slot(self.gold, self.monday)
        self.env.invalidate_all()
        (values,) = slot.with_user(self.sales).read(["name", "minutes"])
        self.assertEqual(values["minutes"], 480)
        with self.assertRaises(AccessError):
            slot.with_user(self.sales).date_stop = slot.date_stop + timedelta(hours=1)
        with self.assertRaises(AccessError):
            slot.with_user(self.planner).unlink()
        slot.with_user(self.production_approver).active = False

    def test_slots_of_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        workcenter = self.env["mrp.workcenter"].create(
            {
                "name": "Elsewhere",
                "company_id": other.id,
                "resource_calendar_id": self.calendar.copy({"company_id": other.id}).id,
            }
        )
        slot = self._slot(self.gold, self.monday, workcenter=workcenter)
        self.assertNotIn(slot, self.env["sop.slot"].with_user(self.sales).search([]))

    def test_work_order_needs_hours_of_its_own(self):
        product = self._made_product("Two steps", [(self.line, 60), (self.assembly, 60)])
        production = self.env["mrp.production"].create(
            {
                "product_id": product.id,
                "product_qty": 1,
                "bom_id": product.bom_ids.id,
                "date_start": datetime.combine(self.monday, time(0)),
                "move_raw_ids": [Command.clear()],
            }
        )
        production.action_confirm()
        production.button_plan()
        first, second = production.workorder_ids.sorted("sequence")
        self.assertLessEqual(first.date_finished, second.date_start)
