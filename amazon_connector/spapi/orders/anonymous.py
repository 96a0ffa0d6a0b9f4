"""An order document without what names or locates its buyer.

What is kept is named, so that a field that Amazon adds one day is not kept by mistake.
"""

from ..json_fields import block_at, blocks_at

# Of the order; what is not among them is dropped: buyer, recipient, tax, …
_KEPT = (
    "orderId",
    "orderAliases",
    "createdTime",
    "lastUpdatedTime",
    "programs",
    "associatedOrders",
    "salesChannel",
    "proceeds",
    "fulfillment",
    "packages",
)
_KEPT_OF_ADDRESS = ("countryCode", "stateOrRegion", "addressType")
_KEPT_OF_PAYMENT = ("paymentMethod", "paymentAmount")
_KEPT_OF_ITEM = (
    "orderItemId",
    "quantityOrdered",
    "measurement",
    "associatedOrderItems",
    "programs",
    "proceeds",
    "expense",
    "promotion",
    "tax",
)
_KEPT_OF_PRODUCT = ("asin", "title", "sellerSku", "condition", "price")
_KEPT_OF_FULFILLMENT = ("quantityFulfilled", "quantityUnfulfilled", "shipping")


def remove_personal_data(document):
    """Return a copy of an order document without its buyer.

    Country and state stay, for the taxes; so do goods, amounts and parcels.

    :param dict document: ``Order`` of searchOrders or getOrder
    """
    kept = _pick(document, _KEPT)
    address = _pick(
        block_at(document, "recipient", "deliveryAddress"), _KEPT_OF_ADDRESS
    )
    if address:
        kept["recipient"] = {"deliveryAddress": address}
    executions = blocks_at(block_at(document, "payment"), "paymentExecutions")
    if executions:
        kept["payment"] = {
            "paymentExecutions": [_pick(one, _KEPT_OF_PAYMENT) for one in executions]
        }
    kept["orderItems"] = [_clean_item(one) for one in blocks_at(document, "orderItems")]
    return kept


def _clean_item(item):
    kept = _pick(item, _KEPT_OF_ITEM)
    kept["product"] = _pick(block_at(item, "product"), _KEPT_OF_PRODUCT)
    kept["fulfillment"] = _pick(block_at(item, "fulfillment"), _KEPT_OF_FULFILLMENT)
    wrap = _pick(
        block_at(item, "fulfillment", "packing", "giftOption"), ("giftWrapLevel",)
    )
    if wrap:
        kept["fulfillment"]["packing"] = {"giftOption": wrap}
    # Why the buyer wants to cancel is in the buyer's own words.
    request = block_at(item, "cancellation", "cancellationRequest")
    if request:
        requester = request.get("requester") or "BUYER"
        kept["cancellation"] = {"cancellationRequest": {"requester": requester}}
    return kept


def _pick(block, names):
    return {name: block[name] for name in names if block.get(name) is not None}
