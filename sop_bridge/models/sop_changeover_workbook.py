import csv
import io
from dataclasses import dataclass, replace

import openpyxl

from odoo import api, models
from odoo.addons.base_import.models.base_import import ImportValidationError
from odoo.exceptions import UserError

from ..core.changeover_sheet import Fault, Place, Words, plain, read
from ..reports.changeover_workbook import write_workbook
from .sop_changeover import MAX_COST, MAX_MINUTES

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of a worksheet without those that are empty.

    exact: whether a row stands where it stands in the file, because none was left out before it.
    """

    name: str
    rows: list
    exact: bool
    kind: str = "minutes"


class SopChangeoverWorkbook(models.AbstractModel):
    """The changeovers of a work centre in a file: written as a matrix, read as matrix or list."""

    _name = "sop.changeover.workbook"
    _description = "Changeovers as a Workbook"

    # ------------------------------------------------------------------ words
    @api.model
    def _names(self):
        """What sheets and columns are called, in the user's language."""
        return {
            "source": self.env._("From"),
            "target": self.env._("To"),
            "minutes": self.env._("Minutes"),
            "cost": self.env._("Cost"),
            "anything": self.env._("Any other family"),
        }

    @api.model
    def _words(self):
        """The same with what else people write there, as the core wants them."""
        english = {
            "source": {"from"},
            "target": {"to"},
            "minutes": {"minutes", "min"},
            "cost": {"cost", "costs"},
            "anything": {"any other family", "any other", "any", "*"},
        }
        return Words(
            **{key: frozenset(english[key] | {plain(name)}) for key, name in self._names().items()}
        )

    # ------------------------------------------------------------------ writing
    @api.model
    def _write(self, workcenter_id):
        """Name and bytes of a workbook with what is stored for a work centre.

        Families that are archived are left out; an import leaves their changeovers alone.

        :raise AccessError: for who may not see the changeovers of the work centre
        """
        content = self.env["sop.changeover.matrix"].get_content(workcenter_id)
        names = self._names()
        families = [family for family in content["families"] if not family["archived"]]
        axis = {False: 0, **{family["id"]: at for at, family in enumerate(families, 1)}}
        values = {"minutes": {}, "cost": {}}
        for cell in content["cells"]:
            place = (axis.get(cell["from"] or False), axis.get(cell["to"] or False))
            if None not in place:
                values["minutes"][place] = cell["minutes"]
                values["cost"][place] = cell["cost"]
        sheets = [
            (names["minutes"], MAX_MINUTES, values["minutes"]),
            (names["cost"], MAX_COST, values["cost"]),
        ]
        labels = [names["anything"], *self._labels(families)]
        blocked = {(at, at) for at in range(1, len(labels))}
        book = write_workbook(sheets, labels, blocked, self._notes())
        return f"{self.env._('Changeovers')} {content['workcenter']['name']}.xlsx", book

    @api.model
    def _labels(self, families):
        """Names, or codes of those whose name another family has as well."""
        names = [plain(family["name"]) for family in families]
        return [
            family["name"] if names.count(plain(family["name"])) == 1 else family["code"]
            for family in families
        ]

    def _notes(self):
        return (
            self.env._("How it works"),
            [
                self.env._("Rows are the family made before, columns the one made next."),
                self.env._("Minutes and cost are on a sheet each."),
                self.env._("An empty cell takes the value of “any other family”."),
                self.env._("Write 0 where a changeover takes no time."),
                self.env._("Add a row and a column for another family by its name or code."),
            ],
        )

    # ------------------------------------------------------------------ reading
    @api.model
    def _read(self, workcenter, content, name):
        """Read a file with changeovers of a work centre.

        :param content: the bytes of a workbook or of a file with separated values
        :return: (core Reading, {sheet: Sheet})
        :raise UserError: if it is no such file, too large, or empty
        """
        sheets = self._read_sheets(content, name)
        reading = read(
            [(sheet.name, sheet.kind, sheet.rows) for sheet in sheets],
            self._words(),
            self._families(workcenter),
            MAX_MINUTES,
            MAX_COST,
        )
        by_name = {sheet.name: sheet for sheet in sheets}
        reading.faults += self._find_uncalculated(content, by_name)
        return reading, by_name

    @api.model
    def _families(self, workcenter):
        """{name or code, as the core compares them: [family ids]}"""
        domain = self.env["sop.changeover.matrix"]._family_domain(workcenter)
        found = self.env["sop.family"].search(domain)
        families = {}
        for family, english in zip(found, found.with_context(lang="en_US"), strict=True):
            for label in {plain(family.name), plain(english.name), plain(family.code)}:
                families.setdefault(label, []).append(family.id)
        return families

    @api.model
    def _read_sheets(self, content, name):
        """The sheet with the minutes (or the list), and the one with the cost if there is one."""
        if not content:
            raise UserError(self.env._("The file is empty."))
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The file is larger than 5 MB; a matrix never is."))
        first, names = self._read_sheet(content, name)
        words = self._words()
        kinds = {sheet: words.column(sheet) for sheet in names}
        cost = [sheet for sheet in names if kinds[sheet] == "cost"]
        main = [sheet for sheet in names if kinds[sheet] == "minutes"] or names[:1]
        wanted = [(sheet, "minutes") for sheet in main[:1] if sheet not in cost]
        wanted += [(sheet, "cost") for sheet in cost[:1]]
        if not wanted:
            return [first]
        return [
            replace(self._read_sheet(content, name, sheet)[0], kind=kind) for sheet, kind in wanted
        ]

    @api.model
    def _read_sheet(self, content, name, sheet=None):
        """(Sheet, names of all sheets) as Odoo's own import reads it; the first if not named."""
        options = {"quoting": '"', "separator": "", "encoding": "", "sheet": sheet}
        source = self.env["base_import.import"].new({"file": content, "file_name": name})
        try:
            length, rows = source._read_file(options)
        except (ImportValidationError, UserError, ValueError, csv.Error) as error:
            raise UserError(self.env._("The file cannot be read: %s", error)) from error
        if length > MAX_ROWS:
            raise UserError(self.env._("The file has more than %s rows.", MAX_ROWS))
        blank = any(not line.strip(b' \t,;"\r') for line in content.splitlines())
        exact = length == len(rows) and (bool(options.get("sheets")) or not blank)
        return Sheet(options.get("sheet") or "", rows, exact), options.get("sheets") or []

    @api.model
    def _find_uncalculated(self, content, sheets):
        """Faults of formulas without a stored result, which would be read as empty cells."""
        if not content.startswith(b"PK"):
            return []
        formulas, results = (
            openpyxl.load_workbook(io.BytesIO(content), data_only=only) for only in (False, True)
        )
        return [
            Fault("formula", Place(name, cell.row - 1, cell.column - 1), str(cell.value))
            for name in sheets
            if name in formulas.sheetnames
            for row in formulas[name].iter_rows()
            for cell in row
            if cell.data_type == "f" and results[name][cell.coordinate].value is None
        ]
