"""Feeds on Amazon: taken, worked off, and reported on, as a test wants it to."""

import json
from dataclasses import dataclass
from datetime import datetime

from ..spapi.errors import RejectedError
from ..spapi.feeds import Feed, FeedUpload, ProcessingReport
from ..spapi.reports import ReportDocument


@dataclass
class TakenFeed:
    """A feed that Amazon took.

    :ivar list messages: as they were uploaded
    :ivar bool is_applied: whether its quantities are Amazon's by now
    """

    feed_id: str
    marketplace: str
    messages: list
    created: datetime
    state: str = "queued"
    is_applied: bool = False


class FakeFeeds:
    """The part of ``FakeAmazon`` that knows feeds.

    :ivar dict feeds: the :class:`TakenFeed` by id
    :ivar list feed_states: what it says of a feed one time after the other, before it
        comes to its end
    :ivar str feed_outcome: how feeds end
    :ivar set refused_in_feeds: SKUs whose messages Amazon refuses, beside ``refused``
    :ivar feed_not_taken: an error that the next createFeed raises instead of taking it
    :ivar feed_answer_lost: an error that the next createFeed raises after it took it
    :ivar change_feed_report: called with each processing report, returns what is read
    """

    def __init__(self):
        self.feeds = {}
        self.feed_states = []
        self.feed_outcome = "done"
        self.refused_in_feeds = set()
        self.feed_not_taken = None
        self.feed_answer_lost = None
        self.change_feed_report = lambda report: report
        self._uploads = {}

    def create_feed_document(self):
        self._called("createFeedDocument")
        document_id = f"input-{len(self._uploads) + 1}"
        self._uploads[document_id] = None
        return FeedUpload(document_id, f"https://example.com/{document_id}")

    def upload_feed(self, upload, content):
        self.calls.append(("uploadFeed", upload.document_id))
        self._uploads[upload.document_id] = json.loads(content)

    def create_feed(self, marketplace_id, document_id):
        self._called("createFeed", marketplace_id, document_id)
        self._raise_once("feed_not_taken")
        feed_id = str(9000 + len(self.feeds))
        messages = self._uploads[document_id]["messages"]
        self.feeds[feed_id] = TakenFeed(
            feed_id, marketplace_id, messages, self.get_time()
        )
        self._raise_once("feed_answer_lost")
        return feed_id

    def _raise_once(self, name):
        if error := getattr(self, name):
            setattr(self, name, None)
            raise error

    def get_feed(self, feed_id):
        self._called("getFeed", feed_id)
        feed = self.feeds.get(feed_id)
        if feed is None:
            raise RejectedError("Unknown feed.", operation="getFeed", status=404)
        if feed.state in ("queued", "running"):
            waits = bool(self.feed_states)
            feed.state = self.feed_states.pop(0) if waits else self.feed_outcome
            if feed.state == "done":
                self._apply(feed)
        return self._describe(feed)

    def _describe(self, feed):
        document_id = f"report-{feed.feed_id}" if feed.state == "done" else ""
        return Feed(feed.feed_id, feed.state, document_id, feed.created)

    def _apply(self, feed):
        if feed.is_applied:
            return
        feed.is_applied = True
        for message in feed.messages:
            if message["sku"] not in self.refused | self.refused_in_feeds:
                self.take_quantity(feed.marketplace, message["sku"], message)

    def get_feeds(self, marketplace_id, *, created_since, created_until):
        self._called("getFeeds", marketplace_id)
        return tuple(
            self._describe(feed)
            for feed in reversed(self.feeds.values())
            if feed.marketplace == marketplace_id
            and created_since <= feed.created <= created_until
        )

    def cancel_feed(self, feed_id):
        self._called("cancelFeed", feed_id)
        if self.feeds[feed_id].state != "queued":
            raise RejectedError("Too late.", operation="cancelFeed", status=400)
        self.feeds[feed_id].state = "cancelled"

    def get_feed_document(self, document_id):
        self._called("getFeedDocument", document_id)
        return ReportDocument(document_id, False)

    def download_feed_report(self, document, feed_id):
        self.calls.append(("downloadReport", document.url))
        messages = self.feeds[feed_id].messages
        refused = self.refused | self.refused_in_feeds
        reasons = {
            message["messageId"]: "Amazon dislikes it."
            for message in messages
            if message["sku"] in refused
        }
        report = ProcessingReport(
            reasons=reasons,
            sku_reasons={},
            feed_reason="",
            accepted=len(messages) - len(reasons),
            refused=len(reasons),
        )
        return self.change_feed_report(report)
