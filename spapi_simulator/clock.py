"""The simulated clock and Amazon's way of writing points in time."""

import re
import time
from datetime import datetime, timezone

# A time without a zone is refused: it means another instant on every server.
_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)", re.ASCII
)
#: A century is far more than any test needs and keeps every date valid.
MAX_OFFSET_SECONDS = 100 * 365 * 86400


class Clock:
    """Real time plus an offset that tests may increase."""

    def __init__(self):
        self.offset = 0.0

    def timestamp(self):
        """Seconds since the epoch, simulated."""
        return time.time() + self.offset

    def now(self):
        """The simulated instant, in UTC and with Amazon's milliseconds."""
        return truncate(datetime.fromtimestamp(self.timestamp(), timezone.utc))

    def advance(self, seconds):
        """Move the clock forward; it never goes back on its own."""
        self.offset += seconds

    def reset(self):
        """Return to real time."""
        self.offset = 0.0


def truncate(moment):
    """Cut to milliseconds, the precision Amazon writes."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def iso(moment):
    """Write a UTC instant as Amazon does: 2026-01-31T10:00:00.000Z.

    Texts of this form sort like the instants they stand for.
    """
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_iso(text):
    """Read an ISO 8601 date-time with zone; ValueError when it is none."""
    match = _DATE_TIME.fullmatch(text)
    if not match:
        raise ValueError(f"not an ISO 8601 date-time with a zone: {text}")
    date, hours, fraction, zone = match.groups()
    zone = "+0000" if zone == "Z" else zone.replace(":", "")
    micro = ((fraction or ".0")[1:] + "000000")[:6]
    moment = datetime.strptime(
        f"{date}T{hours}.{micro}{zone}", "%Y-%m-%dT%H:%M:%S.%f%z"
    )
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError as error:
        raise ValueError(f"out of range: {text}") from error
