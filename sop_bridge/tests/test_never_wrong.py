"""Random plants in Odoo: confirming one order after the other never takes what is not there."""

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import BuilderCase

UTC = ZoneInfo("UTC")
HALF = timedelta(minutes=30)
# Monday of a week in which the clock changes, or of one in which it does not
WEEKS = (datetime(2031, 3, 24, 4), datetime(2031, 10, 20, 4), datetime(2031, 1, 13, 6))
SHIFTS = ((0, 6), (6, 10), (8, 12), (13, 17), (14, 22), (20, 24))
ORDERS = 12
DAYS = 45


class Line:
    """A work centre with what the test knows of it without asking the add-on."""

    def __init__(self, case, draw, now, number):
        self.zone = ZoneInfo(draw.choice(("UTC", "Europe/Paris", "America/St_Johns")))
        self.shifts = sorted(
            (weekday, *hours)
            for weekday in range(6)
            for hours in self._disjoint(draw.sample(SHIFTS, 2))
        )
        self.holiday = now.date() + timedelta(days=draw.randint(1, 9))
        calendar = case.env["resource.calendar"].create(
            {
                "name": f"Shifts {number}",
                "tz": str(self.zone),
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{weekday} {start}",
                            "dayofweek": str(weekday),
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": "morning",
                        }
                    )
                    for weekday, start, stop in self.shifts
                ],
            }
        )
        self.workcenter = case.make_workcenter(
            f"Line {number}",
            resource_calendar_id=calendar.id,
            time_efficiency=draw.choice((80, 100, 125)),
            time_start=draw.choice((0, 10)),
            time_stop=draw.choice((0, 5)),
        )
        case.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": datetime.combine(self.holiday, time.min),
                "date_to": datetime.combine(self.holiday, time(23, 30)),
            }
        )

    @staticmethod
    def _disjoint(shifts):
        first, second = sorted(shifts)
        return [first, second] if first[1] <= second[0] else [first]

    def works(self, moment):
        """Whether it works in the half hour from a moment (naive UTC) on."""
        if moment.date() == self.holiday and moment.time() < time(23, 30):
            return False
        local = moment.replace(tzinfo=UTC).astimezone(self.zone)
        hour = local.hour + local.minute / 60
        return any(d == local.weekday() and lo <= hour < hi for d, lo, hi in self.shifts)

    def walk(self, start, stop):
        """{day: working minutes} between two moments, counted in half hours."""
        found = {}
        while start < stop:
            if self.works(start):
                when = start.replace(tzinfo=UTC).astimezone(self.zone).date()
                found[when] = found.get(when, 0) + 30
            start += HALF
        return found


@tagged("post_install", "-at_install")
class TestNeverWrong(BuilderCase):
    def _plant(self, draw, now):
        """Lines, products made on them, slots, and orders for stock that are planned."""
        self.lines = [Line(self, draw, now, number) for number in (1, 2)]
        self.families = self.env["sop.family"].create(
            [{"name": f"Family {number}", "code": f"F{number}"} for number in (1, 2)]
        )
        self.products = [
            self.make_product_with_bom(
                f"Product {number}",
                [(line.workcenter, draw.choice((10, 25, 40))) for line in way],
                stock=draw.randint(0, 5),
                sop_family=draw.choice(self.families),
            )
            for number, way in enumerate((self.lines, self.lines[::-1], self.lines[:1]))
        ]
        self.customers = [
            self.make_customer(tier) for tier in (self.gold, self.silver, self.standard)
        ]
        self.slots = self.env["sop.slot"]
        for line in self.lines:
            self._make_slots(draw, now, line)
        for product in self.products:
            self.make_production(product, 10, now + timedelta(days=1)).button_plan()

    @classmethod
    def make_product_with_bom(cls, name, operations=(), components=(), stock=0, **bom):
        family = bom.pop("sop_family")
        product = super().make_product_with_bom(name, operations, components, stock, **bom)
        product.sop_family_id = family
        return product

    def _make_slots(self, draw, now, line):
        """Up to six slots, each inside a shift of a day of its own."""
        for offset in draw.sample(range(1, 16), 6):
            start = now + timedelta(days=offset, hours=draw.randint(0, 20))
            stop = start + timedelta(hours=draw.randint(1, 6))
            if not line.walk(start, stop):
                continue
            owner = draw.choice(
                (
                    {"tier_id": self.gold.id},
                    {"tier_id": self.silver.id},
                    {"tier_id": self.silver.id, "scope": "only"},
                    {"partner_id": self.customers[2].id},
                )
            )
            family = draw.choice((False, False, self.families[0].id))
            self.slots |= self.make_slot(line.workcenter, start, stop, family_id=family, **owner)

    def _may(self, slot, order, family):
        """Whether an order may use a slot, as the design says it."""
        if slot.family_id and slot.family_id != family:
            return False
        if slot.partner_id:
            return slot.partner_id == order.partner_id
        tier = order.sop_tier_id
        return tier == slot.tier_id if slot.scope == "only" else tier.rank <= slot.tier_id.rank

    def _check(self, now):
        """No day, and no slot, holds more than its working minutes; slots hold their own."""
        for line in self.lines:
            work = line.walk(now, now + timedelta(days=DAYS))
            bookings = self.env["sop.booking"].search([("workcenter_id", "=", line.workcenter.id)])
            board, _own = self.env["sop.load"]._get_boards(line.workcenter, now, DAYS)
            for when in bookings.mapped("day"):
                bucket = board(line.workcenter.id, when)
                self.assertAlmostEqual(bucket.calendar, work.get(when, 0), msg=f"{when}")
                self.assertLessEqual(bucket.booked, bucket.calendar + 0.01, f"{when}")
            for slot, mine in bookings.filtered("slot_id").grouped("slot_id").items():
                minutes = sum(line.walk(slot.date_start, slot.date_stop).values())
                self.assertLessEqual(sum(mine.mapped("minutes")), minutes + 0.01)
                for booking in mine:
                    family = booking.product_id.sop_family_id
                    self.assertTrue(self._may(slot, booking.order_id, family), booking)

    def _try(self, seed):
        draw, now = Random(seed), WEEKS[seed % len(WEEKS)]
        with freeze_time(now):
            self.classPatch(type(self.promise), "_get_now", lambda self: now)
            self._plant(draw, now)
            self.company.sop_gate = "hold"
            confirmed = self.env["sale.order"]
            for _number in range(ORDERS):
                order = self.make_quotation(
                    *((draw.choice(self.products), draw.randint(1, 30)) for _line in range(2)),
                    customer=draw.choice(self.customers),
                )
                order.action_confirm()
                confirmed |= order.filtered(lambda order: order.state == "sale")
                self._check(now)
            self.assertGreater(len(confirmed), ORDERS // 2)
            self.assertTrue(confirmed.sop_booking_ids, "nothing was made at all")
            victim = confirmed[draw.randrange(len(confirmed))]
            before = sum(self.env["sop.booking"].search([]).mapped("minutes"))
            own = sum(victim.sop_booking_ids.mapped("minutes"))
            victim.action_cancel()
            after = sum(self.env["sop.booking"].search([]).mapped("minutes"))
            self.assertAlmostEqual(after, before - own)

    def test_first_plant(self):
        self._try(1)

    def test_second_plant(self):
        self._try(2)

    def test_third_plant(self):
        self._try(3)
