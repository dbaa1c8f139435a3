from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, formatLang

from ..core import changeover as core
from .sop_changeover import MAX_COST, MAX_MINUTES

# So many problems are told at once, and so many changes are listed in the chatter.
TOLD = 10
NOTED = 30


class SopChangeoverMatrix(models.AbstractModel):
    """The changeovers of one work centre as a table: from (rows), to (columns)."""

    _name = "sop.changeover.matrix"
    _description = "Changeovers of a Work Centre"

    # ------------------------------------------------------------------ reading
    @api.model
    @api.readonly
    def get_content(self, workcenter_id=False):
        """Content of the table of a work centre; without one, of the first that has changeovers.

        :return: {'workcenter' (False if there is none), 'workcenters', 'families' (of the table:
            those made there first, then others that have an entry), 'others' (that can be added),
            'cells' ({'from', 'to', 'minutes', 'cost'}), 'currency_id', 'may_edit', 'max_minutes',
            'max_cost'}
        :raise AccessError: for who may not see changeovers, or not those of the company
        """
        self.env["sop.changeover"].check_access("read")
        workcenters = self._get_workcenters()
        workcenter = self._choose(workcenters, workcenter_id)
        content = self._get_table(workcenter) if workcenter else {"families": [], "others": []}
        return {
            "workcenter": {"id": workcenter.id, "name": workcenter.name} if workcenter else False,
            "workcenters": [{"id": each.id, "name": each.name} for each in workcenters],
            "cells": [],
            **content,
            "currency_id": (workcenter.company_id or self.env.company).currency_id.id,
            "may_edit": self._may_edit(),
            "max_minutes": MAX_MINUTES,
            "max_cost": MAX_COST,
        }

    def _may_edit(self):
        changeover = self.env["sop.changeover"]
        return all(changeover.has_access(mode) for mode in ("create", "write", "unlink"))

    def _company_domain(self):
        return Domain("company_id", "in", [*self.env.companies.ids, False])

    def _get_workcenters(self):
        """Work centres of the user's companies; salespeople see their names here."""
        return self.env["mrp.workcenter"].sudo().search(self._company_domain())

    def _choose(self, workcenters, workcenter_id):
        """The work centre that was asked for, or the first that has changeovers."""
        if workcenter_id is None or workcenter_id is False:
            filled = workcenters.filtered("sop_changeover_count")
            return (filled or workcenters)[:1]
        archived = workcenters.with_context(active_test=False)
        chosen = archived.search(Domain("id", "=", workcenter_id) & self._company_domain())
        if not chosen:
            raise AccessError(self.env._("There is no such work centre in your companies."))
        return chosen

    def _get_table(self, workcenter):
        matrix = self.env["sop.changeover"]._get_matrix(workcenter)[workcenter.id]
        axis, others = self._get_families(workcenter, matrix)
        return {
            "families": [self._describe(family) for family in axis],
            "others": [self._describe(family) for family in others],
            "cells": [
                {"from": pair[0], "to": pair[1], "minutes": values[0], "cost": values[1]}
                for pair, values in matrix.items()
            ],
        }

    @api.model
    def _describe(self, family):
        return {
            "id": family.id,
            "name": family.name,
            "code": family.code,
            "color": family.color,
            "archived": not family.active,
        }

    def _get_families(self, workcenter, matrix):
        """Families of the table, those made on the work centre first, and those left out."""
        families = self.env["sop.family"].with_context(active_test=False)
        usable = families.search(Domain("active", "=", True) & self._family_domain(workcenter))
        made = usable & self._get_made(workcenter)
        named = families.browse({family for pair in matrix for family in pair if family})
        named = named.search([("id", "in", named.ids)]) - made
        return made + named, usable - made - named

    def _family_domain(self, workcenter):
        return Domain("company_id", "in", [workcenter.company_id.id, False])

    def _get_made(self, workcenter):
        """Families of which a product has an operation on the work centre."""
        path = "product_tmpl_ids.bom_ids.operation_ids.workcenter_id"
        found = self.env["sop.family"].sudo().search([(path, "=", workcenter.id)])
        return found.sudo(False)

    # ------------------------------------------------------------------ saving
    @api.model
    def save(self, workcenter_id, cells):
        """Store what was changed in the table of a work centre; everything or nothing.

        :param cells: [{'from', 'to': family id, or False for any other family; 'minutes', 'cost':
            number, or None for both if the pair has nothing of its own any more; 'before' (not
            required): [minutes, cost] or False, as the user saw it}]
        :return: the new content, as ``get_content`` gives it
        :raise AccessError: for who may not change changeovers
        :raise UserError: naming each cell that cannot be stored, or that somebody else changed
        """
        workcenter = self._get_editable(workcenter_id)
        if not all(isinstance(cell, dict) for cell in cells):
            raise UserError(self.env._("Each cell must be given as from, to, minutes and cost."))
        entries = [self._read_cell(cell) for cell in cells]
        self._refuse_problems(workcenter, entries)
        matrix = self.env["sop.changeover"]._get_matrix(workcenter)[workcenter.id]
        self._refuse_outdated(workcenter, matrix, cells, entries)
        self._apply(workcenter, core.plan(matrix, entries))
        return self.get_content(workcenter.id)

    def _get_editable(self, workcenter_id):
        """The work centre, if the user may change its changeovers."""
        for mode in ("create", "write", "unlink"):
            self.env["sop.changeover"].check_access(mode)
        return self._choose(self._get_workcenters(), workcenter_id)

    def _read_cell(self, cell):
        """Entry of a cell; what is no family or number is refused later, with its name."""
        families = [self._read_family(cell.get(side)) for side in ("from", "to")]
        values = [cell.get(name) for name in ("minutes", "cost")]
        return core.Entry(*families, *(None if value is False else value for value in values))

    @api.model
    def _read_family(self, value):
        if value is None or value is False:
            return None
        return value if type(value) is int else str(value)

    def _refuse_problems(self, workcenter, entries):
        usable = self.env["sop.family"].search(self._family_domain(workcenter))
        problems = core.check(entries, set(usable.ids), MAX_MINUTES, MAX_COST)
        if problems:
            told = [self._tell_problem(problem) for problem in problems[:TOLD]]
            if len(problems) > TOLD:
                told.append(self.env._("and %s more", len(problems) - TOLD))
            raise UserError(self.env._("Nothing was saved.") + "\n" + "\n".join(told))

    def _refuse_outdated(self, workcenter, matrix, cells, entries):
        """Raise UserError if somebody else changed a cell since the user saw it."""
        for cell, entry in zip(cells, entries, strict=True):
            now = matrix.get(entry.pair)
            if "before" in cell and (cell["before"] or False) != (list(now) if now else False):
                raise UserError(
                    self.env._(
                        "Nothing was saved: somebody else changed %(pair)s meanwhile; it is now "
                        "%(now)s. Discard your changes to see it.",
                        pair=self._tell_pair(*entry.pair),
                        now=self._tell_values(workcenter, now),
                    )
                )

    def _apply(self, workcenter, changes):
        """Write changes as the user, who needs the rights, and note them on the work centre."""
        changeover = self.env["sop.changeover"]
        rows = {
            (row.from_family_id.id or None, row.to_family_id.id or None): row
            for row in changeover.search([("workcenter_id", "=", workcenter.id)])
        }
        fresh = []
        for change in changes:
            row = rows.get((change.source, change.target))
            values = dict(zip(("minutes", "cost"), change.after or (), strict=False))
            if not row:
                fresh.append(self._prepare_row(workcenter, change, values))
            elif values:
                row.write(values)
            else:
                row.unlink()
        changeover.create(fresh)
        self._note(workcenter, changes)

    def _prepare_row(self, workcenter, change, values):
        return {
            "workcenter_id": workcenter.id,
            "from_family_id": change.source,
            "to_family_id": change.target,
            **values,
        }

    def _note(self, workcenter, changes):
        """Say in the chatter of the work centre what was changed."""
        if not changes:
            return
        lines = [self._tell_change(workcenter, change) for change in changes[:NOTED]]
        if len(changes) > NOTED:
            lines.append(self.env._("and %s more", len(changes) - NOTED))
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        title = self.env._("Changeovers:")
        workcenter.sudo()._message_log(
            body=Markup("%s<ul>%s</ul>") % (title, items),
            author_id=self.env.user.partner_id.id,
        )

    # ------------------------------------------------------------------ words
    def _tell_family(self, family):
        if family is None:
            return self.env._("any other family")
        if type(family) is not int:
            return str(family)
        record = self.env["sop.family"].browse(family).exists()
        return record._filtered_access("read").name or str(family)

    def _tell_pair(self, source, target):
        return f"{self._tell_family(source)} → {self._tell_family(target)}"

    def _tell_values(self, workcenter, values):
        """'15 min, € 5.00'"""
        if not values:
            return self.env._("as the default")
        minutes, cost = values
        digits = 0 if minutes == round(minutes) else 2
        text = self.env._("%s min", formatLang(self.env, minutes, digits=digits))
        currency = (workcenter.company_id or self.env.company).currency_id
        return f"{text}, {format_amount(self.env, cost, currency)}" if cost else text

    def _tell_change(self, workcenter, change):
        return self.env._(
            "%(pair)s: %(before)s, now %(after)s",
            pair=self._tell_pair(change.source, change.target),
            before=self._tell_values(workcenter, change.before),
            after=self._tell_values(workcenter, change.after),
        )

    def _tell_problem(self, problem):
        """What is wrong with an entry, and what would be right."""
        pair = self._tell_pair(*problem.entry.pair)
        return f"{pair}: {self._tell_code(problem.code, problem.value)}"

    def _tell_code(self, code, value):
        if code == "unknown":
            return self.env._(
                "%s is archived, of another company or no family. Choose a family in use.",
                self._tell_family(value),
            )
        texts = {
            "same": self.env._("products of one family need no changeover; leave it empty."),
            "twice": self.env._("is given twice; give it once."),
            "number": self.env._("%s is no number.", value),
            "negative": self.env._("%s is negative; it must be 0 or more.", value),
            "minutes": self.env._(
                "%(value)s minutes are more than %(limit)s, a week.",
                value=value,
                limit=MAX_MINUTES,
            ),
            "cost": self.env._(
                "a cost of %(value)s is more than %(limit)s.", value=value, limit=MAX_COST
            ),
        }
        return texts[code]
