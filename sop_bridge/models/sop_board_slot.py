from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core.calendar import subtract, to_utc


class SopBoardSlot(models.AbstractModel):
    """Slots on the capacity board: where they stand, and placing them by dragging.

    Moments are wall-clock texts (2026-12-31T06:30) where the work centre stands, so that a slot
    that is moved over a change of the clock keeps its hours.
    """

    _name = "sop.board.slot"
    _description = "Slots on the Capacity Board"

    # ------------------------------------------------------------------ reading
    @api.model
    def _describe_slots(self, sheet, workcenter, cells):
        """[{'id', 'start', 'stop', 'label', 'owner' (index), 'minutes', 'used', 'opening'}]"""
        spans = sheet.board.slots.get(workcenter.id, ())
        zone = sheet.board.calendars[workcenter.id].zone
        sums = self._add_slots(cells)
        return [
            {
                "id": span.id,
                "start": self._to_wall(span.start, zone),
                "stop": self._to_wall(span.stop, zone),
                "label": sheet.slots[span.id]._owner_label(),
                "owner": sheet.kept_for(span.id),
                "minutes": sums[span.id][0],
                "used": sums[span.id][1],
                "opening": sheet.slots[span.id].opening,
            }
            for span in spans
            if span.id in sums
        ]

    @api.model
    def _add_slots(self, cells):
        """{slot id: (working minutes, booked minutes)} over cells."""
        sums = {}
        for cell in cells:
            for slot, minutes in cell.slots.items():
                whole, used = sums.get(slot, (0.0, 0.0))
                sums[slot] = whole + minutes, used + cell.used.get(slot, 0.0)
        return sums

    @api.model
    def _to_wall(self, instant, zone):
        local = instant.replace(tzinfo=timezone.utc).astimezone(zone)
        return local.strftime("%Y-%m-%dT%H:%M")

    @api.model
    def _from_wall(self, text, zone):
        """Naive UTC moment of a wall-clock text.

        :raise UserError: if it is none
        """
        try:
            wall = fields.Datetime.to_datetime(str(text).replace("T", " "))
            return to_utc(wall.date(), wall.hour + wall.minute / 60, zone)
        except (ValueError, AttributeError, OverflowError) as error:
            message = self.env._("%s is no moment. Write it like 2026-12-31T06:30.", text)
            raise UserError(message) from error

    # ------------------------------------------------------------------ a new slot
    @api.model
    @api.readonly
    def get_new_slot(self, workcenter_id, start, stop, tier_id=False, in_one_day=False):
        """Context with the defaults of a slot in days of a work centre, and the form to ask by.

        It takes the longest time of the first day that no slot has and that work is done in; over
        several days, from there until the end of the last one.

        :param start: first day
        :param stop: last day
        :param in_one_day: whether the slot is to lie in the first of these days that has room
        :raise UserError: if there is no such time
        """
        self.env["sop.slot"].check_access("create")
        workcenter = self._get_workcenter(workcenter_id)
        first, last = self._read_span(start, stop)
        gaps = self._get_gaps(workcenter, first, last)
        if not gaps:
            raise UserError(
                self.env._(
                    "%(workcenter)s has no working time left that no slot covers: %(days)s.",
                    workcenter=workcenter.name,
                    days=self._tell_days(first, last),
                )
            )
        longest = max(gaps[0], key=self._measure)
        last_gap = longest if in_one_day or len(gaps) == 1 else gaps[-1][-1]
        return {
            "default_workcenter_id": workcenter.id,
            "default_date_start": longest[0][0],
            "default_date_stop": last_gap[-1][1],
            "default_tier_id": tier_id,
            "view_id": self.env.ref("sop_bridge.sop_slot_view_form_board").id,
        }

    @api.model
    def _measure(self, gap):
        return sum((stop - start for start, stop in gap), timedelta())

    @api.model
    def _get_gaps(self, workcenter, first, last):
        """Working time from now on that no slot covers, of each day that has some.

        It ends before the first slot that would have to be passed over.

        :return: [[gap]]; a gap is [(start, stop)] with nothing but breaks in between
        """
        board = self._get_board(workcenter, self._get_now(), last)
        calendar = board.calendars[workcenter.id]
        holes = [(span.start, span.stop) for span in board.slots.get(workcenter.id, ())]
        days = []
        for number in range((last - first).days + 1):
            parts = calendar.intervals(first + timedelta(days=number))
            gaps = self._join([gap for part in parts for gap in subtract(part, holes)], holes)
            if days and gaps and self._is_between(holes, days[-1][-1], gaps[0]):
                break
            days += [gaps] if gaps else []
        return days

    @api.model
    def _join(self, parts, holes):
        """Put parts between which no slot lies together."""
        gaps = []
        for part in parts:
            if gaps and not self._is_between(holes, gaps[-1], [part]):
                gaps[-1].append(part)
            else:
                gaps.append([part])
        return gaps

    @api.model
    def _is_between(self, holes, before, after):
        return any(start < after[0][0] and stop > before[-1][1] for start, stop in holes)

    # ------------------------------------------------------------------ placing
    @api.model
    def place_slot(self, slot_id, start, stop):
        """Move or resize a slot.

        :param start: wall-clock text where its work centre stands
        :param stop: the same
        :return: {'message', 'before': [start, stop]}
        :raise UserError: saying what is in the way
        """
        slot = self._get_slot(slot_id)
        zone = self._get_zone(slot)
        before = [self._to_wall(moment, zone) for moment in (slot.date_start, slot.date_stop)]
        moments = [self._from_wall(text, zone) for text in (start, stop)]
        self._check_place(slot, *moments)
        slot.write({"date_start": moments[0], "date_stop": moments[1]})
        self.env.flush_all()
        message = self.env._(
            "%(slot)s is now kept: %(span)s.", slot=slot.name, span=self._tell_span(slot)
        )
        return {"message": message, "before": before}

    @api.model
    def _get_slot(self, slot_id, active_test=True):
        """:raise AccessError: for who may not change slots, or not this one"""
        self._check_ids([slot_id or 0])
        slots = self.env["sop.slot"].with_context(active_test=active_test)
        slot = slots.search([("id", "=", slot_id)])
        if not slot:
            raise AccessError(self.env._("There is no such slot any more. Refresh the board."))
        slot.check_access("write")
        return slot

    @api.model
    def _get_zone(self, slot):
        board = self._get_board(slot.workcenter_id.sudo(), self._get_now(), slot.date_stop.date())
        return board.calendars[slot.workcenter_id.id].zone

    @api.model
    def _check_place(self, slot, start, stop):
        if stop <= start:
            raise UserError(self.env._("A slot must end after it starts."))
        if stop <= self._get_now():
            raise UserError(self.env._("This time has passed. Choose a later one."))
        other = slot.with_context(active_test=True)._get_other(slot.workcenter_id, start, stop)
        if other:
            raise UserError(
                self.env._(
                    "%(slot)s already covers a part of this time: %(span)s.",
                    slot=other.name,
                    span=self._tell_span(other),
                )
            )
        self._check_use(slot, start, stop)

    @api.model
    def _check_use(self, slot, start, stop):
        """What is booked in the slot has to stay in it."""
        booked = dict(
            self.env["sop.booking"]
            .sudo()
            ._read_group([("slot_id", "=", slot.id)], ["day:day"], ["minutes:sum"])
        )
        if not booked:
            return
        now = self._get_now()
        board = self._get_board(slot.workcenter_id.sudo(), now, max(*booked, now.date()))
        calendar = board.calendars[slot.workcenter_id.id]
        for day, minutes in sorted(booked.items()):
            room = calendar.minutes_between(day, start, stop)
            if day >= calendar.today(now) and room + 1 < minutes:
                raise UserError(
                    self.env._(
                        "%(minutes)s minutes of this slot are booked on %(day)s, and would lie "
                        "outside of it.",
                        minutes=round(minutes),
                        day=self._tell_days(day, day),
                    )
                )

    # ------------------------------------------------------------------ releasing
    @api.model
    def release_slot(self, slot_id):
        """Give the time of a slot free.

        :return: {'message', 'action' (to open instead, or False: both departments have to
            agree), 'undo' (whether ``restore_slot`` can take it back)}
        """
        slot = self._get_slot(slot_id)
        result = slot.action_release()
        if result.get("tag") == "display_notification":
            message = result["params"]["message"]
            return {"message": message, "action": False, "undo": True}
        return {"message": "", "action": result, "undo": False}

    @api.model
    def restore_slot(self, slot_id):
        """Take the release of a slot back.

        :raise UserError: if its time is used, or has another slot by now
        """
        slot = self._get_slot(slot_id, active_test=False)
        if slot.active:
            slot.action_undo_release()
        else:
            self._check_place(slot, slot.date_start, slot.date_stop)
            slot.active = True
        self.env.flush_all()
        return True

    @api.model
    def remove_slot(self, slot_id):
        """Take back that a slot was reserved.

        :raise UserError: if orders use it by now
        """
        slot = self._get_slot(slot_id)
        if slot.sudo().booking_ids:
            raise UserError(self.env._("Orders use this slot by now. Release it instead."))
        slot.unlink()
        return True
