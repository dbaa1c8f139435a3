"""What is no number is refused with a sentence, by whatever way it comes."""

from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .scorecard_common import ScorecardCase

NO_NUMBERS = (float("nan"), float("inf"), float("-inf"), "many", 10**400)


@tagged("post_install", "-at_install")
class TestNumbers(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.make_card()
        cls.customer = cls.env["res.partner"].create({"name": "Azur Marine", "is_company": True})

    def _refused(self, user, records, method, *args, context=None):
        with self.assertRaisesRegex(ValidationError, "is not a"), self.env.cr.savepoint():
            self.rpc(user, records, method, *args, context=context)

    def test_parts_of_a_scorecard(self):
        criterion, border = self.card.criterion_ids[0], self.card.border_ids[0]
        point = criterion.breakpoint_ids[0]
        parts = ((criterion, "weight"), (border, "score"), (point, "figure"), (point, "points"))
        for part, name in parts:
            for value in NO_NUMBERS:
                with self.subTest(name=name, value=value):
                    self._refused(self.sop_admin, part, "write", {name: value})
        lines = {
            "criterion_ids": {"weight": float("nan")},
            "border_ids": {"score": float("inf")},
        }
        for name, values in lines.items():
            command = Command.update(self.card[name][0].id, values)
            self._refused(self.sop_admin, self.card, "write", {name: [command]})
            self._refused(self.sop_admin, self.card, "web_save", {name: [command]}, {})
        criterion = {"scorecard_id": self.card.id, "measure": "growth", "method": "quantile"}
        model = self.card.criterion_ids.browse()
        self._refused(self.sop_admin, model, "create", [{**criterion, "weight": float("nan")}])
        context = {"default_weight": float("nan")}
        self._refused(self.sop_admin, model, "create", [criterion], context=context)

    def test_whole_numbers(self):
        for name in ("window_months", "promote_after", "demote_after"):
            for value in (*NO_NUMBERS, 10**12):
                with self.subTest(name=name, value=value):
                    self._refused(self.sop_admin, self.card, "write", {name: value})
        for value in (0, -3, 61, 10**9):
            with self.assertRaisesRegex(ValidationError, "1 to 60 months"), self.as_client():
                self.rpc(self.sop_admin, self.card, "write", {"window_months": value})
                self.env.flush_all()

    def test_import_says_which_row(self):
        model = self.card.criterion_ids.browse().with_user(self.sop_admin)
        columns = ["scorecard_id/.id", "measure", "weight", "method"]
        rows = [[str(self.card.id), "growth", "nan", "quantile"]]
        result = model.load(columns, rows)
        self.assertFalse(result["ids"])
        self.assertIn("not a number", str(result["messages"]))

    def test_rates(self):
        rate = self.env["sop.cost.rate"].create({"valid_from": date(2026, 1, 1)})
        for value in NO_NUMBERS:
            self._refused(self.sop_admin, rate, "write", {"order_cost": value})
            values = {"valid_from": "2026-02-01", "line_cost": value}
            self._refused(self.sop_admin, rate.browse(), "create", [values])
        for value in (-1, 1e300):
            with self.assertRaisesRegex(ValidationError, "0 to 1,000,000,000"), self.as_client():
                self.rpc(self.sop_admin, rate, "write", {"order_cost": value})
                self.env.flush_all()

    def test_tiers(self):
        for name in ("rank", "lead_days", "release_notice_days"):
            for value in (*NO_NUMBERS, 2**31):
                self._refused(self.sop_admin, self.gold, "write", {name: value})
        for values in (
            {"release_notice_days": 366},
            {"release_notice_days": 10**7},
            {"lead_days": 731},
        ):
            with self.assertRaisesRegex(ValidationError, "between 0 and"), self.as_client():
                self.rpc(self.sop_admin, self.gold, "write", values)
                self.env.flush_all()

    def test_importance(self):
        reason = {"sop_strategic_reason": "Reference"}
        self.sales_approver.group_ids += self.env.ref("base.group_partner_manager")
        for value in (*NO_NUMBERS, 10**12):
            values = {"sop_strategic": value, **reason}
            self._refused(self.sales_approver, self.customer, "write", values)
            values["name"] = "New"
            self._refused(self.sales_approver, self.customer.browse(), "create", [values])
        self.rpc(self.sales_approver, self.customer, "write", {"sop_strategic": 7, **reason})
        self.assertEqual(self.customer.sop_strategic, 7)

    def test_days_of_the_company(self):
        admin = self.env.ref("base.user_admin")
        for name in ("sop_delivery_days", "sop_horizon_days", "sop_rush_days"):
            for value in (*NO_NUMBERS, 10**12):
                self._refused(admin, self.company, "write", {name: value})
                settings = self.env["res.config.settings"]
                self._refused(admin, settings, "create", [{name: value}])
        with self.assertRaisesRegex(ValidationError, "between 0 and 365"), self.as_client():
            self.rpc(admin, self.company, "write", {"sop_delivery_days": 366})
            self.env.flush_all()
