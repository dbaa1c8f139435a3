from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCase):
    """The ordinary way: two departments decide in turn, and the document takes effect."""

    def test_two_departments_in_turn(self):
        document = self.make()
        self.assertEqual(document.approval_state, "pending")
        self.assertEqual(document.approval_ids.mapped("state"), ["pending", "waiting"])
        self.assertTrue(document.with_user(self.anna).approval_can_decide)
        self.assertFalse(document.with_user(self.ben).approval_can_decide)

        self.assertIs(self.approve(document, self.anna), True)
        self.assertEqual(document.approval_state, "pending")
        self.assertEqual(document.state, "draft")
        self.assertTrue(document.with_user(self.ben).approval_can_decide)

        self.approve(document, self.ben, "fits")
        self.assertEqual(document.approval_state, "approved")
        self.assertEqual(document.state, "done")
        last = document.approval_ids.sorted("position")[-1]
        self.assertEqual(
            (last.decided_by, last.reason, last.department), (self.ben, "fits", "production")
        )

    def test_not_ones_turn(self):
        with self.assertRaisesRegex(AccessError, "not your turn"):
            self.approve(self.make(), self.ben)

    def test_not_an_approver(self):
        other = self._user("carl", "sales_team.group_sale_salesman")
        with self.assertRaisesRegex(AccessError, "not an approver"):
            self.approve(self.make(), other)

    def test_rejecting_needs_a_reason_and_ends_it(self):
        document = self.make()
        for empty in (None, "", "  ", False):
            with self.assertRaisesRegex(UserError, "reason"):
                self.rpc(self.anna, document, "action_reject", empty)
        self.rpc(self.anna, document, "action_reject", "too late")
        self.assertEqual(document.approval_state, "rejected")
        self.assertEqual(document.refused, "too late")
        self.assertEqual(document.approval_ids.mapped("state"), ["rejected", "void"])
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self.approve(document, self.ben)

    def test_rejecting_through_the_dialog(self):
        document = self.make()
        action = self.rpc(self.anna, document, "action_reject_wizard")
        dialog = self.env[action["res_model"]].with_user(self.anna)
        dialog.with_context(**action["context"]).create({"reason": "no"}).action_reject()
        self.assertEqual(document.approval_state, "rejected")

    def test_the_dialog_carries_no_right(self):
        document = self.make()
        dialog = self.env["sop.approval.decision"].with_user(self.asker)
        values = {"res_model": document._name, "res_id": document.id, "reason": "no"}
        with self.assertRaises(AccessError):
            dialog.create(values).action_reject()
        with self.assertRaisesRegex(UserError, "not approved"):
            dialog.create(dict(values, res_model="res.partner")).action_reject()

    def test_a_rejected_document_can_be_asked_again(self):
        document = self.make()
        self.rpc(self.anna, document, "action_reject", "no")
        document.with_user(self.asker)._approval_start()
        self.assertEqual(document.approval_state, "pending")
        self.approve(document, self.anna)
        self.approve(document, self.ben)
        self.assertEqual(document.state, "done")
        self.assertFalse(document._approval_check_chain())

    def test_second_click_says_it_is_decided(self):
        document = self.make()
        self.approve(document, self.anna)
        with self.assertRaisesRegex(AccessError, "decided already"):
            self.approve(document, self.anna)
        self.approve(document, self.ben)
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self.approve(document, self.ben)

    def test_label_names_who_and_until_when(self):
        with freeze_time("2026-03-03 10:00:00"):
            document = self.make()
            label = document.approval_pending_label
        self.assertIn("Waits for Sales (", label)
        self.assertIn("Anna", label)
        self.assertIn("Mar 5, 2026", label)
        self.assertNotIn("Ben", label)

    def test_label_says_when_nobody_can_decide(self):
        self.rule.step_ids[0].write({"user_id": self.asker.id})
        self.assertIn("Nobody can decide as Asker", self.make().approval_pending_label)

    def test_activities_wait_with_those_who_may_decide(self):
        document = self.make(salesperson_id=self.both.id)
        users = document.activity_ids.user_id
        self.assertIn(self.anna, users)
        self.assertNotIn(self.both, users, "the salesperson does not decide")
        self.assertNotIn(self.ben, users, "it is not yet the turn of production")
        self.approve(document, self.anna)
        self.assertIn(self.ben, document.activity_ids.user_id)
        self.assertNotIn(self.anna, document.activity_ids.user_id)
        self.approve(document, self.ben)
        self.assertFalse(document.activity_ids)

    def test_the_list_for_me(self):
        document = self.make()
        steps = self.env["sop.approval"]
        mine = [("can_decide", "=", True), ("res_model", "=", document._name)]
        self.assertEqual(steps.with_user(self.anna).search(mine).res_id, document.id)
        self.assertFalse(steps.with_user(self.ben).search(mine))
        self.approve(document, self.anna)
        self.assertFalse(steps.with_user(self.anna).search(mine))
        self.assertEqual(steps.with_user(self.ben).search(mine).res_id, document.id)
        others = [("can_decide", "=", False), ("res_model", "=", document._name)]
        self.assertEqual(len(steps.with_user(self.ben).search(others)), 1)
        self.assertEqual(steps.with_user(self.ben).search(mine).document_name, "Paper")

    def test_starting_twice_is_refused(self):
        document = self.make()
        with self.assertRaisesRegex(UserError, "already"):
            document._approval_start()

    def test_without_a_rule_it_says_what_to_set_up(self):
        self.rule.active = False
        document = self.make(start=False)
        self.assertFalse(document._approval_find_rule())
        with self.assertRaisesRegex(UserError, "Approval rules"):
            document._approval_start()

    def test_change_of_a_decided_document_starts_again(self):
        document = self.make()
        self.approve(document, self.anna)
        document.with_user(self.asker).line_ids.write({"quantity": 50})
        rows = document.approval_ids.sorted(lambda row: (row.round, row.sequence))
        self.assertEqual(rows.mapped("decision"), ["approved", False, "reopened", False, False])
        self.assertEqual(rows.mapped("state"), ["void", "void", "void", "pending", "waiting"])
        self.assertEqual(document.approval_state, "pending")
        self.assertTrue(document.with_user(self.anna).approval_can_decide)
        self.assertFalse(document._approval_check_chain())

    def test_change_before_any_decision_changes_nothing(self):
        document = self.make()
        document.with_user(self.asker).write({"amount": 7})
        self.assertEqual(len(document.approval_ids), 2)

    def test_same_value_written_again_changes_nothing(self):
        document = self.make()
        self.approve(document, self.anna)
        document.with_user(self.asker).write({"amount": 100.0})
        self.assertEqual(len(document.approval_ids), 2)

    def test_void_without_restart(self):
        document = self.make()
        self.approve(document, self.anna)
        document._approval_void("taken back")
        self.assertEqual(document.approval_state, "none")
        self.assertFalse(document.activity_ids)
        self.assertFalse(document._approval_check_chain())

    def test_reminder_once_per_step(self):
        with freeze_time("2026-03-03 10:00:00"):
            document = self.make()
        step = document.approval_ids[0]
        cron = self.env.ref("sop_bridge.cron_sop_approval_remind")
        with freeze_time("2026-03-05 10:00:00"):
            self._run(cron)
        self.assertFalse(step.reminded_on, "the day of the deadline is still in time")
        with freeze_time("2026-03-06 14:00:00"):
            before = len(document.message_ids)
            self._run(cron)
            self._run(cron)
        self.assertTrue(step.reminded_on)
        self.assertEqual(len(document.message_ids), before + 1)
        self.assertIn(self.anna.partner_id, document.message_ids[0].partner_ids)

    def _run(self, cron):
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
