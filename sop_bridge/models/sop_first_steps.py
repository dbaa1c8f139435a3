from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_datetime

# So many names are written out in a sentence; the rest are counted.
NAMES = 3


class SopFirstSteps(models.AbstractModel):
    """What is set up in a company and what is next."""

    _name = "sop.first.steps"
    _description = "First Steps"
    _inherit = ["sop.first.steps.terms"]

    @api.model
    @api.readonly
    def get_content(self):
        """Content of the overview page for the current user and company.

        The figures of the set-up are the company's; what waits is counted with the user's rights.

        :return: {'company', 'steps', 'today'}; a step has key, title, state ('done', 'next' or
            'open'), text, action (False where the user may not change it) and ask; an entry of
            today has key, title, count, text and action
        :raise AccessError: for anyone but internal users
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The overview is for internal users."))
        return {
            "company": self.env.company.name,
            "steps": self._mark_next(
                [
                    self._step_tiers(),
                    self._step_hours(),
                    self._step_operations(),
                    self._step_slots(),
                    self._step_approvers(),
                    *self._steps_terms(),
                    self._step_gate(),
                ]
            ),
            "today": self.env["sop.waiting"]._get_entries(),
        }

    @api.model
    def _mark_next(self, steps):
        """Give each step its state: done, the first that is not is next, the others are open."""
        waiting = iter(["next"])
        for step in steps:
            step["state"] = "done" if step.pop("done") else next(waiting, "open")
        return steps

    @api.model
    def _step(self, key, title, done, text, button, allowed, action, ask):
        """One step; ``action`` is an external id and stays with those who may use it."""
        return {
            "key": key,
            "title": title,
            "done": bool(done),
            "text": text,
            "button": button,
            "action": action if allowed else False,
            "ask": ask,
        }

    # ------------------------------------------------------------------ helpers
    def _shared_domain(self):
        """Records of this company or of all companies."""
        return Domain("company_id", "in", [self.env.company.id, False])

    def _may(self, *groups):
        return any(self.env.user.has_group(group) for group in groups)

    def _names(self, names):
        """'Saw, Lathe, Mill and 4 more'."""
        names = [name for name in names if name]
        text = ", ".join(names[:NAMES])
        more = len(names) - NAMES
        if more > 0:
            text = self.env._("%(names)s and %(count)s more", names=text, count=more)
        return text

    def _ask_admin(self):
        return self.env._("Ask an administrator of S&OP Bridge.")

    def _ask_manufacturing(self):
        return self.env._("Ask an administrator of Manufacturing.")

    # ------------------------------------------------------------------ 1 tiers
    def _step_tiers(self):
        customers, with_tier = self._count_customers()
        return self._step(
            "tiers",
            self.env._("Give your customers a tier"),
            with_tier,
            self._tiers_text(customers, with_tier),
            self.env._("Customers"),
            self._may("sop_bridge.group_sop_admin"),
            "base.action_partner_customer_form",
            self._ask_admin(),
        )

    def _tiers_text(self, customers, with_tier):
        if not customers:
            return self.env._("There are no customers yet. A tier says what you owe a customer.")
        if not with_tier:
            return self.env._(
                "None of %s customers has a tier; they all count as customers without one.",
                customers,
            )
        return self.env._(
            "%(done)s of %(all)s customers have a tier.", done=with_tier, all=customers
        )

    def _count_customers(self):
        """How many customers the company has, and how many of them are in a tier in use.

        A customer is who stands in its list of customers, or has an order or a quotation.
        """
        partner = self.env["res.partner"].sudo().with_company(self.env.company)
        orders = (
            self.env["sale.order"]
            .sudo()
            ._search([("company_id", "=", self.env.company.id), ("state", "!=", "cancel")])
        )
        contacts = partner.with_context(active_test=False)._search(
            [("id", "in", orders.subselect("partner_id"))]
        )
        customers = (
            Domain("id", "in", contacts.subselect("commercial_partner_id"))
            | Domain([("customer_rank", ">", 0), ("parent_id", "=", False)])
        ) & self._shared_domain()
        tiers = self.env["sop.tier"].sudo().search(self._shared_domain())
        return (
            partner.search_count(customers),
            partner.search_count(customers & Domain("sop_tier_id", "in", tiers.ids)),
        )

    # ------------------------------------------------------------------ 2 working hours
    def _step_hours(self):
        workcenters = self.env["mrp.workcenter"].sudo().search(self._shared_domain())
        without = workcenters.filtered(
            lambda workcenter: not workcenter.resource_calendar_id.attendance_ids
        )
        return self._step(
            "hours",
            self.env._("Give every work centre its working hours"),
            workcenters and not without,
            self._hours_text(workcenters, without),
            self.env._("Work centres"),
            self._may("mrp.group_mrp_manager"),
            "mrp.mrp_workcenter_action",
            self._ask_manufacturing(),
        )

    def _hours_text(self, workcenters, without):
        if not workcenters:
            return self.env._("There is no work centre yet, so no production can be promised.")
        if without:
            return self.env._(
                "Without working hours, so nothing can be promised there: %s.",
                self._names(without.mapped("name")),
            )
        return self.env._("All %s work centres have working hours.", len(workcenters))

    # ------------------------------------------------------------------ 3 operations
    def _step_operations(self):
        bills = self._shared_domain() & Domain("type", "=", "normal")
        bom = self.env["mrp.bom"].sudo()
        count = bom.search_count(bills)
        planned = bom.search_count(bills & Domain("operation_ids", "!=", False))
        return self._step(
            "operations",
            self.env._("Say how long things take"),
            planned,
            self._operations_text(count, planned),
            self.env._("Bills of materials"),
            self._may("mrp.group_mrp_manager"),
            "mrp.mrp_bom_form_action",
            self._ask_manufacturing(),
        )

    def _operations_text(self, count, planned):
        if not count:
            return self.env._("There is no bill of materials yet.")
        if not planned:
            return self.env._(
                "None of %s bills of materials has operations; what is made takes no capacity.",
                count,
            )
        return self.env._(
            "%(done)s of %(all)s bills of materials have operations.", done=planned, all=count
        )

    # ------------------------------------------------------------------ 4 slots
    def _step_slots(self):
        slot = self.env["sop.slot"].sudo()
        domain = self._shared_domain() & Domain("date_stop", ">", fields.Datetime.now())
        return self._step(
            "slots",
            self.env._("Reserve production slots"),
            slot.search_count(domain, limit=1),
            self._slots_text(
                slot.search_count(domain), slot.search(domain, order="date_start", limit=1)
            ),
            self.env._("Slots"),
            self.env["sop.slot"].has_access("create"),
            "sop_bridge.action_sop_slot",
            self._ask_admin(),
        )

    def _slots_text(self, count, first):
        if not count:
            return self.env._(
                "No time is reserved: whoever orders first takes the line, whatever the tier."
            )
        values = {
            "count": count,
            "slot": first.name,
            "start": format_datetime(self.env, first.date_start, dt_format="short"),
        }
        if count == 1:
            return self.env._("One slot ahead: %(slot)s, %(start)s.", **values)
        return self.env._("%(count)s slots ahead; the next is %(slot)s, %(start)s.", **values)

    # ------------------------------------------------------------------ 5 approvers
    def _step_approvers(self):
        approvers = self._approvers()
        people = self.env["res.users"].sudo().union(*approvers.values())
        may_edit_users = self.env["res.users"].has_access("write")
        rules = "sop_bridge.action_sop_approval_rule"
        return self._step(
            "approvers",
            self.env._("Name approvers in both departments"),
            all(approvers.values()) and len(people) > 1,
            self._approvers_text(approvers, people),
            self.env._("Users") if may_edit_users else self.env._("Approval rules"),
            may_edit_users or self._may("sop_bridge.group_sop_admin"),
            "base.action_res_users" if may_edit_users else rules,
            self._ask_admin(),
        )

    def _approvers(self):
        """Who decides exceptions here, as {department: users}."""
        rules = self.env["sop.approval.rule"].sudo()
        domain = self._shared_domain() & Domain("model", "=", "sop.exception")
        return rules.search(domain)._get_deciders(self.env.company)

    def _approvers_text(self, approvers, people):
        labels = dict(
            self.env["sop.approval"]._fields["department"]._description_selection(self.env)
        )
        missing = [labels[name] for name, users in approvers.items() if not users]
        if missing:
            return self.env._(
                "Nobody decides for: %s. An exception would wait without end.", ", ".join(missing)
            )
        if len(people) == 1:
            return self.env._(
                "%s is the only approver of both departments; two people have to decide.",
                people.name,
            )
        return "; ".join(
            self.env._(
                "%(department)s: %(names)s",
                department=labels[name],
                names=self._names(users.mapped("name")),
            )
            for name, users in approvers.items()
        )

    # ------------------------------------------------------------------ last: gate
    def _step_gate(self):
        return self._step(
            "gate",
            self.env._("Let the order gate hold what cannot be kept"),
            self.env.company.sop_gate == "hold",
            self._gate_text(),
            self.env._("Settings"),
            self._may("base.group_system"),
            "sop_bridge.action_sop_settings",
            self.env._("Ask an administrator of this database."),
        )

    def _gate_text(self):
        return {
            "off": self.env._("The gate is off: quotations show no promise, nothing is checked."),
            "inform": self.env._(
                "The gate informs: quotations show the promise, and every order can be confirmed."
            ),
            "hold": self.env._(
                "The gate holds: what the plant cannot keep waits for both departments."
            ),
        }[self.env.company.sop_gate]
