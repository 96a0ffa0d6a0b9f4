"""Orders API v0: confirmShipment."""

import copy
from datetime import timedelta

from ..accounts import country_of
from ..clock import iso, parse_iso
from ..errors import invalid_input
from ..operations import Operation
from ..store.carriers import OTHER, is_known_carrier
from ..store.order_status import left, set_fulfilled, shipped_status
from .orders import require_order
from .shipment_body import CONFIRMATION, check_values

#: By how much a client's clock may be ahead.
_FUTURE = timedelta(minutes=5)
_ALREADY = (
    "Failed to create package due to not finding a matching package or order already "
    "fulfilled.  ErrorMessage(errorCode=GeneralError, errorDescription=Unable to find "
    "package to update for order (), errorMetric=PackageToUpdateNotFound, "
    "packageIndex=null)"
)
_UNKNOWN_ITEM = (
    "OrderItemId  is invalid, please obtain the value through the getOrderItems API "
    "or Manage Orders page"
)
_CLOSED = ("PENDING", "PENDING_AVAILABILITY", "CANCELLED", "UNFULFILLABLE")
#: Programs in which Amazon itself, or the buyer at the counter, says what was shipped.
_NOT_CONFIRMED = {
    "FBM_SHIP_PLUS": "Ship+",
    "IN_STORE_PICK_UP": "in-store pick-up",
    "AMAZON_EASY_SHIP": "Easy Ship",
    "DELIVERY_BY_AMAZON": "Delivery by Amazon",
}


def confirm_shipment(simulator, call):
    """confirmShipment: record one package of an order; 204 without a body.

    A packageReferenceId that the order already has edits that package.
    """
    record_package(simulator, require_order(simulator, call), call.body)
    return 204, None


def record_package(simulator, order, confirmation):
    """Record a package as a body of confirmShipment describes it.

    :raises ApiError: the order cannot be shipped like this; nothing is changed
    """
    check_values(confirmation)
    order = copy.deepcopy(order)
    detail = confirmation["packageDetail"]
    _check_order(order, confirmation)
    _check_ship_date(order, detail, simulator.clock.now())
    earlier = _take_back(order, detail["packageReferenceId"])
    _check_items(order, detail, earlier)
    _ship(order, detail, earlier, simulator.clock.now())
    simulator.store.touch(order)
    simulator.store.replace(order)


def _check_order(order, confirmation):
    fulfillment = order.get("fulfillment", {})
    channel = order["salesChannel"]
    if confirmation["marketplaceId"] != channel.get("marketplaceId"):
        raise invalid_input("The marketplaceId does not match that of the order.")
    if fulfillment.get("fulfilledBy") == "AMAZON":
        raise invalid_input("The order is fulfilled by Amazon.")
    if channel.get("channelName") == "NON_AMAZON":
        raise invalid_input("The order was not placed on Amazon.")
    for program in order.get("programs", []):
        if program in _NOT_CONFIRMED:
            name = _NOT_CONFIRMED[program]
            raise invalid_input(f"The operation does not support {name} orders.")
    if fulfillment.get("fulfillmentStatus") in _CLOSED:
        status = fulfillment["fulfillmentStatus"]
        raise invalid_input(f"The order cannot be shipped in status {status}.")


def _check_ship_date(order, detail, now):
    try:
        moment = parse_iso(detail["shipDate"])
    except ValueError:
        message = "shipDate must be a date and time in ISO 8601 format."
        raise invalid_input(message) from None
    if moment > now + _FUTURE:
        raise invalid_input("shipDate must not be in the future.")
    if moment < parse_iso(order["createdTime"]):
        raise invalid_input("shipDate must not be before the purchase.")


def _take_back(order, reference):
    """Free the quantities of an earlier confirmation of this package."""
    for package in order.get("packages", []):
        if package["packageReferenceId"] == reference:
            _count(order, package.get("packageItems", []), -1)
            return package
    return None


def _count(order, rows, sign):
    items = {item["orderItemId"]: item for item in order["orderItems"]}
    for row in rows:
        item = items.get(row["orderItemId"])
        if item:
            change = sign * row["quantity"]
            fulfilled = item.get("fulfillment", {}).get("quantityFulfilled", 0)
            set_fulfilled(item, max(0, fulfilled + change), left(item) - change)


def _check_items(order, detail, earlier):
    items = {item["orderItemId"]: item for item in order["orderItems"]}
    wanted = {}
    for row in detail["orderItems"]:
        if row["orderItemId"] not in items:
            raise invalid_input(_UNKNOWN_ITEM)
        wanted[row["orderItemId"]] = wanted.get(row["orderItemId"], 0) + row["quantity"]
    if earlier is None and not any(left(item) for item in items.values()):
        raise invalid_input(_ALREADY)
    for item_id, quantity in wanted.items():
        if quantity > left(items[item_id]):
            raise invalid_input(
                "The quantity exceeds the quantity that is left to ship.",
                f"orderItemId: {item_id}",
            )


def _ship(order, detail, earlier, now):
    _count(order, detail["orderItems"], 1)
    country = country_of(order["salesChannel"]["marketplaceId"])
    package = {
        "packageReferenceId": detail["packageReferenceId"],
        "createdTime": (earlier or {}).get("createdTime", iso(now)),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": _carrier(detail, country),
        "shipTime": iso(parse_iso(detail["shipDate"])),
        "trackingNumber": detail["trackingNumber"],
        "packageItems": detail["orderItems"],
    }
    if detail.get("shippingMethod"):
        package["shippingService"] = detail["shippingMethod"]
    packages = order.setdefault("packages", [])
    if earlier is None:
        packages.append(package)
    else:
        packages[packages.index(earlier)] = package
    order["fulfillment"]["fulfillmentStatus"] = shipped_status(order)


def _carrier(detail, country):
    """The carrier as buyers see it: what the marketplace does not know is Other."""
    code = detail["carrierCode"]
    if code != OTHER and is_known_carrier(code, country):
        return code
    return detail.get("carrierName") or OTHER


OPERATIONS = (
    Operation(
        "confirmShipment",
        "POST",
        "/orders/v0/orders/{orderId}/shipmentConfirmation",
        confirm_shipment,
        body=CONFIRMATION,
    ),
)
