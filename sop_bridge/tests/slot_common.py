"""Slots of a plant whose clock stands still: Monday 6:00 (UTC) of ``common.NOW``."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.service.model import call_kw
from odoo.tests import new_test_user

from .common import NOW, BuilderCase, day, moment


class SlotCase(BuilderCase):
    """A line, people of both departments, and slots of which each test says how old they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.company.write(
            {
                "sop_fence_next_days": 7,
                "sop_fence_all_days": 2,
                "sop_fence_tell_days": 3,
                "sop_slot_weeks": 4,
            }
        )
        (cls.gold | cls.silver | cls.standard).write({"release_notice_days": 0})
        cls.line = cls.make_workcenter("Line")
        cls.cabinet = cls.make_product_with_bom("Cabinet", [(cls.line, 60)])
        cls.seller = cls.user("slot_seller", "sales_team.group_sale_salesman")
        cls.operator = cls.user("slot_operator", "mrp.group_mrp_user")
        cls.sales_boss = cls.user("slot_sales_boss", "sop_bridge.group_sop_sales_approver")
        cls.planner = cls.user("slot_planner", "sop_bridge.group_sop_production_approver")
        cls.production_boss = cls.user(
            "slot_production_boss", "sop_bridge.group_sop_production_approver"
        )

    @classmethod
    def user(cls, login, group):
        user = new_test_user(cls.env, login, groups=group, email=f"{login}@example.com")
        user.company_ids = cls.company
        return user

    @classmethod
    def keep(cls, number, start=8, stop=12, tier=None, old=True, **values):
        """A slot of a day; an old one was made a month ago."""
        if not values.get("partner_id") and not values.get("agreement_id"):
            values["tier_id"] = (tier or cls.gold).id
        workcenter = values.pop("workcenter", cls.line)
        slot = cls.make_slot(workcenter, moment(number, start), moment(number, stop), **values)
        cls.age(slot, 30 if old else 0)
        return slot

    @classmethod
    def age(cls, slots, days=30):
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE sop_slot SET create_date = %s WHERE id = ANY(%s)",
            [NOW - timedelta(days=days), slots.ids],
        )
        slots.invalidate_recordset(["create_date"])

    @classmethod
    def make_rule(cls, days=("tue", "thu"), **values):
        values = {
            "workcenter_id": cls.line.id,
            "tier_id": cls.gold.id,
            "hour_from": 8,
            "hour_to": 12,
            "date_from": day(0),
            **values,
        }
        return cls.env["sop.slot.rule"].create({**dict.fromkeys(days, True), **values})

    def book(self, slot, quantity=1, customer=None, **values):
        """A confirmed order of a customer, made in a slot, without a work order yet."""
        customer = customer or self.make_customer(slot.tier_id)
        order = self.make_quotation((self.cabinet, quantity), customer=customer, **values)
        order.action_confirm()
        order.sop_booking_ids.sudo()._free()
        line = order.order_line
        return (
            self.env["sop.booking"]
            .sudo()
            ._store(
                [
                    {
                        "workcenter_id": slot.workcenter_id.id,
                        "company_id": self.company.id,
                        "day": slot.date_start.date(),
                        "minutes": 60 * quantity,
                        "slot_id": slot.id,
                        "order_line_id": line.id,
                    }
                ]
            )
        )

    def rpc(self, user, records, method, *args, **context):
        """Call a public method as a remote client does."""
        model = records.browse().with_user(user)
        call_args = [records.ids, *args] if records else list(args)
        return call_kw(model, method, call_args, {"context": context})

    def at(self, when):
        """The clock of tests and of the promise engine at another moment."""
        self.patch(type(self.promise), "_get_now", lambda model: when)
        freezer = freeze_time(when)
        freezer.start()
        self.addCleanup(freezer.stop)

    def run_job(self, model, method):
        """A scheduled job, whose commits are left to the test."""
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda job, *args, **kw: 60)
        getattr(self.env[model], method)()
