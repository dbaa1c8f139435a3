from odoo import api, models

from ..core.campaign_blocks import blocks, count_changeovers, pieces
from .sop_campaign_plan import SECOND


class SopCampaignProposal(models.AbstractModel):
    """Stores what was found for a campaign."""

    _name = "sop.campaign.proposal"
    _description = "Storing of Campaign Proposals"

    def _propose(self):
        """Compute and store the proposal.

        :raise AccessError: for anyone who may not plan work orders
        :raise UserError: if the period is over, or nothing can be planned on the work centre
        """
        self.ensure_one()
        self.check_access("write")
        self.env["mrp.workorder"].check_access("write")
        self._check_open()
        self._check_not_past()
        facts = self._collect()
        outcome = self._plan(facts)
        self.sudo()._store_outcome(facts, outcome)

    def _forget_proposal(self):
        """The proposal was for another work centre or period."""
        for campaign in self.sudo():
            (campaign.line_ids | campaign.step_ids)._drop()
            campaign._store(dict(self._get_figures(), outcome="none", state="draft"))

    # ------------------------------------------------------------------ storing
    def _store_outcome(self, facts, outcome):
        code = self._judge(facts, outcome)
        plan = outcome.after if code == "better" else outcome.before
        (self.line_ids | self.step_ids)._drop()
        self.env["sop.campaign.line"]._store(
            [*self._get_job_values(facts, outcome, plan, code == "better")]
            + ([*self._get_step_values(facts, plan)] if code == "better" else [])
        )
        self.invalidate_recordset(["line_ids", "step_ids"])
        self._store(
            {
                **self._get_figures(facts, outcome, plan, code == "better"),
                "state": "draft",
                "outcome": code,
                "proposed_on": self._get_now(),
                "seal": self._get_seal() if code == "better" else False,
            }
        )

    @api.model
    def _judge(self, facts, outcome):
        """What the search came to, as a value of ``outcome``."""
        if not facts.made:
            return "empty"
        if outcome.after and self._is_better(self._get_line(facts), outcome):
            return "better"
        return "late" if outcome.culprits else "best"

    @api.model
    def _get_figures(self, facts=None, outcome=None, plan=None, better=False):
        """Values of the campaign, emptied without facts."""
        if not facts:
            names = ("minutes", "cost", "late", "changeovers")
            empty = {f"{name}_{when}": 0 for name in names for when in ("before", "after")}
            return {**empty, "chart": False, "told": False, "seal": False, "proposed_on": False}
        before, after = outcome.before.proposal, plan.proposal
        return {
            "minutes_before": before.minutes,
            "minutes_after": after.minutes,
            "cost_before": before.cost,
            "cost_after": after.cost,
            "late_before": len(outcome.late),
            "late_after": len(plan.late) if better else len(outcome.late),
            "changeovers_before": count_changeovers(before, facts.family),
            "changeovers_after": count_changeovers(after, facts.family),
            "chart": self._get_chart(facts, before, after),
            "told": {
                "left_out": [[one.display_name, code] for one, code in facts.left_out],
                "culprits": self._get_names(facts, outcome.culprits),
                "tight": self._get_names(facts, outcome.tight),
            },
        }

    @api.model
    def _get_names(self, facts, keys):
        return sorted(facts.made[key].job.production_id.name for key in keys)

    @api.model
    def _get_chart(self, facts, before, after):
        """What the picture shows, in minutes of working time; days where they begin."""
        rows = [blocks(before), blocks(after)]
        length = max((block["to"] for row in rows for block in row), default=0.0)
        days = {}
        for day, low, _high in facts.axis.parts(0.0, length):
            days.setdefault(day.isoformat(), low)
        return {
            "length": length,
            "days": [{"day": day, "at": minute} for day, minute in days.items()],
            "family": facts.family,
            "rows": rows,
        }

    # ------------------------------------------------------------------ lines
    def _get_job_values(self, facts, outcome, plan, better):
        """Yield the values of the work orders, in the order of the proposal."""
        for number, turn in enumerate(plan.proposal.turns, 1):
            made = facts.made[turn.job.key]
            job, step = made.job, plan.jobs[turn.job.key]
            late = turn.job.key in outcome.late
            yield {
                **self._get_line_values(facts, number, made, job, step if better else None),
                "role": "job",
                "changeover_minutes": turn.change,
                "changeover_cost": turn.cost,
                "late_before": late,
                "late_after": turn.job.key in plan.late if better else late,
                "pieces": self._get_pieces(facts, made, step) if better else False,
            }

    def _get_step_values(self, facts, plan):
        """Yield the values of the operations on other work centres that are planned with them."""
        for number, turn in enumerate(plan.proposal.turns, 1):
            made = facts.made[turn.job.key]
            for role, steps in (("before", made.before), ("behind", plan.moved[turn.job.key])):
                for step in steps.values():
                    workorder = self.env["mrp.workorder"].browse(step.id)
                    yield {
                        **self._get_line_values(facts, number, made, workorder, step),
                        "role": role,
                        "pieces": self._get_pieces(facts, made, step),
                    }

    def _get_line_values(self, facts, number, made, workorder, step):
        """Values of one work order; without a step it stays where it is."""
        production = workorder.production_id
        start, stop = workorder.date_start, workorder.date_finished
        new = (step.start.replace(microsecond=0), step.stop.replace(microsecond=0)) if step else ()
        # plans may hold fractions of a second; those alone are no move
        if not new or (start and stop and _is_same(new, (start, stop))):
            new = (start, stop)
        return {
            "campaign_id": self.id,
            "sequence": number,
            "name": workorder.display_name,
            "workorder_id": workorder.id,
            "production_id": production.id,
            "workcenter_id": workorder.workcenter_id.id,
            "partner_id": production.sop_partner_id.id,
            "tier_id": production.sop_tier_id.id,
            "family_id": production.product_id.sop_family_id.id,
            "due": made.due,
            "minutes": max(0.0, workorder.duration_expected - workorder.duration),
            "now_start": start,
            "now_stop": stop,
            "new_start": new[0],
            "new_stop": new[1],
        }

    @api.model
    def _get_pieces(self, facts, made, step):
        """[[day, slot id, minutes]] of an operation where it is put, for its bookings."""
        axis = facts.axes[step.workcenter]
        order = made.job.production_id
        closed = ()
        if step.id == made.job.id:
            rows = facts.taken[step.workcenter]
            closed = [(row.start, row.stop) for row in rows if order.id not in row.open_to]
        slots = [
            (slot.id, start, stop)
            for slot, start, stop in facts.slots.get(step.workcenter, ())
            if slot in facts.usable[order]
        ]
        span = axis.minute(step.start), axis.minute(step.stop)
        found = pieces(axis, *span, closed, slots)
        return [[day.isoformat(), slot or False, minutes] for (day, slot), minutes in found.items()]


def _is_same(one, other):
    return all(abs(first - second) <= SECOND for first, second in zip(one, other, strict=True))
