"""Reads the bodies of requests, but never more of one than is allowed."""

#: The most that operations of the SP-API and the admin interface take, in bytes.
MAX_BODY_BYTES = 10 * 1024 * 1024
#: The most that Login with Amazon and the pages for people take, in bytes.
MAX_FORM_BYTES = 64 * 1024


class BodyTooLarge(Exception):
    """A body has more bytes than are allowed; the rest of it was not read."""


async def read_content(request, most=MAX_BODY_BYTES):
    """The bytes of a request's body; BodyTooLarge when there are more than ``most``."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise BodyTooLarge
        parts.append(part)
    return b"".join(parts)
