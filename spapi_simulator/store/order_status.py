"""How the status of an order and the quantities of its items depend on each other."""

from ..clock import iso

STATUSES = (
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
)


def left(item):
    """The quantity of an item that is still to be shipped."""
    fulfillment = item.get("fulfillment", {})
    ordered = item["quantityOrdered"] - fulfillment.get("quantityFulfilled", 0)
    return max(0, fulfillment.get("quantityUnfulfilled", ordered))


def set_fulfilled(item, fulfilled, unfulfilled):
    """Write both quantities of an item."""
    block = item.setdefault("fulfillment", {})
    block["quantityFulfilled"] = fulfilled
    block["quantityUnfulfilled"] = unfulfilled


def set_status(order, status, moment):
    """Bring a whole order into a status, with quantities and packages to match."""
    order.setdefault("fulfillment", {})["fulfillmentStatus"] = status
    for item in order["orderItems"]:
        _set_item(item, status)
    if status in ("SHIPPED", "PARTIALLY_SHIPPED"):
        _ensure_package(order, moment)
    else:
        order.pop("packages", None)


def _set_item(item, status):
    ordered = item["quantityOrdered"]
    item.pop("cancellation", None)
    if status == "SHIPPED":
        set_fulfilled(item, ordered, 0)
    elif status == "PARTIALLY_SHIPPED":
        shipped = (ordered + 1) // 2
        set_fulfilled(item, shipped, ordered - shipped)
    elif status == "CANCELLED":
        set_fulfilled(item, 0, 0)
        execution = {"cancelledBy": "BUYER", "cancelReason": "Ordered by mistake"}
        item["cancellation"] = {"cancellationExecution": execution}
    else:
        set_fulfilled(item, 0, ordered)


def _ensure_package(order, moment):
    # Amazon tells about packages of the merchant only.
    if order["fulfillment"].get("fulfilledBy") == "AMAZON":
        order.pop("packages", None)
        return
    contents = [
        {
            "orderItemId": item["orderItemId"],
            "quantity": item["fulfillment"]["quantityFulfilled"],
        }
        for item in order["orderItems"]
        if item["fulfillment"]["quantityFulfilled"]
    ]
    package = {
        "packageReferenceId": "1",
        "createdTime": iso(moment),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": "UPS",
        "shippingService": "Standard",
        "shipTime": iso(moment),
        "trackingNumber": "SIM" + order["orderId"].replace("-", ""),
        "packageItems": contents,
    }
    order["packages"] = [package]


def shipped_status(order):
    """The status that follows from the quantities after a shipment."""
    if all(left(item) == 0 for item in order["orderItems"]):
        return "SHIPPED"
    fulfilled = (
        i.get("fulfillment", {}).get("quantityFulfilled", 0)
        for i in order["orderItems"]
    )
    return "PARTIALLY_SHIPPED" if any(fulfilled) else "UNSHIPPED"
