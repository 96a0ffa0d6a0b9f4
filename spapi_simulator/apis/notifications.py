"""Notifications API v1: subscriptions of the accounts."""

from ..continuation import read_token, write_token
from ..errors import invalid_input, not_found
from ..notifications.board import Subscription
from ..notifications.samples import sample
from ..notifications.types import PAYLOAD_VERSIONS
from ..operations import Operation
from ..parameters import Parameter
from . import notification_destinations
from .notification_bodies import SUBSCRIPTION, TEST_NOTIFICATION
from .notification_destinations import conflict, require_destination

_PATH = "/notifications/v1/subscriptions"
_ONE = _PATH + "/{notificationType}/{subscriptionId}"
TOKEN_SECONDS = 24 * 3600
#: Types whose notifications an eventFilter can choose from.
_FILTERED = ("ANY_OFFER_CHANGED", "ORDER_CHANGE")
_UNREADABLE = "Request has missing or invalid parameters and cannot be parsed."


def create_subscription(simulator, call):
    """createSubscription: one per account and type; 409 for a second."""
    kind = _kind(call.path["notificationType"])
    board, body = simulator.notifications, call.body
    _check_version(kind, body["payloadVersion"])
    destination = require_destination(simulator, call)
    directive = body.get("processingDirective")
    _check_directive(kind, call.account, directive or {})
    existing = board.subscription_of(call.account.seller_id, kind)
    if existing is not None:
        raise conflict(f"Subscription {existing.id} already exists for {kind}")
    subscription = Subscription(
        board.new_id(),
        call.account.seller_id,
        kind,
        body["payloadVersion"],
        destination.id,
        directive,
    )
    board.subscriptions[subscription.id] = subscription
    return 200, {"payload": subscription.document()}


def _kind(name):
    if name not in PAYLOAD_VERSIONS:
        raise invalid_input(_UNREADABLE, f"Unknown notification type {name}")
    return name


def _check_version(kind, version):
    if version != PAYLOAD_VERSIONS[kind]:
        raise invalid_input(
            _UNREADABLE, f"Payload version {version} is not supported for {kind}"
        )


def _check_directive(kind, account, directive):
    if "filterExpression" in directive:
        raise invalid_input(_UNREADABLE, f"{kind} does not support filterExpression")
    chosen = directive.get("eventFilter")
    if chosen is None:
        return
    if kind not in _FILTERED or chosen["eventFilterType"] != kind:
        raise invalid_input(
            _UNREADABLE, f"eventFilterType is not valid for the type {kind}"
        )
    for marketplace_id in chosen.get("marketplaceIds", ()):
        if account.marketplace(marketplace_id) is None:
            raise invalid_input(_UNREADABLE, f"Unknown marketplace {marketplace_id}")


def get_subscription(simulator, call):
    """getSubscription: the account's subscription for a type."""
    kind = _kind(call.path["notificationType"])
    found = simulator.notifications.subscription_of(call.account.seller_id, kind)
    version = call.query["payloadVersion"]
    if found is None or version not in (None, found.payload_version):
        raise not_found(f"There is no subscription for {kind}.")
    return 200, {"payload": found.document()}


def get_subscriptions(simulator, call):
    """getSubscriptions: the account's subscriptions for a type, page by page."""
    query, seller_id = call.query, call.account.seller_id
    kind = _kind(query["notificationTypes"][0])
    found = sorted(
        (
            s
            for s in simulator.notifications.subscriptions.values()
            if (s.seller_id, s.type) == (seller_id, kind)
            and query["payloadVersion"] in (None, s.payload_version)
        ),
        key=lambda s: s.id,
    )
    bound = [seller_id, {k: v for k, v in query.items() if k != "nextToken"}]
    if query["nextToken"] is not None:
        token = query["nextToken"]
        last = read_token(simulator, bound, token, "nextToken", TOKEN_SECONDS)
        found = [s for s in found if s.id > last]
    page = found[: query["pageSize"]]
    payload = {"subscriptions": [s.document() for s in page]}
    if len(found) > len(page):
        payload["nextToken"] = write_token(simulator, bound, page[-1].id)
    return 200, {"payload": payload}


def get_subscription_by_id(simulator, call):
    """getSubscriptionById: any subscription for the application."""
    return 200, {"payload": _require(simulator, call).document()}


def delete_subscription_by_id(simulator, call):
    """deleteSubscriptionById: end the notifications of a subscription."""
    del simulator.notifications.subscriptions[_require(simulator, call).id]
    return 200, {}


def _require(simulator, call):
    kind = _kind(call.path["notificationType"])
    subscription_id = call.path["subscriptionId"]
    found = simulator.notifications.subscriptions.get(subscription_id)
    foreign = call.account and found and found.seller_id != call.account.seller_id
    if found is None or found.type != kind or foreign:
        raise not_found(f"The subscription {subscription_id} was not found.")
    return found


def send_test_notification(simulator, call):
    """sendTestNotification: an invented notification, as in Amazon's sandbox."""
    kind = _kind(call.path["notificationType"])
    _check_version(kind, call.body["testNotification"]["payloadVersion"])
    destination = require_destination(simulator, call)
    payload = sample(kind, simulator.clock.now())
    if payload is None:
        raise invalid_input(_UNREADABLE, f"There is no test notification for {kind}")
    simulator.notifications.deliver(destination.id, kind, payload)
    return 200, {}


OPERATIONS = (
    *notification_destinations.OPERATIONS,
    Operation(
        "createSubscription",
        "POST",
        _PATH + "/{notificationType}",
        create_subscription,
        body=SUBSCRIPTION,
    ),
    Operation(
        "getSubscription",
        "GET",
        _PATH + "/{notificationType}",
        get_subscription,
        (Parameter("payloadVersion"),),
    ),
    Operation(
        "getSubscriptions",
        "GET",
        _PATH,
        get_subscriptions,
        (
            Parameter("notificationTypes", "list", required=True, most=1),
            Parameter("payloadVersion"),
            Parameter("pageSize", "integer", least=30, most=100, default=30),
            Parameter("nextToken"),
        ),
    ),
    Operation(
        "getSubscriptionById", "GET", _ONE, get_subscription_by_id, grantless=True
    ),
    Operation(
        "deleteSubscriptionById",
        "DELETE",
        _ONE,
        delete_subscription_by_id,
        grantless=True,
    ),
    Operation(
        "sendTestNotification",
        "POST",
        _PATH + "/{notificationType}/testNotification",
        send_test_notification,
        body=TEST_NOTIFICATION,
        grantless=True,
    ),
)
