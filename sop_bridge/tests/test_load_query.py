import random
from datetime import datetime, timedelta
from itertools import pairwise

from odoo.tests import tagged

from ..core.board import Board
from ..core.shares import SharedBoard
from .common import BuilderCase

# Clocks change on 8 March in St. John's, 29 March in Paris, 5 April (by half an hour) on Lord Howe.
NOW = datetime(2026, 3, 5, 9, 20)
ZONES = ("Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Kiritimati")
DAYS = 70


@tagged("post_install", "-at_install")
class TestLoadQuery(BuilderCase):
    """What PostgreSQL sums by day and slot is what its work orders give one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draw = random.Random(20260305)
        cls.workcenters = cls.env["mrp.workcenter"]
        for zone in ZONES:
            workcenter = cls.make_workcenter(zone)
            workcenter.resource_calendar_id = cls.make_calendar(zone)
            cls.workcenters |= workcenter
            cls._make_slots(workcenter)
        cls._make_workorders(400)

    @classmethod
    def _moment(cls, least, most):
        """Moment so many hours after NOW."""
        return NOW + timedelta(minutes=5 * cls.draw.randint(12 * least, 12 * most))

    @classmethod
    def _make_slots(cls, workcenter):
        moments = sorted({cls._moment(-48, 24 * DAYS) for _number in range(80)})
        spans = [span for span in pairwise(moments) if cls.draw.random() < 0.6]
        cls.env.cr.execute_values(
            "INSERT INTO sop_slot (workcenter_id, tier_id, date_start, date_stop,"
            " active, scope, fence, opening) VALUES %s",
            [
                (workcenter.id, cls.gold.id, *span, True, "better", "never", "owner")
                for span in spans
            ],
        )

    @classmethod
    def _make_workorders(cls, count):
        """Copies of one work order with random days, which no planner would give them."""
        filler = cls.make_product_with_bom("Filler", [(cls.workcenters[0], 10)])
        workorder = cls.make_production(filler, 1, NOW + timedelta(days=2)).workorder_ids
        cls.env.flush_all()
        rows = []
        for workcenter in cls.workcenters:
            for _number in range(count // len(cls.workcenters)):
                start = cls._moment(-30, 24 * DAYS) if cls.draw.random() < 0.95 else None
                hours = cls.draw.choice((1, 3, 8, 20, 70))
                stop = start and start + timedelta(minutes=5 * cls.draw.randint(1, 12 * hours))
                if cls.draw.random() < 0.03:
                    stop = None
                rows.append((workcenter.id, start, stop, cls.draw.randint(1, 600)))
        cls.env.cr.execute_values(
            f"""INSERT INTO mrp_workorder (name, production_id, state, workcenter_id,
                       date_start, date_finished, duration_expected, production_date)
                SELECT wo.name, production_id, 'ready', data.workcenter::int,
                       data.start::timestamp, data.stop::timestamp, data.minutes::float,
                       COALESCE(data.start::timestamp, mo.date_start)
                  FROM (VALUES %s) data (workcenter, start, stop, minutes), mrp_workorder wo
                  JOIN mrp_production mo ON mo.id = wo.production_id
                 WHERE wo.id = {workorder.id}""",
            rows,
        )
        cls.env.cr.execute("DELETE FROM mrp_workorder WHERE id = %s", [workorder.id])
        cls.env.invalidate_all()

    def _read(self, who):
        return self.env["sop.load"]._get_boards(self.workcenters, NOW, DAYS, who=who)[0]

    def _add_one_by_one(self, like):
        """Board with the same slots, on which each work order was put by itself."""
        board = type(like)(like.calendars, like.today, like.slots)
        workorders = self.env["mrp.workorder"].search(
            [("workcenter_id", "in", self.workcenters.ids)]
        )
        for workorder in workorders:
            workcenter, begin = workorder.workcenter_id.id, workorder.production_id.date_start
            start, stop, minutes = (
                workorder.date_start,
                workorder.date_finished,
                workorder.duration_expected,
            )
            who = (workorder.sop_tier_id.id or None, False)
            if start and stop and stop > NOW:
                board.add_interval(workcenter, max(start, NOW), stop, minutes, who)
            else:
                start = start or begin
                day = next(like.calendars[workcenter].days(max(start, NOW), NOW))
                board.add(workcenter, day, minutes, floating=True, who=who)
        return board

    def _check(self, who, kind):
        found = self._read(who)
        self.assertIsInstance(found, kind)
        expected = self._add_one_by_one(found)
        # what begins later is only read once it is asked for
        for workcenter in self.workcenters.ids:
            found(workcenter, NOW.date() + timedelta(days=DAYS))
        self.assertTrue(any(slot for parts in expected.fixed.values() for slot in parts))
        self.assertEqual(found.fixed.keys(), expected.fixed.keys())
        for key, parts in expected.fixed.items():
            for slot in {*parts, *found.fixed[key]}:
                sums = (side.get(slot, 0.0) for side in (found.fixed[key], parts))
                self.assertAlmostEqual(*sums, 6, (key, slot))
        self.assertEqual(found.floating, expected.floating)

    def test_sums_for_a_promise(self):
        self._check(False, Board)

    def test_sums_by_tier(self):
        self._check("tier", SharedBoard)
