"""What came back in the season, and who paid when."""

from datetime import timedelta

from .common import customer, today
from .history import RETURNED_AFTER, date_done

# Days after the due date on which they pay; their contribution to the score is their own.
PAYS = {
    "alpenrack": 0,
    "lagune": 3,
    "castellan": 8,
    "brembana": 9,
    "moncayo": 2,
    "nordlys": 0,
    "vliet": 1,
    "peyrol": -4,
    "reinhardt": 5,
    "praha": 12,
    "montnoir": 75,
    "silva": 18,
    "baltic": 6,
}


def load(env, story):
    """Take goods back, credit them, and let the customers pay their invoices.

    :param story: {sale.order: Past} of the season
    """
    returned = {order: past for order, past in story.items() if past.returned}
    for order, past in returned.items():
        _take_back(env, order, past)
    orders = env["sale.order"].union(*story)
    if orders.invoice_ids:
        _credit(env, returned)
        _pay(env, orders.invoice_ids)


def _take_back(env, order, past):
    delivery = order.picking_ids.filtered(lambda picking: picking.state == "done")[:1]
    wizard = env["stock.return.picking"].create({"picking_id": delivery.id})
    for line in wizard.product_return_moves:
        sold = line.move_id.sale_line_id
        line.quantity = past.back if sold == order.order_line[:1] else 0
    back = wizard._create_return()
    for move in back.move_ids:
        move.quantity = move.product_uom_qty
        move.picked = True
    back._action_done()
    env.flush_all()
    date_done(env, back, past.delivered + timedelta(days=RETURNED_AFTER))
    env.invalidate_all()


def _credit(env, returned):
    orders = env["sale.order"].union(*returned)
    notes = orders._create_invoices(grouped=True, final=True)
    days = {order.name: past.delivered for order, past in returned.items()}
    for note in notes:
        note.invoice_date = days[note.invoice_origin] + timedelta(days=RETURNED_AFTER + 2)
    notes.action_post()


def _pay(env, invoices):
    """One payment per invoice that was paid by now, each on its day, matched with its invoice."""
    paid = {
        invoice: day
        for invoice in invoices.filtered(lambda move: move.move_type == "out_invoice")
        if (day := _paid_on(env, invoice)) < today()
    }
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    if not (paid and journal.default_account_id):
        return
    payments = env["account.move"].create(
        [_prepare_payment(invoice, day, journal) for invoice, day in paid.items()]
    )
    payments.action_post()
    env["account.move.line"]._reconcile_plan(
        [
            _receivable(invoice) | _receivable(payment)
            for invoice, payment in zip(paid, payments, strict=True)
        ]
    )


def _paid_on(env, invoice):
    late = {customer(env, name): days for name, days in PAYS.items()}
    return invoice.invoice_date_due + timedelta(days=late[invoice.commercial_partner_id])


def _receivable(move):
    return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")


def _prepare_payment(invoice, day, journal):
    amount, owed = invoice.amount_total_signed, _receivable(invoice)
    common = {"partner_id": owed.partner_id.id, "name": invoice.name}
    return {
        "move_type": "entry",
        "journal_id": journal.id,
        "date": day,
        "ref": invoice.name,
        "line_ids": [
            (0, 0, {**common, "account_id": journal.default_account_id.id, "debit": amount}),
            (0, 0, {**common, "account_id": owed.account_id.id, "credit": amount}),
        ],
    }
