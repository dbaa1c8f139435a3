"""Quotations that hold what they were promised, in a plant that is closed until a Monday."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase

from .plant import PlantCase


class HoldCase(PlantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._close_until_monday()
        cls.tuesday = cls.monday + timedelta(days=1)
        cls.today = cls.company._sop_local_date(fields.Datetime.now())
        cls.stocked = cls.env["product.product"].create(
            {"name": "Shelf", "is_storable": True, "sale_delay": 0}
        )
        location = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.env["stock.quant"]._update_available_quantity(cls.stocked, location.lot_stock_id, 10)

    def _held(self, quantity=8, tier=None, **values):
        """A quotation that holds, and its hold."""
        order = self._quotation(tier or self.standard, quantity, **values)
        order.action_sop_hold()
        return order, order.sudo().sop_hold_ids

    def _date(self, order):
        """Day that a quotation shows for its only line."""
        order.order_line.invalidate_recordset(["sop_promise_date"])
        return order.order_line.sop_promise_date

    @contextmanager
    def _later(self, days):
        """So many days later."""
        with self._at(fields.Datetime.now() + timedelta(days=days)):
            yield

    @contextmanager
    def _at(self, now):
        """At a moment in UTC."""
        promise = type(self.env["sop.promise"])
        with patch.object(promise, "_get_now", lambda records: now):
            self.env.invalidate_all()
            yield
        self.env.invalidate_all()


def pretend_commits(case: TransactionCase):
    """Let a job of a test report progress without committing; return the list of what it said."""
    told = []
    cron = type(case.env["ir.cron"])

    def commit(records, processed=0, remaining=None, deactivate=False):
        told.append(processed)
        return 60

    case.patch(cron, "_commit_progress", commit)
    return told
