"""Listings Items API 2021-08-01: getListingsItem and searchListingsItems."""

from ..continuation import page_links, read_token
from ..errors import ApiError, invalid_input, unauthorized
from ..operations import Operation
from ..parameters import Parameter
from ..store.catalog_index import Filter
from .listings_projection import DATASETS, project
from .orders import check_marketplaces

#: No more than so many listings of one search can be paged through.
MOST_RESULTS = 1000
TOKEN_SECONDS = 24 * 3600
IDENTIFIER_TYPES = (
    "ASIN",
    "EAN",
    "FNSKU",
    "GTIN",
    "ISBN",
    "JAN",
    "MINSAN",
    "SKU",
    "UPC",
)
_STATUSES = ("BUYABLE", "DISCOVERABLE")
_SORT_KEYS = {
    "sku": lambda listing: listing.sku,
    "createdDate": lambda listing: listing.created,
    "lastUpdatedDate": lambda listing: listing.updated,
}


def require_catalog(simulator, call):
    """The catalogue of the seller in the path, who must be the one who calls."""
    if call.path["sellerId"] != call.account.seller_id:
        raise unauthorized("")
    named = list(dict.fromkeys(call.query["marketplaceIds"]))
    check_marketplaces(call.account, named)
    call.query["marketplaceIds"] = named
    return simulator.listings[call.account.seller_id]


def get_listings_item(simulator, call):
    """getListingsItem: one listing in some of the account's marketplaces."""
    catalog = require_catalog(simulator, call)
    sku, marketplace_ids = call.path["sku"], call.query["marketplaceIds"]
    listing = catalog.get(sku)
    if listing is None or not any(map(listing.listed_in, marketplace_ids)):
        where = ", ".join(marketplace_ids)
        message = f"SKU '{sku}' not found in marketplace {where}"
        raise ApiError(404, "NOT_FOUND", message)
    included = call.query["includedData"]
    return 200, project(catalog, listing, marketplace_ids, included, call.base_url)


def search_listings_items(simulator, call):
    """searchListingsItems: a page of the listings that pass all filters."""
    catalog, query = require_catalog(simulator, call), call.query
    _check_search(query)
    bound = [
        call.account.seller_id,
        {name: value for name, value in query.items() if name != "pageToken"},
    ]
    start = 0
    if query["pageToken"] is not None:
        token = query["pageToken"]
        start = read_token(simulator, bound, token, "pageToken", TOKEN_SECONDS)
    total, page = _page(catalog, query, start)
    document = {
        "numberOfResults": total,
        "items": [
            project(
                catalog,
                listing,
                query["marketplaceIds"],
                query["includedData"],
                call.base_url,
            )
            for listing in page
        ],
    }
    end = min(total, MOST_RESULTS)
    pagination = page_links(simulator, bound, start, query["pageSize"], end)
    if pagination:
        document["pagination"] = pagination
    return 200, document


def _check_search(query):
    ways = [
        name
        for name in ("identifiers", "variationParentSku", "packageHierarchySku")
        if query[name]
    ]
    if len(ways) > 1:
        raise invalid_input(f"{ways[1]} must not be provided together with {ways[0]}.")
    if bool(query["identifiers"]) != bool(query["identifiersType"]):
        raise invalid_input(
            "identifiers and identifiersType must be provided together."
        )


def _page(catalog, query, start):
    """(number of results, the listings of the page that begins at ``start``)."""
    wanted = _filter(query)
    descending = query["sortOrder"] == "DESC"
    end = min(start + query["pageSize"], MOST_RESULTS)
    named = _named(catalog, query)
    if named is None:
        numbers = catalog.search(wanted, query["sortBy"], descending)
        return len(numbers), [catalog.listing(n) for n in numbers[start:end]]
    listings = [listing for listing in named.values() if wanted.passes(listing)]
    listings.sort(key=_SORT_KEYS[query["sortBy"]], reverse=descending)
    return len(listings), listings[start:end]


def _named(catalog, query):
    """{number: listing} that identifiers or relationships name; None without them."""
    found = []
    if query["identifiers"]:
        for value in query["identifiers"]:
            found += catalog.by_identifier(query["identifiersType"], value)
    elif query["variationParentSku"]:
        for marketplace_id in query["marketplaceIds"]:
            found += catalog.children(query["variationParentSku"], marketplace_id)
    elif query["packageHierarchySku"]:
        found += _hierarchy(catalog, query)
    else:
        return None
    return {listing.number: listing for listing in found}


def _hierarchy(catalog, query):
    """The packages that contain a SKU, and the listings that it contains."""
    sku, found = query["packageHierarchySku"], []
    listing = catalog.get(sku)
    for marketplace_id in query["marketplaceIds"]:
        found += catalog.containers(sku, marketplace_id)
        skus = listing.contained_skus(marketplace_id) if listing else ()
        found += filter(None, map(catalog.get, skus))
    return found


def _filter(query):
    return Filter(
        tuple(query["marketplaceIds"]),
        frozenset(query["withStatus"]),
        frozenset(query["withoutStatus"]),
        frozenset(query["withIssueSeverity"]),
        (_seconds(query["createdAfter"]), _seconds(query["createdBefore"])),
        (_seconds(query["lastUpdatedAfter"]), _seconds(query["lastUpdatedBefore"])),
    )


def _seconds(moment):
    return None if moment is None else moment.timestamp()


_INCLUDED_DATA = Parameter("includedData", "list", DATASETS, default=("summaries",))
_COMMON = (
    Parameter("marketplaceIds", "list", required=True),
    Parameter("issueLocale"),
    _INCLUDED_DATA,
)
OPERATIONS = (
    Operation(
        "searchListingsItems",
        "GET",
        "/listings/2021-08-01/items/{sellerId}",
        search_listings_items,
        (
            *_COMMON,
            Parameter("identifiers", "list", most=20),
            Parameter("identifiersType", choices=IDENTIFIER_TYPES),
            Parameter("variationParentSku"),
            Parameter("packageHierarchySku"),
            Parameter("createdAfter", "moment"),
            Parameter("createdBefore", "moment"),
            Parameter("lastUpdatedAfter", "moment"),
            Parameter("lastUpdatedBefore", "moment"),
            Parameter("withIssueSeverity", "list", ("WARNING", "ERROR")),
            Parameter("withStatus", "list", _STATUSES),
            Parameter("withoutStatus", "list", _STATUSES),
            Parameter("sortBy", choices=tuple(_SORT_KEYS), default="lastUpdatedDate"),
            Parameter("sortOrder", choices=("ASC", "DESC"), default="DESC"),
            Parameter("pageSize", "integer", least=1, most=20, default=10),
            Parameter("pageToken"),
        ),
    ),
    Operation(
        "getListingsItem",
        "GET",
        "/listings/2021-08-01/items/{sellerId}/{sku}",
        get_listings_item,
        _COMMON,
    ),
)
