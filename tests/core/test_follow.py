"""Operations on other work centres that follow the jobs of a campaign."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.axis import Axis
from sop_bridge.core.calendar import Attendance, WorkCalendar
from sop_bridge.core.follow import (
    Places,
    Step,
    Taken,
    first_gap,
    ids_behind,
    latest_end,
    place_before,
    place_behind,
)

MONDAY = datetime(2031, 1, 13)
COAT, PACK, SHIP = 1, 2, 3
ORDER, OTHER = 70, 71


def at(day, hour, minute=0):
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def places(**taken):
    """Three work centres that work from 8 to 16 every day; taken: {name: [Taken]}."""
    lines = [Attendance(day, 8, 16) for day in range(7)]
    axes = {
        workcenter: Axis(WorkCalendar("UTC", lines), MONDAY) for workcenter in (COAT, PACK, SHIP)
    }
    names = {"pack": PACK, "ship": SHIP}
    return Places(axes, {names[name]: rows for name, rows in taken.items()})


def chain():
    """Coat from 8 to 10, pack from 10 to 12, ship from 13 to 14."""
    return [
        Step(1, COAT, 120, at(0, 8), at(0, 10)),
        Step(2, PACK, 120, at(0, 10), at(0, 12), (1,)),
        Step(3, SHIP, 60, at(0, 13), at(0, 14), (2,)),
    ]


def spans(moved):
    return {key: (step.start, step.stop) for key, step in moved.items()}


@pytest.mark.parametrize(
    ("closed", "begin", "expected"),
    [
        ([], 5, 5),
        ([(0, 30)], 5, 30),
        ([(40, 60)], 10, 10),  # just fits before
        ([(39, 60)], 10, 60),
        ([(0, 20), (45, 60)], 5, 60),  # the gap is too small
        ([(45, 60), (0, 15)], 5, 15),
        ([(0, 50), (10, 20)], 5, 50),
    ],
)
def test_first_gap_in_one_piece(closed, begin, expected):
    assert first_gap(closed, begin, 30) == expected


def test_what_is_behind_follows():
    steps = chain()
    job = steps[0].at(at(0, 12), at(0, 14))
    moved, kept = place_behind(steps, places(), ORDER, job)
    assert kept
    assert spans(moved) == {2: (at(0, 14), at(0, 16)), 3: (at(1, 8), at(1, 9))}


def test_what_has_room_stays():
    steps = chain()
    job = steps[0].at(at(0, 9), at(0, 11))
    moved, _kept = place_behind(steps, places(), ORDER, job)
    assert spans(moved) == {2: (at(0, 11), at(0, 13))}  # shipping still begins after it
    earlier = steps[0].at(at(0, 8), at(0, 9))
    assert place_behind(steps, places(), ORDER, earlier) == ({}, True)


def test_it_goes_to_the_first_place_that_others_leave():
    steps = chain()
    busy = [Taken(360, 420), Taken(480, 540, open_to=frozenset({OTHER}))]
    job = steps[0].at(at(0, 10), at(0, 13))
    moved, _kept = place_behind(steps, places(pack=busy), ORDER, job)
    # 13 to 14 is free, 14 to 15 taken, 15 to 16 free, and a slot of others in the morning
    assert spans(moved)[2] == (at(1, 9), at(1, 11))
    moved, _kept = place_behind(steps, places(pack=busy), OTHER, job)
    assert spans(moved)[2] == (at(0, 15), at(1, 9))


def test_its_own_place_is_free_for_it():
    steps = chain()
    own = places(pack=[Taken(120, 240, owner=2)])
    job = steps[0].at(at(0, 9), at(0, 11))
    moved, _kept = place_behind(steps, own, ORDER, job)
    assert spans(moved)[2] == (at(0, 11), at(0, 13))
    assert [(row.start, row.stop) for row in own.taken[PACK]] == [(180, 300)]


def test_what_has_begun_cannot_follow():
    steps = chain()
    steps[1] = Step(2, PACK, 120, at(0, 10), at(0, 12), (1,), movable=False)
    job = steps[0].at(at(0, 9), at(0, 11))
    assert place_behind(steps, places(), ORDER, job) == ({}, False)
    # as it is now, it is nobody's fault
    steps[0] = steps[0].at(at(0, 9), at(0, 11))
    assert place_behind(steps, places(), ORDER, job) == ({}, True)


def test_a_late_order_is_brought_forward():
    steps = chain()
    steps[1] = steps[1].at(at(2, 8), at(2, 10))
    steps[2] = steps[2].at(at(3, 8), at(3, 9))
    job = steps[0]
    assert place_behind(steps, places(), ORDER, job) == ({}, True)
    moved, _kept = place_behind(steps, places(), ORDER, job, hurry=True)
    assert spans(moved) == {2: (at(0, 10), at(0, 12)), 3: (at(0, 12), at(0, 13))}


def test_what_nobody_planned_is_planned_before_and_behind():
    steps = [
        Step(1, COAT, 120, None, None, (4,)),
        Step(2, PACK, 60, None, None, (1,)),
        Step(4, SHIP, 30),
    ]
    room = places()
    found, ready = place_before(steps, room, ORDER, 1, at(0, 9))
    assert spans(found) == {4: (at(0, 9), at(0, 9, 30))}
    assert ready == at(0, 9, 30)
    assert [row.owner for row in room.taken[SHIP]] == [4]
    job = steps[0].at(at(0, 10), at(0, 12))
    moved, _kept = place_behind(steps, room, ORDER, job)
    assert spans(moved) == {2: (at(0, 12), at(0, 13))}


def test_nothing_before():
    assert place_before(chain(), places(), ORDER, 1, at(0, 8)) == ({}, None)


def test_latest_end_leaves_time_for_what_is_behind():
    axes = places().axes
    # 60 minutes of shipping and 120 of packing before Tuesday 9 o'clock
    assert latest_end(chain(), axes, 1, at(1, 9)) == at(0, 14)
    assert latest_end(chain(), axes, 3, at(1, 9)) == at(1, 9)
    assert latest_end(chain(), {}, 1, at(1, 9)) == at(1, 9)


def test_steps_behind_a_step():
    steps = [*chain(), Step(5, PACK, 10)]
    assert ids_behind(steps, 1) == {2, 3}
    assert ids_behind(steps, 3) == set()


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 300)), max_size=6),
    st.integers(0, 1500),
    st.integers(1, 500),
)
def test_no_minute_is_taken_twice(busy, shift, minutes):
    taken = [Taken(start, start + length) for start, length in busy]
    steps = [
        Step(1, COAT, 60, at(0, 8), at(0, 9)),
        Step(2, PACK, minutes, at(0, 9), at(0, 9) + timedelta(minutes=minutes), (1,)),
    ]
    room = places(pack=taken)
    axis = room.axes[COAT]
    job = steps[0].at(axis.begin_at(shift + 1), axis.end_at(shift + 61))
    moved, _kept = place_behind(steps, room, ORDER, job)
    start, stop = (room.axes[PACK].minute(one) for one in spans(moved)[2])
    assert moved[2].start >= job.stop
    assert stop - start == minutes
    assert all(row.stop <= start or row.start >= stop for row in taken)
