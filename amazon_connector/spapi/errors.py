"""What can go wrong while talking to Amazon, as the connector distinguishes it.

The text of an error is one English sentence fit for a user: it never holds a
secret, a token, a URL or a buyer's data.
"""

import re

_SECRETS = re.compile(
    r"https?://\S+|\bAt[zn][a-z]*\|\S+|\bamzn1\.\S+|\S+@\S+", re.IGNORECASE
)
_TEXT_LIMIT = 300


def clean_text(text):
    """Make a text of Amazon's showable: one line, short, no URL, token or e-mail."""
    if not isinstance(text, str):
        return ""
    text = _SECRETS.sub("…", " ".join(text.split()))
    return text if len(text) <= _TEXT_LIMIT else text[: _TEXT_LIMIT - 1] + "…"


class SpApiError(Exception):
    """Base of every failure of this package's client.

    :ivar message: the sentence ``str()`` gives
    :ivar operation: Amazon's operation name (``searchOrders``), or "" when unknown
    :ivar status: HTTP status as int, None when no answer arrived
    :ivar code: Amazon's error code ("InvalidInput"), "" when there is none
    :ivar request_id: header ``x-amzn-RequestId``, "" when absent
    :ivar retry_after: seconds to wait before trying again, or None
    :cvar kind: a stable word for storing and selecting on
    :cvar retryable: whether the same call may succeed later without a change
    """

    kind = "error"
    retryable = False

    def __init__(
        self,
        message,
        *,
        operation="",
        status=None,
        code="",
        request_id="",
        retry_after=None,
    ):
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self):
        return self.message

    def __repr__(self):
        return (
            f"{type(self).__name__}({self.message!r}, operation={self.operation!r}, "
            f"status={self.status!r}, code={self.code!r})"
        )


class AuthError(SpApiError):
    """Amazon does not accept who is asking; a person has to change something.

    :ivar reason: "grant" (the refresh token is unknown, expired or withdrawn),
        "code" (the authorization code is mistyped, expired or used), "client"
        (client id or secret is wrong or expired), "forbidden" (the login works, but
        this resource is denied: role missing, authorisation withdrawn, wrong region
        or another seller's data)
    """

    kind = "auth"

    def __init__(self, message, *, reason, **details):
        super().__init__(message, **details)
        self.reason = reason


class ThrottledError(SpApiError):
    """The quota of the operation is used up; ``retry_after`` tells when to return."""

    kind = "throttled"
    retryable = True


class UnavailableError(SpApiError):
    """Amazon was not reached, or could not answer; certainly nothing was changed.

    A write raises this only when the request never left, e.g. connection refused.
    """

    kind = "unavailable"
    retryable = True


class AmbiguousError(SpApiError):
    """A write was sent and nobody knows whether Amazon applied it.

    Look before repeating: the same request may be repeated only because
    confirmShipment edits the package when its reference is known already.
    """

    kind = "ambiguous"
    retryable = True


class RejectedError(SpApiError):
    """Amazon understood the request and refuses it; repeating does not help."""

    kind = "rejected"


class ProtocolError(SpApiError):
    """Amazon answered with success, but not with what its model promises."""

    kind = "protocol"
