"""Rules of the Feeds API: documents, creation, states, lists, cancellation."""

import json

import pytest
from document_client import (
    FEEDS,
    JSON_TYPE,
    LISTINGS_FEED,
    LONG_ENOUGH,
    SHIPMENTS_FEED,
    Reader,
)
from listing_feeds import feed_of, quantity_message

from spapi_simulator.accounts import CA, US

DOCUMENTS = f"{FEEDS}/documents"
DOCUMENT = f"{FEEDS}/documents/{{feedDocumentId}}"
ALL = f"{FEEDS}/feeds"
ONE = f"{FEEDS}/feeds/{{feedId}}"
REMOVED = "POST_INVENTORY_AVAILABILITY_DATA"
DAY = 86400


@pytest.fixture
def reader(api, admin):
    """The North American account."""
    return Reader(api, admin)


@pytest.fixture
def judge(model):
    """Amazon's model of the API."""
    return model("feeds_2021-06-30.json")


@pytest.fixture
def content(reader):
    """A feed of one message."""
    return feed_of(reader.api.account, quantity_message(1, "SIM-0001", 5))


def refused(judge, answer, path, method="get", status=400):
    """The error of a refusal that follows Amazon's model."""
    assert answer.status_code == status, answer.text
    judge.validate(answer, path, method)
    return answer.json()["errors"][0]


def test_a_feed_goes_through_its_states(reader, admin, judge, content):
    admin.set_processing(seconds=40)
    document = reader.create_document()
    assert document.status_code == 201
    judge.validate(document, DOCUMENTS, "post")
    created = reader.create_feed(reader.upload(content))
    judge.validate(created, ALL, "post")
    assert created.status_code == 202
    seen = []
    for _ in range(3):
        answer = reader.feed(created.json()["feedId"])
        judge.validate(answer, ONE)
        seen.append(answer.json())
        admin.advance_clock(20)
    states = [feed["processingStatus"] for feed in seen]
    assert states == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    assert "resultFeedDocumentId" not in seen[1]
    done = seen[2]
    assert (done["feedType"], done["marketplaceIds"]) == (LISTINGS_FEED, [US.id])
    result = reader.feed_document(done["resultFeedDocumentId"])
    judge.validate(result, DOCUMENT)


@pytest.mark.parametrize(
    "content_type", ["", "nonsense", "text/xml;", "text/xml; charset=", "é/é", None, 3]
)
def test_a_document_needs_a_media_type(reader, judge, content_type):
    answer = reader.create_document(content_type)
    assert answer.status_code == 400
    judge.validate(answer, DOCUMENTS, "post")


@pytest.mark.parametrize(
    "content_type",
    ["text/tsv", "text/tab-separated-values; charset=UTF-8", 'a/b; c="d e"; f=g'],
)
def test_media_types(reader, content_type):
    assert reader.create_document(content_type).status_code == 201


def test_feed_documents_that_cannot_be_used(reader, admin, judge, europe, content):
    never_uploaded = reader.create_document().json()["feedDocumentId"]
    used = reader.upload(content)
    reader.create_feed(used)
    foreign = Reader(europe, admin).upload(content)
    report = reader.finished_report()["reportDocumentId"]
    reasons = []
    for document_id in ("unknown", never_uploaded, used, foreign, report):
        error = refused(judge, reader.create_feed(document_id), ALL, "post")
        assert error["code"] == "InvalidInput"
        assert error["message"] == "Invalid request parameters"
        reasons.append(error["details"])
    assert len(set(reasons)) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"feedType": "POST_NONSENSE"},
        {"feedType": 7},
        {"feedType": None},
        {"marketplaceIds": []},
        {"marketplaceIds": US.id},
        {"marketplaceIds": [US.id] * 26},
        {"inputFeedDocumentId": ["a"]},
        {"feedOptions": {"a": 1}},
        {"colour": "red"},
    ],
)
def test_bad_feeds(reader, judge, content, change):
    body = {
        "feedType": LISTINGS_FEED,
        "marketplaceIds": [US.id],
        "inputFeedDocumentId": reader.upload(content),
        **change,
    }
    refused(judge, reader.send("POST", ALL, body), ALL, "post")


def test_a_refused_feed_leaves_its_document_unused(reader, europe, content):
    document_id = reader.upload(content)
    foreign = europe.account.marketplaces[:1]
    denied = reader.create_feed(document_id, marketplaces=foreign)
    assert denied.status_code == 403
    assert reader.create_feed(document_id).status_code == 202


@pytest.mark.parametrize("feed_type", [REMOVED, "POST_FLAT_FILE_LISTINGS_DATA"])
def test_removed_feed_types_fail(reader, judge, feed_type):
    feed = reader.submit(b"sku\tquantity\r\n", feed_type)
    assert feed["processingStatus"] == "FATAL"
    assert "resultFeedDocumentId" not in feed
    judge.validate(reader.feed(feed["feedId"]), ONE)


def cancel(reader, feed_id):
    return reader.send("DELETE", f"{ALL}/{feed_id}")


def test_only_what_is_in_the_queue_can_be_cancelled(reader, admin, judge, content):
    feed_id = reader.create_feed(reader.upload(content)).json()["feedId"]
    answer = cancel(reader, feed_id)
    assert (answer.status_code, answer.content) == (200, b"")
    judge.validate(answer, ONE, "delete")
    admin.advance_clock(LONG_ENOUGH)
    feed = reader.feed(feed_id).json()
    assert feed["processingStatus"] == "CANCELLED"
    assert "resultFeedDocumentId" not in feed
    refused(judge, cancel(reader, feed_id), ONE, "delete")
    refused(judge, cancel(reader, "1"), ONE, "delete", 404)
    admin.set_processing(seconds=100)
    feed_id = reader.create_feed(reader.upload(content)).json()["feedId"]
    admin.advance_clock(50)
    refused(judge, cancel(reader, feed_id), ONE, "delete")


def test_a_feed_fails_on_command(reader, admin, content):
    admin.fail_next("feed", seller_id=reader.api.account.seller_id, reason="Broken.")
    feed = reader.submit(content)
    assert feed["processingStatus"] == "FATAL"
    assert reader.processing_report(feed) == b"Broken."
    assert reader.submit(content)["processingStatus"] == "DONE"


def test_lists_filter_and_go_in_pages(reader, admin, judge, content):
    made = []
    for marketplace in (US, CA, US):
        document_id = reader.upload(content)
        answer = reader.create_feed(document_id, marketplaces=[marketplace])
        made.insert(0, answer.json()["feedId"])
        admin.advance_clock(1)
    first = reader.feeds(feedTypes=LISTINGS_FEED, pageSize=2)
    judge.validate(first, ALL)
    second = reader.feeds(nextToken=first.json()["nextToken"])
    judge.validate(second, ALL)
    assert "nextToken" not in second.json()
    found = [*first.json()["feeds"], *second.json()["feeds"]]
    assert [feed["feedId"] for feed in found] == made
    in_canada = reader.feeds(feedTypes=LISTINGS_FEED, marketplaceIds=CA.id).json()
    assert [feed["feedId"] for feed in in_canada["feeds"]] == made[1:2]
    assert reader.feeds(feedTypes=SHIPMENTS_FEED).json()["feeds"] == []


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"feedTypes": LISTINGS_FEED, "pageSize": 0},
        {"feedTypes": LISTINGS_FEED, "processingStatuses": "READY"},
        {"nextToken": "forged"},
        {"nextToken": "forged", "feedTypes": LISTINGS_FEED},
        {"colour": "red"},
    ],
)
def test_bad_lists(reader, judge, params):
    refused(judge, reader.feeds(**params), ALL)


def test_feeds_of_others_are_not_found(reader, admin, judge, europe, content):
    feed = reader.submit(content)
    other = Reader(europe, admin)
    refused(judge, other.feed(feed["feedId"]), ONE, status=404)
    result = other.feed_document(feed["resultFeedDocumentId"])
    refused(judge, result, DOCUMENT, status=404)
    assert other.feeds(feedTypes=LISTINGS_FEED).json()["feeds"] == []


def test_a_feed_document_can_be_looked_at(reader, judge, content):
    document_id = reader.create_document().json()["feedDocumentId"]
    refused(judge, reader.feed_document(document_id), DOCUMENT, status=404)
    uploaded = reader.feed_document(reader.upload(content)).json()
    assert json.loads(reader.download(uploaded)[0]) == content


def test_feeds_last_longer_than_their_documents(reader, admin, content):
    feed = reader.submit(content)
    admin.advance_clock(27 * DAY)
    reader.api.fetch_token()
    document_id = feed["resultFeedDocumentId"]
    assert reader.feed_document(document_id).status_code == 200
    admin.advance_clock(DAY)
    reader.api.fetch_token()
    assert reader.feed_document(document_id).status_code == 404
    assert reader.feed(feed["feedId"]).status_code == 200
    admin.advance_clock(62 * DAY)
    reader.api.fetch_token()
    assert reader.feed(feed["feedId"]).status_code == 404


def test_listings_feeds_have_a_usage_plan_of_their_own(reader, admin, content):
    documents = [reader.upload(content) for _ in range(7)]
    other = reader.upload(b"<a/>", "text/xml")
    admin.set_quota_factor(1)
    answers = [reader.create_feed(document_id) for document_id in documents]
    assert [a.status_code for a in answers] == [202] * 5 + [429] * 2
    assert "x-amzn-ratelimit-limit" not in answers[5].headers
    assert float(answers[0].headers["x-amzn-ratelimit-limit"]) == pytest.approx(5 / 300)
    assert reader.create_feed(other, SHIPMENTS_FEED).status_code == 202
    # A token comes back every minute; the document was not used.
    admin.advance_clock(61)
    assert reader.create_feed(documents[5]).status_code == 202


def test_the_admin_interface_shows_feeds_with_their_documents(reader, admin, content):
    feed = reader.submit(content)
    (listed,) = admin.feeds(reader.api.account.seller_id)
    assert listed == {"sellerId": reader.api.account.seller_id, **feed}
    shown = admin.feed(feed["feedId"])
    assert json.loads(shown["input"]) == content
    assert json.loads(shown["result"])["summary"]["messagesAccepted"] == 1
    with pytest.raises(ValueError, match="no such feed"):
        admin.feed("1")


def test_the_journal_names_the_plan(reader, admin, content):
    reader.create_feed(reader.upload(content, JSON_TYPE))
    plans = [entry["plan"] for entry in admin.journal("createFeed")]
    assert plans == ["createFeed:JSON_LISTINGS_FEED"]
