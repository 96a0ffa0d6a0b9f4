"""A feed that Amazon works off, a message of it, and what Amazon says of both."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class QuantityMessage:
    """The quantity of one listing in a feed.

    :ivar message_id: 1 to 2,147,483,647, the listing's own within a feed
    :ivar product_type: Amazon's, "" where it is not known
    :ivar quantity: units for sale, 0 or more
    """

    message_id: int
    sku: str
    product_type: str
    quantity: int


@dataclass(frozen=True)
class FeedUpload:
    """Where the content of a feed is to be put, for five minutes.

    :ivar document_id: what createFeed is told
    """

    document_id: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class Feed:
    """How far Amazon is with a feed.

    :ivar state: "queued", "running", "done" (read the report: it may have taken
        nothing), "cancelled" (before it was begun) or "failed" (some, none or all of
        it is done)
    :ivar document_id: of the processing report, "" until there is one, or without one
    :ivar created: aware time of creation by Amazon's clock
    """

    feed_id: str
    state: str
    document_id: str
    created: datetime


@dataclass(frozen=True)
class ProcessingReport:
    """What became of the messages of a feed.

    :ivar dict reasons: ``{message id: sentences}`` of those that were refused
    :ivar dict sku_reasons: ``{SKU: sentences}`` of those that Amazon names so alone
    :ivar str feed_reason: sentences about the feed as a whole, "" without any
    :ivar accepted: messages that Amazon says it took
    :ivar refused: messages that Amazon says it did not take
    """

    reasons: dict
    sku_reasons: dict
    feed_reason: str
    accepted: int
    refused: int
