"""Which parts of an order a response shows: includedData and protected data."""

import copy

from ..clock import parse_iso

_ORDER_BASE = (
    "orderId",
    "orderAliases",
    "createdTime",
    "lastUpdatedTime",
    "programs",
    "associatedOrders",
    "salesChannel",
)
_ITEM_BASE = (
    "orderItemId",
    "quantityOrdered",
    "measurement",
    "associatedOrderItems",
    "programs",
    "product",
)
#: dataset -> (properties of the order, properties of its items)
DATASETS = {
    "BUYER": (("buyer",), ()),
    "RECIPIENT": (("recipient",), ()),
    "PROCEEDS": (("proceeds",), ("proceeds",)),
    "EXPENSE": ((), ("expense",)),
    "PROMOTION": ((), ("promotion",)),
    "CANCELLATION": ((), ("cancellation",)),
    "FULFILLMENT": (("fulfillment",), ("fulfillment",)),
    "PACKAGES": (("packages",), ()),
    "TAX": (("tax",), ("tax",)),
    "PAYMENT": (("payment",), ()),
    "FULFILLMENT_ORDERS": (("fulfillmentOrders",), ()),
}
_UNPAID = ("PENDING", "PENDING_AVAILABILITY")
_UNPAID_HIDDEN = ("buyer", "recipient", "proceeds", "payment", "tax")
#: All that Amazon shows of the address of an order it ships itself.
_AREA = ("city", "districtOrCounty", "stateOrRegion", "countryCode")


def project(order, included, now):
    """The order as ``includedData`` and Amazon's data protection show it."""
    names, item_names = list(_ORDER_BASE), list(_ITEM_BASE)
    for dataset in included:
        names += DATASETS[dataset][0]
        item_names += DATASETS[dataset][1]
    view = _pick(order, names)
    view["orderItems"] = [_pick(item, item_names) for item in order["orderItems"]]
    _protect(view, order.get("fulfillment", {}), now)
    return view


def _pick(document, names):
    return {n: copy.deepcopy(document[n]) for n in names if n in document}


def _protect(view, fulfillment, now):
    if fulfillment.get("fulfillmentStatus") in _UNPAID:
        _hide_unpaid(view)
    if fulfillment.get("fulfilledBy") == "AMAZON":
        view.get("buyer", {}).pop("buyerEmail", None)
        _keep_area(view)
    elif fulfillment.get("fulfillmentStatus") == "SHIPPED":
        _hide_old_phone(view, fulfillment, now)


def _hide_unpaid(view):
    for name in _UNPAID_HIDDEN:
        view.pop(name, None)
    for item in view["orderItems"]:
        item.pop("proceeds", None)
        packing = item.get("fulfillment", {}).get("packing", {})
        packing.get("giftOption", {}).pop("giftMessage", None)


def _keep_area(view):
    recipient = view.get("recipient", {})
    if "deliveryAddress" in recipient:
        recipient["deliveryAddress"] = _pick(recipient["deliveryAddress"], _AREA)


def _hide_old_phone(view, fulfillment, now):
    latest = fulfillment.get("deliverByWindow", {}).get("latestDateTime")
    if latest and parse_iso(latest) < now:
        address = view.get("recipient", {}).get("deliveryAddress", {})
        address.pop("phone", None)
