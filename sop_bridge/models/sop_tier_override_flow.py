import re
from datetime import date

from psycopg2.errors import ExclusionViolation

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# ranges as the database writes them: [5,6) of a number, [2027-03-01,2027-04-01) of days
NUMBER = re.compile(r"\[(\d+),\d+\)")
DAY = re.compile(r"\[(\d{4}-\d\d-\d\d),")


class SopTierOverrideFlow(models.AbstractModel):
    """Part of sop.tier.override: how both departments are asked, and when they cannot be."""

    _name = "sop.tier.override.flow"
    _description = "Approval of Tier Overrides"

    def action_ask(self):
        """Ask both departments to approve these overrides. Returns True.

        :raise UserError: if one could not take effect, or another one is there already
        """
        self.check_access("write")
        for override in self:
            override._check_draft()
            override._check_partner()
            override._check_can_count()
            override._check_no_other()
            override._approval_start()
        return True

    def _check_can_count(self):
        """:raise UserError: if the override would never be in force, or give an archived tier"""
        self.ensure_one()
        if self.date_to and self.date_to < self._today():
            raise UserError(
                self.env._("%s would have ended already: choose a later day.", self.display_name)
            )
        if not self.tier_id.active:
            raise UserError(
                self.env._("The tier %s is archived: choose another one.", self.tier_id.name)
            )

    def _check_no_other(self):
        """:raise UserError: if the customer has another one of this kind in a part of the time"""
        self.ensure_one()
        domain = Domain(
            [
                ("id", "!=", self.id),
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("kind", "=", self.kind),
                ("state", "in", ("pending", "approved")),
                ("date_from", "<=", self.date_to or date.max),
            ]
        )
        until = Domain("date_to", "=", False) | Domain("date_to", ">=", self.date_from)
        other = self.sudo().search(domain & until, limit=1)
        if other:
            raise UserError(other._say_taken())

    def _say_taken(self):
        """Sentence that names this override, in whose time there can be no other one."""
        self.ensure_one()
        return self.env._(
            "%(customer)s already has: %(other)s from %(start)s to %(end)s. End that one, or "
            "choose other days.",
            customer=self.partner_id.display_name,
            other=self.display_name,
            start=self.date_from,
            end=self.date_to or "…",
        )

    @api.model
    def _sql_error_to_message(self, exc):
        """Name the other override also where two were asked for at the same moment."""
        if isinstance(exc, ExclusionViolation):
            other = self._find_taken(exc)
            if other:
                return other._say_taken()
        return super()._sql_error_to_message(exc)

    @api.model
    def _find_taken(self, exc):
        """The override that the database names: '… conflicts with existing key …=([5,6), …)'."""
        existing = (exc.diag.message_detail or "").rpartition("=(")[2]
        numbers = [int(number) for number in NUMBER.findall(existing)]
        start = DAY.search(existing)
        if len(numbers) != 2 or not start:
            return self.browse()
        domain = [
            ("partner_id", "=", numbers[0]),
            ("company_id", "=", numbers[1]),
            ("date_from", "=", start[1]),
            ("kind", "=", "floor" if "floor" in exc.diag.constraint_name else "override"),
            ("state", "in", ("pending", "approved")),
        ]
        return self.sudo().search(domain, limit=1)

    def action_approve(self, reason=None):
        """Approve for one's department.

        :raise UserError: if it could not take effect any more
        """
        for override in self.sudo().filtered(lambda o: o.state == "pending"):
            override._check_partner()
            override._check_can_count()
        return super().action_approve(reason)

    def _sop_approval_tier(self):
        return self.tier_id

    def _sop_interested_users(self):
        """The customer's salesperson does not decide on it."""
        return super()._sop_interested_users() | self.partner_id.sudo().user_id

    def _approval_granted(self):
        """Both departments approved: the tier counts from its first day on."""
        res = super()._approval_granted()
        self.filtered(lambda o: o.date_from <= o._today())._apply()
        return res
