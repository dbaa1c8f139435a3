"""Days, weeks and months in a row, as the columns of a board."""

from datetime import date, timedelta
from itertools import pairwise

DAY, WEEK, MONTH = "day", "week", "month"
SCALES = (DAY, WEEK, MONTH)


def period_start(scale, day, week_start=1):
    """First day of the day, week or month that holds ``day``.

    :param week_start: weekday on which weeks begin, 1 (Monday) to 7
    """
    if scale == MONTH:
        return day.replace(day=1)
    if scale == WEEK:
        return day - timedelta(days=(day.isoweekday() - week_start) % 7)
    return day


def shift(scale, first, count):
    """First day of the period that is ``count`` periods after the one that begins on ``first``."""
    if scale == MONTH:
        years, month = divmod(first.month - 1 + count, 12)
        return date(first.year + years, month + 1, 1)
    return first + timedelta(days=count * (7 if scale == WEEK else 1))


def columns(scale, day, count, week_start=1):
    """``count`` periods from the one that holds ``day`` on: [(first day, last day)]."""
    first = period_start(scale, day, week_start)
    starts = [shift(scale, first, number) for number in range(count + 1)]
    return [(lo, hi - timedelta(days=1)) for lo, hi in pairwise(starts)]
