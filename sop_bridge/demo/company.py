"""The plant as a company, its customers' salespeople, and the news that they have read."""

from .common import customer, ref
from .history import HABITS

# documents that both departments decide
DECIDED = (
    *("sop.exception", "sop.scorecard", "sop.acceptance.rule"),
    *("sop.tier.override", "sop.agreement"),
)
HELENAS = ("lagune", "peyrol")


def set_up(env):
    """Turn the main company into the plant; where others already sell, only set the gate.

    A database with orders keeps its company's name, currency and taxes.
    """
    company = env.company
    if not env["sale.order"].search_count([("company_id", "=", company.id)], limit=1):
        _rename(env, company)
    company.sop_delivery_days = 1
    company.stock_text_confirmation = False  # nothing is sent to invented customers
    company.stock_move_email_validation = False
    for name in HABITS:
        salesperson = "sales_manager" if name in HELENAS else "sales"
        customer(env, name).user_id = ref(env, f"user_{salesperson}")


def read_old_news(env):
    """Let everybody have read what was asked of them and is decided by now."""
    news = env["mail.notification"].search(
        [
            ("is_read", "=", False),
            ("notification_type", "=", "inbox"),
            ("mail_message_id.model", "in", DECIDED),
        ]
    )
    for model, group in news.grouped(lambda one: one.mail_message_id.model).items():
        for notice in group:
            document = env[model].browse(notice.mail_message_id.res_id)
            notice.is_read = document.state != "pending"


def _rename(env, company):
    euro = env.ref("base.EUR")
    euro.active = True
    if not env["account.move.line"].search_count([("company_id", "=", company.id)], limit=1):
        dollars = company.currency_id
        company.currency_id = euro
        prices = env["product.pricelist"].search([("currency_id", "=", dollars.id)])
        prices.filtered(lambda p: p.company_id in (company, p.company_id.browse())).write(
            {"currency_id": euro.id}
        )
        company.account_sale_tax_id.write({"name": "20%", "amount": 20})
        company.account_purchase_tax_id.write({"name": "20%", "amount": 20})
    company.write(
        {
            "name": "Brévent Steel Cabinets",
            "street": "480 avenue de l'Arve",
            "zip": "74300",
            "city": "Cluses",
            "country_id": env.ref("base.fr").id,
            "phone": "+33 4 50 00 74 30",
            "email": "info@example.com",
        }
    )
    env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1).name = "Cluses plant"
    company.resource_calendar_id.tz = "Europe/Paris"
    env.ref("base.user_admin").tz = "Europe/Paris"
