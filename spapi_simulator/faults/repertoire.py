"""The repertoire of faults, by the names that the admin interface takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import DENIED
from . import answers
from .fault import (
    DOWNLOAD_DOCUMENT,
    GET_ACCESS_TOKEN,
    OWN_WORDS,
    UPLOAD_DOCUMENT,
    Fault,
    Target,
)
from .refusals import Refusal

_LWA = (GET_ACCESS_TOKEN,)
_ORDERS = ("searchOrders", "getOrder")
#: Operations that answer page by page.
PAGED = (
    "searchOrders",
    "searchListingsItems",
    "searchCatalogItems",
    "getReports",
    "getFeeds",
    "getSubscriptions",
)
_SUBMISSIONS = ("patchListingsItem", "putListingsItem", "deleteListingsItem")
_DOCUMENTS = (DOWNLOAD_DOCUMENT, UPLOAD_DOCUMENT)


@dataclass(frozen=True)
class Case:
    """A request that a fault was taken for."""

    fault: Fault
    target: Target
    request_id: str


@dataclass(frozen=True)
class Kind:
    """What a fault does.

    ``answer`` makes the answer of the right one, which is None unless the operation
    is ``applied``, that is, still happens, and of the ``Case``. ``operations`` are the
    only ones that the fault can hit, any when empty. ``words`` tell a person what
    happens. A kind that ``may_miss`` has no effect where it leaves the right answer as
    it is. ``takes`` are the words of its own that a fault of the kind can have.
    """

    words: str
    answer: Callable
    applied: bool = False
    delay_seconds: float = 0.0
    operations: tuple = ()
    may_miss: bool = False
    takes: tuple = ()


def _refuse(status, code=None, message=None, details=""):
    refusal = Refusal(status, code, message, details)

    def answer(_response, case):
        operation = case.target.operation
        return refusal.elsewhere(operation).response(operation, case.request_id)

    return answer


def _exactly(status, code, message=None):
    refusal = Refusal(status, code, message)
    return lambda _response, case: refusal.response(
        case.target.operation, case.request_id
    )


def _as_told(_response, case):
    fault = case.fault
    refusal = Refusal(fault.status, fault.code, fault.message, fault.details or "")
    return refusal.response(case.target.operation, case.request_id)


_INTERNAL = _refuse(500)
_UNAVAILABLE_PAGE = answers.html(503, "503 Service Temporarily Unavailable")
_EXPIRED = _refuse(
    403, "Unauthorized", DENIED, "The access token you provided has expired."
)
_OLD_SECRET = _refuse(
    403, "Unauthorized", DENIED, "The LWA secret token you provided has expired."
)
_MISSING = _refuse(
    401, "Unauthorized", DENIED, "Access token is missing in the request header."
)
_PAGE: dict[str, Any] = {"applied": True, "operations": PAGED, "may_miss": True}
_ORDER: dict[str, Any] = {"applied": True, "operations": _ORDERS, "may_miss": True}
KINDS = {
    # Amazon does not work; nothing happens.
    "html_400": Kind("400 in HTML", answers.html(400, "400 Bad Request")),
    "html_502": Kind("502 in HTML", answers.html(502, "502 Bad Gateway")),
    "html_503": Kind("503 in HTML", _UNAVAILABLE_PAGE),
    "html_504": Kind("504 in HTML", answers.html(504, "504 Gateway Time-out")),
    "json_500": Kind("500 in JSON", _INTERNAL),
    "json_502": Kind("502 in JSON", _refuse(502)),
    "json_503": Kind("503 in JSON", _refuse(503)),
    "json_504": Kind("504 in JSON", _refuse(504)),
    "not_json": Kind("200 with a web page", answers.html(200, "Welcome")),
    "empty": Kind("200 without a body", answers.nothing(200)),
    # Amazon refuses; nothing happens.
    "error": Kind("the status and code that are told", _as_told, takes=OWN_WORDS),
    "throttle": Kind("429 QuotaExceeded", _refuse(429)),
    "throttle_empty": Kind("429 without a body", answers.nothing(429)),
    "json_401": Kind("401, as if the token were missing", _MISSING),
    "expired_token": Kind("403; the token is invalid from now on", _EXPIRED),
    "expired_secret": Kind("403, as if the client secret were too old", _OLD_SECRET),
    "forbidden": Kind("403 without details", _refuse(403)),
    "json_413": Kind("413 RequestTooLarge", _refuse(413)),
    "json_415": Kind("415 UnsupportedMediaType", _refuse(415)),
    "invalid_submission": Kind(
        "200 with status INVALID and an issue",
        answers.invalid_submission,
        operations=_SUBMISSIONS,
        takes=("code", "message"),
    ),
    "s3_expired": Kind(
        "403 Request has expired, in S3's XML",
        _exactly(403, "AccessDenied", "Request has expired"),
        operations=_DOCUMENTS,
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
        **_PAGE,
    ),
    "empty_next_token": Kind(
        "nextToken is empty on the last page",
        answers.changed(answers.last_token("")),
        **_PAGE,
    ),
    "unknown_values": Kind(
        "orders with words that Amazon's model lacks",
        answers.changed(answers.unknown_values),
        **_ORDER,
    ),
    "no_recipient": Kind(
        "orders without buyer and recipient",
        answers.changed(answers.without_recipient),
        **_ORDER,
    ),
    # Login with Amazon.
    "lwa_invalid_grant": Kind(
        "400 invalid_grant", _exactly(400, "invalid_grant"), operations=_LWA
    ),
    "lwa_invalid_client": Kind(
        "401 invalid_client", _exactly(401, "invalid_client"), operations=_LWA
    ),
    "lwa_html_503": Kind("503 in HTML", _UNAVAILABLE_PAGE, operations=_LWA),
}
