"""Attempts of ordinary users, over the remote interface, on what both departments decide."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .acceptance_common import AcceptanceCase
from .scorecard_common import ScorecardCase
from .test_tier_override import TODAY, TierOverrideCase


@tagged("post_install", "-at_install")
class TestScorecardAttacks(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env["res.company"].create({"name": "Other plant"})

    def test_no_part_is_hidden_from_the_approvers(self):
        """A part of another company would count, and be invisible to those who approve."""
        hidden = {"company_id": self.foreign.id}
        card = self.make_card()
        line = {"measure": "growth", "weight": 900, "method": "quantile"}
        line["scorecard_id"] = card.id
        criterion, border = card.criterion_ids[0], card.border_ids[0]
        attacks = [
            (criterion, "create", [[{**line, **hidden}]]),
            (card, "write", [{"border_ids": [[1, border.id, hidden]]}]),
            (card, "write", [{"criterion_ids": [[0, 0, {**line, **hidden}]]}]),
            *((part, "write", [hidden]) for part in (criterion, border, criterion.breakpoint_ids)),
        ]
        for records, method, args in attacks:
            with self.assertRaises(AccessError):
                self.rpc(self.sop_admin, records, method, *args)
        context = {"default_company_id": self.foreign.id}
        self.rpc(self.sop_admin, criterion, "create", [line], context=context)
        self.assertEqual(card.criterion_ids.company_id, self.company)

    def test_an_archived_draft_is_not_asked_about(self):
        """It would come into force where nobody finds it, and block every later version."""
        card = self.make_card()
        card.with_user(self.sop_admin).active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.rpc(self.sop_admin, card, "action_ask")

    def test_ranks_of_a_scorecard_stay(self):
        """Another order of the tiers turns the borders round that both departments approved."""
        card = self.activate(self.make_card())
        for tier, rank in ((self.gold, 99), (self.standard, 1)):
            with self.assertRaisesRegex(UserError, "rank"), self.env.cr.savepoint():
                self.rpc(self.sop_admin, tier, "write", {"rank": rank})
        self.env.invalidate_all()
        self.assertEqual(card._get_definition().borders[0][0], self.gold.id)
        self.rpc(self.sop_admin, self.gold, "write", {"rank": self.gold.rank, "color": 3})

    def test_a_tier_in_use_stays_with_its_companies(self):
        self.activate(self.make_card())
        with self.assertRaisesRegex(UserError, "company"):
            self.rpc(self.sop_admin, self.gold, "write", {"company_id": self.foreign.id})

    def test_parts_of_an_approved_card_are_not_moved_through_another(self):
        card, draft = self.activate(self.make_card()), self.make_card()
        before = card._get_definition()
        criterion, border = card.criterion_ids[0], card.border_ids[0]
        for name, part in (("criterion_ids", criterion), ("border_ids", border)):
            for command in (Command.link(part.id), Command.set(part.ids)):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    self.rpc(self.sop_admin, draft, "write", {name: [command]})
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.rpc(
                    self.sop_admin, draft, "web_save", {name: [[4, part.id]]}, specification={}
                )
        mine = draft.criterion_ids[0]
        stolen = criterion.breakpoint_ids[0]
        attacks = [
            (mine, "write", [{"breakpoint_ids": [[4, stolen.id]]}]),
            (mine, "write", [{"breakpoint_ids": [[1, stolen.id, {"points": 99}]]}]),
            (mine, "write", [{"breakpoint_ids": [[2, stolen.id]]}]),
            (mine, "write", [{"scorecard_id": card.id}]),
            (mine, "copy", [{"scorecard_id": card.id, "measure": "growth"}]),
            (mine.breakpoint_ids, "write", [{"criterion_id": criterion.id}]),
            (criterion, "web_save", [{"weight": 1}, {}]),
        ]
        for records, method, args in attacks:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.rpc(self.sop_admin, records, method, *args)
        columns = ["scorecard_id/.id", "measure", "weight", "method"]
        row = [str(card.id), "growth", "5", "quantile"]
        importing = criterion.browse().with_user(self.sop_admin)
        result = call_kw(importing, "load", [columns, [row]], {})
        self.assertIn("no draft", str(result["messages"]))
        self.env.invalidate_all()
        self.assertEqual(card._get_definition(), before)

    def test_figures_that_are_none(self):
        card = self.make_card()
        for value in (-1, 1e300):
            for part, name in (
                (card.criterion_ids[0], "weight"),
                (card.border_ids[0], "score"),
                (card.criterion_ids.breakpoint_ids[0], "points"),
            ):
                with self.assertRaises(ValidationError), self.as_client():
                    self.rpc(self.sop_admin, part, "write", {name: value})
                    self.env.flush_all()


@tagged("post_install", "-at_install")
@freeze_time("2027-03-10 09:00:00")
class TestOverrideAttacks(TierOverrideCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Other", "is_company": True})
        cls.partner_manager = cls.env.ref("base.group_partner_manager")
        cls.sales.group_ids += cls.partner_manager

    def test_an_override_is_not_handed_on_with_the_customer(self):
        """Nobody decided about the company of which the customer becomes a contact."""
        self.activate(self.make_card())
        self.approved()
        later = self.approved(kind="floor", date_from=TODAY + timedelta(days=3), date_to=False)
        values = {"is_company": False, "parent_id": self.other.id}
        self.rpc(self.sales, self.customer, "write", values)
        self.assertEqual(self.customer.commercial_partner_id, self.other)
        day = TODAY + timedelta(days=4)
        self.assertNotIn(self.other.id, self.in_force(day))
        self.cron(day)
        self.assertNotEqual(self.other.sop_tier_id, self.gold)
        self.cron(TODAY + timedelta(days=40))
        self.assertFalse(self.other.sop_tier_id)
        later.with_user(self.sop_admin).action_end("Is a contact now")
        self.assertFalse(self.other.sop_tier_id)

    def test_a_default_is_no_way_to_override_a_contact(self):
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": self.customer.id})
        vals = {"tier_id": self.gold.id, "reason": "x", "date_to": str(TODAY)}
        model = self.env["sop.tier.override"]
        context = {"default_partner_id": contact.id}
        with self.assertRaisesRegex(ValidationError, "is a contact"):
            self.rpc(self.sales, model, "create", [vals], context=context)

    def test_an_override_is_not_merged_into_another_customer(self):
        override = self.approved()
        self.customer.email = self.other.email = "same@example.com"
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.sales)
        merge = wizard.create(
            {
                "partner_ids": [Command.set((self.customer | self.other).ids)],
                "dst_partner_id": self.other.id,
            }
        )
        with self.assertRaisesRegex(UserError, "override"):
            self.rpc(self.sales, merge, "action_merge")
        self.env.invalidate_all()
        self.assertEqual(override.partner_id, self.customer)
        merge.dst_partner_id = self.customer
        self.rpc(self.sales, merge, "action_merge")
        self.assertEqual((override.partner_id, override.state), (self.customer, "approved"))

    def test_no_tier_by_hand_where_a_scorecard_rules(self):
        self.activate(self.make_card())
        gold = {"sop_tier_id": self.gold.id}
        default = {"default_sop_tier_id": self.gold.id}
        partner = self.env["res.partner"]
        attacks = [
            (self.customer, "write", [gold], {}),
            (self.customer, "web_save", [gold, {}], {}),
            (self.customer, "copy", [gold], {}),
            (partner, "create", [{"name": "x", **gold}], {}),
            (partner, "create", [{"name": "x"}], default),
            (self.other, "write", [{"child_ids": [[1, self.customer.id, gold]]}], {}),
            (self.other, "write", [{"child_ids": [[0, 0, {"name": "x", **gold}]]}], {}),
        ]
        for user in (self.sales, self.sop_admin):
            for records, method, args, extra in attacks:
                context = {"su": True, "sop_giving": True, "install_mode": True, **extra}
                with self.assertRaises(UserError):
                    self.rpc(user, records, method, *args, context=context)
            with self.assertRaises(UserError):
                call_kw(partner.with_user(user), "name_create", ["x"], {"context": default})
        rows = [["Imported", str(self.gold.id)]]
        result = partner.with_user(self.sop_admin).load(["name", "sop_tier_id/.id"], rows)
        self.assertTrue(result["messages"])

    def test_a_contact_that_becomes_a_company_has_no_tier(self):
        self.activate(self.make_card())
        gold = self.customers[self.gold]
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": gold.id})
        self.assertEqual(contact.sop_tier_id, self.gold)
        self.rpc(self.sales, contact, "write", {"company_type": "company"})
        self.rpc(self.sales, contact, "write", {"parent_id": False})
        self.assertFalse(contact.sop_tier_id)
        left = self.env["res.partner"].create({"name": "Bo", "parent_id": gold.id})
        self.rpc(self.sales, gold, "unlink")
        self.assertEqual((left.commercial_partner_id, left.sop_tier_id.id), (left, False))

    def test_cancelling_is_counted_whatever_way_it_goes(self):
        self.company.sop_gate = "off"
        for states in (["cancel"], ["draft", "cancel"], ["sent", "cancel"]):
            order = self._quotation(self.gold, 1)
            order.action_confirm()
            self.assertEqual(order.state, "sale")
            for state in states:
                self.rpc(self.sales, order, "write", {"state": state})
            self.assertTrue(order.sop_cancelled, states)


@tagged("post_install", "-at_install")
class TestAcceptanceAttacks(AcceptanceCase):
    def rpc(self, user, records, method, *args):
        return ScorecardCase.rpc(self, user, records, method, *args)

    def test_no_condition_is_hidden_from_the_approvers(self):
        foreign = self.env["res.company"].create({"name": "Other plant"})
        rule = self.make_rule(("lead_days", "<", 3), approved=False)
        hidden = {"company_id": foreign.id}
        with self.assertRaises(AccessError):
            self.rpc(self.admin, rule.condition_ids, "write", hidden)
        line = {"rule_id": rule.id, "measure": "lead_days", "threshold": 5}
        with self.assertRaises(AccessError):
            self.rpc(self.admin, rule, "write", {"condition_ids": [[0, 0, {**line, **hidden}]]})
        with self.assertRaises(AccessError):
            self.rpc(self.admin, rule.condition_ids, "create", [{**line, **hidden}])
        self.assertEqual(rule.condition_ids.company_id, rule.company_id)

    def test_the_unit_of_an_agreed_campaign_stays(self):
        """The planner alone would turn 1,000 units into 1,000 dozens."""
        dozen = self.env.ref("uom.product_uom_dozen")
        for values in ({"family_ids": [Command.set(self.paint.ids)]}, {}):
            rule = self.make_rule(("campaign_quantity", "<", 1000), **values)
            for change in ({"uom_id": dozen.id}, {"period": "month"}):
                with self.assertRaisesRegex(UserError, "Rule"), self.env.cr.savepoint():
                    self.rpc(self.boss_plant, self.paint, "write", change)
            self.rpc(self.boss_plant, self.paint, "write", {"period": "week", "color": 2})
            rule.with_user(self.admin).active = False
        self.rpc(self.boss_plant, self.paint, "write", {"period": "month"})

    def test_a_rule_is_not_merged_into_another_customer(self):
        rule = self.make_rule(partner_ids=[Command.set(self.customer.ids)], result="accept")
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRaisesRegex(UserError, "Rule"):
            wizard._merge((self.customer | other).ids, other)
        self.assertEqual(rule.partner_ids, self.customer)

    def test_a_family_in_use_stays_whatever_the_context(self):
        with self.assertRaises(UserError):
            self.paint.with_user(self.boss_plant).with_context(_force_unlink=True).unlink()
