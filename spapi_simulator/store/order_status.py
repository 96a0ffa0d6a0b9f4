"""How the status of an order, quantities and packages depend on each other.

An order that goes on has ``quantityOrdered`` = fulfilled + unfulfilled for each item:
units cancelled out of it leave ``quantityOrdered`` (see order_changes). An order that
is cancelled as a whole keeps what was ordered, with nothing left to fulfil. Packages
of the merchant contain what is fulfilled; of Amazon's own packages nothing is told.
"""

from ..clock import iso
from ..errors import AdminError

STATUSES = (
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
)


class ImpossibleOrder(AdminError):
    """What was asked for cannot be true of an order."""


def left(item):
    """The quantity of an item that is still to be shipped."""
    fulfillment = item.get("fulfillment", {})
    ordered = item["quantityOrdered"] - fulfillment.get("quantityFulfilled", 0)
    return max(0, fulfillment.get("quantityUnfulfilled", ordered))


def fulfilled(item):
    """The quantity of an item that was shipped."""
    return item.get("fulfillment", {}).get("quantityFulfilled", 0)


def set_fulfilled(item, fulfilled, unfulfilled):
    """Write both quantities of an item."""
    block = item.setdefault("fulfillment", {})
    block["quantityFulfilled"] = fulfilled
    block["quantityUnfulfilled"] = unfulfilled


def set_status(order, status, moment, several_packages=False):
    """Bring a whole order into a status, with quantities and packages to match.

    :raises ImpossibleOrder: a single unit cannot be shipped in part
    """
    fulfillment = order.setdefault("fulfillment", {})
    was_cancelled = fulfillment.get("fulfillmentStatus") == "CANCELLED"
    shipped = _shipped_units(order["orderItems"], status)
    fulfillment["fulfillmentStatus"] = status
    for item, quantity in zip(order["orderItems"], shipped, strict=True):
        _set_item(item, status, quantity, was_cancelled)
    if status in ("SHIPPED", "PARTIALLY_SHIPPED"):
        _pack(order, moment, several_packages)
    else:
        order.pop("packages", None)


def _shipped_units(items, status):
    """The fulfilled quantity of each item; half of the units in a part shipment."""
    ordered = [item["quantityOrdered"] for item in items]
    if status == "SHIPPED":
        return ordered
    if status != "PARTIALLY_SHIPPED":
        return [0] * len(items)
    if sum(ordered) < 2:
        raise ImpossibleOrder("an order of one unit cannot be partially shipped")
    shipped = [quantity // 2 for quantity in ordered]
    if not any(shipped):
        shipped[next(i for i, quantity in enumerate(ordered) if quantity)] = 1
    return shipped


def _set_item(item, status, shipped, was_cancelled):
    ordered = item["quantityOrdered"]
    cancellation = item.get("cancellation", {})
    if was_cancelled and ordered:
        cancellation.pop("cancellationExecution", None)
    if status == "CANCELLED":
        set_fulfilled(item, 0, 0)
        execution = {"cancelledBy": "BUYER", "cancelReason": "Ordered by mistake"}
        cancellation.setdefault("cancellationExecution", execution)
    else:
        set_fulfilled(item, shipped, ordered - shipped)
    if cancellation:
        item["cancellation"] = cancellation
    else:
        item.pop("cancellation", None)


def _pack(order, moment, several):
    if order["fulfillment"].get("fulfilledBy") == "AMAZON":
        order.pop("packages", None)
        return
    rest = {i["orderItemId"]: fulfilled(i) for i in order["orderItems"]}
    packages = order.get("packages", [])
    for package in packages:
        for row in package.get("packageItems", ()):
            rest[row["orderItemId"]] = rest.get(row["orderItemId"], 0) - row["quantity"]
    if any(quantity < 0 for quantity in rest.values()):
        # More was packed than is shipped now: those packages never left.
        packages = []
        rest = {i["orderItemId"]: fulfilled(i) for i in order["orderItems"]}
    for contents in _distribute(rest, several):
        packages.append(_package(order, packages, contents, moment))
    order["packages"] = packages


def _distribute(rest, several):
    """The contents of the packages: {order item id: quantity}."""
    rest = {item_id: quantity for item_id, quantity in rest.items() if quantity}
    if not rest:
        return []
    if not several or sum(rest.values()) < 2:
        return [rest]
    first = {item_id: quantity // 2 for item_id, quantity in rest.items()}
    if not any(first.values()):
        first[next(iter(rest))] = 1
    second = {item_id: rest[item_id] - first[item_id] for item_id in rest}
    return [{k: v for k, v in part.items() if v} for part in (first, second)]


def _package(order, others, contents, moment):
    taken = {package["packageReferenceId"] for package in others}
    number = next(n for n in range(1, len(taken) + 2) if str(n) not in taken)
    tracking = "SIM" + order["orderId"].replace("-", "")
    rows = [{"orderItemId": k, "quantity": v} for k, v in contents.items()]
    return {
        "packageReferenceId": str(number),
        "createdTime": iso(moment),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": "UPS",
        "shippingService": "Standard",
        "shipTime": iso(moment),
        "trackingNumber": tracking if number == 1 else f"{tracking}{number:02d}",
        "packageItems": rows,
    }


def shipped_status(order):
    """The status that follows from the quantities after a shipment."""
    if all(left(item) == 0 for item in order["orderItems"]):
        return "SHIPPED"
    if any(fulfilled(item) for item in order["orderItems"]):
        return "PARTIALLY_SHIPPED"
    return "UNSHIPPED"
