"""A paint shop: a family made in weekly campaigns, rules that both departments approved."""

from odoo import Command
from odoo.tests import new_test_user

from .common import BuilderCase, day, moment


class AcceptanceCase(BuilderCase):
    """Paint takes 6 minutes on the mixer (a bottleneck) and 3 on the filler; it costs 20."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user("rules", "sop_bridge.group_sop_admin")
        cls.boss_sales = cls.user("boss_sales", "sop_bridge.group_sop_sales_approver")
        cls.boss_plant = cls.user("boss_plant", "sop_bridge.group_sop_production_approver")
        cls.seller = cls.user("seller", "sales_team.group_sale_salesman")
        cls.mixer = cls.make_workcenter("Mixer", sop_is_bottleneck=True)
        cls.filler = cls.make_workcenter("Filler")
        cls.paint = cls.env["sop.family"].create({"name": "Paints", "code": "PNT"})
        cls.primer = cls.env["sop.family"].create({"name": "Primers", "code": "PRM"})
        cls.white = cls.make_paint("White")
        cls.customer = cls.make_customer(cls.gold, city="Lyon")

    @classmethod
    def user(cls, name, *groups):
        return new_test_user(
            cls.env, f"sop_{name}", groups=",".join(groups), email=f"{name}@example.com"
        )

    @classmethod
    def make_paint(cls, name, family=None, stock=0, **values):
        values = {"list_price": 25, "standard_price": 20, "taxes_id": [Command.clear()], **values}
        product = cls.make_product(name, stock, sop_family_id=(family or cls.paint).id, **values)
        cls.make_bom(product, [(cls.mixer, 6), (cls.filler, 3)])
        return product

    @classmethod
    def make_rule(cls, *conditions, approved=True, **values):
        """Rule with conditions (measure, operator, threshold[, currency])."""
        names = ("measure", "operator", "threshold", "currency_id")
        lines = [Command.create(dict(zip(names, line, strict=False))) for line in conditions]
        values = {"name": "Rule", "result": "refuse", "condition_ids": lines, **values}
        rule = cls.env["sop.acceptance.rule"].with_user(cls.admin).create(values)
        if approved:
            cls.approve(rule)
        return rule.with_env(cls.env)

    @classmethod
    def approve(cls, rule):
        if rule.approval_state == "none":
            rule.with_user(cls.admin).action_ask_approval()
        rule.with_user(cls.boss_sales).action_approve()
        rule.with_user(cls.boss_plant).action_approve()

    @classmethod
    def order(cls, *lines, **values):
        """Quotation of a Gold customer, wanted on Thursday unless said otherwise."""
        values.setdefault("sop_requested_date", day(3))
        values.setdefault("customer", cls.customer)
        return cls.make_quotation(*lines, **values)

    @classmethod
    def campaign(cls, product, quantity, number):
        """Confirmed manufacturing order that ends on the n-th day."""
        production = cls.make_production(product, quantity, moment(number, 8))
        production.date_finished = moment(number, 16)
        return production

    def judge(self, records, **options):
        """Verdict on the only line of an order, or on a line."""
        lines = records.order_line if records._name == "sale.order" else records
        lines.ensure_one()
        return self.env["sop.verdict"]._get_verdicts(lines, **options)[lines]

    def say(self, verdict, line):
        return self.env["sop.verdict"]._explain(verdict, line)

    def offers(self, verdict):
        return {offer.kind: offer for offer in verdict.offers}
