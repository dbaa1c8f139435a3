from odoo import models


class SopBooks(models.AbstractModel):
    """The part of a manufacturing order that keeps its bookings right when it changes.

    A booking counts in place of its work order only while that stands where, and takes as long as,
    it was booked. So the load is right whatever happens to a work order; here, bookings follow it.
    """

    _name = "sop.books"
    _description = "Bookings That Follow Their Orders"

    def _sop_books(self):
        """{order: its bookings, first day first} of these orders."""
        bookings = self.sudo().sop_booking_ids.sorted(lambda b: (b.day, b.id))
        return bookings.grouped("production_id")

    def _sop_share_books(self, books, parts):
        """Share the bookings of orders that were split among their parts.

        The first part keeps the first days. The others are not planned yet; they keep their days.

        :param books: {order: bookings} from before
        :param parts: the orders, each followed by those that were split off it
        """
        for production, members in self._sop_group_parts(parts).items():
            for operation, bookings in books.get(production, {}).items():
                left = bookings
                for member in members:
                    workorder = member.workorder_ids.filtered(
                        lambda wo, op=operation: wo.operation_id == op and wo.state != "cancel"
                    )[:1]
                    if workorder:
                        mine, left = left._take(workorder.duration_expected)
                        mine._attach(workorder)
                left._free()

    def _sop_share_lines(self, parts):
        """Let what was split off be made for the order line of the order it comes from.

        :param parts: the orders, each followed by those that were split off it
        """
        for production, members in self.sudo()._sop_group_parts(parts.sudo()).items():
            for member in members[1:]:
                member.sop_line_id = production.sop_line_id

    def _sop_group_parts(self, parts):
        """{order: [the order, those that were split off it]}"""
        groups, current = {}, None
        for production in parts:
            current = production if production in self else current
            groups.setdefault(current, []).append(production)
        return groups

    def _sop_take_over_books(self, bookings):
        """Give an order the bookings of those it was merged from.

        :param bookings: sop.booking that belong to no order now
        """
        self.ensure_one()
        lines = bookings.order_line_id
        if len(lines) == 1:
            self.sudo().sop_line_id = lines
        for workorder in self.workorder_ids:
            mine = bookings.filtered(lambda b, wo=workorder: b.operation_id == wo.operation_id)
            mine, left = mine.sorted(lambda b: (b.day, b.id))._take(workorder.duration_expected)
            mine._attach(workorder)
            left._free()

    def _sop_resize_books(self):
        """Let bookings that stand for work orders take as long as these take now."""
        for workorder in self.sudo().workorder_ids:
            standing = workorder.sop_booking_ids.filtered(lambda b: b._stands(resized=True))
            total = sum(standing.mapped("minutes"))
            if not total or not workorder.duration_expected:
                continue
            for booking in standing:
                booking._update(
                    {
                        "minutes": booking.minutes * workorder.duration_expected / total,
                        "plan_minutes": workorder.duration_expected,
                    }
                )
