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
    get_carrier_codes,
    get_cod_collection_method,
    guess_carrier,
    package_matches,
)

from spapi_simulator.accounts import ACCOUNTS, FAR_EAST, NORTH_AMERICA
from spapi_simulator.store.carriers import is_known_carrier

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


def test_every_code_that_the_connector_offers_is_known_to_the_marketplace():
    countries = {m.country for one in ACCOUNTS.values() for m in one.marketplaces}
    countries |= {
        "IT",
        "ES",
        "NL",
        "SE",
        "PL",
        "BE",
        "BR",
        "IN",
        "SG",
        "AE",
        "TR",
        "ZA",
    }
    for country in countries:
        unknown = [
            code
            for code in get_carrier_codes(country)
            if not is_known_carrier(code, country)
        ]
        assert not unknown, country


def test_a_recognised_carrier_is_the_carrier_of_the_package(connector, admin):
    created = admin.create_order(
        SELLER, marketplace_id="ATVPDKIKX0DER", age_seconds=600, programs=[]
    )
    carrier = guess_carrier("ontrac ground", country="US")
    confirmation = ShipmentConfirmation(
        marketplace_id="ATVPDKIKX0DER",
        package_reference="18",
        carrier_code=carrier.code,
        carrier_name=carrier.name,
        ship_method=carrier.ship_method,
        tracking="TRACK-2",
        ship_date=datetime.now(timezone.utc),
        items=tuple(
            ShippedItem(
                item["orderItemId"],
                item["quantityOrdered"],
                tuple(f"AZ:{n}" for n in range(item["quantityOrdered"])),
            )
            for item in created["orderItems"][:1]
        ),
    )
    connector.confirm_shipment(created["orderId"], confirmation_request(confirmation))
    after = parse_order(connector.get_order(created["orderId"]))
    assert find_package(after, "18").carrier == "OnTrac"
    assert package_matches(find_package(after, "18"), confirmation)


def test_cash_on_delivery_is_told_in_japan(far_east_connector, admin):
    created = admin.create_order(
        FAR_EAST.seller_id,
        marketplace_id="A1VC38T7YXB528",
        age_seconds=600,
        programs=[],
        traits=["COD"],
    )
    order = parse_order(far_east_connector.get_order(created["orderId"]))
    assert order.is_cash_on_delivery
    method = get_cod_collection_method(order.marketplace_id, order.is_cash_on_delivery)
    assert method == "DirectPayment"
    confirmation = ShipmentConfirmation(
        marketplace_id=order.marketplace_id,
        package_reference="19",
        carrier_code=guess_carrier("ヤマト運輸", country="JP").code,
        carrier_name="",
        ship_method="",
        tracking="TRACK-3",
        ship_date=datetime.now(timezone.utc),
        items=tuple(ShippedItem(item.item_id, item.quantity) for item in order.items),
        cod_collection_method=method,
    )
    request = confirmation_request(confirmation)
    far_east_connector.confirm_shipment(order.order_id, request)
    after = parse_order(far_east_connector.get_order(order.order_id))
    assert after.status == "shipped"


def test_refusals(connector, admin):
    with pytest.raises(RejectedError):
        connector.get_order("100-0000000-0000000")
    # The client tries once more with a new access token.
    admin.add_fault("forbidden", times=2)
    with pytest.raises(AuthError):
        connector.get_marketplace_participations()
