from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .board_common import BoardCase
from .common import day, moment


@tagged("post_install", "-at_install")
class TestBoardSlot(BoardCase):
    """Slots that are placed on the board."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slot = cls.make_slot(cls.coat, moment(1, 8), moment(1, 12), tier_id=cls.gold.id)
        cls.manager = new_test_user(
            cls.env, "board_manager", groups="sop_bridge.group_sop_production_approver"
        )
        cls.board = cls.board.with_user(cls.manager)

    def place(self, start, stop, slot=None):
        return self.board.place_slot((slot or self.slot).id, start, stop)

    def test_move_and_back(self):
        found = self.place("2031-01-15T09:30", "2031-01-15T13:30")
        self.assertEqual(self.slot.date_start, datetime(2031, 1, 15, 9, 30))
        self.assertIn("Wed 15 Jan 09:30 – 13:30", found["message"])
        self.place(*found["before"])
        self.assertEqual((self.slot.date_start, self.slot.date_stop), (moment(1, 8), moment(1, 12)))

    def test_hours_stay_over_a_change_of_the_clock(self):
        """Rome changes its clock on 30 March: 8:00 is 7:00 UTC before and 6:00 UTC after."""
        rome = self.make_workcenter(
            "Rome", resource_calendar_id=self.make_calendar("Europe/Rome").id
        )
        slot = self.make_slot(
            rome, datetime(2031, 3, 28, 7), datetime(2031, 3, 28, 9), tier_id=self.gold.id
        )
        self.place("2031-03-31T08:00", "2031-03-31T10:00", slot)
        self.assertEqual(slot.date_start, datetime(2031, 3, 31, 6))

    def test_what_is_in_the_way_is_told(self):
        other = self.make_slot(self.coat, moment(2, 10), moment(2, 12), tier_id=self.silver.id)
        for start, stop, told in (
            ("2031-01-15T08:00", "2031-01-15T12:00", "Silver already covers .* Wed 15 Jan 10:00"),
            ("2031-01-18T08:00", "2031-01-18T12:00", "does not work"),
            ("2031-01-10T08:00", "2031-01-10T12:00", "has passed"),
            ("2031-01-14T12:00", "2031-01-14T08:00", "end after it starts"),
            ("now", "2031-01-14T08:00", "now is no moment"),
            ("2031-01-16T08:00", "9999-12-31T08:00", "31 days at most"),
            ("2036-01-15T08:00", "2036-01-15T12:00", "three years ahead"),
        ):
            with (
                self.subTest(told),
                self.assertRaisesRegex((UserError, ValidationError), told),
                self.env.cr.savepoint(),
            ):
                self.place(start, stop)
        self.assertEqual(self.slot.date_start, moment(1, 8))
        self.assertTrue(other.active)

    def test_what_is_booked_stays_in_the_slot(self):
        order = self.make_quotation((self.box, 12), tier=self.gold)
        self.plan(480, moment(0, 8), moment(0, 17))
        self.book(order)
        self.assertEqual(order.sop_booking_ids.slot_id, self.slot)
        with self.assertRaisesRegex(UserError, "120 minutes of this slot are booked on Tue 14 Jan"):
            self.place("2031-01-15T08:00", "2031-01-15T12:00")
        with self.assertRaises(UserError):
            self.place("2031-01-14T08:00", "2031-01-14T09:30")
        self.place("2031-01-14T08:00", "2031-01-14T14:00")
        self.assertEqual(self.slot.minutes, 300)

    def test_release_and_restore(self):
        self.assertEqual(self.cell(1)["reserved"], [240, 0, 0, 0])
        found = self.board.release_slot(self.slot.id)
        self.assertEqual((found["action"], found["undo"]), (False, True))
        self.assertEqual(self.cell(1)["reserved"], [0, 0, 0, 0])
        self.assertEqual(self.cell(1)["free"], 480)
        self.board.restore_slot(self.slot.id)
        self.assertEqual(self.cell(1)["reserved"], [240, 0, 0, 0])

    def test_what_others_count_on_is_not_released_by_one_department(self):
        self.slot._store({"told_on": moment(0, 6)})
        found = self.board.release_slot(self.slot.id)
        self.assertEqual(found["action"]["res_model"], "sop.slot.request")
        self.assertEqual((found["undo"], self.slot.opening), (False, "owner"))
        with self.assertRaisesRegex(UserError, "word of Sales"), self.env.cr.savepoint():
            self.place("2031-01-14T08:00", "2031-01-14T10:00")

    def test_restore_needs_the_time_to_be_free(self):
        self.slot.active = False
        self.make_slot(self.coat, moment(1, 11), moment(1, 14), tier_id=self.silver.id)
        with self.assertRaisesRegex(UserError, "Silver already covers"):
            self.board.restore_slot(self.slot.id)

    def test_a_new_slot_is_taken_back_unless_it_is_used(self):
        self.plan(480, moment(0, 8), moment(0, 17))
        order = self.make_quotation((self.box, 12), tier=self.gold)
        bookings = self.book(order)
        with self.assertRaisesRegex(UserError, "Release it instead"):
            self.board.remove_slot(self.slot.id)
        bookings._free()
        self.board.remove_slot(self.slot.id)
        self.assertFalse(self.slot.exists())
        with self.assertRaisesRegex(AccessError, "no such slot any more"):
            self.board.remove_slot(self.slot.id)

    # ------------------------------------------------------------------ a new slot
    def new(self, first, last, **options):
        found = self.board.get_new_slot(self.coat.id, str(day(first)), str(day(last)), **options)
        return found["default_date_start"], found["default_date_stop"]

    def test_new_slot_takes_the_longest_time_that_is_left(self):
        self.assertEqual(self.new(1, 1), (moment(1, 13), moment(1, 17)))
        self.assertEqual(self.new(2, 3), (moment(2, 8), moment(3, 17)))
        self.assertEqual(self.new(5, 8, in_one_day=True), (moment(7, 8), moment(7, 17)))

    def test_new_slot_ends_before_the_next_one(self):
        self.assertEqual(self.new(0, 3), (moment(0, 8), moment(0, 17)))

    def test_new_slot_where_no_time_is_left(self):
        with self.assertRaisesRegex(UserError, "Coat has no working time left .* Sat 18 Jan"):
            self.new(5, 6)

    def test_new_slot_can_be_saved(self):
        context = self.board.get_new_slot(self.coat.id, str(day(3)), str(day(3)), self.silver.id)
        slot = self.env["sop.slot"].with_user(self.manager).with_context(**context).create({})
        self.assertEqual((slot.workcenter_id, slot.tier_id), (self.coat, self.silver))
        self.assertEqual(slot.minutes, 480)

    # ------------------------------------------------------------------ rights
    def test_who_may_not_change_slots(self):
        for login, group in (
            ("board_sales", "sales_team.group_sale_salesman"),
            ("board_planner", "mrp.group_mrp_user"),
        ):
            user = new_test_user(self.env, login, groups=group)
            board = self.board.with_user(user)
            self.assertFalse(board.get_content()["may_edit"])
            for call in (
                lambda board=board: board.place_slot(
                    self.slot.id, "2031-01-15T08:00", "2031-01-15T09:00"
                ),
                lambda board=board: board.release_slot(self.slot.id),
                lambda board=board: board.restore_slot(self.slot.id),
                lambda board=board: board.remove_slot(self.slot.id),
                lambda board=board: board.get_new_slot(self.coat.id, "2031-01-15", "2031-01-15"),
            ):
                with self.assertRaises(AccessError):
                    call()
        self.assertTrue(self.board.get_content()["may_edit"])

    def test_slots_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        workcenter = self.make_workcenter(
            "Elsewhere",
            company_id=other.id,
            resource_calendar_id=self.calendar.copy({"company_id": other.id}).id,
        )
        slot = self.make_slot(workcenter, moment(1, 8), moment(1, 12), tier_id=self.gold.id)
        with self.assertRaises(AccessError):
            self.place("2031-01-15T08:00", "2031-01-15T09:00", slot)
        self.assertEqual(slot.date_start, moment(1, 8))
