from odoo import api, models

from . import (
    agreements,
    campaigns,
    company,
    conduct,
    families,
    history,
    holds,
    levels,
    made,
    planning,
    protection,
    quotations,
    rules,
    scoring,
    slots,
    stock,
)


class SopDemo(models.AbstractModel):
    """What the demo plant has beyond its master data, relative to the day it is loaded."""

    _name = "sop.demo"
    _description = "Demo Plant"

    @api.model
    def _load(self):
        """Load what happened first: a season, its scores, open orders and slots, quotations."""
        env = self.with_context(
            tracking_disable=True, mail_notify_force_send=False, mail_auto_subscribe_no_notify=True
        ).env
        company.set_up(env)
        stock.set_up(env)
        families.load(env)
        season = history.load(env)
        conduct.load(env, season)
        made.load(env, season)
        scoring.load(env)
        agreements.load(env)
        planning.load(env)
        protection.load(env)
        quotations.load(env)
        agreements.quote(env)
        levels.load(env)
        rules.load(env)
        holds.load(env)
        slots.load(env)
        campaigns.load(env)  # last: what is planned afterwards would make its proposal void
        company.read_old_news(env)
        env.company.sop_gate = "hold"
