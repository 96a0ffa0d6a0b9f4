"""Reading ``Item`` of searchListingsItems and getListingsItem for one marketplace.

Source: Listings Items API 2021-08-01, with the data sets of ``calls.INCLUDED_DATA``.
"""

from decimal import Decimal

from ..barcodes import choose_barcode
from ..errors import UnreadableError
from ..json_fields import (
    LARGEST_COUNT,
    block_at,
    blocks_at,
    check_identifier,
    clean_value,
    count_at,
    find_cleaned_fields,
    identifier_at,
    pixels_at,
    text_at,
    time_at,
    word_at,
)
from ..money import parse_money
from ..pictures import MAIN, Picture, choose_pictures, is_on_amazon
from .types import Availability, Listing, ListingIssue, Variation

# Of one listing: whoever has more of them mends the first ones first.
ISSUES_LIMIT = 50
# As that of an order.
LARGEST_PRICE = Decimal(10) ** 12
# Of one listing; they are shown, and whoever has more of them knows his locations.
LOCATIONS_LIMIT = 50
# Amazon's themes have four at most; each is a column of Odoo's product.
_THEME_ATTRIBUTES_LIMIT = 8
_VALUE_CHARACTERS = 250
# Amazon's networks are AMAZON_NA, AMAZON_EU …
_AMAZON_CHANNEL = "AMAZON"
# All that the merchant has, wherever it is; an entry without a code is read as this.
_MERCHANT_CHANNELS = ("DEFAULT", "")
_SEVERITIES = ("error", "warning", "info")
_NOT_EXEMPT = "not_exempt"
# Where the seller said that Amazon finds the pictures.
_LOCATORS = {"main_product_image_locator": MAIN} | {
    f"other_product_image_locator_{number}": f"PT0{number}" for number in range(1, 9)
}
_BARCODE = "externally_assigned_product_identifier"


def parse_listing(document, marketplace_id, language=""):
    """Return the :class:`Listing` of an ``Item`` in one marketplace.

    A text that cannot be stored as it is is cleaned or shortened; another value that
    cannot be read or stored is left out. The listing names both.

    :param dict document: ``Item``, see :attr:`.ListingsPage.documents`
    :param str language: in which a family's values are wanted where Amazon has them in
        several, such as "fr_CA"
    :raises ValueError: with a sentence, when there is no SKU, or it cannot be stored
    """
    sku = document.get("sku")
    if not isinstance(sku, str) or not sku:
        raise UnreadableError("A listing in Amazon's answer has no SKU.")
    check_identifier(sku, "sku")
    summary = _find_of_marketplace(document, "summaries", marketplace_id)
    statuses = summary.get("status")
    family = _find_family(document, marketplace_id)
    issues = _find_issues(document, marketplace_id)
    values = _Values()
    availability = parse_availability(document, values.take_units)
    return Listing(
        sku=sku,
        asin=values.take("asin", "", identifier_at, summary, "asin"),
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
        price=values.take("price", None, _get_price, document, marketplace_id),
        barcode=_get_barcode(document, marketplace_id),
        image_url=text_at(block_at(summary, "mainImage"), "link"),
        is_parent=_is_parent(document, family, marketplace_id),
        parent_sku=values.take("parent_sku", "", _get_parent_sku, family),
        variation=_get_variation(document, family, marketplace_id, language),
        last_updated=values.take(
            "last_updated", None, time_at, summary, "lastUpdatedDate"
        ),
        issues=_get_issues(issues),
        pictures=_get_pictures(document, summary, marketplace_id),
        cleaned=tuple(find_cleaned_fields([summary, *issues])),
        unreadable=values.unreadable,
    )


class _Values:
    """Reads values each of which may be missing, and keeps why one cannot be read.

    :ivar dict unreadable: ``{attribute: sentence}``
    """

    def __init__(self):
        self.unreadable = {}

    def take(self, name, absent, reader, *args):
        """Return what the reader returns, ``absent`` where it raises."""
        try:
            return reader(*args)
        except UnreadableError as error:
            self.unreadable[name] = str(error)
            return absent

    def take_units(self, entry):
        """Return the units of an availability, None where they cannot be read.

        As much as can be stored stands for more: so a quantity that Odoo knows is
        another one, and takes its place.
        """
        units = self.take("quantity", None, count_at, entry, "quantity")
        return LARGEST_COUNT if _is_too_large(entry["quantity"]) else units


def _is_too_large(quantity):
    return isinstance(quantity, int | float) and quantity > LARGEST_COUNT


def _read_units(entry):
    """The units of an availability; as much as can be stored stands for more."""
    if _is_too_large(entry["quantity"]):
        return LARGEST_COUNT
    return count_at(entry, "quantity")


def parse_availability(document, read_units=_read_units):
    """Return the :class:`.Availability` of an ``Item``.

    Amazon does not name the marketplace of it. A merchant with several locations has
    an entry for each, under the code of the location, and none or nothing under the
    code of all.

    :param dict document: ``Item``, with the data set ``fulfillmentAvailability``
    :param read_units: (entry) -> units, or None for those that do not count
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
            quantities.append(read_units(entry))
    channel = "locations" if locations else "merchant"
    known = [units for units in quantities if units is not None]
    quantity = sum(known if locations else known[:1])
    return Availability(
        channel="amazon" if is_amazons else channel,
        quantity=min(quantity, LARGEST_COUNT) if known else None,
        locations=tuple(sorted(locations)[:LOCATIONS_LIMIT]),
    )


def _find_of_marketplace(document, key, marketplace_id):
    """The block of a list that is of this marketplace, {} when there is none."""
    for entry in blocks_at(document, key):
        if entry.get("marketplaceId") == marketplace_id:
            return entry
    return {}


def _find_attributes(document, name, marketplace_id):
    """The entries of an attribute that are not of another marketplace."""
    return [
        entry
        for entry in blocks_at(block_at(document, "attributes"), name)
        if entry.get("marketplace_id", marketplace_id) == marketplace_id
    ]


def _find_attribute(document, name, marketplace_id, language=""):
    """The first entry of an attribute that is not of another marketplace.

    One in the language, where it is given and there is one.
    """
    there = _find_attributes(document, name, marketplace_id)
    spoken = [entry for entry in there if entry.get("language_tag") == language]
    return next(iter((language and spoken) or there), {})


def _get_price(document, marketplace_id):
    for offer in blocks_at(document, "offers"):
        is_there = offer.get("marketplaceId") == marketplace_id
        if is_there and text_at(offer, "offerType") == "B2C":
            return _read_price(offer.get("price"))
    return None


def _read_price(block):
    money = parse_money(block)
    if money and not 0 <= money.amount < LARGEST_PRICE:
        raise UnreadableError("An amount in Amazon's answer is out of range (price).")
    return money


def _get_barcode(document, marketplace_id):
    """The one barcode; a seller who is exempt from having one has none."""
    return choose_barcode(
        (text_at(entry, "type"), text_at(entry, "value"))
        for entry in _find_attributes(document, _BARCODE, marketplace_id)
    )


def _get_pictures(document, summary, marketplace_id):
    main = block_at(summary, "mainImage")
    shown = Picture(
        MAIN,
        text_at(main, "link"),
        pixels_at(main, "width"),
        pixels_at(main, "height"),
    )
    given = (
        Picture(variant, text_at(entry, "media_location"))
        for name, variant in _LOCATORS.items()
        for entry in [_find_attribute(document, name, marketplace_id)]
    )
    return choose_pictures(
        [shown, *(one for one in given if one.url and is_on_amazon(one.url))]
    )


def _find_family(document, marketplace_id):
    """The relation between the members of a variation family, {} without one."""
    relations = _find_of_marketplace(document, "relationships", marketplace_id)
    for relation in blocks_at(relations, "relationships"):
        if text_at(relation, "type") == "VARIATION":
            return relation
    return {}


def _is_parent(document, family, marketplace_id):
    level = _find_attribute(document, "parentage_level", marketplace_id)
    return text_at(level, "value") == "parent" or bool(_find_sku(family, "childSkus"))


def _get_variation(document, family, marketplace_id, language):
    """The :class:`Variation` of a member of a family, None of anything else."""
    if not family:
        return None
    themed = block_at(family, "variationTheme")
    own = _find_attribute(document, "variation_theme", marketplace_id)
    theme = text_at(themed, "theme") or text_at(own, "name")
    values, languages = {}, []
    for name in _get_theme_attributes(themed, theme):
        entry = _find_attribute(document, name.split(".")[0], marketplace_id, language)
        values[name] = _get_attribute_value(entry, name)
        languages.append(text_at(entry, "language_tag"))
    spoken = next(filter(None, languages), "")
    return Variation(theme, tuple(values.items()), spoken)


def _get_theme_attributes(themed, theme):
    """Amazon's names of the attributes, else what the name of the theme tells."""
    named = themed.get("attributes")
    found = [
        clean_value(name)
        for name in (named if isinstance(named, list) else ())
        if isinstance(name, str)
    ]
    if not found:
        found = [part.lower().removesuffix("_name") for part in theme.split("/")]
    return [name for name in found[:_THEME_ATTRIBUTES_LIMIT] if name]


def _get_attribute_value(entry, name):
    """The value of an attribute in words, with its unit; "" where there is none.

    An attribute of several members, such as ``apparel_size``, has its value in the one
    that its name ends with, or that a path names (``apparel_size.size``).
    """
    member = name.replace("_", ".").rsplit(".", 1)[-1]
    block = entry if "value" in entry else _get_inner(entry, member)
    if not block and isinstance(entry.get(member), str | int | float):
        block = {"value": entry[member]}
    value = block.get("value")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float):
        value = f"{value:.12g}"
    unit = text_at(block, "unit").replace("_", " ")
    return clean_value(f"{value} {unit}")[:_VALUE_CHARACTERS]


def _get_inner(entry, member):
    """The block under a member, the first of several."""
    return next(iter(blocks_at(entry, member)), block_at(entry, member))


def _find_sku(block, key):
    values = block.get(key)
    values = values if isinstance(values, list) else ()
    return next((value for value in values if isinstance(value, str) and value), "")


def _get_parent_sku(family):
    return check_identifier(_find_sku(family, "parentSkus"), "parentSkus")


def _find_issues(document, marketplace_id):
    return [
        block
        for block in blocks_at(document, "issues")
        if _is_of_marketplace(block, marketplace_id)
    ]


def _get_issues(blocks):
    """The issues, each once, the worst first; unknown severities come last."""
    issues = dict.fromkeys(_read_issue(block) for block in blocks)
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
