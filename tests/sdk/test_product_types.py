"""Amazon's client library reads product type definitions, to their schema."""

import httpx
import pytest
from spapi.api.product_type_definitions_v2020_09_01.definitions_api import (
    DefinitionsApi,
)
from spapi.rest import ApiException


@pytest.fixture
def definitions(connect):
    """The Product Type Definitions API."""
    return connect(DefinitionsApi)


def test_search_product_types(definitions, marketplace):
    answer = definitions.search_definitions_product_types([marketplace])
    names = [entry.name for entry in answer.product_types]
    assert "PRODUCT" in names
    assert all(entry.marketplace_ids == [marketplace] for entry in answer.product_types)


def test_a_definition_leads_to_its_schema(definitions, marketplace):
    found = definitions.get_definitions_product_type("PRODUCT", [marketplace])
    assert (found.product_type, found.marketplace_ids) == ("PRODUCT", [marketplace])
    assert found.product_type_version.latest
    answer = httpx.get(found.var_schema.link.resource, trust_env=False)
    schema = answer.raise_for_status().json()
    assert "fulfillment_availability" in schema["properties"]


def test_an_unknown_product_type(definitions, marketplace):
    with pytest.raises(ApiException) as refusal:
        definitions.get_definitions_product_type("NOT_A_TYPE", [marketplace])
    assert refusal.value.status == 404
