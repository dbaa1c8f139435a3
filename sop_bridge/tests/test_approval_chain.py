from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sop_bridge.core import approval as core

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalChain(ApprovalCase):
    """What is changed in the database, past Odoo, shows."""

    def decided(self):
        document = self.make()
        self.approve(document, self.anna, "fine")
        self.approve(document, self.ben)
        return document

    def assertBroken(self, document, message):
        problems = " ".join(document._approval_check_chain())
        self.assertRegex(problems, message)
        notice = self.rpc(self.asker, document, "action_approval_check_chain")
        self.assertEqual(notice["params"]["type"], "danger")

    def test_intact(self):
        document = self.decided()
        self.assertEqual(document._approval_check_chain(), [])
        notice = self.rpc(self.asker, document, "action_approval_check_chain")
        self.assertEqual(notice["params"]["type"], "success")
        self.assertIn("2 decisions", notice["params"]["message"])

    def test_every_fact_of_a_decision_is_sealed(self):
        for name, value in (
            ("decided_by", self.both.id),
            ("decided_on", "2001-01-01"),
            ("reason", "never said"),
            ("snapshot", '{"amount":1}'),
            ("department", "production"),
            ("decision", "rejected"),
            ("group_id", self.production_group.id),
            ("position", 7),
        ):
            with self.subTest(name):
                document = self.decided()
                first = document.approval_ids.filtered(lambda row: row.position == 1)
                self.by_sql(first, **{name: value})
                self.assertBroken(document, "does not fit its seal")

    def test_resealing_shows_at_the_next_decision(self):
        document = self.decided()
        first, second = document.approval_ids.sorted("position")
        self.by_sql(first, reason="forged")
        self.by_sql(first, digest=core.digest(first._sealed_content(), ""))
        self.assertBroken(document, "Decision 2 ")
        self.by_sql(second, previous_digest=first.digest)
        self.by_sql(second, digest=core.digest(second._sealed_content(), first.digest))
        self.assertBroken(document, "not the one the document remembers")

    def test_removing_the_last_decision_shows(self):
        document = self.decided()
        self.env.cr.execute(
            "DELETE FROM sop_approval WHERE id = %s", (document.approval_ids[1].id,)
        )
        self.env.invalidate_all()
        self.assertBroken(document, "remembers")

    def test_a_state_without_a_decision_shows(self):
        document = self.make()
        self.by_sql(document.approval_ids[0], state="approved")
        self.assertBroken(document, "without a decision")

    def test_a_document_state_without_decisions_shows(self):
        document = self.make()
        self.by_sql(document, approval_state="approved")
        self.assertBroken(document, "state of the document")

    def test_nothing_is_decided_on_a_broken_chain(self):
        document = self.make()
        self.approve(document, self.anna)
        step = document.approval_ids.filtered("position")
        self.by_sql(step, decided_by=self.both.id)
        with self.assertRaisesRegex(UserError, "does not fit its seal"):
            self.approve(document, self.ben)
        self.assertEqual(document.state, "draft")

    def test_an_unsealed_decision_does_not_count(self):
        document = self.make()
        first = document.approval_ids[0]
        self.by_sql(
            first, state="approved", decided_by=self.anna.id, digest="x", decision="approved"
        )
        with self.assertRaises(Exception) as caught:
            self.approve(document, self.ben)
        self.assertIsInstance(caught.exception, UserError)
        self.assertEqual(document.state, "draft")
