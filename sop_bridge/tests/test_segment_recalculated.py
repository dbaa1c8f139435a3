"""The formulas of the workbook, recalculated by LibreOffice: our results are theirs."""

import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import openpyxl

from odoo.tests import tagged

from ..reports.segment_workbook import Segments, write_segments
from .segment_common import SegmentCase

OFFICE = shutil.which("soffice") or shutil.which("localc")
CACHED = re.compile(r"(<f>[^<]*</f>)<v>[^<]*</v>")


def without_results(content):
    """The same workbook without the results of its formulas, which therefore must be computed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w") as target:
        for item in source.infolist():
            data = source.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                data = CACHED.sub(r"\1", data.decode()).encode()
            target.writestr(item, data)
    return result.getvalue()


def recalculated(content):
    """A workbook whose formulas LibreOffice computed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in.xlsx").write_bytes(without_results(content))
        command = [OFFICE, "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", f"{folder}/out"]
        subprocess.run(
            [*command, f"{folder}/in.xlsx"], check=True, capture_output=True, timeout=120
        )
        found = (folder / "out" / "in.xlsx").read_bytes()
    return openpyxl.load_workbook(io.BytesIO(found), data_only=True)


def differences(content):
    """([sheet, cell, ours, theirs] where results differ, number of formulas compared)."""
    ours = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    theirs, found, count = recalculated(content), [], 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            count += 1
            pair = [book[sheet.title][cell.coordinate].value for book in (ours, theirs)]
            if not same(*pair):
                found.append((sheet.title, cell.coordinate, *pair))
    return found, count


def same(ours, theirs):
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-9 * max(1, abs(ours))
    return (ours or "") == (theirs or "")


@tagged("post_install", "-at_install")
class TestRecalculated(SegmentCase):
    def setUp(self):
        super().setUp()
        if not OFFICE:
            self.skipTest("LibreOffice (soffice) is not installed: formulas are not recalculated")

    def _check(self, content, least):
        found, count = differences(content)
        self.assertEqual(found, [])
        self.assertGreaterEqual(count, least)

    def test_two_scorings(self):
        before, run = self._two_runs()
        book = self.env["sop.segment.workbook"]
        _name, content = book._write_workbook(run.id, before.id)
        self._check(content, 3 * run.total)

    def test_a_loss_has_no_shares(self):
        self._rates(date(2020, 1, 1), order_cost=5000)
        self._buy(8)
        self.small.customer_rank = 1
        run = self.runs._run(self.card)
        _name, content = self.env["sop.segment.workbook"]._write_workbook(run.id)
        self._check(content, 3 * run.total)

    def test_names_that_are_no_formulas_and_figures_that_are_missing(self):
        """Characters that XML, formulas and sheets' names give a meaning to."""
        names = ["=1+1", "A & B <c>", " blank ", "_x0041_", "a\x01b", "O'Neill"]
        customers = [
            (place, name, None, "", "Gold", None, score, 10.5 - place, [1.25, None], points)
            for place, (name, score, points) in enumerate(
                zip(
                    names,
                    [50, None, 75, 25, 100, 0],
                    [[50, None], [None, None], [100, 50], [0, 50], [None, 100], [0, 0]],
                    strict=True,
                ),
                1,
            )
        ]
        words = self.env["sop.segment.workbook"]._words()
        words["card"] = "Card's & co: [1]"
        data = Segments(
            words, "Title", [("One", 1, ""), ("Two", 1, "")], [("Gold", 70)], [], customers, None
        )
        content = write_segments(data)
        self._check(content, 3 * len(customers))
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        shown = [sheet.cell(row, 2).value for row in range(4, 10)]
        self.assertEqual(shown[:3], names[:3])
        self.assertEqual([cell.data_type for (cell,) in sheet["B4:B9"]], ["s"] * 6)
        self.assertEqual(recalculated(content).worksheets[0]["B7"].value, "_x0041_")
