"""Faults on demand: answers and interruptions that real clients must survive.

``KINDS`` is the whole repertoire; a further kind is one more entry.
"""

import asyncio
import random
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from starlette.responses import Response

from .errors import ApiError, error_response, quota_exceeded, unauthorized
from .lwa import invalid_client, invalid_grant

GET_ACCESS_TOKEN = "getAccessToken"
#: What clients do at presigned addresses of documents.
UPLOAD_DOCUMENT, DOWNLOAD_DOCUMENT = "uploadDocument", "downloadDocument"
#: Beside the SP-API; only faults that name them hit them.
OTHER_OPERATIONS = (GET_ACCESS_TOKEN, UPLOAD_DOCUMENT, DOWNLOAD_DOCUMENT)
_HTML = (
    "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center>"
    "</body></html>"
)


class DroppedConnection(Response):
    """No answer at all: the connection is closed."""

    async def __call__(self, scope, receive, send):
        """Cut the connection below HTTP and wait until the server noticed."""
        scope["spapi_simulator.transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            continue


@dataclass(frozen=True)
class Kind:
    """What a fault does: does the operation still happen, and what is answered."""

    answer: Callable
    applied: bool = False
    delay_seconds: float = 0.0
    operation: str | None = None


@dataclass(frozen=True)
class Target:
    """What a request is about; faults pick their requests by it."""

    operation: str
    order_id: str | None = None
    seller_id: str | None = None
    sku: str | None = None


@dataclass
class Fault:
    """A fault that waits for matching requests.

    ``times`` counts down; with ``until`` the fault ends by the simulated clock. Of
    the matching requests a share of ``probability`` is hit.
    """

    kind: str
    operation: str | None = None
    order_id: str | None = None
    seller_id: str | None = None
    sku: str | None = None
    times: int | None = 1
    probability: float = 1.0
    delay_seconds: float = 0.0
    until: float | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def matches(self, target):
        """Whether the fault is meant for this request."""
        # Faults without an operation are for the SP-API alone.
        named = self.operation or (
            target.operation not in OTHER_OPERATIONS and target.operation
        )
        return (
            named == target.operation
            and self.order_id in (None, target.order_id)
            and self.seller_id in (None, target.seller_id)
            and self.sku in (None, target.sku)
        )


class Faults:
    """The faults in force."""

    def __init__(self, clock, seed):
        self.clock = clock
        self.active = []
        self._rng = random.Random(f"{seed}:faults")

    def add(self, fault):
        """Put a fault in force, behind earlier ones."""
        self.active.append(fault)
        return fault

    def take(self, target):
        """Use the first fault for this request, or None."""
        if not self.active:
            return None
        self._drop_ended()
        for fault in self.active:
            if fault.matches(target) and self._rng.random() < fault.probability:
                if fault.times is not None:
                    fault.times -= 1
                self._drop_ended()
                return fault
        return None

    def _drop_ended(self):
        now = self.clock.timestamp()
        self.active = [
            fault
            for fault in self.active
            if fault.times != 0 and (fault.until is None or now < fault.until)
        ]

    def describe(self):
        """The faults in force as documents."""
        self._drop_ended()
        return [asdict(fault) for fault in self.active]

    def clear(self):
        """End all faults."""
        self.active = []


async def interfere(fault, operate, expire_token):
    """Answer a request that a fault was taken for.

    ``operate`` performs the operation; ``expire_token`` ends the caller's token.
    """
    kind = KINDS[fault.kind]
    response = operate() if kind.applied else None
    try:
        await asyncio.sleep(fault.delay_seconds)
    except asyncio.CancelledError:
        # The simulator stops; whoever still waits gets no answer.
        return DroppedConnection()
    if fault.kind == "expired_token":
        expire_token()
    return kind.answer(response)


def _html(status, title):
    body = _HTML.format(title)
    return lambda _response: Response(body, status, media_type="text/html")


def _error(make_error):
    return lambda _response: error_response(make_error())


def _internal_failure():
    message = "We encountered an internal error. Please try again."
    return ApiError(500, "InternalFailure", message)


def _unavailable():
    message = "Service is temporarily unavailable. Please try again."
    return ApiError(503, "ServiceUnavailable", message)


def _expired():
    return unauthorized("The access token you provided has expired.")


def _forbidden():
    return unauthorized("")


def _unchanged(response):
    return response


def _dropped(_response):
    return DroppedConnection()


def _empty(_response):
    return Response(b"", 200)


_UNAVAILABLE = "503 Service Temporarily Unavailable"
KINDS = {
    "html_503": Kind(_html(503, _UNAVAILABLE)),
    "html_503_after": Kind(_html(503, _UNAVAILABLE), applied=True),
    "json_500": Kind(_error(_internal_failure)),
    "json_500_after": Kind(_error(_internal_failure), applied=True),
    "json_503": Kind(_error(_unavailable)),
    "throttle": Kind(_error(quota_exceeded)),
    "expired_token": Kind(_error(_expired)),
    "forbidden": Kind(_error(_forbidden)),
    "slow": Kind(_unchanged, applied=True, delay_seconds=5.0),
    "timeout_after": Kind(_unchanged, applied=True, delay_seconds=60.0),
    "reset_after": Kind(_dropped, applied=True),
    "reset": Kind(_dropped),
    "not_json": Kind(_html(200, "Welcome")),
    "empty": Kind(_empty),
    "lwa_invalid_grant": Kind(_error(invalid_grant), operation=GET_ACCESS_TOKEN),
    "lwa_invalid_client": Kind(_error(invalid_client), operation=GET_ACCESS_TOKEN),
    "lwa_html_503": Kind(_html(503, _UNAVAILABLE), operation=GET_ACCESS_TOKEN),
}
