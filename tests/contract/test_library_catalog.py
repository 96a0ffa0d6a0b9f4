"""python-amazon-sp-api, unmodified, reads the catalogue and product types."""

import httpx
import pytest
from sp_api.api import CatalogItemsV20220401, ProductTypeDefinitions
from sp_api.base.exceptions import SellingApiNotFoundException

from spapi_simulator.accounts import NORTH_AMERICA, US


@pytest.fixture
def catalog(library):
    """The Catalog Items API."""
    return library(CatalogItemsV20220401)


@pytest.fixture
def product(admin):
    """An article of the simulated seller."""
    return admin.products()[0]


def test_get_an_item(catalog, product):
    item = catalog.get_catalog_item(
        product["asin"], marketplaceIds=[US.id], includedData=["summaries", "images"]
    ).payload
    assert item["asin"] == product["asin"]
    (summary,) = item["summaries"]
    assert summary["itemName"] == product["title"]
    with pytest.raises(SellingApiNotFoundException):
        catalog.get_catalog_item("B000000000", marketplaceIds=[US.id])


def test_search_by_identifiers(catalog, admin):
    products = admin.products()[:3]
    for kind, name in (("EAN", "barcode"), ("SKU", "sku"), ("ASIN", "asin")):
        answer = catalog.search_catalog_items(
            marketplaceIds=US.id,
            identifiers=",".join(product[name] for product in products),
            identifiersType=kind,
            sellerId=NORTH_AMERICA.seller_id,
        )
        found = {item["asin"] for item in answer.payload["items"]}
        assert found == {product["asin"] for product in products}


def test_product_types(library):
    definitions = library(ProductTypeDefinitions)
    answer = definitions.search_definitions_product_types(marketplaceIds=[US.id])
    assert "PRODUCT" in [entry["name"] for entry in answer.payload["productTypes"]]
    found = definitions.get_definitions_product_type("PRODUCT", marketplaceIds=[US.id])
    link = found.payload["schema"]["link"]["resource"]
    schema = httpx.get(link, trust_env=False).raise_for_status().json()
    assert "fulfillment_availability" in schema["properties"]
