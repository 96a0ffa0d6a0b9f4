"""Builders of order documents as Orders 2026-01-01 sends them; all data invented."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from ..spapi.times import format_time, parse_time

#: When the tests were loaded. Their dates count from here: one that is written out
#: would be past some day.
NOW = datetime.now(timezone.utc).replace(microsecond=0)


def ago(**span):
    """Return the time so long before the tests as Amazon writes it; ``days=3``, …"""
    return format_time(NOW - timedelta(**span))


def ahead(**span):
    """Return the time so long after the tests' start as Amazon writes it."""
    return format_time(NOW + timedelta(**span))


def moment(text):
    """Return the time of a document as Odoo stores it."""
    return parse_time(text).replace(tzinfo=None)


def money(amount, currency="USD"):
    return {"amount": str(amount), "currencyCode": currency}


def build_item(item_id="1001", sku="MUG", quantity=1, price="10.00", **more):
    """Return an order item.

    ``more``: shipping, discount, tax, remitted, message, wrap, fulfilled,
    cancel_requested, item_programs, constraints (names).
    """
    currency = more.get("currency", "USD")
    parts = [("ITEM", Decimal(price) * quantity)]
    parts += [
        (kind, Decimal(more[key]))
        for kind, key in (
            ("SHIPPING", "shipping"),
            ("DISCOUNT", "discount"),
            ("TAX", "tax"),
        )
        if key in more
    ]
    item = {
        "orderItemId": item_id,
        "quantityOrdered": quantity,
        "product": {
            "asin": f"B0{item_id}",
            "title": f"Invented {sku}",
            "sellerSku": sku,
            "price": {"unitPrice": money(price, currency)},
        },
        "proceeds": {
            "proceedsTotal": money(sum(amount for _kind, amount in parts), currency),
            "breakdowns": [
                {"type": kind, "subtotal": money(amount, currency)}
                for kind, amount in parts
            ],
        },
        "fulfillment": {
            "quantityFulfilled": more.get("fulfilled", 0),
            "quantityUnfulfilled": quantity - more.get("fulfilled", 0),
        },
    }
    if more.get("remitted"):
        collection = {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon"}
        item["tax"] = {"taxCollections": [collection]}
    if {"message", "wrap"} & more.keys():
        gift = {"giftMessage": more.get("message"), "giftWrapLevel": more.get("wrap")}
        item["fulfillment"]["packing"] = {"giftOption": gift}
    if "item_programs" in more:
        item["programs"] = more["item_programs"]
    if "constraints" in more:
        item["fulfillment"]["shipping"] = {
            "shippingConstraints": dict.fromkeys(more["constraints"], "MANDATORY")
        }
    if more.get("cancel_requested"):
        request = {"requester": "BUYER", "cancelReason": "Bought by mistake"}
        item["cancellation"] = {"cancellationRequest": request}
    return item


def build_order(order_id="111-0000001-0000001", items=None, **more):
    """Return an order document.

    ``more``: status, currency, total, buyer (a name), address (a dict that replaces
    parts of it, or None), created, updated, ship_by, marketplace, fulfilled_by,
    channel, packages, service, programs, purchase_order, replaces (an order number).
    """
    items = items if items is not None else [build_item()]
    currency = more.get("currency", "USD")
    total = sum(Decimal(i["proceeds"]["proceedsTotal"]["amount"]) for i in items)
    buyer = more.get("buyer", "Berta Beispiel")
    document = {
        "orderId": order_id,
        "createdTime": more.get("created", ago(days=4)),
        "lastUpdatedTime": more.get("updated", ago(days=3)),
        "salesChannel": {
            "channelName": more.get("channel", "AMAZON"),
            "marketplaceId": more.get("marketplace", "ATVPDKIKX0DER"),
        },
        "buyer": {
            "buyerName": buyer,
            "buyerEmail": f"{buyer.split()[0].lower()}@marketplace.example",
        },
        "proceeds": {"grandTotal": money(more.get("total", total), currency)},
        "fulfillment": {
            "fulfillmentStatus": more.get("status", "UNSHIPPED"),
            "fulfilledBy": more.get("fulfilled_by", "MERCHANT"),
            "fulfillmentServiceLevel": more.get("service", "STANDARD"),
            "shipByWindow": {
                "earliestDateTime": ago(days=2),
                "latestDateTime": more.get("ship_by", ahead(days=3)),
            },
        },
        "orderItems": items,
    }
    if more.get("address", {}) is not None:
        document["recipient"] = {
            "deliveryAddress": {
                "name": buyer,
                "addressLine1": "1 Example Road",
                "city": "Springfield",
                "stateOrRegion": "IL",
                "postalCode": "62701",
                "countryCode": "US",
                "phone": "+1 555 0100",
            }
            | more.get("address", {})
        }
    if "programs" in more:
        document["programs"] = more["programs"]
    if "purchase_order" in more:
        document["buyer"]["buyerPurchaseOrderNumber"] = more["purchase_order"]
    if "replaces" in more:
        document["associatedOrders"] = [
            {"associationType": "REPLACEMENT_ORIGINAL_ID", "orderId": more["replaces"]}
        ]
    if "packages" in more:
        document["packages"] = more["packages"]
    return document


def build_package(request):
    """Return the package that Amazon keeps after a ``confirmShipment`` request."""
    detail = request["packageDetail"]
    return {
        "packageReferenceId": detail["packageReferenceId"],
        "carrier": detail["carrierCode"],
        "trackingNumber": detail["trackingNumber"],
        "packageItems": detail["orderItems"],
    }
