"""Customers that are merged: tier, importance, and what is open, under a scorecard in force."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .scorecard_common import ScorecardCase


@tagged("post_install", "-at_install")
class TestPartnerMerge(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activate(cls.make_card())
        cls.sales.group_ids += cls.env.ref("base.group_partner_manager")
        cls.new = cls.env["res.partner"].create(
            {"name": "New", "is_company": True, "email": "same@example.com"}
        )
        cls.golden, cls.silvery = cls.customers[cls.gold], cls.customers[cls.silver]
        (cls.golden | cls.silvery).email = "same@example.com"

    def _merge(self, stays, *others, user=None):
        """As a salesperson does it, by the dialog."""
        user = user or self.sales
        partners = stays.union(*others)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user)
        merge = wizard.create(
            {"partner_ids": [Command.set(partners.ids)], "dst_partner_id": stays.id}
        )
        self.rpc(user, merge, "action_merge")
        self.env.invalidate_all()

    def test_one_without_a_tier_takes_the_best_of_the_others(self):
        for user in (self.sales, self.sop_admin):
            with self.subTest(user.login), self.env.cr.savepoint() as point:
                user.group_ids += self.env.ref("base.group_partner_manager")
                self._merge(self.new, self.silvery, self.golden, user=user)
                self.assertFalse(self.golden.exists())
                self.assertEqual(self.new.sop_tier_id, self.gold)
                point.rollback()

    def test_one_with_a_tier_keeps_it(self):
        self._merge(self.silvery, self.golden)
        self.assertEqual(self.silvery.sop_tier_id, self.silver)

    def test_by_company(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        self.silvery.sudo().with_company(other)._sop_write_tier(self.standard)
        self._merge(self.golden, self.silvery)
        self.assertEqual(self.golden.sop_tier_id, self.gold)
        self.assertEqual(self.golden.with_company(other).sop_tier_id, self.standard)

    def test_a_contact_hands_on_nothing(self):
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.golden.id, "email": "same@example.com"}
        )
        self.assertEqual(contact.sop_tier_id, self.gold)
        self._merge(self.new, contact)
        self.assertEqual(self.new.commercial_partner_id, self.new)
        self.assertFalse(self.new.sop_tier_id)

    def test_merged_into_a_contact_the_tier_is_that_of_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.silvery.id, "email": "same@example.com"}
        )
        self._merge(contact, self.golden)
        self.assertEqual(contact.sop_tier_id, contact.commercial_partner_id.sop_tier_id)
        self.assertEqual(self.silvery.sop_tier_id, self.silver)

    def test_open_quotations_follow_and_confirmed_orders_keep(self):
        self.company.sop_gate = "off"
        open_one, confirmed = (self._quotation(self.gold, 1) for _ in range(2))
        confirmed.action_confirm()
        lead = self.env["crm.lead"].create({"name": "Lead", "partner_id": self.golden.id})
        self._merge(self.silvery, self.golden)
        self.assertEqual(open_one.partner_id, self.silvery)
        self.assertEqual((open_one.sop_tier_id, lead.sop_tier_id), (self.silver, self.silver))
        self.assertEqual(confirmed.sop_tier_id, self.gold)

    def test_importance_comes_with_its_reason(self):
        self.golden.write({"sop_strategic": 8, "sop_strategic_reason": "Reference"})
        self.silvery.write({"sop_strategic": 3, "sop_strategic_reason": "A market"})
        self._merge(self.silvery, self.golden)
        kept = (self.silvery.sop_strategic, self.silvery.sop_strategic_reason)
        self.assertEqual(kept, (3, "A market"))
        self._merge(self.new, self.silvery)
        taken = (self.new.sop_strategic, self.new.sop_strategic_reason)
        self.assertEqual(taken, (3, "A market"))

    def test_nobody_judges_by_the_way(self):
        """Repeating what is there is no judgement; changing it still is one."""
        values = {"sop_strategic": 8, "sop_strategic_reason": "Reference"}
        self.golden.write(values)
        self.rpc(self.sales, self.golden, "write", {**values, "name": "Renamed"})
        for change in ({"sop_strategic": 9}, {"sop_strategic_reason": "Mine"}):
            with self.assertRaises(AccessError):
                self.rpc(self.sales, self.golden, "write", change)
