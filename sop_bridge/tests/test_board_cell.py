from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .board_common import BoardCase
from .common import day, moment


@tagged("post_install", "-at_install")
class TestBoardCell(BoardCase):
    """Behind a cell: its orders, its slots, and why it is over capacity."""

    def names(self, detail):
        return [(load["name"], round(load["minutes"])) for load in detail["loads"]]

    def test_orders_add_up_to_the_cell(self):
        slot = self.make_slot(self.coat, moment(0, 8), moment(0, 12), tier_id=self.gold.id)
        work = self.plan(240, moment(0, 15), moment(1, 10))
        self.plan(60, None, None)
        order = self.make_quotation((self.box, 12), tier=self.gold)
        self.book(order, "held")
        detail = self.detail(day(0))
        cell = self.cell()
        total = sum(load["minutes"] for load in detail["loads"])
        self.assertAlmostEqual(total, sum(cell["booked"]))
        self.assertAlmostEqual(total, 120 + 60 + 120)
        held = next(load for load in detail["loads"] if load["held"])
        self.assertEqual((held["name"], held["minutes"]), (order.name, 120))
        planned = next(load for load in detail["loads"] if work.production_id.name in load["name"])
        self.assertEqual((planned["minutes"], planned["whole"]), (120, 240))
        self.assertIn("not planned yet", " ".join(detail["notes"]))
        (kept,) = detail["slots"]
        self.assertEqual((kept["id"], kept["used"], kept["left"]), (slot.id, 120, 120))
        self.assertEqual(
            detail["summary"], "5 of 8 h booked, 2 h kept by slots, 1 h open to every order."
        )

    def test_bookings_of_a_line_are_one_entry(self):
        order = self.make_quotation((self.box, 96))
        self.book(order)
        detail = self.detail(day(0), day(6))
        self.assertEqual(self.names(detail), [(order.name, 960)])
        self.assertEqual(detail["loads"][0]["link"], {"model": "sale.order", "ids": order.ids})

    def test_the_rest_of_a_long_list_is_told(self):
        self.patch(self.board.env.registry["sop.board"], "_LISTED", 2)
        for minutes in (10, 30, 20):
            self.plan(minutes, moment(0, 8), moment(0, 9))
        detail = self.detail(day(0))
        self.assertEqual([load["minutes"] for load in detail["loads"]], [30, 20])
        self.assertEqual(detail["more"], {"count": 1, "minutes": 10})

    # ------------------------------------------------------------------ why
    def why(self, number=0, last=None):
        detail = self.detail(day(number), last and day(last))
        return " ".join(detail["why"] + detail["notes"])

    def test_over_by_orders_at_the_same_time(self):
        first = self.plan(320, moment(1, 8), moment(1, 14)).production_id.name
        second = self.plan(300, moment(1, 12), moment(1, 17)).production_id.name
        told = self.why(1)
        self.assertIn("Coat, Tue 14 Jan: 620 of 480 minutes booked, 140 too many.", told)
        self.assertRegex(told, f"Planned at the same time as another: .*{first}.*{second}")
        self.assertNotIn("over a slot", told)

    def test_over_by_hand_in_a_slot(self):
        self.make_slot(self.coat, moment(1, 8), moment(1, 12), tier_id=self.gold.id)
        work = self.plan(500, moment(1, 8), moment(1, 17))
        told = self.why(1)
        self.assertIn(f"Planned by hand over a slot: {work.production_id.name}", told)
        self.assertIn("Need more than the time planned", told)

    def test_an_order_for_stock_may_stand_in_a_slot_that_is_open_to_everyone(self):
        slot = self.make_slot(self.coat, moment(1, 8), moment(1, 12), tier_id=self.gold.id)
        self.plan(500, moment(1, 8), moment(1, 17))
        slot._open_all(moment(0, 6))
        self.assertNotIn("over a slot", self.why(1))

    def test_time_off_and_orders_outside_of_hours(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Repair",
                "calendar_id": self.calendar.id,
                "resource_id": self.coat.resource_id.id,
                "date_from": moment(1, 8),
                "date_to": moment(1, 17),
            }
        )
        self.plan(90, moment(1, 8), moment(1, 10))
        told = self.why(1)
        self.assertIn("90 of 0 minutes booked", told)
        self.assertIn("Time off takes 480 minutes.", told)
        self.assertIn("Planned outside of working time", told)

    def test_overdue_counts_from_today(self):
        late = self.plan(90, moment(-5, 8), moment(-5, 10)).production_id.name
        told = self.why()
        self.assertIn("90 minutes are overdue and count as from today", told)
        self.assertIn(late, told)
        self.assertNotIn("too many", told)

    def test_many_days_are_not_all_told(self):
        for number in range(12):
            self.plan(600, moment(number, 8), moment(number, 17))
        detail = self.detail(day(0), day(11))
        self.assertEqual(sum("too many" in text for text in detail["why"]), 5)
        self.assertIn("7 more days are over capacity", " ".join(detail["why"]))

    # ------------------------------------------------------------------ who sees what
    def user(self, login, *groups):
        return new_test_user(self.env, login, groups=",".join(groups), email=f"{login}@a.example")

    def _orders_of_two(self):
        mine = self.user("board_mine", "sales_team.group_sale_salesman")
        other = self.user("board_other", "sales_team.group_sale_salesman")
        orders = [
            self.make_quotation(
                (self.box, 6),
                customer=self.make_customer(self.gold, name=f"Customer of {user.login}"),
                user_id=user.id,
            )
            for user in (mine, other)
        ]
        for order in orders:
            self.book(order)
        return mine, orders

    def test_salesperson_sees_minutes_of_others_not_names(self):
        mine, (own, hidden) = self._orders_of_two()
        detail = self.detail(day(0), user=mine)
        self.assertEqual(sorted(self.names(detail)), [("", 60), (own.name, 60)])
        text = str(detail)
        self.assertIn("Customer of board_mine", text)
        self.assertNotIn("board_other", text)
        self.assertNotIn(hidden.name, text)
        self.assertEqual([load["owner"] for load in detail["loads"]], [0, 0], "tiers are shown")

    def test_production_and_managers_see_names(self):
        _mine, (own, other) = self._orders_of_two()
        for login, group in (
            ("board_planner", "mrp.group_mrp_user"),
            ("board_boss", "sales_team.group_sale_salesman_all_leads"),
        ):
            detail = self.detail(day(0), user=self.user(login, group))
            self.assertEqual(sorted(self.names(detail)), [(own.name, 60), (other.name, 60)])

    def test_links_lead_where_the_user_may_go(self):
        _mine, orders = self._orders_of_two()
        work = self.plan(30, moment(0, 8), moment(0, 9))
        planner = self.user("board_planner", "mrp.group_mrp_user")
        links = [load["link"] for load in self.detail(day(0), user=planner)["loads"]]
        self.assertIn({"model": "mrp.production", "ids": work.production_id.ids}, links)
        self.assertEqual({link["model"] for link in links}, {"mrp.production", "sale.order"})
        for link in links:
            self.env[link["model"]].with_user(planner).browse(link["ids"]).check_access("read")
        self.assertTrue(orders)

    def test_who_has_nothing_to_do_with_it_sees_nothing(self):
        plain = self.user("board_plain", "base.group_user")
        with self.assertRaises(AccessError):
            self.board.with_user(plain).get_content()
        with self.assertRaises(AccessError):
            self.detail(day(0), user=plain)

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        calendar = self.calendar.copy({"company_id": other.id})
        workcenter = self.make_workcenter(
            "Elsewhere", company_id=other.id, resource_calendar_id=calendar.id
        )
        planner = self.user("board_planner", "mrp.group_mrp_user")
        board = self.board.with_user(planner)
        self.assertNotIn("Elsewhere", [row["name"] for row in board.get_content()["rows"]])
        with self.assertRaises(AccessError):
            board.get_cell(workcenter.id, "2031-01-13", "2031-01-13")
        planner.company_ids |= other
        both = board.with_context(allowed_company_ids=(self.company | other).ids)
        self.assertIn("Elsewhere", [row["name"] for row in both.get_content()["rows"]])

    def test_bad_input(self):
        for arguments in (("nonsense", "2031-01-13"), ("2031-01-13", "2031-01-10")):
            with self.subTest(arguments), self.assertRaises(UserError):
                self.board.get_cell(self.coat.id, *arguments)
        with self.assertRaises(AccessError):
            self.board.get_cell(False, "2031-01-13", "2031-01-13")
