from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SopOrderAgreement(models.AbstractModel):
    """The part of a sales order about the agreement under which it is placed."""

    _name = "sop.order.agreement"
    _description = "Orders under an Agreement"

    sop_agreement_id = fields.Many2one(
        "sop.agreement",
        "Agreement",
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('id', 'in', sop_agreement_choice_ids)]",
        help="The order may use the time that is kept for this agreement.",
    )
    sop_agreement_choice_ids = fields.Many2many(
        "sop.agreement", compute="_compute_sop_agreement_choice", compute_sudo=True
    )
    sop_agreement_problem = fields.Char(compute="_compute_sop_agreement_problem", compute_sudo=True)

    @api.depends("partner_id", "company_id")
    def _compute_sop_agreement_choice(self):
        customers = self.partner_id._sop_customers()
        approved = self.env["sop.agreement"].search(
            [("partner_id", "in", customers._origin.ids), ("state", "=", "approved")]
        )
        now = approved.filtered(lambda agreement: not agreement._say_over())
        for order in self:
            partner, company = order.partner_id._origin, order.company_id._origin
            order.sop_agreement_choice_ids = now.filtered(
                lambda one, partner=partner, company=company: (
                    one.company_id == company and one._is_with(partner)
                )
            )

    @api.depends("sop_agreement_id", "partner_id.commercial_partner_id", "state")
    def _compute_sop_agreement_problem(self):
        for order in self:
            agreement = order.sop_agreement_id._origin
            is_open = order.state in ("draft", "sent")
            problem = agreement._say_not_with(order.partner_id._origin) or agreement._say_not_now()
            order.sop_agreement_problem = problem if is_open else False

    @api.onchange("partner_id")
    def _onchange_sop_agreement(self):
        agreement = self.sop_agreement_id
        if agreement and not agreement.sudo()._is_with(self.partner_id._origin):
            self.sop_agreement_id = False

    def write(self, vals):
        """:raise UserError: if the agreement of a confirmed order would change"""
        if "sop_agreement_id" in vals:
            self._sop_check_agreement_open(vals["sop_agreement_id"] or False)
        return super().write(vals)

    def _sop_check_agreement_open(self, agreement_id):
        for order in self.sudo():
            changes = order.sop_agreement_id.id != agreement_id
            if changes and order.state not in ("draft", "sent"):
                raise UserError(
                    self.env._(
                        "%s is no quotation any more, so it stays under the agreement with which "
                        "it was confirmed.",
                        order.name,
                    )
                )

    @api.constrains("sop_agreement_id", "partner_id", "company_id")
    def _check_sop_agreement(self):
        for order in self.sudo().filtered("sop_agreement_id"):
            agreement = order.sop_agreement_id
            if agreement.state not in ("approved", "ended"):
                raise ValidationError(agreement._say_over())
            stranger = agreement._say_not_with(order.partner_id)
            if stranger:
                raise ValidationError(stranger)
            order._sop_check_agreed_goods()

    def _sop_check_agreed_goods(self):
        """:raise ValidationError: if the order has goods that its agreement is not about"""
        for order in self.sudo().filtered("sop_agreement_id"):
            agreed = order.sop_agreement_id.line_ids.product_id
            # goods that are delivered beyond the order stand in lines without a quantity
            ordered = order.order_line.filtered("product_uom_qty").product_id
            goods = ordered.filtered(lambda product: product.type == "consu")
            other = goods - agreed if agreed else goods.browse()
            if other:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is not about %(products)s. Order these goods without it.",
                        agreement=order.sop_agreement_id.display_name,
                        products=", ".join(other.mapped("display_name")),
                    )
                )
