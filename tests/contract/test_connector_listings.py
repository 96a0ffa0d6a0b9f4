"""The connector's client on listings, against the simulator; requests are recorded."""

from datetime import date, datetime, timedelta, timezone

import pytest
from spapi.errors import RejectedError
from spapi.listings import parse_listing, quantity_request

from spapi_simulator.accounts import NORTH_AMERICA

SELLER = NORTH_AMERICA.seller_id
US = "ATVPDKIKX0DER"


def search(connector, **question):
    return connector.search_listings_items(SELLER, marketplace_id=US, **question)


def listed(connector, sku):
    document = connector.get_listings_item(SELLER, sku, marketplace_id=US)
    return parse_listing(document, US)


def merchants(connector):
    """Listings that the merchant fulfils, with a quantity."""
    return [
        listing
        for listing in (parse_listing(d, US) for d in search(connector).documents)
        if listing.channel == "merchant" and listing.quantity is not None
    ]


def test_all_pages_hold_all_listings_in_the_order_of_their_changes(connector):
    page = search(connector)
    documents, total = list(page.documents), page.total
    while page.next_token:
        page = search(connector, page_token=page.next_token)
        documents += page.documents
    listings = [parse_listing(document, US) for document in documents]
    assert len({listing.sku for listing in listings}) == total > 20
    times = [listing.last_updated for listing in listings]
    assert times == sorted(times)


def test_every_kind_of_listing_is_understood(connector):
    page = search(connector)
    listings = [parse_listing(document, US) for document in page.documents]
    while page.next_token:
        page = search(connector, page_token=page.next_token)
        listings += [parse_listing(document, US) for document in page.documents]
    assert {listing.channel for listing in listings} == {"merchant", "amazon"}
    assert any(listing.is_parent for listing in listings)
    assert any(listing.parent_sku for listing in listings)
    assert any(not listing.title for listing in listings)
    assert any(not listing.barcode for listing in listings)
    for listing in listings:
        if listing.channel == "amazon" or listing.is_parent:
            assert listing.quantity is None
        elif listing.price:
            assert listing.price.currency == "USD"


def test_changes_only(connector, admin):
    moment = datetime.now(timezone.utc) - timedelta(seconds=5)
    admin.create_listing(SELLER, "FRESH-1", title="Fresh", price="9.99")
    page = search(connector, last_updated_after=moment)
    assert [document["sku"] for document in page.documents] == ["FRESH-1"]


def test_listings_are_looked_up_by_sku(connector, admin):
    odd = "ODD/1 #%&+é"
    admin.create_listing(SELLER, odd, title="Odd", price="9.99")
    page = search(connector, skus=[odd, "NOBODY-HAS-IT"])
    assert [document["sku"] for document in page.documents] == [odd]
    assert listed(connector, odd).sku == odd
    with pytest.raises(RejectedError) as caught:
        listed(connector, "NOBODY-HAS-IT")
    assert caught.value.status == 404


def test_a_quantity_is_set_and_the_rest_of_the_offer_kept(connector, admin):
    before = merchants(connector)[0]
    stored = admin.listing(before.sku)["attributes"]["fulfillment_availability"]
    submission = connector.patch_listings_item(
        SELLER,
        before.sku,
        quantity_request(before.product_type, 17),
        marketplace_id=US,
    )
    assert submission.accepted
    assert submission.reason == ""
    admin.advance_clock(10)
    after = listed(connector, before.sku)
    assert after.quantity == 17
    kept = admin.listing(before.sku)["attributes"]["fulfillment_availability"]
    for old, new in zip(stored, kept, strict=True):
        old.pop("quantity"), new.pop("quantity")
        assert new == old


def test_a_restock_date_is_told_and_taken_back(connector, admin):
    sku = merchants(connector)[0].sku
    for more, told in (
        ({"lead_days": 4, "restock_on": date(2100, 1, 31)}, "2100-01-31"),
        ({"lead_days": 4, "is_whole": True}, None),
    ):
        submission = connector.patch_listings_item(
            SELLER, sku, quantity_request("", 3, **more), marketplace_id=US
        )
        assert submission.accepted
        admin.advance_clock(10)
        entries = admin.listing(sku)["attributes"]["fulfillment_availability"]
        shown = next(
            entry
            for entry in entries
            if (entry["fulfillment_channel_code"], entry["marketplace_id"])
            == ("DEFAULT", US)
        )
        assert shown.get("restock_date") == told
        assert shown["lead_time_to_ship_max_days"] == 4


def test_a_refused_change_tells_amazons_reason(connector, admin):
    sku = merchants(connector)[0].sku
    admin.add_fault("invalid_submission", sku=sku, message="Too many of them.")
    submission = connector.patch_listings_item(
        SELLER, sku, quantity_request("", 3), marketplace_id=US
    )
    assert not submission.accepted
    assert submission.reason == "Too many of them."


def test_a_picture_is_brought_without_a_token(connector, admin):
    listing = next(listing for listing in merchants(connector) if listing.image_url)
    content = connector.download_image(listing.image_url)
    assert content.startswith(b"\x89PNG")
    with pytest.raises(RejectedError):
        connector.download_image(listing.image_url + "x/none")
    with pytest.raises(RejectedError):
        connector.download_image("http://192.0.2.1/picture.png")
