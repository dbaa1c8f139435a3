from odoo import models

from ..core import protection as core
from ..core.reserving import FAR, Level, wants


class SopProtectionAdvice(models.AbstractModel):
    """Part of sop.protection: from the figures to the hours to keep."""

    _name = "sop.protection.advice"
    _description = "Hours to Keep"

    def _get_demand(self, line):
        """Core Demand of a line."""
        return core.Demand(
            line.value or 0.0,
            max(0.0, line.mean),
            max(0.0, line.deviation),
            min(1.0, max(0.0, line.minimum)),
        )

    def _rank(self, lines):
        """Lines that take part, the one that earns most first.

        A tier of which nobody knows what an hour earns takes no part.
        """
        counted = lines.filtered(lambda line: line.value_known or line.value)
        return counted.sorted(lambda line: (-(line.value or 0.0), line.rank, line._origin.id or 0))

    def _get_capacity(self, lines):
        """Hours to share out among the lines that take part."""
        idle = (self.line_ids | lines) - self._rank(self.line_ids | lines)
        return max(0.0, self.capacity - sum(idle.mapped("booked_hours")))

    def _advise(self, lines):
        """What to keep for each tier.

        :return: {line: values of its result fields}
        """
        ranked = self._rank(lines)
        rows = core.protect([self._get_demand(line) for line in ranked], self._get_capacity(lines))
        found = {line: self._prepare_result(None) for line in lines}
        for line, row in zip(ranked, rows, strict=True):
            found[line] = self._prepare_result(row)
        for want in wants(self._get_levels(ranked, rows)):
            found[want.key]["to_make"] += want.amount
        return found

    def _get_levels(self, ranked, rows):
        """Core Levels of the lines that take part, the one that earns most first."""
        levels = []
        for place, (line, row) in enumerate(zip(ranked, rows, strict=True), start=1):
            together = core.blend([self._get_demand(one) for one in ranked[:place]])
            levels.append(
                Level(
                    line,
                    line.rank,
                    row.together,
                    row.promised - row.short,
                    line.booked_hours,
                    line.only_hours,
                    line.shared_hours,
                    together.mean + FAR * together.deviation,
                )
            )
        return levels

    def _prepare_result(self, row):
        """Values of the result fields of a line; of one that takes no part, none."""
        return {
            "counts": row is not None,
            "own": row.own if row else 0.0,
            "together": row.together if row else 0.0,
            "booking_limit": row.limit if row else 0.0,
            "expected": row.expected if row else 0.0,
            "expected_booked": row.booked if row else 0.0,
            "unmet": row.unmet if row else 0.0,
            "promised": row.promised if row else 0.0,
            "short": row.short if row else 0.0,
            "to_make": 0.0,
        }

    def _get_wants(self):
        """[core Want] with lines as keys: hours to reserve."""
        self.ensure_one()
        ranked = self._rank(self.line_ids)
        demands = [self._get_demand(line) for line in ranked]
        rows = core.protect(demands, self._get_capacity(self.line_ids))
        return wants(self._get_levels(ranked, rows))
