"""Reading changeovers from the rows of a worksheet, in one of two layouts.

Matrix: families as headers of rows (made before) and columns (made next), one number per cell.
List: columns From, To, Minutes and, if wanted, Cost, one changeover per row.
"""

import re
from dataclasses import dataclass, field

from .changeover import Entry

# What people put into a cell that has no value, such as those on the diagonal.
NOTHING = {"", "-", "–", "—", "x", "n/a"}
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Words:
    """Headers in lower case: of the columns of a list, and of 'any other family'."""

    source: frozenset
    target: frozenset
    minutes: frozenset
    cost: frozenset
    anything: frozenset

    def column(self, text):
        """Return which column of a list a header names, or None."""
        for name in ("source", "target", "minutes", "cost"):
            if plain(text) in getattr(self, name):
                return name
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """A cell: name of its sheet, its row and column from 0; column None is the whole row."""

    sheet: str
    row: int
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell.

    code: 'empty' (no row below the header), 'column' (value: name of the column that is missing),
    'family' (no such family), 'ambiguous' (several), 'missing' (no family named), 'same', 'text',
    'thousands' (comma that can mean both), 'negative', 'minutes' or 'cost' (too much), 'twice'
    (value: the other place).
    """

    code: str
    place: Place
    value: object = None


@dataclass(slots=True)
class Reading:
    """Entries by (from, to), where each value was found, and what is wrong."""

    values: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)

    @property
    def entries(self):
        return [Entry(*pair, **values) for pair, values in self.values.items()]


def plain(text):
    """Return a label without what does not tell it from others: case and extra blanks."""
    return " ".join(str(text).split()).casefold()


def number(text):
    """Return a cell's number, or None if it has no value.

    :raise ValueError: with the code 'text' or 'thousands' if it is no number, or not surely one
    """
    found = re.sub(r"[\s'’]", "", str(text))
    if found.casefold() in NOTHING:
        return None
    if "," in found and "." in found:
        last = max(found.rfind(","), found.rfind("."))
        found = re.sub(r"[.,]", "", found[:last]) + "." + found[last + 1 :]
    elif re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+", found):
        raise ValueError("thousands")
    found = found.replace(",", ".")
    if not NUMBER.fullmatch(found.casefold()):
        raise ValueError("text")
    return float(found)


def read(sheets, words, families, max_minutes, max_cost):
    """Return the Reading of worksheets.

    :param sheets: [(name, 'minutes' or 'cost', rows)]; what a matrix holds, a list says itself
    :param families: {label as ``plain`` gives it: [families of that name or code]}
    """
    reader = _Reader(words, families, {"minutes": max_minutes, "cost": max_cost})
    for name, kind, rows in sheets:
        reader.read_sheet(name, kind, rows)
    return reader.reading


class _Reader:
    def __init__(self, words, families, limits):
        self.words, self.families, self.limits = words, families, limits
        self.reading = Reading()

    def fault(self, code, place, value=None):
        self.reading.faults.append(Fault(code, place, value))

    def read_sheet(self, name, kind, rows):
        if len(rows) < 2:
            self.fault("empty", Place(name, 0))
            return
        columns = {}
        for index, text in enumerate(rows[0]):
            columns.setdefault(self.words.column(text), index)
        columns.pop(None, None)
        if len(columns) > 1:
            self.read_list(name, rows, columns)
        else:
            self.read_matrix(name, kind, rows)

    def read_list(self, name, rows, columns):
        missing = [column for column in ("source", "target") if column not in columns]
        if not {"minutes", "cost"} & set(columns):
            missing.append("minutes")
        for column in missing:
            self.fault("column", Place(name, 0), column)
        if missing:
            return
        kinds = [kind for kind in ("minutes", "cost") if kind in columns]
        for index, row in enumerate(rows[1:], 1):
            filled = any(_filled(row, columns[kind]) for kind in kinds)
            pair = [
                self.family(
                    _at(row, columns[side]), Place(name, index, columns[side]), optional=not filled
                )
                for side in ("source", "target")
            ]
            for kind in kinds:
                place = Place(name, index, columns[kind])
                self.read_cell(pair, kind, _at(row, columns[kind]), place)

    def read_matrix(self, name, kind, rows):
        columns = range(1, max(map(len, rows)))
        used = {column for row in rows[1:] for column in columns if _filled(row, column)}
        targets = {
            column: self.family(_at(rows[0], column), Place(name, 0, column), column not in used)
            for column in columns
        }
        for index, row in enumerate(rows[1:], 1):
            filled = any(_filled(row, column) for column in columns)
            source = self.family(_at(row, 0), Place(name, index, 0), optional=not filled)
            for column in columns:
                place = Place(name, index, column)
                self.read_cell((source, targets[column]), kind, _at(row, column), place)

    def family(self, text, place, optional=False):
        """(family or None,) of a label; () where there is none, a fault unless it is optional."""
        label = plain(text)
        if label in self.words.anything:
            return (None,)
        found = self.families.get(label, ())
        if len(found) == 1:
            return tuple(found)
        if label or not optional:
            code = "ambiguous" if found else "family" if label else "missing"
            self.fault(code, place, str(text))
        return ()

    def read_cell(self, pair, kind, text, place):
        """Note the value of a cell, or what is wrong with it.

        A cell whose families are unknown was reported at its header.
        """
        value = self.value(kind, text, place)
        source, target = pair
        if value is None or not (source and target):
            return
        pair = source + target
        if source == target and source != (None,):
            if value:
                self.fault("same", place)
            return
        values = self.reading.values.setdefault(pair, {})
        if values.setdefault(kind, value) != value:
            self.fault("twice", place, self.reading.places[pair, kind])
        self.reading.places.setdefault((pair, kind), place)

    def value(self, kind, text, place):
        try:
            value = number(text)
        except ValueError as error:
            self.fault(str(error), place, str(text))
            return None
        if value is not None and value < 0:
            self.fault("negative", place, str(text))
        elif value is not None and value > self.limits[kind]:
            self.fault(kind, place, str(text))
        else:
            return value
        return None


def _at(row, index):
    return row[index] if index < len(row) else ""


def _filled(row, index):
    return plain(_at(row, index)) not in NOTHING
