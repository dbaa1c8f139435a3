from datetime import date

from odoo import api, models
from odoo.tools import SQL

from .wording import say_day


class SopHoldWay(models.AbstractModel):
    """Part of sop.hold: which holds of others a promise comes behind."""

    _name = "sop.hold.way"
    _description = "Holds in the Way of a Promise"

    @api.model
    def _get_in_way(self, order, promises):
        """Holds of others on the work centre or the goods that decide about promises.

        :param promises: {line: core Promise} of one order
        :return: {line: [(hold id, UTC moment of its end)]}, without lines that nobody is in the way
        """
        wanted = {line: self._get_bottleneck(line, promise) for line, promise in promises.items()}
        workcenters = {found[0] for found in wanted.values() if found[0]}
        products = {product for found in wanted.values() for product in found[1]}
        if not workcenters and not products:
            return {}
        rows = self._get_rivals(order, workcenters, products)
        found = {}
        for line, (workcenter, goods, day) in wanted.items():
            rivals = {
                (hold, until)
                for hold, until, place, product, first in rows
                if day and first <= day and (place == workcenter if place else product in goods)
            }
            if rivals:
                found[line] = sorted(rivals, key=lambda rival: rival[1])
        return found

    @api.model
    def _get_bottleneck(self, line, promise):
        """(work centre id or None, product ids, last day) of what decides about a promise.

        Without a day where nothing is in its way.
        """
        values = promise.reason.values
        day = promise.date or values.get("date") or date.max
        if promise.state == "none" or promise.reason.code == "stock":
            return None, (), None
        goods = {values.get("component"), values.get("product"), line.product_id._origin.id}
        # only what was short of goods: 'production' alone waits for nobody
        workcenter = values.get("workcenter")
        if promise.reason.code not in ("workcenter", "horizon"):
            workcenter = None
        return workcenter, tuple(filter(None, goods)), day

    @api.model
    def _get_rivals(self, order, workcenters, products):
        """Rows (hold id, end, work centre id or None, product id or None, first day)."""
        for model in ("sop.hold", "sop.hold.goods", "sop.booking"):
            self.env[model].flush_model()
        return self.env.execute_query(
            SQL(
                """
                WITH live AS (
                    SELECT id, until FROM sop_hold
                     WHERE state = 'active' AND until > %(now)s AND order_id <> %(order)s)
                SELECT live.id, until, workcenter_id, NULL, MIN(day)
                  FROM live JOIN sop_booking booking ON booking.hold_id = live.id
                 WHERE workcenter_id = ANY(%(workcenters)s) GROUP BY 1, 2, 3
                 UNION ALL
                SELECT live.id, until, NULL, product_id, MIN(day)
                  FROM live JOIN sop_hold_goods goods ON goods.hold_id = live.id
                 WHERE product_id = ANY(%(products)s) GROUP BY 1, 2, 4
                """,
                now=self._get_now(),
                order=order._origin.id or 0,
                workcenters=list(workcenters),
                products=list(products),
            )
        )

    @api.model
    def _say_in_way(self, rivals, company):
        """'held for another quotation until 14 March', without a name: it may be a colleague's.

        :param rivals: [(hold id, UTC moment of its end)], first to end first
        """
        day = say_day(self.env, company.sudo()._sop_local_date(rivals[0][1]))
        if len(rivals) == 1:
            return self.env._("Some of what it needs is held for another quotation until %s.", day)
        return self.env._(
            "Some of what it needs is held for %(count)s other quotations, the first until "
            "%(day)s.",
            count=len(rivals),
            day=day,
        )
