"""Reading ``Item`` of searchListingsItems and getListingsItem for one marketplace.

Source: Listings Items API 2021-08-01, with the data sets of ``calls.INCLUDED_DATA``.
"""

from ..json_fields import (
    LARGEST_COUNT,
    block_at,
    blocks_at,
    check_identifier,
    clean_value,
    count_at,
    identifier_at,
    text_at,
    time_at,
    word_at,
)
from ..money import parse_money
from .types import Availability, Listing, ListingIssue

# Of one listing: whoever has more of them mends the first ones first.
ISSUES_LIMIT = 50
# Of one listing; they are shown, and whoever has more of them knows his locations.
LOCATIONS_LIMIT = 50
# Amazon's networks are AMAZON_NA, AMAZON_EU …
_AMAZON_CHANNEL = "AMAZON"
# All that the merchant has, wherever it is; an entry without a code is read as this.
_MERCHANT_CHANNELS = ("DEFAULT", "")
_SEVERITIES = ("error", "warning", "info")
_NOT_EXEMPT = "not_exempt"
_BARCODE = "externally_assigned_product_identifier"


def parse_listing(document, marketplace_id):
    """Return the :class:`Listing` of an ``Item`` in one marketplace.

    A text that cannot be stored as it is is cleaned or shortened.

    :param dict document: ``Item``, see :attr:`.ListingsPage.documents`
    :raises ValueError: with a sentence, when there is no SKU, an amount, a time or a
        quantity cannot be read, or an identifier cannot be stored
    """
    sku = document.get("sku")
    if not isinstance(sku, str) or not sku:
        raise ValueError("A listing in Amazon's answer has no SKU.")
    check_identifier(sku, "sku")
    summary = _find_of_marketplace(document, "summaries", marketplace_id)
    statuses = summary.get("status")
    family = _find_family(document, marketplace_id)
    availability = parse_availability(document)
    return Listing(
        sku=sku,
        asin=identifier_at(summary, "asin"),
        title=text_at(summary, "itemName"),
        product_type=text_at(summary, "productType"),
        statuses=tuple(
            clean_value(word).lower()
            for word in (statuses if isinstance(statuses, list) else ())
            if isinstance(word, str)
        ),
        channel=availability.channel,
        quantity=availability.quantity,
        locations=availability.locations,
        price=_get_price(document, marketplace_id),
        barcode=_get_barcode(document, marketplace_id),
        image_url=text_at(block_at(summary, "mainImage"), "link"),
        is_parent=_is_parent(document, family, marketplace_id),
        parent_sku=_get_first_sku(family, "parentSkus"),
        last_updated=time_at(summary, "lastUpdatedDate"),
        issues=_get_issues(document, marketplace_id),
    )


def parse_availability(document):
    """Return the :class:`.Availability` of an ``Item``.

    Amazon does not name the marketplace of it. A merchant with several locations has
    an entry for each, under the code of the location, and none or nothing under the
    code of all.

    :param dict document: ``Item``, with the data set ``fulfillmentAvailability``
    :raises ValueError: with a sentence, when a quantity cannot be read
    """
    is_amazons, locations, quantities = False, set(), []
    for entry in blocks_at(document, "fulfillmentAvailability"):
        code = text_at(entry, "fulfillmentChannelCode").strip()
        if code.upper().startswith(_AMAZON_CHANNEL):
            is_amazons = True
            continue
        if code.upper() not in _MERCHANT_CHANNELS:
            locations.add(code)
        if entry.get("quantity") is not None:
            quantities.append(count_at(entry, "quantity"))
    channel = "locations" if locations else "merchant"
    quantity = sum(quantities if locations else quantities[:1])
    return Availability(
        channel="amazon" if is_amazons else channel,
        quantity=min(quantity, LARGEST_COUNT) if quantities else None,
        locations=tuple(sorted(locations)[:LOCATIONS_LIMIT]),
    )


def _find_of_marketplace(document, key, marketplace_id):
    """The block of a list that is of this marketplace, {} when there is none."""
    for entry in blocks_at(document, key):
        if entry.get("marketplaceId") == marketplace_id:
            return entry
    return {}


def _find_attribute(document, name, marketplace_id):
    """The first entry of an attribute that is not of another marketplace."""
    for entry in blocks_at(block_at(document, "attributes"), name):
        if entry.get("marketplace_id", marketplace_id) == marketplace_id:
            return entry
    return {}


def _get_price(document, marketplace_id):
    for offer in blocks_at(document, "offers"):
        is_there = offer.get("marketplaceId") == marketplace_id
        if is_there and text_at(offer, "offerType") == "B2C":
            return parse_money(offer.get("price"))
    return None


def _get_barcode(document, marketplace_id):
    entry = _find_attribute(document, _BARCODE, marketplace_id)
    if text_at(entry, "type").lower() not in ("upc", "ean", "gtin", "jan"):
        return ""
    digits = text_at(entry, "value")
    return digits if digits.isdecimal() else ""


def _find_family(document, marketplace_id):
    """The relation between the members of a variation family, {} without one."""
    relations = _find_of_marketplace(document, "relationships", marketplace_id)
    for relation in blocks_at(relations, "relationships"):
        if text_at(relation, "type") == "VARIATION":
            return relation
    return {}


def _is_parent(document, family, marketplace_id):
    level = _find_attribute(document, "parentage_level", marketplace_id)
    return text_at(level, "value") == "parent" or bool(
        _get_first_sku(family, "childSkus")
    )


def _get_first_sku(block, key):
    values = block.get(key)
    values = values if isinstance(values, list) else ()
    found = next((value for value in values if isinstance(value, str) and value), "")
    return check_identifier(found, key)


def _get_issues(document, marketplace_id):
    """The issues there, each once, the worst first; unknown severities come last."""
    issues = dict.fromkeys(
        _read_issue(block)
        for block in blocks_at(document, "issues")
        if _is_of_marketplace(block, marketplace_id)
    )
    ranked = sorted(
        issues,
        key=lambda issue: (
            _SEVERITIES.index(issue.severity)
            if issue.severity in _SEVERITIES
            else len(_SEVERITIES)
        ),
    )
    return tuple(ranked[:ISSUES_LIMIT])


def _is_of_marketplace(block, marketplace_id):
    """Whether an issue is of this marketplace; without any named it is of each."""
    named = block.get("marketplaceIds")
    return not named or not isinstance(named, list) or marketplace_id in named


def _read_issue(block):
    enforcements = block_at(block, "enforcements")
    exemption = block_at(enforcements, "exemption")
    status = word_at(exemption, "status")
    return ListingIssue(
        severity=word_at(block, "severity"),
        code=text_at(block, "code"),
        message=text_at(block, "message"),
        actions=tuple(
            word_at(action, "action") for action in blocks_at(enforcements, "actions")
        ),
        exemption="" if status == _NOT_EXEMPT else status,
        exempt_until=_find_time(exemption, "expiryDate"),
    )


def _find_time(block, key):
    """A time that matters to nobody but a reader: None where it cannot be read."""
    try:
        return time_at(block, key)
    except ValueError:
        return None
