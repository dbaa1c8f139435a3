"""Short names for the records of the demo plant, and its working days."""

from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import fields

ZONE = timezone("Europe/Paris")


def ref(env, name):
    """Record of the demo's master data."""
    return env.ref(f"sop_bridge.{name}")


def product(env, name):
    return ref(env, f"product_{name}")


def customer(env, name):
    return ref(env, f"customer_{name}")


def as_user(env, name):
    """The environment of one of the plant's people."""
    return env(user=ref(env, f"user_{name}"))


def as_salesperson(env, name):
    """The environment of the salesperson of a customer."""
    return env(user=customer(env, name).user_id)


def today():
    """The plant's present day."""
    return utc.localize(fields.Datetime.now()).astimezone(ZONE).date()


def moment(day, hour, minute=0):
    """UTC moment of a plant's local time, as Odoo stores it."""
    local = ZONE.localize(datetime.combine(day, time(hour, minute)))
    return local.astimezone(utc).replace(tzinfo=None)


def working_day(day):
    """The day itself, or the Monday after its weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def next_days(weekday, count, start):
    """``count`` dates that fall on a weekday (Monday is 0), after ``start``."""
    first = start + timedelta(days=(weekday - start.weekday() - 1) % 7 + 1)
    return [first + timedelta(weeks=week) for week in range(count)]


def prepare_lines(env, lines):
    """Order line commands from [(product name, quantity)]."""
    return [
        (0, 0, {"product_id": product(env, name).id, "product_uom_qty": quantity})
        for name, quantity in lines
    ]
