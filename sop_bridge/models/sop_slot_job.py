import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

BATCH = 200
ATTEMPTS = 5


class SopSlotJob(models.AbstractModel):
    """Part of sop.slot: the scheduled job that tells, opens and writes down, batch by batch."""

    _name = "sop.slot.job"
    _description = "Scheduled Job of Slots"

    @api.model
    def _cron_release(self):
        """Tell owners what opens soon, open what is due, and write down what is over.

        Before, slots that have lost their place in the calendar get it again.
        """
        self._in_steps(self._due_to_block, lambda slots, now: slots._sync_leave())
        self._in_steps(self._due_to_tell, lambda slots, now: slots._tell_owners(now))
        self._in_steps(self._due_to_open, lambda slots, now: slots._open_due(now))
        self._in_steps(self._due_to_close, lambda slots, now: slots._write_facts(now))

    @api.model
    def _in_steps(self, due, work):
        """Work off what is due, a batch and a commit at a time.

        Rows that another server works on are left to it. What changed meanwhile is looked at anew.
        What fails is logged and left to the next run.

        :param due: function of the moment that returns a Domain
        :param work: function of a batch and the moment; what it did is due no more
        """
        slots = self.sudo().with_context(tracking_disable=True, active_test=False)
        failures, failed = 0, []
        while failures < ATTEMPTS:
            now = self.env["sop.promise"]._get_now()
            try:
                found = slots.search(
                    due(now) & Domain("id", "not in", failed), limit=BATCH, order="id"
                )
                batch = found.try_lock_for_update(allow_referencing=True)
                if not batch:
                    return
                failed += batch._work_off(work, now).ids
                if not self.env["ir.cron"]._commit_progress(len(batch)):
                    return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all()
                failures += 1
        _logger.info("Slots are opened later: others are working on them.")

    def _work_off(self, work, now):
        """Do some work on a batch; where that fails, slot by slot. Returns those that failed."""
        try:
            with self.env.cr.savepoint():
                work(self, now)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            # whatever is wrong with one slot, the others are to open in time
            if len(self) > 1:
                return self.browse().union(*(slot._work_off(work, now) for slot in self))
            _logger.exception("Slot %s is left as it is: the job failed on it.", self.id)
            return self
        return self.browse()

    @api.model
    def _due_to_block(self, now):
        """Slots that keep time, and that Odoo's planner does not see."""
        live = Domain([("active", "=", True), ("date_stop", ">", now)])
        return live & Domain([("opening", "!=", "all"), ("leave_id", "=", False)])

    @api.model
    def _due_to_open(self, now):
        live = Domain([("active", "=", True), ("date_stop", ">", now)])
        everyone = Domain([("opening", "!=", "all"), ("all_at", "<=", now)])
        following = Domain(
            [("opening", "=", "owner"), ("opened_next_on", "=", False), ("next_at", "<=", now)]
        )
        return live & (everyone | following)

    def _open_due(self, now):
        """Open these slots as far as their fence says."""
        everyone = self.filtered(lambda slot: slot.all_at and slot.all_at <= now)
        everyone._open_all(now)
        (self - everyone)._open_next(now)

    @api.model
    def _due_to_close(self, now):
        return Domain([("date_stop", "<=", now), ("fact_ids", "=", False)])

    def _write_facts(self, now):
        self.env["sop.slot.fact"]._record(self)
