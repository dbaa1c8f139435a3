"""Small builders for tests: a frozen Monday morning, work centres, products, quotations."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import HttpCase, TransactionCase
from odoo.tools import SQL

# Monday, before the first shift; far from any change of the clock in the zones used here.
NOW = datetime(2031, 1, 13, 6, 0)


def day(number):
    """The n-th day after the frozen Monday."""
    return NOW.date() + timedelta(days=number)


def moment(number, hour):
    """An hour (UTC) of the n-th day after the frozen Monday."""
    return datetime.combine(day(number), datetime.min.time()) + timedelta(hours=hour)


# What the demo plant has agreed on, in an order in which it can be deleted.
AGREED = (
    "sop_score",
    "sop_score_run",
    "sop_scorecard",
    "sop_tier_override",
    "sop_acceptance_log",
    "sop_acceptance_rule",
    "sop_cost_rate",
    "sop_promise_risk",
    "sop_hold",
    "sop_slot",
    "sop_slot_rule",
)
# Customers whose past would be scored, and who hold tiers.
OTHERS = """
UPDATE res_partner SET sop_tier_id = NULL, active = active AND id IN (
    SELECT partner_id FROM res_users UNION SELECT partner_id FROM res_company)
"""


def forget_demo(env):
    """Take the demo's customers, scores, rules and slots away: those of a test are alone."""
    env.flush_all()
    for table in AGREED:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.cr.execute(OTHERS)
    env.invalidate_all()


class BuilderCase(TransactionCase):
    """Work centres run 8 hours, Monday to Friday, in UTC. The promise engine believes it is NOW."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True, mail_notrack=True).env
        forget_demo(cls.env)
        cls.company = cls.env.company
        cls.company.write({"sop_delivery_days": 0, "sop_horizon_days": 120, "sop_gate": "inform"})
        cls.calendar = cls.make_calendar("UTC")
        cls.company.resource_calendar_id = cls.calendar
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.gold, cls.silver, cls.standard = (
            cls.env.ref(f"sop_bridge.tier_{name}") for name in ("gold", "silver", "standard")
        )
        cls.promise = cls.env["sop.promise"]
        cls.classPatch(type(cls.promise), "_get_now", lambda self: NOW)

    @classmethod
    def make_calendar(cls, zone, hours=((8, 12), (13, 17)), **values):
        lines = [
            Command.create(
                {
                    "name": f"{weekday} {start}",
                    "dayofweek": str(weekday),
                    "hour_from": start,
                    "hour_to": stop,
                    "day_period": "morning" if start < 12 else "afternoon",
                }
            )
            for weekday in range(5)
            for start, stop in hours
        ]
        values.setdefault("name", zone)
        return cls.env["resource.calendar"].create(
            dict(values, tz=zone, attendance_ids=[Command.clear(), *lines])
        )

    @classmethod
    def make_workcenter(cls, name, **values):
        values.setdefault("resource_calendar_id", cls.calendar.id)
        return cls.env["mrp.workcenter"].create(dict(values, name=name))

    @classmethod
    def make_product(cls, name, stock=0, vendor_days=None, **values):
        """Storable product; with a vendor if its lead time is given."""
        values.setdefault("is_storable", True)
        values.setdefault("sale_delay", 0)
        product = cls.env["product.product"].create(dict(values, name=name))
        if vendor_days is not None:
            product.seller_ids = [
                Command.create({"partner_id": cls.vendor.id, "delay": vendor_days})
            ]
        if stock:
            cls.add_stock(product, stock)
        return product

    @classmethod
    def add_stock(cls, product, quantity, warehouse=None):
        location = (warehouse or cls.warehouse).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(product, location, quantity)

    @classmethod
    def make_bom(cls, product, operations=(), components=(), **values):
        """Bill; operations are (work centre, minutes per cycle), components (product, quantity)."""
        steps = [
            Command.create(
                {
                    "name": f"Step {number}",
                    "workcenter_id": workcenter.id,
                    "time_cycle_manual": minutes,
                    "sequence": number,
                }
            )
            for number, (workcenter, minutes) in enumerate(operations, 1)
        ]
        lines = [
            Command.create({"product_id": component.id, "product_qty": quantity})
            for component, quantity in components
        ]
        return cls.env["mrp.bom"].create(
            dict(
                values,
                product_tmpl_id=product.product_tmpl_id.id,
                operation_ids=steps,
                bom_line_ids=lines,
            )
        )

    @classmethod
    def make_product_with_bom(cls, name, operations=(), components=(), stock=0, **bom):
        product = cls.make_product(name, stock)
        cls.make_bom(product, operations, components, **bom)
        return product

    @classmethod
    def make_customer(cls, tier=None, **values):
        values.setdefault("name", tier.name if tier else "Customer")
        partner = cls.env["res.partner"].create(dict(values, is_company=True))
        partner.sop_tier_id = tier
        return partner

    @classmethod
    def make_quotation(cls, *lines, customer=None, tier=None, **values):
        """Quotation with lines (product, quantity) or values of a line."""
        customer = customer or cls.make_customer(tier)
        commands = []
        for line in lines:
            plain = not isinstance(line, dict)
            vals = {"product_id": line[0].id, "product_uom_qty": line[1]} if plain else line
            commands.append(Command.create(vals))
        return cls.env["sale.order"].create(
            dict(values, partner_id=customer.id, order_line=commands)
        )

    @classmethod
    def make_production(cls, product, quantity, start=None, **values):
        """Confirmed manufacturing order whose work orders are not planned yet."""
        production = cls.env["mrp.production"].create(
            dict(
                values,
                product_id=product.id,
                product_qty=quantity,
                date_start=start or moment(0, 8),
            )
        )
        production.action_confirm()
        return production

    @classmethod
    def make_slot(cls, workcenter, start, stop, **values):
        return cls.env["sop.slot"].create(
            dict(values, workcenter_id=workcenter.id, date_start=start, date_stop=stop)
        )

    @classmethod
    def make_move(cls, product, quantity, when, source=None, target=None):
        """Confirmed move; by default a receipt from a vendor into stock."""
        source = source or cls.env.ref("stock.stock_location_suppliers")
        target = target or cls.warehouse.lot_stock_id
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "date": when,
            }
        )
        move._action_confirm()
        move.date = when
        return move

    def ask(self, order, **options):
        """Promises of an order's lines, as a list."""
        return list(self.promise._promise_lines(order.order_line, **options).values())

    def told(self, promise):
        """[(source, quantity, day number)] of a promise."""
        return [
            (part.source, round(part.quantity, 2), (part.date - day(0)).days)
            for part in promise.parts
        ]

    def loads(self, promise):
        """[(work centre name, day number, minutes)] of a promise."""
        names = self.env["mrp.workcenter"].browse({load.workcenter for load in promise.loads})
        names = {workcenter.id: workcenter.name for workcenter in names}
        return [
            (names[load.workcenter], (load.day - day(0)).days, round(load.minutes, 2))
            for load in promise.loads
        ]


class ScreenCase(HttpCase):
    """Screens in a browser, whose scripts and styles are there before the first page asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Compiling them takes longer than other requests of the first page wait for their turn.
        for name in ("web.assets_web", "web.assets_tests"):
            cls.env["ir.qweb"]._get_asset_bundle(name, css=False, js=True).js()
        cls.env["ir.qweb"]._get_asset_bundle("web.assets_web", css=True, js=False).css()
