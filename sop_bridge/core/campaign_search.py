"""Search for the order of a campaign: good first orders, then many small changes to the best one.

First orders: the jobs by due date are cut into parts of equal size, and within each part every
family runs once, the families on the shortest way through the changeovers. One part is what suits
best without due dates, as many parts as jobs is the order of due dates. Then runs, parts of runs
and single jobs are moved; a change is kept if the order is no worse than it was some rounds ago
(late acceptance, Burke and Bykov 2017), which leads out of places where no single change helps.
"""

from math import inf
from random import Random

from .changeover import lookup
from .tour import shortest_tour

# How many rounds ago an order may have been as good.
MEMORY = 5
# After so many rounds without gain, up to so many changes lead away from where the search is stuck.
PATIENCE = 300
KICKS = 6
# Rounds for the way through all families; parts of the jobs get fewer, as there are many of them.
TOUR_ROUNDS = 4000
# Numbers of parts that jobs by due date are cut into.
PARTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)


def search(jobs, line, rank, seed, rounds):
    """Return the best order found, as positions in ``jobs``.

    Of equal orders it is the one whose first jobs stand first in ``jobs``.

    :param line: with ``matrix``, ``start_family`` and ``minute_cost``
    :param rank: function that returns the figures of an order, to be compared; lower is better
    :param rounds: how many orders to try after the first ones
    """
    given = list(range(len(jobs)))
    if len(given) < 2:
        return given
    ranked = [(rank(order), order) for order in [given, *_first_orders(jobs, line, seed)]]
    figures, order = min(ranked)
    families = [job.family for job in jobs]
    return _improve(figures, order, families, rank, Random(seed), rounds)


def _improve(figures, order, families, rank, draw, rounds):
    """Best order that changes, one after the other, lead to."""
    best, lowest = order, figures
    memory, quiet = [figures] * MEMORY, 0
    for turn in range(rounds):
        if quiet == PATIENCE:
            order = _leave(best, families, draw)
            figures, quiet = rank(order), 0
            memory = [figures] * MEMORY
        changed = _change(order, families, draw)
        now = rank(changed)
        quiet = 0 if now < figures else quiet + 1
        if now <= figures or now <= memory[turn % MEMORY]:
            order, figures = changed, now
            if (now, changed) < (lowest, best):
                best, lowest = changed, now
        memory[turn % MEMORY] = min(figures, memory[turn % MEMORY])
    return best


def _leave(order, families, draw):
    """Order with several changes, whatever they cost."""
    for _ in range(draw.randint(2, KICKS)):
        order = _change(order, families, draw)
    return order


def _change(order, families, draw):
    """Order with a run, a part of a run or a single job at another place."""
    first = draw.randrange(len(order))
    last = first + 1
    family, length = families[order[first]], draw.choice((1, len(order), draw.randint(1, 8)))
    while last < len(order) and last - first < length and families[order[last]] == family:
        last += 1
    while length == len(order) and first and families[order[first - 1]] == family:
        first -= 1
    left = order[:first] + order[last:]
    place = _place(left, families, family, draw)
    return left[:place] + order[first:last] + left[place:]


def _place(order, families, family, draw):
    """Where to put jobs of a family: anywhere, between two runs, or beside a job of the family."""
    place, way = draw.randint(0, len(order)), draw.randrange(3)
    if way == 1:
        while 0 < place < len(order) and families[order[place - 1]] == families[order[place]]:
            place += 1
    elif way == 2:
        alike = [step for step, job in enumerate(order) if families[job] == family]
        place = draw.choice(alike) + draw.randint(0, 1) if alike else place
    return place


def _first_orders(jobs, line, seed):
    """Yield orders in which families run once per part of the jobs by due date, or by ready."""
    keys = [
        lambda position: (inf if jobs[position].due is None else jobs[position].due, position),
        lambda position: (jobs[position].ready, position),
    ]
    for key in keys if any(job.ready for job in jobs) else keys[:1]:
        queue = sorted(range(len(jobs)), key=key)
        for parts in [*(count for count in PARTS if count < len(jobs)), len(jobs)]:
            yield _in_parts(queue, parts, jobs, line, seed)


def _in_parts(queue, parts, jobs, line, seed):
    """Order of jobs in a queue that is cut into parts of equal size."""
    order, family = [], line.start_family
    for part in range(parts):
        positions = queue[part * len(queue) // parts : (part + 1) * len(queue) // parts]
        groups = {}
        for position in positions:
            groups.setdefault(jobs[position].family, []).append(position)
        way = _way(line, family, list(groups), seed, TOUR_ROUNDS // parts**2)
        order += [position for target in way for position in groups[target]]
        family = way[-1] if way else family
    return order


def _way(line, source, families, seed, rounds):
    """Families in the order that costs least to change through, from a family on."""
    if len(families) < 2:
        return families
    costs = [[_price(line, one, other) for other in families] for one in [source, *families]]
    # Going back to the start costs nothing: the shortest tour is the shortest way.
    costs = [[0.0, *row] for row in costs]
    return [families[place - 1] for place in shortest_tour(costs, seed, rounds)[1:]]


def _price(line, source, target):
    minutes, cost = lookup(line.matrix, source, target)
    return cost + minutes * line.minute_cost
