"""One sale as Odoo itself writes it, from the order to the payment and the return.

The rows are read in the transaction that made them, which is then rolled back: they are patterns
only, and nothing of the sample stays in the database.
"""

from odoo.fields import Command

DAY = "2024-01-15"
QUANTITY, PRICE = 3, 10


def set_up(env, currency, country):
    """Give the company, which has no documents yet, a currency and a country.

    Taxes and fiscal positions are left out: what the data calls a price is what Odoo shall count.
    """
    money = env["res.currency"].with_context(active_test=False).search([("name", "=", currency)])
    money.active = True
    env.company.write({"currency_id": money.id, "country_id": env.ref(f"base.{country}").id})
    env["product.pricelist"].search([]).currency_id = money
    env["account.fiscal.position"].search([]).auto_apply = False
    env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 4


def patterns(env):
    """Make the documents and return {kind: {column: value}}."""
    company, contact = make_partners(env)
    good, service = (make_product(env, kind) for kind in ("consu", "service"))
    order = make_order(env, contact, good, service)
    delivery, back = deliver(order), None
    invoice, refund = bill(order, good)
    payment = pay(env, invoice)
    back = bring_back(delivery)
    env.flush_all()
    read = Reader(env.cr)
    sold, served = order.order_line
    income = invoice.line_ids.filtered(lambda line: line.product_id == good)
    return {
        "company": read("res_partner", company),
        "contact": read("res_partner", contact),
        "order": read("sale_order", order),
        "goods line": read("sale_order_line", sold),
        "service line": read("sale_order_line", served),
        "delivery": read("stock_picking", delivery),
        "delivery move": read("stock_move", delivery.move_ids),
        "return": read("stock_picking", back),
        "return move": read("stock_move", back.move_ids),
        "invoice": read("account_move", invoice),
        "invoice line": read("account_move_line", income),
        "receivable": read("account_move_line", receivable(invoice)),
        "refund": read("account_move", refund),
        "refund line": read("account_move_line", refund.line_ids - receivable(refund)),
        "refund receivable": read("account_move_line", receivable(refund)),
        "payment": read("account_move", payment),
        "payment bank": read("account_move_line", payment.line_ids - receivable(payment)),
        "payment receivable": read("account_move_line", receivable(payment)),
        "partial": read("account_partial_reconcile", receivable(invoice).matched_credit_ids),
        "full": read("account_full_reconcile", receivable(invoice).full_reconcile_id),
    }


class Reader:
    """Reads the row behind a record."""

    def __init__(self, cursor):
        self.cursor = cursor

    def __call__(self, table, record):
        self.cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [record.ensure_one().id])
        return self.cursor.dictfetchone()


def make_partners(env):
    """Return a company that is a customer, and a person who works there."""
    company = env["res.partner"].create({"name": "Sample", "is_company": True, "customer_rank": 1})
    return company, env["res.partner"].create({"name": "Person", "parent_id": company.id})


def make_product(env, kind):
    """Return a product that is invoiced as ordered."""
    return env["product.product"].create(
        {
            "name": f"Sample {kind}",
            "type": kind,
            "is_storable": kind == "consu",
            "list_price": PRICE,
            "invoice_policy": "order",
            "taxes_id": [Command.clear()],
        }
    )


def make_order(env, partner, *products):
    """Return a confirmed order with a line per product."""
    lines = [
        Command.create({"product_id": product.id, "product_uom_qty": QUANTITY, "price_unit": PRICE})
        for product in products
    ]
    order = env["sale.order"].create({"partner_id": partner.id, "order_line": lines})
    order.action_confirm()
    return order


def deliver(order):
    """Deliver an order and return the transfer."""
    return finish(order.picking_ids)


def finish(picking):
    """Do what a transfer asks for and return it."""
    for move in picking.move_ids:
        move.quantity = move.product_uom_qty
    picking.move_ids.picked = True
    picking.button_validate()
    return picking


def bring_back(delivery):
    """Return the transfer that brings the goods of a delivery back."""
    wizard = delivery.env["stock.return.picking"].with_context(
        active_model="stock.picking", active_id=delivery.id, active_ids=delivery.ids
    )
    wizard = wizard.create({"picking_id": delivery.id})
    for line in wizard.product_return_moves:
        line.quantity = QUANTITY
    action = wizard.action_create_returns()
    return finish(delivery.browse(action["res_id"]))


def bill(order, product):
    """Return the posted invoice of an order, and a posted credit note beside it."""
    invoice = order._create_invoices()
    invoice.write({"invoice_date": DAY, "invoice_date_due": DAY})
    line = {"product_id": product.id, "quantity": QUANTITY, "price_unit": PRICE}
    refund = invoice.create(
        {
            "move_type": "out_refund",
            "partner_id": order.partner_id.id,
            "invoice_date": DAY,
            "invoice_line_ids": [Command.create(line)],
        }
    )
    (invoice | refund).action_post()
    return invoice, refund


def receivable(move):
    """Return the line of a document that the customer owes or is owed."""
    return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")


def pay(env, invoice):
    """Return the entry of a bank that pays an invoice."""
    debt = receivable(invoice)
    journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
    common = {"partner_id": debt.partner_id.id, "name": "Payment"}
    entry = invoice.create(
        {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": DAY,
            "partner_id": debt.partner_id.id,
            "line_ids": [
                Command.create(
                    {**common, "account_id": journal.default_account_id.id, "debit": debt.balance}
                ),
                Command.create(
                    {**common, "account_id": debt.account_id.id, "credit": debt.balance}
                ),
            ],
        }
    )
    entry.action_post()
    (debt | receivable(entry)).reconcile()
    return entry
