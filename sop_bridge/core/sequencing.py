"""Order of a campaign: which jobs of a work centre follow each other.

A job is changed over to and then worked on; where it meets a stretch that is kept for others it
stops and goes on behind it, as Odoo plans over leaves.

The best order breaks no date that must be kept, if that can be, and has the fewest late jobs, then
the lowest price: changeovers, their minutes and lateness in money, then the fewest changeover
minutes. It is never later in sum than the given one.
"""

from math import inf

from .campaign_search import search
from .changeover import lookup
from .jobs import EPSILON, Proposal, Turn

# Figures are rounded to so many digits before they are compared.
DIGITS = 6
# Orders to try; a number and not seconds, so that a seed gives one result.
ROUNDS = 15000


def evaluate(jobs, line):
    """Return the Proposal that works on jobs in the order given.

    :raise ValueError: two jobs have the same key
    """
    return _Planner(jobs, line).proposal(range(len(jobs)))


def propose(jobs, line, seed=0, rounds=ROUNDS):
    """Return the best Proposal found; the given order itself if none is better.

    Unless jobs have a ``latest``, which comes first, it has never more late jobs than the given
    order and is never later in sum. The same jobs, line, seed and rounds give the same one.

    :param jobs: in the order they would run now
    :param rounds: how many orders to try after the first, good ones
    :raise ValueError: two jobs have the same key
    """
    planner = _Planner(jobs, line)
    return planner.proposal(search(jobs, line, planner.rank, seed, rounds))


class _Planner:
    """Jobs on a line; orders are sequences of positions in ``jobs``."""

    def __init__(self, jobs, line):
        self.jobs, self.line = jobs, line
        self.closed = _closed(jobs, line)
        families = {job.family for job in jobs}
        self.changes = {
            (source, target): lookup(line.matrix, source, target)
            for source in families | {line.start_family}
            for target in families
        }
        self.limit = self.patience = inf
        given = self.proposal(range(len(jobs)))
        self.limit, self.patience = given.lateness, given.waiting

    def turns(self, order):
        """Yield job, changeover minutes and cost, begin, start and stop of each position."""
        now, family = 0.0, self.line.start_family
        for position in order:
            job, closed = self.jobs[position], self.closed[position]
            change, cost = self.changes[family, job.family]
            begin, now = work(now, change, closed)
            start, now = work(max(now, job.ready), job.minutes, closed)
            family = job.family
            yield job, change, cost, begin, start, now

    def proposal(self, order):
        return Proposal(tuple(Turn(*turn) for turn in self.turns(order)))

    def rank(self, order):
        """Figures of an order, to be compared one after the other; lower is better.

        Minutes after what must be kept, minutes later in sum than the order given, late jobs,
        price, changeover minutes, minutes late, and the end of the last job.
        """
        broken = late = lateness = price = minutes = waiting = now = 0.0
        for job, change, cost, begin, _start, now in self.turns(order):
            if job.ready > begin + change:
                waiting += job.ready - begin - change
            minutes += change
            price += cost
            if job.due is not None and now - job.due > EPSILON:
                late += 1
                lateness += now - job.due
                price += (now - job.due) * job.late_cost
            if job.latest is not None and now > job.latest:
                broken += now - job.latest
        price += minutes * self.line.minute_cost
        if waiting > self.patience:
            price += (waiting - self.patience) * self.line.wait_cost
        excess = max(0.0, lateness - self.limit)
        return (
            round(broken, DIGITS),
            round(excess, DIGITS),
            late,
            round(price, DIGITS),
            round(minutes, DIGITS),
            round(lateness, DIGITS),
            round(now, DIGITS),
        )


def _closed(jobs, line):
    """Per job the (start, stop) that it may not use, in order; jobs must have keys of their own."""
    if len({job.key for job in jobs}) != len(jobs):
        keys = [job.key for job in jobs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"Job {twice} is named twice.")
    stretches = sorted(line.closed, key=lambda stretch: (stretch.start, stretch.stop))
    return [
        tuple((part.start, part.stop) for part in stretches if job.key not in part.keys)
        for job in jobs
    ]


def work(begin, minutes, closed):
    """Return (start, stop) of work from a minute on that pauses over closed stretches.

    :param closed: ((start, stop), …) by start; they may overlap
    """
    first = None
    for start, stop in closed:
        if stop <= begin:
            continue
        if begin + minutes <= start:
            break
        if start > begin:
            first = begin if first is None else first
            minutes -= start - begin
        begin = stop
    return (begin if first is None else first), begin + minutes
