"""Agreements: both departments approve them, and only orders under them use their slots."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOW, day, moment
from .slot_common import SlotCase


class AgreementCase(SlotCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer(cls.silver, name="Azur", user_id=cls.seller.id)
        cls.coordinator = cls.user("agr_boss", "sop_bridge.group_sop_admin")

    def make(self, user=None, **values):
        values = {"partner_id": self.customer.id, "date_from": day(0), **values}
        return self.env["sop.agreement"].with_user(user or self.seller).create(values)

    def approved(self, *goods, **values):
        """An agreement that both departments approved; goods are (product, quantity)."""
        lines = [Command.create({"product_id": p.id, "quantity": q}) for p, q in goods]
        agreement = self.make(**{"line_ids": lines, **values})
        self.rpc(self.seller, agreement, "action_ask")
        self.rpc(self.sales_boss, agreement, "action_approve")
        self.rpc(self.production_boss, agreement, "action_approve")
        return agreement.with_user(self.env.user)

    def order(self, agreement=None, quantity=1, customer=None, **values):
        values["sop_agreement_id"] = agreement and agreement.id
        product = values.pop("product", self.cabinet)
        return self.make_quotation(
            (product, quantity), customer=customer or self.customer, **values
        )

    def refused(self, text, error=UserError):
        return self.assertRaisesRegex(error, text)


@tagged("post_install", "-at_install")
class TestAgreement(AgreementCase):
    # ------------------------------------------------------------------ agreeing
    def test_both_departments_approve_it(self):
        agreement = self.make(date_to=day(100))
        self.assertRegex(agreement.name, r"^AGR/\d{5}$")
        self.assertEqual(agreement.display_name, f"{agreement.name} Azur")
        self.assertEqual((agreement.user_id, agreement.phase), (self.seller, "draft"))
        self.rpc(self.seller, agreement, "action_ask")
        self.assertEqual(agreement.phase, "pending")
        self.rpc(self.sales_boss, agreement, "action_approve")
        self.assertFalse(agreement._in_force(self.customer))
        self.rpc(self.production_boss, agreement, "action_approve")
        self.assertEqual((agreement.state, agreement.phase), ("approved", "running"))
        for values in (
            {"date_to": day(200)},
            {"terms": "Everything"},
            {"line_ids": [Command.create({"product_id": self.cabinet.id})]},
        ):
            with self.subTest(values), self.refused("stays as it is"), self.cr.savepoint():
                self.rpc(self.seller, agreement, "write", values)
        with self.refused("stays as it is"):
            self.rpc(self.seller, agreement, "unlink")

    def test_phases(self):
        coming = self.approved(date_from=day(7), date_to=day(14))
        self.assertEqual(coming.phase, "coming")
        self.at(moment(7, 9))
        coming.invalidate_recordset()
        self.assertEqual(coming.phase, "running")
        self.at(moment(15, 9))
        coming.invalidate_recordset()
        self.assertEqual((coming.phase, coming.state), ("over", "approved"))
        late = self.make(date_from=day(0), date_to=day(14))
        with self.refused("over already"):
            self.rpc(self.seller, late, "action_ask")

    def test_taken_back_and_rejected(self):
        agreement = self.make()
        self.rpc(self.seller, agreement, "action_ask")
        self.rpc(self.seller, agreement, "action_draft")
        agreement.terms = "Two mornings"
        self.rpc(self.seller, agreement, "action_ask")
        self.rpc(self.sales_boss, agreement, "action_reject", "Too much")
        self.assertEqual(agreement.phase, "rejected")
        self.rpc(self.seller, agreement, "action_draft")
        self.assertEqual(agreement.phase, "draft")

    def test_who_is_responsible_does_not_decide(self):
        agreement = self.make(planner_id=self.production_boss.id)
        self.rpc(self.seller, agreement, "action_ask")
        self.rpc(self.sales_boss, agreement, "action_approve")
        with self.assertRaises(AccessError):
            self.rpc(self.production_boss, agreement, "action_approve")
        self.rpc(self.planner, agreement, "action_approve")
        self.assertEqual(agreement.state, "approved")

    def test_who_is_responsible_changes_with_the_people(self):
        agreement = self.make(planner_id=self.production_boss.id)
        self.rpc(self.seller, agreement, "action_ask")
        for user, values in (
            (self.production_boss, {"planner_id": self.planner.id}),
            (self.coordinator, {"user_id": self.planner.id}),
        ):
            with self.refused("Both departments decide"), self.cr.savepoint():
                self.rpc(user, agreement, "write", values)
        self.rpc(self.sales_boss, agreement, "action_approve")
        self.rpc(self.planner, agreement, "action_approve")
        heir = self.user("agr_heir", "sales_team.group_sale_salesman")
        self.rpc(self.coordinator, agreement, "write", {"user_id": heir.id})
        self.assertEqual((agreement.user_id, agreement.approval_stale), (heir, False))

    def test_another_unit_is_not_what_was_approved(self):
        goods = self.make_product("Granulate")
        agreement = self.approved((goods, 10))
        goods.uom_id = self.env.ref("uom.product_uom_dozen")
        agreement.invalidate_recordset()
        self.assertTrue(agreement.approval_stale)

    def test_an_agreement_with_a_contact_is_one_with_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id, "type": "contact"}
        )
        self.assertEqual(self.make(partner_id=contact.id).partner_id, self.customer)

    def test_quantities_ordered_and_open(self):
        other = self.make_product("Other")
        agreement = self.approved((self.cabinet, 30), (other, 0))
        line, free = agreement.line_ids
        self.assertEqual((line.ordered_quantity, line.open_quantity), (0, 30))
        dozen = {
            "product_id": self.cabinet.id,
            "product_uom_qty": 1,
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
        }
        orders = [
            self.make_quotation(dozen, customer=self.customer, sop_agreement_id=agreement.id),
            self.order(agreement, 3),
            self.order(agreement, 5),
            self.order(None, 50),
        ]
        for order in orders[:2]:
            order.action_confirm()
        agreement.line_ids.invalidate_recordset()
        self.assertEqual((line.ordered_quantity, line.open_quantity), (15, 15))
        self.assertEqual((line.ordered_percent, free.ordered_percent), (50, 0))
        orders[1]._action_cancel()
        agreement.line_ids.invalidate_recordset()
        self.assertEqual(line.ordered_quantity, 12)
        self.assertEqual(agreement.order_count, 3)

    # ------------------------------------------------------------------ its slots
    def test_only_orders_under_it_use_its_slots(self):
        agreement = self.approved()
        slot = self.keep(1, 8, 17, agreement_id=agreement.id)
        self.assertEqual(slot.name, f"Line: {agreement.display_name}")
        other = self.approved(partner_id=self.make_customer(self.gold).id)
        orders = {
            "under it": (self.order(agreement), True),
            "same customer": (self.order(), False),
            "gold": (self.order(customer=self.make_customer(self.gold)), False),
            "another one": (self.order(other, customer=other.partner_id), False),
        }
        for name, (order, may) in orders.items():
            with self.subTest(name):
                self.assertEqual(bool(slot._usable_by(order, self.env["sop.family"])), may)

    def test_promise_booking_and_planning(self):
        agreement = self.approved()
        first = self.keep(0, 8, 17, agreement_id=agreement.id)
        under, without = self.order(agreement, 2), self.order(None, 2)
        self.assertEqual(self.loads(self.ask(under)[0]), [("Line", 0, 120)])
        self.assertEqual(self.loads(self.ask(without)[0]), [("Line", 1, 120)])
        self.company.sop_gate = "hold"
        (under | without).action_confirm()
        self.assertEqual(under.sop_booking_ids.slot_id, first)
        self.assertFalse(without.sop_booking_ids.slot_id)
        work = under.sop_booking_ids.production_id.workorder_ids
        self.assertEqual(work.sop_slot_id, first)
        stock = self.make_production(self.cabinet, 1)
        stock.button_plan()
        self.assertEqual(stock.workorder_ids.date_start, moment(1, 10))

    def test_an_agreement_opens_slots_only_on_its_days(self):
        agreement = self.approved(date_from=day(2), date_to=day(4))
        slot = self.keep(3, agreement_id=agreement.id)
        order, none = self.order(agreement), self.env["sop.family"]
        self.assertFalse(slot._usable_by(order, none))
        self.assertIn("until then", order.sop_agreement_problem)
        self.assertFalse(self.order().sop_agreement_problem)
        self.at(moment(2, 7))
        order.invalidate_recordset()
        self.assertTrue(slot._usable_by(order, none))
        self.assertFalse(order.sop_agreement_problem)
        self.at(moment(5, 7))
        order.invalidate_recordset()
        self.assertFalse(slot._usable_by(order, none))
        self.assertIn("ended on", order.sop_agreement_problem)

    def test_slots_lie_in_its_time(self):
        agreement = self.approved(date_from=day(2), date_to=day(4))
        for number in (1, 7):
            with self.subTest(number), self.refused("lasts from"), self.cr.savepoint():
                self.keep(number, agreement_id=agreement.id)
        slot = self.keep(4, agreement_id=agreement.id)
        with self.refused("lasts from"), self.cr.savepoint():
            slot.write({"date_start": moment(7, 8), "date_stop": moment(7, 12)})
        with self.refused("not approved"):
            self.keep(3, agreement_id=self.make().id)

    def test_rule_makes_slots_in_its_time(self):
        agreement = self.approved(date_from=day(10), date_to=day(16))
        rule = self.make_rule(tier_id=False, agreement_id=agreement.id)
        self.rpc(self.planner, rule, "action_generate")
        self.assertEqual(rule.slot_ids.mapped("rule_day"), [day(10), day(15)])
        self.assertEqual(rule.slot_ids.agreement_id, agreement)
        self.assertIn(agreement.name, rule.name)
        self.at(moment(17, 9))
        rule.invalidate_recordset()
        self.assertIn("ended on", rule.summary)
        with self.refused("ended on"):
            self.rpc(self.planner, rule, "action_generate")

    def test_rule_for_others_too_goes_on_for_them(self):
        agreement = self.approved(date_to=day(9))
        rule = self.make_rule(agreement_id=agreement.id)
        self.rpc(self.planner, rule, "action_generate")
        slots = rule.slot_ids.sorted("rule_day")
        self.assertEqual(slots[0].agreement_id, agreement)
        self.assertFalse(slots[1:].agreement_id)
        self.assertEqual(slots.tier_id, self.gold)
        self.assertIn("unchanged", rule.summary)
        self.assertNotIn("new", rule.summary)
        self.at(moment(15, 18))
        self.run_job("sop.slot.rule", "_cron_generate")
        self.assertFalse(rule.problem)
        self.assertGreater(len(rule.slot_ids), len(slots))

    def test_times_are_counted_from_the_start_of_the_agreement(self):
        agreement = self.approved(date_from=day(10))
        values = {"ending": "count", "count": 2}
        rule = self.make_rule(["thu"], tier_id=False, agreement_id=agreement.id, **values)
        self.rpc(self.planner, rule, "action_generate")
        self.assertEqual(rule.slot_ids.mapped("rule_day"), [day(10), day(17)])

    def test_both_departments_reserve_late_for_it(self):
        agreement, over = self.approved(), self.approved(date_to=day(20))
        values = {
            "kind": "reserve",
            "reason": "They signed yesterday",
            "workcenter_id": self.line.id,
            "date_start": moment(1, 8),
            "date_stop": moment(1, 12),
            "agreement_id": agreement.id,
        }
        requests = self.env["sop.slot.request"].with_user(self.planner)
        late = requests.create(
            dict(values, date_start=moment(30, 8), date_stop=moment(30, 12), agreement_id=over.id)
        )
        with self.refused("lasts from"), self.cr.savepoint():
            self.rpc(self.planner, late, "action_ask")
        request = requests.create(values)
        self.rpc(self.planner, request, "action_ask")
        self.rpc(self.sales_boss, request, "action_approve")
        self.rpc(self.production_boss, request, "action_approve")
        self.assertEqual(request.made_slot_id.agreement_id, agreement)

    def test_slot_opens_to_the_tier_of_its_customer_first(self):
        slot = self.keep(9, agreement_id=self.approved().id)
        self.at(moment(2, 9))
        self.run_job("sop.slot", "_cron_release")
        self.assertEqual((slot.opening, slot.opened_rank), ("next", self.silver.rank))
        self.assertTrue(slot._usable_by(self.order(), self.env["sop.family"]))

    def test_who_is_responsible_is_told_before_it_opens(self):
        boss = self.user("agr_seller", "sales_team.group_sale_salesman")
        agreement = self.approved(user_id=boss.id)
        slot = self.keep(9, agreement_id=agreement.id)
        self.order(agreement)
        self.run_job("sop.slot", "_cron_release")
        self.assertEqual(slot.told_user_ids, boss | self.seller)

    def test_figures_count_orders_under_it_as_owners(self):
        agreement = self.approved()
        slot = self.keep(9, agreement_id=agreement.id)
        self.book(slot, 2, self.customer, sop_agreement_id=agreement.id)
        self.book(slot, 1, self.customer)
        self.at(moment(9, 18))
        self.run_job("sop.slot", "_cron_release")
        (fact,) = slot.fact_ids
        self.assertEqual((fact.owner_hours, fact.other_hours), (2, 1))
        self.assertEqual(fact.agreement_id, agreement)

    # ------------------------------------------------------------------ its orders
    def test_orders_name_an_agreement_of_their_customer(self):
        agreement = self.approved((self.cabinet, 10))
        order = self.order(agreement)
        self.assertEqual(order.sop_agreement_choice_ids, agreement)
        with self.refused("is not with", ValidationError), self.cr.savepoint():
            self.order(agreement, customer=self.make_customer(self.gold))
        with self.refused("not approved", ValidationError), self.cr.savepoint():
            self.order(self.make())
        desk = self.make_product("Desk")
        service = self.env["product.product"].create({"name": "Transport", "type": "service"})
        with self.refused("is not about Desk", ValidationError), self.cr.savepoint():
            self.order(agreement, product=desk)
        line = {"order_id": order.id, "product_id": desk.id}
        with self.refused("is not about Desk", ValidationError), self.cr.savepoint():
            self.env["sale.order.line"].create(line)
        self.env["sale.order.line"].create({**line, "product_id": service.id})
        with self.refused("is not about Desk", ValidationError), self.cr.savepoint():
            order.order_line[0].product_id = desk
        self.assertFalse(order.copy().sop_agreement_id)

    def test_form_offers_the_agreements_of_the_customer(self):
        agreement = self.approved()
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            form.partner_id = self.customer
            form.sop_agreement_id = agreement
            form.partner_id = self.make_customer(self.gold)
            self.assertFalse(form.sop_agreement_id)
            form.partner_id = self.customer
            form.sop_agreement_id = agreement
        self.assertEqual(form.record.sop_agreement_id, agreement)
        action = agreement.action_new_order()
        defaults = Form(self.env["sale.order"].with_context(**action["context"]))
        self.assertEqual(defaults.sop_agreement_id, agreement)

    def test_another_agreement_is_another_question(self):
        """What waits for a decision was asked for under the agreement, and so was what is held."""
        agreement = self.approved()
        slot = self.keep(0, 8, 17, agreement_id=agreement.id)
        order = self.order(agreement, 2).with_user(self.seller)
        order.user_id = self.seller
        order.action_sop_hold()
        self.assertEqual(order.sudo().sop_booking_ids.slot_id, slot)
        order.sop_agreement_id = False
        self.assertFalse(order.sudo().sop_booking_ids.slot_id)
        self.assertTrue(order.sudo().sop_booking_ids)

    def test_an_order_whose_customer_has_changed_uses_nothing(self):
        agreement = self.approved()
        slot = self.keep(9, agreement_id=agreement.id)
        agreement = agreement.with_env(self.env)
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        order = self.order(agreement, customer=buyer)
        self.assertTrue(slot._usable_by(order, self.env["sop.family"]))
        buyer.parent_id = self.make_customer(self.gold)
        self.assertFalse(slot._usable_by(order, self.env["sop.family"]))
        order.invalidate_recordset(["sop_agreement_problem"])
        self.assertIn("is not with", order.sop_agreement_problem)
        order.action_confirm()
        self.assertFalse(agreement.line_ids.ordered_quantity)

    def test_a_customer_that_becomes_part_of_another_keeps_its_agreement(self):
        agreement = self.approved()
        slot = self.keep(9, agreement_id=agreement.id)
        group = self.make_customer(self.gold)
        self.customer.write({"parent_id": group.id, "is_company": False})
        order = self.order(agreement)
        self.assertEqual(order.sop_agreement_choice_ids, agreement)
        self.assertTrue(slot._usable_by(order, self.env["sop.family"]))
        self.assertFalse(order.sop_agreement_problem)
        self.assertEqual((self.customer.sop_agreement_count, group.sop_agreement_count), (1, 0))
        with self.refused("is not with", ValidationError):
            self.order(agreement, customer=group)

    def test_goods_delivered_beyond_the_order_do_not_stop_the_delivery(self):
        self.add_stock(self.cabinet, 5)
        desk = self.make_product("Desk", stock=5)
        order = self.order(self.approved((self.cabinet, 10)))
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        places = {name: picking[name].id for name in ("location_id", "location_dest_id")}
        self.env["stock.move"].create(
            {
                **places,
                "product_id": desk.id,
                "product_uom_qty": 1,
                "quantity": 1,
                "picked": True,
                "picking_id": picking.id,
            }
        )
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(order.order_line.product_id, self.cabinet | desk)
        with self.refused("is not about Desk", ValidationError):
            order.order_line.filtered(lambda line: line.product_id == desk).product_uom_qty = 2

    def test_a_confirmed_order_keeps_its_agreement(self):
        agreement = self.approved()
        order, plain = self.order(agreement), self.order()
        (order | plain).action_confirm()
        for changed, value in ((order, False), (plain, agreement.id)):
            with self.refused("no quotation any more"), self.cr.savepoint():
                self.rpc(self.coordinator, changed, "write", {"sop_agreement_id": value})
        order.write({"sop_agreement_id": agreement.id})

    # ------------------------------------------------------------------ its end
    def test_ended_early(self):
        agreement = self.approved()
        used, unused = (self.keep(n, agreement_id=agreement.id) for n in (9, 10))
        shared = self.keep(11, agreement_id=agreement.id, tier_id=self.gold.id)
        rule = self.make_rule(["wed"], tier_id=False, agreement_id=agreement.id)
        self.rpc(self.planner, rule, "action_generate")
        made = rule.slot_ids
        self.assertTrue(made)
        both = self.make_rule(["fri"], agreement_id=agreement.id, hour_from=13, hour_to=17)
        self.book(used, 1, self.customer, sop_agreement_id=agreement.id)
        for user in (self.seller, self.sales_boss, self.planner):
            with self.assertRaises(AccessError):
                self.rpc(user, agreement, "action_end", "I want to")
        for reason in (" ", "\x00", ["They went away"], None):
            with self.subTest(reason), self.refused("say why"):
                self.rpc(self.coordinator, agreement, "action_end", reason)
        wizard = self.env["sop.end.early"].with_user(self.coordinator)
        wizard.create(
            {"res_model": agreement._name, "res_id": agreement.id, "reason": "They went away"}
        ).action_end()
        self.assertEqual((agreement.state, agreement.phase), ("ended", "ended"))
        self.assertEqual((used.active, unused.active, shared.active), (True, False, True))
        self.assertEqual((shared.tier_id, shared.agreement_id.ids), (self.gold, []))
        self.rpc(self.planner, both, "action_generate")
        self.assertTrue(both.active and both.slot_ids)
        self.assertFalse(any(made.mapped("active")) or rule.active)
        self.assertFalse(unused.leave_id)
        with self.refused("not in force"):
            self.rpc(self.coordinator, agreement, "action_end", "Again")
        with self.refused("ended on"), self.cr.savepoint():
            rule.active = True
        with self.refused("ended on"):
            self.keep(14, agreement_id=agreement.id)

    def test_what_a_quotation_holds_outlives_the_agreement(self):
        agreement = self.approved()
        slot = self.keep(0, 8, 17, agreement_id=agreement.id)
        order = self.order(agreement, 2, user_id=self.seller.id)
        self.rpc(self.seller, order, "action_sop_hold")
        self.assertEqual(order.sop_booking_ids.slot_id, slot)
        before = self.ask(order, ignore_orders=order.ids)[0].date
        self.rpc(self.coordinator, agreement, "action_end", "They went away")
        self.assertEqual((slot.active, slot.opening), (True, "all"))
        self.assertEqual(self.ask(order, ignore_orders=order.ids)[0].date, before)

    def test_only_documents_with_an_end_end_early(self):
        wizard = self.env["sop.end.early"].with_user(self.coordinator)
        values = {"res_model": "res.partner", "res_id": self.customer.id, "reason": "Why not"}
        with self.refused("do not end early"):
            wizard.create(values).action_end()
        gone = dict(values, res_model="sop.agreement", res_id=0)
        with self.refused("does not exist any more"):
            wizard.create(gone).action_end()

    def test_a_customer_with_an_agreement_is_not_merged_into_another(self):
        agreement = self.approved(date_to=day(10))
        other = self.make_customer(self.gold, name="Other")
        merge = self.env["base.partner.merge.automatic.wizard"]
        with self.refused(agreement.name), self.cr.savepoint():
            merge._merge((self.customer | other).ids, other)


@tagged("post_install", "-at_install")
class TestAgreementRights(AgreementCase):
    def test_who_reads_and_who_changes(self):
        agreement = self.make()
        colleague = self.user("agr_colleague", "sales_team.group_sale_salesman")
        warehouse = self.user("agr_warehouse", "stock.group_stock_user")
        for user in (self.seller, colleague, self.operator, self.planner):
            self.assertTrue(self.rpc(user, agreement, "read", ["name", "phase", "reserved_hours"]))
        with self.assertRaises(AccessError):
            self.rpc(warehouse, agreement, "read", ["name"])
        for user in (colleague, self.operator, self.planner):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.rpc(user, agreement, "write", {"terms": "Mine"})
        self.rpc(self.seller, agreement, "write", {"terms": "Ours", "planner_id": self.planner.id})
        self.rpc(self.planner, agreement, "write", {"terms": "Ours too"})
        self.rpc(self.coordinator, agreement, "write", {"terms": "All of us"})
        line = {"agreement_id": agreement.id, "product_id": self.cabinet.id}
        with self.assertRaises(AccessError):
            self.rpc(colleague, self.env["sop.agreement.line"], "create", [line])
        self.assertTrue(self.rpc(self.seller, self.env["sop.agreement.line"], "create", [line]))

    def test_nobody_writes_what_both_departments_decide(self):
        agreement = self.make()
        for values in (
            {"state": "approved"},
            {"approval_state": "approved"},
            {"ended_on": NOW.date()},
            {"name": "AGR/1"},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.rpc(self.coordinator, agreement, "write", values)
            with self.subTest(values), self.assertRaises(AccessError), self.cr.savepoint():
                self.make(**values)
        context = {"default_state": "approved", "default_name": "AGR/1"}
        made = self.rpc(
            self.seller,
            self.env["sop.agreement"],
            "create",
            [{"partner_id": self.customer.id}],
            **context,
        )
        found = self.env["sop.agreement"].browse(made)
        self.assertEqual(found.state, "draft")
        self.assertNotEqual(found.name, "AGR/1")

    @mute_logger("odoo.sql_db")
    def test_goods_of_an_agreement_that_was_sent_stay(self):
        agreement = self.approved((self.cabinet, 10))
        line, draft = agreement.line_ids, self.make()
        with self.refused("stays as it is"):
            self.rpc(self.seller, line, "write", {"quantity": 100})
        with self.refused("stays as it is"):
            self.rpc(self.seller, line, "unlink")
        values = {"agreement_id": draft.id, "product_id": self.cabinet.id}
        own = self.env["sop.agreement.line"].with_user(self.seller).create(values)
        desk = self.make_product("Desk")
        values = {"agreement_id": agreement.id, "product_id": desk.id}
        with self.refused("stays as it is"), self.cr.savepoint():
            self.rpc(self.seller, own, "write", values)
        for number in (float("nan"), float("inf"), "many"):
            with self.subTest(number), self.refused("Agreed", ValidationError):
                self.rpc(self.seller, own, "write", {"quantity": number})
        for number in (1e12, -1):
            with self.subTest(number), self.assertRaises(IntegrityError), self.cr.savepoint():
                self.rpc(self.seller, own, "write", {"quantity": number})
                self.env.flush_all()
        colleague = self.user("agr_colleague2", "sales_team.group_sale_salesman")
        theirs = self.make(user=colleague, user_id=colleague.id)
        with self.assertRaises(AccessError):
            self.rpc(self.seller, own, "write", {"agreement_id": theirs.id})

    def test_work_centres_of_all_companies_and_of_another(self):
        agreement = self.approved()
        calendar = self.make_calendar("UTC", company_id=False)
        shared = self.make_workcenter("S", company_id=False, resource_calendar_id=calendar.id)
        slot = self.keep(9, workcenter=shared, agreement_id=agreement.id)
        self.assertTrue(slot._usable_by(self.order(agreement), self.env["sop.family"]))
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.user("agr_planner", "sop_bridge.group_sop_production_approver")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        span = {"date_start": moment(10, 8), "date_stop": moment(10, 12)}
        spied = {"workcenter_id": shared.id, "agreement_id": agreement.id, **span}
        with self.assertRaises(AccessError):
            self.rpc(stranger, self.env["sop.slot"], "create", [spied])
        theirs = self.make_workcenter("T", company_id=other.id, resource_calendar_id=calendar.id)
        with self.refused("not made here", ValidationError):
            self.keep(9, workcenter=theirs, agreement_id=agreement.id)

    def test_companies(self):
        agreement = self.approved()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "agr_stranger", groups="sales_team.group_sale_manager", company_id=other.id
        )
        with self.assertRaises(AccessError):
            self.rpc(stranger, agreement, "read", ["name"])
        found = self.env["sop.agreement"].with_user(stranger).search(Domain.TRUE)
        self.assertFalse(found)
        order = self.env["sale.order"].with_user(stranger).create({"partner_id": self.customer.id})
        self.assertFalse(order.sop_agreement_choice_ids)
        with self.assertRaises(UserError):
            order.sop_agreement_id = agreement
        with self.refused("does not work in", ValidationError):
            self.make(user_id=stranger.id)

    def test_customer_shows_its_agreements(self):
        agreement = self.make()
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        for partner in (self.customer, contact):
            seen = partner.with_user(self.seller)
            self.assertEqual(seen.sop_agreement_count, 1)
            action = seen.action_sop_agreements()
            self.assertEqual(self.env["sop.agreement"].search(action["domain"]), agreement)
