"""Two scorings of two customers, and how the screens about segments are read."""

import io
from datetime import date

import openpyxl

from .test_score_run import RunCase

EARLIER = date(2026, 5, 31)


class SegmentCase(RunCase):
    def _see(self, customer=None, user=None):
        customer = customer or self.customer
        return self.env["sop.segment"].with_user(user or self.sales).get_customer(customer.id)

    def _page(self, *args, user=None):
        return self.env["sop.segment.analysis"].with_user(user or self.sales).get_content(*args)

    def _two_runs(self):
        """Azur Marine: Silver, then Gold; Petit Atelier stays Standard."""
        self._buy(8)
        self._buy(2, self.small)
        before = self.runs._run(self.card, EARLIER)
        self._buy(4, day=date(2026, 6, 15))
        return before, self.runs._run(self.card)

    def _workbook(self, *args, user=None):
        book = self.env["sop.segment.workbook"].with_user(user or self.sales)
        _name, content = book._write_workbook(*args)
        return [
            openpyxl.load_workbook(io.BytesIO(content), data_only=only) for only in (False, True)
        ]
