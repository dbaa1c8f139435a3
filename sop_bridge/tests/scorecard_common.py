"""Scorecards for tests: three criteria, two borders, Standard below them."""

from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from .plant import PlantCase


class ScorecardCase(PlantCase):
    @classmethod
    def make_card(cls, **values):
        """A draft scorecard by points that can be reckoned by hand, written by the S&OP admin."""
        vals = {
            "criterion_ids": [
                cls.criterion("net_sales", 50, [(0, 0), (1000, 100)]),
                cls.criterion("frequency", 30, [(0, 0), (2, 100)]),
                cls.criterion("overdue", 20, [(0, 100), (30, 0)]),
            ],
            "border_ids": [cls.border(cls.gold, 70), cls.border(cls.silver, 40)],
            "default_tier_id": cls.standard.id,
            **values,
        }
        return cls.env["sop.scorecard"].with_user(cls.sop_admin).create(vals)

    @classmethod
    def criterion(cls, measure, weight, points=None):
        return Command.create(
            {
                "measure": measure,
                "weight": weight,
                "method": "breakpoints" if points else "quantile",
                "breakpoint_ids": [
                    Command.create({"figure": figure, "points": given})
                    for figure, given in points or ()
                ],
            }
        )

    @classmethod
    def border(cls, tier, score):
        return Command.create({"tier_id": tier.id, "score": score})

    @classmethod
    def activate(cls, document):
        """Ask as the S&OP admin, and let both departments approve."""
        document.with_user(cls.sop_admin).action_ask()
        document.with_user(cls.sales_approver).action_approve()
        document.with_user(cls.production_approver).action_approve()
        return document

    @contextmanager
    def as_client(self):
        """Turn what the database refuses into what a remote client reads."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                yield
        except IntegrityError as error:
            tables = {model._table: name for name, model in self.env.registry.items()}
            model = self.env[tables.get(error.diag.table_name, "base")]
            raise ValidationError(model._sql_error_to_message(error)) from error

    def rpc(self, user, records, method, *args, context=None, **kwargs):
        """Call a public method as a remote client does."""
        model = records.browse().with_user(user)
        call_args = list(args) if method == "create" else [records.ids, *args]
        return call_kw(model, method, call_args, dict(kwargs, context=context or {}))
