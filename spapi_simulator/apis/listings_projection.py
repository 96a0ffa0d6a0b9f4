"""A listing as the Listings Items API shows it, by the data sets asked for."""

from datetime import datetime, timezone

from ..clock import iso
from ..store.attribute_schemas import ATTRIBUTES

_AUDIENCES = {"ALL": ("B2C", "Sell on Amazon"), "B2B": ("B2B", "Amazon Business")}
IMAGE_PIXELS = 500


def project(catalog, listing, marketplace_ids, included, base_url):
    """The Item of Amazon's model with the data sets named in ``included``."""
    there = [m for m in marketplace_ids if listing.listed_in(m)]
    item = {"sku": listing.sku}
    for name in included:
        if name == "summaries":
            item[name] = [_summary(listing, m, base_url) for m in there]
        elif name == "relationships":
            item[name] = [_relationships(catalog, listing, m) for m in there]
        else:
            item[name] = _SIMPLE[name](listing, there)
    return item


def image_link(base_url, asin):
    """The address of the picture of an article."""
    return f"{base_url}/images/{asin}.png"


def written(seconds):
    """A moment in seconds since the epoch as Amazon writes it."""
    return iso(datetime.fromtimestamp(seconds, timezone.utc))


def _summary(listing, marketplace_id, base_url):
    asin = listing.asin(marketplace_id)
    summary = {
        "marketplaceId": marketplace_id,
        "asin": asin,
        "productType": listing.product_type,
        "conditionType": listing.value("condition_type", marketplace_id),
        "status": listing.statuses(marketplace_id),
        "fnSku": listing.fnsku if listing.by_amazon(marketplace_id) else None,
        "itemName": listing.title(marketplace_id),
        "createdDate": written(listing.created),
        "lastUpdatedDate": written(listing.updated),
    }
    if asin and listing.entries("main_product_image_locator", marketplace_id):
        link = image_link(base_url, asin)
        size = {"height": IMAGE_PIXELS, "width": IMAGE_PIXELS}
        summary["mainImage"] = {"link": link, **size}
    return {name: value for name, value in summary.items() if value is not None}


def _attributes(listing, marketplace_ids):
    found = {}
    for name, entries in listing.attributes.items():
        shown = [e for e in entries if e["marketplace_id"] in marketplace_ids]
        if shown:
            found[name] = shown
    return found


def _offers(listing, marketplace_ids):
    return [
        _offer(marketplace_id, *offer)
        for marketplace_id in marketplace_ids
        for offer in listing.offers(marketplace_id)
    ]


def _offer(marketplace_id, audience, amount, currency):
    kind, name = _AUDIENCES[audience]
    return {
        "marketplaceId": marketplace_id,
        "offerType": kind,
        "price": {"currencyCode": currency, "amount": amount},
        "audience": {"value": audience, "displayName": name},
    }


def _availability(listing, marketplace_ids):
    """Each channel and quantity once: Amazon does not name the marketplace."""
    found = []
    for marketplace_id in marketplace_ids:
        for channel, quantity in listing.availability(marketplace_id):
            row = {"fulfillmentChannelCode": channel}
            if quantity is not None:
                row["quantity"] = quantity
            if row not in found:
                found.append(row)
    return found


def _product_types(listing, marketplace_ids):
    kind = listing.product_type
    return [{"marketplaceId": m, "productType": kind} for m in marketplace_ids]


def _relationships(catalog, listing, marketplace_id):
    found = []
    variation = _variation(catalog, listing, marketplace_id)
    if variation:
        found.append(variation)
    contained = listing.contained_skus(marketplace_id)
    if contained:
        found.append({"type": "PACKAGE_HIERARCHY", "childSkus": contained})
    containers = catalog.containers(listing.sku, marketplace_id)
    if containers:
        skus = [container.sku for container in containers]
        found.append({"type": "PACKAGE_HIERARCHY", "parentSkus": skus})
    return {"marketplaceId": marketplace_id, "relationships": found}


def _variation(catalog, listing, marketplace_id):
    if listing.is_parent(marketplace_id):
        children = catalog.children(listing.sku, marketplace_id)
        relation = {"childSkus": [child.sku for child in children]}
    elif listing.parent_sku(marketplace_id):
        relation = {"parentSkus": [listing.parent_sku(marketplace_id)]}
    else:
        return None
    theme = listing.value("variation_theme", marketplace_id, "name")
    if theme:
        relation["variationTheme"] = variation_theme(theme)
    return {"type": "VARIATION", **relation}


def variation_theme(theme):
    """The theme with the names of the attributes it consists of."""
    names = [part.lower() for part in theme.split("/")]
    return {"attributes": [n for n in names if n in ATTRIBUTES], "theme": theme}


_SIMPLE = {
    "attributes": _attributes,
    "issues": lambda listing, there: listing.issues_in(there),
    "offers": _offers,
    "fulfillmentAvailability": _availability,
    # Only vendors have data on procurement.
    "procurement": lambda listing, there: [],
    "productTypes": _product_types,
}
DATASETS = ("summaries", "relationships", *_SIMPLE)
