from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, models
from odoo.exceptions import UserError

from ..core.follow import Places, Step, place_before
from .sop_campaign_due import RUNNING
from .sop_campaign_room import OPEN

# More work orders at once are no campaign that people could look at.
MOST = 600


@dataclass
class Made:
    """What a manufacturing order of the campaign asks for.

    :param job: its work order on the work centre of the campaign
    :param steps: core Steps of its operations, as they are planned now
    :param before: {id: Step} of operations before the job that nobody had planned
    :param ready: UTC moment before which the job cannot be worked on, None: any time
    :param due: UTC moment by which its goods have to be made, None: any time
    """

    job: object
    steps: list
    before: dict = field(default_factory=dict)
    ready: datetime | None = None
    due: datetime | None = None

    @property
    def step(self):
        """Core Step of the job."""
        return next(step for step in self.steps if step.id == self.job.id)


@dataclass
class Facts:
    """All that was read for a campaign; ``start`` and ``stop`` are UTC moments.

    :param axes: {work centre id: Axis}
    :param taken: {work centre id: [Taken]}, open to manufacturing orders by their ids
    :param slots: {work centre id: [(sop.slot, first minute, last minute)]}
    :param usable: {mrp.production: sop.slot that it may use}
    :param left_out: [(work order, code of why it stays where it is)]
    :param made: {id of a job: Made} in the present order
    :param inside: {id of a job: whether it ends within the period in the present order}
    :param family: id of the family that runs before
    """

    campaign: object
    start: datetime
    stop: datetime
    axes: dict = field(default_factory=dict)
    taken: dict = field(default_factory=dict)
    jobs: object = None
    left_out: list = field(default_factory=list)
    made: dict = field(default_factory=dict)
    usable: dict = field(default_factory=dict)
    slots: dict = field(default_factory=dict)
    inside: dict = field(default_factory=dict)
    family: int | None = None
    places: Places | None = None

    @property
    def axis(self):
        """Working time of the campaign's work centre."""
        return self.axes[self.campaign.workcenter_id.id]


class SopCampaignFacts(models.AbstractModel):
    """Collects what a campaign is planned from: a query per kind, not per work order."""

    _name = "sop.campaign.facts"
    _description = "Facts behind Campaigns"

    # ------------------------------------------------------------------ period
    def _get_span(self):
        """(first, last) UTC moment of the period; nothing before now can be worked any more."""
        self.ensure_one()
        zone = self._get_zone()
        first, last = self.date_from, self.date_to + timedelta(days=1)
        start, stop = (
            zone.localize(datetime.combine(day, time.min)).astimezone(utc).replace(tzinfo=None)
            for day in (first, last)
        )
        return max(start, self._get_now()), stop

    def _get_zone(self):
        return timezone(self.env["sop.hours"]._workcenter_timezone(self.workcenter_id))

    def _get_today(self):
        """Present day where the work centre stands."""
        return utc.localize(self._get_now()).astimezone(self._get_zone()).date()

    @api.model
    def _get_now(self):
        return self.env["sop.promise"]._get_now().replace(microsecond=0)

    # ------------------------------------------------------------------ collecting
    def _collect(self):
        """Facts of one campaign, with the rights of the system.

        :raise UserError: if the work centre has no working hours, or there is too much to plan
        """
        self.ensure_one()
        campaign = self.sudo()
        facts = Facts(campaign, *campaign._get_span())
        campaign._collect_jobs(facts)
        campaign._collect_room(facts)
        facts.places = Places(facts.axes, facts.taken)
        facts.family = campaign._get_family_before(facts)
        campaign._collect_made(facts)
        return facts

    def _collect_jobs(self, facts):
        """Open work orders of the period; those that cannot be put in order are left out."""
        found = self.env["mrp.workorder"].search(self._get_job_domain(facts), limit=MOST + 1)
        if len(found) > MOST:
            raise UserError(
                self.env._(
                    "More than %(most)s work orders are open on %(workcenter)s in this period. "
                    "Choose a shorter one.",
                    most=MOST,
                    workcenter=self.workcenter_id.name,
                )
            )
        twice = found.filtered(lambda wo: len(wo.production_id.workorder_ids & found) > 1)
        facts.left_out += [(workorder, "twice") for workorder in twice]
        # what nobody planned yet flows behind everything that is planned, as the promise counts it
        facts.jobs = (found - twice).sorted(
            lambda wo: (not wo.date_start, wo.date_start or wo.production_id.date_start, wo.id)
        )

    def _get_job_domain(self, facts):
        """Planned in the period, or dated in it; what is overdue belongs to today."""
        overdue = self.date_from <= self._get_today()
        since = [] if overdue else [("production_date", ">=", facts.start)]
        return [
            ("workcenter_id", "=", self.workcenter_id.id),
            ("state", "in", OPEN),
            ("production_id.state", "in", RUNNING),
            ("production_id.company_id", "=", self.company_id.id),
            ("production_date", "<", facts.stop),
            *since,
        ]

    # ------------------------------------------------------------------ orders
    def _get_family_before(self, facts):
        """Id of the family that the work centre is set up for when the campaign begins, or None."""
        jobs = facts.jobs.ids or [0]
        last = self.env["mrp.workorder"].search(
            [
                ("workcenter_id", "=", self.workcenter_id.id),
                ("state", "!=", "cancel"),
                ("id", "not in", jobs),
                ("date_start", "<", facts.start),
            ],
            order="date_start desc, id desc",
            limit=1,
        )
        return last.product_id.sop_family_id.id or None

    def _collect_made(self, facts):
        """What the manufacturing order of each job asks for, in the order of the jobs."""
        due = self._get_due(facts.jobs.production_id)
        ready = self._get_components_ready(facts)
        for job in facts.jobs:
            production = job.production_id
            steps = [
                self._get_step(facts, workorder)
                for workorder in production.workorder_ids
                if workorder.state not in ("done", "cancel")
            ]
            made = Made(job, steps, due=due[production])
            earliest = max(self._get_now(), production.date_start or facts.start)
            made.before, ends = place_before(steps, facts.places, production.id, job.id, earliest)
            made.ready = max(filter(None, [ends, ready.get(job)]), default=None)
            made.steps = [made.before.get(step.id, step) for step in steps]
            facts.made[job.id] = made

    @api.model
    def _get_step(self, facts, workorder):
        """Core Step of an open operation."""
        left = max(0.0, workorder.duration_expected - workorder.duration)
        return Step(
            workorder.id,
            workorder.workcenter_id.id,
            left,
            workorder.date_start or None,
            workorder.date_finished or None,
            tuple(workorder.blocked_by_workorder_ids.ids),
            workorder.state in OPEN and workorder.workcenter_id.id in facts.axes,
        )

    @api.model
    def _get_components_ready(self, facts):
        """{work order: UTC moment at which its components are there}, left out if they are.

        Of components whose arrival nobody knows, the work order is not brought forward.
        """
        moves = facts.jobs.production_id.move_raw_ids.filtered(
            lambda move: move.state in ("waiting", "confirmed", "partially_available")
        )
        ready = {}
        for move in moves:
            job = self._get_consumer(facts, move)
            if not job:
                continue
            moment = move.forecast_expected_date
            missing = move.product_uom.compare(move.forecast_availability, move.product_qty) < 0
            if not moment and missing:
                moment = job.date_start or job.production_id.date_start
            if moment:
                ready[job] = max(moment, ready.get(job, moment))
        return ready

    @api.model
    def _get_consumer(self, facts, move):
        """The job that needs a component: its operation's, else the first one of the order."""
        order = move.raw_material_production_id
        steps = order.workorder_ids
        consumer = steps.filtered(
            lambda wo: wo.operation_id and wo.operation_id == move.operation_id
        )
        return (consumer or steps.sorted(lambda wo: (wo.sequence, wo.id))[:1]) & facts.jobs
