"""Quantities of the North American store: in the warehouse, in Odoo, and on Amazon."""

from guided import CONNECTION

from spapi_simulator.accounts import NORTH_AMERICA

US = "ATVPDKIKX0DER"
SELLER = NORTH_AMERICA.seller_id
LISTING = "amazon.listing"


def listings(client, connection_id, *names, domain=()):
    """What Odoo knows of the store's listings."""
    mine = [("connection_id", "=", connection_id), *domain]
    return client.call(LISTING, "search_read", mine, list(names))


def on_amazon(amazon):
    """{SKU: (quantity or None, channel, title)} of the United States."""
    found, offset = {}, 0
    while page := amazon.listings(SELLER, limit=100, offset=offset):
        offset += len(page)
        for listing in page:
            for there in listing["marketplaces"]:
                if there["marketplace_id"] == US:
                    found[listing["sku"]] = (
                        there["quantity"],
                        there["channel"],
                        there["title"],
                    )
    return found


def count_stock(client, connection_id, quantities):
    """Have the warehouse count products: {product id: quantity}."""
    warehouse = client.call(CONNECTION, "read", [connection_id], ["warehouse_id"])
    (place,) = client.call(
        "stock.warehouse",
        "read",
        [warehouse[0]["warehouse_id"][0]],
        ["lot_stock_id"],
    )
    quants = [
        {
            "product_id": product_id,
            "location_id": place["lot_stock_id"][0],
            "inventory_quantity": quantity,
        }
        for product_id, quantity in quantities.items()
    ]
    quant_ids = client.call(
        "stock.quant", "create", quants, context={"inventory_mode": True}
    )
    client.call("stock.quant", "action_apply_inventory", quant_ids)


def offer_what_amazon_offers(client, connection_id, more=0):
    """Have in stock what Amazon offers, and some more of each product."""
    rows = listings(
        client,
        connection_id,
        "product_id",
        "amazon_quantity",
        domain=[("product_id", "!=", False)],
    )
    quantities = {row["product_id"][0]: row["amazon_quantity"] + more for row in rows}
    count_stock(client, connection_id, quantities)
