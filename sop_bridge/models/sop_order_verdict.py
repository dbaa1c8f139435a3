from odoo import models
from odoo.exceptions import AccessError, UserError

# Who may take a line that a rule refuses to both departments.
TAKERS = (
    "sop_bridge.group_sop_sales_approver,sop_bridge.group_sop_production_approver,"
    "sop_bridge.group_sop_coordinator"
)


class SopOrderVerdict(models.AbstractModel):
    """The part of a sales order about acceptance rules: what they hold back, what they refuse."""

    _name = "sop.order.verdict"
    _description = "Orders under Acceptance Rules"

    # ------------------------------------------------------------------ judging
    def _sop_judge(self, promises):
        """Let the acceptance rules judge the lines, and keep on record what they said.

        :return: {sale.order.line: core Verdict} of the lines that cannot simply be accepted
        """
        self.ensure_one()
        rules = self.env["sop.acceptance.rule"]._read_acting(self.company_id)
        if not rules:
            return {}
        judge = self.env["sop.verdict"].sudo()
        judging = judge._prepare(self.company_id.sudo(), self.order_line, promises, rules)
        verdicts = judging.decide(self)
        found = {line: verdicts[key] for line, key in judging.book.keys.items()}
        own = {line: found[line] for line in self.order_line if line in found}
        held = {
            line: verdict
            for line, verdict in own.items()
            if verdict.holds and not line._sop_is_waived(verdict)
        }
        self.env["sop.acceptance.log"]._record(self, judging, own)
        return held

    def _sop_held(self, promises):
        """{line: core Verdict} of the lines that the rules hold back, nothing put on record."""
        self.ensure_one()
        return self.order_line._sop_held(promises)

    def _sop_failing(self, promises):
        """Lines whose promise is missing or later than what was requested or agreed."""
        self.ensure_one()
        return self.order_line.filtered(
            lambda line: line in promises and line._sop_is_failing(promises[line])
        )

    def _sop_refused(self, held):
        """The held lines that a rule refuses and that nobody has taken to both departments.

        :return: {line: core Verdict}
        """
        self.ensure_one()
        pending = self.sudo().sop_exception_ids.filtered(lambda e: e.state == "pending")
        asked = {(line.order_line_id.id, line.rule_id.id) for line in pending.line_ids}
        return {
            line: verdict
            for line, verdict in held.items()
            if verdict.outcome == "refuse" and (line.id, verdict.rule) not in asked
        }

    def sop_find_offers(self, changes, key):
        """Counter-offers for a line of the quotation as it is on a screen, perhaps not saved.

        :param changes: what was typed, as a form sends it
        :param key: id of the line, or the name that the form gave to a new one
        :return: list of dict, as ``sop_verdict_offers`` has them
        :raise AccessError: for who may not see the quotation
        """
        line = self._sop_line_on_screen(changes, key)
        return line._sop_seek_offers()[line] if line else []

    def _sop_line_on_screen(self, changes, key):
        """A line of the quotation as it is on a screen; none where nothing is promised.

        :raise AccessError: for who may not see the quotation
        """
        self.check_access("read" if self else "create")
        # naming the lines ties them to the order as it is on the screen
        order = self[:1].new({"order_line": [], **(changes or {})}, origin=self[:1])
        if order.company_id not in self.env.companies:
            raise AccessError(self.env._("The quotation belongs to a company that is not yours."))
        line = order.order_line.filtered(
            lambda line: key and key in (line._origin.id, getattr(line.id, "ref", None))
        )
        if len(line) != 1 or not order._sop_is_open() or order.company_id.sop_gate == "off":
            return line.browse()
        return line

    # ------------------------------------------------------------------ saying no
    def _sop_explain_held(self, held):
        """Sentences that name the lines, the rules and the numbers."""
        judge = self.env["sop.verdict"]
        return " ".join(
            f"{line.product_id.display_name}: {judge._explain(verdict, line)}"
            for line, verdict in held.items()
        )

    def _sop_refuse(self, refused):
        """Leave the quotation as it is, and say why.

        A customer who signs or pays, and a robot, see nothing: the salesperson is told.

        :return: text for the person who confirmed
        """
        self.ensure_one()
        text = self._sop_explain_held(refused)
        user = self.env.user
        if self.env.su or not user._is_internal() or user._is_superuser():
            salesperson = self.sudo().user_id - user
            self.sudo().message_post(
                body=self.env._("Not confirmed, the quotation waits. %s", text),
                partner_ids=salesperson.partner_id.ids,
            )
        return f"{text} {self._sop_way_out()}"

    def _sop_way_out(self):
        if self._sop_may_take():
            return self.env._(
                "Choose one of the counter-offers of the line, if it has any, or use “Ask for "
                "exception”."
            )
        return self.env._(
            "Choose one of the counter-offers of the line, if it has any. Only an approver of "
            "Sales or Production, or a coordinator, can ask for an exception from a refusal."
        )

    def _sop_may_take(self):
        """Whether the user may ask for an exception from a refusal."""
        return self.env.user.has_groups(TAKERS)

    def _sop_verdicts_before_cut(self):
        """{order: {line: core Verdict}} of the confirmed orders that a gate watches."""
        watched = self.filtered(
            lambda order: order.state == "sale" and order.company_id.sop_gate != "off"
        )
        if not watched:
            return {}
        verdicts = self.env["sop.verdict"]._get_verdicts(watched.order_line, offers=False)
        return {order: {line: verdicts[line] for line in order.order_line} for order in watched}

    def _sop_refuse_cut(self, held):
        """Say what speaks against a lower price on a confirmed order.

        :raise UserError: if the gate holds; one that only informs posts a note
        """
        self.ensure_one()
        if not held:
            return
        if self.company_id.sop_gate != "hold":
            self.message_post(
                body=self.env._(
                    "Price lowered although the acceptance rules speak against it: %s",
                    self._sop_explain_held(held),
                )
            )
            return
        line, verdict = next(iter(held.items()))
        raise UserError(
            self.env._(
                "%(product)s cannot become cheaper on the confirmed order: %(reason)s "
                "Enter it as a new quotation; there you can ask for an exception.",
                product=line.product_id.display_name,
                reason=self.env["sop.verdict"]._explain(verdict, line),
            )
        )

    def _sop_notes(self):
        """Sentences for the chatter when the gate only informs, '' when all is well."""
        self.ensure_one()
        promises = self._sop_promises()
        held = self._sop_judge(promises)
        notes = []
        failing = self._sop_failing(promises)
        if failing:
            explain = self.env["sop.promise"]._explain_late
            late = " ".join(explain(promises[line], line) for line in failing)
            notes.append(
                self.env._("Confirmed although the plant cannot keep it: %s", late),
            )
        if held:
            notes.append(
                self.env._(
                    "Confirmed although the acceptance rules speak against it: %s",
                    self._sop_explain_held(held),
                )
            )
        return " ".join(notes)

    # ------------------------------------------------------------------ taking effect
    def _sop_priced(self):
        """A price was changed: what was approved against a rule was approved for the old one."""
        for order in self.filtered(lambda order: order._sop_is_open()):
            exceptions = order.sudo().sop_exception_ids.filtered(
                lambda e: e.state == "pending" and e.question != e._get_question()
            )
            exceptions._withdraw(self.env._("A price in the quotation was changed."))
            order.order_line.filtered("sop_waived")._sop_store({"sop_waived": False})
