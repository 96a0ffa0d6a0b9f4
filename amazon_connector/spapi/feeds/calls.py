"""What is asked of the Feeds API 2021-06-30, and what its answers hold.

Source: createFeedDocument, createFeed, getFeed, getFeeds, cancelFeed and
getFeedDocument, and Amazon's schemas of listings feeds, version 2.
"""

import json

from ..errors import UnreadableError
from ..json_fields import identifier_at, text_at, time_at
from ..listings.calls import quantity_request
from ..times import format_time
from .types import Feed, FeedUpload

LISTINGS_FEED = "JSON_LISTINGS_FEED"
CONTENT_TYPE = "application/json; charset=UTF-8"
FEEDS_PAGE_SIZE = 100
# By Amazon's schema, and by its recommendation.
MESSAGES_LIMIT = 25_000
FEED_BYTES_LIMIT = 10 * 1024 * 1024
# How long all of a feed's content may take to be put where it belongs: its address
# is good for five minutes.
UPLOAD_SECONDS = 4 * 60.0
UPLOAD_PIECE_BYTES = 64 * 1024
_VERSION = "2.0"
# The language of the sentences in the processing report.
_LOCALE = "en_US"
_STATES = {
    "IN_QUEUE": "queued",
    "IN_PROGRESS": "running",
    "DONE": "done",
    "CANCELLED": "cancelled",
    "FATAL": "failed",
}


class QuantityFeed:
    """The content of one feed, a JSON_LISTINGS_FEED, while it grows.

    :ivar list messages: the :class:`.QuantityMessage` that are in it

    :param str seller_id: whose listings they are
    """

    def __init__(self, seller_id):
        header = {
            "sellerId": seller_id,
            "version": _VERSION,
            "issueLocale": _LOCALE,
        }
        self.messages = []
        self._start = b'{"header":' + _to_json(header) + b',"messages":['
        self._end = b"]}"
        self._parts = []
        self._bytes = len(self._start) + len(self._end)

    def add(self, message):
        """Add a message unless the feed is full; return whether it was added.

        :raises ValueError: when the quantity is negative
        """
        part = _to_json(_describe(message))
        # The comma ahead of it counts.
        size = self._bytes + len(part) + 1
        if len(self._parts) >= MESSAGES_LIMIT or size > FEED_BYTES_LIMIT:
            return False
        self.messages.append(message)
        self._parts.append(part)
        self._bytes = size
        return True

    def get_content(self):
        """Return the bytes to be uploaded.

        :raises ValueError: without any message, which Amazon would refuse
        """
        if not self._parts:
            raise ValueError("A feed needs at least one message.")
        return self._start + b",".join(self._parts) + self._end


def split_quantities(seller_id, messages):
    """Yield :class:`QuantityFeed` objects that hold all messages, in their order.

    :param messages: iterable of :class:`.QuantityMessage`, each id once
    """
    feed = QuantityFeed(seller_id)
    for message in messages:
        if not feed.add(message):
            yield feed
            feed = QuantityFeed(seller_id)
            feed.add(message)
    if feed.messages:
        yield feed


def _describe(message):
    """Return the feed's message, a dict: what a single patch of the listing would say.

    ``requirements`` must not stand beside patches.
    """
    return {
        "messageId": message.message_id,
        "sku": message.sku,
        "operationType": "PATCH",
        **quantity_request(message.product_type, message.quantity),
    }


def _to_json(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def document_params():
    """Return the body of createFeedDocument."""
    return {"contentType": CONTENT_TYPE}


def feed_params(marketplace_id, document_id):
    """Return the body of createFeed for one marketplace."""
    return {
        "feedType": LISTINGS_FEED,
        "marketplaceIds": [marketplace_id],
        "inputFeedDocumentId": document_id,
    }


def search_params(marketplace_id, created_since, created_until):
    """Return the query of getFeeds.

    :param datetime created_since: aware, by Amazon's clock; likewise the other
    """
    return {
        "feedTypes": LISTINGS_FEED,
        "marketplaceIds": marketplace_id,
        "createdSince": format_time(created_since),
        "createdUntil": format_time(created_until),
        "pageSize": FEEDS_PAGE_SIZE,
    }


def read_upload(body, url):
    """Return the :class:`.FeedUpload`, None when it is not as the model promises."""
    document_id = _find_identifier(body, "feedDocumentId")
    return FeedUpload(document_id, url) if document_id else None


def read_feed_id(body):
    """Return the id in the answer of createFeed, "" when it is not there."""
    is_promised = isinstance(body, dict) and not body.get("errors")
    return _find_identifier(body, "feedId") if is_promised else ""


def _find_identifier(body, key):
    try:
        return identifier_at(body, key)
    except UnreadableError:
        return ""


def read_feed(document):
    """Return the :class:`.Feed`, None when it is not as the model promises."""
    if not isinstance(document, dict):
        return None
    try:
        feed_id = identifier_at(document, "feedId")
        document_id = identifier_at(document, "resultFeedDocumentId")
        created = time_at(document, "createdTime")
    except UnreadableError:
        return None
    state = _STATES.get(text_at(document, "processingStatus"))
    if not feed_id or not state or not created:
        return None
    return Feed(feed_id, state, document_id, created)
