"""A small plant for tests: one line of work, customers of each tier, users of each role."""

from datetime import datetime, time, timedelta

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user

from .common import forget_demo


class PlantCase(TransactionCase):
    """Two work centres working 8 hours from Monday to Friday (UTC), one product made in an hour.

    ``cls.monday`` is the Monday after next, so that today's hours and weekends play no part.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True, mail_notrack=True).env
        forget_demo(cls.env)
        cls.company = cls.env.company
        cls.company.write({"sop_gate": "hold", "sop_delivery_days": 0})
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Eight hours",
                "tz": "UTC",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": start + 4,
                            "day_period": "morning" if start < 12 else "afternoon",
                        }
                    )
                    for day in range(5)
                    for start in (8, 13)
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.gold = cls.env.ref("sop_bridge.tier_gold")
        cls.silver = cls.env.ref("sop_bridge.tier_silver")
        cls.standard = cls.env.ref("sop_bridge.tier_standard")
        cls.line = cls._workcenter("Coating line")
        cls.assembly = cls._workcenter("Assembly")
        cls.cabinet = cls._made_product("Cabinet", [(cls.line, 60)])
        cls.customers = {
            tier: cls.env["res.partner"].create(
                {"name": tier.name, "is_company": True, "city": "Lyon", "sop_tier_id": tier.id}
            )
            for tier in (cls.gold, cls.silver, cls.standard)
        }
        cls._users()
        today = fields.Date.today()
        cls.monday = today + timedelta(days=14 - today.weekday())

    @classmethod
    def _users(cls):
        def user(login, *groups):
            names = ",".join(groups)
            return new_test_user(cls.env, login, groups=names, email=f"{login}@example.com")

        cls.sales = user("sop_sales", "sales_team.group_sale_salesman")
        cls.sales_colleague = user("sop_sales2", "sales_team.group_sale_salesman_all_leads")
        cls.planner = user("sop_planner", "mrp.group_mrp_user")
        cls.sales_approver = user("sop_sales_boss", "sop_bridge.group_sop_sales_approver")
        cls.production_approver = user(
            "sop_production_boss", "sop_bridge.group_sop_production_approver"
        )
        cls.sop_admin = user("sop_boss", "sop_bridge.group_sop_admin", "base.group_partner_manager")

    @classmethod
    def _workcenter(cls, name):
        return cls.env["mrp.workcenter"].create(
            {"name": name, "resource_calendar_id": cls.calendar.id, "time_efficiency": 100}
        )

    @classmethod
    def _made_product(cls, name, operations, **values):
        """A storable product with a bill; operations are (work centre, minutes for one)."""
        product = cls.env["product.product"].create(
            dict({"name": name, "is_storable": True, "list_price": 100, "sale_delay": 0}, **values)
        )
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "operation_ids": [
                    Command.create(
                        {
                            "name": f"Operation {index}",
                            "workcenter_id": workcenter.id,
                            "time_mode": "manual",
                            "time_cycle_manual": minutes,
                            "sequence": index,
                        }
                    )
                    for index, (workcenter, minutes) in enumerate(operations)
                ],
            }
        )
        return product

    def _quotation(self, tier, quantity, requested=None, product=None, user=None):
        """Quotation of a customer of a tier, written by the salesperson."""
        return (
            self.env["sale.order"]
            .with_user(user or self.sales)
            .create(
                {
                    "partner_id": self.customers[tier].id,
                    "user_id": (user or self.sales).id,
                    "sop_requested_date": requested,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": (product or self.cabinet).id,
                                "product_uom_qty": quantity,
                            }
                        )
                    ],
                }
            )
        )

    @classmethod
    def _fill(cls, workcenter, day, until):
        """Close a work centre from the start of a day to that of another one (an overhaul)."""
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Overhaul",
                "calendar_id": workcenter.resource_calendar_id.id,
                "resource_id": workcenter.resource_id.id,
                "date_from": datetime.combine(day, time.min),
                "date_to": datetime.combine(until, time.min),
                "time_type": "leave",
            }
        )

    @classmethod
    def _close_until_monday(cls):
        """Nothing can be made before ``monday``, so that its hours are the first ones."""
        for workcenter in cls.line | cls.assembly:
            cls._fill(workcenter, fields.Date.today() - timedelta(days=1), cls.monday)

    def _slot(self, tier, day, start=8, stop=17, workcenter=None, **values):
        return self.env["sop.slot"].create(
            dict(
                {
                    "workcenter_id": (workcenter or self.line).id,
                    "tier_id": tier.id,
                    "date_start": datetime.combine(day, time(start)),
                    "date_stop": datetime.combine(day, time(stop)),
                },
                **values,
            )
        )

    def _booked(self, workcenter=None):
        """{day: booked minutes} on a work centre."""
        rows = self.env["sop.booking"]._read_group(
            [("workcenter_id", "=", (workcenter or self.line).id)], ["day:day"], ["minutes:sum"]
        )
        return dict(rows)
