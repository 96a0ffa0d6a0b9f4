"""Points in time as Amazon writes them: ISO 8601, usually UTC with ``Z``."""

import re
from datetime import datetime, timezone

from .errors import UnreadableError

_TIME_CHARACTERS = 64
_YEARS = range(1970, 3000)
_FRACTION = re.compile(r"\.(\d+)")


def parse_time(text):
    """Return the aware UTC datetime of an ISO 8601 text.

    A text without an offset is read as UTC, Amazon's only time zone.

    :raises ValueError: when it is not a date and time, or not of the years 1970 to
        2999: a caller may add days to it and show it in any time zone
    """
    is_text = isinstance(text, str) and len(text) <= _TIME_CHARACTERS
    if not is_text or "T" not in text.upper():
        raise UnreadableError("A time in Amazon's answer is not in ISO 8601 form.")
    plain = text.strip().upper().replace("Z", "+00:00")
    # Python before 3.11 accepts three or six decimals only, and never more.
    plain = _FRACTION.sub(lambda found: "." + found[1][:6].ljust(6, "0"), plain)
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        raise UnreadableError(
            "A time in Amazon's answer is not in ISO 8601 form."
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    if moment.year not in _YEARS:
        raise UnreadableError("A time in Amazon's answer is out of range.")
    return moment.astimezone(timezone.utc)


def format_time(moment):
    """Return an aware datetime as ``2026-01-31T12:00:00Z``, milliseconds if any.

    :raises ValueError: when the datetime has no time zone
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("The time must have a time zone.")
    utc = moment.astimezone(timezone.utc)
    text = utc.strftime("%Y-%m-%dT%H:%M:%S")
    millis = utc.microsecond // 1000
    return f"{text}.{millis:03d}Z" if millis else f"{text}Z"
