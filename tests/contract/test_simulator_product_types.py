"""The Product Type Definitions API describes the attributes of the listings."""

import base64
import hashlib

import jsonschema
import pytest
from listings_client import Listings

from spapi_simulator.accounts import EUROPE

MODEL = "definitionsProductTypes_2020-09-01.json"
TYPES = "/definitions/2020-09-01/productTypes"
TYPE = "/definitions/2020-09-01/productTypes/{productType}"
US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"


class Definitions:
    """Calls the Product Type Definitions API; validates answers."""

    def __init__(self, api, model):
        self.api = api
        self.validate = model(MODEL).validate

    def search(self, **params):
        """searchDefinitionsProductTypes."""
        answer = self.api.get(TYPES, **{"marketplaceIds": US, **params})
        self.validate(answer, TYPES)
        return answer

    def get(self, name, **params):
        """getDefinitionsProductType."""
        answer = self.api.get(f"{TYPES}/{name}", **{"marketplaceIds": US, **params})
        self.validate(answer, TYPE)
        return answer

    def names(self, **params):
        """The names of the product types that a search finds."""
        return [row["name"] for row in self.search(**params).json()["productTypes"]]

    def schema(self, name, **params):
        """The JSON Schema of a product type, downloaded."""
        link = self.get(name, **params).json()["schema"]
        answer = self.api.client.get(link["link"]["resource"])
        assert answer.status_code == 200
        digest = hashlib.md5(answer.content).digest()
        assert base64.b64encode(digest).decode() == link["checksum"]
        return answer.json()


@pytest.fixture
def definitions(api, model):
    return Definitions(api, model)


def test_all_product_types_of_the_listings_are_there(definitions, api, model):
    listings = Listings(api, model)
    used = {item["summaries"][0]["productType"] for item in listings.found()[1]}
    names = definitions.names()
    assert used <= set(names)
    assert names == sorted(names)


def test_search(definitions):
    assert definitions.names(keywords="luggage") == ["LUGGAGE"]
    assert definitions.names(keywords="luggage,SHOES") == ["LUGGAGE", "SHOES"]
    assert definitions.names(keywords="spaceship") == []
    assert definitions.names(itemName="Green walking shoes") == ["SHOES"]
    assert definitions.names(itemName="Spaceship") == ["PRODUCT"]
    row = definitions.search(marketplaceIds=f"{US},{CA}").json()["productTypes"][0]
    assert row["marketplaceIds"] == [US, CA]


def test_a_definition(definitions):
    found = definitions.get("LUGGAGE", sellerId=definitions.api.account.seller_id)
    document = found.json()
    assert document["locale"] == "en_US"
    assert document["requirements"] == "LISTING"
    assert document["productTypeVersion"]["latest"] is True
    version = document["productTypeVersion"]["version"]
    again = definitions.get("LUGGAGE", productTypeVersion=version, locale="fr_CA")
    assert again.json()["locale"] == "fr_CA"
    properties = definitions.schema("LUGGAGE")["properties"]
    grouped = [
        name
        for group in document["propertyGroups"].values()
        for name in group["propertyNames"]
    ]
    assert sorted(grouped) == sorted(properties)
    resource = document["metaSchema"]["link"]["resource"]
    assert definitions.api.client.get(resource).status_code == 200


@pytest.mark.parametrize(
    ("requirements", "name", "other"),
    [
        ("LISTING", "item_name", "merchant_suggested_asin"),
        ("LISTING_PRODUCT_ONLY", "item_name", "purchasable_offer"),
        ("LISTING_OFFER_ONLY", "merchant_suggested_asin", "item_name"),
    ],
)
def test_requirements(definitions, requirements, name, other):
    schema = definitions.schema("HOME", requirements=requirements)
    assert name in schema["required"] and other not in schema["required"]
    free = definitions.schema(
        "HOME", requirements=requirements, requirementsEnforced="NOT_ENFORCED"
    )
    assert free["required"] == []


def test_all_listings_follow_the_schema(definitions, api, model):
    listings = Listings(api, model)
    validators = {}
    for item in listings.found(includedData="summaries,attributes")[1]:
        name = item["summaries"][0]["productType"]
        if name not in validators:
            schema = definitions.schema(name, requirementsEnforced="NOT_ENFORCED")
            validators[name] = jsonschema.Draft201909Validator(schema)
        validators[name].validate(item["attributes"])


@pytest.mark.parametrize(
    "query",
    [
        {"marketplaceIds": ""},
        {"keywords": "x", "itemName": "y"},
        {"size": "9"},
    ],
)
def test_bad_searches(definitions, query):
    assert definitions.search(**query).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"marketplaceIds": ""},
        {"marketplaceIds": f"{US},{CA}"},
        {"requirements": "NONE"},
        {"requirementsEnforced": "SOMETIMES"},
        {"locale": "tlh"},
        {"parentageLevel": "COUSIN"},
    ],
)
def test_bad_requests(definitions, query):
    assert definitions.get("HOME", **query).status_code == 400


def test_what_is_not_there(definitions):
    assert definitions.get("SPACESHIP").status_code == 404
    assert definitions.get("HOME", productTypeVersion="1").status_code == 404
    client = definitions.api.client
    for path in ("product-types/SPACESHIP.json", "product-types/HOME", "x"):
        assert client.get(f"/schemas/{path}").status_code == 404


def test_others_are_denied(definitions):
    elsewhere = EUROPE.marketplaces[0].id
    assert definitions.search(marketplaceIds=elsewhere).status_code == 403
    assert definitions.get("HOME", marketplaceIds=elsewhere).status_code == 403
    assert definitions.get("HOME", sellerId=EUROPE.seller_id).status_code == 403
