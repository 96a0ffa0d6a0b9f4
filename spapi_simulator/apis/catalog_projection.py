"""An article as the Catalog Items API shows it: what the listings say of it."""

from ..store.attribute_schemas import PRODUCT_TYPES
from .listings_projection import IMAGE_PIXELS, image_link, variation_theme

#: What belongs to a seller's offer and not to the article.
_OFFER_ATTRIBUTES = frozenset(
    {
        "child_parent_sku_relationship",
        "condition_type",
        "fulfillment_availability",
        "merchant_suggested_asin",
        "package_contains_sku",
        "purchasable_offer",
    }
)


#: (variant, what its address has behind the ASIN, pixels): several sizes of each.
_IMAGES = (
    ("MAIN", "", IMAGE_PIXELS),
    ("MAIN", "._SL75_", 75),
    ("PT01", ".PT01._SL75_", 75),
    ("PT01", ".PT01", IMAGE_PIXELS),
    ("SWCH", ".SWCH", 30),
)


def project(catalog, asin, listings, included, base_url):
    """The Item of Amazon's model; ``listings`` is {marketplace id: a listing of it}."""
    item = {"asin": asin}
    for name in included:
        if name == "attributes":
            item[name] = _attributes(listings)
        elif name == "images":
            item[name] = [_images(asin, m, base_url) for m in listings]
        elif name == "relationships":
            item[name] = [
                _relationships(catalog, listing, m) for m, listing in listings.items()
            ]
        elif name == "vendorDetails":
            # Only vendors have them.
            item[name] = []
        else:
            build = _BY_MARKETPLACE[name]
            item[name] = [
                {"marketplaceId": m, **build(listing, m)}
                for m, listing in listings.items()
            ]
    return item


def classification_of(product_type):
    """The browse node of a product type."""
    place = sorted(PRODUCT_TYPES).index(product_type)
    name = PRODUCT_TYPES[product_type]
    root = {"displayName": "All Departments", "classificationId": "9000000"}
    return {
        "displayName": name,
        "classificationId": str(9000001 + place),
        "parent": root,
    }


def _attributes(listings):
    found = {}
    for marketplace_id, listing in listings.items():
        for name in listing.attributes:
            entries = listing.entries(name, marketplace_id)
            if entries and name not in _OFFER_ATTRIBUTES:
                found.setdefault(name, []).extend(entries)
    return found


def _images(asin, marketplace_id, base_url):
    """Each variant in several sizes, the main one not always the largest first."""
    images = [
        {
            "variant": variant,
            "link": image_link(base_url, f"{asin}{suffix}"),
            "height": pixels,
            "width": pixels,
        }
        for variant, suffix, pixels in _IMAGES
    ]
    return {"marketplaceId": marketplace_id, "images": images}


def _summary(listing, marketplace_id):
    parent = listing.is_parent(marketplace_id)
    summary = {
        "adultProduct": False,
        "autographed": False,
        "memorabilia": False,
        "tradeInEligible": False,
        "brand": listing.value("brand", marketplace_id),
        "browseClassification": _node(listing.product_type),
        "color": listing.value("color", marketplace_id),
        "itemClassification": "VARIATION_PARENT" if parent else "BASE_PRODUCT",
        "itemName": listing.title(marketplace_id),
        "size": listing.value("size", marketplace_id),
        "packageQuantity": 1,
        "websiteDisplayGroup": _group(listing),
        "websiteDisplayGroupName": PRODUCT_TYPES[listing.product_type],
    }
    return {name: value for name, value in summary.items() if value is not None}


def _node(product_type):
    node = classification_of(product_type)
    return {key: node[key] for key in ("displayName", "classificationId")}


def _group(listing):
    return f"{listing.product_type.lower()}_display_on_website"


def _identifiers(listing, marketplace_id):
    """The same code as GTIN, as EAN or JAN, and as UPC where it is one."""
    barcode = listing.barcode(marketplace_id)
    found = {}
    if barcode:
        kind, value = barcode
        digits = str(value).lstrip("0")
        if kind == "upc" or len(digits) <= 12:
            found["EAN"] = digits.zfill(13)
            found["GTIN"] = digits.zfill(14)
            found["UPC"] = digits.zfill(12)
        else:
            found[kind.upper()] = value
            found.setdefault("GTIN", digits.zfill(14))
    return {
        "identifiers": [
            {"identifierType": kind, "identifier": value}
            for kind, value in found.items()
        ]
    }


def _dimensions(listing, marketplace_id):
    measures = {}
    for entry in listing.entries("item_dimensions", marketplace_id):
        sizes = (name for name in ("height", "length", "width") if name in entry)
        measures = {name: dict(entry[name]) for name in sizes}
    for entry in listing.entries("item_weight", marketplace_id):
        measures["weight"] = {"unit": entry["unit"], "value": entry["value"]}
    return {"item": measures} if measures else {}


def _sales_ranks(listing, marketplace_id):
    if listing.is_parent(marketplace_id):
        return {"classificationRanks": [], "displayGroupRanks": []}
    node = classification_of(listing.product_type)
    title = node["displayName"]
    group = {
        "websiteDisplayGroup": _group(listing),
        "title": title,
        "rank": 100 + listing.number * 37 % 90_000,
    }
    rank = {
        "classificationId": node["classificationId"],
        "title": title,
        "rank": 1 + listing.number * 13 % 9_000,
    }
    return {"classificationRanks": [rank], "displayGroupRanks": [group]}


def _relationships(catalog, listing, marketplace_id):
    found = []
    theme = listing.value("variation_theme", marketplace_id, "name")
    themed = {"variationTheme": variation_theme(theme)} if theme else {}
    parent_sku = listing.parent_sku(marketplace_id)
    for kind, key, relatives in (
        ("VARIATION", "childAsins", _children(catalog, listing, marketplace_id)),
        ("VARIATION", "parentAsins", [catalog.get(parent_sku)] if parent_sku else []),
        (
            "PACKAGE_HIERARCHY",
            "childAsins",
            map(catalog.get, listing.contained_skus(marketplace_id)),
        ),
        (
            "PACKAGE_HIERARCHY",
            "parentAsins",
            catalog.containers(listing.sku, marketplace_id),
        ),
    ):
        asins = [x and x.asin(marketplace_id) for x in relatives]
        asins = list(dict.fromkeys(filter(None, asins)))
        if asins:
            extra = themed if kind == "VARIATION" else {}
            found.append({"type": kind, key: asins, **extra})
    return {"marketplaceId": marketplace_id, "relationships": found}


def _children(catalog, listing, marketplace_id):
    if not listing.is_parent(marketplace_id):
        return []
    return catalog.children(listing.sku, marketplace_id)


_BY_MARKETPLACE = {
    "summaries": _summary,
    "classifications": lambda listing, m: {
        "classifications": [classification_of(listing.product_type)]
    },
    "dimensions": _dimensions,
    "identifiers": _identifiers,
    "productTypes": lambda listing, m: {"productType": listing.product_type},
    "salesRanks": _sales_ranks,
}
DATASETS = (
    "attributes",
    "images",
    "relationships",
    "vendorDetails",
    *_BY_MARKETPLACE,
)
