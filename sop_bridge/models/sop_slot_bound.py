from odoo import fields, models
from odoo.exceptions import UserError

from ..core import fence as core
from .sop_slot_fence import FENCE
from .wording import say_moment


class SopSlotBound(models.AbstractModel):
    """Part of sop.slot: what one department may do with it alone.

    The rule, as people read it, is in ``_say_rule``. Jobs and the add-on's own code run as
    superuser, which no remote caller can become, and are not asked.
    """

    _name = "sop.slot.bound"
    _description = "Slots on which Others Count"

    is_bound = fields.Boolean("Others count on it", compute="_compute_bound", compute_sudo=True)
    rule_text = fields.Char("Who decides", compute="_compute_rule_text")

    def _compute_bound(self):
        now = self.env["sop.promise"]._get_now()
        for slot in self:
            slot.is_bound = bool(slot._origin) and slot._is_bound(now)

    def _compute_rule_text(self):
        self.rule_text = self._say_rule()

    def _say_rule(self):
        """What one department may do alone, in one sentence."""
        return self.env._(
            "Once a slot is a day old, used, or announced to its owners, taking time from it "
            "before its release fence needs the word of Sales and of Production, and so does "
            "reserving time that the fence has opened already."
        )

    def _is_bound(self, now):
        """Whether others may count on the slot; one that is open to everyone keeps nothing."""
        self.ensure_one()
        if not self.active or self.opening == "all":
            return False
        return core.is_bound(
            self.create_date or now, fields.Datetime.now(), self.used_minutes, bool(self.told_on)
        )

    def _reservation(self):
        """Core Reservation: what the slot keeps for whom; None if it keeps nothing."""
        self.ensure_one()
        if not self.active:
            return None
        return core.Reservation(
            self.workcenter_id.id,
            self.date_start,
            self.date_stop,
            self._owner_key(),
            (self.next_at or None, self.all_at or None),
        )

    # ------------------------------------------------------------------ checking
    def _get_agreed(self):
        """{slot id: (core Reservation, whether others count on it, whether it is over)}"""
        if self.env.su:
            return {}
        now = self.env["sop.promise"]._get_now()
        return {
            slot.id: (slot._reservation(), slot._is_bound(now), slot.date_stop <= now)
            for slot in self.sudo()
        }

    def _check_agreed(self, before, gone=False):
        """:raise UserError: if both departments have to agree on what was done to these slots

        :param before: what ``_get_agreed`` returned before it was done; {} for new slots
        :param gone: whether they are about to be deleted
        """
        if self.env.su:
            return
        now = self.env["sop.promise"]._get_now()
        for slot in self.sudo():
            reservation, bound, over = before.get(slot.id, (None, False, False))
            if over:
                slot._refuse_past()
            found = core.changes(reservation, None if gone else slot._reservation())
            if core.TAKES in found and bound:
                slot._refuse_taking()
            if core.RESERVES in found and slot._is_late(slot.date_start, slot.company_id, now):
                slot._refuse_late()

    def _refuse_past(self):
        raise UserError(
            self.env._("%s is over. Its figures are history and stay.", self._say_slot())
        )

    def _refuse_taking(self):
        raise UserError(
            self.env._(
                "Others count on %(slot)s. %(rule)s Release it early, or ask for a change: both "
                "departments then decide.",
                slot=self._say_slot(),
                rule=self._say_rule(),
            )
        )

    def _refuse_late(self):
        raise UserError(
            self.env._(
                "%(slot)s begins inside the release fence. %(rule)s Ask for it under Capacity, "
                "Slot requests.",
                slot=self._say_slot(),
                rule=self._say_rule(),
            )
        )

    def _say_slot(self):
        """Name and start of the slot, on the wall clock where its work centre stands."""
        self.ensure_one()
        start = say_moment(self.env, self.date_start, self._get_timezone())
        return f"{self.display_name}, {start}"

    def _say_left(self):
        """Name and start of the slot, and what of it is unused."""
        left = self.env._("%s min unused", round(self.remaining_minutes))
        return f"– {self._say_slot()}: {left}"

    # ------------------------------------------------------------------ asking
    def action_ask_change(self):
        """Open a request to both departments for another time or owner. Returns an action."""
        self.ensure_one()
        return self._open_request("change")

    def _open_request(self, kind, **values):
        """Open the form of a new request about these slots. Returns an action."""
        context = {"default_kind": kind, "default_slot_ids": [(6, 0, self.ids)]}
        if kind == "change":
            values = {name: self[name] for name in ("date_start", "date_stop")}
            values |= {"workcenter_id": self.workcenter_id.id, **self._owner_values()}
            values |= {name: self[name] for name in FENCE}
        context |= {f"default_{name}": value for name, value in values.items()}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask both departments"),
            "res_model": "sop.slot.request",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
            "context": context,
        }
