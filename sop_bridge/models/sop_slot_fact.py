from odoo import api, fields, models
from odoo.tools import SQL

from ..core.capacity import Customer, is_entitled
from ..core.slot_plan import part_inside
from .sop_load_query import BOOKING_STANDS


class SopSlotFact(models.Model):
    """What became of a slot, written down when it is over; it never changes again.

    Used by owners are the minutes of those for whom the slot was kept; those of others were used
    after it was released, or by an exception that both departments approved. What nobody used is
    lost. Work orders count with the working time that their interval has inside the slot.
    """

    _name = "sop.slot.fact"
    _inherit = ["sop.kept"]
    _description = "Use of Past Slots"
    _order = "date_start desc, id desc"
    _rec_name = "workcenter_id"

    slot_id = fields.Many2one("sop.slot", readonly=True, index="btree_not_null")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work centre", readonly=True, index=True, ondelete="restrict"
    )
    tier_id = fields.Many2one("sop.tier", readonly=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="restrict")
    agreement_id = fields.Many2one("sop.agreement", readonly=True, ondelete="restrict")
    family_id = fields.Many2one("sop.family", readonly=True, ondelete="restrict")
    rule_id = fields.Many2one("sop.slot.rule", readonly=True, ondelete="set null")
    date_start = fields.Datetime("Start", readonly=True)
    date_stop = fields.Datetime("End", readonly=True)
    opening = fields.Selection(
        [
            ("owner", "Only for its owners"),
            ("next", "Open to the next tier"),
            ("all", "Open to everyone"),
        ],
        "Was open to",
        readonly=True,
    )
    reserved_hours = fields.Float("Hours reserved", readonly=True)
    owner_hours = fields.Float("Used by owners", readonly=True)
    released_hours = fields.Float("Hours released", readonly=True)
    other_hours = fields.Float(
        "Used after release",
        readonly=True,
        help="By others than the owners: after the release, or by an approved exception.",
    )
    lost_hours = fields.Float("Lost idle", readonly=True)

    _one_per_slot = models.UniqueIndex(
        "(slot_id) WHERE slot_id IS NOT NULL",
        "The figures of this slot were written down already.",
    )

    # ------------------------------------------------------------------ guarding
    def _get_refusal(self, mode):
        return {
            "create": self.env._("The figures of past slots are counted, not entered."),
            "write": self.env._("The figures of past slots are history; nobody changes them."),
            "unlink": self.env._("The figures of past slots are history; they stay."),
        }[mode]

    # ------------------------------------------------------------------ recording
    @api.model
    def _record(self, slots):
        """Write down the figures of slots that are over. Returns the facts."""
        counted = self._count(slots)
        return self.sudo()._store([self._prepare(slot, *counted[slot.id]) for slot in slots])

    @api.model
    def _prepare(self, slot, owners, others):
        """Values of a fact.

        :param owners, others: minutes used by those it was kept for, and by others
        """
        # an archived slot kept no time that could be lost
        reserved = slot.minutes if slot.active else owners + others
        return {
            "slot_id": slot.id,
            "company_id": slot.company_id.id,
            "workcenter_id": slot.workcenter_id.id,
            "tier_id": slot.tier_id.id,
            "partner_id": slot.partner_id.id,
            "agreement_id": slot.agreement_id.id,
            "family_id": slot.family_id.id,
            "rule_id": slot.rule_id.id,
            "date_start": slot.date_start,
            "date_stop": slot.date_stop,
            "opening": slot.opening,
            "reserved_hours": reserved / 60,
            "owner_hours": owners / 60,
            "released_hours": slot.released_minutes / 60,
            "other_hours": others / 60,
            "lost_hours": max(0.0, reserved - owners - others) / 60,
        }

    @api.model
    def _get_used(self, slots):
        """{slot id: (used minutes, 0)} of slots that are over: as written down, or counted."""
        if not slots:
            return {}
        facts = self.sudo().search([("slot_id", "in", slots.ids)])
        found = {
            fact.slot_id.id: (60 * (fact.owner_hours + fact.other_hours), 0.0) for fact in facts
        }
        rest = slots.filtered(lambda slot: slot.id not in found)
        counted = self._count(rest) if rest else {}
        return found | {slot: (sum(parts), 0.0) for slot, parts in counted.items()}

    # ------------------------------------------------------------------ counting
    @api.model
    def _count(self, slots):
        """{slot id: (minutes used by owners, by others)} of slots that are over."""
        calendars = slots._get_calendars()
        owners = {slot.id: slot.sudo()._core_owned() for slot in slots}
        found = {slot.id: [0.0, 0.0] for slot in slots}
        for slot, start, stop, span, minutes, *customer, family in self._get_uses(slots):
            calendar, frame = calendars[slots.browse(slot).workcenter_id.id], (start, stop)
            part = part_inside(calendar, span, minutes, frame) if all(span) else minutes
            mine = is_entitled(Customer(*customer), owners[slot], family=family)
            found[slot][0 if mine else 1] += part
        limits = {slot.id: slot.minutes for slot in slots}
        return {slot: self._within(*parts, limits[slot]) for slot, parts in found.items()}

    @api.model
    def _within(self, owners, others, limit):
        """Orders that overlap in the slot use no more time than it has."""
        owners = min(owners, limit)
        return owners, min(others, limit - owners)

    @api.model
    def _get_uses(self, slots):
        """Rows (slot, its start, its stop, span, minutes, *Customer, family).

        Bookings that stand for their work order, or had none, count with their minutes (their span
        is (None, None)); the other work orders with what their interval has inside the slot.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH used AS (%(booked)s UNION ALL %(planned)s)
                SELECT slot, date_start, date_stop, start, finish, minutes,
                       customer.commercial_partner_id, used.tier_id, tier.rank, agreement.id,
                       template.sop_family_id
                  FROM used
             LEFT JOIN res_partner customer ON customer.id = used.partner_id
             LEFT JOIN sop_agreement agreement ON agreement.id = used.agreement_id
                       AND agreement.partner_id IN
                           (customer.id, customer.parent_id, customer.commercial_partner_id)
             LEFT JOIN sop_tier tier ON tier.id = used.tier_id
             LEFT JOIN product_product product ON product.id = used.product_id
             LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                """,
                booked=self._sql_booked(slots),
                planned=self._sql_planned(slots),
            )
        )
        return [(*row[:3], (row[3], row[4]), *row[5:]) for row in rows]

    @api.model
    def _sql_booked(self, slots):
        """SQL: bookings of slots that stand for their work order, or had none."""
        return SQL(
            """
            SELECT slot.id AS slot, slot.date_start, slot.date_stop,
                   NULL::timestamp AS start, NULL::timestamp AS finish, b.minutes,
                   so.partner_id, so.sop_tier_id AS tier_id, so.sop_agreement_id AS agreement_id,
                   COALESCE(mo.product_id, line.product_id) AS product_id
              FROM sop_slot slot
              JOIN sop_booking b ON b.slot_id = slot.id
         LEFT JOIN sale_order so ON so.id = b.order_id
         LEFT JOIN sale_order_line line ON line.id = b.order_line_id
         LEFT JOIN mrp_workorder wo ON wo.id = b.workorder_id
         LEFT JOIN mrp_production mo ON mo.id = wo.production_id
             WHERE slot.id = ANY(%(slots)s) AND b.state = 'booked'
               AND (b.production_id IS NULL OR %(stands)s)
            """,
            slots=slots.ids,
            stands=BOOKING_STANDS,
        )

    @api.model
    def _sql_planned(self, slots):
        """SQL: the other work orders that stood in slots."""
        return SQL(
            """
            SELECT slot.id, slot.date_start, slot.date_stop, wo.date_start,
                   wo.date_finished,
                   COALESCE(NULLIF(wo.duration, 0), wo.duration_expected), so.partner_id,
                   mo.sop_tier_id, so.sop_agreement_id, mo.product_id
              FROM sop_slot slot
              JOIN mrp_workorder wo ON wo.workcenter_id = slot.workcenter_id
                   AND wo.date_start < slot.date_stop AND wo.date_finished > slot.date_start
              JOIN mrp_production mo ON mo.id = wo.production_id
         LEFT JOIN sale_order_line line
                   ON line.id = COALESCE(mo.sop_line_id, mo.sale_line_id)
         LEFT JOIN sale_order so ON so.id = line.order_id
             WHERE slot.id = ANY(%(slots)s) AND wo.state <> 'cancel'
               AND NOT EXISTS (SELECT FROM sop_booking b
                                WHERE b.workorder_id = wo.id AND %(stands)s)
            """,
            slots=slots.ids,
            stands=BOOKING_STANDS,
        )
