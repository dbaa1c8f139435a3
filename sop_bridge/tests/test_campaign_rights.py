from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import new_test_user, tagged

from .campaign_common import CampaignCase
from .common import day, moment


@tagged("post_install", "-at_install")
class TestCampaignRights(CampaignCase):
    """Production plans; Sales does not, and nobody writes by hand what a proposal says."""

    def setUp(self):
        super().setUp()
        self.plan("Grey", "Blue", "Grey")
        self.campaign = self.propose()

    def test_sales_may_not(self):
        mine = self.campaign.with_user(self.sales)
        for act in (
            lambda: mine.read(["summary"]),
            mine.action_apply,
            mine.action_undo,
            mine.action_propose,
            mine.unlink,
            lambda: mine.browse().action_propose_for(self.coat.id, day(0), day(4)),
            lambda: mine.line_ids.read(["new_start"]),
            lambda: mine.search([]),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                act()
        self.assertEqual(self.campaign.state, "draft")

    def test_nobody_forges_a_proposal(self):
        """With any context, also by people who may plan."""
        line = self.campaign.line_ids[0]
        forged = {
            "state": "applied",
            "outcome": "better",
            "minutes_after": 0,
            "minutes_saved": 1000,
            "cost_saved": 1000,
            "seal": {"slots": []},
            "line_ids": [(5, 0, 0)],
            "company_id": self.company.id,
        }
        user = self.campaign.with_context(su=True, install_mode=True, default_state="applied")
        for name, value in forged.items():
            with self.subTest(name), self.assertRaises(AccessError), self.env.cr.savepoint():
                user.write({name: value})
        values = {"workcenter_id": self.coat.id, "date_from": day(0), "date_to": day(4)}
        for name in ("state", "outcome", "seal"):
            with self.subTest(name), self.assertRaises(AccessError), self.env.cr.savepoint():
                user.create({**values, name: forged[name]})
        self.assertEqual(user.create(values).state, "draft")
        for act in (
            lambda: line.write({"new_start": moment(3, 8)}),
            line.unlink,
            lambda: line.create({"campaign_id": self.campaign.id, "name": "x"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                act()

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = new_test_user(
            self.env,
            "campaign_stranger",
            groups="mrp.group_mrp_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        theirs = self.campaigns.with_user(stranger)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.campaign.with_user(stranger).action_apply()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            theirs.action_propose_for(self.coat.id, day(0), day(4))
        self.assertFalse(
            self.env["sop.campaign.line"].with_user(stranger).search([]), "lines of others"
        )

    def test_a_work_centre_that_companies_share(self):
        """The orders of another company stand still there, and are not shown."""
        other = self.env["res.company"].create({"name": "Other plant"})
        self.env["sop.changeover"].search([("workcenter_id", "=", self.coat.id)]).unlink()
        self.calendar.company_id = False
        self.coat.company_id = False
        self.make_changeover(None, None)
        workorder = self.campaign.line_ids[0].workorder_id
        campaign = self.propose()
        self.assertEqual(campaign.company_id, self.company)
        self.assertEqual(campaign.outcome, "better")
        self.env.cr.execute(
            "UPDATE mrp_production SET company_id = %s WHERE id = %s",
            [other.id, workorder.production_id.id],
        )
        self.env.invalidate_all()
        campaign = self.propose()
        self.assertNotIn(workorder, campaign.line_ids.workorder_id)
        start, stop = workorder.sudo().date_start, workorder.sudo().date_finished
        for line in campaign.line_ids:
            self.assertTrue(line.new_stop <= start or line.new_start >= stop)

    def test_a_work_centre_that_is_none(self):
        with self.assertRaises(MissingError), self.env.cr.savepoint():
            self.campaigns.action_propose_for(10**6, day(0), day(4))

    def test_days_that_are_none(self):
        with self.assertRaisesRegex(UserError, "soon is no date"):
            self.campaigns.action_propose_for(self.coat.id, "soon", "later")

    def test_coordinators_and_approvers_plan_as_well(self):
        for number, group in enumerate(
            ("sop_bridge.group_sop_coordinator", "sop_bridge.group_sop_production_approver")
        ):
            user = new_test_user(self.env, f"campaign_{number}", groups=group)
            campaign = self.campaign.with_user(user)
            self.assertTrue(campaign.summary)
            self.assertTrue(campaign.action_propose())
