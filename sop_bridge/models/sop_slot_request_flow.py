from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.calendar import day_of
from .sop_slot_fence import FENCE
from .sop_slot_owner import OWNER_NAMES
from .wording import say_moment

SHOWN = 5


class SopSlotRequestFlow(models.AbstractModel):
    """Part of sop.slot.request: asking, what it does when both agreed, and how that is said."""

    _name = "sop.slot.request.flow"
    _description = "Approval of Slot Requests"

    # ------------------------------------------------------------------ asking
    def action_ask(self):
        """Ask both departments. Returns True.

        :raise UserError: if what is asked for cannot be done
        """
        self.check_access("write")
        for request in self:
            request._check_draft()
            request.sudo()._check_possible()
            request._approval_start()
        return True

    def action_draft(self):
        """Take a pending or rejected request back, so that it can be changed. Returns True.

        :raise UserError: if both departments approved it
        """
        self.check_access("write")
        for request in self.sudo():
            if request.state not in ("pending", "rejected"):
                raise UserError(
                    self.env._(
                        "%s neither waits for approval nor was it rejected.", request.display_name
                    )
                )
            request._approval_void(self.env._("Taken back by %s.", self.env.user.name))
        return True

    def action_approve(self, reason=None):
        """Approve for one's department.

        :raise UserError: if it cannot be done any more
        """
        self.check_access("read")
        for request in self.sudo().filtered(lambda r: r.state == "pending"):
            request._check_possible()
        return super().action_approve(reason)

    def _check_possible(self):
        """:raise UserError: if the slots are over, or the time that is asked for has begun"""
        self.ensure_one()
        now = self.env["sop.promise"]._get_now()
        slots = self.slot_ids.exists()
        if self.kind == "release":
            for slot in slots:
                slot._check_can_release(now)
        if self.kind == "change":
            slots._check_live(now)
            self._check_use()
        if self.kind in ("change", "reserve"):
            self._check_span()
            if self.date_stop <= now:
                raise UserError(self.env._("%s: this time is over.", self.display_name))
            self._check_active_tier()
            self._check_running_agreement()
            zone = self.env["sop.hours"]._workcenter_timezone(self.workcenter_id)
            self.agreement_id._check_day(day_of(self.date_start, ZoneInfo(zone)))
            self._check_free(slots)

    def _check_use(self):
        """:raise UserError: if a change takes the time away under what is booked in the slot"""
        slot = self.slot_ids
        # on another work centre nothing of it has any time
        stays = self.workcenter_id == slot.workcenter_id
        stop = self.date_stop if stays else self.date_start
        self.env["sop.board"]._check_use(slot, self.date_start, stop)

    def _check_free(self, slots):
        """:raise UserError: if another slot has a part of the time that is asked for"""
        other = slots._get_other(self.workcenter_id, self.date_start, self.date_stop)
        if other:
            raise UserError(
                self.env._(
                    "%s already covers a part of this time. Choose a time before or after it.",
                    other._say_slot(),
                )
            )

    def _open_or(self, notification):
        """Action that opens these requests; the notification where there is none."""
        if not self:
            return notification
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_slot_request")
        return dict(action, domain=[("id", "in", self.ids)], context={})

    # ------------------------------------------------------------------ who decides
    def _sop_approval_tier(self):
        return self.tier_id or self.slot_ids.tier_id.sorted("rank")[:1]

    # ------------------------------------------------------------------ taking effect
    def _approval_granted(self):
        """Both departments approved: it is done."""
        res = super()._approval_granted()
        for request in self:
            outcome = request._say_effect()
            getattr(request, f"_do_{request.kind}")()
            request._approval_write({"applied_on": fields.Datetime.now(), "outcome": outcome})
        return res

    def _do_release(self):
        now = self.env["sop.promise"]._get_now()
        self.slot_ids.filtered(lambda slot: slot._can_release(now))._open_all(now)

    def _do_withdraw(self):
        """Unused slots to come are archived; what an order uses or has begun stays."""
        now = self.env["sop.promise"]._get_now()
        free = self.slot_ids.filtered(lambda s: s.date_start > now and not s.used_minutes)
        free.write({"active": False})
        # the rule may want its time, changed, now that it is free
        rule = self.rule_id.filtered(lambda r: r.active and not r._say_obstacle())
        if rule:
            free._store({"rule_day": False})
            rule._make_slots(rule._get_plan(now))

    def _do_change(self):
        slot = self.slot_ids
        self._check_use()
        slot.write(self._slot_values())
        slot.filtered("rule_id")._store({"detached": True})

    def _do_reserve(self):
        slot = self.env["sop.slot"].create(self._slot_values())
        self._approval_write({"made_slot_id": slot.id})

    def _slot_values(self):
        values = {name: self[name] for name in ("date_start", "date_stop", *FENCE)}
        return values | {"workcenter_id": self.workcenter_id.id} | self._owner_values()

    # ------------------------------------------------------------------ wording
    @api.depends(
        "outcome", "kind", "slot_ids", "workcenter_id", "date_start", "date_stop", *OWNER_NAMES
    )
    @api.depends_context("lang", "tz")
    def _compute_effect(self):
        for request in self:
            request.effect = request.outcome or request._say_effect()

    def _say_subject(self):
        """What it is about, in a few words."""
        self.ensure_one()
        if self.kind in ("change", "reserve"):
            names = (self.workcenter_id.sudo().name, self._owner_label())
            return ", ".join(name for name in names if name)
        first = self.slot_ids[:1].display_name or ""
        more = len(self.slot_ids) - 1
        return (
            self.env._("%(slot)s and %(count)s more", slot=first, count=more) if more > 0 else first
        )

    def _say_effect(self):
        """Sentences: what is done once both departments agree."""
        self.ensure_one()
        lines = [slot._say_left() for slot in self.slot_ids[:SHOWN]]
        if len(self.slot_ids) > SHOWN:
            lines.append(self.env._("and %s more", len(self.slot_ids) - SHOWN))
        texts = {
            "release": self.env._("What is unused opens to every order at once:"),
            "withdraw": self.env._("These slots are given up; those that orders use stay:"),
            "change": self.env._("The slot changes to %s. It is now:", self._say_wanted()),
            "reserve": self.env._("Reserved is %s.", self._say_wanted()),
        }
        return "\n".join([texts[self.kind or "reserve"], *lines])

    def _say_wanted(self):
        zone = self.env["sop.hours"]._workcenter_timezone(self.workcenter_id.sudo())
        start, stop = (
            say_moment(self.env, moment, zone) if moment else "…"
            for moment in (self.date_start, self.date_stop)
        )
        return self.env._(
            "%(owner)s on %(workcenter)s from %(start)s to %(stop)s",
            owner=self._owner_label() or "…",
            workcenter=self.workcenter_id.sudo().name or "…",
            start=start,
            stop=stop,
        )
