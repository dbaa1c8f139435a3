"""What one department may do to a slot alone, and what both decide."""

from contextlib import contextmanager
from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import moment
from .slot_common import SlotCase


@tagged("post_install", "-at_install")
class TestSlotRequest(SlotCase):
    def request(self, kind, slots=None, user=None, **values):
        values = {"kind": kind, "reason": "The customer moved the order.", **values}
        if slots:
            values["slot_ids"] = [Command.set(slots.ids)]
        request = self.env["sop.slot.request"].with_user(user or self.planner).create(values)
        self.rpc(user or self.planner, request, "action_ask")
        return request.with_user(self.env.user)

    def wanted(self, number, start=8, stop=12, **values):
        return {
            "workcenter_id": self.line.id,
            "date_start": moment(number, start),
            "date_stop": moment(number, stop),
            "tier_id": self.gold.id,
            **values,
        }

    @contextmanager
    def refused(self, text):
        """As a remote call that fails: nothing of it stays."""
        with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
            yield

    def approve(self, request):
        self.rpc(self.sales_boss, request, "action_approve")
        self.rpc(self.production_boss, request, "action_approve")

    def test_the_form_says_what_happens_while_it_is_filled_in(self):
        with Form(self.env["sop.slot.request"].with_user(self.planner)) as form:
            form.workcenter_id = self.line
            form.tier_id = self.gold
            form.date_start, form.date_stop = moment(1, 8), moment(1, 12)
            self.assertRegex(form.effect, r"Gold on Line from .*14 Jan, 08:00 to .*14 Jan, 12:00")
            form.reason = "They signed yesterday"

    def test_reserving_late_for_one_customer(self):
        customer = self.make_customer(self.standard)
        values = dict(self.wanted(1), tier_id=False, partner_id=customer.id)
        request = self.request("reserve", **values)
        self.approve(request)
        self.assertEqual(request.made_slot_id.partner_id, customer)

    # ------------------------------------------------------------------ nothing past the rule
    def test_taking_time_from_a_slot_on_which_others_count(self):
        slot = self.keep(22)
        for values in (
            {"active": False},
            {"date_stop": moment(22, 11)},
            {"date_start": moment(22, 9)},
            {"date_start": moment(23, 8), "date_stop": moment(23, 12)},
            {"tier_id": self.silver.id},
            {"scope": "only"},
            {"partner_id": self.make_customer(self.gold).id},
            {"family_id": self.env["sop.family"].create({"name": "F", "code": "F"}).id},
            {"workcenter_id": self.make_workcenter("Other").id},
            {"fence": "own", "fence_next_days": 30},
        ):
            with self.subTest(values), self.refused("word of Sales and of"):
                self.rpc(self.planner, slot, "write", values)
            self.env.invalidate_all()
        for method in ("unlink", "action_archive", "toggle_active"):
            if hasattr(slot, method):
                with self.subTest(method), self.assertRaises(UserError), self.cr.savepoint():
                    self.rpc(self.planner, slot, method)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.rpc(self.planner, slot, "unlink", _force_unlink=True)
        self.assertTrue(slot.exists().active)

    def test_what_a_planner_does_alone(self):
        slot = self.keep(22)
        self.rpc(self.planner, slot, "write", {"date_stop": moment(22, 17)})
        self.assertEqual(slot.minutes, 480)
        new = self.rpc(self.planner, slot.browse(), "create", self.wanted(23))
        new = slot.browse(new)
        self.age(new, 0)
        self.rpc(self.planner, new, "write", {"date_stop": moment(23, 10)})
        self.rpc(self.planner, new, "unlink")
        self.assertFalse(new.exists())

    def test_new_slots_that_are_used_or_announced_are_bound(self):
        used, told = self.keep(22, old=False), self.keep(23, old=False)
        self.book(used)
        told._store({"told_on": moment(0, 6)})
        for slot in used | told:
            with self.assertRaises(UserError):
                self.rpc(self.planner, slot, "write", {"active": False})

    def test_reserving_inside_the_fence(self):
        slots = self.env["sop.slot"]
        for number in (1, 3, 4):
            with self.subTest(number), self.refused("inside the release"):
                self.rpc(self.planner, slots, "create", self.wanted(number))
        with self.refused("inside the release"):
            self.rpc(self.planner, slots, "create", self.wanted(3, fence="never"))
        with self.refused("inside the release"):
            values = {"fence": "own", "fence_next_days": 0, "fence_all_days": 0}
            self.rpc(self.planner, slots, "create", self.wanted(3, **values))
        slot = self.keep(22, old=False)
        with self.refused("inside the release"):
            dates = {"date_start": moment(3, 8), "date_stop": moment(3, 12)}
            self.rpc(self.planner, slot, "write", dates)
        inside = self.keep(3)
        with self.refused("inside the release"):
            self.rpc(self.planner, inside, "write", {"date_stop": moment(3, 17)})
        with self.refused("inside the release"):
            self.rpc(
                self.planner, slot, "copy", {"date_start": moment(4, 8), "date_stop": moment(4, 9)}
            )

    def test_the_fence_of_a_shared_work_centre_is_the_strictest_whoever_asks(self):
        loose = self.env["res.company"].create(
            {"name": "Loose", "sop_fence_next_days": 0, "sop_fence_all_days": 0}
        )
        self.planner.company_ids += loose
        self.calendar.company_id = False
        self.line.company_id = False
        values = {"workcenter_id": self.line.id, "tier_id": self.gold.id}
        for first, other in ((self.company, loose), (loose, self.company)):
            context = {"allowed_company_ids": [first.id, other.id]}
            late = {"date_start": moment(4, 8), "date_stop": moment(4, 10)}
            with self.subTest(first.name), self.refused("inside the release fence"):
                self.rpc(self.planner, self.env["sop.slot"], "create", values | late, **context)
        slots = self.env["sop.slot"].with_company(loose)
        slot = slots.create(values | {"date_start": moment(22, 8), "date_stop": moment(22, 10)})
        self.assertEqual((slot.next_at, slot.all_at), (moment(15, 8), moment(20, 8)))
        loose.sop_fence_next_days = 9
        self.assertEqual((slot.next_at, slot.all_at), (moment(13, 8), moment(20, 8)))

    def test_protected_fields(self):
        slot = self.keep(22, old=False)
        for values in (
            {"opening": "all"}, {"opened_rank": 3}, {"released_minutes": 1}, {"rule_id": 1},
            {"told_on": False}, {"opened_on": moment(0, 6)}, {"leave_id": False},
            {"all_at": moment(0, 6)}, {"detached": True}, {"company_id": False},
            {"company_id": self.company.id}, {"workcenter_name": "Another"},
        ):  # fmt: skip
            with self.subTest(values), self.assertRaises(AccessError):
                self.rpc(self.planner, slot, "write", values)
        values = {"workcenter_id": self.line.id, "tier_id": self.gold.id}
        values |= {"date_start": moment(23, 8), "date_stop": moment(23, 9)}
        with self.assertRaises(AccessError):
            self.rpc(self.planner, slot.browse(), "create", values | {"workcenter_name": "Other"})

    # ------------------------------------------------------------------ asking
    def test_early_release_needs_both(self):
        slot = self.keep(22)
        self.book(slot, 1)
        action = self.rpc(self.planner, slot, "action_release")
        self.assertEqual(action["res_model"], "sop.slot.request")
        form = Form(
            self.env["sop.slot.request"].with_user(self.planner).with_context(**action["context"])
        )
        form.reason = "A rush order could have it."
        request = form.save()
        self.assertIn("180 min unused", request.effect)
        self.rpc(self.planner, request, "action_ask")
        self.assertEqual(slot.opening, "owner")
        with self.assertRaises(AccessError):
            self.rpc(self.planner, request, "action_approve")
        self.rpc(self.sales_boss, request, "action_approve")
        self.assertEqual(slot.opening, "owner")
        with self.assertRaises(AccessError):
            self.rpc(self.planner, request, "action_approve")
        self.rpc(self.production_boss, request, "action_approve")
        self.assertEqual((slot.opening, slot.released_minutes), ("all", 180))
        self.assertEqual(request.state, "approved")
        self.assertIn("180 min unused", request.effect, "what was true when it was done")
        self.rpc(self.planner, slot, "action_undo_release")
        self.assertEqual(slot.opening, "owner")

    def test_late_reservation(self):
        request = self.request("reserve", user=self.seller, **self.wanted(3))
        self.approve(request)
        slot = request.made_slot_id
        self.assertEqual((slot.date_start, slot.tier_id), (moment(3, 8), self.gold))
        self.assertFalse(request.approval_stale)

    def test_change(self):
        slot = self.keep(22)
        values = self.wanted(22, 8, 10, tier_id=self.silver.id)
        self.approve(self.request("change", slot, **values))
        self.assertEqual((slot.minutes, slot.tier_id), (120, self.silver))

    def test_a_change_leaves_no_booking_outside_of_the_slot(self):
        slot = self.keep(22)
        asked = self.request("change", slot, **self.wanted(22, 8, 10))
        self.book(slot, 3)
        other = self.make_workcenter("Other line")
        told = "180 minutes of this slot are booked on Tue 4 Feb"
        for values in (
            self.wanted(23),
            self.wanted(22, 8, 10),
            self.wanted(22, workcenter_id=other.id),
        ):
            with self.subTest(values), self.refused(told):
                self.request("change", slot, **values)
        with self.refused(told):
            self.rpc(self.sales_boss, asked, "action_approve")
        with self.refused(told):
            asked._do_change()
        self.approve(self.request("change", slot, **self.wanted(22, 8, 11)))
        self.assertEqual((slot.date_stop, slot.used_minutes), (moment(22, 11), 180))

    def test_giving_up(self):
        used, unused = self.keep(22), self.keep(23)
        request = self.request("withdraw", used | unused)
        self.book(used)
        self.approve(request)
        self.assertEqual((used.active, unused.active), (True, False))

    def test_rejected_and_taken_back(self):
        slot = self.keep(22)
        request = self.request("release", slot)
        self.rpc(self.sales_boss, request, "action_reject", "Azur needs it.")
        self.assertEqual((request.state, slot.opening), ("rejected", "owner"))
        self.rpc(self.planner, request, "action_draft")
        self.assertEqual(request.state, "draft")

    def test_what_cannot_be_done_any_more(self):
        request = self.request("reserve", **self.wanted(3))
        self.keep(3, 10, 14)
        with self.assertRaisesRegex(UserError, "already covers"):
            self.rpc(self.sales_boss, request, "action_approve")
        slot = self.keep(22)
        request = self.request("release", slot)
        slot._open_all(moment(0, 6))
        with self.assertRaisesRegex(UserError, "keeps nothing"):
            self.rpc(self.sales_boss, request, "action_approve")

    def test_a_request_that_was_sent_stays_as_it_is(self):
        slot = self.keep(22)
        request = self.request("release", slot)
        with self.assertRaises(UserError):
            self.rpc(self.planner, request, "write", {"slot_ids": [Command.set(self.keep(23).ids)]})
        with self.assertRaises(UserError):
            self.rpc(self.planner, request, "unlink")
        for values in ({"state": "approved"}, {"approval_state": "approved"}, {"outcome": "x"}):
            with self.assertRaises(AccessError):
                self.rpc(self.planner, request, "write", values)

    def test_bad_input(self):
        slot = self.keep(22)
        requests = self.env["sop.slot.request"]
        for values in (
            {"kind": "release"},
            {"kind": "reserve", "slot_ids": [Command.set(slot.ids)], **self.wanted(3)},
            {
                "kind": "change",
                "slot_ids": [Command.set((slot | self.keep(23)).ids)],
                **self.wanted(3),
            },
            {"kind": "release", "slot_ids": [Command.set(slot.ids)], "reason": " "},
        ):
            with self.subTest(values), self.assertRaises(UserError), self.cr.savepoint():
                requests.with_user(self.planner).create({"reason": "x", **values})
        with self.assertRaisesRegex(UserError, "is over"), self.cr.savepoint():
            self.request("reserve", **self.wanted(-3))
        for values, told in (
            ({"date_stop": moment(36, 10)}, "31 days at most"),
            ({"date_stop": datetime(9999, 12, 31)}, "31 days at most"),
            ({"date_start": moment(1100, 8), "date_stop": moment(1100, 9)}, "three years ahead"),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, told):
                self.request("reserve", **dict(self.wanted(4), **values))

    # ------------------------------------------------------------------ rights
    def test_rights(self):
        slot = self.keep(22)
        for user in (self.seller, self.operator, self.sales_boss):
            for method, args in (
                ("write", ({"date_stop": moment(22, 13)},)),
                ("unlink", ()),
                ("action_undo_release", ()),
            ):
                with self.subTest(user.login, method=method), self.assertRaises(AccessError):
                    self.rpc(user, slot, method, *args)
            action = self.rpc(user, slot, "action_release")
            self.assertEqual(action["res_model"], "sop.slot.request", user.login)
        draft = (
            self.env["sop.slot.request"]
            .with_user(self.seller)
            .create({"kind": "release", "slot_ids": [Command.set(slot.ids)], "reason": "x"})
        )
        with self.assertRaises(AccessError):
            self.rpc(self.operator, draft, "write", {"reason": "y"})
        self.assertTrue(self.rpc(self.operator, draft, "read", ["reason"]))

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        calendar = self.calendar.copy({"company_id": other.id})
        workcenter = self.make_workcenter(
            "Elsewhere", company_id=other.id, resource_calendar_id=calendar.id
        )
        request = self.env["sop.slot.request"].create(
            {
                "company_id": other.id,
                "reason": "x",
                **self.wanted(22, workcenter_id=workcenter.id),
            }
        )
        self.assertFalse(self.env["sop.slot.request"].with_user(self.planner).search([]) & request)
        with self.assertRaises(AccessError):
            self.rpc(self.planner, request, "read", ["reason"])
