from odoo import api, fields, models
from odoo.tools import SQL, format_list


class SopCampaignSeal(models.AbstractModel):
    """The facts that a proposal rests on, and what of them has changed since.

    Only what would make the proposal wrong counts: room that became free does not.
    """

    _name = "sop.campaign.seal"
    _description = "Facts that a Campaign Rests on"

    def _get_moving(self):
        """Lines whose work orders get another time."""
        self.ensure_one()
        return (self.line_ids | self.step_ids).filtered("moves")

    # ------------------------------------------------------------------ the facts
    def _get_seal(self, undo=False):
        """Facts as they are now (JSON).

        :param undo: for planning back: the former times are to be free, not the proposed ones
        """
        lines = self._get_moving().sudo()
        names = ("now_start", "now_stop") if undo else ("new_start", "new_stop")
        spans = {line: tuple(line[name] for name in names) for line in lines if line[names[0]]}
        due = self._get_due(lines.workorder_id.production_id)
        return {
            "orders": {str(line.id): self._get_order_facts(line, due) for line in lines},
            "near": {str(line.id): self._get_near_facts(line, lines) for line in lines},
            "slots": self._get_slot_facts(spans),
            "taken": self._get_taken_facts(lines, spans),
            "booked": self._get_booked_facts(spans),
        }

    @api.model
    def _get_order_facts(self, line, due):
        """What is asked of a work order, and where it stands; None if it is deleted."""
        workorder = line.workorder_id
        if not workorder:
            return None
        production = workorder.production_id
        return {
            "state": "open" if workorder.state in ("blocked", "ready") else workorder.state,
            "place": [
                workorder.workcenter_id.id,
                _text(workorder.date_start),
                _text(workorder.date_finished),
            ],
            "minutes": round(workorder.duration_expected, 2),
            "due": _text(due[production]),
            "family": production.product_id.sop_family_id.id,
        }

    @api.model
    def _get_near_facts(self, line, lines):
        """Where the other open operations of its order stand."""
        others = line.workorder_id.production_id.workorder_ids - lines.workorder_id
        return {
            str(one.id): [_text(one.date_start), _text(one.date_finished)]
            for one in others
            if one.state not in ("done", "cancel")
        }

    @api.model
    def _get_slot_facts(self, spans):
        """Slots that the times of the lines touch, and for whom they are kept."""
        if not spans:
            return []
        first, last = self._get_ends(spans)
        slots = (
            self.env["sop.slot"]
            .sudo()
            .search(
                [
                    ("workcenter_id", "in", [line.workcenter_id.id for line in spans]),
                    ("date_stop", ">", first),
                    ("date_start", "<", last),
                ],
                order="id",
            )
        )
        return [
            [
                slot.id,
                slot.workcenter_id.id,
                _text(slot.date_start),
                _text(slot.date_stop),
                slot.tier_id.id,
                slot.scope,
                slot.partner_id.id,
                slot.family_id.id,
                slot.opening,
                slot.opened_rank,
            ]
            for slot in slots
        ]

    @api.model
    def _get_taken_facts(self, lines, spans):
        """[[leave id, from, to]] of what else stands where the lines shall stand."""
        if not spans:
            return []
        own = set(lines.workorder_id.leave_id.ids)
        own |= set(
            self.env["sop.slot"]
            .sudo()
            .search([("workcenter_id", "in", [line.workcenter_id.id for line in spans])])
            .leave_id.ids
        )
        first, last = self._get_ends(spans)
        workcenters = self.env["mrp.workcenter"].union(*(line.workcenter_id for line in spans))
        found = []
        for workcenter, leave, start, stop in self._read_leaves(workcenters, first):
            if leave in own or start >= last:
                continue
            if any(
                line.workcenter_id.id == workcenter and start < span[1] and stop > span[0]
                for line, span in spans.items()
            ):
                found.append([leave, _text(start), _text(stop)])
        return found

    @api.model
    def _get_booked_facts(self, spans):
        """Ids of bookings without an order on the days of the lines."""
        if not spans:
            return []
        first, last = self._get_ends(spans)
        self.env["sop.booking"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM sop_booking
                 WHERE production_id IS NULL AND workcenter_id = ANY(%s)
                   AND day BETWEEN %s AND %s ORDER BY id
                """,
                [line.workcenter_id.id for line in spans],
                first.date(),
                last.date(),
            )
        )
        return [booking for (booking,) in rows]

    @api.model
    def _get_ends(self, spans):
        return min(span[0] for span in spans.values()), max(span[1] for span in spans.values())

    # ------------------------------------------------------------------ what changed
    def _explain_change(self, undo=False):
        """Sentence about the first fact that is not any more as it was, '' if all are.

        :param undo: for planning back, against what was left when the campaign was applied
        """
        self.ensure_one()
        was, now = self.seal or {}, self._get_seal(undo)
        for line in self._get_moving().sudo():
            key = str(line.id)
            if changed := self._explain_order(
                line, was.get("orders", {}).get(key), now["orders"][key]
            ):
                return changed
            before = was.get("near", {}).get(key, {})
            if any(before.get(other) != place for other, place in now["near"][key].items()):
                return self.env._("An operation before or behind %s was moved.", line.name)
            if not undo and line.new_start < self._get_now():
                return self.env._("%s would have begun in the past.", line.name)
        return self._explain_room(was, now)

    @api.model
    def _explain_order(self, line, was, now):
        if now is None:
            return self.env._("%s was deleted.", line.name)
        if not was:
            return self.env._("%s is new.", line.name)
        states = {
            "progress": self.env._("%s was started.", line.name),
            "done": self.env._("%s is finished.", line.name),
            "cancel": self.env._("%s was cancelled.", line.name),
        }
        if now["state"] != "open":
            return states.get(now["state"], "")
        texts = {
            "place": self.env._("%s was moved.", line.name),
            "minutes": self.env._("%s takes another time.", line.name),
            "due": self.env._("%s is due on another day.", line.name),
            "family": self.env._("The product of %s belongs to another family.", line.name),
        }
        return next((text for name, text in texts.items() if was[name] != now[name]), "")

    @api.model
    def _explain_room(self, was, now):
        """About slots and work on the times that the lines shall have."""
        before = was.get("slots", [])
        # the second of a slot's facts is its work centre, which may be one behind the campaign's
        changed = {
            row[1] for row in before + now["slots"] if (row in before) != (row in now["slots"])
        }
        if changed:
            places = self.env["mrp.workcenter"].sudo().browse(sorted(changed))
            names = format_list(self.env, places.mapped("name"))
            return self.env._("A slot on %s was added, changed or released.", names)
        known = was.get("taken", [])
        if any(row not in known for row in now["taken"]):
            return self.env._("Other work was planned there meanwhile.")
        if not set(now["booked"]) <= set(was.get("booked", [])):
            return self.env._("An order was confirmed meanwhile that needs this time.")
        return ""


def _text(moment):
    return fields.Datetime.to_string(moment) if moment else False
