"""Amazon's error envelope and the JSON answers of the simulator."""

import json
from xml.sax.saxutils import escape

from starlette.responses import Response

DENIED = "Access to requested resource is denied."
#: How many objects and lists may be inside each other.
MAX_DEPTH = 100
_TOO_DEEP = f"nested more than {MAX_DEPTH} deep"
#: The longest whole number, in digits: as far as other numbers reach.
_MAX_DIGITS = 308


class ApiError(Exception):
    """A refusal that becomes ``{"errors": [{code, message, details}]}``."""

    def __init__(self, status, code, message, details=""):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details

    def document(self):
        """The error envelope shared by all operations of the SP-API."""
        error = {"code": self.code, "message": self.message, "details": self.details}
        return {"errors": [error]}


class LwaError(Exception):
    """A refusal by Login with Amazon, which has its own envelope."""

    def __init__(self, status, code, description):
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description

    def document(self):
        """The OAuth 2 error document."""
        return {"error_description": self.description, "error": self.code}


class AdminError(Exception):
    """Bad input to the admin interface."""

    def __init__(self, message, status=400):
        super().__init__(message)
        self.status = status


def invalid_input(message, details=""):
    """A 400 as the operations answer to a request they cannot accept."""
    return ApiError(400, "InvalidInput", message, details)


def not_found(message):
    """A 404 for a resource the account does not have."""
    return ApiError(404, "NotFound", message)


def unauthorized(details, status=403):
    """A missing, wrong or expired access token."""
    return ApiError(status, "Unauthorized", DENIED, details)


def quota_exceeded():
    """A 429; Amazon sends no rate header with it."""
    message = "You exceeded your quota for the requested resource."
    return ApiError(429, "QuotaExceeded", message)


def request_too_large():
    """A 413 for a body that is longer than Amazon takes."""
    return ApiError(413, "RequestTooLarge", "The request size exceeded the maximum.")


def json_response(document, status=200):
    """Answer with JSON, in UTF-8 even for text that has no valid encoding."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    body = text.encode("utf-8", "replace")
    return Response(body, status, media_type="application/json")


def error_response(error):
    """The answer that tells a client about an ``ApiError`` or ``LwaError``."""
    return json_response(error.document(), error.status)


def s3_response(status, elements, request_id):
    """The answer of S3 that says no: XML with a code and further elements."""
    elements = {**elements, "RequestId": request_id}
    body = "".join(f"<{k}>{escape(v)}</{k}>" for k, v in elements.items())
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{body}</Error>'
    content = text.encode("utf-8", "replace")
    return Response(content, status, media_type="application/xml")


def parse_json(body):
    """Decode bytes or a text; ValueError for all that is not plain JSON.

    What is nested more deeply than ``MAX_DEPTH`` is refused too: nothing of Amazon's
    is, and whatever walks through a document may do so recursively.
    """
    try:
        document = json.loads(
            body, parse_constant=_refuse, parse_float=_finite, parse_int=_whole
        )
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    if _brackets(body) > MAX_DEPTH and _is_too_deep(document):
        raise ValueError(_TOO_DEEP)
    return document


def _brackets(body):
    # At least as many as levels, and counted in no time.
    signs = (b"[", b"{") if isinstance(body, bytes) else ("[", "{")
    return sum(body.count(sign) for sign in signs)


def _is_too_deep(document):
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    return bool(level)


def _refuse(name):
    raise ValueError(f"{name} is not JSON")


def _whole(text):
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} digits is out of range")
    return int(text)


def _finite(text):
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is out of range")
    return number
