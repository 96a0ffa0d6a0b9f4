"""The repertoire of faults, by the names that the admin interface takes."""

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import ApiError, error_response, quota_exceeded, unauthorized
from ..lwa import invalid_client, invalid_grant
from . import answers
from .fault import GET_ACCESS_TOKEN

_LWA = (GET_ACCESS_TOKEN,)
_ORDERS = ("searchOrders", "getOrder")
#: Operations that answer page by page.
PAGED = ("searchOrders", "searchListingsItems", "getReports", "getFeeds")


@dataclass(frozen=True)
class Kind:
    """What a fault does.

    ``answer`` makes the answer of the right one, which is None unless the operation
    is ``applied``, that is, still happens. ``operations`` are the only ones that the
    fault can hit, any when empty. ``words`` tell a person what happens.
    """

    words: str
    answer: Callable
    applied: bool = False
    delay_seconds: float = 0.0
    operations: tuple = ()


def _error(make_error):
    return lambda _response: error_response(make_error())


def _answer(status, code, message):
    return _error(lambda: ApiError(status, code, message))


_INTERNAL = _answer(
    500, "InternalFailure", "We encountered an internal error. Please try again."
)
_UNAVAILABLE = _answer(
    503,
    "ServiceUnavailable",
    "Service is temporarily unavailable. Please try again.",
)
_UNAVAILABLE_PAGE = answers.html(503, "503 Service Temporarily Unavailable")
_EXPIRED = _error(lambda: unauthorized("The access token you provided has expired."))
_MISSING = _error(
    lambda: unauthorized("Access token is missing in the request header.", 401)
)
KINDS = {
    # Amazon does not work; nothing happens.
    "html_400": Kind("400 in HTML", answers.html(400, "400 Bad Request")),
    "html_502": Kind("502 in HTML", answers.html(502, "502 Bad Gateway")),
    "html_503": Kind("503 in HTML", _UNAVAILABLE_PAGE),
    "html_504": Kind("504 in HTML", answers.html(504, "504 Gateway Time-out")),
    "json_500": Kind("500 in JSON", _INTERNAL),
    "json_502": Kind("502 in JSON", _answer(502, "BadGateway", "Bad Gateway")),
    "json_503": Kind("503 in JSON", _UNAVAILABLE),
    "json_504": Kind("504 in JSON", _answer(504, "GatewayTimeout", "Timed out")),
    "not_json": Kind("200 with a web page", answers.html(200, "Welcome")),
    "empty": Kind("200 without a body", answers.nothing(200)),
    # Amazon refuses; nothing happens.
    "throttle": Kind("429 QuotaExceeded", _error(quota_exceeded)),
    "throttle_empty": Kind("429 without a body", answers.nothing(429)),
    "json_401": Kind("401, as if the token were missing", _MISSING),
    "expired_token": Kind("403; the token is invalid from now on", _EXPIRED),
    "forbidden": Kind("403 without details", _error(lambda: unauthorized(""))),
    "json_413": Kind(
        "413 RequestTooLarge",
        _answer(413, "RequestTooLarge", "The request size exceeded the maximum."),
    ),
    "json_415": Kind(
        "415 UnsupportedMediaType",
        _answer(415, "UnsupportedMediaType", "The payload has an unknown format."),
    ),
    "reset": Kind("connection closed, no answer", answers.dropped),
    # The operation happens, and something goes wrong afterwards.
    "html_503_after": Kind("done, then 503 in HTML", _UNAVAILABLE_PAGE, applied=True),
    "json_500_after": Kind("done, then 500 in JSON", _INTERNAL, applied=True),
    "reset_after": Kind("done, then no answer", answers.dropped, applied=True),
    "reset_in_body": Kind("done, half of the answer", answers.cut, applied=True),
    "slow": Kind("done, answered late", answers.unchanged, True, 5.0),
    "timeout_after": Kind("done at once, answered late", answers.unchanged, True, 60.0),
    # The answer is there, but not as expected.
    "no_rate_header": Kind(
        "no x-amzn-RateLimit-Limit", answers.unchanged, applied=True
    ),
    "duplicate_page": Kind(
        "the page before once more", answers.unchanged, True, operations=PAGED
    ),
    "null_next_token": Kind(
        "nextToken is null on the last page",
        answers.changed(answers.last_token(None)),
        applied=True,
        operations=PAGED,
    ),
    "empty_next_token": Kind(
        "nextToken is empty on the last page",
        answers.changed(answers.last_token("")),
        applied=True,
        operations=PAGED,
    ),
    "unknown_values": Kind(
        "orders with words that Amazon's model lacks",
        answers.changed(answers.unknown_values),
        applied=True,
        operations=_ORDERS,
    ),
    "no_recipient": Kind(
        "orders without buyer and recipient",
        answers.changed(answers.without_recipient),
        applied=True,
        operations=_ORDERS,
    ),
    # Login with Amazon.
    "lwa_invalid_grant": Kind(
        "400 invalid_grant", _error(invalid_grant), operations=_LWA
    ),
    "lwa_invalid_client": Kind(
        "401 invalid_client", _error(invalid_client), operations=_LWA
    ),
    "lwa_html_503": Kind("503 in HTML", _UNAVAILABLE_PAGE, operations=_LWA),
}
