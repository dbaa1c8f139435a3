"""How figures are said in sentences."""

from odoo.tools import format_date


def say_day(env, day):
    """A day as people of the user's language write it within a sentence, such as Dec 4, 2026."""
    return format_date(env, day, date_format="medium")
