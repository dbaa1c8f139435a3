"""A coating line with three colours, whose orders stand in the dearest sequence."""

from odoo.tests import new_test_user

from .common import BuilderCase, day, moment


class CampaignCase(BuilderCase):
    """Changing the colour takes 30 minutes and 40 in money; work is from 8 to 12 and 13 to 17."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coat = cls.make_workcenter("Coat", costs_hour=60)
        cls.pack = cls.make_workcenter("Pack", costs_hour=30)
        cls.families = {
            name: cls.env["sop.family"].create({"name": name, "code": f"T-{name}", "color": color})
            for color, name in enumerate(("Grey", "Blue", "Red"), 1)
        }
        cls.products = {
            name: cls.make_coated(name, family) for name, family in cls.families.items()
        }
        cls.make_changeover(None, None)
        cls.planner = new_test_user(cls.env, "campaign_planner", groups="mrp.group_mrp_user")
        cls.sales = new_test_user(
            cls.env, "campaign_sales", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.campaigns = cls.env["sop.campaign"].with_user(cls.planner)

    @classmethod
    def make_coated(cls, name, family=None, operations=None, **values):
        """Product of a family that is coated, an hour for each."""
        product = cls.make_product_with_bom(name, operations or [(cls.coat, 60)], **values)
        product.sop_family_id = family
        return product

    @classmethod
    def make_changeover(cls, before, after, minutes=30, cost=40, workcenter=None):
        return cls.env["sop.changeover"].create(
            {
                "workcenter_id": (workcenter or cls.coat).id,
                "from_family_id": before and cls.families[before].id,
                "to_family_id": after and cls.families[after].id,
                "minutes": minutes,
                "cost": cost,
            }
        )

    @classmethod
    def plan(cls, *names, start=None, quantity=1, **values):
        """Orders of products, planned one behind the other in the sequence given."""
        orders = cls.env["mrp.production"]
        for name in names:
            product = name if not isinstance(name, str) else cls.products[name]
            order = cls.make_production(product, quantity, start or moment(0, 8), **values)
            order.button_plan()
            orders |= order
        return orders

    @classmethod
    def promise_for(cls, production, due, tier=None):
        """Let an order be made for a customer who was promised a day."""
        order = cls.make_quotation((production.product_id, 1), tier=tier)
        order.order_line._sop_store({"sop_promised_date": due})
        production.sop_line_id = order.order_line
        production.invalidate_recordset()
        return order

    def propose(self, first=0, last=4, workcenter=None):
        """Proposal of the planner for some days."""
        workcenter = workcenter or self.coat
        action = self.campaigns.action_propose_for(workcenter.id, day(first), day(last))
        return self.campaigns.browse(action["res_id"])

    def order_of(self, campaign):
        """Names of the products in the proposed order."""
        return [line.product_id.name for line in campaign.line_ids]

    def stands(self, production, workcenter=None):
        """(start, end) of the work order of a manufacturing order."""
        workorder = production.workorder_ids.filtered(
            lambda wo: wo.workcenter_id == (workcenter or self.coat)
        )
        return workorder.date_start, workorder.date_finished
