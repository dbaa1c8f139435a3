from dataclasses import replace
from functools import partial

from odoo import api, models

from ..core.capacity import Customer, Ledger, is_entitled
from ..core.promise import Plant, Reason, promise_line, quantity_by, together
from ..core.supply import Supply, Timeline

# Values of a reason that name goods.
GOODS = ("product", "component", "made", "of")


class SopPromise(models.AbstractModel):
    """The date the plant can keep for order lines. Reads in batches, computes, writes nothing."""

    _name = "sop.promise"
    _inherit = ["sop.facts"]
    _description = "Promise Dates"

    # ------------------------------------------------------------------ questions
    @api.model
    def _promise_lines(
        self,
        lines,
        *,
        quantities=None,
        unlock=None,
        latest=False,
        ignore_orders=None,
        competing=True,
        warehouses=None,
    ):
        """Promise of order lines, also of new ones in a form.

        The lines of one order take stock and capacity from one another, in their sequence; those
        of different orders do not.

        :param lines: sale.order.line
        :param quantities: {line: quantity in the line's unit} instead of the open quantity; for a
            confirmed line it is an addition to what is ordered
        :param unlock: None, 'lower' (also slots kept for one lower tier only) or 'all'
        :param latest: produce just in time for the requested date
        :param ignore_orders: ids of orders that get back what they hold, each for itself
        :param competing: False: each line as if it were alone
        :param warehouses: {line: stock.warehouse} that delivers instead of the line's own
        :return: {line: sop_bridge.core.promise.Promise}, quantities in the line's unit
        """
        lines = lines.with_prefetch()  # one query for all, wherever the lines come from
        result = {}
        for company, mine in lines.grouped(self._get_company).items():
            facts = self._collect(company, mine, quantities or {}, ignore_orders, warehouses)
            for group in self._get_groups(mine, competing):
                plant = self._get_plant(facts, group, unlock)
                found = [promise_line(facts.lines[line], plant, latest) for line in group]
                if competing and group[0].order_id.picking_policy == "one":
                    found = together(found)
                for line, promise in zip(group, found, strict=True):
                    result[line] = self._with_ids(promise, facts.goods)
        return {line: result[line] for line in lines}

    @api.model
    def _quantity_by(self, line, date, *, unlock=None, ignore_orders=None):
        """Largest quantity of a line that the customer can have by a day.

        Lines before it in the order take theirs first.

        :return: float in the line's unit
        """
        group = next(
            group
            for group in self._get_groups(line.order_id.order_line | line, competing=True)
            if line in group
        )
        group = group[: group.index(line) + 1]
        lines = line.union(*group)
        facts = self._collect(self._get_company(line), lines, {}, ignore_orders)
        plant = self._get_plant(facts, group, unlock)
        for other in group[:-1]:
            promise_line(facts.lines[other], plant)
        return quantity_by(facts.lines[line], plant, date)

    # ------------------------------------------------------------------ hooks
    @api.model
    def _get_groups(self, lines, competing):
        """Lists of lines that compete, in their sequence."""
        if not competing:
            return [[line] for line in lines]
        groups = {}
        for line in lines:
            groups.setdefault(line.order_id, []).append(line)
        return [sorted(group, key=lambda line: line.sequence) for group in groups.values()]

    @api.model
    def _get_customer(self, order):
        """Core Customer of an order; an archived tier or an agreement that is over opens no slot.

        :param order: sale.order, or an empty one
        """
        tier = order.sop_tier_id if order.sop_tier_id.active else order.sop_tier_id.browse()
        partner = order.partner_id.commercial_partner_id._origin
        return Customer(
            partner.id or None,
            tier.id or None,
            tier.rank if tier else None,
            order.sop_agreement_id._origin._in_force(order.partner_id._origin).id or None,
        )

    # ------------------------------------------------------------------ computing
    @api.model
    def _get_plant(self, facts, group, unlock):
        """Core Plant for the lines of one order."""
        customer = self._get_customer(group[0].sudo().order_id)
        owners = facts.owners

        def usable(slot, family):
            return is_entitled(customer, owners[slot], unlock, family)

        ids = {line._origin.id for line in group}
        order = group[0].order_id._origin.id
        board = self._get_board(facts, ids).seen_by(order)
        no_hours = {wc for wc, calendar in board.calendars.items() if not calendar.has_hours()}
        return Plant(
            facts.today,
            facts.horizon,
            Ledger(board, usable),
            self._get_supplies(facts, group, ids, board),
            frozenset(no_hours),
        )

    @api.model
    def _get_board(self, facts, ids):
        """Board for an order: bookings of its own lines do not count, those of others do."""
        others = [loads for line, loads in facts.own_loads.items() if line not in ids]
        if not others:
            return facts.board
        board = facts.board.duplicate()
        for loads in others:
            for load in loads:
                board.add(*load)
        return board

    @api.model
    def _get_supplies(self, facts, group, ids, board):
        """{key: core Supply} of what the lines of an order need, their own deliveries left out."""
        keys = [demand.product for line in group for demand in facts.lines[line].demands]
        timelines, supplies = {}, {}
        while keys:
            key = keys.pop()
            good = facts.goods.get(key)
            if key in supplies or good is None:
                continue
            place = key[:2]
            if good.product.is_storable and not good.fresh and place not in timelines:
                timelines[place] = self._get_timeline(facts, place, ids, good, board)
            supplies[key] = Supply(
                key,
                Timeline(facts.today) if good.fresh else timelines.get(place),
                partial(getattr, good, "bill"),
                sellers=good.sellers,
                contract=good.contract,
                origin=good.origin,
                transit=good.days,
            )
            if key in facts.short:
                keys += [component.product for component in good.components]
                keys += [good.origin] if good.origin else []
        return supplies

    @api.model
    def _get_timeline(self, facts, place, ids, good, board):
        moves = list(facts.moves.get(place, ()))
        for day, quantity in facts.unplanned.get(place, ()):
            ready = self._get_unplanned_day(facts, board, good.bill, day)
            moves += [(ready, quantity)] if ready else []
        for line, own in facts.own_moves.items():
            if line not in ids:
                moves += own.get(place, ())
        return Timeline(facts.today, facts.on_hand.get(place, 0.0), moves)

    @api.model
    def _with_ids(self, promise, goods):
        """The promise with product ids in place of the keys of goods."""
        values = {
            name: value[1] if name in GOODS and isinstance(value, tuple) else value
            for name, value in promise.reason.values.items()
        }
        if "origin" in values:
            values["origin"] = values["origin"][0]
        makes = tuple(
            replace(
                make,
                product=make.product[1],
                warehouse=make.product[0],
                fresh=goods[make.product].fresh,
            )
            for make in promise.makes
        )
        parts = tuple(
            replace(part, origin=part.origin and part.origin[0]) for part in promise.parts
        )
        takes = tuple((key[1], key[0], quantity, day) for key, quantity, day in promise.takes)
        stages = tuple(replace(stage, product=stage.product[1]) for stage in promise.stages)
        found = {"parts": parts, "makes": makes, "takes": takes, "stages": stages}
        return replace(promise, reason=Reason(promise.reason.code, values), **found)

    @api.model
    def _get_unplanned_day(self, facts, board, bill, day):
        """When goods of an order that nobody has planned can be there, None beyond the horizon.

        Its minutes flow behind everything that is planned, so its goods cannot be there before
        that backlog has found room on every work centre that makes them.
        """
        for operation in bill.operations if bill else ():
            calendar = board.calendars.get(operation.workcenter)
            if calendar and calendar.has_hours():
                day = day and board.settled(operation.workcenter, day, facts.horizon)
        return day
