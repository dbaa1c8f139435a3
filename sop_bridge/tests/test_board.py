import random
from datetime import timedelta
from itertools import product
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..core.capacity import Ledger
from .board_common import BoardCase
from .common import NOW, day, moment

GOLD, SILVER, STANDARD, NONE = range(4)


@tagged("post_install", "-at_install")
class TestBoard(BoardCase):
    """What the board shows is what the promise sees."""

    # ------------------------------------------------------------------ one truth
    def _fill(self, seed):
        """Random slots, planned and unplanned orders, bookings on two work centres."""
        dice = random.Random(seed)
        places = {"Pacific/Auckland": -13, "America/Los_Angeles": 8}
        found = self.coat.browse()
        for zone, shift in places.items():
            workcenter = self.make_workcenter(
                zone, resource_calendar_id=self.make_calendar(zone).id
            )
            found |= workcenter
            for number in dice.sample(range(1, 9), 3):
                start = moment(number, 8) + timedelta(hours=shift + dice.randrange(4))
                tier = dice.choice([self.gold, self.silver])
                stop = start + timedelta(hours=dice.choice([2, 3, 30]))
                if (start + timedelta(hours=-shift)).weekday() < 5 and not self._taken(
                    workcenter, start, stop
                ):
                    self.make_slot(workcenter, start, stop, tier_id=tier.id)
            for _order in range(12):
                start = moment(dice.randrange(-3, 9), dice.randrange(24))
                stop = start + timedelta(hours=dice.choice([1, 3, 9, 40]))
                tier = dice.choice([self.gold, self.standard, None])
                planned = (start, stop) if dice.random() < 0.7 else (None, None)
                minutes = dice.randrange(20, 700)
                self.plan(minutes, *planned, workcenter, tier, date_start=start)
        return found

    def _taken(self, workcenter, start, stop):
        domain = [("date_start", "<", stop), ("date_stop", ">", start)]
        return self.env["sop.slot"].search([("workcenter_id", "=", workcenter.id), *domain])

    def test_cells_are_what_the_promise_sees(self):
        """Two work centres whose days begin 21 hours apart; four random plants."""
        for seed in range(4):
            with self.subTest(seed=seed):
                found = self._fill(seed)
                content = self.board.get_content("day", count=20, workcenter_ids=found.ids)
                plain, _own = self.env["sop.load"]._get_boards(found, NOW, 25)
                ledger = Ledger(plain, usable=lambda slot, family: False)
                self.assertEqual(len(content["rows"]), 2)
                overs = 0
                for row in content["rows"]:
                    for column, cell in zip(content["columns"], row["cells"], strict=True):
                        overs += cell["over"] > 0
                        self._compare(ledger, row["id"], column["start"], cell)
                self.assertTrue(overs or seed, "the first plant is over capacity somewhere")
                found.active = False

    def test_what_is_read_in_parts_is_the_whole(self):
        found = self._fill(11) | self._fill(12)
        # one that begins late, of an order that begins early, and has no end
        self.plan(90, moment(6, 9), None, found[0], date_start=moment(1, 9))
        load = self.env["sop.load"]
        with patch("odoo.addons.sop_bridge.models.sop_load.STEPS", ()):
            whole, _own = load._get_boards(found, NOW, 25)
        self.assertFalse(whole.later)
        for soon in range(1, 9):
            steps = (soon, soon + 2, 100)
            with patch("odoo.addons.sop_bridge.models.sop_load.STEPS", steps):
                parts, _own = load._get_boards(found, NOW, 25)
            self.assertEqual(len(parts.later), 2)
            for workcenter, number in product(found.ids, range(25)):
                one, other = (board(workcenter, day(number)) for board in (whole, parts))
                told = f"{workcenter} on {day(number)}, read until {soon}"
                self.assertAlmostEqual(one.booked, other.booked, 5, told)
                self.assertAlmostEqual(one.open, other.open, 5, told)
            self.assertFalse(parts.later)

    def _compare(self, ledger, workcenter, when, cell):
        when = day(0).fromisoformat(when)
        bucket = ledger.source(workcenter, when)
        told = f"{workcenter} {when}"
        self.assertAlmostEqual(cell["calendar"], bucket.calendar, 0, told)
        self.assertAlmostEqual(sum(cell["booked"]), bucket.booked, 0, told)
        self.assertAlmostEqual(cell["free"], ledger.available(workcenter, when), 0, told)
        self.assertAlmostEqual(sum(cell["reserved"]), ledger.reserved(workcenter, when), 0, told)

    def test_a_promise_takes_what_the_board_shows_free(self):
        self.make_slot(self.coat, moment(0, 8), moment(0, 10), tier_id=self.gold.id)
        self.plan(130, moment(0, 13), moment(0, 16))
        free = self.cell()["free"]
        self.assertEqual(free, 480 - 120 - 130)
        fits, more = (
            self.ask(self.make_quotation((self.box, quantity)))[0]
            for quantity in (free / 10, free / 10 + 1)
        )
        self.assertEqual((fits.date, more.date), (day(0), day(1)))

    # ------------------------------------------------------------------ what a cell holds
    def test_booked_by_tier_held_and_reserved(self):
        self.plan(60, moment(0, 8), moment(0, 9), tier=self.gold)
        self.plan(30, moment(0, 9), moment(0, 10))
        self.make_slot(self.coat, moment(0, 13), moment(0, 15), tier_id=self.silver.id)
        self.book(self.make_quotation((self.box, 6), tier=self.standard), "held")
        cell = self.cell()
        self.assertEqual(cell["booked"], [60, 0, 60, 30])
        self.assertEqual(cell["held"], [0, 0, 60, 0])
        self.assertEqual(cell["reserved"], [0, 120, 0, 0])
        self.assertEqual((cell["calendar"], cell["free"], cell["over"]), (480, 210, 0))

    def test_slot_of_a_customer_and_one_that_is_open_to_all(self):
        customer = self.make_customer(self.gold)
        self.make_slot(self.coat, moment(0, 8), moment(0, 10), partner_id=customer.id)
        opened = self.make_slot(self.coat, moment(0, 10), moment(0, 12), tier_id=self.gold.id)
        self.assertEqual(self.cell()["reserved"], [120, 0, 0, 120])
        opened._store({"opening": "all"})
        cell = self.cell()
        self.assertEqual((cell["reserved"], cell["free"]), ([0, 0, 0, 120], 360))

    def test_weeks_and_months_are_the_sums_of_their_days(self):
        for number in range(0, 12, 3):
            self.plan(500 + number, moment(number, 8), moment(number, 17), tier=self.gold)
        self.make_slot(self.coat, moment(2, 8), moment(2, 12), tier_id=self.gold.id)
        # the language of the tests begins its weeks on Sunday: to 18 January, then to 25 January
        days = self.row(count=13)["cells"]
        week, second = self.row(scale="week", count=2)["cells"]
        for name in ("calendar", "free", "over"):
            self.assertAlmostEqual(week[name], sum(cell[name] for cell in days[:6]), 1)
            self.assertAlmostEqual(second[name], sum(cell[name] for cell in days[6:]), 1)
        self.assertGreater(week["over"], 0)
        self.assertGreater(week["free"], 0, "a full day does not hide behind an empty one")
        total = self.row(scale="week", count=2)["total"]
        self.assertAlmostEqual(total["booked"][GOLD], sum(week["booked"]) + sum(second["booked"]))
        self.assertEqual(self.cell(scale="month")["calendar"], 15 * 480)

    def test_today_has_the_hours_that_are_left(self):
        self.patch(type(self.promise), "_get_now", lambda this: NOW + timedelta(hours=8))
        self.assertEqual(self.cell()["calendar"], 180)

    def test_a_day_that_is_over_elsewhere_is_past(self):
        """Monday 6:00 UTC is Monday evening in Auckland and Sunday evening in Los Angeles."""
        for zone in ("Pacific/Auckland", "America/Los_Angeles"):
            self.make_workcenter(zone, resource_calendar_id=self.make_calendar(zone).id)
        content = self.board.get_content("day", count=2)
        self.assertEqual(content["start"], "2031-01-12")
        past = {row["name"]: [cell["past"] for cell in row["cells"]] for row in content["rows"]}
        self.assertEqual(past["Pacific/Auckland"], [True, False])
        self.assertEqual(past["America/Los_Angeles"], [False, False])

    def test_slots_stand_in_the_hours_of_their_work_centre(self):
        self.coat.resource_calendar_id = self.make_calendar("America/Los_Angeles")
        slot = self.make_slot(self.coat, moment(1, 16), moment(1, 19), tier_id=self.gold.id)
        row = self.row()
        self.assertEqual(row["hours"], [8, 17])
        (found,) = row["slots"]
        self.assertEqual(found["id"], slot.id)
        self.assertEqual((found["start"], found["stop"]), ("2031-01-14T08:00", "2031-01-14T11:00"))
        self.assertEqual((found["minutes"], found["used"]), (180, 0))

    def test_archived_tier_counts_as_none(self):
        old = self.gold.copy({"code": "OLD", "name": "Old", "active": False})
        self.plan(60, moment(0, 8), moment(0, 9), tier=old)
        self.assertEqual(self.cell()["booked"], [0, 0, 0, 60])

    # ------------------------------------------------------------------ period
    def test_period(self):
        content = self.board.get_content("week", count=4)
        self.assertEqual((content["start"], content["previous"]), ("2031-01-12", False))
        later = self.board.get_content("week", start=content["next"], count=4)
        self.assertEqual(later["start"], "2031-02-09")
        self.assertEqual(later["previous"], "2031-01-12")
        past = self.board.get_content("month", start="2019-05-05", count=1)
        self.assertEqual(past["start"], "2031-01-01", "the past is not shown")

    def test_bad_input(self):
        for options in (
            {"scale": "year"},
            {"start": "tomorrow"},
            {"start": 7},
            {"start": "2999-01-01"},
            {"count": 100},
            {"count": -1},
            {"count": "4"},
        ):
            with self.subTest(options), self.assertRaises(UserError):
                self.board.get_content(**options)

    def test_what_is_no_id_is_refused_in_a_sentence(self):
        days = ("2031-01-15", "2031-01-15")
        for call in (
            lambda: self.board.get_content(workcenter_ids="abc"),
            lambda: self.board.get_content(workcenter_ids=["x"]),
            lambda: self.board.get_content(workcenter_ids=[2**40]),
            lambda: self.board.get_content(workcenter_ids=5),
            lambda: self.board.get_cell("x", *days),
            lambda: self.board.get_new_slot([1], *days),
            lambda: self.board.place_slot("a", "2031-01-15T08:00", "2031-01-15T09:00"),
            lambda: self.board.release_slot({"id": 1}),
            lambda: self.board.get_content(scale=[1]),
            lambda: self.board.get_content(start={"day": 1}),
        ):
            with self.assertRaises(UserError) as caught, self.cr.savepoint():
                call()
            self.assertRegex(str(caught.exception), r"whole numbers\.|are days|is no date")

    def test_without_work_centres(self):
        self.coat.active = False
        content = self.board.get_content()
        self.assertEqual(content["rows"], [])
        self.assertEqual(len(content["columns"]), 26)

    def test_workcenter_without_hours(self):
        self.coat.resource_calendar_id = False
        self.assertEqual(self.cell()["calendar"], 0)

    def test_queries_do_not_grow(self):
        def count(**options):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.board.get_content(**options)
            return self.env.cr.sql_log_count - before

        customer = self.make_customer(self.gold)
        self.make_slot(self.coat, moment(0, 8), moment(0, 10), partner_id=customer.id)
        self.plan(60, moment(0, 8), moment(0, 9), tier=self.gold)
        count(scale="day", count=2)
        few = count(scale="day", count=2)
        for number in range(12):
            more = self.make_workcenter(f"More {number}")
            for when in range(4):
                start, stop = moment(when, 8), moment(when, 10)
                other = self.make_customer(self.silver)
                self.make_slot(more, start, stop, partner_id=other.id)
                self.plan(60, start, stop, workcenter=more, tier=self.silver)
        self.assertLessEqual(count(scale="day", count=40), few)
        self.assertLessEqual(count(scale="week", count=26), few)
