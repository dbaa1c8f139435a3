from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class SopTierOverrideEffect(models.AbstractModel):
    """Part of sop.tier.override: on which days it gives the tier, and what rules when it ends."""

    _name = "sop.tier.override.effect"
    _description = "Effect of Tier Overrides"

    # ------------------------------------------------------------------ in force
    @api.model
    def _in_force_domain(self, company, day):
        """Domain of the overrides and floors that count on a day."""
        until = Domain("date_to", "=", False) | Domain("date_to", ">=", day)
        return until & Domain(
            [
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
                ("date_from", "<=", day),
            ]
        )

    @api.model
    def _get_in_force(self, company, day):
        """What counts on a day instead of the score alone.

        :return: {commercial partner id: (kind, tier id)}; kind is 'override' or 'floor'; where a
            customer has both, the override, which wins. A customer that became a contact of
            another company does not hand it on: nobody decided about that one.
        """
        found = self.sudo().search(self._in_force_domain(company, day))
        result = {}
        for override in found.sorted(lambda o: o.kind == "override"):
            customer = override._partner().id
            if customer:
                result[customer] = (override.kind, override.tier_id.id)
        return result

    def _apply(self):
        """Give the customers their tier; a floor only to those who would be below it."""
        for override in self.sudo():
            override._approval_write(
                {
                    "applied_on": override._today(),
                    "tier_before_id": override._tier_without().id,
                }
            )
            override._partner()._sop_write_tier(override._tier_by_rules())

    def _tier_without(self):
        """Tier that the customer has now, without what other overrides make of it."""
        self.ensure_one()
        domain = [
            ("id", "!=", self.id),
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("state", "=", "approved"),
            ("applied_on", "!=", False),
        ]
        other = self.search(domain, order="applied_on, id", limit=1)
        return other.tier_before_id if other else self._partner().sop_tier_id

    def _partner(self):
        """The customer, seen from the override's company; none if it became another's contact."""
        self.ensure_one()
        partner = self.partner_id.sudo()
        own = partner.filtered(lambda customer: customer.commercial_partner_id == customer)
        return own.with_company(self.company_id)

    def _tier_by_rules(self):
        """Tier of the customer by what counts today: override, else score and floor."""
        self.ensure_one()
        earned = self._earned_tier()
        kind, tier_id = self._get_in_force(self.company_id, self._today()).get(
            self._partner().id, (None, None)
        )
        tier = self.env["sop.tier"].sudo().browse(tier_id or ())
        if kind == "override" or (kind == "floor" and (not earned or tier.rank < earned.rank)):
            return tier
        return earned

    def _earned_tier(self):
        """Tier that the customer would have without any override or floor."""
        self.ensure_one()
        score = (
            self.env["sop.score"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self._partner().id),
                    ("company_id", "=", self.company_id.id),
                    ("is_last", "=", True),
                ],
                limit=1,
            )
        )
        card = self.env["sop.scorecard"]._get_active(self.company_id)
        tiers = (score.tier_earned_id, self.tier_before_id, card.default_tier_id)
        return next((tier for tier in tiers if tier.active), self.env["sop.tier"])

    # ------------------------------------------------------------------ ending
    def action_end(self, reason=None):
        """End an approved override before its time; the score rules again. Returns True.

        :raise AccessError: for anyone but coordinators and administrators of S&OP Bridge
        :raise UserError: without a reason, or if it is not approved
        """
        self.check_access("read")
        if not self.env.user.has_group("sop_bridge.group_sop_coordinator"):
            raise AccessError(
                self.env._("An override is ended early by a coordinator of S&OP Bridge.")
            )
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Ending an override early needs a reason: say why."))
        for override in self:
            if override.state != "approved":
                raise UserError(self.env._("%s is not in force.", override.display_name))
        self._end(self.env._("%(user)s: %(reason)s", user=self.env.user.name, reason=reason))
        return True

    def _end(self, reason):
        """End overrides and let the rules decide about the tier."""
        for override in self.sudo():
            override._approval_write({"ended_on": override._today(), "end_reason": reason})
            override.flush_recordset()
            if override.applied_on:
                override._partner()._sop_write_tier(override._tier_by_rules())
            override._approval_note(self.env._("Ended. %s", reason))

    @api.model
    def _cron_apply(self):
        """Daily: end what is over, start what begins; can be stopped anywhere and run again."""
        remaining = sum(len(self._due(company)) for company in self._companies())
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=remaining)
        for company in self._companies():
            for override in self._due(company):
                locked = override.try_lock_for_update(allow_referencing=True)
                locked.filtered(lambda o: o.state == "approved")._keep_up()
                if not commit(len(override)):
                    return

    @api.model
    def _companies(self):
        """Companies with overrides that are not over."""
        return self.sudo().search([("state", "=", "approved")]).company_id

    @api.model
    def _due(self, company):
        """Overrides of a company that are over but not ended, or begun but not applied."""
        today = company._sop_local_date(fields.Datetime.now())
        over = Domain("date_to", "<", today)
        begun = Domain([("applied_on", "=", False), ("date_from", "<=", today)])
        mine = Domain([("company_id", "=", company.id), ("state", "=", "approved")])
        return self.sudo().search(mine & (over | begun), order="id")

    def _keep_up(self):
        for override in self:
            if override.date_to and override.date_to < override._today():
                override._end(self.env._("Its last day is over."))
            else:
                override._apply()
