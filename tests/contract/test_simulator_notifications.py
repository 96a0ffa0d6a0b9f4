"""Notifications: destinations of the application, subscriptions of sellers."""

import pytest
from notification_client import (
    ARN,
    DESTINATION,
    DESTINATIONS,
    MODEL,
    OF_TYPE,
    ONE,
    SUBSCRIPTIONS,
    Caller,
    application_token,
    errors,
    queue,
)
from simulator_client import Api

from spapi_simulator.accounts import EUROPE

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
