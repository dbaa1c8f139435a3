from odoo import api, fields, models


class MrpWorkcenter(models.Model):
    _name = "mrp.workcenter"
    _inherit = ["mrp.workcenter", "sop.workcenter.campaigns"]

    sop_slot_ids = fields.One2many("sop.slot", "workcenter_id", "Reserved slots")
    sop_slot_count = fields.Integer(compute="_compute_sop_slot_count")
    sop_changeover_ids = fields.One2many("sop.changeover", "workcenter_id", "Changeovers")
    sop_changeover_count = fields.Integer(compute="_compute_sop_changeover_count")
    sop_is_bottleneck = fields.Boolean(
        "Bottleneck",
        tracking=True,
        help="Its hours limit what the plant can make; contribution is weighed per hour of it.",
    )

    @api.constrains("company_id")
    def _check_sop_company(self):
        """A work centre that moves to another company cannot keep what belongs to the former:
        families of its changeovers, tiers and customers of its rules and slots to come.
        """
        workcenters = self.sudo()
        workcenters.sop_changeover_ids._check_company()
        now = fields.Datetime.now()
        workcenters.sop_slot_ids.filtered(lambda slot: slot.date_stop > now)._check_company()
        rules = self.env["sop.slot.rule"].sudo()
        rules.search([("workcenter_id", "in", self.ids)])._check_company()

    def _compute_sop_changeover_count(self):
        counts = dict(
            self.env["sop.changeover"]._read_group(
                [("workcenter_id", "in", self.ids)], ["workcenter_id"], ["__count"]
            )
        )
        for workcenter in self:
            workcenter.sop_changeover_count = counts.get(workcenter._origin, 0)

    def _compute_sop_slot_count(self):
        counts = dict(
            self.env["sop.slot"]._read_group(
                [
                    ("workcenter_id", "in", self.ids),
                    ("date_stop", ">=", fields.Datetime.now()),
                ],
                ["workcenter_id"],
                ["__count"],
            )
        )
        for workcenter in self:
            workcenter.sop_slot_count = counts.get(workcenter._origin, 0)

    def _get_first_available_slot(
        self, start_datetime, duration, forward=True, leaves_to_ignore=False, extra_leaves_slots=()
    ):
        """Let an order into the slots that are kept for it.

        The order that is being planned puts the ids of its slots into the context
        (``mrp.production._plan_workorders`` always sets them itself, so that a context from
        outside opens nothing).
        """
        slot_ids = self.env.context.get("sop_slot_ids")
        if slot_ids:
            slots = self.env["sop.slot"].sudo().browse(slot_ids)
            open_slots = slots.filtered(lambda slot: slot.workcenter_id == self)
            leaves_to_ignore = open_slots.leave_id | (leaves_to_ignore or open_slots.leave_id)
        return super()._get_first_available_slot(
            start_datetime, duration, forward, leaves_to_ignore, list(extra_leaves_slots)
        )

    def action_sop_slots(self):
        """Open the slots of the work centre in a calendar."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_slot")
        action["context"] = {"default_workcenter_id": self.id}
        action["domain"] = [("workcenter_id", "=", self.id)]
        return action

    def action_sop_protection(self):
        """Open the protection advices of the work centre, or a new one if there is none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_protection")
        action["domain"] = [("workcenter_id", "=", self.id)]
        action["context"] = {"default_workcenter_id": self.id}
        if not self.env["sop.protection"].search_count(action["domain"], limit=1):
            action["views"] = [(False, "form")]
        return action

    def action_sop_changeovers(self):
        """Open the table of the work centre's changeovers."""
        self.ensure_one()
        xmlid = "sop_bridge.action_sop_changeover_matrix"
        action = self.env["ir.actions.client"]._for_xml_id(xmlid)
        action["params"] = {"workcenter_id": self.id}
        return action

    def action_sop_board(self):
        """Open the capacity board with this work centre alone."""
        self.ensure_one()
        return self._sop_board_action("sop_bridge.action_sop_capacity_board")

    def action_sop_load(self):
        """Open the graph of the work centre's load by tier."""
        self.ensure_one()
        return self._sop_board_action("sop_bridge.action_sop_capacity_load")

    def _sop_board_action(self, xmlid):
        action = self.env["ir.actions.client"]._for_xml_id(xmlid)
        action["params"] = {"workcenter_id": self.id}
        return action
