"""What an answer of Amazon means: one place for every status and shape.

Pure: the caller passes status, headers and decoded body, so that it can be tested
and reused without a connection.
"""

import json
import math
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from .errors import (
    AmbiguousError,
    AuthError,
    ProtocolError,
    RejectedError,
    ThrottledError,
    UnavailableError,
    clean_request_id,
    clean_text,
)
from .quota import DEFAULT_RATES, read_number, read_rate

_DENIED = (
    "Amazon denied access: the application's roles, the seller's authorisation or "
    "the region do not cover this request."
)
_DIGITS_READ = 255
_SECRET_EXPIRED = "Amazon does not accept the client secret any more: it has expired."


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, reduced to what its meaning depends on.

    :ivar body: decoded JSON, or None when the body is not JSON
    :ivar html: whether the body is text meant for a browser
    :ivar rate: header ``x-amzn-RateLimit-Limit`` in requests per second, or None
    :ivar pause: header ``Retry-After`` in seconds, or None
    :ivar request_id: header ``x-amzn-RequestId`` as it can be shown, "" when absent
    :ivar date: header ``Date`` as an aware datetime, None when it cannot be read
    """

    status: int
    body: object = None
    html: bool = False
    rate: float | None = None
    pause: float | None = None
    request_id: str = ""
    date: datetime | None = None

    @classmethod
    def of(cls, status, headers, content):
        """Return the answer of an HTTP response; no content breaks this.

        :param headers: mapping of lower-case names to texts
        :param bytes content: the body, b"" where it was too long to be read
        """
        try:
            body = json.loads(content, parse_int=_read_integer)
        except (ValueError, RecursionError):
            body = None
        is_html = "html" in headers.get("content-type", "").lower()
        return cls(
            status=status,
            body=body,
            html=is_html or content[:64].lstrip()[:1] == b"<",
            rate=read_rate(headers.get("x-amzn-ratelimit-limit")),
            pause=read_number(headers.get("retry-after")),
            request_id=clean_request_id(headers.get("x-amzn-requestid")),
            date=_read_date(headers.get("date")),
        )

    def error_entry(self):
        """Return the first of Amazon's ``errors``, {} without any."""
        errors = self.body.get("errors") if isinstance(self.body, dict) else None
        entry = errors[0] if isinstance(errors, list) and errors else None
        return entry if isinstance(entry, dict) else {}

    @property
    def token_refused(self):
        """Whether the access token is at fault: 401, or 403 naming an expired one."""
        return self.status == 401 or self._is_denied_for("expired")

    @property
    def secret_expired(self):
        """Whether the client secret is too old: 403 that says so, tokens or not."""
        return self._is_denied_for("secret", "expired")

    def _is_denied_for(self, *words):
        """Whether it is a 403 of which one text holds all these words."""
        entry = self.error_entry()
        texts = (entry.get("message"), entry.get("details"))
        return self.status == 403 and any(
            isinstance(text, str) and all(word in text.lower() for word in words)
            for text in texts
        )


def _read_integer(digits):
    """Return a whole number; one that nobody could mean costs itself, not the page.

    Python refuses to read thousands of digits.
    """
    return int(digits) if len(digits) <= _DIGITS_READ else math.inf


def _read_date(text):
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(timezone.utc) if date.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _get_details(operation, answer):
    return {
        "operation": operation,
        "status": answer.status,
        "code": clean_text(answer.error_entry().get("code")),
        "request_id": answer.request_id,
    }


def lost_error(operation, write, what):
    """Return the error of a request that was sent and never answered properly."""
    if write:
        return AmbiguousError(
            f"{what}, so it is unknown whether Amazon carried out the request.",
            operation=operation,
        )
    return UnavailableError(f"{what}.", operation=operation)


def _get_pause(operation, answer):
    """Return the seconds to wait after a 429, None when nothing says."""
    rate = answer.rate or DEFAULT_RATES.get(operation, (None,))[0]
    return max(1.0 / rate if rate else 0.0, answer.pause or 0.0) or None


def error_of(operation, write, answer):
    """Return the error an answer that is no success means."""
    status = answer.status
    details = _get_details(operation, answer)
    if answer.secret_expired:
        return AuthError(_SECRET_EXPIRED, reason="client", **details)
    if status in (401, 403):
        return AuthError(_DENIED, reason="forbidden", **details)
    if status == 429:
        return ThrottledError(
            "Amazon's quota for this request is used up for now.",
            retry_after=_get_pause(operation, answer),
            **details,
        )
    if 400 <= status < 500 and status != 408:
        text = clean_text(answer.error_entry().get("message"))
        if status == 404 and not text:
            text = "Amazon does not know what was asked for."
        sentence = f"Amazon refused the request: {text}" if text else ""
        return RejectedError(
            sentence or f"Amazon refused the request with status {status}.", **details
        )
    if status >= 500 or status == 408:
        if write:
            return AmbiguousError(
                f"Amazon failed with status {status}, so it is unknown whether it "
                "carried out the request.",
                **details,
            )
        return UnavailableError(
            f"Amazon is not available at the moment (status {status}).", **details
        )
    return unexpected_error(operation, write, answer)


def unexpected_error(operation, write, answer):
    """Return the error of a success that is not what Amazon's model promises."""
    details = _get_details(operation, answer)
    if write:
        # Something between here and Amazon may have answered in its place, so
        # nothing says that the request was carried out, nor that it was not.
        return AmbiguousError(
            "Amazon's answer is not the promised confirmation, so it is unknown "
            "whether it carried out the request.",
            **details,
        )
    return ProtocolError(
        f"Amazon answered with status {answer.status}, but not with the promised "
        "content.",
        **details,
    )


def read_promised(operation, answer, key, kind, status=200):
    """Return ``body[key]`` of a read, which has to be a ``kind`` under the status.

    :raises SpApiError: the error the answer means otherwise
    """
    if answer.status != status:
        raise error_of(operation, False, answer)
    body = answer.body if isinstance(answer.body, dict) else {}
    if body.get("errors") or not isinstance(body.get(key), kind):
        raise unexpected_error(operation, False, answer)
    return body[key]
