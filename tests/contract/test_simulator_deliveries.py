"""Notifications: what is delivered to subscribers, and when."""

import jsonschema
import pytest
from notification_client import (
    DESTINATIONS,
    ONE,
    TEST,
    errors,
)
from simulator_client import confirmation

from spapi_simulator.accounts import EUROPE, NORTH_AMERICA


@pytest.fixture
def delivered(admin, schema):
    """Reads what was delivered of a type; each must follow Amazon's schema."""

    def read(kind="ORDER_CHANGE"):
        name = {
            "ORDER_CHANGE": "OrderChangeNotification.json",
            "FEED_PROCESSING_FINISHED": "FeedProcessingFinishedNotification.json",
            "REPORT_PROCESSING_FINISHED": "ReportProcessingFinishedNotification.json",
            "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": "ListingsItemMfnQuantityChange.json",
            "LISTINGS_ITEM_ISSUES_CHANGE": "ListingsItemIssuesChangeNotification.json",
        }[kind]
        validator = jsonschema.Draft7Validator(
            schema(name), format_checker=jsonschema.FormatChecker()
        )
        found = [entry["notification"] for entry in admin.notifications(type=kind)]
        for notification in found:
            validator.validate(notification)
        return found

    return read


def order_changes(notifications):
    """(order id, change type, status) of ORDER_CHANGE notifications."""
    found = (n["Payload"]["OrderChangeNotification"] for n in notifications)
    return [
        (n["AmazonOrderId"], n["OrderChangeType"], n["Summary"]["OrderStatus"])
        for n in found
    ]


def test_new_orders_are_told(admin, seller, destination, delivered):
    admin.create_order(NORTH_AMERICA.seller_id)
    assert delivered() == []
    made = seller.subscribe(destination).json()["payload"]
    admin.create_order(EUROPE.seller_id)
    order = admin.create_order(NORTH_AMERICA.seller_id)
    expected = [(order["orderId"], "OrderStatusChange", "Unshipped")]
    assert order_changes(delivered()) == expected
    (entry,) = admin.notifications(destination_id=destination)
    metadata = entry["notification"]["NotificationMetadata"]
    assert metadata["SubscriptionId"] == made["subscriptionId"]
    assert admin.notifications(destination_id="other") == []
    admin.clear_notifications()
    assert admin.notifications() == []


def test_changes_of_an_order_are_told(admin, api, seller, destination, delivered):
    order = admin.create_order(NORTH_AMERICA.seller_id)
    order_id = order["orderId"]
    seller.subscribe(destination)
    assert api.confirm(order_id, confirmation(order)).status_code == 204
    admin.change_order(order_id, status="CANCELLED")
    assert order_changes(delivered()) == [
        (order_id, "OrderStatusChange", "Shipped"),
        (order_id, "OrderStatusChange", "Canceled"),
    ]


def test_a_partial_shipment_is_told(admin, api, seller, destination, delivered):
    sku = admin.products()[0]["sku"]
    lines = [{"sku": sku, "quantity": 3}]
    order = admin.create_order(NORTH_AMERICA.seller_id, lines=lines)
    seller.subscribe(destination)
    item = order["orderItems"][0]["orderItemId"]
    api.confirm(order["orderId"], confirmation(order, quantities={item: 1}))
    (notification,) = delivered()
    summary = notification["Payload"]["OrderChangeNotification"]["Summary"]
    assert summary["OrderStatus"] == "PartiallyShipped"
    assert summary["NumberOfItemsShipped"] == 1
    assert summary["NumberOfItemsUnshipped"] == 2
    assert summary["OrderItems"][0]["SellerSKU"] == sku


def test_a_buyers_wish_to_cancel_is_told(admin, seller, destination, delivered):
    order = admin.create_order(NORTH_AMERICA.seller_id)
    seller.subscribe(destination)
    request = {"requester": "BUYER", "cancelReason": "Ordered by mistake"}
    item = {
        "orderItemId": order["orderItems"][0]["orderItemId"],
        "cancellation": {"cancellationRequest": request},
    }
    admin.change_order(order["orderId"], {"orderItems": [item]})
    expected = [(order["orderId"], "BuyerRequestedChange", "Unshipped")]
    assert order_changes(delivered()) == expected
    summary = delivered()[0]["Payload"]["OrderChangeNotification"]["Summary"]
    assert summary["OrderItems"][0]["IsBuyerRequestedCancel"] is True


def test_a_new_address_is_not_told(admin, seller, destination, delivered):
    order = admin.create_order(NORTH_AMERICA.seller_id)
    seller.subscribe(destination)
    change = {"recipient": {"deliveryAddress": {"city": "Elsewhere"}}}
    admin.change_order(order["orderId"], change)
    assert delivered() == []


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"orderChangeTypes": ["BuyerRequestedChange"]}, 0),
        ({"orderChangeTypes": ["OrderStatusChange"]}, 1),
        ({"marketplaceIds": ["A2EUQ1WTGCTBG2"]}, 0),
        ({"marketplaceIds": ["ATVPDKIKX0DER"]}, 1),
    ],
)
def test_a_filter_chooses(admin, seller, destination, delivered, chosen, count):
    chosen = {"eventFilterType": "ORDER_CHANGE", **chosen}
    directive = {"eventFilter": chosen}
    made = seller.subscribe(destination, processingDirective=directive)
    assert made.json()["payload"]["processingDirective"] == directive
    admin.create_order(NORTH_AMERICA.seller_id, marketplace_id="ATVPDKIKX0DER")
    assert len(delivered()) == count


def test_a_deleted_subscription_tells_nothing(
    admin, application, seller, destination, delivered
):
    made = seller.subscribe(destination).json()["payload"]
    names = {"notificationType": "ORDER_CHANGE"}
    names["subscriptionId"] = made["subscriptionId"]
    application("DELETE", ONE, **names)
    admin.create_order(NORTH_AMERICA.seller_id)
    assert delivered() == []


def test_a_new_quantity_is_told_once(admin, seller, destination, delivered):
    kind, sku = "LISTINGS_ITEM_MFN_QUANTITY_CHANGE", admin.products()[0]["sku"]
    seller.subscribe(destination, kind)
    admin.change_listing(sku, seller_id=NORTH_AMERICA.seller_id, quantity=1077)
    (notification,) = delivered(kind)
    assert notification["Payload"] == {
        "SellerId": NORTH_AMERICA.seller_id,
        "FulfillmentChannelCode": "DEFAULT",
        "Sku": sku,
        "Quantity": 1077,
    }


def test_what_a_listing_lacks_is_told(admin, seller, destination, delivered):
    seller.subscribe(destination, "LISTINGS_ITEM_ISSUES_CHANGE")
    seller.subscribe(destination, "LISTINGS_ITEM_STATUS_CHANGE")
    title = {"item_name": [{"value": "Without an offer"}]}
    wishes = {"marketplace_ids": ["ATVPDKIKX0DER"], "attributes": title}
    admin.create_listing(NORTH_AMERICA.seller_id, "INCOMPLETE-1", **wishes)
    (issues,) = delivered("LISTINGS_ITEM_ISSUES_CHANGE")
    assert issues["Payload"]["Severities"] == ["ERROR"]
    admin.change_listing("INCOMPLETE-1", price="9.99", quantity=1)
    told = admin.notifications(type="LISTINGS_ITEM_STATUS_CHANGE")
    statuses = [entry["notification"]["Payload"]["Status"] for entry in told]
    assert statuses[-1] == ["BUYABLE", "DISCOVERABLE"]
    assert delivered("LISTINGS_ITEM_ISSUES_CHANGE")[-1]["Payload"]["Severities"]


def test_a_finished_report_is_told(admin, api, seller, destination, delivered):
    kind = "REPORT_PROCESSING_FINISHED"
    seller.subscribe(destination, kind, payloadVersion="2020-09-04")
    body = {
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "marketplaceIds": ["ATVPDKIKX0DER"],
    }
    path = "/reports/2021-06-30/reports"
    made = api.client.post(path, json=body, headers=api.headers)
    assert delivered(kind) == []
    admin.advance_clock(3600)
    (notification,) = delivered(kind)
    facts = notification["payload"]["reportProcessingFinishedNotification"]
    assert facts["reportId"] == made.json()["reportId"]
    assert facts["processingStatus"] == "DONE"
    assert facts["reportDocumentId"]


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("ORDER_CHANGE", "1.0"),
        ("LISTINGS_ITEM_MFN_QUANTITY_CHANGE", "1.0"),
        ("FEED_PROCESSING_FINISHED", "2020-09-04"),
        ("REPORT_PROCESSING_FINISHED", "2020-09-04"),
    ],
)
def test_a_test_notification(application, destination, delivered, kind, version):
    test = {"payloadVersion": version, "testScenario": "SUCCESS"}
    body = {"destinationId": destination, "testNotification": test}
    answer = application("POST", TEST, body, notificationType=kind)
    assert answer.status_code == 200
    assert len(delivered(kind)) == 1


@pytest.mark.parametrize(
    ("kind", "test"),
    [
        ("ORDER_CHANGE", {"payloadVersion": "1.0"}),
        ("ORDER_CHANGE", {"payloadVersion": "1.0", "testScenario": ""}),
        ("ORDER_CHANGE", {"payloadVersion": "9", "testScenario": "SUCCESS"}),
        ("PRICING_HEALTH", {"payloadVersion": "1.0", "testScenario": "SUCCESS"}),
    ],
)
def test_impossible_test_notifications(application, destination, kind, test):
    body = {"destinationId": destination, "testNotification": test}
    answer = application("POST", TEST, body, notificationType=kind)
    assert errors(answer)[:2] == (400, "InvalidInput")


def test_a_reset_forgets_subscriptions(admin, application, seller, destination):
    seller.subscribe(destination)
    assert len(admin.subscriptions()["subscriptions"]) == 1
    admin.reset()
    assert admin.subscriptions() == {"destinations": [], "subscriptions": []}
    assert application("GET", DESTINATIONS).json()["payload"] == []
