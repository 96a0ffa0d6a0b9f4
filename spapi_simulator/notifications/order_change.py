"""The payload of ORDER_CHANGE, which speaks the words of the Orders API v0."""

_STATUSES = {
    "PENDING": "Pending",
    "PENDING_AVAILABILITY": "PendingAvailability",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
_ORDER_PROGRAMS = {
    "AMAZON_BUSINESS": "Business",
    "PRIME": "Prime",
    "PREMIUM": "Premium",
    "INVOICE_BY_AMAZON": "IBA",
}
_SHIPPING_PROGRAMS = {"IN_STORE_PICK_UP": "ISPU", "AMAZON_EASY_SHIP": "EasyShip"}
#: change type -> its reason in words
_REASONS = {
    "BuyerRequestedChange": "Buyer Requested Cancel",
    "DeliveryTipChange": "Delivery Tip Change",
    "OrderStatusChange": "Order Status Change",
}
CHANGE_TYPES = tuple(_REASONS)


def change_types(before, after):
    """What Amazon tells of a change, in the order of its notifications.

    A new order is told by its first status; other changes, for instance of an
    address, are not told. A status that Amazon has no word for is not either.
    """
    if _fulfillment(after).get("fulfillmentStatus") not in _STATUSES:
        return []
    types = []
    if _cancel_requests(after) - _cancel_requests(before):
        types.append("BuyerRequestedChange")
    if _tip(after) != _tip(before) and before is not None:
        types.append("DeliveryTipChange")
    if _facts(after) != _facts(before):
        types.append("OrderStatusChange")
    return types


def _facts(order):
    """The status; partial shipments count even when they leave it as it is."""
    if order is None:
        return None
    shipped = tuple(_shipped(item) for item in order["orderItems"])
    return _fulfillment(order).get("fulfillmentStatus"), shipped


def _fulfillment(order):
    return (order or {}).get("fulfillment", {})


def _shipped(item):
    return item.get("fulfillment", {}).get("quantityFulfilled", 0)


def _cancel_requests(order):
    return {
        item["orderItemId"]
        for item in (order or {}).get("orderItems", ())
        if "cancellationRequest" in item.get("cancellation", {})
    }


def _tip(order):
    breakdowns = (order or {}).get("proceeds", {}).get("breakdowns", ())
    return [row.get("subtotal") for row in breakdowns if row["type"] == "DELIVERY_TIP"]


def order_change(seller_id, order, change_type, time):
    """The payload of one notification about an order as it is now."""
    return {
        "OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": seller_id,
            "AmazonOrderId": order["orderId"],
            "OrderChangeType": change_type,
            "OrderChangeTrigger": {
                "TimeOfOrderChange": time,
                "ChangeReason": _REASONS[change_type],
            },
            "Summary": _summary(order),
        }
    }


def _summary(order):
    fulfillment, programs = _fulfillment(order), order.get("programs", [])
    items = order["orderItems"]
    address = order.get("recipient", {}).get("deliveryAddress", {})
    summary = {
        "MarketplaceId": order["salesChannel"].get("marketplaceId", ""),
        "OrderStatus": _STATUSES[fulfillment["fulfillmentStatus"]],
        "PurchaseDate": order["createdTime"],
        "DestinationPostalCode": address.get("postalCode"),
        "FulfillmentType": "AFN" if _by_amazon(fulfillment) else "MFN",
        "OrderType": "Preorder" if "PREORDER" in programs else "StandardOrder",
        "NumberOfItemsShipped": sum(map(_shipped, items)),
        "NumberOfItemsUnshipped": sum(map(_unshipped, items)),
        "OrderPrograms": _translate(programs, _ORDER_PROGRAMS),
        "ShippingPrograms": _translate(programs, _SHIPPING_PROGRAMS),
        "OrderItems": [_item(item) for item in items],
    }
    return {**summary, **_windows(fulfillment)}


def _by_amazon(fulfillment):
    return fulfillment.get("fulfilledBy") == "AMAZON"


def _unshipped(item):
    return item.get("fulfillment", {}).get("quantityUnfulfilled", 0)


def _translate(programs, words):
    return [words[program] for program in programs if program in words]


def _windows(fulfillment):
    windows = [("Ship", fulfillment.get("shipByWindow", {}))]
    # Delivery dates are told of orders only that the merchant delivers.
    if not _by_amazon(fulfillment):
        windows.append(("Delivery", fulfillment.get("deliverByWindow", {})))
    dates = {}
    for name, window in windows:
        for end in ("earliest", "latest"):
            if window.get(end + "DateTime"):
                dates[f"{end.capitalize()}{name}Date"] = window[end + "DateTime"]
    return dates


def _item(item):
    requested = "cancellationRequest" in item.get("cancellation", {})
    return {
        "OrderItemId": item["orderItemId"],
        "SellerSKU": item["product"].get("sellerSku", ""),
        "SupplySourceId": None,
        "Quantity": item["quantityOrdered"],
        "QuantityShipped": _shipped(item),
        "IsBuyerRequestedCancel": requested,
    }
