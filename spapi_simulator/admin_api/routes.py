"""Puts the subjects of the admin interface together."""

from starlette.responses import Response
from starlette.routing import Route

from ..errors import AdminError, json_response
from ..intake import MAX_BODY_BYTES, BodyTooLarge, read_content
from ..routing import AnyMethod
from . import (
    accounts,
    clock,
    faults,
    journal,
    listings,
    notifications,
    order_changes,
    orders,
    processing,
    products,
    quotas,
    world,
)
from .reading import read_body

SUBJECTS = (
    world,
    accounts,
    products,
    listings,
    orders,
    order_changes,
    journal,
    faults,
    clock,
    quotas,
    notifications,
    processing,
)


def admin_routes(simulator):
    """The routes of the admin interface."""
    routes = [
        Route(path, _endpoint(simulator, handlers), methods=list(handlers))
        for subject in SUBJECTS
        for path, handlers in subject.ROUTES
    ]
    return [*routes, AnyMethod("/{path:any}", _unknown)]


def _endpoint(simulator, handlers):
    async def endpoint(request):
        method = "GET" if request.method == "HEAD" else request.method
        try:
            body = read_body(await read_content(request))
            simulator.agenda.settle()
            status, document = handlers[method](simulator, request, body)
        except BodyTooLarge:
            error = f"the body has more than {MAX_BODY_BYTES} bytes"
            return json_response({"error": error}, 413)
        except AdminError as error:
            return json_response({"error": str(error)}, error.status)
        if document is None:
            return Response(b"", status)
        return json_response(document, status)

    return endpoint


async def _unknown(request):
    error = f"The simulator has no {request.url.path}."
    return json_response({"error": error}, 404)
