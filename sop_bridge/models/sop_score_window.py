"""The window of a scoring, as the values that its SQL needs."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from pytz import utc

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Window:
    """Days ``date_from`` to ``date_to``, both included, and the window as long before it.

    Days are those of the company: orders and deliveries have UTC moments in the database, so
    ``start``, ``stop`` and ``before_start`` are the UTC moments of local midnights.

    :param company: res.company record
    :param basis: 'invoiced' or 'ordered'
    :param services: whether services, delivery charges and lines without a product count
    """

    company: object
    date_from: date
    date_to: date
    basis: str
    services: bool

    @property
    def months(self):
        """Length in whole months, at least one."""
        days = (self.date_to - self.date_from).days + 1
        return max(1, round(days / DAYS_PER_MONTH))

    @property
    def before(self):
        """First day of the window before this one."""
        return self.date_from - relativedelta(months=self.months)

    @property
    def start(self):
        return self._midnight(self.date_from)

    @property
    def stop(self):
        """Moment at which the day after the window begins."""
        return self._midnight(self.date_to + timedelta(days=1))

    @property
    def before_start(self):
        return self._midnight(self.before)

    @property
    def zone(self):
        """Name of the time zone of the company's days."""
        return str(self.company._sop_timezone())

    def _midnight(self, day):
        local = self.company._sop_timezone().localize(datetime.combine(day, time.min))
        return local.astimezone(utc).replace(tzinfo=None)
