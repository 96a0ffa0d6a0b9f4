"""Whatever a client asks of reports and feeds, the answer is on purpose."""

import json

import pytest
from document_client import (
    FEEDS,
    LISTINGS_FEED,
    LISTINGS_REPORT,
    ORDERS_REPORT,
    REPORTS,
    SHIPMENTS_FEED,
    Reader,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from listing_feeds import feed_of, quantity_message

from spapi_simulator.accounts import US

# One world for all examples: they only have to be answered.
relaxed = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
words = st.text(max_size=30) | st.sampled_from(
    [LISTINGS_REPORT, LISTINGS_FEED, US.id, "100", "2026-01-01T00:00:00Z", "DONE"]
)
names = st.sampled_from(
    [
        "reportTypes",
        "feedTypes",
        "processingStatuses",
        "marketplaceIds",
        "pageSize",
        "createdSince",
        "createdUntil",
        "nextToken",
        "enableContentEncodingUrlHeader",
    ]
)
LISTS = (f"{REPORTS}/reports", f"{REPORTS}/schedules", f"{FEEDS}/feeds")
POSTS = {
    f"{REPORTS}/reports": {
        "reportType": LISTINGS_REPORT,
        "marketplaceIds": [US.id],
        "dataStartTime": "2026-01-01T00:00:00Z",
        "dataEndTime": "2026-01-02T00:00:00Z",
        "reportOptions": {"custom": "true"},
    },
    f"{REPORTS}/schedules": {
        "reportType": ORDERS_REPORT,
        "marketplaceIds": [US.id],
        "period": "P1D",
        "nextReportCreationTime": "2100-01-01T00:00:00Z",
        "reportOptions": {},
    },
    f"{FEEDS}/documents": {"contentType": "text/xml"},
    f"{FEEDS}/feeds": {
        "feedType": LISTINGS_FEED,
        "marketplaceIds": [US.id],
        "inputFeedDocumentId": "unknown",
        "feedOptions": {},
    },
}


@pytest.fixture
def reader(api, admin):
    """The North American account, whose jobs are over almost at once."""
    return Reader(api, admin)


def check(answer):
    """An answer on purpose: success, or Amazon's envelope."""
    assert answer.status_code < 500, answer.text
    assert answer.headers["x-amzn-RequestId"]
    if answer.status_code >= 400:
        assert answer.json()["errors"][0]["message"]


@relaxed
@given(path=st.sampled_from(LISTS), params=st.dictionaries(names, words, max_size=4))
def test_queries(reader, path, params):
    check(reader.send("GET", path, **params))


@relaxed
@given(data=st.data())
def test_bodies(reader, data):
    path = data.draw(st.sampled_from(list(POSTS)))
    body = dict(POSTS[path])
    body[data.draw(st.sampled_from(list(body)))] = data.draw(values)
    check(reader.send("POST", path, body))
    # What was accepted is finished without damage, too.
    reader.admin.advance_clock(60)
    check(reader.send("POST", path, data.draw(values)))
    reader.api.fetch_token()


@relaxed
@given(
    path=st.sampled_from(
        [
            f"{REPORTS}/reports",
            f"{REPORTS}/schedules",
            f"{REPORTS}/documents",
            f"{FEEDS}/feeds",
            f"{FEEDS}/documents",
        ]
    ),
    name=st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable()),
    method=st.sampled_from(["GET", "DELETE"]),
)
def test_ids(reader, path, name, method):
    check(reader.send(method, f"{path}/{name}"))


def finished(reader, content, feed_type, content_type):
    """A feed that was processed on purpose: it has a processing report."""
    feed = reader.submit(content, feed_type, content_type)
    while feed["processingStatus"] == "IN_PROGRESS":
        feed = reader.feed(feed["feedId"]).json()
    assert feed["processingStatus"] in ("DONE", "FATAL")
    assert reader.processing_report(feed)
    reader.api.fetch_token()
    return feed


@relaxed
@given(data=st.data())
def test_listings_feeds(reader, data):
    account = reader.api.account
    content = feed_of(account, quantity_message(1, "SIM-0001", 5))
    message = content["messages"][0]
    patch = message["patches"][0]
    target = data.draw(st.sampled_from([content, message, patch, patch["value"][0]]))
    target[data.draw(st.sampled_from(list(target)))] = data.draw(values)
    text = json.dumps(content).encode()
    finished(reader, text, LISTINGS_FEED, "application/json")
    check(reader.create_report())


@relaxed
@given(data=st.data())
def test_attributes_of_listings_feeds(reader, data):
    """What a feed puts into a listing can be read and reported."""
    name = data.draw(
        st.sampled_from(
            [
                "item_name",
                "condition_type",
                "fulfillment_availability",
                "merchant_suggested_asin",
                "product_description",
                "purchasable_offer",
            ]
        )
    )
    entry = data.draw(st.dictionaries(st.sampled_from(["value", "quantity"]), values))
    message = {
        "messageId": 1,
        "sku": "SIM-0002",
        "operationType": "PARTIAL_UPDATE",
        "productType": "PRODUCT",
        "attributes": {name: [entry]},
    }
    content = json.dumps(feed_of(reader.api.account, message)).encode()
    finished(reader, content, LISTINGS_FEED, "application/json")
    report = reader.finished_report()
    assert report["processingStatus"] == "DONE"
    reader.api.fetch_token()


@relaxed
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_content(reader, content):
    finished(reader, content, LISTINGS_FEED, "application/json")
    finished(reader, content, SHIPMENTS_FEED, "text/xml")


tags = st.sampled_from(
    [
        "MessageType",
        "Message",
        "MessageID",
        "OrderFulfillment",
        "AmazonOrderID",
        "FulfillmentDate",
        "FulfillmentData",
        "Item",
        "Quantity",
    ]
)
elements = st.recursive(
    st.sampled_from(["", "OrderFulfillment", "1", "2026-11-01T00:00:00Z"]),
    lambda inner: st.lists(st.tuples(tags, inner), max_size=4).map(
        lambda rows: "".join(f"<{tag}>{text}</{tag}>" for tag, text in rows)
    ),
    max_leaves=12,
)


@relaxed
@given(inner=elements)
def test_shipment_feeds(reader, inner):
    content = f"<AmazonEnvelope>{inner}</AmazonEnvelope>".encode()
    finished(reader, content, SHIPMENTS_FEED, "text/xml")


@relaxed
@given(query=st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_addresses(reader, query):
    url = reader.create_document().json()["url"].split("?")[0]
    answer = reader.api.client.put(url, params=query, content=b"")
    assert answer.status_code == 403
