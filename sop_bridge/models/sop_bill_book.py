from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.supply import find_loops


@dataclass
class Tree:
    """Products and all below them; ``edges`` are (product id, component id, limited)."""

    edges: list
    products: object


@dataclass
class BillBook:
    """Bills of many products, found and read at once.

    ``kits`` and ``normal`` map product -> mrp.bom per (company, picking type), ``contracts``
    product -> bills by which subcontractors make it; ``loops`` are ids of products whose bill
    needs, at some level, the product itself; ``cycles`` minutes per cycle; ``boms`` all that were
    found, ``lines`` and ``steps`` what is in them by their ids; ``limited`` whether a line applies
    to some variants only.
    """

    kits: dict = field(default_factory=dict)
    normal: dict = field(default_factory=dict)
    contracts: dict = field(default_factory=dict)
    boms: object = None
    products: object = None
    loops: set = field(default_factory=set)
    lines: dict = field(default_factory=dict)
    steps: dict = field(default_factory=dict)
    limited: bool = True
    cycles: dict = field(default_factory=dict)


class SopBillBook(models.AbstractModel):
    """Finds the bills of many products and reads what is in them, one query per kind."""

    _name = "sop.bill.book"
    _description = "Bills of Materials, Found"

    # ------------------------------------------------------------------ finding
    @api.model
    def _get_edges(self, products, companies):
        """[(product id, component id, limited)] of the whole tree below products.

        ``limited`` lines apply to some variants only, so they do not prove a loop.
        """
        self.env["mrp.bom"].flush_model()
        self.env["mrp.bom.line"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE edge(product, component, limited) AS (
                    SELECT product.id, line.product_id, %(limited)s
                      FROM product_product product %(level)s
                     WHERE product.id = ANY(%(products)s)
                    UNION
                    SELECT product.id, line.product_id, %(limited)s
                      FROM edge JOIN product_product product ON product.id = edge.component
                           %(level)s
                )
                SELECT product, component, limited FROM edge
                """,
                limited=self._get_limited(),
                level=self._get_level(companies),
                products=products.ids,
            )
        )

    @api.model
    def _get_level(self, companies):
        """SQL: joins the lines of the bills of a ``product``."""
        return SQL(
            """
              JOIN mrp_bom bom ON bom.product_tmpl_id = product.product_tmpl_id AND bom.active
                   AND (bom.product_id IS NULL OR bom.product_id = product.id)
                   AND (bom.company_id IS NULL OR bom.company_id = ANY(%s))
              JOIN mrp_bom_line line ON line.bom_id = bom.id
            """,
            companies.ids,
        )

    @api.model
    def _get_limited(self):
        """SQL: whether a bill's ``line`` applies to some variants only."""
        relation = self.env["mrp.bom.line"]._fields["bom_product_template_attribute_value_ids"]
        return SQL(
            "EXISTS (SELECT FROM %s rel WHERE rel.%s = line.id)",
            SQL.identifier(relation.relation),
            SQL.identifier(relation.column1),
        )

    @api.model
    def _get_tree(self, products, companies):
        """Tree of products and everything below them in bills of some companies."""
        edges = self._get_edges(products, companies)
        below = {component for _product, component, _limited in edges}
        return Tree(edges, products | products.browse(below - set(products.ids)))

    @api.model
    def _get_bills(self, tree, pairs):
        """Bills of the products of a Tree.

        :param pairs: {(res.company, operation type for manufacturing)}
        :return: (BillBook, all products of the tree)
        """
        companies = self.env["res.company"].union(*(company for company, _type in pairs))
        boms = self._find_boms(tree.products, companies)
        book = BillBook(loops=find_loops(tree.edges), boms=boms, products=tree.products)
        for pair in pairs:
            self._add_pair(book, pair)
        book.limited = any(limited for _product, _component, limited in tree.edges)
        self._read_content(book)
        return book, tree.products

    @api.model
    def _read_content(self, book):
        """Read the lines and operations of all bills, one query each."""
        domain = [("bom_id", "in", book.boms.ids)]
        lines = self.env["mrp.bom.line"].search_fetch(
            domain, ["bom_id", "product_id", "product_qty", "product_uom_id"]
        )
        steps = self.env["mrp.routing.workcenter"].search_fetch(
            domain, ["bom_id", "workcenter_id", "time_cycle_manual", "time_mode"]
        )
        book.lines = {bom.id: found for bom, found in lines.grouped("bom_id").items()}
        book.steps = {bom.id: found for bom, found in steps.grouped("bom_id").items()}
        book.cycles = self._get_cycles(steps)

    @api.model
    def _add_pair(self, book, pair):
        """Choose the bills of a (company, operation type)."""
        if pair not in book.kits:
            found = self._choose_boms(book.boms, book.products, *pair)
            book.kits[pair], book.normal[pair], book.contracts[pair] = found

    @api.model
    def _find_boms(self, products, companies):
        bom = self.env["mrp.bom"]
        domain = fields.Domain(bom._bom_find_domain(products)) & fields.Domain(
            "company_id", "in", [False, *companies.ids]
        )
        return bom.search_fetch(
            domain,
            [
                "type",
                "product_tmpl_id",
                "product_id",
                "company_id",
                "picking_type_id",
                "product_qty",
                "product_uom_id",
                "enable_batch_size",
                "batch_size",
                "produce_delay",
                "days_to_prepare_mo",
                "allow_operation_dependencies",
            ],
            order="sequence, product_id, id",
        )

    @api.model
    def _choose_boms(self, boms, products, company, picking_type):
        """({product: kit}, {product: normal bill}, {product: [bills of subcontractors]}).

        Kit and normal bill are the first as Odoo chooses.

        Odoo's procurement explodes a kit whatever its operation type, and prefers a normal bill of
        the warehouse's operation type (``stock.rule._get_matching_bom``).
        """
        by_template = products.grouped("product_tmpl_id")
        kits, preferred, others, contracts = {}, {}, {}, {}
        for bom in boms:
            if bom.company_id and bom.company_id != company:
                continue
            if bom.type == "phantom":
                target = kits
            elif bom.type == "normal":
                own = not bom.picking_type_id or bom.picking_type_id == picking_type
                target = preferred if own else others
            else:
                target = contracts  # 'subcontract', where mrp_subcontracting is installed
            variants = by_template.get(bom.product_tmpl_id, ())
            for product in bom.product_id or variants:
                if target is contracts:
                    contracts.setdefault(product, []).append(bom)
                else:
                    target.setdefault(product, bom)
        return kits, {**others, **preferred}, contracts

    @api.model
    def _get_cycles(self, operations):
        """{operation id: minutes per cycle}: ``time_cycle`` of Odoo, for all at once.

        Odoo searches the last done work orders of each operation that is measured one by one.
        """
        cycles = {operation.id: operation.time_cycle_manual for operation in operations}
        measured = operations.filtered(lambda operation: operation.time_mode != "manual")
        if not measured:
            return cycles
        found = defaultdict(lambda: [0.0, 0.0])
        for workorder in self._get_last_workorders(measured):
            operation = workorder.operation_id
            capacity = workorder.workcenter_id._get_capacity(
                workorder.product_id, workorder.product_uom_id, operation.bom_id.product_qty or 1
            )[0]
            total = found[operation.id]
            total[0] += workorder.duration
            total[1] += -(-workorder.qty_produced // capacity)
        for operation, (duration, count) in found.items():
            if count:
                cycles[operation] = duration / count
        return cycles

    @api.model
    def _get_last_workorders(self, operations):
        """The done work orders from which the cycle of measured operations is taken."""
        operations.flush_model(["time_mode_batch"])
        self.env["mrp.workorder"].flush_model(
            ["operation_id", "state", "qty_produced", "date_finished"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT workorder.id
                  FROM mrp_routing_workcenter operation
                  JOIN LATERAL (
                        SELECT id FROM mrp_workorder
                         WHERE operation_id = operation.id AND state = 'done' AND qty_produced > 0
                      ORDER BY date_finished DESC, id DESC LIMIT operation.time_mode_batch
                       ) workorder ON TRUE
                 WHERE operation.id = ANY(%s)
                """,
                operations.ids,
            )
        )
        return self.env["mrp.workorder"].browse(row[0] for row in rows)
