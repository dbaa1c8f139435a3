from odoo import api, fields, models
from odoo.tools import SQL


class SopHoldGoods(models.Model):
    """Quantity of a product in a warehouse that a held quotation takes on a day."""

    _name = "sop.hold.goods"
    _inherit = ["sop.kept"]
    _description = "Held Goods"
    _order = "day, product_id, id"
    _rec_name = "product_id"

    hold_id = fields.Many2one(
        "sop.hold", required=True, index=True, ondelete="cascade", readonly=True
    )
    order_line_id = fields.Many2one(
        "sale.order.line", index="btree_not_null", ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="hold_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade", readonly=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, ondelete="cascade", readonly=True
    )
    day = fields.Date("From stock on", required=True, readonly=True)
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "Held goods need a positive quantity."
    )

    def _get_refusal(self, mode):
        if mode == "create":
            return self.env._("Goods are held with the button on the quotation.")
        return self.env._("Held goods follow their quotation.")

    def _keep(self, hold, promises):
        """Keep the goods of promises for a hold.

        :param promises: {sale.order.line: core Promise}
        """
        return self._store(
            [
                {
                    "hold_id": hold.id,
                    "order_line_id": line.id,
                    "product_id": product,
                    "warehouse_id": warehouse,
                    "quantity": quantity,
                    "day": day,
                }
                for line, promise in promises.items()
                for product, warehouse, quantity, day in promise.takes
                if quantity > 0
            ]
        )

    # ------------------------------------------------------------------ reading
    @api.model
    def _get_held(self, facts, products, warehouses, lines):
        """SQL of what quotations hold, as it is taken out of what others may be promised.

        What the asked lines hold themselves goes with their own deliveries.

        :return: SQL with rows (warehouse id, product id, day, asked line id or NULL, FALSE,
            quantity below zero)
        """
        self.flush_model()
        self.env["sop.hold"].flush_model(["state", "until", "order_id"])
        return SQL(
            """
            SELECT goods.warehouse_id, goods.product_id, goods.day,
                   CASE WHEN order_line_id = ANY(%(lines)s) THEN order_line_id END,
                   FALSE, -SUM(goods.quantity)
              FROM sop_hold_goods goods JOIN sop_hold hold ON hold.id = goods.hold_id
             WHERE hold.state = 'active' AND hold.until > %(now)s
               AND goods.product_id = ANY(%(products)s)
               AND goods.warehouse_id = ANY(%(warehouses)s)
               AND NOT hold.order_id = ANY(%(ignored)s)
          GROUP BY 1, 2, 3, 4
            """,
            lines=[line._origin.id for line in lines if line._origin.id],
            now=facts.now,
            products=products.ids,
            warehouses=warehouses.ids,
            ignored=list(facts.ignored),
        )
