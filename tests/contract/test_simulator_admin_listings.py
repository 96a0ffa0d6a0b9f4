"""Listings by the admin interface, as clients then read them."""

from urllib.parse import quote

import pytest

from spapi_simulator.accounts import EUROPE, NORTH_AMERICA, US

SELLER = NORTH_AMERICA.seller_id


def shown(api, sku):
    """What a client reads of a listing in the United States."""
    path = f"/listings/2021-08-01/items/{SELLER}/{quote(sku, safe='')}"
    included = "summaries,offers,fulfillmentAvailability"
    return api.get(path, marketplaceIds=US.id, includedData=included)


def test_listings_come_page_by_page(admin):
    whole = admin.listings(SELLER, limit=30)
    assert len(whole) == 30
    parts = [admin.listings(SELLER, limit=10, offset=n) for n in (0, 10, 20)]
    assert sum(parts, []) == whole
    assert {listing["seller_id"] for listing in whole} == {SELLER}


def test_a_listing_is_found_by_what_names_it(admin):
    product = admin.products()[3]
    for search in (product["sku"], product["asin"], product["barcode"]):
        found = admin.listings(SELLER, search=search)
        assert product["sku"] in {listing["sku"] for listing in found}
    for listing in admin.listings(SELLER, search=product["title"].lower()):
        titles = {m["title"] for m in listing["marketplaces"]}
        assert any(product["title"] in (title or "") for title in titles)
    assert admin.listings(search="no such thing") == []


def test_a_change_can_be_read_at_once(api, admin):
    sku = admin.products()[0]["sku"]
    changed = admin.change_listing(sku, quantity=7, price=12.5, title="New name")
    here = next(m for m in changed["marketplaces"] if m["marketplace_id"] == US.id)
    assert (here["quantity"], here["price"], here["title"]) == (7, "12.50", "New name")
    document = shown(api, sku).json()
    assert document["fulfillmentAvailability"][0]["quantity"] == 7
    assert document["summaries"][0]["itemName"] == "New name"


def test_a_listing_can_be_created_and_deleted(api, admin):
    sku = "MY/SKU #1 &é"
    made = admin.create_listing(
        SELLER, sku, title="Tin Soldier", price="9.99", quantity=4
    )
    assert made["marketplaces"][0]["status"] == ["BUYABLE", "DISCOVERABLE"]
    assert admin.listing(sku)["attributes"]["item_name"][0]["value"] == "Tin Soldier"
    document = shown(api, sku).json()
    assert document["fulfillmentAvailability"][0]["quantity"] == 4
    with pytest.raises(ValueError, match="already"):
        admin.create_listing(SELLER, sku, title="Again", price="9.99")
    admin.delete_listing(sku)
    assert shown(api, sku).status_code == 404
    with pytest.raises(ValueError, match="no listing"):
        admin.listing(sku)


def test_a_change_may_be_for_one_account_and_marketplace(admin):
    sku = admin.products()[0]["sku"]
    before = admin.listing(sku, EUROPE.seller_id)
    changed = admin.change_listing(
        sku, seller_id=SELLER, marketplace_ids=[US.id], title="Only here"
    )
    titles = [m["title"] for m in changed["marketplaces"]]
    assert titles.count("Only here") == 1
    assert admin.listing(sku, EUROPE.seller_id) == before


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"quantity": -1}, "between 0 and"),
        ({"quantity": "many"}, "quantity"),
        ({"price": 0}, "positive"),
        ({"price": "cheap"}, "positive"),
        ({"colour": "red"}, "known:"),
        ({"marketplace_ids": ["A0NOWHERE"]}, US.id),
        ({"seller_id": "A0NOBODY"}, SELLER),
        ({"attributes": {"item_name": "text"}}, "Item Name"),
    ],
)
def test_impossible_changes_are_explained(admin, wishes, words):
    sku = admin.products()[0]["sku"]
    before = admin.listing(sku, SELLER)
    with pytest.raises(ValueError, match=words):
        admin.change_listing(sku, **wishes)
    assert admin.listing(sku, SELLER) == before


def test_an_unknown_sku_is_explained(admin):
    with pytest.raises(ValueError, match="NO-SUCH-SKU"):
        admin.change_listing("NO-SUCH-SKU", quantity=1)
    with pytest.raises(ValueError, match="sku is required"):
        admin.create_listing(SELLER, "")


def test_orders_come_page_by_page(admin):
    whole = admin.orders(SELLER)
    parts = [admin.orders(SELLER, limit=15, offset=n) for n in (0, 15, 30)]
    assert sum(parts, []) == whole
    pending = admin.orders(SELLER, status="PENDING")
    assert {o["fulfillment"]["fulfillmentStatus"] for o in pending} == {"PENDING"}
    with pytest.raises(ValueError, match="UNSHIPPED"):
        admin.orders(status="LOST")
    with pytest.raises(ValueError, match="whole number"):
        admin.orders(limit="some")


def test_the_journal_can_show_the_last_requests(api, admin):
    api.participations()
    for _ in range(3):
        api.search()
    last = admin.journal(limit=2)
    assert [entry["operation"] for entry in last] == ["searchOrders"] * 2
    assert admin.journal(limit=0) == []
