from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestFamily(PlantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.family = cls.env["sop.family"].create({"name": "White", "code": "WHT"})
        cls.other_company = cls.env["res.company"].create({"name": "Other plant"})
        cls.rush = cls.env["sop.order.type"].create(
            {"name": "Rush", "code": "TEST-RUSH", "is_rush": True}
        )

    @contextmanager
    def _refused(self, error, text):
        """Like assertRaisesRegex, with what was written before the error taken back."""
        with self.assertRaises(error) as caught:
            yield
        self.assertIn(text, str(caught.exception))

    def test_products_of_a_family(self):
        self.cabinet.sop_family_id = self.family
        self.assertEqual(self.family.product_count, 1)
        action = self.family.action_products()
        products = self.env["product.template"].search(action["domain"])
        self.assertEqual(products, self.cabinet.product_tmpl_id)

    def test_planner_makes_families_and_others_do_not(self):
        as_planner = self.env["sop.family"].with_user(self.production_approver)
        family = as_planner.create({"name": "Black", "code": "BLK"})
        family.name = "Deep black"
        for user in (self.sales, self.planner, self.sales_approver):
            as_user = self.env["sop.family"].with_user(user)
            self.assertIn("Deep black", as_user.search([]).mapped("name"))
            with self.assertRaises(AccessError):
                as_user.create({"name": "Red", "code": "RED"})
            with self.assertRaises(AccessError):
                family.with_user(user).name = "Red"
            with self.assertRaises(AccessError):
                family.with_user(user).unlink()

    def test_order_types_belong_to_the_administrator(self):
        as_admin = self.env["sop.order.type"].with_user(self.sop_admin)
        as_admin.create({"name": "Sample", "code": "TEST-SAMPLE"})
        for user in (self.sales, self.sales_approver, self.production_approver):
            with self.assertRaises(AccessError):
                self.rush.with_user(user).is_rush = False
            self.assertTrue(self.rush.with_user(user).is_rush)

    def test_salesperson_chooses_the_type_of_an_order(self):
        order = self._quotation(self.gold, 1)
        with Form(order.with_user(self.sales)) as form:
            form.sop_order_type_id = self.rush
        self.assertEqual(order.sop_order_type_id, self.rush)
        self.assertEqual(order.copy().sop_order_type_id, self.rush)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.rush.unlink()

    def test_other_companies(self):
        theirs = self.env["sop.family"].create(
            {"name": "Theirs", "code": "THR", "company_id": self.other_company.id}
        )
        type_of_theirs = self.env["sop.order.type"].create(
            {"name": "Theirs", "code": "THR", "company_id": self.other_company.id}
        )
        self.assertFalse(
            self.env["sop.family"].with_user(self.sales).search([("code", "=", "THR")])
        )
        self.assertFalse(
            self.env["sop.order.type"].with_user(self.sales).search([("code", "=", "THR")])
        )
        self.cabinet.company_id = self.company
        with self.assertRaises(UserError):
            self.cabinet.sop_family_id = theirs
        with self.assertRaises(UserError):
            self._quotation(self.gold, 1).sudo().sop_order_type_id = type_of_theirs

    def test_used_family_stays_with_who_uses_it(self):
        self.cabinet.sop_family_id = self.family
        with self._refused(ValidationError, "Cabinet"):
            self.family.company_id = self.other_company
        with self._refused(UserError, "Archive it instead"):
            self.family.unlink()
        self.cabinet.sop_family_id = False
        self.env["sop.changeover"].create(
            {"workcenter_id": self.line.id, "to_family_id": self.family.id, "minutes": 5}
        )
        with self._refused(ValidationError, "Coating line"):
            self.family.company_id = self.other_company
        with self._refused(UserError, "Archive it instead"):
            self.family.unlink()

    def test_archived_family_is_not_given_to_products(self):
        self.cabinet.sop_family_id = self.family
        self.family.active = False
        self.cabinet.name = "Cabinet as before"
        with self._refused(ValidationError, "archived"):
            self._made_product("Shelf", []).sop_family_id = self.family

    def test_unit_of_the_family_fits_its_products(self):
        hour = self.env.ref("uom.product_uom_hour")
        dozen = self.env.ref("uom.product_uom_dozen")
        self.cabinet.sop_family_id = self.family
        self.family.uom_id = dozen
        with self._refused(ValidationError, "cannot be converted"):
            self.family.uom_id = hour
        family = self.env["sop.family"].create({"name": "Work", "code": "WRK", "uom_id": hour.id})
        with self._refused(ValidationError, "Cabinet is counted in"):
            self.cabinet.sop_family_id = family

    def test_numbers_and_codes(self):
        for minimum in (-1, 1e12):
            with (
                self.subTest(minimum=minimum),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.family.minimum_quantity = minimum
                self.family.flush_recordset()
            self.family.invalidate_recordset()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.env["sop.family"].create({"name": "Again", "code": "WHT"})
        for record in (self.family, self.rush):
            copied = record.copy()
            self.assertEqual(copied.name, f"{record.name} (copy)")
            self.assertEqual(copied.code, f"{record.code} (copy)")
        self.assertEqual(self.family.copy({"code": "WHT2"}).code, "WHT2")

    def test_family_is_grouped_over_variants_of_a_product(self):
        colour = self.env["product.attribute"].create(
            {
                "name": "Finish",
                "value_ids": [Command.create({"name": n}) for n in ("Matt", "Gloss")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Panel",
                "sop_family_id": self.family.id,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": colour.id,
                            "value_ids": [Command.set(colour.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        self.assertEqual(len(template.product_variant_ids), 2)
        self.assertEqual(template.product_variant_ids.sop_family_id, self.family)
