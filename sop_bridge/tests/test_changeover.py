from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core.changeover import lookup
from .common import ScreenCase
from .plant import PlantCase


class ChangeoverCase(PlantCase):
    """White and black run on the coating line; red is a family that nothing is made of yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.white, cls.black, cls.red = cls.env["sop.family"].create(
            [{"name": f"Test {name}", "code": f"T-{name}"} for name in ("white", "black", "red")]
        )
        cls.cabinet.sop_family_id = cls.white
        cls._made_product("Locker", [(cls.line, 30)]).sop_family_id = cls.black
        cls.other_company = cls.env["res.company"].create({"name": "Other plant"})
        cls.theirs = cls.env["sop.family"].create(
            {"name": "Theirs", "code": "THR", "company_id": cls.other_company.id}
        )
        cls.matrix = cls.env["sop.changeover.matrix"]

    @classmethod
    def _changeover(cls, source, target, minutes, cost=0.0, **values):
        return cls.env["sop.changeover"].create(
            dict(
                {
                    "workcenter_id": cls.line.id,
                    "from_family_id": source and source.id,
                    "to_family_id": target and target.id,
                    "minutes": minutes,
                    "cost": cost,
                },
                **values,
            )
        )

    def _cell(self, source, target, minutes, cost=0.0, **more):
        ids = {"from": source and source.id, "to": target and target.id}
        return dict(ids, minutes=minutes, cost=cost, **more)

    def _stored(self, workcenter=None):
        """{(from, to): (minutes, cost)} by the names' last word."""
        rows = self.env["sop.changeover"].search(
            [("workcenter_id", "=", (workcenter or self.line).id)]
        )
        return {
            tuple(
                family.name.split()[-1] if family else None
                for family in (row.from_family_id, row.to_family_id)
            ): (row.minutes, row.cost)
            for row in rows
        }


@tagged("post_install", "-at_install")
class TestChangeover(ChangeoverCase):
    def test_matrix_of_work_centres_by_one_query(self):
        self._changeover(self.white, self.black, 15, 5)
        self._changeover(None, None, 45, 20)
        self._changeover(self.black, None, 60, workcenter_id=self.assembly.id)
        workcenters = self.line | self.assembly | self._workcenter("Packing")
        self.env.flush_all()
        self.env.invalidate_all()
        workcenters.ids  # noqa: B018
        with self.assertQueryCount(1):
            found = self.env["sop.changeover"]._get_matrix(workcenters)
        line = {(self.white.id, self.black.id): (15, 5), (None, None): (45, 20)}
        self.assertEqual(
            found,
            {
                self.line.id: line,
                self.assembly.id: {(self.black.id, None): (60, 0)},
                workcenters[2].id: {},
            },
        )
        self.assertEqual(lookup(line, self.black.id, self.white.id), (45, 20))

    def test_limits(self):
        cases = [
            (self.white, self.white, 5, 0),
            (self.white, self.black, -1, 0),
            (self.white, self.black, 10081, 0),
            (self.white, self.black, 5, -1),
            (self.white, self.black, 5, 1e12),
        ]
        for case in cases:
            with (
                self.subTest(case=case[2:]),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._changeover(*case)

    def test_one_per_pair(self):
        for source, target in ((self.white, self.black), (None, self.black), (None, None)):
            self._changeover(source, target, 5)
            with (
                self.subTest(source=source, target=target),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._changeover(source, target, 6)
        self._changeover(self.black, self.white, 5)
        self._changeover(self.white, self.black, 5, workcenter_id=self.assembly.id)

    def test_families_of_others_and_archived_ones(self):
        with self.assertRaises(UserError):
            self._changeover(self.white, self.theirs, 5)
        self.black.active = False
        with self.assertRaisesRegex(ValidationError, "archived"):
            self._changeover(self.white, self.black, 5)

    def test_work_centre_does_not_take_families_into_another_company(self):
        family = self.env["sop.family"].create(
            {"name": "Ours", "code": "OUR", "company_id": self.company.id}
        )
        self._changeover(self.white, None, 5)
        self.line.resource_calendar_id = False
        changeover = self._changeover(family, None, 5)
        with self.assertRaises(UserError):
            self.line.company_id = self.other_company
        changeover.unlink()
        self.line.company_id = self.other_company
        self.assertEqual(self.line.sop_changeover_ids.company_id, self.other_company)

    def test_who_may_write(self):
        changeover = self._changeover(self.white, self.black, 5)
        for user in (self.sales, self.planner, self.sales_approver):
            mine = changeover.with_user(user)
            self.assertEqual(mine.minutes, 5)
            with self.assertRaises(AccessError):
                mine.minutes = 1
            with self.assertRaises(AccessError):
                mine.copy({"to_family_id": self.red.id})
            with self.assertRaises(AccessError):
                mine.unlink()
        for user in (self.production_approver, self.sop_admin):
            changeover.with_user(user).minutes = 7
        self.assertEqual(changeover.minutes, 7)

    def test_changeovers_of_another_company_are_not_seen(self):
        self.line.resource_calendar_id = False
        self.line.company_id = self.other_company
        changeover = self._changeover(None, None, 5)
        for user in (self.sales, self.production_approver):
            found = self.env["sop.changeover"].with_user(user).search([])
            self.assertNotIn(changeover, found)
        with self.assertRaises(AccessError):
            changeover.with_user(self.production_approver).minutes = 1


@tagged("post_install", "-at_install")
class TestChangeoverMatrix(ChangeoverCase):
    def _save(self, *cells, user=None, workcenter=None):
        matrix = self.matrix.with_user(user or self.production_approver)
        return matrix.save((workcenter or self.line).id, list(cells))

    def test_content(self):
        archived = self.env["sop.family"].create({"name": "Test old", "code": "T-old"})
        self._changeover(archived, self.red, 90, 4)
        archived.active = False
        content = self.matrix.with_user(self.planner).get_content(self.line.id)
        self.assertEqual(content["workcenter"]["name"], "Coating line")
        self.assertEqual(
            [(family["name"], family["archived"]) for family in content["families"]],
            [
                ("Test black", False),
                ("Test white", False),
                ("Test old", True),
                ("Test red", False),
            ],
        )
        self.assertNotIn("Theirs", [family["name"] for family in content["others"]])
        self.assertEqual(
            content["cells"],
            [{"from": archived.id, "to": self.red.id, "minutes": 90, "cost": 4}],
        )
        self.assertFalse(content["may_edit"])
        self.assertTrue(self.matrix.with_user(self.production_approver).get_content()["may_edit"])

    def test_first_work_centre_with_changeovers_opens(self):
        self.env["sop.changeover"].search([]).unlink()
        self._changeover(None, None, 5, workcenter_id=self.assembly.id)
        content = self.matrix.get_content()
        self.assertEqual(content["workcenter"]["id"], self.assembly.id)

    def test_save_in_one_call(self):
        self._changeover(self.white, self.black, 15, 5)
        self._changeover(None, None, 45)
        content = self._save(
            self._cell(self.white, self.black, 20.004, 5, before=[15, 5]),
            self._cell(None, None, None, None, before=[45, 0]),
            self._cell(None, self.white, 30, 1.5, before=False),
            self._cell(self.red, False, 0),
        )
        self.assertEqual(
            self._stored(),
            {("white", "black"): (20, 5), (None, "white"): (30, 1.5), ("red", None): (0, 0)},
        )
        self.assertEqual(len(content["cells"]), 3)
        note = self.line.message_ids[:1]
        self.assertEqual(note.author_id, self.production_approver.partner_id)
        self.assertIn("Test white → Test black: 15 min", note.body)
        self.assertIn("any other family → any other family", note.body)

    def test_everything_or_nothing(self):
        self._changeover(self.white, self.black, 15, 5)
        good = self._cell(self.black, self.white, 10)
        self.red.active = False
        bad = {
            "negative": self._cell(None, None, -1),
            "a week": self._cell(None, None, 10081),
            "1000000000": self._cell(None, None, 1, 1e10),
            "no number": self._cell(None, None, "ten"),
            "no changeover": self._cell(self.white, self.white, 5),
            "Test red is archived": self._cell(self.red, None, 5),
            "twice": self._cell(self.black, self.white, 11),
            "of another company": self._cell(self.theirs, None, 5),
            "True is archived": {"from": True, "to": None, "minutes": 5},
            "Each cell": ["from", "to"],
            "somebody else": self._cell(self.white, self.black, 5, before=[14, 5]),
            "it is now 15 min": self._cell(self.white, self.black, 5, before=False),
        }
        for message, cell in bad.items():
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._save(good, cell)
        self.assertEqual(self._stored(), {("white", "black"): (15, 5)})

    def test_name_of_a_family_of_another_company_is_not_told(self):
        with self.assertRaises(UserError) as caught:
            self._save(self._cell(self.theirs, None, 5))
        self.assertNotIn("Theirs", str(caught.exception))

    def test_who_may_save(self):
        cell = self._cell(self.white, self.black, 5)
        for user in (self.sales, self.planner, self.sales_approver):
            with self.assertRaises(AccessError):
                self._save(cell, user=user)
        self._save(cell, user=self.sop_admin)
        self.line.resource_calendar_id = False
        self.line.company_id = self.other_company
        with self.assertRaises(AccessError):
            self._save(self._cell(self.white, self.black, 6))
        with self.assertRaises(AccessError):
            self.matrix.with_user(self.sales).get_content(self.line.id)
        self.assertEqual(self._stored(), {("white", "black"): (5, 0)})

    def test_opened_from_the_work_centre(self):
        self._changeover(None, None, 5)
        self.assertEqual(self.line.sop_changeover_count, 1)
        action = self.line.action_sop_changeovers()
        self.assertEqual(action["tag"], "sop_bridge.changeover_matrix")
        self.assertEqual(action["params"], {"workcenter_id": self.line.id})


@tagged("post_install", "-at_install")
class TestChangeoverScreen(ChangeoverCase, ScreenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._changeover(None, None, 45, 20)
        cls._changeover(cls.white, cls.black, 30)
        cls.url = f"/odoo/{cls.line.id}/sop-changeovers"

    def test_planner_edits_the_table(self):
        self.start_tour(self.url, "sop_bridge_changeovers", login=self.production_approver.login)
        self.assertEqual(
            self._stored(),
            {
                (None, None): (45, 20),
                (None, "white"): (45, 99),
                ("white", "black"): (12, 0),
                ("black", "white"): (7.5, 20),
            },
        )

    def test_others_read_it(self):
        before = self._stored()
        self.start_tour(self.url, "sop_bridge_changeovers_reader", login=self.planner.login)
        self.assertEqual(self._stored(), before)
