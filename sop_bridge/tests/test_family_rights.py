"""Who may move a product into another family: rules of both departments speak of families."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .scorecard_common import ScorecardCase


@tagged("post_install", "-at_install")
class TestFamilyRights(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        family = cls.env["sop.family"]
        cls.white = family.create({"name": "White", "code": "WHT"})
        cls.black = family.create({"name": "Black", "code": "BLK"})
        cls.shelf = cls.env["product.product"].create(
            {"name": "Shelf", "is_storable": True, "sop_family_id": cls.white.id}
        )
        cls.clerk = new_test_user(
            cls.env,
            login="product_clerk",
            groups="sales_team.group_sale_manager,stock.group_stock_manager,"
            "mrp.group_mrp_manager,product.group_product_manager",
        )
        products = cls.env.ref("product.group_product_manager")
        (cls.production_approver | cls.sop_admin).group_ids += products

    def test_others_are_refused(self):
        template, family = self.shelf.product_tmpl_id, {"sop_family_id": self.black.id}
        attacks = [
            (template, "write", [family], {}),
            (template, "write", [{"sop_family_id": False}], {}),
            (template, "web_save", [family, {}], {}),
            (self.shelf, "write", [family], {}),
            (template.browse(), "create", [{"name": "New", **family}], {}),
            (self.shelf.browse(), "create", [{"name": "New", **family}], {}),
            (template.browse(), "create", [{"name": "New"}], {"default_sop_family_id": 0}),
            (template, "copy", [family], {}),
            (self.white, "write", [{"product_tmpl_ids": [(3, template.id)]}], {}),
        ]
        for records, method, args, context in attacks:
            if context:
                context["default_sop_family_id"] = self.black.id
            context.update(su=True, install_mode=True)
            with (
                self.subTest(model=records._name, method=method, args=args),
                self.assertRaises(AccessError) as caught,
                self.env.cr.savepoint(),
            ):
                self.rpc(self.clerk, records, method, *args, context=context)
            if records._name != "sop.family":
                self.assertIn("production approver", str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(self.shelf.sop_family_id, self.white)

    def test_import_is_refused(self):
        template = self.env["product.template"].with_user(self.clerk)
        result = template.load(["name", "sop_family_id/.id"], [["New", str(self.black.id)]])
        self.assertFalse(result["ids"])
        self.assertIn("production approver", str(result["messages"]))
        rows = [[str(self.shelf.product_tmpl_id.id), str(self.black.id)]]
        result = template.load([".id", "sop_family_id/.id"], rows)
        self.assertFalse(result["ids"])

    def test_everything_else_of_a_product_stays_theirs(self):
        template = self.shelf.product_tmpl_id
        same = {"name": "Shelf 2", "sop_family_id": self.white.id}
        self.rpc(self.clerk, template, "write", same)
        self.assertEqual(template.name, "Shelf 2")
        self.assertFalse(template.with_user(self.clerk).sop_can_set_family)
        copied = template.with_user(self.clerk).copy()
        self.assertFalse(copied.sop_family_id)
        action = self.white.with_user(self.clerk).action_products()
        self.assertNotIn("default_sop_family_id", action["context"])

    def test_planners_and_coordinators_may(self):
        template = self.shelf.product_tmpl_id
        for user in (self.production_approver, self.sop_admin):
            for family in (self.black, self.white):
                self.rpc(user, template, "write", {"sop_family_id": family.id})
                self.assertEqual(template.sop_family_id, family)
            self.assertTrue(template.with_user(user).sop_can_set_family)
            self.assertEqual(template.with_user(user).copy().sop_family_id, self.white)
            action = self.white.with_user(user).action_products()
            self.assertEqual(action["context"]["default_sop_family_id"], self.white.id)
