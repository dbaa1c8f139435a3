from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .scorecard_common import ScorecardCase


@tagged("post_install", "-at_install")
class TestScorecardPreview(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the others are none of this test's customers
        cls.env["res.partner"].search([]).filtered("customer_rank").customer_rank = 0
        cls.company.sop_gate = "off"
        cls.good, cls.poor = cls._customer("Good", 900), cls._customer("Poor", 100)
        cls.idle = cls.env["res.partner"].create(
            {"name": "Idle", "is_company": True, "sop_tier_id": cls.gold.id}
        )

    @classmethod
    def _customer(cls, name, value):
        partner = cls.env["res.partner"].create({"name": name, "is_company": True})
        cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.cabinet.id,
                            "product_uom_qty": 1,
                            "price_unit": value,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        ).action_confirm()
        return partner

    def card(self, **values):
        """By ordered sales alone: 900 gives 90 points, 100 gives 10."""
        criteria = [self.criterion("net_sales", 1, [(0, 0), (1000, 100)])]
        return self.make_card(basis="ordered", criterion_ids=criteria, **values)

    def preview(self, card, user=None):
        action = self.rpc(user or self.sop_admin, card, "action_preview")
        return self.env[action["res_model"]].browse(action["res_id"])

    def bars(self, preview):
        return {bar["name"]: bar for bar in preview.chart}

    def test_who_moves_and_what_tiers_hold(self):
        preview = self.preview(self.card())
        moves = {move.partner_id: move for move in preview.move_ids}
        self.assertEqual(moves[self.good].tier_then_id, self.gold)
        self.assertEqual(moves[self.good].direction, "new")
        self.assertAlmostEqual(moves[self.good].score, 90)
        self.assertEqual(moves[self.poor].tier_then_id, self.standard)
        self.assertEqual(moves[self.idle].tier_then_id, self.standard)
        self.assertEqual(moves[self.idle].direction, "down")
        self.assertFalse(moves[self.idle].has_score)
        gold = self.bars(preview)["Gold"]
        total = sum(move.net_sales for move in preview.move_ids)
        self.assertEqual(total, 1000)
        self.assertAlmostEqual(gold["revenue_then"], 0.9)
        self.assertEqual(gold["then"], 1)
        self.assertEqual(self.bars(preview)["No tier"]["then"], 0)
        self.assertEqual(preview.moved, len(preview.move_ids))
        self.assertIn(f"{preview.moved} of {preview.customers} customers move", preview.sentence)
        self.assertIn("Gold would hold 90 % of the revenue", preview.sentence)

    def test_a_changed_draft_changes_it_and_customers_stay(self):
        card = self.card()
        self.preview(card)
        card.border_ids[0].score = 95
        gold = self.bars(self.preview(card))["Gold"]
        self.assertEqual(gold["then"], 0)
        self.assertFalse(self.good.sop_tier_id)
        self.assertEqual(self.idle.sop_tier_id, self.gold)

    def test_overrides_in_force_count(self):
        override = self.env["sop.tier.override"].create(
            {
                "partner_id": self.poor.id,
                "kind": "floor",
                "tier_id": self.silver.id,
                "reason": "Contract",
            }
        )
        self.activate(override)
        preview = self.preview(self.card())
        self.assertEqual(self.bars(preview)["Silver"]["then"], 1)
        self.assertNotIn(self.poor, preview.move_ids.partner_id)

    def test_window_without_orders(self):
        past = fields.Datetime.now() - timedelta(days=200)
        self.env.cr.execute(
            "UPDATE sale_order SET date_order = %s WHERE partner_id IN %s",
            [past, (self.good.id, self.poor.id)],
        )
        self.env.invalidate_all()
        preview = self.preview(self.card(window_months=1))
        self.assertIn("Nobody ordered in the window", preview.note)
        self.assertIn("no revenue", preview.sentence)
        self.assertIsNone(preview.chart[0]["revenue_then"])

    def test_for_approvers_only(self):
        card = self.card()
        self.assertTrue(self.preview(card, self.sales_approver))
        self.assertTrue(self.preview(card, self.production_approver))
        for user in (self.sales, self.planner):
            with self.assertRaisesRegex(AccessError, "approvers"):
                self.preview(card, user)
            with self.assertRaises(AccessError):
                self.rpc(user, self.env["sop.scorecard.preview"], "create", [{}])
        preview = self.preview(card)
        for records in (preview, preview.move_ids):
            with self.assertRaises(AccessError):
                self.rpc(self.sales_approver, records, "read", ["display_name"])

    def test_incomplete_draft(self):
        with self.assertRaisesRegex(UserError, "no border"):
            self.preview(self.card(border_ids=[]))
