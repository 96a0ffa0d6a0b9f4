"""Builds JSON_LISTINGS_FEED documents."""


def feed_of(account, *messages, **header):
    """A feed of an account with these messages."""
    return {
        "header": {"sellerId": account.seller_id, "version": "2.0", **header},
        "messages": list(messages),
    }


def quantity_message(message_id, sku, quantity, product_type="PRODUCT", **changes):
    """A PATCH that merges the merchant's quantity."""
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability"}
    return {
        "messageId": message_id,
        "sku": sku,
        "operationType": "PATCH",
        "productType": product_type,
        "patches": [{**patch, "value": value}],
        **changes,
    }
