from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .hold_common import HoldCase, pretend_commits


@tagged("post_install", "-at_install")
class TestHold(HoldCase):
    """What a quotation holds is its own until a day, and free afterwards."""

    def test_minutes_are_kept_from_others(self):
        """Monday has eight hours: who holds them first has them."""
        order, hold = self._held(8)
        self.assertEqual(hold.state, "active")
        self.assertEqual(hold.minutes, 480)
        self.assertEqual(hold.date, self.monday)
        self.assertEqual(self._booked(), {self.monday: 480})
        self.assertEqual(self._date(order), self.monday)
        rival = self._quotation(self.standard, 1)
        self.assertEqual(self._date(rival), self.tuesday)

    def test_goods_are_kept_from_others(self):
        order, hold = self._held(10, product=self.stocked)
        self.assertEqual(hold.goods_ids.mapped("quantity"), [10])
        self.assertEqual(order.order_line.sop_promise_state, "ok")
        rival = self._quotation(self.standard, 1, product=self.stocked)
        self.assertEqual(rival.order_line.sop_promise_state, "impossible")

    def test_components_are_kept_from_others(self):
        """A locker needs two shelves: four of them hold eight of the ten."""
        locker = self._made_product("Locker", [(self.assembly, 30)])
        locker.bom_ids.bom_line_ids = [
            Command.create({"product_id": self.stocked.id, "product_qty": 2})
        ]
        _order, hold = self._held(4, product=locker)
        self.assertEqual(hold.goods_ids.product_id, self.stocked)
        self.assertEqual(hold.goods_ids.quantity, 8)
        rival = self._quotation(self.standard, 3, product=self.stocked)
        self.assertEqual(rival.order_line.sop_promise_state, "impossible")
        rival.order_line.product_uom_qty = 2
        self.assertEqual(rival.order_line.sop_promise_state, "ok")

    def test_the_day_is_the_last_in_the_zone_of_the_company(self):
        self.calendar.tz = "Pacific/Auckland"
        _order, hold = self._held(1)
        local = self.company._sop_timezone().fromutc(hold.until)
        self.assertEqual((local.hour, local.minute), (23, 59))
        today = self.company._sop_local_date(self.env["sop.hold"]._get_now())
        self.assertEqual(hold.until_day, today + timedelta(days=7))

    def test_a_tier_has_its_own_days(self):
        self.gold.hold_days = 3
        self.assertEqual(self._held(1, self.gold)[1].until_day, self.today + timedelta(days=3))

    def test_units(self):
        """A dozen holds twelve."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._quotation(self.standard, 1, product=self.stocked)
        order.order_line.product_uom_id = dozen
        with self.assertRaisesRegex(UserError, "no date to hold"):
            order.action_sop_hold()
        self.stocked.uom_ids = [Command.link(dozen.id)]
        location = order.warehouse_id.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.stocked, location, 2)
        order.action_sop_hold()
        self.assertEqual(order.sudo().sop_hold_ids.goods_ids.quantity, 12)

    # ------------------------------------------------------------------ ending
    def test_expired_blocks_nobody_before_the_job_has_run(self):
        order, hold = self._held(8)
        shelves, _hold = self._held(10, product=self.stocked)
        rival = self._quotation(self.standard, 8)
        shelf = self._quotation(self.standard, 10, product=self.stocked)
        # not a week later at this time of day: that may be in the middle of the Monday
        with self._at(hold.until + timedelta(minutes=1)):
            self.assertEqual(hold.state, "active", "not collected yet")
            self.assertEqual(self._date(rival), self.monday)
            self.assertEqual(shelf.order_line.sop_promise_state, "ok")
            self.assertFalse(order.sop_hold_until)
            self.assertFalse(shelves.sop_hold_until)

    def test_the_job_collects_and_tells(self):
        told = pretend_commits(self)
        order, hold = self._held(8)
        with self._later(8):
            self.env["sop.hold"]._cron_expire()
            self.assertEqual(hold.state, "expired")
            self.assertFalse(self._booked())
            self.assertIn("free again", order.message_ids[0].body)
            self.assertEqual(told, [1])
            self.env["sop.hold"]._cron_expire()
            self.assertEqual(told, [1], "twice is once")

    @mute_logger("odoo.addons.sop_bridge.models.sop_hold_job")
    def test_a_hold_that_fails_stops_no_other(self):
        pretend_commits(self)
        holds = [self._held(1)[1] for _number in range(3)]
        ending = holds[2]
        ending._update({"until": ending.until + timedelta(days=1)})
        kind = type(ending)
        tell = kind._tell

        def fail(hold, *args, **kwargs):
            if hold == holds[0]:
                raise ValueError("No mail")
            return tell(hold, *args, **kwargs)

        self.patch(kind, "_tell", fail)
        with self._at(holds[0].until + timedelta(hours=1)):
            self.env["sop.hold"]._cron_expire()
            self.assertEqual([hold.state for hold in holds], ["active", "expired", "active"])
            self.assertEqual([hold.was_told for hold in holds], [False, False, True])

    @mute_logger("odoo.addons.sop_bridge.models.sop_hold_job")
    def test_holds_are_collected_where_nobody_can_be_warned(self):
        pretend_commits(self)
        hold, ending = self._held(1)[1], self._held(1)[1]
        ending._update({"until": ending.until + timedelta(days=1)})

        def fail(holds):
            raise ValueError("No mail")

        self.patch(type(ending), "_warn", fail)
        with self._at(hold.until + timedelta(hours=1)):
            self.env["sop.hold"]._cron_expire()
            self.assertEqual((hold.state, ending.state), ("expired", "active"))

    def test_a_name_with_signs_is_told_as_it_is(self):
        pretend_commits(self)
        order, hold = self._held(8)
        order.sudo().name = '<a href="http://example.com">Q & A</a>'
        with self._at(hold.until - timedelta(hours=3)):
            self.env["sop.hold"]._cron_expire()
        note = order.activity_ids.note
        self.assertNotIn("<a ", note)
        self.assertIn("Q &amp; A", note)

    def test_an_advice_counts_a_hold_until_it_expires(self):
        self._held(8, tier=self.gold)
        advice = self.env["sop.protection"].create(
            {
                "workcenter_id": self.line.id,
                "date_from": self.monday,
                "date_to": self.monday + timedelta(days=6),
            }
        )
        advice.action_compute()
        gold = advice.line_ids.filtered(lambda line: line.tier_id == self.gold)
        self.assertEqual(gold.booked_hours, 8)
        with self._later(8):
            advice.action_compute()
            self.assertFalse(gold.booked_hours, "nobody has collected it yet")

    def test_the_job_warns_once(self):
        pretend_commits(self)
        order, hold = self._held(8)
        with self._later(7):
            self.env["sop.hold"]._cron_expire()
            self.env["sop.hold"]._cron_expire()
            activities = order.activity_ids.filtered(lambda act: act.user_id == self.sales)
            self.assertEqual(len(activities), 1)
            self.assertIn("Held until", activities.summary)
            self.assertEqual(hold.state, "active")

    def test_release(self):
        order, hold = self._held(8)
        order.action_sop_release()
        self.assertEqual(hold.state, "released")
        self.assertFalse(self._booked())
        with self.assertRaises(UserError):
            order.action_sop_release()

    def test_cancelling_releases(self):
        order, hold = self._held(8)
        order.action_cancel()
        self.assertEqual(hold.state, "released")
        self.assertFalse(self._booked())

    def test_deleting_releases(self):
        order, _hold = self._held(10, product=self.stocked)
        rival = self._quotation(self.standard, 10, product=self.stocked)
        order.sudo().unlink()
        rival.order_line.invalidate_recordset(["sop_promise_state"])
        self.assertEqual(rival.order_line.sop_promise_state, "ok")

    def test_confirming_uses_it(self):
        order, hold = self._held(8)
        rival = self._quotation(self.standard, 8)
        rival.action_confirm()
        self.assertEqual(rival.order_line.sop_promised_date, self.tuesday)
        order.action_confirm()
        self.assertEqual((order.state, hold.state), ("sale", "used"))
        self.assertEqual(order.order_line.sop_promised_date, self.monday)
        self.assertEqual(self._booked(), {self.monday: 480, self.tuesday: 480})
        self.assertEqual(set(order.sudo().sop_booking_ids.mapped("state")), {"booked"})

    def test_what_is_held_is_what_confirming_promises(self):
        """Room that others give back before the held day changes neither."""
        first, _hold = self._held(8)
        second, hold = self._held(8)
        self.assertEqual(hold.date, self.tuesday)
        first.action_sop_release()
        self.assertEqual(self._date(second), self.tuesday)
        second.action_confirm()
        self.assertEqual(second.order_line.sop_promised_date, self.tuesday)
        self.assertEqual(self._booked(), {self.tuesday: 480})

    def test_what_the_plant_can_no_longer_keep_is_said(self):
        """The machine is overhauled on the held day: shown, and not confirmed in silence."""
        order, _hold = self._held(8)
        self._fill(self.line, self.monday, self.tuesday)
        self.assertEqual(self._date(order), self.tuesday)
        self.assertEqual(order.order_line.sop_promise_state, "late")
        self.assertIn("can no longer keep", order.order_line.sop_promise_reason)
        order.action_confirm()
        self.assertEqual(order.sop_exception_ids.state, "pending")

    # ------------------------------------------------------------------ changes
    def test_change_holds_anew(self):
        order, hold = self._held(8)
        order.order_line.product_uom_qty = 10
        self.assertEqual(hold.minutes, 600)
        self.assertEqual(hold.date, self.tuesday)
        self.assertEqual(self._date(order), self.tuesday)
        self.assertEqual(self._booked(), {self.monday: 480, self.tuesday: 120})

    def test_change_comes_behind_others(self):
        order, hold = self._held(4)
        self._held(4)
        order.order_line.product_uom_qty = 5
        self.assertEqual(hold.date, self.tuesday)

    def test_several_changes_in_one_write_are_one(self):
        order, hold = self._held(8)
        order.write(
            {
                "order_line": [
                    Command.update(order.order_line.id, {"product_uom_qty": 2}),
                    Command.create({"product_id": self.stocked.id, "product_uom_qty": 3}),
                ]
            }
        )
        self.assertEqual(hold.minutes, 120)
        self.assertEqual(hold.goods_ids.quantity, 3)

    def test_deleted_line_is_free(self):
        order, hold = self._held(8)
        order.write(
            {"order_line": [Command.create({"product_id": self.stocked.id, "product_uom_qty": 3})]}
        )
        order.order_line[0].unlink()
        self.assertEqual((hold.minutes, hold.goods_ids.quantity), (0, 3))

    def test_change_to_what_cannot_be_ends_it(self):
        order, hold = self._held(8)
        order.order_line.product_uom_qty = 20000
        self.assertEqual(hold.state, "released")
        self.assertIn("no date to hold", hold.why_ended)
        self.assertFalse(self._booked())

    def test_a_line_that_leaves_the_quotation_is_held_no_more(self):
        order, hold = self._held(8)
        other = self._quotation(self.standard, 1)
        order.order_line.order_id = other
        self.assertEqual(hold.state, "released")
        self.assertFalse(self._booked())
        self.assertEqual(other.order_line.mapped("sop_promise_date"), [self.monday, self.tuesday])

    def test_a_line_that_moves_is_held_where_it_comes(self):
        order, hold = self._held(4)
        order.order_line = [Command.create({"product_id": self.stocked.id, "product_uom_qty": 3})]
        other, second = self._held(1)
        order.order_line[0].order_id = other
        self.assertEqual((hold.minutes, hold.goods_ids.quantity), (0, 3))
        self.assertEqual(second.minutes, 300)
        self.assertEqual(self._booked(), {self.monday: 300})

    def test_price_changes_nothing(self):
        order, hold = self._held(8)
        kept = hold.booking_ids
        order.order_line.price_unit = 90
        self.assertEqual(hold.booking_ids, kept)

    # ------------------------------------------------------------------ exceptions
    def test_an_exception_holds_goods_too(self):
        order = self._quotation(self.standard, 8, self.today + timedelta(days=1))
        order.order_line = [Command.create({"product_id": self.stocked.id, "product_uom_qty": 7})]
        order.action_confirm()
        hold = order.sudo().sop_hold_ids
        self.assertEqual((hold.kind, hold.minutes), ("exception", 480))
        self.assertEqual(hold.goods_ids.quantity, 7)
        order.sop_exception_ids.with_user(self.sales).action_withdraw()
        self.assertEqual(hold.state, "released")
        self.assertFalse(self._booked())

    def test_an_exception_takes_over_what_was_held(self):
        order, hold = self._held(8)
        order.sop_requested_date = self.today + timedelta(days=1)
        order.action_confirm()
        self.assertEqual(order.sudo().sop_hold_ids, hold)
        self.assertEqual(hold.kind, "exception")
        self.assertEqual(sum(self._booked().values()), 480)
        with self.assertRaisesRegex(UserError, "nothing that you could release"):
            order.action_sop_release()
