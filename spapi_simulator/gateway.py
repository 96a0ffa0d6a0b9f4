"""What every request passes: journal, access token, quota, fault, operation."""

import uuid
from urllib.parse import parse_qsl

from starlette.responses import Response

from .authority import check_authority
from .call import Call
from .clock import iso
from .defence import ENTRY
from .errors import (
    ApiError,
    LwaError,
    error_response,
    json_response,
    quota_exceeded,
    request_too_large,
    unauthorized,
)
from .faults import GET_ACCESS_TOKEN, DroppedConnection, Target, answer
from .faults.repertoire import PAGED
from .intake import MAX_BODY_BYTES, MAX_FORM_BYTES, BodyTooLarge, read_content
from .journal import Entry
from .lwa import decode_form, refusals
from .parameters import read_query
from .router import find_operation, is_published, split_path

_RATED = (200, 201, 202, 204, 400, 404)
#: How much of a grant type the journal keeps, whatever is sent as one.
_GRANT_TYPE_LETTERS = 100
_CONTINUATIONS = ("nextToken", "pageToken", "paginationToken")


async def serve_api(simulator, request):
    """Answer a request to the SP-API."""
    raw_path = request.scope["raw_path"].decode("ascii", "replace")
    region, segments = split_path(raw_path)
    operation, path = find_operation(request.method, segments)
    content = await _content(request)
    simulator.agenda.settle()
    query = _query(request)
    name = operation.name if operation else "unknown"
    entry = _record(simulator, request, name, _readable_query(query), content)
    entry.order_id, entry.sku = path.get("orderId"), path.get("sku")
    base_url = _base_url(request)
    call = Call(None, "", path, query, content, base_url, segments=segments)
    try:
        if content is None:
            raise request_too_large()
        if operation is None:
            response = _serve_unknown(simulator, request, segments, entry)
        else:
            response = await _serve(simulator, request, operation, call, entry, region)
    except ApiError as error:
        response = error_response(error)
    # A throttled client is not told its rate; pages come from before the gateway.
    rated = operation and entry.fault != "no_rate_header"
    if rated and response.media_type != "text/html" and response.status_code in _RATED:
        rate = simulator.quotas.header(entry.plan or operation.name)
        response.headers["x-amzn-RateLimit-Limit"] = rate
    return _finish(response, entry)


async def _content(request, most=MAX_BODY_BYTES):
    """The body of a request; None when it is too large."""
    try:
        return await read_content(request, most)
    except BodyTooLarge:
        return None


def _authenticate(simulator, request, entry, region=None):
    token = request.headers.get("x-amz-access-token")
    known = simulator.lwa.authenticate(token)
    if known.account:
        entry.seller_id = known.account.seller_id
        # A seller is known in his own region only.
        if region not in (None, known.account.region):
            raise unauthorized("")
    return token, known


def _serve_unknown(simulator, request, segments, entry):
    _authenticate(simulator, request, entry)
    if is_published(request.method, segments):
        raise ApiError(
            404,
            "NotFound",
            "The requested resource doesn't exist.",
            "The simulator does not have this operation.",
        )
    raise ApiError(403, "MissingAuthenticationToken", "Missing Authentication Token")


async def _serve(simulator, request, operation, call, entry, region):
    token, known = _authenticate(simulator, request, entry, region)
    check_authority(simulator, known, operation, call.segments)
    call.account, call.application = known.account, known.application
    entry.plan = operation.plan(call)
    if not simulator.quotas.take(entry.seller_id, known.application, entry.plan):
        raise quota_exceeded()

    def operate():
        return _operate(simulator, operation, call, entry)

    target = Target(operation.name, entry.order_id, entry.seller_id, entry.sku)
    faults = simulator.faults
    page = faults.page(target) if faults.active and _goes_on(call) else None

    def expire_token():
        simulator.lwa.expire(token)

    return await answer(faults, target, entry, operate, expire_token, page)


def _goes_on(call):
    """Whether a page after the first is asked for."""
    return any(name in _CONTINUATIONS for name, _value in call.query)


def _operate(simulator, operation, call, entry):
    """Perform the operation; a refusal is an answer like any other."""
    try:
        call.query = read_query(call.query, operation.query)
        call.body = operation.body.read(call.body) if operation.body else None
        status, document = operation.handler(simulator, call)
    except ApiError as error:
        return error_response(error)
    entry.applied = True
    if document is None:
        return Response(b"", status)
    response = json_response(document, status)
    if operation.name in PAGED:
        target = Target(operation.name, seller_id=entry.seller_id)
        simulator.faults.keep_page(target, response.body)
    return response


async def serve_token(simulator, request):
    """Answer ``POST /auth/o2/token`` of Login with Amazon."""
    content = await _content(request, MAX_FORM_BYTES)
    entry = _record(simulator, request, GET_ACCESS_TOKEN)
    if content is None:
        return _finish(error_response(refusals.request_too_large()), entry)
    form = decode_form(content, request.headers.get("content-type", ""))
    grant_type = form.get("grant_type")
    entry.body = {"grant_type": grant_type and grant_type[:_GRANT_TYPE_LETTERS]}

    def operate():
        try:
            document = simulator.lwa.grant(form)
        except LwaError as error:
            return error_response(error)
        entry.applied = True
        return json_response(document)

    entry.seller_id = simulator.lwa.seller_of(form)
    target = Target(GET_ACCESS_TOKEN, None, entry.seller_id)
    return _finish(await answer(simulator.faults, target, entry, operate), entry)


def _record(simulator, request, operation, query=None, content=None):
    entry = Entry(
        time=iso(simulator.clock.now()),
        operation=operation,
        method=request.method,
        path=request.url.path,
        query=query or {},
        body=content,
        request_id=str(uuid.uuid4()),
    )
    request.scope[ENTRY] = entry
    return simulator.journal.add(entry)


def _base_url(request):
    # Not from the Host header: python-amazon-sp-api cuts it short for plain HTTP.
    host, port = request.scope["server"]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _query(request):
    return parse_qsl(request.scope["query_string"].decode("latin-1"), True)


def _readable_query(query):
    readable = {}
    for name, value in query:
        readable[name] = f"{readable[name]},{value}" if name in readable else value
    return readable


def _finish(response, entry):
    entry.end()
    if not isinstance(response, DroppedConnection):
        entry.status = response.status_code
        response.headers["x-amzn-RequestId"] = entry.request_id
    return response
