"""What the processing of a feed needs and what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass

from ..accounts import Account


@dataclass(frozen=True)
class FeedInput:
    """The document of a feed, and who submitted it to which address."""

    account: Account
    document_id: str
    content_type: str
    base_url: str


@dataclass(frozen=True)
class FeedResult:
    """How a feed ended: DONE or FATAL, and what writes its processing report.

    ``write`` takes no arguments; it is long work (it yields between slices) that
    returns the content as a list of bytes. It is called ``delay_seconds`` later.
    """

    outcome: str
    write: Callable
    content_type: str
    delay_seconds: float = 0.0


@dataclass(frozen=True)
class FeedType:
    """A type of feed.

    ``process`` takes the simulator and the job of the feed; it is long work that
    returns a ``FeedResult``.
    """

    name: str
    process: Callable
