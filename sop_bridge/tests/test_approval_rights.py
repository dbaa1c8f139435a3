from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .approval_common import DOCUMENT, ApprovalCase

# Context keys that opened approvals elsewhere, and those that Odoo itself reacts to.
CONTEXTS = [
    {"skip_validation_check": True, "skip_check": True, "bypass": True, "sudo": True},
    {"tracking_disable": True, "mail_notrack": True, "no_recompute": True},
    {"_force_unlink": True, "module": "sop_bridge", "install_mode": True, "import_file": True},
    {"su": True, "uid": 1, "sop_approval_open_fields": True, "active_test": False},
]


@tagged("post_install", "-at_install")
class TestApprovalWho(ApprovalCase):
    """Who may not decide, although they are an approver."""

    def refused(self, document, user, message):
        with self.assertRaisesRegex(AccessError, message):
            self.approve(document, user)
        self.assertEqual(document.approval_state, "pending")
        self.assertEqual(document.state, "draft")

    def test_own_request(self):
        self.refused(self.make(user=self.anna), self.anna, "asked for Paper yourself")

    def test_own_request_filed_by_a_colleague(self):
        document = self.make(user=self.asker, salesperson_id=self.anna.id)
        self.refused(document, self.anna, "stake")

    def test_own_document_sent_by_a_colleague(self):
        document = self.make(user=self.anna, start=False)
        document.with_user(self.asker)._approval_start()
        self.refused(document, self.anna, "stake")

    def test_handing_the_document_over_does_not_help(self):
        document = self.make(salesperson_id=self.anna.id)
        document.with_user(self.anna).write({"salesperson_id": self.asker.id})
        self.refused(document, self.anna, "stake")

    def test_taking_the_document_over_excludes_too(self):
        document = self.make()
        document.with_user(self.asker).write({"salesperson_id": self.anna.id})
        self.refused(document, self.anna, "stake")

    def test_one_person_does_not_decide_for_both_departments(self):
        document = self.make()
        self.approve(document, self.both)
        self.refused(document, self.both, "other department")
        self.approve(document, self.ben)
        self.assertEqual(document.state, "done")

    def test_administrators_have_no_short_cut(self):
        self.refused(self.make(), self.admin, "not an approver")

    def test_the_superuser_decides_nothing(self):
        self.sales_group.user_ids |= self.env.ref("base.user_root")
        document = self.make()
        with self.assertRaisesRegex(AccessError, "active internal users"):
            self.approve(document, self.env.ref("base.user_root"))

    def test_portal_users_decide_nothing(self):
        portal = new_test_user(self.env, login="sop_portal", groups="base.group_portal")
        document = self.make()
        with self.assertRaises(AccessError):
            self.approve(document, portal)
        self.assertEqual(
            document._approval_refusal(document.approval_ids[0], portal), "not_a_person"
        )

    def test_archived_users_decide_nothing(self):
        document = self.make()
        self.anna.active = False
        self.refused(document, self.anna, "active internal users")
        self.assertNotIn("Anna", document.approval_pending_label)

    def test_users_of_another_company_decide_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("stranger", "sop_bridge.group_sop_sales_approver")
        stranger.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        document = self.make()
        self.refused(document, stranger, "company that is not yours")
        steps = self.env["sop.approval"].with_user(stranger)
        self.assertFalse(steps.search([("res_model", "=", DOCUMENT)]))

    def test_sudo_of_somebody_else_is_still_that_person(self):
        document = self.make()
        with self.assertRaisesRegex(AccessError, "not an approver"):
            document.with_user(self.asker).sudo().action_approve()

    def test_who_cannot_read_the_document_cannot_decide(self):
        document = self.make()
        access = self.env["ir.model.access"].search([("name", "=", DOCUMENT)])
        access.perm_read = False
        with self.assertRaises(AccessError):
            self.approve(document, self.anna)


@tagged("post_install", "-at_install")
class TestApprovalForgery(ApprovalCase):
    """Ways past the approval, tried as real users over the remote interface."""

    def everybody(self):
        return (self.asker, self.both, self.admin)

    def assertUntouched(self, document):
        self.env.invalidate_all()
        self.assertEqual(document.approval_state, "pending")
        self.assertEqual(document.state, "draft")
        self.assertEqual(document.approval_ids.mapped("state"), ["pending", "waiting"])
        self.assertFalse(document._approval_check_chain())

    def test_creating_a_document_in_an_approved_state(self):
        for values in (
            {"state": "done"},
            {"approval_state": "approved"},
            {"approval_requester_id": self.ben.id},
            {"approval_digest": "0" * 64},
            {"approval_ids": [(0, 0, {"state": "approved", "department": "sales"})]},
        ):
            for user in self.everybody():
                with self.subTest(values=values, user=user.name), self.assertRaises(AccessError):
                    self.rpc(user, self.env[DOCUMENT], "create", [{"name": "x", **values}])

    def test_writing_the_document(self):
        document = self.make()
        step = document.approval_ids[0]
        for values in (
            {"state": "done"},
            {"approval_state": "approved"},
            {"approval_state": "none"},
            {"approval_requester_id": False},
            {"approval_digest": False},
            {"approval_ids": [(1, step.id, {"state": "approved"})]},
            {"approval_ids": [(2, step.id)]},
            {"approval_ids": [(5,)]},
        ):
            for user in self.everybody():
                for context in ({}, *CONTEXTS):
                    with self.subTest(values=values, user=user.name, context=context):
                        with self.assertRaises(AccessError):
                            self.rpc(user, document, "write", values, context=context)
                        with self.assertRaises(AccessError):
                            self.rpc(user, document, "web_save", values, {}, context=context)
        self.assertUntouched(document)

    def test_defaults_in_the_context_are_not_taken(self):
        context = {
            "default_state": "done",
            "default_approval_state": "approved",
            "default_approval_requester_id": self.ben.id,
            "default_approval_digest": "f" * 64,
        }
        ids = self.rpc(self.asker, self.env[DOCUMENT], "create", [{"name": "x"}], context=context)
        document = self.env[DOCUMENT].browse(ids)
        self.assertEqual((document.state, document.approval_state), ("draft", "none"))
        self.assertFalse(document.approval_requester_id)
        self.assertFalse(document.sudo().approval_digest)
        new_id, _name = self.rpc(
            self.asker, self.env[DOCUMENT], "name_create", "y", context=context
        )
        self.assertEqual(self.env[DOCUMENT].browse(new_id).state, "draft")

    def test_saved_defaults_are_not_taken(self):
        defaults = self.env["ir.default"]
        self.rpc(self.admin, defaults, "set", DOCUMENT, "state", "done")
        self.rpc(self.asker, defaults, "set", DOCUMENT, "approval_state", "approved", True)
        document = self.make(start=False)
        self.assertEqual((document.state, document.approval_state), ("draft", "none"))

    def test_import(self):
        document = self.make()
        step = document.approval_ids[0]
        for user in self.everybody():
            result = self.rpc(
                user,
                self.env[DOCUMENT],
                "load",
                ["name", "state"],
                [["x", "Done"]],
                context={"import_file": True},
            )
            self.assertFalse(result["ids"])
            result = self.rpc(
                user,
                self.env["sop.approval"],
                "load",
                [".id", "state"],
                [[str(step.id), "Approved"]],
            )
            self.assertFalse(result["ids"])
        self.assertUntouched(document)

    def test_copy_starts_from_nothing(self):
        document = self.make()
        self.approve(document, self.anna)
        self.approve(document, self.ben)
        ids = self.rpc(self.asker, document, "copy")
        duplicate = self.env[DOCUMENT].browse(ids)
        self.assertEqual((duplicate.state, duplicate.approval_state), ("draft", "none"))
        self.assertFalse(duplicate.approval_ids | duplicate.sudo().approval_ids)
        self.assertFalse(duplicate.approval_requester_id)
        with self.assertRaises(AccessError):
            self.rpc(self.admin, document.approval_ids[0], "copy")
        with self.assertRaises(AccessError):
            self.rpc(self.asker, document, "copy", {"state": "done"})

    def test_forging_a_step(self):
        document = self.make()
        values = {
            "res_model": DOCUMENT,
            "res_id": document.id,
            "round": 2,
            "department": "production",
            "state": "approved",
            "decision": "approved",
            "decided_by": self.ben.id,
        }
        for user in (*self.everybody(), self.env.ref("base.user_root")):
            for context in ({}, *CONTEXTS):
                with self.subTest(user=user.name, context=context), self.assertRaises(AccessError):
                    self.rpc(user, self.env["sop.approval"], "create", [values], context=context)
        count = self.env["sop.approval"].search_count([])
        with mute_logger("odoo.models"):
            self.rpc(self.admin, self.env["sop.approval"], "name_create", "x")
        self.assertEqual(self.env["sop.approval"].search_count([]), count)
        self.assertUntouched(document)

    def test_writing_or_deleting_a_step(self):
        document = self.make()
        step = document.approval_ids[0]
        for user in (*self.everybody(), self.env.ref("base.user_root")):
            for context in ({}, *CONTEXTS):
                with self.subTest(user=user.name, context=context):
                    for values in (
                        {"state": "approved"},
                        {"decided_by": self.ben.id},
                        {"excluded_user_ids": [(5,)]},
                        {"user_id": self.asker.id},
                    ):
                        with self.assertRaises(AccessError):
                            self.rpc(user, step, "write", values, context=context)
                    with self.assertRaises(AccessError):
                        self.rpc(user, step, "unlink", context=context)
                    with self.assertRaises(AccessError):
                        self.rpc(user, step, "web_save", {"state": "approved"}, {}, context=context)
        self.assertUntouched(document)

    def test_deleting_what_was_decided(self):
        document = self.make()
        self.approve(document, self.anna)
        for user in self.everybody():
            for context in ({}, *CONTEXTS):
                with self.subTest(user=user.name, context=context):
                    with self.assertRaisesRegex(UserError, "decisions were made"):
                        self.rpc(user, document, "unlink", context=context)
                    with self.assertRaises(AccessError):
                        self.rpc(user, document.approval_ids[0], "unlink", context=context)
        self.assertTrue(document.exists())

    def test_an_undecided_document_goes_with_its_steps(self):
        document = self.make()
        steps = document.approval_ids
        self.rpc(self.asker, document, "unlink")
        self.assertFalse(steps.exists())

    def test_private_methods_cannot_be_called(self):
        document = self.make()
        step = document.approval_ids[0]
        for name in (
            "_approval_write",
            "_approval_create",
            "_approval_start",
            "_approval_void",
            "_approval_decide",
            "_approval_sign",
            "_approval_granted",
            "_approval_advance",
            "_approval_content_changed",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.rpc(self.admin, document, name, {"state": "done"})
        for name in ("_store", "_update", "_discard", "_seal", "_cron_remind"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.rpc(self.admin, step, name, {"state": "approved"})
        self.assertUntouched(document)

    def test_who_and_when_come_from_the_session(self):
        document = self.make()
        self.rpc(
            self.anna,
            document,
            "action_approve",
            context={
                "default_decided_by": self.both.id,
                "default_decided_on": "2001-01-01",
                "uid": self.both.id,
                "default_position": 9,
                "default_state": "void",
            },
        )
        step = document.approval_ids.filtered("position")
        self.assertEqual(step.decided_by, self.anna)
        self.assertGreater(step.decided_on.year, 2020)
        self.assertEqual((step.position, step.state), (1, "approved"))
        with self.assertRaises(TypeError):
            self.rpc(self.ben, document, "action_approve", "ok", decided_by=self.both.id)

    def test_raising_a_line_after_approval(self):
        document = self.make()
        self.approve(document, self.anna)
        self.approve(document, self.ben)
        self.assertEqual(document.state, "done")
        self.rpc(self.asker, document.line_ids, "write", {"quantity": 5000})
        self.assertEqual((document.state, document.approval_state), ("draft", "pending"))
        self.assertEqual(document.approval_ids.filtered("position").mapped("state"), ["void"] * 3)

    def test_raising_a_line_past_the_document(self):
        """Whoever changes a line without the document noticing is caught at the next decision."""
        document = self.make()
        self.approve(document, self.anna)
        self.by_sql(document.line_ids, quantity=5000)
        self.assertTrue(document.approval_stale)
        answer = self.approve(document, self.ben)
        self.assertEqual(answer["tag"], "display_notification")
        self.assertEqual((document.state, document.approval_state), ("draft", "pending"))
        self.assertTrue(document.with_user(self.anna).approval_can_decide)

    def test_changing_the_document_while_somebody_looks_at_it(self):
        document = self.make()
        seen = {"approval_seen": document.with_user(self.anna).approval_content}
        document.with_user(self.asker).line_ids.write({"quantity": 5000})
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "while you were looking"):
            self.rpc(self.anna, document, "action_approve", context=seen)
        action = self.rpc(self.anna, document, "action_reject_wizard", context=seen)
        dialog = self.env[action["res_model"]].with_user(self.anna)
        dialog = dialog.with_context(**action["context"]).create({"reason": "no"})
        with self.assertRaisesRegex(UserError, "while you were looking"):
            dialog.action_reject()
        seen = {"approval_seen": document.with_user(self.anna).approval_content}
        self.rpc(self.anna, document, "action_approve", context=seen)
        self.assertEqual(document.approval_ids[0].state, "approved")

    def test_a_plain_user_cannot_edit_rules(self):
        for user in (self.asker, self.anna, self.ben, self.both):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.rpc(user, self.rule, "write", {"active": False})
            with self.assertRaises(AccessError):
                self.rpc(user, self.rule.step_ids, "write", {"user_id": user.id})

    def test_editing_the_rule_changes_nothing_started(self):
        document = self.make()
        self.approve(document, self.anna)
        self.rpc(
            self.admin,
            self.rule,
            "write",
            {
                "name": "Other",
                "step_ids": [
                    (1, step.id, {"user_id": user.id, "group_id": False})
                    for step, user in zip(self.rule.step_ids, (self.both, self.admin), strict=True)
                ],
            },
        )
        self.assertEqual(document.approval_ids[1].group_id, self.production_group)
        self.assertEqual(document.approval_ids[0].state, "approved")
        self.assertEqual(set(document.approval_ids.mapped("rule_name")), {"Test"})
        with self.assertRaises(AccessError):
            self.approve(document, self.admin)
        self.rpc(self.admin, self.rule, "unlink")
        self.approve(document, self.ben)
        self.assertEqual(document.state, "done")
        self.assertFalse(document._approval_check_chain())
