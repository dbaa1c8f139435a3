import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .wording import say_day

_logger = logging.getLogger(__name__)

# First key of the advisory locks of this model; the second one is the company.
LOCK = 0x50C0
ATTEMPTS = 5
MAY_START = (
    "sop_bridge.group_sop_coordinator",
    "sop_bridge.group_sop_sales_approver",
)


class SopScoreRun(models.Model):
    """One scoring of all customers of a company by a scorecard, on a day.

    First the scores of all customers are computed and stored in one transaction; then their tiers
    are applied in small steps. The same scorecard and day is the same run: asking for it again
    continues it, and changes nothing once it is done. Two at a time do not get in each other's way,
    because a company's scores are worked on by whoever holds its lock; the other one steps aside.
    """

    _name = "sop.score.run"
    _description = "Scoring Run"
    _inherit = ["sop.kept", "sop.score.compute", "sop.score.apply"]
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    scorecard_id = fields.Many2one(
        "sop.scorecard", required=True, readonly=True, index=True, ondelete="restrict"
    )
    date = fields.Date("Day", required=True, readonly=True, help="Last day of the window.")
    date_from = fields.Date("Window from", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waits"),
            ("applying", "Applying"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    total = fields.Integer("Customers", readonly=True)
    applied = fields.Integer(
        readonly=True, help="Customers whose tier is that of their score by now."
    )
    applied_score = fields.Integer(readonly=True, help="Id of the last score that was applied.")
    last_score = fields.Integer(readonly=True, help="Id of the last score of the run.")
    is_last = fields.Boolean("Latest", readonly=True)
    quantiles = fields.Json(readonly=True, help="{measure: figures that stand for all customers}")
    message = fields.Text("What went wrong", readonly=True)
    moved_count = fields.Integer("Changed tier", compute="_compute_moved_count")
    score_ids = fields.One2many("sop.score", "run_id", "Scores", readonly=True)

    _once = models.Constraint(
        "UNIQUE (company_id, scorecard_id, date)",
        "The customers were scored by this scorecard on this day already. Open that run instead.",
    )
    _one_last = models.UniqueIndex(
        "(company_id) WHERE is_last",
        "Another scoring of this company ended at the same moment. Try again.",
    )

    @api.depends("date", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(company)s, %(day)s",
                company=run.company_id.name,
                day=say_day(self.env, run.date) if run.date else "",
            )

    def _compute_moved_count(self):
        groups = self.env["sop.score"]._read_group(
            [("run_id", "in", self.ids), ("moved", "=", True)], ["run_id"], ["__count"]
        )
        counts = {run.id: count for run, count in groups}
        for run in self:
            run.moved_count = counts.get(run.id, 0)

    # ------------------------------------------------------------------ guarding
    def _get_refusal(self, mode):
        return {
            "create": self.env._("A scoring is started from its scorecard."),
            "write": self.env._("A scoring run is history; nobody changes it."),
            "unlink": self.env._("A scoring run is history; it stays."),
        }[mode]

    # ------------------------------------------------------------------ beginning
    @api.model
    def _run(self, scorecard, date=None):
        """Score all customers of a company now, in the current transaction.

        :param scorecard: sop.scorecard record
        :param date: last day of the window; today in the company's time zone by default
        :return: the run, done
        :raise UserError: if another transaction is working on the company's scores, or the day
            lies in the future or before that of the latest run
        """
        run = self._open(scorecard, date)
        if not run._take_turn():
            run._refuse_turn()
        if run.state in ("waiting", "failed"):
            run._compute_all()
        while run.state == "applying":
            run._apply_next()
        return run

    @api.model
    def _open(self, scorecard, date=None):
        """The run of a scorecard on a day, made now if there is none. Returns it with sudo."""
        runs, card = self.sudo(), scorecard.sudo()
        start, day = card._get_window(date)
        run = runs.search(
            [
                ("company_id", "=", card.company_id.id),
                ("scorecard_id", "=", card.id),
                ("date", "=", day),
            ]
        )
        if run:
            return run
        self._check_day(card.company_id, day)
        return runs._store(
            [
                {
                    "company_id": card.company_id.id,
                    "scorecard_id": card.id,
                    "date": day,
                    "date_from": start,
                }
            ]
        )

    @api.model
    def _check_day(self, company, day):
        """Scorings follow each other: the streaks of hysteresis depend on those before."""
        latest = self.sudo().search(
            [("company_id", "=", company.id), ("state", "!=", "failed")], limit=1
        )
        if day > company._sop_local_date(fields.Datetime.now()):
            raise UserError(self.env._("The window of a scoring cannot end in the future."))
        if latest.date and day < latest.date:
            raise UserError(
                self.env._(
                    "%(company)s was scored on %(latest)s already; a scoring of %(day)s would "
                    "change what followed from it. Choose that day or a later one.",
                    company=company.name,
                    latest=latest.date,
                    day=day,
                )
            )

    def _take_turn(self):
        """Whether this transaction may work on the company's scores; released when it ends."""
        self.ensure_one()
        self.env.cr.execute(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK, self.company_id.id)
        )
        (mine,) = self.env.cr.fetchone()
        return mine

    def _refuse_turn(self):
        raise UserError(
            self.env._(
                "The customers of %s are being scored at this moment. Wait until that is done.",
                self.company_id.name,
            )
        )

    def action_start(self):
        """Let the scheduled job compute, continue or repeat these runs. Returns True.

        :raise AccessError: for anyone but coordinators, administrators and sales approvers
        """
        self.check_access("read")
        self._check_may_start()
        runs = self.sudo()
        runs.filtered(lambda run: run.state == "failed")._update(
            {"state": "waiting", "message": False}
        )
        self.env.ref("sop_bridge.cron_score_continue").sudo()._trigger()
        return True

    @api.model
    def _check_may_start(self):
        if not any(self.env.user.has_group(group) for group in MAY_START):
            raise AccessError(
                self.env._(
                    "Customers are scored by a coordinator of S&OP Bridge or a sales approver."
                )
            )

    def action_scores(self):
        """Open the scores of the run. Returns an action."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_score")
        return dict(action, domain=[("run_id", "=", self.id)], context={})

    def action_moved(self):
        """Open the customers whose tier the run changed. Returns an action."""
        action = self.action_scores()
        return dict(action, domain=[("run_id", "=", self.id), ("moved", "=", True)])

    # ------------------------------------------------------------------ scheduled jobs
    @api.model
    def _cron_score(self):
        """Monthly: score the customers of every company that has a scorecard in force."""
        cards = self.env["sop.scorecard"].sudo().search([("state", "=", "active")])
        for card in cards:
            self._open(card)
        self._cron_continue()

    @api.model
    def _cron_continue(self):
        """Compute what waits and continue what was interrupted, company by company."""
        runs = self.sudo().search([("state", "in", ("waiting", "applying"))], order="date, id")
        self.env["ir.cron"]._commit_progress(remaining=len(runs))
        for run in runs:
            if not run._process():
                break

    def _process(self):
        """Work on one run, commit by commit; what fails is written on it.

        :return: whether there is time left for another one
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._work()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # somebody changed the same customers: look at them anew and go on
                self.env.cr.rollback()
                if attempt == ATTEMPTS - 1:
                    _logger.info("Scoring run %s is continued later: customers are busy.", self.id)
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Scoring run %s failed.", self.id)
                self._update({"state": "failed", "message": str(error)})
                return bool(self.env["ir.cron"]._commit_progress(1))
        return True

    def _work(self):
        commit = self.env["ir.cron"]._commit_progress
        if not self._take_turn():
            return True
        if self.state == "waiting":
            self._compute_all()
            if not commit():
                return False
        while self.state == "applying" and self._take_turn():
            self._apply_next()
            if not commit(int(self.state == "done")):
                return False
        return True
