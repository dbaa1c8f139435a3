from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta

from pytz import utc

from odoo import api, models

# Quantities below this are rounding noise of floats.
EPSILON = 1e-6
RUNNING = ("confirmed", "progress", "to_close")


class SopCampaignDue(models.AbstractModel):
    """When the goods of manufacturing orders have to be made."""

    _name = "sop.campaign.due"
    _description = "Due Moments of Manufacturing Orders"

    @api.model
    def _get_due(self, productions):
        """{manufacturing order: UTC moment by which its goods have to be made, or None}.

        The end of the promised day, else of the day that the customer asked for, less the delivery
        delay. For stock, the deadline of the order, and the day on which stock would fall below
        what is promised from it. Never after an order begins that is made of the goods.
        """
        needed = self._get_needed_for_stock(productions)
        now, hours = self.env["sop.promise"]._get_now(), self.env["sop.hours"]
        terms = {company: hours._get_terms(company, now) for company in productions.company_id}
        due = {}
        for production in productions:
            day = self._get_customer_day(production)
            moments = self._get_parent_starts(production)
            if day:
                ready = replace(terms[production.company_id], requested=day).latest()
                moments.append(self._get_end(production, ready))
            else:
                moments += [
                    one for one in (production.date_deadline, needed.get(production)) if one
                ]
            due[production] = min(moments, default=None)
        return due

    @api.model
    def _get_customer_day(self, production):
        """Day that was promised to the customer of an order, else the one asked for, or None."""
        wanted = [self._get_wanted(order) for order in production._sop_orders()]
        return production.sop_promised_date or min(filter(None, wanted), default=None)

    @api.model
    def _get_wanted(self, order):
        """Day for which a customer wants an order, or None."""
        if order.commitment_date and not order.sop_requested_date:
            return order.company_id._sop_local_date(order.commitment_date)
        return order.sop_requested_date or None

    @api.model
    def _get_end(self, production, day):
        """UTC moment at which a day of the company ends."""
        midnight = datetime.combine(day + timedelta(days=1), time.min)
        local = production.company_id._sop_timezone().localize(midnight)
        return local.astimezone(utc).replace(tzinfo=None)

    @api.model
    def _get_parent_starts(self, production):
        """UTC moments at which planned orders begin that are made of the goods of an order."""
        parents = production.move_finished_ids.move_dest_ids.raw_material_production_id.filtered(
            lambda mo: mo.is_planned and mo.state in RUNNING
        )
        end = production.date_finished
        starts = (parent.date_start for parent in parents if parent.date_start)
        # where it is not so now, nothing can be broken
        return [start for start in starts if not end or start >= end]

    # ------------------------------------------------------------------ for stock
    @api.model
    def _get_needed_for_stock(self, productions):
        """{order for stock: UTC moment by which what is promised from stock needs it}.

        Orders of one product serve the needs in the order in which they are planned.
        """
        stock = productions.filtered(
            lambda mo: mo.is_planned and not self._get_customer_day(mo)
        ).sorted(lambda mo: (mo.date_finished, mo.id))
        found = {}
        for company, mine in stock.grouped("company_id").items():
            zone = company._sop_timezone().zone
            warehouses = mine.picking_type_id.warehouse_id
            on_hand, moves, *_others = self.env["sop.supply"]._get_atp(
                mine.product_id, warehouses, zone
            )
            places = mine.grouped(lambda mo: (mo.picking_type_id.warehouse_id.id, mo.product_id.id))
            for place, orders in places.items():
                found.update(
                    self._get_needed(orders, on_hand.get(place, 0.0), moves.get(place, ()))
                )
        return found

    @api.model
    def _get_needed(self, orders, on_hand, moves):
        """The same for the orders of one product in one warehouse."""
        days = {order: order.company_id._sop_local_date(order.date_finished) for order in orders}
        changes = Counter()
        for day, quantity in [*moves, *((days[one], -one.product_uom_qty) for one in orders)]:
            changes[day] += quantity
        stock, waiting, found = on_hand, list(orders), {}
        for day in sorted(changes):
            stock += changes[day]
            while stock < -EPSILON and waiting:
                order = waiting.pop(0)
                stock += order.product_uom_qty
                # what comes too late now is not to come later
                found[order] = self._get_end(order, max(day, days[order]))
        return found
