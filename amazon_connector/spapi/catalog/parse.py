"""Reading ``Item`` of searchCatalogItems for one marketplace.

Source: Catalog Items API 2022-04-01, with the data sets of ``calls.INCLUDED_DATA``.
"""

from ..errors import UnreadableError
from ..json_fields import (
    block_at,
    blocks_at,
    identifier_at,
    pixels_at,
    text_at,
    word_at,
)
from ..pictures import Picture, choose_pictures, is_on_amazon
from .types import CatalogIdentifier, CatalogItem

# Of one article: whoever has more of them has enough.
IDENTIFIERS_LIMIT = 50
_LOCATOR = "main_product_image_locator"


def parse_item(document, marketplace_id):
    """Return the :class:`.CatalogItem` of an ``Item`` in one marketplace.

    What cannot be read of a picture or an identifier costs itself alone.

    :raises UnreadableError: when there is no ASIN, or it cannot be stored
    """
    document = document if isinstance(document, dict) else {}
    asin = identifier_at(document, "asin")
    if not asin:
        raise UnreadableError("An article in Amazon's answer has no ASIN.")
    return CatalogItem(
        asin=asin,
        identifiers=_get_identifiers(document, marketplace_id),
        images=_get_images(document, marketplace_id),
    )


def is_catalog_needed(document, listing):
    """Whether a listing lacks what only the catalogue has.

    That is a barcode, or a picture of which Amazon itself is the server: what the
    seller submitted may lie anywhere.

    :param dict document: ``Item`` of searchListingsItems
    :param listing: the :class:`..listings.Listing` of it
    """
    if not listing.asin or listing.is_parent:
        return False
    locators = blocks_at(block_at(document, "attributes"), _LOCATOR)
    return not listing.barcode or not any(
        is_on_amazon(text_at(locator, "media_location")) for locator in locators
    )


def _find_of_marketplace(document, key, marketplace_id):
    for entry in blocks_at(document, key):
        if entry.get("marketplaceId") == marketplace_id:
            return entry
    return {}


def _get_identifiers(document, marketplace_id):
    there = _find_of_marketplace(document, "identifiers", marketplace_id)
    found = dict.fromkeys(
        CatalogIdentifier(word_at(entry, "identifierType"), value)
        for entry in blocks_at(there, "identifiers")
        if (value := text_at(entry, "identifier"))
    )
    return tuple(found)[:IDENTIFIERS_LIMIT]


def _get_images(document, marketplace_id):
    there = _find_of_marketplace(document, "images", marketplace_id)
    return choose_pictures(
        Picture(
            text_at(entry, "variant").upper(),
            text_at(entry, "link"),
            pixels_at(entry, "width"),
            pixels_at(entry, "height"),
        )
        for entry in blocks_at(there, "images")
    )
