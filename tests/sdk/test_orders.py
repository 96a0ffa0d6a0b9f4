"""Amazon's client library reads the account and its orders, and ships one."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from spapi.api.orders_v0.orders_v0_api import OrdersV0Api
from spapi.api.orders_v2026_01_01.get_order_api import GetOrderApi
from spapi.api.orders_v2026_01_01.search_orders_api import SearchOrdersApi
from spapi.api.sellers_v1.sellers_api import SellersApi
from spapi.models.orders_v0 import (
    ConfirmShipmentOrderItem,
    ConfirmShipmentRequest,
    PackageDetail,
)
from spapi.models.orders_v2026_01_01 import Order
from spapi.rest import ApiException

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
EVERYTHING = [
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
]


@pytest.fixture
def order(admin, seller_id, marketplace):
    """An order of five and one pieces, placed two days ago, as the simulator has it."""
    lines = [{"sku": "SIM-0001", "quantity": 5}, {"sku": "SIM-0002", "quantity": 1}]
    return admin.create_order(
        seller_id,
        marketplace_id=marketplace,
        lines=lines,
        age_seconds=2 * 86400,
        programs=[],
    )


def test_the_library_checks_what_it_reads():
    """What it took is therefore complete."""
    with pytest.raises(ValueError, match="created_time"):
        Order(order_id="100-0000000-0000001")


def test_participations(connect, account):
    answer = connect(SellersApi).get_marketplace_participations()
    stores = [
        entry
        for entry in answer.payload
        if not entry.marketplace.name.startswith("Non-Amazon")
    ]
    assert [
        (
            entry.marketplace.id,
            entry.marketplace.country_code,
            entry.marketplace.default_currency_code,
        )
        for entry in stores
    ] == [(m["id"], m["country"], m["currency"]) for m in account["marketplaces"]]
    assert {entry.store_name for entry in stores} == {account["store_name"]}
    assert all(entry.participation.is_participating for entry in stores)


def test_search_over_several_pages(connect, admin, seller_id):
    query = {
        "created_after": LONG_AGO,
        "max_results_per_page": 15,
        "included_data": EVERYTHING,
    }
    api = connect(SearchOrdersApi)
    page = api.search_orders(**query)
    pages = [page.orders]
    while page.pagination and page.pagination.next_token:
        token = page.pagination.next_token
        page = api.search_orders(**query, pagination_token=token)
        pages.append(page.orders)
    assert [len(orders) for orders in pages] == [15, 15, 10]
    read = {order.order_id: order for orders in pages for order in orders}
    known = {order["orderId"]: order for order in admin.orders(seller_id)}
    assert set(read) == set(known)
    for order_id, document in known.items():
        fulfillment = document["fulfillment"]
        assert (
            read[order_id].fulfillment.fulfillment_status
            == (fulfillment["fulfillmentStatus"])
        )
        assert [item.quantity_ordered for item in read[order_id].order_items] == [
            item["quantityOrdered"] for item in document["orderItems"]
        ]


def test_search_by_status_and_marketplace(connect, admin, seller_id, marketplace):
    answer = connect(SearchOrdersApi).search_orders(
        last_updated_after=LONG_AGO,
        marketplace_ids=[marketplace],
        fulfillment_statuses=["UNSHIPPED", "UNFULFILLABLE"],
        fulfilled_by=["MERCHANT"],
        included_data=["FULFILLMENT"],
    )
    expected = {
        order["orderId"]
        for order in admin.orders(seller_id)
        if order["salesChannel"]["marketplaceId"] == marketplace
        and order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
        and order["fulfillment"]["fulfilledBy"] == "MERCHANT"
    }
    assert {order.order_id for order in answer.orders} == expected
    assert expected
    assert answer.last_updated_before > LONG_AGO


def test_get_order(connect, order):
    read = (
        connect(GetOrderApi).get_order(order["orderId"], included_data=EVERYTHING).order
    )
    assert read.order_id == order["orderId"]
    assert read.created_time == datetime.fromisoformat(
        order["createdTime"].replace("Z", "+00:00")
    )
    assert read.sales_channel.marketplace_id == order["salesChannel"]["marketplaceId"]
    address = order["recipient"]["deliveryAddress"]
    assert read.recipient.delivery_address.name == address["name"]
    assert read.recipient.delivery_address.postal_code == address["postalCode"]
    total = order["proceeds"]["grandTotal"]
    assert read.proceeds.grand_total.currency_code == total["currencyCode"]
    assert Decimal(read.proceeds.grand_total.amount) == Decimal(total["amount"])
    assert [item.product.seller_sku for item in read.order_items] == [
        "SIM-0001",
        "SIM-0002",
    ]
    lines = [item.proceeds.proceeds_total.amount for item in read.order_items]
    assert sum(map(Decimal, lines)) == Decimal(total["amount"])


def test_get_an_order_that_is_not_there(connect):
    with pytest.raises(ApiException) as refusal:
        connect(GetOrderApi).get_order("100-0000000-0000000")
    assert refusal.value.status == 404
    assert "NotFound" in refusal.value.body


def build_package(order, **changes):
    """A package with all pieces of an order."""
    return PackageDetail(
        **{
            "package_reference_id": "1",
            "carrier_code": "UPS",
            "shipping_method": "Ground",
            "tracking_number": "1ZSIMULATED",
            "ship_date": datetime.now(timezone.utc),
            "order_items": [
                ConfirmShipmentOrderItem(
                    order_item_id=item["orderItemId"], quantity=item["quantityOrdered"]
                )
                for item in order["orderItems"]
            ],
            **changes,
        }
    )


def test_confirm_a_shipment(connect, order, marketplace):
    sent = build_package(order)
    request = ConfirmShipmentRequest(package_detail=sent, marketplace_id=marketplace)
    api = connect(OrdersV0Api)
    _nothing, status, _headers = api.confirm_shipment_with_http_info(
        order["orderId"], request
    )
    assert status == 204
    after = connect(GetOrderApi).get_order(
        order["orderId"], included_data=["FULFILLMENT", "PACKAGES"]
    )
    assert after.order.fulfillment.fulfillment_status == "SHIPPED"
    (package,) = after.order.packages
    assert (package.package_reference_id, package.carrier) == ("1", "UPS")
    assert package.tracking_number == "1ZSIMULATED"
    assert abs((package.ship_time - sent.ship_date).total_seconds()) < 1
    assert [piece.quantity for piece in package.package_items] == [5, 1]


def test_confirm_more_than_was_ordered(connect, order, marketplace):
    too_many = [
        ConfirmShipmentOrderItem(
            order_item_id=order["orderItems"][0]["orderItemId"], quantity=6
        )
    ]
    request = ConfirmShipmentRequest(
        package_detail=build_package(order, order_items=too_many),
        marketplace_id=marketplace,
    )
    with pytest.raises(ApiException) as refusal:
        connect(OrdersV0Api).confirm_shipment(order["orderId"], request)
    assert refusal.value.status == 400
    assert "quantity" in refusal.value.body


def test_a_forbidden_request(connect, admin):
    admin.add_fault("forbidden", operation="searchOrders")
    with pytest.raises(ApiException) as refusal:
        connect(SearchOrdersApi).search_orders(created_after=LONG_AGO)
    assert refusal.value.status == 403
    assert refusal.value.headers["x-amzn-RequestId"]
