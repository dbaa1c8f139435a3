from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..core import definition as core
from .sop_scorecard_part import editing


class SopScorecardUse(models.AbstractModel):
    """Part of sop.scorecard: what the scoring, quotations and tiers need of it."""

    _name = "sop.scorecard.use"
    _description = "Use of Scorecards"

    @api.model
    def _get_active(self, company):
        """The scorecard in force in a company, with sudo; an empty recordset if there is none."""
        cards = self.sudo().with_context(active_test=False)
        found = cards.search([("company_id", "=", company.id), ("state", "=", "active")], limit=1)
        return self.sudo().browse(found.ids)

    def _get_definition(self):
        """This scorecard as core.scoring.Definition; tiers are known by their ids."""
        self.ensure_one()
        card = self.sudo()
        borders = card.border_ids.sorted(lambda border: (border.tier_id.rank, border.tier_id.id))
        return core.Definition(
            criteria=tuple(criterion._core_criterion() for criterion in card.criterion_ids),
            borders=tuple((border.tier_id.id, border.score) for border in borders),
            default=card.default_tier_id.id or None,
            promote_after=card.promote_after,
            demote_after=card.demote_after,
        )

    def _get_window(self, day=None):
        """First and last day of the window that ends on a day (default: the company's today)."""
        self.ensure_one()
        last = day or self.company_id._sop_local_date(fields.Datetime.now())
        return last - relativedelta(months=self.window_months) + relativedelta(days=1), last

    def _tier_ranks(self):
        """{tier id: rank} of all tiers of the company, archived ones included; 1 is best."""
        self.ensure_one()
        tiers = self.env["sop.tier"].sudo().with_context(active_test=False)
        domain = [("company_id", "in", [self.company_id.id, False])]
        return {tier.id: tier.rank for tier in tiers.search(domain)}

    def _refresh_quotations(self):
        """Open quotations of customers without a tier take the default tier of this scorecard."""
        order = self.env["sale.order"].sudo().with_company(self.company_id)
        quotations = order.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("draft", "sent")),
                ("partner_id.commercial_partner_id.sop_tier_id", "=", False),
            ]
        )
        self.env.add_to_compute(order._fields["sop_tier_id"], quotations)

    def _replace_tier(self, tier, replacement):
        """Name another tier in these drafts; where both have a border, the lower one stays.

        :raise ValidationError: if the borders would cross
        """
        for card in self:
            with editing(card.ids):
                if card.default_tier_id == tier:
                    card.default_tier_id = replacement
                mine = card.border_ids.filtered(lambda border: border.tier_id == tier)
                other = card.border_ids.filtered(lambda border: border.tier_id == replacement)
                if mine and other:
                    other.score = min(mine.score, other.score)
                    mine.unlink()
                mine.exists().tier_id = replacement
            card._check_content()
