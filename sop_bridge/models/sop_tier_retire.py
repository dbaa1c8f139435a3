from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SopTierRetire(models.AbstractModel):
    """Part of sop.tier: what a tier is used for, and how another one takes its place."""

    _name = "sop.tier.retire"
    _description = "Tiers that Give Way to Others"

    # ------------------------------------------------------------------ uses
    def _get_uses(self):
        """Where the tier counts today, in words; empty when it can be archived or deleted."""
        self.ensure_one()
        counts = [
            (self.env._("customers: %s"), self._count_customers()),
            (self.env._("slots: %s"), len(self._get_slots())),
            (self.env._("slot rules: %s"), len(self._get_slot_rules())),
            (self.env._("scorecards: %s"), len(self._get_scorecards())),
            (self.env._("tier overrides: %s"), len(self._get_overrides())),
            (self.env._("acceptance rules: %s"), len(self._get_rules())),
        ]
        return [label % count for label, count in counts if count]

    def _count_customers(self):
        """Number of customers (commercial partners) that hold this tier, over all companies."""
        return sum(len(partners) for partners in self._get_customers().values())

    def _get_customers(self):
        """{company: commercial partners that hold the tier in it}, archived ones included."""
        self.ensure_one()
        companies = self.env["res.company"].sudo().search([("active", "in", (True, False))])
        partner = self.env["res.partner"].sudo().with_context(active_test=False)
        found = {}
        for company in companies:
            partners = partner.with_company(company).search([("sop_tier_id", "=", self.id)])
            found[company] = partners.filtered(lambda p: p == p.commercial_partner_id)
        return {company: partners for company, partners in found.items() if partners}

    def _get_slots(self):
        """Slots kept for the tier that are not over."""
        domain = [("tier_id", "=", self.id), ("date_stop", ">", fields.Datetime.now())]
        return self.env["sop.slot"].sudo().search(domain)

    def _get_slot_rules(self, active_test=True):
        """Rules that make slots for the tier; with ``active_test=False``, archived ones too."""
        rules = self.env["sop.slot.rule"].sudo().with_context(active_test=active_test)
        return rules.search([("tier_id", "=", self.id)])

    def _get_scorecards(self, states=("draft", "pending", "active")):
        """Scorecards that name the tier and count now or may count one day."""
        named = Domain("default_tier_id", "=", self.id) | Domain("border_ids.tier_id", "=", self.id)
        return self.env["sop.scorecard"].sudo().search(named & Domain("state", "in", states))

    def _get_overrides(self, states=("draft", "pending", "approved")):
        """Overrides and floors that give the tier now or may give it one day."""
        domain = [("tier_id", "=", self.id), ("state", "in", states)]
        return self.env["sop.tier.override"].sudo().search(domain)

    def _get_rules(self, states=("draft", "pending", "active")):
        """Acceptance rules that are for customers of the tier, now or one day."""
        domain = [("tier_ids", "in", self.ids), ("state", "in", states)]
        return self.env["sop.acceptance.rule"].sudo().search(domain)

    # ------------------------------------------------------------------ what keeps it as it is
    def _check_decided_ranks(self):
        """:raise UserError: if borders that both departments decide on no longer fit the ranks"""
        states = ["pending", "active"]
        for card in self.env["sop.scorecard"].union(*(t._get_scorecards(states) for t in self)):
            problems = card._border_problems()
            if problems:
                raise UserError(
                    self.env._(
                        "The rank stays: both departments decide on %s, which relies on the order "
                        "of the tiers.",
                        card.display_name,
                    )
                    + "\n"
                    + "\n".join(problems)
                )

    def _check_used_only_in(self, company):
        """:raise UserError: if another company uses one of the tiers"""
        for tier in self.filtered(lambda t: t.company_id != company):
            users = self.env["res.company"].sudo().union(*tier._get_customers())
            for records in (
                tier._get_slots(),
                tier._get_slot_rules(),
                tier._get_scorecards(),
                tier._get_overrides(),
                tier._get_rules(),
            ):
                users |= records.company_id
            if users - company:
                raise UserError(
                    self.env._(
                        "The tier %(tier)s is used in %(companies)s: leave its company empty.",
                        tier=tier.name,
                        companies=", ".join((users - company).mapped("name")),
                    )
                )

    # ------------------------------------------------------------------ replacing
    def action_archive(self):
        """Archive tiers; for one that is in use, return the dialog that asks for a replacement."""
        if len(self) == 1 and self.active and self._get_uses():
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Archive %s", self.name),
                "res_model": "sop.tier.replace",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_tier_id": self.id},
            }
        return super().action_archive()

    def _replace(self, replacement):
        """Put another tier in place of this one and archive it.

        :raise UserError: if both departments' word stands against it, or the other does not fit
        """
        self.ensure_one()
        self._check_replacement(replacement)
        self._check_not_approved()
        customers = self._get_customers()
        for company, partners in customers.items():
            self._check_scored(company, replacement)
            partners.with_company(company)._sop_write_tier(replacement)
        self._get_slots().write({"tier_id": replacement.id})
        # archived ones too, which somebody may restore; their slots have moved already
        self._get_slot_rules(active_test=False)._store({"tier_id": replacement.id})
        self._get_scorecards(["draft"])._replace_tier(self, replacement)
        self._get_overrides(["draft"]).write({"tier_id": replacement.id})
        self._replace_in_scopes(replacement)
        self.message_post(
            body=self.env._(
                "Archived; %(count)s customers went to %(tier)s.",
                count=sum(len(partners) for partners in customers.values()),
                tier=replacement.name,
            )
        )
        self.write({"active": False})

    def _check_replacement(self, replacement):
        shared = not replacement.company_id or replacement.company_id == self.company_id
        if replacement == self or not replacement.active or not shared:
            raise UserError(
                self.env._(
                    "%(other)s cannot take the place of %(tier)s: choose another tier that is not "
                    "archived and serves the same companies.",
                    other=replacement.name,
                    tier=self.name,
                )
            )

    def _check_not_approved(self):
        """:raise UserError: if something that both departments approved or consider names it"""
        documents = [
            *self._get_scorecards(["pending", "active"]),
            *self._get_overrides(["pending", "approved"]),
            *self._get_rules(["pending", "active"]),
        ]
        if documents:
            raise UserError(
                self.env._(
                    "Both departments decide about the tier %(tier)s: %(documents)s. Let them "
                    "approve a version without it, or end these first.",
                    tier=self.name,
                    documents="; ".join(document.display_name for document in documents),
                )
            )

    def _check_scored(self, company, replacement):
        """Customers of a scorecard go to a tier that both departments approved there."""
        card = self.env["sop.scorecard"]._get_active(company)
        if card and replacement not in card.border_ids.tier_id | card.default_tier_id:
            raise UserError(
                self.env._(
                    "In %(company)s customers get tiers by %(card)s, which does not know %(tier)s. "
                    "Choose one of its tiers.",
                    company=company.name,
                    card=card.display_name,
                    tier=replacement.name,
                )
            )

    def _replace_in_scopes(self, replacement):
        """Put the other tier into approval rules and into drafts of acceptance rules."""
        approval = self.env["sop.approval.rule"].sudo().search([("tier_ids", "in", self.ids)])
        for rules in (approval, self._get_rules(["draft"])):
            rules.write({"tier_ids": [(3, self.id), (4, replacement.id)]})
