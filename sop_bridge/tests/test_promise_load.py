from datetime import date, datetime, timedelta

from pytz import timezone

from odoo import Command
from odoo.tests import tagged

from .common import NOW, BuilderCase, day, moment


@tagged("post_install", "-at_install")
class TestPromiseLoad(BuilderCase):
    """Work orders, bookings and slots on the work centres a line needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coat = cls.make_workcenter("Coat")
        cls.box = cls.make_product_with_bom("Box", [(cls.coat, 10)])
        cls.filler = cls.make_product_with_bom("Filler", [(cls.coat, 10)])

    def plan(self, minutes, start, stop, state="ready"):
        """Work order on the coating line, exactly as it might be read from the database.

        Written past Odoo's own planning, which would fit dates and minutes to one another.
        """
        workorder = self.make_production(self.filler, 1).workorder_ids
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE mrp_workorder SET duration_expected = %s, date_start = %s,
                      date_finished = %s, state = %s WHERE id = %s""",
            [minutes, start, stop, state, workorder.id],
        )
        self.env.invalidate_all()
        return workorder

    def first(self, quantity, tier=None, **options):
        """Loads of a new quotation: [(slot or None, day number, minutes)]."""
        promise = self.ask(self.make_quotation((self.box, quantity), tier=tier), **options)[0]
        return [
            (load.slot, (load.day - day(0)).days, round(load.minutes, 2)) for load in promise.loads
        ]

    # ------------------------------------------------------------------ work orders
    def test_planned_in_one_day(self):
        self.plan(400, moment(0, 8), moment(0, 16))
        self.assertEqual(self.first(10), [(None, 0, 80), (None, 1, 20)])

    def test_planned_over_two_days(self):
        """Monday 15-17 and Tuesday 8-10: half of 240 minutes each."""
        self.plan(240, moment(0, 15), moment(1, 10))
        self.assertEqual(self.first(60), [(None, 0, 360), (None, 1, 240)])
        self.assertEqual(self.first(90), [(None, 0, 360), (None, 1, 360), (None, 2, 180)])

    def test_planned_outside_working_time(self):
        self.plan(100, moment(0, 20), moment(0, 22))
        self.assertEqual(self.first(48)[0], (None, 0, 380))

    def test_only_the_rest_of_a_running_work_order(self):
        workorder = self.plan(400, moment(0, 8), moment(0, 16), state="progress")
        workorder.flush_recordset()
        self.env.cr.execute("UPDATE mrp_workorder SET duration = 250 WHERE id = %s", [workorder.id])
        self.assertEqual(self.first(48)[0], (None, 0, 330))

    def test_done_and_cancelled_do_not_count(self):
        self.plan(300, moment(0, 8), moment(0, 16), state="done")
        self.plan(300, moment(0, 8), moment(0, 16)).production_id.action_cancel()
        self.assertEqual(self.first(48), [(None, 0, 480)])

    def test_draft_orders_do_not_count(self):
        self.env["mrp.production"].create(
            {"product_id": self.filler.id, "product_qty": 40, "date_start": moment(0, 8)}
        )
        self.assertEqual(self.first(48), [(None, 0, 480)])

    def test_unplanned_counts_on_the_day_of_its_order(self):
        """60 boxes are 600 minutes: what Tuesday has no room for is done on Wednesday."""
        self.make_production(self.filler, 60, moment(1, 8))
        self.assertEqual(self.first(96), [(None, 0, 480), (None, 2, 360), (None, 3, 120)])

    def test_overdue_counts_from_today(self):
        self.plan(300, moment(-10, 8), moment(-10, 13))
        self.make_production(self.filler, 10, moment(-20, 8))
        self.assertEqual(self.first(48), [(None, 0, 80), (None, 1, 400)])

    def test_reason_names_the_full_work_centre(self):
        for number in range(4):
            self.plan(480, moment(number, 8), moment(number, 17))
        order = self.make_quotation((self.box, 10))
        promise = self.ask(order)[0]
        self.assertEqual(promise.reason.code, "workcenter")
        self.assertRegex(
            self.promise._explain(promise, order.order_line), "Coat is full until .*17"
        )

    # ------------------------------------------------------------------ slots
    def test_slot_of_a_tier_and_better(self):
        slot = self.make_slot(self.coat, moment(0, 8), moment(0, 12), tier_id=self.silver.id)
        mine = [(slot.id, 0, 240), (None, 0, 60)]
        others = [(None, 0, 240), (None, 1, 60)]
        self.assertEqual(self.first(30, self.gold), mine)
        self.assertEqual(self.first(30, self.silver), mine)
        self.assertEqual(self.first(30, self.standard), others)
        self.assertEqual(self.first(30), others)
        self.assertEqual(self.first(30, self.standard, unlock="lower"), others)
        self.assertEqual(self.first(30, self.standard, unlock="all"), mine)

    def test_slot_of_one_tier_only(self):
        slot = self.make_slot(
            self.coat, moment(0, 8), moment(0, 12), tier_id=self.silver.id, scope="only"
        )
        mine = [(slot.id, 0, 240), (None, 0, 60)]
        others = [(None, 0, 240), (None, 1, 60)]
        self.assertEqual(self.first(30, self.gold), others)
        self.assertEqual(self.first(30, self.silver), mine)
        self.assertEqual(self.first(30, self.gold, unlock="lower"), mine)
        self.assertEqual(self.first(30, self.standard, unlock="lower"), others)

    def test_slot_of_a_customer_and_its_contacts(self):
        customer = self.make_customer(self.standard)
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": customer.id})
        self.make_slot(self.coat, moment(0, 8), moment(0, 17), partner_id=customer.id)
        order = self.make_quotation((self.box, 30), customer=contact)
        self.assertEqual(self.ask(order)[0].date, day(0))
        self.assertEqual(self.first(30, self.gold), [(None, 1, 300)])

    def test_archived_slot_and_archived_tier(self):
        slot = self.make_slot(self.coat, moment(0, 8), moment(0, 17), tier_id=self.gold.id)
        tier = self.gold.copy({"code": "OLD", "name": "Old", "rank": 1})
        order = self.make_quotation((self.box, 30), tier=tier)
        self.assertEqual(self.ask(order)[0].date, day(0))
        # people archive with a replacement; a database may hold such a tier from before
        self.env.flush_all()
        self.env.cr.execute("UPDATE sop_tier SET active = false WHERE id = %s", [tier.id])
        self.env.invalidate_all()
        self.assertEqual(self.ask(order)[0].date, day(1))
        slot.active = False
        self.assertEqual(self.ask(order)[0].date, day(0))

    def test_work_order_in_a_slot_uses_it_up(self):
        slot = self.make_slot(self.coat, moment(0, 8), moment(0, 12), tier_id=self.gold.id)
        self.plan(180, moment(0, 9), moment(0, 12))
        self.assertEqual(self.first(30, self.gold), [(slot.id, 0, 60), (None, 0, 240)])
        self.assertEqual(self.first(30), [(None, 0, 240), (None, 1, 60)])

    def test_others_slots_are_told(self):
        self.make_slot(self.coat, moment(0, 8), moment(0, 12), tier_id=self.gold.id)
        order = self.make_quotation((self.box, 30))
        promise = self.ask(order)[0]
        self.assertEqual(promise.reason.values["reserved_minutes"], 240)
        self.assertIn(
            "240 minutes on Coat are reserved for Gold.",
            self.promise._explain(promise, order.order_line),
        )

    # ------------------------------------------------------------------ bookings
    def book(self, order, state="booked"):
        found = self.promise._promise_lines(order.order_line)
        return self.env["sop.booking"]._book(found, state)

    def test_bookings_count_but_not_against_their_own_line(self):
        slot = self.make_slot(self.coat, moment(0, 8), moment(0, 12), tier_id=self.gold.id)
        order = self.make_quotation((self.box, 30), tier=self.gold)
        self.book(order)
        self.assertEqual(self.first(30, self.gold), [(None, 0, 180), (None, 1, 120)])
        self.assertEqual(self.ask(order)[0].loads[0].slot, slot.id)
        other = self.make_quotation((self.box, 30), tier=self.gold)
        found = self.promise._promise_lines(order.order_line + other.order_line)
        self.assertEqual(found[order.order_line].date, day(0))
        self.assertEqual(found[other.order_line].date, day(1))

    def test_held_bookings_of_ignored_orders(self):
        held, booked = (self.make_quotation((self.box, 12)) for _order in range(2))
        self.book(held, "held")
        self.book(booked)
        self.assertEqual(self.first(48)[0], (None, 0, 240))
        options = {"ignore_orders": (held + booked).ids}
        self.assertEqual(self.first(48, **options)[0], (None, 0, 240), "held for another order")
        line = held.order_line
        found = self.promise._promise_lines(line, quantities={line: 48}, **options)[line]
        self.assertEqual(found.loads[0].minutes, 360, "held for itself")

    def test_backlog_does_not_take_what_is_held(self):
        """Monday has 480 minutes; 400 of work without dates come after what is held of them."""
        held = self.make_quotation((self.box, 12))
        self.book(held, "held")
        self.plan(400, None, None)
        line, options = held.order_line, {"ignore_orders": held.ids}
        found = self.promise._promise_lines(line, **options)[line]
        self.assertEqual((found.date, found.loads[0].minutes), (day(0), 120))
        self.assertEqual(self.first(1)[0][1], 1)

    def test_booking_in_the_past_counts_today(self):
        bookings = self.book(self.make_quotation((self.box, 12)))
        bookings._update({"day": day(-3)})
        self.assertEqual(self.first(48)[0], (None, 0, 360))

    def test_booking_and_its_work_order_count_once(self):
        order = self.make_quotation((self.box, 12))
        booking = self.book(order)
        workorder = self.plan(120, moment(0, 8), moment(0, 10))
        booking._update(
            {
                "workorder_id": workorder.id,
                "production_id": workorder.production_id.id,
                "plan_from": workorder.date_start,
                "plan_to": workorder.date_finished,
            }
        )
        self.assertEqual(self.first(48)[0], (None, 0, 360))
        workorder.write({"date_start": moment(1, 8), "date_finished": moment(1, 10)})
        self.assertEqual(self.first(96), [(None, 0, 480), (None, 1, 360), (None, 2, 120)])

    # ------------------------------------------------------------------ time
    def test_time_off(self):
        leaves = self.env["resource.calendar.leaves"]
        leaves.create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": moment(0, 0),
                "date_to": moment(1, 0),
            }
        )
        leaves.create(
            {
                "name": "Repair",
                "calendar_id": self.calendar.id,
                "resource_id": self.coat.resource_id.id,
                "date_from": moment(1, 8),
                "date_to": moment(1, 12),
            }
        )
        self.assertEqual(self.first(48), [(None, 1, 240), (None, 2, 240)])
        other = self.make_workcenter("Other")
        product = self.make_product_with_bom("Lid", [(other, 10)])
        promise = self.ask(self.make_quotation((product, 48)))[0]
        self.assertEqual(self.loads(promise), [("Other", 1, 480)])

    def test_days_of_the_work_centre(self):
        """Now is Monday 6:00 UTC: 19:00 in Auckland, whose Monday is over; Sunday 22:00 in LA.

        Tuesday 8:00 in Auckland is Monday 19:00 UTC.
        """
        for zone, first_day, planned in (
            ("Pacific/Auckland", 1, (moment(0, 19), moment(0, 21))),
            ("America/Los_Angeles", 0, (moment(0, 17), moment(0, 19))),
        ):
            with self.subTest(zone):
                self.coat.resource_calendar_id = self.make_calendar(zone)
                self.assertEqual(self.first(48), [(None, first_day, 480)])
                workorder = self.plan(120, *planned)
                self.assertEqual(self.first(36), [(None, first_day, 360)])
                self.assertEqual(self.first(37)[1], (None, first_day + 1, 10))
                workorder.production_id.action_cancel()

    def test_unplanned_order_late_in_the_evening(self):
        """Monday 23:00 UTC is Tuesday noon in Auckland and Monday afternoon in Los Angeles."""
        for zone, busy in (("Pacific/Auckland", 1), ("America/Los_Angeles", 0)):
            with self.subTest(zone):
                self.coat.resource_calendar_id = self.make_calendar(zone)
                production = self.make_production(self.filler, 48, moment(0, 23))
                promise = self.ask(self.make_quotation((self.box, 1)))[0]
                self.assertEqual(promise.date, day(busy + 1))
                production.action_cancel()

    def test_calendar_agrees_with_odoo(self):
        """Working minutes per day over a change of the clock, with two weeks and time off."""
        calendar = self.make_calendar("Europe/Rome", hours=((0, 6), (22, 24)))
        calendar.switch_calendar_type()
        calendar.attendance_ids.filtered(
            lambda line: line.week_type == "1" and line.dayofweek == "0"
        ).unlink()
        self.coat.resource_calendar_id = calendar
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": datetime(2031, 3, 26, 12),
                "date_to": datetime(2031, 3, 28, 2),
            }
        )
        start = datetime(2031, 3, 20, 23)  # midnight in Rome; the clock changes on 30 March
        ours = self.env["sop.load"]._get_calendars(self.coat, start, 30)[self.coat.id]
        zone = ours.zone
        for number in range(25):
            when = date(2031, 3, 21) + timedelta(days=number)
            begin = datetime(when.year, when.month, when.day, tzinfo=zone)
            end = begin + timedelta(days=1)
            theirs = calendar._work_intervals_batch(
                begin, end, self.coat.resource_id, tz=timezone("Europe/Rome")
            )
            minutes = sum(
                (stop - first).total_seconds() / 60
                for first, stop, _lines in theirs[self.coat.resource_id.id]
            )
            self.assertAlmostEqual(ours.minutes(when), minutes, 3, str(when))


@tagged("post_install", "-at_install")
class TestPromiseMinutes(BuilderCase):
    """Promised minutes are those of Odoo's own work orders."""

    def check(self, product, quantity):
        promise = self.ask(self.make_quotation((product, quantity)))[0]
        production = self.make_production(product, quantity)
        ours = {}
        for load in promise.loads:
            ours[load.operation] = ours.get(load.operation, 0) + load.minutes
        theirs = {wo.operation_id.id: wo.duration_expected for wo in production.workorder_ids}
        self.assertTrue(theirs)
        self.assertEqual(set(ours), set(theirs))
        for operation, minutes in theirs.items():
            self.assertAlmostEqual(ours[operation], minutes, 2)
        production.action_cancel()

    def test_plain(self):
        press = self.make_workcenter("Press")
        self.check(self.make_product_with_bom("Part", [(press, 7), (press, 0.35)]), 33)

    def test_efficiency_set_up_and_clean_up(self):
        press = self.make_workcenter("Press", time_efficiency=85, time_start=12, time_stop=4)
        self.check(self.make_product_with_bom("Part", [(press, 7)], product_qty=4), 33)

    def test_capacity_per_product(self):
        press = self.make_workcenter("Press", time_start=5)
        product = self.make_product_with_bom("Part", [(press, 20)])
        press.capacity_ids = [
            Command.create(
                {"product_id": product.id, "capacity": 6, "time_start": 9, "time_stop": 2}
            )
        ]
        self.check(product, 33)
        self.check(product, 36)

    def test_variants_skip_operations_and_components(self):
        press = self.make_workcenter("Press")
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [Command.create({"name": "Red"}), Command.create({"name": "Blue"})],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Part",
                "is_storable": True,
                "sale_delay": 0,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        red, blue = template.product_variant_ids
        missing = self.make_product("Blue paint")
        bom = self.make_bom(red, [(press, 5), (press, 9)], [(missing, 1)])
        value = blue.product_template_attribute_value_ids
        bom.operation_ids[1].bom_product_template_attribute_value_ids = value
        bom.bom_line_ids.bom_product_template_attribute_value_ids = value
        self.check(red, 10)
        promise = self.ask(self.make_quotation((blue, 10)))[0]
        self.assertEqual(promise.reason.code, "component_none")

    def test_kit_inside_a_bill(self):
        press, glue = self.make_workcenter("Press"), self.make_workcenter("Glue", time_start=3)
        frame = self.make_product("Frame", is_storable=False)
        wood = self.make_product("Wood", vendor_days=0)
        self.make_bom(frame, [(glue, 6)], [(wood, 3)], type="phantom")
        self.check(self.make_product_with_bom("Door", [(press, 4)], [(frame, 2)]), 15)

    def test_measured_operations(self):
        press = self.make_workcenter("Press")
        product = self.make_product_with_bom("Part", [(press, 20)])
        product.bom_ids.operation_ids.write({"time_mode": "auto", "time_mode_batch": 2})
        for minutes in (100, 30, 46):
            done = self.make_production(product, 4)
            done.workorder_ids.write({"duration": minutes})
            done.qty_producing = 4
            done.button_mark_done()
        self.add_stock(product, -12)
        self.check(product, 10)


@tagged("post_install", "-at_install")
class TestPromiseQueries(BuilderCase):
    """The number of queries does not grow with the lines, and nothing is written."""

    def make_order(self, count):
        lines = []
        for number in range(count):
            workcenters = [self.make_workcenter(f"Centre {number}.{n}") for n in range(3)]
            deep = self.make_product(f"Raw {number}", vendor_days=2)
            part = self.make_product_with_bom(f"Part {number}", [(workcenters[0], 1)], [(deep, 1)])
            bought = self.make_product(f"Bought {number}", 5, vendor_days=3)
            steps = [(workcenter, 5) for workcenter in workcenters]
            product = self.make_product_with_bom(
                f"Made {number}", steps, [(part, 1), (bought, 2)], stock=1
            )
            lines.append((product, 10))
            self.make_slot(workcenters[1], moment(0, 8), moment(0, 12), tier_id=self.gold.id)
        return self.make_quotation(*lines, tier=self.silver)

    def count(self, order):
        lines = order.order_line  # as a caller holds them: they forget one another below
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = self.promise._promise_lines(lines)
        self.assertTrue(all(promise.state == "ok" for promise in found.values()))
        return self.env.cr.sql_log_count - before

    def test_queries(self):
        one, twenty = self.make_order(1), self.make_order(20)
        self.count(one)
        single = self.count(one)
        many = self.count(twenty)
        self.assertLessEqual(many, single + 1)
        self.assertLessEqual(many, 40)

    def test_reads_only(self):
        order = self.make_order(2)
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.execute("SAVEPOINT reading")
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        promise = self.promise._promise_lines(order.order_line)[order.order_line[0]]
        self.promise._explain(promise, order.order_line[0])
        self.promise._quantity_by(order.order_line[1], NOW.date())
        self.env.cr.execute("ROLLBACK TO SAVEPOINT reading")
        self.assertEqual(promise.state, "ok")
