"""For ``odoo shell``: import orders into companies of five countries, invoice them.

Reads the file BOOK_ORDERS ({chart of accounts: [order documents]}) and writes what came
of each order to BOOKED_ORDERS. Nothing is committed.
"""

import json
import os
from pathlib import Path

# chart of accounts -> country of the company
COUNTRIES = {
    "de_skr03": "de",
    "uk": "uk",
    "fr": "fr",
    "generic_coa": "us",
    "jp": "jp",
}


def create_company(env, chart):
    country = env.ref(f"base.{COUNTRIES[chart]}")
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
    # The switch in the settings of Accounting that l10n_eu_oss brings.
    company._map_eu_taxes()
    return company


def create_connection(env, company, documents):
    env["res.currency"].with_context(active_test=False).search([]).active = True
    refs = {document["salesChannel"]["marketplaceId"] for document in documents}
    markets = env["amazon.marketplace"].search(
        [("amazon_marketplace_id", "in", list(refs))]
    )
    position = env["account.fiscal.position"].create(
        {"name": "Amazon collects", "company_id": company.id}
    )
    connection = env["amazon.connection"].create(
        {
            "store_name": company.name,
            "seller_id": f"A1{company.id}",
            "marketplace_id": markets[0].id,
            "company_id": company.id,
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
    return connection


def describe(row, invoice):
    sale = row.sale_order_id
    lines = invoice.invoice_line_ids.filtered(
        lambda line: line.display_type == "product"
    )
    return {
        "order": row.amazon_order_id,
        "state": row.state,
        "error": row.error or "",
        "policy": row.storefront_id.tax_policy,
        "sale": sale.amount_total,
        "invoice": invoice.amount_total,
        "posted": invoice.state == "posted",
        "balance": round(sum(invoice.line_ids.mapped("balance")), 6),
        "tax": invoice.amount_tax,
        "taxes": sorted(set(lines.tax_ids.mapped("name"))),
        "base_grids": all(
            line.tax_tag_ids
            for line in lines
            if line.tax_ids.invoice_repartition_line_ids.tag_ids
        ),
        "position": sale.fiscal_position_id.name or "",
        "adjusted": "ADJUSTMENT" in sale.order_line.mapped("amazon_charge"),
    }


def book(env, chart, documents):
    company = create_company(env, chart)
    env = env(context={"allowed_company_ids": [company.id], "tracking_disable": True})
    connection = create_connection(env, company.with_env(env), documents)
    run = env["amazon.history"].create(
        {"connection_id": connection.id, "kind": "download_orders"}
    )
    orders = env["amazon.order"]
    orders._store_documents(connection, documents, run)
    while orders._process_next_batch(connection, run):
        env.flush_all()
    found = []
    for row in orders.search([("connection_id", "=", connection.id)]):
        invoice = env["account.move"]
        if row.sale_order_id.amount_total:
            invoice = row.sale_order_id._create_invoices()
            invoice.action_post()
        found.append(describe(row, invoice) | {"chart": chart})
    return found


wanted = json.loads(Path(os.environ["BOOK_ORDERS"]).read_text())
booked = [
    result
    for chart, documents in wanted.items()
    for result in book(env, chart, documents)  # noqa: F821, the shell's
]
Path(os.environ["BOOKED_ORDERS"]).write_text(json.dumps(booked))
