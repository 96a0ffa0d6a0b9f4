"""The listings of all accounts: look at them, create, change and delete them.

Changes take effect at once; clients that make them by the SP-API wait for theirs.
"""

from decimal import Decimal, InvalidOperation
from itertools import islice

from ..errors import AdminError
from ..store.submission_checks import check_attributes, check_required
from ..store.submissions import DELETE, PARTIAL_UPDATE, PATCH, UPDATE, Change
from .reading import (
    member,
    only,
    query_account,
    query_number,
    require_account,
    text,
    texts,
    whole_number,
)

_KEYS = (
    "seller_id",
    "marketplace_ids",
    "title",
    "price",
    "quantity",
    "attributes",
)
#: A text is looked for in this many listings; looking at all would take long.
SCANNED = 20_000
_IDENTIFIERS = ("SKU", "ASIN", "EAN", "FNSKU")


def list_listings(simulator, request, _body):
    """A page of the listings of an account, or of all; ``search`` finds some."""
    seller_id = query_account(request)
    offset = query_number(request, "offset", 0)
    limit = query_number(request, "limit", 100)
    catalogs = [
        catalog
        for owner, catalog in simulator.listings.items()
        if seller_id in (None, owner)
    ]
    found = find(catalogs, request.query_params.get("search"), offset, limit)
    total = sum(len(catalog) for catalog in catalogs)
    return 200, {"listings": [describe(*row) for row in found], "total": total}


def find(catalogs, search, offset, limit):
    """[(catalog, listing)] by number, or those that match a text.

    SKU, ASIN, FNSKU and EAN are found anywhere, titles and parts of SKUs in the
    first ``SCANNED`` listings of each account.
    """
    places = (
        (catalog, number)
        for catalog in catalogs
        for number in _numbers(catalog, search)
    )
    page = islice(places, offset, offset + limit)
    return [(catalog, catalog.listing(number)) for catalog, number in page]


def _numbers(catalog, search):
    if not search:
        return catalog.numbers()
    exact = {
        listing.number
        for kind in _IDENTIFIERS
        for listing in catalog.by_identifier(kind, search)
    }
    if exact:
        return sorted(exact)
    word = search.lower()
    return (
        number
        for number in islice(catalog.numbers(), SCANNED)
        if word in f"{catalog.sku(number)} {catalog.title(number)}".lower()
    )


def describe(catalog, listing):
    """A listing in short, with what differs between its marketplaces."""
    return {
        "seller_id": catalog.account.seller_id,
        "sku": listing.sku,
        "product_type": listing.product_type,
        "fnsku": listing.fnsku,
        "marketplaces": [_describe(listing, m) for m in listing.marketplace_ids],
    }


def _describe(listing, marketplace_id):
    amount, currency = listing.price(marketplace_id) or (None, None)
    return {
        "marketplace_id": marketplace_id,
        "asin": listing.asin(marketplace_id),
        "title": listing.title(marketplace_id),
        "price": amount,
        "currency": currency,
        "channel": listing.channel(marketplace_id),
        "quantity": listing.quantity(marketplace_id),
        "status": listing.statuses(marketplace_id),
        "issues": [issue["code"] for issue in listing.issues_in([marketplace_id])],
    }


def get(simulator, request, _body):
    """One listing with all its attributes."""
    catalog, listing = _require(simulator, request)
    attributes = {"attributes": listing.attributes}
    return 200, {**describe(catalog, listing), **attributes}


def create(simulator, _request, body):
    """A new listing; title and price make it complete."""
    only(body, ("sku", "product_type", *_KEYS))
    catalog = _catalog(simulator, text(body, "seller_id", required=True))
    sku = text(body, "sku", required=True)
    if catalog.get(sku) is not None:
        raise AdminError(f"there is a listing with sku {sku} already", 409)
    content = _content(body, _marketplaces(catalog, body), True)
    product_type = text(body, "product_type") or "PRODUCT"
    listing = _apply(simulator, catalog, sku, UPDATE, product_type, content, body)
    return 201, describe(catalog, listing)


def change(simulator, request, body):
    """Change title, price, quantity or any attributes, as of now."""
    only(body, _KEYS)
    catalog, listing = _require(simulator, request, text(body, "seller_id"))
    content = _content(body, _marketplaces(catalog, body), False)
    availability = content.pop("fulfillment_availability", None)
    kind, sku = listing.product_type, listing.sku
    if content:
        listing = _apply(simulator, catalog, sku, PARTIAL_UPDATE, kind, content, body)
    if availability:
        # Merging keeps the handling time and leaves other channels alone.
        path = "/attributes/fulfillment_availability"
        patch = [{"op": "merge", "path": path, "value": availability}]
        listing = _apply(simulator, catalog, sku, PATCH, kind, patch, body)
    return 200, describe(catalog, listing)


def delete(simulator, request, body):
    """Delete a listing in all marketplaces."""
    catalog, listing = _require(simulator, request)
    _apply(simulator, catalog, listing.sku, DELETE, None, None, body)
    return 204, None


def _apply(simulator, catalog, sku, operation, product_type, content, body):
    places = tuple(_marketplaces(catalog, body))
    submission = Change(sku, operation, product_type, content, places)
    catalog.apply(submission, simulator.clock.timestamp())
    return catalog.get(sku)


def _catalog(simulator, seller_id):
    return simulator.listings[require_account(seller_id).seller_id]


def _require(simulator, request, seller_id=None):
    sku = request.path_params["sku"]
    seller_id = seller_id or query_account(request)
    catalogs = [_catalog(simulator, seller_id)] if seller_id else None
    for catalog in catalogs or simulator.listings.values():
        listing = catalog.get(sku)
        if listing is not None:
            return catalog, listing
    raise AdminError(f"there is no listing with sku {sku}", 404)


def _marketplaces(catalog, body):
    ids = texts(body, "marketplace_ids")
    known = {m.id: m for m in catalog.account.marketplaces}
    if ids is not None and (not ids or not set(ids) <= set(known)):
        raise AdminError(f"marketplace_ids must be some of {', '.join(known)}")
    return [known[marketplace_id] for marketplace_id in ids or known]


def _content(body, marketplaces, new):
    """The attributes that the wishes amount to; refused as Amazon would."""
    content = dict(member(body, "attributes", dict, {}))
    title, price = text(body, "title"), _price(body)
    if title:
        content["item_name"] = [{"value": title}]
    if price is not None:
        content["purchasable_offer"] = [_offer(m, price) for m in marketplaces]
    if body.get("quantity") is not None:
        quantity = whole_number(body, "quantity", 0, 0, 10**9)
        stock = {"fulfillment_channel_code": "DEFAULT", "quantity": quantity}
        content["fulfillment_availability"] = [stock]
    issues = check_attributes(content, marketplaces)
    if new and not content.get("item_name"):
        issues += check_required(content, "LISTING_OFFER_ONLY")
    if issues:
        raise AdminError("; ".join(issue["message"] for issue in issues))
    return content


def _offer(marketplace, price):
    schedule = [{"schedule": [{"value_with_tax": float(price)}]}]
    return {
        "marketplace_id": marketplace.id,
        "currency": marketplace.currency,
        "our_price": schedule,
    }


def _price(body):
    value = body.get("price")
    if value is None:
        return None
    try:
        price = Decimal(str(value))
    except InvalidOperation:
        price = Decimal(-1)
    if isinstance(value, bool) or not 0 < price < 10**9:
        raise AdminError("price must be a positive number, for instance 19.99")
    return price


ROUTES = (
    ("/listings", {"GET": list_listings, "POST": create}),
    ("/listings/{sku:path}", {"GET": get, "PATCH": change, "DELETE": delete}),
)
