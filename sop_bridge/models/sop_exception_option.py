from odoo import api, fields, models

from .wording import say_day


class SopExceptionOption(models.Model):
    """One way to settle an exception: what each line gets when, and whose slots it takes."""

    _name = "sop.exception.option"
    _description = "Option of an Order Exception"
    _inherit = ["sop.exception.waiver"]
    _order = "sequence, id"

    exception_id = fields.Many2one(
        "sop.exception", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="exception_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        [
            ("later", "Accept the later date"),
            ("slot", "Use a slot reserved for others"),
            ("split", "Split over dates"),
            ("waive", "Accept against the rule"),
        ],
        required=True,
        readonly=True,
    )
    unlock = fields.Selection([("lower", "Lower tiers"), ("all", "All")], readonly=True)
    date = fields.Date("Complete by", readonly=True)
    first_date = fields.Date("First part by", readonly=True)
    late_days = fields.Integer("Days late", readonly=True)
    quantities = fields.Char(readonly=True)
    hurt = fields.Char("Who is hurt", readonly=True)
    terms = fields.Json(readonly=True)
    is_chosen = fields.Boolean(compute="_compute_is_chosen")

    @api.depends("kind", "date")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for option in self:
            day = say_day(self.env, option.date)
            option.display_name = self.env._(
                "%(kind)s, complete by %(day)s", kind=labels.get(option.kind, ""), day=day
            )

    @api.depends("exception_id.option_id")
    def _compute_is_chosen(self):
        for option in self:
            option.is_chosen = option == option.exception_id.option_id

    def action_choose(self):
        """Make this the option that is decided; decisions on another one become void.

        :raise AccessError: for anyone but the salesperson, the requester or who decides next
        """
        self.ensure_one()
        self.exception_id._check_can_choose()
        self.exception_id.sudo()._choose(self.sudo())
        return True

    def _snapshot(self):
        self.ensure_one()
        values = {
            "kind": self.kind,
            "unlock": self.unlock or None,
            "date": fields.Date.to_string(self.date),
            "terms": self.terms,
        }
        # without rules as before there were any: seals of decisions made then stay intact
        return dict(values, waives=self.waives) if self.waives else values

    # ------------------------------------------------------------------ finding options
    @api.model
    def _prepare_all(self, exception, promises, held):
        """Values of every option there is, the one that hurts nobody first.

        :param held: {line: core Verdict} of the lines that the rules hold back
        """
        options = self._with_waivers(self._prepare_dates(exception.order_id, promises, held), held)
        return [
            dict(values, exception_id=exception.id, sequence=index)
            for index, values in enumerate(options)
        ]

    @api.model
    def _prepare_dates(self, order, promises, held):
        """Options with the dates they lead to; without a line that is late, those requested."""
        failing = order._sop_failing(promises)
        if not failing:
            return [self._prepare_waive(order, promises, held)]
        if any(promises[line].state != "ok" for line in failing):
            later, split = [], []
        else:
            later = [self._prepare_later(order, failing, promises)]
            split = self._prepare_split(order, failing, promises)
        return later + self._prepare_slot(order, failing, promises) + split

    @api.model
    def _prepare_later(self, order, failing, promises):
        terms = {
            str(line.id): [[line.product_uom_qty, fields.Date.to_string(promises[line].date)]]
            for line in failing
        }
        return self._prepare_option("later", order, failing, promises, terms)

    @api.model
    def _prepare_split(self, order, failing, promises):
        """Deliver in time what is possible, and the rest when it is ready."""
        terms = {}
        for line in failing:
            due, promise = line._sop_due(), promises[line]
            early = line._sop_quantity_in_time() if due else 0.0
            rest = line.product_uom_id.round(line.product_uom_qty - early)
            pieces = [[rest, fields.Date.to_string(promise.date)]]
            if early > 0 and rest > 0:
                pieces.insert(0, [early, fields.Date.to_string(due)])
            terms[str(line.id)] = pieces
        if all(len(pieces) == 1 for pieces in terms.values()):
            return []
        return [self._prepare_option("split", order, failing, promises, terms)]

    @api.model
    def _prepare_slot(self, order, failing, promises):
        """The option that opens reserved slots, if that brings a line forward.

        Slots of lower tiers are tried before those of better tiers and other customers.
        """
        for unlock in ("lower", "all"):
            opened = order._sop_promises(unlock=unlock)
            if not any(self._is_better(opened[line], promises[line]) for line in failing):
                continue
            if any(opened[line].state != "ok" for line in failing):
                continue
            terms = {
                str(line.id): [[line.product_uom_qty, fields.Date.to_string(opened[line].date)]]
                for line in failing
            }
            option = self._prepare_option("slot", order, failing, opened, terms)
            return [dict(option, unlock=unlock, hurt=self._hurt(order, opened))]
        return []

    @api.model
    def _is_better(self, promise, before):
        return promise.state == "ok" and (before.state != "ok" or promise.date < before.date)

    @api.model
    def _hurt(self, order, promises):
        """Whose reserved time an option takes, with the minutes."""
        minutes = {}
        loads = [load for promise in promises.values() for load in promise.loads if load.slot]
        foreign = self.env["sop.slot"].sudo()
        operation = self.env["mrp.routing.workcenter"].sudo()
        for load in loads:
            slot = foreign.browse(load.slot)
            family = operation.browse(load.operation).bom_id.product_tmpl_id.sop_family_id
            if not slot._usable_by(order, family):
                minutes[load.slot] = minutes.get(load.slot, 0) + load.minutes
                foreign |= slot
        return "; ".join(
            self.env._(
                "%(minutes)d min of %(owner)s on %(workcenter)s, %(day)s",
                minutes=round(minutes[slot.id]),
                owner=slot._owner_label(),
                workcenter=slot.workcenter_id.name,
                day=say_day(self.env, slot.date_start),
            )
            for slot in foreign
        )

    @api.model
    def _prepare_option(self, kind, order, failing, promises, terms):
        dates = [fields.Date.to_date(day) for pieces in terms.values() for _qty, day in pieces]
        dues = {line: line._sop_due() for line in failing}
        late = [(max(dates) - due).days for due in dues.values() if due]
        return {
            "kind": kind,
            "date": max(dates),
            "first_date": min(dates),
            "late_days": max(0, *late) if late else 0,
            "quantities": self._describe(failing, terms),
            "hurt": self.env._("Nobody"),
            "terms": terms,
        }

    @api.model
    def _describe(self, failing, terms):
        """Quantities and days of an option in one line of text."""
        texts = []
        for line in failing:
            pieces = ", ".join(
                f"{quantity:g} {line.product_uom_id.name} {say_day(self.env, day)}"
                for quantity, day in terms[str(line.id)]
            )
            texts.append(f"{line.product_id.display_name}: {pieces}")
        return "; ".join(texts)

    # ------------------------------------------------------------------ taking effect
    def _write_terms(self):
        """Write the agreed quantities and dates into the lines of the quotation."""
        self.ensure_one()
        order = self.exception_id.order_id
        if self.unlock:
            order._sop_store({"sop_unlock": self.unlock})
        lines = {str(line.id): line for line in order.order_line}
        for line_id, pieces in (self.terms or {}).items():
            if line_id in lines:
                lines[line_id] = lines[line_id]._sop_apply_pieces(pieces)
        # last, because it holds for the lines as they are then
        for line_id, rules in (self.waives or {}).items():
            lines.get(line_id, order.order_line.browse())._sop_waive(rules)
