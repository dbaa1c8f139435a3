from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.capacity import EPSILON, Customer, is_entitled
from .wording import say_day, say_moment

MONTHS_OF_DEMAND = 3
SHOWN = 20


class SopSlotNotice(models.AbstractModel):
    """Part of sop.slot: whose salespeople are told before it opens to others.

    Told are the salespeople of customers who may use the slot and have demand for it: an open
    quotation, or an order of the last three months, with goods that are made on its work centre
    (and of its family), in its company, and only who may work there; and who is responsible for
    the agreement of a slot. Each gets one message with all slots that are about to open.
    """

    _name = "sop.slot.notice"
    _description = "Notice before Slots Open"

    told_on = fields.Datetime("Owners told", readonly=True, copy=False)
    told_user_ids = fields.Many2many(
        "res.users", "sop_slot_told_rel", string="Who was told", readonly=True, copy=False
    )

    @api.model
    def _due_to_tell(self, now):
        """Slots that open within their notice, and whose owners were not told."""
        waiting = Domain(
            [("told_on", "=", False), ("opening", "=", "owner"), ("active", "=", True)]
        ) & Domain("date_stop", ">", now)
        return waiting & Domain.OR(
            [*self._opens_within("tier_id", now), *self._opens_within("company_id", now)]
        )

    @api.model
    def _opens_within(self, name, now):
        """Domains of slots that open within the notice of their tier or of their company."""
        notice = "release_notice_days" if name == "tier_id" else "sop_fence_tell_days"
        records = self.env[self._fields[name].comodel_name].sudo().search([(notice, ">", 0)])
        for days, group in records.grouped(notice).items():
            until = now + timedelta(days=days)
            soon = Domain("next_at", "<=", until) | Domain("all_at", "<=", until)
            own = Domain(name, "in", group.ids)
            if name == "company_id":
                own |= Domain(name, "=", False)
                # also those of a customer or an agreement, which have no tier
                own &= Domain("tier_id", "=", False) | Domain("tier_id.release_notice_days", "=", 0)
            yield own & soon

    def _tell_owners(self, now):
        """Tell the salespeople of those for whom these slots are kept, once, all in one."""
        unused = self.filtered(lambda slot: slot.remaining_minutes > EPSILON)
        told = {}
        demand = unused._get_demand(now)
        for slot in unused:
            for user in slot._get_people(demand):
                told.setdefault(user, slot.browse())
                told[user] |= slot
        for slot in self:
            users = [user for user, slots in told.items() if slot in slots]
            slot._store({"told_on": now, "told_user_ids": [(6, 0, users)]})
        users = self.env["res.users"].sudo()
        for user, slots in told.items():
            slots._tell(users.browse(user))

    def _get_people(self, demand):
        """Ids of users to tell of the slot.

        :param demand: rows of ``_get_demand``
        """
        self.ensure_one()
        owner = self._core_owned()
        return {
            user
            for workcenter, company, user, *customer, family in demand
            if workcenter == self.workcenter_id.id
            # a work centre without a company works for all
            and self.company_id.id in (company, False)
            and is_entitled(Customer(*customer), owner, family=family)
        } | self._get_responsible()

    def _get_responsible(self):
        """Ids of who is responsible for the agreement of the slot, with or without demand."""
        agreement = self.agreement_id
        user = agreement.user_id
        works = user.active and not user.share and agreement.company_id in user.company_ids
        return set(user.ids) if works else set()

    def _get_demand(self, now):
        """Rows of who may need these slots.

        :return: [(work centre, company of the order, user, customer, tier, rank, agreement,
            family)]
        """
        if not self:
            return []
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT step.workcenter_id, so.company_id,
                       COALESCE(customer.user_id, so.user_id) AS user_id, customer.id,
                       so.sop_tier_id, tier.rank, so.sop_agreement_id, template.sop_family_id
                  FROM sale_order so
                  JOIN sale_order_line line ON line.order_id = so.id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN mrp_bom bom ON bom.product_tmpl_id = template.id AND bom.active
                       AND COALESCE(bom.product_id, product.id) = product.id
                       AND COALESCE(bom.company_id, so.company_id) = so.company_id
                  JOIN mrp_routing_workcenter step ON step.bom_id = bom.id AND step.active
                  JOIN res_partner person ON person.id = so.partner_id
                  JOIN res_partner customer ON customer.id = person.commercial_partner_id
                  JOIN res_users who ON who.id = COALESCE(customer.user_id, so.user_id)
                  JOIN res_company_users_rel allowed
                       ON allowed.user_id = who.id AND allowed.cid = so.company_id
             LEFT JOIN sop_tier tier ON tier.id = so.sop_tier_id
                 WHERE who.active AND NOT who.share AND step.workcenter_id = ANY(%(workcenters)s)
                   AND (so.state IN ('draft', 'sent')
                        AND COALESCE(so.validity_date, %(today)s) >= %(today)s
                        OR so.state = 'sale' AND so.date_order >= %(since)s)
                """,
                workcenters=self.workcenter_id.ids,
                today=now.date(),
                since=fields.Datetime.subtract(now, months=MONTHS_OF_DEMAND),
            )
        )

    def _tell(self, user):
        """Send one person one message about all these slots."""
        reader = self.with_context(lang=user.lang, tz=user.tz)
        lines = [reader.browse(slot.id)._say_opening() for slot in self[:SHOWN]]
        if len(self) > SHOWN:
            lines.append(reader.env._("and %s others", len(self) - SHOWN))
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        body = Markup("<p>%s</p><ul>%s</ul>") % (
            reader.env._(
                "Time that is reserved for your customers is still unused. On the days below it "
                "opens to others; until then only they can have it."
            ),
            items,
        )
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=user.partner_id.ids,
            subject=reader.env._("Reserved slots open soon: %s", len(self)),
            body=body,
        )

    def _say_opening(self):
        """One line of the message: what is left of which slot, and when it opens."""
        self.ensure_one()
        company = self.company_id or self.env.company
        first = min(moment for moment in (self.next_at, self.all_at) if moment)
        return self.env._(
            "%(slot)s, %(start)s: %(hours).1f hours left, opens on %(day)s",
            slot=self.display_name,
            start=say_moment(self.env, self.date_start, self._get_timezone()),
            hours=self.remaining_minutes / 60,
            day=say_day(self.env, company._sop_local_date(first)),
        )

    def _get_timezone(self):
        return self.env["sop.hours"]._workcenter_timezone(self.sudo().workcenter_id)
