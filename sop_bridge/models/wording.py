"""How figures are said in sentences."""

from odoo.tools import format_date, format_datetime


def say_day(env, day):
    """A day as people of the user's language write it within a sentence, such as Dec 4, 2026."""
    return format_date(env, day, date_format="medium")


def say_moment(env, moment, zone):
    """A UTC moment on the wall clock of a time zone, such as Thu 10 Dec, 06:00."""
    return format_datetime(env, moment, tz=zone, dt_format="EEE d MMM, HH:mm")
