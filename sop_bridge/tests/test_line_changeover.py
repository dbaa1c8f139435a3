from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .campaign_common import CampaignCase
from .common import NOW, day, moment


@tagged("post_install", "-at_install")
class TestLineChangeover(CampaignCase):
    """Which campaign a quotation line joins, or what it changes over, and rules about it."""

    def said(self, order):
        order.order_line.invalidate_recordset(["sop_promise_changeover"])
        return [line.sop_promise_changeover for line in order.order_line]

    def quote(self, *names, **values):
        # more than what is planned for stock
        lines = [(self.products[name], 3) for name in names]
        return self.make_quotation(*lines, sop_requested_date=day(3), **values)

    def test_causes_a_changeover(self):
        self.plan("Grey")
        order = self.quote("Blue").with_user(self.sales)
        (text,) = self.said(order)
        self.assertRegex(
            text, r"^Causes a changeover of 30 minutes and .*40.* \(Grey → Blue\) on Coat\.$"
        )

    def test_without_cost_and_without_knowing_what_runs(self):
        self.env["sop.changeover"].search([]).write({"cost": 0})
        (text,) = self.said(self.quote("Blue"))
        self.assertEqual(text, "Causes a changeover of 30 minutes to Blue on Coat.")
        self.plan("Grey")
        (text,) = self.said(self.quote("Blue"))
        self.assertEqual(text, "Causes a changeover of 30 minutes (Grey → Blue) on Coat.")

    def test_joins_an_open_campaign(self):
        self.plan("Grey", "Blue")
        week = NOW.isocalendar().week
        (text,) = self.said(self.quote("Blue"))
        self.assertEqual(text, f"Joins the campaign of Blue on Coat in week {week}: no changeover.")
        self.families["Blue"].period = "month"
        (text,) = self.said(self.quote("Blue"))
        self.assertEqual(text, "Joins the campaign of Blue on Coat in January: no changeover.")

    def test_lines_of_one_quotation_share_a_campaign(self):
        self.plan("Grey")
        first, second = self.said(self.quote("Blue", "Blue"))
        self.assertIn("Causes a changeover of 30 minutes", first)
        self.assertIn("Runs with another line of this quotation on Coat", second)

    def test_components_have_families_of_their_own(self):
        """A red frame is made for each blue box: both are said, each on its work centre."""
        press = self.make_workcenter("Press")
        self.make_changeover(None, None, 10, 0, press)
        frame = self.make_coated("Frame", self.families["Red"], [(press, 5)])
        box = self.make_coated(
            "Box", self.families["Blue"], [(self.coat, 60)], components=[(frame, 1)]
        )
        self.plan("Grey")
        (text,) = self.said(self.make_quotation((box, 2), sop_requested_date=day(3)))
        self.assertIn("10 minutes to Red on Press", text)
        self.assertIn("(Grey → Blue) on Coat", text)

    def test_nothing_to_say(self):
        plain = self.make_coated("Plain")
        stocked = self.make_product("Stocked", stock=10)
        order = self.make_quotation((plain, 1), (stocked, 1))
        self.assertEqual(self.said(order), [False, False])
        self.env["sop.changeover"].search([]).unlink()
        self.assertEqual(self.said(self.quote("Blue")), [False])
        confirmed = self.quote("Blue")
        confirmed.action_confirm()
        self.assertEqual(self.said(confirmed), [False])
        self.company.sop_gate = "off"
        self.assertEqual(self.said(self.quote("Blue")), [False])

    def test_as_it_is_on_the_screen(self):
        """Typed and not saved; in a quotation that does not exist yet."""
        self.plan("Grey")
        order = self.quote("Grey")
        line = order.order_line
        find = order.with_user(self.sales).sop_find_changeover
        self.assertIn("Joins the campaign of Grey", find({}, line.id))
        typed = {"order_line": [Command.update(line.id, {"product_id": self.products["Blue"].id})]}
        self.assertIn("(Grey → Blue)", find(typed, line.id))
        self.assertEqual(line.product_id, self.products["Grey"])
        added = {"product_id": self.products["Blue"].id, "product_uom_qty": 2}
        new = {
            "partner_id": order.partner_id.id,
            "company_id": self.company.id,
            "order_line": [[Command.CREATE, "virtual_7", added]],
        }
        find = order.browse().with_user(self.sales).sop_find_changeover
        self.assertIn("(Grey → Blue)", find(new, "virtual_7"))
        self.assertEqual(find(new, "virtual_8"), "")
        anybody = new_test_user(self.env, "campaign_anybody", groups="base.group_user")
        for records in (order, order.browse()):
            with self.assertRaises(AccessError):
                records.with_user(anybody).sop_find_changeover({}, line.id)

    def test_few_queries_and_none_for_the_promise(self):
        """It is sought when somebody looks, at a number of queries that lines do not raise."""
        self.plan("Grey", "Red")

        def count(order, name):
            order.order_line.mapped(name)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.order_line.mapped(name)
            return self.env.cr.sql_log_count - before

        one, twenty = self.quote("Blue"), self.quote(*["Blue", "Red"] * 10)
        self.assertLessEqual(count(twenty, "sop_promise_date"), 40)
        self.assertLessEqual(
            count(twenty, "sop_promise_changeover"), count(one, "sop_promise_changeover") + 6
        )

    def test_a_rule_for_what_fits_no_campaign(self):
        rule = self.env["sop.acceptance.rule"].create(
            {
                "name": "Only in campaigns",
                "result": "exception",
                "family_ids": [(6, 0, self.families["Blue"].ids)],
                "condition_ids": [
                    Command.create(
                        {"measure": "changeover_minutes", "operator": ">", "threshold": 0}
                    )
                ],
            }
        )
        self.assertEqual(rule.condition_ids.unit, "minutes")
        self.assertIn("Changeover minutes is above 0 minutes", rule.condition_ids.display_name)
        terms = rule._read_own()
        judge = self.env["sop.verdict"]

        def verdict(name):
            line = self.quote(name).order_line
            return judge._judge(self.company, line, None, terms)[line]

        self.plan("Grey")
        found = verdict("Blue")
        self.assertEqual((found.outcome, found.numbers[0].figure), ("exception", 30))
        self.assertEqual(verdict("Grey").outcome, "pass")
        self.plan("Blue", start=moment(1, 8))
        self.assertEqual(verdict("Blue").outcome, "pass")
