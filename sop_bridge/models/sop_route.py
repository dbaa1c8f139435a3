from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

# A chain of rules is not followed for ever: somebody may have closed it to a ring.
LONGEST = 12


@dataclass
class RouteBook:
    """Rules of one company, read at once.

    ``rules`` map (destination location id, route id) -> {warehouse id or False: stock.rule}, the
    first of each as Odoo chooses; ``actions`` and ``sequence`` are those of each route id; ``own``,
    ``inherited`` and ``usual`` are sets of route ids of products, of their categories and of
    warehouses; ``made`` and ``bought`` are ids of products with a bill and with vendors; ``found``
    remembers what was asked.
    """

    rules: dict = field(default_factory=dict)
    actions: dict = field(default_factory=dict)
    sequence: dict = field(default_factory=dict)
    own: dict = field(default_factory=lambda: defaultdict(set))
    inherited: dict = field(default_factory=lambda: defaultdict(set))
    usual: dict = field(default_factory=lambda: defaultdict(set))
    made: set = field(default_factory=set)
    bought: set = field(default_factory=set)
    customers: object = None
    found: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Where goods come from when there are none.

    :param action: 'manufacture', 'buy', 'warehouse' (another one sends them), or None: no rule says
    :param warehouse: stock.warehouse that sends them
    :param days: delays of the rules on the way
    """

    action: str | None = None
    warehouse: object = None
    days: int = 0


@dataclass(frozen=True)
class Delivery:
    """How goods go to a customer.

    :param days: delays of the rules on the way
    :param fresh: whether they are procured anew for each order, so that free stock does not count
    """

    days: int = 0
    fresh: bool = False


class SopRoute(models.AbstractModel):
    """What Odoo's rules say about the replenishment of many products; writes nothing.

    The same choice as ``stock.rule._get_rule`` of Odoo 19, which searches the database once per
    product and location: rules are read at once here, and chosen in memory.
    """

    _name = "sop.route"
    _description = "Routes of Products"

    @api.model
    def _read(self, company, products, made, bought):
        """RouteBook of a company.

        :param products: product.product that may be asked for
        :param made: ids of products with a bill
        :param bought: ids of products with vendors
        """
        rules = self.env["stock.rule"].search_fetch(
            [
                ("action", "!=", "push"),
                "|",
                ("company_id", "=", False),
                ("company_id", "child_of", company.ids),
            ],
            [
                "active",
                "location_dest_id",
                "location_src_id",
                "picking_type_id",
                "warehouse_id",
                "route_id",
                "action",
                "delay",
                "procure_method",
                "route_sequence",
                "sequence",
            ],
        )
        book = RouteBook(made=made, bought=bought)
        for rule in rules.sorted(lambda rule: (rule.route_sequence, rule.sequence)):
            place = book.rules.setdefault((rule.location_dest_id.id, rule.route_id.id), {})
            place.setdefault(rule.warehouse_id.id, rule)
            book.actions.setdefault(rule.route_id.id, set()).add(rule.action)
            book.sequence[rule.route_id.id] = rule.route_sequence
        for kind, record, route in self._get_routes(products):
            getattr(book, kind)[record].add(route)
        customers = self.env["ir.model.data"]._xmlid_to_res_id("stock.stock_location_customers")
        book.customers = self.env["stock.location"].browse(customers or ())
        return book

    @api.model
    def _get_routes(self, products):
        """Rows ('own', product id, route id), ('inherited', product id, route id) of categories and
        those above them, and ('usual', warehouse id, route id)."""
        for model in ("product.template", "product.category", "stock.route", "stock.warehouse"):
            self.env[model].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT 'own', product.id, link.route_id
                  FROM product_product product
                  JOIN stock_route_product link ON link.product_id = product.product_tmpl_id
                  JOIN stock_route route ON route.id = link.route_id AND route.active
                 WHERE product.id = ANY(%(products)s)
                 UNION ALL
                SELECT 'inherited', product.id, link.route_id
                  FROM product_product product
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN product_category category ON category.id = template.categ_id
                  JOIN stock_route_categ link
                    ON link.categ_id = ANY(string_to_array(
                           trim(TRAILING '/' FROM category.parent_path), '/')::int[])
                  JOIN stock_route route ON route.id = link.route_id AND route.active
                 WHERE product.id = ANY(%(products)s)
                 UNION ALL
                SELECT 'usual', link.warehouse_id, link.route_id
                  FROM stock_route_warehouse link
                  JOIN stock_route route ON route.id = link.route_id AND route.active
                """,
                products=products.ids,
            )
        )

    # ------------------------------------------------------------------ questions
    @api.model
    def _get_source(self, book, product, warehouse, routes):
        """Source of a product that a warehouse has not in stock.

        :param routes: stock.route of the order line, before those of the product
        """
        key = "source", product.id, warehouse.id, tuple(routes.ids)
        if key not in book.found:
            book.found[key] = self._find_source(book, product, warehouse, routes)
        return book.found[key]

    @api.model
    def _find_source(self, book, product, warehouse, routes):
        location, asking, days = warehouse.lot_stock_id, warehouse, 0
        for _number in range(LONGEST):
            rule = self._get_rule(book, product, location, asking, routes)
            if rule.action in ("manufacture", "buy", False):
                return Source(rule.action or None, days=days)
            days += rule.delay
            location = rule.location_src_id
            sender = location.warehouse_id
            if sender and sender != warehouse and sender.company_id == warehouse.company_id:
                return Source("warehouse", sender, days)
            if rule.procure_method == "make_to_stock":
                break  # the stock there is counted already, or is another company's
            asking = self._get_asking(rule)
        return Source()

    @api.model
    def _get_delivery(self, book, product, warehouse, routes):
        """(Delivery, Source) of a product on its way to a customer; Source None: out of stock.

        The Source is that of goods which never come to the warehouse (a vendor sends them).
        """
        location, asking, days = book.customers, warehouse, 0
        for _number in range(LONGEST if location else 0):
            rule = self._get_rule(book, product, location, asking, routes)
            if rule.action in ("manufacture", "buy"):
                return Delivery(days, True), Source(rule.action, days=days)
            if not rule:
                break
            days += rule.delay
            location = rule.location_src_id
            fresh = rule.procure_method == "make_to_order"
            if not fresh or location == warehouse.lot_stock_id:
                return Delivery(days, fresh), None
            asking = self._get_asking(rule)
        return Delivery(days), None

    @api.model
    def _is_fresh(self, book, product, warehouse):
        """Whether a component is procured anew for each order, whatever stock there is."""
        rule = warehouse.manufacture_mto_pull_id
        return bool(rule.active and rule.route_id.id in self._get_own_routes(book, product))

    # ------------------------------------------------------------------ as Odoo chooses
    @api.model
    def _get_asking(self, rule):
        """Warehouse in whose name the next rule is sought (``_prepare_procurement_values``)."""
        if not rule.location_src_id.warehouse_id:
            return rule.route_id.supplier_wh_id
        return rule.warehouse_id or rule.picking_type_id.warehouse_id

    @api.model
    def _get_own_routes(self, book, product):
        """Ids of the routes of a product and of its categories."""
        return book.own[product.id] | book.inherited[product.id]

    @api.model
    def _get_rule(self, book, product, location, warehouse, routes):
        """The stock.rule by which Odoo brings a product to a location, or an empty one."""
        mine, usual = self._get_own_routes(book, product), book.usual[warehouse.id]
        groups = [self._get_order(book, product, group) for group in (set(routes.ids), mine, usual)]
        allowed = self._get_allowed(book, product, mine.union(routes.ids), usual)
        while location:
            for group in groups:
                rule = self._choose(book, location, warehouse, group, allowed)
                if rule:
                    return rule
            location = location.location_id
        return self.env["stock.rule"]

    @api.model
    def _get_order(self, book, product, routes):
        """Route ids in the order in which they are tried."""
        own = book.own[product.id]
        return sorted(routes, key=lambda one: (one not in own, book.sequence.get(one, 0), one))

    @api.model
    def _get_allowed(self, book, product, routes, usual):
        """Ids of the routes that count; empty: all of them.

        Those of a warehouse that make or buy count for products with a bill or a vendor
        (``stock.rule._filter_warehouse_routes``).
        """
        return routes.union(
            route for route in usual if self._is_usual(book, product, book.actions.get(route, ()))
        )

    @api.model
    def _is_usual(self, book, product, actions):
        """Whether a route of a warehouse with rules of some actions counts for a product."""
        return ("manufacture" not in actions or product.id in book.made) and (
            "buy" not in actions or product.id in book.bought
        )

    @api.model
    def _choose(self, book, location, warehouse, routes, allowed):
        """The rule to a location of the first of some route ids that has one, or None."""
        for route in routes:
            if allowed and route not in allowed:
                continue
            rules = book.rules.get((location.id, route))
            rule = rules and (rules.get(warehouse.id) or rules.get(False))
            if rules and not warehouse:
                rule = next(iter(rules.values()))
            if rule:
                return rule
        return None
