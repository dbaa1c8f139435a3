"""The plant as a company."""


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
