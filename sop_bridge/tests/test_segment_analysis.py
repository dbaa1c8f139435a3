"""The page of all segments, sales by family, and the workbook."""

import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.whale import migration
from .common import ScreenCase
from .score_common import TODAY
from .segment_common import EARLIER, SegmentCase
from .test_score_run import MARCH


@tagged("post_install", "-at_install")
class TestSegmentAnalysis(SegmentCase):
    def _tiers(self, run):
        scores = self.env["sop.score"].search([("run_id", "=", run.id)])
        return {score.partner_id.id: score.tier_after_id.id for score in scores}

    def test_shares_and_moves(self):
        before, run = self._two_runs()
        content = self._page()
        self.assertEqual((content["run"], content["before"]), (run.id, before.id))
        gold = content["tiers"][0]
        self.assertEqual((gold["name"], gold["customers"]), ("Gold", 1))
        self.assertAlmostEqual(gold["columns"][1]["share"], 100 * 1200 / 1400)
        self.assertAlmostEqual(gold["columns"][2]["share"], 100 * 480 / 560)
        expected = migration(self._tiers(before), self._tiers(run))
        matrix = content["migration"]
        cells = {
            (row["id"], column["id"]): matrix["cells"][y][x]
            for y, row in enumerate(matrix["rows"])
            for x, column in enumerate(matrix["columns"])
            if matrix["cells"][y][x]
        }
        self.assertEqual(cells, expected)
        self.assertEqual(cells[self.silver.id, self.gold.id], 1)
        self.assertEqual(matrix["total"], run.total)

    def test_only_earlier_runs_are_compared(self):
        before, run = self._two_runs()
        content = self._page(before.id, run.id)
        self.assertEqual((content["run"], content["before"]), (before.id, False))
        self.assertIs(content["migration"], False)
        self.assertEqual(self._page(run.id, run.id)["before"], before.id)

    def test_cell_opens_its_customers(self):
        before, run = self._two_runs()
        page = self.env["sop.segment.analysis"].with_user(self.sales)
        action = page.open_moves(run.id, before.id, self.silver.id, self.gold.id)
        scores = self.env["sop.score"].with_user(self.sales).search(action["domain"])
        self.assertEqual((scores.partner_id, scores.run_id), (self.customer, run))
        self.assertEqual(action["name"], "Silver → Gold")

    def test_customers_of_one_run_only(self):
        self._buy(8)
        before = self.runs._run(self.card, EARLIER)
        newcomer = self._customer("Late Comer")
        self._buy(1, newcomer, day=date(2026, 6, 10))
        self.customer.active = False
        run = self.runs._run(self.card)
        matrix = self._page()["migration"]
        self.assertEqual(matrix["rows"][-1]["id"], False)
        self.assertEqual(matrix["columns"][-1]["id"], False)
        page, scores = self.env["sop.segment.analysis"], self.env["sop.score"]
        new = page.open_moves(run.id, before.id, False, self.standard.id)["domain"]
        gone = page.open_moves(run.id, before.id, self.silver.id, False)["domain"]
        self.assertEqual(scores.search(new).partner_id, newcomer)
        self.assertEqual(
            scores.search(gone).with_context(active_test=False).partner_id, self.customer
        )

    def test_curve_names_customers_and_opens_them(self):
        _before, run = self._two_runs()
        points = self._page()["whale"]["points"]
        self.assertEqual(points[0]["name"], "Azur Marine")
        page = self.env["sop.segment.analysis"]
        domain = page.open_best(run.id, 1)["domain"]
        self.assertEqual(self.env["sop.score"].search(domain).partner_id, self.customer)
        domain = page.open_tier(run.id, self.gold.id)["domain"]
        self.assertEqual(self.env["sop.score"].search(domain).partner_id, self.customer)
        with self.assertRaises(UserError):
            page.open_best(run.id + 1000000, 1)

    def test_before_any_scoring(self):
        content = self._page()
        self.assertEqual((content["run"], content["runs"]), (False, []))
        self.assertTrue(content["has_card"])

    def test_one_run_has_nothing_to_compare(self):
        self._buy(8)
        self.runs._run(self.card)
        self.assertIs(self._page()["migration"], False)


@tagged("post_install", "-at_install")
class TestFamilySales(SegmentCase):
    def _rows(self, user=None):
        return self.env["sop.family.sales"].with_user(user or self.sales).search([])

    def test_same_money_as_the_score(self):
        family = self.env["sop.family"].create({"name": "Shelves", "code": "SHELF"})
        self.goods.sop_family_id = family
        self._buy(8)
        order = self._buy(3)
        self._credit(order.invoice_ids, MARCH, {self.goods: (1, 100)})
        self._order(MARCH, (self.goods, 5), (self.service, 2))
        row = self._rows().filtered(lambda r: r.partner_id == self.customer)
        self.assertEqual((row.family_id, row.month), (family, date(2026, 3, 1)))
        self.assertEqual((row.net_sales, row.goods_cost, row.contribution), (1000, 600, 400))
        self.assertEqual(row.tier_id, self.customer.sop_tier_id)

    def test_confirmed_orders_where_the_scorecard_says_so(self):
        self.activate(self.make_card(basis="ordered", include_services=True))
        self._order(MARCH, (self.goods, 5), (self.service, 2))
        self._order(MARCH, (self.goods, 9), confirm=False)
        row = self._rows().filtered(lambda r: r.partner_id == self.customer)
        self.assertEqual((row.net_sales, row.goods_cost), (600, 340))

    def test_nobody_writes_it(self):
        self._buy(8)
        with self.assertRaises(AccessError):
            self._rows(self.sop_admin).write({"net_sales": 1})


@tagged("post_install", "-at_install")
class TestSegmentWorkbook(SegmentCase):
    def test_scores_are_formulas(self):
        self.customer.name = '=HYPERLINK("http://example.com")'
        before, run = self._two_runs()
        book, results = self._workbook(run.id, before.id)
        self.assertEqual(book.sheetnames, ["Customers", "Whale curve", "Migration", "Scorecard"])
        sheet, shown = book["Customers"], results["Customers"]
        self.assertEqual((sheet["B4"].data_type, sheet["B4"].value), ("s", self.customer.name))
        self.assertEqual((sheet["E4"].value, sheet["F4"].value), ("Silver", "Gold"))
        self.assertEqual(sheet["G4"].data_type, "f")
        self.assertIn("SUMPRODUCT(L4:N4,$L$2:$N$2)", sheet["G4"].value)
        self.assertAlmostEqual(shown["G4"].value, 72.5)
        self.assertEqual([shown[f"{column}2"].value for column in "LMN"], [50, 30, 20])
        points = [shown[f"{column}4"].value for column in "LMN"]
        weighted = sum(a * b for a, b in zip(points, [50, 30, 20], strict=True))
        self.assertAlmostEqual(weighted / 100, 72.5)
        self.assertEqual(sheet["L2"].value, "='Scorecard'!B4".replace("'", ""))

    def test_whale_and_moves(self):
        before, run = self._two_runs()
        book, results = self._workbook(run.id, before.id)
        whale = book["Whale curve"]
        self.assertEqual((whale["D4"].value, whale["D5"].value), ("=C4", "=C5+D4"))
        self.assertEqual(results["Whale curve"]["D5"].value, 560)
        self.assertAlmostEqual(results["Whale curve"]["E4"].value, 480 / 560)
        self.assertEqual(len(whale._charts), 1)
        moves = results["Migration"]
        self.assertEqual(moves.cell(moves.max_row, moves.max_column).value, run.total)
        self.assertEqual(len(book["Migration"]._charts), 1)
        card = results["Scorecard"]
        self.assertEqual([card["B4"].value, card["C4"].value], [50, 0.5])

    def test_without_an_earlier_run(self):
        self._buy(8)
        run = self.runs._run(self.card)
        book, _results = self._workbook(run.id)
        self.assertIn("no earlier scoring", book["Migration"]["A2"].value)

    def test_only_for_who_reads_scores(self):
        self._buy(8)
        run = self.runs._run(self.card)
        user = new_test_user(self.env, login="seg_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self._workbook(run.id, user=user)


@tagged("post_install", "-at_install")
class TestSegmentScreens(SegmentCase, ScreenCase):
    def test_page(self):
        self._two_runs()
        self.start_tour(
            "/odoo/action-sop_bridge.action_sop_segments",
            "sop_bridge_segment",
            login=self.sales.login,
        )

    def test_customer(self):
        self._buy(8)
        self.runs._run(self.card)
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "sop_bridge_segment_customer",
            login=self.sales.login,
        )

    def test_download(self):
        before, run = self._two_runs()
        self.authenticate("sop_sales", "sop_sales")
        answer = self.url_open(f"/sop_bridge/segments/{run.id}/{before.id}")
        self.assertEqual(answer.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        self.assertEqual(book["Customers"].cell(4, 2).value, "Azur Marine")
        self.assertIn(str(TODAY), answer.headers["Content-Disposition"])
