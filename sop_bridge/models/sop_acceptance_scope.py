from odoo import models
from odoo.exceptions import UserError

from .sop_acceptance_terms import SCOPE


class SopAcceptanceScope(models.AbstractModel):
    """Records that acceptance rules are for. They stay: an empty scope would mean everybody."""

    _name = "sop.acceptance.scope"
    _description = "Scope of Acceptance Rules"

    def unlink(self):
        """:raise UserError: if a record stands in the scope of an acceptance rule"""
        # not @api.ondelete: the context key _force_unlink, which anybody can send, skips that
        self._sop_check_scope()
        return super().unlink()

    def _sop_check_scope(self):
        """:raise UserError: naming the record and the rules, archived ones and drafts included"""
        model = self.env["sop.acceptance.rule"].sudo().with_context(active_test=False)
        for name in SCOPE:
            if model._fields[name].comodel_name != self._name:
                continue
            rules = model.search([(name, "in", self.ids)])
            if rules:
                named = self & rules[name].with_env(self.env)
                raise UserError(
                    self.env._(
                        "Acceptance rules are for %(records)s, so it cannot be deleted: "
                        "%(rules)s. Archive it instead.",
                        records=", ".join(named.mapped("display_name")),
                        rules=", ".join(rules.mapped("name")),
                    )
                )
