"""Columns of a board."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_bridge.core.periods import SCALES, columns, period_start, shift


@pytest.mark.parametrize(
    ("scale", "week_start", "expected"),
    [
        ("day", 1, (date(2026, 12, 31), date(2026, 12, 31))),
        ("week", 1, (date(2026, 12, 28), date(2027, 1, 3))),
        ("week", 7, (date(2026, 12, 27), date(2027, 1, 2))),  # Sunday, as in the United States
        ("week", 6, (date(2026, 12, 26), date(2027, 1, 1))),
        ("month", 1, (date(2026, 12, 1), date(2026, 12, 31))),
    ],
)
def test_first_column_holds_the_day(scale, week_start, expected):
    assert columns(scale, date(2026, 12, 31), 1, week_start) == [expected]


def test_months_have_their_own_lengths():
    found = columns("month", date(2027, 11, 30), 4)
    assert [last for _first, last in found] == [
        date(2027, 11, 30),
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
    ]


def test_back_over_a_year():
    assert shift("month", date(2027, 2, 1), -3) == date(2026, 11, 1)
    assert shift("week", date(2027, 1, 4), -1) == date(2026, 12, 28)


@given(st.sampled_from(SCALES), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 7))
def test_columns_have_no_gap(scale, day, week_start):
    found = columns(scale, day, 12, week_start)
    assert found[0][0] <= day <= found[0][1]
    for (_lo, hi), (lo, _hi) in pairwise(found):
        assert lo == hi + timedelta(days=1)
        assert period_start(scale, lo, week_start) == lo
