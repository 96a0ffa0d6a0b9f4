"""python-amazon-sp-api, unmodified, subscribes to notifications."""

import pytest
from sp_api.api import Notifications
from sp_api.base.exceptions import SellingApiException, SellingApiNotFoundException

ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
KIND = "ORDER_CHANGE"


@pytest.fixture
def notifications(library):
    """The Notifications API, which signs in as seller or application as needed."""
    return library(Notifications)


@pytest.fixture
def destination_id(notifications):
    """A destination for notifications."""
    answer = notifications.create_destination("Orders", arn=ARN)
    return answer.payload["destinationId"]


@pytest.fixture
def subscription_id(notifications, destination_id):
    """The seller's subscription to changes of orders."""
    answer = notifications.create_subscription(KIND, destination_id=destination_id)
    assert answer.payload["destinationId"] == destination_id
    return answer.payload["subscriptionId"]


def test_destinations(notifications, destination_id):
    one = notifications.get_destination(destination_id).payload
    assert one["resource"] == {"sqs": {"arn": ARN}}
    every = notifications.get_destinations().payload
    assert [entry["destinationId"] for entry in every] == [destination_id]
    notifications.delete_destination(destination_id)
    with pytest.raises(SellingApiNotFoundException):
        notifications.get_destination(destination_id)


def test_subscriptions(notifications, destination_id, subscription_id):
    found = notifications.get_subscription(KIND).payload
    assert found["subscriptionId"] == subscription_id
    same = notifications.get_subscription_by_id(KIND, subscription_id).payload
    assert (same["payloadVersion"], same["destinationId"]) == ("1.0", destination_id)
    notifications.delete_notification_subscription(KIND, subscription_id)
    with pytest.raises(SellingApiNotFoundException):
        notifications.get_subscription(KIND)


def test_a_second_subscription_is_refused(
    notifications, destination_id, subscription_id
):
    with pytest.raises(SellingApiException) as refusal:
        notifications.create_subscription(KIND, destination_id=destination_id)
    assert refusal.value.code == 409
