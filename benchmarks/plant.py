"""The plant that is measured: built once per size from a fixed seed, then reused.

Master data goes through Odoo's own models; the crowd of open orders is copied, row by row of
one order that Odoo planned itself, by COPY.
"""

import csv
import io
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psycopg2
from psycopg2 import sql

from benchmarks import timetable
from benchmarks.session import release, session
from dev import databases, paths

SEED = 20260101
LINE = 5  # work centres of one production line; a product stays on its line
SHARED = 5  # products that share one semi-finished product
BATCH = 500
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}


@dataclass(frozen=True)
class Size:
    """How large the plant is, apart from its open work orders."""

    name: str
    workcenters: int
    products: int
    customers: int
    quotations: int
    slots: int  # per work centre


SIZES = {
    "small": Size("small", 10, 200, 200, 100, 5),
    "full": Size("full", 50, 2000, 2000, 240, 20),
}


def is_short(number):
    """Tell whether the semi-finished product of product ``number`` is out of stock."""
    return number // SHARED % 4 == 0


def is_made_to_order(number):
    """Tell whether Odoo itself makes product ``number`` for each order (route MTO)."""
    return number % 10 == 7


def is_stocked(number):
    """Tell whether product ``number`` lies in stock, ready to be delivered."""
    return number % 10 == 9


# ---------------------------------------------------------------- databases
def key(*parts):
    """Return a hash over this generator, the week and what else the database depends on."""
    week = timetable.first_monday(datetime.now(timezone.utc))
    return paths.short_hash(
        Path(__file__).read_text(), Path(timetable.__file__).read_text(), SEED, week, *parts
    )


def without_addon(house, size, orders):
    """Return the database of a plant that does not have the add-on."""
    base = databases.template(house, demo=False)
    prefix = f"sop_bench_plain_{size.name}_{orders}_"
    name = prefix + key(base, size)

    def fill(database):
        databases.copy(house, base, database)
        build(database, size, orders)

    return databases.prepared(house, name, prefix, f"plant with {orders:,} open work orders", fill)


def with_addon(house, size, orders):
    """Return the database of the same plant after installing the add-on, tiers and slots set."""
    base = without_addon(house, size, orders)
    prefix = f"sop_bench_addon_{size.name}_{orders}_"
    name = prefix + paths.short_hash(base, paths.tree_hash(paths.ADDON))

    def fill(database):
        databases.copy(house, base, database)
        databases.install(house, database, ["sop_bridge"])
        equip(database, size)

    return databases.prepared(house, name, prefix, f"sop_bridge in a copy of {base}", fill)


# ---------------------------------------------------------------- master data
def build(database, size, orders):
    """Fill a database that has the modules, but no data."""
    rng = random.Random(SEED)
    with session(database, commit=True, **QUIET) as env:
        sales_settings(env)
        workcenters = make_workcenters(env, size)
        raws, semis, goods = make_products(env, size)
        make_bills(env, rng, workcenters, raws, semis, goods)
        make_stock(env, raws, semis, goods)
        customers = make_customers(env, size)
        make_quotations(env, rng, size, customers, goods)
        sample = make_sample(env, goods)
    release(database)
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        Copies(cursor, sample).make(orders)
    analyze(database)


def analyze(database):
    """Give PostgreSQL the statistics that it would have gathered in the background."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    connection.cursor().execute("VACUUM ANALYZE")
    connection.close()


def create(records, vals_list):
    """Create records in batches."""
    made = records.browse()
    for start in range(0, len(vals_list), BATCH):
        made += records.create(vals_list[start : start + BATCH])
        records.env.flush_all()
        records.env.invalidate_all()
    return made


def sales_settings(env):
    """Turn on what a plant uses: work orders, several routes, made to order."""
    groups = env.ref("mrp.group_mrp_routings") | env.ref("stock.group_adv_location")
    env.ref("base.group_user").write({"implied_ids": [(4, group.id) for group in groups]})
    env.ref("stock.route_warehouse0_mto").active = True


def make_workcenters(env, size):
    """Create the calendar of two shifts and the work centres."""
    calendar = env["resource.calendar"].create(
        {
            "name": "Two shifts",
            "tz": str(timetable.ZONE),
            "attendance_ids": [(5, 0, 0)]
            + [
                (0, 0, {
                    "name": "shift", "dayofweek": str(day), "day_period": period,
                    "hour_from": start, "hour_to": stop,
                })
                for day in range(timetable.WORKDAYS)
                for period, start, stop in (("morning", 6, 14), ("afternoon", 14, 22))
            ],
        }
    )  # fmt: skip
    return create(
        env["mrp.workcenter"],
        [
            {
                "name": f"Work centre {number:02}",
                "code": f"W{number:02}",
                "resource_calendar_id": calendar.id,
                "costs_hour": 40 + number % 7 * 10,
            }
            for number in range(size.workcenters)
        ],
    )


def make_products(env, size):
    """Create raw materials with a vendor, semi-finished and finished products."""
    make = env.ref("mrp.route_warehouse0_manufacture")
    buy = env.ref("purchase_stock.route_warehouse0_buy")
    to_order = env.ref("stock.route_warehouse0_mto")
    vendor = env["res.partner"].create({"name": "Vendor", "is_company": True})
    semis = size.products // SHARED
    raws = [
        {
            "name": f"Raw {number:04}",
            "is_storable": True,
            "sale_ok": False,
            "standard_price": 1 + number % 9,
            "route_ids": [(6, 0, buy.ids)],
            "seller_ids": [(0, 0, {"partner_id": vendor.id, "delay": 5 + number % 20})],
        }
        for number in range(semis * 2)
    ]
    halves = [
        {"name": f"Half {number:04}", "is_storable": True, "route_ids": [(6, 0, make.ids)]}
        for number in range(semis)
    ]
    goods = [
        {
            "name": f"Product {number:04}",
            "default_code": f"P{number:04}",
            "is_storable": True,
            "list_price": 50 + number % 400,
            "standard_price": 20 + number % 150,
            "route_ids": [(6, 0, (make | to_order).ids if is_made_to_order(number) else make.ids)],
        }
        for number in range(size.products)
    ]
    return tuple(create(env["product.product"], values) for values in (raws, halves, goods))


def operations(rng, line):
    """Return values of three operations on different work centres, in the order of the line."""
    chosen = sorted(rng.sample(line, 3))
    return [
        (0, 0, {
            "name": name,
            "workcenter_id": workcenter,
            "time_mode": "manual",
            "time_cycle_manual": rng.choice((1, 1.5, 2, 2.5, 3)),
        })
        for name, workcenter in zip(("Cut", "Join", "Finish"), chosen, strict=True)
    ]  # fmt: skip


def make_bills(env, rng, workcenters, raws, semis, goods):
    """Create the bills of both levels, three operations each."""
    ids = workcenters.ids
    lines = [ids[start : start + LINE] for start in range(0, len(ids), LINE)]
    bills = []
    for number, semi in enumerate(semis):
        bills.append((semi, raws[number * 2 : number * 2 + 2], lines[number % len(lines)]))
    for number, product in enumerate(goods):
        semi = semis[number // SHARED]
        raw = raws[(number * 3) % len(raws)]
        bills.append((product, semi | raw, lines[number // SHARED % len(lines)]))
    create(
        env["mrp.bom"],
        [
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "bom_line_ids": [
                    (0, 0, {"product_id": part.id, "product_qty": 1 + index})
                    for index, part in enumerate(parts)
                ],
                "operation_ids": operations(rng, line),
            }
            for product, parts, line in bills
        ],
    )


def make_stock(env, raws, semis, goods):
    """Put raw materials, three quarters of the halves and a tenth of the products in stock."""
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    stocked = [(raw, 10**7) for raw in raws]
    stocked += [(semi, 10**6) for number, semi in enumerate(semis) if not is_short(number * SHARED)]
    stocked += [(good, 5000) for number, good in enumerate(goods) if is_stocked(number)]
    create(
        env["stock.quant"].with_context(inventory_mode=False),
        [
            {"product_id": product.id, "location_id": location.id, "quantity": quantity}
            for product, quantity in stocked
        ],
    )


def make_customers(env, size):
    """Create companies with an address."""
    return create(
        env["res.partner"],
        [
            {
                "name": f"Customer {number:05}",
                "is_company": True,
                "street": f"Street {number}",
                "city": "Ghent",
                "zip": "9000",
                "country_id": env.ref("base.be").id,
            }
            for number in range(size.customers)
        ],
    )


def make_quotations(env, rng, size, customers, goods):
    """Create quotations of five lines, for the list."""
    create(
        env["sale.order"],
        [
            {
                "partner_id": rng.choice(customers.ids),
                "order_line": [
                    (0, 0, {"product_id": product, "product_uom_qty": rng.randint(1, 20)})
                    for product in rng.sample(goods.ids, 5)
                ],
            }
            for _number in range(size.quotations)
        ],
    )


def make_sample(env, goods):
    """Let Odoo confirm and plan one order; its rows are the pattern of all others."""
    product = next(good for number, good in enumerate(goods) if not is_short(number))
    order = env["mrp.production"].create({"product_id": product.id, "product_qty": 7})
    order.action_confirm()
    order.button_plan()
    env.flush_all()
    return order.id


# ---------------------------------------------------------------- the crowd of orders
@dataclass
class Bill:
    """A bill as the copies need it."""

    id: int
    product: int
    template: int
    components: list
    steps: list


class Copies:
    """Copies of one planned manufacturing order, each for its product, quantity and dates."""

    TABLES = (
        "mrp_production_group", "mrp_production", "mrp_workorder", "stock_move",
        "resource_calendar_leaves",
    )  # fmt: skip

    def __init__(self, cursor, sample):
        self.cursor = cursor
        self.sample = sample
        self.rows = {table: [] for table in self.TABLES}
        self.blocked_by = []
        self.next = {
            table: self.scalar(f"SELECT max(id) + 1 FROM {table}") for table in self.TABLES
        }

    def scalar(self, query):
        """Return the single value of a query."""
        self.cursor.execute(query)
        return self.cursor.fetchone()[0]

    def all(self, query, *values):
        """Return the rows of a query."""
        self.cursor.execute(query, values)
        return self.cursor.fetchall()

    def make(self, count):
        """Write orders that have ``count`` work orders together."""
        bills = self.bills()
        monday = timetable.first_monday(datetime.now(timezone.utc))
        steps = {key: bill.steps for key, bill in bills.items()}
        for bill, quantity, works in timetable.plan(monday, steps, count, SEED):
            self.order(bills[bill], quantity, works)
        self.write()

    def bills(self):
        """Return {id: Bill} of the products of which orders are open: none with a short half."""
        made = [
            Bill(bom, product, template, [], [])
            for bom, product, template, name in self.all(
                "SELECT bom.id, product.id, bom.product_tmpl_id, template.name->>'en_US'"
                "  FROM mrp_bom bom"
                "  JOIN product_template template ON template.id = bom.product_tmpl_id"
                "  JOIN product_product product ON product.product_tmpl_id = template.id"
                " WHERE template.name->>'en_US' LIKE 'Product %%' ORDER BY bom.id"
            )
            if not is_short(int(name.split()[1]))
        ]
        found = {bill.id: bill for bill in made}
        for bom, line, product, quantity in self.all(
            "SELECT bom_id, id, product_id, product_qty FROM mrp_bom_line ORDER BY bom_id, id"
        ):
            if bom in found:
                found[bom].components.append((line, product, float(quantity)))
        for bom, operation, workcenter, setup, cycle in self.all(
            "SELECT bom_id, operation.id, workcenter_id, COALESCE(time_start, 0)"
            " + COALESCE(time_stop, 0), time_cycle_manual"
            "  FROM mrp_routing_workcenter operation"
            "  JOIN mrp_workcenter ON mrp_workcenter.id = workcenter_id ORDER BY bom_id, 2"
        ):
            if bom in found:
                step = timetable.Step(operation, workcenter, float(setup), float(cycle))
                found[bom].steps.append(step)
        return found

    def add(self, table, **values):
        """Remember a row and return its id."""
        number = self.next[table]
        self.next[table] += 1
        self.rows[table].append(dict(values, id=number))
        return number

    def order(self, bill, quantity, works):
        """Remember one order with its moves, work orders and places in the calendars."""
        start, stop = works[0].start, works[-1].stop
        name = f"BENCH/{self.next['mrp_production']:06}"
        group = self.add("mrp_production_group", name=name)
        order = self.add(
            "mrp_production", name=name, product_id=bill.product, bom_id=bill.id,
            production_group_id=group, product_qty=quantity, product_uom_qty=quantity,
            date_start=start, date_finished=stop,
        )  # fmt: skip
        self.moves(bill, quantity, order, group, name, start, stop)
        before = None
        for sequence, work in enumerate(works):
            before = self.workorder(order, name, sequence, work, before)

    def moves(self, bill, quantity, order, group, name, start, stop):
        """Remember what the order makes and consumes."""
        common = {"origin": name, "reference": name, "production_group_id": group}
        shared = dict(common, date=start, date_deadline=start, kind="raw")
        for line, product, per_unit in bill.components:
            needed = quantity * per_unit
            self.add(
                "stock_move", **shared, product_id=product, bom_line_id=line,
                raw_material_production_id=order, product_qty=needed, product_uom_qty=needed,
                packaging_uom_qty=needed, unit_factor=per_unit,
            )  # fmt: skip
        self.add(
            "stock_move", **common, kind="made", product_id=bill.product, production_id=order,
            product_qty=quantity, product_uom_qty=quantity, packaging_uom_qty=quantity,
            quantity=quantity, date=stop,
        )  # fmt: skip

    def workorder(self, order, name, sequence, work, before):
        """Remember one work order with its place in the calendar; return its id."""
        leave = self.add(
            "resource_calendar_leaves", workcenter=work.step.workcenter, name=f"{name} - work",
            date_from=work.start, date_to=work.stop,
        )  # fmt: skip
        number = self.add(
            "mrp_workorder", production_id=order, sequence=sequence, barcode=f"{name}/{sequence}",
            workcenter_id=work.step.workcenter, operation_id=work.step.operation, leave_id=leave,
            duration_expected=work.minutes, date_start=work.start, date_finished=work.stop,
            production_date=work.start, state="blocked" if before else "ready",
        )  # fmt: skip
        if before:
            self.blocked_by.append((number, before))
        return number

    def write(self):
        """Write all rows, each kind after the pattern of the sample's row of that kind."""
        sample = self.sample
        resources = dict(self.all("SELECT id, resource_id FROM mrp_workcenter"))
        calendar = self.scalar("SELECT resource_calendar_id FROM mrp_workcenter LIMIT 1")
        for row in self.rows["resource_calendar_leaves"]:
            row.update(resource_id=resources[row.pop("workcenter")], calendar_id=calendar)
        moves = {"raw": [], "made": []}
        for row in self.rows["stock_move"]:
            moves[row.pop("kind")].append(row)
        work = f"production_id = {sample}"
        leave = f"id = (SELECT min(leave_id) FROM mrp_workorder WHERE {work})"
        group = f"id = (SELECT production_group_id FROM mrp_production WHERE id = {sample})"
        for table, pattern, rows in (
            ("mrp_production_group", group, self.rows["mrp_production_group"]),
            ("mrp_production", f"id = {sample}", self.rows["mrp_production"]),
            ("stock_move", f"raw_material_production_id = {sample}", moves["raw"]),
            ("stock_move", work, moves["made"]),
            ("resource_calendar_leaves", leave, self.rows["resource_calendar_leaves"]),
            ("mrp_workorder", work, self.rows["mrp_workorder"]),
        ):
            self.copy_rows(table, pattern, rows)
        self.copy("mrp_workorder_dependencies_rel", ["workorder_id", "blocked_by_id"],
                  self.blocked_by)  # fmt: skip
        for table in self.TABLES:
            self.cursor.execute(f"SELECT setval('{table}_id_seq', {self.next[table]})")

    def copy_rows(self, table, pattern, rows):
        """Write rows; what they do not say is as in the sample's row."""
        self.cursor.execute(f"SELECT * FROM {table} WHERE {pattern} ORDER BY id LIMIT 1")
        columns = [column.name for column in self.cursor.description]
        like = dict(zip(columns, self.cursor.fetchone(), strict=True))
        for name in columns:
            if isinstance(like[name], dict | list):
                raise TypeError(f"{table}.{name} is JSON, which this copy does not write")
        self.copy(table, columns, ([{**like, **row}[name] for name in columns] for row in rows))

    def copy(self, table, columns, rows):
        """COPY rows into a table."""
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        text.seek(0)
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)")
        self.cursor.copy_expert(query.format(sql.Identifier(table), names), text)


# ---------------------------------------------------------------- the add-on's own data
def equip(database, size):
    """Give the customers tiers, reserve slots for them, and let the gate hold."""
    with session(database, commit=True, **QUIET) as env:
        env.company.sop_gate = "hold"
        tiers = env["sop.tier"].search([], order="rank")
        customers = env["res.partner"].search([("name", "=like", "Customer %")], order="id")
        for rank, tier in enumerate(tiers):
            part = [partner.id for index, partner in enumerate(customers) if index % 7 % 3 == rank]
            customers.browse(part).write({"sop_tier_id": tier.id})
        calendar = timetable.Timetable(timetable.first_monday(datetime.now(timezone.utc)))
        week = timedelta(weeks=1)
        slots = []
        for number, workcenter in enumerate(env["mrp.workcenter"].search([])):
            start = calendar.moment((number % timetable.WORKDAYS) * timetable.DAY_MINUTES)
            slots += [
                {
                    "workcenter_id": workcenter.id,
                    "tier_id": tiers[index % 2].id,
                    "date_start": start + index * week,
                    "date_stop": start + index * week + timedelta(hours=4),
                }
                for index in range(2, 2 + size.slots)
            ]
        create(env["sop.slot"], slots)
    release(database)
    analyze(database)
