from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# A week. Longer is a stop of the work centre, which belongs into its working hours.
MAX_MINUTES = 10080
MAX_COST = 1_000_000_000


class SopChangeover(models.Model):
    """Set-up between two families on a work centre; an empty family stands for any other."""

    _name = "sop.changeover"
    _description = "Changeover"
    _inherit = ["sop.numbers"]
    _order = "workcenter_id, from_family_id, to_family_id, id"
    _check_company_auto = True

    workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work centre", required=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", related="workcenter_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    from_family_id = fields.Many2one(
        "sop.family",
        "From",
        ondelete="restrict",
        check_company=True,
        help="Family made before. Empty: any other family.",
    )
    to_family_id = fields.Many2one(
        "sop.family",
        "To",
        ondelete="restrict",
        check_company=True,
        help="Family made next. Empty: any other family.",
    )
    minutes = fields.Float(
        required=True, digits=(16, 2), help="Time for which the work centre stands still."
    )
    cost = fields.Monetary(help="Lost yield, cleaning agents and the like, per changeover.")

    _pair_uniq = models.UniqueIndex(
        "(workcenter_id, COALESCE(from_family_id, 0), COALESCE(to_family_id, 0))",
        "There is already a changeover between these families on this work centre.",
    )
    _different = models.Constraint(
        "CHECK (from_family_id <> to_family_id)",
        "Between products of one family there is no changeover: choose two different families.",
    )
    _minutes_range = models.Constraint(
        f"CHECK (minutes >= 0 AND minutes <= {MAX_MINUTES})",
        "A changeover takes between 0 and 10,080 minutes (a week).",
    )
    _cost_range = models.Constraint(
        f"CHECK (cost >= 0 AND cost <= {MAX_COST})",
        "A changeover costs between 0 and 1,000,000,000.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for changeover in self:
            company = changeover.company_id or self.env.company
            changeover.currency_id = company.currency_id

    @api.depends("workcenter_id.name", "from_family_id.name", "to_family_id.name")
    def _compute_display_name(self):
        for changeover in self:
            other = self.env._("any other family")
            changeover.display_name = self.env._(
                "%(workcenter)s: %(before)s → %(after)s",
                workcenter=changeover.workcenter_id.name or "",
                before=changeover.from_family_id.name or other,
                after=changeover.to_family_id.name or other,
            )

    @api.constrains("from_family_id", "to_family_id")
    def _check_families_active(self):
        for changeover in self:
            families = changeover.from_family_id | changeover.to_family_id
            archived = families.filtered(lambda family: not family.active)
            if archived:
                raise ValidationError(
                    self.env._(
                        "The family %s is archived. Choose a family in use.", archived[0].name
                    )
                )

    @api.model
    def _get_matrix(self, workcenters):
        """Changeovers of work centres, as ``core.changeover.lookup`` wants them, by one query.

        :return: {work centre id: {(from family id or None, to family id or None):
            (minutes, cost in the company's currency)}}; every work centre has an entry
        """
        self.flush_model(["workcenter_id", "from_family_id", "to_family_id", "minutes", "cost"])
        matrix = {workcenter: {} for workcenter in workcenters.ids}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT workcenter_id, from_family_id, to_family_id, minutes, cost
                  FROM sop_changeover WHERE workcenter_id = ANY(%s)
                """,
                workcenters.ids,
            )
        )
        for workcenter, before, after, minutes, cost in rows:
            matrix[workcenter][before, after] = (float(minutes or 0.0), float(cost or 0.0))
        return matrix
