from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .campaign_common import CampaignCase
from .common import day, moment


@tagged("post_install", "-at_install")
class TestCampaign(CampaignCase):
    """What is proposed, and why."""

    # ------------------------------------------------------------------ what is gained
    def test_families_run_once(self):
        """Four changes of colour become one: 90 minutes and 120 in money less."""
        self.plan("Grey", "Blue", "Grey", "Blue", "Grey")
        campaign = self.propose()
        self.assertEqual(campaign.outcome, "better")
        self.assertEqual(self.order_of(campaign), ["Grey", "Grey", "Grey", "Blue", "Blue"])
        self.assertEqual((campaign.changeovers_before, campaign.changeovers_after), (4, 1))
        # nobody knows what ran before: the first change counts as one from any other family
        self.assertEqual((campaign.minutes_before, campaign.minutes_after), (150, 60))
        self.assertEqual((campaign.cost_before, campaign.cost_after), (200, 80))
        self.assertEqual((campaign.minutes_saved, campaign.cost_saved), (90, 120))
        self.assertEqual((campaign.late_before, campaign.late_after), (0, 0))
        self.assertRegex(
            campaign.summary, "^Saves 90 of 150 changeover minutes and .*120.* on Coat"
        )
        self.assertIn("1 changeovers instead of 4", campaign.summary)
        self.assertTrue(campaign.can_apply)
        self.assertFalse(campaign.changed)

    def test_gaps_are_left_for_changeovers(self):
        self.plan("Grey", "Blue", "Grey")
        lines = self.propose().line_ids
        self.assertEqual(lines.mapped("changeover_minutes"), [30, 0, 30])
        self.assertEqual(
            [(line.new_start, line.new_stop) for line in lines],
            [
                (moment(0, 8.5), moment(0, 9.5)),
                (moment(0, 9.5), moment(0, 10.5)),
                (moment(0, 11), moment(0, 12)),
            ],
        )
        self.assertEqual(lines.mapped("minutes"), [60, 60, 60])
        self.assertEqual(lines[0].now_start, moment(0, 8))

    def test_what_ran_before_counts(self):
        """The line is set up for blue, so blue goes first."""
        before = self.plan("Blue")
        self.env["mrp.workorder"].search([("production_id", "=", before.id)]).write(
            {"date_start": moment(-3, 8), "date_finished": moment(-3, 9), "state": "done"}
        )
        self.plan("Grey", "Blue", "Grey", "Blue")
        campaign = self.propose()
        self.assertEqual(self.order_of(campaign), ["Blue", "Blue", "Grey", "Grey"])
        self.assertEqual((campaign.minutes_before, campaign.minutes_after), (120, 30))

    def test_the_picture(self):
        self.plan("Grey", "Blue", "Grey")
        picture = self.propose().picture
        now, then = picture["rows"]
        runs = [
            [(block["name"], block["jobs"]) for block in row["blocks"] if not block["change"]]
            for row in (now, then)
        ]
        self.assertEqual(
            runs, [[("Grey", 1), ("Blue", 1), ("Grey", 1)], [("Grey", 2), ("Blue", 1)]]
        )
        self.assertEqual([family["color"] for family in picture["families"]], [2, 1])
        self.assertEqual(now["blocks"][-1]["to"], picture["length"])
        self.assertEqual(picture["days"][0]["label"], "13 Jan")

    def test_the_same_twice(self):
        self.plan(*["Grey", "Blue", "Red"] * 4)
        first, second = self.propose(), self.propose()
        self.assertEqual(first.line_ids.workorder_id.ids, second.line_ids.workorder_id.ids)
        self.assertEqual(first.state, "obsolete", "The planner's own former proposal")

    # ------------------------------------------------------------------ nothing to gain
    def test_nothing_to_gain(self):
        self.plan("Grey", "Grey", "Blue")
        campaign = self.propose()
        self.assertEqual(campaign.outcome, "best")
        self.assertIn("Nothing to gain", campaign.summary)
        self.assertFalse(campaign.can_apply)
        self.assertFalse(any(campaign.line_ids.mapped("moves")))
        with self.assertRaisesRegex(UserError, "no proposal to apply"):
            campaign.action_apply()

    def test_no_order_and_one_order(self):
        self.assertEqual(self.propose().outcome, "empty")
        self.assertIn("No open work order of Coat", self.propose().summary)
        self.plan("Grey")
        campaign = self.propose()
        self.assertEqual((campaign.outcome, len(campaign.line_ids)), ("best", 1))

    def test_no_families_and_no_matrix(self):
        plain = self.make_coated("Plain")
        self.plan(plain, plain)
        self.assertEqual(self.propose().outcome, "best")
        self.env["sop.changeover"].search([("workcenter_id", "=", self.coat.id)]).unlink()
        self.plan("Grey", "Blue", "Grey")
        campaign = self.propose()
        self.assertEqual(campaign.outcome, "best")
        self.assertEqual(campaign.minutes_before, 0)

    def test_missing_entries_of_the_matrix(self):
        """Only one pair was agreed: the others cost nothing."""
        self.env["sop.changeover"].search([("workcenter_id", "=", self.coat.id)]).unlink()
        self.make_changeover("Blue", "Red", 50)
        self.plan("Blue", "Red", "Grey")
        campaign = self.propose()
        self.assertEqual((campaign.minutes_before, campaign.minutes_after), (50, 0))

    # ------------------------------------------------------------------ promises
    def test_no_order_becomes_late(self):
        """Behind the grey ones the blue order would end on Tuesday."""
        self.make_changeover("Blue", "Grey", 60)
        orders = self.plan("Grey", "Blue", "Grey", "Grey", "Grey", "Grey", "Grey", "Grey")
        free = self.propose(0, 6)
        self.assertEqual(self.order_of(free)[-1], "Blue")
        self.promise_for(orders[1], day(0))
        campaign = self.propose(0, 6)
        blue = campaign.line_ids.filtered(lambda line: line.product_id.name == "Blue")
        self.assertEqual((blue.due, blue.due_day), (moment(1, 0), day(0)))
        self.assertLessEqual(blue.new_stop, moment(1, 0))
        self.assertFalse(blue.late_before or blue.late_after)
        self.assertEqual(campaign.outcome, "better")
        self.assertLess(self.order_of(campaign).index("Blue"), 6)

    def test_delivery_takes_days(self):
        self.company.sop_delivery_days = 2
        order = self.plan("Grey")
        self.promise_for(order, day(4))
        self.assertEqual(self.propose().line_ids.due, moment(3, 0))

    def test_delivery_takes_working_days(self):
        """What is to be there on Monday leaves on Thursday."""
        self.company.write({"sop_delivery_days": 2, "sop_delivery_workdays": True})
        order = self.plan("Grey")
        self.promise_for(order, day(7))
        self.assertEqual(self.propose().line_ids.due, moment(4, 0))

    def test_due_by_what_the_customer_asked_or_the_deadline(self):
        asked, deadline, stock = self.plan("Grey", "Blue", "Red")
        sale = self.promise_for(asked, False)
        sale.sop_requested_date = day(3)
        deadline.date_deadline = moment(2, 12)
        lines = self.propose().line_ids
        due = {line.production_id: line.due for line in lines}
        self.assertEqual(due[asked], moment(4, 0))
        self.assertEqual(due[deadline], moment(2, 12))
        self.assertFalse(due[stock])

    def test_late_orders_are_said_and_fewer(self):
        """Monday's blue order stands on Tuesday; it comes first and is not late any more."""
        self.plan("Grey", "Grey", "Grey", "Grey")
        late = self.plan("Blue", start=moment(1, 8))
        self.promise_for(late, day(0))
        lost = self.plan("Red", start=moment(1, 8))
        self.promise_for(lost, day(-2))
        campaign = self.propose()
        self.assertEqual((campaign.late_before, campaign.late_after), (2, 1))
        self.assertEqual(campaign.outcome, "better")
        self.assertIn("Late orders: 1 instead of 2.", campaign.summary)
        self.assertIn(f"Still late: {lost.name}", campaign.summary)
        line = campaign.line_ids.filtered(lambda one: one.production_id == late)
        self.assertEqual((line.late_before, line.late_after), (True, False))

    def test_a_plan_without_time_for_changeovers(self):
        """Eight hours of work on Monday, promised for Monday: no order leaves all in time.

        Odoo's plan shows them in time. With the changeovers of the present order three are late,
        with those of the proposal one.
        """
        orders = self.plan(*["Grey", "Blue"] * 4)
        self.assertEqual(self.stands(orders[-1])[1], moment(0, 17))
        for order in orders:
            self.promise_for(order, day(0))
        campaign = self.propose()
        self.assertEqual((campaign.minutes_before, campaign.minutes_after), (240, 60))
        self.assertEqual((campaign.late_before, campaign.late_after), (3, 1))
        self.assertEqual(campaign.outcome, "better")
        self.assertIn("leaves no time for changeovers", campaign.summary)
        (late,) = campaign.line_ids.filtered("late_after")
        self.assertTrue(late.late_before)
        self.assertIn(f"Still late: {late.production_id.name}.", campaign.summary)

    def test_every_better_order_breaks_a_promise(self):
        """Packing was started at once behind each order, so that none may end later."""
        self.env["sop.changeover"].search([]).write({"minutes": 0})
        steps = [(self.coat, 60), (self.pack, 60)]
        packed = {
            name: self.make_coated(f"Packed {name}", self.families[name], steps)
            for name in ("Grey", "Blue")
        }
        orders = self.plan(*(packed[name] for name in ("Grey", "Blue", "Grey")))
        packing = orders.workorder_ids.filtered(lambda wo: wo.workcenter_id == self.pack)
        packing.write({"state": "progress"})
        campaign = self.propose()
        self.assertEqual(campaign.outcome, "late")
        self.assertRegex(campaign.summary, f"in each better order that was found.*{orders[1].name}")
        self.assertFalse(any(campaign.line_ids.mapped("moves")))
        packing.write({"state": "ready"})
        self.assertEqual(self.propose().outcome, "better")

    def test_what_is_promised_is_packed_before_what_is_not(self):
        """The line is set up for grey; a long packing that nobody planned shall not delay blue."""
        self.env["sop.changeover"].search([]).write({"minutes": 0})
        before = self.plan("Grey")
        self.env["mrp.workorder"].search([("production_id", "=", before.id)]).write(
            {"date_start": moment(-3, 8), "date_finished": moment(-3, 9), "state": "done"}
        )
        short, long = (
            self.make_coated(name, self.families[family], [(self.coat, 60), (self.pack, minutes)])
            for name, family, minutes in (("Short", "Blue", 60), ("Long", "Grey", 420))
        )
        orders = self.plan("Grey", short)
        orders |= self.make_production(long, 1, moment(0, 8))
        self.promise_for(orders[1], day(0))
        campaign = self.propose()
        self.assertEqual(campaign.outcome, "better")
        self.assertEqual(self.order_of(campaign), ["Grey", "Long", "Short"])
        self.assertEqual((campaign.changeovers_before, campaign.changeovers_after), (2, 1))
        self.assertEqual((campaign.late_before, campaign.late_after), (0, 0))
        campaign.action_apply()
        self.assertEqual(self.stands(orders[1], self.pack), (moment(0, 11), moment(0, 12)))
        self.assertEqual(self.stands(orders[2], self.pack)[0], moment(0, 13))

    def test_a_slot_on_a_work_centre_behind_the_line_is_told(self):
        packed = self.make_coated(
            "Packed", self.families["Blue"], [(self.coat, 60), (self.pack, 60)]
        )
        self.plan("Grey", packed, "Grey")
        campaign = self.propose()
        self.assertTrue(campaign.step_ids.filtered("moves"))
        self.assertFalse(campaign.changed)
        self.make_slot(self.pack, moment(0, 12), moment(0, 17), tier_id=self.gold.id)
        campaign.invalidate_recordset()
        self.assertIn("A slot on Pack was added", campaign.changed)

    def test_goods_promised_from_stock(self):
        """An order for stock may not move behind the delivery that needs its goods."""
        orders = self.plan("Blue", *["Grey"] * 7, "Blue")
        self.assertEqual(self.propose(0, 6).line_ids[0].product_id.name, "Blue")
        self.env["sop.changeover"].search([]).unlink()
        self.make_changeover("Grey", "Blue", 0, 0)
        self.make_changeover("Blue", "Grey", 60, 0)
        later = self.propose(0, 6)
        self.assertEqual(self.order_of(later)[-2:], ["Blue", "Blue"])
        out = self.env.ref("stock.stock_location_customers")
        self.make_move(self.products["Blue"], 1, moment(0, 16), self.warehouse.lot_stock_id, out)
        due = {line.production_id: line.due for line in self.propose(0, 6).line_ids}
        self.assertEqual(due[orders[0]], moment(1, 0))
        self.assertFalse(due[orders[-1]])

    # ------------------------------------------------------------------ what may not move
    def test_the_operation_before(self):
        """Nothing is coated before it was cut, so the blue order waits for the afternoon."""
        cut = self.make_workcenter("Cut")
        cut_blue = self.make_coated(
            "Cut blue", self.families["Blue"], [(cut, 300), (self.coat, 60)]
        )
        slow = self.make_production(cut_blue, 1)
        slow.button_plan()
        self.plan("Grey", "Blue", "Grey", "Blue")
        campaign = self.propose()
        line = campaign.line_ids.filtered(lambda one: one.production_id == slow)
        ready = slow.workorder_ids.filtered(lambda wo: wo.workcenter_id == cut).date_finished
        self.assertEqual(ready, moment(0, 14))
        self.assertGreaterEqual(line.new_start, ready)

    def test_the_operation_behind_follows(self):
        packed = self.make_coated(
            "Packed", self.families["Blue"], [(self.coat, 60), (self.pack, 60)]
        )
        order = self.plan(packed)
        self.plan("Grey", "Blue", "Grey")
        self.make_changeover(None, "Grey", 0, 0)
        self.make_changeover("Grey", "Blue", 5, 0)
        self.make_changeover("Blue", "Grey", 90, 90)
        campaign = self.propose()
        self.assertEqual(campaign.step_ids.production_id, order)
        campaign.action_apply()
        coated, packing = self.stands(order), self.stands(order, self.pack)
        self.assertGreater(coated[0], moment(0, 8))
        self.assertGreaterEqual(packing[0], coated[1])
        self.assertEqual(order.date_start, coated[0])
        self.assertEqual(order.date_finished, packing[1])
        campaign.action_undo()
        self.assertEqual(self.stands(order, self.pack), (moment(0, 9), moment(0, 10)))
        self.assertEqual(order.date_finished, moment(0, 10))

    def test_the_operation_behind_leaves_no_time(self):
        """Packing takes all of Tuesday, so coating has to end on Monday for Tuesday's promise."""
        packed = self.make_coated(
            "Packed", self.families["Blue"], [(self.coat, 60), (self.pack, 480)]
        )
        order = self.plan(packed)
        self.promise_for(order, day(1))
        self.make_changeover(None, "Grey", 0, 0)
        self.plan(*["Grey"] * 9, "Blue", "Grey")
        campaign = self.propose(0, 6)
        line = campaign.line_ids.filtered(lambda one: one.production_id == order)
        self.assertLessEqual(line.new_stop, moment(0, 17))
        self.assertFalse(line.late_after)

    def test_started_and_done_stay(self):
        started, done, _grey = self.plan("Blue", "Blue", "Grey")
        started.workorder_ids.button_start()
        done.workorder_ids.button_finish()
        campaign = self.propose()
        self.assertEqual(self.order_of(campaign), ["Grey"])

    def test_an_order_that_runs_here_twice_stays(self):
        twice = self.make_coated("Twice", self.families["Blue"], [(self.coat, 60), (self.coat, 60)])
        order = self.plan(twice)
        self.plan("Grey", "Blue", "Grey")
        campaign = self.propose()
        self.assertNotIn(order, campaign.line_ids.production_id)
        self.assertIn("more than once", campaign.remark)
        # and nothing runs where it stands
        self.assertGreaterEqual(min(campaign.line_ids.mapped("new_start")), moment(0, 10))

    def test_slots_are_for_those_entitled(self):
        self.make_slot(self.coat, moment(0, 8), moment(0, 12), tier_id=self.gold.id)
        orders = self.plan("Grey", "Blue", "Grey")
        self.assertEqual(self.stands(orders[0])[0], moment(0, 13))
        self.promise_for(orders[1], day(3), self.gold)
        starts = {line.production_id: line.new_start for line in self.propose().line_ids}
        self.assertEqual(starts[orders[1]], moment(0, 8.5))
        self.assertGreaterEqual(starts[orders[0]], moment(0, 13))

    def test_a_slot_for_one_family(self):
        family = self.families["Red"]
        self.make_slot(
            self.coat, moment(0, 8), moment(0, 12), tier_id=self.gold.id, family_id=family.id
        )
        orders = self.plan("Grey", "Blue", "Grey")
        self.promise_for(orders[1], day(3), self.gold)
        self.assertGreaterEqual(min(self.propose().line_ids.mapped("new_start")), moment(0, 13))

    def test_promised_minutes_without_an_order_stay_free(self):
        """480 minutes of Monday are promised to a quotation, so all of it is taken."""
        sale = self.make_quotation((self.products["Grey"], 8))
        self.env["sop.booking"]._book(self.promise._promise_lines(sale.order_line), "booked")
        self.plan("Grey", "Blue", "Grey")
        campaign = self.propose()
        self.assertGreaterEqual(min(campaign.line_ids.mapped("new_start")), moment(1, 8))

    def test_components_that_are_not_there(self):
        """Nobody knows when they come: the order is not brought forward."""
        part = self.make_product("Part")
        wanting = self.make_coated("Wanting", self.families["Grey"], components=[(part, 1)])
        self.make_changeover("Blue", "Grey", 60)
        self.plan("Grey", "Blue")
        order = self.plan(wanting)
        line = self.propose().line_ids.filtered(lambda one: one.production_id == order)
        self.assertGreaterEqual(line.new_start, moment(0, 10))
        self.make_move(part, 1, moment(0, 8))
        self.env.invalidate_all()
        line = self.propose().line_ids.filtered(lambda one: one.production_id == order)
        self.assertLess(line.new_start, moment(0, 10))

    # ------------------------------------------------------------------ which orders
    def test_only_the_period(self):
        self.plan("Grey")
        later = self.plan("Blue", start=moment(2, 8))
        campaign = self.propose(2, 4)
        self.assertEqual(campaign.line_ids.production_id, later)
        self.assertGreaterEqual(campaign.line_ids.new_start, moment(2, 8))

    def test_overdue_orders_belong_to_today(self):
        overdue = self.plan("Grey")
        overdue.workorder_ids.write({"date_start": moment(-5, 8), "date_finished": moment(-5, 9)})
        self.plan("Blue", "Grey")
        campaign = self.propose()
        self.assertIn(overdue, campaign.line_ids.production_id)
        self.assertNotIn(overdue, self.propose(1, 4).line_ids.production_id)
        self.assertGreaterEqual(min(campaign.line_ids.mapped("new_start")), moment(0, 8))

    def test_orders_that_nobody_planned_are_planned(self):
        packed = self.make_coated(
            "Packed", self.families["Blue"], [(self.coat, 60), (self.pack, 60)]
        )
        order = self.make_production(packed, 1)
        self.plan("Grey", "Blue", "Grey")
        campaign = self.propose()
        self.assertIn(order, campaign.line_ids.production_id)
        self.assertEqual(campaign.step_ids.role, "behind")
        campaign.action_apply()
        self.assertTrue(order.is_planned)
        self.assertGreaterEqual(self.stands(order, self.pack)[0], self.stands(order)[1])
        campaign.action_undo()
        self.assertFalse(order.is_planned)
        self.assertFalse(order.workorder_ids.leave_id)

    def test_a_work_centre_without_hours(self):
        hourless = self.make_workcenter("Trial")
        self.plan("Grey", "Blue", "Grey")
        odd = self.make_coated("Odd", self.families["Blue"], [(self.coat, 60), (hourless, 60)])
        order = self.make_production(odd, 1)
        hourless.resource_calendar_id = self.make_calendar("UTC", hours=())
        campaign = self.propose()
        self.assertNotIn(order, campaign.line_ids.production_id)
        self.assertIn("no working hours", campaign.remark)
        with self.assertRaisesRegex(UserError, "Trial has no working hours"):
            self.propose(workcenter=hourless)
        hourless.resource_calendar_id = False
        with self.assertRaisesRegex(UserError, "Trial has no working hours"):
            self.propose(workcenter=hourless)

    def test_days_of_the_work_centre_after_the_clock_changed(self):
        """In Rome work begins at 7 UTC in winter, and at 6 UTC from 30 March on."""
        self.coat.resource_calendar_id = self.make_calendar("Europe/Rome")
        # Friday 28 and Monday 31 March, when the line is still set up for Friday's last colour
        for number, opens, begins in ((74, 7, 7.5), (77, 6, 6)):
            with self.subTest(number):
                self.plan("Grey", "Blue", "Grey", start=moment(number, opens))
                campaign = self.propose(number, number)
                self.assertEqual(campaign.line_ids[0].new_start, moment(number, begins))
                self.assertEqual(campaign.line_ids[-1].new_stop, moment(number, begins + 3.5))

    def test_days_as_a_screen_sends_them(self):
        self.plan("Grey", "Blue", "Grey")
        action = self.campaigns.action_propose_for(
            self.coat.id, "2031-01-13 06:00:00", "2031-01-17 23:59:59"
        )
        campaign = self.campaigns.browse(action["res_id"])
        self.assertEqual((campaign.date_from, campaign.date_to), (day(0), day(4)))
        self.assertEqual(
            (action["res_model"], action["views"]), ("sop.campaign", [(False, "form")])
        )

    def test_impossible_periods(self):
        with self.assertRaisesRegex(ValidationError, "period is over"):
            self.propose(-9, -2)
        for first, last in ((4, 0), (0, 400)):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.propose(first, last)

    def test_another_work_centre_empties_the_proposal(self):
        self.plan("Grey", "Blue", "Grey")
        campaign = self.propose()
        campaign.workcenter_id = self.pack
        self.assertEqual((campaign.outcome, len(campaign.line_ids)), ("none", 0))
        self.assertEqual((campaign.minutes_before, campaign.summary), (0, False))
        campaign.action_propose()
        self.assertEqual(campaign.outcome, "empty")

    def test_many_orders_at_few_queries(self):
        """Queries do not grow with the work orders, apart from storing the lines."""
        self.plan(*["Grey", "Blue", "Red"] * 2)

        def count():
            campaign = self.campaigns.create(
                {"workcenter_id": self.coat.id, "date_from": day(0), "date_to": day(20)}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            facts = campaign._collect()
            campaign._plan(facts)
            return self.env.cr.sql_log_count - before, len(facts.jobs)

        few, six = count()
        self.plan(*["Grey", "Blue", "Red"] * 6)
        many, all_ = count()
        self.assertEqual((six, all_), (6, 24))
        self.assertLessEqual(many, few + 4)
