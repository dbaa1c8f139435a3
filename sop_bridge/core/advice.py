"""How an advised figure is rounded, so that following what is said is enough."""

from math import ceil, floor

# a figure that misses a round one by less than this is that round one: floating point, no more
SLACK = 1e-6
MOST_DIGITS = 6


def improved(figure: float, higher_is_better: bool, digits: int) -> float:
    """Return the figure rounded in the direction of improvement, to ``digits`` decimals."""
    scale = 10**digits
    if higher_is_better:
        return ceil(figure * scale - SLACK) / scale
    return floor(figure * scale + SLACK) / scale


def step(
    before: float, after: float, higher_is_better: bool, digits: int
) -> tuple[float, float, int]:
    """Return (before, after, decimals) as they are shown, in the unit of the figures.

    ``after`` is rounded in the direction of improvement. There are as many decimals as it takes to
    tell the two apart, at least ``digits``.
    """
    for count in range(digits, MOST_DIGITS + 1):
        shown, wanted = round(before, count), improved(after, higher_is_better, count)
        if shown != wanted and (wanted > shown) == higher_is_better:
            break
    return shown, wanted, count


def more_orders(before: float, after: float, months: float) -> int:
    """Return how many more orders a window of ``months`` needs for the frequency ``after``.

    Frequencies are orders per month; the orders of the window are whole ones.
    """
    return max(1, ceil(after * months - SLACK) - round(before * months))
