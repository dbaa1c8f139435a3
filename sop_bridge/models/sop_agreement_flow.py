from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .wording import say_day


class SopAgreementFlow(models.AbstractModel):
    """Part of sop.agreement: how both departments are asked, on which days it lasts, its end."""

    _name = "sop.agreement.flow"
    _description = "Approval and End of Agreements"

    phase = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "Waits for approval"),
            ("rejected", "Rejected"),
            ("coming", "Not yet in force"),
            ("running", "In force"),
            ("over", "Over"),
            ("ended", "Ended early"),
        ],
        "Status",
        compute="_compute_phase",
    )

    @api.depends("state", "date_from", "date_to")
    def _compute_phase(self):
        for agreement in self:
            phase, today = agreement.state, agreement._today()
            if phase == "approved":
                phase = "running" if agreement._lasts_on(today) else "over"
                if agreement.date_from > today:
                    phase = "coming"
            agreement.phase = phase

    # ------------------------------------------------------------------ when it counts
    def _lasts_on(self, day):
        """Whether a day is one of the agreement's; where there is none, every day is."""
        if not self:
            return True
        starts = not self.date_from or self.date_from <= day
        return starts and (not self.date_to or day <= self.date_to)

    def _in_force(self, partner):
        """Those of these agreements that count today for an order of a partner."""
        return self.sudo().filtered(
            lambda one: (
                one.state == "approved" and one._is_with(partner) and one._lasts_on(one._today())
            )
        )

    def _is_with(self, partner):
        """Whether the agreement is one with a partner or its company.

        Contacts move from one company to another, and companies become parts of others.
        """
        self.ensure_one()
        return self.partner_id in partner._sop_customers()

    def _say_over(self):
        """Why no time can be kept for the agreement from now on, in a sentence; False if it can."""
        if not self:
            return False
        agreement = self.sudo()
        if agreement.state not in ("approved", "ended"):
            return self.env._(
                "%s was not approved by both departments, so no time is kept for it.",
                agreement.display_name,
            )
        last = agreement.ended_on or agreement.date_to
        if agreement.state == "ended" or (last and last < agreement._today()):
            return self.env._(
                "%(agreement)s ended on %(day)s, so no time is kept for it any more.",
                agreement=agreement.display_name,
                day=say_day(self.env, last),
            )
        return False

    def _say_not_with(self, partner):
        """That the agreement is not one with a partner; False if it is, or there is none."""
        if not self or self._is_with(partner):
            return False
        return self.env._(
            "%(agreement)s is not with %(customer)s.",
            agreement=self.display_name,
            customer=partner.commercial_partner_id.display_name,
        )

    def _say_not_now(self):
        """Why orders under the agreement may not use its time today; False if they may."""
        over = self._say_over()
        if over or not self or self._lasts_on(self._today()):
            return over
        return self.env._(
            "%(agreement)s begins on %(day)s; until then its orders use no time that is kept for "
            "it.",
            agreement=self.display_name,
            day=say_day(self.env, self.date_from),
        )

    def _check_day(self, day):
        """:raise ValidationError: if a slot would begin on a day that is none of the agreement's"""
        if not self._lasts_on(day):
            raise ValidationError(
                self.env._(
                    "%(agreement)s lasts from %(start)s until %(end)s: a slot for it begins on one "
                    "of these days.",
                    agreement=self.display_name,
                    start=say_day(self.env, self.date_from),
                    end=say_day(self.env, self.date_to) if self.date_to else "…",
                )
            )

    # ------------------------------------------------------------------ asking
    def action_ask(self):
        """Ask both departments to approve these agreements. Returns True.

        :raise UserError: if one would be over already, or is with nobody to agree with
        """
        self.check_access("write")
        for agreement in self:
            agreement._check_draft()
            agreement._check_possible()
            agreement._approval_start()
        return True

    def _check_possible(self):
        """:raise UserError: if the agreement could not take effect"""
        self.ensure_one()
        self._check_customer()
        self._check_responsible()
        if self.date_to and self.date_to < self._today():
            raise UserError(
                self.env._("%s would be over already: choose a later day.", self.display_name)
            )

    def action_approve(self, reason=None):
        """Approve for one's department.

        :raise UserError: if it could not take effect any more
        """
        self.check_access("read")
        for agreement in self.sudo().filtered(lambda a: a.state == "pending"):
            agreement._check_possible()
        return super().action_approve(reason)

    def _sop_approval_tier(self):
        return self.partner_id.with_company(self.company_id).sop_tier_id

    def _sop_interested_users(self):
        """Who is responsible for it does not decide on it."""
        people = self.user_id | self.planner_id | self.partner_id.sudo().user_id
        return super()._sop_interested_users() | people

    # ------------------------------------------------------------------ ending
    def action_end(self, reason=None):
        """End an approved agreement before its time, and give its unused time up. Returns True.

        :raise AccessError: for anyone but coordinators and administrators of S&OP Bridge
        :raise UserError: without a reason, or if it is not in force
        """
        self.check_access("read")
        if not self.env.user.has_group("sop_bridge.group_sop_coordinator"):
            raise AccessError(
                self.env._("An agreement is ended early by a coordinator of S&OP Bridge.")
            )
        reason = reason.replace("\x00", "").strip() if isinstance(reason, str) else ""
        if not reason:
            raise UserError(self.env._("Ending an agreement early needs a reason: say why."))
        for agreement in self.sudo():
            if agreement.phase not in ("coming", "running"):
                raise UserError(self.env._("%s is not in force.", agreement.display_name))
            said = self.env._("%(user)s: %(reason)s", user=self.env.user.name, reason=reason)
            agreement._end(said)
        return True

    def _end(self, reason):
        self.ensure_one()
        self.env["sop.booking"]._take_turn(self.company_id)
        self._approval_write({"ended_on": self._today(), "end_reason": reason})
        count = self._give_time_up()
        self._approval_note(
            self.env._("Ended. %(why)s Unused slots given up: %(count)s.", why=reason, count=count)
        )

    def _give_time_up(self):
        """Archive rules and unused slots to come that are kept for the agreement alone.

        Nobody may use them any more, so that nobody counts on them. What an order uses stays; the
        rest of that time, and what the order may give back, is open to everyone. Time that is kept
        for others too stays theirs.

        :return: number of slots
        """
        now, mine = self.env["sop.promise"]._get_now(), [("agreement_id", "in", self.ids)]
        rules = self.env["sop.slot.rule"].sudo().search(mine)
        slots = self.env["sop.slot"].sudo().search([*mine, ("date_stop", ">", now)])
        for records in (rules, slots):
            shared = records.filtered(lambda one: one.tier_id or one.partner_id)
            shared._store({"agreement_id": False})
        rules.filtered("agreement_id")._store({"active": False})
        slots = slots.filtered("agreement_id")
        unused = slots.filtered(lambda slot: slot.date_start > now and not slot.used_minutes)
        unused.write({"active": False})
        (slots - unused).filtered(lambda slot: slot._can_release(now))._open_all(now)
        return len(unused)
