"""Whose orders a person sees on the capacity board, and where a click leads them."""


class Eyes:
    """The rights of a user on the orders behind a cell, found out once for all of them.

    Production sees whom it works for. Salespeople see the orders that their rules let them read;
    of the others they see minutes and tier.

    :param orders: sale orders behind the cell, of any salesperson
    """

    def __init__(self, env, orders):
        self.makes = env.user.has_group("mrp.group_mrp_user")
        allowed = env["sale.order"].has_access("read")
        mine = orders.sudo(False)._filtered_access("read") if allowed else orders.browse()
        self.readable = set(mine.ids)

    def may_name(self, order):
        """Whether customer and number of an order are shown; stock orders are nobody's secret."""
        return self.makes or not order or order.id in self.readable

    def link_work(self, production, order):
        """What opens for a work order: {'model', 'ids'} or False."""
        if self.makes:
            return {"model": "mrp.production", "ids": production.ids}
        return self._link_order(order)

    def link_bookings(self, bookings):
        """What opens for bookings of one order line: the order, or the bookings themselves."""
        if self.makes and bookings.production_id:
            return {"model": "mrp.production", "ids": bookings.production_id.ids}
        return self._link_order(bookings.order_id) or {"model": "sop.booking", "ids": bookings.ids}

    def _link_order(self, order):
        return order.id in self.readable and {"model": "sale.order", "ids": order.ids}
