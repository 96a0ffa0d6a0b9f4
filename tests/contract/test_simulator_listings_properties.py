"""What holds for the listings of any seed, and for any request about them."""

import json
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from listings_client import EVERYTHING, ITEM, ITEMS, MODEL

from spapi_simulator.accounts import ACCOUNTS, NORTH_AMERICA
from spapi_simulator.apis.catalog_items import OPERATIONS as CATALOG_OPERATIONS
from spapi_simulator.apis.catalog_projection import DATASETS
from spapi_simulator.apis.catalog_projection import project as project_article
from spapi_simulator.apis.listings_changes import OPERATIONS as CHANGES
from spapi_simulator.apis.listings_projection import project
from spapi_simulator.apis.listings_search import OPERATIONS as SEARCHES
from spapi_simulator.apis.product_types import OPERATIONS as TYPE_OPERATIONS
from spapi_simulator.clock import Clock
from spapi_simulator.store.attribute_schemas import ATTRIBUTES
from spapi_simulator.store.catalog import Catalog

CATALOG_MODEL = "catalogItems_2022-04-01.json"
TYPES_MODEL = "definitionsProductTypes_2020-09-01.json"
MODEL_OF = {
    "/listings/": MODEL,
    "/catalog/": CATALOG_MODEL,
    "/definitions/": TYPES_MODEL,
}
#: The simulator stays the same for all examples; what they leave is theirs.
careful = settings(
    deadline=None,
    database=None,
    suppress_health_check=(HealthCheck.function_scoped_fixture,),
)


def catalogue(seller_id, seed, count=100_000):
    return Catalog(Clock(), ACCOUNTS[seller_id], seed, count)


@settings(careful, max_examples=60)
@given(
    seller_id=st.sampled_from(list(ACCOUNTS)),
    seed=st.integers(),
    number=st.integers(1, 100_000),
)
def test_any_listing_of_any_seed_follows_amazons_models(model, seller_id, seed, number):
    catalog = catalogue(seller_id, seed)
    listing = catalog.listing(number)
    ids = [m.id for m in ACCOUNTS[seller_id].marketplaces]
    item = project(catalog, listing, ids, EVERYTHING.split(","), "http://x")
    model(MODEL).validate_document(item, "Item")
    for name, entries in listing.attributes.items():
        assert all(ATTRIBUTES[name].is_valid(entry) for entry in entries), name
    there = {m: listing for m in ids if listing.asin(m)}
    article = project_article(catalog, listing.code, there, DATASETS, "http://x")
    model(CATALOG_MODEL).validate_document(article, "Item")


@settings(careful, max_examples=100)
@given(
    seller_id=st.sampled_from(list(ACCOUNTS)),
    seed=st.integers(),
    number=st.integers(1, 100_000),
)
def test_any_listing_is_found_by_all_it_is_known_by(seller_id, seed, number):
    catalog = catalogue(seller_id, seed)
    listing = catalog.listing(number)
    assert 0 < len(listing.sku) <= 40
    assert catalog.get(listing.sku) is listing
    assert listing.created <= listing.updated <= catalog.clock.timestamp()
    assert listing.updated - listing.created <= 2 * 365 * 86400
    for marketplace_id in listing.marketplace_ids:
        known = {"ASIN": listing.asin(marketplace_id)}
        barcode = listing.barcode(marketplace_id)
        known["GTIN"] = barcode and barcode[1].zfill(14)
        if listing.by_amazon(marketplace_id):
            known["FNSKU"] = listing.fnsku
        for kind, value in known.items():
            if value:
                assert listing in catalog.by_identifier(kind, value), kind


@settings(careful, max_examples=20)
@given(seller_id=st.sampled_from(list(ACCOUNTS)), seed=st.integers())
def test_a_seed_gives_the_same_listings_again(seller_id, seed):
    one, two = (catalogue(seller_id, seed, 130) for _ in range(2))
    for first, second in zip(one.listings(), two.listings(), strict=True):
        assert first.sku == second.sku
        assert first.code == second.code
        assert first.issues == second.issues
        stock = "fulfillment_availability"
        drop = (stock,) if any("restock_date" in e for e in _stock(first)) else ()
        for name in set(first.attributes) - set(drop):
            assert first.attributes[name] == second.attributes[name]


def _stock(listing):
    return listing.attributes.get("fulfillment_availability", [])


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["DEFAULT", "AMAZON_NA", "ATVPDKIKX0DER", "USD", "ALL", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
NAMES = st.sampled_from(
    sorted(
        {name for attribute in ATTRIBUTES.values() for name in attribute.properties}
        | {"marketplace_id", "unknown"}
    )
)
PRICE = st.builds(
    lambda price: [{"schedule": [{"value_with_tax": price}]}], VALUES | st.floats(1, 9)
)
ENTRIES = st.lists(
    st.dictionaries(NAMES, VALUES | PRICE, max_size=4)
    | st.builds(
        lambda channel, quantity: {
            "fulfillment_channel_code": channel,
            "quantity": quantity,
        },
        st.sampled_from(["DEFAULT", "AMAZON_NA", "SHOP"]) | VALUES,
        st.integers(-1, 10) | VALUES,
    ),
    max_size=3,
)
ATTRIBUTE_NAMES = st.sampled_from([*ATTRIBUTES, "unknown", "a/b", ""])
PATCH = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "replace", "merge", "delete"]) | VALUES,
        "path": ATTRIBUTE_NAMES.map("/attributes/{}".format) | VALUES,
    },
    optional={"value": ENTRIES | VALUES, "other": VALUES},
)
PRODUCT_TYPE = st.sampled_from(["PRODUCT", "HOME", "NONE"]) | VALUES
BODIES = (
    st.fixed_dictionaries(
        {"productType": PRODUCT_TYPE, "patches": st.lists(PATCH, max_size=3)}
    )
    | st.fixed_dictionaries(
        {
            "productType": PRODUCT_TYPE,
            "attributes": st.dictionaries(ATTRIBUTE_NAMES, ENTRIES | VALUES),
        },
        optional={"requirements": st.sampled_from(["LISTING_OFFER_ONLY", "X"])},
    )
    | VALUES
)
SKUS = st.sampled_from(["SIM-0001", "SIM-0064", "NEW", "SIM-0002"]) | st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=45
).filter(lambda sku: sku not in (".", ".."))


@settings(careful, max_examples=100)
@given(method=st.sampled_from(["PATCH", "PUT"]), sku=SKUS, body=BODIES)
def test_any_change_is_answered_on_purpose(api, any_state, model, method, sku, body):
    path = f"/listings/2021-08-01/items/{NORTH_AMERICA.seller_id}/{quote(sku, '')}"
    content = json.dumps(body).encode()
    query = {"marketplaceIds": "ATVPDKIKX0DER"}
    answer = api.client.request(
        method, path, params=query, headers=api.headers, content=content
    )
    assert answer.status_code in (200, 400), answer.text
    model(MODEL).validate(answer, ITEM, method.lower())
    if answer.json().get("status") == "ACCEPTED":
        any_state.advance_clock(3)
    after = api.get(path, includedData=EVERYTHING, **query)
    assert after.status_code in (200, 404)
    model(MODEL).validate(after, ITEM)
    found = api.get(path.rsplit("/", 1)[0], includedData=EVERYTHING, **query)
    assert found.status_code == 200
    model(MODEL).validate(found, ITEMS)


OPERATIONS = [
    o
    for o in (*SEARCHES, *CHANGES, *CATALOG_OPERATIONS, *TYPE_OPERATIONS)
    if o.method in ("GET", "DELETE")
]
ANY_TEXT = st.text(max_size=20) | st.sampled_from(
    ["ATVPDKIKX0DER", "SIM-0001", "lamp", "2026-01-01T00:00:00Z", "5", "B000000000"]
)


@st.composite
def requests(draw):
    operation = draw(st.sampled_from(OPERATIONS))
    query = {"marketplaceIds": "ATVPDKIKX0DER"}
    for parameter in operation.query:
        if draw(st.integers(0, 3)) == 0:
            known = st.sampled_from(parameter.choices or ["5"])
            query[parameter.name] = draw(known | ANY_TEXT)
    path = {
        "sellerId": NORTH_AMERICA.seller_id,
        "sku": quote(draw(SKUS), ""),
        "asin": draw(st.sampled_from(["B000000000", "x"])),
        "productType": draw(st.sampled_from(["HOME", "x"])),
    }
    return operation, operation.path.format(**path), query


@settings(careful, max_examples=200)
@given(request_=requests())
def test_any_query_is_answered_on_purpose(api, model, request_):
    operation, path, query = request_
    answer = api.client.request(
        operation.method, path, params=query, headers=api.headers
    )
    assert answer.status_code in (200, 400, 403, 404), answer.text
    name = next(m for prefix, m in MODEL_OF.items() if path.startswith(prefix))
    model(name).validate(answer, operation.path, operation.method.lower())
