"""The segments of a company as a workbook that computes: scores, whale curve, moves, scorecard."""

import io
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_range, xl_range_abs, xl_rowcol_to_cell

from .workbook_rows import add_rows

# rows above the customers: title, weights, headers
HEAD = 3
WIDE, NARROW = 34, 13
# characters that the name of a worksheet cannot have, and how long it may be
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
LONGEST = 31


@dataclass(frozen=True, slots=True)
class Segments:
    """What the workbook is written from.

    :param words: {key: text in the reader's language}
    :param title: company, day and scorecard, in a sentence
    :param measures: [(label, weight, how its points come about)]
    :param borders: [(tier, score)]; ``settings``: [(what, value)] of the scorecard
    :param customers: iterable of (place, name, salesperson, country, tier before, tier, score or
        None, contribution, [figure or None], [points or None]), best contribution first
    :param moves: (row names, column names, [[count]]) or None without an earlier run
    """

    words: dict
    title: str
    measures: list
    borders: list
    settings: list
    customers: list
    moves: tuple | None


def write_segments(data):
    """Return the bytes of a workbook (xlsx). Names are written as text, never as formulas."""
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content)
    looks = _looks(workbook)
    names = {key: sheet_name(data.words[key]) for key in ("customers", "whale", "moves", "card")}
    sheets = {key: workbook.add_worksheet(name) for key, name in names.items()}
    _begin_customers(sheets["customers"], looks, data, names)
    _begin_whale(workbook, sheets["whale"], looks, data, names)
    _write_moves(workbook, sheets["moves"], looks, data, names)
    _write_card(sheets["card"], looks, data)
    workbook.close()
    if not data.customers:
        return content.getvalue()
    last, width = HEAD + len(data.customers) - 1, 7 + 2 * len(data.measures)
    rows = {
        1: (xl_rowcol_to_cell(last, width), lambda columns: _customer_rows(columns, data)),
        2: (xl_rowcol_to_cell(last, 4), lambda columns: _whale_rows(columns, data)),
    }
    return add_rows(content.getvalue(), rows)


def sheet_name(text):
    """Return a text as the name of a worksheet."""
    return text.translate(FORBIDDEN).strip()[:LONGEST]


def _looks(workbook):
    looks = {
        "title": {"bold": True, "font_size": 13},
        "header": {"bold": True, "bg_color": "#f1f3f5", "bottom": 1, "text_wrap": True},
        "muted": {"font_color": "#6c757d", "italic": True},
        "weight": {"font_color": "#6c757d", "num_format": "0.##"},
        "text": {},
        "figure": {"num_format": "#,##0.00"},
        "points": {"num_format": "0.0"},
        "score": {"num_format": "0.0", "bold": True},
        "share": {"num_format": "0.0%"},
        "count": {"num_format": "0"},
        "total": {"num_format": "0", "bold": True, "top": 1},
        "bold": {"bold": True, "top": 1},
    }
    return {name: workbook.add_format(look) for name, look in looks.items()}


# ---------------------------------------------------------------------- customers
def _begin_customers(sheet, looks, data, names):
    """Title, weights and headers; the formats of the columns are those of the customers below."""
    words, size = data.words, len(data.measures)
    first = 8 + size
    sheet.freeze_panes(HEAD, 2)
    _set_columns(sheet, looks, [NARROW, WIDE, *[NARROW] * (6 + 2 * size)], _customer_looks(size))
    sheet.write_string(0, 0, data.title, looks["title"])
    sheet.write_string(1, 1, words["weights"], looks["muted"])
    for index, (_label, weight, *_rest) in enumerate(data.measures):
        source = f"={quote_sheetname(names['card'])}!{xl_rowcol_to_cell(HEAD + index, 1)}"
        sheet.write_formula(1, first + index, source, looks["weight"], weight)
    labels = [label for label, *_rest in data.measures]
    keys = ("place", "customer", "salesperson", "country", "before", "tier", "score")
    headers = [*(words[key] for key in keys), words["contribution"], *labels]
    headers += [f"{label} ({words['points']})" for label in labels]
    for column, header in enumerate(headers):
        sheet.write_string(HEAD - 1, column, header, looks["header"])
    sheet.autofilter(HEAD - 1, 0, HEAD - 1 + len(data.customers), 5)


def _customer_looks(size):
    """Names of the formats of the columns: place, five names, score, money, figures, points."""
    return ["count", *["text"] * 5, "score", "figure", *["figure"] * size, *["points"] * size]


def _set_columns(sheet, looks, widths, names):
    for column, (width, name) in enumerate(zip(widths, names, strict=True)):
        sheet.set_column(column, column, width, looks[name])


def _customer_rows(columns, data):
    """Yield figures and points of each customer; the score is a formula of points and weights."""
    first, last = 8 + len(data.measures), 7 + 2 * len(data.measures)
    for row, customer in enumerate(data.customers, HEAD):
        place, *names, score, contribution, figures, points = customer
        yield (
            row + 1,
            columns.numbers(row + 1, 0, [place])
            + columns.texts(row + 1, 1, names)
            + columns.formula(row + 1, 6, score_formula(row, first, last), score)
            + columns.numbers(row + 1, 7, [contribution, *figures, *points]),
        )


def score_formula(row, first, last):
    """Return the score of a row: the mean of its known points, by weight; empty without any."""
    points, weights = xl_range(row, first, row, last), xl_range_abs(1, first, 1, last)
    known = f"SUMPRODUCT(ISNUMBER({points})*{weights})"
    return f'IF({known}>0,ROUND(SUMPRODUCT({points},{weights})/{known},6),"")'


# ---------------------------------------------------------------------- whale curve
def _begin_whale(workbook, sheet, looks, data, names):
    """Total and headers, and the curve over the rows below; total ≤ 0: no share."""
    words, count = data.words, len(data.customers)
    sheet.freeze_panes(HEAD, 2)
    widths = [NARROW, WIDE, *[NARROW + 4] * 3]
    _set_columns(sheet, looks, widths, ["count", "text", "figure", "figure", "share"])
    sheet.write_string(0, 0, words["whale_title"], looks["title"])
    last = HEAD + count - 1
    total = f"SUM({xl_range_abs(HEAD, 2, last, 2)})" if count else "0"
    sum_ = sum(customer[7] for customer in data.customers)
    sheet.write_string(1, 1, words["total"], looks["muted"])
    sheet.write_formula(1, 2, f"={total}", looks["figure"], sum_)
    sheet.write_string(1, 3, "" if sum_ > 0 else words["undefined"], looks["muted"])
    for column, key in enumerate(("place", "customer", "contribution", "cumulative", "share")):
        sheet.write_string(HEAD - 1, column, words[key], looks["header"])
    if count:
        _whale_chart(workbook, sheet, words, names["whale"], last)


def _whale_rows(columns, data):
    """Yield each customer with contribution, cumulative and share; the last two by formulas."""
    total, so_far = sum(customer[7] for customer in data.customers), 0
    for row, customer in enumerate(data.customers, HEAD + 1):
        so_far += customer[7]
        above = f"C{row}+D{row - 1}" if row > HEAD + 1 else f"C{row}"
        share = so_far / total if total > 0 else None
        yield (
            row,
            columns.numbers(row, 0, customer[:1])
            + columns.texts(row, 1, customer[1:2])
            + columns.numbers(row, 2, customer[7:8])
            + columns.formula(row, 3, above, so_far)
            + columns.formula(row, 4, f'IF($C$2>0,D{row}/$C$2,"")', share),
        )


def _whale_chart(workbook, sheet, words, name, last):
    chart = workbook.add_chart({"type": "line"})
    chart.add_series(
        {
            "name": words["share"],
            "categories": [name, HEAD, 0, last, 0],
            "values": [name, HEAD, 4, last, 4],
            "line": {"width": 2},
        }
    )
    chart.set_title({"name": words["whale_title"]})
    chart.set_x_axis({"name": words["place"]})
    chart.set_y_axis({"num_format": "0%"})
    chart.set_legend({"none": True})
    sheet.insert_chart(HEAD - 1, 6, chart, {"x_scale": 1.4, "y_scale": 1.3})


# ---------------------------------------------------------------------- migration
def _write_moves(workbook, sheet, looks, data, names):
    """Counts from tier to tier; totals and the share of who stayed are formulas."""
    words = data.words
    sheet.set_column(0, 0, WIDE)
    sheet.write_string(0, 0, words["moves_title"], looks["title"])
    if not data.moves:
        sheet.write_string(1, 0, words["one_run"], looks["muted"])
        return
    rows, columns, cells = data.moves
    sheet.set_column(1, len(columns) + 1, NARROW)
    headers = ["↓  →", *columns, words["total"]]
    for column, header in enumerate(headers):
        sheet.write_string(HEAD - 1, column, header, looks["header"])
    for row, (name, counts) in enumerate(zip(rows, cells, strict=True), HEAD):
        sheet.write_string(row, 0, name)
        for column, count in enumerate(counts, 1):
            sheet.write_number(row, column, count, looks["count"])
        source = xl_range(row, 1, row, len(columns))
        sheet.write_formula(row, len(columns) + 1, f"=SUM({source})", looks["total"], sum(counts))
    bottom = HEAD + len(rows)
    sheet.write_string(bottom, 0, words["total"], looks["bold"])
    totals = [sum(column) for column in zip(*cells, strict=True)]
    for column, total in enumerate([*totals, sum(totals)], 1):
        source = xl_range(HEAD, column, bottom - 1, column)
        sheet.write_formula(bottom, column, f"=SUM({source})", looks["total"], total)
    _moves_chart(workbook, sheet, words, names["moves"], len(rows), columns)


def _moves_chart(workbook, sheet, words, name, size, columns):
    """Where the customers of each earlier tier are now."""
    chart = workbook.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for column in range(1, len(columns) + 1):
        chart.add_series(
            {
                "name": [name, HEAD - 1, column],
                "categories": [name, HEAD, 0, HEAD + size - 1, 0],
                "values": [name, HEAD, column, HEAD + size - 1, column],
            }
        )
    chart.set_title({"name": words["moves_title"]})
    chart.set_y_axis({"reverse": True})
    sheet.insert_chart(HEAD + size + 2, 0, chart, {"x_scale": 1.3})


# ---------------------------------------------------------------------- scorecard
def _write_card(sheet, looks, data):
    """Criteria with their weights, which the scores refer to; borders; settings."""
    words = data.words
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, 2, NARROW)
    sheet.set_column(3, 3, 2 * WIDE)
    sheet.write_string(0, 0, data.title, looks["title"])
    for column, key in enumerate(("measure", "weight", "share", "points")):
        sheet.write_string(HEAD - 1, column, words[key], looks["header"])
    last = HEAD + len(data.measures) - 1
    total = sum(weight for _label, weight, _method in data.measures)
    for row, (label, weight, method) in enumerate(data.measures, HEAD):
        sheet.write_string(row, 0, label)
        sheet.write_number(row, 1, weight, looks["weight"])
        formula = f"={xl_rowcol_to_cell(row, 1)}/SUM({xl_range_abs(HEAD, 1, last, 1)})"
        sheet.write_formula(row, 2, formula, looks["share"], weight / total if total else 0)
        sheet.write_string(row, 3, method)
    _write_borders(sheet, looks, data, last + 2)


def _write_borders(sheet, looks, data, first):
    """Borders of the tiers, then the settings, from a row on."""
    sheet.write_string(first, 0, data.words["tier"], looks["header"])
    sheet.write_string(first, 1, data.words["from_score"], looks["header"])
    for row, (tier, score) in enumerate(data.borders, first + 1):
        sheet.write_string(row, 0, tier)
        sheet.write_number(row, 1, score, looks["points"])
    for row, (what, value) in enumerate(data.settings, first + len(data.borders) + 2):
        sheet.write_string(row, 0, what)
        sheet.write_string(row, 3, value)
