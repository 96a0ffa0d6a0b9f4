"""What happens to an order after its purchase, besides shipments.

All functions change an order document in place and keep it consistent: quantities,
packages, amounts and status agree afterwards. ``Store.change`` applies them to a
stored order; ``add_replacement`` works on a store.

Amazon does not document what a cancelled unit does to ``quantityOrdered``. Here, as
with v0, units cancelled out of an order that goes on leave ``quantityOrdered`` and the
proceeds, so that ITEM is always unit price times ``quantityOrdered``; an item that is
cancelled as a whole stays with a quantity of 0. What is cancelled to the last unit is
CANCELLED as a whole and keeps what was ordered.
"""

import copy

from .money import add_up, scale_item
from .order_status import ImpossibleOrder, fulfilled, left, set_fulfilled, set_status
from .order_wish import Wish

CANCELLERS = ("BUYER", "MERCHANT", "AMAZON")
ASSOCIATIONS = ("REPLACEMENT_ORIGINAL_ID", "EXCHANGE_ORIGINAL_ID")
ADDRESS_PARTS = (
    "name",
    "companyName",
    "addressLine1",
    "addressLine2",
    "addressLine3",
    "city",
    "districtOrCounty",
    "stateOrRegion",
    "municipality",
    "postalCode",
    "countryCode",
    "phone",
    "addressType",
)
_CLOSED = ("SHIPPED", "CANCELLED", "UNFULFILLABLE")


def cancel_item(
    order, order_item_id, moment, quantity=None, by="MERCHANT", reason="No inventory"
):
    """Cancel units of an item, by default all that are not shipped yet.

    :raises ImpossibleOrder: unknown item, closed order, or more units than are left
    """
    if by not in CANCELLERS:
        raise ImpossibleOrder(f"cancelled_by must be one of {', '.join(CANCELLERS)}")
    status = order.get("fulfillment", {}).get("fulfillmentStatus")
    if status in _CLOSED:
        raise ImpossibleOrder(f"nothing can be cancelled in status {status}")
    item = find_item(order, order_item_id)
    most = min(left(item), item["quantityOrdered"] - fulfilled(item))
    quantity = most if quantity is None else quantity
    if not 1 <= quantity <= most:
        raise ImpossibleOrder(f"{most} units of the item can be cancelled")
    execution = {"cancelledBy": by, "cancelReason": reason}
    item.setdefault("cancellation", {})["cancellationExecution"] = execution
    rest = sum(map(left, order["orderItems"])) - quantity
    if not rest and not any(map(fulfilled, order["orderItems"])):
        for other in order["orderItems"]:
            other.setdefault("cancellation", {}).setdefault(
                "cancellationExecution", dict(execution)
            )
        set_status(order, "CANCELLED", moment)
        return
    scale_item(item, item["quantityOrdered"] - quantity)
    set_fulfilled(item, fulfilled(item), most - quantity)
    add_up(order)
    if not rest:
        order["fulfillment"]["fulfillmentStatus"] = "SHIPPED"


def request_cancellation(order, reason="Ordered by mistake", order_item_id=None):
    """The buyer asks to cancel an item, or all items; nothing else changes yet."""
    items = order["orderItems"]
    if order_item_id is not None:
        items = [find_item(order, order_item_id)]
    for item in items:
        request = {"requester": "BUYER", "cancelReason": reason}
        item.setdefault("cancellation", {})["cancellationRequest"] = request


def change_address(order, parts):
    """Change parts of the delivery address; None deletes a part.

    :raises ImpossibleOrder: a part that addresses do not have, or no text
    """
    address = order.setdefault("recipient", {}).setdefault("deliveryAddress", {})
    for name, value in parts.items():
        if name not in ADDRESS_PARTS or not isinstance(value, (str, type(None))):
            known = ", ".join(ADDRESS_PARTS)
            raise ImpossibleOrder(f"an address consists of texts: {known}")
        if value is None:
            address.pop(name, None)
        else:
            address[name] = value


def add_replacement(store, order_id, association=ASSOCIATIONS[0], check=None):
    """Store a new order that replaces or is exchanged for another; returns it.

    It has the same items, buyer and recipient and is placed now. A replacement costs
    nothing. ``check(order)`` may refuse it by an exception before it is stored.

    :raises ImpossibleOrder: unknown order, association or products
    """
    original, account = store.get(order_id), store.owner(order_id)
    if original is None:
        raise ImpossibleOrder("there is no such order", 404)
    if association not in ASSOCIATIONS:
        raise ImpossibleOrder(f"association must be one of {', '.join(ASSOCIATIONS)}")
    trait = "REPLACEMENT" if association == ASSOCIATIONS[0] else "EXCHANGE"
    wish = Wish(
        marketplace=account.marketplace(original["salesChannel"]["marketplaceId"]),
        programs=[p for p in original.get("programs", []) if p != "PREORDER"],
        lines=[
            (item["product"]["sellerSku"], item["quantityOrdered"])
            for item in original["orderItems"]
            if item["quantityOrdered"]
        ],
        traits=(trait,),
    )
    order = store.generate(account, wish, 0)
    for name in ("buyer", "recipient"):
        order.pop(name, None)
        if name in original:
            order[name] = copy.deepcopy(original[name])
    order["associatedOrders"] = [{"orderId": order_id, "associationType": association}]
    if check is not None:
        check(order)
    store.add(account.seller_id, order)
    return order


def find_item(order, order_item_id):
    """An item by its id; ImpossibleOrder when the order has none with it."""
    for item in order["orderItems"]:
        if item["orderItemId"] == order_item_id:
            return item
    raise ImpossibleOrder("the order has no item with this orderItemId", 404)
