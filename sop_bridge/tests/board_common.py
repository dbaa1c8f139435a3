"""Builders for tests of the capacity board."""

from odoo import fields

from .common import BuilderCase


def open_fence(company):
    """Let slots be placed at short notice, where a release fence would ask both departments."""
    company.write({"sop_fence_next_days": 0, "sop_fence_all_days": 0})


class BoardCase(BuilderCase):
    """One coating line, whose work orders are written as they might be read from the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        open_fence(cls.company)
        cls.env["mrp.workcenter"].search([]).active = False
        cls.coat = cls.make_workcenter("Coat")
        cls.box = cls.make_product_with_bom("Box", [(cls.coat, 10)])
        cls.filler = cls.make_product_with_bom("Filler", [(cls.coat, 10)])
        cls.board = cls.env["sop.board"]

    def plan(self, minutes, start, stop, workcenter=None, tier=None, date_start=None):
        """Work order with these minutes and dates, past Odoo's own planning."""
        work = self.make_production(self.filler, 1, date_start).workorder_ids
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE mrp_workorder SET duration_expected = %s, date_start = %s,
                      date_finished = %s, state = 'ready', workcenter_id = %s, sop_tier_id = %s
                WHERE id = %s""",
            [minutes, start, stop, (workcenter or self.coat).id, tier and tier.id, work.id],
        )
        self.env.invalidate_all()
        return work

    def book(self, order, state="booked"):
        found = self.promise._promise_lines(order.order_line)
        return self.env["sop.booking"]._book(found, state)

    def row(self, workcenter=None, scale="day", **options):
        """Row of a work centre."""
        content = self.board.get_content(scale, **options)
        found = {row["id"]: row for row in content["rows"]}
        return found[(workcenter or self.coat).id]

    def cell(self, number=0, **options):
        """Cell of the n-th column of the coating line."""
        return self.row(**options)["cells"][number]

    def detail(self, day, last=None, user=None):
        board = self.board.with_user(user) if user else self.board
        first, stop = fields.Date.to_string(day), fields.Date.to_string(last or day)
        return board.get_cell(self.coat.id, first, stop)
