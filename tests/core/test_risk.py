from datetime import date, timedelta

import pytest

from sop_bridge.core.risk import Projection

TODAY = date(2031, 1, 13)


def day(number):
    return TODAY + timedelta(days=number)


def test_stock_covers_what_leaves():
    stock = Projection(TODAY, 10, [(day(3), -10)])
    assert stock.covered(day(3)) == day(3)


def test_waits_for_the_receipt():
    stock = Projection(TODAY, 4, [(day(3), -10), (day(5), 5), (day(7), 1)])
    assert stock.covered(day(2)) == day(2)
    assert stock.covered(day(3)) == day(7)


def test_nothing_brings_it():
    assert Projection(TODAY, 4, [(day(3), -10), (day(5), 5)]).covered(day(3)) is None


@pytest.mark.parametrize("when", [-30, -1, 0])
def test_what_is_overdue_counts_as_from_today(when):
    stock = Projection(TODAY, 0, [(day(when), 5), (day(when), -5)])
    assert stock.covered(day(when)) == TODAY
    assert stock.level(TODAY) == 0


def test_before_the_first_day_nothing_is_known():
    assert Projection(TODAY, 5, []).level(day(-1)) == 0
