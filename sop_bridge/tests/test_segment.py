"""What people look at: the tab of a customer, the page of all segments, families, the workbook."""

import io
from datetime import date

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..core.lift import Lift
from ..core.whale import migration
from .score_common import TODAY
from .test_score_run import MARCH, RunCase

EARLIER = date(2026, 5, 31)


class SegmentCase(RunCase):
    def _see(self, customer=None, user=None):
        customer = customer or self.customer
        return self.env["sop.segment"].with_user(user or self.sales).get_customer(customer.id)

    def _page(self, *args, user=None):
        return self.env["sop.segment.analysis"].with_user(user or self.sales).get_content(*args)

    def _two_runs(self):
        """Azur Marine: Silver, then Gold; Petit Atelier stays Standard."""
        self._buy(8)
        self._buy(2, self.small)
        before = self.runs._run(self.card, EARLIER)
        self._buy(4, day=date(2026, 6, 15))
        return before, self.runs._run(self.card)

    def _workbook(self, *args, user=None):
        book = self.env["sop.segment.workbook"].with_user(user or self.sales)
        _name, content = book._write_workbook(*args)
        return [
            openpyxl.load_workbook(io.BytesIO(content), data_only=only) for only in (False, True)
        ]


@tagged("post_install", "-at_install")
class TestSegmentCustomer(SegmentCase):
    def test_score_and_points(self):
        self._buy(8)
        self._buy(2, self.small)
        self.runs._run(self.card)
        content = self._see()
        self.assertEqual((content["state"], content["tier"]["name"]), ("scored", "Silver"))
        score = content["score"]
        self.assertAlmostEqual(score["value"], 61.25)
        self.assertEqual((score["next"]["name"], score["border"]), ("Gold", 70))
        self.assertIn("Silver", score["reason"])
        rows = {row["code"]: row for row in content["measures"]}
        self.assertEqual(list(rows), ["net_sales", "frequency", "overdue"])
        self.assertAlmostEqual(rows["net_sales"]["points"], 80)
        self.assertEqual(rows["net_sales"]["figure"], "$\xa0800")
        self.assertEqual(
            [(row["below"], row["weight"]) for row in rows.values()],
            [(False, "50"), (True, "30"), (False, "20")],
        )
        self.assertEqual(rows["overdue"]["figure"], "0 days")

    def test_what_would_lift(self):
        self._buy(8)
        self._buy(2, self.small)
        self.runs._run(self.card)
        lift = self._see()["lift"]
        self.assertTrue(lift["alone"])
        texts = {option["code"]: option["text"] for option in lift["options"]}
        # 8.75 points short of 70: sales of 975 bring 17.5 × 50 %, 8 orders a year 29.2 × 30 %
        self.assertEqual(
            texts,
            {
                "net_sales": "$\xa0175 more net sales in 12 months: $\xa0975 instead of $\xa0800",
                "frequency": "7 more orders in 12 months",
            },
        )
        # and doing what it says is enough
        self._buy(1.75)
        self.card.sudo().invalidate_recordset()
        definition = self.card._get_definition()
        facts = self._facts_of()
        self.assertEqual(facts.net_sales, 975)
        self.assertGreaterEqual(definition.criteria[0].scale.points(975), 97.5)

    def test_nothing_above_the_best_tier(self):
        for month in (1, 2, 3, 4, 5, 6):
            self._buy(4, day=date(2026, month, 5))
        self.runs._run(self.card)
        content = self._see()
        self.assertEqual(content["tier"]["name"], "Gold")
        self.assertFalse(content["score"]["next"])
        self.assertEqual(content["lift"]["options"], [])
        self.assertIn("best tier, Gold", content["lift"]["message"])

    def test_without_orders(self):
        self._buy(8)
        self.small.customer_rank = 1
        self.runs._run(self.card)
        content = self._see(self.small)
        self.assertIs(content["score"]["value"], False)
        self.assertIn("next order", content["lift"]["message"])

    def test_history_has_the_borders_of_its_time(self):
        self._two_runs()
        history = self._see()["history"]
        self.assertEqual(history["tiers"], ["Silver", "Gold"])
        self.assertEqual([round(score, 2) for score in history["scores"]], [61.25, 72.5])
        self.assertEqual(
            {border["name"]: border["scores"] for border in history["borders"]},
            {"Gold": [70, 70], "Silver": [40, 40]},
        )

    def test_place_on_the_whale_curve(self):
        self._buy(8)
        self._buy(2, self.small)
        self.runs._run(self.card)
        whale = self._see(self.small)["whale"]
        self.assertEqual(whale["me"], {"x": 2, "y": 100})
        self.assertEqual(whale["points"][:3], [{"x": 0, "y": 0}, {"x": 1, "y": 80}, whale["me"]])
        self.assertIn("Place 2 of", whale["text"])
        self.assertEqual(whale["contribution"], "$\xa080.00")

    def test_whale_curve_of_a_loss_is_not_defined(self):
        self._rates(date(2020, 1, 1), order_cost=5000)
        self._buy(8)
        self.runs._run(self.card)
        whale = self._see()["whale"]
        self.assertFalse(whale["defined"])
        self.assertIn("not defined", whale["text"])
        self.assertFalse(self._page()["whale"]["defined"])
        shares = {
            column["share"] for tier in self._page()["tiers"] for column in tier["columns"][2:]
        }
        self.assertEqual(shares, {False})

    def test_contact_and_unscored(self):
        contact = self._customer("Ada", parent_id=self.customer.id, is_company=False)
        content = self._see(contact)
        self.assertEqual(content["state"], "contact")
        self.assertIn("Azur Marine", content["message"])
        self.assertEqual(self._see()["state"], "not_scored")
        self.card._approval_write({"date_superseded": "2026-06-01 00:00:00"})
        self.card.flush_recordset()
        self.assertEqual(self._see()["state"], "no_scorecard")

    def test_agreement_and_override(self):
        self.gold.write({"note": "A slot", "they_owe": "A forecast", "lead_days": 9})
        override = (
            self.env["sop.tier.override"]
            .with_user(self.sales)
            .create(
                {
                    "partner_id": self.customer.id,
                    "tier_id": self.gold.id,
                    "reason": "Reference",
                    "date_to": date(2026, 12, 31),
                }
            )
        )
        override.action_ask()
        shown = self._see()["override"]
        self.assertEqual((shown["pending"], shown["until"]), (True, "12/31/2026"))
        override.with_user(self.sales_approver).action_approve()
        override.with_user(self.production_approver).action_approve()
        content = self._see()
        self.assertFalse(content["override"]["pending"])
        self.assertEqual(
            content["agreement"],
            {"days": "Delivery within 9 days", "note": "A slot", "they_owe": "A forecast"},
        )

    def test_who_may_see_it(self):
        self._buy(8)
        self.runs._run(self.card)
        self.assertEqual(self._see(user=self.planner)["state"], "scored")
        self.assertFalse(self._see(user=self.planner)["may_ask"])
        for group in ("base.group_portal", "base.group_user"):
            user = new_test_user(self.env, login=f"seg_{group[11:]}", groups=group)
            with self.assertRaises(AccessError):
                self._see(user=user)
            with self.assertRaises(AccessError):
                self._page(user=user)
            with self.assertRaises(AccessError):
                self.env["sop.family.sales"].with_user(user).search([])

    def test_other_company_sees_its_own(self):
        self._buy(8)
        run = self.runs._run(self.card)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.sales.company_ids = [Command.link(other.id)]
        segment = self.env["sop.segment.analysis"].with_user(self.sales).with_company(other)
        segment = segment.with_context(allowed_company_ids=other.ids)
        self.assertEqual(segment.get_customer(self.customer.id)["state"], "no_scorecard")
        self.assertFalse(segment.get_content(run.id)["run"])
        with self.assertRaises(AccessError):
            segment.open_best(run.id, 1)


@tagged("post_install", "-at_install")
class TestSegmentSentences(SegmentCase):
    def _say(self, code, before, after, months=12):
        label, measure = self.env["sop.measure"]._get_measures()[code]
        advice = Lift(code, before, after, 1.0, 0.1, True)
        currency = self.company.currency_id
        return self.env["sop.segment"]._say_lift(advice, label, measure, currency, months)

    def test_every_measure_has_a_sentence(self):
        for code, (_label, measure) in self.env["sop.measure"]._get_measures().items():
            figures = (2, 7) if measure.higher_is_better else (7, 2)
            with self.subTest(code):
                self.assertRegex(self._say(code, *figures), r"7|5|60")

    def test_rounded_so_that_it_suffices(self):
        self.assertIn("at most 6 days ago instead of 20 days", self._say("recency", 20.2, 6.9))
        self.assertIn("At most 4.4 % of the goods", self._say("returned", 9, 4.49))
        self.assertEqual(self._say("frequency", 1, 5), "4 more orders a month")
        self.assertEqual(self._say("frequency", 1, 1.01), "One more order in 12 months")
        self.assertIn("$\xa0935 instead", self._say("net_sales", 800, 934.0001))


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
class TestSegmentScreens(HttpCase, SegmentCase):
    def test_download(self):
        before, run = self._two_runs()
        self.authenticate("sop_sales", "sop_sales")
        answer = self.url_open(f"/sop_bridge/segments/{run.id}/{before.id}")
        self.assertEqual(answer.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        self.assertEqual(book["Customers"].cell(4, 2).value, "Azur Marine")
        self.assertIn(str(TODAY), answer.headers["Content-Disposition"])
