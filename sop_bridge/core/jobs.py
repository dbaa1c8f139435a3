"""Jobs of a work centre, and what working on them in some order means.

Time is counted in working minutes of the work centre from the start of the campaign on, so that
nights and holidays do not exist here.
"""

from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite

# Ends closer to each other than this are the same.
EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be put in order.

    :param key: names the job, unlike any other of the campaign
    :param family: product family, None if it has none
    :param minutes: working minutes without changeover
    :param due: minute by which it should be done, None: any time; negative if it is overdue
    :param ready: minute before which it cannot be worked on; changing over to it can begin before
    :param late_cost: money that each minute after ``due`` costs
    :param latest: minute by which it must be done whatever that costs, None: nothing forbids later
    :raise ValueError: a number is not finite, or minutes, ready or late cost are negative
    """

    key: object
    family: object
    minutes: float
    due: float | None = None
    ready: float = 0.0
    late_cost: float = 0.0
    latest: float | None = None

    def __post_init__(self):
        for name in ("minutes", "ready", "late_cost"):
            value = getattr(self, name)
            if not isfinite(value) or value < 0:
                raise ValueError(f"Job {self.key}: {name} is {value}, but must be 0 or more.")
        for name in ("due", "latest"):
            value = getattr(self, name)
            if value is not None and not isfinite(value):
                raise ValueError(
                    f"Job {self.key}: {name} is {value}, but must be a minute or None."
                )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes that only some jobs may use, because a slot or other work takes them.

    :param keys: keys of the jobs that may; none: it is closed for all
    :raise ValueError: it ends before it starts, or a minute is not finite
    """

    start: float
    stop: float
    keys: frozenset = frozenset()

    def __post_init__(self):
        if not (isfinite(self.start) and isfinite(self.stop) and self.start <= self.stop):
            raise ValueError(f"A stretch from {self.start} to {self.stop} is none.")


@dataclass(frozen=True)
class Line:
    """The work centre.

    :param matrix: {(from, to): (minutes, cost)} as in ``changeover``
    :param start_family: family that it is set up for at minute 0, None if nobody knows
    :param closed: Stretch objects
    :param minute_cost: money that a minute of changeover costs beside the matrix's own cost
    :param wait_cost: money that a minute costs for which the work centre waits for jobs to be
        ready, beyond what it waits in the order given
    :raise ValueError: the cost of a minute is negative or not finite
    """

    matrix: dict
    start_family: object = None
    closed: tuple[Stretch, ...] = ()
    minute_cost: float = 1.0
    wait_cost: float = 0.0

    def __post_init__(self):
        for cost in (self.minute_cost, self.wait_cost):
            if not isfinite(cost) or cost < 0:
                raise ValueError(f"A minute costs {cost}, but must cost 0 or more.")


@dataclass(frozen=True, slots=True)
class Turn:
    """One job in its place: ``change`` and ``cost`` of changing over to it, work, lateness.

    The changeover begins at minute ``begin``, the work lasts from ``start`` to ``stop``; both stop
    in between where the job meets a closed stretch.
    """

    job: Job
    change: float
    cost: float
    begin: float
    start: float
    stop: float

    @property
    def late(self):
        """Minutes after the job was due, 0.0 if it is on time."""
        late = self.stop - (inf if self.job.due is None else self.job.due)
        return late if late > EPSILON else 0.0


@dataclass(frozen=True)
class Proposal:
    """Jobs in an order, and what it means."""

    turns: tuple[Turn, ...] = ()

    @property
    def order(self):
        """Keys of the jobs."""
        return tuple(turn.job.key for turn in self.turns)

    @cached_property
    def minutes(self):
        """Changeover minutes."""
        return sum(turn.change for turn in self.turns)

    @cached_property
    def cost(self):
        """Money that the matrix counts for the changeovers, without their minutes."""
        return sum(turn.cost for turn in self.turns)

    @property
    def broken(self):
        """Keys of the jobs that end after the minute by which they must be done."""
        return tuple(
            turn.job.key
            for turn in self.turns
            if turn.job.latest is not None and turn.stop > turn.job.latest + EPSILON
        )

    @property
    def late(self):
        """Keys of the jobs that are late, in order."""
        return tuple(turn.job.key for turn in self.turns if turn.late)

    @cached_property
    def lateness(self):
        """Minutes that all jobs are late."""
        return sum(turn.late for turn in self.turns)

    @cached_property
    def late_cost(self):
        """Money that lateness costs."""
        return sum(turn.late * turn.job.late_cost for turn in self.turns)

    @cached_property
    def waiting(self):
        """Minutes for which the work centre waits, set up, until a job is ready."""
        return sum(max(0.0, turn.job.ready - turn.begin - turn.change) for turn in self.turns)

    @property
    def stop(self):
        """Minute at which the last job is done, 0.0 without any."""
        return self.turns[-1].stop if self.turns else 0.0

    @property
    def campaigns(self):
        """Families in the order they run, each as often as it has an uninterrupted run."""
        families = [turn.job.family for turn in self.turns]
        return tuple(
            family
            for place, family in enumerate(families)
            if not place or families[place - 1] != family
        )
