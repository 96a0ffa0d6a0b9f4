"""Notifications API v1: destinations, which belong to the application."""

from ..accounts import APPLICATION_ID
from ..errors import ApiError, invalid_input, not_found
from ..notifications.board import Destination
from ..operations import Operation
from .notification_bodies import DESTINATION

_PATH = "/notifications/v1/destinations"
_CONFLICT = "The requested resource conflict with a resource in the server."


def create_destination(simulator, call):
    """createDestination: a queue or an event bus; 409 when it is one already."""
    board = simulator.notifications
    resource = _resource(call.body["resourceSpecification"])
    for other in _own(simulator, call):
        if other.resource == resource:
            what = " ".join(f"{kind} {_name(resource)}" for kind in resource)
            raise conflict(
                f"A destination with {what} already exists for the application "
                f"{APPLICATION_ID}"
            )
    destination = Destination(
        board.new_id(), call.application, call.body["name"], resource
    )
    board.destinations[destination.id] = destination
    return 200, {"payload": destination.document()}


def _resource(specification):
    if "eventBridge" not in specification:
        return specification
    bridge = specification["eventBridge"]
    name = f"aws.partner/sellingpartnerapi.amazon.com/{bridge['accountId']}"
    return {"eventBridge": {**bridge, "name": f"{name}/{APPLICATION_ID}"}}


def _name(resource):
    (facts,) = resource.values()
    return f"arn {facts['arn']}" if "arn" in facts else f"name {facts['name']}"


def conflict(details):
    """A 409: there is such a thing already."""
    return ApiError(409, "Conflict", _CONFLICT, details)


def _own(simulator, call):
    destinations = simulator.notifications.destinations.values()
    return [d for d in destinations if d.application == call.application]


def get_destinations(simulator, call):
    """getDestinations: all destinations of the application."""
    return 200, {"payload": [d.document() for d in _own(simulator, call)]}


def get_destination(simulator, call):
    """getDestination: one of them."""
    return 200, {"payload": _require(simulator, call).document()}


def delete_destination(simulator, call):
    """deleteDestination: refused while a subscription uses it."""
    destination = _require(simulator, call)
    board = simulator.notifications
    used = (s.destination_id for s in board.subscriptions.values())
    if destination.id in used:
        raise ApiError(
            403,
            "Unauthorized",
            "The requested action is forbidden.",
            "Destination has subscriptions",
        )
    del board.destinations[destination.id]
    return 200, {}


def _require(simulator, call):
    destination_id = call.path["destinationId"]
    destination = find_destination(simulator, call.application, destination_id)
    if destination is None:
        raise not_found(f"The destination {destination_id} was not found.")
    return destination


def find_destination(simulator, application, destination_id):
    """The destination of an application with this id, or None."""
    found = simulator.notifications.destinations.get(destination_id)
    return found if found and found.application == application else None


def require_destination(simulator, call):
    """The destination that a body names; InvalidInput when there is none."""
    destination_id = call.body["destinationId"]
    found = find_destination(simulator, call.application, destination_id)
    if found is None:
        raise invalid_input(
            "Request has missing or invalid parameters and cannot be parsed.",
            f"No destination with id {destination_id} for applicationId "
            f"{APPLICATION_ID}",
        )
    return found


OPERATIONS = (
    Operation(
        "createDestination",
        "POST",
        _PATH,
        create_destination,
        body=DESTINATION,
        grantless=True,
    ),
    Operation("getDestinations", "GET", _PATH, get_destinations, grantless=True),
    Operation(
        "getDestination",
        "GET",
        _PATH + "/{destinationId}",
        get_destination,
        grantless=True,
    ),
    Operation(
        "deleteDestination",
        "DELETE",
        _PATH + "/{destinationId}",
        delete_destination,
        grantless=True,
    ),
)
