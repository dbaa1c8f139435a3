from psycopg2 import IntegrityError

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..core.placement import STEP, place


class SopProtectionMake(models.AbstractModel):
    """Part of sop.protection: slots proposed where there is room, made, and taken back."""

    _name = "sop.protection.make"
    _description = "Slots of a Protection Advice"

    missing_hours = fields.Float(
        "Without room",
        readonly=True,
        copy=False,
        digits=(16, 2),
        help="Hours to reserve for which the calendar has no room left.",
    )
    made_slot_count = fields.Integer(compute="_compute_made_slot_count")

    def _compute_made_slot_count(self):
        for protection in self:
            protection.made_slot_count = len(protection.slot_ids.slot_id)

    # ------------------------------------------------------------------ proposing
    def action_propose(self):
        """Propose the slots anew, where there is room now. Returns True."""
        self.check_access("write")
        self._check_draft()
        self._propose()
        return True

    def _propose(self):
        """Replace the proposed slots by those that the figures ask for."""
        for protection in self:
            wanted = {(want.key, want.scope): want.amount * 60 for want in protection._get_wants()}
            room = protection._read_room() if wanted else None
            placed, missing = place(
                room.days if room else [],
                # less than half a step is not worth a slot
                [(key, minutes) for key, minutes in wanted.items() if minutes >= STEP / 2],
                protection.least_minutes,
            )
            protection.slot_ids.unlink()
            protection.env["sop.protection.slot"].create(
                [protection._prepare_proposal(one) for one in placed]
            )
            protection._store({"missing_hours": sum(missing.values()) / 60})

    def _prepare_proposal(self, placed):
        line, scope = placed.key
        return {
            "protection_id": self.id,
            "tier_id": line.tier_id.id,
            "scope": scope,
            "date_start": placed.start,
            "date_stop": placed.stop,
        }

    # ------------------------------------------------------------------ making
    def action_make_slots(self):
        """Make the proposed slots, with the rights of the user. Returns True.

        What cannot be made stays proposed, with the reason.

        :raise AccessError: if the user may not make slots
        :raise UserError: if there is nothing to make, or none could be made
        """
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        self.env["sop.slot"].check_access("create")
        self._check_can_make()
        refused = {}
        for proposal in self.slot_ids:
            slot, refusal = self._make(proposal)
            proposal._store({"slot_id": slot.id, "refusal": refusal})
            if refusal:
                refused[proposal] = refusal
        if len(refused) == len(self.slot_ids):
            raise UserError(self.env._("No slot could be made. %s", next(iter(refused.values()))))
        self._store({"state": "applied", "made_on": fields.Datetime.now()})
        self._post_made(refused)
        return True

    def _check_can_make(self):
        if not self.read_on:
            raise UserError(self.env._("Compute the advice first."))
        if not self.slot_ids:
            raise UserError(
                self.env._(
                    "There is no slot to make: nothing is to be kept beyond what is booked and "
                    "reserved already, or there is no room."
                )
            )
        late = self.slot_ids.filtered(lambda one: one.date_start < fields.Datetime.now())
        if late:
            raise UserError(
                self.env._("Some of the proposed slots begin in the past. Propose them anew.")
            )

    def _make(self, proposal):
        """(the slot, False), or (no slot, sentence that says why)."""
        slots = self.env["sop.slot"]
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                slot = slots.create(proposal._prepare_slot())
                slot.flush_recordset()
                return slot, False
        except IntegrityError as error:
            return slots, slots._sql_error_to_message(error)
        except UserError as error:
            return slots, str(error)

    def _post_made(self, refused):
        made = self.slot_ids - self.slot_ids.browse(one.id for one in refused)
        text = self.env._(
            "%(count)s slots made, %(hours)s hours in all.",
            count=len(made),
            hours=self._say_hours(sum(made.mapped("hours"))),
        )
        if refused:
            text += " " + self.env._(
                "%(count)s could not be made: %(reason)s",
                count=len(refused),
                reason=next(iter(refused.values())),
            )
        self.message_post(body=text)

    # ------------------------------------------------------------------ taking back
    def action_undo(self):
        """Delete the slots that nobody uses; without slots the advice is a draft again.

        Returns True.

        :raise UserError: if all of them are used
        """
        self.ensure_one()
        self.check_access("write")
        slots = self.slot_ids.slot_id
        used = slots.filtered("used_minutes")
        if slots and slots == used:
            raise UserError(
                self.env._("All slots of this advice are booked, so none can be taken back.")
            )
        (slots - used).unlink()
        if used:
            self.message_post(
                body=self.env._(
                    "%(gone)s slots taken back; %(used)s stay, because orders have booked them.",
                    gone=len(slots - used),
                    used=len(used),
                )
            )
        else:
            self._store({"state": "draft", "made_on": False})
            self.message_post(body=self.env._("The slots were taken back."))
        return True

    def action_slots(self):
        """Open the slots that were made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_bridge.action_sop_slot")
        action["domain"] = [("id", "in", self.slot_ids.slot_id.ids)]
        action["context"] = {"initial_date": self.slot_ids[:1].date_start, "create": False}
        return action
