"""Serves documents at their presigned addresses, outside of the SP-API's rules.

Refusals are S3's: XML with a code of its own. Requests are journalled without their
signature and can be hit by faults that name uploadDocument or downloadDocument.
"""

import hashlib
import hmac
import uuid
from datetime import datetime, timedelta, timezone

from starlette.responses import Response

from .clock import iso
from .defence import ENTRY
from .documents import sign
from .errors import s3_response
from .faults import (
    DOWNLOAD_DOCUMENT,
    UPLOAD_DOCUMENT,
    DroppedConnection,
    Target,
    answer,
)
from .journal import Entry

_OPERATIONS = {"PUT": UPLOAD_DOCUMENT, "GET": DOWNLOAD_DOCUMENT}
#: Far more than a feed may have; it keeps the simulator's memory small.
MAX_UPLOAD_BYTES = 100 * 1024 * 1024


class _Refusal(Exception):
    """An answer of S3 that says no: status, code, message and further elements."""

    def __init__(self, status, code, message, **details):
        super().__init__(message)
        self.status = status
        self.elements = {"Code": code, "Message": message, **details}


async def serve_document(simulator, request):
    """Answer an upload or a download."""
    operation = _OPERATIONS.get(request.method, "unknown")
    document = simulator.documents.get(request.path_params["document_id"])
    entry = simulator.journal.add(
        Entry(
            time=iso(simulator.clock.now()),
            operation=operation,
            method=request.method,
            path=request.url.path,
            query={},
            seller_id=document and document.seller_id,
            request_id=str(uuid.uuid4()),
        )
    )
    request.scope[ENTRY] = entry
    try:
        content = await _read(request)
    except _Refusal as refusal:
        return _finish(_refuse(refusal, entry), entry)
    if operation == UPLOAD_DOCUMENT:
        entry.body = {"bytes": len(content)}

    def operate():
        try:
            response = _serve(simulator, request, document, content)
        except _Refusal as refusal:
            return _refuse(refusal, entry)
        entry.applied = True
        return response

    target = Target(operation, None, entry.seller_id)
    return _finish(await answer(simulator.faults, target, entry, operate), entry)


async def _read(request):
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_UPLOAD_BYTES:
            message = "Your proposed upload exceeds the maximum allowed size"
            raise _Refusal(400, "EntityTooLarge", message)
        parts.append(part)
    return b"".join(parts)


def _serve(simulator, request, document, content):
    if request.method not in _OPERATIONS:
        message = "The specified method is not allowed against this resource."
        raise _Refusal(405, "MethodNotAllowed", message)
    query = _check_address(simulator, request, document)
    if request.method == "PUT":
        simulator.documents.upload(document, content)
        return Response(b"", 200, {"ETag": _tag(content)})
    if document.content is None:
        raise _Refusal(404, "NoSuchKey", "The specified key does not exist.")
    headers = {
        "Content-Type": document.content_type,
        "ETag": _tag(document.content),
    }
    if "response-content-encoding" in query:
        headers["Content-Encoding"] = query["response-content-encoding"]
    return Response(document.content, 200, headers)


def _check_address(simulator, request, document):
    query = dict(request.query_params)
    signature = query.pop("X-Amz-Signature", None)
    if signature is None or document is None:
        raise _Refusal(403, "AccessDenied", "Access Denied")
    kind = request.headers.get("content-type", "").strip()
    promised = request.method == "GET" or kind == document.content_type
    expected = sign(request.method, document, query)
    if not promised or not hmac.compare_digest(
        signature.encode("utf-8", "replace"), expected.encode()
    ):
        message = (
            "The request signature we calculated does not match the signature you "
            "provided. Check your key and signing method."
        )
        raise _Refusal(403, "SignatureDoesNotMatch", message)
    _check_time(simulator, query)
    return query


def _check_time(simulator, query):
    # The signature covers both values, so that they have the form we gave them.
    issued = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    seconds = query["X-Amz-Expires"]
    ends = issued.replace(tzinfo=timezone.utc) + timedelta(seconds=int(seconds))
    now = simulator.clock.now()
    if now > ends:
        raise _Refusal(
            403,
            "AccessDenied",
            "Request has expired",
            **{"X-Amz-Expires": seconds},
            Expires=_seconds(ends),
            ServerTime=_seconds(now),
        )


def _seconds(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _tag(content):
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def _refuse(refusal, entry):
    return s3_response(refusal.status, refusal.elements, entry.request_id)


def _finish(response, entry):
    if not isinstance(response, DroppedConnection):
        entry.status = response.status_code
        response.headers["x-amz-request-id"] = entry.request_id
    return response
