"""The release fence: what opens when and to whom, who is told, what is written down at the end."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import NOW, day, moment
from .slot_common import SlotCase


@tagged("post_install", "-at_install")
class TestSlotRelease(SlotCase):
    def release(self):
        self.run_job("sop.slot", "_cron_release")

    def inbox(self, user):
        return self.env["mail.message"].search(
            [("partner_ids", "in", user.partner_id.ids), ("model", "=", False)]
        )

    def production(self, quantity=1, number=9):
        return self.make_production(self.cabinet, quantity, moment(number, 0))

    # ------------------------------------------------------------------ fence
    def test_moments_by_company_tier_and_slot(self):
        slot = self.keep(10)
        self.assertEqual((slot.next_at, slot.all_at), (moment(3, 8), moment(8, 8)))
        self.gold.write({"fence": "own", "fence_next_days": 5, "fence_all_days": 5})
        self.assertEqual((slot.next_at, slot.all_at), (False, moment(5, 8)))
        slot.write({"fence": "own", "fence_next_days": 4, "fence_all_days": 1})
        self.assertEqual((slot.next_at, slot.all_at), (moment(6, 8), moment(9, 8)))
        slot.fence = "never"
        self.assertEqual((slot.next_at, slot.all_at), (False, False))

    def test_opens_to_the_next_tier_then_to_everyone(self):
        slot = self.keep(9)
        self.release()
        self.assertEqual(slot.state, "free")
        self.at(moment(2, 9))
        self.release()
        self.assertEqual((slot.opening, slot.opened_rank), ("next", self.silver.rank))
        self.assertEqual(slot.state, "next")
        orders = [
            self.make_quotation((self.cabinet, 1), customer=self.make_customer(tier))
            for tier in (self.gold, self.silver, self.standard)
        ]
        usable = [bool(slot._usable_by(order, slot.family_id)) for order in orders]
        self.assertEqual(usable, [True, True, False])
        self.assertTrue(slot.leave_id, "Odoo's planner stays out for orders for stock")
        self.at(moment(7, 9))
        self.release()
        self.assertEqual((slot.opening, slot.state, slot.released_minutes), ("all", "all", 240))
        self.assertEqual(slot.opened_on, moment(7, 9))
        self.assertFalse(slot.leave_id)
        production = self.production()
        production.button_plan()
        self.assertEqual(production.workorder_ids.date_start, moment(9, 8))
        slot.invalidate_recordset()
        self.assertEqual(slot.used_minutes, 60)
        self.assertEqual(production.sop_slot_ids, slot)

    def test_slot_of_a_customer_opens_to_the_customers_tier_first(self):
        customer = self.make_customer(self.silver)
        slot = self.keep(9, partner_id=customer.id)
        self.at(moment(2, 9))
        self.release()
        self.assertEqual((slot.opening, slot.opened_rank), ("next", self.silver.rank))

    def test_the_worst_tier_has_no_next_one(self):
        slot = self.keep(9, tier=self.standard)
        self.at(moment(2, 9))
        self.release()
        self.assertEqual((slot.opening, slot.opened_next_on), ("owner", moment(2, 9)))
        self.at(moment(7, 9))
        self.release()
        self.assertEqual(slot.opening, "all")

    def test_never_and_past_slots_stay_shut(self):
        never, past = self.keep(9, fence="never"), self.keep(1, fence="never")
        self.at(moment(8, 23))
        self.release()
        self.assertEqual((never.opening, past.opening, past.state), ("owner", "owner", "past"))

    def test_only_the_unused_part_is_freed(self):
        slot = self.keep(9)
        self.book(slot, 3)
        self.at(moment(7, 9))
        self.release()
        self.assertEqual((slot.released_minutes, slot.remaining_minutes), (60, 60))
        self.assertEqual(
            (slot.leave_id.date_from, slot.leave_id.date_to), (moment(9, 8), moment(9, 11))
        )
        production = self.production()
        production.button_plan()
        self.assertEqual(production.workorder_ids.date_start, moment(9, 11), "behind the booking")
        slot.booking_ids.sudo()._free()
        self.assertFalse(slot.leave_id)

    def test_work_orders_in_it_keep_their_place(self):
        slot = self.keep(9)
        order = self.make_quotation((self.cabinet, 2), customer=self.make_customer(self.gold))
        production = self.make_production(
            self.cabinet, 2, moment(9, 0), sale_line_id=order.order_line.id
        )
        production.button_plan()
        self.assertEqual(production.workorder_ids.sop_slot_id, slot)
        span = production.workorder_ids.date_start, production.workorder_ids.date_finished
        self.at(moment(7, 9))
        self.release()
        self.assertEqual(slot.released_minutes, 120)
        self.assertEqual(
            (production.workorder_ids.date_start, production.workorder_ids.date_finished), span
        )
        later = self.production()
        later.button_plan()
        self.assertEqual(later.workorder_ids.date_start, span[1])

    def test_backlog_flows_into_what_is_open_to_everyone(self):
        slot = self.keep(9, 8, 17)
        production = self.production(4, 9)
        self.assertEqual((production.is_planned, slot.used_minutes), (False, 0))
        slot._open_all(NOW)
        slot.invalidate_recordset()
        self.assertEqual((slot.used_minutes, slot.remaining_minutes), (240, 240))

    def test_a_slot_on_which_the_job_fails_does_not_stop_the_others(self):
        bad, good = self.keep(1), self.keep(1, 13, 17)
        open_all = type(bad)._open_all

        def fail(slots, now):
            if bad in slots:
                raise ValueError("Something is wrong with it.")
            return open_all(slots, now)

        self.patch(type(bad), "_open_all", fail)
        with self.assertLogs("odoo.addons.sop_bridge.models.sop_slot_job", "ERROR") as logs:
            self.release()
        self.assertEqual((bad.opening, good.opening), ("owner", "all"))
        self.assertEqual(len(logs.records), 1)

    def test_work_centre_that_lost_its_hours(self):
        slot = self.keep(1)
        self.book(slot, 2)
        self.line.resource_calendar_id = False
        self.release()
        self.assertEqual(slot.opening, "all")
        self.assertEqual(slot.leave_id.date_to, slot.date_stop, "what is booked is kept")

    def test_job_twice_and_rows_of_another_server(self):
        slots = self.keep(9) | self.keep(10)
        self.at(moment(7, 9))
        locked = type(slots).try_lock_for_update
        self.patch(
            type(slots), "try_lock_for_update",
            lambda found, **kw: locked(found - slots[0], **kw),
        )  # fmt: skip
        self.release()
        self.assertEqual(slots.mapped("opening"), ["owner", "next"])
        self.patch(type(slots), "try_lock_for_update", locked)
        self.release()
        opened = slots.mapped("opened_next_on"), slots.mapped("opened_on")
        self.release()
        self.assertEqual(slots.mapped("opening"), ["all", "next"])
        self.assertEqual((slots.mapped("opened_next_on"), slots.mapped("opened_on")), opened)

    # ------------------------------------------------------------------ used, state
    def test_used_is_what_the_promise_counts(self):
        slot = self.keep(9)
        self.book(slot, 1)
        production = self.production(3)
        # planned over the end of the slot: two hours in it, one after lunch
        production.workorder_ids.write(
            {"date_start": moment(9, 10), "date_finished": moment(9, 14)}
        )
        board, _own = self.env["sop.load"]._get_boards(self.line, NOW, 30)
        (part,) = [one for one in board(self.line.id, day(9)).slots if one.slot == slot.id]
        slot.invalidate_recordset()
        self.assertEqual((slot.used_minutes, slot.remaining_minutes), (part.used, part.free))
        self.assertEqual((slot.used_minutes, slot.state), (180, "part"))
        self.assertEqual(production.workorder_ids.sop_slot_id, slot)
        self.assertEqual(slot.production_count, 1)

    def test_states_can_be_searched(self):
        free, part, full = self.keep(9), self.keep(10), self.keep(11)
        self.book(part, 1)
        self.book(full, 4)
        past = self.keep(1, old=True, fence="never")
        self.at(moment(2, 6))
        found = self.env["sop.slot"].with_user(self.seller)
        for state, slot in (("free", free), ("part", part), ("full", full), ("past", past)):
            self.assertEqual(slot.state, state)
            self.assertEqual(found.search([("state", "=", state)]), slot, state)
        self.assertEqual(found.search([("state", "not in", ["past", "full"])]), free | part)

    def test_links_follow_the_slot(self):
        production = self.production(1, 9)
        production.button_plan()
        self.assertFalse(production.sop_slot_id)
        slot = self.keep(9)
        self.assertEqual(
            (production.sop_slot_id, production.workorder_ids.sop_slot_id), (slot, slot)
        )
        found = self.env["mrp.production"].search([("sop_slot_ids", "in", slot.ids)])
        self.assertEqual(found, production)
        slot.write({"date_start": moment(10, 8), "date_stop": moment(10, 12)})
        self.assertFalse(production.sop_slot_id)

    # ------------------------------------------------------------------ by people
    def test_release_and_undo_of_a_new_slot(self):
        slot = self.keep(22, old=False)
        self.rpc(self.planner, slot, "action_release")
        self.assertEqual((slot.opening, slot.released_minutes), ("all", 240))
        self.assertTrue(slot.with_user(self.planner).can_undo_release)
        self.assertFalse(slot.with_user(self.seller).can_undo_release)
        self.rpc(self.planner, slot, "action_undo_release")
        self.assertEqual((slot.opening, slot.released_minutes), ("owner", 0))
        self.assertTrue(slot.leave_id)
        self.rpc(self.planner, slot, "action_release")
        self.book(slot, 1, self.make_customer(self.standard))
        with self.assertRaisesRegex(UserError, "Others have used"):
            self.rpc(self.planner, slot, "action_undo_release")

    def test_undo_of_a_slot_that_has_begun(self):
        used, unused = self.keep(1, fence="never"), self.keep(1, 13, 17, fence="never")
        self.book(unused, 1)
        (used | unused)._open_all(NOW)
        self.book(used, 1, self.make_customer(self.standard))
        self.at(moment(1, 10))
        with self.assertRaisesRegex(UserError, "Others have used"):
            used.with_user(self.planner).action_undo_release()
        self.at(moment(1, 15))
        self.assertEqual(unused.released_minutes, 180)
        unused.with_user(self.planner).action_undo_release()
        self.assertEqual(unused.opening, "owner")

    def test_a_lost_place_in_the_calendar_is_restored(self):
        slot, released = self.keep(22), self.keep(23)
        released._open_all(NOW)
        slot.leave_id._sop_remove()
        self.run_job("sop.slot", "_cron_release")
        self.assertEqual(slot.leave_id.date_from, slot.date_start)
        self.assertFalse(released.leave_id)

    def test_what_the_fence_opened_stays_open(self):
        slot = self.keep(9)
        self.at(moment(7, 9))
        self.release()
        self.assertFalse(slot.with_user(self.planner).can_undo_release)
        with self.assertRaisesRegex(UserError, "fence has opened"):
            self.rpc(self.planner, slot, "action_undo_release")
        with self.assertRaisesRegex(UserError, "keeps nothing"):
            self.rpc(self.planner, slot, "action_release")
        with self.assertRaises(AccessError):
            self.rpc(self.seller, slot, "action_undo_release")

    # ------------------------------------------------------------------ told beforehand
    def test_salespeople_with_demand_are_told_once_in_one_message(self):
        slots = self.keep(9) | self.keep(9, 13, 17)
        wanted = self.make_customer(self.gold, user_id=self.seller.id)
        idle = self.make_customer(self.gold, user_id=self.sales_boss.id)
        other = self.make_customer(self.standard, user_id=self.sales_boss.id)
        self.make_quotation((self.cabinet, 1), customer=wanted)
        self.make_quotation((self.make_product("Bought"), 1), customer=idle)
        self.make_quotation((self.cabinet, 1), customer=other)
        self.release()
        (message,) = self.inbox(self.seller)
        self.assertEqual(message.body.count("<li>"), 2)
        self.assertIn("Jan 15, 2031", message.body)
        self.assertFalse(self.inbox(self.sales_boss))
        self.assertEqual(slots.mapped("told_user_ids"), self.seller)
        self.assertEqual(set(slots.mapped("told_on")), {NOW})
        self.release()
        self.assertEqual(len(self.inbox(self.seller)), 1)

    def test_salespeople_of_one_customer_are_told(self):
        customer = self.make_customer(self.standard, user_id=self.seller.id)
        slot = self.keep(9, partner_id=customer.id)
        self.make_quotation((self.cabinet, 1), customer=customer)
        self.release()
        self.assertEqual(slot.told_user_ids, self.seller)

    def test_only_the_company_of_the_slot_is_told(self):
        self.line.company_id = self.company
        slot = self.keep(9)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.user("slot_stranger", "sales_team.group_sale_salesman")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        theirs = self.make_customer(name="Theirs", user_id=stranger.id)
        theirs.with_company(other).sop_tier_id = self.gold
        line = {"product_id": self.cabinet.id, "product_uom_qty": 1, "tax_ids": False}
        self.make_quotation(line, customer=theirs, company_id=other.id)
        ours = self.make_customer(self.gold, user_id=self.seller.id)
        self.make_quotation((self.cabinet, 1), customer=ours)
        shared = self.make_customer(self.gold, user_id=stranger.id)
        self.make_quotation((self.cabinet, 1), customer=shared)
        self.at(slot.next_at - timedelta(days=2))
        self.release()
        self.assertEqual(slot.told_user_ids, self.seller)
        self.assertFalse(self.inbox(stranger))

    def test_nobody_is_told_too_early_or_of_what_is_full(self):
        early, full = self.keep(11), self.keep(9)
        customer = self.make_customer(self.gold, user_id=self.seller.id)
        self.book(full, 4, customer)
        self.release()
        self.assertFalse(self.inbox(self.seller))
        self.assertFalse(early.told_on)
        self.gold.release_notice_days = 5
        self.release()
        self.assertEqual(early.told_user_ids, self.seller)

    # ------------------------------------------------------------------ history
    def test_figures_of_past_slots_are_written_down_and_stay(self):
        slot = self.keep(9)
        self.book(slot, 1)
        self.at(moment(7, 9))
        self.release()
        self.book(slot, 2, self.make_customer(self.standard))
        self.at(moment(9, 18))
        self.release()
        (fact,) = slot.fact_ids
        figures = (fact.reserved_hours, fact.owner_hours, fact.released_hours, fact.other_hours)
        self.assertEqual(figures, (4, 1, 3, 2))
        self.assertEqual((fact.lost_hours, slot.used_minutes), (1, 180))
        slot.booking_ids.sudo()._free()
        self.calendar.attendance_ids.unlink()
        self.release()
        self.env.invalidate_all()
        self.assertEqual(slot.fact_ids.owner_hours, 1)
        self.assertEqual(slot.used_minutes, 180)
        for user in (self.planner, self.sales_boss):
            for method, args in (("write", ({"lost_hours": 0},)), ("unlink", ())):
                with self.assertRaises(AccessError):
                    self.rpc(user, fact, method, *args)
        with self.assertRaisesRegex(UserError, "is over"):
            self.rpc(self.planner, slot, "unlink")
        with self.assertRaisesRegex(UserError, "is over"):
            self.rpc(self.planner, slot, "write", {"tier_id": self.silver.id})
        with self.assertRaises(AccessError):
            self.env["sop.slot.fact"].create({"slot_id": slot.id})
        self.assertTrue(self.rpc(self.seller, fact, "read", ["lost_hours"]))

    def test_work_orders_without_booking_count_in_the_past(self):
        slot = self.keep(9)
        production = self.production(2)
        production.workorder_ids.write(
            {"date_start": moment(9, 11), "date_finished": moment(9, 14)}
        )
        self.at(moment(9, 18))
        self.release()
        self.assertEqual((slot.fact_ids.owner_hours, slot.fact_ids.other_hours), (0, 1))

    def test_after_a_week_off(self):
        """A job that did not run opens, tells and writes down all that is due at once."""
        past, now, soon = self.keep(1), self.keep(3), self.keep(9)
        self.at(moment(2, 10))
        self.release()
        self.assertEqual((past.state, now.opening, soon.opening), ("past", "all", "next"))
        self.assertTrue(past.fact_ids)
        self.assertEqual(NOW + timedelta(days=2, hours=4), moment(2, 10))
