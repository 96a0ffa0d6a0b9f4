"""Amazon's client library reads listings and changes one."""

import pytest
from spapi.api.listings_items_v2021_08_01.listings_api import ListingsApi
from spapi.models.listings_items_v2021_08_01 import (
    ListingsItemPatchRequest,
    PatchOperation,
)
from spapi.rest import ApiException

EVERYTHING = [
    "summaries",
    "attributes",
    "issues",
    "offers",
    "fulfillmentAvailability",
    "relationships",
    "productTypes",
]
# How long the simulator may take until a change is seen, as on Amazon.
MINUTE = 60


@pytest.fixture
def listings(connect):
    """The Listings Items API."""
    return connect(ListingsApi)


@pytest.fixture
def product(admin):
    """An article of the simulated seller."""
    return admin.products()[0]


@pytest.fixture
def get(listings, seller_id, marketplace):
    """A function that reads a listing with everything."""

    def read(sku):
        return listings.get_listings_item(
            seller_id, sku, [marketplace], included_data=EVERYTHING
        )

    return read


@pytest.fixture
def patch(listings, seller_id, marketplace, get):
    """A function that patches the availability of a listing."""

    def send(sku, op="merge", path="/attributes/fulfillment_availability", **value):
        request = ListingsItemPatchRequest(
            product_type=get(sku).summaries[0].product_type,
            patches=[PatchOperation(op=op, path=path, value=[value])],
        )
        return listings.patch_listings_item(seller_id, sku, [marketplace], request)

    return send


def quantity(listing):
    """What the merchant has of it."""
    (availability,) = listing.fulfillment_availability
    assert availability.fulfillment_channel_code == "DEFAULT"
    return availability.quantity


def test_search_over_several_pages(listings, admin, seller_id, marketplace):
    query = {"sort_by": "sku", "sort_order": "ASC", "page_size": 20}
    page = listings.search_listings_items(seller_id, [marketplace], **query)
    total = page.number_of_results
    found = [item.sku for item in page.items]
    while page.pagination and page.pagination.next_token:
        page = listings.search_listings_items(
            seller_id, [marketplace], **query, page_token=page.pagination.next_token
        )
        assert len(page.items) <= 20
        found += [item.sku for item in page.items]
    assert len(found) == len(set(found)) == total
    assert found == sorted(found)
    assert {product["sku"] for product in admin.products()} <= set(found)


def test_search_by_identifiers(listings, seller_id, marketplace, product):
    answer = listings.search_listings_items(
        seller_id,
        [marketplace],
        identifiers=[product["sku"], "NOT-THERE"],
        identifiers_type="SKU",
        included_data=EVERYTHING,
    )
    (item,) = answer.items
    assert (answer.number_of_results, item.sku) == (1, product["sku"])
    assert item.summaries[0].asin == product["asin"]


def test_get_a_listing(get, marketplace, product):
    listing = get(product["sku"])
    assert listing.sku == product["sku"]
    (summary,) = listing.summaries
    assert summary.marketplace_id == marketplace
    assert (summary.asin, summary.item_name) == (product["asin"], product["title"])
    assert summary.created_date <= summary.last_updated_date
    assert listing.product_types[0].product_type == summary.product_type
    offer = next(offer for offer in listing.offers if offer.offer_type == "B2C")
    assert (offer.price.amount, offer.price.currency_code) == (product["price"], "USD")
    assert listing.attributes["item_name"][0]["value"] == product["title"]


def test_a_sku_with_a_slash_is_not_found_as_a_path(get):
    with pytest.raises(ApiException) as refusal:
        get("NOT/THERE & more")
    assert refusal.value.status == 404


def test_change_a_quantity(get, patch, admin, product):
    sku = product["sku"]
    wanted = quantity(get(sku)) + 7
    answer = patch(sku, fulfillment_channel_code="DEFAULT", quantity=wanted)
    assert (answer.sku, answer.status, answer.issues) == (sku, "ACCEPTED", [])
    assert answer.submission_id
    admin.advance_clock(MINUTE)
    assert quantity(get(sku)) == wanted


def test_an_invalid_quantity(get, patch, admin, product):
    sku = product["sku"]
    before = quantity(get(sku))
    answer = patch(sku, fulfillment_channel_code="DEFAULT", quantity=-1)
    assert answer.status == "INVALID"
    (issue,) = answer.issues
    assert issue.severity == "ERROR"
    assert issue.attribute_names == ["fulfillment_availability"]
    admin.advance_clock(MINUTE)
    assert quantity(get(sku)) == before
