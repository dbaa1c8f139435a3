"""Days of work centres with what stands in them: where an order has room in one piece."""

from datetime import timedelta


class Diary:
    """Entries of work centres on some days; instants are naive UTC.

    :param calendars: {work centre: WorkCalendar}
    :param days: {(work centre, day): {entry: (start, stop)}}, of every day that is asked about
    """

    def __init__(self, calendars, days):
        self.calendars, self.days = calendars, days

    def enter(self, workcenter, entry, start, stop):
        """Note what was planned meanwhile."""
        if calendar := self.calendars.get(workcenter):
            for day in calendar.days(start, stop):
                if (workcenter, day) in self.days:
                    self.days[workcenter, day][entry] = start, stop

    def gap(self, workcenter, day, start, minutes, free=frozenset()):
        """First working time of a day, from ``start`` on, that only breaks interrupt.

        :param free: entries that count as free
        :return: (start, stop); None if there is none, or the day is not known
        """
        if (workcenter, day) not in self.days:
            return None
        entries = self.days[workcenter, day].items()
        taken = sorted(span for entry, span in entries if entry not in free)
        whole = timedelta(minutes=minutes)
        begin, left = None, whole
        for opens, closes in self.calendars[workcenter].intervals(day):
            lo = max(opens, start)
            while lo < closes:
                begin = begin or lo
                end = min(lo + left, closes)
                clash = next((until for since, until in taken if since < end and until > begin), 0)
                if clash:
                    begin, left, lo = None, whole, max(lo, clash)
                elif closes - lo >= left:
                    return begin, lo + left
                else:
                    left -= closes - lo
                    break
        return None
