from odoo import api, fields, models
from odoo.exceptions import UserError


class SopCampaignApply(models.AbstractModel):
    """Plans the work orders of a campaign to the proposed times, and back."""

    _name = "sop.campaign.apply"
    _description = "Applying of Campaigns"

    def action_apply(self):
        """Plan the work orders to the proposed times, in one transaction.

        :return: True
        :raise AccessError: for anyone who may not plan work orders
        :raise UserError: if there is nothing to gain, or if the facts have changed
        """
        self.ensure_one()
        self._take_turn()
        if self.state != "draft" or self.outcome != "better":
            raise UserError(self.env._("There is no proposal to apply. Propose again."))
        changed = self._explain_change()
        if changed:
            raise UserError(
                self.env._("%s The proposal does not fit any more: propose again.", changed)
            )
        campaign = self.sudo()
        for line in campaign._get_moving():
            line._update({"former": campaign._get_former(line)})
        campaign._move([(line, line.new_start, line.new_stop) for line in campaign._get_moving()])
        for line in campaign._get_moving():
            campaign._move_bookings(line)
        campaign._find_overlapping()._store({"state": "obsolete"})
        campaign._store(
            {
                "state": "applied",
                "applied_on": fields.Datetime.now(),
                "applied_by_id": self.env.uid,
                "seal": campaign._get_seal(undo=True),
            }
        )
        self.message_post(body=self._say_saved(done=True))
        return True

    def action_undo(self):
        """Plan the work orders back to where they were before the campaign was applied.

        :return: True
        :raise AccessError: for anyone who may not plan work orders
        :raise UserError: if the campaign is not applied, or if something has moved since
        """
        self.ensure_one()
        self._take_turn()
        if self.state != "applied":
            raise UserError(self.env._("Only a campaign that is applied can be undone."))
        changed = self._explain_change(undo=True)
        if changed:
            raise UserError(
                self.env._(
                    "%s Therefore the former plan cannot be restored; propose a new campaign "
                    "instead.",
                    changed,
                )
            )
        campaign = self.sudo()
        lines = campaign._get_moving()
        bookings = {line: campaign._get_standing(line.workorder_id) for line in lines}
        campaign._move([(line, line.now_start, line.now_stop) for line in lines])
        for line in lines:
            rows = [row[1:] for row in line.former["bookings"]]
            campaign._put_bookings(line, bookings[line], rows)
        campaign._store({"state": "undone", "seal": False})
        self.message_post(body=self.env._("Undone: the work orders stand where they stood."))
        return True

    def _take_turn(self):
        """Rights first; then nobody else books or applies until this transaction ends."""
        self.check_access("write")
        self.env["mrp.workorder"].check_access("write")
        self.env["sop.booking"]._take_turn(self.company_id)
        if not self.exists():
            raise UserError(self.env._("The campaign was deleted meanwhile."))

    # ------------------------------------------------------------------ work orders
    @api.model
    def _move(self, places):
        """Put work orders to other times, and their manufacturing orders around them.

        :param places: [(line, start, stop)], both empty where nobody had planned it
        """
        for line, start, stop in places:
            workorder = line.workorder_id
            if start:
                # the minutes stay; Odoo would reckon them from the time between start and end
                workorder.with_context(bypass_duration_calculation=True).write(
                    {"date_start": start, "date_finished": stop}
                )
            else:
                workorder.leave_id.unlink()
                workorder.write({"date_start": False, "date_finished": False})
        orders = self.env["mrp.production"].union(*(line.production_id for line, *_ in places))
        for production in orders:
            former = next(line.former for line, *_ in places if line.production_id == production)
            production.with_context(force_date=True).write(
                self._get_order_dates(production, former)
            )

    @api.model
    def _get_order_dates(self, production, former):
        """Start and end of a manufacturing order around its operations.

        What has begun keeps the moment at which it did; what is not planned any more, its former
        dates.
        """
        left = production.workorder_ids.filtered(lambda wo: wo.state not in ("done", "cancel"))
        leaves = left.leave_id
        if not leaves:
            return dict(zip(("date_start", "date_finished"), former["order"], strict=True))
        dates = {"date_finished": max(leaves.mapped("date_to"))}
        if production.state == "confirmed":
            dates["date_start"] = min(leaves.mapped("date_from"))
        return dates

    # ------------------------------------------------------------------ bookings
    def _get_standing(self, workorder):
        """Bookings that count instead of a work order, because it was not moved since."""
        return workorder.sop_booking_ids.filtered(
            lambda booking: (
                booking.workcenter_id == workorder.workcenter_id
                and booking.plan_from == workorder.date_start
                and booking.plan_to == workorder.date_finished
            )
        )

    @api.model
    def _get_former(self, line):
        """What undoing restores beside the times (JSON)."""
        production = line.production_id
        return {
            "order": [
                fields.Datetime.to_string(production.date_start),
                fields.Datetime.to_string(production.date_finished),
            ],
            "bookings": [
                [booking.id, booking.day.isoformat(), booking.slot_id.id, booking.minutes]
                for booking in self._get_standing(line.workorder_id)
            ],
        }

    @api.model
    def _move_bookings(self, line):
        """Let the bookings of a moved work order follow it, to its new days and slots."""
        former = line.former["bookings"]
        total = sum(minutes for *_booking, minutes in former)
        work = sum(minutes for *_place, minutes in line.pieces or [])
        if total and work:
            rows = [[day, slot, minutes * total / work] for day, slot, minutes in line.pieces]
            bookings = self.env["sop.booking"].browse([row[0] for row in former])
            self._put_bookings(line, bookings, rows)

    @api.model
    def _put_bookings(self, line, bookings, rows):
        """Rewrite bookings to rows [day, slot id, minutes]; more rows need more bookings."""
        workorder = line.workorder_id
        slots = self.env["sop.slot"].browse([slot for _day, slot, _minutes in rows if slot])
        known = set(slots.exists().ids)
        values = [
            {
                "day": day,
                "slot_id": slot if slot in known else False,
                "minutes": minutes,
                "plan_from": workorder.date_start,
                "plan_to": workorder.date_finished,
            }
            for day, slot, minutes in rows
        ]
        for booking, vals in zip(bookings, values, strict=False):
            booking._update(vals)
        if bookings and len(values) > len(bookings):
            pattern = bookings[0].copy_data()[0]
            bookings._store([{**pattern, **vals} for vals in values[len(bookings) :]])
        bookings[len(values) :]._free()
