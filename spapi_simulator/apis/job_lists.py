"""What getReports and getFeeds have in common: filters and pages, newest first."""

from datetime import timedelta

from ..clock import iso, parse_iso
from ..continuation import read_token, write_token
from ..errors import ApiError, invalid_input
from ..parameters import Parameter
from ..processing import STATUSES, VISIBLE_DAYS

_PAGE_SIZE = 10
_TOKEN_SECONDS = 24 * 3600


def list_parameters(types):
    """The parameters; ``types`` is reportTypes or feedTypes."""
    return (
        # pageSize has no default here: next to nextToken it must not be given.
        Parameter(types, "list", most=10),
        Parameter("processingStatuses", "list", STATUSES),
        Parameter("marketplaceIds", "list", most=10),
        Parameter("pageSize", "integer", least=1, most=100),
        Parameter("createdSince", "moment"),
        Parameter("createdUntil", "moment"),
        Parameter("nextToken"),
    )


def list_jobs(simulator, call, kind, types, describe):
    """getReports or getFeeds: a page, newest first, each shown by ``describe``."""
    jobs, token = _page_of_jobs(simulator, call, kind, types)
    now = simulator.clock.now()
    body = {f"{kind}s": [describe(job, now) for job in jobs]}
    if token is not None:
        body["nextToken"] = token
    return 200, body


def cancel_job(simulator, job, kind):
    """Cancel a job that is still in the queue; 200 without a body."""
    if job.status(simulator.clock.now()) != "IN_QUEUE":
        raise invalid_input(f"Only {kind}s in status IN_QUEUE can be cancelled.")
    simulator.processing.finish(job, "CANCELLED")
    return 200, None


def _page_of_jobs(simulator, call, kind, types):
    """(jobs, nextToken or None) of the page that the query asks for."""
    bound = [call.account.seller_id, kind]
    query, last = call.query, None
    if query["nextToken"] is not None:
        _check_alone(query)
        token = query["nextToken"]
        query, last = read_token(simulator, bound, token, "nextToken", _TOKEN_SECONDS)
    else:
        query = _criteria(simulator, query, types)
    found = [
        job
        for job in reversed(simulator.processing.of(kind, call.account.seller_id))
        if _passes(job, query, types, simulator.clock.now())
        and (last is None or _place(job) < tuple(last))
    ]
    found.sort(key=_place, reverse=True)
    page = found[: query["pageSize"]]
    if len(found) == len(page):
        return page, None
    return page, write_token(simulator, bound, [query, _place(page[-1])])


def _check_alone(query):
    if any(value for name, value in query.items() if name != "nextToken"):
        raise invalid_input("nextToken must be the only parameter.")


def missing(*names):
    """Amazon's refusal of a request without what it needs."""
    message = "One or more required parameters missing"
    return ApiError(400, "InvalidInput", message, "".join(f"{n};" for n in names))


def _criteria(simulator, query, types):
    """The query as plain JSON, with the defaults that depend on the time."""
    if not query[types]:
        raise missing(types)
    now = simulator.clock.now()
    since = query["createdSince"] or now - timedelta(days=VISIBLE_DAYS)
    until = query["createdUntil"] or now
    return {
        types: query[types],
        "processingStatuses": query["processingStatuses"],
        "marketplaceIds": query["marketplaceIds"],
        "pageSize": query["pageSize"] or _PAGE_SIZE,
        "createdSince": iso(since),
        "createdUntil": iso(until),
    }


def _passes(job, query, types, now):
    since, until = parse_iso(query["createdSince"]), parse_iso(query["createdUntil"])
    statuses, places = query["processingStatuses"], query["marketplaceIds"]
    return (
        job.type in query[types]
        and since <= job.created <= until
        and (not statuses or job.status(now) in statuses)
        and (not places or bool(set(places) & set(job.marketplace_ids)))
    )


def _place(job):
    return iso(job.created), int(job.id)


def describe_job(job, now, names):
    """A job as the API shows it; ``names`` are those of id, type and document."""
    id_name, type_name, document_name = names
    view = {
        id_name: job.id,
        type_name: job.type,
        "marketplaceIds": job.marketplace_ids,
        "createdTime": iso(job.created),
        "processingStatus": job.status(now),
    }
    # What was cancelled in the queue was never begun.
    if now >= job.start and (job.ended is None or job.ended >= job.start):
        view["processingStartTime"] = iso(job.start)
    if job.ended is not None:
        view["processingEndTime"] = iso(job.ended)
    if job.document_id is not None:
        view[document_name] = job.document_id
    return view
