"""Feeds of quantities: written, split, handed over, and their reports read."""

import gzip
import json
from datetime import datetime, timedelta, timezone

import pytest
from amazon_double import HTML, errors, reply
from hypothesis import given
from hypothesis import strategies as st
from spapi import client as client_module
from spapi.errors import (
    AmbiguousError,
    ProtocolError,
    RejectedError,
    ThrottledError,
    UnavailableError,
    UnreadableError,
)
from spapi.feeds import (
    Feed,
    FeedUpload,
    ProcessingReport,
    QuantityFeed,
    QuantityMessage,
    calls,
    read_processing_report,
    split_quantities,
)
from spapi.listings import quantity_request

SELLER, US = "A1EXAMPLESELLER", "ATVPDKIKX0DER"
FEED = "50000000001"
CREATED = "2026-11-29T20:00:00Z"


def message(number, sku="MUG", quantity=3):
    return QuantityMessage(number, f"{sku}-{number}", "KITCHEN", quantity)


def feed_of(*messages):
    feed = QuantityFeed(SELLER)
    for one in messages:
        assert feed.add(one)
    return feed


def described(status, **more):
    return {
        "feedId": FEED,
        "feedType": "JSON_LISTINGS_FEED",
        "createdTime": CREATED,
        "processingStatus": status,
        **more,
    }


def report_of(*issues, accepted=2, refused=0, feed_id=FEED):
    return {
        "header": {"sellerId": SELLER, "version": "2.0", "feedId": feed_id},
        "issues": list(issues),
        "summary": {
            "errors": len(issues),
            "warnings": 0,
            "messagesProcessed": accepted + refused,
            "messagesAccepted": accepted,
            "messagesInvalid": refused,
        },
    }


def issue(text="It is wrong.", severity="ERROR", **more):
    return {"severity": severity, "message": text, **more}


# === WRITTEN === #


def test_a_message_says_what_a_single_patch_would():
    document = json.loads(feed_of(message(7)).get_content())
    assert document == {
        "header": {"sellerId": SELLER, "version": "2.0", "issueLocale": "en_US"},
        "messages": [
            {
                "messageId": 7,
                "sku": "MUG-7",
                "operationType": "PATCH",
                **quantity_request("KITCHEN", 3),
            }
        ],
    }
    (patch,) = document["messages"][0]["patches"]
    assert patch["op"] == "merge"


def test_a_sku_keeps_its_characters():
    sku = 'A/B #1 & "é" 部品\t'
    content = feed_of(QuantityMessage(1, sku, "", 0)).get_content()
    (written,) = json.loads(content)["messages"]
    assert (written["sku"], written["productType"]) == (sku, "PRODUCT")


def test_no_feed_is_written_that_amazon_would_refuse():
    with pytest.raises(ValueError, match="at least one"):
        QuantityFeed(SELLER).get_content()
    with pytest.raises(ValueError, match="negative"):
        QuantityFeed(SELLER).add(message(1, quantity=-1))


def test_too_many_messages_make_several_feeds(monkeypatch):
    monkeypatch.setattr(calls, "MESSAGES_LIMIT", 3)
    messages = [message(number) for number in range(1, 8)]
    feeds = list(split_quantities(SELLER, messages))
    assert [len(feed.messages) for feed in feeds] == [3, 3, 1]
    assert [one for feed in feeds for one in feed.messages] == messages


def test_no_feed_is_larger_than_amazon_recommends(monkeypatch):
    alone = len(feed_of(message(1)).get_content())
    monkeypatch.setattr(calls, "FEED_BYTES_LIMIT", alone + 1)
    feeds = list(split_quantities(SELLER, [message(1), message(2), message(3)]))
    assert [len(feed.messages) for feed in feeds] == [1, 1, 1]
    assert all(len(feed.get_content()) <= alone + 1 for feed in feeds)


def test_as_many_as_amazon_takes_fit_into_one():
    messages = (message(number, "S" * 30) for number in range(1, 25_002))
    first, second = split_quantities(SELLER, messages)
    assert (len(first.messages), len(second.messages)) == (25_000, 1)
    assert len(first.get_content()) < 7 * 1024 * 1024


def test_nothing_makes_no_feed():
    assert list(split_quantities(SELLER, [])) == []


# === HANDED OVER === #


def test_a_document_is_asked_for_and_filled(amazon, client):
    url = amazon.url + "/documents/1?X-Amz-Signature=signed"
    amazon.replies = [reply(201, {"feedDocumentId": "D1", "url": url}), reply(200)]
    upload = client.create_feed_document()
    assert upload == FeedUpload("D1", url)
    assert "signed" not in repr(upload)
    content = feed_of(*map(message, range(1, 2000))).get_content()
    assert client.upload_feed(upload, content) is None
    asked, put = amazon.requests
    assert (asked["method"], asked["path"]) == ("POST", "/feeds/2021-06-30/documents")
    assert asked["body"] == {"contentType": "application/json; charset=UTF-8"}
    assert put["method"] == "PUT"
    assert put["body"] == json.loads(content)
    assert put["headers"]["content-type"] == "application/json; charset=UTF-8"
    assert put["headers"]["content-length"] == str(len(content))
    assert "transfer-encoding" not in put["headers"]
    assert "x-amz-access-token" not in put["headers"]


@pytest.mark.parametrize(
    "body",
    [
        {"url": "https://example.com"},
        {"feedDocumentId": "D1"},
        {"feedDocumentId": "x" * 300, "url": "https://example.com"},
    ],
)
def test_a_document_that_is_not_as_promised(amazon, client, body):
    amazon.replies = [reply(201, body)]
    with pytest.raises(ProtocolError):
        client.create_feed_document()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(403, HTML), RejectedError),
        (reply(307, None, {"Location": "http://192.0.2.1/"}), RejectedError),
        (reply(503, HTML), UnavailableError),
        (reply(429, HTML), UnavailableError),
        ("reset", UnavailableError),
        (reply(200, delay=2.0), UnavailableError),
    ],
    ids=["expired", "redirected", "503", "429", "reset", "late"],
)
def test_a_content_that_is_not_taken_changed_nothing(amazon, client, answer, kind):
    amazon.replies = [answer]
    upload = FeedUpload("D1", amazon.url + "/documents/1?signed=1")
    with pytest.raises(kind) as caught:
        client.upload_feed(upload, b'{"a":1}')
    assert caught.value.operation == "uploadFeed"
    assert "signed" not in str(caught.value)
    assert caught.value.__context__ is None, "It would show the address"


def test_a_slow_upload_is_given_up(amazon, client, monkeypatch):
    monkeypatch.setattr(client_module.feeds, "UPLOAD_SECONDS", -1.0)
    amazon.replies = [reply(200)]
    upload = FeedUpload("D1", amazon.url + "/documents/1")
    with pytest.raises(UnavailableError, match="in time"):
        client.upload_feed(upload, b'{"a":1}')


def test_a_feed_is_put_by_https_only(client):
    with pytest.raises(UnavailableError, match="not usable"):
        client.upload_feed(FeedUpload("D1", "http://192.0.2.1/1"), b"{}")


def test_a_feed_is_created_for_one_marketplace(amazon, client):
    amazon.replies = [reply(202, {"feedId": FEED})]
    assert client.create_feed(US, "D1") == FEED
    (request,) = amazon.requests
    assert (request["method"], request["path"]) == ("POST", "/feeds/2021-06-30/feeds")
    assert request["body"] == {
        "feedType": "JSON_LISTINGS_FEED",
        "marketplaceIds": [US],
        "inputFeedDocumentId": "D1",
    }


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("reset", AmbiguousError),
        (reply(202, delay=2.0), AmbiguousError),
        (reply(202, {}), AmbiguousError),
        (reply(202, {"feedId": FEED, "errors": [{}]}), AmbiguousError),
        (reply(200, {"feedId": FEED}), AmbiguousError),
        (reply(500, HTML), AmbiguousError),
        (reply(503, HTML), AmbiguousError),
        (errors(400, "InvalidInput", "Invalid request parameters"), RejectedError),
        (errors(429, "QuotaExceeded", "You exceeded your quota."), ThrottledError),
    ],
    ids=["reset", "late", "empty", "errors", "200", "500", "503", "400", "429"],
)
def test_a_feed_is_never_taken_for_created_nor_for_not_created(
    amazon, client, answer, kind
):
    amazon.replies = [answer]
    with pytest.raises(kind):
        client.create_feed(US, "D1")
    assert len(amazon.requests) == 1


# === LOOKED AT === #


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("IN_QUEUE", "queued"),
        ("IN_PROGRESS", "running"),
        ("DONE", "done"),
        ("CANCELLED", "cancelled"),
        ("FATAL", "failed"),
    ],
)
def test_amazon_says_how_far_it_is(amazon, client, status, state):
    amazon.replies = [reply(200, described(status, resultFeedDocumentId="D2"))]
    created = datetime(2026, 11, 29, 20, tzinfo=timezone.utc)
    assert client.get_feed(FEED) == Feed(FEED, state, "D2", created)
    (request,) = amazon.requests
    assert request["path"] == f"/feeds/2021-06-30/feeds/{FEED}"
    assert request["body"] is None


def test_a_feed_that_is_done_may_have_no_report(amazon, client):
    amazon.replies = [reply(200, described("DONE"))]
    assert client.get_feed(FEED).document_id == ""


@pytest.mark.parametrize(
    "body",
    [
        described("NEW"),
        described("DONE") | {"feedId": "other"},
        described("DONE") | {"createdTime": "soon"},
        described("DONE") | {"resultFeedDocumentId": "x" * 300},
    ],
)
def test_a_feed_that_is_not_as_promised(amazon, client, body):
    amazon.replies = [reply(200, body)]
    with pytest.raises(ProtocolError):
        client.get_feed(FEED)


def test_feeds_of_a_time_are_looked_for(amazon, client):
    amazon.replies = [reply(200, {"feeds": [described("IN_QUEUE")]})]
    since = datetime(2026, 11, 29, 20, tzinfo=timezone.utc)
    (feed,) = client.get_feeds(
        US, created_since=since, created_until=since + timedelta(minutes=5)
    )
    assert (feed.feed_id, feed.state) == (FEED, "queued")
    (request,) = amazon.requests
    assert request["path"] == (
        "/feeds/2021-06-30/feeds?feedTypes=JSON_LISTINGS_FEED"
        f"&marketplaceIds={US}&createdSince=2026-11-29T20%3A00%3A00Z"
        "&createdUntil=2026-11-29T20%3A05%3A00Z&pageSize=100"
    )


@pytest.mark.parametrize("entry", [None, "x", described("NEW"), {}])
def test_a_list_of_feeds_is_read_as_a_whole_or_not_at_all(amazon, client, entry):
    amazon.replies = [reply(200, {"feeds": [described("DONE"), entry]})]
    now = datetime.now(timezone.utc)
    with pytest.raises(ProtocolError):
        client.get_feeds(US, created_since=now, created_until=now)


def test_a_feed_is_cancelled(amazon, client):
    amazon.replies = [reply(200)]
    assert client.cancel_feed(FEED) is None
    (request,) = amazon.requests
    assert request["method"] == "DELETE"
    assert request["path"] == f"/feeds/2021-06-30/feeds/{FEED}"
    amazon.replies = [errors(400, "InvalidInput", "Only in IN_QUEUE.")]
    with pytest.raises(RejectedError, match="Only in"):
        client.cancel_feed(FEED)


# === REPORTED ON === #


def fetch(amazon, client, answer, compressed=False):
    body = {"feedDocumentId": "D2", "url": amazon.url + "/documents/2?signed=1"}
    if compressed:
        body["compressionAlgorithm"] = "GZIP"
    amazon.replies = [reply(200, body), answer]
    document = client.get_feed_document("D2")
    return client.download_feed_report(document, FEED)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_report_is_fetched(amazon, client, compressed):
    content = json.dumps(report_of(issue(messageId=2, sku="MUG-2"))).encode()
    content = gzip.compress(content) if compressed else content
    answer = reply(200, content, {"Content-Type": "x/y"})
    report = fetch(amazon, client, answer, compressed)
    assert report.reasons == {2: "It is wrong."}
    assert "x-amz-access-token" not in amazon.requests[-1]["headers"]


def test_a_report_is_not_unpacked_without_end(amazon, client, monkeypatch):
    monkeypatch.setattr(client_module, "REPORT_LIMIT", 1000)
    bomb = gzip.compress(b" " * 1_000_000)
    with pytest.raises(UnreadableError, match="too large"):
        fetch(amazon, client, reply(200, bomb, {"Content-Type": "x/y"}), True)


def test_a_report_whose_address_expired(amazon, client):
    with pytest.raises(RejectedError) as caught:
        fetch(amazon, client, reply(403, HTML))
    assert caught.value.status == 403
    assert "signed" not in str(caught.value)


def test_refusals_are_by_message_and_the_rest_is_of_the_feed():
    report = read(
        report_of(
            issue("First.", messageId=1, sku="A"),
            issue("First.", messageId=1, sku="A"),
            issue("Second.", messageId=1, sku="A"),
            issue("Only a hint.", severity="WARNING", messageId=2, sku="B"),
            issue("For your information.", severity="INFO", messageId=2),
            issue("By number as text.", messageId="3"),
            issue("By SKU.", sku="D"),
            issue("The feed is odd."),
            issue("", code="90220", messageId=5),
            "no issue",
            accepted=1,
            refused=4,
        )
    )
    assert report == ProcessingReport(
        reasons={1: "First. Second.", 3: "By number as text.", 5: "90220"},
        sku_reasons={"D": "By SKU."},
        feed_reason="The feed is odd.",
        accepted=1,
        refused=4,
    )


def read(document, feed_id=FEED):
    return read_processing_report(json.dumps(document).encode(), feed_id)


def test_what_amazon_says_is_short_and_holds_no_secret():
    long = issue("No. " * 500 + "https://example.com/?signed", messageId=1)
    report = read(report_of(long, *[issue(f"{n}" * 200) for n in range(20)]))
    assert len(report.reasons[1]) <= 300
    assert len(report.feed_reason) == 1000
    assert "signed" not in str(report)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"<Error>Request has expired</Error>",
        b'{"header": {"feedId": "50000000001"}, "issues": []}',
        b'{"header": {"feedId": "50000000001"}, "summary": {}}',
        b'{"header": {}, "issues": [], "summary": {}}',
        json.dumps(report_of(feed_id="other")).encode(),
        b'{"header": {"feedId": "50000000001"}, "issues": [],'
        b' "summary": {"messagesAccepted": "many"}}',
        b"[" * 100_000,
        gzip.compress(b"{}"),
    ],
)
def test_what_is_no_report_is_said(content):
    with pytest.raises(UnreadableError):
        read_processing_report(content, FEED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messageId", "sku", "severity", "message", "code"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4), JSON)
def test_no_report_breaks_it(issues, summary):
    document = report_of() | {"issues": issues, "summary": summary}
    try:
        report = read(document)
    except UnreadableError:
        return
    assert isinstance(report, ProcessingReport)
