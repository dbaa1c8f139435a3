"""An order of jobs as blocks that a picture can show, and the minutes of a job by day and slot."""

from itertools import pairwise

from .calendar import merge, subtract


def blocks(proposal):
    """Runs of one family and the changeovers before them.

    :return: [{'family', 'from', 'to', 'jobs', 'change'}] in minutes; 'change' is how long the
        changeover takes that begins at 'from', 0.0 for a run; 'jobs' is 0 for a changeover
    """
    found = []
    for turn in proposal.turns:
        family = turn.job.family
        last = found[-1] if found else None
        if last and last["family"] == family and not turn.change:
            last.update({"to": turn.stop, "jobs": last["jobs"] + 1})
            continue
        if turn.change:
            stop = min(turn.begin + turn.change, turn.start)
            found.append(_block(family, turn.begin, stop, 0, turn.change))
        found.append(_block(family, turn.start, turn.stop, 1, 0.0))
    return found


def _block(family, start, stop, jobs, change):
    return {"family": family, "from": start, "to": stop, "jobs": jobs, "change": change}


def count_changeovers(proposal, family):
    """How often another family follows, from the one that ran before on (None: unknown)."""
    families = [*([family] if family is not None else []), *proposal.campaigns]
    return sum(one != other for one, other in pairwise(families))


def pieces(axis, start, stop, closed=(), slots=()):
    """Minutes of work from minute ``start`` to ``stop``, by day and slot.

    :param closed: (start, stop) of stretches over which it pauses
    :param slots: (slot, start, stop) of stretches that are kept for it
    :return: {(day, slot or None): minutes}
    """
    found = {}
    holes = merge(closed)
    for day, low, high in axis.parts(start, stop):
        for part in subtract((low, high), holes):
            left = part[1] - part[0]
            for slot, first, last in slots:
                inside = min(part[1], last) - max(part[0], first)
                if inside > 0:
                    found[day, slot] = found.get((day, slot), 0.0) + inside
                    left -= inside
            if left > 1e-6:
                found[day, None] = found.get((day, None), 0.0) + left
    return found
