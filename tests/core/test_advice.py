"""Rounding of advice: what is said must be enough, and must differ from what is."""

import pytest

from sop_bridge.core.advice import improved, more_orders, step


@pytest.mark.parametrize(
    ("figure", "higher", "digits", "expected"),
    [
        (933.3333, True, 0, 934),
        (933.3333, False, 0, 933),
        (5.200000000000001, True, 1, 5.2),
        (5.199999999999999, False, 1, 5.2),
        (-12.34, True, 1, -12.3),
        (-12.34, False, 1, -12.4),
    ],
)
def test_rounds_towards_improvement(figure, higher, digits, expected):
    assert improved(figure, higher, digits) == pytest.approx(expected)


def test_shows_as_many_decimals_as_tell_the_figures_apart():
    assert step(7.6, 2.3, False, 0) == (8, 2, 0)
    assert step(2.4, 2.3, False, 0) == (2.4, 2.3, 1)
    assert step(10.02, 10.07, True, 1) == (10.0, 10.1, 1)
    assert step(-3.0, -3.4, False, 0) == (-3, -4, 0)


def test_what_is_shown_is_never_a_step_back():
    # rounded to one decimal only, 4.36 and 4.38 would both be 4.4
    assert step(4.36, 4.38, True, 1) == (4.36, 4.38, 2)


def test_orders_are_whole_ones():
    assert more_orders(0.25, 0.5833333333333334, 12) == 4
    assert more_orders(1, 1.01, 12) == 1
    assert more_orders(2, 6, 6) == 24
