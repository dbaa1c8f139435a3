"""Many rows for worksheets that xlsxwriter began, written as the text of the format itself.

xlsxwriter needs about a second per 100,000 cells. A workbook about 100,000 customers has four
million of them, so the rows of its two long sheets are put between what xlsxwriter wrote: titles
and headers above, filters and charts below. The format of a cell is that of its column.
"""

import io
import re
import zipfile
from functools import lru_cache
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

# what XML cannot hold, and what Excel would read as the escape of a character
UNKNOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
COLUMN = re.compile(r'<col min="(\d+)" max="(\d+)"[^>]*? style="(\d+)"')
DIMENSION = re.compile(r'<dimension ref="[^"]*"')
SHEET = "xl/worksheets/sheet%s.xml"
END = "</sheetData>"
CHUNK = 500


class Columns:
    """The columns of a sheet, as the cells of its rows refer to them."""

    def __init__(self, head):
        styles = {
            column: style
            for first, last, style in COLUMN.findall(head)
            for column in range(int(first) - 1, int(last))
        }
        self._opens = [
            (f'<c r="{xl_col_to_name(column)}', f'" s="{styles.get(column, 0)}"')
            for column in range(max(styles, default=-1) + 1)
        ]

    def numbers(self, row, first, values):
        """Cells of numbers from a column on; None leaves a cell out."""
        return "".join(
            [
                f"{opens}{row}{style}><v>{value!r}</v></c>"
                for (opens, style), value in zip(self._opens[first:], values, strict=False)
                if value is not None
            ]
        )

    def texts(self, row, first, values):
        """Cells of texts from a column on, never read as formulas; '' and None are left out."""
        return "".join(
            [
                f'{opens}{row}{style} t="inlineStr"><is>{text(value)}</is></c>'
                for (opens, style), value in zip(self._opens[first:], values, strict=False)
                if value
            ]
        )

    def formula(self, row, column, formula, value):
        """Cell of a formula (without =) with its result; None: an empty text."""
        opens, style = self._opens[column]
        shown = "" if value is None else repr(value)
        return f"{opens}{row}{style}><f>{escape(formula)}</f><v>{shown}</v></c>"


@lru_cache(maxsize=5000)
def text(value):
    """Return a text as an element of the format."""
    known = ESCAPE.sub("_x005F_", UNKNOWN.sub("", value))
    return f'<t xml:space="preserve">{escape(known)}</t>'


def add_rows(content, sheets):
    """Return a workbook with more rows.

    :param content: bytes of the workbook as xlsxwriter wrote it
    :param sheets: {number of a sheet, from 1: (its last cell, function of Columns that yields
        (number of a row, from 1; its cells))}; below the rows that are there
    """
    found = {SHEET % number: more for number, more in sheets.items()}
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as target,
    ):
        for item in source.infolist():
            if item.filename in found:
                with target.open(item.filename, "w", force_zip64=True) as file:
                    _copy(source.read(item).decode(), file, *found[item.filename])
            else:
                target.writestr(item, source.read(item))
    return result.getvalue()


def _copy(sheet, file, last, rows):
    """Write a sheet with its further rows."""
    head, tail = sheet.split(END)
    file.write(DIMENSION.sub(f'<dimension ref="A1:{last}"', head).encode())
    waiting = []
    for number, cells in rows(Columns(head)):
        waiting.append(f'<row r="{number}">{cells}</row>')
        if len(waiting) == CHUNK:
            file.write("".join(waiting).encode())
            waiting.clear()
    file.write("".join([*waiting, END, tail]).encode())
