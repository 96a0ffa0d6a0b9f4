"""Who wants to be notified of what, and what was delivered."""

import random
import uuid
from collections import deque
from dataclasses import dataclass

from ..accounts import APPLICATION_ID
from ..clock import iso
from .types import envelope

#: The oldest deliveries are forgotten beyond this many.
MAX_DELIVERED = 50_000


@dataclass(frozen=True)
class Destination:
    """A queue or event bus of the application; ``resource`` is Amazon's document."""

    id: str
    application: str
    name: str
    resource: dict

    def document(self):
        """The destination as the operations show it."""
        return {
            "name": self.name,
            "destinationId": self.id,
            "resource": self.resource,
        }


@dataclass(frozen=True)
class Subscription:
    """What an account wants to be told, and where; ``directive`` may be None."""

    id: str
    seller_id: str
    type: str
    payload_version: str
    destination_id: str
    directive: dict | None = None

    def document(self):
        """The subscription as the operations show it."""
        document: dict[str, object] = {
            "subscriptionId": self.id,
            "payloadVersion": self.payload_version,
            "destinationId": self.destination_id,
        }
        if self.directive is not None:
            document["processingDirective"] = self.directive
        return document

    def wants(self, marketplace_id, change_type):
        """Whether the event filter, if there is one, lets this through."""
        chosen = (self.directive or {}).get("eventFilter", {})
        return _passes(chosen.get("marketplaceIds"), marketplace_id) and _passes(
            chosen.get("orderChangeTypes"), change_type
        )


def _passes(wanted, value):
    return not wanted or value is None or value in wanted


class Notifications:
    """Destinations and subscriptions by id, and the journal of deliveries.

    Nothing is sent anywhere: a queue of the application is a part of the journal.
    """

    def __init__(self, clock, seed):
        self.clock = clock
        self.seed = seed
        self.reset()

    def reset(self):
        """Forget all destinations, subscriptions and deliveries."""
        self.destinations = {}
        self.subscriptions = {}
        self.delivered = deque(maxlen=MAX_DELIVERED)
        self._rng = random.Random(f"{self.seed}:notifications")

    def new_id(self):
        """An identifier in Amazon's form."""
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def subscription_of(self, seller_id, kind):
        """The subscription of an account for a type, or None."""
        found = (
            s
            for s in self.subscriptions.values()
            if (s.seller_id, s.type) == (seller_id, kind)
        )
        return next(found, None)

    def deliver(self, destination_id, kind, payload, subscription=None):
        """Put a notification into the journal."""
        now = iso(self.clock.now())
        metadata = {
            "ApplicationId": APPLICATION_ID,
            "SubscriptionId": subscription.id if subscription else "",
            "PublishTime": now,
            "NotificationId": self.new_id(),
        }
        self.delivered.append(
            {
                "time": now,
                "type": kind,
                "destination_id": destination_id,
                "subscription_id": metadata["SubscriptionId"],
                "seller_id": subscription.seller_id if subscription else None,
                "notification": envelope(kind, payload, now, metadata),
            }
        )

    def publish(self, seller_id, kind, payload, marketplace_id=None, change=None):
        """Tell an account's subscriber, if there is one who wants to know."""
        subscription = self.subscription_of(seller_id, kind)
        if subscription and subscription.wants(marketplace_id, change):
            self.deliver(subscription.destination_id, kind, payload, subscription)
