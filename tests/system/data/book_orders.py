"""For ``odoo shell``: import orders into companies of five countries, invoice them.

Reads the file SHELL_QUESTION ({"orders": {chart of accounts: [order documents]},
"rates": {currency: units for a dollar}}) and writes what came of each order to
SHELL_ANSWER. Nothing is committed.

What the companies change of Odoo's charts is what a bookkeeper has to: fiscal positions
for exports that Odoo does not apply by itself, and one for what Amazon collects the tax
of. They differ in how they round tax, and whether it is contained in their prices.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

# chart of accounts -> its company. Positions: where Odoo does not apply them by itself,
# with the countries that they are for. Collected: the tax that is copied for orders
# whose tax Amazon collects. Settings: fields of the company.
COMPANIES = {
    "de_skr03": {
        "country": "de",
        "vat": "DE136695976",
        "settings": {"tax_calculation_rounding_method": "round_globally"},
        "positions": {"fiscal_position_non_eu_partner_skr03": ()},
        "collected": "tax_free_skr03_mit_vst",
    },
    "uk": {
        "country": "uk",
        "vat": "GB123456782",
        "settings": {
            "account_price_include": "tax_included",
            "tax_calculation_rounding_method": "round_globally",
        },
        "collected": "ST0",
    },
    "fr": {
        "country": "fr",
        "vat": "FR23334175221",
        "settings": {
            "account_price_include": "tax_included",
            "tax_calculation_rounding_method": "round_per_line",
        },
        "collected": "tva_sale_good_0",
    },
    "us": {"country": "us"},
    "jp": {
        "country": "jp",
        "settings": {"tax_calculation_rounding_method": "round_per_line"},
        "positions": {"l10n_jp_fiscal_position_tax_exempt": ("au", "sg")},
        "collected": "l10n_jp_tax_sale_exempt",
    },
}


# === COMPANIES === #


def create_company(env, chart, rates):
    country = env.ref(f"base.{COMPANIES[chart]['country']}")
    company = env["res.company"].create(
        {
            "name": f"Example {chart}",
            "country_id": country.id,
            "currency_id": country.currency_id.id,
        }
    )
    env.user.company_ids += company
    charts = env["account.chart.template"].with_company(company)
    charts.try_loading(chart, company=company, install_demo=False)
    company.write(COMPANIES[chart].get("settings", {}))
    company.vat = COMPANIES[chart].get("vat", False)
    if "EU" in country.country_group_codes:
        # The switch in the settings of Accounting that l10n_eu_oss brings.
        company.with_company(company)._map_eu_taxes()
    for name, codes in COMPANIES[chart].get("positions", {}).items():
        values = {"auto_apply": True, "sequence": 100}
        if codes:
            countries = [env.ref(f"base.{code}").id for code in codes]
            values["country_group_id"] = (
                env["res.country.group"]
                .create({"name": "Overseas", "country_ids": [(6, 0, countries)]})
                .id
            )
        env.ref(f"account.{company.id}_{name}").write(values)
    set_rates(env, company, rates)
    return company


def set_rates(env, company, rates):
    env["res.currency.rate"].search([]).unlink()
    env["res.currency.rate"].create(
        [
            {
                "currency_id": currency.id,
                "company_id": company.id,
                "name": "2020-01-01",
                "rate": float(rates[currency.name])
                / float(rates[company.currency_id.name]),
            }
            for currency in env["res.currency"].search([("name", "in", list(rates))])
            if currency != company.currency_id
        ]
    )


def create_collected_position(env, chart, company):
    """The position of orders that Amazon collects the tax of, with its own tax."""
    name = COMPANIES[chart].get("collected")
    if not name:
        return env["account.fiscal.position"]
    position = env["account.fiscal.position"].create(
        {"name": "Amazon collects", "company_id": company.id}
    )
    env.ref(f"account.{company.id}_{name}").copy(
        {
            "name": "0% Amazon",
            "active": True,
            "fiscal_position_ids": [(6, 0, position.ids)],
            "original_tax_ids": [(6, 0, company.account_sale_tax_id.ids)],
        }
    )
    return position


def find_or_create_warehouse(env, company):
    warehouses = env["stock.warehouse"]
    return warehouses.search([("company_id", "=", company.id)], limit=1) or (
        warehouses.create({"name": company.name, "company_id": company.id})
    )


def create_connection(env, chart, company, documents):
    refs = {document["salesChannel"]["marketplaceId"] for document in documents}
    markets = env["amazon.marketplace"].search(
        [("amazon_marketplace_id", "in", list(refs))]
    )
    position = create_collected_position(env, chart, company)
    connection = env["amazon.connection"].create(
        {
            "store_name": company.name,
            "seller_id": f"A1{company.id}",
            "marketplace_id": markets[0].id,
            "company_id": company.id,
            "warehouse_id": find_or_create_warehouse(env, company).id,
            "download_products": False,
        }
    )
    for market in markets:
        env["amazon.storefront"].create(
            {
                "connection_id": connection.id,
                "marketplace_id": market.id,
                "active": True,
                "facilitator_position_id": position.id,
            }
        )
    return connection


def create_products(env, company, documents):
    skus = {
        item["product"]["sellerSku"]
        for document in documents
        for item in document["orderItems"]
    }
    env["product.product"].create(
        [
            {
                "name": sku,
                "default_code": sku,
                "type": "consu",
                "invoice_policy": "order",
                "company_id": company.id,
            }
            for sku in sorted(skus)
        ]
    )


# === ORDERS === #


def book(env, chart, documents, rates):
    """Import the orders of a company, invoice them; return what came of each."""
    company = create_company(env, chart, rates)
    env = env(context={"allowed_company_ids": [company.id], "tracking_disable": True})
    company = company.with_env(env)
    connection = create_connection(env, chart, company, documents)
    create_products(env, company, documents)
    run = env["amazon.history"].create(
        {
            "connection_id": connection.id,
            "kind": "download_orders",
            "reason": "button",
        }
    )
    orders = env["amazon.order"]
    orders._store_documents(connection, documents, run)
    while orders._process_next_batch(connection, run):
        env.flush_all()
    rows = orders.search([("connection_id", "=", connection.id)])
    sales = rows.sale_order_id.filtered("amount_total")
    # One for each order.
    sales._create_invoices(grouped=True).action_post()
    return [describe(row) for row in rows]


def describe(row):
    """Return what a bookkeeper looks at; booked amounts are the company's."""
    sale = row.sale_order_id
    invoice = sale.invoice_ids
    lines = invoice.invoice_line_ids
    return {
        "order": row.amazon_order_id,
        "state": row.state,
        "error": row.error or "",
        "sale": sale.amount_total,
        "sale_tax": sale.amount_tax,
        "invoice": invoice.amount_total,
        "tax": invoice.amount_tax,
        "currency": invoice.currency_id.name or "",
        "posted": invoice.state == "posted",
        "balance": round(sum(invoice.line_ids.mapped("balance")), 6),
        "taxes": sorted(lines.tax_ids.mapped("name")),
        "position": sale.fiscal_position_id.with_context(lang="en_US").name or "",
        "invoice_position": invoice.fiscal_position_id.with_context(lang="en_US").name
        or "",
        "adjusted": "ADJUSTMENT" in sale.order_line.mapped("amazon_charge"),
        "lines": len(lines),
        "warnings": find_warnings(row),
        "booked": sum_accounts(invoice),
        "grids": sum_grids(invoice),
    }


def find_warnings(row):
    """Return what the Integration History says of an order."""
    lines = row.env["amazon.history.line"].search(
        [("res_model", "=", row._name), ("res_id", "=", row.id)]
    )
    return lines.mapped("message")


def sum_accounts(invoice):
    """Return {type of account: credit}."""
    sums = defaultdict(float)
    for line in invoice.line_ids:
        if line.account_id:
            sums[line.account_id.account_type] -= line.balance
    return rounded(sums)


def sum_grids(invoice):
    """Return {"base grid" or "tax grid": credit}; "base" alone is in no grid."""
    sums = defaultdict(float)
    kinds = {"product": "base", "tax": "tax"}
    for line in invoice.line_ids:
        if line.display_type not in kinds:
            continue
        kind = kinds[line.display_type]
        for name in line.tax_tag_ids.with_context(lang="en_US").mapped("name") or [""]:
            sums[f"{kind} {name}".strip()] -= line.balance
    return rounded(sums)


def rounded(sums):
    return {name: round(amount, 6) for name, amount in sums.items()}


# A company's country would have Odoo install more modules, as in a test it does not.
env.registry["res.company"].install_l10n_modules = lambda _companies: False  # noqa: F821
env["res.currency"].with_context(active_test=False).search([]).active = True  # noqa: F821
wanted = json.loads(Path(os.environ["SHELL_QUESTION"]).read_text())
booked = {
    chart: book(env, chart, documents, wanted["rates"])  # noqa: F821, the shell's
    for chart, documents in wanted["orders"].items()
}
Path(os.environ["SHELL_ANSWER"]).write_text(json.dumps(booked))
