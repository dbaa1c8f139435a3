from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL

# customers per commit, and customers named in a message
BATCH = 2000
NAMED = 50


class SopScoreApply(models.AbstractModel):
    """From the stored scores of a run to the tiers of the customers, in small steps.

    The run notes how far it is in the same transaction that gives the customers their tiers. So a
    run that was interrupted anywhere continues where it stopped, and nothing happens twice.
    """

    _name = "sop.score.apply"
    _description = "Applying a Scoring Run"

    def _apply_next(self, limit=BATCH):
        """Apply the next scores of a run, and end the run with the last of them.

        :return: number of customers who are done with it
        """
        self.ensure_one()
        batch = self._next_batch(limit)
        self._apply_tiers(batch)
        mark = batch[-1:].id or self.last_score
        self._update({"applied": self.applied + len(batch), "applied_score": mark})
        if len(batch) < limit:
            self._finish()
        return len(batch)

    def _next_batch(self, limit):
        """The next scores that give their customers another tier, as records."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM sop_score WHERE run_id = %s AND id > %s AND id <= %s"
                " AND tier_after_id IS DISTINCT FROM tier_before_id ORDER BY id LIMIT %s",
                self.id,
                self.applied_score,
                self.last_score,
                limit,
            )
        )
        return self.env["sop.score"].sudo().browse(row[0] for row in self.env.cr.fetchall())

    def _apply_tiers(self, batch):
        """Give customers the tiers of their scores, with a note where a tier changed.

        Customers who were archived since the scores were computed keep what they have; where an
        override or a floor began or ended since, it counts as it is now.
        """
        # only what is needed: a partner has a hundred fields
        batch.fetch(["partner_id", "tier_earned_id", "tier_after_id", "moved"])
        today = self.company_id._sop_local_date(fields.Datetime.now())
        forced = self.env["sop.tier.override"]._get_in_force(self.company_id, today)
        customers = [("id", "in", batch.partner_id.ids), ("active", "=", True)]
        active = set(self.env["res.partner"].sudo().search(customers)._ids)
        due = batch.filtered(lambda score: score.partner_id.id in active)
        tiers = {s.partner_id.id: self._tier_now(s, *forced.get(s.partner_id.id, ())) for s in due}
        changed = self.env["res.partner"]._sop_set_tiers(self.company_id, tiers)
        moved = due.filtered(
            lambda s: (
                s.moved
                and s.partner_id.id in changed
                and tiers[s.partner_id.id] == s.tier_after_id.id
            )
        )
        self._note_moves(moved.with_prefetch())

    def _tier_now(self, score, kind=None, tier_id=None):
        """Id of the tier that a score gives, with the override or floor that is in force now."""
        earned = score.tier_earned_id
        forced = earned.browse(tier_id or ())
        if kind == "override" or (kind == "floor" and forced.rank < earned.rank):
            return forced.id
        return earned.id

    def _note_moves(self, scores):
        """Say in the chatter of each customer which tier it had, which it has, and why."""
        lang = self.company_id.partner_id.lang or self.env.lang
        scores = scores.with_context(lang=lang)
        bodies = {score.partner_id.id: self._say_move(score) for score in scores}
        scores.partner_id._message_log_batch(bodies)

    def _say_move(self, score):
        return score.env._(
            "Tier: %(before)s → %(after)s. %(reason)s",
            before=score.tier_before_id.name,
            after=score.tier_after_id.name,
            reason=score.reason,
        )

    # ------------------------------------------------------------------ ending
    def _finish(self):
        """End the run, and tell each salesperson once which of their customers moved, and why."""
        self._update({"state": "done", "applied": self.total})
        moved = (
            self.env["sop.score"]
            .sudo()
            .search(
                [
                    ("run_id", "=", self.id),
                    ("moved", "=", True),
                    ("user_id.active", "=", True),
                    ("partner_id.active", "=", True),
                ]
            )
        )
        for user, scores in moved.grouped("user_id").items():
            self._tell(user, scores)

    def _tell(self, user, scores):
        """One message to a salesperson about the customers who moved."""
        scores = scores.with_context(lang=user.lang or self.env.lang)
        env = scores.env
        lines = [
            Markup("<li>%s: %s</li>") % (score.partner_id._get_html_link(), self._say_move(score))
            for score in scores[:NAMED]
        ]
        if len(scores) > NAMED:
            lines.append(Markup("<li>%s</li>") % env._("and %s more.", len(scores) - NAMED))
        env["mail.thread"].message_notify(
            model=self._name,
            res_id=self.id,
            partner_ids=user.partner_id.ids,
            subject=env._("%s of your customers changed tier", len(scores)),
            body=Markup("<ul>%s</ul>") % Markup().join(lines),
        )
