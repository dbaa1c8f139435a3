import logging

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..core import slot_plan
from .notification import notification
from .sop_slot_fence import FENCE

_logger = logging.getLogger(__name__)


class SopSlotRuleMake(models.AbstractModel):
    """Part of sop.slot.rule: making its slots, and letting go of those it no longer wants."""

    _name = "sop.slot.rule.make"
    _description = "Slots of Rules"

    problem = fields.Char(
        "Why it makes no slots",
        readonly=True,
        copy=False,
        help="What kept the scheduled job from making the slots of the rule the last time.",
    )

    # ------------------------------------------------------------------ by people
    def action_generate(self):
        """Make the slots of these rules now, and let go of what they no longer want.

        Unused slots on which others count go only when both departments agree: a request is sent
        to them. Used ones stay.

        :return: the action that opens the request, or a notification
        :raise AccessError: for who may not change rules
        :raise UserError: if a rule can make no slots at all
        """
        self.check_access("write")
        self.sudo()._check_can_make()
        now = self.env["sop.promise"]._get_now()
        requests = self.env["sop.slot.request"]
        made = 0
        for rule in self.sudo():
            rule.lock_for_update()
            plan = rule._get_plan(now)
            requests |= rule._let_go(plan)
            made += len(rule._make_slots(rule._get_plan(now)))
            rule._store({"changed": False, "problem": False})
        return requests._open_or(notification(self.env._("Slots made: %s.", made)))

    def _retire(self):
        """The rule ends: its unused slots to come go, now or when both departments agree."""
        self.ensure_one()
        now = self.env["sop.promise"]._get_now()
        rule = self.sudo()
        slots = rule._get_future_slots(now).filtered(lambda s: s.active and not s.detached)
        unused = slots.filtered(lambda slot: not slot.used_minutes)
        bound = unused.filtered(lambda slot: slot._is_bound(now))
        (unused - bound).unlink()
        rule._ask_withdrawal(bound)

    def _say_obstacle(self):
        """Why the rule can make no slots at all, in a sentence; False if it can."""
        self.ensure_one()
        workcenter, tier = self.workcenter_id, self.tier_id
        if not workcenter.active:
            return self.env._(
                "The work centre %s is archived, so the rule makes no slots on it. Restore the "
                "work centre, or archive the rule.",
                workcenter.name,
            )
        if not workcenter.resource_calendar_id:
            return self.env._(
                "The work centre %s has no working hours, so no time can be reserved on it. Set "
                "its working hours first.",
                workcenter.name,
            )
        if tier and not tier.active:
            return self.env._(
                "The tier %s is archived. Choose a tier in use for the rule.", tier.name
            )
        # with others beside it, the rule goes on for them
        return not (tier or self.partner_id) and self.agreement_id._say_over()

    def _check_can_make(self):
        """:raise UserError: if one of these rules can make no slots at all"""
        for rule in self:
            obstacle = rule._say_obstacle()
            if obstacle:
                raise UserError(obstacle)

    # ------------------------------------------------------------------ for the add-on's own code
    def _let_go(self, plan):
        """Remove what the rule no longer wants. Returns the request about the rest."""
        plan.free.unlink()
        return self._ask_withdrawal(plan.bound)

    def _ask_withdrawal(self, slots):
        """Ask both departments about slots that others count on. Returns the request."""
        requests = self.env["sop.slot.request"].sudo()
        asked = requests.search([("state", "=", "pending"), ("kind", "=", "withdraw")])
        slots -= asked.slot_ids
        if not slots:
            return requests
        request = requests.create(
            {
                "kind": "withdraw",
                "slot_ids": [(6, 0, slots.ids)],
                "rule_id": self.id,
                "company_id": (self.company_id or self.env.company).id,
                "reason": self.env._("The rule changed or ended: %s", self.display_name),
            }
        )
        request._approval_start(self.env.user)
        return request

    def _make_slots(self, plan):
        """Make the slots that a plan wants. Returns them."""
        self.ensure_one()
        slots = (
            self.env["sop.slot"]
            .sudo()
            .with_context(
                tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
            )
        )
        made = slots._make(
            [self._prepare_slot(one) for one in plan.judged if one.state == slot_plan.MADE]
        )
        self._store({"made_on": fields.Datetime.now()})
        return made

    def _prepare_slot(self, one):
        """Values of a slot.

        :param one: core Judged
        """
        return {
            "workcenter_id": self.workcenter_id.id,
            "date_start": one.start,
            "date_stop": one.stop,
            "rule_id": self.id,
            "rule_day": one.day,
            **self._owner_values_on(one.day),
            **{name: self[name] for name in FENCE},
        }

    # ------------------------------------------------------------------ scheduled job
    @api.model
    def _cron_generate(self):
        """Make what rules want, rule by rule, each in a step of its own.

        Rules that were changed wait until somebody applies them; those on which another server
        works are left to it. A rule whose slots cannot be made says why, and the others go on.
        """
        rules = self.sudo().search([("changed", "=", False)])
        self.env["ir.cron"]._commit_progress(remaining=len(rules))
        for rule in rules:
            if not rule._generate_step():
                return

    def _generate_step(self):
        """Make the slots of one rule and commit. Returns whether there is time left."""
        commit = self.env["ir.cron"]._commit_progress
        try:
            rule = self.try_lock_for_update(allow_referencing=True)
            if rule and rule.active and not rule.changed:
                rule._note_problem(rule._generate())
            self.env.flush_all()
        except (IntegrityError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            # somebody reserved the same time at this moment: the next run sees it
            self.env.cr.rollback()
            self.env.invalidate_all()
            _logger.info("The slots of rule %s are made later.", self.id)
        return bool(commit(1))

    def _generate(self):
        """Make what is missing. Returns why that cannot be done, as people read it, or False.

        What goes when the rule is applied is left in its place: where its time has moved, making
        the new one beside it would reserve twice, so the rule waits until somebody applies it.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._check_can_make()
                plan = self._get_plan(self.env["sop.promise"]._get_now(), stay=True)
                if plan.has_moved():
                    self._store({"changed": True})
                else:
                    self._make_slots(plan)
        except UserError as error:
            return str(error)
        return False

    def _note_problem(self, problem):
        """Keep why no slots are made, and tell the followers of the rule once.

        :param problem: sentence, or False once it works again
        """
        self.ensure_one()
        if (self.problem or False) == problem:
            return
        self._store({"problem": problem})
        if problem:
            self.message_post(body=problem, subtype_xmlid="mail.mt_comment")
