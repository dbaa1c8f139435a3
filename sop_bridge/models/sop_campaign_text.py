from odoo import api, fields, models
from odoo.tools import format_amount, format_date

# So many names are told in a sentence.
TOLD = 3


class SopCampaignText(models.AbstractModel):
    """A campaign in words and as a picture."""

    _name = "sop.campaign.text"
    _description = "Campaigns in Words"

    summary = fields.Char("What it brings", compute="_compute_summary")
    remark = fields.Char("What stays", compute="_compute_summary")
    changed = fields.Char("What has changed", compute="_compute_changed")
    can_apply = fields.Boolean(compute="_compute_changed")
    picture = fields.Json(compute="_compute_picture")

    @api.depends("workcenter_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for campaign in self:
            first, last = (
                format_date(self.env, day, date_format="d MMM") if day else ""
                for day in (campaign.date_from, campaign.date_to)
            )
            campaign.display_name = self.env._(
                "%(workcenter)s, %(first)s – %(last)s",
                workcenter=campaign.workcenter_id.name or self.env._("Campaign"),
                first=first,
                last=last,
            )

    @api.depends("outcome", "state", "minutes_after", "cost_after", "late_after", "told")
    @api.depends_context("lang")
    def _compute_summary(self):
        for campaign in self:
            campaign.summary = campaign._say_outcome()
            campaign.remark = campaign._say_left_out()

    def _say_outcome(self):
        """Sentences that say what the proposal brings, or why it brings nothing."""
        self.ensure_one()
        name = self.workcenter_id.name
        if self.outcome == "none":
            return False
        if self.outcome == "empty":
            return self.env._("No open work order of %s is planned in this period.", name)
        if self.outcome == "best":
            text = self.env._(
                "Nothing to gain: no order of the work that keeps all dates needs less changeover "
                "on %s.",
                name,
            )
            return self._join(text, self._say_late())
        if self.outcome == "late":
            return self.env._(
                "Nothing to gain: in each better order that was found, something would be late "
                "that is in time now (%s).",
                self._say_names((self.told or {}).get("culprits", [])),
            )
        return self._join(self._say_saved(), self._say_late())

    def _say_saved(self, done=False):
        """What is saved, as a sentence."""
        values = {
            "saved": round(self.minutes_saved),
            "before": round(self.minutes_before),
            "cost": format_amount(self.env, abs(self.cost_saved), self.currency_id),
            "fewer": self.changeovers_after,
            "many": self.changeovers_before,
            "workcenter": self.workcenter_id.name,
        }
        if done:
            return self.env._(
                "Applied: saves %(saved)s of %(before)s changeover minutes.", **values
            )
        if self.minutes_saved < 0.5:
            return self.env._("Another order of the work brings more orders in time.")
        if self.cost_saved >= 0.005:
            text = self.env._(
                "Saves %(saved)s of %(before)s changeover minutes and %(cost)s on %(workcenter)s.",
                **values,
            )
        else:
            text = self.env._(
                "Saves %(saved)s of %(before)s changeover minutes on %(workcenter)s.", **values
            )
        if self.changeovers_after < self.changeovers_before:
            fewer = self.env._("%(fewer)s changeovers instead of %(many)s.", **values)
            return self._join(text, fewer)
        return text

    def _say_late(self):
        """Which orders stay late, and how many are not late any more."""
        late = self.line_ids.filtered("late_after")
        rescued = self.late_before - self.late_after
        texts = []
        if rescued > 0:
            texts.append(
                self.env._(
                    "Late orders: %(late)s instead of %(before)s.",
                    late=self.late_after,
                    before=self.late_before,
                )
            )
        if late:
            names = self._say_names(late.production_id.mapped("name"))
            texts.append(self.env._("Still late: %s.", names))
            if set((self.told or {}).get("tight", [])) & set(late.production_id.mapped("name")):
                texts.append(
                    self.env._(
                        "Some of them are in time now only because the present plan leaves no time "
                        "for changeovers."
                    )
                )
        elif not rescued:
            texts.append(self.env._("No order is late."))
        return self._join(*texts)

    def _say_left_out(self):
        """Work orders that stay where they are, and why."""
        left_out = (self.told or {}).get("left_out", [])
        texts = {
            "twice": self.env._(
                "Not moved, because their order runs here more than once: %s.",
                self._say_names([name for name, code in left_out if code == "twice"]),
            ),
            "no_hours": self.env._(
                "Not planned, because a work centre of their order has no working hours: %s.",
                self._say_names([name for name, code in left_out if code == "no_hours"]),
            ),
        }
        found = {code for _name, code in left_out}
        return self._join(*(text for code, text in texts.items() if code in found)) or False

    @api.model
    def _say_names(self, names):
        """The first few names, and how many others there are."""
        said = ", ".join(names[:TOLD])
        more = len(names) - TOLD
        return (
            self.env._("%(names)s and %(more)s more", names=said, more=more) if more > 0 else said
        )

    @api.model
    def _join(self, *texts):
        return " ".join(text for text in texts if text)

    # ------------------------------------------------------------------ whether it still fits
    def _compute_changed(self):
        for campaign in self:
            open_ = campaign.state == "draft" and campaign.outcome == "better"
            campaign.changed = (open_ and campaign._explain_change()) or False
            campaign.can_apply = open_ and not campaign.changed

    # ------------------------------------------------------------------ picture
    @api.depends("chart")
    @api.depends_context("lang")
    def _compute_picture(self):
        for campaign in self:
            campaign.picture = campaign.chart and campaign._get_picture()

    def _get_picture(self):
        """What the widget draws: the chart with names, colours and days in the user's language."""
        chart = self.chart
        ids = {block["family"] for row in chart["rows"] for block in row} | {chart["family"]}
        families = self.env["sop.family"].sudo().browse([one for one in ids if one]).exists()
        known = {family.id: (family.name, family.color) for family in families}
        none = (self.env._("No family"), 0)
        return {
            "length": chart["length"],
            "days": [
                {
                    "at": day["at"],
                    "label": format_date(
                        self.env, fields.Date.to_date(day["day"]), date_format="d MMM"
                    ),
                }
                for day in chart["days"]
            ],
            "rows": [
                {
                    "key": key,
                    "label": label,
                    "blocks": [
                        {
                            **block,
                            "name": known.get(block["family"], none)[0],
                            "color": known.get(block["family"], none)[1],
                        }
                        for block in row
                    ],
                }
                for key, label, row in zip(
                    ("now", "then"),
                    (self.env._("Now"), self.env._("Proposed")),
                    chart["rows"],
                    strict=True,
                )
            ],
            "families": [
                {"id": family.id, "name": family.name, "color": family.color}
                for family in families.sorted("name")
            ],
        }
