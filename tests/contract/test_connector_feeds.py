"""The connector's client on feeds of quantities, against the simulator and Amazon's
schemas; its requests are recorded."""

import json
from datetime import timedelta

import jsonschema
import pytest
from spapi.errors import (
    AmbiguousError,
    AuthError,
    RejectedError,
    ThrottledError,
    UnavailableError,
    UnreadableError,
)
from spapi.feeds import QuantityMessage, read_processing_report, split_quantities
from spapi.listings import parse_availability

from spapi_simulator.accounts import FR, NORTH_AMERICA, US

SELLER = NORTH_AMERICA.seller_id
MINUTE = 60


def write_feed(*quantities):
    """The content of one feed: (SKU, units) of each message, numbered from 1."""
    messages = [
        QuantityMessage(number, sku, "", units)
        for number, (sku, units) in enumerate(quantities, start=1)
    ]
    (feed,) = split_quantities(SELLER, messages)
    return feed.get_content()


def hand_over(client, content, marketplace=US):
    """Have Amazon take a feed; return its id."""
    upload = client.create_feed_document()
    client.upload_feed(upload, content)
    return client.create_feed(marketplace.id, upload.document_id)


def read_report(client, feed):
    document = client.get_feed_document(feed.document_id)
    return client.download_feed_report(document, feed.feed_id)


def quantity(client, sku):
    document = client.get_listings_item(SELLER, sku, marketplace_id=US.id)
    return parse_availability(document).quantity


@pytest.fixture
def skus(admin):
    """The SKUs of two listings that the merchant fulfils."""
    return [product["sku"] for product in admin.products()[:2]]


@pytest.mark.parametrize(
    "sku", ["MUG", "A/B #1 & %", "部品 é", '"quoted"\\', "tab\tin it", " blanks "]
)
def test_what_is_written_follows_amazons_schemas(schema, sku):
    feed = json.loads(write_feed((sku, 0), ("OTHER", 2_147_483_647)))
    feed_schema = schema("listings-feed-schema-v2.json")
    message_schema = schema("listings-feed-message-schema-v2.json")
    jsonschema.Draft7Validator(feed_schema).validate(feed)
    for message in feed["messages"]:
        jsonschema.Draft7Validator(message_schema).validate(message)
    assert feed["messages"][0]["sku"] == sku


def test_amazons_example_of_a_report_is_understood(schema):
    document = schema("listings-feed-processing-report-schema-v2.example.json")
    content = json.dumps(document).encode()
    report = read_processing_report(content, document["header"]["feedId"])
    summary = document["summary"]
    assert report.accepted == summary["messagesAccepted"]
    assert report.refused == summary["messagesInvalid"]
    refused = {
        issue["messageId"]
        for issue in document["issues"]
        if issue["severity"] == "ERROR" and "messageId" in issue
    }
    assert set(report.reasons) == refused


def test_quantities_arrive(connector, admin, skus):
    feed_id = hand_over(connector, write_feed((skus[0], 31), (skus[1], 0)))
    feed = connector.get_feed(feed_id)
    assert (feed.state, feed.document_id) == ("queued", "")
    admin.advance_clock(1)
    assert connector.get_feed(feed_id).state == "running"
    admin.advance_clock(MINUTE)
    feed = connector.get_feed(feed_id)
    assert feed.state == "done"
    report = read_report(connector, feed)
    assert (report.accepted, report.refused) == (2, 0)
    assert (report.reasons, report.feed_reason) == ({}, "")
    admin.advance_clock(MINUTE)
    assert [quantity(connector, sku) for sku in skus] == [31, 0]


def test_refused_messages_are_named_one_by_one(connector, admin, skus):
    content = write_feed((skus[0], 31), (skus[1], 5))
    refused = content.replace(b'"PRODUCT"', b'"NONSENSE"', 1)
    feed_id = hand_over(connector, refused)
    admin.advance_clock(MINUTE)
    report = read_report(connector, connector.get_feed(feed_id))
    assert (report.accepted, report.refused) == (1, 1)
    assert list(report.reasons) == [1]
    assert report.reasons[1]


def test_a_large_report_comes_packed(connector, admin, skus):
    admin.set_processing(gzip_bytes=0)
    feed_id = hand_over(connector, write_feed((skus[0], 31)))
    admin.advance_clock(MINUTE)
    feed = connector.get_feed(feed_id)
    assert connector.get_feed_document(feed.document_id).is_compressed
    assert read_report(connector, feed).accepted == 1


def test_a_feed_that_fails_as_a_whole(connector, admin, skus):
    admin.fail_next("feed", reason="Internal error")
    feed_id = hand_over(connector, write_feed((skus[0], 31)))
    admin.advance_clock(MINUTE)
    feed = connector.get_feed(feed_id)
    assert feed.state == "failed"
    # What is there says why, and is no processing report.
    with pytest.raises(UnreadableError):
        read_report(connector, feed)


def test_a_feed_of_another_seller_fails_and_the_report_says_why(connector, admin):
    (feed,) = split_quantities("A0SOMEBODYELSE", [QuantityMessage(1, "MUG", "", 1)])
    feed_id = hand_over(connector, feed.get_content())
    admin.advance_clock(MINUTE)
    feed = connector.get_feed(feed_id)
    assert feed.state == "failed"
    report = read_report(connector, feed)
    assert "sellerId" in report.feed_reason
    assert (report.accepted, report.reasons) == (0, {})


def test_a_feed_that_waits_can_be_cancelled_one_that_runs_cannot(
    connector, admin, skus
):
    before = quantity(connector, skus[0])
    cancelled = hand_over(connector, write_feed((skus[0], before + 1)))
    connector.cancel_feed(cancelled)
    assert connector.get_feed(cancelled).state == "cancelled"
    running = hand_over(connector, write_feed((skus[1], 8)))
    admin.advance_clock(1)
    with pytest.raises(RejectedError):
        connector.cancel_feed(running)
    admin.advance_clock(MINUTE)
    assert connector.get_feed(running).state == "done"
    assert quantity(connector, skus[0]) == before


def test_a_feed_that_amazon_drops_is_cancelled(connector, admin, skus):
    admin.fail_next("feed", status="CANCELLED")
    feed_id = hand_over(connector, write_feed((skus[0], 31)))
    admin.advance_clock(MINUTE)
    feed = connector.get_feed(feed_id)
    assert (feed.state, feed.document_id) == ("cancelled", "")


def test_a_feed_whose_answer_was_lost_is_found(connector, admin, skus):
    upload = connector.create_feed_document()
    connector.upload_feed(upload, write_feed((skus[0], 31)))
    since = connector.get_time()
    admin.add_fault("reset_after", operation="createFeed")
    with pytest.raises(AmbiguousError):
        connector.create_feed(US.id, upload.document_id)
    span = {
        "created_since": since - timedelta(minutes=1),
        "created_until": since + timedelta(minutes=5),
    }
    (found,) = connector.get_feeds(US.id, **span)
    assert found.state == "queued"
    admin.advance_clock(MINUTE)
    assert read_report(connector, connector.get_feed(found.feed_id)).accepted == 1


def test_a_feed_that_amazon_never_took_is_not_found(connector, admin, skus):
    upload = connector.create_feed_document()
    connector.upload_feed(upload, write_feed((skus[0], 31)))
    admin.add_fault("html_503", operation="createFeed")
    with pytest.raises(AmbiguousError):
        connector.create_feed(US.id, upload.document_id)
    since = connector.get_time() - timedelta(minutes=1)
    until = since + timedelta(minutes=5)
    assert connector.get_feeds(US.id, created_since=since, created_until=until) == ()


def test_addresses_expire(connector, admin, skus):
    upload = connector.create_feed_document()
    admin.advance_clock(6 * MINUTE)
    with pytest.raises(RejectedError) as caught:
        connector.upload_feed(upload, write_feed((skus[0], 31)))
    assert caught.value.operation == "uploadFeed"
    feed_id = hand_over(connector, write_feed((skus[0], 31)))
    admin.advance_clock(MINUTE)
    feed = connector.get_feed(feed_id)
    document = connector.get_feed_document(feed.document_id)
    admin.advance_clock(6 * MINUTE)
    with pytest.raises(RejectedError):
        connector.download_feed_report(document, feed_id)
    assert read_report(connector, feed).accepted == 1


def test_the_storage_may_fail_as_well(connector, admin, skus):
    upload = connector.create_feed_document()
    admin.add_fault("html_503", operation="uploadDocument")
    content = write_feed((skus[0], 31))
    with pytest.raises(UnavailableError):
        connector.upload_feed(upload, content)
    connector.upload_feed(upload, content)
    assert connector.create_feed(US.id, upload.document_id)


def test_what_amazon_does_not_take_is_refused(connector, skus):
    upload = connector.create_feed_document()
    with pytest.raises(RejectedError):
        connector.create_feed(US.id, upload.document_id)
    with pytest.raises(RejectedError):
        connector.get_feed("1")
    with pytest.raises(RejectedError):
        connector.cancel_feed("1")
    with pytest.raises(RejectedError):
        connector.get_feed_document("none")
    connector.upload_feed(upload, write_feed((skus[0], 31)))
    with pytest.raises(AuthError):
        connector.create_feed(FR.id, upload.document_id)


def test_so_many_feeds_that_the_quota_is_used_up(connector, admin, skus):
    upload = connector.create_feed_document()
    connector.upload_feed(upload, write_feed((skus[0], 31)))
    admin.add_fault("throttle", operation="createFeed")
    with pytest.raises(ThrottledError):
        connector.create_feed(US.id, upload.document_id)
    assert connector.create_feed(US.id, upload.document_id)
