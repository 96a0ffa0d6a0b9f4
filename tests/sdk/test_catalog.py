"""Amazon's client library reads the catalogue."""

import pytest
from spapi.api.catalogitems_v2022_04_01.catalog_api import CatalogApi
from spapi.rest import ApiException

INCLUDED = ["summaries", "identifiers", "attributes", "productTypes", "images"]


@pytest.fixture
def catalog(connect):
    """The Catalog Items API."""
    return connect(CatalogApi)


@pytest.fixture
def product(admin):
    """An article of the simulated seller."""
    return admin.products()[0]


def test_get_an_item(catalog, product, marketplace):
    item = catalog.get_catalog_item(
        product["asin"], [marketplace], included_data=INCLUDED
    )
    assert item.asin == product["asin"]
    (summary,) = item.summaries
    assert summary.marketplace_id == marketplace
    assert summary.item_name == product["title"]
    (identifiers,) = item.identifiers
    numbers = {entry.identifier for entry in identifiers.identifiers}
    assert product["barcode"] in numbers
    assert item.product_types[0].product_type


def test_search_by_barcode_and_sku(catalog, product, marketplace, seller_id):
    for query in (
        {"identifiers": [product["barcode"]], "identifiers_type": "EAN"},
        {
            "identifiers": [product["sku"]],
            "identifiers_type": "SKU",
            "seller_id": seller_id,
        },
    ):
        answer = catalog.search_catalog_items([marketplace], **query)
        assert [item.asin for item in answer.items] == [product["asin"]]


def test_search_by_keyword_over_several_pages(catalog, marketplace, product):
    query = {"keywords": [product["title"].split()[0]], "page_size": 5}
    page = catalog.search_catalog_items([marketplace], **query)
    total = page.number_of_results
    found = [item.asin for item in page.items]
    while page.pagination and page.pagination.next_token and len(found) < 20:
        page = catalog.search_catalog_items(
            [marketplace], **query, page_token=page.pagination.next_token
        )
        found += [item.asin for item in page.items]
    assert len(found) == len(set(found)) == min(total, 20)
    assert len(found) > 5


def test_an_item_that_is_not_there(catalog, marketplace):
    with pytest.raises(ApiException) as refusal:
        catalog.get_catalog_item("B000000000", [marketplace])
    assert refusal.value.status == 404
