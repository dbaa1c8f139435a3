"""A small plant that tests build through the public interface of a running server."""

PLENTY = 1_000_000
SALES = "sales_team.group_sale_salesman"


class RpcPlant:
    """Makes work centres, goods, customers and quotations with an administrator's client."""

    def __init__(self, client):
        self.client = client
        self.env = client.env
        self._raw = None

    def ref(self, xml_id):
        """Return the id behind an external id."""
        return self.env["ir.model.data"].search_read(
            [("module", "=", xml_id.split(".")[0]), ("name", "=", xml_id.split(".")[1])],
            ["res_id"],
        )[0]["res_id"]

    def set_gate(self, position):
        """Set the order gate of the company: off, inform or hold."""
        self.set_company({"sop_gate": position})

    def set_fence(self, days):
        """Let slots open so many days before they begin: 0, they can be made until then."""
        self.set_company({"sop_fence_next_days": days, "sop_fence_all_days": days})

    def set_company(self, values):
        """Write settings of the company."""
        company = self.env["res.users"].read([self.client.env.uid], ["company_id"])[0]
        self.env["res.company"].write([company["company_id"][0]], values)

    def calendar(self, name, weekdays, start, stop):
        """Create a timetable in UTC without breaks."""
        lines = [
            (0, 0, {
                "name": name, "dayofweek": str(day), "day_period": "morning",
                "hour_from": start, "hour_to": stop,
            })
            for day in weekdays
        ]  # fmt: skip
        return self.env["resource.calendar"].create(
            {"name": name, "tz": "UTC", "attendance_ids": [(5, 0, 0), *lines]}
        )

    def workcenter(self, name, weekdays=range(5), start=8, stop=16):
        """Create a work centre with a timetable of its own."""
        return self.env["mrp.workcenter"].create(
            {
                "name": name,
                "resource_calendar_id": self.calendar(name, weekdays, start, stop),
                "time_start": 0,
                "time_stop": 0,
            }
        )

    @property
    def raw(self):
        """A component of which there is always enough in stock."""
        if not self._raw:
            product = {"name": "Raw material", "type": "consu", "is_storable": True}
            self._raw = self.env["product.product"].create(product)
            self.fill([self._raw])
        return self._raw

    def fill(self, products):
        """Put more of some products in stock than anybody asks for."""
        (warehouse,) = self.env["stock.warehouse"].search_read([], ["lot_stock_id"], limit=1)
        location = warehouse["lot_stock_id"][0]
        self.env["stock.quant"].create(
            [
                {"product_id": product, "location_id": location, "quantity": PLENTY}
                for product in products
            ]
        )

    def products(self, wanted):
        """Create made products with a bill.

        :param wanted: [(name, [(work centre id, minutes per unit)])]
        :return: product ids, in the same order
        """
        products = self.env["product.product"].create(
            [
                {"name": name, "type": "consu", "is_storable": True, "list_price": 10}
                for name, _steps in wanted
            ]
        )
        templates = {
            row["id"]: row["product_tmpl_id"][0]
            for row in self.env["product.product"].read(products, ["product_tmpl_id"])
        }
        self.env["mrp.bom"].create(
            [
                {
                    "product_tmpl_id": templates[product],
                    "bom_line_ids": [(0, 0, {"product_id": self.raw, "product_qty": 1})],
                    "operation_ids": [
                        (0, 0, {
                            "name": f"Step {number + 1}", "workcenter_id": workcenter,
                            "time_mode": "manual", "time_cycle_manual": minutes,
                        })
                        for number, (workcenter, minutes) in enumerate(steps)
                    ],
                }
                for product, (_name, steps) in zip(products, wanted, strict=True)
            ]
        )  # fmt: skip
        return products

    def product(self, name, steps):
        """Create one made product."""
        return self.products([(name, steps)])[0]

    def tiers(self):
        """Return {code: id} of the tiers."""
        return {row["code"]: row["id"] for row in self.env["sop.tier"].search_read([], ["code"])}

    def customers(self, names, tiers=None):
        """Create companies with an address; ``tiers`` are tier ids, one per name, or None."""
        return self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "street": "High Street 1",
                    "city": "London",
                    "sop_tier_id": tier,
                }
                for name, tier in zip(names, tiers or [False] * len(names), strict=True)
            ]
        )

    def customer(self, name="Customer", tier=False):
        """Create one customer."""
        return self.customers([name], [tier])[0]

    def user(self, login, groups=(SALES,)):
        """Create an internal user whose password is the login."""
        groups = ["base.group_user", *groups]
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "password": login,
                "group_ids": [(6, 0, [self.ref(group) for group in groups])],
            }
        )

    def quotation(self, partner, lines, requested=False, **values):
        """Create a quotation; ``lines`` are (product, quantity)."""
        return self.env["sale.order"].create(
            {
                "partner_id": partner,
                "sop_requested_date": requested and str(requested),
                "order_line": [
                    (0, 0, {"product_id": product, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
                **values,
            }
        )
