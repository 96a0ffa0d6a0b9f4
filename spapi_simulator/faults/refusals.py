"""Refusals as faults: what is refused, in the envelope of whoever is asked.

The SP-API, Login with Amazon and S3, where documents are, have an envelope each.
"""

import re
from dataclasses import dataclass

from ..errors import DENIED, ApiError, LwaError, error_response, s3_response
from .fault import DOWNLOAD_DOCUMENT, GET_ACCESS_TOKEN, UPLOAD_DOCUMENT

_INTERNAL = "We encountered an internal error. Please try again."
#: What Amazon says with a code: {code: (status, message)}.
KNOWN = {
    "InvalidInput": (400, "Request has missing or invalid parameters."),
    "Invalid Input": (400, "Request has missing or invalid parameters."),
    "BAD_REQUEST": (400, "Request has missing or invalid parameters."),
    "InvalidRequest": (400, "The request is invalid."),
    "400": (400, "Request has missing or invalid parameters."),
    "Unauthorized": (403, DENIED),
    "MissingAuthenticationToken": (403, "Missing Authentication Token"),
    "InvalidSignature": (
        403,
        "The request signature we calculated does not match the signature you "
        "provided.",
    ),
    "NotFound": (404, "The requested resource doesn't exist."),
    "NOT_FOUND": (404, "The requested resource doesn't exist."),
    "Conflict": (409, "The request conflicts with the state of the resource."),
    "RequestTooLarge": (413, "The request size exceeded the maximum."),
    "UnsupportedMediaType": (415, "The payload has an unknown format."),
    "QuotaExceeded": (429, "You exceeded your quota for the requested resource."),
    "InternalFailure": (500, _INTERNAL),
    "BadGateway": (502, "Bad Gateway"),
    "ServiceUnavailable": (
        503,
        "Service is temporarily unavailable. Please try again.",
    ),
    "GatewayTimeout": (504, "Timed out"),
    # Login with Amazon.
    "invalid_request": (400, "The request is missing a required parameter"),
    "invalid_grant": (
        400,
        "The request has an invalid grant parameter : refresh_token",
    ),
    "invalid_scope": (400, "The request has an invalid parameter : scope"),
    "unauthorized_client": (
        400,
        "The client is not authorized to use this authorization grant type",
    ),
    "unsupported_grant_type": (
        400,
        "The authorization grant type is not supported by the authorization server",
    ),
    "invalid_client": (401, "Client authentication failed"),
    # S3.
    "AccessDenied": (403, "Access Denied"),
    "NoSuchKey": (404, "The specified key does not exist."),
    "SlowDown": (503, "Please reduce your request rate."),
    "InternalError": (500, _INTERNAL),
}
_API_CODES = {
    400: "InvalidInput",
    401: "Unauthorized",
    403: "Unauthorized",
    404: "NotFound",
    409: "Conflict",
    413: "RequestTooLarge",
    415: "UnsupportedMediaType",
    429: "QuotaExceeded",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}
_LWA_CODES = {
    400: "invalid_request",
    401: "invalid_client",
    403: "unauthorized_client",
    500: "server_error",
    503: "temporarily_unavailable",
}
_S3_CODES = {
    400: "InvalidRequest",
    401: "AccessDenied",
    403: "AccessDenied",
    404: "NoSuchKey",
    413: "EntityTooLarge",
    429: "SlowDown",
    500: "InternalError",
}


@dataclass(frozen=True)
class Refusal:
    """What is answered; without a code it is what the asked one says by the status."""

    status: int
    code: str | None = None
    message: str | None = None
    details: str = ""

    def response(self, operation, request_id):
        """The answer of an operation of the SP-API, of LWA or of S3."""
        code = self.code or default_code(operation, self.status)
        message = self.message
        if message is None:
            message = KNOWN.get(code, (0, f"Simulated {code}"))[1]
        if operation in (UPLOAD_DOCUMENT, DOWNLOAD_DOCUMENT):
            return s3_response(
                self.status, {"Code": code, "Message": message}, request_id
            )
        if operation == GET_ACCESS_TOKEN:
            return error_response(LwaError(self.status, code, message))
        return error_response(ApiError(self.status, code, message, self.details))

    def elsewhere(self, operation):
        """The same refusal by whoever has other codes than the SP-API."""
        if operation in (GET_ACCESS_TOKEN, UPLOAD_DOCUMENT, DOWNLOAD_DOCUMENT):
            return Refusal(self.status)
        return self


def default_code(operation, status):
    """The code that belongs to a status, in the words of whoever is asked."""
    other = "InternalFailure" if status >= 500 else "InvalidRequest"
    general = _API_CODES.get(status, other)
    if operation == GET_ACCESS_TOKEN:
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", general).lower()
        return _LWA_CODES.get(status, snake)
    if operation in (UPLOAD_DOCUMENT, DOWNLOAD_DOCUMENT):
        return _S3_CODES.get(status, general)
    return general
