"""What the tests share that look at the screens of who ships Amazon's orders.

With PICTURES=1, the pictures of docs/ are taken anew.
"""

import os
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from host.paths import REPOSITORY

DELIVERIES = "/odoo/action-amazon_connector.stock_picking_action_amazon"
ORDERS = "/odoo/action-amazon_connector.amazon_order_action"
WIDE, NARROW = (1400, 900), (480, 900)
AMERICA = "ATVPDKIKX0DER"


def keep(browser, name):
    """Take a picture; with PICTURES it becomes that of the documentation."""
    picture = browser.picture()
    if os.environ.get("PICTURES"):
        (REPOSITORY / "docs" / f"{name}.png").write_bytes(picture)


def order_of(shop, due_in, **wishes):
    """Have a customer order what is to be shipped in so many hours, late below 0."""
    due = datetime.now(timezone.utc) + timedelta(hours=due_in)
    window = {"latestDateTime": due.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (order_id,) = shop.new_orders(
        marketplace_id=AMERICA,
        document={"fulfillment": {"shipByWindow": window}},
        **wishes,
    )
    return order_id


def download(shop, *order_ids):
    """Download what changed; these orders are there then, whatever became of them."""
    run = shop.run("action_download_orders")
    rows = shop.database(
        "SELECT amazon_order_id FROM amazon_order WHERE amazon_order_id = ANY(%s)",
        list(order_ids),
    )
    assert {order_id for (order_id,) in rows} == set(order_ids), vars(run)


def row_of(client, order_id):
    """Return what Odoo says of an Amazon order."""
    (row,) = client.call(
        "amazon.order",
        "search_read",
        [("amazon_order_id", "=", order_id)],
        ["state", "sale_order_id"],
    )
    return row


@contextmanager
def unknown_product(client, sku):
    """Have no product for a SKU, whatever another test downloaded; yield the one."""
    (product,) = client.call(
        "product.product", "search_read", [("default_code", "=", sku)], ["name"]
    )
    product_id = product["id"]
    linked = [("sku", "=", sku), ("product_id", "=", product_id)]
    listings = client.call("amazon.listing", "search", linked)
    client.call("amazon.listing", "write", listings, {"product_id": False})
    client.call("product.product", "write", [product_id], {"default_code": False})
    try:
        yield product
    finally:
        client.call("product.product", "write", [product_id], {"default_code": sku})
        client.call("amazon.listing", "write", listings, {"product_id": product_id})


def delivery_of(client, shop, wishes=None, due_in=20, **values):
    """Return the open delivery of a new order, and the order's number."""
    order_id = order_of(shop, due_in, **(wishes or {}))
    download(shop, order_id)
    (picking,) = client.call(
        "stock.picking", "search", [("amazon_order_ref", "=", order_id)]
    )
    client.call("stock.picking", "write", [picking], values)
    return picking, order_id


def validate(client, picking):
    """Validate a delivery with all that it has to bring."""
    moves = client.call("stock.move", "search", [("picking_id", "=", picking)])
    client.call("stock.move", "write", moves, {"picked": True})
    context = {"skip_sms": True, "skip_backorder": True}
    client.call("stock.picking", "button_validate", [picking], context=context)


@contextmanager
def strange_listings(shop, count=3):
    """Have listings without product: their products are spelled another way.

    Yield what they were linked to; the listings of the store are in Odoo before.
    """
    client = shop.client
    rows = client.call(
        "amazon.listing",
        "search_read",
        [
            ("connection_id", "=", shop.connection_id),
            ("product_id", "!=", False),
            ("channel", "=", "merchant"),
            ("state", "=", "active"),
        ],
        ["sku", "product_id"],
        limit=count,
        order="id DESC",
    )
    for row in rows:
        mangled = {"default_code": row["sku"].lower().replace("-", " ")}
        client.call("product.product", "write", [row["product_id"][0]], mangled)
        same = [("connection_id", "=", shop.connection_id), ("sku", "=", row["sku"])]
        ids = client.call("amazon.listing", "search", same)
        # In all storefronts.
        client.call("amazon.listing", "write", ids, {"product_id": False})
    try:
        yield rows
    finally:
        for row in rows:
            product_id, code = row["product_id"][0], {"default_code": row["sku"]}
            client.call("product.product", "write", [product_id], code)
            linked = {"product_id": product_id}
            client.call("amazon.listing", "write", [row["id"]], linked)
