"""The button "Score now" in a browser: progress, result, and a scoring that stops."""

from unittest.mock import patch

from odoo.tests import tagged

from .common import ScreenCase
from .test_score_run import RunCase


@tagged("post_install", "-at_install")
class TestScoreTour(RunCase, ScreenCase):
    """The job goes on when the tour says so; the page has to notice by itself."""

    def _tour(self, name, *stages):
        """Walk a tour in which each start of the job does the next of the stages."""
        todo = iter(stages)

        def action_start(run):
            run._check_may_start()
            next(todo)(run.sudo())
            return True

        url = f"/odoo/sop.scorecard/{self.card.id}"
        with patch.object(type(self.runs), "action_start", action_start):
            self.start_tour(url, name, login=self.sales_approver.login)
        self.assertFalse(list(todo), "every stage was seen")

    def _wait(self, run):
        run._update({"state": "waiting", "message": False})

    def _fail(self, run):
        run._update({"state": "failed", "message": "growth of customer 12 is nan"})

    def _compute(self, run):
        run._compute_all()

    def _apply_one(self, run):
        run._apply_next(limit=1)

    def _apply_rest(self, run):
        while run.state == "applying":
            run._apply_next()

    def test_progress_and_result(self):
        self._buy(8)
        self._buy(2, self.small)
        for customer in (self.customer, self.small):
            self._earn(customer, self.standard)
        self._tour(
            "sop_bridge_score_now", self._wait, self._compute, self._apply_one, self._apply_rest
        )
        self.assertEqual(self._score().run_id.state, "done")
        self.assertEqual(self.customer.sop_tier_id, self.silver)

    def test_a_scoring_that_stops_says_why(self):
        self._buy(8)
        self._tour("sop_bridge_score_now_fails", self._wait, self._fail, self._wait)
