"""A listing of Amazon's in one marketplace, and the request that sets its quantity.

Source: ``Item`` of searchListingsItems and getListingsItem, Listings Items API
2021-08-01, with the data sets of :data:`INCLUDED`.
"""

from dataclasses import dataclass
from datetime import datetime

from ..json_fields import block_at, blocks_at, count_at, text_at, time_at
from ..money import Money, parse_money

INCLUDED = (
    "summaries",
    "attributes",
    "offers",
    "fulfillmentAvailability",
    "relationships",
)
# The merchant's own fulfilment; Amazon's networks are AMAZON_NA, AMAZON_EU …
DEFAULT_CHANNEL = "DEFAULT"
_AMAZON_CHANNEL = "AMAZON"
_BARCODE = "externally_assigned_product_identifier"
# Amazon takes this for offer attributes where the real product type is unknown.
_ANY_PRODUCT_TYPE = "PRODUCT"


@dataclass(frozen=True)
class Listing:
    """One SKU in one marketplace; absent texts are "".

    :ivar statuses: "buyable" and "discoverable", in lower case, as far as they apply
    :ivar channel: "merchant", or "amazon" as soon as one of Amazon's networks has it
    :ivar quantity: what the merchant offers; None where Amazon names none
    :ivar price: what everybody pays (B2C), or None
    :ivar barcode: digits of the UPC, EAN or GTIN, "" without one
    :ivar is_parent: it only holds variants together and cannot be bought
    :ivar parent_sku: of the variation family that it belongs to
    """

    sku: str
    asin: str
    title: str
    product_type: str
    statuses: tuple
    channel: str
    quantity: int | None
    price: Money | None
    barcode: str
    image_url: str
    is_parent: bool
    parent_sku: str
    last_updated: datetime | None


def parse_listing(document, marketplace_id):
    """Return the :class:`Listing` of an ``Item`` in one marketplace.

    :raises ValueError: when there is no SKU, or an amount, a time or a quantity
        cannot be read
    """
    sku = document.get("sku")
    if not isinstance(sku, str) or not sku:
        raise ValueError("A listing in Amazon's answer has no SKU.")
    summary = _there(document, "summaries", marketplace_id)
    statuses = summary.get("status")
    family = _family(document, marketplace_id)
    channel, quantity = _availability(document)
    return Listing(
        sku=sku,
        asin=text_at(summary, "asin"),
        title=text_at(summary, "itemName"),
        product_type=text_at(summary, "productType"),
        statuses=tuple(
            word.lower()
            for word in (statuses if isinstance(statuses, list) else ())
            if isinstance(word, str)
        ),
        channel=channel,
        quantity=quantity,
        price=_price(document, marketplace_id),
        barcode=_barcode(document, marketplace_id),
        image_url=text_at(block_at(summary, "mainImage"), "link"),
        is_parent=_is_parent(document, family, marketplace_id),
        parent_sku=_first_text(family, "parentSkus"),
        last_updated=time_at(summary, "lastUpdatedDate"),
    )


def quantity_request(product_type, quantity):
    """Return the body of patchListingsItem that sets the merchant's quantity.

    *merge* leaves lead time and restock date as they are; *replace* wipes them.

    :param str product_type: Amazon's, "" where it is not known
    :param int quantity: units for sale, 0 or more
    :raises ValueError: when the quantity is negative
    """
    if quantity < 0:
        raise ValueError("A quantity for Amazon cannot be negative.")
    value = {"fulfillment_channel_code": DEFAULT_CHANNEL, "quantity": quantity}
    return {
        "productType": product_type or _ANY_PRODUCT_TYPE,
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [value],
            }
        ],
    }


def _there(document, key, marketplace_id):
    """The block of a list that is of this marketplace, {} when there is none."""
    for entry in blocks_at(document, key):
        if entry.get("marketplaceId") == marketplace_id:
            return entry
    return {}


def _attribute(document, name, marketplace_id):
    """The first entry of an attribute that is not of another marketplace."""
    for entry in blocks_at(block_at(document, "attributes"), name):
        if entry.get("marketplace_id", marketplace_id) == marketplace_id:
            return entry
    return {}


def _availability(document):
    """(channel, the merchant's quantity); Amazon does not name the marketplace."""
    channel, quantity = "merchant", None
    for entry in blocks_at(document, "fulfillmentAvailability"):
        if text_at(entry, "fulfillmentChannelCode").upper().startswith(_AMAZON_CHANNEL):
            channel = "amazon"
        elif entry.get("quantity") is not None and quantity is None:
            quantity = count_at(entry, "quantity")
    return channel, quantity


def _price(document, marketplace_id):
    for offer in blocks_at(document, "offers"):
        is_there = offer.get("marketplaceId") == marketplace_id
        if is_there and text_at(offer, "offerType") == "B2C":
            return parse_money(offer.get("price"))
    return None


def _barcode(document, marketplace_id):
    entry = _attribute(document, _BARCODE, marketplace_id)
    if text_at(entry, "type").lower() not in ("upc", "ean", "gtin", "jan"):
        return ""
    digits = text_at(entry, "value")
    return digits if digits.isdecimal() else ""


def _family(document, marketplace_id):
    """The relation between the members of a variation family, {} without one."""
    relations = _there(document, "relationships", marketplace_id)
    for relation in blocks_at(relations, "relationships"):
        if text_at(relation, "type") == "VARIATION":
            return relation
    return {}


def _is_parent(document, family, marketplace_id):
    level = _attribute(document, "parentage_level", marketplace_id)
    return text_at(level, "value") == "parent" or bool(_first_text(family, "childSkus"))


def _first_text(block, key):
    values = block.get(key)
    values = values if isinstance(values, list) else ()
    return next((value for value in values if isinstance(value, str) and value), "")
