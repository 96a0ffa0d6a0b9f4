"""The kinds of what the simulator reads of an order, as JSON Schemas.

Other properties may be added freely; only what is read without asking is required.
"""

from ..store.order_changes import ADDRESS_PARTS


def _block(*required, **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


def _rows(*required, **properties):
    return {"type": "array", "items": _block(*required, **properties)}


_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
#: Far more than anybody orders; sums of them stay numbers that clients can read.
_COUNT = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
_AMOUNT = {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,6})?\Z"}
_MONEY = _block("amount", "currencyCode", amount=_AMOUNT, currencyCode=_TEXT)
_WINDOW = _block(earliestDateTime=_TEXT, latestDateTime=_TEXT)
_FULFILLMENT = _block(
    fulfillmentStatus=_TEXT,
    fulfilledBy=_TEXT,
    fulfillmentServiceLevel=_TEXT,
    shipByWindow=_WINDOW,
    deliverByWindow=_WINDOW,
)
_ITEM_FULFILLMENT = _block(
    quantityFulfilled=_COUNT,
    quantityUnfulfilled=_COUNT,
    packing=_block(
        giftOption=_block(giftWrapLevel=_TEXT, giftMessage=_TEXT),
        serialNumberRequirement=_block(),
    ),
    shipping=_block(
        scheduledDeliveryWindow=_WINDOW,
        shippingConstraints=_block(),
        internationalShipping=_block(),
    ),
)
_PRODUCT = _block(
    asin=_TEXT,
    title=_TEXT,
    sellerSku=_TEXT,
    condition=_block(),
    price=_block(unitPrice=_MONEY, priceDesignation=_TEXT),
    customization=_block(customizedUrl=_TEXT),
    serialNumbers=_TEXTS,
)
_ITEM_PROCEEDS = _block(
    proceedsTotal=_MONEY,
    breakdowns=_rows(
        "type",
        "subtotal",
        type=_TEXT,
        subtotal=_MONEY,
        detailedBreakdowns=_rows("subtype", "value", subtype=_TEXT, value=_MONEY),
    ),
)
_CANCELLATION = _block(
    cancellationRequest=_block(requester=_TEXT, cancelReason=_TEXT),
    cancellationExecution=_block(cancelledBy=_TEXT, cancelReason=_TEXT),
)
_ITEMS = _rows(
    "orderItemId",
    "quantityOrdered",
    "product",
    orderItemId=_TEXT,
    quantityOrdered=_COUNT,
    measurement=_block(),
    associatedOrderItems=_rows(),
    programs=_TEXTS,
    product=_PRODUCT,
    proceeds=_ITEM_PROCEEDS,
    expense=_block(pointsCost=_block()),
    promotion=_block(breakdowns=_rows(promotionId=_TEXT)),
    cancellation=_CANCELLATION,
    fulfillment=_ITEM_FULFILLMENT,
    tax=_block(taxCalculationBreakdowns=_rows(), taxCollections=_rows()),
)
_ADDRESS = _block(**dict.fromkeys(ADDRESS_PARTS, _TEXT))
#: {property of an order: its JSON Schema}
ORDER = {
    "orderId": _TEXT,
    "orderAliases": _rows(aliasType=_TEXT, aliasId=_TEXT),
    "createdTime": _TEXT,
    "lastUpdatedTime": _TEXT,
    "programs": _TEXTS,
    "associatedOrders": _rows(orderId=_TEXT, associationType=_TEXT),
    "salesChannel": _block(
        channelName=_TEXT, marketplaceId=_TEXT, marketplaceName=_TEXT
    ),
    "buyer": _block(
        buyerName=_TEXT,
        buyerEmail=_TEXT,
        buyerCompanyName=_TEXT,
        buyerPurchaseOrderNumber=_TEXT,
    ),
    "recipient": _block(
        deliveryAddress=_ADDRESS,
        deliveryPreference=_block(addressInstruction=_TEXT, dropOffLocation=_TEXT),
    ),
    "proceeds": _block(
        grandTotal=_MONEY,
        breakdowns=_rows("type", "subtotal", type=_TEXT, subtotal=_MONEY),
    ),
    "payment": _block(
        paymentExecutions=_rows(paymentMethod=_TEXT, paymentAmount=_MONEY)
    ),
    "tax": _block(taxRegistrations=_rows(entityType=_TEXT)),
    "fulfillment": _FULFILLMENT,
    "fulfillmentOrders": _rows(),
    "packages": _rows(
        "packageReferenceId",
        packageReferenceId=_TEXT,
        packageStatus=_block(status=_TEXT),
        packageItems=_rows(
            "orderItemId", "quantity", orderItemId=_TEXT, quantity=_COUNT
        ),
        trackingNumber=_TEXT,
        carrier=_TEXT,
        shippingService=_TEXT,
    ),
    "orderItems": _ITEMS,
}
