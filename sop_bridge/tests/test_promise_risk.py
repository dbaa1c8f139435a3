from datetime import datetime, time, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.wording import say_day
from .hold_common import HoldCase, pretend_commits


@tagged("post_install", "-at_install")
class TestPromiseRisk(HoldCase):
    """What was promised, against what is planned today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wednesday = cls.monday + timedelta(days=2)
        cls.env["sale.order"].search([("state", "=", "sale")]).order_line._sop_store(
            {"sop_promised_date": False}
        )

    def _confirmed(self, quantity=4, product=None, **values):
        order = self._quotation(self.standard, quantity, product=product, **values)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        return order, order.sudo().sop_booking_ids.production_id

    def _watch(self):
        pretend_commits(self)
        self.env["sop.promise.risk"]._cron_watch()
        return self.env["sop.promise.risk"].search([("state", "=", "open")])

    def _move(self, production, days):
        workorder = production.workorder_ids
        shift = timedelta(days=days)
        workorder.write(
            {
                "date_start": workorder.date_start + shift,
                "date_finished": workorder.date_finished + shift,
            }
        )

    # ------------------------------------------------------------------ causes
    def test_nothing_is_at_risk(self):
        self._confirmed()
        self._confirmed(3, self.stocked)
        self.assertFalse(self._watch())

    def test_work_order_was_moved(self):
        order, production = self._confirmed()
        self._move(production, 2)
        risk = self._watch()
        self.assertEqual(risk.order_line_id, order.order_line)
        self.assertEqual(risk.cause, "workorder")
        self.assertEqual(risk.promised_date, self.monday)
        self.assertEqual((risk.expected_date, risk.days_late), (self.wednesday, 2))
        self.assertIn("Coating line", risk.reason)
        self.assertEqual(risk.production_id, production)

    def test_the_way_to_the_customer_counts(self):
        """What ends on the promised day is late, as the promise would have it, too."""
        self.company.sop_delivery_days = 2
        order, production = self._confirmed()
        self.assertEqual(order.order_line.sop_promised_date, self.wednesday)
        self.assertFalse(self._watch())
        self._move(production, 1)
        risk = self._watch()
        self.assertEqual(risk.days_late, 1)
        self.assertEqual(risk.expected_date, self.wednesday + timedelta(days=1))
        self._move(production, -1)
        self.assertFalse(self._watch())

    def test_a_name_with_signs_is_told_as_it_is(self):
        order, production = self._confirmed()
        self.cabinet.name = "Cabinet <small> & Co"
        self._move(production, 2)
        self._watch()
        activity = self.env["mail.activity"].search(
            [("user_id", "=", order.user_id.id), ("res_model", "=", "sop.promise.risk")]
        )
        self.assertIn("Cabinet &lt;small&gt; &amp; Co", activity.note)

    def test_resolved_by_itself(self):
        _order, production = self._confirmed()
        self._move(production, 2)
        risk = self._watch()
        self._move(production, -2)
        self.assertFalse(self._watch())
        self.assertEqual(risk.state, "resolved")

    def test_work_order_is_overdue(self):
        self._confirmed()
        with self._later((self.wednesday - self.today).days):
            risk = self._watch()
            self.assertEqual(risk.cause, "machine")
            self.assertEqual(risk.days_late, 2)

    def test_component_receipt_is_late(self):
        plate = self.env["product.product"].create({"name": "Plate", "is_storable": True})
        locker = self._made_product("Locker", [(self.assembly, 30)])
        locker.bom_ids.bom_line_ids = [Command.create({"product_id": plate.id, "product_qty": 1})]
        receipt = self.env["stock.move"].create(
            {
                "product_id": plate.id,
                "product_uom_qty": 4,
                "product_uom": plate.uom_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self._stock().id,
                "date": datetime.combine(self.monday, time(8)),
            }
        )
        receipt._action_confirm()
        order, _production = self._confirmed(4, locker)
        self.assertFalse(self._watch())
        receipt.date = datetime.combine(order.order_line.sop_promised_date, time(8)) + timedelta(3)
        risk = self._watch()
        self.assertEqual(risk.cause, "component")
        self.assertIn("Plate", risk.reason)
        self.assertGreaterEqual(risk.days_late, 3)
        receipt._action_cancel()
        risk = self._watch()
        self.assertFalse(risk.expected_date)
        self.assertIn("nothing", risk.reason)

    def test_stock_was_taken(self):
        order, _none = self._confirmed(8, self.stocked)
        order.picking_ids.do_unreserve()
        self.env["stock.quant"]._update_available_quantity(self.stocked, self._stock(), -5)
        risk = self._watch()
        self.assertEqual((risk.cause, risk.order_line_id), ("stock", order.order_line))
        self.assertFalse(risk.expected_date)

    def test_stock_was_taken_before_it_was_picked(self):
        self._stock().warehouse_id.delivery_steps = "pick_ship"
        order, _none = self._confirmed(8, self.stocked)
        self.assertEqual(order.order_line.move_ids.location_dest_id.usage, "internal")
        order.picking_ids.do_unreserve()
        self.env["stock.quant"]._update_available_quantity(self.stocked, self._stock(), -5)
        self.assertEqual(self._watch().order_line_id, order.order_line)

    def test_manufacturing_order_was_cancelled(self):
        order, production = self._confirmed()
        production.sop_line_id = order.order_line
        production.action_cancel()
        risk = self._watch()
        self.assertEqual(risk.cause, "cancelled")
        self.assertIn(production.name, risk.reason)

    def test_delivered_is_closed(self):
        order, production = self._confirmed()
        self._move(production, 2)
        risk = self._watch()
        self.env["stock.quant"]._update_available_quantity(self.cabinet, self._stock(), 4)
        self._deliver(order)
        self.assertFalse(self._watch())
        self.assertEqual(risk.state, "resolved")

    def _stock(self):
        return (
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id
        )

    def _deliver(self, order):
        picking = order.sudo().picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking._action_done()

    def test_what_was_given_up_is_no_promise_any_more(self):
        order, _production = self._confirmed(10, self.stocked)
        past = self.today - timedelta(days=3)
        order.order_line._sop_store({"sop_promised_date": past})
        self.assertEqual(self._watch().cause, "overdue")
        picking = order.sudo().picking_ids
        picking.move_ids.write({"quantity": 6, "picked": True})
        picking._action_done()
        self.assertEqual(self._watch().cause, "overdue", "four are still to come")
        (order.sudo().picking_ids - picking).action_cancel()
        self.assertFalse(self._watch())

    def test_what_was_sent_back_is_no_promise_any_more(self):
        order, _production = self._confirmed(4, self.stocked)
        self._deliver(order)
        past = self.today - timedelta(days=3)
        order.order_line._sop_store({"sop_promised_date": past})
        picking = order.sudo().picking_ids
        back = self.env["stock.return.picking"].create({"picking_id": picking.id})
        back.product_return_moves.quantity = 1
        returned = picking.browse(back.action_create_returns()["res_id"])
        returned.move_ids.write({"quantity": 1, "picked": True, "to_refund": True})
        returned._action_done()
        self.assertEqual(order.order_line.qty_delivered, 3)
        self.assertFalse(self._watch())

    # ------------------------------------------------------------------ telling
    def test_told_once_per_change_and_grouped(self):
        first, production = self._confirmed(2)
        second, other = self._confirmed(2)
        self.company.sop_risk_user_id = self.planner
        self._move(production, 2)
        self._move(other, 3)
        self._watch()
        kind = self.env.ref("sop_bridge.mail_activity_type_risk")
        mine = [("activity_type_id", "=", kind.id), ("user_id", "=", self.sales.id)]
        activity = self.env["mail.activity"].search(mine)
        self.assertEqual(len(activity), 1, "grouped")
        self.assertIn(first.name, activity.note)
        self.assertIn(second.name, activity.note)
        planner = [("activity_type_id", "=", kind.id), ("user_id", "=", self.planner.id)]
        self.assertEqual(self.env["mail.activity"].search_count(planner), 1)
        before = activity.note
        self._watch()
        self.assertEqual(activity.note, before, "once")
        self._move(production, 1)
        self._watch()
        self.assertEqual(activity.note.count(first.name), 2)

    def _new_risk(self, days=2):
        _order, production = self._confirmed(1)
        self._move(production, days)
        return self._watch().sorted("id")[-1:]

    def test_an_emptied_note_is_taken_as_empty(self):
        activity = self._new_risk().activity_ids
        activity.note = False
        risk = self._new_risk()
        self.assertIn(risk.order_id.name, activity.note)
        self.assertNotIn("False", activity.note)

    def test_an_activity_of_another_kind_of_record_or_company_is_left_alone(self):
        kind = self.env.ref("sop_bridge.mail_activity_type_risk")
        order = self._quotation(self.standard, 1)
        own = order.activity_schedule(
            activity_type_id=kind.id, note="Call them", user_id=self.sales.id
        )
        risk = self._new_risk()
        self.assertEqual(own.note, "<p>Call them</p>")
        self.assertEqual(risk.activity_ids.user_id, self.sales)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.cr.execute(
            "UPDATE sop_promise_risk SET company_id = %s WHERE id = %s", (elsewhere.id, risk.id)
        )
        risk.invalidate_recordset(["company_id"])
        note = risk.activity_ids.note
        self.assertTrue(self._new_risk().activity_ids)
        self.assertEqual(risk.activity_ids.note, note)

    def test_queries_do_not_grow(self):
        def count(number):
            orders = [self._confirmed(1)[0] for _number in range(number)]
            lines = self.env["sale.order.line"].union(*(order.order_line for order in orders))
            risks = self.env["sop.promise.risk"].sudo()
            self.env.flush_all()
            start = self.cr.sql_log_count
            facts = risks._collect(self.company, lines.sudo())
            for line in lines:
                risks._judge(facts, line)
            return self.cr.sql_log_count - start

        few = count(2)
        self.assertLessEqual(count(8), few)

    # ------------------------------------------------------------------ one stops no other
    def _deliver_from(self, order, location):
        order.sudo().picking_ids.do_unreserve()
        order.sudo().picking_ids.move_ids.location_id = location

    def test_a_delivery_from_no_warehouse_in_use(self):
        """Straight from the vendor, from outside, or from a warehouse that was archived."""
        suppliers = self.env.ref("stock.stock_location_suppliers")
        outside = self.env["stock.location"].create({"name": "Outside", "usage": "internal"})
        house = self.env["stock.warehouse"].create({"name": "Old", "code": "OLD"})
        for place in (suppliers, outside, house.lot_stock_id):
            order, _none = self._confirmed(1, self.stocked)
            self._deliver_from(order, place)
        house.active = False
        broken, production = self._confirmed()
        self._move(production, 2)
        self.assertEqual(self._watch().order_line_id, broken.order_line)

    def test_a_component_from_no_warehouse(self):
        locker = self._made_product("Locker", [(self.assembly, 30)])
        locker.bom_ids.bom_line_ids = [
            Command.create({"product_id": self.stocked.id, "product_qty": 1})
        ]
        order, production = self._confirmed(4, locker)
        production = production or order.sudo().order_line.sop_booking_ids.production_id
        production.do_unreserve()
        outside = self.env["stock.location"].create({"name": "Outside", "usage": "internal"})
        production.move_raw_ids.location_id = outside
        broken, late = self._confirmed()
        self._move(late, 2)
        self.assertEqual(self._watch().order_line_id, broken.order_line)

    @mute_logger("odoo.addons.sop_bridge.models.sop_risk_watch")
    def test_a_line_that_cannot_be_read_stops_no_other(self):
        first, production = self._confirmed(2)
        self._confirmed(1)
        last, other = self._confirmed(2)
        self._move(production, 2)
        self._move(other, 2)
        bad = self._confirmed(1)[0].order_line
        watcher = type(self.env["sop.promise.risk"])
        judge = watcher._judge

        def fail(records, facts, line):
            if line == bad:
                raise ValueError("Unreadable")
            return judge(records, facts, line)

        self.patch(watcher, "_judge", fail)
        risks = self._watch()
        self.assertEqual(risks.order_line_id, (first | last).order_line)
        self.assertTrue(all(risks.mapped("told")))

    @mute_logger("odoo.addons.sop_bridge.models.sop_risk_watch")
    def test_a_person_who_cannot_be_told_stops_no_other(self):
        _order, production = self._confirmed(2)
        _other, late = self._confirmed(2, user=self.sales_colleague)
        self._move(production, 2)
        self._move(late, 2)
        watcher = type(self.env["sop.promise.risk"])
        tell = watcher._tell_person

        def fail(records, user):
            if user == self.sales:
                raise ValueError("No access")
            return tell(records, user)

        self.patch(watcher, "_tell_person", fail)
        risks = self._watch()
        self.assertEqual(risks.filtered("told").user_id, self.sales_colleague)
        self.assertEqual((risks - risks.filtered("told")).user_id, self.sales)

    def test_a_deleted_type_of_activity(self):
        _order, production = self._confirmed()
        self._move(production, 2)
        self.env.ref("sop_bridge.mail_activity_type_risk").unlink()
        risk = self._watch()
        self.assertEqual(risk.activity_ids.user_id, self.sales)
        self._move(production, 1)
        self._watch()
        self.assertEqual(len(risk.activity_ids), 1, "the same activity tells it")

    # ------------------------------------------------------------------ history
    def test_first_and_later_dates(self):
        order, production = self._confirmed()
        line = order.order_line
        self.assertEqual(line.sop_first_promised_date, self.monday)
        self._move(production, 2)
        risk = self._watch()
        action = risk.with_user(self.sales).action_promise_again()
        wizard = self.env["sop.promise.again"].with_user(self.sales)
        wizard.with_context(**action["context"]).create({}).action_promise()
        self.assertEqual(line.sop_promised_date, self.wednesday)
        self.assertEqual(line.sop_first_promised_date, self.monday)
        first, last = line.sudo().sop_promise_date_ids.sorted("id")
        self.assertEqual((first.date, first.before), (self.monday, False))
        self.assertEqual((last.date, last.before, last.days), (self.wednesday, self.monday, 2))
        self.assertEqual(last.user_id, self.sales)
        self.assertIn("Coating line", last.reason)
        self.assertFalse(self._watch(), "the new promise is kept")

    def test_a_new_promise_needs_a_reason_and_a_day_to_come(self):
        line = self._confirmed()[0].order_line
        with self.assertRaisesRegex(UserError, "Say why"):
            line._sop_promise_again(self.wednesday, " ")
        with self.assertRaisesRegex(UserError, "not over yet"):
            line._sop_promise_again(self.today - timedelta(days=1), "Late")

    def test_a_new_promise_is_no_sooner_than_the_plant_can(self):
        self._confirmed(8)
        line = self._confirmed(4)[0].order_line
        tuesday = self.monday + timedelta(days=1)
        self.assertEqual(line.sop_promised_date, tuesday)
        wizard = self.env["sop.promise.again"].with_user(self.sales)
        wizard = wizard.create({"order_line_id": line.id, "date": self.monday, "reason": "Hurry"})
        with self.assertRaisesRegex(UserError, f"on {say_day(self.env, tuesday)} at the earliest"):
            wizard.action_promise()
        self.assertEqual(line.sop_promised_date, tuesday)
        line._sop_promise_again(self.wednesday, "Their site is closed")
        line._sop_promise_again(tuesday, "It is open")
        self.assertEqual(line.sop_promised_date, tuesday)

    def test_a_later_promise_is_always_possible(self):
        """Even where nothing brings the goods any more: the customer is told something."""
        order, _none = self._confirmed(8, self.stocked)
        line = order.order_line
        order.picking_ids.do_unreserve()
        self.env["stock.quant"]._update_available_quantity(self.stocked, self._stock(), -10)
        line._sop_promise_again(self.wednesday, "Stolen")
        with self.assertRaisesRegex(UserError, "cannot deliver sooner"):
            line._sop_promise_again(self.monday, "Found")

    def test_a_new_promise_is_not_centuries_ahead(self):
        line = self._confirmed()[0].order_line
        for year in (self.today.year + 4, 9999):
            with self.assertRaisesRegex(UserError, "Choose a day until"):
                line._sop_promise_again(fields.Date.to_date(f"{year}-12-31"), "Wait")

    def test_a_new_promise_moves_no_return_and_needs_something_to_deliver(self):
        order, _none = self._confirmed(4, self.stocked)
        line, picking = order.order_line, order.sudo().picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking._action_done()
        back = self.env["stock.return.picking"].create({"picking_id": picking.id})
        back.product_return_moves.quantity = 1
        returned = picking.browse(back.action_create_returns()["res_id"]).move_ids
        rest = line.sudo().move_ids.filtered(lambda move: move.state == "assigned") - returned
        before = returned.date, rest.date
        line._sop_promise_again(line.sop_promised_date + timedelta(days=5), "Their wish")
        self.assertEqual((returned.date, rest.date - before[1]), (before[0], timedelta(days=5)))
        rest.write({"quantity": 1, "picked": True})
        rest._action_done()
        with self.assertRaisesRegex(UserError, "Nothing is left to deliver"):
            line._sop_promise_again(self.monday + timedelta(days=60), "More")

    def test_nobody_writes_history(self):
        order, _production = self._confirmed()
        history = order.order_line.sudo().sop_promise_date_ids
        for user in (self.sales, self.planner, self.sop_admin):
            with self.assertRaises(AccessError):
                history.with_user(user).write({"date": self.wednesday})
            with self.assertRaises(AccessError):
                history.with_user(user).unlink()
            with self.assertRaises(AccessError):
                history.with_user(user).create({"date": self.wednesday})
            with self.assertRaises(AccessError):
                order.order_line.with_user(user).write({"sop_first_promised_date": self.wednesday})
            with self.assertRaises(AccessError):
                self.env["sop.promise.risk"].with_user(user).create({"cause": "stock"})

    def test_colleagues_do_not_see_it(self):
        order, production = self._confirmed()
        self._move(production, 2)
        risk = self._watch()
        other = new_test_user(self.env, "seller4", groups="sales_team.group_sale_salesman")
        self.assertFalse(risk.with_user(other).search([("id", "=", risk.id)]))
        self.assertTrue(risk.with_user(self.planner).read(["reason"]))
        with self.assertRaises(AccessError):
            self.env["sop.promise.again"].with_user(other).create(
                {"order_line_id": order.order_line.id, "date": self.wednesday, "reason": "x"}
            ).action_promise()

    def test_the_question_which_date_tells_nothing_of_other_companies(self):
        line = self._confirmed()[0].order_line
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "seller_elsewhere",
            groups="sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        wizards = self.env["sop.promise.again"].with_user(stranger).with_company(company)
        values = {"order_line_id": line.id, "date": self.wednesday, "reason": "x"}
        with self.assertRaises(AccessError):
            wizards.create(values)
        with self.assertRaises(AccessError):
            wizards.new(values).before  # noqa: B018

    # ------------------------------------------------------------------ kept
    def _kept(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["sop.otif"].browse(order.order_line.id)

    def test_kept(self):
        order, _none = self._confirmed(4, self.stocked)
        self.assertEqual(self._kept(order).result, "open")
        self._deliver(order)
        kept = self._kept(order)
        self.assertEqual((kept.result, kept.otif_first, kept.share_last), ("kept", 1, 1))

    def test_late_and_kept_by_a_later_promise(self):
        order, _none = self._confirmed(4, self.stocked)
        line = order.order_line
        line._sop_store({"sop_first_promised_date": self.today - timedelta(days=5)})
        self.assertEqual(self._kept(order).otif_first, 0, "open and overdue fails")
        self._deliver(order)
        kept = self._kept(order)
        self.assertEqual((kept.result, kept.otif_first, kept.otif_last), ("later", 0, 1))
        self.company.sop_otif_late_days = 5
        self.assertEqual(self._kept(order).otif_first, 1, "within the window")

    def test_what_was_only_picked_is_not_delivered(self):
        self._stock().warehouse_id.delivery_steps = "pick_ship"
        order, _none = self._confirmed(4, self.stocked)
        for share in (0, 1):
            move = order.order_line.move_ids.filtered(lambda move: move.state != "done")
            move.picked = True
            move._action_done()
            self.assertEqual(self._kept(order).share_last, share)

    def test_not_in_full(self):
        order, _none = self._confirmed(4, self.stocked)
        line = order.order_line
        picking = order.sudo().picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking.with_context(cancel_backorder=True)._action_done()
        past = self.today - timedelta(days=1)
        line._sop_store({"sop_promised_date": past, "sop_first_promised_date": past})
        self.company.sop_otif_late_days = 1
        self.assertIsNone(self._kept(order).otif_first or None)
        self.assertAlmostEqual(self._kept(order).share_first, 0.75)
        self.company.sop_otif_share = 75
        self.assertEqual(self._kept(order).otif_first, 1)

    def test_overdue_and_open(self):
        order, _none = self._confirmed(4, self.stocked)
        past = self.today - timedelta(days=3)
        order.order_line._sop_store({"sop_promised_date": past})
        self.assertEqual(self._kept(order).result, "broken")
        risk = self._watch()
        self.assertEqual((risk.cause, risk.days_late), ("overdue", 3))
        self.assertEqual(risk.expected_date, fields.Date.to_date(self.today))
