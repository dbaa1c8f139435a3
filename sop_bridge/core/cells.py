"""Cells of the capacity board: what several days of one work centre have, by whom it is used."""

from dataclasses import dataclass, field

from .capacity import EPSILON


@dataclass
class Cell:
    """Sums over days of one work centre, in minutes.

    calendar + over = sum of booked + sum of reserved + free, on each day.

    :param booked: {who: minutes}, as on the ``SharedBoard``
    :param reserved: {slot: minutes} that nobody uses and not everybody may
    :param used: {slot: minutes} booked inside slots
    :param slots: {slot: working minutes} that lie in these days
    :param free: minutes open to every order: what a promise to a customer without tier sees
    :param over: minutes booked beyond the working time of a day
    """

    calendar: float = 0.0
    booked: dict = field(default_factory=dict)
    reserved: dict = field(default_factory=dict)
    used: dict = field(default_factory=dict)
    slots: dict = field(default_factory=dict)
    free: float = 0.0
    over: float = 0.0


def collect(board, workcenter, days, released=frozenset()):
    """The ``Cell`` of a work centre over several days.

    :param board: SharedBoard
    :param days: dates, one after the other; those before today have nothing
    :param released: slots whose time is open to everyone
    """
    cell = Cell()
    for day, bucket in zip(days, board.between(workcenter, days[0], days[-1]), strict=True):
        calendar, booked, slots = bucket
        cell.calendar += calendar
        if booked:
            cell.over += max(0.0, booked - calendar)
            _add_parts(cell.booked, board.shares(workcenter, day).items())
        if slots:
            _add_slots(cell, bucket, released)
        elif booked < calendar:
            cell.free += calendar - booked
    return cell


def _add_parts(sums, parts):
    """Add (key, minutes) to the minutes by key."""
    for key, minutes in parts:
        sums[key] = sums.get(key, 0.0) + minutes


def _add_slots(cell, bucket, released):
    """Add a Day on which time is reserved."""
    free, reserved = bucket.divide(released.__contains__)
    cell.free += free
    for slot, minutes, used in bucket.slots:
        cell.slots[slot] = cell.slots.get(slot, 0.0) + minutes
        if used:
            cell.used[slot] = cell.used.get(slot, 0.0) + used
    if not reserved:
        return
    kept = [item for item in bucket.slots if item.slot not in released]
    whole = sum(item.free for item in kept)
    if whole > EPSILON:
        # where orders lie over slots, these can keep no more than is left of the day
        parts = ((item.slot, item.free * reserved / whole) for item in kept)
        _add_parts(cell.reserved, parts)


def overlapping(spans):
    """Keys of the intervals that share time with another one.

    :param spans: {key: (start, stop)}
    """
    found, last, end = set(), None, None
    for key, (start, stop) in sorted(spans.items(), key=lambda item: item[1]):
        if last is not None and start < end:
            found |= {key, last}
        if last is None or stop > end:
            last, end = key, stop
    return found
