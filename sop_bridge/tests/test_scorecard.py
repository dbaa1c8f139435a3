from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .scorecard_common import ScorecardCase

CONTEXTS = [
    {},
    {"skip_check": True, "bypass": True, "sudo": True, "su": True, "install_mode": True},
    {"tracking_disable": True, "no_recompute": True, "_force_unlink": True, "import_file": True},
]


@tagged("post_install", "-at_install")
class TestScorecard(ScorecardCase):
    def test_definition_is_that_of_the_form(self):
        definition = self.make_card()._get_definition()
        self.assertEqual(definition.borders, ((self.gold.id, 70), (self.silver.id, 40)))
        self.assertEqual(definition.default, self.standard.id)
        self.assertEqual((definition.promote_after, definition.demote_after), (1, 2))
        sales = definition.criteria[0]
        self.assertEqual((sales.measure.code, sales.weight), ("net_sales", 50))
        self.assertEqual(sales.scale.points(250), 25)

    def test_quantile_counts_from_the_right_end(self):
        card = self.make_card(criterion_ids=[self.criterion("overdue", 1)])
        scale = card._get_definition().criteria[0].scale.fit([0, 10, 20, 30])
        self.assertGreater(scale.points(0), scale.points(30))

    def test_template_can_be_asked_for_at_once(self):
        action = self.rpc(self.sop_admin, self.env["sop.scorecard"], "action_from_template")
        card = self.env["sop.scorecard"].browse(action["res_id"])
        self.assertFalse(card.problems)
        self.assertEqual(card.default_tier_id, self.standard)
        self.assertEqual(card.border_ids.mapped("score"), [70, 45])
        self.activate(card)
        self.assertEqual(card.state, "active")

    def test_one_version_is_in_force_and_the_earlier_stays(self):
        first = self.activate(self.make_card())
        self.assertEqual(self.env["sop.scorecard"]._get_active(self.company), first)
        action = self.rpc(self.sop_admin, first, "action_new_version")
        second = first.browse(action["res_id"]).with_user(self.sop_admin)
        self.assertEqual((second.state, second.version), ("draft", first.version + 1))
        second.criterion_ids[0].weight = 80
        self.activate(second)
        self.assertEqual((first.state, second.state), ("superseded", "active"))
        self.assertEqual(self.env["sop.scorecard"]._get_active(self.company), second)
        self.assertEqual(first.criterion_ids[0].weight, 50)
        self.assertEqual(first.with_user(self.sales).border_ids.mapped("score"), [70, 40])

    def test_every_company_has_its_own(self):
        card = self.activate(self.make_card())
        other = self.env["res.company"].create({"name": "Other plant"})
        self.assertFalse(self.env["sop.scorecard"]._get_active(other))
        stranger = self.sales.copy({"login": "sop_stranger"})
        stranger.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.assertNotIn(card, card.with_user(stranger).search([]))
        self.assertNotIn(card.criterion_ids[0], card.criterion_ids.with_user(stranger).search([]))
        with self.assertRaises(UserError):
            self.make_card().company_id = other

    def test_a_person_fills_the_form(self):
        with Form(self.env["sop.scorecard"].with_user(self.sop_admin)) as form:
            form.default_tier_id = self.standard
            with form.criterion_ids.new() as line:
                line.measure = "overdue"
                self.assertFalse(line.higher_is_better)
                self.assertEqual(line.unit, "days")
            with form.border_ids.new() as border:
                border.tier_id = self.gold
                border.score = 60
        self.assertFalse(form.record.problems)

    def test_customers_without_a_tier_get_the_default(self):
        partner = self.env["res.partner"].create({"name": "New", "is_company": True})
        waiting = self.env["sale.order"].create({"partner_id": partner.id})
        self.assertFalse(waiting.sop_tier_id)
        self.activate(self.make_card())
        self.assertEqual(waiting.sop_tier_id, self.standard)
        order = self.env["sale.order"].create({"partner_id": partner.id})
        self.assertEqual(order.sop_tier_id, self.standard)


@tagged("post_install", "-at_install")
class TestScorecardInput(ScorecardCase):
    """What is wrong is said, and nothing of it is kept."""

    def refused(self, message, **values):
        """A remote client reads the message and finds nothing written."""
        before = self.env["sop.scorecard"].search_count([])
        with self.assertRaisesRegex(ValidationError, message), self.as_client():
            self.make_card(**values)
        self.env.invalidate_all()
        self.assertEqual(self.env["sop.scorecard"].search_count([]), before)

    def test_weights(self):
        line = self.criterion
        self.refused("add up to zero", criterion_ids=[line("growth", 0), line("rush", 0)])
        self.refused("cannot be negative", criterion_ids=[line("growth", -1), line("rush", 5)])
        self.refused("from 0 to 1000", criterion_ids=[line("growth", 1001)])
        self.refused("each measure once", criterion_ids=[line("rush", 1), line("rush", 2)])

    def test_borders(self):
        gold, silver = self.gold, self.silver
        crossing = [self.border(gold, 40), self.border(silver, 70)]
        self.refused("Gold begins at 40, Silver at 70", border_ids=crossing)
        level = [self.border(gold, 40), self.border(silver, 40)]
        self.refused("borders cross", border_ids=level)
        self.refused("score from 0 to 100", border_ids=[self.border(gold, 101)])
        self.refused("score from 0 to 100", border_ids=[self.border(gold, -1)])
        twice = [self.border(gold, 40), self.border(gold, 50)]
        self.refused("one border", border_ids=twice)
        self.refused("better than Silver", default_tier_id=gold.id, border_ids=crossing[1:])

    def test_breakpoints(self):
        def line(measure, points):
            return [self.criterion(measure, 1, points)]

        self.refused("More is better", criterion_ids=line("net_sales", [(0, 80), (9, 10)]))
        self.refused("Less is better", criterion_ids=line("overdue", [(0, 10), (9, 80)]))
        self.refused("twice", criterion_ids=line("net_sales", [(0, 0), (5, 10), (5, 80)]))
        self.refused("from 0 to 100", criterion_ids=line("net_sales", [(0, 0), (5, 101)]))

    def test_window_and_patience(self):
        for months in (0, -1, 61):
            self.refused("1 to 60 months", window_months=months)
        for values in ({"promote_after": 0}, {"demote_after": 0}, {"demote_after": 25}):
            self.refused("1 to 24 scorings", **values)

    def test_what_is_missing_is_said_before_anybody_is_asked(self):
        one_point = [self.criterion("net_sales", 1, [(0, 0)])]
        for message, values in (
            ("no criterion", {"criterion_ids": []}),
            ("no border", {"border_ids": []}),
            ("no default tier", {"default_tier_id": False}),
            ("at least two breakpoints", {"criterion_ids": one_point}),
        ):
            card = self.make_card(**values)
            self.assertIn(message, card.problems)
            with self.assertRaisesRegex(UserError, message):
                card.action_ask()
            self.assertEqual(card.state, "draft")

    def test_lines_written_one_by_one_are_checked_too(self):
        card = self.make_card()
        low = card.border_ids[1]
        with self.assertRaisesRegex(ValidationError, "cross"), self.env.cr.savepoint():
            self.rpc(self.sop_admin, low, "write", {"score": 90})
        with self.assertRaisesRegex(ValidationError, "add up"), self.env.cr.savepoint():
            for line in card.criterion_ids:
                self.rpc(self.sop_admin, line, "write", {"weight": 0})
        point = card.criterion_ids[0].breakpoint_ids[0]
        with self.assertRaisesRegex(ValidationError, "twice"), self.env.cr.savepoint():
            self.rpc(self.sop_admin, point, "write", {"figure": 1000})
        # both borders at once may pass each other on the way
        high = card.border_ids[0]
        card.write(
            {
                "border_ids": [
                    Command.update(high.id, {"score": 39}),
                    Command.update(low.id, {"score": 20}),
                ]
            }
        )
        self.assertEqual((high.score, low.score), (39, 20))

    def test_tier_archived_while_it_waits(self):
        card = self.make_card()
        card.action_ask()
        self.env.cr.execute("UPDATE sop_tier SET active = false WHERE id = %s", [self.silver.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Silver is archived"):
            card.with_user(self.sales_approver).action_approve()


@tagged("post_install", "-at_install")
class TestScorecardRights(ScorecardCase):
    def test_who_may_write(self):
        card = self.make_card()
        for user in (self.sales, self.planner, self.sales_approver, self.production_approver):
            self.assertTrue(card.with_user(user).name)
            with self.assertRaises(AccessError):
                self.rpc(user, card, "write", {"name": "Mine"})
            with self.assertRaises(AccessError):
                self.rpc(user, card.criterion_ids[0], "write", {"weight": 1})
            with self.assertRaises(AccessError):
                self.rpc(user, card.border_ids[0], "unlink")
            for method in ("action_ask", "action_new_version", "action_draft"):
                with self.assertRaises(AccessError):
                    self.rpc(user, card, method)
            with self.assertRaises(AccessError):
                self.rpc(user, card.browse(), "action_from_template")

    def test_state_is_not_written(self):
        card = self.make_card()
        for values in (
            {"state": "active"},
            {"date_active": "2030-01-01 00:00:00"},
            {"approval_state": "approved"},
            {"version": 9},
        ):
            for context in CONTEXTS:
                with self.assertRaises(AccessError):
                    self.rpc(self.sop_admin, card, "write", values, context=context)
                with self.assertRaises(AccessError):
                    vals = dict(values, name="New")
                    self.rpc(self.sop_admin, card.browse(), "create", [vals], context=context)
        defaults = {f"default_{name}": "active" for name in ("state", "approval_state")}
        new = self.rpc(self.sop_admin, card.browse(), "create", [{"name": "x"}], context=defaults)
        self.assertEqual(card.browse(new).state, "draft")

    def test_both_departments_and_nobody_for_themselves(self):
        self.sales_approver.group_ids += self.env.ref("sop_bridge.group_sop_admin")
        card = self.make_card().with_user(self.sales_approver).copy()
        card.action_ask()
        with self.assertRaisesRegex(AccessError, "yourself"):
            card.action_approve()
        with self.assertRaises(AccessError):
            card.with_user(self.sop_admin).action_approve()
        with self.assertRaises(AccessError):
            card.with_user(self.production_approver).action_approve()
        self.assertEqual(card.state, "pending")

    def test_what_was_asked_or_approved_is_frozen(self):
        card = self.make_card()
        card.action_ask()
        self.frozen(card)
        card.with_user(self.sales_approver).action_approve()
        self.frozen(card)
        card.with_user(self.production_approver).action_approve()
        self.frozen(card)
        self.activate(card.with_user(self.sop_admin).copy())
        self.frozen(card)
        self.assertFalse(card._approval_check_chain())

    def frozen(self, card):
        state = card.state
        line, border = card.criterion_ids[0], card.border_ids[0]
        draft = self.make_card()
        attempts = [
            (card, "write", {"name": "Other"}),
            (card, "write", {"window_months": 6}),
            (card, "write", {"demote_after": 9}),
            (card, "write", {"criterion_ids": [Command.update(line.id, {"weight": 99})]}),
            (card, "write", {"border_ids": [Command.clear()]}),
            (line, "write", {"weight": 99}),
            (line, "write", {"scorecard_id": draft.id}),
            (draft.border_ids[0], "write", {"scorecard_id": card.id}),
            (line.breakpoint_ids[0], "write", {"points": 99}),
            (border, "write", {"score": 1}),
            (line, "unlink"),
            (line.breakpoint_ids[0], "unlink"),
            (border, "unlink"),
            (card, "unlink"),
            (line.browse(), "create", [{"scorecard_id": card.id, "measure": "rush"}]),
            (
                border.browse(),
                "create",
                [{"scorecard_id": card.id, "tier_id": self.standard.id, "score": 1}],
            ),
        ]
        for context in CONTEXTS:
            for records, method, *args in attempts:
                with (
                    self.subTest(state=state, method=method, args=args),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    self.rpc(self.sop_admin, records, method, *args, context=context)
        self.env.invalidate_all()
        self.assertEqual((line.weight, border.score, card.state), (50, 70, state))
        draft.unlink()

    def test_taking_back_and_rejecting(self):
        card = self.make_card()
        card.action_ask()
        card.with_user(self.sales_approver).action_approve()
        card.action_draft()
        self.assertEqual(card.state, "draft")
        card.criterion_ids[0].weight = 10
        card.action_ask()
        card.with_user(self.sales_approver).action_reject("Too little weight on revenue")
        self.assertEqual(card.state, "rejected")
        with self.assertRaises(UserError):
            card.name = "Other"
        card.action_draft()
        self.activate(card)
        self.assertEqual(card.state, "active")
        with self.assertRaises(UserError):
            card.action_draft()

    def test_one_at_a_time_is_asked(self):
        first, second = self.make_card(), self.make_card()
        first.action_ask()
        with self.assertRaisesRegex(UserError, "waits for approval already"):
            second.action_ask()

    def test_only_untouched_drafts_are_deleted(self):
        card = self.make_card()
        criteria = card.criterion_ids
        card.unlink()
        self.assertFalse(criteria.exists())
        asked = self.make_card()
        asked.action_ask()
        asked.with_user(self.sales_approver).action_approve()
        asked.action_draft()
        with self.assertRaisesRegex(UserError, "decisions were made"):
            asked.unlink()

    def test_the_one_in_force_is_not_archived(self):
        card = self.activate(self.make_card())
        with self.assertRaises(UserError):
            self.rpc(self.sop_admin, card, "action_archive")
