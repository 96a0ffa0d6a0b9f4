"""Feeds API 2021-06-30: documents up, feeds, processing reports down."""

import re

from ..bodies import Body
from ..documents import FEED_INPUT, FEED_RESULT
from ..errors import ApiError, invalid_input, not_found, parse_json
from ..feeds import REMOVED_TYPES, TYPES
from ..feeds.results import FeedInput
from ..operations import Operation
from .job_lists import cancel_job, describe_job, list_jobs, list_parameters
from .orders import check_marketplaces
from .reports import DOCUMENT_QUERY, document_view

FEED = "feed"
_PATH = "/feeds/2021-06-30"
_LISTINGS_FEED = "JSON_LISTINGS_FEED"
#: Five submissions in five minutes per account.
_LISTINGS_PLAN = "createFeed:JSON_LISTINGS_FEED"
_MIME = re.compile(
    r"[\w.+-]+/[\w.+-]+(\s*;\s*[\w-]+=(\"[\w .-]+\"|[\w.-]+))*", re.ASCII
)


def create_feed_document(simulator, call):
    """createFeedDocument: 201 with an address to upload to, good for five minutes."""
    content_type = call.body["contentType"].strip()
    if not _MIME.fullmatch(content_type):
        raise invalid_input("Invalid input", "contentType is not a media type.")
    documents = simulator.documents
    document = documents.add(call.account.seller_id, FEED_INPUT, content_type)
    url = documents.upload_url(call.base_url, document)
    return 201, {"feedDocumentId": document.id, "url": url}


def create_feed(simulator, call):
    """createFeed: 202 with the id of a feed that is processed later."""
    body = call.body
    name = body["feedType"]
    if name not in TYPES and name not in REMOVED_TYPES:
        raise _refused(f"feedType {name} is not known or not simulated.")
    check_marketplaces(call.account, body["marketplaceIds"])
    document = _require_input(simulator, call)
    document.used = True

    def work(job):
        return _process(simulator, job)

    job = simulator.processing.start(
        work,
        simulator.clock.now(),
        kind=FEED,
        seller_id=call.account.seller_id,
        type=name,
        marketplace_ids=list(dict.fromkeys(body["marketplaceIds"])),
        input=FeedInput(
            call.account,
            document.id,
            document.content_type,
            call.base_url,
        ),
        content=document.content,
    )
    return 202, {"feedId": job.id}


def _require_input(simulator, call):
    document_id = call.body["inputFeedDocumentId"]
    document = simulator.documents.get(
        document_id, call.account.seller_id, (FEED_INPUT,)
    )
    if document is None:
        raise _refused("There is no such feed document.")
    if document.used:
        raise _refused("The feed document was already used for a feed.")
    if document.content is None:
        raise _refused("Nothing was uploaded for the feed document.")
    return document


def _refused(details):
    # Amazon's words; that it tells no details is no help to anybody.
    return ApiError(400, "InvalidInput", "Invalid request parameters", details)


def _process(simulator, job):
    """Apply a feed; long work."""
    reason = simulator.processing.take_failure(job)
    if reason is not None:
        chunks, kind = [reason.encode("utf-8", "replace")], "text/plain; charset=UTF-8"
        yield from _conclude(simulator, job, "FATAL", kind, chunks)
    elif job.type in REMOVED_TYPES:
        simulator.processing.finish(job, "FATAL")
    else:
        result = yield from TYPES[job.type].process(simulator, job)
        if not result.delay_seconds:
            yield from _report(simulator, job, result)
            return
        simulator.processing.later(
            job, result.delay_seconds, lambda job: _report(simulator, job, result)
        )


def _report(simulator, job, result):
    chunks = yield from result.write()
    yield from _conclude(simulator, job, result.outcome, result.content_type, chunks)


def _conclude(simulator, job, outcome, content_type, chunks):
    document = yield from simulator.documents.add_result(
        job.seller_id, FEED_RESULT, content_type, chunks
    )
    simulator.processing.finish(job, outcome, document.id)


def get_feed(simulator, call):
    """getFeed: the state of one feed."""
    return 200, describe_feed(_require(simulator, call), simulator.clock.now())


def describe_feed(job, now):
    """A feed as the API shows it."""
    return describe_job(job, now, ("feedId", "feedType", "resultFeedDocumentId"))


def get_feeds(simulator, call):
    """getFeeds: a page of the feeds of the account, newest first."""
    return list_jobs(simulator, call, FEED, "feedTypes", describe_feed)


def cancel_feed(simulator, call):
    """cancelFeed: only while the feed is in the queue; 200 without a body."""
    return cancel_job(simulator, _require(simulator, call), FEED)


def get_feed_document(simulator, call):
    """getFeedDocument: an address of the document that works for five minutes."""
    document_id = call.path["feedDocumentId"]
    document = simulator.documents.get(
        document_id, call.account.seller_id, (FEED_INPUT, FEED_RESULT)
    )
    if document is None or document.content is None:
        raise not_found(f"The feed document {document_id} was not found.")
    return 200, document_view(simulator, call, document, "feedDocumentId")


def _require(simulator, call):
    feed_id = call.path["feedId"]
    job = simulator.processing.get(FEED, call.account.seller_id, feed_id)
    if job is None:
        raise not_found(f"The feed {feed_id} was not found.")
    return job


def _plan_of(call):
    """Listings feeds have a usage plan of their own; the body is not read yet."""
    try:
        body = parse_json(call.body)
    except ValueError:
        return None
    listings = isinstance(body, dict) and body.get("feedType") == _LISTINGS_FEED
    return _LISTINGS_PLAN if listings else None


_TEXT = {"type": "string", "minLength": 1}
_DOCUMENT = Body(
    {
        "type": "object",
        "required": ["contentType"],
        "properties": {"contentType": _TEXT},
    }
)
_SPECIFICATION = Body(
    {
        "type": "object",
        "required": ["feedType", "marketplaceIds", "inputFeedDocumentId"],
        "properties": {
            "feedType": _TEXT,
            "marketplaceIds": {
                "type": "array",
                "items": _TEXT,
                "minItems": 1,
                "maxItems": 25,
            },
            "inputFeedDocumentId": _TEXT,
            "feedOptions": {
                "type": "object",
                "additionalProperties": {"type": "string"},
            },
        },
    }
)
_FEED = f"{_PATH}/feeds/{{feedId}}"
OPERATIONS = (
    Operation(
        "createFeedDocument",
        "POST",
        f"{_PATH}/documents",
        create_feed_document,
        body=_DOCUMENT,
    ),
    Operation(
        "createFeed",
        "POST",
        f"{_PATH}/feeds",
        create_feed,
        body=_SPECIFICATION,
        plan_of=_plan_of,
        extra_plans={_LISTINGS_PLAN: (5 / 300, 5)},
    ),
    Operation("getFeed", "GET", _FEED, get_feed),
    Operation(
        "getFeeds", "GET", f"{_PATH}/feeds", get_feeds, list_parameters("feedTypes")
    ),
    Operation("cancelFeed", "DELETE", _FEED, cancel_feed),
    Operation(
        "getFeedDocument",
        "GET",
        f"{_PATH}/documents/{{feedDocumentId}}",
        get_feed_document,
        DOCUMENT_QUERY,
    ),
)
