"""python-amazon-sp-api, unmodified, submits a feed and reads what became of it."""

import io
import json

import pytest
from sp_api.api import FeedsV20210630, ListingsItemsV20210801

from spapi_simulator.accounts import NORTH_AMERICA, US

SELLER = NORTH_AMERICA.seller_id
JSON_FEED = "JSON_LISTINGS_FEED"
JSON = "application/json; charset=UTF-8"
AVAILABILITY = "/attributes/fulfillment_availability"
MINUTE = 60


@pytest.fixture
def feeds(library):
    """The Feeds API."""
    return library(FeedsV20210630)


def submit(feeds, quantities):
    """Submit a feed of quantities by SKU; return its id."""
    messages = [
        {
            "messageId": number,
            "sku": sku,
            "operationType": "PATCH",
            "productType": "PRODUCT",
            "patches": [
                {
                    "op": "merge",
                    "path": AVAILABILITY,
                    "value": [
                        {"fulfillment_channel_code": "DEFAULT", "quantity": quantity}
                    ],
                }
            ],
        }
        for number, (sku, quantity) in enumerate(quantities.items(), start=1)
    ]
    header = {"sellerId": SELLER, "version": "2.0"}
    content = json.dumps({"header": header, "messages": messages}).encode()
    document, feed = feeds.submit_feed(
        JSON_FEED, io.BytesIO(content), JSON, marketplaceIds=[US.id]
    )
    assert document.payload["feedDocumentId"]
    return feed.payload["feedId"]


def test_a_feed_with_a_good_and_a_bad_message(feeds, library, admin):
    good, bad = (product["sku"] for product in admin.products()[:2])
    feed_id = submit(feeds, {good: 31, bad: -1})
    assert feeds.get_feed(feed_id).payload["processingStatus"] == "IN_QUEUE"
    admin.advance_clock(MINUTE)
    feed = feeds.get_feed(feed_id).payload
    assert (feed["feedType"], feed["processingStatus"]) == (JSON_FEED, "DONE")
    assert feed["marketplaceIds"] == [US.id]
    report = json.loads(feeds.get_feed_document(feed["resultFeedDocumentId"]))
    assert report["header"]["feedId"] == feed_id
    assert report["summary"]["messagesAccepted"] == 1
    assert report["summary"]["messagesInvalid"] == 1
    errors = [issue for issue in report["issues"] if issue["severity"] == "ERROR"]
    assert [(issue["messageId"], issue["sku"]) for issue in errors] == [(2, bad)]
    admin.advance_clock(MINUTE)
    listing = library(ListingsItemsV20210801).get_listings_item(
        SELLER, good, marketplaceIds=US.id, includedData=["fulfillmentAvailability"]
    )
    (entry,) = listing.payload["fulfillmentAvailability"]
    assert entry["quantity"] == 31


def test_feeds_are_listed_and_cancelled(feeds, admin):
    sku = admin.products()[0]["sku"]
    ids = [submit(feeds, {sku: quantity}) for quantity in (1, 2)]
    page = feeds.get_feeds(feedTypes=JSON_FEED, pageSize=1)
    assert [feed["feedId"] for feed in page.payload["feeds"]] == ids[1:]
    rest = feeds.get_feeds(nextToken=page.next_token)
    assert [feed["feedId"] for feed in rest.payload["feeds"]] == ids[:1]
    feeds.cancel_feed(ids[1])
    admin.advance_clock(MINUTE)
    feed_views = [feeds.get_feed(feed_id).payload for feed_id in ids]
    statuses = [feed["processingStatus"] for feed in feed_views]
    assert statuses == ["DONE", "CANCELLED"]
