"""The changeovers of a work centre as a workbook that can be filled in and imported again."""

import io

import xlsxwriter

WIDTH = 14


def write_workbook(sheets, labels, blocked, notes):
    """Return the bytes of a workbook (xlsx).

    :param sheets: [(name, limit, {(row, column): number})], one matrix each, rows and columns
        counted from 0 without the headers; a limit is the highest number that may be entered
    :param labels: headers of rows and columns; the first one stands for any other family
    :param blocked: (row, column) of the cells that have no value: a family to itself
    :param notes: (name of a last sheet, its lines)
    """
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True})
    formats = _formats(workbook)
    for name, limit, values in sheets:
        sheet = workbook.add_worksheet(name)
        _write_headers(sheet, formats, labels)
        _write_cells(sheet, formats, len(labels), values, blocked)
        _limit_cells(sheet, len(labels), limit)
    _write_notes(workbook, *notes)
    workbook.close()
    return content.getvalue()


def _formats(workbook):
    looks = {
        "corner": {"font_color": "#6c757d", "bg_color": "#f1f3f5", "border": 1},
        "header": {"bold": True, "bg_color": "#f1f3f5", "border": 1, "text_wrap": True},
        "default": {"bg_color": "#f8f9fa", "border": 1},
        "cell": {"border": 1},
        "blocked": {"bg_color": "#ced4da", "border": 1, "pattern": 1},
    }
    return {name: workbook.add_format(look) for name, look in looks.items()}


def _write_headers(sheet, formats, labels):
    """Names as strings, so that one that starts with '=' stays a name."""
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 45)
    sheet.set_column(0, 0, 2 * WIDTH)
    sheet.set_column(1, len(labels), WIDTH)
    sheet.write_string(0, 0, "↓  →", formats["corner"])
    for index, label in enumerate(labels, 1):
        sheet.write_string(0, index, label, formats["header"])
        sheet.write_string(index, 0, label, formats["header"])


def _write_cells(sheet, formats, size, values, blocked):
    for row in range(size):
        for column in range(size):
            kind = "default" if 0 in (row, column) else "cell"
            look = formats["blocked" if (row, column) in blocked else kind]
            if (row, column) in values:
                sheet.write_number(row + 1, column + 1, values[row, column], look)
            else:
                sheet.write_blank(row + 1, column + 1, None, look)


def _limit_cells(sheet, size, limit):
    rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": limit}
    sheet.data_validation(1, 1, size, size, rule)


def _write_notes(workbook, name, lines):
    sheet = workbook.add_worksheet(name)
    sheet.set_column(0, 0, 100)
    for index, line in enumerate(lines):
        sheet.write_string(index, 0, line)
