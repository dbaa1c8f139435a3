"""A campaign as a picture, and its minutes by day and slot."""

from datetime import datetime

import pytest

from sop_bridge.core.axis import Axis
from sop_bridge.core.calendar import Attendance, WorkCalendar
from sop_bridge.core.campaign_blocks import blocks, count_changeovers, pieces
from sop_bridge.core.jobs import Job, Line
from sop_bridge.core.sequencing import evaluate, propose

MATRIX = {(1, 2): (15.0, 5.0), (2, 1): (90.0, 80.0)}


def test_runs_and_changeovers():
    batch = [Job("a", 1, 60.0), Job("b", 1, 30.0), Job("c", 2, 20.0, ready=200.0)]
    found = blocks(evaluate(batch, Line(MATRIX, 1)))
    names = ("family", "from", "to", "jobs", "change")
    assert [tuple(row[name] for name in names) for row in found] == [
        (1, 0, 90, 2, 0),
        (2, 90, 105, 0, 15),
        (2, 200, 220, 1, 0),
    ]
    assert blocks(evaluate([], Line(MATRIX))) == []


@pytest.mark.parametrize(("before", "count"), [(1, 2), (2, 3), (None, 2)])
def test_number_of_changeovers(before, count):
    batch = [Job(key, family, 10.0) for key, family in enumerate((1, 1, 2, 1))]
    assert count_changeovers(evaluate(batch, Line({}, before)), before) == count


def test_minutes_by_day_and_slot():
    lines = [Attendance(day, 8, 16) for day in range(7)]
    axis = Axis(WorkCalendar("UTC", lines), datetime(2031, 1, 13))
    monday, tuesday = (datetime(2031, 1, day).date() for day in (13, 14))
    found = pieces(axis, 300, 600, closed=[(360, 420)], slots=[(9, 440, 500)])
    assert found == {(monday, None): 80, (monday, 9): 40, (tuesday, 9): 20, (tuesday, None): 100}
    assert sum(found.values()) == 300 - 60


def test_what_must_be_kept_comes_before_every_saving():
    """Grouping would save 90 minutes, and end b ten minutes after it has to."""
    batch = [Job("a", 1, 60.0), Job("b", 2, 60.0, latest=140.0), Job("c", 1, 60.0)]
    assert propose(batch, Line(MATRIX, 1)).order == ("a", "b", "c")
    free = [Job(job.key, job.family, job.minutes) for job in batch]
    assert propose(free, Line(MATRIX, 1)).order == ("a", "c", "b")
    hopeless = [Job("a", 1, 60.0), Job("b", 2, 60.0, latest=1.0)]
    found = propose(hopeless, Line(MATRIX, 1))
    assert found.broken == ("b",)
    assert found.order == ("b", "a")


def test_the_line_does_not_wait_to_save_a_changeover():
    """Waiting for b before c would save two changeovers, and stand still for 800 minutes."""
    matrix = {(1, 2): (15.0, 0.0), (2, 1): (15.0, 0.0)}
    batch = [Job("c", 1, 300.0), Job("b", 2, 60.0, ready=800.0)]
    line = Line(matrix, 2)
    assert evaluate(batch, line).waiting == pytest.approx(800 - 15 - 300 - 15)
    assert propose(batch, line).order == ("b", "c")
    patient = Line(matrix, 2, wait_cost=1.0)
    assert propose(batch, patient).order == ("c", "b")
    assert propose(batch, patient).waiting <= evaluate(batch, patient).waiting
