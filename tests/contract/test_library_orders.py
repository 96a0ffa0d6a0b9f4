"""python-amazon-sp-api, unmodified, reads the account and its orders, and ships."""

from decimal import Decimal

import pytest
from simulator_client import LONG_AGO, confirmation
from sp_api.api import OrdersV0, OrdersV20260101, Sellers
from sp_api.auth.exceptions import AuthorizationError
from sp_api.base.exceptions import (
    SellingApiBadRequestException,
    SellingApiForbiddenException,
    SellingApiNotFoundException,
    SellingApiRequestThrottledException,
)

from spapi_simulator.accounts import NORTH_AMERICA, US

SELLER = NORTH_AMERICA.seller_id


def test_participations(library):
    answer = library(Sellers).get_marketplace_participation()
    names = {
        entry["marketplace"]["id"]: entry["marketplace"]["name"]
        for entry in answer.payload
    }
    for marketplace in NORTH_AMERICA.marketplaces:
        assert names[marketplace.id] == marketplace.name
        assert names[marketplace.non_amazon_id].startswith("Non-Amazon")
    assert len(names) == 2 * len(NORTH_AMERICA.marketplaces)


def test_search_to_the_last_page(library, admin):
    client = library(OrdersV20260101)
    query = {
        "createdAfter": LONG_AGO,
        # The library asks for one marketplace when none is named.
        "marketplaceIds": [m.id for m in NORTH_AMERICA.marketplaces],
        "includedData": ["FULFILLMENT", "PROCEEDS"],
        "maxResultsPerPage": 15,
    }
    answer = client.search_orders(**query)
    pages = [answer.payload["orders"]]
    while answer.next_token:
        answer = client.search_orders(**query, paginationToken=answer.next_token)
        pages.append(answer.payload["orders"])
    assert [len(orders) for orders in pages] == [15, 15, 10]
    read = {order["orderId"]: order for orders in pages for order in orders}
    known = {order["orderId"]: order for order in admin.orders(SELLER)}
    assert set(read) == set(known)
    for order_id, order in read.items():
        assert order["fulfillment"] == known[order_id]["fulfillment"]
        # Amazon tells no price before an order is paid.
        if order["fulfillment"]["fulfillmentStatus"] != "PENDING":
            assert order["proceeds"] == known[order_id]["proceeds"]


def test_search_by_lists(library, admin):
    answer = library(OrdersV20260101).search_orders(
        lastUpdatedAfter=LONG_AGO,
        marketplaceIds=[US.id],
        fulfillmentStatuses=["UNSHIPPED", "SHIPPED"],
        includedData=["FULFILLMENT"],
    )
    found = answer.payload["orders"]
    assert {order["orderId"] for order in found} == {
        order["orderId"]
        for order in admin.orders(SELLER)
        if order["salesChannel"]["marketplaceId"] == US.id
        and order["fulfillment"]["fulfillmentStatus"] in ("UNSHIPPED", "SHIPPED")
    }
    assert {order["fulfillment"]["fulfillmentStatus"] for order in found} == {
        "UNSHIPPED",
        "SHIPPED",
    }
    assert answer.rate_limit == "5.6"


def test_get_order(library, admin):
    order = admin.create_order(SELLER, lines=[{"sku": "SIM-0003", "quantity": 2}])
    client = library(OrdersV20260101)
    included = ["RECIPIENT", "PROCEEDS"]
    read = client.get_order(order["orderId"], includedData=included).payload["order"]
    assert read["recipient"] == order["recipient"]
    (item,) = read["orderItems"]
    assert (item["product"]["sellerSku"], item["quantityOrdered"]) == ("SIM-0003", 2)
    price = Decimal(item["product"]["price"]["unitPrice"]["amount"])
    (charge,) = [b for b in item["proceeds"]["breakdowns"] if b["type"] == "ITEM"]
    assert Decimal(charge["subtotal"]["amount"]) == 2 * price
    with pytest.raises(SellingApiNotFoundException):
        client.get_order("100-0000000-0000000")


def test_confirm_a_shipment(library, admin):
    order = admin.create_order(SELLER)
    body = confirmation(order)
    done = library(OrdersV0).confirm_shipment(order["orderId"], **body)
    assert done.payload == {"status_code": 204}
    after = admin.order(order["orderId"])
    assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    (package,) = after["packages"]
    assert package["trackingNumber"] == body["packageDetail"]["trackingNumber"]
    assert package["packageItems"] == body["packageDetail"]["orderItems"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (None, SellingApiBadRequestException),
        ("throttle", SellingApiRequestThrottledException),
        ("forbidden", SellingApiForbiddenException),
    ],
)
def test_refusals(library, admin, fault, error):
    order = admin.create_order(SELLER, status="SHIPPED")
    if fault:
        admin.add_fault(fault)
    with pytest.raises(error) as refusal:
        library(OrdersV0).confirm_shipment(
            order["orderId"], **confirmation(order, reference="2")
        )
    assert refusal.value.headers["x-amzn-RequestId"]


def test_a_refused_login(library, admin):
    admin.add_fault("lwa_invalid_grant")
    with pytest.raises(AuthorizationError) as refusal:
        library(Sellers).get_marketplace_participation()
    assert refusal.value.error_code == "invalid_grant"
