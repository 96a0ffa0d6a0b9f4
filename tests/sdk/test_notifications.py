"""Amazon's client library subscribes to notifications, to the first one delivered."""

import pytest
from spapi.api.notifications_v1.notifications_api import NotificationsApi
from spapi.models.notifications_v1 import (
    CreateDestinationRequest,
    CreateSubscriptionRequest,
    DestinationResourceSpecification,
    EventFilter,
    ProcessingDirective,
    SqsResource,
)
from spapi.rest import ApiException

ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
SCOPE = "sellingpartnerapi::notifications"
KIND = "ORDER_CHANGE"


@pytest.fixture
def application(connect):
    """The Notifications API with a token of the application itself."""
    return connect(NotificationsApi, scope=SCOPE)


@pytest.fixture
def seller(connect):
    """The Notifications API with a token of the seller."""
    return connect(NotificationsApi)


@pytest.fixture
def destination(application):
    """A destination for notifications."""
    request = CreateDestinationRequest(
        name="Orders",
        resource_specification=DestinationResourceSpecification(
            sqs=SqsResource(arn=ARN)
        ),
    )
    return application.create_destination(request).payload


@pytest.fixture
def subscription(seller, destination, marketplace):
    """The seller's subscription to changes of orders."""
    chosen = EventFilter(event_filter_type=KIND, marketplace_ids=[marketplace])
    request = CreateSubscriptionRequest(
        payload_version="1.0",
        destination_id=destination.destination_id,
        processing_directive=ProcessingDirective(event_filter=chosen),
    )
    return seller.create_subscription(KIND, request).payload


def test_destinations(application, destination):
    assert (destination.name, destination.resource.sqs.arn) == ("Orders", ARN)
    one = application.get_destination(destination.destination_id).payload
    assert one.resource.sqs.arn == ARN
    every = application.get_destinations().payload
    assert [d.destination_id for d in every] == [destination.destination_id]
    application.delete_destination(destination.destination_id)
    assert application.get_destinations().payload == []


def test_subscriptions(application, seller, destination, subscription, marketplace):
    assert subscription.destination_id == destination.destination_id
    found = seller.get_subscription(KIND).payload
    assert found.subscription_id == subscription.subscription_id
    chosen = found.processing_directive.event_filter
    assert (chosen.event_filter_type, chosen.marketplace_ids) == (KIND, [marketplace])
    same = application.get_subscription_by_id(found.subscription_id, KIND).payload
    assert same.payload_version == "1.0"
    application.delete_subscription_by_id(found.subscription_id, KIND)
    with pytest.raises(ApiException) as refusal:
        seller.get_subscription(KIND)
    assert refusal.value.status == 404


def test_a_second_subscription_is_refused(seller, subscription):
    request = CreateSubscriptionRequest(
        payload_version="1.0", destination_id=subscription.destination_id
    )
    with pytest.raises(ApiException) as refusal:
        seller.create_subscription(KIND, request)
    assert refusal.value.status == 409


def test_a_change_of_an_order_is_delivered(admin, subscription, seller_id, marketplace):
    order = admin.create_order(seller_id, marketplace_id=marketplace)
    admin.change_order(order["orderId"], status="CANCELLED")
    admin.advance_clock(60)
    delivered = admin.notifications(subscription.destination_id)
    payloads = [entry["notification"]["Payload"] for entry in delivered]
    changes = [payload["OrderChangeNotification"] for payload in payloads]
    assert changes[-1]["AmazonOrderId"] == order["orderId"]
    assert changes[-1]["Summary"]["OrderStatus"] == "Canceled"
