"""Sales of many years in minutes: orders, deliveries, invoices and payments written by COPY.

Each row is as Odoo wrote that of its kind for one sale (``benchmarks/sample.py``), with the
partner, product, day, quantity and amounts of the data. The sums that Odoo stores are consistent:
a document's total with its lines, what is owed with what was paid, what is delivered with the
transfers. Not written, and read by nothing that is measured: messages, move lines of the
warehouse, valuation, account.payment records (a payment is the bank's own entry).
"""

from types import SimpleNamespace

import psycopg2

from benchmarks import sample
from benchmarks.session import release, session
from benchmarks.writer import Writer, total


class Orders(Writer):
    """Orders and their deliveries."""

    # ---------------------------------------------------------------- orders
    def order(self, partner, moment, name, lines, delivered=False, returned=0):
        """Remember a confirmed, invoiced order.

        :param delivered: whether the goods arrived; False: no delivery is known
        :param returned: quantity of the first line that came back and was credited
        :return: what invoices and deliveries need: id, name, partner, moment, lines and their ids
        """
        amount, cost = total(lines), sum(line.cost * line.quantity for line in lines)
        number = self.add(
            "order", name=name, partner_id=partner.id, partner_invoice_id=partner.id,
            partner_shipping_id=partner.id, client_order_ref=name.lstrip("S"), date_order=moment,
            create_date=moment, amount_untaxed=amount, amount_total=amount, margin=amount - cost,
            margin_percent=(amount - cost) / amount if amount else 0, validity_date=None,
            delivery_status="full" if delivered else None,
            effective_date=moment if delivered else None,
            invoice_status="to invoice" if returned else "invoiced",
        )  # fmt: skip
        order = SimpleNamespace(id=number, name=name, partner=partner, moment=moment, lines=lines)
        order.ids = [
            self.order_line(order, place, line, delivered, 0 if place else returned)
            for place, line in enumerate(lines)
        ]
        self.count()
        return order

    def order_line(self, order, place, line, delivered, returned):
        """Remember one line of an order and return its id."""
        margin = line.amount - line.cost * line.quantity
        unit = line.amount / line.quantity
        kept, arrived = line.quantity - returned, delivered and not line.service
        return self.add(
            "service line" if line.service else "goods line", order_id=order.id,
            sequence=10 + place, order_partner_id=order.partner.id, product_id=line.product,
            name=line.name, product_uom_qty=line.quantity, qty_delivered=kept if arrived else 0,
            price_unit=line.price, technical_price_unit=line.price, price_reduce_taxexcl=unit,
            price_reduce_taxinc=unit, price_subtotal=line.amount, price_total=line.amount,
            create_date=order.moment, purchase_price=line.cost, margin=margin,
            margin_percent=margin / line.amount if line.amount else 0, **billed(line, returned),
        )  # fmt: skip

    # ---------------------------------------------------------------- deliveries
    def deliver(self, order, moment):
        """Remember that the goods of an order left; return the transfer and its moves."""
        name = f"WH/OUT/{self.rows['delivery'].ids.last + 1:07}"
        picking = self.add(
            "delivery", name=name, partner_id=order.partner.id, origin=order.name, date_done=moment,
            scheduled_date=moment, date_deadline=moment, create_date=order.moment, sale_id=order.id,
        )  # fmt: skip
        moves = [
            self.move("delivery move", picking, name, order, moment, place, line.quantity)
            for place, line in enumerate(order.lines)
            if not line.service
        ]
        return SimpleNamespace(id=picking, name=name, moves=moves)

    def bring_back(self, order, delivery, moment, quantity):
        """Remember that some of the first goods of an order came back."""
        name = f"WH/IN/{self.rows['delivery'].ids.last + 1:07}"
        picking = self.add(
            "return", name=name, partner_id=order.partner.id, return_id=delivery.id,
            origin=f"Return of {delivery.name}", date_done=moment, scheduled_date=moment,
            create_date=moment, sale_id=order.id,
        )  # fmt: skip
        self.move(
            "return move", picking, name, order, moment, 0, quantity,
            origin_returned_move_id=delivery.moves[0],
        )  # fmt: skip

    def move(self, kind, picking, reference, order, moment, place, quantity, **values):
        """Remember one product of a transfer and return its id."""
        return self.add(
            kind, picking_id=picking, reference=reference, origin=order.name,
            partner_id=order.partner.id, sale_line_id=order.ids[place], date=moment,
            product_id=order.lines[place].product, product_qty=quantity, quantity=quantity,
            product_uom_qty=quantity, packaging_uom_qty=quantity, create_date=order.moment,
            sequence=10 + place, **values,
        )  # fmt: skip


class Invoices(Writer):
    """Invoices, credit notes and payments."""

    def invoice(self, order, day, due, paid=None):
        """Remember the posted invoice of an order.

        :param paid: day of the payment, or None while it is open
        """
        head = dict(self.number("invoice", day), ref=order.name, invoice_origin=order.name)
        head["payment_reference"] = head["name"]
        ids = self.document("invoice", order.partner, day, due, order.lines, head, 1, paid)
        self.link(ids, order.ids)

    def refund(self, partner, day, lines, ref, sources=()):
        """Remember a posted credit note, which is open.

        :param sources: ids of the order lines that are credited; none where they are not known
        """
        head = dict(self.number("refund", day), ref=ref)
        ids = self.document("refund", partner, day, day, lines, head, -1)
        self.link(ids, sources)
        self.count()

    def link(self, ids, sources):
        """Remember which order lines stand behind invoice lines."""
        for line, source in zip(ids, sources, strict=False):
            self.links.add(invoice_line_id=line, order_line_id=source)

    def document(self, kind, partner, day, due, lines, head, sign, paid=None):
        """Remember an invoice (sign 1) or credit note (-1); return its lines' ids."""
        money = sign * total(lines)
        left = 0 if paid else money
        number = self.head(kind, partner, day, due, head, money, left)
        common = {
            "move_id": number, "move_name": head["name"], "ref": head["ref"], "create_date": day,
            "date": day, "invoice_date": day, "partner_id": partner.company,
        }  # fmt: skip
        ids = [
            self.add(
                f"{kind} line", **common, sequence=100 + place, product_id=line.product,
                name=line.name, quantity=line.quantity, price_unit=line.price,
                price_subtotal=line.amount, price_total=line.amount, **balance(-sign * line.amount),
            )
            for place, line in enumerate(lines)
        ]  # fmt: skip
        self.debt(kind, partner, due, head, common, money, paid)
        return ids

    def head(self, kind, partner, day, due, head, money, left):
        """Remember the head of a document and return its id.

        :param money: what the customer owes, below zero in a credit note; left: of it, still open
        """
        return self.add(
            kind, **head, partner_id=partner.id, commercial_partner_id=partner.company,
            partner_shipping_id=partner.id, invoice_partner_display_name=partner.name,
            date=day, invoice_date=day, invoice_date_due=due, delivery_date=day, create_date=day,
            amount_untaxed=abs(money), amount_total=abs(money), amount_untaxed_signed=money,
            amount_untaxed_in_currency_signed=money, amount_total_signed=money,
            amount_total_in_currency_signed=money, amount_residual=abs(left),
            amount_residual_signed=left, is_manually_modified=False,
            payment_state="not_paid" if left else "paid",
        )  # fmt: skip

    def debt(self, kind, partner, due, head, common, money, paid):
        """Remember what is owed of a document, and its payment if there was one."""
        settled = self.pay(partner, paid, money, head["name"]) if paid and money else None
        left = 0 if paid else money
        number = self.add(
            "receivable" if kind == "invoice" else "refund receivable", **common,
            name=head.get("invoice_origin"), date_maturity=due, amount_residual=left,
            amount_residual_currency=left, reconciled=not left, **matching(settled),
            **balance(money),
        )  # fmt: skip
        if settled:
            self.add(
                "partial", debit_move_id=number, credit_move_id=settled.line, amount=money,
                full_reconcile_id=settled.full, max_date=max(common["date"], paid),
                create_date=paid, debit_amount_currency=money, credit_amount_currency=money,
            )  # fmt: skip

    def pay(self, partner, day, amount, memo):
        """Remember the bank's entry of a payment; return its line and its reconciliation."""
        full = self.add("full", create_date=day)
        head = self.number("payment", day)
        number = self.add(
            "payment", **head, partner_id=partner.company, commercial_partner_id=partner.company,
            invoice_partner_display_name=partner.payer, date=day, create_date=day, ref=memo,
            invoice_date_due=day, amount_total=amount, amount_total_signed=amount,
            amount_total_in_currency_signed=amount,
        )  # fmt: skip
        common = {
            "move_id": number, "move_name": head["name"], "ref": memo, "date": day,
            "create_date": day, "partner_id": partner.company,
        }  # fmt: skip
        self.add(
            "payment bank", **common, **balance(amount), price_subtotal=amount, price_total=amount,
            amount_residual=amount, amount_residual_currency=amount,
        )  # fmt: skip
        line = self.add(
            "payment receivable", **common, **balance(-amount), price_subtotal=-amount,
            price_total=-amount, full_reconcile_id=full, matching_number=str(full),
        )  # fmt: skip
        return SimpleNamespace(line=line, full=full)


class Book(Orders, Invoices):
    """Takes documents of all kinds."""


def billed(line, returned):
    """Return what an order line says of its invoices; what is credited may be invoiced again."""
    credit = returned * line.price
    return {
        "qty_invoiced": line.quantity - returned,
        "qty_to_invoice": returned,
        "untaxed_amount_invoiced": line.amount - credit,
        "untaxed_amount_to_invoice": credit,
        "invoice_status": "to invoice" if returned else "invoiced",
    }


def balance(amount):
    """Return what a journal item says of an amount: debit above zero, credit below."""
    return {
        "balance": amount,
        "amount_currency": amount,
        "debit": max(amount, 0),
        "credit": max(-amount, 0),
    }


def matching(settled):
    """Return what a journal item says of its reconciliation."""
    full = settled.full if settled else None
    return {"full_reconcile_id": full, "matching_number": str(full) if full else None}


def write(database, patterns, fill):
    """Call ``fill`` with a Book on a database without open connections; commit and analyze."""
    release(database)
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        book = Book(cursor, patterns)
        fill(book)
        book.close()
    connection.close()


def take_patterns(database, currency, country):
    """Set the company up for good and return the patterns of its documents."""
    with session(database, commit=True, tracking_disable=True) as env:
        sample.set_up(env, currency, country)
    with session(database, tracking_disable=True) as env:
        return sample.patterns(env)
