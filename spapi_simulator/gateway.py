"""What every request passes: journal, access token, quota, fault, operation."""

import re
import uuid
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.responses import Response

from .accounts import Account
from .clock import iso
from .errors import (
    ApiError,
    LwaError,
    error_response,
    json_response,
    parse_json,
    quota_exceeded,
)
from .faults import GET_ACCESS_TOKEN, DroppedConnection, interfere
from .journal import Entry
from .lwa import decode_form
from .operations import find_operation

#: Operations Amazon has and the simulator lacks start like this.
_KNOWN_APIS = re.compile(r"/(orders|sellers)/")
_RATED = (200, 204, 400, 404)


@dataclass
class Call:
    """What a handler needs to know about a request."""

    account: Account
    order_id: str | None
    query: list
    body: bytes


async def serve_api(simulator, request):
    """Answer a request to the SP-API."""
    operation, order_id = find_operation(request.method, request.url.path)
    body = await request.body()
    entry = _record(simulator, request, operation.name if operation else "unknown")
    entry.order_id = order_id
    entry.body = _readable(body)
    try:
        response = await _serve(simulator, request, operation, entry, body)
    except ApiError as error:
        response = error_response(error)
    # A throttled client is not told its rate.
    if operation and response.status_code in _RATED:
        response.headers["x-amzn-RateLimit-Limit"] = simulator.quotas.header(
            operation.name
        )
    return _finish(response, entry)


async def _serve(simulator, request, operation, entry, body):
    token = request.headers.get("x-amz-access-token")
    known = simulator.lwa.authenticate(token)
    entry.seller_id = known.account.seller_id
    if operation is None:
        raise _unknown_operation(request.url.path)
    seller_id = known.account.seller_id
    if not simulator.quotas.take(seller_id, known.application, operation.name):
        raise quota_exceeded()
    call = Call(known.account, entry.order_id, _query(request), body)

    def operate():
        return _operate(simulator, operation, call, entry)

    fault = simulator.faults.take(operation.name, entry.order_id, seller_id)
    if fault is None:
        return operate()
    entry.fault = fault.kind
    return await interfere(fault, operate, lambda: simulator.lwa.expire(token))


def _operate(simulator, operation, call, entry):
    """Perform the operation; a refusal is an answer like any other."""
    try:
        status, document = operation.handler(simulator, call)
    except ApiError as error:
        return error_response(error)
    entry.applied = True
    if document is None:
        return Response(b"", status)
    return json_response(document, status)


def _unknown_operation(path):
    if _KNOWN_APIS.match(path):
        return ApiError(
            404,
            "NotFound",
            "The requested resource doesn't exist.",
            "The simulator does not have this operation.",
        )
    return ApiError(403, "MissingAuthenticationToken", "Missing Authentication Token")


async def serve_token(simulator, request):
    """Answer ``POST /auth/o2/token`` of Login with Amazon."""
    body = await request.body()
    form = decode_form(body, request.headers.get("content-type", ""))
    entry = _record(simulator, request, GET_ACCESS_TOKEN)
    entry.query = {}
    entry.body = {"grant_type": form.get("grant_type")}

    def operate():
        try:
            document = simulator.lwa.grant(form)
        except LwaError as error:
            return error_response(error)
        entry.applied = True
        return json_response(document)

    entry.seller_id = simulator.lwa.seller_of(form)
    fault = simulator.faults.take(GET_ACCESS_TOKEN, None, entry.seller_id)
    if fault is None:
        return _finish(operate(), entry)
    entry.fault = fault.kind
    return _finish(await interfere(fault, operate, lambda: None), entry)


def _record(simulator, request, operation):
    query = {}
    for name, value in _query(request):
        query[name] = f"{query[name]},{value}" if name in query else value
    return simulator.journal.add(
        Entry(
            time=iso(simulator.clock.now()),
            operation=operation,
            method=request.method,
            path=request.url.path,
            query=query,
            request_id=str(uuid.uuid4()),
        )
    )


def _query(request):
    return parse_qsl(request.url.query, keep_blank_values=True)


def _readable(body):
    if not body:
        return None
    try:
        return parse_json(body)
    except ValueError:
        return body[:2000].decode("utf-8", "replace")


def _finish(response, entry):
    if not isinstance(response, DroppedConnection):
        entry.status = response.status_code
        response.headers["x-amzn-RequestId"] = entry.request_id
    return response
