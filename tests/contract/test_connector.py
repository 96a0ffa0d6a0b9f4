"""The connector's own client against the simulator; its requests are recorded."""

from datetime import datetime, timedelta, timezone

import pytest
from spapi.errors import AuthError, RejectedError
from spapi.orders import parse_order
from spapi.shipments import (
    ShipmentConfirmation,
    ShippedItem,
    confirmation_request,
    find_package,
    package_matches,
)

from spapi_simulator.accounts import NORTH_AMERICA

SELLER = NORTH_AMERICA.seller_id
MARKETPLACES = [marketplace.id for marketplace in NORTH_AMERICA.marketplaces]
LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)


def test_participations(connector):
    found = {p.marketplace_id for p in connector.get_marketplace_participations()}
    assert set(MARKETPLACES) <= found


def test_search_to_the_last_page(connector, admin):
    admin.create_orders(SELLER, count=80)
    query = {"created_after": LONG_AGO, "marketplace_ids": MARKETPLACES}
    page = connector.search_orders(**query)
    pages = [page]
    while page.next_token:
        page = connector.search_orders(**query, pagination_token=page.next_token)
        pages.append(page)
    assert len(pages) == 2
    known = {
        order["orderId"]
        for order in admin.orders(SELLER)
        if order["fulfillment"]["fulfilledBy"] == "MERCHANT"
    }
    assert {o["orderId"] for page in pages for o in page.documents} == known


def test_search_changes(connector, admin):
    order = admin.create_order(SELLER, age_seconds=300)
    page = connector.search_orders(
        last_updated_after=datetime.now(timezone.utc) - timedelta(seconds=600),
        last_updated_before=datetime.now(timezone.utc) - timedelta(seconds=130),
        marketplace_ids=MARKETPLACES,
    )
    assert order["orderId"] in [document["orderId"] for document in page.documents]


def test_confirm_and_look_up(connector, admin):
    lines = [{"sku": "SIM-0001", "quantity": 2}]
    created = admin.create_order(SELLER, lines=lines, age_seconds=600, programs=[])
    order = parse_order(connector.get_order(created["orderId"]))
    assert find_package(order, "17") is None
    confirmation = ShipmentConfirmation(
        marketplace_id=created["salesChannel"]["marketplaceId"],
        package_reference="17",
        carrier_code="Other",
        carrier_name="Bicycle",
        ship_method="Fast",
        tracking="TRACK-1",
        ship_date=datetime.now(timezone.utc),
        items=(ShippedItem(created["orderItems"][0]["orderItemId"], 2),),
    )
    request = confirmation_request(confirmation)
    assert connector.confirm_shipment(created["orderId"], request) is None
    after = parse_order(connector.get_order(created["orderId"]))
    assert package_matches(find_package(after, "17"), confirmation)


def test_refusals(connector, admin):
    with pytest.raises(RejectedError):
        connector.get_order("100-0000000-0000000")
    # The client tries once more with a new access token.
    admin.add_fault("forbidden", times=2)
    with pytest.raises(AuthError):
        connector.get_marketplace_participations()
