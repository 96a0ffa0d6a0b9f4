"""Listings are made, replaced and deleted as on Amazon."""

import pytest
from listings_client import (
    EVERYTHING,
    Listings,
    accepted,
    codes,
    new_listing,
    offer,
    patch,
    quantity,
)

US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
SKU = "SIM-0001"


@pytest.fixture
def listings(api, model):
    return Listings(api, model)


def availability(listings, sku=SKU, **params):
    return listings.item(sku, **params)["attributes"].get("fulfillment_availability")


def available(listings, sku=SKU, **params):
    return listings.item(sku, **params)["fulfillmentAvailability"]


def test_put_makes_a_listing(listings, later):
    sku = "NEW/1 # é"
    assert listings.get(sku).status_code == 404
    accepted(listings.put(sku, new_listing(), "HOME", "LISTING"))
    assert listings.get(sku).status_code == 404
    later()
    item = listings.item(sku)
    summary = item["summaries"][0]
    assert summary["itemName"] == "Birch Stool" and summary["asin"]
    assert summary["status"] == ["BUYABLE", "DISCOVERABLE"]
    assert item["offers"][0]["price"] == {"currencyCode": "USD", "amount": "49.50"}
    total, found = listings.found(identifiers=sku, identifiersType="SKU")
    assert total == 1 and found[0]["sku"] == sku
    newest = listings.search(sortBy="createdDate", pageSize="1").json()["items"]
    assert [row["sku"] for row in newest] == [sku]
    by_sku = [row["sku"] for row in listings.found(sortBy="sku", sortOrder="ASC")[1]]
    assert sku in by_sku and by_sku == sorted(by_sku)


def test_put_joins_an_article(listings, later):
    asin = listings.item(SKU)["summaries"][0]["asin"]
    attributes = new_listing(
        item_name=None, brand=None, merchant_suggested_asin=[{"value": asin}]
    )
    assert codes(listings.put("SECOND", attributes)) == ["90220", "90220"]
    accepted(listings.put("SECOND", attributes, requirements="LISTING_OFFER_ONLY"))
    later()
    _total, found = listings.found(identifiers=asin, identifiersType="ASIN")
    assert {row["sku"] for row in found} == {SKU, "SECOND"}


def test_put_replaces_all_attributes(listings, later):
    own = listings.item(SKU)["productTypes"][0]["productType"]
    assert "item_weight" in listings.item(SKU)["attributes"]
    accepted(listings.put(SKU, new_listing(), own))
    later()
    assert set(listings.item(SKU)["attributes"]) == set(new_listing())
    elsewhere = listings.item(SKU, marketplaceIds=CA)
    assert "item_weight" in elsewhere["attributes"]


@pytest.mark.parametrize("name", ["item_name", "brand", "purchasable_offer"])
def test_put_needs_what_the_requirements_say(listings, name):
    answer = listings.put("NEW-1", new_listing(**{name: None}))
    assert codes(answer) == ["90220"]
    issue = answer.json()["issues"][0]
    assert issue["attributeNames"] == [name]
    assert issue["categories"] == ["MISSING_ATTRIBUTE"]


@pytest.mark.parametrize(
    "attributes",
    [{"item_name": "Birch Stool"}, {"item_name": ["Birch Stool"]}, {"brand": 7}],
)
def test_put_takes_lists_of_objects(listings, attributes):
    assert codes(listings.put("NEW-1", new_listing(**attributes))) == ["4000001"]


def test_a_family_is_made(listings, later):
    parent = new_listing(
        purchasable_offer=None,
        fulfillment_availability=None,
        parentage_level=[{"value": "parent"}],
        variation_theme=[{"name": "COLOR"}],
    )
    child = new_listing(
        parentage_level=[{"value": "child"}],
        variation_theme=[{"name": "COLOR"}],
        color=[{"value": "Red"}],
        child_parent_sku_relationship=[
            {"child_relationship_type": "variation", "parent_sku": "FAMILY"}
        ],
    )
    accepted(listings.put("FAMILY", parent))
    accepted(listings.put("FAMILY-RED", child))
    later()
    item = listings.item("FAMILY")
    assert item["summaries"][0]["status"] == ["DISCOVERABLE"]
    assert item["relationships"][0]["relationships"] == [
        {
            "type": "VARIATION",
            "childSkus": ["FAMILY-RED"],
            "variationTheme": {"attributes": ["color"], "theme": "COLOR"},
        }
    ]
    _total, found = listings.found(variationParentSku="FAMILY")
    assert [row["sku"] for row in found] == ["FAMILY-RED"]


def test_a_patch_for_an_unknown_sku_makes_an_incomplete_listing(listings, later):
    accepted(listings.patch("UNKNOWN", quantity(7)))
    later()
    item = listings.item("UNKNOWN")
    assert item["summaries"][0]["status"] == []
    assert "asin" not in item["summaries"][0]
    missing = [issue["attributeNames"] for issue in item["issues"]]
    assert missing == [["item_name"], ["purchasable_offer"]]


def test_delete_ends_a_listing_in_one_marketplace(listings, later):
    accepted(listings.delete(SKU))
    assert listings.get(SKU).status_code == 200
    later()
    assert listings.get(SKU).status_code == 404
    assert listings.get(SKU, marketplaceIds=CA).status_code == 200
    total, _found = listings.found(identifiers=SKU, identifiersType="SKU")
    assert total == 0


def test_delete_of_an_unknown_sku_is_accepted(listings):
    accepted(listings.delete("UNKNOWN"))


def test_put_and_delete_take_one_marketplace(listings):
    both = {"marketplaceIds": f"{US},{CA}"}
    assert listings.put(SKU, new_listing(), **both).status_code == 400
    assert listings.delete(SKU, **both).status_code == 400


def test_the_change_of_a_suppressed_attribute_lifts_the_suppression(listings, later):
    suppressed = {
        issue["attributeNames"][0]: item["sku"]
        for item in listings.found(includedData="issues", withIssueSeverity="ERROR")[1]
        for issue in item["issues"]
        if "enforcements" in issue
    }
    sku = suppressed["purchasable_offer"]
    assert "BUYABLE" not in listings.item(sku)["summaries"][0]["status"]
    accepted(listings.patch(sku, patch("purchasable_offer", [offer(99)])))
    later()
    item = listings.item(sku)
    assert item["issues"] == []
    assert "BUYABLE" in item["summaries"][0]["status"]


def test_data_sets_of_an_answer(listings):
    bare = listings.patch(SKU, quantity(1), includedData="")
    assert "issues" not in bare.json()
    assert listings.patch(SKU, quantity(1), includedData=EVERYTHING).status_code == 400
