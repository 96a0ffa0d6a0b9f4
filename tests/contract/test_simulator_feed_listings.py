"""JSON_LISTINGS_FEED: what is applied, what is refused, and what the report says."""

import json

import jsonschema
import pytest
from document_client import LISTINGS_FEED, LONG_ENOUGH, Reader
from listing_feeds import feed_of, quantity_message

from spapi_simulator.accounts import US

KNOWN = "SIM-0001"


@pytest.fixture
def reader(api, admin):
    """The North American account."""
    return Reader(api, admin)


@pytest.fixture(scope="module")
def report_schema(schema):
    """Amazon's schema of processing reports."""
    return schema("listings-feed-processing-report-schema-v2.json")


@pytest.fixture
def report_of(reader, report_schema):
    """A function that gives the valid processing report of a feed."""

    def read(feed):
        report = json.loads(reader.processing_report(feed))
        jsonschema.Draft7Validator(report_schema).validate(report)
        assert report["header"]["feedId"] == feed["feedId"]
        assert report["header"]["sellerId"] == reader.api.account.seller_id
        summary = report["summary"]
        severities = [issue["severity"] for issue in report["issues"]]
        assert summary["errors"] == severities.count("ERROR")
        assert summary["warnings"] == severities.count("WARNING")
        answered = summary["messagesAccepted"] + summary["messagesInvalid"]
        assert summary["messagesProcessed"] == answered
        return report

    return read


def listing(reader, sku=KNOWN, included="summaries,attributes,fulfillmentAvailability"):
    """getListingsItem in the United States."""
    seller_id = reader.api.account.seller_id
    path = f"/listings/2021-08-01/items/{seller_id}/{sku}"
    params = {"marketplaceIds": US.id, "includedData": included}
    return reader.api.get(path, **params)


def quantity(reader, sku=KNOWN):
    """The merchant's quantity that a client sees."""
    rows = listing(reader, sku).json()["fulfillmentAvailability"]
    return next(
        row["quantity"] for row in rows if row["fulfillmentChannelCode"] == "DEFAULT"
    )


def submit(reader, *messages, **header):
    """A feed of these messages, when it is over."""
    return reader.submit(feed_of(reader.api.account, *messages, **header))


def test_quantities_are_changed(reader, report_of):
    feed = submit(
        reader, quantity_message(1, KNOWN, 77), quantity_message(2, "SIM-0002", 0)
    )
    assert feed["processingStatus"] == "DONE"
    report = report_of(feed)
    assert report["issues"] == []
    assert report["summary"]["messagesAccepted"] == 2
    reader.admin.advance_clock(LONG_ENOUGH)
    assert quantity(reader) == 77
    assert quantity(reader, "SIM-0002") == 0


def test_a_change_shows_a_moment_after_the_feed_is_done(reader):
    before = quantity(reader)
    document_id = reader.upload(
        feed_of(reader.api.account, quantity_message(1, KNOWN, before + 1))
    )
    feed_id = reader.create_feed(document_id).json()["feedId"]
    assert quantity(reader) == before
    reader.admin.advance_clock(2.1)
    assert reader.feed(feed_id).json()["processingStatus"] == "DONE"
    assert quantity(reader) == before
    reader.admin.advance_clock(LONG_ENOUGH)
    assert quantity(reader) == before + 1


def test_a_cancelled_feed_changes_nothing(reader):
    before = quantity(reader)
    content = feed_of(reader.api.account, quantity_message(1, KNOWN, before + 1))
    feed_id = reader.create_feed(reader.upload(content)).json()["feedId"]
    reader.send("DELETE", f"/feeds/2021-06-30/feeds/{feed_id}")
    reader.admin.advance_clock(LONG_ENOUGH)
    assert quantity(reader) == before


def test_done_is_not_success(reader, report_of):
    good = quantity_message(1, KNOWN, 41)
    feed = submit(
        reader,
        good,
        quantity_message(1, "SIM-0002", 1),
        quantity_message(3, "SIM-0003", 1, productType="NONSENSE"),
        quantity_message(4, "SIM-0004", -5),
        {**good, "messageId": 5, "operationType": "REPLACE"},
    )
    assert feed["processingStatus"] == "DONE"
    report = report_of(feed)
    assert report["summary"]["messagesProcessed"] == 5
    assert report["summary"]["messagesAccepted"] == 1
    by_sku = {issue["sku"]: issue for issue in report["issues"]}
    assert set(by_sku) == {"SIM-0002", "SIM-0003", "SIM-0004", KNOWN}
    assert by_sku["SIM-0003"]["messageId"] == 3
    assert by_sku["SIM-0003"]["code"]
    assert "unique" in by_sku["SIM-0002"]["message"]
    reader.admin.advance_clock(LONG_ENOUGH)
    assert quantity(reader) == 41


def test_all_operations(reader, report_of):
    stock = [{"fulfillment_channel_code": "DEFAULT", "quantity": 9}]
    title = [{"value": "A new title", "language_tag": "en_US"}]
    feed = submit(
        reader,
        {"messageId": 1, "sku": KNOWN, "operationType": "DELETE"},
        {
            "messageId": 2,
            "sku": "SIM-0002",
            "operationType": "PARTIAL_UPDATE",
            "productType": "PRODUCT",
            "attributes": {"fulfillment_availability": stock, "item_name": title},
        },
        {
            "messageId": 3,
            "sku": "SIM-0003",
            "operationType": "UPDATE",
            "productType": "PRODUCT",
            "requirements": "LISTING_OFFER_ONLY",
            "attributes": {"fulfillment_availability": stock},
        },
    )
    report = report_of(feed)
    refused = {issue["messageId"] for issue in report["issues"]}
    # An update replaces everything, so that it must be complete.
    assert refused == {3}
    reader.admin.advance_clock(LONG_ENOUGH)
    assert listing(reader).status_code == 404
    assert quantity(reader, "SIM-0002") == 9
    summary = listing(reader, "SIM-0002").json()["summaries"][0]
    assert summary["itemName"] == "A new title"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"messageId": 0}, "messageId"),
        ({"messageId": 2**31}, "messageId"),
        ({"messageId": "1"}, "messageId"),
        ({"messageId": True}, "messageId"),
        ({"messageId": 1.5}, "messageId"),
        ({"sku": ""}, "sku"),
        ({"sku": None}, "sku"),
        ({"operationType": "patch"}, "operationType"),
        ({"operationType": None}, "operationType"),
        ({"operationType": "DELETE"}, "not applicable"),
        ({"operationType": "UPDATE"}, "'attributes' is required"),
        ({"attributes": {"item_name": []}}, "'attributes' is not applicable"),
        ({"requirements": "LISTING"}, "'requirements' is not applicable"),
        ({"productType": ""}, "productType"),
        ({"patches": []}, "patches"),
        ({"patches": {}}, "patches"),
        ({"patches": [{"op": "move", "path": "/attributes/item_name"}]}, "patch"),
        ({"patches": [{"op": "add"}]}, "patch"),
        ({"patches": [{"op": "add", "path": "/attributes/a", "value": 1}]}, "patch"),
        ({"patches": [{"op": "add", "path": "/attributes/a", "value": [1]}]}, "patch"),
    ],
)
def test_bad_messages_spoil_only_themselves(reader, report_of, change, word):
    bad = {**quantity_message(1, KNOWN, 5), **change}
    report = report_of(submit(reader, bad, quantity_message(2, "SIM-0002", 6)))
    assert word in report["issues"][0]["message"]
    assert report["summary"]["messagesAccepted"] == 1
    assert report["summary"]["messagesInvalid"] == 1


def test_attributes_must_be_given(reader, report_of):
    update = {
        "messageId": 1,
        "sku": KNOWN,
        "operationType": "PARTIAL_UPDATE",
        "productType": "PRODUCT",
        "attributes": {},
    }
    report = report_of(submit(reader, update, {**update, "requirements": "LISTING"}))
    assert report["summary"]["messagesInvalid"] == 2


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "JSON"),
        (b"sku\tquantity", "JSON"),
        (b"\xff\xfe{}", "JSON"),
        (b'{"header": NaN}', "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"[]", "object"),
        (b"{}", "header"),
        ({"header": [], "messages": []}, "header"),
        ({"header": {"sellerId": "OTHER", "version": "2.0"}}, "sellerId"),
        ({"header": {"sellerId": "A1SIMULATOR0NA", "version": 2}}, "version"),
        ({"header": {"sellerId": "A1SIMULATOR0NA", "version": "2.0"}}, "messages"),
    ],
)
def test_unreadable_feeds_fail_as_a_whole(reader, report_of, content, word):
    feed = reader.submit(content)
    assert feed["processingStatus"] == "FATAL"
    report = report_of(feed)
    assert word in report["issues"][0]["message"]
    assert report["summary"]["messagesProcessed"] == 0


@pytest.mark.parametrize(
    "header",
    [
        {"issueLocale": 5},
        {"report": {}},
        {"report": {"includedData": [], "apiVersion": "2021-08-01"}},
        {"report": {"includedData": ["colours"], "apiVersion": "2021-08-01"}},
        {"report": {"includedData": [[]], "apiVersion": "2021-08-01"}},
        {"report": {"includedData": ["issues"], "apiVersion": "2020-01-01"}},
    ],
)
def test_bad_headers_fail_as_a_whole(reader, header):
    feed = submit(reader, quantity_message(1, KNOWN, 5), **header)
    assert feed["processingStatus"] == "FATAL"


def test_too_many_messages_fail_as_a_whole(reader, report_of):
    messages = [{"messageId": number} for number in range(1, 25_002)]
    feed = submit(reader, *messages)
    assert feed["processingStatus"] == "FATAL"
    text = report_of(feed)["issues"][0]["message"]
    assert text == "feed messages list beyond allowed size"


def test_too_large_feeds_fail_as_a_whole(reader, report_of):
    feed = reader.submit(b" " * (10 * 1024 * 1024 + 1))
    assert feed["processingStatus"] == "FATAL"
    assert "10 MiB" in report_of(feed)["issues"][0]["message"]


def test_the_report_shows_items_on_request(reader, report_of):
    included = [
        "summaries",
        "attributes",
        "issues",
        "offers",
        "fulfillmentAvailability",
        "procurement",
        "relationships",
        "productTypes",
    ]
    asked = {"includedData": included, "apiVersion": "2021-08-01"}
    feed = submit(
        reader,
        quantity_message(1, KNOWN, 63),
        quantity_message(2, "NEW-SKU", 3),
        quantity_message(3, "SIM-0002", -1),
        report=asked,
    )
    # The report waits until the changes are in effect.
    assert feed["processingStatus"] == "IN_PROGRESS"
    reader.admin.advance_clock(LONG_ENOUGH)
    report = report_of(reader.feed(feed["feedId"]).json())
    assert report["header"]["report"] == asked
    items = {item["sku"]: item for item in report["items"]}
    assert set(items) == {KNOWN, "NEW-SKU"}
    assert items[KNOWN] == listing(reader, KNOWN, ",".join(included)).json()
    stock = {"fulfillmentChannelCode": "DEFAULT", "quantity": 63}
    assert stock in items[KNOWN]["fulfillmentAvailability"]
    assert report["summary"]["itemSummary"]["items"] == 2
    # What is new has no title yet, and Amazon says so.
    assert report["summary"]["itemSummary"]["errors"] > 0


def test_many_messages_do_not_keep_others_waiting(reader, report_of):
    messages = [quantity_message(n, f"BULK-{n}", n % 100) for n in range(1, 5_001)]
    content = feed_of(reader.api.account, *messages)
    feed_id = reader.create_feed(reader.upload(content)).json()["feedId"]
    reader.admin.advance_clock(LONG_ENOUGH)
    # Other requests are answered while the feed is still being worked on.
    assert reader.feed(feed_id).json()["processingStatus"] == "IN_PROGRESS"
    assert reader.api.participations().status_code == 200
    while reader.feed(feed_id).json()["processingStatus"] == "IN_PROGRESS":
        continue
    report = report_of(reader.feed(feed_id).json())
    assert report["summary"]["messagesAccepted"] == 5_000
    reader.admin.advance_clock(LONG_ENOUGH)
    assert quantity(reader, "BULK-4999") == 99


def test_a_reset_ends_the_work_on_a_feed(reader):
    messages = [quantity_message(n, f"BULK-{n}", 1) for n in range(1, 5_001)]
    content = feed_of(reader.api.account, *messages)
    reader.create_feed(reader.upload(content))
    reader.admin.advance_clock(LONG_ENOUGH)
    reader.admin.reset()
    assert reader.feeds(feedTypes=LISTINGS_FEED).json()["feeds"] == []
    assert listing(reader, "BULK-5000").status_code == 404
    assert submit(reader, quantity_message(1, KNOWN, 5))["processingStatus"] == "DONE"
