"""For ``odoo shell`` with ``sale_loyalty``: orders of a buyer who would get coupons.

Reads the file SHELL_QUESTION ({"orders": [order documents of amazon.com], "changed":
the last one as Amazon changed it}) and writes to SHELL_ANSWER what came of them, and of
an order of the seller's own shop for the same products. Nothing is committed.
"""

import json
import os
from pathlib import Path


def create_programs(env):
    """Have each order bring a coupon, points and a discount, and e-mails say so."""
    templates = env["mail.template"].create(
        [
            {
                "name": name,
                "model_id": env["ir.model"]._get_id("loyalty.card"),
                "subject": name,
                "email_from": "shop@example.com",
                "body_html": "<p>10 %</p>",
                "use_default_to": True,
            }
            for name in ("Your coupon", "Your points")
        ]
    )
    rule = (0, 0, {"minimum_amount": 0, "minimum_qty": 0, "reward_point_amount": 1})
    reward = (0, 0, {"required_points": 1, "discount": 10})
    common = {"trigger": "auto", "rule_ids": [rule], "reward_ids": [reward]}
    env["loyalty.program"].create(
        [
            {
                "name": "Next order",
                "program_type": "next_order_coupons",
                "applies_on": "future",
                "communication_plan_ids": [
                    (0, 0, {"trigger": "create", "mail_template_id": templates[0].id})
                ],
            }
            | common,
            {
                "name": "Points",
                "program_type": "loyalty",
                "applies_on": "both",
                "communication_plan_ids": [
                    (
                        0,
                        0,
                        {
                            "trigger": "points_reach",
                            "points": 1,
                            "mail_template_id": templates[1].id,
                        },
                    )
                ],
            }
            | common,
            {"name": "Today", "program_type": "promotion", "applies_on": "current"}
            | common,
        ]
    )


def create_connection(env):
    market = env.ref("amazon_connector.amazon_marketplace_us")
    market.currency_id.active = True
    connection = env["amazon.connection"].create(
        {
            "store_name": "Example Store",
            "seller_id": "A1COUPONS",
            "marketplace_id": market.id,
            "download_products": False,
        }
    )
    env["amazon.storefront"].create(
        {
            "connection_id": connection.id,
            "marketplace_id": market.id,
            "active": True,
            # Without it a tax that the seller owes would be warned of.
            "tax_account_id": env["account.account"]
            .search([("account_type", "=", "liability_current")], limit=1)
            .id,
        }
    )
    return connection


def create_products(env, documents):
    skus = {
        item["product"]["sellerSku"]
        for document in documents
        for item in document["orderItems"]
    }
    return env["product.product"].create(
        [{"name": sku, "default_code": sku, "type": "consu"} for sku in sorted(skus)]
    )


def bring(env, connection, documents):
    """Have orders come in, or change, as the job does; return their rows."""
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
    return orders.search([("connection_id", "=", connection.id)])


def sell_in_the_shop(env, products):
    customer = env["res.partner"].create(
        {"name": "Shop Customer", "email": "customer@example.com"}
    )
    sale = env["sale.order"].create(
        {
            "partner_id": customer.id,
            "order_line": [(0, 0, {"product_id": products[0].id, "price_unit": 50})],
        }
    )
    sale.action_confirm()
    return customer


def describe(row):
    sale = row.sale_order_id
    return {
        "order": row.amazon_order_id,
        "state": row.state,
        "sale_state": sale.state,
        "total": sale.amount_total,
        "rewards": len(sale.order_line.filtered("is_reward_line")),
        "buyer": sale.partner_id.id,
    }


def find_reached(env):
    """Return the contacts that an e-mail is about to reach, or has reached."""
    mails = env["mail.mail"].search([("state", "!=", "cancel")])
    return (
        mails.recipient_ids | env["mail.notification"].search([]).res_partner_id
    ).ids


def try_out(env, wanted):
    create_programs(env)
    connection = create_connection(env)
    products = create_products(env, wanted["orders"])
    before = set(find_reached(env))
    rows = bring(env, connection, wanted["orders"])
    imported = [describe(row) for row in rows]
    rows = bring(env, connection, [wanted["changed"]])
    changed = [describe(row) for row in rows]
    customer = sell_in_the_shop(env, products)
    return {
        "imported": imported,
        "changed": changed,
        "customer": customer.id,
        "reached": sorted(set(find_reached(env)) - before),
    }


env = env(context={"tracking_disable": True})  # noqa: F821, the shell's
answer = try_out(env, json.loads(Path(os.environ["SHELL_QUESTION"]).read_text()))
Path(os.environ["SHELL_ANSWER"]).write_text(json.dumps(answer))
