import base64
import binascii
from difflib import get_close_matches

from markupsafe import Markup
from xlsxwriter.utility import xl_rowcol_to_cell

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.changeover import plan
from ..core.changeover_sheet import plain
from ..models.sop_changeover import MAX_COST, MAX_MINUTES

# So many problems and changes are written out; the rest are counted.
TOLD = 50


class SopChangeoverImport(models.TransientModel):
    """Reads a file with the changeovers of a work centre, shows what it changes, then stores it."""

    _name = "sop.changeover.import"
    _description = "Import of Changeovers"

    workcenter_id = fields.Many2one("mrp.workcenter", "Work centre", required=True)
    file = fields.Binary(
        attachment=False, help="Workbook (.xlsx, .xls, .ods) or text (.csv), as matrix or as list."
    )
    filename = fields.Char()
    replace = fields.Boolean(
        "Remove what the file does not contain",
        help="Off: pairs of families that the file leaves empty stay as they are.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    problem_count = fields.Integer(compute="_compute_preview")
    change_count = fields.Integer(compute="_compute_preview")

    @api.depends("workcenter_id", "file", "filename", "replace")
    def _compute_preview(self):
        for wizard in self:
            problems, changes = wizard._read()
            wizard.problem_count = len(problems)
            wizard.change_count = 0 if problems else len(changes)
            wizard.preview = wizard._show_problems(problems) or wizard._show_changes(changes)

    def action_import(self):
        """Store what the file changes; everything or nothing. Returns an action.

        :raise AccessError: for who may not change changeovers
        :raise UserError: if the file has any problem
        """
        self.ensure_one()
        matrix = self.env["sop.changeover.matrix"]
        workcenter = matrix._get_editable(self.workcenter_id.id)
        problems, changes = self._read()
        if problems:
            told = "\n".join(problems[:TOLD])
            raise UserError(self.env._("Nothing was imported.") + "\n" + told)
        matrix._apply(workcenter, changes)
        return self._closing_action(len(changes))

    def _closing_action(self, count):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._say_imported(count),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _say_imported(self, count):
        if count == 1:
            return self.env._("1 changeover imported.")
        return self.env._("%s changeovers imported.", count)

    # ------------------------------------------------------------------ reading
    def _read(self):
        """(sentences about what is wrong, core Changes) of the file."""
        self.ensure_one()
        if not (self.file and self.workcenter_id):
            return [], []
        try:
            reading, sheets = self.env["sop.changeover.workbook"]._read(
                self.workcenter_id, self._get_content(), self.filename or ""
            )
        except UserError as error:
            return [str(error)], []
        problems = [self._tell(fault, sheets) for fault in reading.faults[:TOLD]]
        problems += [""] * (len(reading.faults) - TOLD)
        return problems, [] if problems else self._plan(reading.entries)

    def _get_content(self):
        """Bytes of the file; a form that is read again has its size in the same field."""
        stored = self == self._origin
        wizard = self.with_context(bin_size=False) if stored else self
        try:
            return base64.b64decode(wizard.file, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The file did not arrive whole. Choose it again.")
            ) from error

    def _plan(self, entries):
        """Changes that the entries make; pairs with an archived family are always left alone."""
        matrix = self.env["sop.changeover"]._get_matrix(self.workcenter_id)
        now = matrix[self.workcenter_id._origin.id or self.workcenter_id.id]
        if not self.replace:
            return plan(now, entries)
        named = {family for pair in now for family in pair if family}
        usable = self.env["sop.family"].search([("id", "in", list(named))]).ids
        keep = [pair for pair in now if not {*pair} <= {None, *usable}]
        return plan(now, entries, keep)

    # ------------------------------------------------------------------ words
    def _tell(self, fault, sheets):
        """'Minutes!C7 (White / Black): “abc” is no number.'"""
        place = self._tell_place(fault.place, sheets)
        text = self._tell_fault(fault, sheets)
        return f"{place}: {text}" if place else text

    def _tell_place(self, place, sheets):
        sheet = sheets[place.sheet]
        if place.column is None:
            return place.sheet
        row = sheet.rows[place.row] if place.row < len(sheet.rows) else []
        labels = [str(row[0])] if row and place.row else []
        labels += [str(sheet.rows[0][place.column])] if place.column < len(sheet.rows[0]) else []
        label = " / ".join(text for text in labels if text.strip())
        if not sheet.exact:
            return label
        cell = xl_rowcol_to_cell(place.row, place.column)
        address = f"{place.sheet}!{cell}" if len(sheets) > 1 else cell
        return f"{address} ({label})" if label and place.row and place.column else address

    def _tell_fault(self, fault, sheets):
        value = fault.value
        if fault.code == "twice":
            place = self._tell_place(value, sheets)
            return self.env._("another value than in %s for the same two families.", place)
        if fault.code == "family":
            return self._tell_unknown(value)
        if fault.code == "column":
            column = self.env["sop.changeover.workbook"]._names()[value]
            return self.env._("the column “%s” is missing in the first row.", column)
        return self._simple_texts(value)[fault.code]

    def _tell_unknown(self, label):
        """No such family; names the one that was probably meant."""
        families = self.env["sop.changeover.workbook"]._families(self.workcenter_id)
        close = get_close_matches(plain(label), families, n=1)
        if not close:
            return self.env._("there is no family “%s” in use.", label)
        family = self.env["sop.family"].browse(families[close[0]][0])
        return self.env._(
            "there is no family “%(label)s” in use. Is it %(family)s?",
            label=label,
            family=family.name,
        )

    def _simple_texts(self, value):
        return {
            "empty": self.env._("there is no row below the headers."),
            "ambiguous": self.env._("several families are called “%s”; write the code.", value),
            "missing": self.env._("a family is missing; write “Any other family” for all others."),
            "same": self.env._("products of one family need no changeover; leave it empty."),
            "text": self.env._("“%s” is no number. Write it like 30 or 12.5.", value),
            "thousands": self.env._("“%s” can be two numbers; write it like 1200 or 1.2.", value),
            "negative": self.env._("%s is negative; it must be 0 or more.", value),
            "minutes": self.env._(
                "%(value)s minutes are more than %(limit)s, a week.", value=value, limit=MAX_MINUTES
            ),
            "cost": self.env._(
                "a cost of %(value)s is more than %(limit)s.", value=value, limit=MAX_COST
            ),
            "formula": self.env._(
                "the formula %s has no stored result. Save the file in a spreadsheet program, or "
                "write the number.",
                value,
            ),
        }

    def _show_problems(self, problems):
        if not problems:
            return False
        items = [Markup("<li>%s</li>") % problem for problem in problems if problem]
        if len(problems) > len(items):
            more = self.env._("and %s more", len(problems) - len(items))
            items.append(Markup("<li>%s</li>") % more)
        title = self.env._("Nothing can be imported before this is mended:")
        return Markup('<div class="text-danger">%s</div><ul>%s</ul>') % (
            title,
            Markup().join(items),
        )

    def _show_changes(self, changes):
        """Table of what becomes what; False without a file."""
        if not self.file:
            return False
        if not changes:
            return Markup("<p>%s</p>") % self.env._("The file changes nothing.")
        rows = [self._show_change(change) for change in changes[:TOLD]]
        more = ""
        if len(changes) > TOLD:
            more = Markup("<p>%s</p>") % self.env._("and %s more", len(changes) - TOLD)
        heads = [self.env._("Changeover"), self.env._("Now"), self.env._("After the import")]
        return Markup("<table class='table table-sm'><tr>%s</tr>%s</table>%s") % (
            Markup().join(Markup("<th>%s</th>") % head for head in heads),
            Markup().join(rows),
            more,
        )

    def _show_change(self, change):
        matrix = self.env["sop.changeover.matrix"]
        return Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>") % (
            matrix._tell_pair(change.source, change.target),
            matrix._tell_values(self.workcenter_id, change.before),
            matrix._tell_values(self.workcenter_id, change.after),
        )
