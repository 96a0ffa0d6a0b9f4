"""Lets a fault answer a request, in place of the operation or after it."""

import asyncio

from starlette.responses import Response

from .answers import DroppedConnection
from .repertoire import KINDS


async def interfere(fault, operate, expire_token, previous=None):
    """Answer a request that a fault was taken for.

    ``operate`` performs the operation; ``expire_token`` ends the caller's token;
    ``previous`` is the body of the page that the caller was given before, if any.
    """
    kind = KINDS[fault.kind]
    if fault.kind == "duplicate_page" and previous is not None:
        return Response(previous, media_type="application/json")
    response = operate() if kind.applied else None
    try:
        await asyncio.sleep(fault.delay_seconds)
    except asyncio.CancelledError:
        # The simulator stops; whoever still waits gets no answer.
        return DroppedConnection()
    if fault.kind == "expired_token":
        expire_token()
    return kind.answer(response)
