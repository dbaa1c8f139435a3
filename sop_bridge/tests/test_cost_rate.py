"""Rates of the cost to serve: valid from a day, per company, by the administrator."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .scorecard_common import ScorecardCase


@tagged("post_install", "-at_install")
class TestCostRate(ScorecardCase):
    def _rate(self, day, **values):
        return self.env["sop.cost.rate"].create(
            {"company_id": self.company.id, "valid_from": day, **values}
        )

    def test_a_rate_counts_until_the_next_one(self):
        self._rate(date(2026, 4, 1), order_cost=12)
        self._rate(date(2026, 1, 1), order_cost=10, line_cost=2)
        other = self.env["res.company"].create({"name": "Other plant"})
        self._rate(date(2026, 2, 1), company_id=other.id, order_cost=99)
        self.assertEqual(
            self.env["sop.cost.rate"]._get_periods(self.company),
            [
                (date(2026, 1, 1), date(2026, 4, 1), 10, 2, 0, 0, 0, 0, 0),
                (date(2026, 4, 1), None, 12, 0, 0, 0, 0, 0, 0),
            ],
        )

    def test_typed_by_the_administrator(self):
        with Form(self.env["sop.cost.rate"].with_user(self.sop_admin)) as form:
            form.valid_from = date(2026, 1, 1)
            form.rush_cost = 25.5
        rate = form.record
        self.assertEqual((rate.company_id, rate.rush_cost), (self.company, 25.5))

    def test_one_rate_per_day(self):
        self._rate(date(2026, 1, 1))
        with self.assertRaisesRegex(ValidationError, "from this day already"), self.as_client():
            self._rate(date(2026, 1, 1), order_cost=5)

    def test_amounts_that_are_none(self):
        message = "from 0 to 1,000,000,000"
        for value in (-1, -0.01, 1e10):
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(ValidationError, message),
                self.as_client(),
            ):
                self._rate(date(2026, 1, 1), change_cost=value)

    def test_others_read_and_do_not_write(self):
        rate = self._rate(date(2026, 1, 1), order_cost=5)
        values = {"company_id": self.company.id, "valid_from": date(2026, 2, 1)}
        for user in (self.sales_approver, self.production_approver):
            self.assertEqual(self.rpc(user, rate, "read", ["order_cost"])[0]["order_cost"], 5)
        for user in (self.sales, self.planner, self.sales_approver, self.production_approver):
            for target, method, args in (
                (rate, "write", [{"order_cost": 0}]),
                (rate, "unlink", []),
                (rate.browse(), "create", [values]),
            ):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(AccessError),
                ):
                    self.rpc(user, target, method, *args)
