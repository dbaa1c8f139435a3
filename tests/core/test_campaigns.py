"""Which campaign an order joins, or what is changed over for it."""

from datetime import date

import pytest

from sop_bridge.core.campaigns import Campaigns, Entry
from sop_bridge.core.figures import Item, Order, Spent, changeover_minutes

COAT, PRESS = 1, 2
GREY, BLUE = 10, 11


def jan(day):
    return date(2031, 1, day)


CAMPAIGNS = Campaigns(
    periods={GREY: "week", BLUE: "month"},
    matrix={COAT: {(GREY, BLUE): (45.0, 80.0), (None, None): (20.0, 5.0)}},
    runs={COAT: ((jan(6), BLUE), (jan(14), GREY), (jan(16), GREY))},
)


@pytest.mark.parametrize(
    ("workcenter", "family", "day", "entry"),
    [
        (COAT, GREY, jan(15), Entry(jan(14))),  # two are as near: the earlier one
        (COAT, GREY, jan(17), Entry(jan(16))),
        (COAT, GREY, jan(20), Entry(None, GREY, 0.0, 0.0)),  # next week, but set up for it
        (COAT, BLUE, jan(28), Entry(jan(6))),  # the same month
        (COAT, BLUE, date(2031, 2, 3), Entry(None, GREY, 45.0, 80.0)),
        (COAT, GREY, jan(3), Entry(None, None, 20.0, 5.0)),  # nobody knows what ran before
        (PRESS, BLUE, jan(15), Entry()),
    ],
)
def test_entry(workcenter, family, day, entry):
    assert CAMPAIGNS.entry(workcenter, family, day) == entry
    assert CAMPAIGNS.changeover(workcenter, family, day) == entry.minutes


@pytest.mark.parametrize(
    ("family", "requested", "minutes"),
    [(BLUE, jan(20), 0.0), (BLUE, date(2031, 2, 3), 45.0), (GREY, jan(20), 0.0)],
)
def test_changeover_minutes_of_a_line(family, requested, minutes):
    item = Item(
        "a", 1, family, 2.0, work=Spent(spent={COAT: 60.0, PRESS: 30.0}), requested=requested
    )
    order = Order((item,), jan(2), campaigns=CAMPAIGNS)
    assert changeover_minutes(order, item) == minutes


@pytest.mark.parametrize(
    ("values", "why"), [({"family": None}, "family"), ({"made": False}, "not_made"), ({}, "work")]
)
def test_lines_without_changeover_minutes(values, why):
    item = Item("a", 1, **{"family": BLUE, **values})
    assert changeover_minutes(Order((item,), jan(2), campaigns=CAMPAIGNS), item).why == why
