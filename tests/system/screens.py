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
