from odoo import api, models

from . import company, history, planning, quotations, stock


class SopDemo(models.AbstractModel):
    """What the demo plant has beyond its master data, relative to the day it is loaded."""

    _name = "sop.demo"
    _description = "Demo Plant"

    @api.model
    def _load(self):
        """Load stock, history, open orders, slots, quotations and exceptions, in this order."""
        env = self.with_context(
            tracking_disable=True, mail_notify_force_send=False, mail_auto_subscribe_no_notify=True
        ).env
        company.set_up(env)
        stock.set_up(env)
        history.load(env)
        planning.load(env)
        quotations.load(env)
        env.company.sop_gate = "hold"
