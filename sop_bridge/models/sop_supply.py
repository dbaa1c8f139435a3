from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..core.supply import Seller


class SopSupply(models.AbstractModel):
    """Collects stock, receipts and vendors: one query per kind, writes nothing."""

    _name = "sop.supply"
    _description = "Supply of Products"

    # ------------------------------------------------------------------ stock over time
    @api.model
    def _get_atp(self, products, warehouses, zone, owners=(), held=None):
        """Stock and open moves of products per warehouse, in the products' units.

        :param zone: name of the time zone in which days are counted
        :param owners: ids of order lines whose own deliveries are returned apart
        :param held: SQL with more rows like those of moves: what quotations hold
        :return: ({(warehouse id, product id): on hand},
            {(warehouse id, product id): [(day, quantity)]},
            {line id: {(warehouse id, product id): [(day, quantity)]}},
            {(warehouse id, product id): [(day, quantity)]} of orders that nobody has planned yet)
        """
        on_hand, moves, unplanned = {}, defaultdict(list), defaultdict(list)
        own = defaultdict(lambda: defaultdict(list))
        for warehouse, product, day, owner, floats, quantity in self._get_stock(
            products, warehouses, zone, owners, held
        ):
            if day is None:
                on_hand[warehouse, product] = quantity
                continue
            target = own[owner] if owner else unplanned if floats else moves
            target[warehouse, product].append((day, quantity))
        return on_hand, moves, own, unplanned

    @api.model
    def _get_inside(self, warehouses):
        """SQL: locations inside the warehouses, (location, warehouse, usage)."""
        return SQL(
            """
            SELECT location.id AS location_id, warehouse.id AS warehouse_id, location.usage
              FROM stock_warehouse warehouse
              JOIN stock_location top ON top.id = warehouse.view_location_id
              JOIN stock_location location ON location.parent_path LIKE top.parent_path || '%%'
             WHERE warehouse.id = ANY(%s)
            """,
            warehouses.ids,
        )

    @api.model
    def _get_stock(self, products, warehouses, zone, owners, held):
        """Rows of what is in a warehouse, of our own goods, and of what enters (+) or leaves (-).

        (warehouse id, product id, day or NULL for what is there now, line id, comes from an
        unplanned order, quantity)
        """
        self._flush_stock()
        return self.env.execute_query(
            SQL(
                """
                WITH inside AS MATERIALIZED (%(inside)s),
                open_move AS MATERIALIZED (%(open_moves)s),
                crossing AS (
                    SELECT inside.warehouse_id, move.*, move.product_qty AS quantity
                      FROM open_move move JOIN inside ON inside.location_id = move.location_dest_id
                     WHERE NOT EXISTS (
                           SELECT FROM inside same WHERE same.location_id = move.location_id
                              AND same.warehouse_id = inside.warehouse_id)
                     UNION ALL
                    SELECT inside.warehouse_id, move.*, -move.product_qty
                      FROM open_move move JOIN inside ON inside.location_id = move.location_id
                     WHERE NOT EXISTS (
                           SELECT FROM inside same WHERE same.location_id = move.location_dest_id
                              AND same.warehouse_id = inside.warehouse_id)
                )
                SELECT inside.warehouse_id, quant.product_id, NULL::date, NULL::integer, FALSE,
                       SUM(quant.quantity)
                  FROM stock_quant quant JOIN inside ON inside.location_id = quant.location_id
                 WHERE quant.product_id = ANY(%(products)s) AND inside.usage = 'internal'
                   AND quant.owner_id IS NULL
              GROUP BY 1, 2
             UNION ALL
                SELECT warehouse_id, product_id, day, owner, floats, SUM(quantity)
                  FROM crossing GROUP BY 1, 2, 3, 4, 5 %(held)s
                """,
                held=SQL("UNION ALL %s", held) if held else SQL(),
                inside=self._get_inside(warehouses),
                open_moves=self._get_open_moves(products, zone, owners),
                products=products.ids,
            )
        )

    @api.model
    def _flush_stock(self):
        """Let SQL see what is still waiting to be written."""
        self.env["stock.quant"].flush_model(["product_id", "location_id", "quantity", "owner_id"])
        self.env["stock.move"].flush_model(
            [
                "product_id",
                "location_id",
                "location_dest_id",
                "location_final_id",
                "state",
                "date",
                "product_qty",
                "sale_line_id",
                "production_id",
            ]
        )
        self.env["mrp.workorder"].flush_model(["production_id", "state", "date_start"])

    @api.model
    def _get_open_moves(self, products, zone, owners):
        """SQL: open moves of products, with their day, whether their order floats, and owner.

        A first step of several, which makes the next one when it is done, counts as the whole way.
        """
        return SQL(
            """
            SELECT product_id, location_id, product_qty,
                   COALESCE(location_final_id, location_dest_id) AS location_dest_id,
                   (date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                   EXISTS (
                       SELECT FROM mrp_workorder wo
                        WHERE wo.production_id = stock_move.production_id
                          AND wo.date_start IS NULL AND wo.state IN ('blocked', 'ready')
                   ) AS floats,
                   CASE WHEN sale_line_id = ANY(%(owners)s) THEN sale_line_id END AS owner
              FROM stock_move
             WHERE product_id = ANY(%(products)s)
               AND state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
            """,
            zone=zone,
            owners=list(owners),
            products=products.ids,
        )

    # ------------------------------------------------------------------ vendors
    @api.model
    def _get_sellers(self, products, company, today):
        """{product id: [row]} of the vendors that sell on a day, best first; see ``_get_terms``.

        As ``product.product._select_seller`` orders and filters them, for all products at once.
        """
        by_template = products.grouped("product_tmpl_id")
        known = set(products.ids)
        found = defaultdict(list)
        for template, variant, *terms in self._get_terms(products, company, today):
            sold = by_template.get(products.product_tmpl_id.browse(template), products.browse())
            for product in [variant] if variant in known else () if variant else sold.ids:
                found[product].append(terms)
        return dict(found)

    @api.model
    def _get_terms(self, products, company, today):
        """Rows of vendors' terms that hold on a day, in Odoo's order of vendors.

        (template id, variant id, id, vendor id, minimum, unit id, days, price after discount,
        currency id, sequence)
        """
        self.env["product.supplierinfo"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT info.product_tmpl_id, info.product_id, info.id, info.partner_id,
                       info.min_qty, info.product_uom_id, info.delay,
                       info.price * (1 - COALESCE(info.discount, 0) / 100), info.currency_id,
                       info.sequence
                  FROM product_supplierinfo info JOIN res_partner ON res_partner.id = partner_id
                 WHERE info.product_tmpl_id = ANY(%(templates)s) AND res_partner.active
                   AND (info.company_id IS NULL OR info.company_id = %(company)s)
                   AND (date_start IS NULL OR date_start <= %(today)s)
                   AND (date_end IS NULL OR date_end >= %(today)s)
              ORDER BY info.sequence, info.min_qty DESC, info.price, info.id
                """,
                templates=products.product_tmpl_id.ids,
                company=company.id,
                today=today,
            )
        )

    @api.model
    def _get_seller(
        self, product, company, today, terms, vendor, least, unit, delay, price, currency, sequence
    ):
        """Core Seller of the terms of a vendor, in the product's unit and the company's money.

        The days until the goods are there are the vendor's and those that the company needs to
        purchase (``stock.rule._get_lead_days``).
        """
        unit = self.env["uom.uom"].browse(unit) or product.uom_id
        price = unit._compute_price(price or 0.0, product.uom_id)
        if currency and currency != company.currency_id.id:
            currency = self.env["res.currency"].browse(currency)
            price = currency._convert(price, company.currency_id, company, today, round=False)
        return Seller(
            vendor,
            unit._compute_quantity(least or 0.0, product.uom_id, round=False),
            (delay or 0) + int(company.days_to_purchase),
            price,
            sequence or 0,
            terms,
        )
