"""Which parts of an order a response shows: includedData and protected data.

A view shares its parts with the stored document wherever nothing is hidden, so it
must not be changed.
"""

import functools

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
#: All that is shown of an address that Amazon ships to itself, or that is shown to
#: an application without the restricted roles.
_AREA = ("city", "districtOrCounty", "stateOrRegion", "municipality", "countryCode")
_GIFT_MESSAGE = ("fulfillment", "packing", "giftOption", "giftMessage")
_CUSTOMIZED_URL = ("product", "customization", "customizedUrl")


def project(order, included, now, restricted_roles=True):
    """The order as ``includedData`` and Amazon's data protection show it.

    Without the restricted roles all personal data is absent; city, state and country
    of the recipient remain.
    """
    names, item_names = _names(tuple(included))
    view = {name: order[name] for name in names if name in order}
    view["orderItems"] = [
        {name: item[name] for name in item_names if name in item}
        for item in order["orderItems"]
    ]
    _protect(view, order.get("fulfillment", {}), now)
    if not restricted_roles:
        _hide_personal_data(view)
    return view


@functools.lru_cache(256)
def _names(included):
    names, item_names = list(_ORDER_BASE), list(_ITEM_BASE)
    for dataset in included:
        names += DATASETS[dataset][0]
        item_names += DATASETS[dataset][1]
    return names, item_names


def _protect(view, fulfillment, now):
    if fulfillment.get("fulfillmentStatus") in _UNPAID:
        _hide_unpaid(view)
    if fulfillment.get("fulfilledBy") == "AMAZON":
        _hide(view, "buyer", "buyerEmail")
        _keep_area(view)
    elif fulfillment.get("fulfillmentStatus") == "SHIPPED":
        latest = fulfillment.get("deliverByWindow", {}).get("latestDateTime")
        if latest and parse_iso(latest) < now:
            _hide(view, "recipient", "deliveryAddress", "phone")


def _hide_unpaid(view):
    for name in _UNPAID_HIDDEN:
        view.pop(name, None)
    for item in view["orderItems"]:
        item.pop("proceeds", None)
        _hide(item, *_GIFT_MESSAGE)


def _hide_personal_data(view):
    _hide(view, "buyer", "buyerEmail")
    _hide(view, "buyer", "buyerName")
    _keep_area(view)
    _hide(view, "recipient", "deliveryPreference", "addressInstruction")
    _hide_buyers_registrations(view)
    for item in view["orderItems"]:
        _hide(item, *_GIFT_MESSAGE)
        _hide(item, *_CUSTOMIZED_URL)


def _hide_buyers_registrations(view):
    registrations = view.get("tax", {}).get("taxRegistrations")
    if registrations:
        kept = [r for r in registrations if r.get("entityType") != "BUYER"]
        view["tax"] = {**view["tax"], "taxRegistrations": kept}


def _keep_area(view):
    recipient = view.get("recipient", {})
    if "deliveryAddress" in recipient:
        address = recipient["deliveryAddress"]
        area = {name: address[name] for name in _AREA if name in address}
        view["recipient"] = {**recipient, "deliveryAddress": area}


def _hide(block, *path):
    """Take a property out of a view, without touching the document it shares."""
    *parents, name = path
    owners = [block]
    for parent in parents:
        owners.append(owners[-1].get(parent, {}))
    if name in owners[-1]:
        part = {k: v for k, v in owners[-1].items() if k != name}
        for parent, owner in zip(parents[:0:-1], owners[-2:0:-1], strict=True):
            part = {**owner, parent: part}
        block[parents[0]] = part
