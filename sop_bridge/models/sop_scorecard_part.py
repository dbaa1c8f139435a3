from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models

from . import guard

# Scorecards whose lines are being replaced: half-way through, two borders may cross.
_EDITING = ContextVar("sop_scorecards_being_edited", default=frozenset())


@contextmanager
def editing(scorecard_ids):
    """Put off the check of these scorecards until all of their lines are written."""
    token = _EDITING.set(_EDITING.get() | frozenset(scorecard_ids))
    try:
        yield
    finally:
        _EDITING.reset(token)


class SopScorecardPart(models.AbstractModel):
    """A line of a scorecard: changed only while the scorecard is a draft, and checked as a whole.

    What both departments approved stays as it was, whoever writes and by whatever way. The company
    is that of the scorecard: a part of another one would count, and be hidden from who approves.
    """

    _name = "sop.scorecard.part"
    _inherit = ["sop.numbers"]
    _description = "Part of a Scorecard"

    def _scorecards(self):
        """The scorecards that these lines belong to."""
        return self.scorecard_id

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: if the scorecard is not a draft"""
        guard.refuse_create(self, vals_list, ["company_id"])
        kept = guard.without_defaults(self, ["company_id"])
        parts = super(SopScorecardPart, kept).create(vals_list)
        parts._scorecards()._check_draft()
        parts._check_scorecards()
        return parts

    def write(self, vals):
        """:raise UserError: if the scorecard is not a draft"""
        guard.refuse_write(self, vals, ["company_id"])
        self._scorecards()._check_draft()
        res = super().write(vals)
        self._scorecards()._check_draft()
        self._check_scorecards()
        return res

    def unlink(self):
        """:raise UserError: if the scorecard is not a draft"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._scorecards()._check_draft()
        return super().unlink()

    def _check_scorecards(self):
        busy = _EDITING.get()
        self._scorecards().filtered(lambda card: card.id not in busy)._check_content()
