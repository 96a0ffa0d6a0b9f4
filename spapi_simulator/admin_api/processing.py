"""Reports and feeds: how long they take, which fail, and what became of them."""

from ..apis.feeds import FEED, describe_feed
from ..apis.reports import REPORT, describe_report
from ..errors import AdminError
from ..processing import Failure
from .reading import (
    number,
    one_of,
    only,
    page_of,
    query_account,
    require_account,
    text,
    whole_number,
)

_REASON = "The simulator was asked to let this fail."
_MAX_BYTES = 2**31


def tell(simulator, _request, _body):
    """How long jobs take, in seconds, and from which size documents are GZIP."""
    return 200, {
        "seconds": simulator.processing.seconds,
        "gzip_bytes": simulator.documents.gzip_bytes,
    }


def change(simulator, request, body):
    """Change what is given; jobs that wait already keep their time."""
    only(body, ("seconds", "gzip_bytes"))
    processing, documents = simulator.processing, simulator.documents
    # Nothing is done at once at Amazon, hence the least time.
    processing.seconds = number(body, "seconds", processing.seconds, 0.01, 86400)
    documents.gzip_bytes = whole_number(
        body, "gzip_bytes", documents.gzip_bytes, 0, _MAX_BYTES
    )
    return tell(simulator, request, body)


def fail_next(simulator, _request, body):
    """Let the next report or feed end as FATAL, with a document that says why.

    With the status CANCELLED, as Amazon ends what has no data, there is no document.
    """
    only(body, ("kind", "type", "seller_id", "reason", "status"))
    kind = one_of(body, "kind", (REPORT, FEED))
    if kind is None:
        raise AdminError("kind is required, report or feed")
    seller_id = text(body, "seller_id")
    if seller_id is not None:
        require_account(seller_id)
    outcome = one_of(body, "status", ("FATAL", "CANCELLED"), "FATAL")
    reason = text(body, "reason")
    if reason and outcome == "CANCELLED":
        raise AdminError("reason goes with status FATAL only")
    kind_of_job = text(body, "type")
    failure = Failure(kind, reason or _REASON, kind_of_job, seller_id, outcome)
    simulator.processing.failures.append(failure)
    return 201, {}


def forget_failures(simulator, _request, _body):
    """Let no report or feed fail any more."""
    simulator.processing.failures.clear()
    return 204, None


def list_reports(simulator, request, _body):
    """The reports of an account or of all, oldest first."""
    return _list(simulator, request, REPORT, "reports", describe_report)


def list_feeds(simulator, request, _body):
    """The feeds of an account or of all, oldest first."""
    return _list(simulator, request, FEED, "feeds", describe_feed)


def _list(simulator, request, kind, name, describe):
    jobs = simulator.processing.of(kind, query_account(request))
    now = simulator.clock.now()
    views = [
        {"sellerId": job.seller_id, **describe(job, now)}
        for job in page_of(request, jobs)
    ]
    return 200, {name: views, "total": len(jobs)}


def get_feed(simulator, request, _body):
    """A feed with the text that was submitted and the processing report.

    Both are null when there is no such document, or none any more.
    """
    feed_id = request.path_params["feed_id"]
    jobs = (job for job in simulator.processing.of(FEED) if job.id == feed_id)
    job = next(jobs, None)
    if job is None:
        raise AdminError("there is no such feed", 404)
    return 200, {
        "sellerId": job.seller_id,
        **describe_feed(job, simulator.clock.now()),
        "input": _text_of(simulator, job.input.document_id),
        "result": _text_of(simulator, job.document_id),
    }


def _text_of(simulator, document_id):
    document = simulator.documents.get(document_id)
    return document and document.plain().decode("utf-8", "replace")


ROUTES = (
    ("/processing", {"GET": tell, "PUT": change}),
    ("/processing/failures", {"POST": fail_next, "DELETE": forget_failures}),
    ("/reports", {"GET": list_reports}),
    ("/feeds", {"GET": list_feeds}),
    ("/feeds/{feed_id}", {"GET": get_feed}),
)
