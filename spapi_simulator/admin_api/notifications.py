"""The notifications that were delivered, and what is subscribed."""

from .reading import query_account, query_number


def list_delivered(simulator, request, _body):
    """What was delivered, oldest first; ``limit`` keeps the last ones."""
    query, seller_id = request.query_params, query_account(request)
    wanted = {
        "destination_id": query.get("destination_id"),
        "type": query.get("type"),
        "seller_id": seller_id,
    }
    found = [
        entry
        for entry in simulator.notifications.delivered
        if all(value in (None, entry[name]) for name, value in wanted.items())
    ]
    limit = query_number(request, "limit", None)
    if limit is not None:
        found = found[len(found) - min(limit, len(found)) :]
    return 200, {"notifications": found}


def clear(simulator, _request, _body):
    """Forget what was delivered; subscriptions stay."""
    simulator.notifications.delivered.clear()
    return 204, None


def list_subscriptions(simulator, _request, _body):
    """All destinations and subscriptions."""
    board = simulator.notifications
    return 200, {
        "destinations": [d.document() for d in board.destinations.values()],
        "subscriptions": [
            {
                "seller_id": subscription.seller_id,
                "notificationType": subscription.type,
                **subscription.document(),
            }
            for subscription in board.subscriptions.values()
        ],
    }


ROUTES = (
    ("/notifications", {"GET": list_delivered, "DELETE": clear}),
    ("/subscriptions", {"GET": list_subscriptions}),
)
