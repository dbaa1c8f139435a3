"""Runs of the scoring: what they store, what they change on customers, what they survive."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import errors

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged

from .score_common import TODAY, ScoreCase, at

MARCH = date(2026, 3, 2)


class RunCase(ScoreCase):
    """A scorecard in force: half sales (1000 is full), the rest orders per month and days overdue.

    Gold from 70, Silver from 40; the clock is at noon of TODAY.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(at(TODAY)))
        cls.card = cls.activate(cls.make_card())
        cls.runs = cls.env["sop.score.run"]
        cls.small = cls._customer("Petit Atelier")

    def _buy(self, quantity, customer=None, day=MARCH):
        """Goods worth 100 each, ordered, delivered, invoiced and paid in time."""
        order = self._order(day, (self.goods, quantity), customer=customer)
        self._deliver(order, day)
        self._pay(self._invoice(order, day), day)
        return order

    def _score(self, customer=None, run=None):
        domain = [("partner_id", "=", (customer or self.customer).id)]
        domain.append(("run_id", "=", run.id) if run else ("is_last", "=", True))
        return self.env["sop.score"].search(domain)

    def _earn(self, customer, tier):
        """Give a customer a tier as the scoring does."""
        self.env["res.partner"]._sop_set_tiers(self.company, {customer.id: tier.id})

    def _notes(self, partner):
        return partner.message_ids.filtered(lambda m: "→" in (m.body or ""))


@tagged("post_install", "-at_install")
class TestScoreRun(RunCase):
    def test_scores_and_tiers(self):
        self._buy(8)
        self._buy(2, self.small)
        run = self.runs._run(self.card)
        self.assertEqual((run.state, run.date, run.date_from), ("done", TODAY, date(2025, 7, 1)))
        score = self._score()
        # sales 80 points × 50, one order a year 100/24 points × 30, nothing overdue 100 × 20
        self.assertAlmostEqual(score.score, 40 + 1.25 + 20)
        self.assertEqual(score.tier_after_id, self.silver)
        self.assertEqual((score.next_tier_id, score.outcome), (self.gold, "first"))
        self.assertAlmostEqual(score.gap, 8.75)
        self.assertAlmostEqual(score.reserve, 21.25)
        self.assertEqual((score.net_sales, score.goods_cost, score.contribution), (800, 480, 320))
        self.assertEqual(score.figures["net_sales"], [800, 80])
        self.assertEqual(score.figures["overdue"], [0, 100])
        self.assertEqual(self.customer.sop_tier_id, self.silver)
        self.assertEqual(self.small.sop_tier_id, self.standard)
        self.assertLess(score.whale_rank, self._score(self.small).whale_rank)
        self.assertEqual((run.total, run.applied), (run.total, run.total))
        self.assertEqual(self.customer.sop_score_id, score)

    def test_same_day_twice_changes_nothing(self):
        self._buy(8)
        run = self.runs._run(self.card)
        before = self._score().read()
        notes, messages = self._notes(self.customer), self.env["mail.message"].search_count([])
        self._buy(100, day=date(2026, 6, 29))
        messages_after_sale = self.env["mail.message"].search_count([])
        self.assertEqual(self.runs._run(self.card), run)
        self.assertEqual(self._score().read(), before)
        self.assertEqual(self.customer.sop_tier_id, self.silver)
        self.assertEqual(self._notes(self.customer), notes)
        self.assertEqual(self.env["mail.message"].search_count([]), messages_after_sale)
        self.assertGreater(messages_after_sale, messages)

    def test_run_of_a_window_without_orders(self):
        self._earn(self.customer, self.gold)
        run = self.runs._run(self.card)
        score = self._score()
        self.assertEqual((run.state, score.has_score, score.outcome), ("done", False, "no_orders"))
        self.assertEqual(self.customer.sop_tier_id, self.standard)
        self.assertFalse(score.has_whale_share, "nothing was earned, so there are no shares")
        self.assertIn("No orders from", score.reason)

    def test_run_of_a_company_without_customers(self):
        other = self.env["res.company"].create({"name": "New plant"})
        card = self.env["sop.scorecard"].create(
            {
                "company_id": other.id,
                "default_tier_id": self.standard.id,
                "criterion_ids": [self.criterion("net_sales", 1)],
                "border_ids": [self.border(self.gold, 50)],
            }
        )
        self.env["res.partner"].search([("customer_rank", ">", 0)]).customer_rank = 0
        run = self.runs._run(card)
        self.assertEqual((run.state, run.total, run.applied), ("done", 0, 0))

    def test_demotion_takes_two_scorings(self):
        self._buy(10, day=date(2025, 8, 1))
        with freeze_time(at(date(2026, 5, 31))):
            self.runs._run(self.card)
        self.assertEqual(self.customer.sop_tier_id, self.gold)
        self.assertEqual(self._score().outcome, "first")
        self._buy(1, day=date(2026, 6, 1))
        with freeze_time(at(date(2026, 8, 31))):
            self.runs._run(self.card)
        self.assertEqual(self._score().outcome, "falling")
        self.assertEqual(self._score().tier_target_id, self.standard)
        self.assertEqual(self.customer.sop_tier_id, self.gold)
        with freeze_time(at(date(2026, 9, 30))):
            run = self.runs._run(self.card)
        score = self._score()
        self.assertEqual((score.outcome, score.tier_before_id), ("demoted", self.gold))
        self.assertEqual(self.customer.sop_tier_id, self.standard)
        self.assertIn("2 scorings in a row", score.reason)
        self.assertEqual(run.moved_count, 1)
        self.assertEqual(len(self._score().search([("partner_id", "=", self.customer.id)])), 3)

    def test_reason_is_in_the_readers_language(self):
        self._buy(8)
        self.runs._run(self.card)
        score = self._score()
        self.assertIn("61.2", score.reason)
        self.assertIn("Silver", score.reason)
        self.assertIn("Orders per month (4.2 of 100)", score.reason)

    # ------------------------------------------------------------------ what follows a tier
    def test_contacts_quotations_and_leads_follow(self):
        contact = self._customer("Ada", is_company=False, parent_id=self.customer.id)
        quotation = self._order(MARCH, (self.goods, 1), customer=contact, confirm=False)
        confirmed = self._order(MARCH, (self.goods, 1), customer=contact)
        lead = self.env["crm.lead"].create({"name": "Lead", "partner_id": contact.id})
        self._buy(8)
        before = confirmed.sop_tier_id
        self.runs._run(self.card)
        self.assertEqual(contact.sop_tier_id, self.silver)
        self.assertEqual(quotation.sop_tier_id, self.silver)
        self.assertEqual(lead.sop_tier_id, self.silver)
        self.assertEqual(confirmed.sop_tier_id, before)
        self.assertEqual(confirmed.picking_ids.sop_tier_id, before)
        self.env.invalidate_all()
        self.assertEqual(contact.sop_tier_id, self.silver)
        self.assertEqual(quotation.sop_tier_id, self.silver)
        self.assertFalse(self.customer.with_company(self._other()).sop_tier_id)

    def _other(self):
        return self.env["res.company"].create({"name": "Other plant"})

    def test_note_only_where_a_tier_changed(self):
        self._earn(self.customer, self.standard)
        self._buy(8)
        self._buy(8, self.small)
        self.runs._run(self.card)
        note = self._notes(self.customer)
        self.assertEqual(len(note), 1)
        self.assertIn("Standard → Silver", note.body)
        self.assertFalse(self._notes(self.small), "it had no tier before")

    def test_each_salesperson_is_told_once(self):
        customers = [self._customer(f"Customer {n}", user_id=self.sales.id) for n in range(3)]
        for customer in customers[:2]:
            self._earn(customer, self.standard)
            self._buy(8, customer)
        self._earn(customers[2], self.silver)
        self._buy(8, customers[2])
        run = self.runs._run(self.card)
        messages = self.env["mail.message"].search(
            [("model", "=", "sop.score.run"), ("res_id", "=", run.id)]
        )
        self.assertEqual(messages.notified_partner_ids, self.sales.partner_id)
        self.assertEqual(len(messages), 1)
        for customer in customers[:2]:
            self.assertIn(customer.name, messages.body)
        self.assertNotIn(customers[2].name, messages.body)
        self.assertIn("Standard → Silver", messages.body)

    # ------------------------------------------------------------------ what people decided
    def _override(self, kind, tier, **values):
        override = self.env["sop.tier.override"].create(
            {
                "partner_id": self.customer.id,
                "kind": kind,
                "tier_id": tier.id,
                "reason": "Contract of 2026",
                "date_from": TODAY,
                "date_to": date(2026, 7, 31),
                **values,
            }
        )
        return self.activate(override)

    def test_override_and_its_end(self):
        self._buy(8)
        override = self._override("override", self.gold)
        self.runs._run(self.card)
        score = self._score()
        self.assertEqual((score.outcome, score.tier_after_id), ("override", self.gold))
        self.assertEqual(
            (score.tier_earned_id, self.customer.sop_tier_id), (self.silver, self.gold)
        )
        self.assertIn("by the scores it would be Silver", score.reason)
        override._end("It is over")
        self.assertEqual(self.customer.sop_tier_id, self.silver)

    def test_floor_holds_and_a_better_score_counts(self):
        self._buy(1)
        self._override("floor", self.silver)
        self.runs._run(self.card)
        self.assertEqual(self._score().outcome, "floor")
        self.assertEqual(self.customer.sop_tier_id, self.silver)
        self._buy(20, day=date(2026, 7, 5))
        with freeze_time(at(date(2026, 7, 31))):
            self.runs._run(self.card)
        self.assertEqual(self._score().outcome, "promoted")
        self.assertEqual(self.customer.sop_tier_id, self.gold)

    def test_override_granted_while_a_run_is_applied_wins(self):
        self._buy(8)
        run = self.runs._open(self.card)
        run._compute_all()
        self._override("override", self.gold)
        run._apply_next()
        self.assertEqual(self.customer.sop_tier_id, self.gold)

    # ------------------------------------------------------------------ what happens meanwhile
    def test_customer_archived_while_a_run_is_applied_keeps_its_tier(self):
        self._earn(self.customer, self.gold)
        self._buy(8)
        run = self.runs._open(self.card)
        run._compute_all()
        self.customer.active = False
        run._apply_next()
        self.assertEqual(self.customer.sop_tier_id, self.gold)
        self.assertEqual((run.state, run.applied), ("done", run.total))

    def test_customer_merged_while_a_run_is_applied(self):
        twin = self._customer("Azur Marine SA")
        contact = self._customer("Bob", is_company=False, parent_id=twin.id)
        with freeze_time(at(date(2026, 5, 31))):
            self._buy(8, twin, day=date(2026, 5, 5))
            first = self.runs._run(self.card)
        self._buy(11)
        run = self.runs._open(self.card)
        run._compute_all()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.customer.id, twin.id], self.customer
        )
        while run.state == "applying":
            run._apply_next()
        self.assertEqual(self._score().tier_after_id, self.gold, "its own score, not its twin's")
        self.assertEqual(self.customer.sop_tier_id, self.gold)
        self.assertEqual(contact.sop_tier_id, self.gold)
        self.assertEqual(len(self._score(run=first)), 1, "history comes along")

    def test_interrupted_run_continues_and_tells_once(self):
        customers = [self._customer(f"Customer {n}", user_id=self.sales.id) for n in range(5)]
        for customer in customers:
            self._earn(customer, self.standard)
            self._buy(8, customer)
        run = self.runs._open(self.card)
        run._compute_all()
        apply_tiers = type(run)._apply_tiers
        calls = []

        def crash(self, batch):
            apply_tiers(self, batch)
            calls.append(batch)
            if len(calls) == 2:
                raise RuntimeError("power cut")

        with patch.object(type(run), "_apply_tiers", crash):
            run._apply_next(limit=2)
            with self.assertRaises(RuntimeError), self.env.cr.savepoint():
                run._apply_next(limit=2)
        self.env.invalidate_all()
        self.assertEqual(run.state, "applying")
        while run.state == "applying":
            run._apply_next(limit=2)
        for customer in customers:
            self.assertEqual(customer.sop_tier_id, self.silver)
            self.assertEqual(len(self._notes(customer)), 1)
        told = [("model", "=", "sop.score.run"), ("res_id", "=", run.id)]
        self.assertEqual(self.env["mail.message"].search_count(told), 1)

    def test_two_at_once_the_second_steps_aside(self):
        run = self.runs._open(self.card)
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (0x50C0, self.company.id))
            with self.assertRaisesRegex(UserError, "being scored at this moment"):
                self.runs._run(self.card)
            self.assertTrue(run._work(), "the scheduled job goes on with the next company")
            self.assertEqual(run.state, "waiting")
        self.assertEqual(self.runs._run(self.card).state, "done")

    def test_days_follow_each_other(self):
        self.runs._run(self.card)
        with self.assertRaisesRegex(UserError, "already"):
            self.runs._run(self.card, date(2026, 6, 29))
        with self.assertRaisesRegex(UserError, "future"):
            self.runs._run(self.card, date(2026, 7, 1))

    # ------------------------------------------------------------------ jobs and rights
    def _job(self, name="sop_bridge.cron_score"):
        with self.enter_registry_test_mode():
            self.env.ref(name).method_direct_trigger()
        self.env.invalidate_all()

    def test_monthly_job_scores_and_repeats_nothing(self):
        self._buy(8)
        self._job()
        run = self.runs.search([("scorecard_id", "=", self.card.id)])
        self.assertEqual((len(run), run.state), (1, "done"))
        self.assertEqual(self.customer.sop_tier_id, self.silver)
        self._job()
        self.assertEqual(self.runs.search([("scorecard_id", "=", self.card.id)]), run)

    def test_busy_customers_are_tried_again(self):
        self._buy(8)
        run = self.runs._open(self.card)
        work, calls = type(run)._work, []

        def busy_once(self):
            calls.append(self)
            if len(calls) == 1:
                raise errors.SerializationFailure
            return work(self)

        with patch.object(type(run), "_work", busy_once):
            self._job("sop_bridge.cron_score_continue")
        self.assertEqual((len(calls), run.state), (2, "done"))

    def test_failed_run_says_why_and_starts_again(self):
        self._buy(8)
        run = self.runs._open(self.card)
        error = ValueError("growth of customer 12 is nan")
        with (
            patch.object(type(run), "_compute_all", side_effect=error),
            self.assertLogs("odoo.addons.sop_bridge.models.sop_score_run", "ERROR"),
        ):
            self._job("sop_bridge.cron_score_continue")
        self.assertEqual((run.state, run.message), ("failed", "growth of customer 12 is nan"))
        self.assertFalse(self._score())
        run.with_user(self.sales_approver).action_start()
        self.assertEqual(run.state, "waiting")
        self._job("sop_bridge.cron_score_continue")
        self.assertEqual((run.state, run.message), ("done", False))

    def test_who_may_start(self):
        run = self.runs._open(self.card)
        self.assertTrue(self.rpc(self.sales_approver, run, "action_start"))
        with self.assertRaises(AccessError):
            self.rpc(self.sales, run, "action_start")

    def test_score_now(self):
        self._buy(8)
        action = self.rpc(self.sales_approver, self.card, "action_score_now")
        run = self.runs.browse(action["res_id"])
        self.assertEqual((run.scorecard_id, run.state), (self.card, "waiting"))
        self._job("sop_bridge.cron_score_continue")
        self.assertEqual((run.state, self.customer.sop_tier_id), ("done", self.silver))
        again = self.rpc(self.sales_approver, self.card, "action_score_now")
        self.assertEqual((again["res_id"], run.state), (run.id, "done"))
        draft = self.make_card()
        with self.assertRaisesRegex(UserError, "not in force"):
            self.rpc(self.sales_approver, draft, "action_score_now")
        with self.assertRaises(AccessError):
            self.rpc(self.sales, self.card, "action_score_now")

    def test_scores_are_not_written_by_anybody(self):
        self._buy(8)
        run = self.runs._run(self.card)
        for record in (run, self._score()):
            values = {"company_id": self.company.id}
            calls = (
                (record, "write", [{"company_id": self.company.id}]),
                (record.browse(), "create", [values]),
                (record, "unlink", []),
                (record.with_context(_force_unlink=True), "unlink", []),
            )
            for target, method, args in calls:
                for user in (
                    self.sop_admin,
                    self.sales,
                    self.planner,
                    self.env.ref("base.user_admin"),
                ):
                    with (
                        self.subTest(model=record._name, method=method, user=user.login),
                        self.assertRaises(AccessError),
                    ):
                        self.rpc(user, target, method, *args, context=dict(target.env.context))

    def test_scores_stay_in_their_company(self):
        self._buy(8)
        self.runs._run(self.card)
        other = self._other()
        stranger = self.sales.copy(
            {
                "login": "stranger",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
            }
        )
        self.assertFalse(self.env["sop.score"].with_user(stranger).search([]))
        self.assertFalse(self.env["sop.score.run"].with_user(stranger).search([]))
        self.assertTrue(self.env["sop.score"].with_user(self.sales).search([]))
