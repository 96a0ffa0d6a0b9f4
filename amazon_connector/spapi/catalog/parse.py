"""Reading ``Item`` of searchCatalogItems for one marketplace.

Source: Catalog Items API 2022-04-01, with the data sets of ``calls.INCLUDED_DATA``.
"""

import re
from urllib.parse import urlsplit

from ..errors import UnreadableError
from ..json_fields import block_at, blocks_at, identifier_at, text_at, word_at
from .types import CatalogIdentifier, CatalogImage, CatalogItem

# Of one article: whoever has more of them has enough.
IDENTIFIERS_LIMIT = 50
_MAIN = "MAIN"
_VARIANT = re.compile(r"MAIN|PT\d{1,2}", re.ASCII)
_PARENT = "variation_parent"
_LOCATOR = "main_product_image_locator"
_AMAZON_IMAGES = (".media-amazon.com", ".ssl-images-amazon.com")


def parse_item(document, marketplace_id):
    """Return the :class:`.CatalogItem` of an ``Item`` in one marketplace.

    What cannot be read of a picture or an identifier costs itself alone.

    :raises UnreadableError: when there is no ASIN, or it cannot be stored
    """
    document = document if isinstance(document, dict) else {}
    asin = identifier_at(document, "asin")
    if not asin:
        raise UnreadableError("An article in Amazon's answer has no ASIN.")
    summary = _find_of_marketplace(document, "summaries", marketplace_id)
    return CatalogItem(
        asin=asin,
        title=text_at(summary, "itemName"),
        is_parent=word_at(summary, "itemClassification") == _PARENT,
        identifiers=_get_identifiers(document, marketplace_id),
        images=_get_images(document, marketplace_id),
        parent_asins=_get_parents(document, marketplace_id),
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
        _is_amazons(text_at(locator, "media_location")) for locator in locators
    )


def _is_amazons(url):
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.endswith(_AMAZON_IMAGES)


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
    """The largest of each variant: Amazon names several sizes of it."""
    there = _find_of_marketplace(document, "images", marketplace_id)
    largest = {}
    for entry in blocks_at(there, "images"):
        image = CatalogImage(
            text_at(entry, "variant").upper(),
            text_at(entry, "link"),
            _get_pixels(entry, "width"),
            _get_pixels(entry, "height"),
        )
        before = largest.get(image.variant)
        if (
            image.url
            and _VARIANT.fullmatch(image.variant)
            and (before is None or _get_area(image) > _get_area(before))
        ):
            largest[image.variant] = image
    return tuple(
        largest[variant]
        for variant in sorted(largest, key=lambda name: (name != _MAIN, name))
    )


def _get_area(image):
    return image.width * image.height


def _get_pixels(entry, key):
    value = entry.get(key)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and value > 0 else 0


def _get_parents(document, marketplace_id):
    there = _find_of_marketplace(document, "relationships", marketplace_id)
    found = {}
    for relation in blocks_at(there, "relationships"):
        asins = relation.get("parentAsins")
        if word_at(relation, "type") == "variation" and isinstance(asins, list):
            for asin in asins:
                if isinstance(asin, str) and 0 < len(asin.strip()) <= 20:
                    found[text_at({"asin": asin}, "asin")] = True
    return tuple(found)
