"""The last line of defence: a mistake of the simulator itself is answered, and told."""

import logging
import uuid

from starlette.requests import ClientDisconnect

from .errors import ApiError, json_response

#: Where the gateway leaves the journal's entry of a request for this module.
ENTRY = "spapi_simulator.entry"
_ADMIN = "/_simulator/"
_FAILURE = ApiError(
    500,
    "InternalFailure",
    "We encountered an internal error. Please try again.",
    "The simulator made a mistake; its standard error output tells which.",
)
_log = logging.getLogger(__name__)


class Defence:
    """An ASGI application around another: no exception gets past it unanswered."""

    def __init__(self, application):
        self._application = application

    async def __call__(self, scope, receive, send):
        """Pass a request on; answer it when the application fails to."""
        begun = False

        async def watch(message):
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._application(scope, receive, watch)
        except ClientDisconnect:
            # Nobody waits for an answer.
            return
        except Exception:
            if begun:
                # The server tells it, and cuts the connection of this answer.
                raise
            _log.exception("No answer to %s %r", scope["method"], scope["path"])
            await _answer(scope)(scope, receive, send)


def _answer(scope):
    entry = scope.get(ENTRY)
    if entry is not None:
        entry.end()
        entry.status = _FAILURE.status
    document = _FAILURE.document()
    if scope["path"].startswith(_ADMIN):
        document = {"error": _FAILURE.details}
    response = json_response(document, _FAILURE.status)
    request_id = entry.request_id if entry is not None else str(uuid.uuid4())
    response.headers["x-amzn-RequestId"] = request_id
    return response
