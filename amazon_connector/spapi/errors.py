"""What can go wrong while talking to Amazon, as the connector distinguishes it.

The text of an error is one English sentence fit for a user: it never holds a
secret, a token, a URL or a buyer's data.
"""

import math
import re
import unicodedata

_SECRETS = re.compile(
    r"https?://\S+|\bAt[zn][a-z]*\|\S+|\bamzn1\.\S+|\S+@\S+", re.IGNORECASE
)
ERROR_TEXT_CHARACTERS = 300
REQUEST_ID_CHARACTERS = 100
# The search for secrets is slow in a text of megabytes.
_CHARACTERS_READ = 4 * ERROR_TEXT_CHARACTERS
RETRY_AFTER_SECONDS = 24 * 60 * 60.0


class UnreadableError(ValueError):
    """A value of Amazon's that cannot be read or stored.

    Its text is a sentence that names the field, and never quotes the value.
    """

    #: So that people may read it.
    quotes_nothing = True

    @classmethod
    def of_field(cls, name, error):
        """Return the error with the field's name in its sentence."""
        return cls(f"{str(error).removesuffix('.')} ({name}).")


def clean_text(text, limit=ERROR_TEXT_CHARACTERS):
    """Return a text of Amazon's as it can be shown and stored, "" for no text.

    One line of at most ``limit`` characters, without control characters, halves of
    characters, URLs, tokens and e-mail addresses.
    """
    if not isinstance(text, str):
        return ""
    text = text.strip()
    if len(text) > _CHARACTERS_READ:
        # Without the last word: half an e-mail address is not recognised as one.
        text = text[:_CHARACTERS_READ].rsplit(None, 1)[0] + " …"
    # Category C: control and format characters, lone surrogates, what is unassigned.
    shown = (" " if unicodedata.category(c)[0] == "C" else c for c in text)
    text = _SECRETS.sub("…", " ".join("".join(shown).split()))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean_request_id(text):
    """Return the header ``x-amzn-RequestId`` as it can be shown, "" when absent."""
    if not isinstance(text, str):
        return ""
    shown = (c for c in text[:REQUEST_ID_CHARACTERS] if c.isascii() and c.isprintable())
    return "".join(shown).strip()


def bounded_seconds(seconds):
    """Return seconds as a float from 0 to a day, None when they are no number."""
    if seconds is None or math.isnan(seconds):
        return None
    return float(min(max(seconds, 0.0), RETRY_AFTER_SECONDS))


class SpApiError(Exception):
    """Base of every failure of this package's client.

    :ivar message: the sentence ``str()`` gives
    :ivar operation: Amazon's operation name (``searchOrders``), or "" when unknown
    :ivar status: HTTP status as int, None when no answer arrived
    :ivar code: Amazon's ``errors[0].code`` ("InvalidInput"), "" when there is none;
        for the log (``repr``): Amazon promises no list of codes to decide by
    :ivar request_id: header ``x-amzn-RequestId``, printable ASCII of at most 100
        characters, "" when absent
    :ivar retry_after: seconds to wait before trying again, a float from 0 to 86,400;
        None when Amazon names none: the caller chooses
    :cvar kind: a stable word for storing and selecting on
    :cvar retryable: whether the same request may succeed later by itself, with
        nothing changed here and nobody acting. What each class means:

        =============  =========  ================================================
        class          retryable  what to do
        =============  =========  ================================================
        auth           no         have a person act, see ``reason``; "forbidden"
                                  alone may be a hiccup: count how often it comes
        throttled      yes        the same request after ``retry_after``
        unavailable    yes        the same request, at growing distances
        ambiguous      yes        look first whether it was carried out
        rejected       no         change the request, or give this row up
        protocol       no         somebody has to look when it comes again and again
        =============  =========  ================================================
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
        self.request_id = clean_request_id(request_id)
        self.retry_after = bounded_seconds(retry_after)

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
    """The quota of the operation is used up, nothing was carried out.

    The same request succeeds after ``retry_after`` seconds. Also raised by the
    client's observer, before anything is sent.
    """

    kind = "throttled"
    retryable = True


class UnavailableError(SpApiError):
    """Amazon was not reached, or could not answer; certainly nothing was changed.

    Status 408, 500 and above, a lost connection, a time-out. A write raises this
    only when the request never left, e.g. connection refused.
    """

    kind = "unavailable"
    retryable = True


class AmbiguousError(SpApiError):
    """A write was sent and nobody knows whether Amazon applied it.

    Retryable only after a look: the job goes on later, asks Amazon what is there
    (getOrder) and sends the same request again when it is not.
    """

    kind = "ambiguous"
    retryable = True


class RejectedError(SpApiError):
    """Amazon understood the request and refuses it (4xx); nothing was carried out.

    It concerns this request alone (one order, one listing): the others go on.
    """

    kind = "rejected"


class ProtocolError(SpApiError):
    """Amazon answered with success, but not with what its model promises.

    Nothing of the answer is used. Only reads raise it, and writes that may be
    repeated as often as one likes.
    """

    kind = "protocol"
