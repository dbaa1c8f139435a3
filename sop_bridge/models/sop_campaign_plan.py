from dataclasses import dataclass, field, replace
from datetime import timedelta

from odoo import api, models

from ..core.follow import latest_end, place_behind
from ..core.jobs import Job, Line, Proposal, Stretch
from ..core.sequencing import evaluate, propose

# So often a better order is sought that breaks no promise once the operations behind follow.
TRIES = 6
# Orders to try per search times jobs: what an answer within a few seconds leaves room for.
EFFORT = 480_000
FEWEST, MOST_ROUNDS = 300, 20_000
# Databases keep seconds.
SECOND = timedelta(seconds=1)


@dataclass
class Plan:
    """An order of the jobs, and what it means for the manufacturing orders.

    Manufacturing orders are named by the id of their job.

    :param jobs: {job id: core Step}
    :param moved: {job id: {id: Step} of the operations behind it that move}
    :param late: ids of jobs whose orders end after they are due
    :param broken: ids of jobs behind which operations would not be in order any more
    :param finish: {job id: UTC moment at which its order ends}
    """

    proposal: Proposal
    jobs: dict = field(default_factory=dict)
    moved: dict = field(default_factory=dict)
    late: set = field(default_factory=set)
    broken: set = field(default_factory=set)
    finish: dict = field(default_factory=dict)


@dataclass
class Outcome:
    """What was found: the order now, the best one, and which orders are late now.

    :param after: Plan, or None where each better order would make another order late
    :param late: ids of jobs whose orders are late as they are planned now
    :param tight: ids of those among them that are late only with the changeovers they need
    :param culprits: ids of jobs whose orders would be late in a better order
    """

    facts: object
    before: Plan
    late: set
    after: Plan | None = None
    tight: set = field(default_factory=set)
    culprits: set = field(default_factory=set)


class SopCampaignPlan(models.AbstractModel):
    """Finds the order of a campaign, and lets the operations of other work centres follow it."""

    _name = "sop.campaign.plan"
    _description = "Planning of Campaigns"

    @api.model
    def _plan(self, facts):
        """Outcome of the search: an order in which no promise breaks that is kept now.

        First, all that is in time as it is planned has to stay so. Odoo's plan leaves no time for
        changeovers, though; where nothing better is found, what would be late in the present order
        once they are worked in counts as late now, and only the others have to stay in time.
        """
        line = self._get_line(facts)
        before = self._settle(facts, evaluate(self._get_jobs(facts, set(), {}), line))
        end = facts.axis.minute(facts.stop)
        facts.inside = {turn.job.key: turn.stop <= end for turn in before.proposal.turns}
        planned = self._get_late_now(facts, before)
        outcome = self._seek(facts, line, before, planned)
        tight = before.late - planned
        if tight and not (outcome.after and self._is_better(line, outcome)):
            outcome = self._seek(facts, line, before, planned | tight)
            outcome.tight = tight
        return outcome

    @api.model
    def _seek(self, facts, line, before, late):
        """Outcome of the search, given which orders are late now."""
        outcome, latest, urgent = Outcome(facts, before, late), {}, set()
        for _attempt in range(TRIES):
            jobs = self._get_jobs(facts, late, latest)
            found = propose(jobs, line, rounds=self._get_rounds(len(jobs)))
            after, worse = self._settle_first(facts, found, late, urgent)
            if not worse:
                outcome.after = after
                return outcome
            outcome.culprits |= worse
            known = dict(latest)
            self._tighten(facts, before, after, worse, latest)
            if latest == known:
                break  # nothing more can be asked for, and the search would find the same
        return outcome

    @api.model
    def _is_better(self, line, outcome):
        """Whether fewer orders are late, or as many for less changeover."""
        figures = [
            (len(late), round(plan.cost + plan.minutes * line.minute_cost, 6), plan.minutes)
            for late, plan in (
                (outcome.late, outcome.before.proposal),
                (outcome.after.late, outcome.after.proposal),
            )
        ]
        return figures[1] < figures[0]

    @api.model
    def _get_rounds(self, count):
        return max(FEWEST, min(MOST_ROUNDS, EFFORT // max(1, count)))

    # ------------------------------------------------------------------ core values
    @api.model
    def _get_jobs(self, facts, late, latest):
        """Core Jobs in their present order.

        :param late: ids of those whose order is late now; of all others, what is due must be kept
        :param latest: {job id: minute} that turned out to be needed
        """
        jobs = []
        end = facts.axis.minute(facts.stop)
        for key, made in facts.made.items():
            due = self._get_job_due(facts, made)
            # what is planned inside the period stays inside it
            inside = end if facts.inside.get(key) else None
            bounds = [minute for minute in (latest.get(key), due, inside) if minute is not None]
            jobs.append(
                Job(
                    key,
                    made.job.product_id.sop_family_id.id or None,
                    made.step.minutes,
                    due,
                    facts.axis.minute(made.ready) if made.ready else 0.0,
                    latest=None if key in late else min(bounds, default=None),
                )
            )
        return jobs

    @api.model
    def _get_job_due(self, facts, made):
        """Minute by which a job has to end so that its order is in time, or None."""
        if not made.due:
            return None
        return facts.axis.minute(latest_end(made.steps, facts.axes, made.job.id, made.due))

    @api.model
    def _get_line(self, facts):
        """Core Line of the work centre; a minute of it costs what its hours cost."""
        workcenter = facts.campaign.workcenter_id
        job_of = {made.job.production_id.id: key for key, made in facts.made.items()}
        closed = tuple(
            Stretch(
                row.start,
                row.stop,
                frozenset(job_of[order] for order in row.open_to if order in job_of),
            )
            for row in facts.taken[workcenter.id]
        )
        matrix = self.env["sop.changeover"]._get_matrix(workcenter)[workcenter.id]
        price = workcenter.costs_hour / 60.0 if workcenter.costs_hour > 0 else 1.0
        return Line(matrix, facts.family, closed, price, wait_cost=price)

    # ------------------------------------------------------------------ what an order means
    @api.model
    def _settle_first(self, facts, proposal, late, urgent):
        """(Plan, ids of jobs that it breaks); what would be late goes first behind the line.

        :param urgent: ids of jobs of which that is known; what is found is added
        """
        while True:
            plan = self._settle(facts, proposal, late, urgent)
            worse = (plan.late - late) | plan.broken
            if worse <= urgent:
                return plan, worse
            urgent |= worse

    @api.model
    def _settle(self, facts, proposal, late=frozenset(), urgent=frozenset()):
        """Plan of an order of jobs: what is behind them follows, in the order in which they end.

        :param late: ids of jobs whose orders are late now, and are hurried
        :param urgent: ids of jobs whose next operations choose their time before all others
        """
        plan, places = Plan(proposal), facts.places.fork()
        for turn in sorted(proposal.turns, key=lambda turn: turn.job.key not in urgent):
            key, made = turn.job.key, facts.made[turn.job.key]
            job = _to_second(
                made.step.at(facts.axis.begin_at(turn.start), facts.axis.end_at(turn.stop))
            )
            order = made.job.production_id.id
            moved, kept = place_behind(made.steps, places, order, job, key in late)
            plan.jobs[key] = job
            plan.moved[key] = {step: _to_second(one) for step, one in moved.items()}
            steps = [plan.moved[key].get(one.id, one) for one in made.steps if one.id != key]
            plan.finish[key] = max(one.stop for one in [job, *steps] if one.stop)
            if not kept:
                plan.broken.add(key)
            if made.due and plan.finish[key] > made.due + SECOND:
                plan.late.add(key)
        return plan

    @api.model
    def _get_late_now(self, facts, before):
        """Ids of jobs whose orders end too late as they are planned now.

        Of those that nobody planned, as they would end behind everything that is planned.
        """
        late = set()
        for key, made in facts.made.items():
            if not made.job.date_start:
                late |= before.late & {key}
            elif (
                made.due and max(step.stop for step in made.steps if step.stop) > made.due + SECOND
            ):
                late.add(key)
        return late

    @api.model
    def _tighten(self, facts, before, plan, worse, latest):
        """Next time, what would be late has to end earlier by as much as it is late.

        Not earlier than in the present order, where it is in time: what is asked for can be done.
        """
        axis = facts.axis
        now = {turn.job.key: turn.stop for turn in before.proposal.turns}
        for key in worse:
            job, made = plan.jobs[key], facts.made[key]
            stop, over = axis.minute(job.stop), 1.0
            if made.due:
                over = max(over, axis.minute(plan.finish[key]) - axis.minute(made.due))
            if key in plan.broken:
                starts = [step.start for step in made.steps if key in step.blocked_by]
                over = max(over, stop - axis.minute(min(filter(None, starts), default=job.stop)))
            latest[key] = max(now[key], min(latest.get(key, stop), stop) - over)


def _to_second(step):
    return replace(
        step,
        start=step.start.replace(microsecond=0),
        stop=step.stop.replace(microsecond=0),
    )
