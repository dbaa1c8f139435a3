import re
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .scorecard_common import ScorecardCase

TODAY = date(2027, 3, 10)


@tagged("post_install", "-at_install")
@freeze_time("2027-03-10 09:00:00")
class TierOverrideCase(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.customers[cls.standard]

    def override(self, user=None, **values):
        vals = {
            "partner_id": self.customer.id,
            "tier_id": self.gold.id,
            "reason": "Wins us the market",
            "date_to": TODAY + timedelta(days=30),
        }
        model = self.env["sop.tier.override"].with_user(user or self.sales)
        return model.create({**vals, **values})

    def approved(self, **values):
        override = self.override(**values)
        override.action_ask()
        override.with_user(self.sales_approver).action_approve()
        override.with_user(self.production_approver).action_approve()
        return override

    def cron(self, day):
        with freeze_time(f"{day} 03:00:00"), self.enter_registry_test_mode():
            self.env.ref("sop_bridge.cron_sop_tier_override").method_direct_trigger()
        self.env.invalidate_all()

    def in_force(self, day=TODAY):
        return self.env["sop.tier.override"]._get_in_force(self.company, day)


@tagged("post_install", "-at_install")
@freeze_time("2027-03-10 09:00:00")
class TestTierOverride(TierOverrideCase):
    def test_gives_the_tier_and_takes_it_back(self):
        override = self.approved()
        self.assertEqual(self.customer.sop_tier_id, self.gold)
        self.assertEqual(self.customer.sop_override_id, override)
        self.assertEqual(self.in_force(), {self.customer.id: ("override", self.gold.id)})
        last = TODAY + timedelta(days=30)
        self.cron(last)
        self.assertEqual((override.state, self.customer.sop_tier_id), ("approved", self.gold))
        self.cron(last + timedelta(days=1))
        self.assertEqual((override.state, self.customer.sop_tier_id), ("ended", self.standard))
        self.assertFalse(self.in_force(last + timedelta(days=1)))
        self.cron(last + timedelta(days=1))
        self.assertEqual(self.customer.sop_tier_id, self.standard)

    def test_begins_on_its_day(self):
        start = TODAY + timedelta(days=5)
        override = self.approved(date_from=start)
        self.assertEqual(self.customer.sop_tier_id, self.standard)
        self.assertFalse(self.in_force())
        self.cron(start)
        self.assertEqual(self.customer.sop_tier_id, self.gold)
        self.assertEqual(override.applied_on, start)

    def test_floor_lifts_only_who_is_below(self):
        values = {"kind": "floor", "tier_id": self.silver.id, "date_to": False}
        self.approved(**values)
        self.assertEqual(self.customer.sop_tier_id, self.silver)
        gold = self.customers[self.gold]
        self.approved(partner_id=gold.id, **values)
        self.assertEqual(gold.sop_tier_id, self.gold)

    def test_override_above_a_floor_falls_back_to_the_floor(self):
        floor = self.approved(kind="floor", tier_id=self.silver.id, date_to=False)
        self.approved()
        self.assertEqual(self.in_force(), {self.customer.id: ("override", self.gold.id)})
        self.cron(TODAY + timedelta(days=31))
        self.assertEqual(self.customer.sop_tier_id, self.silver)
        floor.with_user(self.sop_admin).action_end("Contract ended")
        self.assertEqual(self.customer.sop_tier_id, self.standard)

    def test_floor_that_ends_first_leaves_nothing_behind(self):
        floor = self.approved(kind="floor", tier_id=self.silver.id, date_to=TODAY)
        self.approved()
        self.cron(TODAY + timedelta(days=1))
        self.assertEqual((floor.state, self.customer.sop_tier_id), ("ended", self.gold))
        self.cron(TODAY + timedelta(days=31))
        self.assertEqual(self.customer.sop_tier_id, self.standard)

    def test_the_score_rules_when_it_ends(self):
        card = self.activate(
            self.make_card(border_ids=[self.border(self.gold, 70)], default_tier_id=self.silver.id)
        )
        self.approved()
        self.env["sop.score.run"]._run(card)
        self.assertEqual(self.customer.sop_tier_id, self.gold, "without orders, yet overridden")
        self.cron(TODAY + timedelta(days=31))
        self.assertEqual(self.customer.sop_tier_id, self.silver)

    def test_one_for_a_contact_is_for_the_company(self):
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": self.customer.id})
        self.assertEqual(self.override(partner_id=contact.id).partner_id, self.customer)
        override = self.override(partner_id=self.customers[self.gold].id)
        override.partner_id = contact
        self.assertEqual(override.partner_id, self.customer)
        with Form(self.env["sop.tier.override"]) as form:
            form.partner_id = contact
            self.assertEqual(form.partner_id, self.customer)
            form.tier_id = self.silver
            form.reason = "Because"
            form.date_to = TODAY
        self.approved()
        self.assertEqual(contact.sop_tier_id, self.gold)
        self.assertEqual(contact.sop_override_id, self.customer.sop_override_id)

    def test_open_quotations_follow(self):
        order = self._quotation(self.standard, 1)
        self.approved()
        self.assertEqual(order.sop_tier_id, self.gold)

    def test_ended_early_by_a_coordinator_with_a_reason(self):
        override = self.approved()
        for user in (self.sales, self.sales_approver, self.production_approver):
            with self.assertRaises(AccessError):
                self.rpc(user, override, "action_end", "I want to")
        with self.assertRaisesRegex(UserError, "reason"):
            self.rpc(self.sop_admin, override, "action_end", " ")
        wizard = self.env["sop.end.early"].with_user(self.sop_admin)
        wizard.create(
            {"res_model": override._name, "res_id": override.id, "reason": "Lost them"}
        ).action_end()
        self.assertEqual((override.state, self.customer.sop_tier_id), ("ended", self.standard))
        self.assertIn("Lost them", override.end_reason)
        with self.assertRaises(UserError):
            override.with_user(self.sop_admin).action_end("Again")


@tagged("post_install", "-at_install")
@freeze_time("2027-03-10 09:00:00")
class TestTierOverrideInput(TierOverrideCase):
    def refused(self, message, **values):
        before = self.env["sop.tier.override"].search_count([])
        with self.assertRaisesRegex(ValidationError, message), self.as_client():
            self.override(**values)
        self.env.invalidate_all()
        self.assertEqual(self.env["sop.tier.override"].search_count([]), before)

    def test_days_and_reason(self):
        self.refused("needs a last day", date_to=False)
        self.refused("end before it starts", date_to=TODAY - timedelta(days=1))
        self.refused("say why", reason="  ")
        with self.assertRaises(ValidationError), self.as_client():
            self.override(reason=False)

    def test_archived_customer(self):
        self.customer.active = False
        self.refused("is archived")

    def test_two_at_the_same_time(self):
        self.approved()
        second = self.override(date_from=TODAY + timedelta(days=30), date_to=date(2028, 1, 1))
        with self.assertRaisesRegex(UserError, "already has"):
            second.action_ask()
        second.date_from = TODAY + timedelta(days=31)
        second.action_ask()
        self.assertEqual(second.state, "pending")

    def test_the_database_refuses_two_at_the_same_time(self):
        """Asked for at the same moment, neither sees the other; the message still names it."""
        for values in ({}, {"kind": "floor", "date_to": False, "tier_id": self.silver.id}):
            first, second = self.override(**values), self.override(**values)
            first.action_ask()
            named = f"already has: {re.escape(first.display_name)} from {TODAY} to "
            with self.assertRaisesRegex(ValidationError, named), self.as_client():
                second._approval_start()
                self.env.flush_all()

    def test_what_could_not_count_is_not_asked(self):
        past = self.override(date_from=date(2027, 1, 1), date_to=date(2027, 2, 1))
        with self.assertRaisesRegex(UserError, "ended already"):
            past.action_ask()

    def test_late_decision(self):
        override = self.override(date_to=TODAY)
        override.action_ask()
        with (
            freeze_time("2027-03-12 09:00:00"),
            self.assertRaisesRegex(UserError, "ended already"),
        ):
            override.with_user(self.sales_approver).action_approve()


@tagged("post_install", "-at_install")
@freeze_time("2027-03-10 09:00:00")
class TestTierOverrideRights(TierOverrideCase):
    def test_nobody_decides_alone_or_for_themselves(self):
        self.customer.user_id = self.sales_approver
        override = self.override()
        override.action_ask()
        with self.assertRaisesRegex(AccessError, "stake"):
            override.with_user(self.sales_approver).action_approve()
        own = self.override(user=self.sales_approver, partner_id=self.customers[self.gold].id)
        own.action_ask()
        with self.assertRaises(AccessError):
            own.action_approve()
        for user in (self.sales, self.sop_admin, self.production_approver):
            with self.assertRaises(AccessError):
                own.with_user(user).action_approve()
        self.assertEqual(self.customers[self.gold].sop_tier_id, self.gold)

    def test_asked_and_approved_ones_stay_as_they_are(self):
        override = self.override()
        override.action_ask()
        for _round in range(2):
            for values in (
                {"tier_id": self.silver.id},
                {"date_to": date(2030, 1, 1)},
                {"partner_id": self.customers[self.gold].id},
                {"kind": "floor"},
                {"reason": "Other"},
            ):
                for context in ({}, {"su": True, "install_mode": True, "import_file": True}):
                    for user in (self.sales, self.sop_admin):
                        with self.assertRaises(UserError):
                            self.rpc(user, override, "write", values, context=context)
            with self.assertRaises(UserError):
                context = {"_force_unlink": True}
                self.rpc(self.sop_admin, override, "unlink", context=context)
            if override.state == "pending":
                override.with_user(self.sales_approver).action_approve()
                override.with_user(self.production_approver).action_approve()
        self.assertFalse(override._approval_check_chain())

    def test_state_is_not_written(self):
        override = self.override()
        for values in (
            {"state": "approved"},
            {"applied_on": TODAY},
            {"ended_on": TODAY},
            {"tier_before_id": self.gold.id},
            {"approval_state": "approved"},
        ):
            for user in (self.sales, self.sop_admin):
                with self.assertRaises(AccessError):
                    self.rpc(user, override, "write", values)

    def test_others_requests_are_not_changed(self):
        override = self.override()
        for user in (self.sales_colleague, self.production_approver, self.planner):
            self.assertTrue(override.with_user(user).reason)
            for method, args in (("write", [{"reason": "x"}]), ("action_ask", []), ("unlink", [])):
                with self.assertRaises(AccessError):
                    self.rpc(user, override, method, *args)
        with self.assertRaises(AccessError):
            self.override(user=self.planner)

    def test_other_companies_see_nothing(self):
        override = self.override()
        other = self.env["res.company"].create({"name": "Other plant"})
        self.sales_colleague.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertNotIn(override, override.with_user(self.sales_colleague).search([]))
        with self.assertRaises(AccessError):
            override.with_user(self.sales_colleague).reason  # noqa: B018

    def test_taken_back_and_asked_again(self):
        override = self.override()
        override.action_ask()
        override.action_draft()
        override.tier_id = self.silver
        override.action_ask()
        override.with_user(self.sales_approver).action_approve()
        override.with_user(self.production_approver).action_reject("No room")
        self.assertEqual((override.state, self.customer.sop_tier_id), ("rejected", self.standard))


@tagged("post_install", "-at_install")
class TestTierByHand(ScorecardCase):
    """Once a scorecard is in force, nobody gives a tier by hand."""

    def test_tier_by_hand(self):
        partner = self.customers[self.standard]
        partner.with_user(self.sop_admin).sop_tier_id = self.silver
        self.assertTrue(partner.with_user(self.sop_admin).sop_can_set_tier)
        self.activate(self.make_card())
        self.env.invalidate_all()
        self.assertFalse(partner.with_user(self.sop_admin).sop_can_set_tier)
        for context in ({}, {"install_mode": True, "sop_partners_given_a_tier": [partner.id]}):
            with self.assertRaisesRegex(UserError, "tier override"):
                values = {"sop_tier_id": self.gold.id}
                self.rpc(self.sop_admin, partner, "write", values, context=context)
            with self.assertRaisesRegex(UserError, "tier override"):
                values = {"name": "New", "sop_tier_id": self.gold.id}
                self.rpc(self.sop_admin, partner.browse(), "create", [values], context=context)
            with self.assertRaisesRegex(UserError, "tier override"):
                defaults = dict(context, default_sop_tier_id=self.gold.id)
                values = {"name": "New"}
                self.rpc(self.sop_admin, partner.browse(), "create", [values], context=defaults)
        with self.assertRaisesRegex(UserError, "tier override"):
            partner.sudo().sop_tier_id = self.gold
        self.assertEqual(partner.sop_tier_id, self.silver)

    def test_contacts_still_follow(self):
        self.activate(self.make_card())
        company = self.customers[self.gold]
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": company.id})
        self.assertEqual(contact.sop_tier_id, self.gold)
        contact.parent_id = False
        self.assertFalse(contact.sop_tier_id)

    def test_a_copy_of_a_customer_has_no_tier(self):
        self.sales.group_ids += self.env.ref("base.group_partner_manager")
        copy = self.customers[self.gold].with_user(self.sales).copy()
        self.assertFalse(copy.sop_tier_id)

    def test_strategic_importance(self):
        self.sales.group_ids += self.env.ref("base.group_partner_manager")
        partner = self.customers[self.silver]
        important = {"sop_strategic": 8, "sop_strategic_reason": "Reference in the region"}
        partner.with_user(self.sop_admin).write(important)
        self.assertEqual(partner.sop_strategic, 8)
        other = self.env["res.company"].create({"name": "Other plant"})
        self.assertEqual(partner.with_company(other).sop_strategic, 0)
        for values in ({"sop_strategic": 10}, {"sop_strategic_reason": "x"}):
            with self.assertRaises(AccessError):
                self.rpc(self.sales, partner, "write", values)
            with self.assertRaises(AccessError):
                self.rpc(self.sales, partner.browse(), "create", [{"name": "New", **important}])
        for value, reason, message in (
            (11, "Big", "from 0 to 10"),
            (-1, "Big", "from 0 to 10"),
            (5, False, "reason"),
            (5, "  ", "reason"),
        ):
            with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
                partner.write({"sop_strategic": value, "sop_strategic_reason": reason})
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": partner.id})
        with self.assertRaisesRegex(ValidationError, "is a contact"):
            contact.write({"sop_strategic": 5, "sop_strategic_reason": "Big"})


@tagged("post_install", "-at_install")
class TestTierReplace(ScorecardCase):
    def replace(self, tier, replacement, user=None):
        wizard = self.env["sop.tier.replace"].with_user(user or self.sop_admin)
        return wizard.create({"tier_id": tier.id, "replacement_id": replacement.id})

    def test_everything_goes_to_the_other_tier(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        customer = self.customers[self.silver]
        elsewhere = self.env["res.partner"].create({"name": "Elsewhere"})
        elsewhere.with_company(other).sop_tier_id = self.silver
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": customer.id})
        slot = self._slot(self.silver, self.monday)
        draft = self.make_card()
        rule = self.env.ref("sop_bridge.approval_rule_exception")
        rule.tier_ids = self.silver
        acceptance = self.env["sop.acceptance.rule"].create(
            {"name": "No small lots", "tier_ids": self.silver.ids}
        )
        order = self._quotation(self.silver, 1)
        action = self.rpc(self.sop_admin, self.silver, "action_archive")
        self.assertEqual(action["res_model"], "sop.tier.replace")
        self.assertTrue(self.silver.active)
        wizard = self.replace(self.silver, self.gold)
        self.assertIn("customers", wizard.uses)
        wizard.action_replace()
        self.env.invalidate_all()
        self.assertFalse(self.silver.active)
        self.assertEqual((customer | contact).mapped("sop_tier_id"), self.gold)
        self.assertEqual(elsewhere.with_company(other).sop_tier_id, self.gold)
        self.assertEqual((slot.tier_id, order.sop_tier_id), (self.gold,) * 2)
        self.assertEqual((rule.tier_ids, acceptance.tier_ids), (self.gold,) * 2)
        self.assertEqual(draft.border_ids.mapped(lambda b: (b.tier_id, b.score)), [(self.gold, 40)])
        self.assertFalse(draft.problems)

    def test_an_unused_tier_is_simply_archived(self):
        tier = self.env["sop.tier"].create({"name": "Spare", "code": "SPARE"})
        self.rpc(self.sop_admin, tier, "action_archive")
        self.assertFalse(tier.active)

    def test_used_tiers_are_neither_archived_nor_deleted(self):
        for context in ({}, {"_force_unlink": True}, {"install_mode": True}):
            with self.assertRaisesRegex(UserError, r"in use \(customers: 1"):
                self.rpc(self.sop_admin, self.silver, "unlink", context=context)
            with self.assertRaisesRegex(UserError, r"in use \(customers: 1"):
                self.rpc(self.sop_admin, self.silver, "write", {"active": False}, context=context)

    def test_what_both_departments_approved_is_not_replaced(self):
        card = self.activate(self.make_card())
        wizard = self.replace(self.silver, self.gold)
        with self.assertRaisesRegex(UserError, "Both departments decide"):
            wizard.action_replace()
        self.assertEqual(card.border_ids.mapped("score"), [70, 40])
        draft = card.browse(wizard.action_prepare()["res_id"])
        self.assertEqual(draft.border_ids.mapped(lambda b: (b.tier_id, b.score)), [(self.gold, 40)])
        self.activate(draft)
        spare = self.env["sop.tier"].create({"name": "Spare", "code": "SPARE"})
        with self.assertRaisesRegex(UserError, "does not know Spare"):
            self.replace(self.silver, spare).action_replace()
        self.replace(self.silver, self.standard).action_replace()
        self.assertEqual(self.customers[self.silver].sop_tier_id, self.standard)

    def test_approved_overrides_hold_the_tier(self):
        customer = self.customers[self.standard]
        override = self.env["sop.tier.override"].create(
            {
                "partner_id": customer.id,
                "tier_id": self.silver.id,
                "kind": "floor",
                "reason": "Contract",
            }
        )
        self.activate(override)
        with self.assertRaisesRegex(UserError, "Both departments decide"):
            self.replace(self.silver, self.gold).action_replace()
        override.with_user(self.sop_admin).action_end("Over")
        self.replace(self.silver, self.gold).action_replace()
        self.assertFalse(self.silver.active)

    def test_acceptance_rules_in_force_hold_the_tier(self):
        rule = (
            self.env["sop.acceptance.rule"]
            .with_user(self.sop_admin)
            .create(
                {
                    "name": "No small lots",
                    "tier_ids": self.silver.ids,
                    "result": "refuse",
                    "condition_ids": [
                        Command.create(
                            {"measure": "campaign_quantity", "operator": "<", "threshold": 5}
                        )
                    ],
                }
            )
        )
        rule.action_ask_approval()
        with self.assertRaisesRegex(UserError, "No small lots"):
            self.replace(self.silver, self.gold).action_replace()

    def test_replacement_must_fit(self):
        archived = self.env["sop.tier"].create({"name": "Old", "code": "OLD", "active": False})
        other = self.env["res.company"].create({"name": "Other plant"})
        local = self.env["sop.tier"].create(
            {"name": "Local", "code": "LOC", "company_id": other.id}
        )
        for replacement in (self.silver, archived, local):
            with self.assertRaisesRegex(UserError, "cannot take the place"):
                self.replace(self.silver, replacement).action_replace()

    def test_only_administrators_replace(self):
        for user in (self.sales, self.planner, self.sales_approver, self.production_approver):
            with self.assertRaises(AccessError):
                self.replace(self.silver, self.gold, user)
