from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from ..core import facts as figures
from ..core import preview as core
from ..core.scoring import score_all, standing
from ..core.settle import settle

# So many customers who move are listed, the largest first; all of them are counted.
LISTED = 2000
MAY_SEE = (
    "sop_bridge.group_sop_coordinator",
    "sop_bridge.group_sop_sales_approver",
    "sop_bridge.group_sop_production_approver",
)


class SopScorecardPreview(models.TransientModel):
    """What a scorecard would make of today's customers, before anybody approves it.

    It shows where the scores lead: floors and overrides in force count, the patience of promotion
    and demotion does not. Nothing is written on customers.
    """

    _name = "sop.scorecard.preview"
    _description = "Preview of a Scorecard"

    scorecard_id = fields.Many2one("sop.scorecard", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="scorecard_id.company_id")
    currency_id = fields.Many2one(related="scorecard_id.currency_id")
    date_from = fields.Date(readonly=True)
    date_to = fields.Date(readonly=True)
    customers = fields.Integer(readonly=True)
    moved = fields.Integer("Customers who move", readonly=True)
    sentence = fields.Char(readonly=True)
    note = fields.Char(readonly=True)
    chart = fields.Json(readonly=True)
    move_ids = fields.One2many("sop.scorecard.preview.move", "preview_id", "Who moves")

    @api.depends("scorecard_id")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._("Preview: %s", preview.scorecard_id.display_name)

    @api.model
    def _make(self, card):
        """Compute and store the preview of a scorecard, for the current user.

        :raise AccessError: for who may not see the figures of all customers
        """
        if not any(self.env.user.has_group(group) for group in MAY_SEE):
            raise AccessError(
                self.env._("The preview shows the figures of all customers: it is for approvers.")
            )
        card.check_access("read")
        card._check_complete()
        rows = self._rows(card.sudo())
        # with sudo: nobody makes one by hand; who asked is its author and alone sees it
        return self.sudo().create(self._prepare(card.sudo(), rows)).sudo(False)

    # ------------------------------------------------------------------ collect and compute
    @api.model
    def _rows(self, card):
        """{partner id: (core Row, score)} of all customers of the scorecard's company."""
        start, stop = card._get_window()
        facts = self.env["sop.score.facts"]._get_facts(
            card.company_id, start, stop, card.basis, card.include_services
        )
        now = self._tiers_now(card.company_id)
        then = self._tiers_then(card, facts, stop)
        return {
            partner: (
                core.Row(
                    now.get(partner),
                    then[partner][0],
                    figures.net_sales(fact),
                    figures.contribution(fact),
                ),
                then[partner][1],
            )
            for partner, fact in facts.items()
        }

    @api.model
    def _tiers_now(self, company):
        """{partner id: tier id} of the customers with a tier."""
        partner = self.env["res.partner"].sudo().with_company(company)
        groups = partner._read_group(
            [("sop_tier_id", "!=", False)], ["sop_tier_id"], ["id:array_agg"]
        )
        return {partner_id: tier.id for tier, ids in groups for partner_id in ids}

    @api.model
    def _tiers_then(self, card, facts, day):
        """{partner id: (tier id, score)} where the scores would lead."""
        definition = replace(card._get_definition(), promote_after=1, demote_after=1)
        ranks = card._tier_ranks()
        forced = self.env["sop.tier.override"]._get_in_force(card.company_id, day)
        result = {}
        for partner, scored in score_all(definition, facts).items():
            aim = standing(definition, scored.score).tier
            kind, tier = forced.get(partner, (None, None))
            settled = settle(
                definition,
                None,
                [aim],
                ranks,
                floor=tier if kind == "floor" else None,
                override=tier if kind == "override" else None,
                scored=scored.score is not None,
            )
            result[partner] = (settled.tier, scored.score)
        return result

    # ------------------------------------------------------------------ store
    @api.model
    def _prepare(self, card, rows):
        """Values of the preview."""
        start, stop = card._get_window()
        holdings = core.compare(row for row, _score in rows.values())
        moved = {p: pair for p, pair in rows.items() if pair[0].now != pair[0].then}
        every = self.env["sop.tier"].sudo().with_context(active_test=False)
        tiers = every.search([("company_id", "in", [card.company_id.id, False])])
        chart = self._prepare_chart(card, holdings, tiers)
        return {
            "scorecard_id": card.id,
            "date_from": start,
            "date_to": stop,
            "customers": len(rows),
            "moved": len(moved),
            "chart": chart,
            "sentence": self._say(chart, len(rows), len(moved)),
            "note": self._say_note(card, rows, moved),
            "move_ids": [(0, 0, vals) for vals in self._prepare_moves(moved)],
        }

    @api.model
    def _prepare_chart(self, card, holdings, tiers):
        """One entry per tier, best first, those without a tier last."""
        named = card.border_ids.tier_id | card.default_tier_id
        order = [tier for tier in tiers if tier in named or tier.id in holdings]
        entries = [(tier.id, tier.name, tier.color) for tier in order]
        if None in holdings:
            entries.append((None, self.env._("No tier"), 0))
        revenue = sum(holding.net_sales_then for holding in holdings.values())
        contribution = sum(holding.contribution_then for holding in holdings.values())
        return [
            self._prepare_bar(
                name, color, holdings.get(key) or core.Holding(), revenue, contribution
            )
            for key, name, color in entries
        ]

    @api.model
    def _prepare_bar(self, name, color, holding, revenue, contribution):
        return {
            "name": name,
            "color": color,
            "now": holding.customers_now,
            "then": holding.customers_then,
            "revenue_now": core.share(holding.net_sales_now, revenue),
            "revenue_then": core.share(holding.net_sales_then, revenue),
            "contribution_now": core.share(holding.contribution_now, contribution),
            "contribution_then": core.share(holding.contribution_then, contribution),
        }

    @api.model
    def _prepare_moves(self, moved):
        largest = sorted(moved.items(), key=lambda item: (-item[1][0].net_sales, item[0]))
        for partner, (row, score) in largest[:LISTED]:
            yield {
                "partner_id": partner,
                "tier_now_id": row.now,
                "tier_then_id": row.then,
                "has_score": score is not None,
                "score": score or 0.0,
                "net_sales": row.net_sales,
                "contribution": row.contribution,
            }

    # ------------------------------------------------------------------ words
    @api.model
    def _say(self, chart, customers, moved):
        if not customers:
            return self.env._("There are no customers to score in this company.")
        words = self.env._(
            "%(moved)s of %(all)s customers move",
            moved=formatLang(self.env, moved, digits=0),
            all=formatLang(self.env, customers, digits=0),
        )
        best = chart[0]
        if best["revenue_then"] is None:
            return self.env._("%s; there is no revenue in the window to share out.", words)
        return self.env._(
            "%(words)s; %(tier)s would hold %(share)s %% of the revenue.",
            words=words,
            tier=best["name"],
            share=formatLang(self.env, 100 * best["revenue_then"], digits=0),
        )

    @api.model
    def _say_note(self, card, rows, moved):
        """What to keep in mind when reading it."""
        if rows and not any(score is not None for _row, score in rows.values()):
            return self.env._(
                "Nobody ordered in the window: every customer would get the default tier."
            )
        notes = []
        if len(moved) > LISTED:
            notes.append(self.env._("The %s largest of those who move are listed.", LISTED))
        if card.demote_after > 1:
            notes.append(
                self.env._(
                    "A customer moves down after %s scorings in a row below the border.",
                    card.demote_after,
                )
            )
        if card.promote_after > 1:
            notes.append(
                self.env._(
                    "A customer moves up after %s scorings in a row above the border.",
                    card.promote_after,
                )
            )
        return " ".join(notes) or False

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_moves(self):
        """Open the customers who move as a list to filter and group. Returns an action."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who moves"),
            "res_model": "sop.scorecard.preview.move",
            "view_mode": "list,pivot",
            "domain": [("preview_id", "=", self.id)],
        }


class SopScorecardPreviewMove(models.TransientModel):
    _name = "sop.scorecard.preview.move"
    _description = "Customer Who Moves in a Preview"
    _order = "net_sales desc, id"

    preview_id = fields.Many2one(
        "sop.scorecard.preview", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="preview_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson", store=True)
    tier_now_id = fields.Many2one("sop.tier", "Now", readonly=True, ondelete="cascade")
    tier_then_id = fields.Many2one("sop.tier", "Then", readonly=True, ondelete="cascade")
    direction = fields.Selection(
        [("up", "Up"), ("down", "Down"), ("new", "First tier")],
        compute="_compute_direction",
        store=True,
    )
    has_score = fields.Boolean(readonly=True)
    score = fields.Float(readonly=True, digits=(5, 1))
    net_sales = fields.Monetary("Net sales", readonly=True)
    contribution = fields.Monetary(readonly=True)

    @api.depends("tier_now_id", "tier_then_id")
    def _compute_direction(self):
        for move in self:
            if not move.tier_now_id:
                move.direction = "new"
            else:
                up = move.tier_then_id.rank < move.tier_now_id.rank
                move.direction = "up" if up else "down"
