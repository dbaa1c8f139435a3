from odoo import fields, models


class SopAgreementUse(models.AbstractModel):
    """Part of sop.agreement: the orders under it and the time that is kept for it."""

    _name = "sop.agreement.use"
    _description = "Use of Agreements"

    order_ids = fields.One2many("sale.order", "sop_agreement_id", "Orders", readonly=True)
    order_count = fields.Integer("Number of orders", compute="_compute_order_count")
    slot_ids = fields.One2many("sop.slot", "agreement_id", "Slots", readonly=True)
    reserved_hours = fields.Float(
        "Hours to come",
        compute="_compute_hours",
        compute_sudo=True,
        help="Working hours of its slots that are not over.",
    )
    used_hours = fields.Float("Of these, used", compute="_compute_hours", compute_sudo=True)

    def _compute_order_count(self):
        rows = self.env["sale.order"]._read_group(
            [("sop_agreement_id", "in", self.ids)], ["sop_agreement_id"], ["__count"]
        )
        counts = {agreement.id: count for agreement, count in rows}
        for agreement in self:
            agreement.order_count = counts.get(agreement._origin.id, 0)

    def _compute_hours(self):
        now = self.env["sop.promise"]._get_now()
        slots = self.env["sop.slot"].search(
            [("agreement_id", "in", self.ids), ("date_stop", ">", now)]
        )
        mine = slots.grouped("agreement_id")
        for agreement in self:
            kept = mine.get(agreement._origin, slots.browse())
            agreement.reserved_hours = sum(kept.mapped("minutes")) / 60
            agreement.used_hours = sum(kept.mapped("used_minutes")) / 60

    # ------------------------------------------------------------------ going there
    def action_new_order(self):
        """Open a new quotation under the agreement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_sop_agreement_id": self.id,
            },
        }

    def action_orders(self):
        """Open the orders under the agreement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders under %s", self.display_name),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("sop_agreement_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_slots(self):
        """Open the slots that are kept for the agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_slot")
        return dict(
            action,
            views=[(False, "list"), (False, "calendar"), (False, "form")],
            view_mode="list,calendar,form",
            domain=[("agreement_id", "=", self.id)],
            context={"search_default_upcoming": 1, "default_agreement_id": self.id},
        )

    def action_reserve(self):
        """Open a new slot rule for the agreement."""
        self.ensure_one()
        first = max(self.date_from, self._today())
        context = {"default_agreement_id": self.id, "default_date_from": first}
        if self.date_to:
            context |= {"default_ending": "until", "default_date_to": self.date_to}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reserve time for %s", self.display_name),
            "res_model": "sop.slot.rule",
            "views": [(False, "form")],
            "context": context,
        }
