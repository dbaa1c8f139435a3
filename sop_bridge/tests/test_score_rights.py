"""Whose scores a salesperson sees: those of own customers, as Odoo does it with quotations."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .segment_common import SegmentCase

OWN = "sales_team.group_sale_salesman"
ALL = "sales_team.group_sale_salesman_all_leads"


class ScoreRightsCase(SegmentCase):
    """Azur Marine is Ada's, Petit Atelier is Bob's, Harbour Works is nobody's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada, cls.bob, cls.chief = (
            new_test_user(cls.env, login=f"score_{name}", name=name, groups=group)
            for name, group in (("Ada", OWN), ("Bob", OWN), ("Chief", ALL))
        )
        cls.free = cls._customer("Harbour Works")
        cls.customer.user_id, cls.small.user_id = cls.ada, cls.bob
        cls.everybody = cls.customer | cls.small | cls.free

    def setUp(self):
        super().setUp()
        self._buy(5, self.free)
        self.before, self.run_now = self._two_runs()

    def _seen(self, user, model="sop.score"):
        """Those of the three customers about whom a user finds rows."""
        rows = self.env[model].with_user(user).search([])
        return rows.sudo().partner_id & self.everybody


@tagged("post_install", "-at_install")
class TestScoreRights(ScoreRightsCase):
    def test_own_and_unassigned_customers(self):
        for model in ("sop.score", "sop.family.sales"):
            with self.subTest(model):
                self.assertEqual(self._seen(self.ada, model), self.customer | self.free)
                self.assertEqual(self._seen(self.bob, model), self.small | self.free)
                for user in (self.chief, self.planner, self.sales_approver, self.sop_admin):
                    self.assertEqual(self._seen(user, model), self.everybody)

    def test_by_the_remote_interface(self):
        foreign = self._score(self.small)
        self.ada.group_ids += self.env.ref("base.group_allow_export")
        for method, args in (
            ("read", [["contribution", "score"]]),
            ("export_data", [["contribution"]]),
            ("web_read", [{"contribution": {}}]),
        ):
            with self.assertRaises(AccessError):
                self.rpc(self.ada, foreign, method, *args)
        groups = (
            self.env["sop.score"]
            .with_user(self.ada)
            .formatted_read_group([("run_id", "=", self.run_now.id)], ["partner_id"])
        )
        seen = {group["partner_id"][0] for group in groups}
        self.assertNotIn(self.small.id, seen)
        self.assertIn(self.customer.id, seen)

    def test_who_takes_a_customer_over_sees_the_history(self):
        self.small.user_id = self.ada
        scores = self.env["sop.score"].with_user(self.ada).search([])
        self.assertEqual(len(scores.filtered(lambda s: s.partner_id == self.small)), 2)
        self.assertNotIn(self.small, self._seen(self.bob))

    def test_the_tier_is_for_everybody(self):
        for user in (self.ada, self.bob):
            tiers = self.everybody.with_user(user).mapped("sop_tier_id.name")
            self.assertEqual(tiers, ["Gold", "Standard", "Silver"][: len(tiers)])

    # ------------------------------------------------------------------ screens
    def test_tab_says_whose_customer_it_is(self):
        content = self._see(self.small, user=self.ada)
        self.assertEqual((content["state"], content["tier"]["name"]), ("not_yours", "Standard"))
        self.assertIn("The salesperson of Petit Atelier is Bob", content["message"])
        self.assertFalse({"score", "measures", "history", "whale", "lift"} & set(content))
        for customer in (self.customer, self.free):
            self.assertEqual(self._see(customer, user=self.ada)["state"], "scored")
        self.assertEqual(self._see(self.small, user=self.chief)["state"], "scored")

    def test_page_counts_and_names_own_customers_only(self):
        page, whole = self._page(user=self.ada), self._page(user=self.chief)
        self.assertEqual((page["sees_all"], whole["sees_all"]), (False, True))
        counted = sum(tier["customers"] for tier in page["tiers"])
        self.assertEqual(counted, page["migration"]["total"])
        self.assertEqual(whole["migration"]["total"] - counted, 1)
        names = {point["name"] for point in page["whale"]["points"]}
        self.assertIn("Azur Marine", names)
        self.assertNotIn("Petit Atelier", names)
        self.assertIn("Petit Atelier", {point["name"] for point in whole["whale"]["points"]})
        self.assertEqual(len(page["whale"]["points"]), len(whole["whale"]["points"]))

    def test_workbook_holds_own_customers_only(self):
        for user, found in ((self.ada, False), (self.chief, True)):
            book, _results = self._workbook(self.run_now.id, self.before.id, user=user)
            texts = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
            self.assertIn("Azur Marine", texts)
            self.assertEqual("Petit Atelier" in texts, found)


@tagged("post_install", "-at_install")
class TestScoreRightsScreen(ScoreRightsCase, HttpCase):
    def test_a_colleagues_customer_reads_well(self):
        self.start_tour(
            f"/odoo/res.partner/{self.small.id}",
            "sop_bridge_segment_not_yours",
            login=self.ada.login,
        )
