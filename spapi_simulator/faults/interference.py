"""Lets a fault answer a request, in place of the operation or after it."""

import asyncio

from starlette.responses import Response

from .answers import DroppedConnection
from .repertoire import KINDS, Case


async def answer(faults, target, entry, operate, expire_token=None, previous=None):
    """Answer a request, by the first fault that is meant for it or as it should be.

    ``entry`` is the request in the journal; ``operate`` performs the operation;
    ``expire_token`` ends the caller's token; ``previous`` is the body of the page that
    the caller was given before, if any.
    """
    fault = faults.take(target, previous is not None)
    if fault is None:
        return operate()
    kind = KINDS[fault.kind]
    entry.fault = fault.kind
    case = Case(fault, target, entry.request_id)
    right: Response | None
    if fault.kind == "duplicate_page":
        right = Response(previous, media_type="application/json")
    else:
        right = operate() if kind.applied else None
    response = kind.answer(right, case)
    if kind.may_miss and response is right:
        faults.put_back(fault)
        entry.fault = None
        return right
    try:
        await asyncio.sleep(fault.delay_seconds)
    except asyncio.CancelledError:
        # The simulator stops; whoever still waits gets no answer.
        return DroppedConnection()
    if fault.kind == "expired_token" and expire_token:
        expire_token()
    return response
