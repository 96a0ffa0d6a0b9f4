"""Notifications: destinations, subscriptions, and what is delivered when."""

import json

import jsonschema
import pytest
from amazon_model import models_folder
from simulator_client import Api, confirmation

from spapi_simulator.accounts import CLIENT_ID, CLIENT_SECRET, EUROPE, NORTH_AMERICA

MODEL = "notifications.json"
DESTINATIONS = "/notifications/v1/destinations"
DESTINATION = DESTINATIONS + "/{destinationId}"
SUBSCRIPTIONS = "/notifications/v1/subscriptions"
OF_TYPE = SUBSCRIPTIONS + "/{notificationType}"
ONE = OF_TYPE + "/{subscriptionId}"
TEST = OF_TYPE + "/testNotification"
ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
SCOPE = "sellingpartnerapi::notifications"


class Caller:
    """Calls the Notifications API; every answer must follow Amazon's model."""

    def __init__(self, client, model, headers):
        self.client, self.model, self.headers = client, model, headers

    def __call__(self, method, template, body=None, params=None, **values):
        answer = self.client.request(
            method,
            template.format(**values),
            json=body,
            params=params,
            headers=self.headers,
        )
        self.model.validate(answer, template, method.lower())
        return answer

    def subscribe(self, destination, kind="ORDER_CHANGE", **changes):
        """createSubscription."""
        body = {"destinationId": destination, "payloadVersion": "1.0", **changes}
        return self("POST", OF_TYPE, body, notificationType=kind)


def queue(arn=ARN, name="orders"):
    """A body of createDestination."""
    return {"name": name, "resourceSpecification": {"sqs": {"arn": arn}}}


def application_token(http, scope=SCOPE):
    """The headers of the application itself."""
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": scope,
    }
    token = http.post("/auth/o2/token", data=form).json()["access_token"]
    return {"x-amz-access-token": token}


@pytest.fixture
def application(http, admin, model):
    """Calls of the application itself."""
    return Caller(http, model(MODEL), application_token(http))


@pytest.fixture
def seller(api, model):
    """Calls for the North American account."""
    return Caller(api.client, model(MODEL), api.headers)


@pytest.fixture
def destination(application):
    """The id of a destination."""
    return application("POST", DESTINATIONS, queue()).json()["payload"]["destinationId"]


def errors(answer):
    """(status, code, details) of a refusal."""
    (error,) = answer.json()["errors"]
    return answer.status_code, error["code"], error["details"]


# Destinations


def test_a_destination_can_be_made_found_and_deleted(application):
    made = application("POST", DESTINATIONS, queue()).json()["payload"]
    assert made["resource"] == {"sqs": {"arn": ARN}}
    destination_id = made["destinationId"]
    found = application("GET", DESTINATION, destinationId=destination_id)
    assert found.json()["payload"] == made
    assert application("GET", DESTINATIONS).json()["payload"] == [made]
    assert application("DELETE", DESTINATION, destinationId=destination_id).json() == {}
    for method in ("GET", "DELETE"):
        gone = application(method, DESTINATION, destinationId=destination_id)
        assert errors(gone)[:2] == (404, "NotFound")
    assert application("GET", DESTINATIONS).json()["payload"] == []


def test_an_event_bridge_gets_a_name(application):
    bridge = {"accountId": "123456789012", "region": "us-east-1"}
    body = {"name": "bus", "resourceSpecification": {"eventBridge": bridge}}
    made = application("POST", DESTINATIONS, body).json()["payload"]["resource"]
    assert made["eventBridge"]["name"].startswith("aws.partner/")
    assert application("POST", DESTINATIONS, body).status_code == 409


def test_a_queue_can_be_one_destination_only(application, destination):
    status, code, details = errors(application("POST", DESTINATIONS, queue(name="two")))
    assert (status, code) == (409, "Conflict")
    assert ARN in details


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "orders"},
        {"name": "orders", "resourceSpecification": {}},
        {"name": "orders", "resourceSpecification": {"pigeon": {}}},
        queue(arn="https://queue.example.com"),
        queue(name=""),
        queue(name="n" * 257),
        {**queue(), "colour": "red"},
        {
            "name": "both",
            "resourceSpecification": {
                "sqs": {"arn": ARN},
                "eventBridge": {"accountId": "1", "region": "us-east-1"},
            },
        },
    ],
)
def test_impossible_destinations_are_refused(application, body):
    assert errors(application("POST", DESTINATIONS, body))[:2] == (400, "InvalidInput")


def test_a_used_destination_cannot_be_deleted(application, seller, destination):
    assert seller.subscribe(destination).status_code == 200
    refusal = application("DELETE", DESTINATION, destinationId=destination)
    assert errors(refusal) == (403, "Unauthorized", "Destination has subscriptions")


def test_destinations_need_the_application(seller):
    assert seller("GET", DESTINATIONS).status_code == 403
    assert seller("POST", DESTINATIONS, queue()).status_code == 403


def test_destinations_need_the_right_scope(http, admin, model):
    scope = "sellingpartnerapi::client_credential:rotation"
    rotating = Caller(http, model(MODEL), application_token(http, scope))
    assert rotating("GET", DESTINATIONS).status_code == 403


# Subscriptions


def test_a_subscription_can_be_made_found_and_deleted(application, seller, destination):
    made = seller.subscribe(destination).json()["payload"]
    assert made["destinationId"] == destination
    assert made["payloadVersion"] == "1.0"
    names = {
        "notificationType": "ORDER_CHANGE",
        "subscriptionId": made["subscriptionId"],
    }
    found = seller("GET", OF_TYPE, notificationType="ORDER_CHANGE")
    assert found.json()["payload"] == made
    page = seller("GET", SUBSCRIPTIONS, params={"notificationTypes": "ORDER_CHANGE"})
    assert page.json()["payload"] == {"subscriptions": [made]}
    for caller in (application, seller):
        assert caller("GET", ONE, **names).json()["payload"] == made
    assert application("DELETE", ONE, **names).json() == {}
    assert application("DELETE", ONE, **names).status_code == 404
    gone = seller("GET", OF_TYPE, notificationType="ORDER_CHANGE")
    assert errors(gone)[:2] == (404, "NotFound")


def test_a_second_subscription_is_a_conflict(seller, destination):
    seller.subscribe(destination)
    assert errors(seller.subscribe(destination))[:2] == (409, "Conflict")
    other = seller.subscribe(destination, "LISTINGS_ITEM_MFN_QUANTITY_CHANGE")
    assert other.status_code == 200


def test_each_account_has_its_own_subscriptions(http, seller, destination, model):
    europe = Caller(http, model(MODEL), Api(http, EUROPE).headers)
    made = seller.subscribe(destination).json()["payload"]
    names = {
        "notificationType": "ORDER_CHANGE",
        "subscriptionId": made["subscriptionId"],
    }
    answer = europe("GET", OF_TYPE, notificationType="ORDER_CHANGE")
    assert answer.status_code == 404
    assert europe("DELETE", ONE, **names).status_code == 404
    assert europe.subscribe(destination).status_code == 200


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("ORDER_CHANGES", {}),
        ("ORDER_CHANGE", {"destinationId": "nowhere"}),
        ("ORDER_CHANGE", {"destinationId": ""}),
        ("ORDER_CHANGE", {"payloadVersion": "2.0"}),
        ("FEED_PROCESSING_FINISHED", {"payloadVersion": "1.0"}),
        ("ORDER_CHANGE", {"colour": "red"}),
        ("ORDER_CHANGE", {"processingDirective": {"eventFilter": {}}}),
        ("ORDER_CHANGE", {"processingDirective": {"filterExpression": "true"}}),
        (
            "ORDER_CHANGE",
            {
                "processingDirective": {
                    "eventFilter": {"eventFilterType": "ANY_OFFER_CHANGED"}
                }
            },
        ),
        (
            "ORDER_CHANGE",
            {
                "processingDirective": {
                    "eventFilter": {
                        "eventFilterType": "ORDER_CHANGE",
                        "orderChangeTypes": ["Everything"],
                    }
                }
            },
        ),
    ],
)
def test_impossible_subscriptions_are_refused(seller, destination, kind, changes):
    answer = seller.subscribe(destination, kind, **changes)
    assert errors(answer)[:2] == (400, "InvalidInput")


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"notificationTypes": "ORDER_CHANGE,ANY_OFFER_CHANGED"},
        {"notificationTypes": "CHESS"},
        {"notificationTypes": "ORDER_CHANGE", "pageSize": "29"},
        {"notificationTypes": "ORDER_CHANGE", "nextToken": "forged"},
    ],
)
def test_impossible_lists_are_refused(seller, params):
    answer = seller("GET", SUBSCRIPTIONS, params=params)
    assert errors(answer)[:2] == (400, "InvalidInput")


def test_subscriptions_need_a_seller(application, destination):
    assert application.subscribe(destination).status_code == 403


# Deliveries


@pytest.fixture
def delivered(admin):
    """Reads what was delivered of a type; each must follow Amazon's schema."""

    def read(kind="ORDER_CHANGE"):
        schema = {
            "ORDER_CHANGE": "OrderChangeNotification.json",
            "FEED_PROCESSING_FINISHED": "FeedProcessingFinishedNotification.json",
            "REPORT_PROCESSING_FINISHED": "ReportProcessingFinishedNotification.json",
            "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": "ListingsItemMfnQuantityChange.json",
            "LISTINGS_ITEM_ISSUES_CHANGE": "ListingsItemIssuesChangeNotification.json",
        }[kind]
        path = models_folder() / schema
        if not path.is_file():
            pytest.skip(f"Amazon's schema {schema} is missing")
        validator = jsonschema.Draft7Validator(
            json.loads(path.read_text(encoding="utf-8")),
            format_checker=jsonschema.FormatChecker(),
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
