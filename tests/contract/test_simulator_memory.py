"""What the simulator keeps of documents and feeds is bounded."""

import pytest
from document_client import Reader

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.documents import FEED_INPUT, MAX_BYTES
from spapi_simulator.simulator import Simulator

SELLER = NORTH_AMERICA.seller_id
SIZE = 100_000


@pytest.fixture
def documents():
    """Documents that have room for three of SIZE bytes."""
    documents = Simulator(orders=1, listings=5).documents
    assert documents.max_bytes == MAX_BYTES
    documents.max_bytes = 3 * SIZE + SIZE // 2
    return documents


def add(documents, content=b"x" * SIZE):
    return documents.add(SELLER, FEED_INPUT, "text/plain", content)


def kept(documents, added):
    """Which of these documents there still are."""
    return [documents.get(document.id) is not None for document in added]


def test_the_oldest_documents_go_first(documents):
    added = [add(documents) for _number in range(5)]
    assert kept(documents, added) == [False, False, True, True, True]


def test_uploads_count_as_well(documents):
    added = [add(documents, None) for _number in range(5)]
    assert all(kept(documents, added))
    for document in added:
        documents.upload(document, b"x" * SIZE)
    assert kept(documents, added) == [False, False, True, True, True]


def test_a_repeated_upload_counts_once(documents):
    added = [add(documents) for _number in range(3)]
    for _number in range(5):
        documents.upload(added[2], b"y" * SIZE)
    assert all(kept(documents, added))


def test_what_expired_makes_room(documents):
    old = [add(documents) for _number in range(3)]
    documents.clock.advance(29 * 86400)
    added = [add(documents) for _number in range(3)]
    assert kept(documents, old + added) == [False] * 3 + [True] * 3


def test_one_large_document_is_kept(documents):
    small, large = add(documents), add(documents, b"x" * 5 * SIZE)
    assert kept(documents, [small, large]) == [False, True]


def test_documents_without_content_are_bounded_too(documents):
    added = [add(documents, None) for _number in range(1_000)]
    assert 0 < sum(kept(documents, added)) < 1_000


def test_a_finished_feed_keeps_no_content(api, admin):
    """Its text can be read as long as the document is there."""
    feed = Reader(api, admin).submit(b"no JSON")
    shown = admin.feed(feed["feedId"])
    assert shown["input"] == "no JSON"
    admin.advance_clock(29 * 86400)
    assert admin.feed(feed["feedId"])["input"] is None
