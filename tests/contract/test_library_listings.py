"""python-amazon-sp-api, unmodified, reads listings and changes one."""

import pytest
from sp_api.api import ListingsItemsV20210801
from sp_api.base.exceptions import SellingApiNotFoundException

from spapi_simulator.accounts import CA, NORTH_AMERICA, US

SELLER = NORTH_AMERICA.seller_id
AVAILABILITY = "/attributes/fulfillment_availability"
MINUTE = 60


@pytest.fixture
def listings(library):
    """The Listings Items API."""
    return library(ListingsItemsV20210801)


@pytest.fixture
def product(admin):
    """An article of the simulated seller."""
    return admin.products()[0]


def get(listings, sku, *included):
    """A listing in the United States."""
    return listings.get_listings_item(
        SELLER, sku, marketplaceIds=US.id, includedData=list(included)
    ).payload


def quantity(listings, sku):
    """What the merchant has of it."""
    (entry,) = get(listings, sku, "fulfillmentAvailability")["fulfillmentAvailability"]
    assert entry["fulfillmentChannelCode"] == "DEFAULT"
    return entry["quantity"]


def patch(listings, sku, quantity, **query):
    """Ask for a quantity."""
    value = {"fulfillment_channel_code": "DEFAULT", "quantity": quantity}
    summary = get(listings, sku, "summaries")["summaries"][0]
    body = {
        "productType": summary["productType"],
        "patches": [{"op": "merge", "path": AVAILABILITY, "value": [value]}],
    }
    return listings.patch_listings_item(
        SELLER, sku, marketplaceIds=US.id, body=body, **query
    ).payload


def test_search_over_several_pages(listings, admin):
    query = {"marketplaceIds": US.id, "sortBy": "sku", "pageSize": 20}
    answer = listings.search_listings_items(SELLER, **query)
    total = answer.payload["numberOfResults"]
    found = [item["sku"] for item in answer.payload["items"]]
    while answer.next_token:
        answer = listings.search_listings_items(
            SELLER, **query, pageToken=answer.next_token
        )
        found += [item["sku"] for item in answer.payload["items"]]
    assert len(found) == len(set(found)) == total
    assert {product["sku"] for product in admin.products()} <= set(found)


def test_search_by_identifiers(listings, admin):
    skus = [product["sku"] for product in admin.products()[:3]]
    answer = listings.search_listings_items(
        SELLER,
        # The library sends these lists as repeated parameters.
        marketplaceIds=[US.id],
        identifiers=skus,
        identifiersType="SKU",
        includedData=["summaries", "offers"],
    )
    items = {item["sku"]: item for item in answer.payload["items"]}
    assert sorted(items) == sorted(skus)
    for product in admin.products()[:3]:
        (summary,) = items[product["sku"]]["summaries"]
        assert summary["asin"] == product["asin"]


def test_get_a_listing(listings, product):
    listing = get(listings, product["sku"], "summaries", "attributes", "offers")
    assert listing["sku"] == product["sku"]
    assert listing["summaries"][0]["itemName"] == product["title"]
    prices = [o["price"] for o in listing["offers"] if o["offerType"] == "B2C"]
    assert prices == [{"amount": product["price"], "currencyCode": "USD"}]
    with pytest.raises(SellingApiNotFoundException):
        get(listings, "NOT/THERE & more", "summaries")


def test_get_without_a_marketplace(listings, product):
    """The library adds the client's own under four names."""
    answer = listings.get_listings_item(SELLER, product["sku"])
    assert [s["marketplaceId"] for s in answer.payload["summaries"]] == [US.id]


def test_several_marketplaces_at_once(listings, product):
    answer = listings.get_listings_item(
        SELLER, product["sku"], marketplaceIds=[US.id, CA.id]
    )
    found = [s["marketplaceId"] for s in answer.payload["summaries"]]
    assert found == [US.id, CA.id]


def test_change_a_quantity(listings, admin, product):
    sku = product["sku"]
    wanted = quantity(listings, sku) + 7
    answer = patch(listings, sku, wanted)
    assert (answer["sku"], answer["status"]) == (sku, "ACCEPTED")
    admin.advance_clock(MINUTE)
    assert quantity(listings, sku) == wanted


@pytest.mark.parametrize(
    ("number", "query", "status"),
    [
        (-1, {}, "INVALID"),
        (9, {"mode": "VALIDATION_PREVIEW", "includedData": "issues"}, "VALID"),
    ],
)
def test_a_quantity_that_is_not_applied(
    listings, admin, product, number, query, status
):
    before = quantity(listings, product["sku"])
    answer = patch(listings, product["sku"], number, **query)
    assert answer["status"] == status
    severities = [issue["severity"] for issue in answer["issues"]]
    assert severities == (["ERROR"] if status == "INVALID" else [])
    admin.advance_clock(MINUTE)
    assert quantity(listings, product["sku"]) == before


def test_put_and_delete_a_listing(listings, admin, product):
    whole = get(listings, product["sku"], "attributes", "summaries")
    body = {
        "productType": whole["summaries"][0]["productType"],
        "requirements": "LISTING",
        "attributes": whole["attributes"],
    }
    # The library adds the marketplace to the body, too, under four names.
    answer = listings.put_listings_item(
        SELLER, "NEW/1", marketplaceIds=[US.id], body=body
    ).payload
    assert (answer["sku"], answer["status"]) == ("NEW/1", "ACCEPTED")
    admin.advance_clock(MINUTE)
    name = get(listings, "NEW/1", "summaries")["summaries"][0]["itemName"]
    assert name == product["title"]
    answer = listings.delete_listings_item(SELLER, "NEW/1").payload
    assert answer["status"] == "ACCEPTED"
    admin.advance_clock(MINUTE)
    with pytest.raises(SellingApiNotFoundException):
        get(listings, "NEW/1", "summaries")
