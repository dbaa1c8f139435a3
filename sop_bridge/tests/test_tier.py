from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestTier(PlantCase):
    def test_contacts_follow_their_company(self):
        company = self.customers[self.gold]
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": company.id})
        self.assertEqual(contact.sop_tier_id, self.gold)
        company.sop_tier_id = self.silver
        self.assertEqual(contact.sop_tier_id, self.silver)

    def test_tier_is_per_company(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        partner = self.customers[self.gold]
        self.assertFalse(partner.with_company(other).sop_tier_id)
        partner.with_company(other).sop_tier_id = self.standard
        self.assertEqual(partner.sop_tier_id, self.gold)

    def test_salesperson_cannot_give_a_tier(self):
        partners = self.env["res.partner"].with_user(self.sop_admin)
        partners.create({"name": "Allowed", "sop_tier_id": self.gold.id})
        self.sales.group_ids += self.env.ref("base.group_partner_manager")
        as_sales = self.env["res.partner"].with_user(self.sales)
        with self.assertRaises(AccessError):
            as_sales.create({"name": "By value", "sop_tier_id": self.gold.id})
        with self.assertRaises(AccessError):
            as_sales.with_context(default_sop_tier_id=self.gold.id).create({"name": "By default"})
        with self.assertRaises(AccessError):
            self.customers[self.standard].with_user(self.sales).sop_tier_id = self.gold

    def test_salesperson_adds_contact_to_gold_company(self):
        self.sales.group_ids += self.env.ref("base.group_partner_manager")
        contact = (
            self.env["res.partner"]
            .with_user(self.sales)
            .create({"name": "Ada", "parent_id": self.customers[self.gold].id})
        )
        self.assertEqual(contact.sop_tier_id, self.gold)
        contact.parent_id = False
        self.assertFalse(contact.sop_tier_id, "a contact must not carry the tier away")

    def test_open_quotation_follows_and_confirmed_order_keeps(self):
        order = self._quotation(self.gold, 1)
        self.assertEqual(order.sop_tier_id, self.gold)
        self.customers[self.gold].sop_tier_id = self.silver
        self.assertEqual(order.sop_tier_id, self.silver)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.customers[self.gold].sop_tier_id = self.standard
        self.assertEqual(order.sop_tier_id, self.silver)
        self.assertEqual(order.picking_ids.sop_tier_id, self.silver)
        productions = order.sudo().order_line.sop_booking_ids.production_id
        self.assertEqual(productions.sop_tier_id, self.silver)
        self.assertEqual(productions.workorder_ids.sop_tier_id, self.silver)

    def test_orders_confirmed_at_once_have_the_tier(self):
        """Whatever way an order takes to its state, it keeps the tier of that moment."""
        self.company.sop_gate = "off"
        values = {"partner_id": self.customers[self.gold].id}
        created = self.env["sale.order"].create(values)
        created.action_confirm()
        imported = self.env["sale.order"].create(dict(values, state="sale"))
        self.env.flush_all()
        self.customers[self.gold].sop_tier_id = self.silver
        self.assertEqual((created | imported).mapped("sop_tier_id"), self.gold)

    def test_lead_shows_the_tier(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": self.customers[self.gold].id}
        )
        self.assertEqual(lead.sop_tier_id, self.gold)
        found = self.env["crm.lead"].search([("sop_tier_id", "=", self.gold.id)])
        self.assertIn(lead, found)

    def test_search_and_group_customers(self):
        partners = self.env["res.partner"]
        gold = partners.search([("sop_tier_id", "=", self.gold.id)])
        self.assertIn(self.customers[self.gold], gold)
        self.assertNotIn(self.customers[self.silver], gold)
        groups = dict(
            partners._read_group(
                [("id", "in", [p.id for p in self.customers.values()])],
                ["sop_tier_id"],
                ["__count"],
            )
        )
        self.assertEqual(groups[self.gold], 1)

    def test_order_tier_is_not_written_by_hand(self):
        order = self._quotation(self.standard, 1)
        with self.assertRaises(AccessError):
            order.sop_tier_id = self.gold
        with self.assertRaises(AccessError):
            order.create({"partner_id": order.partner_id.id, "sop_tier_id": self.gold.id})

    def test_used_tier_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, r"in use \(customers: 1"):
            self.standard.unlink()
        with self.assertRaisesRegex(UserError, r"in use \(customers: 1"):
            self.standard.with_context(_force_unlink=True).unlink()
        with self.assertRaisesRegex(UserError, r"in use \(customers: 1"):
            self.standard.active = False
        self.assertTrue(self.standard.exists().active)

    def test_tier_of_a_confirmed_order_is_not_deleted(self):
        order = self._quotation(self.gold, 1)
        order.action_confirm()
        self.customers[self.gold].sop_tier_id = self.silver
        with self.assertRaisesRegex(UserError, "confirmed"):
            self.gold.with_context(_force_unlink=True).unlink()
        self.assertEqual(order.sop_tier_id, self.gold)

    def test_archived_tier_counts_as_none(self):
        self._slot(self.gold, self.monday)
        # people archive with a replacement; a database may hold such a tier from before
        self.env.flush_all()
        self.env.cr.execute("UPDATE sop_tier SET active = false WHERE id = %s", [self.gold.id])
        self.env.invalidate_all()
        order = self._quotation(self.gold, 1)
        self.assertTrue(order.sop_tier_archived)
        slot = self.env["sop.slot"].search([("tier_id", "=", self.gold.id)])
        none = self.env["sop.family"]
        self.assertFalse(slot._usable_by(order, none))
        with self.assertRaises(ValidationError):
            self._slot(self.gold, self.monday.replace(year=self.monday.year + 1))

    def test_line_of_order_keeps_lines_of_other_companies_out(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        tier = self.env["sop.tier"].create(
            {"name": "Local", "code": "LOC", "rank": 5, "company_id": other.id}
        )
        visible = self.env["sop.tier"].with_user(self.sales).search([])
        self.assertNotIn(tier, visible)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customers[self.gold].id,
                "order_line": [Command.create({"product_id": self.cabinet.id})],
            }
        )
        self.assertEqual(order.sop_tier_id, self.gold)
