from datetime import datetime, time

from pytz import timezone, utc

from odoo import api, fields, models

from ..core.calendar import day_of
from ..core.fence import Fence
from .sop_hold_terms import HOLD_NUMBERS
from .sop_numbers import check_numbers

DAYS = {
    *("sop_delivery_days", "sop_horizon_days", "sop_rush_days"),
    *("sop_slot_weeks", "sop_fence_next_days", "sop_fence_all_days", "sop_fence_tell_days"),
    *HOLD_NUMBERS,
}


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "sop.hold.terms"]

    sop_gate = fields.Selection(
        [
            ("off", "Off: no promise, nothing is checked"),
            ("inform", "Inform: show the promise, block nothing"),
            ("hold", "Hold: what cannot be kept waits for both departments"),
        ],
        "Order gate",
        required=True,
        default="inform",
    )
    sop_delivery_days = fields.Integer(
        "Delivery delay",
        help="Days from the moment goods are ready until the customer has them.",
    )
    sop_delivery_workdays = fields.Boolean(
        "Delivery in working days",
        help="Count the delivery delay in days on which the company works by its timetable, and "
        "promise no delivery for any other day.",
    )
    sop_horizon_days = fields.Integer(
        "Promise horizon", default=180, help="How many days ahead the plant can be booked."
    )

    sop_rush_days = fields.Integer(
        "Rush orders within",
        help="An order that wants its goods in fewer days than this counts as a rush order. "
        "0: only orders of a rush type do.",
    )

    sop_slot_weeks = fields.Integer(
        "Slots ahead", default=8, help="How many weeks ahead rules make their slots."
    )
    sop_fence_next_days = fields.Integer(
        "Opens to the next tier",
        default=7,
        help="Days before its start at which what is unused of a slot opens to the next tier.",
    )
    sop_fence_all_days = fields.Integer(
        "Opens to everyone",
        default=2,
        help="Days before its start at which what is unused of a slot opens to every order.",
    )
    sop_fence_tell_days = fields.Integer(
        "Told before",
        default=3,
        help="Days before a slot opens at which the salespeople of its owners are told. A tier "
        "with a release notice of its own has that.",
    )

    # Counts bookings; its purpose is that two bookings at the same time touch the same row.
    sop_turn = fields.Integer(copy=False, readonly=True)

    _sop_delivery_days = models.Constraint(
        "CHECK (sop_delivery_days BETWEEN 0 AND 365)",
        "The delivery delay is a number of days between 0 and 365.",
    )
    _sop_horizon_days = models.Constraint(
        "CHECK (sop_horizon_days BETWEEN 1 AND 730)",
        "The promise horizon is a number of days between 1 and 730.",
    )
    _sop_rush_days = models.Constraint(
        "CHECK (sop_rush_days BETWEEN 0 AND 365)",
        "The days of a rush order are a number between 0 and 365.",
    )

    _sop_slot_weeks = models.Constraint(
        "CHECK (sop_slot_weeks BETWEEN 1 AND 104)",
        "Slots are made 1 to 104 weeks ahead.",
    )
    _sop_fence_days = models.Constraint(
        "CHECK (sop_fence_next_days BETWEEN 0 AND 365 AND sop_fence_all_days BETWEEN 0 AND 365 "
        "AND sop_fence_tell_days BETWEEN 0 AND 365)",
        "The days of the release fence are numbers between 0 and 365.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raise ValidationError: if a number of days is none"""
        for vals in vals_list:
            check_numbers(self, vals, DAYS)
        companies = super().create(vals_list)
        self.env["sop.slot"]._sync_shared_moments()
        return companies

    def write(self, vals):
        """:raise ValidationError: if a number of days is none"""
        check_numbers(self, vals, DAYS)
        res = super().write(vals)
        if {"sop_fence_next_days", "sop_fence_all_days", "active"} & set(vals):
            self.env["sop.slot"]._sync_shared_moments()
        return res

    def _sop_core_fence(self):
        """Core Fence of slots for which nothing else is said.

        Work centres without a company work for all: theirs is the strictest, which begins first,
        whichever company somebody works in at this moment.
        """
        companies = self or self.sudo().search([("active", "=", True)])
        return Fence(
            max(companies.mapped("sop_fence_next_days"), default=0),
            max(companies.mapped("sop_fence_all_days"), default=0),
        )

    # ------------------------------------------------------------------ time
    def _sop_timezone(self):
        """Time zone in which the days of this company are counted (pytz)."""
        return timezone(self.resource_calendar_id.tz or "UTC")

    def _sop_local_date(self, moment):
        """Day of a UTC moment in the company's time zone."""
        return day_of(moment, self._sop_timezone())

    def _sop_end_of_day(self, day):
        """UTC moment of 17:00 of a day in the company's time zone, as Odoo stores it."""
        local = self._sop_timezone().localize(datetime.combine(day, time(17)))
        return local.astimezone(utc).replace(tzinfo=None)
