"""Amazon's client library submits a feed of quantities and reads what became of it."""

import gzip
import json

import httpx
import pytest
from spapi.api.feeds_v2021_06_30.feeds_api import FeedsApi
from spapi.api.listings_items_v2021_08_01.listings_api import ListingsApi
from spapi.models.feeds_v2021_06_30 import (
    CreateFeedDocumentSpecification,
    CreateFeedSpecification,
)

JSON_FEED = "JSON_LISTINGS_FEED"
JSON = "application/json; charset=UTF-8"
MINUTE = 60


@pytest.fixture
def feeds(connect):
    """The Feeds API."""
    return connect(FeedsApi)


@pytest.fixture
def submit(feeds, seller_id, marketplace):
    """A function that uploads messages and creates their feed; returns its id."""

    def send(*messages):
        specification = CreateFeedDocumentSpecification(content_type=JSON)
        document = feeds.create_feed_document(specification)
        header = {"sellerId": seller_id, "version": "2.0", "issueLocale": "en_US"}
        content = json.dumps({"header": header, "messages": messages})
        httpx.put(
            document.url,
            content=content.encode(),
            headers={"Content-Type": JSON},
            trust_env=False,
        ).raise_for_status()
        specification = CreateFeedSpecification(
            feed_type=JSON_FEED,
            marketplace_ids=[marketplace],
            input_feed_document_id=document.feed_document_id,
        )
        answer, status, _headers = feeds.create_feed_with_http_info(specification)
        assert status == 202
        return answer.feed_id

    return send


def message(number, sku, quantity):
    """A message that sets the quantity of a listing."""
    value = {"fulfillment_channel_code": "DEFAULT", "quantity": quantity}
    return {
        "messageId": number,
        "sku": sku,
        "operationType": "PATCH",
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [value],
            }
        ],
    }


def report_of(feeds, feed):
    """The processing report of a feed."""
    document = feeds.get_feed_document(feed.result_feed_document_id)
    answer = httpx.get(document.url, trust_env=False).raise_for_status()
    content = answer.content
    if document.compression_algorithm == "GZIP":
        content = gzip.decompress(content)
    return json.loads(content)


def test_a_feed_with_a_good_and_a_bad_message(
    feeds, submit, connect, admin, seller_id, marketplace
):
    good, bad = (product["sku"] for product in admin.products()[:2])
    feed_id = submit(message(1, good, 31), message(2, bad, -1))
    queued = feeds.get_feed(feed_id)
    assert (queued.feed_type, queued.processing_status) == (JSON_FEED, "IN_QUEUE")
    admin.advance_clock(MINUTE)
    done = feeds.get_feed(feed_id)
    assert done.processing_status == "DONE"
    assert done.marketplace_ids == [marketplace]
    report = report_of(feeds, done)
    assert report["header"]["sellerId"] == seller_id
    assert report["header"]["feedId"] == feed_id
    summary = report["summary"]
    assert summary["messagesProcessed"] == 2
    assert (summary["messagesAccepted"], summary["messagesInvalid"]) == (1, 1)
    errors = [issue for issue in report["issues"] if issue["severity"] == "ERROR"]
    assert [(issue["messageId"], issue["sku"]) for issue in errors] == [(2, bad)]
    admin.advance_clock(MINUTE)
    listing = connect(ListingsApi).get_listings_item(
        seller_id, good, [marketplace], included_data=["fulfillmentAvailability"]
    )
    assert [entry.quantity for entry in listing.fulfillment_availability] == [31]


def test_feeds_are_listed_and_cancelled(feeds, submit, admin):
    sku = admin.products()[0]["sku"]
    ids = [submit(message(1, sku, 1)), submit(message(1, sku, 2))]
    page = feeds.get_feeds(feed_types=[JSON_FEED], page_size=1)
    assert [feed.feed_id for feed in page.feeds] == ids[1:]
    rest = feeds.get_feeds(next_token=page.next_token)
    assert [feed.feed_id for feed in rest.feeds] == ids[:1]
    feeds.cancel_feed(ids[1])
    admin.advance_clock(MINUTE)
    statuses = [feeds.get_feed(feed_id).processing_status for feed_id in ids]
    assert statuses == ["DONE", "CANCELLED"]
