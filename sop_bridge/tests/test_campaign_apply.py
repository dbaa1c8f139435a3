from odoo.exceptions import UserError
from odoo.tests import tagged

from .campaign_common import CampaignCase
from .common import NOW, day, moment


@tagged("post_install", "-at_install")
class TestCampaignApply(CampaignCase):
    """Applying, undoing, and what keeps from both."""

    def setUp(self):
        super().setUp()
        self.orders = self.plan("Grey", "Blue", "Grey")
        self.before = [self.stands(order) for order in self.orders]

    def refused(self, campaign, text):
        """Neither applied nor half applied."""
        places = [self.stands(order.exists()) for order in self.orders.exists()]
        campaign.invalidate_recordset()
        self.assertFalse(campaign.can_apply)
        self.assertRegex(campaign.changed, text)
        with self.assertRaisesRegex(UserError, f"{text}.*propose again"):
            campaign.action_apply()
        self.assertEqual(campaign.state, "draft")
        self.assertEqual([self.stands(one) for one in self.orders.exists()], places)

    # ------------------------------------------------------------------ both ways
    def test_apply_and_undo(self):
        campaign = self.propose()
        self.assertEqual([self.stands(order) for order in self.orders], self.before)
        campaign.action_apply()
        self.assertEqual((campaign.state, campaign.applied_by_id), ("applied", self.planner))
        first, blue, second = (self.stands(order) for order in self.orders)
        self.assertEqual(first, (moment(0, 8.5), moment(0, 9.5)))
        self.assertEqual(second, (moment(0, 9.5), moment(0, 10.5)))
        self.assertEqual(blue, (moment(0, 11), moment(0, 12)))
        for order in self.orders:
            workorder = order.workorder_ids
            self.assertEqual(workorder.duration_expected, 60)
            self.assertEqual((order.date_start, order.date_finished), self.stands(order))
            leave = workorder.leave_id
            self.assertEqual((leave.date_from, leave.date_to), self.stands(order))
            self.assertEqual(order.move_finished_ids.date, order.date_finished)
        self.assertIn("saves 30 of 90", campaign.message_ids[0].body)
        campaign.action_undo()
        self.assertEqual(campaign.state, "undone")
        self.assertEqual([self.stands(order) for order in self.orders], self.before)
        with self.assertRaisesRegex(UserError, "Only a campaign that is applied"):
            campaign.action_undo()

    def test_once_only(self):
        campaign = self.propose()
        campaign.action_apply()
        with self.assertRaisesRegex(UserError, "no proposal to apply"):
            campaign.action_apply()

    def test_propose_again_after_applying(self):
        campaign = self.propose()
        campaign.action_apply()
        action = campaign.action_propose()
        again = self.campaigns.browse(action["res_id"])
        self.assertNotEqual(again, campaign)
        self.assertEqual(again.outcome, "best")
        self.assertEqual(campaign.state, "applied")

    def test_applied_is_history(self):
        campaign = self.propose()
        self.assertTrue(campaign.copy().unlink())
        campaign.action_apply()
        with self.assertRaisesRegex(UserError, "history"):
            campaign.unlink()
        with self.assertRaisesRegex(UserError, "applied already"):
            campaign.date_to = day(5)

    # ------------------------------------------------------------------ facts that changed
    def test_moved(self):
        campaign = self.propose()
        self.orders[1].workorder_ids.write(
            {"date_start": moment(1, 8), "date_finished": moment(1, 9)}
        )
        self.refused(campaign, "was moved")
        campaign.action_propose()
        self.assertFalse(campaign.changed)

    def test_started_finished_cancelled(self):
        for act, text in (
            (lambda order: order.workorder_ids.button_start(), "was started"),
            (lambda order: order.workorder_ids.button_finish(), "is finished"),
            (lambda order: order.action_cancel(), "was cancelled"),
        ):
            with self.subTest(text), self.env.cr.savepoint() as savepoint:
                campaign = self.propose()
                act(self.orders[1])
                self.refused(campaign, text)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_deleted(self):
        campaign = self.propose()
        name = self.orders[1].workorder_ids.display_name
        self.orders[1].workorder_ids.unlink()
        self.refused(campaign, f"{name} was deleted")

    def test_takes_longer(self):
        campaign = self.propose()
        self.orders[1].workorder_ids.duration_expected = 90
        self.refused(campaign, "takes another time")

    def test_promised_for_another_day(self):
        campaign = self.propose()
        self.promise_for(self.orders[1], day(2))
        self.refused(campaign, "due on another day")

    def test_product_of_another_family(self):
        campaign = self.propose()
        self.products["Blue"].sop_family_id = self.families["Red"]
        self.refused(campaign, "another family")

    def test_a_new_slot(self):
        campaign = self.propose()
        self.make_slot(self.coat, moment(0, 11), moment(0, 12), tier_id=self.gold.id)
        self.refused(campaign, "slot on Coat")

    def test_a_new_order_in_the_gap(self):
        campaign = self.propose()
        other = self.plan("Red")
        self.assertEqual(self.stands(other), (moment(0, 11), moment(0, 12)))
        self.refused(campaign, "Other work was planned")

    def test_an_order_confirmed_meanwhile(self):
        campaign = self.propose()
        sale = self.make_quotation((self.products["Grey"], 3))
        self.env["sop.booking"]._book(self.promise._promise_lines(sale.order_line), "booked")
        self.refused(campaign, "order was confirmed")

    def test_what_became_free_does_not_matter(self):
        other = self.plan("Red", start=moment(2, 8))
        campaign = self.propose()
        other.action_cancel()
        campaign.invalidate_recordset()
        line = campaign.line_ids.filtered(lambda one: one.production_id == other)
        self.assertTrue(line)
        self.assertEqual(bool(campaign.changed), line.moves)

    def test_an_operation_behind_was_moved(self):
        packed = self.make_coated(
            "Packed", self.families["Blue"], [(self.coat, 60), (self.pack, 60)]
        )
        order = self.plan(packed, start=moment(0, 8))
        self.make_changeover("Grey", "Blue", 5, 5)
        campaign = self.propose()
        self.assertTrue(campaign.line_ids.filtered("moves").production_id & order)
        packing = order.workorder_ids.filtered(lambda wo: wo.workcenter_id == self.pack)
        packing.write({"date_start": moment(0, 10), "date_finished": moment(0, 11)})
        campaign.invalidate_recordset()
        self.assertRegex(campaign.changed, "was moved")

    def test_the_beginning_has_passed(self):
        campaign = self.propose()
        later = moment(0, 9)
        self.classPatch(type(self.promise), "_get_now", lambda _self: later)
        self.refused(campaign, "begun in the past")

    def test_two_proposals(self):
        """The second one is obsolete once the first is applied."""
        colleague = self.planner.copy({"login": "campaign_colleague"})
        mine, theirs = self.propose(), None
        action = self.campaigns.with_user(colleague).action_propose_for(
            self.coat.id, day(0), day(3)
        )
        theirs = self.campaigns.with_user(colleague).browse(action["res_id"])
        self.assertEqual((mine.state, theirs.state), ("draft", "draft"))
        mine.action_apply()
        self.assertEqual(theirs.state, "obsolete")
        with self.assertRaisesRegex(UserError, "no proposal to apply"):
            theirs.action_apply()
        theirs.action_propose()
        self.assertEqual((theirs.state, theirs.outcome), ("draft", "best"))

    # ------------------------------------------------------------------ undoing
    def test_undo_is_refused_once_something_moved(self):
        for act, text in (
            (lambda: self.plan("Red"), "Other work was planned"),
            (self.orders[1].workorder_ids.button_start, "was started"),
            (
                lambda: self.orders[1].workorder_ids.write(
                    {"date_start": moment(2, 8), "date_finished": moment(2, 9)}
                ),
                "was moved",
            ),
            (
                lambda: self.make_slot(
                    self.coat, moment(0, 8), moment(0, 12), tier_id=self.gold.id
                ),
                "slot on Coat",
            ),
        ):
            with self.subTest(text), self.env.cr.savepoint() as savepoint:
                campaign = self.propose()
                campaign.action_apply()
                # the half hour before the first order is free for nobody else
                self.orders[2].workorder_ids.invalidate_recordset()
                act()
                if text == "Other work was planned":
                    self.env["mrp.workorder"].search([("product_id.name", "=", "Red")]).write(
                        {"date_start": moment(0, 8), "date_finished": moment(0, 8.5)}
                    )
                with self.assertRaisesRegex(UserError, f"{text}.*former plan cannot be restored"):
                    campaign.action_undo()
                self.assertEqual(campaign.state, "applied")
                savepoint.rollback()
                self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCampaignBookings(CampaignCase):
    """Bookings follow their work orders, so that each minute counts once."""

    def setUp(self):
        super().setUp()
        self.company.sop_gate = "hold"

    def confirm(self, name, quantity=1, tier=None, wanted=0):
        """Order of a customer, booked and planned by its confirmation."""
        order = self.make_quotation(
            (self.products[name], quantity), tier=tier, sop_requested_date=day(wanted)
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        return order.sop_booking_ids.production_id

    def booked(self, production):
        """[(day number, minutes, slot)] of the bookings of an order."""
        return [
            ((booking.day - day(0)).days, round(booking.minutes, 2), booking.slot_id)
            for booking in production.sop_booking_ids.sorted("day")
        ]

    def load(self):
        """{day number: minutes that are taken} as the promise counts them."""
        self.env.flush_all()
        board, _own = self.env["sop.load"]._get_boards(self.coat, NOW, 10)
        return {
            number: round(board(self.coat.id, day(number)).booked, 2)
            for number in range(5)
            if board(self.coat.id, day(number)).booked
        }

    def test_bookings_follow_and_return(self):
        """The blue order of Monday moves to Tuesday, behind the grey ones."""
        self.make_changeover("Blue", "Grey", 240, 500)
        blue = self.confirm("Blue", wanted=3)
        blue.workorder_ids.write({"date_start": moment(0, 8), "date_finished": moment(0, 9)})
        blue.sop_booking_ids._update(
            {"day": day(0), "plan_from": moment(0, 8), "plan_to": moment(0, 9)}
        )
        self.plan(*["Grey"] * 7)
        self.assertEqual(self.booked(blue), [(0, 60, self.env["sop.slot"])])
        self.assertEqual(self.load(), {0: 480})
        campaign = self.propose()
        campaign.action_apply()
        self.assertEqual(self.stands(blue)[0].date(), day(1))
        self.assertEqual(self.booked(blue), [(1, 60, self.env["sop.slot"])])
        self.assertEqual(sum(self.load().values()), 480)
        self.assertEqual(self.load()[1], 60)
        booking = blue.sop_booking_ids
        self.assertEqual((booking.plan_from, booking.plan_to), self.stands(blue))
        campaign.action_undo()
        self.assertEqual(self.booked(blue), [(0, 60, self.env["sop.slot"])])
        self.assertEqual(self.load(), {0: 480})

    def test_an_order_over_two_days_and_into_a_slot(self):
        """Five hours from Monday afternoon on: the first ones of Tuesday are a slot of Gold."""
        slot = self.make_slot(self.coat, moment(1, 8), moment(1, 10), tier_id=self.gold.id)
        self.make_changeover("Blue", "Grey", 240, 500)
        blue = self.confirm("Blue", quantity=5, tier=self.gold, wanted=3)
        workorder = blue.workorder_ids
        workorder.with_context(bypass_duration_calculation=True).write(
            {"date_start": moment(0, 8), "date_finished": moment(0, 14)}
        )
        blue.sop_booking_ids[1:]._free()
        blue.sop_booking_ids._update(
            {
                "day": day(0),
                "minutes": 300,
                "slot_id": False,
                "plan_from": moment(0, 8),
                "plan_to": moment(0, 14),
            }
        )
        self.plan("Grey", "Grey", "Grey")
        self.plan("Grey", start=moment(1, 8))
        campaign = self.propose()
        campaign.action_apply()
        self.assertEqual(self.stands(blue)[0].date(), day(0))
        parts = self.booked(blue)
        self.assertEqual(sum(part[1] for part in parts), 300)
        self.assertEqual({part[0] for part in parts}, {0, 1})
        inside = sum(minutes for _day, minutes, where in parts if where == slot)
        self.assertGreater(inside, 0)
        self.assertEqual(slot.used_minutes, inside)
        campaign.action_undo()
        self.assertEqual(self.booked(blue), [(0, 300, self.env["sop.slot"])])
        self.assertEqual(slot.used_minutes, 0)

    def test_a_booking_that_the_planner_left_behind_stays(self):
        """The planner moved the work order: its interval counts, not the booking."""
        blue = self.confirm("Blue", wanted=3)
        was = self.booked(blue)
        self.plan("Grey", "Grey")
        blue.workorder_ids.write({"date_start": moment(0, 8), "date_finished": moment(0, 9)})
        self.make_changeover("Blue", "Grey", 240, 500)
        total = sum(self.load().values())
        campaign = self.propose()
        if campaign.can_apply:
            campaign.action_apply()
        self.assertEqual(self.booked(blue), was)
        self.assertEqual(sum(self.load().values()), total)
