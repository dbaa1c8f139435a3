import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .wording import say_day

_logger = logging.getLogger(__name__)

BATCH = 50


class SopHoldJob(models.AbstractModel):
    """Part of sop.hold: the job that collects what has expired and tells what is about to."""

    _name = "sop.hold.job"
    _description = "Collecting Expired Holds"

    _activity = "sop_bridge.mail_activity_type_hold"

    @api.model
    def _cron_expire(self):
        """Collect the holds whose time is over, and warn salespeople whose holds end soon.

        Each batch is committed. Another server that does the same at the same time takes other
        holds, because rows that somebody works on are passed over.
        """
        over = self.env._("The time was over.")
        self._work_off(self._claim_expired, lambda hold: hold._end("expired", over))
        self._work_off(self._claim_ending, lambda hold: hold._warn())

    def _work_off(self, claim, work):
        """Do some work with each hold that there is; one that fails is logged and left out.

        :param claim: function of the holds to leave out that returns a batch of others
        """
        failed = self.env["sop.hold"]
        while holds := claim(failed):
            for hold in holds:
                try:
                    with self.env.cr.savepoint():
                        work(hold)
                except Exception:
                    _logger.exception("Hold %s is left for the next run.", hold.id)
                    failed |= hold
            if not self.env["ir.cron"]._commit_progress(len(holds), remaining=0):
                break

    @api.model
    def _claim_expired(self, but):
        """Holds whose time is over, locked for this transaction."""
        return self._claim(SQL("until <= %s", self._get_now()), but)

    @api.model
    def _claim_ending(self, but):
        """Holds that end within a day and of which nobody was told."""
        now = self._get_now()
        soon = now + timedelta(days=1)
        return self._claim(
            SQL(
                "until > %s AND until <= %s AND was_told IS NOT TRUE AND kind = 'quotation'",
                now,
                soon,
            ),
            but,
        )

    @api.model
    def _claim(self, condition, but):
        self.env["sop.hold"].flush_model(["state", "until", "was_told", "kind"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM sop_hold WHERE state = 'active' AND NOT id = ANY(%s) AND %s "
                "ORDER BY until LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                but.ids,
                condition,
                BATCH,
            )
        )
        return self.env["sop.hold"].sudo().browse([row[0] for row in rows])

    def _warn(self):
        """Leave an activity with the salesperson: what is held ends, and what one can do."""
        for hold in self:
            day = say_day(self.env, hold.until_day)
            hold.order_id._sop_activity(
                self.env._("Held until %s", day),
                self.env._(
                    "What %(order)s holds is free for others after %(day)s. Confirm the quotation, "
                    "or extend the hold.",
                    order=hold.order_id.name,
                    day=day,
                ),
                self._activity,
                hold.until_day,
            )
        self._update({"was_told": True})
