"""Amazon's error envelope and the JSON answers of the simulator."""

import json

from starlette.responses import Response

DENIED = "Access to requested resource is denied."


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


def json_response(document, status=200):
    """Answer with JSON, in UTF-8 even for text that has no valid encoding."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    body = text.encode("utf-8", "replace")
    return Response(body, status, media_type="application/json")


def error_response(error):
    """The answer that tells a client about an ``ApiError`` or ``LwaError``."""
    return json_response(error.document(), error.status)


def parse_json(body):
    """Decode a request body; ValueError for all that is not plain JSON."""
    try:
        return json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse(name):
    raise ValueError(f"{name} is not JSON")


def _finite(text):
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is out of range")
    return number
