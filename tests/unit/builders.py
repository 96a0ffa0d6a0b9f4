"""Order documents with invented data, built from what a test cares about."""


def money(amount, currency="EUR"):
    return {"amount": str(amount), "currencyCode": currency}


def breakdown(kind, amount, details=(), currency="EUR"):
    entry = {"type": kind, "subtotal": money(amount, currency)}
    if details:
        entry["detailedBreakdowns"] = [
            {"subtype": subtype, "value": money(value, currency)}
            for subtype, value in details
        ]
    return entry


def item(item_id="11111111111111", quantity=1, total=None, charges=(), **blocks):
    """``charges`` are entries of :func:`breakdown`."""
    document = {
        "orderItemId": item_id,
        "quantityOrdered": quantity,
        "product": {"sellerSku": "SKU-1", "asin": "B000000001", "title": "Kettle"},
        **blocks,
    }
    proceeds = {"breakdowns": list(charges)} if charges else {}
    if total is not None:
        proceeds["proceedsTotal"] = money(total)
    if proceeds:
        document["proceeds"] = proceeds
    return document


def order(
    order_id="100-0000000-0000001",
    status="UNSHIPPED",
    fulfilled_by="MERCHANT",
    channel="AMAZON",
    items=(),
    total=None,
    order_charges=(),
    **blocks,
):
    document = {
        "orderId": order_id,
        "createdTime": "2026-01-05T10:00:00Z",
        "lastUpdatedTime": "2026-01-05T11:00:00.250Z",
        "salesChannel": {"channelName": channel, "marketplaceId": "A1PA6795UKMFR9"},
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": fulfilled_by},
        "orderItems": list(items),
        **blocks,
    }
    if total is not None:
        document["proceeds"] = {
            "grandTotal": money(total),
            "breakdowns": list(order_charges),
        }
    return document
