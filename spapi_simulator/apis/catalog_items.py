"""Catalog Items API 2022-04-01: searchCatalogItems and getCatalogItem.

The simulated catalogue of Amazon consists of the articles of the account's listings.
"""

import re

from ..continuation import page_links, read_token
from ..errors import ApiError, invalid_input, unauthorized
from ..operations import Operation
from ..parameters import Parameter
from .catalog_projection import DATASETS, classification_of, project
from .listings_search import IDENTIFIER_TYPES, TOKEN_SECONDS
from .orders import check_marketplaces

_ASIN = re.compile(r"[A-Z0-9]{10}", re.ASCII)
_KEYWORDS_ONLY = ("brandNames", "classificationIds", "keywordsLocale")


def get_catalog_item(simulator, call):
    """getCatalogItem: one article in some of the account's marketplaces."""
    asin, marketplace_ids = call.path["asin"], _marketplaces(call)
    if not _ASIN.fullmatch(asin):
        raise invalid_input("The ASIN is not valid.", f"asin: {asin}")
    catalog = simulator.listings[call.account.seller_id]
    listings = _listings(catalog, asin, marketplace_ids)
    if not listings:
        where = ", ".join(marketplace_ids)
        message = f"Requested item '{asin}' not found in marketplace(s) {where}."
        raise ApiError(404, "NOT_FOUND", message)
    included = call.query["includedData"]
    return 200, project(catalog, asin, listings, included, call.base_url)


def _marketplaces(call):
    named = list(dict.fromkeys(call.query["marketplaceIds"]))
    check_marketplaces(call.account, named)
    return named


def _listings(catalog, asin, marketplace_ids):
    """{marketplace id: the first listing of an article there}."""
    found = {}
    for listing in catalog.by_identifier("ASIN", asin):
        for marketplace_id in marketplace_ids:
            if listing.asin(marketplace_id) == asin:
                found.setdefault(marketplace_id, listing)
    return {m: found[m] for m in marketplace_ids if m in found}


def search_catalog_items(simulator, call):
    """searchCatalogItems: a page of the articles with identifiers or keywords."""
    query, marketplace_ids = call.query, _marketplaces(call)
    _check_search(call)
    catalog = simulator.listings[call.account.seller_id]
    bound = [
        call.account.seller_id,
        {name: value for name, value in query.items() if name != "pageToken"},
    ]
    start = 0
    if query["pageToken"] is not None:
        token = query["pageToken"]
        start = read_token(simulator, bound, token, "pageToken", TOKEN_SECONDS)
    found = _found(catalog, query, marketplace_ids[0])
    asins, size = list(found), query["pageSize"]
    document = {
        "numberOfResults": len(asins),
        "items": [
            project(
                catalog,
                asin,
                _listings(catalog, asin, marketplace_ids),
                query["includedData"],
                call.base_url,
            )
            for asin in asins[start : start + size]
        ],
    }
    if query["keywords"]:
        document["refinements"] = _refinements(found.values(), marketplace_ids[0])
    pagination = page_links(simulator, bound, start, size, len(asins))
    if pagination:
        document["pagination"] = pagination
    return 200, document


def _check_search(call):
    query = call.query
    if bool(query["identifiers"]) == bool(query["keywords"]):
        problem = "Missing required" if not query["keywords"] else "Only one of"
        raise invalid_input(f"{problem} 'identifiers' or 'keywords'.")
    if bool(query["identifiers"]) != bool(query["identifiersType"]):
        raise invalid_input(
            "identifiers and identifiersType must be provided together."
        )
    if query["identifiersType"] == "SKU" and not query["sellerId"]:
        raise invalid_input("sellerId is required when identifiersType is SKU.")
    if query["sellerId"] not in (None, call.account.seller_id):
        raise unauthorized("")
    for name in _KEYWORDS_ONLY:
        if query[name] and not query["keywords"]:
            raise invalid_input(f"{name} can only be used together with keywords.")


def _found(catalog, query, marketplace_id):
    """{ASIN: a listing of it} of all articles that a search is for."""
    if query["keywords"]:
        words = " ".join(query["keywords"]).lower().split()
        listings = catalog.with_words(words, marketplace_id)
    else:
        kind = query["identifiersType"]
        listings = [
            listing
            for value in query["identifiers"]
            for listing in catalog.by_identifier(kind, value)
        ]
    found = {}
    for listing in listings:
        asin = listing.asin(marketplace_id)
        if listing.listed_in(marketplace_id) and asin and _refined(listing, query):
            found.setdefault(asin, listing)
    return found


def _refined(listing, query):
    brands, nodes = query["brandNames"], query["classificationIds"]
    node = classification_of(listing.product_type)
    ids = {node["classificationId"], node["parent"]["classificationId"]}
    named = {entry.get("value") for entry in listing.attributes.get("brand", ())}
    return (not brands or named & set(brands)) and (not nodes or ids & set(nodes))


def _refinements(listings, marketplace_id):
    brands, nodes = {}, {}
    for listing in listings:
        brand = listing.value("brand", marketplace_id)
        if brand:
            brands[brand] = brands.get(brand, 0) + 1
        node = classification_of(listing.product_type)
        key = (node["displayName"], node["classificationId"])
        nodes[key] = nodes.get(key, 0) + 1
    return {
        "brands": [
            {"numberOfResults": n, "brandName": name} for name, n in brands.items()
        ],
        "classifications": [
            {"numberOfResults": n, "displayName": name, "classificationId": node_id}
            for (name, node_id), n in nodes.items()
        ],
    }


_INCLUDED_DATA = Parameter("includedData", "list", DATASETS, default=("summaries",))
OPERATIONS = (
    Operation(
        "searchCatalogItems",
        "GET",
        "/catalog/2022-04-01/items",
        search_catalog_items,
        (
            Parameter("identifiers", "list", most=20),
            Parameter(
                "identifiersType",
                choices=tuple(t for t in IDENTIFIER_TYPES if t != "FNSKU"),
            ),
            Parameter("marketplaceIds", "list", required=True, most=1),
            _INCLUDED_DATA,
            Parameter("locale"),
            Parameter("sellerId"),
            Parameter("keywords", "list", most=20),
            Parameter("brandNames", "list"),
            Parameter("classificationIds", "list"),
            Parameter("pageSize", "integer", least=1, most=20, default=10),
            Parameter("pageToken"),
            Parameter("keywordsLocale"),
        ),
    ),
    Operation(
        "getCatalogItem",
        "GET",
        "/catalog/2022-04-01/items/{asin}",
        get_catalog_item,
        (
            Parameter("marketplaceIds", "list", required=True),
            _INCLUDED_DATA,
            Parameter("locale"),
        ),
    ),
)
