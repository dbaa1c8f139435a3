import base64
import io

import openpyxl
import xlsxwriter

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .test_changeover import ChangeoverCase


@tagged("post_install", "-at_install")
class TestChangeoverImport(ChangeoverCase):
    def _csv(self, *lines):
        return "\n".join(lines).encode()

    def _xlsx(self, **sheets):
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content)
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                sheet.write_row(index, 0, row)
        book.close()
        return content.getvalue()

    def _wizard(self, content, name="changeovers.csv", user=None, **values):
        return (
            self.env["sop.changeover.import"]
            .with_user(user or self.production_approver)
            .create(
                dict(
                    values,
                    workcenter_id=self.line.id,
                    file=base64.b64encode(content),
                    filename=name,
                )
            )
        )

    def _refused(self, content, *texts, name="changeovers.csv"):
        wizard = self._wizard(content, name)
        self.assertFalse(wizard.change_count)
        with self.assertRaises(UserError) as caught:
            wizard.action_import()
        for text in texts:
            self.assertIn(text, str(caught.exception))
            self.assertIn(text, wizard.preview.unescape())
        self.assertEqual(wizard.problem_count, len(texts))
        self.assertFalse(self._stored())

    def test_matrix_from_csv(self):
        self._changeover(self.white, self.black, 15, 5)
        self._changeover(self.red, None, 60)
        content = self._csv(
            ";Any other family;test white;T-black",
            "Any other family;45;;12,5",
            "Test white;;x;20",
        )
        wizard = self.env["sop.changeover.import"].with_user(self.production_approver)
        with Form(wizard.with_context(default_filename="m.csv")) as form:
            form.workcenter_id = self.line
            form.file = base64.b64encode(content)
            self.assertEqual(form.change_count, 3)
            self.assertIn("Test white → Test black", form.preview)
            self.assertIn("15 min, $", form.preview)
        action = form.record.action_import()
        self.assertIn("3 changeovers imported", action["params"]["message"])
        self.assertEqual(
            self._stored(),
            {
                (None, None): (45, 0),
                (None, "black"): (12.5, 0),
                ("white", "black"): (20, 5),
                ("red", None): (60, 0),
            },
        )

    def test_preview_after_saving(self):
        """The screen reads a saved wizard with the size of the file in place of its content."""
        content = base64.b64encode(self._csv("From,To,Minutes", "Test white,Test black,15"))
        [shown] = (
            self.env["sop.changeover.import"]
            .with_user(self.production_approver)
            .web_save(
                {"workcenter_id": self.line.id, "file": content.decode(), "filename": "m.csv"},
                {"change_count": {}, "file": {}},
            )
        )
        self.assertEqual(shown["change_count"], 1)

    def test_list_from_csv(self):
        content = self._csv("From,To,Minutes,Cost", "Test white,Test black,15,2.5", "*,Test red,0,")
        self._wizard(content).action_import()
        self.assertEqual(self._stored(), {("white", "black"): (15, 2.5), (None, "red"): (0, 0)})
        again = self._csv("From,To,Minutes,Cost", "Test white,Test black,16,2.5")
        action = self._wizard(again).action_import()
        self.assertEqual(action["params"]["message"], "1 changeover imported.")

    def test_workbook_with_a_sheet_of_costs(self):
        content = self._xlsx(
            Cost=[["", "Test black"], ["Test white", 7.5]],
            Minutes=[["", "Test black"], ["Test white", 30]],
            Remarks=[["Mind the nozzles"]],
        )
        self._wizard(content, "m.xlsx").action_import()
        self.assertEqual(self._stored(), {("white", "black"): (30, 7.5)})

    def test_replacing(self):
        archived = self.env["sop.family"].create({"name": "Test old", "code": "T-old"})
        self._changeover(archived, None, 5)
        self._changeover(self.white, self.black, 15, 5)
        self._changeover(self.black, self.white, 30)
        archived.active = False
        content = self._csv("From,To,Minutes", "Test white,Test black,15")
        self.assertFalse(self._wizard(content).change_count)
        wizard = self._wizard(content, replace=True)
        self.assertEqual(wizard.change_count, 1)
        wizard.action_import()
        self.assertEqual(self._stored(), {("white", "black"): (15, 5), ("old", None): (5, 0)})

    def test_exported_workbook_changes_nothing(self):
        self.red.name = "=Test red"
        self._changeover(self.white, self.black, 15.25, 5)
        self._changeover(None, self.red, 0, 3)
        self._changeover(None, None, 45)
        before = self._stored()
        workbook = self.env["sop.changeover.workbook"].with_user(self.planner)
        name, content = workbook._write(self.line.id)
        self.assertEqual(name, "Changeovers Coating line.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual(book.sheetnames[:2], ["Minutes", "Cost"])
        headers = [cell.value for cell in book["Minutes"][1]]
        self.assertEqual(headers[1:], ["Any other family", "Test black", "Test white", "=Test red"])
        wizard = self._wizard(content, name, replace=True)
        self.assertFalse(wizard.problem_count)
        self.assertFalse(wizard.change_count)
        book["Minutes"]["C4"] = 99
        book["Cost"]["B2"] = 8
        changed = io.BytesIO()
        book.save(changed)
        self._wizard(changed.getvalue(), name).action_import()
        before["white", "black"] = (99, 5)
        before[None, None] = (45, 8)
        self.assertEqual(self._stored(), before)

    def test_problems_by_cell(self):
        theirs = "there is no family “Theirs”"
        self._refused(
            self._csv(
                ",Test white,Tst black,Theirs",
                "Test white,5,5,5",
                "Test black,abc,,",
                "Test red,-1,,",
                ",3,,",
            ),
            "C1: there is no family “Tst black” in use. Is it Test black?",
            f"D1: {theirs}",
            "B2 (Test white / Test white): products of one family",
            "B3 (Test black / Test white): “abc” is no number",
            "B4 (Test red / Test white): -1 is negative",
            "A5: a family is missing",
        )

    def test_more_problems(self):
        cases = [
            (["From,Minutes", "Test white,5"], "the column “To” is missing"),
            (["From,To", "Test white,Test black"], "the column “Minutes” is missing"),
            ([",Test white"], "no row below the headers"),
            ([",Test white", "Test black,99999"], "99999 minutes are more than 10080"),
            ([",Test white", 'Test black,"1,200"'], "can be two numbers"),
            (["From,To,Cost", "Test white,*,2e9"], "a cost of 2e9 is more"),
            (
                [",Test white", "T-black,5", "", "Test black,6"],
                "another value than in T-black / Test white",
            ),
        ]
        for lines, text in cases:
            with self.subTest(text):
                self._refused(self._csv(*lines), text)

    def test_files_that_are_none(self):
        for content, name in ((b"PK\x03\x04 broken", "m.xlsx"), (b"\x00\x01\x02", "m.pdf")):
            with self.subTest(name), mute_logger("odoo.addons.base_import.models.base_import"):
                self._refused(content, "The file cannot be read", name=name)
        self._refused(b"x" * 5_000_001, "larger than 5 MB")
        wizard = self._wizard(b"From,To,Minutes")
        wizard.file = b"no base64"
        self.assertIn("did not arrive whole", wizard.preview)

    def test_formulas(self):
        stored = io.BytesIO()
        book = xlsxwriter.Workbook(stored)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["", "Test black", "Test red"])
        sheet.write_row(1, 0, ["Test white", 10])
        sheet.write_formula(1, 2, "=B2*2", None, 20)
        book.close()
        self._wizard(stored.getvalue(), "m.xlsx").action_import()
        self.assertEqual(self._stored()["white", "red"], (20, 0))
        self.env["sop.changeover"].search([("workcenter_id", "=", self.line.id)]).unlink()
        book = openpyxl.Workbook()
        book.active.append(["", "Test black"])
        book.active.append(["Test white", "=5*3"])
        unsaved = io.BytesIO()
        book.save(unsaved)
        text = "B2 (Test white / Test black): the formula =5*3 has no stored result"
        self._refused(unsaved.getvalue(), text, name="m.xlsx")

    def test_ten_thousand_rows(self):
        families = self.env["sop.family"].create(
            [{"name": f"Many {index}", "code": f"MANY{index}"} for index in range(101)]
        )
        pairs = [(a, b) for a in families for b in families if a != b]
        lines = [f"{a.name},{b.code},{(a.id + b.id) % 90}" for a, b in pairs]
        wizard = self._wizard(self._csv("From,To,Minutes", *lines))
        self.assertEqual(wizard.change_count, 10_100)
        self.assertIn("and 10050 more", wizard.preview)
        wizard.action_import()
        self.assertEqual(self.line.sop_changeover_count, 10_100)
        too_many = self._csv("From,To,Minutes", *lines, *lines)
        self._changeovers().unlink()
        self._refused(too_many, "more than 20000 rows")

    def _changeovers(self):
        return self.env["sop.changeover"].search([("workcenter_id", "=", self.line.id)])

    def test_names_that_are_markup(self):
        self.black.name = "<script>alert(1)</script>"
        content = self._csv("From,To,Minutes", "Test white,T-black,5", "<b>x</b>,T-black,5")
        self.assertNotIn("<b>x", self._wizard(content).preview)
        content = self._csv("From,To,Minutes", "Test white,T-black,5")
        self.assertNotIn("<script", self._wizard(content).preview)

    def test_who_may_import(self):
        content = self._csv("From,To,Minutes", "Test white,Test black,5")
        for user in (self.sales, self.planner, self.sales_approver):
            with self.assertRaises(AccessError):
                self._wizard(content, user=user)
        wizard = self._wizard(content)
        with self.assertRaises(AccessError):
            wizard.with_user(self.planner).action_import()
        self.line.resource_calendar_id = False
        self.line.company_id = self.other_company
        with self.assertRaises(AccessError):
            wizard.action_import()


@tagged("post_install", "-at_install")
class TestChangeoverExport(ChangeoverCase, HttpCase):
    def test_download(self):
        self._changeover(self.white, self.black, 15)
        self.authenticate(self.planner.login, self.planner.login)
        url = f"/sop_bridge/changeovers/{self.line.id}"
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Changeovers%20Coating%20line.xlsx", answer.headers["Content-Disposition"])
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        values = {cell.coordinate: cell.value for row in book["Minutes"]["B2:D4"] for cell in row}
        self.assertEqual({at: value for at, value in values.items() if value}, {"C4": 15})

    @mute_logger("odoo.http")
    def test_download_by_others(self):
        url = f"/sop_bridge/changeovers/{self.line.id}"
        anonymous = self.url_open(url, allow_redirects=False)
        self.assertEqual(anonymous.status_code, 303)
        self.line.resource_calendar_id = False
        self.line.company_id = self.other_company
        self.authenticate(self.planner.login, self.planner.login)
        self.assertEqual(self.url_open(url).status_code, 403)
        self.assertEqual(self.url_open("/sop_bridge/changeovers/0").status_code, 403)
