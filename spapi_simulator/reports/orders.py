"""Reports of all orders, by last update or by order date: one row per item.

They contain no personal data of buyers; also the postal code, which Amazon counts
as such, stays empty.
"""

from ..clock import parse_iso
from .tables import ReportType, write_table

_HEADER = (
    "amazon-order-id",
    "merchant-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "fulfillment-channel",
    "sales-channel",
    "order-channel",
    "ship-service-level",
    "product-name",
    "sku",
    "asin",
    "item-status",
    "quantity",
    "currency",
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
    "item-promotion-discount",
    "ship-promotion-discount",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "promotion-ids",
    "is-business-order",
    "purchase-order-number",
    "price-designation",
)
#: The words that orders had before the Orders API of 2026.
STATUS_WORDS = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
_SERVICE_WORDS = {
    "EXPEDITED": "Expedited",
    "FREE_ECONOMY": "FreeEconomy",
    "NEXT_DAY": "NextDay",
    "PRIORITY": "Priority",
    "SAME_DAY": "SameDay",
    "SCHEDULED": "Scheduled",
    "SECOND_DAY": "SecondDay",
    "STANDARD": "Standard",
}
_UNPRICED = ("PENDING", "PENDING_AVAILABILITY", "CANCELLED")


def _by_last_update(simulator, job):
    return _write(simulator, job, "lastUpdated")


def _by_order_date(simulator, job):
    return _write(simulator, job, "created")


def _write(simulator, job, family):
    store, seller_id = simulator.store, job.seller_id
    window = job.input.data_start, job.input.data_end

    def accepts(facet):
        return facet.marketplace_id in job.marketplace_ids

    # The keys first: an order that changes in the meantime still has its place.
    keys = list(store.find(seller_id, family, accepts, *window))
    orders = (store.at(seller_id, key) for key in keys)
    rows = (row for order in orders for row in rows_of(order))
    return write_table(_HEADER, rows, "utf-8", "text/plain; charset=UTF-8")


def rows_of(order):
    """The rows of an order, one per item."""
    return [_row(order, item) for item in order["orderItems"]]


def _row(order, item):
    fulfillment = order.get("fulfillment", {})
    status = fulfillment.get("fulfillmentStatus")
    channel = order["salesChannel"]
    address = order.get("recipient", {}).get("deliveryAddress", {})
    service = fulfillment.get("fulfillmentServiceLevel", "")
    by_amazon = fulfillment.get("fulfilledBy") == "AMAZON"
    promotions = item.get("promotion", {}).get("breakdowns", ())
    business = "AMAZON_BUSINESS" in order.get("programs", ())
    price = item["product"].get("price", {})
    return (
        order["orderId"],
        _alias(order),
        _seconds(order["createdTime"]),
        _seconds(order["lastUpdatedTime"]),
        STATUS_WORDS.get(status, status or ""),
        "Amazon" if by_amazon else "Merchant",
        channel.get("marketplaceName", ""),
        "",
        _SERVICE_WORDS.get(service, service),
        item["product"].get("title", ""),
        item["product"].get("sellerSku", ""),
        item["product"].get("asin", ""),
        _item_status(item, status),
        0 if status == "CANCELLED" else item["quantityOrdered"],
        *_amounts(item, status),
        address.get("city", ""),
        address.get("stateOrRegion", ""),
        "",
        address.get("countryCode", ""),
        ",".join(row["promotionId"] for row in promotions if "promotionId" in row),
        "true" if business else "false",
        order.get("buyer", {}).get("buyerPurchaseOrderNumber", ""),
        "Business Price" if price.get("priceDesignation") == "BUSINESS_PRICE" else "",
    )


def _alias(order):
    for alias in order.get("orderAliases", ()):
        if alias.get("aliasType") == "SELLER_ORDER_ID":
            return alias.get("aliasId", "")
    return order["orderId"]


def _seconds(text):
    """The form in which reports write times: 2026-01-31T10:00:00+00:00."""
    return parse_iso(text).replace(microsecond=0).isoformat()


def _item_status(item, status):
    if status != "PARTIALLY_SHIPPED":
        return STATUS_WORDS.get(status, status or "")
    left = item.get("fulfillment", {}).get("quantityUnfulfilled", 0)
    return "Unshipped" if left else "Shipped"


def _amounts(item, status):
    """currency to ship-promotion-discount; discounts are positive here."""
    breakdowns = item.get("proceeds", {}).get("breakdowns", ())
    rows = {row["type"]: row for row in breakdowns}
    if not rows or status in _UNPRICED:
        return ("",) * 9
    taxes, discounts = _details(rows, "TAX"), _details(rows, "DISCOUNT")
    parts = [
        amount
        for kind in ("ITEM", "SHIPPING", "GIFT_WRAP")
        for amount in (_subtotal(rows, kind), taxes.get(kind, ""))
    ]
    given = [discounts.get(kind, "").lstrip("-") for kind in ("ITEM", "SHIPPING")]
    currency = next(iter(rows.values()))["subtotal"]["currencyCode"]
    return currency, *parts, *given


def _subtotal(rows, kind):
    return rows[kind]["subtotal"]["amount"] if kind in rows else ""


def _details(rows, kind):
    details = rows.get(kind, {}).get("detailedBreakdowns", ())
    return {row["subtype"]: row["value"]["amount"] for row in details}


TYPES = (
    ReportType("GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", _by_last_update),
    ReportType("GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL", _by_order_date),
)
