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
SLOWEST, FASTEST = 0.001, 1_000_000


class Clock:
    """Real time, run faster or slower, plus an offset that tests may increase."""

    def __init__(self, speed=1.0):
        self.initial_speed = speed
        self.reset()

    def timestamp(self):
        """Seconds since the epoch, simulated."""
        real = time.time()
        return real + self._ahead(real)

    def now(self):
        """The simulated instant, in UTC and with Amazon's milliseconds."""
        return truncate(datetime.fromtimestamp(self.timestamp(), timezone.utc))

    @property
    def offset(self):
        """How many seconds the clock is ahead of real time; negative when behind."""
        return self._ahead(time.time())

    def _ahead(self, real):
        gained = (real - self._since) * (self.speed - 1.0)
        # At its bound the clock goes on with real time, so that dates stay valid.
        return min(self._gained + gained, MAX_OFFSET_SECONDS)

    def advance(self, seconds):
        """Move the clock forward; it never goes back on its own."""
        self._gained += seconds

    def set_speed(self, speed):
        """Run so many times as fast as real time from now on, without a jump."""
        real = time.time()
        self._gained, self._since = self._ahead(real), real
        self.speed = speed

    def real_seconds(self, seconds):
        """How long so many simulated seconds take."""
        return seconds / self.speed

    def whole_real_seconds(self, seconds):
        """The same for a client, which counts whole seconds by a clock of its own."""
        return max(1, round(self.real_seconds(seconds)))

    def reset(self):
        """Return to real time and to the speed at the start."""
        self.speed = self.initial_speed
        self._gained, self._since = 0.0, time.time()


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
