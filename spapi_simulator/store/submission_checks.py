"""Judges what a client submits about a listing: issues, or none."""

from decimal import Decimal

from . import attribute_schemas as schemas
from .listing_issues import invalid
from .marketplaces import FBA_CHANNELS, decimals

#: Attributes that can be merged; Amazon documents no others.
MERGEABLE = ("fulfillment_availability", "purchasable_offer")
_PREFIX = "/attributes/"


def check_product_type(product_type, listing):
    """Issues with the product type of a submission; PRODUCT always passes."""
    if product_type not in schemas.PRODUCT_TYPES:
        message = "The Amazon product type specified is invalid or not supported."
        return [invalid(message, code="4000003")]
    if listing and product_type not in (listing.product_type, "PRODUCT"):
        message = f"Invalid ProductType value for SKU: [{listing.sku}]."
        return [invalid(message, code="8101")]
    return []


def attribute_of(path):
    """The name in the path of a patch, or None when it is not a whole attribute."""
    name = path[len(_PREFIX) :] if path.startswith(_PREFIX) else ""
    return name if name and "/" not in name else None


def check_patches(patches, marketplaces):
    """Issues with the patches of a submission."""
    found = []
    for place, patch in enumerate(patches):
        name = attribute_of(patch["path"])
        if name is None:
            message = f"Invalid path provided in patch at index of {place}."
            found.append(invalid(message, code="4000001"))
        else:
            found += _check_patch(patch, name, marketplaces)
    return found


def _check_patch(patch, name, marketplaces):
    operation, value = patch["op"], patch.get("value")
    if operation == "merge" and name not in MERGEABLE:
        return [_refused(name)]
    if not value:
        return [] if operation == "delete" and value is None else [_empty(name)]
    partial = operation in ("merge", "delete")
    entries = _without_nulls(value) if partial else value
    found = check_entries(name, entries, marketplaces, required=not partial)
    if operation == "merge" and not found:
        attribute = schemas.ATTRIBUTES[name]
        lacking = [
            selector
            for selector in attribute.selectors
            for entry in value
            if not entry.get(selector) and selector != "audience"
        ]
        found = [_refused(name)] if lacking else []
    return found


def _without_nulls(entries):
    return [{k: v for k, v in e.items() if v is not None} for e in entries]


def check_attributes(attributes, marketplaces):
    """Issues with the values of whole attributes."""
    found = []
    for name, entries in attributes.items():
        if not _is_entries(entries):
            found.append(_refused(name))
        elif not entries:
            found.append(_empty(name))
        else:
            found += check_entries(name, entries, marketplaces)
    return found


def check_required(attributes, requirements):
    """An issue for each attribute that the requirements ask for in vain."""
    names = schemas.REQUIRED[requirements]
    levels = attributes.get("parentage_level", [])
    if _is_entries(levels) and any(level.get("value") == "parent" for level in levels):
        names = schemas.REQUIRED_OF_PARENT
    return [
        {
            **invalid(f"'{name}' is required but not supplied.", [name], "90220"),
            "categories": ["MISSING_ATTRIBUTE"],
        }
        for name in names
        if name not in attributes
    ]


def check_entries(name, entries, marketplaces, required=True):
    """One issue when an entry is not what the attribute takes."""
    attribute = schemas.ATTRIBUTES.get(name)
    for entry in entries:
        there = _marketplaces_of(entry, marketplaces)
        if not there:
            return [_refused(name)]
        if attribute and not attribute.is_valid(entry, required):
            return [_refused(name)]
        if name == "purchasable_offer" and not all(_fits(entry, m) for m in there):
            return [_refused(name)]
        if name == "fulfillment_availability" and _counts_for_amazon(entry):
            return [_refused(name)]
    return []


def _marketplaces_of(entry, marketplaces):
    """Where an entry applies; nowhere when it names a marketplace not asked for."""
    named = entry.get("marketplace_id")
    return [m for m in marketplaces if named is None or m.id == named]


def _fits(entry, marketplace):
    """Whether the currency is that of the marketplace, with no more decimals."""
    if entry.get("currency", marketplace.currency) != marketplace.currency:
        return False
    least = -decimals(marketplace.currency)
    return all(
        Decimal(str(step["value_with_tax"])).normalize().as_tuple().exponent >= least
        for price in entry.get("our_price", ())
        for step in price["schedule"]
    )


def _counts_for_amazon(entry):
    """Amazon counts what it fulfils itself; a merchant cannot set that quantity."""
    channel = entry.get("fulfillment_channel_code")
    return channel in FBA_CHANNELS and "quantity" in entry


def _is_entries(value):
    return isinstance(value, list) and all(isinstance(e, dict) for e in value)


def _refused(name):
    known = schemas.ATTRIBUTES.get(name)
    title = known.title if known else name
    message = f"The provided value for '{title}' is invalid."
    return invalid(message, [name], "4000001")


def _empty(name):
    message = f"The attribute '{name}' does not have enough values."
    return invalid(message, [name], "99022")
