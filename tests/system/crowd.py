"""A plant with thousands of customers whose tiers a scoring changes, and its state as values."""

import time
from contextlib import closing
from datetime import timedelta

import psycopg2

from odoo import Command, fields

from benchmarks.session import configure, release, session

# Three batches of customers who move, the last one not full.
SIZE = 6000
SELLERS = ("ann", "ben", "cleo")
APPROVERS = {
    "sales.boss": "sop_bridge.group_sop_sales_approver",
    "plant.boss": "sop_bridge.group_sop_production_approver",
}
NAME = "'Customer ' || lpad(n::text, 6, '0')"
SALES = "n * 7919 % 1000"
# the tier that a customer has before is another one than the score gives, for five of six
BEFORE = f"""
CASE WHEN {SALES} >= 700 THEN CASE WHEN n % 6 = 0 THEN {{gold}} ELSE {{silver}} END
     WHEN {SALES} >= 400 THEN CASE WHEN n % 6 = 0 THEN {{silver}} ELSE {{standard}} END
     ELSE CASE WHEN n % 6 = 0 THEN {{standard}} ELSE {{gold}} END END"""
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND wait_event_type = 'Lock'"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"
# state of everything that a scoring writes, without ids and moments, which differ between runs
STATE = {
    "tiers": "SELECT name, sop_tier_id::text FROM res_partner WHERE name LIKE 'Customer %'",
    "quotations": """
        SELECT o.name, o.sop_tier_id FROM sale_order o WHERE o.state IN ('draft', 'sent')""",
    "scores": """
        SELECT p.name, s.score, s.figures::text, s.recent::text, s.outcome, s.moved,
               s.tier_before_id, s.tier_earned_id, s.tier_after_id, s.whale_rank, s.whale_share
          FROM sop_score s JOIN res_partner p ON p.id = s.partner_id""",
    "runs": "SELECT state, total, applied, is_last, message FROM sop_score_run",
    "notes": """
        SELECT p.name, m.body FROM mail_message m JOIN res_partner p ON p.id = m.res_id
         WHERE m.model = 'res.partner' AND m.body LIKE '%→%'""",
    "notices": """
        SELECT p.name, m.subject, m.body FROM mail_message m
          JOIN mail_notification n ON n.mail_message_id = m.id
          JOIN res_partner p ON p.id = n.res_partner_id WHERE m.model = 'sop.score.run'""",
}


def fill(database):
    """Write customers, one order each, some quotations, and a scorecard in force."""
    configure()
    with session(database, commit=True) as env:
        people = make_people(env)
        tiers = {
            name: env.ref(f"sop_bridge.tier_{name}").id for name in ("gold", "silver", "standard")
        }
        activate(env, people, tiers)
        order = make_order(env, people["ann"])
        env.flush_all()
        sellers = [people[name].id for name in SELLERS]
        multiply(env.cr, order, sellers, BEFORE.format(**tiers), env.company.id)
        # nothing but what is asked for runs beside the test
        env["ir.cron"].search([]).write({"nextcall": fields.Datetime.now() + timedelta(days=900)})
    release(database)


def make_people(env):
    """Create salespeople and approvers; {login: user}."""
    groups = {**dict.fromkeys(SELLERS, "sales_team.group_sale_salesman"), **APPROVERS}
    values = [
        {
            "name": login,
            "login": login,
            "password": login,
            "notification_type": "inbox",
            "group_ids": [Command.set([env.ref("base.group_user").id, env.ref(group).id])],
        }
        for login, group in groups.items()
    ]
    users = env["res.users"].with_context(no_reset_password=True).create(values)
    return dict(zip(groups, users, strict=True))


def activate(env, people, tiers):
    """Put a scorecard in force: 1000 of sales are 100 points; both ways after one scoring."""
    points = [Command.create({"figure": 1000 * part, "points": 100 * part}) for part in (0, 1)]
    criterion = {"measure": "net_sales", "weight": 1, "method": "breakpoints"}
    card = env["sop.scorecard"].create(
        {
            "basis": "ordered",
            "demote_after": 1,
            "default_tier_id": tiers["standard"],
            "criterion_ids": [Command.create({**criterion, "breakpoint_ids": points})],
            "border_ids": [
                Command.create({"tier_id": tiers["gold"], "score": 70}),
                Command.create({"tier_id": tiers["silver"], "score": 40}),
            ],
        }
    )
    card.action_ask()
    for login in APPROVERS:
        card.with_user(people[login]).action_approve()


def make_order(env, seller):
    """Create the customer, the order and the quotation that the others are copies of."""
    env.company.sop_gate = "off"
    goods = env["product.product"].create({"name": "Shelf", "list_price": 1, "type": "consu"})
    partner = env["res.partner"].create(
        {"name": "Pattern", "is_company": True, "user_id": seller.id}
    )
    values = {
        "partner_id": partner.id,
        "order_line": [Command.create({"product_id": goods.id, "product_uom_qty": 1})],
    }
    quotation, order = env["sale.order"].create([values, values])
    order.action_confirm()
    return partner, quotation, order


def multiply(cursor, order, sellers, before, company):
    """Copy the rows of the pattern in the database, each customer with other sales."""
    partner, quotation, order = order
    seller = f"(ARRAY{sellers})[1 + n % {len(sellers)}]"
    first = copy_rows(
        cursor, "res_partner", partner.id, SIZE,
        name=NAME, complete_name=NAME, user_id=seller, commercial_partner_id="{id}",
        sop_tier_id=f"jsonb_build_object('{company}', {before})",
    )  # fmt: skip
    customer = f"{first} + n"
    people = dict.fromkeys(("partner_id", "partner_invoice_id", "partner_shipping_id"), customer)
    people["access_token"] = "NULL"
    copy_rows(cursor, "sale_order", quotation.id, 100, name="'Q' || n", **people)
    orders = copy_rows(cursor, "sale_order", order.id, SIZE, name="'O' || n", **people)
    copy_rows(
        cursor, "sale_order_line", order.order_line.id, SIZE,
        order_id=f"{orders} + n", order_partner_id=customer, price_subtotal=SALES,
    )  # fmt: skip
    cursor.execute("DELETE FROM sale_order_line WHERE order_id = %s", [order.id])
    cursor.execute("ANALYZE")


def copy_rows(cursor, table, source, count, **changes):
    """Copy a row ``count`` times; return the id before the first copy, where n is 1.

    :param changes: {column: SQL of n, and of the new id as {id}}
    """
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND is_generated = 'NEVER' AND column_name <> 'id'",
        [table],
    )
    names = [name for (name,) in cursor.fetchall()]
    cursor.execute(f"SELECT max(id) FROM {table}")
    (last,) = cursor.fetchone()
    values = [changes.get(name, f'p."{name}"').format(id=f"{last} + n") for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    cursor.execute(
        f"INSERT INTO {table} (id, {columns}) SELECT {last} + n, {', '.join(values)}"
        f" FROM {table} p, generate_series(1, {count}) n WHERE p.id = {source}"
    )
    cursor.execute(f"SELECT setval('{table}_id_seq', {last + count})")
    return last


# ---------------------------------------------------------------------- watching
def state(database):
    """Return {what: sorted rows} of all that a scoring writes."""
    with closing(psycopg2.connect(dbname=database)) as connection, connection.cursor() as cursor:
        found = {}
        for name, query in STATE.items():
            cursor.execute(query)
            found[name] = sorted(cursor.fetchall(), key=repr)
        return found


def query(database, statement):
    """Return the first row of a statement, in a transaction of its own."""
    with closing(psycopg2.connect(dbname=database)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def hold(database, name):
    """Lock a customer so that whoever gives it a tier waits; return the connection that does."""
    connection = psycopg2.connect(dbname=database)
    with connection.cursor() as cursor:
        # an insertion of a score may still refer to the customer
        cursor.execute("SELECT 1 FROM res_partner WHERE name = %s FOR NO KEY UPDATE", [name])
        assert cursor.fetchone()
    return connection


def remove(database, name):
    """Delete a customer with the order, as the end of a merge does; return the open connection."""
    connection = psycopg2.connect(dbname=database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM res_partner WHERE name = %s", [name])
        (partner,) = cursor.fetchone()
        for statement in (
            "DELETE FROM sale_order_line WHERE order_partner_id = %s",
            "DELETE FROM sale_order WHERE partner_id = %s",
            "DELETE FROM res_partner WHERE id = %s",
        ):
            cursor.execute(statement, [partner])
    return connection


def wait_until(answer, seconds=60):
    """Wait until a function returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (found := answer()):
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.1)
    return found


def somebody_waits(database):
    """Tell whether a transaction waits for the customer that is held."""
    return query(database, BLOCKED.format(database))[0]


def nobody_left(database):
    """Tell whether all connections to a database are gone."""
    return not query(database, OTHERS.format(database))[0]


def run_state(database):
    """Return (state, customers done, of how many) of the only run."""
    return query(database, "SELECT state, applied, total FROM sop_score_run")
