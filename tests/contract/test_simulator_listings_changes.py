"""Listings are changed as on Amazon: judged at once, in effect a little later."""

import pytest
from listings_client import (
    Listings,
    accepted,
    codes,
    new_listing,
    offer,
    patch,
    prices,
    quantity,
)

from spapi_simulator.accounts import EUROPE

US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
SKU = "SIM-0001"


@pytest.fixture
def listings(api, model):
    return Listings(api, model)


def availability(listings, sku=SKU, **params):
    return listings.item(sku, **params)["attributes"].get("fulfillment_availability")


def available(listings, sku=SKU, **params):
    return listings.item(sku, **params)["fulfillmentAvailability"]


def test_a_change_takes_effect_a_moment_later(listings, later):
    before = listings.item(SKU)
    answer = accepted(listings.patch(SKU, quantity(7)))
    assert answer["sku"] == SKU and answer["issues"] == []
    assert listings.item(SKU) == before
    later()
    after = listings.item(SKU)
    assert after["fulfillmentAvailability"] == [
        {"fulfillmentChannelCode": "DEFAULT", "quantity": 7}
    ]
    old, new = before["summaries"][0], after["summaries"][0]
    assert new.pop("lastUpdatedDate") > old.pop("lastUpdatedDate")
    assert new == old


def test_merge_keeps_lead_time_and_restock_date_and_replace_wipes_them(listings, later):
    entry = {"lead_time_to_ship_max_days": 9, "restock_date": "2027-01-31"}
    accepted(listings.patch(SKU, quantity(3, "replace", **entry)))
    later()
    accepted(listings.patch(SKU, quantity(4, "merge")))
    later()
    kept = {"fulfillment_channel_code": "DEFAULT", "marketplace_id": US}
    assert availability(listings) == [{**kept, "quantity": 4, **entry}]
    accepted(listings.patch(SKU, quantity(5, "replace")))
    later()
    assert availability(listings) == [{**kept, "quantity": 5}]


def test_merge_removes_what_is_null(listings, later):
    accepted(listings.patch(SKU, quantity(3, "replace", restock_date="2027-01-31")))
    later()
    accepted(listings.patch(SKU, quantity(3, "merge", restock_date=None)))
    later()
    assert "restock_date" not in availability(listings)[0]


def test_changes_apply_in_the_order_of_submission(listings, later):
    for number in (9, 8, 7):
        accepted(listings.patch(SKU, quantity(number)))
    later()
    assert available(listings)[0]["quantity"] == 7


def test_a_change_is_made_in_the_marketplaces_of_the_request(listings, later):
    canada = available(listings, marketplaceIds=CA)
    accepted(listings.patch(SKU, quantity(77)))
    later()
    assert available(listings, marketplaceIds=CA) == canada
    accepted(listings.patch(SKU, quantity(78), marketplaceIds=f"{US},{CA}"))
    later()
    assert available(listings, marketplaceIds=f"{US},{CA}") == [
        {"fulfillmentChannelCode": "DEFAULT", "quantity": 78}
    ]


def test_an_entry_may_name_its_marketplace(listings, later):
    both = {"marketplaceIds": f"{US},{CA}"}
    accepted(listings.patch(SKU, quantity(5, marketplace_id=CA), **both))
    later()
    assert available(listings, marketplaceIds=CA)[0]["quantity"] == 5
    assert codes(listings.patch(SKU, quantity(5, marketplace_id=CA))) == ["4000001"]


def test_nothing_in_stock_is_not_buyable(listings, later):
    accepted(listings.patch(SKU, quantity(0)))
    later()
    assert listings.item(SKU)["summaries"][0]["status"] == ["DISCOVERABLE"]


def test_a_price_for_businesses_stands_beside_that_for_all(listings, later):
    all_buyers, business = offer(20), offer(18.5, audience="B2B")
    accepted(listings.patch(SKU, patch("purchasable_offer", [all_buyers, business])))
    later()
    accepted(listings.patch(SKU, patch("purchasable_offer", [offer(21)])))
    later()
    found = {o["offerType"]: o["price"] for o in listings.item(SKU)["offers"]}
    assert found == {
        "B2B": {"currencyCode": "USD", "amount": "18.50"},
        "B2C": {"currencyCode": "USD", "amount": "21.00"},
    }
    gone = [{"audience": "B2B", "currency": "USD"}]
    accepted(listings.patch(SKU, patch("purchasable_offer", gone, "delete")))
    later()
    assert [o["offerType"] for o in listings.item(SKU)["offers"]] == ["B2C"]


def test_delete_without_a_value_removes_the_attribute(listings, later):
    accepted(listings.patch(SKU, patch("bullet_point", op="delete")))
    later()
    assert "bullet_point" not in listings.item(SKU)["attributes"]


def test_a_quantity_takes_a_listing_out_of_amazons_hands(listings, admin, later):
    sku = next(
        item["sku"]
        for item in listings.found(includedData="fulfillmentAvailability")[1]
        if item["fulfillmentAvailability"] == [{"fulfillmentChannelCode": "AMAZON_NA"}]
    )
    amazon = {"fulfillment_channel_code": "AMAZON_NA", "quantity": 3}
    refused = patch("fulfillment_availability", [amazon])
    assert codes(listings.patch(sku, refused)) == ["4000001"]
    accepted(listings.patch(sku, quantity(3)))
    later()
    assert available(listings, sku) == [
        {"fulfillmentChannelCode": "DEFAULT", "quantity": 3}
    ]
    assert "fnSku" not in listings.item(sku)["summaries"][0]


@pytest.mark.parametrize("mode", [{}, {"mode": "VALIDATION_PREVIEW"}])
@pytest.mark.parametrize(
    "wrong",
    [
        quantity(-1),
        quantity("7"),
        quantity(1.5),
        quantity(7, shade="green"),
        quantity(7, restock_date="tomorrow"),
        patch("fulfillment_availability", [{"quantity": 7}]),
        patch("fulfillment_availability", [{"quantity": 7}], "merge"),
        patch("item_name", [{"value": 7}]),
        patch("item_name", [{"value": "x" * 201}]),
        patch("item_name", [{"value": "Birch Stool"}], "merge"),
        patch("purchasable_offer", [offer(0)]),
        patch("purchasable_offer", [offer(9.999)]),
        patch("purchasable_offer", [offer(9, "EUR")]),
        patch("purchasable_offer", [{"our_price": prices(9)}]),
        patch("condition_type", [{"value": "nearly_new"}]),
    ],
)
def test_a_wrong_value_is_invalid_and_changes_nothing(listings, later, wrong, mode):
    before = listings.item(SKU)
    answer = listings.patch(SKU, wrong, **mode)
    assert codes(answer) == ["4000001"]
    name = wrong["path"].rsplit("/", 1)[-1]
    assert answer.json()["issues"][0]["attributeNames"] == [name]
    later()
    assert listings.item(SKU) == before


def test_one_wrong_patch_stops_the_whole_submission(listings, later):
    answer = listings.patch(SKU, quantity(5), patch("brand", [{"value": 1}]))
    assert codes(answer) == ["4000001"]
    later()
    assert available(listings)[0]["quantity"] != 5


@pytest.mark.parametrize("operation", ["add", "replace", "merge", "delete"])
def test_an_empty_value_is_invalid(listings, operation):
    empty = patch("fulfillment_availability", [], operation)
    assert codes(listings.patch(SKU, empty)) == ["99022"]


def test_the_product_type_must_fit(listings, later):
    own = listings.item(SKU)["productTypes"][0]["productType"]
    accepted(listings.patch(SKU, quantity(5), product_type=own))
    accepted(listings.patch(SKU, quantity(5), product_type="PRODUCT"))
    other = "SHIRT" if own != "SHIRT" else "SHOES"
    assert codes(listings.patch(SKU, quantity(5), product_type=other)) == ["8101"]
    unknown = listings.patch(SKU, quantity(5), product_type="NO_SUCH_TYPE")
    assert codes(unknown) == ["4000003"]


def test_a_preview_changes_nothing(listings, later):
    before = listings.item(SKU)
    answer = listings.patch(
        SKU,
        quantity(7),
        mode="VALIDATION_PREVIEW",
        includedData="issues,identifiers",
    )
    assert answer.json()["status"] == "VALID"
    asin = before["summaries"][0]["asin"]
    assert answer.json()["identifiers"] == [{"marketplaceId": US, "asin": asin}]
    later()
    assert listings.item(SKU) == before


def test_identifiers_are_for_previews_only(listings):
    answer = listings.patch(SKU, quantity(7), includedData="identifiers")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"productType": "PRODUCT"},
        {"productType": "PRODUCT", "patches": []},
        {"productType": "", "patches": [quantity(1)]},
        {"productType": "PRODUCT", "patches": [{"op": "replace"}]},
        {"productType": "PRODUCT", "patches": [{**quantity(1), "op": "move"}]},
        {"productType": "PRODUCT", "patches": [{**quantity(1), "from": "/x"}]},
        {"productType": "PRODUCT", "patches": [{**quantity(1), "value": {}}]},
        {"productType": "PRODUCT", "patches": [{**quantity(1), "path": "/sku"}]},
        {
            "productType": "PRODUCT",
            "patches": [
                {**quantity(1), "path": "/attributes/fulfillment_availability/0"}
            ],
        },
        {"productType": "PRODUCT", "patches": [quantity(1)], "extra": 1},
    ],
)
def test_a_malformed_body_is_refused(listings, body):
    answer = listings.send("PATCH", SKU, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


def test_only_ones_own_listings_can_be_changed(listings):
    listings.seller_id = EUROPE.seller_id
    for answer in (
        listings.patch(SKU, quantity(1)),
        listings.put(SKU, new_listing()),
        listings.delete(SKU),
    ):
        assert answer.status_code == 403
